use crate::geometry::{Matrix, Rect};

/// The path under construction: a box around it as displayed, and whether it is just one upright rectangle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path {
    pub(crate) bounds: Rect,
    n_rectangles: u32,
    /// Corners of a path drawn by lines; whether they make an upright rectangle is told at the end.
    n_corners: u32,
    corners: [(f32, f32); 5],
    is_straight: bool,
}

impl Path {
    pub(crate) const EMPTY: Self = Self {
        bounds: Rect::EMPTY,
        n_rectangles: 0,
        n_corners: 0,
        corners: [(0.0, 0.0); 5],
        is_straight: true,
    };

    pub(crate) fn rectangle(&mut self, matrix: &Matrix, [x, y, width, height]: [f32; 4]) {
        let rect = matrix.apply_rect(&Rect::from_corners(x, y, x + width, y + height));
        self.bounds = self.bounds.union(&rect);
        self.n_rectangles += 1;
        self.is_straight &= matrix.keeps_rectangles();
    }

    /// A corner, of a new part of the path or not.
    pub(crate) fn line_to(&mut self, matrix: &Matrix, x: f32, y: f32) {
        let point = matrix.apply(x, y);
        self.bounds.add(point.0, point.1);
        if let Some(corner) = self.corners.get_mut(self.n_corners as usize) {
            *corner = point;
        }
        self.n_corners = self.n_corners.saturating_add(1);
    }

    /// A curve lies within the box of its control points.
    pub(crate) fn curve_to(&mut self, matrix: &Matrix, points: &[(f32, f32)]) {
        for (x, y) in points {
            let point = matrix.apply(*x, *y);
            self.bounds.add(point.0, point.1);
        }
        self.is_straight = false;
    }

    /// Whether the path is exactly the rectangle `bounds`.
    pub(crate) fn is_rectangle(&self) -> bool {
        if !self.is_straight {
            return false;
        }
        if self.n_rectangles > 0 {
            return self.n_rectangles == 1 && self.n_corners == 0;
        }
        let n_corners = self.n_corners as usize;
        if !(4..=5).contains(&n_corners) {
            return false;
        }
        let first = self.corners[0];
        let closes = n_corners == 4 || (near(first.0, self.corners[4].0) && near(first.1, self.corners[4].1));
        // Sides are level and upright by turns; the fourth leads back to the first corner.
        let is_level = |index: usize| -> Option<bool> {
            let from = self.corners.get(index % 4)?;
            let to = self.corners.get((index + 1) % 4)?;
            let level = near(from.1, to.1);
            (level != near(from.0, to.0)).then_some(level)
        };
        let sides = [is_level(0), is_level(1), is_level(2), is_level(3)];
        closes
            && matches!(
                sides,
                [Some(true), Some(false), Some(true), Some(false)]
                    | [Some(false), Some(true), Some(false), Some(true)]
            )
    }
}

fn near(one: f32, other: f32) -> bool {
    (one - other).abs() < 0.05
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rectangles_are_told_from_other_shapes() {
        let line = |points: &[(f32, f32)]| {
            let mut path = Path::EMPTY;
            for (x, y) in points {
                path.line_to(&Matrix::IDENTITY, *x, *y);
            }
            path.is_rectangle()
        };
        assert!(line(&[(0.0, 0.0), (9.0, 0.0), (9.0, 5.0), (0.0, 5.0)]));
        assert!(line(&[(0.0, 0.0), (0.0, 5.0), (9.0, 5.0), (9.0, 0.0), (0.0, 0.0)]));
        assert!(!line(&[(0.0, 0.0), (9.0, 1.0), (9.0, 5.0), (0.0, 5.0)]));
        assert!(!line(&[(0.0, 0.0), (9.0, 0.0), (9.0, 5.0)]));
        let mut path = Path::EMPTY;
        path.rectangle(&Matrix::IDENTITY, [1.0, 2.0, 3.0, 4.0]);
        assert!(path.is_rectangle());
        path.curve_to(&Matrix::IDENTITY, &[(1.0, 1.0)]);
        assert!(!path.is_rectangle());
    }
}
