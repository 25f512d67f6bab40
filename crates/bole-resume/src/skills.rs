//! The items of lists of skills.

use std::sync::LazyLock;

use bole_core::Sourced;

use crate::listing::{Listed, Topic, full_width, width};
use crate::tables::items::{DENIALS, LEVEL_WORDS, LEVELS_BEFORE};
use crate::terms::Terms;
use crate::text::{Extent, Text, ends_with, is_bullet, is_field_mark, is_han, starts_with};

/// So many are kept: nobody has more.
const MAX_SKILLS: usize = 200;

/// A longer text is no item.
const MAX_ITEM: usize = 60;

static LEVELS: LazyLock<Terms<()>> = LazyLock::new(|| Terms::new(LEVEL_WORDS.iter().map(|word| (*word, ()))));

/// The items, each once, as written. `taken`: what was read as something else.
pub(crate) fn skills_of(text: &Text, listed: &[Listed], taken: &[Extent]) -> Vec<Sourced<String>> {
    let mut skills: Vec<Sourced<String>> = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    let lists = listed.iter().filter(|line| line.topics.contains(&Topic::Skills)).collect::<Vec<_>>();
    for run in wrapped(text, &lists) {
        let mut denied = false;
        for piece in pieces(text, run) {
            let item = text.folded(piece.extent);
            denied = is_denial(item) || (denied && !piece.begins);
            if denied || skills.len() >= MAX_SKILLS {
                continue;
            }
            let taken_at = taken.partition_point(|other| other.end <= piece.extent.start);
            if taken.get(taken_at).is_some_and(|other| other.overlaps(piece.extent)) {
                continue;
            }
            let extent = name_of_item(text, piece.extent);
            let key: Vec<char> = text.folded(extent).to_vec();
            if is_item(&key) && known.insert(key) {
                skills.extend(quote(text, extent, 85));
            }
        }
    }
    skills
}

/// What stands at `extent` in one line.
pub(crate) fn quote(text: &Text, extent: Extent, confidence: u8) -> Option<Sourced<String>> {
    let extent = text.trim(extent);
    let value: Vec<String> = text
        .string(extent)
        .split('\n')
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    let latin = |line: &String| line.chars().next_back().is_some_and(|last| last.is_ascii());
    let mut joined = String::new();
    for line in value {
        if latin(&joined) && !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(&line);
    }
    // Some signs are letters only when folded.
    let says_something = joined.chars().any(char::is_alphanumeric);
    if says_something { text.sourced(extent, joined, confidence) } else { None }
}

/// Lines put together with the lines that they are wrapped over.
pub(crate) fn wrapped(text: &Text, lines: &[&Listed]) -> Vec<Extent> {
    let full = full_width(text);
    let mut runs: Vec<(Extent, usize)> = Vec::new();
    let mut last_width = 0;
    for line in lines {
        let is_wrap = !line.begins && last_width * 10 >= full * 7 && full >= 40;
        match runs.last_mut().filter(|(_, block)| is_wrap && *block == line.block) {
            // What goes on is no label and no new list.
            Some((run, _)) => run.end = line.extent.end,
            None => runs.push((line.extent, line.block)),
        }
        last_width = width(text, line.extent);
    }
    runs.into_iter().map(|(run, _)| run).collect()
}

/// A part of a list between its marks.
pub(crate) struct Piece {
    pub(crate) extent: Extent,
    /// A sentence begins with it.
    pub(crate) begins: bool,
}

/// The parts of `run` between commas and the like; what stands in brackets is not cut.
pub(crate) fn pieces(text: &Text, run: Extent) -> Vec<Piece> {
    let folded = text.folded(run);
    let mut pieces = Vec::new();
    let (mut start, mut depth, mut begins) = (0, 0_usize, true);
    let mut push = |start: usize, end: usize, begins: bool| {
        let is_edge =
            |scalar: char| scalar.is_whitespace() || is_bullet(scalar) || matches!(scalar, '.' | '。' | ':');
        let extent = text.trim_matches(Extent::new(run.start + start, run.start + end), is_edge);
        if !extent.is_empty() {
            pieces.push(Piece { extent, begins });
        }
    };
    for (index, &scalar) in folded.iter().enumerate() {
        let next = folded.get(index + 1);
        match scalar {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let ends_sentence =
            matches!(scalar, ';' | '。') || (scalar == '.' && next.is_none_or(|next| next.is_whitespace()));
        let is_gap = scalar == ' ' && next == Some(&' ');
        let cuts = (depth == 0
            && (matches!(scalar, ',' | '、') || (scalar == '/' && is_slash(folded, index))))
            || (depth == 0 && (ends_sentence || is_gap))
            || (is_field_mark(scalar) && scalar != '\u{200b}' && !(depth > 0 && scalar == ';'))
            || (is_bullet(scalar) && scalar != '-' && scalar != '*');
        // `1,000`
        let in_number =
            scalar == ',' && is_digit(folded, index.wrapping_sub(1)) && is_digit(folded, index + 1);
        if cuts && !in_number {
            push(start, index, begins);
            begins = ends_sentence || is_gap || is_bullet(scalar);
            start = index + 1;
        }
    }
    push(start, folded.len(), begins);
    pieces
}

fn is_digit(folded: &[char], index: usize) -> bool {
    folded.get(index).is_some_and(char::is_ascii_digit)
}

/// Whether the slash at `index` stands between items: `SQL / Hive`, `Linux/Windows`, but not `A/B` or `TCP/IP`.
fn is_slash(folded: &[char], index: usize) -> bool {
    let before = folded.get(..index).unwrap_or_default();
    let after = folded.get(index + 1..).unwrap_or_default();
    let spaced = before.last() == Some(&' ') || after.first() == Some(&' ');
    let is_word = |scalar: &&char| scalar.is_alphanumeric() || matches!(**scalar, '+' | '#' | '.');
    let n_before = before.iter().rev().take(4).take_while(is_word).count();
    let n_after = after.iter().take(4).take_while(is_word).count();
    let between_han =
        before.last().copied().is_some_and(is_han) && after.first().copied().is_some_and(is_han);
    spaced || between_han || (n_before >= 4 && n_after >= 4)
}

/// Whether an item says what somebody cannot do.
pub(crate) fn is_denial(item: &[char]) -> bool {
    DENIALS.iter().any(|denial| starts_with(item, denial))
        && !starts_with(item, "不锈")
        && !starts_with(item, "无人")
        && !starts_with(item, "无线")
        && !starts_with(item, "无损")
}

/// An item without a label before it, how well it is known, and 等.
fn name_of_item(text: &Text, item: Extent) -> Extent {
    let mut extent = item;
    if let Some(colon) = text.folded(extent).iter().take(24).position(|&scalar| scalar == ':') {
        extent = text.trim(Extent::new(extent.start + colon + 1, extent.end));
    }
    for _ in 0..2 {
        let folded = text.folded(extent);
        let before = LEVELS_BEFORE
            .iter()
            .filter(|level| starts_with(folded, level))
            .map(|level| level.chars().count());
        let Some(length) = before.max().filter(|length| *length < folded.len()) else { break };
        extent = text.trim(Extent::new(extent.start + length, extent.end));
    }
    let folded = text.folded(extent);
    let ends = ["等软件", "等工具", "等办公软件", "等语言", "等专业软件", "等", " etc"];
    if let Some(end) = ends.iter().find(|end| ends_with(folded, end)) {
        extent.end -= end.chars().count();
    }
    let folded = text.folded(extent);
    if folded.last() == Some(&')')
        && let Some(open) = folded.iter().rposition(|scalar| *scalar == '(').filter(|open| *open > 0)
        && LEVELS.find(folded.get(open..).unwrap_or_default()).is_some()
    {
        extent.end = extent.start + open;
    }
    text.trim_matches(extent, |scalar| scalar.is_whitespace() || matches!(scalar, '.' | '-' | '"'))
}

fn is_item(item: &[char]) -> bool {
    let n_letters = item.iter().filter(|scalar| scalar.is_alphabetic()).count();
    let closes = item.iter().filter(|scalar| **scalar == '(').count()
        == item.iter().filter(|scalar| **scalar == ')').count();
    (1..=MAX_ITEM).contains(&item.len()) && n_letters > 0 && closes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages::languages_of;
    use crate::listing::listed_in;
    use crate::sections::parts_of;
    use crate::text::pages_of;

    fn skills(page: &str) -> Vec<String> {
        let text = Text::of(&pages_of(&[page]));
        let parts = parts_of(&text);
        let listed = listed_in(&text, &parts);
        let (_, told) = languages_of(&text, &parts, &listed);
        skills_of(&text, &listed, &told).into_iter().map(|skill| skill.value).collect()
    }

    #[test]
    fn items_are_cut_apart() {
        let cases: [(&str, &[&str]); 13] = [
            ("MATLAB/Simulink\nC 语言\nCANoe", &["MATLAB", "Simulink", "C 语言", "CANoe"]),
            ("COMSOL、Python、Origin；了解有限元应力分析", &["COMSOL", "Python", "Origin", "有限元应力分析"]),
            ("编程语言：Rust、C++；数据库：MySQL", &["Rust", "C++", "MySQL"]),
            ("Tools: Git, Docker | SQL / Hive", &["Git", "Docker", "SQL", "Hive"]),
            ("A/B testing, TCP/IP, Linux/Windows", &["A/B testing", "TCP/IP", "Linux", "Windows"]),
            (
                "ANSYS Fluent (beginner), SPC (statistical process control)",
                &["ANSYS Fluent", "SPC (statistical process control)"],
            ),
            ("熟练掌握Python、SQL等", &["Python", "SQL"]),
            ("• COMSOL\n• COMSOL\n• Zview", &["COMSOL", "Zview"]),
            ("Proficient in Rust and the like. No experience with Go, or Ada.", &["Rust and the like"]),
            ("Excel, English (CET-6), French: fluent", &["Excel"]),
            ("SPSS  Stata  Minitab", &["SPSS", "Stata", "Minitab"]),
            ("不熟悉境外准则", &[]),
            ("A long sentence about all that somebody has ever learned in all of the years of a life", &[]),
        ];
        for (list, expected) in cases {
            assert_eq!(skills(&format!("林一\n\n专业技能\n{list}")), expected, "{list}");
        }
        assert_eq!(
            skills("Ann Lee\n\nExperience\n2018 - 2020 Bank, Clerk\nTechnical skills: SQL, R"),
            ["SQL", "R"]
        );
        assert_eq!(skills("林一\n技能：焊接、钎焊"), ["焊接", "钎焊"]);
    }
}
