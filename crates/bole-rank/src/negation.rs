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

/// What can be lacked: what stands between the phrase and one of these is denied.
const LACKED_ZH: &[&str] =
    &["经验", "经历", "背景", "基础", "证书", "资格", "资质", "执照", "认证", "知识", "技能", "执业", "牌照"];
/// See [`LACKED_ZH`].
const LACKED_EN: &[&str] = &[
    " experience",
    " knowledge",
    " background",
    " exposure",
    " certification",
    " certificate",
    " licence",
    " license",
    " qualification",
    " training",
    " rating",
    " involvement",
    " expertise",
    " clearance",
];
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

const CUES: [Cue; 137] = [
    open("不熟悉", WINDOW_ZH),
    open("不太熟悉", WINDOW_ZH),
    open("不了解", WINDOW_ZH),
    open("不懂", WINDOW_ZH),
    open("不擅长", WINDOW_ZH),
    open("不具备", WINDOW_ZH),
    open("不精通", WINDOW_ZH),
    open("不持有", WINDOW_ZH),
    open("不涉及", WINDOW_ZH),
    open("未持有", WINDOW_ZH),
    open("未取得", WINDOW_ZH),
    open("未获得", WINDOW_ZH),
    open("未考取", WINDOW_ZH),
    open("未涉及", WINDOW_ZH),
    open("未接触", WINDOW_ZH),
    open("未从事", WINDOW_ZH),
    open("未参与", WINDOW_ZH),
    open("未学习", WINDOW_ZH),
    open("未使用过", WINDOW_ZH),
    open("未做过", WINDOW_ZH),
    open("未曾", WINDOW_ZH),
    open("没接触过", WINDOW_ZH),
    open("没从事过", WINDOW_ZH),
    open("没参与过", WINDOW_ZH),
    open("没做过", WINDOW_ZH),
    open("没用过", WINDOW_ZH),
    open("没学过", WINDOW_ZH),
    open("没考过", WINDOW_ZH),
    open("没有接触", WINDOW_ZH),
    open("没有从事", WINDOW_ZH),
    open("没有参与", WINDOW_ZH),
    open("没有涉及", WINDOW_ZH),
    open("没有持有", WINDOW_ZH),
    open("没有取得", WINDOW_ZH),
    open("没有获得", WINDOW_ZH),
    open("没有考取", WINDOW_ZH),
    open("没有做过", WINDOW_ZH),
    open("没有用过", WINDOW_ZH),
    open("没有学过", WINDOW_ZH),
    closed("没有", LACKED_ZH, WINDOW_ZH),
    closed("无", LACKED_ZH, WINDOW_ZH),
    closed("缺乏", LACKED_ZH, WINDOW_ZH),
    closed("缺少", LACKED_ZH, WINDOW_ZH),
    closed("尚无", LACKED_ZH, WINDOW_ZH),
    closed("并无", LACKED_ZH, WINDOW_ZH),
    open("not have experience in ", WINDOW_EN),
    open("not have experience with ", WINDOW_EN),
    open("no experience in ", WINDOW_EN),
    open("no experience with ", WINDOW_EN),
    open("no experience of ", WINDOW_EN),
    open("no experience as ", WINDOW_EN),
    open("lack of experience in ", WINDOW_EN),
    open("lack of experience with ", WINDOW_EN),
    open("without experience in ", WINDOW_EN),
    open("without experience with ", WINDOW_EN),
    open("no knowledge of ", WINDOW_EN),
    open("no background in ", WINDOW_EN),
    open("no exposure to ", WINDOW_EN),
    open("no involvement in ", WINDOW_EN),
    open("no involvement with ", WINDOW_EN),
    open("no training in ", WINDOW_EN),
    open("no qualification in ", WINDOW_EN),
    open("no expertise in ", WINDOW_EN),
    open("not familiar with ", WINDOW_EN),
    open("unfamiliar with ", WINDOW_EN),
    open("not experienced in ", WINDOW_EN),
    open("not experienced with ", WINDOW_EN),
    open("not certified in ", WINDOW_EN),
    open("not certified as ", WINDOW_EN),
    open("not certified for ", WINDOW_EN),
    open("not licensed ", WINDOW_EN),
    open("not qualified ", WINDOW_EN),
    open("not trained in ", WINDOW_EN),
    open("not trained as ", WINDOW_EN),
    open("not involved in ", WINDOW_EN),
    open("not skilled in ", WINDOW_EN),
    open("not proficient in ", WINDOW_EN),
    open("not responsible for ", WINDOW_EN),
    open("never worked with ", WINDOW_EN),
    open("never worked in ", WINDOW_EN),
    open("never worked on ", WINDOW_EN),
    open("never worked at ", WINDOW_EN),
    open("never worked for ", WINDOW_EN),
    open("never worked as ", WINDOW_EN),
    open("never been a ", WINDOW_EN),
    open("never been an ", WINDOW_EN),
    open("never been involved in ", WINDOW_EN),
    open("never been responsible for ", WINDOW_EN),
    open("never held ", WINDOW_EN),
    open("never used ", WINDOW_EN),
    open("never flown ", WINDOW_EN),
    open("never managed ", WINDOW_EN),
    open("never handled ", WINDOW_EN),
    open("never touched ", WINDOW_EN),
    open("not worked with ", WINDOW_EN),
    open("not worked in ", WINDOW_EN),
    open("not worked on ", WINDOW_EN),
    open("not worked as ", WINDOW_EN),
    open("not work with ", WINDOW_EN),
    open("not work in ", WINDOW_EN),
    open("not work on ", WINDOW_EN),
    open("not hold ", WINDOW_EN),
    open("not held ", WINDOW_EN),
    closed("not have a ", LACKED_EN, WINDOW_EN),
    closed("not have an ", LACKED_EN, WINDOW_EN),
    closed("not have any ", LACKED_EN, WINDOW_EN),
    open("hold no ", WINDOW_EN),
    open("holds no ", WINDOW_EN),
    open("held no ", WINDOW_EN),
    open("holding no ", WINDOW_EN),
    closed("have no ", LACKED_EN, WINDOW_EN),
    closed("has no ", LACKED_EN, WINDOW_EN),
    closed("had no ", LACKED_EN, WINDOW_EN),
    open("am not a ", WINDOW_EN),
    open("am not an ", WINDOW_EN),
    open("is not a ", WINDOW_EN),
    open("is not an ", WINDOW_EN),
    open("no prior experience in ", WINDOW_EN),
    open("no prior experience with ", WINDOW_EN),
    open("no previous experience in ", WINDOW_EN),
    open("no previous experience with ", WINDOW_EN),
    open("no professional experience in ", WINDOW_EN),
    open("no professional experience with ", WINDOW_EN),
    open("no direct experience in ", WINDOW_EN),
    open("no direct experience with ", WINDOW_EN),
    open("no practical experience in ", WINDOW_EN),
    open("no practical experience with ", WINDOW_EN),
    open("no commercial experience in ", WINDOW_EN),
    open("no commercial experience with ", WINDOW_EN),
    open("no formal experience in ", WINDOW_EN),
    open("no formal experience with ", WINDOW_EN),
    open("no hands on experience in ", WINDOW_EN),
    open("no hands on experience with ", WINDOW_EN),
    closed("no ", LACKED_EN, WINDOW_EN),
    closed("without ", LACKED_EN, WINDOW_EN),
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

/// How much of `rest` a denial covers: to the end of the sentence, to a `but`, or to the first comma unless a list goes on
/// behind it (`no experience in A, B or C` denies all three, `no experience in A, skilled in B` only the first).
fn clause(rest: &str, window: usize) -> &str {
    let window_end = rest.char_indices().nth(window).map_or(rest.len(), |(at, _)| at);
    let mut clause = rest.get(..window_end).unwrap_or(rest);
    for stop in ["\n", "。", "；", ";", ". ", "!", "！", "?", "•", " but ", " however ", "但", "而"] {
        clause = clause.split(stop).next().unwrap_or(clause);
    }
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
        check("no experience in a, b and c", &["a, b and c"]);
        check("no experience in a, b, c, and d. e", &["a, b, c, and d"]);
        check("no experience in a, skilled in b and c", &["a"]);
        check(
            "hold no airworthiness certificate or a and p licence.",
            &["airworthiness", "airworthiness certificate or a and p licence."],
        );
        check("i have never worked on an evtol or drone programme; but", &["an evtol or drone programme"]);
        check("she has no flight experience", &["flight"]);
        check("is not certified in banking", &["banking"]);
        check("没有适航资质", &["适航"]);
        check("不持有飞行执照，熟悉维修", &["飞行执照"]);
        check("未涉及电池管理系统", &["电池管理系统"]);
        check("未从事过银行业务。", &["过银行业务"]);
        check("the threshold no longer matters", &[]);
    }
}
