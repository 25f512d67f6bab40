use crate::geometry::{Matrix, Rect};

/// How many corners of a path are kept; a longer one is known by its box only. Round shapes take some thirty.
const MAX_CORNERS: usize = 256;
/// Straight pieces that stand for a curve: for a quarter of a circle of 10 points, off by 0.05 points.
const N_PIECES: u8 = 5;

/// The path under construction, as displayed.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    pub(crate) bounds: Rect,
    corners: Vec<Corner>,
    is_kept_whole: bool,
    current: (f32, f32),
    /// Where the present part begins.
    start: (f32, f32),
    is_closed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Corner {
    x: f32,
    y: f32,
    /// Begins a part of the path, rather than going on from the corner before.
    begins: bool,
    /// The last of its part: a line leads from it back to the first.
    closes: bool,
}

/// What a path encloses.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// All of the path's bounds.
    Rectangle,
    Outline(Outline),
    /// Not known, but within the path's bounds.
    Unknown,
}

/// A shape with straight sides.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outline {
    corners: Box<[Corner]>,
    even_odd: bool,
}

impl Path {
    pub(crate) const EMPTY: Self = Self {
        bounds: Rect::EMPTY,
        corners: Vec::new(),
        is_kept_whole: true,
        current: (0.0, 0.0),
        start: (0.0, 0.0),
        is_closed: false,
    };

    /// Forgets the path but not its memory.
    pub(crate) fn clear(&mut self) {
        self.bounds = Rect::EMPTY;
        self.corners.clear();
        self.is_kept_whole = true;
        self.is_closed = false;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.corners.is_empty()
    }

    pub(crate) fn rectangle(&mut self, matrix: &Matrix, [x, y, width, height]: [f32; 4]) {
        self.move_to(matrix, x, y);
        self.line_to(matrix, x + width, y);
        self.line_to(matrix, x + width, y + height);
        self.line_to(matrix, x, y + height);
        self.close();
    }

    pub(crate) fn move_to(&mut self, matrix: &Matrix, x: f32, y: f32) {
        self.begin(matrix.apply(x, y));
    }

    pub(crate) fn line_to(&mut self, matrix: &Matrix, x: f32, y: f32) {
        let point = matrix.apply(x, y);
        if self.corners.is_empty() {
            self.begin(point);
        } else {
            self.go_on();
            self.add(point, false);
        }
    }

    /// Closes the present part; the next begins where it began, unless it is moved (ISO 32000-1, 8.5.2.1).
    pub(crate) fn close(&mut self) {
        if self.is_kept_whole
            && let Some(last) = self.corners.last_mut()
        {
            last.closes = true;
        }
        self.current = self.start;
        self.is_closed = true;
    }

    fn begin(&mut self, point: (f32, f32)) {
        self.start = point;
        self.is_closed = false;
        self.add(point, true);
    }

    /// After a part that was closed another one begins.
    fn go_on(&mut self) {
        if self.is_closed {
            self.begin(self.start);
        }
    }

    /// A Bézier curve; one that leaves its control point out begins at the current point.
    pub(crate) fn curve_to(
        &mut self,
        matrix: &Matrix,
        first: Option<(f32, f32)>,
        second: (f32, f32),
        end: (f32, f32),
    ) {
        if !self.corners.is_empty() {
            self.go_on();
        }
        let start = self.current;
        let first = first.map_or(start, |(x, y)| matrix.apply(x, y));
        let second = matrix.apply(second.0, second.1);
        let end = matrix.apply(end.0, end.1);
        if self.corners.is_empty() {
            self.begin(first);
        }
        if !self.is_kept_whole {
            for point in [first, second, end] {
                self.add(point, false);
            }
            return;
        }
        for piece in 1..=N_PIECES {
            let at = f32::from(piece) / f32::from(N_PIECES);
            let rest = 1.0 - at;
            let weights = [rest * rest * rest, 3.0 * rest * rest * at, 3.0 * rest * at * at, at * at * at];
            let mut point = (0.0, 0.0);
            for (weight, (x, y)) in weights.iter().zip([start, first, second, end]) {
                point.0 += weight * x;
                point.1 += weight * y;
            }
            self.add(point, false);
        }
    }

    fn add(&mut self, (x, y): (f32, f32), begins: bool) {
        self.bounds.add(x, y);
        self.current = (x, y);
        if self.corners.len() < MAX_CORNERS {
            self.corners.push(Corner { x, y, begins, closes: false });
        } else {
            self.is_kept_whole = false;
        }
    }

    /// What is inside, by the even-odd rule or the nonzero one (ISO 32000-1, 8.5.3.3).
    pub(crate) fn shape(&self, even_odd: bool) -> Shape {
        if self.is_rectangle() {
            Shape::Rectangle
        } else if self.is_kept_whole {
            Shape::Outline(Outline { corners: self.corners.as_slice().into(), even_odd })
        } else {
            Shape::Unknown
        }
    }

    /// The bands that a stroke of this width fills, one for each line; none if there are too many.
    pub(crate) fn bands(&self, width: f32) -> Option<impl Iterator<Item = (Rect, Shape)>> {
        const MAX_LINES: usize = 8;
        if !self.is_kept_whole || self.corners.len() > MAX_LINES + 1 {
            return None;
        }
        let mut lines = Vec::with_capacity(self.corners.len());
        let mut start = None;
        for (from, to) in self.corners.iter().zip(self.corners.iter().skip(1).map(Some).chain([None])) {
            if from.begins {
                start = Some(from);
            }
            let to = if from.closes { start } else { to.filter(|to| !to.begins) };
            lines.extend(to.map(|to| (from, to)));
        }
        Some(lines.into_iter().filter_map(move |(from, to)| band(from, to, width)))
    }

    /// Whether the path is exactly the rectangle `bounds`.
    fn is_rectangle(&self) -> bool {
        let ([first, one, two, three] | [first, one, two, three, _]) = self.corners.as_slice() else {
            return false;
        };
        if let Some(last) = self.corners.get(4)
            && !(last.begins || (near(last.x, first.x) && near(last.y, first.y)))
        {
            return false;
        }
        if [one, two, three].iter().any(|corner| corner.begins) {
            return false;
        }
        // Sides are level and upright by turns; the fourth leads back to the first corner.
        let is_level = |from: &Corner, to: &Corner| {
            let level = near(from.y, to.y);
            (level != near(from.x, to.x)).then_some(level)
        };
        let sides = [is_level(first, one), is_level(one, two), is_level(two, three), is_level(three, first)];
        matches!(
            sides,
            [Some(true), Some(false), Some(true), Some(false)]
                | [Some(false), Some(true), Some(false), Some(true)]
        )
    }
}

impl Outline {
    pub(crate) fn contains(&self, x: f32, y: f32) -> bool {
        let mut winding = 0;
        let mut side = |from: &Corner, to: &Corner| {
            if (from.y <= y) != (to.y <= y) {
                let at = from.x + (y - from.y) / (to.y - from.y) * (to.x - from.x);
                if at > x {
                    winding += if to.y > from.y { 1 } else { -1 };
                }
            }
        };
        let Some(mut start) = self.corners.first() else {
            return false;
        };
        let mut last = start;
        for corner in &self.corners {
            if corner.begins {
                side(last, start);
                start = corner;
            } else {
                side(last, corner);
            }
            last = corner;
        }
        side(last, start);
        if self.even_odd { winding % 2 != 0 } else { winding != 0 }
    }

    pub(crate) fn n_corners(&self) -> usize {
        self.corners.len()
    }
}

/// What a stroke fills between two corners.
fn band(from: &Corner, to: &Corner, width: f32) -> Option<(Rect, Shape)> {
    let (x, y) = (to.x - from.x, to.y - from.y);
    let half = width / 2.0;
    if near(x, 0.0) || near(y, 0.0) {
        // Level or upright; its ends are cut off square.
        let (half_x, half_y) = if near(x, 0.0) { (half, 0.0) } else { (0.0, half) };
        let (x0, x1) = (from.x.min(to.x) - half_x, from.x.max(to.x) + half_x);
        let (y0, y1) = (from.y.min(to.y) - half_y, from.y.max(to.y) + half_y);
        return Some((Rect { x0, y0, x1, y1 }, Shape::Rectangle));
    }
    let length = (x * x + y * y).sqrt();
    if !length.is_finite() {
        return None;
    }
    let (across_x, across_y) = (-y / length * half, x / length * half);
    let mut band = Path::EMPTY;
    band.add((from.x + across_x, from.y + across_y), true);
    band.add((to.x + across_x, to.y + across_y), false);
    band.add((to.x - across_x, to.y - across_y), false);
    band.add((from.x - across_x, from.y - across_y), false);
    Some((band.bounds, band.shape(false)))
}

fn near(one: f32, other: f32) -> bool {
    (one - other).abs() < 0.05
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(points: &[(f32, f32)]) -> Path {
        let mut path = Path::EMPTY;
        for (x, y) in points {
            path.line_to(&Matrix::IDENTITY, *x, *y);
        }
        path
    }

    #[test]
    fn rectangles_are_told_from_other_shapes() {
        let is_rectangle = |points: &[(f32, f32)]| path(points).shape(false) == Shape::Rectangle;
        assert!(is_rectangle(&[(0.0, 0.0), (9.0, 0.0), (9.0, 5.0), (0.0, 5.0)]));
        assert!(is_rectangle(&[(0.0, 0.0), (0.0, 5.0), (9.0, 5.0), (9.0, 0.0), (0.0, 0.0)]));
        assert!(!is_rectangle(&[(0.0, 0.0), (9.0, 1.0), (9.0, 5.0), (0.0, 5.0)]));
        assert!(!is_rectangle(&[(0.0, 0.0), (9.0, 0.0), (9.0, 5.0)]));
        let mut rectangle = Path::EMPTY;
        rectangle.rectangle(&Matrix::IDENTITY, [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(rectangle.shape(false), Shape::Rectangle);
        rectangle.rectangle(&Matrix::IDENTITY, [9.0, 2.0, 3.0, 4.0]);
        assert_ne!(rectangle.shape(false), Shape::Rectangle);
    }

    #[test]
    fn insides_of_shapes() {
        let contains = |path: &Path, even_odd, x, y| match path.shape(even_odd) {
            Shape::Outline(outline) => outline.contains(x, y),
            Shape::Rectangle | Shape::Unknown => panic!("an outline"),
        };
        let triangle = path(&[(0.0, 0.0), (10.0, 0.0), (0.0, 10.0)]);
        assert!(contains(&triangle, false, 2.0, 2.0));
        assert!(!contains(&triangle, false, 8.0, 8.0));
        let mut frame = Path::EMPTY;
        frame.rectangle(&Matrix::IDENTITY, [0.0, 0.0, 10.0, 10.0]);
        frame.rectangle(&Matrix::IDENTITY, [2.0, 2.0, 6.0, 6.0]);
        assert!(contains(&frame, true, 1.0, 5.0) && !contains(&frame, true, 5.0, 5.0));
        assert!(contains(&frame, false, 5.0, 5.0));
        // A circle of radius 10.
        let mut circle = Path::EMPTY;
        circle.move_to(&Matrix::IDENTITY, 10.0, 0.0);
        for (x, y) in [(0.0, 1.0), (-1.0, 0.0), (0.0, -1.0), (1.0, 0.0_f32)] {
            let (from_x, from_y) = (y, -x);
            let control = |x: f32, y: f32, to_x: f32, to_y: f32| {
                (10.0 * (x + 0.5523 * to_x), 10.0 * (y + 0.5523 * to_y))
            };
            let first = control(from_x, from_y, x, y);
            let second = control(x, y, from_x, from_y);
            circle.curve_to(&Matrix::IDENTITY, Some(first), second, (10.0 * x, 10.0 * y));
        }
        assert!(contains(&circle, false, 6.9, 6.9) && !contains(&circle, false, 7.3, 7.3));
        let mut long = Path::EMPTY;
        for step in 0..300_u16 {
            long.line_to(&Matrix::IDENTITY, f32::from(step), f32::from(step % 7));
        }
        assert_eq!(long.shape(false), Shape::Unknown);
    }

    #[test]
    fn a_closed_part_ends_where_it_began() {
        let n_bands = |path: &Path| path.bands(10.0).unwrap().count();
        let mut path = path(&[(0.0, 0.0), (100.0, 0.0), (100.0, 50.0)]);
        assert_eq!(n_bands(&path), 2);
        path.close();
        assert_eq!(n_bands(&path), 3);
        assert!(matches!(path.shape(false), Shape::Outline(_)));
        path.line_to(&Matrix::IDENTITY, 0.0, 90.0);
        let (last, _) = path.bands(10.0).unwrap().last().unwrap();
        assert_eq!(last, Rect::from_corners(-5.0, 0.0, 5.0, 90.0));
        let mut rectangle = Path::EMPTY;
        rectangle.rectangle(&Matrix::IDENTITY, [10.0, 20.0, 100.0, 50.0]);
        assert_eq!(n_bands(&rectangle), 4);
        rectangle.line_to(&Matrix::IDENTITY, 10.0, 0.0);
        let (last, _) = rectangle.bands(10.0).unwrap().last().unwrap();
        assert_eq!(last, Rect::from_corners(5.0, 0.0, 15.0, 20.0));
    }

    #[test]
    fn a_straight_stroke_is_a_band() {
        let level = path(&[(0.0, 5.0), (100.0, 5.0)]);
        let bands: Vec<_> = level.bands(10.0).unwrap().collect();
        assert_eq!(bands, [(Rect::from_corners(0.0, 0.0, 100.0, 10.0), Shape::Rectangle)]);
        let slanted = path(&[(0.0, 0.0), (100.0, 100.0)]);
        let (_, shape) = slanted.bands(10.0).unwrap().next().unwrap();
        let Shape::Outline(outline) = shape else { panic!("an outline") };
        assert!(outline.contains(50.0, 53.0) && !outline.contains(50.0, 60.0));
    }
}
