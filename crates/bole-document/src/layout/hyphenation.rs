//! Words broken at the end of a line, told from compounds that are written with a hyphen.

use std::sync::OnceLock;

use rustc_hash::FxHashSet;

use crate::glyph::Glyph;

static PARTS: &str = include_str!("../../data/hyphens.txt");

/// Parts of English words that stand at hyphens.
struct Parts {
    /// First parts of compounds: broken at their hyphen, they keep it.
    starts: FxHashSet<&'static str>,
    /// Second parts of compounds.
    ends: FxHashSet<&'static str>,
    /// Ends of words that are no second part of a compound.
    suffixes: FxHashSet<&'static str>,
}

fn parts() -> &'static Parts {
    static SETS: OnceLock<Parts> = OnceLock::new();
    SETS.get_or_init(|| {
        let of = |kind: &str| {
            let lines = PARTS.lines().filter_map(|line| line.split_once(' '));
            lines.filter(|(other, _)| *other == kind).flat_map(|(_, words)| words.split(' ')).collect()
        };
        Parts { starts: of("start"), ends: of("end"), suffixes: of("suffix") }
    })
}

/// Whether a word at a line's end may be broken there: letters, then a hyphen.
fn breaks_off(word: &[Glyph]) -> bool {
    match word {
        [.., letter, hyphen] => {
            matches!(hyphen.scalar, '-' | '\u{2010}') && letter.scalar.is_ascii_lowercase()
        }
        _ => false,
    }
}

/// What a hyphen at a line's end stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Hyphen {
    /// It belongs to the word.
    Kept,
    /// It may belong to it, or break it.
    Doubtful,
    /// It was put in to break the word.
    Breaking,
}

/// What the hyphen at the end of `start` stands for, if `end` begins the next line. It may break a word if both parts
/// have at least two small letters, `start` has no other hyphen, and neither is a part of usual compounds.
pub(crate) fn judge_hyphen(start: &[Glyph], end: &[Glyph]) -> Hyphen {
    if !breaks_off(start) {
        return Hyphen::Kept;
    }
    let [start @ .., _] = start else { return Hyphen::Kept };
    let n_small = end.iter().take_while(|glyph| glyph.scalar.is_ascii_lowercase()).count();
    let ends_word =
        end.get(n_small).is_none_or(|glyph| !glyph.scalar.is_alphanumeric() && glyph.scalar != '-');
    let tail: String = end.iter().take(n_small).map(|glyph| glyph.scalar).collect();
    let head: String = start
        .iter()
        .map(|glyph| glyph.scalar)
        .skip_while(|scalar| !scalar.is_alphanumeric())
        .collect::<String>()
        .to_lowercase();
    let parts = parts();
    let may_break = n_small >= 2
        && ends_word
        && head.len() >= 2
        && head.bytes().all(|byte| byte.is_ascii_lowercase())
        && !parts.starts.contains(head.as_str())
        && !parts.ends.contains(tail.as_str());
    match may_break {
        true if parts.suffixes.contains(tail.as_str()) => Hyphen::Breaking,
        true => Hyphen::Doubtful,
        false => Hyphen::Kept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Vec<Glyph> {
        let glyph = |scalar| Glyph { scalar, style: 0, x: 0.0, y: 0.0, width: 0.0, pen: 0.0 };
        text.chars().map(glyph).collect()
    }

    #[test]
    fn what_a_hyphen_stands_for() {
        for (start, end, expected) in [
            ("develop-", "ment", Hyphen::Breaking),
            ("applica-", "tions,", Hyphen::Breaking),
            ("expe-", "rience", Hyphen::Doubtful),
            ("full-", "time", Hyphen::Kept),
            ("data-", "driven", Hyphen::Kept),
            ("self-", "taught", Hyphen::Kept),
            ("state-of-the-", "art", Hyphen::Kept),
            ("JAVA-", "ment", Hyphen::Kept),
            ("2019-", "to", Hyphen::Kept),
            ("lead-", "Engineer", Hyphen::Kept),
            ("develop", "ment", Hyphen::Kept),
        ] {
            assert_eq!(judge_hyphen(&word(start), &word(end)), expected, "{start} {end}");
        }
    }
}
