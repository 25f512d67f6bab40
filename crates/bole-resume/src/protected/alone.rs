//! What tells who somebody is between the marks of a line: `女 | 28岁 | 汉族`, `Male, born 1990, Han`.

use std::sync::LazyLock;

use bole_core::ProtectedKind;

use crate::dates::DateMention;
use crate::tables::peoples::{ETHNIC_GROUPS, ETHNIC_GROUPS_LATIN, NATIONALITIES};
use crate::tables::places::PROVINCES;
use crate::tables::protected::{ALONE, ALONE_IN_COMPANY};
use crate::terms::Terms;
use crate::text::{Extent, Text, is_field_mark, is_han};

/// What a word means, and whether it does so only beside another protected word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) kind: ProtectedKind,
    pub(super) needs_company: bool,
}

static WORDS: LazyLock<Terms<Meaning>> = LazyLock::new(|| {
    let sure = |&(word, kind): &(&'static str, ProtectedKind)| (word, Meaning { kind, needs_company: false });
    let weak = |&(word, kind): &(&'static str, ProtectedKind)| (word, Meaning { kind, needs_company: true });
    let peoples = peoples().map(|(word, kind)| (word, in_company(kind)));
    Terms::new(ALONE.iter().map(sure).chain(ALONE_IN_COMPANY.iter().map(weak)).chain(peoples))
});

static PEOPLES: LazyLock<Terms<ProtectedKind>> = LazyLock::new(|| Terms::new(peoples()));

/// Of two meanings of a word the first stands: `russian` beside `male` may be either.
fn peoples() -> impl Iterator<Item = (&'static str, ProtectedKind)> {
    let groups = ETHNIC_GROUPS_LATIN.iter().map(|word| (*word, ProtectedKind::Ethnicity));
    let mixed = [("han chinese", ProtectedKind::Ethnicity)].into_iter();
    mixed.chain(groups).chain(NATIONALITIES.iter().map(|word| (*word, ProtectedKind::Nationality)))
}

static PLACES: LazyLock<Terms<()>> = LazyLock::new(|| Terms::new(PROVINCES.iter().map(|name| (*name, ()))));

/// People who are named by what they do: 北京分公司负责人 comes from nowhere.
const NOT_NATIVES: &[&str] = &[
    "负责", "合伙", "经纪", "发起", "创始", "联系", "主持", "代理", "候选", "管理", "投资", "保荐", "机器",
    "证明", "介绍", "申请", "发明", "传承", "经理", "法", "工", "军", "商", "老", "猎", "主", "受托", "承办",
    "领导", "带头",
];

/// A longer piece of a line is none of these words.
const MAX_PIECE: usize = 48;

fn in_company(kind: ProtectedKind) -> Meaning {
    Meaning { kind, needs_company: true }
}

fn sure(kind: ProtectedKind) -> Meaning {
    Meaning { kind, needs_company: false }
}

/// The pieces of `line` that tell something, in order.
pub(super) fn alone_in_line(text: &Text, line: Extent, dates: &[DateMention]) -> Vec<(Extent, Meaning)> {
    let mut found: Vec<(Extent, Meaning)> = Vec::new();
    let mut open_place = false;
    for piece in pieces(text, line) {
        // `from Nanning, Guangxi`: a place goes on behind its comma.
        let goes_on =
            open_place && text.folded_at(piece.start).is_some_and(|scalar| scalar.is_ascii_alphabetic());
        open_place = false;
        if let Some(meaning) = meaning_of(text, piece, dates) {
            open_place = meaning.kind == ProtectedKind::Birthplace
                && text.folded(piece).first().is_some_and(char::is_ascii_lowercase);
            found.push((piece, meaning));
        } else if goes_on && is_capitalised(text, piece) {
            if let Some((place, _)) = found.last_mut() {
                place.end = piece.end;
            }
        } else if text.folded(piece).iter().any(|&scalar| is_han(scalar)) {
            for word in words(text, piece) {
                found.extend(meaning_of(text, word, dates).map(|meaning| (word, meaning)));
            }
        }
    }
    found
}

/// The parts of `line` between marks and wide gaps.
fn pieces(text: &Text, line: Extent) -> Vec<Extent> {
    let folded = text.folded(line);
    let is_cut = |index: usize, scalar: char| {
        let next = folded.get(index + 1);
        is_field_mark(scalar)
            || matches!(scalar, ',' | '、' | '/' | '。' | '(' | ')' | ':' | '!')
            || (scalar == '.' && next.is_none_or(|next| *next == ' '))
            || (scalar == ' ' && next == Some(&' '))
    };
    let mut pieces = Vec::new();
    let mut start = 0;
    for (index, &scalar) in folded.iter().enumerate() {
        if is_cut(index, scalar) {
            pieces.push(Extent::new(line.start + start, line.start + index));
            start = index + 1;
        }
    }
    pieces.push(Extent::new(line.start + start, line.end));
    let trimmed =
        pieces.into_iter().map(|piece| text.trim_matches(piece, |it| it.is_whitespace() || it == '-'));
    trimmed.filter(|piece| !piece.is_empty()).collect()
}

fn words(text: &Text, piece: Extent) -> Vec<Extent> {
    let mut words = Vec::new();
    let mut start = piece.start;
    for word in text.folded(piece).split(|scalar| scalar.is_whitespace()) {
        if !word.is_empty() {
            words.push(Extent::new(start, start + word.len()));
        }
        start += word.len() + 1;
    }
    words
}

fn is_capitalised(text: &Text, piece: Extent) -> bool {
    let raw = text.raw(piece);
    let mut words = raw.split(|scalar| *scalar == ' ').filter(|word| !word.is_empty());
    let sound = |word: &[char]| word.first().is_some_and(|scalar| scalar.is_uppercase());
    raw.len() <= 24 && words.clone().count() <= 2 && words.all(sound) && !raw.iter().any(char::is_ascii_digit)
}

fn meaning_of(text: &Text, extent: Extent, dates: &[DateMention]) -> Option<Meaning> {
    let piece = text.folded(extent);
    if piece.is_empty() || piece.len() > MAX_PIECE {
        return None;
    }
    let (first, last) = (*piece.first()?, *piece.last()?);
    WORDS.exactly(piece).or_else(|| {
        if is_han(last) || is_han(first) {
            han_meaning(piece)
        } else if first.is_ascii_lowercase() {
            latin_meaning(piece)
        } else {
            years_old(piece).or_else(|| date_of_birth(text, extent, dates))
        }
    })
}

fn han_meaning(piece: &[char]) -> Option<Meaning> {
    if ethnic_group(piece) {
        return Some(sure(ProtectedKind::Ethnicity));
    }
    if is_age(piece) {
        return Some(sure(ProtectedKind::Age));
    }
    let is_nation = piece.strip_suffix(&['国', '籍']).is_some_and(|nation| nation.len() <= 6)
        || (piece.len() == 4 && piece.ends_with(&['公', '民']) && piece.get(1) == Some(&'国'));
    if is_nation {
        return Some(sure(ProtectedKind::Nationality));
    }
    is_native(piece).then(|| sure(ProtectedKind::Birthplace))
}

/// `汉族`.
pub(super) fn ethnic_group(piece: &[char]) -> bool {
    let Some(group) = piece.strip_suffix(&['族']) else {
        return false;
    };
    group.len() <= 4 && ETHNIC_GROUPS.iter().any(|known| known.chars().eq(group.iter().copied()))
}

/// `28岁`, `1992年生`, `1990年1月出生`, `1990.01出生`.
fn is_age(piece: &[char]) -> bool {
    let digits = piece.iter().take_while(|scalar| scalar.is_ascii_digit()).count();
    let rest: String = piece.get(digits..).unwrap_or_default().iter().collect();
    let is_age = (1..=2).contains(&digits) && matches!(rest.as_str(), "岁" | "周岁");
    let is_short = piece.len() <= 14;
    let is_birth = digits == 4
        && ["出生", "年生", "月生", "日生", "年生人", "月生人"].iter().any(|end| rest.ends_with(end));
    let two_digits = digits == 2 && matches!(rest.as_str(), "年" | "年生" | "年出生");
    is_age || (is_short && is_birth) || (two_digits && rest != "年")
}

/// `山东济南人`.
fn is_native(piece: &[char]) -> bool {
    let Some(place) = piece.strip_suffix(&['人']) else {
        return false;
    };
    let Some((length, ())) = PLACES.at(place, 0).filter(|_| place.len() <= 10) else {
        return false;
    };
    let rest = place.get(length..).unwrap_or_default();
    let ends_with = |end: &&str| rest.ends_with(&end.chars().collect::<Vec<_>>());
    rest.iter().all(|&scalar| is_han(scalar)) && !NOT_NATIVES.iter().any(ends_with)
}

fn latin_meaning(piece: &[char]) -> Option<Meaning> {
    let words: Vec<&[char]> = piece.split(|scalar| *scalar == ' ').filter(|word| !word.is_empty()).collect();
    let is = |word: Option<&&[char]>, wanted: &str| {
        word.is_some_and(|word| wanted.chars().eq(word.iter().copied()))
    };
    let has_digit = |word: &&[char]| word.iter().any(char::is_ascii_digit);
    let first = words.first();
    if (is(first, "aged") || is(first, "age")) && words.len() == 2 && words.last().is_some_and(has_digit) {
        return Some(sure(ProtectedKind::Age));
    }
    if is(first, "native") && is(words.get(1), "of") && words.len() <= 6 {
        return Some(sure(ProtectedKind::Birthplace));
    }
    if (is(first, "from") || is(first, "originally")) && words.len() <= 5 {
        return Some(in_company(ProtectedKind::Birthplace));
    }
    if (is(first, "height") || is(first, "weight")) && words.len() <= 3 && words.iter().any(has_digit) {
        return Some(in_company(ProtectedKind::Body));
    }
    let last = words.last()?;
    let people = piece.get(..piece.len().checked_sub(last.len() + 1)?)?;
    let ends = |wanted: &[&str]| wanted.iter().any(|wanted| is(Some(last), wanted));
    if ends(&["ethnicity", "minority", "nationality", "citizen", "national", "citizenship", "passport"]) {
        return PEOPLES.exactly(people).map(sure);
    }
    None
}

/// `28 years old`, `37 y/o`, `175cm`.
fn years_old(piece: &[char]) -> Option<Meaning> {
    let n_digits = piece.iter().take_while(|scalar| scalar.is_ascii_digit()).count();
    let rest: String = piece.get(n_digits..)?.iter().filter(|scalar| **scalar != ' ').collect();
    let is_age =
        n_digits == 2 && matches!(rest.as_str(), "yearsold" | "yearsofage" | "yrsold" | "yo" | "y.o.");
    let is_body = match rest.as_str() {
        "cm" => n_digits == 3,
        "kg" => n_digits == 2 || n_digits == 3,
        _ => false,
    };
    match (is_age, is_body) {
        (true, _) => Some(sure(ProtectedKind::Age)),
        (_, true) => Some(in_company(ProtectedKind::Body)),
        _ => None,
    }
}

/// A date alone beside a sex is that of the birth.
fn date_of_birth(text: &Text, extent: Extent, dates: &[DateMention]) -> Option<Meaning> {
    let index = dates.partition_point(|date| date.extent.start < extent.start);
    let date = dates.get(index).filter(|date| !date.is_range)?;
    let is_birth = text.trim(date.extent) == extent && (1930..=2012).contains(&date.value.start.year);
    is_birth.then(|| in_company(ProtectedKind::Age))
}

/// Whether `word` as a whole is a protected value, so no name.
pub(crate) fn is_protected_word(word: &[char]) -> bool {
    WORDS.exactly(word).is_some_and(|meaning| !meaning.needs_company)
        || (word.iter().all(|&scalar| is_han(scalar)) && ethnic_group(word))
}

/// The people that `words` name.
pub(super) fn people(words: &[char]) -> Option<ProtectedKind> {
    PEOPLES.exactly(words)
}
