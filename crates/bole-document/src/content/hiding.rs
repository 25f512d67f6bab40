//! Which of the glyphs of a page a person does not see.

use bole_core::HiddenReason;

use crate::content::color::{Paint, Space};
use crate::content::graphics::{Blend, Ink};
use crate::content::interpreter::Interpreter;
use crate::content::visibility::{MIN_ALPHA, N_PLACES, Sight, TINY_POINTS, places};
use crate::geometry::Rect;
use crate::glyph::{Glyph, Style};

/// Fewer characters are a mark on a picture rather than the text of a scan.
const MIN_LAYER: usize = 40;
/// How many neighbours are compared in all when text that is visible at the same place is looked for.
const MAX_COMPARISONS: usize = 4_000_000;

impl Interpreter<'_, '_> {
    /// Moves those of the glyphs shown last that cannot be seen to the hidden ones. To be called before anything
    /// changes that decides it: paint, clip, layer, font, what was painted so far.
    pub(crate) fn sort_out_hidden(&mut self) {
        let Some(start) = self.first_unsorted.take() else {
            return;
        };
        if self.is_plainly_seen(start) {
            return;
        }
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
        let mixing = self.state.all_mixing();
        self.is_undecided |= mixing.is_masked || mixing.blend == Blend::Other;
        let doubtful = self.doubtful();
        let mut n_hidden = 0;
        let mut is_undecided = false;
        let shown = self.page.visible.get(start..).unwrap_or_default();
        let reasons: Vec<Option<HiddenReason>> = shown
            .iter()
            .map(|glyph| {
                let (reason, is_decided) = if self.is_tiny(glyph) {
                    (Some(HiddenReason::Tiny), true)
                } else {
                    self.hidden_reason(glyph, &doubtful, start)
                };
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
            || state.mixing.is_any()
            || state.group_mixing.is_any()
            || self.marks.is_off()
            || !state.clip.is_box()
        {
            return false;
        }
        let (doubtful, clip) = (self.backdrop.doubtful(state.fill.paint), state.clip.bounds);
        let shown = self.page.visible.get(start..).unwrap_or_default();
        let mut span = Rect::EMPTY;
        for alike in shown.chunk_by(|one, other| one.style == other.style) {
            let [first, ..] = alike else { continue };
            let Some(style) = self.page.styles.get(first.style as usize) else {
                continue;
            };
            if is_small(style) {
                return false;
            }
            for glyph in alike {
                let (x, y) = middle(glyph, style);
                span.add(x, y);
            }
        }
        !span.meets(&doubtful) && span.is_within(&clip) && span.is_within(&self.page_rect)
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

    /// Whether text of this ink may leave the darker colour of it and of what lies behind.
    fn darkens(&self, ink: &Ink) -> bool {
        let mixing = self.state.all_mixing();
        // Overprint leaves the inks behind that the text's colour does not tell of.
        mixing.blend == Blend::Darkens
            || (mixing.overprints && !matches!(ink.space, Space::Gray | Space::Rgb))
    }

    /// Too low, or squeezed too narrow, to be read.
    fn is_tiny(&self, glyph: &Glyph) -> bool {
        let Some(style) = self.page.styles.get(glyph.style as usize) else {
            return false;
        };
        if !is_small(style) {
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
            if ink.alpha * self.state.group_alpha >= 1.0 && !self.darkens(&ink) {
                doubtful = doubtful.intersection(&self.backdrop.doubtful(ink.paint));
            }
        }
        doubtful
    }

    /// Why this glyph is not seen, if so, and whether that was decided.
    fn hidden_reason(&self, glyph: &Glyph, doubtful: &Rect, start: usize) -> (Option<HiddenReason>, bool) {
        let Some(style) = self.page.styles.get(glyph.style as usize) else {
            return (None, true);
        };
        let (x, y) = middle(glyph, style);
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
                Sight::Visible => {
                    let is_decided =
                        !self.darkens(&ink) || self.backdrop.is_seen_darkening(&places, ink.paint, alpha);
                    return (None, is_decided);
                }
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
        if self.state.all_mixing().blend != Blend::Normal || self.is_on_symbol((x, y), style.size, start) {
            return (None, false);
        }
        (reason, true)
    }

    /// Whether a symbol was painted here before the glyphs from `start` on, as a disc or a box of an icon font that
    /// another is set on. Its colour is not kept.
    fn is_on_symbol(&self, (x, y): (f32, f32), size: f32, start: usize) -> bool {
        /// So many glyphs before: an icon is set right on its disc.
        const LOOK_BACK: usize = 64;
        let before = self.page.visible.get(..start).unwrap_or_default();
        before.iter().rev().take(LOOK_BACK).any(|glyph| {
            let is_symbol = !glyph.scalar.is_alphanumeric()
                && !glyph.scalar.is_ascii_punctuation()
                && !glyph.scalar.is_whitespace();
            is_symbol
                && self
                    .page
                    .styles
                    .get(glyph.style as usize)
                    .is_some_and(|style| style.size >= size && glyph.rect(style).contains(x, y))
        })
    }

    /// Whether next to all text of the page is invisible, or covered: that of a scan made searchable.
    pub(crate) fn has_unused_layer(&self) -> bool {
        let is_layer =
            |reason: HiddenReason| matches!(reason, HiddenReason::Invisible | HiddenReason::Covered);
        let n_hidden = self.page.hidden.iter().filter(|(reason, _)| is_layer(*reason)).count();
        n_hidden >= MIN_LAYER && n_hidden >= 4 * self.page.visible.len()
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

/// Whether glyphs of this style are tiny, unless their font's size is not theirs.
#[inline]
fn is_small(style: &Style) -> bool {
    // A word's gap is a tenth of the size along the line, or more.
    !(style.size >= TINY_POINTS && style.word_gap >= TINY_POINTS / 10.0)
}

/// The middle of what a glyph inks.
#[inline]
fn middle(glyph: &Glyph, style: &Style) -> (f32, f32) {
    let along = glyph.width / 2.0;
    let across = style.ascent * -0.4;
    (glyph.x + along * style.cos - across * style.sin, glyph.y + along * style.sin + across * style.cos)
}

#[cfg(test)]
mod tests {
    use bole_core::{HiddenReason, Pages};
    use lopdf::{Dictionary, Object, dictionary};

    use crate::testing::{Builder, one_page};
    use crate::{Limits, read};

    const SHOW: &str = "BT /F1 12 Tf 100 700 Td (secret) Tj ET";
    const BOX: &str = "90 690 200 30 re f";

    fn pages(bytes: &[u8]) -> Pages {
        read(bytes, &Limits::STANDARD).unwrap()
    }

    fn builder() -> Builder {
        let mut builder = Builder::new();
        let image = |extra: &[(&str, Object)]| {
            let mut image = dictionary! { "Type" => "XObject", "Subtype" => "Image" };
            for (key, value) in extra {
                image.set(*key, value.clone());
            }
            image
        };
        for (name, extra) in [
            ("Im", vec![]),
            ("Soft", vec![("SMask", Object::Dictionary(Dictionary::new()))]),
            ("Mask", vec![("ImageMask", true.into())]),
        ] {
            let image = builder.stream(image(&extra), b"");
            builder.resource("XObject", name, image);
        }
        let group = dictionary! { "S" => "Transparency" };
        let bounds: Vec<Object> = vec![0.into(), 0.into(), 600.into(), 800.into()];
        let form = dictionary! { "Subtype" => "Form", "BBox" => bounds.clone(), "Group" => group };
        let form = builder.stream(form, format!("/Full gs {SHOW}").as_bytes());
        builder.resource("XObject", "Group", form);
        let form = dictionary! { "Subtype" => "Form", "BBox" => bounds.clone() };
        let form = builder.stream(form, b"1 g 90 690 200 30 re f");
        builder.resource("XObject", "Cover", form);
        let form = dictionary! {
            "Subtype" => "Form", "BBox" => bounds, "Group" => dictionary! { "S" => "Transparency" },
        };
        let form = builder.stream(form, b"/Normal gs 1 g 90 690 200 30 re f");
        builder.resource("XObject", "Plain", form);
        for (name, state) in [
            ("Full", dictionary! { "ca" => 1 }),
            ("Clear", dictionary! { "ca" => 0 }),
            ("Faint", dictionary! { "ca" => 0.04 }),
            ("Half", dictionary! { "ca" => 0.5 }),
            ("Multiply", dictionary! { "BM" => "Multiply" }),
            ("Normal", dictionary! { "BM" => "Normal", "SMask" => "None" }),
            ("Screen", dictionary! { "BM" => "Screen" }),
            ("Over", dictionary! { "op" => true }),
            ("Foreign", dictionary! { "BM" => vec!["Sparkle".into(), "Multiply".into()] }),
            ("Dashed", dictionary! { "D" => vec![Object::Array(vec![1.into(), 30.into()]), 0.into()] }),
            ("Masked", dictionary! { "SMask" => Dictionary::new() }),
        ] {
            builder.resource("ExtGState", name, state.into());
        }
        let tint = dictionary! {
            "FunctionType" => 2, "Domain" => vec![0.into(), 1.into()], "N" => 1,
            "C0" => vec![0.into(), 0.into(), 0.into(), 0.into()],
            "C1" => vec![0.into(), 1.into(), 1.into(), 0.into()],
        };
        let separation: Vec<Object> =
            vec!["Separation".into(), "Warm".into(), "DeviceCMYK".into(), tint.into()];
        builder.resource("ColorSpace", "Warm", separation.into());
        let none: Vec<Object> = vec!["Separation".into(), "None".into(), "DeviceGray".into(), Object::Null];
        builder.resource("ColorSpace", "Nothing", none.into());
        let lab = dictionary! { "WhitePoint" => vec![0.95.into(), 1.into(), 1.09.into()] };
        builder.resource("ColorSpace", "Lab", vec!["Lab".into(), Object::from(lab)].into());
        let table = Object::string_literal(b"\x00\x00\x00\xff\xff\xff".to_vec());
        let indexed: Vec<Object> = vec!["Indexed".into(), "DeviceRGB".into(), 1.into(), table];
        builder.resource("ColorSpace", "Indexed", indexed.into());
        let axis = dictionary! { "ShadingType" => 2, "Extend" => vec![true.into(), true.into()] };
        builder.resource("Shading", "Axis", axis.into());
        builder
    }

    #[test]
    fn ways_to_hide_text_and_what_looks_like_them() {
        use HiddenReason::{Clipped, Covered, Invisible, NoContrast, OffPage, Tiny, Transparent};
        for (content, expected) in [
            // Render modes.
            (format!("3 Tr {SHOW}"), Some(Invisible)),
            (format!("7 Tr {SHOW}"), Some(Invisible)),
            (format!("7 Tr {SHOW} 0.5 0 0 rg 0 0 600 800 re f"), None),
            (format!("q 7 Tr {SHOW} Q 0.5 0 0 rg 0 0 600 800 re f"), Some(Invisible)),
            (format!("7 Tr {SHOW} 1 g 0 0 600 800 re f"), Some(Invisible)),
            (format!("1 Tr 1 G {SHOW}"), Some(NoContrast)),
            (format!("1 Tr 1 g {SHOW}"), None),
            (format!("2 Tr 1 g 1 G {SHOW}"), Some(NoContrast)),
            (format!("2 Tr 1 g 0 G {SHOW}"), None),
            // Colour spaces.
            (format!("/Warm cs 0 scn {SHOW}"), Some(NoContrast)),
            (format!("/Warm cs 1 scn {SHOW}"), None),
            (format!("/Nothing cs 1 scn {SHOW}"), Some(Transparent)),
            (format!("/Lab cs 100 0 0 scn {SHOW}"), Some(NoContrast)),
            (format!("/Lab cs 40 0 0 scn {SHOW}"), None),
            (format!("/Indexed cs 1 sc {SHOW}"), Some(NoContrast)),
            (format!("/Indexed cs 0 sc {SHOW}"), None),
            (format!("0.2 0.3 0.4 rg {BOX} 0.21 0.3 0.41 rg {SHOW}"), Some(NoContrast)),
            (format!("1 1 0 rg {SHOW}"), None),
            // Opacity.
            (format!("/Faint gs {SHOW}"), Some(Transparent)),
            (format!("/Half gs {SHOW}"), None),
            ("/Clear gs /Group Do".to_owned(), Some(Transparent)),
            ("/Half gs /Group Do".to_owned(), None),
            (format!("q /Half gs 0 g {BOX} Q 1 g {SHOW}"), None),
            (format!("q /Faint gs 0 g {BOX} Q 1 g {SHOW}"), Some(NoContrast)),
            // Size.
            (format!("5 Tz {SHOW}"), Some(Tiny)),
            (format!("50 Tz {SHOW}"), None),
            ("BT /F1 1 Tf 12 0 0 12 100 700 Tm (secret) Tj ET".to_owned(), None),
            // Clips and the page.
            ("BT /F1 12 Tf -200 700 Td (secret) Tj ET".to_owned(), Some(OffPage)),
            (format!("0 0 m 600 0 l 0 2000 l h W n {SHOW}"), None),
            (format!("600 0 m 600 800 l 0 0 l h W n {SHOW}"), Some(Clipped)),
            (format!("100 700 0 0 re W n {SHOW}"), Some(Clipped)),
            (format!("W n {SHOW}"), None),
            // Shapes behind.
            (format!("0 g 90 690 m 290 690 l 290 720 l 190 730 l 90 720 l f 1 g {SHOW}"), None),
            (format!("0 g 0 0 m 600 0 l 0 200 l f 1 g {SHOW}"), Some(NoContrast)),
            (format!("0 G 40 w 90 705 m 290 705 l S 1 g {SHOW}"), None),
            (format!("0 g 0 0 600 800 re f 1 g {SHOW}"), None),
            (format!("0 g 0 0 600 800 re f 1 g {BOX} {SHOW}"), Some(NoContrast)),
            // A line is painted on what its path encloses.
            (format!("0 g 1 G 60 w 90 690 200 30 re B 0 g {SHOW}"), None),
            (format!("0 g 1 G 60 w 90 690 200 30 re B 1 g {SHOW}"), Some(NoContrast)),
            (format!("0 g 90 690 m 290 690 l 290 720 l h 90 720 l 290 720 l f 1 g {SHOW}"), None),
            (format!("0 G 40 w 290 705 m 290 780 l 90 780 l 90 705 l s 1 g {SHOW}"), None),
            (format!("0 G 40 w 290 705 m 290 780 l 90 780 l 90 705 l S 1 g {SHOW}"), Some(NoContrast)),
            (format!("/Nothing cs 1 scn 0 G 40 w 290 705 m 290 780 l 90 780 l 90 705 l b 1 g {SHOW}"), None),
            (format!("0 G 40 w 90 705 200 75 re S 1 g {SHOW}"), None),
            (format!("0 G 40 w 90 630 200 75 re S 1 g {SHOW}"), None),
            // Covers.
            (format!("{SHOW} 1 g {BOX}"), Some(Covered)),
            (format!("{SHOW} 0.9 0.2 0.2 rg {BOX}"), Some(Covered)),
            (format!("{SHOW} /Cover Do"), Some(Covered)),
            (format!("{SHOW} q 200 0 0 30 90 690 cm /Im Do Q"), Some(Covered)),
            (format!("{SHOW} q 200 0 0 30 90 690 cm BI /W 1 /H 1 ID \u{1} EI Q"), Some(Covered)),
            (format!("{SHOW} /Nothing cs 1 scn q 200 0 0 30 90 690 cm /Im Do Q"), Some(Covered)),
            (format!("/Nothing cs 1 scn q 200 0 0 30 90 690 cm /Im Do Q 1 g {SHOW}"), None),
            (format!("/Nothing cs 1 scn q 200 0 0 30 90 690 cm /Mask Do Q 1 g {SHOW}"), Some(NoContrast)),
            (format!("{SHOW} q 90 690 200 30 re W n /Axis sh Q"), Some(Covered)),
            (format!("{SHOW} 1 g 90 690 200 15 re f 90 705 200 15 re f"), Some(Covered)),
            (format!("{SHOW} 1 G 40 w 90 705 m 290 705 l S"), Some(Covered)),
            (format!("{SHOW} 1 g 90 690 m 290 690 l 290 720 l 190 730 l 90 720 l f"), Some(Covered)),
            (format!("{SHOW} 1 g 90 708 200 30 re f"), None),
            (format!("{SHOW} /Multiply gs 1 1 0 rg {BOX}"), None),
            (format!("{SHOW} /Plain Do"), Some(Covered)),
            (format!("{SHOW} /Multiply gs /Plain Do"), None),
            (format!("{SHOW} /Masked gs /Plain Do"), None),
            (format!("{SHOW} /Half gs 1 g {BOX}"), None),
            (format!("{SHOW} q 200 0 0 30 90 690 cm /Soft Do Q"), None),
            (format!("{SHOW} q 200 0 0 30 90 690 cm /Mask Do Q"), None),
            (format!("{SHOW} q 200 0 0 30 90 690 cm BI /IM true /W 1 /H 1 ID \u{1} EI Q"), None),
            (format!("{SHOW} q 0 0 50 50 re W n 1 g {BOX} Q"), None),
            (format!("{SHOW} 1 g 90 690 200 30 re 95 695 190 20 re f*"), None),
            (format!("{SHOW} [4 4] 0 d 1 G 40 w 90 705 m 290 705 l S"), None),
            (format!("{SHOW} /Dashed gs 1 G 40 w 90 705 m 290 705 l S"), None),
            (format!("{SHOW} /Foreign gs 1 1 0 rg {BOX}"), None),
            (format!("{SHOW} 1 g {BOX} 0 g {SHOW}"), None),
            // The same text seen and not seen at one place.
            (format!("3 Tr {SHOW} 0 Tr {SHOW}"), None),
            (format!("2 Tr 1 g 1 G {SHOW} 0 Tr 0 g {SHOW}"), None),
        ] {
            let mut builder = builder();
            builder.page(&content);
            let page = pages(&builder.finish()).pages.remove(0);
            let hidden: Vec<_> =
                page.hidden.iter().map(|hidden| (hidden.text.as_str(), hidden.reason)).collect();
            match expected {
                Some(reason) => {
                    assert_eq!(
                        (page.text.as_str(), hidden.as_slice()),
                        ("", &[("secret", reason)][..]),
                        "{content}"
                    );
                }
                None => assert_eq!((page.text.as_str(), hidden.len()), ("secret", 0), "{content}"),
            }
        }
    }

    #[test]
    fn text_that_mixes_with_what_lies_behind() {
        for (content, is_undecided) in [
            (format!("/Normal gs {SHOW}"), false),
            (format!("/Screen gs {SHOW}"), true),
            (format!("1 g 0 0 600 800 re f /Screen gs 0 g {SHOW}"), true),
            (format!("/Multiply gs {SHOW}"), false),
            (format!("1 g {BOX} /Multiply gs 0.2 g {SHOW}"), false),
            (format!("0 g {BOX} /Multiply gs 1 g {SHOW}"), true),
            ("/Multiply gs /Group Do".to_owned(), false),
            ("/Screen gs /Group Do".to_owned(), true),
            ("/Masked gs /Group Do".to_owned(), true),
            (format!("/Over gs 0 0 0 1 k {SHOW}"), false),
            (format!("0 g {BOX} /Over gs 1 g {SHOW}"), false),
            (format!("0 g {BOX} /Over gs 0 0 0 0 k {SHOW}"), true),
        ] {
            let mut builder = builder();
            builder.page(&content);
            let pages = pages(&builder.finish());
            assert_eq!(pages.pages[0].text, "secret", "{content}");
            assert_eq!(pages.quality.undecided_visibility, is_undecided, "{content}");
        }
    }

    #[test]
    fn a_covered_word_within_a_line_is_hidden_alone() {
        let content = "BT /F1 12 Tf 100 700 Td (seen) Tj 60 0 Td (covered) Tj 80 0 Td (again) Tj ET \
            1 g 155 690 70 30 re f";
        let page = pages(&one_page(content)).pages.remove(0);
        assert_eq!(page.text, "seen  again");
        assert_eq!((page.hidden[0].text.as_str(), page.hidden[0].reason), ("covered", HiddenReason::Covered));
    }

    #[test]
    fn layers_by_expressions() {
        for (expression, is_hidden) in [("And", true), ("Or", false), ("Not", true)] {
            let mut builder = Builder::new();
            let off: Object = builder.document.add_object(dictionary! { "Type" => "OCG" }).into();
            let on: Object = builder.document.add_object(dictionary! { "Type" => "OCG" }).into();
            let operands: Vec<Object> = vec![expression.into(), on.clone(), off.clone()];
            let set = dictionary! { "Type" => "OCMD", "VE" => operands };
            builder.resource("Properties", "Set", set.into());
            let layers = dictionary! {
                "OCGs" => vec![off.clone(), on], "D" => dictionary! { "OFF" => vec![off] },
            };
            builder.document.trailer.set("OCProperties", layers);
            builder.page(format!("/OC /Set BDC {SHOW} EMC"));
            let page = pages(&builder.finish()).pages.remove(0);
            assert_eq!(!page.hidden.is_empty(), is_hidden, "{expression}");
        }
    }

    #[test]
    fn an_annotation_may_cover_text() {
        let mut builder = Builder::new();
        let rect: Vec<Object> = vec![90.into(), 690.into(), 290.into(), 720.into()];
        let appearance = builder
            .stream(dictionary! { "Subtype" => "Form", "BBox" => rect.clone() }, b"1 g 90 690 200 30 re f");
        let appearances = dictionary! { "N" => appearance };
        builder.annotation(dictionary! { "Subtype" => "Square", "Rect" => rect, "AP" => appearances });
        builder.page(SHOW);
        let page = pages(&builder.finish()).pages.remove(0);
        assert_eq!((page.text.as_str(), page.hidden[0].reason), ("", HiddenReason::Covered));
    }

    #[test]
    fn the_text_layer_of_a_scan_is_told_and_not_used() {
        let line = "a line of what was recognised";
        let text = format!("BT 14 TL /F1 12 Tf 50 700 Td ({line}) ' ({line}) ' ({line}) ' ET");
        let scan = "q 600 0 0 800 0 0 cm /Im Do Q";
        for content in [format!("{scan} 3 Tr {text}"), format!("{text} {scan}")] {
            let mut builder = builder();
            builder.page(&content);
            let pages = pages(&builder.finish());
            assert_eq!(pages.quality.verdict, bole_core::Verdict::NoText);
            assert_eq!(pages.diagnostics[0].message, "the invisible text over a scanned page was not used");
        }
    }
}
