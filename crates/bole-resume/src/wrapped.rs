//! Fields that a narrow column has wrapped: the rest of a name on a line of its own.

use bole_core::SectionKind;

use crate::pieces::begins_with_form;
use crate::sections::{Part, part_at};
use crate::text::{Line, Text, is_bullet};

/// Words that no field begins with.
const GO_ON: &[&str] = &["and ", "of ", "for ", "in ", "& ", "at ", "the "];

/// A longer line is prose, and is wrapped for other reasons.
const MAX_LINE: usize = 100;

/// Joins the lines of names of schools and employers that are wrapped.
pub(crate) fn join_wrapped(text: &mut Text, parts: &[Part]) {
    text.join_lines(|text, line, next| {
        let kind = part_at(parts, next.extent.start).map(|part| part.kind);
        let has_names = matches!(
            kind,
            Some(
                SectionKind::Education | SectionKind::Work | SectionKind::Internship | SectionKind::Research
            )
        );
        has_names
            && part_at(parts, line.extent.start).map(|part| part.kind) == kind
            && goes_on(text, line, next)
    });
}

fn goes_on(text: &Text, line: &Line, next: &Line) -> bool {
    let (before, after) = (text.folded(line.extent), text.folded(next.extent));
    let is_item = before.first().is_some_and(|&scalar| is_bullet(scalar));
    let ends = matches!(before.last(), Some('.' | ';' | ':' | '。'));
    let is_short = before.len() <= MAX_LINE && after.len() <= MAX_LINE;
    let begins_low =
        text.raw(next.extent).first().is_some_and(|scalar| scalar.is_lowercase() || *scalar == '&');
    let goes_on = GO_ON.iter().any(|word| word.chars().eq(after.iter().copied().take(word.len())));
    let is_open = before.ends_with(&[' ', 'o', 'f']) || before.ends_with(&[' ', 'a', 'n', 'd']);
    let is_form = begins_with_form(after);
    !is_item
        && !next.blank_before
        && is_short
        && ((begins_low && goes_on && !ends) || is_form || (is_open && !ends))
}
