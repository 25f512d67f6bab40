//! Which lines list something, and what: by the heading of their part, or by a label of their own.

use std::sync::LazyLock;

use bole_core::SectionKind;

use crate::sections::Part;
use crate::tables::listing::TOPICS;
use crate::terms::Terms;
use crate::text::{Extent, Line, Text, is_bullet, is_han};

/// What a list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    Skills,
    Languages,
    Publications,
    Patents,
    Certificates,
    Awards,
    /// Something that is read elsewhere: it ends the list before it.
    Nothing,
}

/// A line, or what stands behind its label, that lists things.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    /// What it may list; at least one.
    pub(crate) topics: Vec<Topic>,
    pub(crate) extent: Extent,
    /// A mark, a number or a label stands before it.
    pub(crate) begins: bool,
    /// Lines of one list have the same number.
    pub(crate) block: usize,
}

static TERMS: LazyLock<Terms<Topic>> = LazyLock::new(|| Terms::new(TOPICS.iter().copied()));

/// A longer text before a colon is no label.
const MAX_LABEL: usize = 36;

/// All lines that list something, in order.
pub(crate) fn listed_in(text: &Text, parts: &[Part]) -> Vec<Listed> {
    let mut listed = Vec::new();
    let mut block = 0;
    for part in parts {
        let from_heading = part.heading.map(|heading| topics_of(text, heading)).unwrap_or_default();
        let mut base = if from_heading.is_empty() { topics_of_kind(part.kind) } else { from_heading };
        let tells_of_jobs = is_entries(part.kind);
        let mut row: Option<Vec<Topic>> = None;
        let mut is_row_numbered = false;
        block += 1;
        if let Some(beside) = part.heading.and_then(|heading| beside(text, heading)) {
            push(text, &mut listed, &base, without_mark(text, beside).0, true, block);
        }
        for line in text.lines_in(part.body) {
            let (extent, marked) = without_mark(text, line.extent);
            let label = if extent.is_empty() { None } else { label_of(text, extent) };
            // Among jobs a word on a line of its own may be anything.
            let may_be_label = |label: &Label| {
                !tells_of_jobs || label.has_colon || line.blank_before || !label.value.is_empty()
            };
            match label.filter(may_be_label) {
                Some(label) if label.value.is_empty() => {
                    block += 1;
                    base = label.topics;
                    row = None;
                }
                Some(label) => {
                    block += 1;
                    // `Papers  1. …` and the other numbers below it.
                    let (value, is_numbered) = without_mark(text, label.value);
                    push(text, &mut listed, &label.topics, value, true, block);
                    is_row_numbered = is_numbered;
                    row = Some(label.topics);
                }
                None => {
                    if row.is_some()
                        && (line.blank_before
                            || (marked && !is_row_numbered)
                            || is_unknown_label(text, extent))
                    {
                        row = None;
                        block += 1;
                    }
                    let is_other = !base.contains(&Topic::Skills) && is_unknown_label(text, extent);
                    if is_other
                        && base.iter().any(|topic| *topic == Topic::Certificates || *topic == Topic::Awards)
                    {
                        // `Referee: …` below the last award.
                        continue;
                    }
                    let topics = row.as_ref().unwrap_or(&base);
                    push(text, &mut listed, topics, extent, marked, block);
                }
            }
        }
    }
    listed
}

/// What stands on the line of a heading, behind it.
fn beside(text: &Text, heading: Extent) -> Option<Extent> {
    let index = text.lines().partition_point(|line| line.extent.start <= heading.start).checked_sub(1)?;
    let line = text.lines().get(index)?.extent;
    let rest = text.trim(Extent::new(heading.end, line.end));
    (line.start <= heading.start && heading.end < line.end && !rest.is_empty()).then_some(rest)
}

fn push(text: &Text, listed: &mut Vec<Listed>, topics: &[Topic], extent: Extent, begins: bool, block: usize) {
    let topics: Vec<Topic> = topics.iter().copied().filter(|topic| *topic != Topic::Nothing).collect();
    let says_something = text.raw(extent).iter().any(|scalar| scalar.is_alphanumeric());
    if !topics.is_empty() && says_something {
        listed.push(Listed { topics, extent, begins, block });
    }
}

fn is_entries(kind: SectionKind) -> bool {
    matches!(kind, SectionKind::Work | SectionKind::Internship | SectionKind::Project | SectionKind::Research)
}

fn topics_of_kind(kind: SectionKind) -> Vec<Topic> {
    match kind {
        SectionKind::Skills => vec![Topic::Skills],
        SectionKind::Languages => vec![Topic::Languages],
        SectionKind::Publications => vec![Topic::Publications],
        SectionKind::Patents => vec![Topic::Patents],
        SectionKind::Certificates => vec![Topic::Certificates],
        SectionKind::Awards => vec![Topic::Awards],
        _ => Vec::new(),
    }
}

struct Label {
    topics: Vec<Topic>,
    value: Extent,
    has_colon: bool,
}

/// `编程语言：…`, `Software  …`, or a whole line `Tools`.
fn label_of(text: &Text, line: Extent) -> Option<Label> {
    let folded = text.folded(line);
    let ends = |(index, scalar): (usize, &char)| {
        *scalar == ':'
            || (*scalar == ' ' && folded.get(index + 1) == Some(&' '))
            || matches!(scalar, '|' | '\t')
    };
    let length = folded.iter().take(MAX_LABEL + 1).enumerate().position(ends).unwrap_or(folded.len());
    if length > MAX_LABEL {
        return None;
    }
    let topics = topics_of(text, Extent::new(line.start, line.start + length));
    let has_colon = folded.get(length) == Some(&':');
    let is_edge = |scalar: char| scalar.is_whitespace() || matches!(scalar, ':' | '|');
    let value = text.trim_matches(Extent::new(line.start + length, line.end), is_edge);
    let is_capital = text.raw(line).first().is_some_and(|first| !first.is_lowercase());
    (!topics.is_empty() && is_capital).then_some(Label { topics, value, has_colon })
}

/// `Referee: …`, `社会职务：…`: a label of something that is not known. A date or a number in front is no label.
fn is_unknown_label(text: &Text, line: Extent) -> bool {
    let folded = text.folded(line);
    let Some(length) = folded.iter().take(MAX_LABEL).position(|&scalar| scalar == ':') else {
        return false;
    };
    let label = folded.get(..length).unwrap_or_default();
    let n_words = label.split(|scalar| *scalar == ' ').count();
    let is_short = if label.iter().copied().any(is_han) { length <= 8 } else { n_words <= 3 };
    let has_digit = label.iter().any(char::is_ascii_digit);
    let is_list = label.iter().any(|scalar| matches!(scalar, ',' | '、' | ';' | '(' | '《' | '"'));
    is_short && !has_digit && !is_list && length > 1
}

/// What a label or a heading lists; nothing if a word of it is unknown.
fn topics_of(text: &Text, label: Extent) -> Vec<Topic> {
    let label = text.trim_matches(label, |scalar| !scalar.is_alphanumeric());
    let folded = text.folded(label);
    if folded.is_empty() || folded.len() > MAX_LABEL {
        return Vec::new();
    }
    let compact: Vec<char> = if folded.iter().copied().any(is_han) {
        folded.iter().copied().filter(|scalar| !scalar.is_whitespace()).collect()
    } else {
        folded.to_vec()
    };
    if let Some(topic) = TERMS.exactly(&compact) {
        return vec![topic];
    }
    // `工具 Tools`: both languages say it, unlike `Python 语言`.
    if compact.iter().copied().any(is_han) && compact.iter().any(char::is_ascii_lowercase) {
        let part = |wanted: fn(&char) -> bool| {
            let part: String = folded.iter().filter(|scalar| wanted(scalar)).collect();
            TERMS.exactly(&part.trim().chars().collect::<Vec<_>>())
        };
        let han = part(|scalar| is_han(*scalar));
        if let (Some(topic), Some(_)) = (han, part(|scalar| !is_han(*scalar))) {
            return vec![topic];
        }
    }
    let joined: String = compact.iter().collect();
    let joined = joined.replace(" and ", "&").replace(['与', '和', '及', '、', '/', ','], "&");
    let mut topics = Vec::new();
    for word in joined.split('&') {
        let word: Vec<char> = word.trim().chars().collect();
        match TERMS.exactly(&word) {
            Some(topic) if topics.contains(&topic) => {}
            Some(topic) => topics.push(topic),
            None => return Vec::new(),
        }
    }
    topics
}

/// A line without the bullet or the number that marks it as an item, and whether there was one.
pub(crate) fn without_mark(text: &Text, line: Extent) -> (Extent, bool) {
    let folded = text.folded(line);
    let n_bullets = folded.iter().take_while(|scalar| is_bullet(**scalar) || **scalar == ' ').count();
    if n_bullets > 0 {
        return (text.trim(Extent::new(line.start + n_bullets, line.end)), true);
    }
    let opens = usize::from(matches!(folded.first(), Some('[' | '(' | '【')));
    let rest = folded.get(opens..).unwrap_or_default();
    let n_digits = rest.iter().take(3).take_while(|scalar| scalar.is_ascii_digit()).count();
    let (mark, next) = (rest.get(n_digits), rest.get(n_digits + 1));
    let closes = match mark {
        Some(']' | ')' | '】') => true,
        Some('.') => opens == 0 && !next.is_some_and(char::is_ascii_digit),
        Some('、') => opens == 0,
        _ => false,
    };
    if (1..=2).contains(&n_digits) && closes {
        return (text.trim(Extent::new(line.start + opens + n_digits + 1, line.end)), true);
    }
    (line, false)
}

/// How wide a line is drawn: a Han character takes two columns.
pub(crate) fn width(text: &Text, extent: Extent) -> usize {
    text.folded(extent).iter().map(|scalar| if scalar.is_ascii() { 1 } else { 2 }).sum()
}

/// The width of the widest line.
pub(crate) fn full_width(text: &Text) -> usize {
    text.lines().iter().map(|line: &Line| width(text, line.extent)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sections::parts_of;
    use crate::text::pages_of;

    fn listed(page: &str) -> Vec<String> {
        let text = Text::of(&pages_of(&[page]));
        let lines = listed_in(&text, &parts_of(&text));
        lines.iter().map(|line| format!("{:?} {}", line.topics, text.string(line.extent))).collect()
    }

    #[test]
    fn lines_know_what_they_list() {
        let cases: [(&str, &[&str]); 6] = [
            ("林一\n专业技能\n• Rust", &["[Skills] Rust"]),
            (
                "林一\n技能与证书\n软件  用友U8\n证书  会计师\n自我评价  踏实",
                &["[Skills] 用友U8", "[Certificates] 会计师"],
            ),
            ("Ann\nLanguages and Skills\nTibetan", &["[Languages, Skills] Tibetan"]),
            ("Ann\nExperience\nBank, Clerk, 2018 - 2020\nSkills: SQL, R", &["[Skills] SQL, R"]),
            ("Ann\nEducation\nLeeds College\n\nTools\nGit\nHobbies: chess", &["[Skills] Git"]),
            (
                "Ann\nPublications\n[1] A paper\n2、Another",
                &["[Publications] A paper", "[Publications] Another"],
            ),
        ];
        for (page, expected) in cases {
            assert_eq!(listed(page), expected, "{page}");
        }
    }
}
