//! Text in the form that everything is matched in.

use bole_core::fold_for_matching;
use rustc_hash::FxHashMap;

/// Which simplified character stands for which traditional one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Characters {
    simplified: FxHashMap<char, char>,
}

/// Folded text in which one pattern fits every way of writing it: simplified characters, no hyphens within words, `&` as
/// `and`, one space at most, lines joined where they wrap, `\n` only between blocks.
#[derive(Debug)]
pub(crate) struct Canonical {
    pub(crate) text: String,
    /// For each byte of `text`, the stored scalar it comes from.
    origins: Vec<u32>,
}

impl Characters {
    /// Takes up pairs of a traditional and a simplified character, apart by white space; gives back what is no pair.
    pub(crate) fn add<'t>(&mut self, pairs: &'t str) -> Vec<&'t str> {
        let mut wrong = Vec::new();
        for pair in pairs.split_whitespace() {
            let mut scalars = pair.chars();
            match (scalars.next(), scalars.next(), scalars.next()) {
                (Some(traditional), Some(simplified), None) => {
                    self.simplified.insert(traditional, simplified);
                }
                _ => wrong.push(pair),
            }
        }
        wrong
    }

    /// The simplified character for a traditional one; any other is itself.
    pub(crate) fn simplified(&self, scalar: char) -> char {
        self.simplified.get(&scalar).copied().unwrap_or(scalar)
    }

    pub(crate) fn canonical(&self, stored: &str) -> Canonical {
        let (folded, origins) = fold_for_matching(stored);
        let stored: Vec<char> = stored.chars().collect();
        let mut writer = Writer::with_capacity(folded.len() * 2);
        let mut scalars = folded.iter().copied().zip(origins.iter().copied()).peekable();
        let mut gap = Gap::None;
        while let Some((scalar, origin)) = scalars.next() {
            let as_written = stored.get(origin as usize).copied().unwrap_or(scalar);
            let next = scalars.peek().map(|(next, _)| *next);
            if is_invisible(scalar) {
                continue;
            }
            if scalar == ' ' || is_mojibake_space(as_written, next) {
                gap = gap.and(as_written == '\n');
                continue;
            }
            if scalar == '-' && gap == Gap::None && writer.last.is_some_and(char::is_alphanumeric) {
                let joins = next.is_some_and(|next| next.is_alphanumeric() || next == ' ');
                let wraps = next != Some(' ') || stored.get(origin as usize + 1) == Some(&'\n');
                if joins && wraps {
                    gap = Gap::Hyphen;
                    continue;
                }
            }
            let scalar = self.simplified(scalar);
            writer.fill(gap, scalar, origin);
            gap = Gap::None;
            if scalar == '&' {
                writer.fill(Gap::Space, 'a', origin);
                for letter in ['a', 'n', 'd'] {
                    writer.push(letter, origin);
                }
                gap = Gap::Space;
            } else {
                writer.push(scalar, origin);
            }
        }
        Canonical { text: writer.text, origins: writer.origins }
    }
}

impl Canonical {
    /// The stored scalars that bytes `start..end` come from, half open.
    pub(crate) fn stored_range(&self, start: usize, end: usize) -> Option<(u32, u32)> {
        let first = self.origins.get(start)?;
        let last = self.origins.get(end.checked_sub(1)?)?;
        Some((*first, last + 1))
    }

    /// The scalar that ends before byte `at`.
    pub(crate) fn scalar_before(&self, at: usize) -> Option<char> {
        self.text.get(..at)?.chars().next_back()
    }

    /// The scalars from byte `at` on.
    pub(crate) fn scalars_from(&self, at: usize) -> std::str::Chars<'_> {
        self.text.get(at..).unwrap_or_default().chars()
    }
}

/// A letter or digit of a script that puts spaces between words.
pub(crate) fn is_word(scalar: char) -> bool {
    scalar.is_alphanumeric() && !is_cjk(scalar)
}

/// A character of a script without spaces between words: CJK, kana and the like.
pub(crate) fn is_cjk(scalar: char) -> bool {
    scalar >= '\u{2e80}' && scalar.is_alphanumeric()
}

/// Soft hyphen, zero-width spaces and joiners, byte order mark.
fn is_invisible(scalar: char) -> bool {
    matches!(scalar, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// A no-break space in UTF-8 that was read as Latin-1 leaves an `Â` before the space.
fn is_mojibake_space(as_written: char, next: Option<char>) -> bool {
    as_written == '\u{c2}' && next.is_none_or(|next| next == ' ')
}

/// What stood between two scalars.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Space,
    Hyphen,
    Line,
    Block,
}

impl Gap {
    /// This gap with one more white space.
    fn and(self, is_line_end: bool) -> Self {
        match (self, is_line_end) {
            (Self::None | Self::Space, false) => Self::Space,
            (Self::None | Self::Space, true) => Self::Line,
            (Self::Line, true) | (Self::Block, _) => Self::Block,
            (Self::Hyphen | Self::Line, _) => self,
        }
    }
}

struct Writer {
    text: String,
    origins: Vec<u32>,
    last: Option<char>,
}

impl Writer {
    fn with_capacity(n_bytes: usize) -> Self {
        Self { text: String::with_capacity(n_bytes), origins: Vec::with_capacity(n_bytes), last: None }
    }

    fn push(&mut self, scalar: char, origin: u32) {
        self.text.push(scalar);
        self.origins.resize(self.text.len(), origin);
        self.last = Some(scalar);
    }

    /// Writes what a gap before `next` comes to.
    fn fill(&mut self, gap: Gap, next: char, origin: u32) {
        let Some(last) = self.last else {
            return;
        };
        let (cjk_before, cjk_after) = (is_cjk(last), is_cjk(next));
        match gap {
            Gap::None => {}
            Gap::Block => self.push('\n', origin),
            // Chinese wraps without a sign, and sets Latin words apart or not as it likes.
            Gap::Line | Gap::Hyphen if cjk_before || cjk_after => {}
            Gap::Space if cjk_before != cjk_after && (is_word(last) || is_word(next)) => {}
            Gap::Space | Gap::Hyphen | Gap::Line if last == ' ' || last == '\n' => {}
            Gap::Space | Gap::Hyphen | Gap::Line => self.push(' ', origin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_canonical_text_for_many_ways_of_writing() {
        let mut characters = Characters::default();
        assert!(characters.add("態态 電电\n儲储").is_empty());
        assert_eq!(characters.add("態态 電 电池x"), ["電", "电池x"]);
        let cases = [
            ("固態電池", "固态电池"),
            ("固态\n电池", "固态电池"),
            ("固态 电池", "固态 电池"),
            ("固态\n\n电池", "固态\n电池"),
            ("Solid–State  Battery", "solid state battery"),
            ("solid-\nstate battery", "solid state battery"),
            ("solid\nstate\n\nbattery", "solid state\nbattery"),
            ("Bank - Manager", "bank - manager"),
            ("M&A, M & A", "m and a, m and a"),
            ("BMS 系统 ＢＭＳ", "bms系统bms"),
            ("锂-硫电池", "锂硫电池"),
            ("skillsÂ \u{200b}list", "skills list"),
        ];
        for (stored, canonical) in cases {
            assert_eq!(characters.canonical(stored).text, canonical, "{stored}");
        }
    }

    #[test]
    fn every_byte_maps_back() {
        let canonical = Characters::default().canonical("a & 电池-B\n\nc");
        assert_eq!(canonical.text.len(), canonical.origins.len());
        assert_eq!(canonical.stored_range(0, canonical.text.len()), Some((0, 11)));
    }
}
