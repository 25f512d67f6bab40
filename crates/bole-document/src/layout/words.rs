//! Glyphs to words, and words to chunks: what stands together on one line and was painted in one go.

use crate::glyph::{Glyph, Style};
use crate::layout::rules::Ruling;
use crate::layout::upright::Directions;
use crate::scalar::{is_ideograph, is_mark, is_wide};

/// A stretch of glyphs without a gap, by position in the glyphs it was made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// A space was painted before it.
    pub(crate) after_space: bool,
    /// A space was painted right behind it.
    pub(crate) before_space: bool,
    /// Along the line.
    pub(crate) start: f32,
    pub(crate) end: f32,
}

/// Words on one baseline without a wide gap: what layout moves as one.
#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    /// A range of the words.
    pub(crate) first_word: usize,
    pub(crate) last_word: usize,
    pub(crate) start: f32,
    pub(crate) end: f32,
    /// Where the baseline lies, across the lines.
    pub(crate) baseline: f32,
    pub(crate) top: f32,
    pub(crate) bottom: f32,
    pub(crate) size: f32,
    /// How many ideographs it is, if it is nothing else.
    pub(crate) n_ideographs: Option<usize>,
}

/// Glyphs of one direction cut into words and chunks, in the order of painting.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    pub(crate) words: Vec<Word>,
    pub(crate) chunks: Vec<Chunk>,
}

/// A direction of lines.
#[derive(Clone, Copy, Debug)]
struct Frame {
    cos: f32,
    sin: f32,
}

/// Baselines that differ by less than this part of the size are one.
const SAME_BASELINE: f32 = 0.12;
/// A wider gap than this part of the size may lie between columns.
const CHUNK_GAP: f32 = 1.0;
/// Gaps between ideographs, and between an ideograph and a letter, that part them even if no space was painted.
const WIDE_GAP: f32 = 0.6;
const MIXED_GAP: f32 = 0.3;
/// A space that was not painted parts ideographs by this part of the size, where others stand closer.
const UNPAINTED_SPACE: f32 = 0.28;
/// The same glyph painted this near again is bold print by overprinting.
const OVERPRINT: f32 = 0.25;
/// How far above the baseline the middle of letters lies, in parts of the size.
const MIDDLE: f32 = 0.3;
/// How many chunks back an overprint is looked for.
const OVERPRINT_CHUNKS: usize = 8;

impl Frame {
    fn new(degrees: u16) -> Self {
        let (sin, cos) = match degrees {
            0 => (0.0, 1.0),
            90 => (1.0, 0.0),
            180 => (0.0, -1.0),
            270 => (-1.0, 0.0),
            _ => f32::from(degrees).to_radians().sin_cos(),
        };
        Self { cos, sin }
    }

    /// Along the line and across the lines.
    fn place(self, glyph: &Glyph) -> (f32, f32) {
        (glyph.x * self.cos + glyph.y * self.sin, glyph.y * self.cos - glyph.x * self.sin)
    }
}

/// What the last glyph left behind.
struct Last {
    scalar: char,
    start: f32,
    end: f32,
    pen: f32,
    baseline: f32,
    size: f32,
}

impl Chunks {
    /// Cuts the glyphs of some directions, as seen along the middle one.
    pub(crate) fn cut(
        glyphs: &[Glyph],
        styles: &[Style],
        directions: Directions,
        ruling: &Ruling,
        spaces: Spaces,
    ) -> Self {
        let frame = Frame::new(directions.middle);
        let mut cut = Self::default();
        let mut last: Option<Last> = None;
        let mut after_space = false;
        // The widest gap between ideographs of this chunk that does not part them.
        let mut widest_within = 0.0_f32;
        for (index, glyph) in glyphs.iter().enumerate() {
            let Some(style) = styles.get(glyph.style as usize) else {
                continue;
            };
            if !directions.contains(style.degrees) {
                last = None;
                continue;
            }
            if glyph.scalar == ' ' {
                after_space = true;
                if let (Some(last), Some(word)) = (&last, cut.words.last_mut()) {
                    let (start, baseline) = frame.place(glyph);
                    word.before_space |= last.is_near(start, baseline);
                }
                continue;
            }
            let (start, baseline) = frame.place(glyph);
            if !start.is_finite() || !baseline.is_finite() {
                continue;
            }
            let end = start + glyph.width;
            let pen = start + glyph.pen.max(0.0);
            let now = Last { scalar: glyph.scalar, start, end, pen, baseline, size: style.size };
            let follows = match &last {
                Some(last) if last.is_overprinted_by(&now) => continue,
                Some(last) => {
                    last.is_followed_by(&now)
                        && !ruling.has_upright_between(
                            last.start.midpoint(last.end),
                            start.midpoint(end),
                            baseline - MIDDLE * style.size,
                        )
                }
                None => false,
            };
            let parted = match &last {
                Some(last) if follows => {
                    let (gap, bare) = (start - last.pen, start - last.end);
                    if parts(last.scalar, glyph.scalar, gap, bare, after_space, style, spaces) {
                        true
                    } else if is_ideograph(glyph.scalar) && is_ideograph(last.scalar) {
                        let parted = bare > UNPAINTED_SPACE * style.size && bare > 2.0 * widest_within;
                        if !parted {
                            widest_within = widest_within.max(bare);
                        }
                        parted
                    } else {
                        false
                    }
                }
                _ => true,
            };
            if !follows {
                widest_within = 0.0;
                cut.drop_overprint(glyphs);
                cut.chunks.push(Chunk {
                    first_word: cut.words.len(),
                    last_word: cut.words.len(),
                    start,
                    end,
                    baseline,
                    top: baseline - style.ascent,
                    bottom: baseline + style.descent,
                    size: style.size,
                    n_ideographs: Some(0),
                });
            }
            if parted || !follows {
                cut.words.push(Word {
                    first: index,
                    last: index,
                    after_space,
                    before_space: false,
                    start,
                    end,
                });
            }
            if let (Some(chunk), Some(word)) = (cut.chunks.last_mut(), cut.words.last_mut()) {
                word.last = index;
                word.end = word.end.max(end);
                chunk.last_word = cut.words.len() - 1;
                chunk.end = chunk.end.max(end);
                chunk.top = chunk.top.min(baseline - style.ascent);
                chunk.bottom = chunk.bottom.max(baseline + style.descent);
                chunk.size = chunk.size.max(style.size);
                chunk.n_ideographs =
                    if is_wide(glyph.scalar) { chunk.n_ideographs.map(|count| count + 1) } else { None };
            }
            after_space = false;
            last = Some(now);
        }
        cut.drop_overprint(glyphs);
        cut
    }

    /// Drops the newest chunk if it says the same as one just before, at nearly the same place.
    fn drop_overprint(&mut self, glyphs: &[Glyph]) {
        let Some((newest, earlier)) = self.chunks.split_last() else {
            return;
        };
        let is_same = |chunk: &&Chunk| {
            let near = OVERPRINT * newest.size.min(chunk.size);
            (newest.start - chunk.start).abs() < near
                && (newest.baseline - chunk.baseline).abs() < near
                && (newest.end - chunk.end).abs() < 2.0 * near
                && self.scalars(glyphs, newest).eq(self.scalars(glyphs, chunk))
        };
        if earlier.iter().rev().take(OVERPRINT_CHUNKS).any(|chunk| is_same(&chunk)) {
            self.words.truncate(newest.first_word);
            self.chunks.pop();
        }
    }

    fn scalars<'a>(&'a self, glyphs: &'a [Glyph], chunk: &Chunk) -> impl Iterator<Item = char> + 'a {
        let words = self.words.get(chunk.first_word..=chunk.last_word).unwrap_or_default();
        words
            .iter()
            .flat_map(|word| glyphs.get(word.first..=word.last).unwrap_or_default())
            .map(|glyph| glyph.scalar)
    }
}

impl Last {
    /// Whether a space that begins there follows.
    fn is_near(&self, start: f32, baseline: f32) -> bool {
        let near = OVERPRINT * self.size;
        (start - self.pen).abs() < near && (baseline - self.baseline).abs() < near
    }

    fn is_overprinted_by(&self, now: &Self) -> bool {
        let near = OVERPRINT * self.size.min(now.size);
        self.scalar == now.scalar
            && (self.start - now.start).abs() < near.min((self.end - self.start) * 0.5)
            && (self.baseline - now.baseline).abs() < near
    }

    fn is_followed_by(&self, now: &Self) -> bool {
        let gap = now.start - self.pen;
        let size = self.size.min(now.size);
        let backwards = -0.5 * size.max(self.end - self.start);
        (now.baseline - self.baseline).abs() <= SAME_BASELINE * size
            && backwards < gap
            && gap < CHUNK_GAP * size
    }
}

/// How the words of a page are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spaces {
    /// By white, painted or not.
    Measured,
    /// By painted spaces for the most part: each letter was placed by itself and its place rounded, as browsers do that
    /// fit letters to whole pixels, so that white within words may be as wide as a narrow space.
    Rounded,
}

/// So many glyphs tell how letters were placed.
const SAMPLE: usize = 1000;
/// Where spaces are painted there is at least one to so many letters.
const MAX_LETTERS_PER_SPACE: usize = 10;
/// Letters whose places were rounded are this far apart, in parts of the size, at least once in so many pairs.
const ROUNDED_GAP: std::ops::Range<f32> = 0.03..0.25;
const MAX_PAIRS_PER_GAP: usize = 6;
/// And so often at all.
const MIN_GAPS: usize = 5;
/// How much wider white without a space has to be there to part words.
const ROUNDED_FACTOR: f32 = 1.5;

impl Spaces {
    pub(crate) fn of(glyphs: &[Glyph], styles: &[Style]) -> Self {
        let sample = glyphs.get(..SAMPLE).unwrap_or(glyphs);
        let (mut n_spaces, mut n_pairs, mut n_gaps) = (0, 0, 0);
        for pair in sample.windows(2) {
            let [one, other] = pair else { continue };
            if other.scalar == ' ' {
                n_spaces += 1;
            } else if one.style == other.style
                && (one.y - other.y).abs() < f32::EPSILON
                && !is_wide(one.scalar)
                && one.scalar != ' '
            {
                let gap = other.x - one.x - one.pen;
                let size = styles.get(one.style as usize).map_or(0.0, |style| style.size);
                n_pairs += 1;
                n_gaps += usize::from(gap > ROUNDED_GAP.start * size && gap < ROUNDED_GAP.end * size);
            }
        }
        let are_painted = n_spaces * MAX_LETTERS_PER_SPACE >= n_pairs;
        if are_painted && n_gaps >= MIN_GAPS && n_gaps * MAX_PAIRS_PER_GAP >= n_pairs {
            Self::Rounded
        } else {
            Self::Measured
        }
    }

    fn word_gap(self, style: &Style) -> f32 {
        match self {
            Self::Rounded => ROUNDED_FACTOR * style.word_gap,
            Self::Measured => style.word_gap,
        }
    }
}

/// Whether a gap between two neighbours on a line parts them. `gap` counts from where the pen was left, `bare` from
/// where the ink ended.
pub(crate) fn parts(
    before: char,
    after: char,
    gap: f32,
    bare: f32,
    after_space: bool,
    style: &Style,
    spaces: Spaces,
) -> bool {
    if is_mark(after) {
        return false;
    }
    match (is_wide(before), is_wide(after)) {
        (true, true) => gap > WIDE_GAP * style.size || after_space && bare > 0.12 * style.size,
        (true, false) | (false, true) => {
            gap > MIXED_GAP * style.size || after_space && bare > 0.1 * style.size
        }
        (false, false) => after_space || gap > spaces.word_gap(style),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::upright::directions;

    const STYLE: Style =
        Style { cos: 1.0, sin: 0.0, degrees: 0, size: 10.0, ascent: 8.0, descent: 2.0, word_gap: 1.4 };

    /// The words of one line of letters, each 5 wide with such a gap behind it.
    fn words(line: &str, gaps: impl Fn(usize) -> f32) -> Vec<String> {
        let mut x = 50.0;
        let mut glyphs = Vec::new();
        for (index, scalar) in line.chars().enumerate() {
            glyphs.push(Glyph { scalar, style: 0, x, y: 50.0, width: 5.0, pen: 5.0 });
            x += 5.0 + gaps(index);
        }
        let spaces = Spaces::of(&glyphs, &[STYLE]);
        let across = directions(&glyphs, &[STYLE]).remove(0);
        let cut = Chunks::cut(&glyphs, &[STYLE], across, &Ruling::NONE, spaces);
        let text = |word: &Word| glyphs[word.first..=word.last].iter().map(|glyph| glyph.scalar).collect();
        cut.words.iter().map(text).collect()
    }

    #[test]
    fn rounded_places_part_no_words() {
        let rounded = |index: usize| [0.0, 1.5, -0.4, 0.2, 0.5][index % 5];
        assert_eq!(words("OUR WORK HISTORY", rounded), ["OUR", "WORK", "HISTORY"]);
        // Without painted spaces the same white parts them, and so does it among letters that stand where they ought to.
        assert_eq!(words("OURWORKHISTORY", rounded), ["OU", "RWORK", "HISTO", "RY"]);
        let exact = |index: usize| if index == 6 { 1.5 } else { 0.0 };
        assert_eq!(words("OUR WORK HISTORY", exact), ["OUR", "WOR", "K", "HISTORY"]);
        // Wider white parts them in any case.
        let wide = |index: usize| if index == 12 { 2.5 } else { rounded(index) };
        assert_eq!(words("OUR WORK HISTORY", wide), ["OUR", "WORK", "HIST", "ORY"]);
    }
}
