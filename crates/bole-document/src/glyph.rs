use bole_core::HiddenReason;

use crate::geometry::Rect;
use crate::layout::rules::Rules;

/// One character on the page as displayed: origin top left, y down, in points.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glyph {
    pub(crate) scalar: char,
    /// Its style, by position in [`PageGlyphs::styles`].
    pub(crate) style: u32,
    /// Where its baseline begins.
    pub(crate) x: f32,
    pub(crate) y: f32,
    /// Its width along the baseline.
    pub(crate) width: f32,
    /// Where the next one is expected: the width with character and word spacing.
    pub(crate) pen: f32,
}

/// What neighbouring glyphs share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Style {
    /// The direction of the baseline, of length 1.
    pub(crate) cos: f32,
    pub(crate) sin: f32,
    /// The direction in whole degrees, 0 to 359: what is laid out together.
    pub(crate) degrees: u16,
    /// The font size as displayed.
    pub(crate) size: f32,
    /// Above and below the baseline, in points.
    pub(crate) ascent: f32,
    pub(crate) descent: f32,
    /// A gap wider than this separates words of alphabetic script.
    pub(crate) word_gap: f32,
}

/// What one page shows, in the order of painting.
#[derive(Debug, Default)]
pub(crate) struct PageGlyphs {
    pub(crate) styles: Vec<Style>,
    pub(crate) visible: Vec<Glyph>,
    pub(crate) hidden: Vec<(HiddenReason, Glyph)>,
    pub(crate) rules: Rules,
}

impl PageGlyphs {
    /// The number of `style`, which is mostly the last one again.
    pub(crate) fn style(&mut self, style: Style) -> u32 {
        if self.styles.last() != Some(&style) {
            self.styles.push(style);
        }
        (self.styles.len() - 1) as u32
    }
}

impl Glyph {
    /// Its box, upright on the page.
    pub(crate) fn rect(&self, style: &Style) -> Rect {
        if style.degrees == 0 {
            return Rect {
                x0: self.x,
                y0: self.y - style.ascent,
                x1: self.x + self.width,
                y1: self.y + style.descent,
            };
        }
        let mut rect = Rect::EMPTY;
        for along in [0.0, self.width] {
            for across in [-style.ascent, style.descent] {
                rect.add(
                    self.x + along * style.cos - across * style.sin,
                    self.y + along * style.sin + across * style.cos,
                );
            }
        }
        rect
    }
}
