//! Where the person lives.

use std::sync::LazyLock;

use bole_core::{SectionKind, Sourced};

use crate::fields::Field;
use crate::sections::{Part, part_at};
use crate::tables::cities::{CITIES, COUNTRIES, PLACE_ENDS};
use crate::tables::labels::Label;
use crate::tables::places::{PROVINCES, STATES_AND_COUNTRIES};
use crate::tables::places_latin::{LATIN_PLACES, PLACE_PARTS};
use crate::tables::titles::TITLE_WORDS;
use crate::tables::work::EMPLOYER_WORDS;
use crate::terms::Terms;
use crate::text::{Extent, Text, is_field_mark, is_han};

/// A place stands in the first lines of what is personal.
const MAX_LINES: usize = 20;

/// A longer piece is no place: Latin letters, Chinese characters.
const MAX_LATIN: usize = 60;
const MAX_HAN: usize = 16;

/// What says that the place follows.
const LEADS: &[&str] = &[
    "现居住于",
    "现居于",
    "现居住",
    "现居",
    "现住",
    "居住于",
    "居住在",
    "常住地",
    "常住",
    "坐标",
    "目前在",
    "base:",
    "base ",
    "based in",
    "lives in",
    "living in",
    "located in",
    "resident in",
    "residing in",
    "resides in",
];

static HAN_TERMS: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(PROVINCES.iter().chain(CITIES).chain(COUNTRIES).map(|name| (*name, ()))));
static STATE_TERMS: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(STATES_AND_COUNTRIES.iter().map(|name| (*name, ()))));
static LATIN_TERMS: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(STATES_AND_COUNTRIES.iter().chain(LATIN_PLACES).map(|name| (*name, ()))));
static PART_TERMS: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(PLACE_PARTS.iter().map(|name| (*name, ()))));
static NOT_PLACES: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(EMPLOYER_WORDS.iter().chain(TITLE_WORDS).map(|name| (*name, ()))));

/// Where the person lives: as labelled, or a place alone between the fields of a personal part.
pub(crate) fn location(text: &Text, parts: &[Part], fields: &[Field]) -> Option<Sourced<String>> {
    let labelled = fields.iter().find(|field| {
        let part = part_at(parts, field.extent.start).filter(|_| field.label == Label::Location);
        part.is_some_and(|part| matches!(part.kind, SectionKind::Personal | SectionKind::Objective))
    });
    if let Some(field) = labelled {
        return text.quote(field.value, 92);
    }
    let personal = parts.iter().filter(|part| part.kind == SectionKind::Personal);
    let mut lines = personal.flat_map(|part| text.lines_in(part.body)).take(MAX_LINES);
    lines.find_map(|line| place_in_line(text, line.extent, fields))
}

/// Whether all of `piece` is a place.
pub(crate) fn is_place(text: &Text, piece: Extent) -> bool {
    let folded = text.folded(piece);
    LATIN_TERMS.exactly(folded).is_some() || PART_TERMS.find(folded).is_some() || han_place(folded).is_some()
}

/// Whether a folded Chinese word is a place.
pub(crate) fn is_place_word(word: &[char]) -> bool {
    han_place(word).is_some()
}

fn place_in_line(text: &Text, line: Extent, fields: &[Field]) -> Option<Sourced<String>> {
    let line = Extent::new(line.start, line.end.min(line.start + 300));
    let from = fields.partition_point(|field| field.extent.start < line.start);
    let on_line: Vec<Extent> = fields
        .get(from..)
        .unwrap_or_default()
        .iter()
        .take_while(|field| field.extent.start < line.end)
        .filter(|field| !matches!(field.label, Label::Phone | Label::Email | Label::Link | Label::Name))
        .map(|field| field.extent)
        .collect();
    // What is labelled as something else is no place: a birthplace.
    let is_free = |piece: &Extent| !on_line.iter().any(|field| field.overlaps(*piece));
    let pieces: Vec<Extent> = pieces_of(text, line).into_iter().filter(is_free).collect();
    pieces.into_iter().find_map(|piece| {
        let piece = without_lead(text, piece);
        chinese_place(text, piece).or_else(|| named_place(text, piece)).or_else(|| latin_place(text, piece))
    })
}

/// The line cut at marks, wide spaces and dashes set apart.
fn pieces_of(text: &Text, line: Extent) -> Vec<Extent> {
    let folded = text.folded(line);
    let mut pieces = Vec::new();
    let mut start = 0;
    for (index, &scalar) in folded.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| folded.get(before)).copied();
        let next = folded.get(index + 1).copied();
        let is_wide = scalar == ' ' && next == Some(' ');
        let is_apart = matches!(scalar, '-' | '/') && before == Some(' ') && next == Some(' ');
        if is_field_mark(scalar) || is_wide || is_apart || matches!(scalar, '(' | ')' | '。') {
            pieces.push(Extent::new(line.start + start, line.start + index));
            start = index + 1;
        }
    }
    pieces.push(Extent::new(line.start + start, line.end));
    let trimmed =
        pieces.into_iter().map(|piece| text.trim_matches(piece, |scalar| !scalar.is_alphanumeric()));
    trimmed.filter(|piece| !piece.is_empty()).collect()
}

fn without_lead(text: &Text, piece: Extent) -> Extent {
    let folded = text.folded(piece);
    let length = LEADS.iter().find_map(|lead| {
        let length = lead.chars().count();
        lead.chars().eq(folded.iter().copied().take(length)).then_some(length)
    });
    let Some(length) = length else { return piece };
    text.trim_matches(Extent::new(piece.start + length, piece.end), |scalar| matches!(scalar, ' ' | ':'))
}

/// `江苏省苏州市`, `北京`, `英国曼彻斯特`, also as one word among others of the piece.
fn chinese_place(text: &Text, piece: Extent) -> Option<Sourced<String>> {
    let folded = text.folded(piece);
    if let Some(sure) = han_place(folded) {
        return text.quote(piece, sure);
    }
    let mut start = 0;
    for word in folded.split(|scalar| scalar.is_whitespace() || matches!(scalar, '/' | ',')) {
        let extent = Extent::new(piece.start + start, piece.start + start + word.len());
        start += word.len() + 1;
        if let Some(sure) = han_place(word) {
            return text.quote(extent, sure);
        }
    }
    None
}

/// How sure it is that the word as a whole is a place in Chinese.
fn han_place(word: &[char]) -> Option<u8> {
    let is_short =
        word.len() <= MAX_HAN && word.iter().all(|&scalar| is_han(scalar) || matches!(scalar, ',' | ' '));
    if !is_short {
        return None;
    }
    // `布里斯托尔，英国`
    if let Some(comma) = word.iter().position(|&scalar| scalar == ',') {
        let country = word.get(comma + 1..)?;
        let country = country.strip_prefix(&[' ']).unwrap_or(country);
        return HAN_TERMS.exactly(country).map(|()| 72);
    }
    let (length, ()) = HAN_TERMS.at(word, 0)?;
    let rest = word.get(length..).unwrap_or_default();
    let ends = |rest: &[char]| {
        let last = rest.last().copied().unwrap_or(' ');
        "省市区县州盟镇乡城".contains(last)
            || PLACE_ENDS
                .iter()
                .any(|end| end.chars().rev().eq(rest.iter().rev().copied().take(end.chars().count())))
    };
    if rest.is_empty() || ends(rest) {
        return Some(78);
    }
    if NOT_PLACES.find(rest).is_some() {
        return None;
    }
    // `江苏常州`, `英国曼彻斯特`; `杭州滨江` is likely.
    let is_known = HAN_TERMS.at(rest, 0).is_some_and(|(length, ())| length == rest.len());
    let of_country = COUNTRIES.iter().any(|country| country.chars().eq(word.iter().copied().take(length)));
    match rest.len() {
        _ if is_known => Some(78),
        2..=6 if of_country => Some(65),
        2 => Some(58),
        _ => None,
    }
}

/// `155 0000 7318, a@example.net, Foothill Industrial Park`: without the parts that are contacts.
fn without_contacts(text: &Text, piece: Extent) -> Extent {
    let folded = text.folded(piece);
    let is_contact = |part: &[char]| part.iter().any(|scalar| scalar.is_ascii_digit() || *scalar == '@');
    let mut start = 0;
    let mut longest = Extent::new(piece.start, piece.start);
    let mut open = None;
    for part in folded.split(|&scalar| scalar == ',') {
        let end = start + part.len();
        if is_contact(part) {
            open = None;
        } else {
            let from = *open.get_or_insert(start);
            if end - from > longest.len() {
                longest = Extent::new(piece.start + from, piece.start + end);
            }
        }
        start = end + 1;
    }
    text.trim(longest)
}

/// `Yanta District, Foothill, China`, `Hong Kong`: capitalised parts, the last a place that is known or named as such.
fn named_place(text: &Text, piece: Extent) -> Option<Sourced<String>> {
    let piece = without_contacts(text, piece);
    let folded = text.folded(piece);
    let raw = text.raw(piece);
    let has_digit = folded.iter().any(|scalar| scalar.is_ascii_digit() || *scalar == '@');
    if piece.len() > MAX_LATIN
        || has_digit
        || NOT_PLACES.find(folded).is_some_and(|found| {
            !PART_TERMS.find(folded).is_some_and(|part| part.extent.overlaps(found.extent))
        })
    {
        return None;
    }
    let parts: Vec<&[char]> = folded.split(|&scalar| scalar == ',').map(trim).collect();
    let last = parts.last()?;
    let is_known = |part: &[char]| LATIN_TERMS.exactly(part).is_some();
    let is_named = |part: &[char]| PART_TERMS.find(part).is_some();
    let capitals =
        raw.split(|scalar| matches!(scalar, ' ' | ',')).filter(|word| !word.is_empty()).all(|word| {
            word.first().is_some_and(|scalar| scalar.is_uppercase())
                || matches!(word, ['o', 'f'] | ['d', 'e'] | ['a', 'n', 'd'])
        });
    let n_words = folded.split(|&scalar| scalar == ' ').count();
    let is_alone_sure = parts.len() >= 2
        || is_named(last)
        || (last.len() > 2 && LATIN_PLACES.iter().any(|place| place.chars().eq(last.iter().copied())));
    let sound =
        capitals && n_words <= 8 && parts.len() <= 4 && is_alone_sure && (is_known(last) || is_named(last));
    sound.then(|| text.quote(piece, if parts.len() >= 2 { 80 } else { 68 })).flatten()
}

fn trim(part: &[char]) -> &[char] {
    let start = part.iter().position(|scalar| *scalar != ' ').unwrap_or(part.len());
    let end = part.iter().rposition(|scalar| *scalar != ' ').map_or(start, |end| end + 1);
    part.get(start..end).unwrap_or_default()
}

/// `San Francisco, CA`, `London, UK`.
fn latin_place(text: &Text, piece: Extent) -> Option<Sourced<String>> {
    let folded = text.folded(piece);
    let comma = folded.iter().position(|&scalar| scalar == ',')?;
    let raw = text.raw(piece);
    let city = text.trim(Extent::new(piece.start, piece.start + comma));
    // The city is what directly precedes the comma: up to three capitalised words.
    let city_words: Vec<&[char]> =
        raw.get(..comma)?.split(|&scalar| scalar == ' ').filter(|word| !word.is_empty()).collect();
    let capitalised = |word: &&[char]| {
        word.first().is_some_and(|scalar| scalar.is_uppercase()) && !word.iter().any(char::is_ascii_digit)
    };
    if city_words.is_empty() || city_words.len() > 3 || !city_words.iter().all(capitalised) {
        return None;
    }
    let after = folded.get(comma + 1..)?;
    let spaces = after.iter().take_while(|&&scalar| scalar == ' ').count();
    let (length, ()) = STATE_TERMS.at(after, spaces)?;
    let end = piece.start + comma + 1 + spaces + length;
    let rest = text.folded(Extent::new(end, piece.end));
    let ends = rest
        .iter()
        .all(|scalar| scalar.is_ascii_digit() || matches!(scalar, ' ' | '-' | ',' | '.' | 'u' | 's' | 'a'));
    ends.then(|| text.quote(Extent::new(city.start, end), 80)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::fields_in;
    use crate::sections::parts_of;
    use crate::text::pages_of;

    #[test]
    fn places_are_found() {
        let cases = [
            ("现居：重庆市渝北区", Some("重庆市渝北区")),
            ("+86 138 0000 1201 | 江苏省苏州市 | x", Some("江苏省苏州市")),
            ("Ann Lee · San Francisco, CA", Some("San Francisco, CA")),
            ("c@example.com | London, UK", Some("London, UK")),
            ("陈一 | 现居江苏常州 | x", Some("江苏常州")),
            ("陈一\n上海市浦东新区", Some("上海市浦东新区")),
            ("陈一\n英国曼彻斯特", Some("英国曼彻斯特")),
            ("Ann Lee\nYanta District, Xi’an, China • +86 155", Some("Yanta District, Xi’an, China")),
            ("Ann Lee\nChangsha, Hunan | a@example.net", Some("Changsha, Hunan")),
            ("Ann Lee · based in Hong Kong", Some("Hong Kong")),
            ("Ann Lee\nRisk Manager, Lagoon Bank", None),
            (
                "Ann Lee\n155 0000 7318, a@example.net, Foothill Industrial Park",
                Some("Foothill Industrial Park"),
            ),
            ("陈一\n手机 138 0000 5523 邮箱 a@example.org 北京市东城区", Some("北京市东城区")),
            ("籍贯：江苏常州", None),
            ("北京大学", None),
            ("Risk, and more", None),
        ];
        for (page, expected) in cases {
            let text = Text::of(&pages_of(&[page]));
            let found = location(&text, &parts_of(&text), &fields_in(&text));
            assert_eq!(found.map(|place| place.value).as_deref(), expected, "{page}");
        }
    }
}
