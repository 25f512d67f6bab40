//! Where a resume says that something is *not* so.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::matcher::Found;

/// A phrase that denies what follows it.
struct Cue {
    phrase: &'static str,
    /// What must follow within the window, such as 经验; what is denied stands in between. Empty: everything that follows.
    closers: &'static [&'static str],
    /// How many scalars what is denied may begin behind the phrase.
    window: usize,
}

const EXPERIENCE_ZH: &[&str] = &["经验", "经历", "背景", "基础", "证书", "资格"];
const EXPERIENCE_EN: &[&str] = &[" experience", " knowledge", " background", " exposure", " certification"];
/// About a clause of Chinese.
const WINDOW_ZH: usize = 24;
/// About a dozen English words.
const WINDOW_EN: usize = 72;

const fn open(phrase: &'static str, window: usize) -> Cue {
    Cue { phrase, closers: &[], window }
}

const fn closed(phrase: &'static str, closers: &'static [&'static str], window: usize) -> Cue {
    Cue { phrase, closers, window }
}

const CUES: [Cue; 36] = [
    open("不熟悉", WINDOW_ZH),
    open("不太熟悉", WINDOW_ZH),
    open("不了解", WINDOW_ZH),
    open("不懂", WINDOW_ZH),
    open("不擅长", WINDOW_ZH),
    open("不具备", WINDOW_ZH),
    open("未接触过", WINDOW_ZH),
    open("没接触过", WINDOW_ZH),
    open("没有接触过", WINDOW_ZH),
    open("未从事过", WINDOW_ZH),
    open("没有从事过", WINDOW_ZH),
    open("没做过", WINDOW_ZH),
    open("没有做过", WINDOW_ZH),
    open("未做过", WINDOW_ZH),
    closed("没有", EXPERIENCE_ZH, WINDOW_ZH),
    closed("无", EXPERIENCE_ZH, WINDOW_ZH),
    closed("缺乏", EXPERIENCE_ZH, WINDOW_ZH),
    closed("缺少", EXPERIENCE_ZH, WINDOW_ZH),
    open("no experience in ", WINDOW_EN),
    open("no experience with ", WINDOW_EN),
    open("no experience of ", WINDOW_EN),
    open("no prior experience in ", WINDOW_EN),
    open("no prior experience with ", WINDOW_EN),
    open("no knowledge of ", WINDOW_EN),
    open("no background in ", WINDOW_EN),
    open("not familiar with ", WINDOW_EN),
    open("unfamiliar with ", WINDOW_EN),
    open("not experienced in ", WINDOW_EN),
    open("not experienced with ", WINDOW_EN),
    open("never worked with ", WINDOW_EN),
    open("never worked in ", WINDOW_EN),
    open("lack of experience in ", WINDOW_EN),
    closed("no ", EXPERIENCE_EN, WINDOW_EN),
    closed("without ", EXPERIENCE_EN, WINDOW_EN),
    // `without incident` and `without compromising safety` deny nothing about what stands further on.
    open("without any ", 1),
    open("without ", 1),
];

/// Words that begin with 无 and deny nothing.
const NOT_DENYING: [&str; 16] = [
    "无人",
    "无线",
    "无损",
    "无机",
    "无源",
    "无刷",
    "无锡",
    "无形",
    "无论",
    "无缝",
    "无铅",
    "无菌",
    "无限",
    "无数",
    "无故障",
    "无差错",
];

/// All phrases at once; there are few, so that it cannot grow too large to be built.
static AUTOMATON: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(CUES.iter().map(|cue| cue.phrase)).ok());

/// The bytes of canonical `text` in which a match that begins there is denied. `found` are the matches in it: a phrase
/// that lies within one denies nothing.
pub(crate) fn denied_ranges(text: &str, found: &[Found]) -> Vec<Range<usize>> {
    let mut denied = Vec::new();
    let hits = AUTOMATON.iter().flat_map(|automaton| automaton.find_overlapping_iter(text));
    for hit in hits {
        let (at, from) = (hit.start(), hit.end());
        let Some(cue) = CUES.get(hit.pattern().as_usize()) else {
            continue;
        };
        let within_word = cue.phrase.is_ascii()
            && text
                .get(..at)
                .and_then(|before| before.chars().next_back())
                .is_some_and(char::is_alphanumeric);
        let rest = text.get(at..).unwrap_or_default();
        let harmless = NOT_DENYING.iter().any(|word| rest.starts_with(word));
        let within_match = found.iter().any(|found| found.start < from && at < found.end);
        if within_word || harmless || within_match {
            continue;
        }
        let clause = clause(text.get(from..).unwrap_or_default(), cue.window);
        if cue.closers.is_empty() {
            denied.push(from..from + clause.len());
        } else if let Some(end) = cue.closers.iter().filter_map(|closer| clause.find(closer)).min() {
            denied.push(from..from + end);
        }
    }
    denied
}

/// How much of `rest` a denial covers: to the end of the sentence, to a `but`, or to the first comma unless an `or`
/// follows it (`no experience in A, B or C` denies all three, `no experience in A, skilled in B` only the first).
fn clause(rest: &str, window: usize) -> &str {
    let window_end = rest.char_indices().nth(window).map_or(rest.len(), |(at, _)| at);
    let mut clause = rest.get(..window_end).unwrap_or(rest);
    for stop in ["\n", "。", "；", ";", ". ", "!", "！", "?", "•", " but ", " however ", "但", "而"] {
        clause = clause.split(stop).next().unwrap_or(clause);
    }
    let alternative = [" or ", " nor ", "或", "以及"].iter().filter_map(|word| clause.rfind(word)).max();
    let listed = alternative.unwrap_or_default();
    let tail = clause.get(listed..).unwrap_or(clause);
    let comma = tail.char_indices().find(|(_, scalar)| matches!(scalar, ',' | '，'));
    let end = comma.map_or(clause.len(), |(at, _)| listed + at);
    clause.get(..end).unwrap_or(clause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let denied = denied_ranges(text, &[]);
        let mut texts: Vec<&str> = denied.into_iter().map(|range| text.get(range).unwrap()).collect();
        texts.retain(|text| !text.is_empty());
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts, expected, "{text}");
    }

    #[test]
    fn denials_end_with_their_clause() {
        check("不熟悉固态电池，熟悉储能", &["固态电池"]);
        check("没有固态电池研发经验。", &["固态电池研发"]);
        check("无银行或基金经验", &["银行或基金"]);
        check("无人机飞行经验", &[]);
        check("没有固态电池", &[]);
        check("no experience in batteries, skilled in banking", &["batteries"]);
        check("not familiar with a, b or c. familiar with d", &["a, b or c"]);
        check("no audit experience but tax", &["audit"]);
        check("casino experience", &[]);
    }
}
