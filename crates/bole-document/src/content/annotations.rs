//! What form fields and free text put on a page.

use bole_core::HiddenReason;
use lopdf::{Dictionary, Object};

use crate::ReadError;
use crate::content::interpreter::Interpreter;
use crate::content::marked::text_string;
use crate::content::visibility::TINY_POINTS;
use crate::file::{File, as_dictionary, as_stream, decode};
use crate::font::dingbat;
use crate::geometry::{Matrix, Rect};
use crate::glyph::{Glyph, Style};

const HIDDEN: i64 = 1 << 1;
const NO_VIEW: i64 = 1 << 5;
/// How far a field's value is looked for among its ancestors.
const MAX_ANCESTORS: usize = 16;
const MAX_ANNOTATIONS: usize = 5000;
/// How long a value in a stream may be.
const MAX_VALUE_BYTES: usize = 1 << 20;
/// Flags of fields (ISO 32000-1, tables 226 and 228).
const PASSWORD: i64 = 1 << 13;
const PUSH_BUTTON: i64 = 1 << 16;

/// The size of the value of a field that has room for it, the least that viewers shrink one to that has not, and how
/// many sizes one row is below the other.
const ORDINARY_POINTS: f32 = 11.0;
const SMALLEST_POINTS: f32 = 4.0;
const LEADING: f32 = 1.2;

impl<'f> Interpreter<'f, '_> {
    /// Adds the annotations of a page that show text as part of it.
    pub(crate) fn run_annotations(&mut self, page: &'f Dictionary) -> Result<(), ReadError> {
        let file = self.session.file;
        let Some(annotations) = file.array(page, b"Annots") else {
            return Ok(());
        };
        let form = file.catalog().and_then(|catalog| file.dictionary(catalog, b"AcroForm"));
        let needs_appearances =
            form.is_some_and(|form| matches!(file.get(form, b"NeedAppearances"), Object::Boolean(true)));
        // Appearances without resources of their own use those of the form.
        let resources = form.and_then(|form| file.dictionary(form, b"DR"));
        for annotation in annotations.iter().take(MAX_ANNOTATIONS) {
            let Some(annotation) = as_dictionary(file.resolve(annotation)) else {
                continue;
            };
            let flags = file.integer(annotation, b"F").unwrap_or(0);
            let subtype = file.name(annotation, b"Subtype").unwrap_or_default();
            if matches!(subtype, b"Popup" | b"Link") {
                continue;
            }
            let layer_off = annotation.get(b"OC").is_ok_and(|layer| self.session.layers.is_off(file, layer));
            if flags & (HIDDEN | NO_VIEW) != 0 || layer_off {
                continue;
            }
            let Some(rect) = file.rect(annotation, b"Rect") else {
                continue;
            };
            let value = match subtype {
                b"Widget" => field_value(file, annotation),
                b"FreeText" => Shown::text(file, file.get(annotation, b"Contents")),
                _ => None,
            };
            match (self.appearance(annotation), value) {
                (Some(stream), None) => self.paint_appearance(stream, &rect, resources)?,
                // A viewer that is to make appearances anew makes those of text.
                (Some(stream), Some(value)) if !(needs_appearances && value.is_text) => {
                    self.paint_appearance(stream, &rect, resources)?;
                }
                (_, Some(value)) => self.paint_value(&value, &rect)?,
                (None, None) => {}
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
    fn paint_appearance(
        &mut self,
        stream: &'f lopdf::Stream,
        rect: &Rect,
        resources: Option<&'f Dictionary>,
    ) -> Result<(), ReadError> {
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
        let result = self.paint_form(stream, resources, 0);
        self.state = outer;
        result
    }

    /// Sets the value of an annotation as a viewer would, roughly.
    fn paint_value(&mut self, value: &Shown, rect: &Rect) -> Result<(), ReadError> {
        // An empty line costs too.
        let n_characters: usize = value.lines.iter().map(|line| line.len() + 1).sum();
        self.session.budget.take_characters(n_characters)?;
        self.session.budget.take_content(n_characters)?;
        let displayed = self.state.matrix.apply_rect(rect);
        let (width, height) = (displayed.width(), displayed.height());
        let Setting { size, smallest, rows } = Setting::fit(&value.lines, width, height);
        let style = Style {
            cos: 1.0,
            sin: 0.0,
            degrees: 0,
            size,
            ascent: 0.8 * size,
            descent: 0.2 * size,
            word_gap: 0.15 * size,
        };
        let index = self.page.style(style);
        let n_rows = n_rows(size, height);
        for (row, text) in rows.iter().enumerate() {
            let start = Glyph {
                scalar: ' ',
                style: index,
                x: displayed.x0,
                y: displayed.y0 + size * (0.9 + LEADING * row as f32),
                width: 0.0,
                pen: 0.0,
            };
            // A long word is squeezed, but not to less than its width at the smallest size.
            let ems: f32 = text.iter().map(|scalar| em(*scalar)).sum();
            let glyphs = self.spread(text, &start, (ems * size).min(width.max(ems * smallest)));
            for glyph in glyphs {
                let middle = glyph.x + glyph.width / 2.0;
                let reason = if !glyph.rect(&style).meets(&self.page_rect) {
                    HiddenReason::OffPage
                } else if row >= n_rows || middle > displayed.x1 {
                    HiddenReason::Clipped
                } else if size < TINY_POINTS {
                    HiddenReason::Tiny
                } else {
                    self.page.visible.push(glyph);
                    continue;
                };
                self.page.hidden.push((reason, glyph));
            }
        }
        Ok(())
    }
}

/// A value's rows, in the largest size at which all of them fit.
struct Setting<'v> {
    size: f32,
    smallest: f32,
    rows: Vec<&'v [char]>,
}

impl<'v> Setting<'v> {
    fn fit(lines: &'v [Vec<char>], width: f32, height: f32) -> Self {
        let mut size = height.min(ORDINARY_POINTS) * 0.9;
        let smallest = SMALLEST_POINTS.min(size);
        loop {
            let mut rows = Vec::new();
            for line in lines {
                wrap(line, width / size.max(f32::MIN_POSITIVE), &mut rows);
            }
            if size <= smallest || rows.len() <= n_rows(size, height) {
                return Self { size, smallest, rows };
            }
            size = (size * 0.9).max(smallest);
        }
    }
}

/// How many rows of this size a box of this height shows.
fn n_rows(size: f32, height: f32) -> usize {
    if size > 0.0 { ((height / size + LEADING - 1.0) / LEADING) as usize } else { 0 }
}

/// Breaks a line between words, and anywhere in scripts without spaces, so that each row has at most so many ems if
/// its words have.
fn wrap<'v>(line: &'v [char], ems: f32, rows: &mut Vec<&'v [char]>) {
    let (mut start, mut may_end, mut used) = (0, 0, 0.0);
    for (index, scalar) in line.iter().enumerate() {
        used += em(*scalar);
        if used > ems && may_end > start && *scalar != ' ' {
            rows.extend(line.get(start..may_end));
            used = line.get(may_end..=index).unwrap_or_default().iter().map(|scalar| em(*scalar)).sum();
            start = may_end;
        }
        if *scalar == ' ' || em(*scalar) >= 1.0 {
            may_end = index + 1;
        }
    }
    rows.extend(line.get(start..));
}

/// The width of a character, roughly.
fn em(scalar: char) -> f32 {
    /// From here on, letters and signs of East Asia fill a square.
    const FIRST_WIDE: char = '\u{2e80}';
    match scalar {
        FIRST_WIDE.. => 1.0,
        _ if scalar.is_whitespace() => 0.3,
        _ => 0.5,
    }
}

/// What an annotation without an appearance shows.
struct Shown {
    lines: Vec<Vec<char>>,
    /// Text that was typed, and not the mark of a button.
    is_text: bool,
}

impl Shown {
    fn text(file: &File, value: &Object) -> Option<Self> {
        let bytes = match value {
            Object::String(bytes, _) => bytes.clone(),
            Object::Stream(stream) => decode(stream, MAX_VALUE_BYTES).ok()?,
            Object::Array(values) => {
                let values = values.iter().filter_map(|value| file.resolve(value).as_str().ok());
                return Self::of(values.take(MAX_ANNOTATIONS).flat_map(lines).collect(), true);
            }
            _ => return None,
        };
        Self::of(lines(&bytes), true)
    }

    fn of(lines: Vec<Vec<char>>, is_text: bool) -> Option<Self> {
        (!lines.iter().all(Vec::is_empty)).then_some(Self { lines, is_text })
    }
}

/// What a form field shows (ISO 32000-1, 12.7.4).
fn field_value(file: &File, field: &Dictionary) -> Option<Shown> {
    let inherited = |key: &[u8]| {
        let mut field = field;
        for _ in 0..MAX_ANCESTORS {
            match file.get(field, key) {
                Object::Null => field = file.dictionary(field, b"Parent")?,
                value => return Some(value),
            }
        }
        None
    };
    let flags = inherited(b"Ff").and_then(|flags| flags.as_i64().ok()).unwrap_or(0);
    let caption = file.dictionary(field, b"MK").map(|look| file.get(look, b"CA"));
    match inherited(b"FT")? {
        Object::Name(kind) if kind == b"Tx" && flags & PASSWORD == 0 => Shown::text(file, inherited(b"V")?),
        Object::Name(kind) if kind == b"Ch" => {
            let value = inherited(b"V")?;
            // What is stored may be another word than what is shown.
            let shown = match inherited(b"Opt") {
                Some(Object::Array(options)) => {
                    options.iter().take(MAX_ANNOTATIONS).find_map(|option| match file.resolve(option) {
                        Object::Array(pair) => match pair.as_slice() {
                            [stored, shown] if file.resolve(stored) == value => Some(file.resolve(shown)),
                            _ => None,
                        },
                        _ => None,
                    })
                }
                _ => None,
            };
            Shown::text(file, shown.unwrap_or(value))
        }
        Object::Name(kind) if kind == b"Btn" && flags & PUSH_BUTTON != 0 => {
            let Shown { lines, .. } = Shown::text(file, caption?)?;
            Shown::of(lines, false)
        }
        Object::Name(kind) if kind == b"Btn" => {
            let state = match file.get(field, b"AS") {
                Object::Null => inherited(b"V")?,
                state => state,
            };
            if !matches!(state, Object::Name(state) if state != b"Off") {
                return None;
            }
            // The caption is a character of ZapfDingbats; without one it is a tick.
            let code = match caption {
                Some(Object::String(caption, _)) => caption.first().copied().unwrap_or(b'4'),
                _ => b'4',
            };
            Shown::of(vec![dingbat(code).into_iter().collect()], false)
        }
        _ => None,
    }
}

/// The lines of a text string, separated by any line end.
fn lines(value: &[u8]) -> Vec<Vec<char>> {
    if let [mark @ (0xfe | 0xff), other @ (0xfe | 0xff), units @ ..] = value
        && mark != other
    {
        let units: Vec<&[u8]> = units.chunks(2).collect();
        let is_end = |unit: &&[u8]| matches!(unit, [0, b'\r' | b'\n'] | [b'\r' | b'\n', 0]);
        return units
            .split(is_end)
            .map(|line| text_string(&[&[*mark, *other], line.concat().as_slice()].concat()))
            .collect();
    }
    value.split(|byte| matches!(byte, b'\r' | b'\n')).map(text_string).collect()
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use crate::testing::Builder;
    use crate::{Limits, read};

    use super::*;

    /// The text of a page with one annotation, and a form of these entries.
    fn text_of(annotation: Dictionary, form: Dictionary) -> String {
        let mut builder = Builder::new();
        let rect: Vec<Object> = vec![100.into(), 600.into(), 300.into(), 640.into()];
        let mut annotation = annotation;
        annotation.set("Rect", rect);
        builder.annotation(annotation);
        builder.document.trailer.set("AcroForm", form);
        builder.page("");
        read(&builder.finish(), &Limits::STANDARD).unwrap().pages.remove(0).text
    }

    fn widget(kind: &str, entries: Dictionary) -> Dictionary {
        let mut widget = dictionary! { "Subtype" => "Widget", "FT" => kind };
        for (key, value) in entries {
            widget.set(key, value);
        }
        widget
    }

    #[test]
    fn values_of_fields() {
        let text = Object::string_literal;
        let options = vec![
            Object::Array(vec![text("m"), text("Munich")]),
            Object::Array(vec![text("b"), text("Berlin")]),
        ];
        let nested = dictionary! { "Parent" => dictionary! { "FT" => "Tx", "V" => text("inherited") }, "Subtype" => "Widget" };
        for (annotation, expected) in [
            (widget("Tx", dictionary! { "V" => text("one\rtwo") }), "one\ntwo"),
            (widget("Tx", dictionary! { "V" => text("hunter2"), "Ff" => PASSWORD }), ""),
            (nested, "inherited"),
            (widget("Ch", dictionary! { "V" => text("b"), "Opt" => options.clone() }), "Berlin"),
            (widget("Ch", dictionary! { "V" => text("Rome"), "Opt" => options }), "Rome"),
            (widget("Ch", dictionary! { "V" => vec![text("a"), text("b")] }), "a\nb"),
            (widget("Btn", dictionary! { "AS" => "Yes" }), "✔"),
            (widget("Btn", dictionary! { "AS" => "Yes", "MK" => dictionary! { "CA" => text("8") } }), "✘"),
            (widget("Btn", dictionary! { "AS" => "Off", "V" => "Yes" }), ""),
            (
                widget(
                    "Btn",
                    dictionary! { "Ff" => PUSH_BUTTON, "MK" => dictionary! { "CA" => text("Send") } },
                ),
                "Send",
            ),
            (dictionary! { "Subtype" => "FreeText", "Contents" => text("note") }, "note"),
            (dictionary! { "Subtype" => "FreeText", "Contents" => text("note"), "F" => HIDDEN }, ""),
            (dictionary! { "Subtype" => "Text", "Contents" => text("comment") }, ""),
        ] {
            assert_eq!(text_of(annotation.clone(), Dictionary::new()), expected, "{annotation:?}");
        }
    }

    #[test]
    fn values_that_do_not_fit_are_hidden() {
        use HiddenReason::{Clipped, OffPage};
        let word = "secret words ";
        for (subtype, rect, n_words, expected) in [
            ("FreeText", [100, 600, 300, 640], 1, None),
            ("FreeText", [100, 500, 100, 500], 1, Some(Clipped)),
            ("FreeText", [900, 900, 1100, 930], 1, Some(OffPage)),
            ("FreeText", [100, 600, 152, 612], 1, None),
            ("Widget", [0, 0, 0, 0], 1, Some(Clipped)),
            ("Widget", [100, 400, 104, 402], 60, Some(Clipped)),
            ("Widget", [100, 400, 300, 412], 6, None),
            ("Widget", [100, 400, 300, 500], 60, None),
            ("Widget", [100, 400, 101, 401], 1, Some(Clipped)),
        ] {
            let mut builder = Builder::new();
            let rect: Vec<Object> = rect.into_iter().map(Object::from).collect();
            let value = Object::string_literal(word.repeat(n_words));
            builder.annotation(dictionary! {
                "Subtype" => subtype, "FT" => "Tx", "Rect" => rect.clone(),
                "V" => value.clone(), "Contents" => value,
            });
            builder.page("");
            let page = read(&builder.finish(), &Limits::STANDARD).unwrap().pages.remove(0);
            let reason = page.hidden.last().map(|hidden| hidden.reason);
            assert_eq!(reason, expected, "{rect:?} {:?}", page.text);
            let n_visible = page.text.split_whitespace().count();
            assert!(
                if expected.is_none() { n_visible == 2 * n_words } else { page.text.len() < 9 },
                "{rect:?}"
            );
        }
    }

    #[test]
    fn appearances_and_when_they_are_made_anew() {
        let text_of = |subtype: &str, value: Option<&str>, form: Dictionary| {
            let mut builder = Builder::new();
            let appearance = builder.stream(
                dictionary! { "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 200.into(), 40.into()] },
                b"BT /Own 10 Tf 2 5 Td (\x01) Tj ET",
            );
            let rect: Vec<Object> = vec![100.into(), 600.into(), 300.into(), 640.into()];
            let mut annotation = dictionary! {
                "Subtype" => subtype, "FT" => "Tx", "Rect" => rect, "AP" => dictionary! { "N" => appearance },
            };
            if let Some(value) = value {
                annotation.set("V", Object::string_literal(value));
            }
            builder.annotation(annotation);
            builder.document.trailer.set("AcroForm", form);
            builder.page("");
            read(&builder.finish(), &Limits::STANDARD).unwrap().pages.remove(0).text
        };
        let own = dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Own",
            "Encoding" => dictionary! { "Differences" => vec![1.into(), "A".into()] },
        };
        let resources = dictionary! { "Font" => dictionary! { "Own" => own } };
        let with_resources = dictionary! { "DR" => resources.clone() };
        let anew = dictionary! { "DR" => resources, "NeedAppearances" => true };
        for (subtype, value, form, expected) in [
            ("Widget", Some("new"), &with_resources, "A"),
            ("Widget", Some("new"), &anew, "new"),
            ("Widget", None, &anew, "A"),
            ("Stamp", None, &with_resources, "A"),
            ("Watermark", None, &with_resources, "A"),
            ("Popup", None, &with_resources, ""),
        ] {
            assert_eq!(text_of(subtype, value, form.clone()), expected, "{subtype} {value:?}");
        }
    }
}
