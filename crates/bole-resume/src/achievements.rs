//! Publications, patents, certificates and awards.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use bole_core::AchievementKind::{Award, Certificate, Patent, Publication};
use bole_core::{Achievement, AchievementKind, SectionKind};

use crate::dates::DateMention;
use crate::listing::{Listed, Topic, full_width, width};
use crate::sections::Part;
use crate::skills::{is_denial, quote};
use crate::tables::items::{
    AWARD_WORDS, CERTIFICATE_WORDS, PATENT_WORDS, SURE_AWARDS, SURE_CERTIFICATES, TABLE_HEADS,
};
use crate::terms::Terms;
use crate::text::{Extent, Text, is_han};

mod items;
mod told;

/// So many are kept.
const MAX_ACHIEVEMENTS: usize = 300;

/// A longer item is a text and no item.
const MAX_ITEM: usize = 1000;

fn terms(words: &'static [&'static str]) -> Terms<()> {
    Terms::new(words.iter().map(|word| (*word, ())))
}

static PATENTS: LazyLock<Terms<()>> = LazyLock::new(|| terms(PATENT_WORDS));
static AWARDS: LazyLock<Terms<()>> = LazyLock::new(|| terms(AWARD_WORDS));
static CERTIFICATES: LazyLock<Terms<()>> = LazyLock::new(|| terms(CERTIFICATE_WORDS));

/// An item found, before it is read.
#[derive(Clone, Copy, Debug)]
struct Item {
    kind: AchievementKind,
    extent: Extent,
    confidence: u8,
}

/// All achievements, in order.
pub(crate) fn achievements_of(
    text: &Text,
    parts: &[Part],
    listed: &[Listed],
    dates: &[DateMention],
) -> Vec<Achievement> {
    let mut items: Vec<Item> = Vec::new();
    let of_achievements = |line: &&Listed| line.topics.iter().any(|topic| kind_of(*topic).is_some());
    let lists: Vec<&Listed> = listed.iter().filter(of_achievements).collect();
    for block in lists.chunk_by(|one, next| one.block == next.block) {
        let kinds: Vec<AchievementKind> = block
            .first()
            .map(|line| line.topics.iter().filter_map(|topic| kind_of(*topic)).collect())
            .unwrap_or_default();
        for extent in items::items_of(text, block, &kinds) {
            let item = text.folded(extent);
            if extent.len() <= MAX_ITEM && !is_table_head(text, extent) && !is_denial(item) {
                let Some(kind) = kind_in(item, &kinds) else { continue };
                items.push(Item { kind, extent, confidence: if kinds.len() == 1 { 85 } else { 75 } });
            }
        }
    }
    let has = |kind| items.iter().any(|item| item.kind == kind);
    // Who lists things of a kind has listed them; what is told of them elsewhere is the same once more.
    let missing: Vec<AchievementKind> =
        [Publication, Patent, Certificate, Award].into_iter().filter(|kind| !has(*kind)).collect();
    items.extend(told::told_elsewhere(text, parts, listed, &missing));
    items.sort_by_key(|item| item.extent);
    let mut known = BTreeSet::new();
    let new = items.into_iter().filter(|item| known.insert((item.kind, text.folded(item.extent).to_vec())));
    new.take(MAX_ACHIEVEMENTS).filter_map(|item| achievement(text, item, dates)).collect()
}

fn kind_of(topic: Topic) -> Option<AchievementKind> {
    match topic {
        Topic::Publications => Some(Publication),
        Topic::Patents => Some(Patent),
        Topic::Certificates => Some(Certificate),
        Topic::Awards => Some(Award),
        Topic::Skills | Topic::Languages | Topic::Nothing => None,
    }
}

/// The kind of an item in a list of `kinds`: its own words can say better than the heading.
fn kind_in(item: &[char], kinds: &[AchievementKind]) -> Option<AchievementKind> {
    let (patent, award, certificate) =
        (PATENTS.find(item).is_some(), AWARDS.find(item).is_some(), CERTIFICATES.find(item).is_some());
    let listed = |kind: AchievementKind| kinds.contains(&kind);
    let [only] = kinds else {
        return if listed(Patent) && patent {
            Some(Patent)
        } else if listed(Award)
            && award
            && !(listed(Certificate) && certificate && is_named_certificate(item))
        {
            Some(Award)
        } else if listed(Certificate)
            && (certificate || !listed(Publication))
            && !(listed(Award) && !certificate && award)
        {
            Some(Certificate)
        } else {
            kinds.iter().copied().find(|kind| *kind == Publication).or(kinds.first().copied())
        };
    };
    Some(match only {
        Publication if patent => Patent,
        Certificate if award && !certificate => Award,
        Award if certificate && !award => Certificate,
        kind => *kind,
    })
}

/// 优秀 stands in no name of a certificate, but 奖 may stand in that of who gave it.
fn is_named_certificate(item: &[char]) -> bool {
    ["资格证", "资格证书", "执照", "licence", "license", "certified"].iter().any(|word| {
        let word: Vec<char> = word.chars().collect();
        item.windows(word.len()).any(|window| window == word)
    })
}

/// Whether all cells of a line are those of the first row of a table.
fn is_table_head(text: &Text, extent: Extent) -> bool {
    let line: String = text.folded(extent).iter().collect();
    let mut cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
    let known =
        |cell: &str| TABLE_HEADS.contains(&cell.replace(' ', "").as_str()) || TABLE_HEADS.contains(&cell);
    let line_ends = line.trim_end().ends_with(':') && line.chars().count() <= 16;
    line_ends || cells.all(known)
}

/// Title, issuer and date of an item.
fn achievement(text: &Text, item: Item, dates: &[DateMention]) -> Option<Achievement> {
    let from = dates.partition_point(|date| date.extent.start < item.extent.start);
    let within: Vec<&DateMention> = dates
        .get(from..)
        .unwrap_or_default()
        .iter()
        .take_while(|date| date.extent.end <= item.extent.end)
        .filter(|date| date.value.start.year >= 1950)
        .collect();
    // Papers name their year last.
    let date = if item.kind == Publication { within.last() } else { within.first() };
    let title = items::title_of(text, item.extent, item.kind, &within);
    let issuer = items::issuer_of(text, item.extent, title, &within);
    let confidence = item.confidence;
    Some(Achievement {
        kind: item.kind,
        title: quote(text, title, confidence)?,
        issuer: issuer.and_then(|extent| quote(text, extent, confidence.min(65))),
        date: date
            .and_then(|date| text.sourced(date.extent, date.value.start, confidence.min(date.confidence))),
        text: text.spans(item.extent),
    })
}

#[cfg(test)]
mod tests;
