//! Whether text can be seen: its colour against what was painted before it, and what was painted over it.

use std::cell::Cell;

use crate::content::color::Paint;
use crate::content::contrast::stands_out;
use crate::content::path::{Outline, Shape};
use crate::geometry::Rect;
use crate::glyph::{Glyph, Style};

/// Text whose effective size is below this, in points, is [tiny](bole_core::HiddenReason::Tiny). Print that people
/// are meant to read begins at 4; at 100 % zoom this is two pixels high.
pub(crate) const TINY_POINTS: f32 = 1.5;
/// What is painted with less opacity cannot be seen, whatever lies behind: black on white would be #F2F2F2.
pub(crate) const MIN_ALPHA: f32 = 0.05;

/// What is painted with more opacity hides what lies below it: what shines through would be below [`MIN_ALPHA`].
const OPAQUE: f32 = 1.0 - MIN_ALPHA;
/// A filled area thinner than this is a rule or a bullet: text that can be read juts out of it, and is set on many of
/// them beside each other only.
const MIN_BACKGROUND_POINTS: f32 = 5.0;
/// How many areas of one page are kept, and as many thin ones. Beyond, nothing is decided.
const MAX_AREAS: usize = 4000;
/// How many corners of all their outlines are kept.
const MAX_CORNERS: usize = 200_000;
/// For how many paints is kept where they might not stand out: pages use few in turn.
const MAX_PAINTS: usize = 4;
/// How many clips within clips are followed.
const MAX_CLIPS: usize = 16;
/// How many areas are looked at for the text of one page, so that the time is bounded. Beyond, nothing is decided.
const MAX_STEPS: u32 = 4_000_000;

/// A glyph is looked at in so many places: four rows of three, from its baseline, where
/// dots are, to the height of capital letters.
pub(crate) const N_PLACES: usize = 12;
/// It is seen if so many of them stand out: less is a rule or an edge that runs through it.
const MIN_PLACES_SEEN: u32 = 4;
/// It is covered if so many of them are.
const MIN_PLACES_COVERED: u32 = 11;

/// What a look at one place gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    Visible,
    Undecided,
    NoContrast,
}

/// What has been painted on a page so far, the page itself being white.
#[derive(Debug, Default)]
pub(crate) struct Backdrop {
    areas: Vec<Area>,
    /// Rules and strips.
    thin: Vec<Area>,
    outlines: Vec<Outline>,
    n_corners: usize,
    /// Clips that are no rectangles, each with the one around it.
    clips: Vec<(u32, Option<u32>)>,
    is_over_full: bool,
    /// Around the thin areas that are not kept, and around what is not kept but may hide text.
    thin_beyond: Option<Rect>,
    covers_beyond: Option<Rect>,
    n_steps: Cell<u32>,
    /// For the paints last asked about, and so many areas: where they might not stand out.
    doubtful: [Option<(Paint, usize, Rect)>; MAX_PAINTS],
}

/// The clipping path (ISO 32000-1, 8.5.4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Clip {
    pub(crate) bounds: Rect,
    /// The innermost part that is no rectangle, by position among the clips of the page.
    innermost: Option<u32>,
    depth: u32,
    /// Nothing else clips within the bounds.
    is_known: bool,
}

/// A painted area.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Area {
    bounds: Rect,
    /// By position among the outlines of the page; none if it fills its bounds.
    outline: Option<u32>,
    clip: Clip,
    /// It is the outline within the clip, and not just some part of that.
    is_exact: bool,
    coat: Coat,
}

/// How an area is painted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Coat {
    pub(crate) paint: Paint,
    pub(crate) alpha: f32,
    /// Mixes with what lies behind by other rules than covering it.
    pub(crate) blends: bool,
    /// How many glyphs were painted before.
    pub(crate) n_glyphs: usize,
}

impl Coat {
    /// Whether it hides text that was painted before.
    fn hides(&self) -> bool {
        self.n_glyphs > 0 && self.alpha >= OPAQUE && !self.blends && self.paint != Paint::Nothing
    }
}

impl Clip {
    pub(crate) const NONE: Self =
        Self { bounds: Rect::EVERYWHERE, innermost: None, depth: 0, is_known: true };

    /// Within this box too.
    pub(crate) fn within(self, bounds: &Rect) -> Self {
        Self { bounds: self.bounds.intersection(bounds), ..self }
    }

    /// Whether it is just its bounds, as far as is known.
    pub(crate) fn is_box(&self) -> bool {
        self.innermost.is_none()
    }

    /// By something more that is only known to lie within `bounds`.
    pub(crate) fn within_part_of(self, bounds: &Rect) -> Self {
        Self { is_known: false, ..self.within(bounds) }
    }
}

impl Backdrop {
    /// The clip within a shape too.
    pub(crate) fn clip(&mut self, clip: Clip, bounds: &Rect, shape: Shape) -> Clip {
        match shape {
            Shape::Rectangle => clip.within(bounds),
            Shape::Outline(outline) if clip.depth < MAX_CLIPS as u32 && self.clips.len() < MAX_AREAS => {
                let Some(outline) = self.keep(outline) else {
                    return clip.within_part_of(bounds);
                };
                self.clips.push((outline, clip.innermost));
                let innermost = Some(self.clips.len() as u32 - 1);
                Clip { innermost, depth: clip.depth + 1, ..clip.within(bounds) }
            }
            Shape::Outline(_) | Shape::Unknown => clip.within_part_of(bounds),
        }
    }

    /// Adds a painted area.
    pub(crate) fn add(&mut self, bounds: &Rect, shape: Shape, clip: Clip, coat: Coat) {
        let bounds = bounds.intersection(&clip.bounds);
        let is_thin = bounds.width() < MIN_BACKGROUND_POINTS || bounds.height() < MIN_BACKGROUND_POINTS;
        let list = if is_thin { &self.thin } else { &self.areas };
        if bounds.width() <= 0.0 || bounds.height() <= 0.0 {
            return;
        }
        if list.len() >= MAX_AREAS {
            let around = |beyond: Option<Rect>| Some(beyond.map_or(bounds, |beyond| beyond.union(&bounds)));
            if coat.hides() {
                self.covers_beyond = around(self.covers_beyond);
            }
            if is_thin {
                self.thin_beyond = around(self.thin_beyond);
            } else {
                self.is_over_full = true;
                self.doubtful = [None; MAX_PAINTS];
            }
            return;
        }
        let (outline, is_known) = match shape {
            Shape::Rectangle => (None, true),
            Shape::Outline(outline) => {
                let kept = self.keep(outline);
                (kept, kept.is_some())
            }
            Shape::Unknown => (None, false),
        };
        let is_exact = is_known && clip.is_known;
        let area = Area { bounds, outline, clip, is_exact, coat };
        if is_thin { self.thin.push(area) } else { self.areas.push(area) }
    }

    /// Counts what is looked at, and tells whether there is something left to spend.
    fn spend(&self, n_steps: usize) -> bool {
        let n_steps = self.n_steps.get().saturating_add(n_steps as u32);
        self.n_steps.set(n_steps);
        n_steps <= MAX_STEPS
    }

    fn keep(&mut self, outline: Outline) -> Option<u32> {
        self.n_corners += outline.n_corners();
        if self.n_corners > MAX_CORNERS {
            return None;
        }
        self.outlines.push(outline);
        Some(self.outlines.len() as u32 - 1)
    }

    /// After a replacement of the glyphs from `from` on, of which there are `now` rather than `before`: what was
    /// painted over some of them does not tell over which.
    pub(crate) fn renumber(&mut self, from: usize, before: usize, now: usize) {
        let lists = self.areas.iter_mut().rev().take_while(|area| area.coat.n_glyphs > from);
        for area in lists.chain(self.thin.iter_mut().rev().take_while(|area| area.coat.n_glyphs > from)) {
            area.coat.n_glyphs = if area.coat.n_glyphs >= before { now } else { from };
        }
    }

    /// A box around all places where text of `paint` might not stand out; outside of it, it is seen.
    #[inline]
    pub(crate) fn doubtful(&mut self, paint: Paint) -> Rect {
        match self.doubtful[0] {
            Some((other, n_areas, doubtful)) if n_areas == self.areas.len() && other == paint => doubtful,
            _ => self.look_for_doubtful(paint),
        }
    }

    fn look_for_doubtful(&mut self, paint: Paint) -> Rect {
        let Paint::Known(color) = paint else {
            return Rect::EVERYWHERE;
        };
        if self.is_over_full {
            return Rect::EVERYWHERE;
        }
        let n_areas = self.areas.len();
        let known = self.doubtful.iter().position(|entry| entry.is_some_and(|(other, ..)| other == paint));
        let (n_before, before) = match known.and_then(|known| self.doubtful.get(known).copied().flatten()) {
            Some((_, n_before, before)) if n_before == n_areas => return before,
            Some((_, n_before, before)) => (n_before, before),
            None if stands_out(color, Paint::WHITE) => (0, Rect::EMPTY),
            None => (0, Rect::EVERYWHERE),
        };
        // To compare colours costs more than to look whether a place lies within an area.
        if !self.spend(4 * (n_areas - n_before)) {
            return Rect::EVERYWHERE;
        }
        let is_doubtful = |area: &&Area| match area.coat.paint {
            // What is mixed with the colour behind it may come near the text's in between.
            Paint::Known(behind) => {
                area.coat.alpha < OPAQUE || area.coat.blends || !stands_out(color, behind)
            }
            Paint::Unknown | Paint::Pattern => true,
            Paint::Nothing => false,
        };
        let doubtful = self
            .areas
            .get(n_before..)
            .unwrap_or_default()
            .iter()
            .filter(is_doubtful)
            .fold(before, |all, area| all.union(&area.bounds));
        let newest = known.unwrap_or(MAX_PAINTS - 1);
        if let Some(entries) = self.doubtful.get_mut(..=newest) {
            entries.rotate_right(1);
        }
        self.doubtful[0] = Some((paint, n_areas, doubtful));
        doubtful
    }

    /// Whether text of `paint` and `alpha` is seen at (x, y).
    pub(crate) fn sight(&self, place: (f32, f32), paint: Paint, alpha: f32) -> Sight {
        self.sight_by(place, paint, alpha, |color, _| color)
    }

    /// Whether a glyph that leaves the darker of its colour and of what lies behind is seen.
    pub(crate) fn is_seen_darkening(
        &self,
        places: &[(f32, f32); N_PLACES],
        paint: Paint,
        alpha: f32,
    ) -> bool {
        let is_seen = |place: &&(f32, f32)| self.sight_by(**place, paint, alpha, f32::min) == Sight::Visible;
        places.iter().filter(is_seen).count() as u32 >= MIN_PLACES_SEEN
    }

    /// As [`Self::sight`], where `blend` gives each component of what is painted on a colour.
    fn sight_by(
        &self,
        (x, y): (f32, f32),
        paint: Paint,
        alpha: f32,
        blend: impl Fn(f32, f32) -> f32,
    ) -> Sight {
        let color = match paint {
            // To pass over an area costs less than to look at it.
            Paint::Known(color) if !self.is_over_full && self.spend(self.areas.len() / 16) => color,
            Paint::Nothing => return Sight::NoContrast,
            _ => return Sight::Undecided,
        };
        // From the top down: what share of what lies below is seen, and the colour on top of that.
        let mut share = 1.0;
        let mut above = [0.0; 3];
        // Colours that may be there or not.
        let mut may_stand_out = false;
        let seen_on = |above: [f32; 3], share: f32, behind: [f32; 3]| {
            let behind = mix(above, share, behind);
            let mut shown = color;
            for (component, behind) in shown.iter_mut().zip(behind) {
                *component = alpha * blend(*component, behind);
            }
            stands_out(mix(shown, 1.0 - alpha, behind), behind)
        };
        for area in self.areas.iter().rev() {
            if !area.bounds.contains(x, y) {
                continue;
            }
            if !self.spend(1 + area.clip.depth as usize) {
                return Sight::Undecided;
            }
            if !self.contains(area, x, y) {
                continue;
            }
            match area.coat.paint {
                Paint::Nothing => {}
                Paint::Unknown | Paint::Pattern => return Sight::Undecided,
                Paint::Known(behind) if area.is_exact && !area.coat.blends => {
                    if area.coat.alpha >= OPAQUE {
                        return decide(seen_on(above, share, behind), may_stand_out);
                    }
                    for (slot, component) in above.iter_mut().zip(behind) {
                        *slot += share * area.coat.alpha * component;
                    }
                    share *= 1.0 - area.coat.alpha;
                }
                Paint::Known(behind) => may_stand_out |= seen_on(above, share, behind),
            }
        }
        decide(seen_on(above, share, Paint::WHITE), may_stand_out)
    }

    /// Whether a glyph of `paint` and `alpha` is seen.
    pub(crate) fn sight_of(&self, places: &[(f32, f32); N_PLACES], paint: Paint, alpha: f32) -> Sight {
        let [first, .., last] = *places;
        if [first, last].iter().all(|place| self.sight(*place, paint, alpha) == Sight::Visible) {
            return Sight::Visible;
        }
        let mut n_seen = 0;
        let mut is_undecided = false;
        for place in places {
            match self.sight(*place, paint, alpha) {
                Sight::Visible => n_seen += 1,
                Sight::Undecided => is_undecided = true,
                Sight::NoContrast => {}
            }
        }
        if n_seen >= MIN_PLACES_SEEN {
            return Sight::Visible;
        }
        if is_undecided || self.is_on_strips(places, paint) {
            return Sight::Undecided;
        }
        Sight::NoContrast
    }

    /// Whether many thin areas make up a background from which `paint` stands out.
    fn is_on_strips(&self, places: &[(f32, f32); N_PLACES], paint: Paint) -> bool {
        let mut n_seen = 0;
        for (x, y) in places {
            let is_beyond = self.thin_beyond.is_some_and(|beyond| beyond.contains(*x, *y));
            if is_beyond || !self.spend(self.thin.len() / 16) {
                return true;
            }
            let strip = self.thin.iter().rev().find(|area| area.bounds.contains(*x, *y));
            let is_seen = strip.is_some_and(|area| match (paint, area.coat.paint) {
                (Paint::Known(color), Paint::Known(behind)) => stands_out(color, behind),
                (_, Paint::Nothing) => false,
                _ => true,
            });
            // A rule through a row of places, or down a column, is no background.
            n_seen += u32::from(is_seen);
        }
        n_seen > 4
    }

    fn contains(&self, area: &Area, x: f32, y: f32) -> bool {
        area.outline.is_none_or(|outline| self.is_inside(outline, x, y)) && self.is_in_clip(&area.clip, x, y)
    }

    /// Whether a clip lets through what is at (x, y), as far as is known.
    pub(crate) fn is_in_clip(&self, clip: &Clip, x: f32, y: f32) -> bool {
        if !clip.bounds.contains(x, y) {
            return false;
        }
        let mut next = clip.innermost;
        while let Some((outline, outer)) = next.and_then(|clip| self.clips.get(clip as usize)) {
            if !self.is_inside(*outline, x, y) {
                return false;
            }
            next = *outer;
        }
        true
    }

    fn is_inside(&self, outline: u32, x: f32, y: f32) -> bool {
        let Some(outline) = self.outlines.get(outline as usize) else {
            return true;
        };
        // Corners cost less than areas do.
        self.spend(outline.n_corners() / 8);
        outline.contains(x, y)
    }

    /// Which glyphs lie under something opaque that was painted after them; and whether some lie within the box of
    /// what could not be decided.
    pub(crate) fn covered(&self, glyphs: &[Glyph], styles: &[Style]) -> (Vec<bool>, bool) {
        /// Glyphs that are looked at together first.
        const BLOCK: usize = 64;
        let covers: Vec<&Area> =
            self.areas.iter().chain(&self.thin).filter(|area| area.coat.hides()).collect();
        let mut is_undecided = self.covers_beyond.is_some_and(|beyond| {
            let mut alike =
                glyphs.iter().filter_map(|glyph| Some((glyph, styles.get(glyph.style as usize)?)));
            alike.any(|(glyph, style)| glyph.rect(style).meets(&beyond))
        });
        if covers.is_empty() {
            return (Vec::new(), is_undecided);
        }
        let blocks: Vec<Rect> = glyphs.chunks(BLOCK).map(|glyphs| around(glyphs, styles)).collect();
        let mut places_covered = vec![0_u16; glyphs.len()];
        let mut n_steps = 0_u32;
        for cover in covers {
            for (block, bounds) in blocks.iter().enumerate().take(cover.coat.n_glyphs.div_ceil(BLOCK)) {
                n_steps += 1;
                if n_steps > MAX_STEPS {
                    return (Vec::new(), true);
                }
                if !bounds.meets(&cover.bounds) {
                    continue;
                }
                let start = block * BLOCK;
                let end = (start + BLOCK).min(cover.coat.n_glyphs).min(glyphs.len());
                for index in start..end {
                    let (Some(glyph), Some(slot)) = (glyphs.get(index), places_covered.get_mut(index)) else {
                        continue;
                    };
                    n_steps += 1;
                    if n_steps.saturating_add(self.n_steps.get()) > MAX_STEPS {
                        return (Vec::new(), true);
                    }
                    let Some(style) = styles.get(glyph.style as usize) else {
                        continue;
                    };
                    if !glyph.rect(style).meets(&cover.bounds) {
                        continue;
                    }
                    let places = places(glyph, style);
                    n_steps += N_PLACES as u32;
                    let mut mask = 0;
                    for (bit, (x, y)) in places.iter().enumerate() {
                        let is_within = cover.bounds.contains(*x, *y) && self.contains(cover, *x, *y);
                        mask |= u16::from(is_within) << bit;
                    }
                    if cover.is_exact && cover.coat.paint != Paint::Pattern {
                        *slot |= mask;
                    } else {
                        is_undecided |= mask.count_ones() >= MIN_PLACES_COVERED;
                    }
                }
            }
        }
        (places_covered.iter().map(|mask| mask.count_ones() >= MIN_PLACES_COVERED).collect(), is_undecided)
    }
}

/// Where a glyph is looked at.
pub(crate) fn places(glyph: &Glyph, style: &Style) -> [(f32, f32); N_PLACES] {
    const COLUMNS: usize = 3;
    let mut places = [(0.0, 0.0); N_PLACES];
    for (index, place) in places.iter_mut().enumerate() {
        let along = glyph.width * (1 + 2 * (index % COLUMNS)) as f32 / 6.0;
        let across = -style.ascent * (0.25 * (index / COLUMNS) as f32);
        *place = (
            glyph.x + along * style.cos - across * style.sin,
            glyph.y + along * style.sin + across * style.cos,
        );
    }
    places
}

/// `above` over a share of `below`.
fn mix(above: [f32; 3], share: f32, below: [f32; 3]) -> [f32; 3] {
    let mut mixed = above;
    for (slot, component) in mixed.iter_mut().zip(below) {
        *slot += share * component;
    }
    mixed
}

fn decide(is_seen: bool, may_stand_out: bool) -> Sight {
    match (is_seen, may_stand_out) {
        (true, _) => Sight::Visible,
        (false, true) => Sight::Undecided,
        (false, false) => Sight::NoContrast,
    }
}

/// A box that all of the glyphs lie in, and somewhat more.
fn around(glyphs: &[Glyph], styles: &[Style]) -> Rect {
    let mut bounds = Rect::EMPTY;
    let mut reach = 0.0_f32;
    for alike in glyphs.chunk_by(|one, other| one.style == other.style) {
        let size = alike
            .first()
            .and_then(|glyph| styles.get(glyph.style as usize))
            .map_or(0.0, |style| style.ascent.abs().max(style.descent.abs()));
        for glyph in alike {
            bounds.add(glyph.x, glyph.y);
            reach = reach.max(glyph.width);
        }
        reach = reach.max(size);
    }
    // Width and height lie across each other, whichever way a line runs.
    bounds.grown(2.0 * reach)
}

#[cfg(test)]
mod tests;
