//! The Latin words of a text.

use unicode_normalization::UnicodeNormalization;

use crate::text::is_han;

/// A word: letters of an alphabet without white space or marks between.
pub(super) struct Word {
    /// The first scalar.
    pub(super) start: usize,
    /// One past the last.
    pub(super) end: usize,
    /// In lower case, without accents.
    pub(super) folded: String,
    /// Begins with a capital.
    pub(super) has_capital: bool,
    /// All of it is capitals, and it is more than one letter.
    pub(super) in_capitals: bool,
}

/// A scalar for comparing: compatibility forms made one, without accent, in lower case.
pub(super) fn folded(scalar: char) -> char {
    if scalar.is_ascii() {
        return scalar.to_ascii_lowercase();
    }
    let plain = std::iter::once(scalar).nfkd().next().unwrap_or(scalar);
    plain.to_lowercase().next().unwrap_or(plain)
}

pub(super) fn words(scalars: &[char]) -> Vec<Word> {
    let is_letter = |scalar: &char| scalar.is_alphabetic() && !is_han(*scalar);
    let mut words = Vec::new();
    let mut place = 0;
    while let Some(rest) = scalars.get(place..).filter(|rest| !rest.is_empty()) {
        let n_letters = rest.iter().take_while(|scalar| is_letter(scalar)).count();
        if n_letters > 0 {
            let letters = rest.iter().take(n_letters);
            words.push(Word {
                start: place,
                end: place + n_letters,
                folded: letters.clone().map(|scalar| folded(*scalar)).collect(),
                has_capital: letters.clone().next().is_some_and(|scalar| scalar.is_uppercase()),
                in_capitals: n_letters > 1 && letters.clone().all(|scalar| scalar.is_uppercase()),
            });
        }
        place += n_letters.max(1);
    }
    words
}

/// Whether two words that follow each other are set as one phrase: spaces, hyphens and the like between them, and one line break
/// at the most.
pub(super) fn are_close(scalars: &[char], first: &Word, second: &Word) -> bool {
    let between = scalars.get(first.end..second.start).unwrap_or_default();
    let is_link = |scalar: &char| {
        scalar.is_whitespace()
            || matches!(scalar, '.' | ',' | '，' | '-' | '\'' | '’' | '·' | '•' | '‐' | '‑')
    };
    between.len() <= 4
        && between.iter().all(is_link)
        && between.iter().filter(|scalar| **scalar == '\n').count() <= 1
}

/// The words from `index` on that are those of `phrase`, which parts its words by spaces: one past the last of them.
pub(super) fn phrase_at(scalars: &[char], words: &[Word], index: usize, phrase: &str) -> Option<usize> {
    let mut next = index;
    for wanted in phrase.split(' ') {
        let word = words.get(next).filter(|word| word.folded == wanted)?;
        let last = next.checked_sub(1).filter(|_| next > index).and_then(|last| words.get(last));
        if last.is_some_and(|last| !are_close(scalars, last, word)) {
            return None;
        }
        next += 1;
    }
    Some(next)
}
