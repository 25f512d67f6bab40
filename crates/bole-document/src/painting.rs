//! Paths and images: what they cover, and what they clip.

use crate::color::Paint;
use crate::geometry::Rect;
use crate::interpreter::Interpreter;
use crate::path::Path;

impl Interpreter<'_, '_> {
    pub(crate) fn end_path(&mut self) {
        if std::mem::take(&mut self.clips_next) {
            self.state.clip = self.state.clip.intersection(&self.path.bounds);
        }
        self.path = Path::EMPTY;
    }

    pub(crate) fn fill_path(&mut self) {
        let fill = self.state.fill;
        if fill.alpha > 0.0 && !self.marks.is_off() {
            let covers = self.path.is_rectangle() && fill.alpha >= 1.0 && !self.state.blends;
            let area = self.path.bounds.intersection(&self.state.clip);
            self.backdrop.add(area, fill.paint, covers);
        }
        self.end_path();
    }

    /// A broad line may be the background of text too.
    pub(crate) fn stroke_path(&mut self) {
        let width = self.state.line_width * self.state.matrix.scale();
        if width > 4.0 && self.state.stroke.alpha > 0.0 && !self.marks.is_off() {
            let area = self.path.bounds.grown(width / 2.0).intersection(&self.state.clip);
            self.backdrop.add(area, self.state.stroke.paint, false);
        }
    }

    /// An image fills the unit square; what it shows is not known.
    pub(crate) fn paint_image(&mut self) {
        let unit = Rect::from_corners(0.0, 0.0, 1.0, 1.0);
        let area =
            self.state.matrix.apply_rect(&unit).intersection(&self.state.clip).intersection(&self.page_rect);
        if area.width() > 0.0 && area.height() > 0.0 && self.state.fill.alpha > 0.0 && !self.marks.is_off() {
            self.image_area += area.area();
            self.backdrop.add(area, Paint::Unknown, false);
        }
    }
}
