//! Finding every form of every concept in one pass over canonical text.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};

use crate::characters::{Canonical, Characters, is_word};

/// A way of writing a concept.
pub(crate) struct Form {
    pub(crate) concept: u16,
    pub(crate) text: String,
    pub(crate) ambiguous: bool,
    /// Folded once, for all that is to be checked of it.
    pub(crate) canonical: Canonical,
}

impl Form {
    pub(crate) fn new(concept: u16, text: &str, ambiguous: bool, characters: &Characters) -> Self {
        Self { concept, text: text.to_owned(), ambiguous, canonical: characters.canonical(text.trim()) }
    }
}

/// The automaton over all forms.
pub(crate) struct Matcher {
    automaton: Option<AhoCorasick>,
    patterns: Vec<Pattern>,
}

#[derive(Clone, Copy)]
struct Pattern {
    concept: u16,
    ambiguous: bool,
    /// To be found in capitals only: an ambiguous abbreviation, of which `soc` and `Leo` are not meant.
    in_capitals: bool,
    starts_with_word: bool,
    ending: Ending,
}

/// How a form ends, which says what may follow it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// In Chinese or a sign: anything may follow.
    Open,
    /// In a letter or digit: its plural takes `s`.
    Word,
    /// In a hiss: its plural takes `es`.
    Hiss,
}

/// A form found in canonical text, by bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) concept: u16,
    pub(crate) ambiguous: bool,
}

impl Matcher {
    pub(crate) fn new(forms: &[Form]) -> Self {
        let mut texts = Vec::new();
        let mut patterns = Vec::new();
        for form in forms {
            let text = form.canonical.text.clone();
            let letters = || form.text.chars().filter(|scalar| scalar.is_alphabetic());
            let pattern = Pattern {
                concept: form.concept,
                ambiguous: form.ambiguous,
                in_capitals: form.ambiguous
                    && letters().count() > 0
                    && letters().all(|letter| letter.is_ascii_uppercase()),
                starts_with_word: text.chars().next().is_some_and(is_word),
                ending: if !text.chars().next_back().is_some_and(is_word) {
                    Ending::Open
                } else if ends_in_hiss(&text) {
                    Ending::Hiss
                } else {
                    Ending::Word
                },
            };
            // `battery` is to be found in `batteries`, but `-ay`, `-ey`, `-oy` take a plain `s`.
            if let Some(stem) = text.strip_suffix('y')
                && stem
                    .chars()
                    .next_back()
                    .is_some_and(|letter| letter.is_ascii_alphabetic() && !"aeou".contains(letter))
            {
                texts.push(format!("{stem}ies"));
                patterns.push(pattern);
            }
            texts.push(text);
            patterns.push(pattern);
        }
        let automaton = AhoCorasickBuilder::new()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .match_kind(MatchKind::Standard)
            .build(&texts);
        Self {
            // Only more patterns than fit in memory cannot be built; a lexicon is bounded far below.
            automaton: automaton.ok(),
            patterns,
        }
    }

    /// Every form in `canonical` that stands as a word, by place; one that lies within a longer one is not there.
    /// `stored` is the text as stored, by scalars.
    pub(crate) fn find(&self, canonical: &Canonical, stored: &[char]) -> Vec<Found> {
        let mut found = Vec::new();
        let Some(automaton) = &self.automaton else {
            return Vec::new();
        };
        for hit in automaton.find_overlapping_iter(&canonical.text) {
            let Some(pattern) = self.patterns.get(hit.pattern().as_usize()) else {
                continue;
            };
            let (start, end) = (hit.start(), hit.end());
            if pattern.starts_with_word && canonical.scalar_before(start).is_some_and(is_word) {
                continue;
            }
            let Some(end_of_word) = pattern.end_of_word(canonical, end) else {
                continue;
            };
            if pattern.in_capitals && !in_capitals(canonical, stored, start, end) {
                continue;
            }
            let is_plural = end_of_word > end;
            let concept = pattern.concept;
            found.push((is_plural, Found { start, end: end_of_word, concept, ambiguous: pattern.ambiguous }));
        }
        found.sort_unstable_by_key(|(is_plural, found)| {
            (found.start, std::cmp::Reverse(found.end), *is_plural, found.concept)
        });
        let mut last = (0, 0, false);
        found.retain(|(is_plural, found)| {
            // Two concepts of different fields may share an ambiguous form; but `IFRS` is no plural of `IFR`.
            let place = (found.start, found.end, *is_plural);
            let kept = found.end > last.1 || place == last;
            if kept {
                last = place;
            }
            kept
        });
        found.into_iter().map(|(_, found)| found).collect()
    }
}

impl Pattern {
    /// Where the word ends that ends with a form at byte `end`, its plural ending included; none within a word.
    fn end_of_word(self, canonical: &Canonical, end: usize) -> Option<usize> {
        if self.ending == Ending::Open {
            return Some(end);
        }
        let ends_at = |at: usize| !canonical.scalars_from(at).next().is_some_and(is_word);
        if ends_at(end) {
            return Some(end);
        }
        let rest = canonical.text.get(end..).unwrap_or_default();
        let endings: &[&str] = if self.ending == Ending::Hiss { &["s", "es"] } else { &["s"] };
        let plural = endings.iter().find(|ending| rest.starts_with(**ending) && ends_at(end + ending.len()));
        plural.map(|ending| end + ending.len())
    }
}

/// What `canonical` may be the plural of.
pub(crate) fn singulars(canonical: &str) -> Vec<String> {
    let y = canonical.strip_suffix("ies").map(|stem| format!("{stem}y"));
    let hiss = canonical.strip_suffix("es").filter(|stem| ends_in_hiss(stem)).map(str::to_owned);
    let plain = canonical.strip_suffix('s').filter(|stem| !ends_in_hiss(stem)).map(str::to_owned);
    [y, hiss, plain].into_iter().flatten().collect()
}

fn ends_in_hiss(text: &str) -> bool {
    ["s", "x", "z", "ch", "sh"].iter().any(|end| text.ends_with(end))
}

fn in_capitals(canonical: &Canonical, stored: &[char], start: usize, end: usize) -> bool {
    let Some((first, last)) = canonical.stored_range(start, end) else {
        return false;
    };
    let written = stored.get(first as usize..last as usize).unwrap_or_default();
    !written.iter().any(|scalar| scalar.is_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(u16, &str)]) {
        let forms = [
            (0, "电池", false),
            (1, "固态电池", false),
            (2, "battery", false),
            (3, "solid-state battery", false),
            (4, "BMS", true),
            (5, "gas", false),
            (6, "C++", false),
            (7, "IFR", false),
            (8, "IFRS", false),
        ];
        let characters = Characters::default();
        let forms = forms.map(|(concept, text, ambiguous)| Form::new(concept, text, ambiguous, &characters));
        let matcher = Matcher::new(&forms);
        let canonical = characters.canonical(text);
        let stored: Vec<char> = text.chars().collect();
        let found = matcher.find(&canonical, &stored);
        let found: Vec<(u16, String)> = found
            .iter()
            .map(|found| {
                let (start, end) = canonical.stored_range(found.start, found.end).unwrap();
                (found.concept, stored[start as usize..end as usize].iter().collect())
            })
            .collect();
        let expected: Vec<(u16, String)> =
            expected.iter().map(|(concept, text)| (*concept, (*text).to_owned())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn forms_are_found_as_words() {
        check("从事固态电池研发", &[(1, "固态电池")]);
        check("锂电池与固态\n电池", &[(0, "电池"), (1, "固态\n电池")]);
        check("Solid State Batteries", &[(3, "Solid State Batteries")]);
        check("solid–state\nbattery", &[(3, "solid–state\nbattery")]);
        check("batteryless batterys", &[(2, "batterys")]);
        check("gases Gas degas", &[(5, "gases"), (5, "Gas")]);
        check("BMS bms 负责BMS开发 BMSs", &[(4, "BMS"), (4, "BMS"), (4, "BMSs")]);
        check("IFRS, IFRs, IFR", &[(8, "IFRS"), (8, "IFRs"), (7, "IFR")]);
        check("C++, c++", &[(6, "C++"), (6, "c++")]);
        check("", &[]);
    }
}
