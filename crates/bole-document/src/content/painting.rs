//! Paths and images: what they cover, and what they clip.

use lopdf::{Dictionary, Object};

use crate::content::color::Paint;
use crate::content::graphics::Ink;
use crate::content::interpreter::Interpreter;
use crate::content::operands::Operands;
use crate::content::path::{Path, Shape};
use crate::content::visibility::{Coat, Sight, places};
use crate::file::as_dictionary;
use crate::geometry::Rect;

/// A stroke less broad than this, in points, is the background of nothing.
const MIN_STROKE_POINTS: f32 = 1.0;
/// A stroke up to this broad may rule a table.
const MAX_RULE_POINTS: f32 = 4.0;
/// How many glyphs of a clipping text are looked at.
const MAX_LOOKS: usize = 64;

/// What an image paints of the unit square.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImageKind {
    Whole,
    /// Some of it, by a mask or a channel of opacity.
    Gaps,
    /// Some of it, in the colour of the state: a mask by itself.
    Stencil,
}

impl<'f> Interpreter<'f, '_> {
    pub(crate) fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(&self.state.matrix, x, y);
        self.page.rules.move_to(self.state.matrix.apply(x, y));
    }

    pub(crate) fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(&self.state.matrix, x, y);
        self.page.rules.line_to(self.state.matrix.apply(x, y));
    }

    /// A Bézier curve; one that leaves its control point out begins at the current point.
    pub(crate) fn curve_to(&mut self, first: Option<(f32, f32)>, second: (f32, f32), end: (f32, f32)) {
        self.path.curve_to(&self.state.matrix, first, second, end);
        self.page.rules.skip_to(self.state.matrix.apply(end.0, end.1));
    }

    pub(crate) fn rectangle(&mut self, rectangle: [f32; 4]) {
        self.path.rectangle(&self.state.matrix, rectangle);
        let [x, y, width, height] = rectangle;
        let rect = Rect::from_corners(x, y, x + width, y + height);
        let matrix = &self.state.matrix;
        self.page.rules.rectangle(matrix.apply_rect(&rect), matrix.apply(x, y));
    }

    pub(crate) fn close_path(&mut self) {
        self.path.close();
        self.page.rules.close();
    }

    pub(crate) fn end_path(&mut self) {
        // A clip without a path is ignored, as viewers do.
        if let Some(even_odd) = self.clips_next.take()
            && !self.path.is_empty()
        {
            let shape = self.path.shape(even_odd);
            self.state.clip = self.backdrop.clip(self.state.clip, &self.path.bounds, shape);
        }
        self.path.clear();
        self.page.rules.discard_path();
    }

    pub(crate) fn fill_path(&mut self, even_odd: bool) {
        if self.is_painted(&self.state.fill) {
            let bounds = self.path.bounds;
            let shape = self.path.shape(even_odd);
            self.paint_area(&bounds, shape, self.state.fill);
            self.page.rules.fill(&bounds, &self.state.clip.bounds);
        }
    }

    /// A broad line may be the background of text too.
    pub(crate) fn stroke_path(&mut self) {
        let width = self.state.line_width * self.state.matrix.scale();
        if !self.is_painted(&self.state.stroke) {
            return;
        }
        if width <= MAX_RULE_POINTS {
            self.page.rules.stroke(&self.state.clip.bounds);
        }
        if width < MIN_STROKE_POINTS {
            return;
        }
        let ink = self.state.stroke;
        let path = std::mem::replace(&mut self.path, Path::EMPTY);
        match path.bands(width).filter(|_| !self.state.is_dashed) {
            Some(bands) => {
                for (bounds, shape) in bands {
                    self.paint_area(&bounds, shape, ink);
                }
            }
            None if width > 4.0 => {
                let bounds = path.bounds.grown(width / 2.0);
                self.paint_area(&bounds, Shape::Unknown, ink);
            }
            None => {}
        }
        self.path = path;
    }

    /// An image fills the unit square; what it shows is not known.
    pub(crate) fn paint_image(&mut self, kind: ImageKind) {
        let unit = Rect::from_corners(0.0, 0.0, 1.0, 1.0);
        let bounds = self.state.matrix.apply_rect(&unit);
        let area = bounds.intersection(&self.state.clip.bounds).intersection(&self.page_rect);
        // Only a stencil is painted with the colour of the state.
        let paint = if kind == ImageKind::Stencil { self.state.fill.paint } else { Paint::Unknown };
        if area.width() <= 0.0 || area.height() <= 0.0 || !self.is_painted(&Ink { paint, ..self.state.fill })
        {
            return;
        }
        self.image_area += area.area();
        let mut square = Path::EMPTY;
        square.rectangle(&self.state.matrix, [0.0, 0.0, 1.0, 1.0]);
        let shape = if kind == ImageKind::Whole { square.shape(false) } else { Shape::Unknown };
        self.paint_area(&bounds, shape, Ink { paint: Paint::Unknown, ..self.state.fill });
    }

    pub(crate) fn image_kind(&self, image: &Dictionary) -> ImageKind {
        let file = self.session.file;
        if matches!(file.get(image, b"ImageMask"), Object::Boolean(true)) {
            ImageKind::Stencil
        } else if [b"SMask".as_slice(), b"Mask"].iter().any(|key| !file.get(image, key).is_null())
            || file.integer(image, b"SMaskInData").is_some_and(|kind| kind != 0)
        {
            ImageKind::Gaps
        } else {
            ImageKind::Whole
        }
    }

    /// Paints the whole clip with a shading (`sh`).
    pub(crate) fn paint_shading(&mut self, operands: &Operands<'_>, resources: Option<&'f Dictionary>) {
        let file = self.session.file;
        let shading = operands.name().and_then(|name| {
            let shadings = file.dictionary(resources?, b"Shading")?;
            as_dictionary(file.get(shadings, name))
        });
        let shape = if shading.is_some_and(|shading| self.has_no_gaps(shading)) {
            Shape::Rectangle
        } else {
            Shape::Unknown
        };
        let bounds = self.state.clip.bounds.intersection(&self.page_rect);
        if self.is_painted(&self.state.fill) {
            self.paint_area(&bounds, shape, Ink { paint: Paint::Unknown, ..self.state.fill });
        }
    }

    /// The paint of the pattern that the operands of `scn` name.
    pub(crate) fn pattern(&self, operands: &Operands<'_>, resources: Option<&'f Dictionary>) -> Paint {
        let file = self.session.file;
        let shading = operands.name().and_then(|name| {
            let patterns = file.dictionary(resources?, b"Pattern")?;
            file.dictionary(as_dictionary(file.get(patterns, name))?, b"Shading")
        });
        if shading.is_some_and(|shading| self.has_no_gaps(shading)) { Paint::Unknown } else { Paint::Pattern }
    }

    /// Whether a shading goes along an axis, and on at both ends.
    fn has_no_gaps(&self, shading: &Dictionary) -> bool {
        let file = self.session.file;
        let goes_on = |end: &Object| matches!(file.resolve(end), Object::Boolean(true));
        file.array(shading, b"Extend").is_some_and(|ends| ends.len() == 2 && ends.iter().all(goes_on))
            && file.integer(shading, b"ShadingType") == Some(2)
            && !shading.has(b"BBox")
    }

    fn is_painted(&self, ink: &Ink) -> bool {
        ink.alpha * self.state.group_alpha > 0.0 && ink.paint != Paint::Nothing && !self.marks.is_off()
    }

    fn paint_area(&mut self, bounds: &Rect, shape: Shape, ink: Ink) {
        let coat = Coat {
            paint: ink.paint,
            alpha: ink.alpha * self.state.group_alpha,
            blends: self.state.all_mixing().is_any(),
            n_glyphs: self.page.visible.len(),
        };
        if let Some(text) = self.state.text_clip {
            self.fill_text_clip(text, bounds, coat);
        } else {
            self.backdrop.add(bounds, shape, self.state.clip, coat);
        }
    }

    /// What is painted while text is the clip shows the text (ISO 32000-1, 9.3.6).
    fn fill_text_clip(&mut self, text: u32, bounds: &Rect, coat: Coat) {
        let Some((glyphs, is_shown)) = self.clip_texts.get_mut(text as usize) else {
            return;
        };
        if *is_shown {
            return;
        }
        for glyph in glyphs.iter().take(MAX_LOOKS) {
            let Some(style) = self.page.styles.get(glyph.style as usize) else {
                continue;
            };
            let places = places(glyph, style);
            if !places.iter().any(|(x, y)| bounds.contains(*x, *y)) {
                continue;
            }
            match self.backdrop.sight_of(&places, coat.paint, coat.alpha) {
                Sight::NoContrast => continue,
                Sight::Undecided => self.is_undecided = true,
                Sight::Visible => {}
            }
            *is_shown = true;
            return;
        }
    }

    /// At the end of a text object, text of the modes 4 to 7 becomes part of the clip.
    pub(crate) fn end_text(&mut self) {
        if let Some(glyphs) = self.clipping.take() {
            self.state.clip = self.state.clip.within_part_of(&Rect::EVERYWHERE);
            self.state.text_clip = Some(self.clip_texts.len() as u32);
            self.clip_texts.push((glyphs, false));
        }
    }

    pub(crate) fn set_dash(&mut self, operands: &Operands<'_>) {
        // The phase is a number by itself; the pattern is an array.
        self.state.is_dashed = !operands.pieces.is_empty();
    }
}
