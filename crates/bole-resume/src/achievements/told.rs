//! Achievements that are told of outside of lists: in sentences, behind the name, among the skills.

use std::sync::LazyLock;

use bole_core::AchievementKind::{self, Award, Certificate, Patent, Publication};

use super::{
    Item, Listed, Part, SURE_AWARDS, SURE_CERTIFICATES, SectionKind, Terms, Text, Topic, is_han, terms,
};
use crate::skills::{is_denial, pieces};

static CERTIFICATES: LazyLock<Terms<()>> = LazyLock::new(|| terms(SURE_CERTIFICATES));
static AWARDS: LazyLock<Terms<()>> = LazyLock::new(|| terms(SURE_AWARDS));

/// What of the `missing` kinds is told in sure words.
pub(super) fn told_elsewhere(
    text: &Text,
    parts: &[Part],
    listed: &[Listed],
    missing: &[AchievementKind],
) -> Vec<Item> {
    let mut items = Vec::new();
    let wants = |kind| missing.contains(&kind);
    for part in parts {
        for line in text.lines_in(part.body) {
            let clauses = pieces(text, line.extent);
            for clause in clauses {
                let folded = text.folded(clause.extent);
                let stated = statement(folded).filter(|kind| wants(*kind));
                items.extend(stated.map(|kind| Item { kind, extent: clause.extent, confidence: 70 }));
                let may_hold_award =
                    !matches!(part.kind, SectionKind::Objective) && wants(Award) && clause.extent.len() <= 40;
                if may_hold_award && !is_denial(folded) && AWARDS.find(folded).is_some() {
                    items.push(Item { kind: Award, extent: clause.extent, confidence: 70 });
                }
            }
        }
    }
    if wants(Certificate) {
        behind_the_name(text, &mut items);
        for line in listed.iter().filter(|line| line.topics.contains(&Topic::Skills)) {
            for piece in pieces(text, line.extent) {
                if CERTIFICATES.exactly(text.folded(piece.extent)).is_some() {
                    items.push(Item { kind: Certificate, extent: piece.extent, confidence: 75 });
                }
            }
        }
    }
    items
}

/// `Ann Lee, CFA, FRM` in the first line.
fn behind_the_name(text: &Text, items: &mut Vec<Item>) {
    let Some(line) = text.lines().first().filter(|line| line.extent.len() <= 60) else {
        return;
    };
    for piece in pieces(text, line.extent).into_iter().skip(1) {
        if CERTIFICATES.exactly(text.folded(piece.extent)).is_some() {
            items.push(Item { kind: Certificate, extent: piece.extent, confidence: 80 });
        }
    }
}

/// `发表SCI论文3篇`, `授权发明专利5项`, `published 12 papers`, `holds 5 patents`.
fn statement(clause: &[char]) -> Option<AchievementKind> {
    if is_denial(clause) || clause.len() > 60 {
        return None;
    }
    let has = |word: &str| {
        let word: Vec<char> = word.chars().collect();
        clause.windows(word.len()).any(|window| window == word)
    };
    let any = |words: &[&str]| words.iter().any(|word| has(word));
    let counted = |units: &[char]| {
        clause.windows(2).any(|pair| {
            let is_number =
                |scalar: char| scalar.is_ascii_digit() || "一二两三四五六七八九十余多".contains(scalar);
            matches!(pair, [number, unit] if is_number(*number) && units.contains(unit))
        })
    };
    if clause.iter().any(|scalar| is_han(*scalar)) {
        let papers = any(&["论文", "文章", "著作", "专著"])
            && any(&["发表", "出版", "录用", "收录"])
            && counted(&['篇', '部', '本']);
        let patents = any(&["专利", "软著", "软件著作权"])
            && any(&["授权", "申请", "获", "拥有", "公开", "取得", "持有"])
            && counted(&['项', '件', '个', '篇']);
        return match (papers, patents) {
            (true, _) => Some(Publication),
            (_, true) => Some(Patent),
            _ => None,
        };
    }
    let has_number = clause.split(|scalar| *scalar == ' ').any(|word| {
        let is_digits = !word.is_empty() && word.len() <= 3 && word.iter().all(char::is_ascii_digit);
        is_digits
            || ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "several"]
                .iter()
                .any(|name| name.chars().eq(word.iter().copied()))
    });
    let papers = any(&["papers", "articles", "publications"])
        && any(&["published", "author", "publications", "wrote "]);
    let patents = any(&["patents", "patent "]) && any(&["hold", "granted", "filed", "inventor", "patents"]);
    match (has_number && papers, has_number && patents) {
        (true, _) => Some(Publication),
        (_, true) => Some(Patent),
        _ => None,
    }
}
