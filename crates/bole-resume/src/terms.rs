//! Looking up the words of a table in folded text.

use rustc_hash::FxHashMap;

use crate::text::Extent;

/// Words with what they mean. The longest word at a place wins; a word that begins or ends with a Latin letter or a
/// digit is not found inside another; a space stands for any number of spaces.
#[derive(Debug)]
pub(crate) struct Terms<V> {
    by_first: FxHashMap<char, Vec<(Vec<char>, V)>>,
}

/// A word found in a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<V> {
    pub(crate) extent: Extent,
    pub(crate) value: V,
}

impl<V: Copy> Terms<V> {
    pub(crate) fn new(table: impl IntoIterator<Item = (&'static str, V)>) -> Self {
        let words = table.into_iter().map(|(word, value)| (word.chars().collect(), value));
        let mut words: Vec<(Vec<char>, V)> = words.collect();
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        let mut by_first: FxHashMap<char, Vec<(Vec<char>, V)>> = FxHashMap::default();
        for (word, value) in words {
            if let Some(&first) = word.first() {
                by_first.entry(first).or_default().push((word, value));
            }
        }
        Self { by_first }
    }

    /// The longest word that stands at `index` of `text`: its length there and its meaning.
    pub(crate) fn at(&self, text: &[char], index: usize) -> Option<(usize, V)> {
        let first = *text.get(index)?;
        let before = index.checked_sub(1).and_then(|before| text.get(before));
        if first.is_ascii_alphanumeric() && before.is_some_and(char::is_ascii_alphanumeric) {
            return None;
        }
        let rest = text.get(index..)?;
        let words = self.by_first.get(&first)?;
        words.iter().find_map(|(word, value)| length_of_match(rest, word).map(|length| (length, *value)))
    }

    /// All words in `text`, which begins at `offset` of the document; they do not overlap.
    pub(crate) fn find_all(&self, text: &[char], offset: usize) -> Vec<Found<V>> {
        let mut found = Vec::new();
        let mut index = 0;
        while index < text.len() {
            match self.at(text, index) {
                Some((length, value)) => {
                    let extent = Extent::new(offset + index, offset + index + length);
                    found.push(Found { extent, value });
                    index += length.max(1);
                }
                None => index += 1,
            }
        }
        found
    }

    /// The first word in `text`.
    pub(crate) fn find(&self, text: &[char]) -> Option<Found<V>> {
        (0..text.len()).find_map(|index| {
            self.at(text, index)
                .map(|(length, value)| Found { extent: Extent::new(index, index + length), value })
        })
    }

    /// What `text` as a whole means, if it is a word.
    pub(crate) fn exactly(&self, text: &[char]) -> Option<V> {
        let (length, value) = self.at(text, 0)?;
        (length == text.len()).then_some(value)
    }
}

fn length_of_match(text: &[char], word: &[char]) -> Option<usize> {
    let mut index = 0;
    for &wanted in word {
        if text.get(index) != Some(&wanted) {
            return None;
        }
        index += 1;
        if wanted == ' ' {
            while text.get(index) == Some(&' ') {
                index += 1;
            }
        }
    }
    let last_is_latin = word.last().is_some_and(char::is_ascii_alphanumeric);
    let glued = last_is_latin && text.get(index).is_some_and(char::is_ascii_alphanumeric);
    (!glued).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longest_and_whole_words_only() {
        let terms = Terms::new([("博士", 1), ("博士后", 2), ("ba", 3), ("b.a.", 4), ("vice president", 5)]);
        let cases: [(&str, &[i32]); 5] = [
            ("博士后与博士", &[2, 1]),
            ("bank ba.", &[3]),
            ("b.a. 2ba", &[4]),
            ("vice   president", &[5]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            let text: Vec<char> = text.chars().collect();
            let values: Vec<_> = terms.find_all(&text, 0).iter().map(|found| found.value).collect();
            assert_eq!(values, expected, "{text:?}");
        }
    }
}
