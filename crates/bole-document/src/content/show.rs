//! Shown strings: from codes to glyphs with a place.

use crate::ReadError;
use crate::content::graphics::TextState;
use crate::content::interpreter::Interpreter;
use crate::content::operands::{Operands, Piece};
use crate::font::Font;
use crate::geometry::Matrix;
use crate::glyph::{Glyph, Style};
use crate::lexer::{unescape_hex, unescape_literal, unescape_two};

/// Where the baseline of a vertical line lies, left of the middle of its glyphs, in ems.
const VERTICAL_BASELINE: f32 = 0.3;

impl Interpreter<'_, '_> {
    /// Shows the strings among `operands`; numbers between them move the pen.
    pub(crate) fn show_operands(&mut self, operands: &Operands<'_>) -> Result<(), ReadError> {
        let start = self.page.visible.len();
        for piece in &operands.pieces {
            match piece {
                Piece::Literal(raw) if memchr::memchr2(b'\\', b'\r', raw).is_none() => self.show(raw),
                Piece::Literal(raw) => self.show_unescaped(raw, unescape_literal),
                Piece::Hex(raw) => match unescape_two(raw) {
                    // Where each glyph is placed by itself, strings are of one code of two bytes.
                    Some(bytes) => self.show(&bytes),
                    None => self.show_unescaped(raw, unescape_hex),
                },
                Piece::Move(thousandths) => self.move_pen(-thousandths / 1000.0),
            }
        }
        self.first_unsorted.get_or_insert(start);
        self.session.budget.take_characters(self.page.visible.len() - start)
    }

    /// Shows the bytes that a string as written stands for.
    fn show_unescaped(&mut self, raw: &[u8], unescape: impl Fn(&[u8], &mut Vec<u8>)) {
        let mut unescaped = std::mem::take(&mut self.unescaped);
        unescaped.clear();
        unescape(raw, &mut unescaped);
        self.show(&unescaped);
        self.unescaped = unescaped;
    }

    /// Moves by so many units of the font's size along the line.
    fn move_pen(&mut self, units: f32) {
        let text = &self.state.text;
        let is_vertical =
            text.font.and_then(|font| self.session.fonts.get(font)).is_some_and(|font| font.vertical);
        let distance = units * text.size;
        self.text_matrix = if is_vertical {
            self.text_matrix.moved(0.0, distance)
        } else {
            self.text_matrix.moved(distance * text.scaling, 0.0)
        };
    }

    fn show(&mut self, bytes: &[u8]) {
        let text = &self.state.text;
        let Some(font) = text.font.and_then(|font| self.session.fonts.get(font)) else {
            return;
        };
        let matrix = self.text_matrix.then(&self.state.matrix);
        let source = StyleSource {
            linear: [matrix.a, matrix.b, matrix.c, matrix.d],
            size: text.size,
            scaling: text.scaling,
            font: text.font,
        };
        let (style_index, step) = match self.last_style {
            Some(last) if last.source == source => (last.index, last.step),
            _ => {
                let index = self.page.style(style(&matrix, text.size, font, text.scaling));
                let step =
                    if font.vertical { length(matrix.c, matrix.d) } else { length(matrix.a, matrix.b) };
                self.last_style = Some(LastStyle { source, index, step });
                (index, step)
            }
        };
        let line = Line { font, text, matrix, style: style_index, step };
        let visible = &mut self.page.visible;
        let is_vertical = font.vertical;
        let offset = line.push(bytes, visible);
        self.text_matrix = if is_vertical {
            self.text_matrix.moved(0.0, offset)
        } else {
            self.text_matrix.moved(offset, 0.0)
        };
    }

    /// Puts `scalars` evenly between two points on one baseline, as visible text.
    pub(crate) fn spread(&self, scalars: &[char], first: &Glyph, width: f32) -> Vec<Glyph> {
        let Some(style) = self.page.styles.get(first.style as usize) else {
            return Vec::new();
        };
        let share = width / scalars.len().max(1) as f32;
        scalars
            .iter()
            .enumerate()
            .map(|(index, scalar)| Glyph {
                scalar: *scalar,
                x: first.x + share * index as f32 * style.cos,
                y: first.y + share * index as f32 * style.sin,
                width: share,
                pen: share,
                ..*first
            })
            .collect()
    }
}

/// Where a string goes, and how.
struct Line<'a> {
    font: &'a Font<'a>,
    text: &'a TextState,
    /// From text space to the page as displayed.
    matrix: Matrix,
    style: u32,
    /// One unit of text space along the line, in points.
    step: f32,
}

impl Line<'_> {
    /// Appends the glyphs of a string; returns how far the pen went, in units of text space.
    #[inline]
    fn push(&self, bytes: &[u8], visible: &mut Vec<Glyph>) -> f32 {
        let Line { font, text, matrix, step, .. } = *self;
        // What an advance is multiplied by, and added to it, in text space.
        let (scale, scaling) =
            if font.vertical { (text.size, 1.0) } else { (text.size * text.scaling, text.scaling) };
        let (spacing, word_spacing) = (text.character_spacing * scaling, text.word_spacing * scaling);
        let (step_x, step_y, start_x, start_y) = if font.vertical {
            let shift = -VERTICAL_BASELINE * text.size;
            (matrix.c, matrix.d, matrix.e + shift * matrix.a, matrix.f + shift * matrix.b)
        } else {
            (matrix.a, matrix.b, matrix.e + text.rise * matrix.c, matrix.f + text.rise * matrix.d)
        };
        let mut offset = 0.0;
        let mut rest = bytes;
        while let Some(shown) = font.next_shown(rest) {
            rest = rest.get(shown.n_bytes..).unwrap_or_default();
            let width = shown.advance * scale;
            let pen = width + spacing + if shown.takes_word_spacing { word_spacing } else { 0.0 };
            let glyph = Glyph {
                scalar: '\0',
                style: self.style,
                x: start_x + offset * step_x,
                y: start_y + offset * step_y,
                width: width.abs() * step,
                pen: if font.vertical { (pen * step).abs() } else { pen * step },
            };
            offset += pen;
            match shown.text.scalar() {
                Some(scalar) => visible.push(Glyph { scalar, ..glyph }),
                // An unmapped code without width shows nothing.
                None if shown.text.is_unmapped() && width == 0.0 => {}
                None => {
                    let mut single = ['\0'];
                    let scalars = font.expand(shown.text, &mut single);
                    let share = 1.0 / scalars.len().max(1) as f32;
                    for (index, scalar) in scalars.iter().enumerate() {
                        let along = width * share * index as f32;
                        visible.push(Glyph {
                            scalar: *scalar,
                            x: glyph.x + along * step_x,
                            y: glyph.y + along * step_y,
                            width: glyph.width * share,
                            pen: glyph.pen * share,
                            ..glyph
                        });
                    }
                }
            }
        }
        offset
    }
}

/// The style of the last shown string.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LastStyle {
    source: StyleSource,
    index: u32,
    /// One unit of text space along the line, in points.
    step: f32,
}

/// What a style is made from.
#[derive(Clone, Copy, Debug, PartialEq)]
struct StyleSource {
    linear: [f32; 4],
    size: f32,
    scaling: f32,
    font: Option<usize>,
}

/// `hypot` without its care for extreme values, which it pays for in time.
#[inline]
fn length(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

/// The style of text with this matrix to the page as displayed.
fn style(matrix: &Matrix, size: f32, font: &Font<'_>, scaling: f32) -> Style {
    let (along_x, along_y) = if font.vertical {
        (-matrix.c * size, -matrix.d * size)
    } else {
        let sign = if size * scaling < 0.0 { -1.0 } else { 1.0 };
        (matrix.a * sign, matrix.b * sign)
    };
    let along = length(along_x, along_y);
    let (cos, sin) =
        if along > 0.0 && along.is_finite() { (along_x / along, along_y / along) } else { (1.0, 0.0) };
    // The height of text is measured across its baseline, so that slanted text is not taller.
    let determinant = (matrix.a * matrix.d - matrix.b * matrix.c).abs();
    let stretch = if font.vertical {
        length(matrix.a, matrix.b)
    } else {
        determinant / length(matrix.a, matrix.b).max(f32::MIN_POSITIVE)
    };
    let em = (size * stretch * font.em).abs().min(1e6);
    // Along the line letters may be stretched otherwise than across.
    let along = (size * scaling * length(matrix.a, matrix.b) * font.em).abs().min(1e6);
    let degrees = if sin == 0.0 && cos > 0.0 {
        0
    } else {
        sin.atan2(cos).to_degrees().round().rem_euclid(360.0) as u16
    };
    Style {
        cos,
        sin,
        degrees,
        size: em,
        ascent: font.ascent * em,
        descent: font.descent * em,
        word_gap: (font.space * 0.5).clamp(0.1, 0.2) * along,
    }
}
