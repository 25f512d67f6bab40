//! Disciplines: what somebody studied.

use std::sync::LazyLock;

use crate::degrees::{DegreeMention, degrees_in};
use crate::schools::pieces_of;
use crate::tables::places::PROVINCES;
use crate::tables::schools::{HAN_SUFFIXES, LATIN_SCHOOL_WORDS};
use crate::tables::subjects::{NOT_DISCIPLINES, SUBJECTS};
use crate::terms::Terms;
use crate::text::{Extent, Text, is_han};

/// What a degree is of when that says no discipline.
const GENERIC: &[&str] =
    &["science", "sciences", "arts", "art", "philosophy", "applied science", "applied sciences", "fine arts"];

/// What a degree is of by its name, whatever was studied.
const FACULTIES: &[&str] = &[
    "engineering",
    "laws",
    "law",
    "management",
    "economics",
    "medicine",
    "technology",
    "education",
    "agriculture",
    "commerce",
    "business",
    "letters",
    "professional studies",
    "applied science",
    "administration",
    "finance",
];

/// Words that end an English discipline.
const ENDS: &[&str] = &[
    "city",
    "state",
    "from",
    "at",
    "gpa",
    "with",
    "university",
    "college",
    "institute",
    "school",
    "graduated",
    "expected",
    "degree",
    "minor",
    "current",
    "present",
    "company",
    "the",
    "honors",
    "magna",
    "cum",
    "summa",
    "dean's",
    "online",
    "course",
];

/// An English discipline has at most so many words, a Chinese one so many characters.
const MAX_WORDS: usize = 7;
const MAX_HAN: usize = 24;

static NOT: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(NOT_DISCIPLINES.iter().map(|word| (*word, ()))));
static SCHOOL_TERMS: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(LATIN_SCHOOL_WORDS.iter().map(|word| (*word, ()))));
static SUBJECT_TERMS: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(SUBJECTS.iter().map(|word| (*word, ()))));
static PLACES: LazyLock<Terms<()>> = LazyLock::new(|| Terms::new(PROVINCES.iter().map(|word| (*word, ()))));
static SCHOOL_ENDS: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(HAN_SUFFIXES.iter().map(|word| (*word, ()))));

/// The discipline that follows an English degree on its line, and how sure that is.
pub(crate) fn after_degree(
    text: &Text,
    line: Extent,
    degree: &DegreeMention,
    taken: &[Extent],
) -> Option<(Extent, u8)> {
    let mut at = skip_tail(text, degree.extent.end, line.end);
    let mut of = None;
    let ends_in_of = text.folded(degree.extent).ends_with(&['o', 'f']);
    if ends_in_of || word_is(text, at, line.end, "of") {
        let start = if ends_in_of { at } else { skip(text, at + 2, line.end, |scalar| scalar == ' ') };
        let words = capture(text, start, line.end, taken, 4);
        if !words.is_empty() {
            let form: String = text.folded(words).iter().collect();
            if !GENERIC.contains(&form.as_str()) {
                of = generic_prefix(text, words).or(Some((words, 80)));
            }
            at = match of {
                Some(_) => words.end,
                None => skip_tail(text, words.end, line.end),
            };
        }
    }
    let (start, sure) = introduced(text, at, line.end)?;
    let words = capture(text, start, line.end, taken, MAX_WORDS);
    let after = (words.len() >= 3).then_some((words, sure));
    match (after, of) {
        // `Bachelor of Engineering, Civil Engineering`: the first is the faculty's.
        (Some((words, _)), Some((of, _))) if is_faculty(text, of) && is_latin_subject(text, words) => {
            Some((words, 85))
        }
        // `Master of Engineering in Electronics`; but `Master of Business Administration, Dean's list`.
        (Some((words, sure)), Some(_)) if sure >= 80 => Some((words, sure)),
        (_, Some(of)) => Some(of),
        (after, None) => after,
    }
}

/// Whether it says no more than which kind of degree it is.
pub(crate) fn is_faculty(text: &Text, of: Extent) -> bool {
    let form: String = text.folded(of).iter().collect();
    FACULTIES.contains(&form.as_str())
}

/// `Science Accounting` in `Bachelor of Science Accounting`: what follows the generic word.
fn generic_prefix(text: &Text, words: Extent) -> Option<(Extent, u8)> {
    let folded = text.folded(words);
    let first = folded.iter().position(|&scalar| scalar == ' ')?;
    let form: String = folded.iter().take(first).collect();
    let is_generic = GENERIC.contains(&form.as_str());
    let mut rest = text.trim(Extent::new(words.start + first, words.end));
    for lead in ["in", "and"] {
        if word_is(text, rest.start, rest.end, lead) {
            rest = text.trim(Extent::new(rest.start + lead.len(), rest.end));
        }
    }
    (is_generic && !rest.is_empty()).then_some((rest, 80))
}

/// Past `'s`, `degree`, `.` and `(B.Sc.)` after a degree.
fn skip_tail(text: &Text, start: usize, end: usize) -> usize {
    let mut at = skip(text, start, end, |scalar| matches!(scalar, ' ' | '\'' | '.'));
    if word_is(text, at, end, "degree") {
        at = skip(text, at + 6, end, |scalar| scalar == ' ');
    }
    if text.folded_at(at) == Some('(') {
        let inside = text.folded(Extent::new(at, end.min(at + 14)));
        if let Some(close) = inside.iter().position(|&scalar| scalar == ')') {
            at = skip(text, at + close + 1, end, |scalar| scalar == ' ');
        }
    }
    at
}

/// Past `in`, `:`, `,`, `-`, `major in` and the like; and how sure what follows is.
fn introduced(text: &Text, start: usize, end: usize) -> Option<(usize, u8)> {
    let spaces = |at| skip(text, at, end, |scalar| scalar == ' ');
    let mut at = spaces(start);
    let mut sure = match text.folded_at(at)? {
        ':' => 88,
        ',' | '-' | '|' | '/' => 72,
        _ => 62,
    };
    if sure != 62 {
        at = spaces(at + 1);
    }
    for lead in ["with", "a", "majoring", "major", "concentration", "degree", "in", "of"] {
        if word_is(text, at, end, lead) {
            at = spaces(at + lead.len());
            sure = 90;
        }
    }
    if matches!(text.folded_at(at), Some(':')) {
        at = spaces(at + 1);
    }
    (at < end).then_some((at, sure))
}

/// Capitalised words and what joins them, from `start` on.
fn capture(text: &Text, start: usize, end: usize, taken: &[Extent], max_words: usize) -> Extent {
    let mut at = start;
    let mut last = start;
    for _ in 0..max_words {
        let from = skip(text, at, end, |scalar| scalar == ' ');
        if taken.iter().any(|taken| (taken.start..taken.end).contains(&from)) {
            break;
        }
        let to = skip(text, from, end, |scalar| {
            scalar.is_alphabetic() && !is_han(scalar) || matches!(scalar, '&' | '/' | '\'' | '-')
        });
        let word: String = text.folded(Extent::new(from, to)).iter().collect();
        let joins = matches!(word.as_str(), "and" | "&" | "of" | "in" | "for" | "/" | "-");
        let capital = text.raw(Extent::new(from, to)).first().is_some_and(|scalar| scalar.is_uppercase());
        let ends = word.is_empty()
            || ENDS.contains(&word.as_str())
            || !(joins || capital)
            || (joins && last == start);
        if ends || word == "-" {
            break;
        }
        if !joins {
            last = to;
        }
        at = to;
        // A word that goes on with a digit or a point was none.
        if text.folded_at(to).is_some_and(|scalar| scalar.is_ascii_digit()) {
            break;
        }
    }
    without_repetition(text, Extent::new(start, last))
}

/// `Accounting Accounting` is `Accounting`.
fn without_repetition(text: &Text, words: Extent) -> Extent {
    let folded = text.folded(words);
    let half = folded.len() / 2;
    let repeats =
        folded.len() > 4 && folded.get(half) == Some(&' ') && folded.get(..half) == folded.get(half + 1..);
    if repeats { Extent::new(words.start, words.start + half) } else { words }
}

fn skip(text: &Text, start: usize, end: usize, pass: impl Fn(char) -> bool) -> usize {
    let rest = text.folded(Extent::new(start.min(end), end));
    start + rest.iter().take_while(|&&scalar| pass(scalar)).count()
}

fn word_is(text: &Text, at: usize, end: usize, word: &str) -> bool {
    let rest = text.folded(Extent::new(at.min(end), end));
    let length = word.chars().count();
    let ends = !rest.get(length).is_some_and(|scalar| scalar.is_alphanumeric());
    ends && word.chars().eq(rest.iter().copied().take(length))
}

/// The English piece of `line` that is none of `taken` and looks like a discipline: capitalised words with one of a
/// subject among them.
pub(crate) fn latin_piece(text: &Text, line: Extent, taken: &[Extent]) -> Option<(Extent, u8)> {
    let pieces = pieces_of(text, line, taken).into_iter().map(|(piece, _)| piece);
    pieces.filter(|piece| is_latin_subject(text, *piece)).map(|piece| (piece, 85)).next()
}

fn is_latin_subject(text: &Text, piece: Extent) -> bool {
    let raw = text.raw(piece);
    let words: Vec<&[char]> = raw.split(|scalar| *scalar == ' ').filter(|word| !word.is_empty()).collect();
    let joins = |word: &[char]| {
        matches!(
            word,
            ['a', 'n', 'd'] | ['o', 'f'] | ['i', 'n'] | ['&'] | ['f', 'o', 'r'] | ['w', 'i', 't', 'h']
        )
    };
    let is_capital = |word: &[char]| word.first().is_some_and(|scalar| scalar.is_uppercase());
    let has_letters =
        raw.iter().all(|scalar| scalar.is_alphabetic() || matches!(scalar, ' ' | '-' | '&' | '\''));
    let sound = (1..=MAX_WORDS + 1).contains(&words.len())
        && words.first().is_some_and(|word| is_capital(word))
        && words.iter().all(|word| joins(word) || is_capital(word));
    let is_else = SCHOOL_TERMS.find(text.folded(piece)).is_some() || !degrees_in(text, piece).is_empty();
    sound
        && !is_else
        && has_letters
        && SUBJECT_TERMS.find(text.folded(piece)).is_some()
        && PLACES.exactly(text.folded(piece)).is_none()
}

/// The Chinese piece of `line` that is none of `taken` and looks like a discipline.
pub(crate) fn han_piece(text: &Text, line: Extent, taken: &[Extent]) -> Option<(Extent, u8)> {
    let mut guess = None;
    for piece in free_pieces(text, line, taken) {
        let major = strip(text, piece);
        let folded = text.folded(major);
        let n_han = folded.iter().filter(|&&scalar| is_han(scalar)).count();
        let sound = n_han >= 2 && major.len() <= MAX_HAN && n_han * 2 >= major.len();
        let digits = folded.iter().any(char::is_ascii_digit);
        if !sound
            || digits
            || folded.contains(&':')
            || NOT.find(folded).is_some()
            || PLACES.exactly(folded).is_some()
        {
            continue;
        }
        if major != piece {
            return Some((major, 90));
        }
        let is_school = SCHOOL_ENDS.find(folded).is_some();
        if !is_school && guess.is_none() {
            guess = Some((major, 68));
        }
    }
    guess
}

/// Without 主修 before and 专业 after.
fn strip(text: &Text, piece: Extent) -> Extent {
    let folded = text.folded(piece);
    let lead = if folded.starts_with(&['主', '修']) { 2 } else { 0 };
    // 冶金工程（新能源材料方向）: the discipline, and what of it.
    let open = folded
        .iter()
        .position(|&scalar| scalar == '(')
        .filter(|&open| open >= 2 && folded.last() == Some(&')'));
    let aside = open.map_or(0, |open| folded.len() - open);
    let folded = folded.get(..folded.len() - aside).unwrap_or_default();
    let tail = aside + if folded.len() > 3 && folded.ends_with(&['专', '业']) { 2 } else { 0 };
    Extent::new(piece.start + lead, piece.end - tail)
}

/// The line cut at white space, marks and everything taken.
fn free_pieces(text: &Text, line: Extent, taken: &[Extent]) -> Vec<Extent> {
    let mut pieces = Vec::new();
    let mut start = None;
    let mut depth = 0_usize;
    for (offset, &scalar) in text.folded(line).iter().enumerate() {
        let index = line.start + offset;
        let is_free = !taken.iter().any(|taken| (taken.start..taken.end).contains(&index));
        // A parenthesis inside a piece belongs to it: 冶金工程（新能源材料方向）.
        let opens = scalar == '(' && start.is_some();
        let inside = is_free
            && (is_han(scalar)
                || scalar.is_alphanumeric()
                || scalar == '、'
                || opens
                || depth > 0
                || scalar == ':');
        if inside {
            depth = match scalar {
                '(' => depth + 1,
                ')' => depth.saturating_sub(1),
                _ => depth,
            };
            start = start.or(Some(index));
        } else if let Some(from) = start.take() {
            depth = 0;
            pieces.push(Extent::new(from, index));
        }
    }
    pieces.extend(start.map(|from| Extent::new(from, line.end)));
    let trimmed = pieces.into_iter().map(|piece| {
        let open = text.folded(piece).iter().filter(|&&scalar| scalar == '(').count();
        let close = text.folded(piece).iter().filter(|&&scalar| scalar == ')').count();
        if open == close { piece } else { text.trim_matches(piece, |scalar| matches!(scalar, '(' | ')')) }
    });
    trimmed.filter(|piece| !piece.is_empty()).collect()
}
