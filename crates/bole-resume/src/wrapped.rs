//! Fields that a narrow column has wrapped: the rest of a name on a line of its own.

use bole_core::SectionKind;

use crate::pieces::begins_with_form;
use crate::sections::{Part, part_at};
use crate::tables::work::EMPLOYER_WORDS;
use crate::text::{Line, Text, is_bullet, is_han};

/// Words that no field begins with.
const GO_ON: &[&str] = &["and ", "of ", "for ", "in ", "& ", "at ", "the "];

/// A longer line is prose, and is wrapped for other reasons.
const MAX_LINE: usize = 100;

/// A line that ends amid a name is at least so long.
const MIN_CUT: usize = 60;

/// A line that ends before the legal form of an employer is at most so long.
const MAX_FORM_LINE: usize = 140;

/// A line that ends amid the name of a discipline is at least so long.
const MIN_NAMED: usize = 30;

/// Words that the name of a discipline ends with, and that are none alone on a line.
const ENDS_OF_DISCIPLINES: &[&str] = &[
    "engineering",
    "technology",
    "science",
    "sciences",
    "management",
    "studies",
    "administration",
    "automation",
    "design",
    "materials",
];

/// So many words at most stand before the cut of a name.
const MAX_TAIL: usize = 4;

/// Words that a company's name ends with.
const LEGAL_FORMS: &[&str] =
    &["co.", "ltd", "ltd.", "inc", "inc.", "llc", "plc", "gmbh", "ag", "corp.", "corporation"];

/// What is left of a field on a line of its own is at most so long.
const MAX_REST: usize = 2;

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
            && goes_on(text, line, next, kind == Some(SectionKind::Education))
    });
}

fn goes_on(text: &Text, line: &Line, next: &Line, is_education: bool) -> bool {
    let (before, after) = (text.folded(line.extent), text.folded(next.extent));
    let is_item = before.first().is_some_and(|&scalar| is_bullet(scalar));
    let ends = matches!(before.last(), Some('.' | ';' | ':' | '。'));
    let is_short = before.len() <= MAX_LINE && after.len() <= MAX_LINE;
    let begins_low =
        text.raw(next.extent).first().is_some_and(|scalar| scalar.is_lowercase() || *scalar == '&');
    let goes_on = GO_ON.iter().any(|word| word.chars().eq(after.iter().copied().take(word.len())));
    let is_open = before.ends_with(&[' ', 'o', 'f']) || before.ends_with(&[' ', 'a', 'n', 'd']);
    // The last characters of a narrow column: `… 材料工程 硕` and `士`.
    let is_rest = is_education
        && after.len() <= MAX_REST
        && after.iter().copied().all(is_han)
        && before.last().is_some_and(|&scalar| is_han(scalar));
    // `Bachelor, Electronic and Information` and `Engineering`; `Bachelor,` and `Software Engineering`.
    let is_open_name = before.last() == Some(&',')
        || (before.len() >= MIN_NAMED
            && before.last().is_some_and(char::is_ascii_alphabetic)
            && is_end_of_discipline(after));
    let begins_high = text.raw(next.extent).first().is_some_and(|scalar| scalar.is_uppercase());
    let is_name = begins_high && after.len() <= MIN_CUT && !after.iter().any(char::is_ascii_digit);
    if is_education && is_open_name && is_name && is_short && !next.blank_before && !is_item {
        return true;
    }
    if is_rest && !next.blank_before && !is_item {
        return true;
    }
    if !is_item && !next.blank_before && before.len() <= MAX_FORM_LINE && begins_with_form(after) {
        return true;
    }
    let is_cut = is_name_cut(text, line, next, is_education);
    !is_item
        && !next.blank_before
        && is_short
        && ((begins_low && goes_on && !ends) || is_cut || (is_open && !ends))
}

/// Whether there is nothing but words that disciplines end with.
fn is_end_of_discipline(line: &[char]) -> bool {
    line.split(|scalar| *scalar == ' ')
        .all(|word| ENDS_OF_DISCIPLINES.iter().any(|end| end.chars().eq(word.iter().copied())))
}

/// `…, North Lagoon` and `Power University` on the next line: a long line that ends amid a name.
fn is_name_cut(text: &Text, line: &Line, next: &Line, is_education: bool) -> bool {
    let tail =
        text.raw(line.extent).rsplit(|scalar| matches!(scalar, ',' | '|' | ':')).next().unwrap_or_default();
    let head =
        text.raw(next.extent).split(|scalar| matches!(scalar, ',' | '(' | '|')).next().unwrap_or_default();
    let words = |part: &[char]| -> Vec<String> {
        let words = part.split(|scalar| *scalar == ' ').filter(|word| !word.is_empty());
        words.map(|word| word.iter().collect()).collect()
    };
    let is_capital = |word: &String| word.chars().next().is_some_and(char::is_uppercase);
    let (tail, head) = (words(tail), words(head));
    let is_school =
        |word: &String| matches!(word.as_str(), "University" | "College" | "Institute" | "Academy");
    // `… Automotive Battery` and `Systems Co., Ltd.`: nobody is called by these words alone.
    let is_of_employer = |word: &String| EMPLOYER_WORDS.contains(&word.to_lowercase().as_str());
    let is_form = |word: &String| LEGAL_FORMS.contains(&word.to_lowercase().as_str());
    let is_end = if is_education {
        head.last().is_some_and(is_school)
    } else {
        let ends_with_form = || head.len() <= MAX_TAIL && head.last().is_some_and(is_form);
        head.len() >= 2 && (head.iter().all(is_of_employer) || ends_with_form())
    };
    let is_cut = (1..=MAX_TAIL).contains(&tail.len()) && tail.iter().all(is_capital);
    line.extent.len() >= MIN_CUT
        && is_cut
        && (1..=4).contains(&head.len())
        && head.iter().all(is_capital)
        && is_end
}
