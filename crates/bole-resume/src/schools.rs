//! Names of schools in the text.

use std::sync::LazyLock;

use crate::tables::schools::{
    BEFORE_OF, HAN_BEFORE, HAN_NOT_AFTER, HAN_SUFFIXES, LATIN_SCHOOL_WORDS, NOT_IN_SCHOOLS, OF_FIELDS,
};
use crate::terms::Terms;
use crate::text::{Extent, Text, is_han};

/// The Chinese name of a school is at most so long.
const MAX_HAN: usize = 20;

/// An English name has at most so many words on either side of `University`.
const MAX_WORDS: usize = 6;

static SUFFIXES: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(HAN_SUFFIXES.iter().map(|word| (*word, ()))));
static NOT_AFTER: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(HAN_NOT_AFTER.iter().map(|word| (*word, ()))));
static SCHOOL_WORDS: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(LATIN_SCHOOL_WORDS.iter().map(|word| (*word, ()))));
static STOPS: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(NOT_IN_SCHOOLS.iter().map(|word| (*word, ()))));
static LEFT_OF: LazyLock<Terms<()>> = LazyLock::new(|| Terms::new(BEFORE_OF.iter().map(|word| (*word, ()))));

/// All schools in `line`, in order, none over any of `taken`.
pub(crate) fn schools_in(text: &Text, line: Extent, taken: &[Extent]) -> Vec<Extent> {
    let mut found = han_schools(text, line, taken);
    found.extend(latin_schools(text, line, taken));
    found.sort_unstable();
    found
}

fn is_taken(taken: &[Extent], index: usize) -> bool {
    taken.iter().any(|extent| (extent.start..extent.end).contains(&index))
}

fn han_schools(text: &Text, line: Extent, taken: &[Extent]) -> Vec<Extent> {
    let folded = text.folded(line);
    let mut found: Vec<Extent> = Vec::new();
    let mut from = line.start;
    for suffix in SUFFIXES.find_all(folded, line.start) {
        let after = Extent::new(suffix.extent.end, line.end);
        if NOT_AFTER.at(text.folded(after), 0).is_some() || is_taken(taken, suffix.extent.start) {
            continue;
        }
        let before = text.folded(Extent::new(from, suffix.extent.start));
        let is_part = |index: usize, scalar: char| {
            let inside_parenthesis = matches!(scalar, '(' | ')');
            (is_han(scalar) || inside_parenthesis)
                && !is_taken(taken, index)
                && scalar != '年'
                && scalar != '月'
        };
        let n_before = before
            .iter()
            .rev()
            .take(MAX_HAN)
            .enumerate()
            .take_while(|(back, scalar)| is_part(suffix.extent.start - 1 - back, **scalar))
            .count();
        let mut extent = Extent::new(suffix.extent.start - n_before, suffix.extent.end);
        extent = text.trim_matches(extent, |scalar| matches!(scalar, '(' | ')'));
        extent = without_lead(text, extent);
        // A faculty directly after its university is not a second school.
        let follows = found.last().is_some_and(|last| {
            let between = text.folded(Extent::new(last.end, extent.start));
            between.iter().all(|scalar| matches!(scalar, ' ' | '·' | ','))
        });
        if extent.len() >= 4 && !follows {
            found.push(extent);
        }
        from = suffix.extent.end;
    }
    found
}

/// Without 毕业于 and the like, and without an opening 在, 于 or 至.
fn without_lead(text: &Text, extent: Extent) -> Extent {
    let folded = text.folded(extent);
    let leads = HAN_BEFORE.iter().filter_map(|lead| {
        let length = lead.chars().count();
        let starts = lead.chars().eq(folded.iter().copied().take(length));
        starts.then_some(length)
    });
    let n_lead = leads
        .max()
        .unwrap_or_else(|| usize::from(matches!(folded.first(), Some('在' | '于' | '至' | '从' | '与'))));
    Extent::new(extent.start + n_lead, extent.end)
}

/// A word of a line: where it is.
fn words_of(text: &Text, line: Extent) -> Vec<Extent> {
    let folded = text.folded(line);
    let mut words = Vec::new();
    let mut start = None;
    for (index, &scalar) in folded.iter().enumerate() {
        let inside = scalar.is_alphanumeric() || matches!(scalar, '.' | '\'' | '-' | '&');
        match (start, inside && !is_han(scalar)) {
            (None, true) => start = Some(index),
            (Some(from), false) => {
                words.push(Extent::new(line.start + from, line.start + index));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        words.push(Extent::new(line.start + from, line.end));
    }
    // The end of a sentence, but not that of `St.`
    let trimmed = words.into_iter().map(|word| {
        let is_long = word.len() > 4;
        text.trim_matches(word, |scalar| is_long && scalar == '.')
    });
    trimmed.filter(|word| !word.is_empty()).collect()
}

fn latin_schools(text: &Text, line: Extent, taken: &[Extent]) -> Vec<Extent> {
    let words = words_of(text, line);
    let mut found: Vec<Extent> = Vec::new();
    let is_adjacent = |left: &Extent, right: &Extent| {
        text.folded(Extent::new(left.end, right.start)).iter().all(|&scalar| scalar == ' ')
    };
    let is_capital = |word: &Extent| text.raw(*word).first().is_some_and(|scalar| scalar.is_uppercase());
    let folded = |word: &Extent| -> Vec<char> { text.folded(*word).to_vec() };
    for (index, word) in words.iter().enumerate() {
        let is_school = SCHOOL_WORDS.exactly(text.folded(*word)).is_some() && is_capital(word);
        let known = found.last().is_some_and(|last| last.end >= word.end);
        let own = text.folded(*word);
        if !is_school || known {
            continue;
        }
        let is_of = |word: &Extent| matches!(text.folded(*word), ['o', 'f'] | ['f', 'o', 'r']);
        let next = words.get(index + 1).filter(|next| is_adjacent(word, next));
        let with_of = next.is_some_and(is_of);
        // What is a university of technology has its own name before it.
        let names_field = words.get(index + 2).is_some_and(|after| {
            with_of && OF_FIELDS.iter().any(|field| field.chars().eq(text.folded(*after).iter().copied()))
        });
        // To the left.
        let mut start = word.start;
        let mut left = index;
        let mut n_left = 0;
        while let Some(previous) = left.checked_sub(1).and_then(|left| words.get(left)) {
            let current = words.get(left).copied().unwrap_or(*word);
            let form = folded(previous);
            let is_small = matches!(form.as_slice(), ['o', 'f'] | ['t', 'h', 'e'] | ['a', 'n', 'd'] | ['&'])
                || is_of(previous);
            let of_stop = with_of
                && !names_field
                && !matches!(own, ['s', 'c', 'h', 'o', 'o', 'l'])
                && LEFT_OF.exactly(&form).is_none();
            let stop_word = STOPS.exactly(&form).is_some() && !is_school_modifier(&form, own);
            let sound = is_capital(previous) || (is_small && n_left > 0);
            let has_digit = form.iter().any(char::is_ascii_digit);
            let stops = n_left == MAX_WORDS
                || !is_adjacent(previous, &current)
                || !sound
                || has_digit
                || of_stop
                || stop_word
                || (is_taken(taken, previous.start) && !shares_degree(taken, previous, word))
                || form.ends_with(&['.']) && form.len() > 3;
            if stops {
                break;
            }
            start = previous.start;
            left -= 1;
            n_left += 1;
        }
        // To the right: `of X and Y`, or what follows if nothing stands to the left.
        let mut end = word.end;
        let mut n_right = 0;
        if with_of || n_left == 0 {
            for (previous, next) in words.iter().skip(index).zip(words.iter().skip(index + 1)) {
                let form = folded(next);
                let small = is_of(next)
                    || matches!(form.as_slice(), ['a', 'n', 'd'] | ['&'] | ['t', 'h', 'e'] | ['a', 't'])
                    || matches!(
                        form.as_slice(),
                        ['d', 'e' | 'i' | 'a' | 'o' | 'u'] | ['d', 'e', 'l'] | ['l', 'a']
                    );
                let has_digit = form.iter().any(char::is_ascii_digit);
                let place = matches!(form.as_slice(), ['c', 'i', 't', 'y'] | ['s', 't', 'a', 't', 'e']);
                let inside =
                    is_adjacent(previous, next) && (small || is_capital(next)) && !has_digit && !place;
                if !inside
                    || is_taken(taken, next.start)
                    || n_right == MAX_WORDS
                    || SCHOOL_WORDS.exactly(&form).is_some() && !small && n_right > 1
                {
                    break;
                }
                n_right += 1;
                if !small {
                    end = next.end;
                }
            }
        }
        let extent = text.trim_matches(Extent::new(start, end), |scalar| matches!(scalar, '-' | '&' | '\''));
        let own_is_name = own.len() <= 7 && !with_of && !own.contains(&'u')
            || own == ['m', 'i', 't']
            || own == ['u', 'c', 'l', 'a'];
        let is_bare = extent.len() <= own.len() && !(own_is_name && own.len() <= 4);
        let covered = taken.iter().any(|taken| taken.holds(*word) && taken.start <= extent.start);
        if is_bare || covered {
            continue;
        }
        // `College of Business, California State University` is one school, the university.
        let beside = found.last().copied().filter(|last| {
            let between = text.folded(Extent::new(last.end, extent.start));
            last.end <= extent.start && between.iter().all(|scalar| matches!(scalar, ' ' | ',' | '-'))
        });
        match beside {
            Some(last) if names_university(text, last) || !names_university(text, extent) => {}
            Some(_) => {
                found.pop();
                found.push(extent);
            }
            None => found.push(extent),
        }
    }
    found
}

fn names_university(text: &Text, school: Extent) -> bool {
    text.folded(school).windows(7).any(|part| part == ['u', 'n', 'i', 'v', 'e', 'r', 's'])
}

/// Whether both words lie in the same taken place, as in `High School`.
fn shares_degree(taken: &[Extent], left: &Extent, right: &Extent) -> bool {
    taken.iter().any(|taken| taken.holds(*left) && taken.holds(*right))
}

/// `Business School`, `Medical College`, `Technology Institute`: there the word belongs to the name.
fn is_school_modifier(form: &[char], own: &[char]) -> bool {
    let form: String = form.iter().collect();
    let own: String = own.iter().collect();
    match own.as_str() {
        "school" => matches!(
            form.as_str(),
            "business"
                | "graduate"
                | "design"
                | "art"
                | "music"
                | "general"
                | "state"
                | "city"
                | "international"
        ),
        "university" => {
            matches!(form.as_str(), "state" | "international" | "city" | "technology" | "nursing")
        }
        "college" => matches!(form.as_str(), "state" | "city" | "business" | "international" | "art"),
        "institute" | "academy" => matches!(
            form.as_str(),
            "art" | "technology" | "culinary" | "international" | "state" | "business"
        ),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::degrees::degrees_in;
    use crate::text::pages_of;

    #[test]
    fn schools_without_what_stands_around_them() {
        let cases: [(&str, &[&str]); 22] = [
            ("2015年9月—2020年6月 中国科学技术大学 材料物理与化学 博士", &["中国科学技术大学"]),
            ("毕业于北京某某大学光华管理学院", &["北京某某大学"]),
            ("某某大学·计算机学院", &["某某大学"]),
            ("大学英语四级", &[]),
            ("全国大学生竞赛", &[]),
            ("2013-2016奈森师范大学 市场营销", &["奈森师范大学"]),
            ("Princeton University, PhD in Computer Science", &["Princeton University"]),
            ("MSc Finance, London School of Economics", &["London School of Economics"]),
            (
                "MBA : Business Administration , 2001 University of North Florida - City , State",
                &["University of North Florida"],
            ),
            (
                "Bachelor of Science : Business Administration University of Phoenix",
                &["University of Phoenix"],
            ),
            ("Business Administration 1980 Richard Bland College City , State", &["Richard Bland College"]),
            ("College America City , State", &["College America"]),
            (
                "Bachelor of Arts : Communications 2004 The College Of New Rochelle",
                &["The College Of New Rochelle"],
            ),
            ("High School Diploma : General , 1985 North Marion High School", &["North Marion High School"]),
            ("High School Diploma", &[]),
            ("Harvard Business School", &["Harvard Business School"]),
            ("California State University Northridge", &["California State University"]),
            (
                "Hong Kong University of Science and Technology",
                &["Hong Kong University of Science and Technology"],
            ),
            ("University", &[]),
            ("Master of Public Health: Emory University", &["Emory University"]),
            ("ETH Zurich", &["ETH Zurich"]),
            ("Seattle Central Community College", &["Seattle Central Community College"]),
        ];
        for (line, expected) in cases {
            let text = Text::of(&pages_of(&[line]));
            let taken: Vec<_> = degrees_in(&text, text.whole()).iter().map(|degree| degree.extent).collect();
            let found = schools_in(&text, text.whole(), &taken);
            let found: Vec<_> = found.iter().map(|extent| text.string(*extent)).collect();
            assert_eq!(found, expected, "{line}");
        }
    }
}
