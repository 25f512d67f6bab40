//! Ranges of dates with years of two digits.

use bole_core::RangeEnd;

use super::{
    Date, DateMention, PRESENT, century, mention, month_name, month_number_at, number_at, one, separator_at,
    skip_spaces, skip_white, word_at, year_at,
};
use crate::text::is_han;

/// `18.09-20.06`, `20.11-至今`: years of two digits, as only the first of a line, a cell or a parenthesis is read.
pub(super) fn short_range_at(scalars: &[char], start: usize) -> Option<DateMention> {
    let before = start.checked_sub(1).and_then(|before| scalars.get(before)).copied();
    let two_before = start.checked_sub(2).and_then(|before| scalars.get(before)).copied();
    let opens = match before {
        None | Some('\n' | '|' | '(' | '\t') => true,
        Some(' ') => matches!(two_before, None | Some(' ' | '\n' | '|')) || two_before.is_some_and(is_han),
        Some(scalar) => is_han(scalar),
    };
    if !opens {
        return None;
    }
    let first = short_with_point(scalars, start)?;
    let (after, _) = separator_at(scalars, first.end).filter(|(_, n_line_ends)| *n_line_ends == 0)?;
    if let Some(end) = PRESENT.iter().find_map(|word| word_at(scalars, after, word)) {
        return Some(mention(start, end, first.first, RangeEnd::Present, true, 85));
    }
    let last = short_with_point(scalars, after)?;
    let ends = !scalars.get(last.end).is_some_and(|&scalar| {
        scalar.is_alphanumeric() && !is_han(scalar) || matches!(scalar, '%' | '.' | '元' | '万')
    });
    let is_sound = ends && first.first.months(1) <= last.first.months(1);
    is_sound.then(|| mention(start, last.end, first.first, RangeEnd::At(last.last), true, 78))
}

/// `18.09`
fn short_with_point(scalars: &[char], index: usize) -> Option<Date> {
    let (year, 2, end) = number_at(scalars, index, 2)? else {
        return None;
    };
    let (month, 2, after) = number_at(scalars, end + 1, 2).filter(|_| scalars.get(end) == Some(&'.'))? else {
        return None;
    };
    let is_month = (1..=12).contains(&month);
    is_month.then(|| one(after, century(year), Some(month as u8)))
}

/// The `12月` of `2018年9月-12月`.
pub(super) fn month_of_same_year(scalars: &[char], index: usize, first: Date) -> Option<Date> {
    let (month, end) = month_number_at(scalars, index)?;
    let mark = skip_spaces(scalars, end);
    let sound = first.has_year && scalars.get(mark) == Some(&'月');
    sound.then(|| one(mark + 1, first.first.year, Some(month)))
}

/// `October` at the end of a line and `2016` on the next, as the end of a range.
pub(super) fn month_over_line(scalars: &[char], index: usize) -> Option<Date> {
    let (month, end) = month_name(scalars, index)?;
    let (start, n_line_ends) = skip_white(scalars, end);
    let (year, end) = year_at(scalars, start).filter(|_| n_line_ends == 1)?;
    // `Jun - Aug` and `2019 - 2020` below are of two entries.
    let next = scalars.get(skip_spaces(scalars, end)).copied();
    matches!(next, None | Some('\n')).then(|| one(end, year, Some(month)))
}
