//! The person's name.

use std::sync::LazyLock;

use bole_core::{SectionKind, Sourced};

use crate::fields::{Field, is_point_in_name};
use crate::headings::heading_of;
use crate::location::is_place;
use crate::protected::is_protected_word;
use crate::sections::Part;
use crate::tables::degrees::DEGREES;
use crate::tables::labels::Label;
use crate::tables::schools::LATIN_SCHOOL_WORDS;
use crate::tables::surnames::{
    COMPOUND_SURNAMES, CREDENTIALS, HONORIFICS, NOT_IN_LATIN_NAMES, NOT_NAMES, RESUME_WORDS, SURNAMES,
};
use crate::tables::titles::TITLE_WORDS;
use crate::tables::work::EMPLOYER_WORDS;
use crate::terms::Terms;
use crate::text::{Extent, Line, Text, is_field_mark, is_han};

/// A name stands in the first lines, or behind a label.
const MAX_LINES: usize = 10;

/// Words that no Latin name holds.
static NOT_IN_NAMES: LazyLock<Terms<()>> = LazyLock::new(|| {
    let titles = TITLE_WORDS.iter().copied();
    let employers = EMPLOYER_WORDS.iter().copied();
    let schools = LATIN_SCHOOL_WORDS.iter().copied();
    let degrees = DEGREES.iter().map(|degree| degree.word);
    Terms::new(
        titles
            .chain(employers)
            .chain(schools)
            .chain(degrees)
            .chain(NOT_IN_LATIN_NAMES.iter().copied())
            .map(|word| (word, ())),
    )
});

/// The name, if there is one.
pub(crate) fn name_of(text: &Text, parts: &[Part], fields: &[Field]) -> Option<Sourced<String>> {
    let labelled = fields.iter().filter(|field| field.label == Label::Name);
    for field in labelled.take(3) {
        let first_words = field.value;
        let first_words = without_surroundings(text, first_words);
        let name = foreign_name(text, first_words).or_else(|| chinese_name(text, first_words, true));
        if let Some(name) = name.or_else(|| full_latin_name(text, first_words)) {
            return text.quote(name, 97);
        }
    }
    let personal = parts.first().filter(|part| part.kind == SectionKind::Personal)?;
    let lines = text.lines_in(personal.body);
    let is_contact = |scalar: &char| *scalar == '@' || scalar.is_ascii_digit();
    // A heading such as `Contact` may stand between the name and the address.
    let is_personal = |part: &&Part| part.kind == SectionKind::Personal;
    let personal_parts = parts.iter().take_while(is_personal);
    let near = personal_parts.flat_map(|part| text.lines_in(part.body)).take(MAX_LINES);
    let near: Vec<&[char]> = near.map(|line| text.folded(line.extent)).collect();
    let has_contact = near.iter().copied().flatten().filter(|scalar| is_contact(scalar)).count() >= 7
        || near.iter().any(|line| line.contains(&'@'));
    for (index, line) in lines.iter().take(MAX_LINES).enumerate() {
        if heading_of(text, line).is_some() {
            continue;
        }
        if index == 0
            && let Some(name) = wrapped_name(text, lines, has_contact)
        {
            return Some(name);
        }
        let bare = without_surroundings(text, line.extent);
        let full = full_latin_name(text, bare).filter(|_| index < 4 && (index == 0 || has_contact));
        if let Some(name) = full.filter(|name| !is_plain(text, *name)) {
            // `LEE, Ann`, `Ann (Annie) Lee`: a form that only names have.
            return text.quote(name, if has_contact { 85 } else { 65 });
        }
        // `Chen Kexin（陈可欣）`: of a name in two scripts the Chinese one.
        let mut on_line = pieces(text, line.extent);
        on_line.sort_by_key(|piece| !text.folded(*piece).iter().copied().all(is_han));
        for piece in on_line {
            let whole = piece == line.extent;
            let piece = without_surroundings(text, piece);
            let sure = match (index, whole) {
                (0, true) => 90,
                (0, false) | (1..=2, true) => 82,
                (_, true) => 65,
                _ => 55,
            };
            if let Some(name) = foreign_name(text, piece).filter(|_| index < 4) {
                return text.quote(name, sure.min(82));
            }
            if let Some(name) = chinese_name(text, piece, false) {
                return text.quote(name, sure);
            }
            // A Latin name further down, or without any contact near it, is likelier something else.
            let may_be_latin = index == 0 || (index < 4 && has_contact);
            if may_be_latin && let Some(name) = latin_name(text, piece) {
                let upper = !text.raw(name).iter().any(|scalar| scalar.is_lowercase());
                let most = match (has_contact, upper) {
                    (true, false) => 85,
                    (true, true) => 70,
                    (false, false) => 55,
                    (false, true) => 35,
                };
                return text.quote(name, sure.min(most));
            }
        }
    }
    None
}

/// A Latin name set large in a narrow column: its first words on the first line, the last on the second.
fn wrapped_name(text: &Text, lines: &[Line], has_contact: bool) -> Option<Sourced<String>> {
    let (first, second) = (lines.first()?, lines.get(1)?);
    let hyphenated = text.folded(first.extent).last() == Some(&'-');
    let n_words = |line: &Line| text.folded(line.extent).split(|&scalar| scalar == ' ').count();
    let is_part = |line: &Line| n_words(line) <= 2 && heading_of(text, line).is_none();
    let is_cut = hyphenated || n_words(first) == 1;
    if second.blank_before || !is_cut || !is_part(first) || !is_part(second) {
        return None;
    }
    let whole = Extent::new(first.extent.start, second.extent.end);
    let raw = text.raw(whole);
    let shows_case = raw.iter().any(|scalar| scalar.is_lowercase());
    latin_name(text, whole).filter(|_| has_contact && shows_case)?;
    let [first, second] = [first, second].map(|line| text.string(line.extent));
    let value = if hyphenated { first + &second } else { format!("{first} {second}") };
    let mut name = text.sourced(whole, value, 80)?;
    name.spans = lines.iter().take(2).flat_map(|line| text.spans(line.extent)).collect();
    Some(name)
}

/// The line cut at marks and wide spaces.
fn pieces(text: &Text, line: Extent) -> Vec<Extent> {
    let folded = text.folded(line);
    let mut pieces = Vec::new();
    let mut start = 0;
    let is_cut = |index: usize, scalar: char| {
        let wide = scalar == ' ' && folded.get(index + 1) == Some(&' ');
        is_field_mark(scalar) && !is_point_in_name(folded, index)
            || wide
            || matches!(scalar, ',' | '，' | '/' | '(' | ')')
    };
    for (index, &scalar) in folded.iter().enumerate() {
        if is_cut(index, scalar) {
            pieces.push(Extent::new(line.start + start, line.start + index));
            start = index + 1;
        }
    }
    pieces.push(Extent::new(line.start + start, line.end));
    let trimmed = pieces.into_iter().map(|piece| text.trim(piece));
    trimmed.filter(|piece| !piece.is_empty()).collect()
}

/// Without `Dr.` before and `PhD`, `Resume` or 个人简历 around it.
fn without_surroundings(text: &Text, piece: Extent) -> Extent {
    let is_edge = |scalar: char| scalar.is_whitespace() || matches!(scalar, ':' | '-' | ',' | '_');
    let mut piece = text.trim_matches(piece, is_edge);
    for _ in 0..3 {
        let folded = text.folded(piece);
        let begins = |word: &&&str| {
            let length = word.chars().count();
            let ends_word =
                !word.is_ascii() || folded.get(length).is_none_or(|scalar| !scalar.is_alphanumeric());
            folded.len() > length && ends_word && word.chars().eq(folded.iter().copied().take(length))
        };
        let ends = |word: &&&str| {
            let length = word.chars().count();
            let before = folded.len().checked_sub(length + 1).and_then(|before| folded.get(before));
            let is_apart = !word.is_ascii()
                || word.starts_with('\'')
                || before.is_some_and(|scalar| matches!(scalar, ' ' | ','));
            folded.len() > length
                && is_apart
                && word.chars().rev().eq(folded.iter().rev().copied().take(length))
        };
        let lead = RESUME_WORDS.iter().chain(HONORIFICS).find(begins).map(|word| word.chars().count());
        let tail = RESUME_WORDS.iter().chain(CREDENTIALS).find(ends).map(|word| word.chars().count());
        let cut = match (lead, tail) {
            (Some(lead), _) => Extent::new(piece.start + lead, piece.end),
            (None, Some(tail)) => Extent::new(piece.start, piece.end - tail),
            (None, None) => break,
        };
        piece = text.trim_matches(cut, is_edge);
    }
    piece
}

/// 马库斯·韦伯: parts of two to eight Han characters with points between them.
fn foreign_name(text: &Text, piece: Extent) -> Option<Extent> {
    let folded = text.folded(piece);
    let end = folded.iter().position(|scalar| matches!(scalar, '(' | ' ' | ',')).unwrap_or(folded.len());
    let name = folded.get(..end)?;
    let parts: Vec<&[char]> = name.split(|scalar| matches!(scalar, '·' | '•' | '∙' | '‧')).collect();
    let is_part = |part: &&[char]| (1..=8).contains(&part.len()) && part.iter().copied().all(is_han);
    let sound = (2..=4).contains(&parts.len())
        && parts.iter().all(is_part)
        && parts.iter().any(|part| part.len() >= 2);
    let is_else = parts.iter().any(|part| NOT_IN_NAMES.find(part).is_some() || is_protected_word(part));
    let is_place = parts.iter().any(|part| crate::location::is_place_word(part));
    (sound && !is_else && !is_place && name.len() <= 20).then(|| Extent::new(piece.start, piece.start + end))
}

/// Whether a Latin name is written plainly, without comma or parentheses.
fn is_plain(text: &Text, name: Extent) -> bool {
    !text.folded(name).iter().any(|scalar| matches!(scalar, ',' | '('))
}

/// A Latin name in any of its forms: `Ann Lee`, `Ann (Annie) Lee`, `LEE, Ann`.
fn full_latin_name(text: &Text, piece: Extent) -> Option<Extent> {
    let folded = text.folded(piece);
    let raw = text.raw(piece);
    let comma = folded.iter().position(|&scalar| scalar == ',');
    if let Some(comma) = comma {
        let (family, given) = (raw.get(..comma)?, raw.get(comma + 1..)?);
        let given: Vec<&[char]> =
            given.split(|scalar| *scalar == ' ').filter(|word| !word.is_empty()).collect();
        let is_name = |word: &[char]| {
            word.first().is_some_and(|scalar| scalar.is_uppercase())
                && word.iter().all(|scalar| {
                    scalar.is_alphabetic() && !is_han(*scalar) || matches!(scalar, '-' | '\'' | '.')
                })
        };
        let is_family = family.len() >= 2
            && family.iter().all(|scalar| scalar.is_uppercase() || matches!(scalar, '-' | '\''));
        let is_given = (1..=2).contains(&given.len())
            && given.iter().all(|word| is_name(word) && word.iter().any(|scalar| scalar.is_lowercase()));
        let words = NOT_IN_NAMES.find(folded).is_none();
        return (is_family && is_given && words && is_name(family)).then_some(piece);
    }
    let open = folded.iter().position(|&scalar| scalar == '(');
    if let Some(open) = open {
        let close = folded.iter().position(|&scalar| scalar == ')').filter(|&close| close > open + 1)?;
        let nickname = raw.get(open + 1..close)?;
        let before: String = raw.get(..open)?.iter().collect();
        let after: String = raw.get(close + 1..)?.iter().collect();
        let is_word = |word: &str| {
            word.chars().next().is_some_and(char::is_uppercase)
                && word
                    .chars()
                    .all(|scalar| scalar.is_alphabetic() && !is_han(scalar) || matches!(scalar, '-' | '\''))
        };
        let words: Vec<&str> = before.split_whitespace().chain(after.split_whitespace()).collect();
        let nickname: String = nickname.iter().collect();
        let sound = (2..=4).contains(&words.len())
            && words.iter().all(|word| is_word(word))
            && is_word(&nickname)
            && nickname.len() >= 2;
        let is_inside = !after.trim().is_empty() && !before.trim().is_empty();
        return (sound && is_inside && NOT_IN_NAMES.find(folded).is_none() && piece.len() <= 40)
            .then_some(piece);
    }
    latin_name(text, piece)
}

/// Two to four Han characters that begin with a surname, perhaps set apart by spaces; the whole piece, or what
/// stands before a space in it.
fn chinese_name(text: &Text, piece: Extent, labelled: bool) -> Option<Extent> {
    let folded = text.folded(piece);
    let compact: Vec<char> = folded.iter().copied().filter(|scalar| !scalar.is_whitespace()).collect();
    let spaced = folded.iter().any(|scalar| scalar.is_whitespace());
    let single_letters = folded.split(|scalar| scalar.is_whitespace()).all(|word| word.len() <= 1);
    if is_name(&compact, labelled) && (!spaced || single_letters || compact.len() <= 3) {
        return Some(piece);
    }
    let first = folded.split(|scalar| scalar.is_whitespace()).next()?;
    (spaced && first.len() >= 2 && is_name(first, labelled))
        .then(|| Extent::new(piece.start, piece.start + first.len()))
}

fn is_name(word: &[char], labelled: bool) -> bool {
    let word_string: String = word.iter().collect();
    let compound = COMPOUND_SURNAMES.iter().any(|surname| word_string.starts_with(surname));
    let longest = if compound || labelled { 4 } else { 3 };
    let has_surname = compound || word.first().is_some_and(|&first| SURNAMES.contains(first));
    let is_word = NOT_NAMES
        .iter()
        .any(|not| word_string.starts_with(not) && (word.len() == not.chars().count() || !labelled));
    (2..=longest).contains(&word.len())
        && word.iter().all(|&scalar| is_han(scalar))
        && (has_surname || labelled)
        && (labelled || !is_word)
        && !is_protected_word(word)
        && (labelled || NOT_IN_NAMES.find(word).is_none())
}

/// Two to four capitalised words, none of them usual in titles, headings or employers.
fn latin_name(text: &Text, piece: Extent) -> Option<Extent> {
    let raw = text.raw(piece);
    if piece.len() > 40 || NOT_IN_NAMES.find(text.folded(piece)).is_some() || is_place(text, piece) {
        return None;
    }
    let words: Vec<&[char]> =
        raw.split(|scalar| scalar.is_whitespace()).filter(|word| !word.is_empty()).collect();
    let particles = ["de", "da", "van", "von", "der", "den", "la", "bin", "al", "el", "di", "du", "dos"];
    let is_word = |word: &&[char]| {
        let particle = particles.iter().any(|particle| particle.chars().eq(word.iter().copied()));
        let letters = word.iter().all(|scalar| {
            scalar.is_alphabetic() && !is_han(*scalar) || matches!(scalar, '.' | '-' | '\'' | '’')
        });
        let capital = word.first().is_some_and(|scalar| scalar.is_uppercase());
        letters && (capital || particle)
    };
    let long_words = words.iter().filter(|word| word.len() >= 2).count();
    let sound = (2..=4).contains(&words.len()) && long_words >= 2 && words.iter().all(is_word);
    let begins_with_capital = raw.first().is_some_and(|scalar| scalar.is_uppercase());
    (sound && begins_with_capital && raw.last() != Some(&'.')).then_some(piece)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::fields_in;
    use crate::sections::parts_of;
    use crate::text::pages_of;

    #[test]
    fn names_and_what_is_none() {
        let cases = [
            ("姓名：林小雨  性别：女", Some("林小雨")),
            ("陈屿澄\n电芯工程师", Some("陈屿澄")),
            ("阮 建 安\n求职目标", Some("阮 建 安")),
            ("欧阳若兰 | 女", Some("欧阳若兰")),
            ("个人简历\n\n林小雨\n男", Some("林小雨")),
            ("林小雨 电芯工程师", Some("林小雨")),
            ("Chidi Okafor-Wren\nSenior Manager", Some("Chidi Okafor-Wren")),
            ("ANN LEE\nann@example.com", Some("ANN LEE")),
            ("Ludo van der Berg", Some("Ludo van der Berg")),
            ("Signe\nLindqvist-Aoki\nAvionics\nann@example.org", Some("Signe Lindqvist-Aoki")),
            (
                "Anaya Raman-\nBell\nStudent\n\nContact\n\n+1 555-0120\nann@example.org",
                Some("Anaya Raman-Bell"),
            ),
            ("阿尔瓦罗·门德斯\n工程师", Some("阿尔瓦罗·门德斯")),
            ("姓名：买买提·艾力  性别：男", Some("买买提·艾力")),
            ("林小雨的个人简历\n男", Some("林小雨")),
            ("Dr. Ann Lee\nann@example.com", Some("Ann Lee")),
            ("Ann Lee, PhD, CFA\nann@example.com", Some("Ann Lee")),
            ("ANN LEE RESUME\nann@example.com", Some("ANN LEE")),
            ("Xiaoyu (Mike) Lin\nmike@example.com", Some("Xiaoyu (Mike) Lin")),
            ("Lin Xiaoyu（林小雨）\nlin@example.com", Some("林小雨")),
            ("LIN, Xiaoyu\nlin@example.com", Some("LIN, Xiaoyu")),
            ("Name  Ann Lee\nPlace  Yanta District", Some("Ann Lee")),
            ("Yanta District, Xi'an\nann@example.com", None),
            ("Signe\n\nAoki\nann@example.org", None),
            ("Signe\nEngineer\nann@example.org", None),
            ("ACCOUNTANT\nSummary\nx", None),
            ("SENIOR ACCOUNTANT\nSummary", None),
            ("BUSINESS DEVELOPMENT MANAGER", None),
            ("高级工程师\n2018", None),
            ("重庆大学", None),
            ("", None),
        ];
        for (page, expected) in cases {
            let text = Text::of(&pages_of(&[page]));
            let name = name_of(&text, &parts_of(&text), &fields_in(&text));
            assert_eq!(name.map(|name| name.value).as_deref(), expected, "{page}");
        }
    }
}
