//! The forms in which a person's name is written.

use std::collections::BTreeSet;
use std::ops::Range;

use super::words::{Word, are_close, words};
use crate::tables::gendered::{ADDRESSES, BESIDE_NAMES};
use crate::text::is_han;

/// A name, to be found in a text.
#[derive(Default)]
pub(super) struct Names {
    /// Its Latin forms without what parts their words: `annakeller`, `kelleranna`.
    whole: BTreeSet<String>,
    /// Such forms with initials, found as two words at least: `akeller`.
    initials: BTreeSet<String>,
    /// Its Latin words.
    parts: BTreeSet<String>,
    /// Its forms in Han.
    han: Vec<Vec<char>>,
}

/// A family name of fewer letters is not sought with initials: too much is written so.
const LEAST_FAMILY: usize = 3;
/// No form of a name has more words in a text.
const MOST_WORDS: usize = 8;

impl Names {
    pub(super) fn of(name: &str) -> Self {
        let scalars: Vec<char> = name.chars().collect();
        let han: Vec<char> = scalars.iter().copied().filter(|scalar| is_han(*scalar)).collect();
        let mut names = Self::default();
        if han.len() > 1 {
            names.han.push(han);
        }
        // Words that a hyphen or an apostrophe joins are one name: `Wei-Ming`, `O'Neill`.
        let mut groups: Vec<Vec<String>> = Vec::new();
        let mut last_end = None;
        for word in words(&scalars) {
            let is_joined = |end: usize| {
                let between = scalars.get(end..word.start).unwrap_or_default();
                matches!(between, ['-' | '\'' | '’' | '‐' | '‑'])
            };
            let joins = last_end.is_some_and(is_joined);
            last_end = Some(word.end);
            if !joins && BESIDE_NAMES.contains(&word.folded.as_str()) {
                continue;
            }
            names.parts.insert(word.folded.clone());
            match groups.last_mut() {
                Some(group) if joins => group.push(word.folded),
                _ => groups.push(vec![word.folded]),
            }
        }
        match groups.as_slice() {
            [] => {}
            // A name of two letters is a word of many.
            [only] => {
                names.whole.extend([only.concat()].into_iter().filter(|only| only.len() >= LEAST_FAMILY));
            }
            // Which of them is of the family is not known: Chinese puts it first.
            [first, given @ ..] => names.add(first, given),
        }
        if let Some((last, given)) = groups.split_last().filter(|(_, given)| !given.is_empty()) {
            names.add(last, given);
        }
        names
    }

    /// The forms with this family name.
    fn add(&mut self, family: &[String], given: &[Vec<String>]) {
        let family = family.concat();
        let initial = |part: &String| part.chars().next();
        let all: String = given.iter().map(|group| group.concat()).collect();
        let all_initials: String = given.iter().flatten().filter_map(initial).collect();
        let mut both_ways = |form: &str, with_initials: bool| {
            let is_short = |part: &str| part.chars().count() < 2;
            let with_initials = with_initials || is_short(form);
            if with_initials && family.chars().count() < LEAST_FAMILY {
                return;
            }
            let forms = if with_initials { &mut self.initials } else { &mut self.whole };
            forms.insert(format!("{form}{family}"));
            forms.insert(format!("{family}{form}"));
        };
        both_ways(&all, false);
        both_ways(&all_initials, true);
        for group in given {
            both_ways(&group.concat(), false);
            let initials: String = group.iter().filter_map(initial).collect();
            both_ways(&initials, true);
            both_ways(&initials.chars().take(1).collect::<String>(), true);
        }
    }

    /// Where the name stands, with a `Mr` before it, and where a part of it stands behind such a word.
    pub(super) fn places(&self, scalars: &[char], words: &[Word], found: &mut Vec<Range<usize>>) {
        let is_address =
            |index: usize| words.get(index).is_some_and(|word| ADDRESSES.contains(&word.folded.as_str()));
        for (index, word) in words.iter().enumerate() {
            let before = index.checked_sub(1).filter(|before| is_address(*before));
            let before = before.and_then(|before| words.get(before));
            let before = before.filter(|before| are_close(scalars, before, word));
            let end = self.end_of(scalars, words, index);
            let addressed = before.filter(|_| self.parts.contains(&word.folded)).map(|_| word.end);
            if let Some(end) = end.max(addressed) {
                found.push(before.map_or(word.start, |before| before.start)..end);
            }
        }
        for name in &self.han {
            han_places(scalars, name, found);
        }
    }

    /// One past the last scalar of the longest form that begins with this word.
    fn end_of(&self, scalars: &[char], words: &[Word], index: usize) -> Option<usize> {
        let (mut form, mut end) = (String::new(), None);
        let mut last: Option<&Word> = None;
        for (word, n_words) in words.iter().skip(index).take(MOST_WORDS).zip(1..) {
            if last.is_some_and(|last| !are_close(scalars, last, word)) {
                break;
            }
            form.push_str(&word.folded);
            if self.whole.contains(&form) || (n_words > 1 && self.initials.contains(&form)) {
                end = Some(word.end);
            }
            last = Some(word);
        }
        end
    }
}

/// Where a name in Han stands, also if its characters are set apart; with the family name alone before 先生 and the like.
fn han_places(scalars: &[char], name: &[char], found: &mut Vec<Range<usize>>) {
    let is_apart = |scalar: char| scalar.is_whitespace() || matches!(scalar, '·' | '•' | '‧' | '・');
    let Some(family) = name.first() else { return };
    for (start, _) in scalars.iter().enumerate().filter(|(_, scalar)| *scalar == family) {
        let mut end = start;
        let is_name = name.iter().enumerate().all(|(place, wanted)| {
            let rest = scalars.get(end..).unwrap_or_default();
            let n_apart = rest.iter().take(3).take_while(|scalar| place > 0 && is_apart(**scalar)).count();
            end += n_apart + 1;
            rest.get(n_apart) == Some(wanted)
        });
        if is_name {
            found.push(start..end);
            continue;
        }
        // A family name has one character, or two.
        let addressed = [1, 2].into_iter().find(|n_family| {
            let (own, rest) = (name.get(..*n_family), scalars.get(start..).unwrap_or_default());
            let behind: String = rest.iter().skip(*n_family).take(2).collect();
            own.is_some_and(|own| rest.starts_with(own))
                && matches!(behind.as_str(), "先生" | "女士" | "小姐" | "老师")
        });
        found.extend(addressed.map(|n_family| start..start + n_family + 2));
    }
}
