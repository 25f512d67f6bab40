//! The directions of a page's lines, and Chinese and Japanese text written downwards.

use crate::glyph::{Glyph, PageGlyphs, Style};
use crate::scalar::is_wide;

/// Directions that are laid out together: those of a page scanned askew, whose lines are each turned a little
/// otherwise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Directions {
    /// In whole degrees, 0 to 359.
    pub(crate) middle: u16,
    n_around: u16,
}

/// Lines turned by so many degrees from each other may be one text.
const N_ASKEW: u16 = 2;

impl Directions {
    pub(crate) fn contains(self, degrees: u16) -> bool {
        let apart = degrees.abs_diff(self.middle);
        apart.min(360 - apart.min(360)) <= self.n_around
    }
}

/// The directions of the glyphs, those of most glyphs first.
pub(crate) fn directions(glyphs: &[Glyph], styles: &[Style]) -> Vec<Directions> {
    let mut counts = vec![0_usize; 360];
    for glyph in glyphs {
        let style = styles.get(glyph.style as usize);
        if let Some(count) = style.and_then(|style| counts.get_mut(usize::from(style.degrees % 360))) {
            *count += 1;
        }
    }
    let mut by_count: Vec<(usize, u16)> = (0..)
        .zip(&counts)
        .filter(|(_, count)| **count > 0)
        .map(|(degrees, count)| (*count, degrees))
        .collect();
    by_count.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
    let mut found: Vec<Directions> = Vec::new();
    for (_, degrees) in &by_count {
        if found.iter().any(|known| known.contains(*degrees)) {
            continue;
        }
        // Two groups do not overlap.
        let is_free = |n_around: u16| {
            !found.iter().any(|known| {
                let apart = degrees.abs_diff(known.middle);
                apart.min(360 - apart) <= n_around + known.n_around
            })
        };
        let n_around = (0..=N_ASKEW).rev().find(|n_around| is_free(*n_around)).unwrap_or(0);
        found.push(Directions { middle: *degrees, n_around });
    }
    found
}

/// Upright ideographs below each other within this part of their size are one line written downwards, if the next
/// begins where the last ends, give or take.
const SAME_COLUMN: f32 = 0.15;
const STEP: std::ops::RangeInclusive<f32> = 0.85..=1.6;
/// A page has at least so many steps down before its text is taken to be written so.
const MIN_STEPS: usize = 8;
/// Where the em box of an ideograph lies, in parts of its size.
const ABOVE: f32 = 0.88;
const BELOW: f32 = 0.12;

/// The glyphs of a page whose ideographs are placed one by one below each other, as lines that run downwards; none if
/// most run across.
pub(crate) fn set_down(page: &PageGlyphs) -> Option<(Vec<Glyph>, Vec<Style>)> {
    let style = |glyph: &Glyph| {
        if !is_wide(glyph.scalar) {
            return None;
        }
        page.styles.get(glyph.style as usize).filter(|style| style.degrees == 0)
    };
    let step = |pair: &[Glyph]| match pair {
        [one, other] => {
            let size = style(one)?.size.min(style(other)?.size);
            Some(((other.x - one.x) / size, (other.y - one.y) / size))
        }
        _ => None,
    };
    let is_down = |(x, y): (f32, f32)| x.abs() <= SAME_COLUMN && STEP.contains(&y);
    let is_across = |(x, y): (f32, f32)| y.abs() <= SAME_COLUMN && STEP.contains(&x);
    let (mut n_down, mut n_across) = (0_usize, 0_usize);
    for step in page.visible.windows(2).filter_map(step) {
        n_down += usize::from(is_down(step));
        n_across += usize::from(is_across(step));
    }
    if n_down < MIN_STEPS || n_down <= n_across {
        return None;
    }
    let mut styles = page.styles.clone();
    let mut glyphs = page.visible.clone();
    let stays = |index: usize| {
        let pair = page.visible.get(index..=index + 1);
        pair.and_then(step).is_some_and(is_across)
    };
    let mut last: Option<(u32, u32)> = None;
    for (index, glyph) in glyphs.iter_mut().enumerate() {
        let Some(style) = style(glyph) else { continue };
        if stays(index) || index.checked_sub(1).is_some_and(stays) {
            continue;
        }
        let number = match last {
            Some((from, number)) if from == glyph.style => number,
            _ => {
                styles.push(Style {
                    cos: 0.0,
                    sin: 1.0,
                    degrees: 90,
                    ascent: ABOVE * style.size,
                    descent: BELOW * style.size,
                    ..*style
                });
                (styles.len() - 1) as u32
            }
        };
        last = Some((glyph.style, number));
        *glyph = Glyph {
            style: number,
            x: glyph.x + BELOW * style.size,
            y: glyph.y - ABOVE * style.size,
            width: style.size,
            pen: style.size,
            ..*glyph
        };
    }
    Some((glyphs, styles))
}
