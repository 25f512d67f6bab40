//! What tells that somebody is a woman or a man.

use std::ops::Range;

use super::words::{Word, are_close, phrase_at};
use crate::tables::gendered::{
    ADDRESSES, PRONOUNS, SCHOOL_KINDS_HAN, SCHOOL_KINDS_LATIN, SCHOOLS_HAN, SCHOOLS_LATIN,
    SCHOOLS_OF_ONE_HAN, TAUGHT_HAN, TAUGHT_LATIN, TELLING_HAN, TELLING_LATIN,
};
use crate::text::{is_han, starts_with};

/// So many characters of a Chinese school stand before what says whom it is for, and between that and what it is.
const BEFORE: usize = 8;
const BETWEEN: usize = 6;
/// And so many words of a Latin one.
const N_WORDS: usize = 5;

pub(super) fn places(scalars: &[char], words: &[Word], found: &mut Vec<Range<usize>>) {
    schools(scalars, words, found);
    for (index, word) in words.iter().enumerate() {
        if is_spoken_of(scalars, words, index) {
            found.push(word.start..word.end);
        }
        for phrase in TELLING_LATIN {
            found.extend(extent(words, index, phrase_at(scalars, words, index, phrase)));
        }
    }
    for (start, scalar) in scalars.iter().enumerate().filter(|(_, scalar)| is_han(**scalar)) {
        let (before, rest) = scalars.split_at(start);
        found.extend(
            TELLING_HAN
                .iter()
                .filter(|word| starts_with(rest, word))
                .map(|word| start..start + word.chars().count()),
        );
        let (last, next) = (before.last().copied(), rest.get(1).copied());
        let is_person = match scalar {
            '她' => true,
            '他' => !matches!(last, Some('其' | '吉')) && !matches!(next, Some('人' | '项' | '类' | '山')),
            _ => false,
        };
        if is_person {
            found.push(start..start + 1);
        }
        // Not 首先生产.
        let is_other = matches!(last, Some('首' | '优' | '预' | '率' | '事' | '领' | '原' | '最'))
            || matches!(rest.get(2), Some('产' | '成' | '长' | '效'));
        if starts_with(rest, "先生") && !is_other {
            found.push(start..start + 2);
        }
    }
}

/// Where schools for women or men stand, with the whole of their names.
pub(super) fn schools(scalars: &[char], words: &[Word], found: &mut Vec<Range<usize>>) {
    for (index, word) in words.iter().enumerate() {
        for school in SCHOOLS_LATIN {
            found.extend(extent(words, index, phrase_at(scalars, words, index, school)));
        }
        if TAUGHT_LATIN.contains(&word.folded.as_str()) {
            found.extend(latin_school(scalars, words, index));
        }
    }
    for (start, _) in scalars.iter().enumerate().filter(|(_, scalar)| is_han(**scalar)) {
        let rest = scalars.get(start..).unwrap_or_default();
        found.extend(
            SCHOOLS_HAN
                .iter()
                .filter(|word| starts_with(rest, word))
                .map(|word| start..start + word.chars().count()),
        );
        if let Some(n_scalars) = taught_han(rest) {
            found.push(before_han(scalars, start)..start + n_scalars);
        }
    }
}

fn extent(words: &[Word], from: usize, to: Option<usize>) -> Option<Range<usize>> {
    let last = words.get(to?.checked_sub(1)?)?;
    Some(words.get(from)?.start..last.end)
}

/// Whether it is a word that a person is spoken of by.
fn is_spoken_of(scalars: &[char], words: &[Word], index: usize) -> bool {
    let Some(word) = words.get(index).filter(|word| !word.in_capitals) else { return false };
    let next = scalars.get(word.end..).unwrap_or_default();
    let goes_on =
        |scalar: Option<&char>| scalar.is_some_and(|scalar| scalar.is_alphanumeric() || *scalar == '_');
    if goes_on(next.first()) || word.start.checked_sub(1).is_some_and(|before| goes_on(scalars.get(before))) {
        return false;
    }
    let text = word.folded.as_str();
    if ADDRESSES.contains(&text) {
        return word.has_capital;
    }
    // `He-Ne`, `He/N2`: helium.
    let is_helium = text == "he"
        && word.has_capital
        && !matches!(next, [' ' | '\n' | '’' | '\'', second, ..] if second.is_lowercase());
    PRONOUNS.contains(&text) && !is_helium
}

/// The school around a word that says whom it is for: `Mount Lee Women's University`, `Lee College for Women`.
fn latin_school(scalars: &[char], words: &[Word], index: usize) -> Option<Range<usize>> {
    let close = |first: usize| {
        let pair = words.get(first).zip(words.get(first + 1));
        pair.is_some_and(|(first, second)| are_close(scalars, first, second))
    };
    let is_kind = |index: usize| {
        words.get(index).is_some_and(|word| SCHOOL_KINDS_LATIN.contains(&word.folded.as_str()))
    };
    let behind = (index + 1..=index + N_WORDS).take_while(|next| close(next - 1)).find(|next| is_kind(*next));
    let (kind, last) = if let Some(kind) = behind {
        (index, kind)
    } else {
        let word_before = words.get(index.checked_sub(1)?)?;
        if !matches!(word_before.folded.as_str(), "for" | "the") {
            return None;
        }
        let before = (index.saturating_sub(N_WORDS)..index).rev();
        (before.take_while(|before| close(*before)).find(|before| is_kind(*before))?, index)
    };
    let first = (kind.saturating_sub(N_WORDS)..kind)
        .rev()
        .take_while(|before| close(*before) && words.get(*before).is_some_and(|word| word.has_capital));
    let first = first.last().unwrap_or(kind);
    Some(words.get(first)?.start..words.get(last)?.end)
}

/// How many characters from here on say whom a Chinese school is for, and what it is.
fn taught_han(rest: &[char]) -> Option<usize> {
    let longest = |words: &[&str], rest: &[char]| {
        let lengths = words.iter().filter(|word| starts_with(rest, word)).map(|word| word.chars().count());
        lengths.max()
    };
    if let Some(n_taught) = longest(TAUGHT_HAN, rest) {
        let behind = (n_taught..=n_taught + BETWEEN)
            .take_while(|place| rest.get(*place).is_some_and(|scalar| is_han(*scalar)));
        let ends = behind.filter_map(|place| Some(place + longest(SCHOOL_KINDS_HAN, rest.get(place..)?)?));
        if let Some(end) = ends.last() {
            return Some(end);
        }
    }
    longest(SCHOOLS_OF_ONE_HAN, rest)
}

/// Where the name of a Chinese school begins that goes on at `start`.
fn before_han(scalars: &[char], start: usize) -> usize {
    let before = scalars.get(start.saturating_sub(BEFORE)..start).unwrap_or_default();
    let is_part =
        |scalar: &&char| is_han(**scalar) && !matches!(scalar, '于' | '在' | '和' | '与' | '至' | '及');
    start - before.iter().rev().take_while(is_part).count()
}
