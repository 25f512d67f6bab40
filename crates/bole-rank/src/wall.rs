//! Walls of keywords: enumerations so dense and long that they tell nothing about what somebody did.

use bole_core::SectionKind;

use crate::matcher::Found;

/// Mentions at most this many bytes apart, with no sentence end between, belong to one enumeration: enough for a
/// separator and a filler word, too little for saying what was done.
const MAX_GAP_BYTES: usize = 14;

/// Items that no concept is known of go on with an enumeration, as long as they are names: at most this many bytes each,
/// and so many altogether. A sentence between two commas is longer.
const MAX_ITEM_BYTES: usize = 20;
/// See [`MAX_ITEM_BYTES`].
const MAX_LISTED_BYTES: usize = 80;

/// An enumeration of this many mentions is a wall outside a list of skills. A sentence of a real resume names up to
/// about eight concepts, a line of coursework or qualifications up to about fifteen.
const WALL: usize = 24;

/// In a list of skills, where enumerating is the custom, it takes more: a page full.
const WALL_IN_SKILLS: usize = 60;

/// Which of `found` (in the order of `text`) stand in a wall; `sections` are the kinds of section they stand in.
pub(crate) fn in_wall(text: &str, found: &[Found], sections: &[SectionKind]) -> Vec<bool> {
    let mut walls = Vec::with_capacity(found.len());
    let mut start = 0;
    while start < found.len() {
        let tail = found.get(start..).unwrap_or_default();
        let linked = tail.iter().zip(tail.iter().skip(1)).take_while(|(one, next)| {
            let between = text.get(one.end..next.start.max(one.end)).unwrap_or_default();
            !ends_sentence(between) && (between.len() <= MAX_GAP_BYTES || only_lists(between))
        });
        let length = 1 + linked.count();
        let run = sections.get(start..start + length).unwrap_or_default();
        let n_in_skills = run.iter().filter(|section| is_list(**section)).count();
        let limit = if n_in_skills * 2 > length { WALL_IN_SKILLS } else { WALL };
        walls.extend(std::iter::repeat_n(length >= limit, length));
        start += length;
    }
    walls
}

fn is_list(section: SectionKind) -> bool {
    matches!(section, SectionKind::Skills | SectionKind::Certificates)
}

fn ends_sentence(between: &str) -> bool {
    between.contains(['。', ';', '!', '?']) || between.contains(". ")
}

/// Whether nothing but short names stands between two mentions: `, Hadoop, Spark, Kafka, `.
fn only_lists(between: &str) -> bool {
    let is_separator = |scalar| matches!(scalar, ',' | '、' | '|' | '/' | '·' | '•');
    let items = between.split(is_separator);
    // What stands before the first separator and behind the last one belongs to the mentions.
    between.len() <= MAX_LISTED_BYTES
        && !between.contains('\n')
        && between.matches(is_separator).count() >= 2
        && items.map(str::trim).all(|item| item.len() <= MAX_ITEM_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_a_concept_go_on_with_an_enumeration() {
        let cases = [
            (", hadoop, spark, kafka, ", true),
            ("、卡夫卡、消息队列、", true),
            (" systems, kafka, and ", true),
            (", which we built for two years, ", false),
            ("负责三个城市的实施与验收、后续培训、", false),
            (" kafka ", false),
            (", a,\nb, ", false),
        ];
        for (between, goes_on) in cases {
            assert_eq!(only_lists(between), goes_on, "{between}");
        }
    }

    fn check(n_mentions: usize, gap: usize, section: SectionKind, is_wall: bool) {
        let step = 4 + gap;
        let text = format!("word{}", " ".repeat(gap)).repeat(n_mentions);
        let found: Vec<Found> = (0..n_mentions)
            .map(|index| Found { start: index * step, end: index * step + 4, concept: 0, ambiguous: false })
            .collect();
        let walls = in_wall(&text, &found, &vec![section; n_mentions]);
        assert_eq!(walls, vec![is_wall; n_mentions]);
    }

    #[test]
    fn only_long_dense_enumerations_are_walls() {
        check(WALL, 2, SectionKind::Summary, true);
        check(WALL - 1, 2, SectionKind::Summary, false);
        check(WALL, 15, SectionKind::Work, false);
        check(WALL, 2, SectionKind::Skills, false);
        check(WALL_IN_SKILLS, 2, SectionKind::Skills, true);
    }
}
