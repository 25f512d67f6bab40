//! A line of a header cut into pieces: employer, title, place, whatever stands between the marks.

use std::sync::LazyLock;

use crate::dates::DateMention;
use crate::tables::work::{COLUMN_HEADS, COMMA_FORMS};
use crate::terms::Terms;
use crate::text::{Extent, Text, is_bullet, is_field_mark, is_han};

/// A longer piece is prose.
pub(crate) const MAX_PIECE: usize = 90;

/// A shorter word before a point may be abbreviated.
const MIN_WORD: usize = 5;

/// How far words are looked at to tell their script.
const ENOUGH: usize = 32;

/// What a title goes on with behind a comma: `Risk Analyst, later Risk Manager`.
const TITLES_GO_ON: &[&str] =
    &["later ", "then ", "and ", "formerly ", "before that ", "previously ", "afterwards "];

/// Of the text after the dates on a line of prose, so much may be header.
const MAX_AFTER_DATES: usize = 60;

/// What an anonymised resume has instead of a place.
const BLANKED_PLACE: &[&str] = &["city , state", "city, state", "city , state , usa", "city , state , us"];
pub(crate) static BLANKED: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(BLANKED_PLACE.iter().map(|word| (*word, ()))));

/// What it has instead of an employer: a piece of its own, whatever stands beside it.
static BLANKED_NAME: LazyLock<Terms<()>> = LazyLock::new(|| Terms::new([("company name", ())]));

/// Legal forms that stand behind a comma: `Lagoon Storage Co., Ltd.`
static BEHIND_COMMA: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(COMMA_FORMS.iter().map(|word| (*word, ()))));

static HEADS: LazyLock<Terms<()>> = LazyLock::new(|| Terms::new(COLUMN_HEADS.iter().map(|word| (*word, ()))));

/// Abbreviations that end with a point of their own.
const WITH_POINT: &[&str] =
    &["ltd", "inc", "co", "corp", "kft", "s.a", "l.l.c", "b.v", "n.v", "s.p.a", "s.r.l", "k.k"];

/// Whether a line begins with a legal form: the rest of an employer of the line before.
pub(crate) fn begins_with_form(folded: &[char]) -> bool {
    BEHIND_COMMA.at(folded, 0).is_some()
}

/// Whether `piece` is the head of a column of a table, or the label of a cell.
pub(crate) fn is_column_head(text: &Text, piece: Extent) -> bool {
    HEADS.exactly(text.folded(piece)).is_some()
}

/// `Employer: Lagoon Bank` without its label.
pub(crate) fn without_label(text: &Text, piece: Extent) -> Extent {
    let folded = text.folded(piece);
    match HEADS.at(folded, 0).filter(|(length, ())| folded.get(*length) == Some(&':')) {
        Some((length, ())) => text.trim(Extent::new(piece.start + length + 1, piece.end)),
        None => piece,
    }
}

/// Whether a line is the head of a table: several heads of columns and nothing else.
pub(crate) fn is_head_of_table(text: &Text, line: Extent) -> bool {
    let first = text.folded(line).first().copied().unwrap_or(' ');
    if HEADS.at(text.folded(line), 0).is_none() && !is_field_mark(first) {
        return false;
    }
    let pieces = cut(text, line);
    pieces.len() >= 2 && pieces.iter().all(|piece| is_column_head(text, *piece))
}

/// Whether only a mark of a list stands between two pieces.
pub(crate) fn is_listed(text: &Text, before: Extent, after: Extent) -> bool {
    let between = text.folded(text.trim(Extent::new(before.end, after.start)));
    matches!(between, [',' | '、' | '/'])
}

/// The line without its dates, cut at marks.
pub(crate) fn pieces_of(text: &Text, line: Extent, dates: &[DateMention]) -> Vec<Extent> {
    let mut free = Vec::new();
    let mut start = line.start;
    let mut n_dates = 0;
    let from = dates.partition_point(|mention| mention.extent.end <= line.start);
    let on_line = dates.get(from..).unwrap_or_default().iter();
    for mention in on_line.take_while(|mention| mention.extent.start < line.end) {
        free.push(Extent::new(start, mention.extent.start.max(start)));
        start = mention.extent.end;
        n_dates += 1;
    }
    if start < line.end {
        let after = Extent::new(start, line.end);
        let is_prose = n_dates > 0 && after.len() > MAX_AFTER_DATES * 2;
        free.push(if is_prose { first_words(text, after) } else { after });
    }
    free.into_iter().flat_map(|part| cut(text, part)).collect()
}

/// The first words of what follows the dates.
fn first_words(text: &Text, after: Extent) -> Extent {
    let limit = Extent::new(after.start, after.start + MAX_AFTER_DATES);
    let space = text.folded(limit).iter().rposition(|&scalar| scalar == ' ').unwrap_or(MAX_AFTER_DATES);
    Extent::new(after.start, after.start + space)
}

fn cut(text: &Text, part: Extent) -> Vec<Extent> {
    let folded = text.folded(part);
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut index = 0;
    let mut depth = 0_usize;
    while let Some(&scalar) = folded.get(index) {
        depth = match scalar {
            '(' => depth + 1,
            ')' => depth.saturating_sub(1),
            _ => depth,
        };
        let length = if depth > 0 { 0 } else { length_of_cut(folded, index) };
        let blanked = if scalar == 'c' { BLANKED_NAME.at(folded, index) } else { None };
        if let Some((length, ())) = blanked {
            pieces.push(Extent::new(part.start + start, part.start + index));
            start = index + length;
            pieces.push(Extent::new(part.start + index, part.start + start));
            index = start;
        } else if length > 0 {
            pieces.push(Extent::new(part.start + start, part.start + index));
            index += length;
            start = index;
        } else {
            index += 1;
        }
    }
    pieces.push(Extent::new(part.start + start, part.end));
    let is_edge = |scalar: char| {
        scalar.is_whitespace()
            || is_bullet(scalar)
            || matches!(scalar, ',' | ':' | '~' | '/' | '.' | '¼' | '–' | ';')
    };
    let trimmed = pieces.into_iter().map(|piece| {
        let piece = with_point(text, text.trim_matches(piece, is_edge));
        let piece = text.trim_matches(without_number(text, piece), is_edge);
        let piece = with_point(text, piece);
        // A parenthesis of which only one half is left.
        let has = |wanted: char| text.folded(piece).contains(&wanted);
        if has('(') == has(')') {
            piece
        } else {
            text.trim_matches(piece, |scalar| is_edge(scalar) || matches!(scalar, '(' | ')'))
        }
    });
    let mut joined: Vec<Extent> = Vec::with_capacity(trimmed.size_hint().0);
    for piece in trimmed {
        // `Risk Analyst, later Risk Manager`
        let goes_on = TITLES_GO_ON
            .iter()
            .any(|word| word.chars().eq(text.folded(piece).iter().copied().take(word.len())));
        match joined.last_mut() {
            Some(last) if goes_on && !last.is_empty() && is_listed(text, *last, piece) => {
                last.end = piece.end;
            }
            _ => joined.push(piece),
        }
    }
    let sound = joined.into_iter().filter(|piece| {
        let n_letters = text.folded(*piece).iter().filter(|scalar| scalar.is_alphabetic()).count();
        n_letters >= 2 && piece.len() <= MAX_PIECE
    });
    sound.collect()
}

/// The length of a cut between pieces at `index`; 0 if there is none.
fn length_of_cut(folded: &[char], index: usize) -> usize {
    let at = |offset: usize| folded.get(index + offset).copied();
    let before = index.checked_sub(1).and_then(|before| folded.get(before)).copied();
    match at(0) {
        // `Lagoon Storage Co., Ltd.`
        Some(',') if BEHIND_COMMA.at(folded, index + 1 + n_spaces(folded, index + 1)).is_some() => 0,
        Some(scalar) if is_field_mark(scalar) || matches!(scalar, ',' | '×') => 1,
        // A full-width mark that was decoded as Latin-1.
        Some('ï') if at(1) == Some('¼') => 2,
        Some('c') if BLANKED.at(folded, index).is_some() => {
            BLANKED.at(folded, index).map_or(0, |(length, ())| length)
        }
        Some('-') if before == Some(' ') && at(1) == Some(' ') => 1,
        Some('-') if before.is_some_and(is_han) && at(1).is_some_and(is_han) => 1,
        // `Clerk. Kept the ledgers`, but `Corp. Bank`
        Some('.') if at(1) == Some(' ') && ends_word(folded, index) => 1,
        Some('/') if before == Some(' ') || at(1) == Some(' ') => 1,
        Some(' ') if at(1) == Some(' ') => 2,
        // Chinese needs no spaces: one that stands there stands between fields.
        Some(' ')
            if before.is_some_and(|scalar| is_han(scalar) || scalar == ')')
                && at(1).is_some_and(|scalar| is_han(scalar) || scalar == '(') =>
        {
            1
        }
        // 某某有限公司 Lagoon Automation: the same in two languages.
        Some(' ') if changes_script(folded, index) => 1,
        _ => 0,
    }
}

/// Whether a word ends at `index` that is too long for an abbreviation.
fn ends_word(folded: &[char], index: usize) -> bool {
    let before = folded.get(index.saturating_sub(MIN_WORD)..index).unwrap_or_default();
    before.len() == MIN_WORD && before.iter().all(char::is_ascii_alphabetic)
}

/// Whether words of one script end at the space at `index` and others of the other begin, enough of both.
fn changes_script(folded: &[char], index: usize) -> bool {
    let before = folded.get(..index).unwrap_or_default();
    let after = folded.get(index + 1..).unwrap_or_default();
    let is_latin_at = |scalar: Option<&char>| scalar.is_some_and(char::is_ascii);
    if is_latin_at(before.last()) == is_latin_at(after.first())
        && before.last() != Some(&')')
        && after.first() != Some(&'(')
    {
        return false;
    }
    let n_han = |part: &[char]| part.iter().take(MAX_PIECE).filter(|&&scalar| is_han(scalar)).count();
    let is_latin = |scalar: Option<&char>| {
        scalar.is_some_and(|scalar| scalar.is_ascii_alphabetic() || matches!(scalar, '.' | ')'))
    };
    let is_han_at = |scalar: Option<&char>| scalar.is_some_and(|&scalar| is_han(scalar) || scalar == ')');
    let n_latin_after = after
        .iter()
        .take(ENOUGH)
        .take_while(|scalar| scalar.is_ascii())
        .filter(|scalar| scalar.is_ascii_alphabetic())
        .count();
    let n_latin_before = before
        .iter()
        .rev()
        .take(ENOUGH)
        .take_while(|scalar| scalar.is_ascii())
        .filter(|scalar| scalar.is_ascii_alphabetic())
        .count();
    let to_latin =
        is_han_at(before.last()) && is_latin(after.first()) && n_latin_after >= 10 && n_han(before) >= 3;
    let to_han =
        is_latin(before.last()) && is_han_at(after.first()) && n_latin_before >= 10 && n_han(after) >= 3;
    to_latin || to_han
}

/// Without `1)` or `2.` at its start.
fn without_number(text: &Text, piece: Extent) -> Extent {
    let folded = text.folded(piece);
    let n_digits = folded.iter().take(3).take_while(|scalar| scalar.is_ascii_digit()).count();
    let is_number = (1..=2).contains(&n_digits)
        && matches!(folded.get(n_digits), Some(')' | '.' | '、'))
        && !folded.get(n_digits + 1).is_some_and(char::is_ascii_digit);
    Extent::new(piece.start + if is_number { n_digits + 1 } else { 0 }, piece.end)
}

fn n_spaces(folded: &[char], index: usize) -> usize {
    let rest = folded.get(index..).unwrap_or_default();
    rest.iter().take(3).take_while(|&&scalar| scalar == ' ').count()
}

/// `piece` with the point of the abbreviation that ends it.
fn with_point(text: &Text, piece: Extent) -> Extent {
    let folded = text.folded(piece);
    let space = folded.iter().rposition(|scalar| matches!(scalar, ' ' | ',')).map_or(0, |space| space + 1);
    let last = folded.get(space..).unwrap_or_default();
    let is_short = WITH_POINT.iter().any(|word| word.chars().eq(last.iter().copied()));
    let has_point = is_short && text.folded_at(piece.end) == Some('.');
    Extent::new(piece.start, piece.end + usize::from(has_point))
}
