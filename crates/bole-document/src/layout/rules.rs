//! Ruling lines: the thin strokes and bars that draw tables and part sections.

use crate::geometry::Rect;

/// Bars up to this many points thick are lines: the borders of tables are drawn as filled rectangles by some.
const MAX_THICKNESS: f32 = 3.0;
/// Shorter lines are parts of letters, ticks and corners, in points.
const MIN_LENGTH: f32 = 5.0;
/// A line is level or upright if its ends differ by less than this many points.
const STRAIGHT: f32 = 0.5;
/// Beyond this a page is a drawing: none of its lines is used then.
const MAX_RULES: usize = 4096;
/// Of one path.
const MAX_PENDING: usize = 4096;

/// A level or upright line, as displayed. Across its direction it has no extent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rule {
    /// Its place across: y of a level line, x of an upright one.
    pub(crate) across: f32,
    /// From and to along its direction.
    pub(crate) start: f32,
    pub(crate) end: f32,
}

/// The lines of a page and of the path under construction.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    level: Vec<Rule>,
    upright: Vec<Rule>,
    /// Straight pieces of the path, and its rectangles.
    pieces: Vec<Rect>,
    rectangles: Vec<Rect>,
    first: Option<(f32, f32)>,
    last: Option<(f32, f32)>,
}

impl Rules {
    pub(crate) fn move_to(&mut self, point: (f32, f32)) {
        self.first = Some(point);
        self.last = Some(point);
    }

    pub(crate) fn line_to(&mut self, point: (f32, f32)) {
        if let Some(last) = self.last {
            let is_straight = (last.0 - point.0).abs() < STRAIGHT || (last.1 - point.1).abs() < STRAIGHT;
            if is_straight && self.pieces.len() < MAX_PENDING {
                self.pieces.push(Rect::from_corners(last.0, last.1, point.0, point.1));
            }
        }
        self.last = Some(point);
    }

    /// A curve is no rule, but what follows goes on from its end.
    pub(crate) fn skip_to(&mut self, point: (f32, f32)) {
        self.last = Some(point);
    }

    pub(crate) fn close(&mut self) {
        if let Some(first) = self.first {
            self.line_to(first);
        }
    }

    /// A rectangle, begun at `start`: what follows without a move goes on from there.
    pub(crate) fn rectangle(&mut self, rect: Rect, start: (f32, f32)) {
        self.move_to(start);
        if self.rectangles.len() < MAX_PENDING {
            self.rectangles.push(rect);
        }
    }

    pub(crate) fn discard_path(&mut self) {
        self.pieces.clear();
        self.rectangles.clear();
        self.first = None;
        self.last = None;
    }

    /// The path is stroked: its pieces and the sides of its rectangles are lines, as far as `clip` shows them.
    pub(crate) fn stroke(&mut self, clip: &Rect) {
        let pieces = std::mem::take(&mut self.pieces);
        for piece in &pieces {
            self.add(&piece.intersection(clip));
        }
        let rectangles = std::mem::take(&mut self.rectangles);
        for rect in &rectangles {
            self.add_sides(rect, clip);
        }
        (self.pieces, self.rectangles) = (pieces, rectangles);
        self.pieces.clear();
        self.rectangles.clear();
    }

    /// The path is filled, with this box around it: what is thin is a line. A rectangle within another of nearly the
    /// same size is a frame.
    pub(crate) fn fill(&mut self, bounds: &Rect, clip: &Rect) {
        let rectangles = std::mem::take(&mut self.rectangles);
        if let [one, other] = rectangles.as_slice()
            && is_frame(one, other)
        {
            self.add_sides(bounds, clip);
        } else if rectangles.is_empty() {
            self.add(&bounds.intersection(clip));
        } else {
            for rect in &rectangles {
                self.add(&rect.intersection(clip));
            }
        }
        self.rectangles = rectangles;
    }

    fn add_sides(&mut self, rect: &Rect, clip: &Rect) {
        for side in [
            Rect { y1: rect.y0, ..*rect },
            Rect { y0: rect.y1, ..*rect },
            Rect { x1: rect.x0, ..*rect },
            Rect { x0: rect.x1, ..*rect },
        ] {
            self.add(&side.intersection(clip));
        }
    }

    fn add(&mut self, rect: &Rect) {
        let (width, height) = (rect.x1 - rect.x0, rect.y1 - rect.y0);
        if width >= MIN_LENGTH && (0.0..=MAX_THICKNESS).contains(&height) && self.level.len() <= MAX_RULES {
            self.level.push(Rule { across: rect.y0.midpoint(rect.y1), start: rect.x0, end: rect.x1 });
        } else if height >= MIN_LENGTH
            && (0.0..=MAX_THICKNESS).contains(&width)
            && self.upright.len() <= MAX_RULES
        {
            self.upright.push(Rule { across: rect.x0.midpoint(rect.x1), start: rect.y0, end: rect.y1 });
        }
    }

    /// The lines of the page, sorted by their place; none if there are too many.
    pub(crate) fn finish(&self) -> Ruling {
        let sorted = |rules: &[Rule]| {
            if self.level.len() > MAX_RULES || self.upright.len() > MAX_RULES {
                return Vec::new();
            }
            let mut rules: Vec<Rule> = rules.iter().copied().filter(Rule::is_finite).collect();
            rules.sort_by(|one, other| {
                one.across.total_cmp(&other.across).then(one.start.total_cmp(&other.start))
            });
            rules.dedup();
            rules
        };
        Ruling { level: sorted(&self.level), upright: sorted(&self.upright) }
    }
}

/// Whether one rectangle lies within the other at most a line's thickness apart on each side.
fn is_frame(one: &Rect, other: &Rect) -> bool {
    [one.x0 - other.x0, one.y0 - other.y0, one.x1 - other.x1, one.y1 - other.y1]
        .iter()
        .all(|apart| apart.abs() <= MAX_THICKNESS)
}

impl Rule {
    fn is_finite(&self) -> bool {
        self.across.is_finite() && self.start.is_finite() && self.end.is_finite()
    }
}

/// The lines of a page, sorted by their place.
#[derive(Debug, Default)]
pub(crate) struct Ruling {
    pub(crate) level: Vec<Rule>,
    pub(crate) upright: Vec<Rule>,
}

impl Ruling {
    pub(crate) const NONE: Self = Self { level: Vec::new(), upright: Vec::new() };

    /// Whether an upright line stands between `from` and `to` at the height `y`.
    pub(crate) fn has_upright_between(&self, from: f32, to: f32, y: f32) -> bool {
        let first = self.upright.partition_point(|rule| rule.across <= from);
        self.upright
            .iter()
            .skip(first)
            .take_while(|rule| rule.across < to)
            .take(MAX_BETWEEN)
            .any(|rule| rule.start < y && y < rule.end)
    }

    /// Whether a level line over most of the way from `start` to `end` lies between the heights `top` and `bottom`.
    pub(crate) fn has_level_between(&self, top: f32, bottom: f32, start: f32, end: f32) -> bool {
        let first = self.level.partition_point(|rule| rule.across < top);
        self.level
            .iter()
            .skip(first)
            .take_while(|rule| rule.across <= bottom)
            .take(MAX_BETWEEN)
            .any(|rule| rule.end.min(end) - rule.start.max(start) > MOST * (end - start))
    }
}

/// How many lines between two neighbours are looked at; there are one or two.
const MAX_BETWEEN: usize = 64;
/// A line that parts what is above from what is below goes over this part of the width.
const MOST: f32 = 0.8;
