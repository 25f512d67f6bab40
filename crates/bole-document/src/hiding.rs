//! Which of the glyphs of a page a person does not see.

use bole_core::HiddenReason;

use crate::color::Paint;
use crate::geometry::Rect;
use crate::glyph::{Glyph, Style};
use crate::graphics::Ink;
use crate::interpreter::Interpreter;
use crate::visibility::{MIN_ALPHA, N_PLACES, Sight, TINY_POINTS, places};

/// How many neighbours are compared in all when text that is visible at the same place is looked for.
const MAX_COMPARISONS: usize = 4_000_000;

impl Interpreter<'_, '_> {
    /// Moves the glyphs from `start` on that cannot be seen to the hidden ones.
    pub(crate) fn sort_out_hidden(&mut self, start: usize) {
        if self.is_plainly_seen(start) {
            return;
        }
        let Some(shown) = self.page.visible.get(start..) else {
            return;
        };
        let Some(first) = shown.first() else { return };
        // The mode says what is painted, and of 4 and more that it clips too.
        let render_mode = self.state.text.render_mode & 7;
        if render_mode >= 4 {
            self.clipping.get_or_insert_default();
        }
        let reason = if self.marks.is_off() {
            Some(HiddenReason::LayerOff)
        } else if render_mode & 3 == 3 {
            Some(HiddenReason::Invisible)
        } else if self.inks().iter().flatten().all(|ink| self.leaves_no_mark(ink)) {
            Some(HiddenReason::Transparent)
        } else if self.is_tiny(first) {
            Some(HiddenReason::Tiny)
        } else {
            None
        };
        if let Some(reason) = reason {
            let hidden = self.page.visible.drain(start..);
            match &mut self.clipping {
                Some(clipping) if reason == HiddenReason::Invisible && render_mode == 7 => {
                    clipping.extend(hidden);
                }
                _ => self.page.hidden.extend(hidden.map(|glyph| (reason, glyph))),
            }
            return;
        }
        self.is_undecided |= self.state.mixing.is_masked;
        let doubtful = self.doubtful();
        let mut n_hidden = 0;
        let mut is_undecided = false;
        let shown = self.page.visible.get(start..).unwrap_or_default();
        let reasons: Vec<Option<HiddenReason>> = shown
            .iter()
            .map(|glyph| {
                let (reason, is_decided) = self.hidden_reason(glyph, &doubtful);
                is_undecided |= !is_decided;
                n_hidden += usize::from(reason.is_some());
                reason
            })
            .collect();
        self.is_undecided |= is_undecided;
        if n_hidden == 0 {
            return;
        }
        self.hide(start, reasons);
    }

    /// Whether the glyphs from `start` on are plain text, within page and clip, in a colour that stands out wherever
    /// they are: nearly all text.
    #[inline]
    fn is_plainly_seen(&mut self, start: usize) -> bool {
        let state = &self.state;
        if state.text.render_mode != 0
            || state.fill.alpha * state.group_alpha < 1.0
            || state.mixing.is_masked
            || self.marks.is_off()
            || !state.clip.is_box()
        {
            return false;
        }
        let (doubtful, clip) = (self.backdrop.doubtful(state.fill.paint), state.clip.bounds);
        let Some([first, rest @ ..]) = self.page.visible.get(start..) else {
            return true;
        };
        let (x, y) = self.middle(first);
        let mut span = Rect { x0: x, y0: y, x1: x, y1: y };
        if let Some(last) = rest.last() {
            let (x, y) = self.middle(last);
            span.add(x, y);
        }
        !span.meets(&doubtful)
            && span.is_within(&clip)
            && span.is_within(&self.page_rect)
            && !self.is_tiny(first)
    }

    /// Takes the glyphs from `start` on that have a reason out of the visible ones.
    fn hide(&mut self, start: usize, reasons: Vec<Option<HiddenReason>>) {
        let shown: Vec<Glyph> = self.page.visible.drain(start..).collect();
        for (glyph, reason) in shown.into_iter().zip(reasons) {
            match reason {
                Some(reason) => self.page.hidden.push((reason, glyph)),
                None => self.page.visible.push(glyph),
            }
        }
    }

    /// What text is painted with now: its inside, its outline or both.
    #[inline]
    fn inks(&self) -> [Option<Ink>; 2] {
        let kind = self.state.text.render_mode & 3;
        [matches!(kind, 0 | 2).then_some(self.state.fill), matches!(kind, 1 | 2).then_some(self.state.stroke)]
    }

    #[inline]
    fn leaves_no_mark(&self, ink: &Ink) -> bool {
        ink.alpha * self.state.group_alpha < MIN_ALPHA || ink.paint == Paint::Nothing
    }

    /// Too low, or squeezed too narrow, to be read.
    fn is_tiny(&self, glyph: &Glyph) -> bool {
        let Some(style) = self.page.styles.get(glyph.style as usize) else {
            return false;
        };
        // A word's gap is a tenth of the size along the line, or more.
        if style.size >= TINY_POINTS && style.word_gap >= TINY_POINTS / 10.0 {
            return false;
        }
        // The size of a Type3 font is taken from its box, which need not be that of its glyphs.
        let font = self.state.text.font.and_then(|font| self.session.fonts.get(font));
        let has_own_size = font.is_some_and(|font| (font.em - 1.0).abs() > f32::EPSILON);
        !has_own_size || glyph.width < TINY_POINTS
    }

    /// A box around all places where text might not stand out from what lies behind it.
    fn doubtful(&mut self) -> Rect {
        let mut doubtful = Rect::EVERYWHERE;
        for ink in self.inks().into_iter().flatten() {
            if ink.alpha * self.state.group_alpha >= 1.0 {
                doubtful = doubtful.intersection(&self.backdrop.doubtful(ink.paint));
            }
        }
        doubtful
    }

    /// The middle of what a glyph inks.
    #[inline]
    fn middle(&self, glyph: &Glyph) -> (f32, f32) {
        let Some(style) = self.page.styles.get(glyph.style as usize) else {
            return (glyph.x, glyph.y);
        };
        let along = glyph.width / 2.0;
        let across = style.ascent * -0.4;
        (glyph.x + along * style.cos - across * style.sin, glyph.y + along * style.sin + across * style.cos)
    }

    /// Why this glyph is not seen, if so, and whether that was decided.
    fn hidden_reason(&self, glyph: &Glyph, doubtful: &Rect) -> (Option<HiddenReason>, bool) {
        let Some(style) = self.page.styles.get(glyph.style as usize) else {
            return (None, true);
        };
        let (x, y) = self.middle(glyph);
        let clip = &self.state.clip;
        if !self.page_rect.contains(x, y) || !self.backdrop.is_in_clip(clip, x, y) {
            // From the baseline up: below it most letters have nothing.
            let body = glyph.rect(&Style { descent: 0.0, ..*style });
            if !body.meets(&self.page_rect) {
                return (Some(HiddenReason::OffPage), true);
            }
            let is_in_clip = |(x, y): &(f32, f32)| self.backdrop.is_in_clip(clip, *x, *y);
            // Letters that a tight clip cuts off belong to the word that it cuts.
            let (beside_x, beside_y) = (style.size * style.cos.abs(), style.size * style.sin.abs());
            let Rect { x0, y0, x1, y1 } = body;
            let near = Rect { x0: x0 - beside_x, y0: y0 - beside_y, x1: x1 + beside_x, y1: y1 + beside_y };
            if clip.bounds.area() <= 0.0
                || !near.meets(&clip.bounds)
                || !(clip.is_box() || places(glyph, style).iter().any(is_in_clip))
            {
                return (Some(HiddenReason::Clipped), true);
            }
        }
        if !doubtful.contains(x, y) {
            return (None, true);
        }
        let mut reason = None;
        for ink in self.inks().into_iter().flatten() {
            let alpha = ink.alpha * self.state.group_alpha;
            if self.backdrop.sight((x, y), ink.paint, alpha) == Sight::Undecided {
                return (None, false);
            }
            let places: [(f32, f32); N_PLACES] = places(glyph, style);
            match self.backdrop.sight_of(&places, ink.paint, alpha) {
                Sight::Visible => return (None, true),
                Sight::Undecided => return (None, false),
                Sight::NoContrast => {}
            }
            let is_seen_through =
                alpha < 1.0 && self.backdrop.sight((x, y), ink.paint, 1.0) != Sight::NoContrast;
            reason.get_or_insert(if is_seen_through {
                HiddenReason::Transparent
            } else {
                HiddenReason::NoContrast
            });
        }
        // A blend may show what its colours do not tell.
        if self.state.mixing.blends || self.is_on_symbol(x, y, style.size) {
            return (None, false);
        }
        (reason, true)
    }

    /// Whether a symbol was painted here before, as a disc or a box of an icon font that another is set on. Its
    /// colour is not kept.
    fn is_on_symbol(&self, x: f32, y: f32, size: f32) -> bool {
        /// So many glyphs before: an icon is set right on its disc.
        const LOOK_BACK: usize = 64;
        self.page.visible.iter().rev().take(LOOK_BACK).any(|glyph| {
            let is_symbol = !glyph.scalar.is_alphanumeric() && !glyph.scalar.is_ascii_punctuation();
            is_symbol
                && self
                    .page
                    .styles
                    .get(glyph.style as usize)
                    .is_some_and(|style| style.size >= size && glyph.rect(style).contains(x, y))
        })
    }

    /// At the end of a page: hides what was covered later, shows text that something was painted through, and drops
    /// what is hidden at a place where the same is visible.
    pub(crate) fn sort_out_covered(&mut self) {
        self.end_text();
        let (covered, is_undecided) = self.backdrop.covered(&self.page.visible, &self.page.styles);
        self.is_undecided |= is_undecided;
        if covered.iter().any(|covered| *covered) {
            let reasons = covered.iter().map(|covered| covered.then_some(HiddenReason::Covered)).collect();
            self.hide(0, reasons);
        }
        for (glyphs, is_shown) in std::mem::take(&mut self.clip_texts) {
            if is_shown {
                self.page.visible.extend(glyphs);
            } else {
                self.page.hidden.extend(glyphs.into_iter().map(|glyph| (HiddenReason::Invisible, glyph)));
            }
        }
        self.drop_doubles();
    }

    /// A shadow, a halo or a layer of text below is hidden from nobody where the same character is visible.
    fn drop_doubles(&mut self) {
        if self.page.hidden.is_empty() {
            return;
        }
        let mut seen: Vec<(char, f32, f32)> =
            self.page.visible.iter().map(|glyph| (glyph.scalar, glyph.y, glyph.x)).collect();
        seen.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
        let styles = &self.page.styles;
        let mut n_left = MAX_COMPARISONS;
        self.page.hidden.retain(|(_, glyph)| {
            let near = styles.get(glyph.style as usize).map_or(0.0, |style| style.size * 0.25);
            let start = seen.partition_point(|(scalar, y, _)| (*scalar, *y) < (glyph.scalar, glyph.y - near));
            let level = seen.get(start..).unwrap_or_default().iter().take(n_left);
            !level.take_while(|(scalar, y, _)| *scalar == glyph.scalar && *y <= glyph.y + near).any(
                |(_, _, x)| {
                    n_left = n_left.saturating_sub(1);
                    (*x - glyph.x).abs() <= near
                },
            )
        });
    }
}
