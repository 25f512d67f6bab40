//! Where a resume says that something is *not* so.
//!
//! A word that denies (`not`, `no`, 没有, 不) says nothing yet: only with what is done, known or held behind it
//! (`not familiar with`, `no … experience`, 不熟悉, 没有…经验) does it deny skills. `No incident` and 不良 deny none.

mod chinese;
mod english;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::matcher::Found;

/// All words that deny, at once; there are few, so that it cannot grow too large to be built.
static AUTOMATON: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(english::DENIERS.iter().chain(&chinese::DENIERS)).ok());

/// A word that denies, at its place in canonical text.
#[derive(Clone, Copy)]
struct Denial<'t> {
    text: &'t str,
    /// Where the word starts.
    at: usize,
    /// Where it ends.
    from: usize,
    word: &'t str,
}

impl<'t> Denial<'t> {
    fn before(&self) -> &'t str {
        self.text.get(..self.at).unwrap_or_default()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.from..).unwrap_or_default()
    }

    /// Where `rest`, a tail of the text, starts.
    fn place_of(&self, rest: &str) -> usize {
        self.text.len() - rest.len()
    }
}

/// The bytes of canonical `text` in which a match that begins there is denied. `found` are the matches in it: a word
/// that lies within one denies nothing.
pub(crate) fn denied_ranges(text: &str, found: &[Found]) -> Vec<Range<usize>> {
    let mut denied = Vec::new();
    // Most texts have nothing to deny.
    let Some(automaton) = AUTOMATON.as_ref().filter(|_| !found.is_empty()) else {
        return denied;
    };
    for hit in automaton.find_overlapping_iter(text) {
        let (at, from) = (hit.start(), hit.end());
        let word = text.get(at..from).unwrap_or_default();
        let next = found.partition_point(|found| found.end <= at);
        if found.get(next).is_some_and(|found| found.start < from) {
            continue;
        }
        let denial = Denial { text, at, from, word };
        denied.extend(if word.is_ascii() {
            english::denied(denial)
        } else {
            chinese::denied(denial, |range| {
                let first = found.partition_point(|found| found.start < range.start);
                found.get(first).is_some_and(|found| found.start < range.end)
            })
        });
    }
    denied
}

/// How much of `rest` a denial covers: to the end of the sentence, to a `but`, or to the first comma unless a list goes on
/// behind it (`no experience in A, B or C` denies all three, `no experience in A, skilled in B` only the first).
fn clause(rest: &str, window: usize) -> &str {
    let window_end = rest.char_indices().nth(window).map_or(rest.len(), |(at, _)| at);
    let mut clause = rest.get(..window_end).unwrap_or(rest);
    for stop in STOPS {
        clause = clause.split(stop).next().unwrap_or(clause);
    }
    // The end of a bracket that was opened before.
    let mut n_open = 0_u32;
    let end = clause.char_indices().find(|(_, scalar)| {
        n_open += u32::from(*scalar == '(');
        let is_end = *scalar == ')' && n_open == 0;
        n_open = n_open.saturating_sub(u32::from(*scalar == ')'));
        is_end
    });
    clause = end.map_or(clause, |(end, _)| clause.get(..end).unwrap_or(clause));
    let alternative = [" or ", " nor ", "或", "以及"].iter().filter_map(|word| clause.rfind(word)).max();
    let listed = alternative.unwrap_or_default();
    let mut end = listed;
    for (number, item) in clause.get(listed..).unwrap_or(clause).split_inclusive([',', '，']).enumerate() {
        if number > 0 && !goes_on(item, clause.get(end + item.len()..).unwrap_or_default()) {
            break;
        }
        end += item.len();
    }
    clause.get(..end).unwrap_or(clause).trim_end_matches([',', '，'])
}

/// What ends a denial: the end of the sentence, or the turn to what is so after all.
const STOPS: [&str; 21] = [
    "
",
    "。",
    "；",
    ";",
    ". ",
    "!",
    "！",
    "?",
    "•",
    " | ",
    " but ",
    " however ",
    " except ",
    " other than ",
    " apart from ",
    " beyond ",
    " besides ",
    "但",
    "而",
    "除",
    "却",
];

/// Whether `item`, which follows a comma, with `rest` behind it, is one more thing of a list that an `and` closes: a few
/// words, none of which starts something new.
fn goes_on(item: &str, rest: &str) -> bool {
    const STARTS_ANEW: [&str; 14] = [
        " in ", " at ", " with ", " of ", " to ", " for ", " am ", " is ", " have ", " has ", " hold ",
        " holds ", " i ", " worked ",
    ];
    let is_new = |part: &str| STARTS_ANEW.iter().any(|word| format!(" {part} ").contains(word));
    let closes = |part: &str| part.trim_start().starts_with("and ") || part.contains(" and ");
    let is_item = |part: &str| !is_new(part) && part.split_whitespace().count() <= WORDS_OF_AN_ITEM;
    is_item(item) && (closes(item) || rest.split(',').take_while(|part| is_item(part)).any(closes))
}

/// `aircraft flight control systems and satellites`: two names joined; more words tell a story.
const WORDS_OF_AN_ITEM: usize = 7;
