//! Conditions such as `degree:master` that stand by themselves in a query, put in and taken out by a click.

use std::ops::Range;

/// A condition that all who are found fulfil.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    pub(super) facet: &'static str,
    pub(super) value: String,
    /// Where it stands in the query, in bytes.
    place: Range<usize>,
}

/// What the query language calls the same, the name that facets have first.
const FACETS: [[&str; 2]; 4] =
    [["degree", "学历"], ["language", "语言"], ["field", "领域"], ["year", "年份"]];
const VALUES: [(&str, &[&str]); 7] = [
    ("secondary", &["高中", "中专"]),
    ("associate", &["大专", "专科"]),
    ("bachelor", &["本科", "学士"]),
    ("master", &["mba", "硕士", "研究生"]),
    ("doctor", &["phd", "博士"]),
    ("chinese", &["zh", "中文", "汉语"]),
    ("english", &["en", "英文", "英语"]),
];

/// The conditions of `query` that stand outside of parentheses and quotation marks, in a query without an `OR` there.
pub(super) fn of(query: &str) -> Vec<Clause> {
    let words = outer_words(query);
    if words.iter().any(|word| is_or(text(query, word))) {
        return Vec::new();
    }
    let joined = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        before.is_some_and(|before| matches!(text(query, before), "NOT" | "AND" | "&&" | "!"))
            || words.get(at + 1).is_some_and(|after| matches!(text(query, after), "AND" | "&&"))
    };
    let clause = |(at, place): (usize, &Range<usize>)| {
        let (facet, value) = text(query, place).split_once([':', '：'])?;
        let facet = facet.to_lowercase();
        let [facet, _] = FACETS.into_iter().find(|names| names.contains(&facet.as_str()))?;
        let is_plain =
            !value.is_empty() && value.chars().all(|scalar| scalar.is_alphanumeric() || scalar == '-');
        let value = value.to_lowercase();
        let known =
            VALUES.into_iter().find(|(_, others)| facet != "field" && others.contains(&value.as_str()));
        let value = known.map_or(value, |(name, _)| name.to_owned());
        (is_plain && !joined(at)).then(|| Clause { facet, value, place: place.clone() })
    };
    words.iter().enumerate().filter_map(clause).collect()
}

/// `query` with one condition more. What is joined by `OR` is put into parentheses first, for the condition is for all of it.
pub(super) fn with(query: &str, facet: &str, value: &str) -> String {
    let query = query.trim();
    let is_any = outer_words(query).iter().any(|word| is_or(text(query, word)));
    if is_any { format!("({query}) {facet}:{value}") } else { format!("{query} {facet}:{value}") }
}

/// `query` without one of its conditions, and without the parentheses that only parted it from the rest.
pub(super) fn without(query: &str, Clause { place, .. }: &Clause) -> String {
    let (before, after) = (query.get(..place.start), query.get(place.end..));
    let (before, after) = (before.unwrap_or_default().trim(), after.unwrap_or_default().trim());
    let rest = format!("{before} {after}");
    let rest = rest.trim();
    let inner = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let is_pair = |inner: &&str| !inner.contains(['(', ')', '（', '）']);
    inner.filter(is_pair).unwrap_or(rest).trim().to_owned()
}

fn text<'a>(query: &'a str, place: &Range<usize>) -> &'a str {
    query.get(place.clone()).unwrap_or_default()
}

fn is_or(word: &str) -> bool {
    // A bar needs no white space around it; one in quotation marks or parentheses costs a pair of parentheses at most.
    word == "OR" || (word.contains(['|', '｜']) && !word.starts_with(['(', '"', '（', '“', '「', '『']))
}

/// What stands between white space outside of parentheses and quotation marks, as the query language has them.
fn outer_words(query: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let (mut depth, mut closes, mut is_inside) = (0_usize, None::<&[char]>, false);
    for (at, scalar) in query.char_indices() {
        let end = at + scalar.len_utf8();
        let is_part = depth > 0 || closes.is_some() || !scalar.is_whitespace();
        match (closes, scalar) {
            (Some(closing), _) if closing.contains(&scalar) => closes = None,
            (None, '"' | '“' | '”' | '„' | '＂') => closes = Some(&['"', '“', '”', '＂']),
            (None, '「') => closes = Some(&['」']),
            (None, '『') => closes = Some(&['』']),
            (None, '(' | '（') => depth += 1,
            (None, ')' | '）') => depth = depth.saturating_sub(1),
            (Some(_) | None, _) => {}
        }
        match words.last_mut().filter(|_| is_inside && is_part) {
            Some(word) => word.end = end,
            None if is_part => words.push(at..end),
            None => {}
        }
        is_inside = is_part;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(query: &str) -> Vec<(&'static str, String)> {
        of(query).into_iter().map(|clause| (clause.facet, clause.value)).collect()
    }

    #[test]
    fn a_condition_holds_for_the_whole_query() {
        assert_eq!(with("固态电池 AND 研发", "degree", "master"), "固态电池 AND 研发 degree:master");
        assert_eq!(with("a OR b", "year", "2024"), "(a OR b) year:2024");
        assert_eq!(with("a|b", "year", "2024"), "(a|b) year:2024");
        assert_eq!(with("(a OR b) c", "year", "2024"), "(a OR b) c year:2024");
        assert_eq!(
            with("\"this OR that\" 「a OR b」", "year", "2024"),
            "\"this OR that\" 「a OR b」 year:2024"
        );
    }

    #[test]
    fn conditions_are_found_and_taken_out() {
        let query = "(a OR b) degree:master year:2024";
        assert_eq!(all(query), [("degree", "master".into()), ("year", "2024".into())]);
        let [degree, year] = &of(query)[..] else { panic!() };
        assert_eq!(without(query, degree), "(a OR b) year:2024");
        assert_eq!(without(query, year), "(a OR b) degree:master");
        let once = without(query, year);
        assert_eq!(without(&once, &of(&once)[0]), "a OR b");
        for rest in ["(a) (b)", "(a)(b)", "(a OR (b c))"] {
            let query = format!("{rest} year:1");
            assert_eq!(without(&query, &of(&query)[0]), rest);
        }
        assert_eq!(without("year:2024", &of("year:2024")[0]), "");
        assert_eq!(
            all("a 学历：硕士 Language:EN"),
            [("degree", "master".into()), ("language", "english".into())]
        );
    }

    #[test]
    fn what_is_only_a_part_of_something_is_no_condition() {
        for query in [
            "a OR degree:master",
            "NOT degree:master a",
            "-degree:master a",
            "\"degree:master\"",
            "(degree:master OR b) c",
            "a AND degree:master",
            "degree:master AND a",
            "title:engineer",
            "degree:",
        ] {
            assert_eq!(all(query), [], "{query}");
        }
    }
}
