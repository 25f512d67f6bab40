//! Ways to reach somebody, wherever they stand.

use std::ops::Range;

use super::words::folded;

/// A number of fewer digits is no phone.
const LEAST_DIGITS: usize = 7;
/// So many digits at the end of a phone tell whose it is.
const TELLING_DIGITS: usize = 8;

/// What networks and messengers put before an account.
const LABELS: [&str; 17] = [
    "wechat",
    "weixin",
    "微信",
    "微信号",
    "qq",
    "skype",
    "telegram",
    "whatsapp",
    "github",
    "gitee",
    "gitlab",
    "linkedin",
    "领英",
    "twitter",
    "知乎",
    "博客",
    "blog",
];

/// What a host ends in where a path goes on.
const HOSTS: [&str; 8] = [".com/", ".cn/", ".org/", ".io/", ".net/", ".me/", ".dev/", ".edu/"];

/// The digits at the end of a phone; none of what is too short for one.
pub(super) fn digits(phone: &str) -> Option<Vec<char>> {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let from = digits.len().saturating_sub(TELLING_DIGITS);
    (digits.len() >= LEAST_DIGITS).then(|| digits.get(from..).unwrap_or_default().to_vec())
}

pub(super) fn places(scalars: &[char], phones: &[Vec<char>], found: &mut Vec<Range<usize>>) {
    let folded: Vec<char> = scalars.iter().map(|scalar| folded(*scalar)).collect();
    addresses(&folded, found);
    accounts(&folded, found);
    for phone in phones {
        numbers(&folded, phone, found);
    }
}

/// E-mail addresses and links, as they stand between white space and Han.
fn addresses(scalars: &[char], found: &mut Vec<Range<usize>>) {
    let mut place = 0;
    while let Some(rest) = scalars.get(place..).filter(|rest| !rest.is_empty()) {
        let n_graphic = rest.iter().take_while(|scalar| scalar.is_ascii_graphic()).count();
        let token: String = rest.iter().take(n_graphic).collect();
        let is_mail = token.split_once('@').is_some_and(|(_, host)| host.contains('.'));
        let is_link = token.contains("://")
            || token.contains("www.")
            || HOSTS.iter().any(|host| token.contains(host))
            || [".github.io", ".gitee.io"].iter().any(|host| token.contains(host));
        if is_mail || is_link {
            found.push(place..place + n_graphic);
        }
        place += n_graphic.max(1);
    }
}

/// What stands behind the label of a messenger and a colon.
fn accounts(scalars: &[char], found: &mut Vec<Range<usize>>) {
    for (colon, _) in scalars.iter().enumerate().filter(|(_, scalar)| matches!(scalar, ':' | '：')) {
        let (before, behind) = scalars.split_at(colon);
        let before: String = before.iter().rev().take(12).collect();
        let before = before.trim_start();
        let is_label = LABELS.iter().any(|label| {
            let reversed: String = label.chars().rev().collect();
            before.starts_with(&reversed)
        });
        if is_label {
            // `Github:// account` is how some templates write it.
            let is_apart = |scalar: &&char| matches!(scalar, ' ' | '/');
            let n_apart = behind.iter().skip(1).take_while(is_apart).count() + 1;
            let account = behind.iter().skip(n_apart).take_while(|scalar| scalar.is_ascii_graphic());
            found.push(colon + n_apart..colon + n_apart + account.count());
        }
    }
}

/// Where the digits of a phone follow each other, however they are set apart, with all of the number around them.
fn numbers(scalars: &[char], phone: &[char], found: &mut Vec<Range<usize>>) {
    let is_apart = |scalar: char| matches!(scalar, ' ' | '-' | '.' | '(' | ')' | '/' | '+' | '\u{a0}');
    let Some(first) = phone.first() else { return };
    for (start, _) in scalars.iter().enumerate().filter(|(_, scalar)| *scalar == first) {
        let mut end = start;
        let is_it = phone.iter().enumerate().all(|(index, wanted)| {
            let rest = scalars.get(end..).unwrap_or_default();
            let n_apart = rest.iter().take(2).take_while(|scalar| index > 0 && is_apart(**scalar)).count();
            end += n_apart + 1;
            rest.get(n_apart) == Some(wanted)
        });
        if is_it {
            let before = scalars.get(start.saturating_sub(12)..start).unwrap_or_default().iter().rev();
            let n_before = before.take_while(|scalar| scalar.is_ascii_digit() || is_apart(**scalar)).count();
            found.push(start - n_before..end);
        }
    }
}
