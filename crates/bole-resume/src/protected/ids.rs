//! Numbers of documents that name a person.

use std::sync::LazyLock;

use crate::tables::protected::ID_CUES;
use crate::terms::Terms;
use crate::text::{Extent, Text};

static CUES: LazyLock<Terms<()>> = LazyLock::new(|| Terms::new(ID_CUES.iter().map(|cue| (*cue, ()))));

/// Words before a cue that make it the number of something else.
const OTHERS: &[&str] = &[
    "order ",
    "employee ",
    "student ",
    "user ",
    "product ",
    "vehicle ",
    "tax ",
    "device ",
    "项目",
    "订单",
    "学生",
    "员工",
    "企业",
    "公司",
];

/// Words between a cue and its number.
const LINKS: &[&str] = &["号码", "号", "为", "是", "number", "no", "is", "id"];

/// So much may stand between a cue and its number.
const MAX_LINK: usize = 14;

/// A number with its marks is at most so long.
const MAX_NUMBER: usize = 26;

/// A number behind a cue has at least so many digits.
const MIN_DIGITS: usize = 5;

/// First two digits of resident identity numbers: the provinces of GB/T 2260, and 83 for residents from Taiwan.
const REGIONS: &[u32] = &[
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54,
    61, 62, 63, 64, 65, 71, 81, 82, 83,
];

/// Patents of these offices look like British insurance numbers.
const PATENT_OFFICES: &[[char; 2]] =
    &[['c', 'n'], ['e', 'p'], ['j', 'p'], ['k', 'r'], ['w', 'o'], ['c', 'a']];

/// All numbers that name a person, with their cues.
pub(super) fn ids_in(text: &Text) -> Vec<Extent> {
    let whole = text.folded(text.whole());
    let mut found = Vec::new();
    let mut index = 0;
    while let Some(&scalar) = whole.get(index) {
        let end = number_end(text, whole, index).or_else(|| {
            let may_begin = scalar.is_ascii_lowercase() || scalar > '\u{2fff}';
            may_begin.then(|| labelled_end(whole, index)).flatten()
        });
        if let Some(end) = end {
            found.push(Extent::new(index, end));
        }
        index = end.unwrap_or(index + 1);
    }
    found
}

/// Where a number of sure form that begins at `index` ends.
fn number_end(text: &Text, whole: &[char], index: usize) -> Option<usize> {
    let first = *whole.get(index)?;
    let before = index.checked_sub(1).and_then(|before| whole.get(before));
    if !first.is_ascii_alphanumeric() || before.is_some_and(char::is_ascii_alphanumeric) {
        return None;
    }
    if first.is_ascii_digit() {
        resident(whole, index).or_else(|| old_resident(whole, index)).or_else(|| american(whole, index))
    } else {
        let is_upper = text.raw(Extent::new(index, index + 1)).first().is_some_and(|raw| raw.is_uppercase());
        is_upper.then(|| {
            hong_kong(whole, index).or_else(|| taiwan(whole, index)).or_else(|| british(whole, index))
        })?
    }
}

/// Whether nothing goes on at `end`.
fn ends(whole: &[char], end: usize) -> bool {
    !whole.get(end).is_some_and(char::is_ascii_alphanumeric)
}

/// A resident identity number (GB 11643): 17 digits and a check character, perhaps with marks between groups.
fn resident(whole: &[char], index: usize) -> Option<usize> {
    let mut number = Vec::with_capacity(18);
    let mut end = index;
    let mut n_marks = 0;
    for &scalar in whole.get(index..)?.iter().take(MAX_NUMBER) {
        let is_check = number.len() == 17 && scalar == 'x';
        if scalar.is_ascii_digit() || is_check {
            number.push(scalar);
            n_marks = 0;
        } else {
            n_marks += 1;
            if n_marks > 1 || !matches!(scalar, ' ' | '-' | '\n') {
                break;
            }
        }
        end += 1;
        if number.len() == 18 {
            break;
        }
    }
    let sound = number.len() == 18 && ends(whole, end) && is_region(&number) && has_valid_check(&number);
    (sound && is_date(&number, 6, 4)).then_some(end)
}

/// A number of before 1999: 15 digits, the year in two.
fn old_resident(whole: &[char], index: usize) -> Option<usize> {
    let number = whole.get(index..index + 15)?;
    let sound = number.iter().all(char::is_ascii_digit) && ends(whole, index + 15) && is_region(number);
    (sound && is_date(number, 6, 2)).then_some(index + 15)
}

fn value(digits: &[char]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |sum, digit| Some(sum.checked_mul(10)? + digit.to_digit(10)?))
}

fn is_region(number: &[char]) -> bool {
    number.get(..2).and_then(value).is_some_and(|region| REGIONS.contains(&region))
}

/// Whether a date of birth stands at `from`, its year in `n_year` digits.
fn is_date(number: &[char], from: usize, n_year: usize) -> bool {
    let part = |start: usize, length: usize| number.get(start..start + length).and_then(value);
    let year_is_sound = match n_year {
        4 => part(from, 4).is_some_and(|year| (1900..=2099).contains(&year)),
        _ => true,
    };
    let month = part(from + n_year, 2).is_some_and(|month| (1..=12).contains(&month));
    let day = part(from + n_year + 2, 2).is_some_and(|day| (1..=31).contains(&day));
    year_is_sound && month && day
}

fn has_valid_check(number: &[char]) -> bool {
    let Some((check, digits)) = number.split_last() else {
        return false;
    };
    // The weight of a place is 2 to the power of its distance from the end, modulo 11.
    let mut sum = 0;
    let mut weight = 2;
    for digit in digits.iter().rev() {
        sum += digit.to_digit(10).unwrap_or(0) * weight;
        weight = weight * 2 % 11;
    }
    let expected = (12 - sum % 11) % 11;
    match check {
        'x' => expected == 10,
        _ => check.to_digit(10) == Some(expected),
    }
}

/// A social security number of the USA, `123-45-6789`: no part is all zeros, and 666 and 900 are never given.
fn american(whole: &[char], index: usize) -> Option<usize> {
    let number = whole.get(index..index + 11)?;
    let form = number.iter().zip("ddd-dd-dddd".chars());
    let is_form = form.into_iter().all(|(scalar, form)| match form {
        'd' => scalar.is_ascii_digit(),
        mark => *scalar == mark,
    });
    let part = |start: usize, end: usize| number.get(start..end).and_then(value).unwrap_or(0);
    let (area, group, serial) = (part(0, 3), part(4, 6), part(7, 11));
    let given = area > 0 && area != 666 && area < 900 && group > 0 && serial > 0;
    let after = whole.get(index + 11);
    (is_form && given && ends(whole, index + 11) && after != Some(&'-')).then_some(index + 11)
}

/// A British insurance number: `AB 12 34 56 C`, or in one piece.
fn british(whole: &[char], index: usize) -> Option<usize> {
    let prefix = [*whole.get(index)?, *whole.get(index + 1)?];
    let sound = prefix.iter().all(char::is_ascii_lowercase)
        && !prefix.iter().any(|letter| matches!(letter, 'd' | 'f' | 'i' | 'q' | 'u' | 'v'))
        && prefix[1] != 'o';
    if !sound {
        return None;
    }
    let mut end = index + 2;
    let mut n_spaces = 0;
    for _ in 0..3 {
        if matches!(whole.get(end), Some(' ' | '\n')) {
            n_spaces += 1;
            end += 1;
        }
        let pair = whole.get(end..end + 2)?;
        if !pair.iter().all(char::is_ascii_digit) {
            return None;
        }
        end += 2;
    }
    if matches!(whole.get(end), Some(' ' | '\n')) {
        n_spaces += 1;
        end += 1;
    }
    let is_suffix = matches!(whole.get(end), Some('a'..='d')) && ends(whole, end + 1);
    let sure = n_spaces >= 3 || (n_spaces == 0 && !PATENT_OFFICES.contains(&prefix));
    (is_suffix && sure).then_some(end + 1)
}

/// A Hong Kong identity number: a letter or two, six digits and a check character in parentheses.
fn hong_kong(whole: &[char], index: usize) -> Option<usize> {
    let rest = whole.get(index..whole.len().min(index + 11))?;
    let n_letters = rest.iter().take(3).take_while(|scalar| scalar.is_ascii_lowercase()).count();
    let digits = rest.get(n_letters..n_letters + 6)?;
    let [open, check, close] = rest.get(n_letters + 6..n_letters + 9)? else {
        return None;
    };
    let is_form = (1..=2).contains(&n_letters)
        && digits.iter().all(char::is_ascii_digit)
        && *open == '('
        && *close == ')'
        && (check.is_ascii_digit() || *check == 'a');
    // Letters count from 10; a single letter has a space worth 36 before it.
    let worth = |scalar: &char| scalar.to_digit(36).unwrap_or(0);
    let letters = rest.get(..n_letters)?;
    let first = if n_letters == 1 { 36 } else { letters.first().map_or(0, worth) };
    let second = letters.last().map_or(0, worth);
    let sum = digits.iter().zip((2..8).rev()).map(|(digit, weight)| worth(digit) * weight).sum::<u32>();
    let sum = first * 9 + second * 8 + sum + worth(check);
    (is_form && sum % 11 == 0).then_some(index + n_letters + 9)
}

/// An identity number of Taiwan: a letter for the place, 1 or 2, seven digits and a check digit.
fn taiwan(whole: &[char], index: usize) -> Option<usize> {
    /// What each letter from A to Z stands for.
    const PLACES: [u32; 26] = [
        10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31,
        33,
    ];
    let letter = *whole.get(index)?;
    let place = *PLACES.get((letter as usize).checked_sub('a' as usize)?)?;
    let digits = whole.get(index + 1..index + 10)?;
    let sound = digits.iter().all(char::is_ascii_digit)
        && matches!(digits.first(), Some('1' | '2'))
        && ends(whole, index + 10);
    let weights = [8, 7, 6, 5, 4, 3, 2, 1, 1];
    let sum: u32 =
        digits.iter().zip(weights).map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight).sum();
    (sound && (place / 10 + place % 10 * 9 + sum).is_multiple_of(10)).then_some(index + 10)
}

/// Where the number behind a cue at `index` ends.
fn labelled_end(whole: &[char], index: usize) -> Option<usize> {
    let (length, ()) = CUES.at(whole, index)?;
    let before = whole.get(index.saturating_sub(9)..index).unwrap_or_default();
    let is_other = OTHERS.iter().any(|other| {
        let n_other = other.chars().count();
        before.len() >= n_other && other.chars().eq(before.iter().skip(before.len() - n_other).copied())
    });
    if is_other {
        return None;
    }
    let mut at = index + length;
    let limit = at + MAX_LINK;
    while at < limit {
        let rest = whole.get(at..).unwrap_or_default();
        let link = LINKS.iter().find(|link| link.chars().eq(rest.iter().copied().take(link.chars().count())));
        match (link, rest.first()) {
            (Some(link), _) => at += link.chars().count(),
            (None, Some(' ' | '\n' | ':' | '.' | '#' | '(' | ')' | '|' | '\t')) => at += 1,
            _ => break,
        }
    }
    let (mut end, mut n_digits, mut n_letters, mut gap) = (at, 0, 0, 0);
    let digits_from = |from: usize| {
        whole
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take(MAX_NUMBER)
            .take_while(|it| it.is_ascii_digit())
            .count()
    };
    for (offset, &scalar) in whole.get(at..)?.iter().take(MAX_NUMBER).enumerate() {
        let next = at + offset + 1;
        if scalar.is_ascii_digit() {
            n_digits += 1;
        } else if scalar.is_ascii_lowercase() {
            n_letters += 1;
            // A word is no part of a number.
            if n_letters > 3 || (gap > 0 && n_digits >= MIN_DIGITS && !ends(whole, next)) {
                break;
            }
        } else if scalar == '\n' && (gap == 0 || whole.get(next - 2) == Some(&'-')) {
            // A line end amid a number: the rest makes it one of residents, or it was cut at a hyphen.
            let rest = digits_from(next);
            let is_check = whole.get(next + rest) == Some(&'x');
            let is_whole = n_digits + rest + usize::from(is_check) == 18;
            if n_digits == 0 || rest == 0 || !(is_whole || gap == 1) {
                break;
            }
            gap = 1;
            continue;
        } else if matches!(scalar, ' ' | '-' | '(' | ')') && gap == 0 {
            // A number that is whole is followed by another one, of a phone perhaps.
            if scalar == ' ' && n_digits >= 8 && digits_from(next) >= 9 {
                break;
            }
            gap += 1;
            continue;
        } else {
            break;
        }
        gap = 0;
        end = next;
    }
    if whole.get(end) == Some(&')') && whole.get(at..end).is_some_and(|number| number.contains(&'(')) {
        end += 1;
    }
    (n_digits >= MIN_DIGITS).then_some(end)
}
