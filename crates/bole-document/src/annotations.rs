//! What form fields and free text put on a page.

use lopdf::{Dictionary, Object};

use crate::ReadError;
use crate::file::{as_dictionary, as_stream};
use crate::geometry::{Matrix, Rect};
use crate::glyph::{Glyph, Style};
use crate::interpreter::Interpreter;
use crate::marked::text_string;

const HIDDEN: i64 = 1 << 1;
const NO_VIEW: i64 = 1 << 5;
/// How far a field's value is looked for among its ancestors.
const MAX_ANCESTORS: usize = 16;
const MAX_ANNOTATIONS: usize = 5000;

impl<'f> Interpreter<'f, '_> {
    /// Adds the annotations of a page that show text as part of it.
    pub(crate) fn run_annotations(&mut self, page: &'f Dictionary) -> Result<(), ReadError> {
        let file = self.session.file;
        let Some(annotations) = file.array(page, b"Annots") else {
            return Ok(());
        };
        for annotation in annotations.iter().take(MAX_ANNOTATIONS) {
            let Some(annotation) = as_dictionary(file.resolve(annotation)) else {
                continue;
            };
            let flags = file.integer(annotation, b"F").unwrap_or(0);
            let is_field = match file.name(annotation, b"Subtype") {
                Some(b"Widget") => true,
                Some(b"FreeText" | b"Stamp") => false,
                _ => continue,
            };
            let layer_off = annotation.get(b"OC").is_ok_and(|layer| self.session.layers.is_off(file, layer));
            if flags & (HIDDEN | NO_VIEW) != 0 || layer_off {
                continue;
            }
            let Some(rect) = file.rect(annotation, b"Rect") else {
                continue;
            };
            if let Some(stream) = self.appearance(annotation) {
                self.paint_appearance(stream, &rect)?;
            } else if is_field {
                self.paint_value(annotation, &rect);
            }
        }
        Ok(())
    }

    /// The normal appearance, in its present state.
    fn appearance(&self, annotation: &'f Dictionary) -> Option<&'f lopdf::Stream> {
        let file = self.session.file;
        let appearances = file.dictionary(annotation, b"AP")?;
        match file.get(appearances, b"N") {
            Object::Stream(stream) => Some(stream),
            Object::Dictionary(states) => {
                let state = file.name(annotation, b"AS").unwrap_or(b"Off");
                as_stream(file.get(states, state))
            }
            _ => None,
        }
    }

    /// Fits the appearance's box into the annotation's rectangle (ISO 32000-1, 12.5.5, algorithm 8.1).
    fn paint_appearance(&mut self, stream: &'f lopdf::Stream, rect: &Rect) -> Result<(), ReadError> {
        let file = self.session.file;
        let matrix = file.numbers(&stream.dict, b"Matrix").map_or(Matrix::IDENTITY, Matrix::new);
        let Some(bounds) = file.rect(&stream.dict, b"BBox") else {
            return Ok(());
        };
        let bounds = matrix.apply_rect(&bounds);
        let factor = |to: f32, from: f32| if from > 0.0 { to / from } else { 1.0 };
        let (x, y) = (factor(rect.width(), bounds.width()), factor(rect.height(), bounds.height()));
        let fit = Matrix::new([x, 0.0, 0.0, y, rect.x0 - bounds.x0 * x, rect.y0 - bounds.y0 * y]);
        let outer = self.state;
        self.state.matrix = fit.then(&outer.matrix);
        let result = self.paint_form(stream, None, 0);
        self.state = outer;
        result
    }

    /// A field without an appearance: its value, as a viewer would set it.
    fn paint_value(&mut self, annotation: &'f Dictionary, rect: &Rect) {
        let file = self.session.file;
        let inherited = |key: &[u8]| {
            let mut field = annotation;
            for _ in 0..MAX_ANCESTORS {
                match file.get(field, key) {
                    Object::Null => field = file.dictionary(field, b"Parent")?,
                    value => return Some(value),
                }
            }
            None
        };
        if !matches!(inherited(b"FT"), Some(Object::Name(kind)) if kind == b"Tx" || kind == b"Ch") {
            return;
        }
        let Some(Object::String(value, _)) = inherited(b"V") else {
            return;
        };
        let displayed = self.state.matrix.apply_rect(rect);
        // Lines of a value are separated by any line end; the size is that of an ordinary line, if it fits.
        for (line, value) in lines(value).into_iter().enumerate() {
            let value = text_string(&value);
            let size = displayed.height().clamp(1.0, 11.0) * 0.9;
            let style = self.page.style(Style {
                cos: 1.0,
                sin: 0.0,
                degrees: 0,
                size,
                ascent: 0.8 * size,
                descent: 0.2 * size,
                word_gap: 0.15 * size,
            });
            let width = (displayed.width() / value.len().max(1) as f32).min(size * 0.6);
            let start = Glyph {
                scalar: ' ',
                style,
                x: displayed.x0,
                y: displayed.y0 + size * (0.9 + 1.2 * line as f32),
                width,
                pen: width,
            };
            let glyphs = self.spread(&value, &start, width * value.len() as f32);
            self.page.visible.extend(glyphs);
        }
    }
}

/// Splits a text string at its line ends, each part with the mark of its encoding.
fn lines(value: &[u8]) -> Vec<Vec<u8>> {
    if let [0xfe, 0xff, units @ ..] = value {
        let units: Vec<&[u8]> = units.chunks(2).collect();
        return units
            .split(|unit| matches!(unit, [0, b'\r' | b'\n']))
            .map(|line| [&[0xfe, 0xff], line.concat().as_slice()].concat())
            .collect();
    }
    value.split(|byte| matches!(byte, b'\r' | b'\n')).map(<[u8]>::to_vec).collect()
}
