//! Whether text can be seen: its colour against what was painted before it.

use crate::color::Paint;
use crate::geometry::Rect;

/// Text whose effective size is below this, in points, is [tiny](bole_core::HiddenReason::Tiny). Print that people
/// are meant to read begins at 4; at 100 % zoom this is two pixels high.
pub(crate) const TINY_POINTS: f32 = 1.5;

/// Colours of which no component differs by more than this cannot be told apart.
const NO_CONTRAST: f32 = 0.06;
/// A filled box thinner than this is a rule, and the background of nothing.
const MIN_BACKGROUND_POINTS: f32 = 2.0;
/// How many backgrounds of one page are kept. Beyond, nothing is decided.
const MAX_BACKGROUNDS: usize = 4000;

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
    backgrounds: Vec<Background>,
    is_over_full: bool,
    /// For the paint last asked about, and so many backgrounds: where it might not stand out.
    doubtful: Option<(Paint, usize, Rect)>,
}

#[derive(Clone, Copy, Debug)]
struct Background {
    bounds: Rect,
    paint: Paint,
    /// It covers all of its bounds, without shining through.
    covers: bool,
}

impl Backdrop {
    /// Adds a painted area; `covers` if it fills its bounds with no opacity lost.
    pub(crate) fn add(&mut self, bounds: Rect, paint: Paint, covers: bool) {
        if bounds.width() < MIN_BACKGROUND_POINTS || bounds.height() < MIN_BACKGROUND_POINTS {
            return;
        }
        if self.backgrounds.len() >= MAX_BACKGROUNDS {
            self.is_over_full = true;
            return;
        }
        self.backgrounds.push(Background { bounds, paint, covers });
    }

    /// A box around all places where text of `paint` might not stand out; outside of it, it is seen.
    pub(crate) fn doubtful(&mut self, paint: Paint) -> Rect {
        let n_backgrounds = self.backgrounds.len();
        if let Some((other, n_others, doubtful)) = self.doubtful
            && other == paint
            && n_others == n_backgrounds
        {
            return doubtful;
        }
        let doubtful = match paint {
            Paint::Known(color) if !self.is_over_full && stands_out(color, Paint::WHITE) => self
                .backgrounds
                .iter()
                .filter(|background| match background.paint {
                    Paint::Known(behind) => !stands_out(color, behind),
                    Paint::Unknown => true,
                })
                .fold(Rect::EMPTY, |all, background| all.union(&background.bounds)),
            Paint::Known(_) | Paint::Unknown => Rect::EVERYWHERE,
        };
        self.doubtful = Some((paint, n_backgrounds, doubtful));
        doubtful
    }

    /// Whether text of `paint` is seen at (x, y).
    pub(crate) fn sight(&self, x: f32, y: f32, paint: Paint) -> Sight {
        let Paint::Known(color) = paint else {
            return Sight::Undecided;
        };
        if self.is_over_full {
            return Sight::Undecided;
        }
        let mut may_stand_out = false;
        for background in self.backgrounds.iter().rev() {
            if !background.bounds.contains(x, y) {
                continue;
            }
            match background.paint {
                Paint::Unknown => return Sight::Undecided,
                Paint::Known(behind) if background.covers => return decide(color, behind, may_stand_out),
                Paint::Known(behind) => may_stand_out |= stands_out(color, behind),
            }
        }
        decide(color, Paint::WHITE, may_stand_out)
    }
}

fn decide(color: [f32; 3], behind: [f32; 3], may_stand_out: bool) -> Sight {
    if stands_out(color, behind) {
        Sight::Visible
    } else if may_stand_out {
        Sight::Undecided
    } else {
        Sight::NoContrast
    }
}

fn stands_out(color: [f32; 3], behind: [f32; 3]) -> bool {
    color.iter().zip(behind).any(|(one, other)| (one - other).abs() > NO_CONTRAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_against_what_lies_behind() {
        let dark = Paint::Known([0.1, 0.1, 0.3]);
        let white = Paint::Known(Paint::WHITE);
        let mut backdrop = Backdrop::default();
        backdrop.add(Rect::from_corners(0.0, 0.0, 100.0, 800.0), dark, true);
        backdrop.add(Rect::from_corners(200.0, 0.0, 300.0, 50.0), dark, false);
        backdrop.add(Rect::from_corners(400.0, 0.0, 500.0, 50.0), Paint::Unknown, false);
        backdrop.add(Rect::from_corners(0.0, 700.0, 600.0, 700.5), dark, true);
        for (x, y, paint, expected) in [
            (50.0, 50.0, white, Sight::Visible),
            (50.0, 50.0, dark, Sight::NoContrast),
            (150.0, 50.0, white, Sight::NoContrast),
            (150.0, 700.2, white, Sight::NoContrast),
            (150.0, 50.0, Paint::BLACK, Sight::Visible),
            (150.0, 50.0, Paint::Known([0.9; 3]), Sight::Visible),
            (250.0, 20.0, white, Sight::Undecided),
            (250.0, 20.0, Paint::BLACK, Sight::Visible),
            (450.0, 20.0, white, Sight::Undecided),
            (150.0, 50.0, Paint::Unknown, Sight::Undecided),
        ] {
            assert_eq!(backdrop.sight(x, y, paint), expected, "{paint:?} at {x} {y}");
        }
    }
}
