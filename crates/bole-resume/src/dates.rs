//! Dates and ranges of dates as people write them.

use bole_core::{DateRange, RangeEnd, YearMonth};

use crate::text::{Extent, Text};

/// A date or a range of dates in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DateMention {
    pub(crate) extent: Extent,
    pub(crate) value: DateRange,
    /// Both ends were written; otherwise it is one date, and both ends are the same.
    pub(crate) is_range: bool,
    pub(crate) confidence: u8,
}

/// One date: where it ends in the text, and which months it covers.
#[derive(Clone, Copy, Debug)]
struct Date {
    end: usize,
    first: YearMonth,
    last: YearMonth,
    /// A year was written, not only a month.
    has_year: bool,
}

const MONTHS: [(&str, &str); 12] = [
    ("jan", "january"),
    ("feb", "february"),
    ("mar", "march"),
    ("apr", "april"),
    ("may", "may"),
    ("jun", "june"),
    ("jul", "july"),
    ("aug", "august"),
    ("sep", "september"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
];

/// First and last month of a season on the northern half of the earth.
const SEASONS: [(&str, u8, u8); 5] =
    [("spring", 3, 5), ("summer", 6, 8), ("fall", 9, 11), ("autumn", 9, 11), ("winter", 12, 12)];

const PRESENT: [&str; 14] = [
    "至今",
    "迄今",
    "今",
    "现在",
    "目前",
    "在读",
    "present",
    "current",
    "currently",
    "now",
    "today",
    "to date",
    "ongoing",
    "date",
];

const TO: [&str; 9] = ["至", "到", "to", "until", "till", "through", "thru", "→", "~"];

/// How sure a range is of which only the start is written: `since 2020`.
pub(crate) const SINCE: u8 = 75;

/// How sure a date is whose range ends before it starts.
pub(crate) const REVERSED: u8 = 30;

/// At most so many line ends lie between the two ends of a range.
const MAX_LINE_ENDS: usize = 3;

/// All dates in the text, in order, without overlap.
pub(crate) fn dates_in(text: &Text) -> Vec<DateMention> {
    let scalars = text.folded(text.whole());
    let mut found = Vec::new();
    let mut index = 0;
    while let Some(&scalar) = scalars.get(index) {
        let may_start = scalar.is_ascii_digit() || scalar.is_ascii_lowercase() || scalar == '自';
        let mention =
            if may_start && starts_word(scalars, index) { mention_at(scalars, index) } else { None };
        if let Some(mention) = mention {
            found.push(mention);
            index = mention.extent.end.max(index + 1);
        } else if scalar.is_ascii_alphanumeric() {
            index = skip_word(scalars, index);
        } else {
            index += 1;
        }
    }
    found
}

fn starts_word(scalars: &[char], index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|before| scalars.get(before));
    !before.is_some_and(|scalar| {
        scalar.is_ascii_alphanumeric() || matches!(scalar, '$' | '#' | '@' | '¥' | '£' | '€')
    })
}

fn skip_word(scalars: &[char], index: usize) -> usize {
    let rest = scalars.get(index..).unwrap_or_default();
    index + rest.iter().take_while(|scalar| scalar.is_ascii_alphanumeric()).count()
}

fn mention_at(scalars: &[char], start: usize) -> Option<DateMention> {
    if let Some(after) = word_at(scalars, start, "since").or_else(|| word_at(scalars, start, "自")) {
        let date = date_at(scalars, skip_spaces(scalars, after))?;
        let date = date.has_year.then_some(date)?;
        let end = skip_any(scalars, date.end, &["起", "开始"]);
        // `since 2019 to date`, `自2019年起至今`
        if let Some(range) = range_from(scalars, start, Date { end, ..date }) {
            return Some(range);
        }
        return Some(mention(start, end, date.first, RangeEnd::Present, true, SINCE));
    }
    if let Some(range) = short::short_range_at(scalars, start) {
        return Some(range);
    }
    let first = date_at(scalars, start).or_else(|| short_date_at(scalars, start))?;
    if let Some(after) =
        skip_any_strict(scalars, first.end, &["起", "开始", "以来"]).filter(|_| first.has_year)
    {
        if let Some(range) = range_from(scalars, start, Date { end: after, ..first }) {
            return Some(range);
        }
        return Some(mention(start, after, first.first, RangeEnd::Present, true, SINCE));
    }
    if let Some(range) = range_from(scalars, start, first) {
        return Some(range);
    }
    // A short date alone (`06/15`) and a month without a year are too weak.
    let first = date_at(scalars, start).filter(|date| date.has_year)?;
    let value = DateRange { start: first.first, end: RangeEnd::At(first.last) };
    Some(DateMention { extent: Extent::new(start, first.end), value, is_range: false, confidence: 60 })
}

fn range_from(scalars: &[char], start: usize, first: Date) -> Option<DateMention> {
    let (after, n_line_ends) = separator_at(scalars, first.end)?;
    let penalty = if n_line_ends > 0 { 10 } else { 0 };
    if let Some(end) = PRESENT.iter().find_map(|word| word_at(scalars, after, word)) {
        if !first.has_year {
            return None;
        }
        let sure = if first.first.month.is_some() { 95 } else { 85 };
        return Some(mention(start, end, first.first, RangeEnd::Present, true, sure - penalty));
    }
    if first.has_year && is_open_end(scalars, first.end) {
        return Some(mention(start, first.end, first.first, RangeEnd::Present, true, SINCE));
    }
    let last = short::month_over_line(scalars, after)
        .or_else(|| date_at(scalars, after))
        .or_else(|| short::month_of_same_year(scalars, after, first))
        .or_else(|| short_date_at(scalars, after))?;
    let mut from = first.first;
    if !first.has_year {
        from.year = last.last.year;
    }
    let range_is_sound = last.has_year && from.months(1) <= last.last.months(12);
    if last.has_year && !range_is_sound {
        // The end before the start: one of them is wrong, and nobody knows which.
        return Some(mention(start, last.end, from, RangeEnd::At(from), false, REVERSED));
    }
    let sure = match (from.month, last.last.month) {
        (Some(_), Some(_)) => 95,
        (None, None) => 85,
        _ => 80,
    };
    let both = mention(start, last.end, from, RangeEnd::At(last.last), true, sure - penalty);
    range_is_sound.then_some(both)
}

/// `Sep 2019 –` at the end of a line, and no date on the next.
fn is_open_end(scalars: &[char], index: usize) -> bool {
    let dash = skip_spaces(scalars, index);
    let after = skip_spaces(scalars, dash + 1);
    let is_dash =
        matches!(scalars.get(dash), Some('-' | '~')) && matches!(scalars.get(after), None | Some('\n'));
    let (next, n_line_ends) = skip_white(scalars, after);
    is_dash
        && (n_line_ends > 1 || (date_at(scalars, next).is_none() && short_date_at(scalars, next).is_none()))
}

fn mention(
    start: usize,
    end: usize,
    from: YearMonth,
    to: RangeEnd,
    is_range: bool,
    confidence: u8,
) -> DateMention {
    DateMention {
        extent: Extent::new(start, end),
        value: DateRange { start: from, end: to },
        is_range,
        confidence,
    }
}

/// What joins the two ends of a range: where the second begins, and the line ends passed.
fn separator_at(scalars: &[char], index: usize) -> Option<(usize, usize)> {
    let (mark, n_before) = skip_white(scalars, index);
    // `2018.09至今` and `2018.09今` have no mark of their own.
    if ["至今", "迄今"].iter().any(|word| word_at(scalars, mark, word).is_some()) {
        return Some((mark, n_before));
    }
    let rest = scalars.get(mark..)?;
    let n_dashes = rest.iter().take(4).take_while(|&&scalar| matches!(scalar, '-' | '~' | '/')).count();
    let slash_only = rest.first() == Some(&'/');
    let after_mark = if (1..=3).contains(&n_dashes) && !slash_only {
        mark + n_dashes
    } else {
        TO.iter().find_map(|word| word_at(scalars, mark, word))?
    };
    let (after, n_after) = skip_white(scalars, after_mark);
    (n_before + n_after <= MAX_LINE_ENDS).then_some((after, n_before + n_after))
}

fn skip_white(scalars: &[char], index: usize) -> (usize, usize) {
    let rest = scalars.get(index..).unwrap_or_default();
    let mut n_line_ends = 0;
    let mut length = 0;
    for &scalar in rest.iter().take(40) {
        match scalar {
            '\n' => n_line_ends += 1,
            _ if scalar.is_whitespace() => {}
            _ => break,
        }
        length += 1;
    }
    (index + length, n_line_ends)
}

fn skip_spaces(scalars: &[char], index: usize) -> usize {
    let rest = scalars.get(index..).unwrap_or_default();
    index + rest.iter().take(3).take_while(|&&scalar| scalar == ' ').count()
}

fn skip_any(scalars: &[char], index: usize, words: &[&str]) -> usize {
    skip_any_strict(scalars, index, words).unwrap_or(index)
}

fn skip_any_strict(scalars: &[char], index: usize, words: &[&str]) -> Option<usize> {
    words.iter().find_map(|word| word_at(scalars, index, word))
}

/// Where `word` ends if it stands at `index`; a Latin word must end there.
fn word_at(scalars: &[char], index: usize, word: &str) -> Option<usize> {
    let rest = scalars.get(index..)?;
    let length = word.chars().count();
    let same = rest.len() >= length && word.chars().eq(rest.iter().copied().take(length));
    let is_latin = word.is_ascii();
    let goes_on = is_latin && rest.get(length).is_some_and(char::is_ascii_alphanumeric);
    (same && !goes_on).then_some(index + length)
}

/// A number of at most `max` digits: value, digits, and where it ends. More digits are no number.
fn number_at(scalars: &[char], index: usize, max: usize) -> Option<(u32, usize, usize)> {
    let rest = scalars.get(index..)?;
    let digits = rest.iter().take(max + 1).map_while(|scalar| scalar.to_digit(10));
    let (value, length) = digits.fold((0, 0), |(value, length), digit| (value * 10 + digit, length + 1));
    (1..=max).contains(&length).then_some((value, length, index + length))
}

fn year_at(scalars: &[char], index: usize) -> Option<(u16, usize)> {
    let (value, length, end) = number_at(scalars, index, 4)?;
    let year = u16::try_from(value).ok()?;
    (length == 4 && (1950..=2100).contains(&year)).then_some((year, end))
}

fn month_number_at(scalars: &[char], index: usize) -> Option<(u8, usize)> {
    let (value, _, end) = number_at(scalars, index, 2)?;
    let month = u8::try_from(value).ok()?;
    (1..=12).contains(&month).then_some((month, end))
}

fn one(end: usize, year: u16, month: Option<u8>) -> Date {
    let at = YearMonth { year, month };
    Date { end, first: at, last: at, has_year: true }
}

fn date_at(scalars: &[char], index: usize) -> Option<Date> {
    let first = *scalars.get(index)?;
    if first.is_ascii_digit() {
        year_first(scalars, index)
            .or_else(|| month_slash_year(scalars, index))
            .or_else(|| day_month_year(scalars, index))
    } else if first.is_ascii_lowercase() {
        month_name_first(scalars, index).or_else(|| season(scalars, index))
    } else {
        None
    }
}

/// `2018`, `2018.09`, `2018/9/1`, `2018年9月`, `201809`, `2018 Sep`.
fn year_first(scalars: &[char], index: usize) -> Option<Date> {
    if let Some((value, 6, end)) = number_at(scalars, index, 6) {
        let year = u16::try_from(value / 100).ok()?;
        let month = (value % 100) as u8;
        let sound = (1950..=2100).contains(&year) && (1..=12).contains(&month);
        return sound.then(|| one(end, year, Some(month)));
    }
    let (year, end) = year_at(scalars, index)?;
    let mark = skip_spaces(scalars, end);
    match scalars.get(mark) {
        Some('年') => Some(chinese_month(scalars, mark + 1, year)),
        Some('.' | '/' | '-') => {
            let month_start = skip_spaces(scalars, mark + 1);
            // `2018 - 2020` and `2018 - 06/2020` are ranges of years; `2018 -9` is not written.
            let spaced = mark > end || month_start > mark + 1;
            let month = month_number_at(scalars, month_start).filter(|&(_, end)| {
                !spaced
                    && !matches!(scalars.get(end), Some('%' | '万' | '亿' | '年' | ':'))
                    && !is_month_of_next(scalars, end)
            });
            Some(match month {
                Some((month, end)) => one(skip_day(scalars, end), year, Some(month)),
                None => one(end, year, None),
            })
        }
        Some(scalar) if scalar.is_ascii_lowercase() => match month_name(scalars, mark) {
            Some((month, after)) if year_after_name(scalars, after).is_none() => {
                Some(one(after, year, Some(month)))
            }
            _ => Some(one(end, year, None)),
        },
        _ => (!glued(scalars, end)).then(|| one(end, year, None)),
    }
}

/// Whether what looks like a month begins `06/2020`.
fn is_month_of_next(scalars: &[char], end: usize) -> bool {
    matches!(scalars.get(end), Some('/' | '.')) && year_at(scalars, end + 1).is_some()
}

/// A year followed by a letter, a unit or a fraction is a number of something.
fn glued(scalars: &[char], end: usize) -> bool {
    matches!(scalars.get(end), Some(scalar) if scalar.is_ascii_alphanumeric())
        || matches!(
            scalars.get(end),
            Some('%' | '万' | '亿' | '个' | '元' | '人' | '家' | '次' | '米' | '吨' | '+')
        )
        || matches!((scalars.get(end), scalars.get(end + 1)), (Some(','), Some(digit)) if digit.is_ascii_digit())
}

fn chinese_month(scalars: &[char], after_year: usize, year: u16) -> Date {
    let start = skip_spaces(scalars, after_year);
    let Some((month, end)) = month_number_at(scalars, start) else {
        return one(after_year, year, None);
    };
    let mark = skip_spaces(scalars, end);
    if scalars.get(mark) != Some(&'月') {
        return one(after_year, year, None);
    }
    let day_start = skip_spaces(scalars, mark + 1);
    let day = number_at(scalars, day_start, 2).map(|(_, _, end)| skip_spaces(scalars, end));
    match day.filter(|&end| matches!(scalars.get(end), Some('日' | '号'))) {
        Some(end) => one(end + 1, year, Some(month)),
        None => one(mark + 1, year, Some(month)),
    }
}

/// `.15` after a month, if it is a day.
fn skip_day(scalars: &[char], end: usize) -> usize {
    if !matches!(scalars.get(end), Some('.' | '/' | '-')) {
        return end;
    }
    match number_at(scalars, end + 1, 2) {
        Some((day, 2, after))
            if (1..=31).contains(&day) && !matches!(scalars.get(after), Some('/' | '.')) =>
        {
            after
        }
        _ => end,
    }
}

/// `09/2018`, `9.2018`, `09-2018`, `09/15/2018`.
fn month_slash_year(scalars: &[char], index: usize) -> Option<Date> {
    let (month, end) = month_number_at(scalars, index)?;
    let mark = skip_spaces(scalars, end);
    if !matches!(scalars.get(mark), Some('/' | '.' | '-')) {
        return None;
    }
    let next = skip_spaces(scalars, mark + 1);
    if let Some((year, end)) = year_at(scalars, next) {
        return Some(one(end, year, Some(month)));
    }
    let (day, _, end) = number_at(scalars, next, 2)?;
    let same_mark = scalars.get(end) == scalars.get(mark);
    let (year, end) = year_at(scalars, end + 1).filter(|_| same_mark && day <= 31)?;
    Some(one(end, year, Some(month)))
}

/// `1 September 2018`, `1st Sep 2018`.
fn day_month_year(scalars: &[char], index: usize) -> Option<Date> {
    let (_, _, end) = number_at(scalars, index, 2).filter(|&(day, ..)| (1..=31).contains(&day))?;
    let end = skip_any_suffix(scalars, end);
    let (month, after) = month_name(scalars, skip_spaces(scalars, end))?;
    let (year, end) = year_after_name(scalars, after)?;
    Some(one(end, year, Some(month)))
}

fn skip_any_suffix(scalars: &[char], end: usize) -> usize {
    skip_any(scalars, end, &["st", "nd", "rd", "th"])
}

/// `Sep 2018`, `September, 2018`, `Sept. 1st, 2018`, `Sep'18`, `Sep`.
fn month_name_first(scalars: &[char], index: usize) -> Option<Date> {
    let (month, after) = month_name(scalars, index)?;
    if let Some((year, end)) = year_after_name(scalars, after) {
        return Some(one(end, year, Some(month)));
    }
    let day_start = skip_spaces(scalars, after);
    if let Some((_, _, day_end)) = number_at(scalars, day_start, 2) {
        let day_end = skip_any_suffix(scalars, day_end);
        if let Some((year, end)) = year_after_name(scalars, day_end) {
            return Some(one(end, year, Some(month)));
        }
    }
    let at = YearMonth { year: 0, month: Some(month) };
    Some(Date { end: after, first: at, last: at, has_year: false })
}

fn month_name(scalars: &[char], index: usize) -> Option<(u8, usize)> {
    let end = skip_word(scalars, index);
    let word = scalars.get(index..end)?;
    if word.len() < 3 || word.len() > 9 {
        return None;
    }
    let is = |name: &str| name.chars().eq(word.iter().copied());
    let found = MONTHS.iter().position(|(short, long)| is(short) || is(long));
    let month = found.or_else(|| is("sept").then_some(8))? as u8 + 1;
    let end = if scalars.get(end) == Some(&'.') { end + 1 } else { end };
    Some((month, end))
}

/// The year after the name of a month; `'18` is 2018 and `'95` is 1995.
fn year_after_name(scalars: &[char], index: usize) -> Option<(u16, usize)> {
    let mut start = skip_spaces(scalars, index);
    if scalars.get(start) == Some(&'\n') {
        // `September 2010 to June` at the end of a line.
        return year_at(scalars, skip_spaces(scalars, start + 1));
    }
    if matches!(scalars.get(start), Some(',' | '-' | '/' | '.')) {
        start = skip_spaces(scalars, start + 1);
    }
    if let Some(after) = word_at(scalars, start, "of") {
        start = skip_spaces(scalars, after);
    }
    if scalars.get(start) == Some(&'\'') {
        let (value, 2, end) = number_at(scalars, start + 1, 2)? else {
            return None;
        };
        return Some((century(value), end));
    }
    year_at(scalars, start)
}

fn century(two_digits: u32) -> u16 {
    let two_digits = two_digits as u16;
    if two_digits < 50 { 2000 + two_digits } else { 1900 + two_digits }
}

fn season(scalars: &[char], index: usize) -> Option<Date> {
    let (from, to, after) = SEASONS
        .iter()
        .find_map(|&(name, from, to)| word_at(scalars, index, name).map(|after| (from, to, after)))?;
    let (year, end) = year_after_name(scalars, after)?;
    let at = |month| YearMonth { year, month: Some(month) };
    Some(Date { end, first: at(from), last: at(to), has_year: true })
}

/// `06/15` and `18年9月`, which mean something only in a range.
fn short_date_at(scalars: &[char], index: usize) -> Option<Date> {
    let (value, length, end) = number_at(scalars, index, 2)?;
    match scalars.get(end) {
        Some('/') => {
            let month = u8::try_from(value).ok().filter(|month| (1..=12).contains(month))?;
            let (year, 2, end) = number_at(scalars, end + 1, 2)? else {
                return None;
            };
            (scalars.get(end) != Some(&'/')).then(|| one(end, century(year), Some(month)))
        }
        Some('年') if length == 2 => {
            let date = chinese_month(scalars, end + 1, century(value));
            date.first.month.map(|_| date)
        }
        _ => None,
    }
}

mod short;

#[cfg(test)]
mod tests;
