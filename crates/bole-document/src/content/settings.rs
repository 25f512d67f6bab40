//! Graphics state parameter dictionaries.

use lopdf::{Dictionary, Object};

use crate::ReadError;
use crate::content::graphics::Blend;
use crate::content::interpreter::{Interpreter, place};
use crate::content::operands::Operands;
use crate::file::{File, as_dictionary, as_number};

/// The blend modes of ISO 32000-1, 11.3.5.
const BLEND_MODES: [&[u8]; 17] = [
    b"Normal",
    b"Compatible",
    b"Multiply",
    b"Screen",
    b"Overlay",
    b"Darken",
    b"Lighten",
    b"ColorDodge",
    b"ColorBurn",
    b"HardLight",
    b"SoftLight",
    b"Difference",
    b"Exclusion",
    b"Hue",
    b"Saturation",
    b"Color",
    b"Luminosity",
];

/// A graphics state parameter dictionary (ISO 32000-1, 8.4.5) as far as it matters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings<'f> {
    fill_alpha: Option<f32>,
    stroke_alpha: Option<f32>,
    line_width: Option<f32>,
    is_dashed: Option<bool>,
    blend: Option<Blend>,
    is_masked: Option<bool>,
    overprints: Option<bool>,
    font: Option<(&'f Dictionary, f32)>,
}

impl<'f> Interpreter<'f, '_> {
    pub(crate) fn set_extended_state(
        &mut self,
        operands: &Operands<'_>,
        resources: Option<&'f Dictionary>,
    ) -> Result<(), ReadError> {
        let file = self.session.file;
        let Some(name) = operands.name() else {
            return Ok(());
        };
        let place = place(resources);
        let known = self.session.named_settings.get(place, name);
        let settings = known.unwrap_or_else(|| {
            resources
                .and_then(|resources| file.dictionary(resources, b"ExtGState"))
                .and_then(|states| file.dictionary(states, name))
                .map(|dictionary| Settings::read(file, dictionary))
        });
        if known.is_none() {
            self.session.named_settings.keep(place, name, settings);
        }
        let Some(settings) = settings else {
            return Ok(());
        };
        let state = &mut self.state;
        state.fill.alpha = settings.fill_alpha.unwrap_or(state.fill.alpha);
        state.stroke.alpha = settings.stroke_alpha.unwrap_or(state.stroke.alpha);
        state.line_width = settings.line_width.unwrap_or(state.line_width);
        state.is_dashed = settings.is_dashed.unwrap_or(state.is_dashed);
        state.mixing.blend = settings.blend.unwrap_or(state.mixing.blend);
        state.mixing.is_masked = settings.is_masked.unwrap_or(state.mixing.is_masked);
        state.mixing.overprints = settings.overprints.unwrap_or(state.mixing.overprints);
        if let Some((font, size)) = settings.font {
            state.text.size = size;
            self.use_font(Some(font))?;
        }
        Ok(())
    }
}

impl<'f> Settings<'f> {
    fn read(file: &'f File, dictionary: &'f Dictionary) -> Self {
        let blend = match file.get(dictionary, b"BM") {
            Object::Name(name) => Some(name.as_slice()),
            // The first that the reader knows.
            Object::Array(names) => names
                .iter()
                .filter_map(|name| file.resolve(name).as_name().ok())
                .find(|name| BLEND_MODES.contains(name)),
            _ => None,
        };
        let is_masked = match file.get(dictionary, b"SMask") {
            Object::Dictionary(_) => Some(true),
            Object::Name(_) => Some(false),
            _ => None,
        };
        let truth = |key: &[u8]| match file.get(dictionary, key) {
            Object::Boolean(value) => Some(*value),
            _ => None,
        };
        let font = match file.array(dictionary, b"Font") {
            Some([font, size]) => as_dictionary(file.resolve(font))
                .map(|font| (font, as_number(file.resolve(size)).unwrap_or(0.0))),
            _ => None,
        };
        let is_dashed = match file.array(dictionary, b"D") {
            Some([pattern, ..]) => file.resolve(pattern).as_array().ok().map(|pattern| !pattern.is_empty()),
            _ => None,
        };
        Self {
            is_dashed,
            fill_alpha: file.number(dictionary, b"ca"),
            stroke_alpha: file.number(dictionary, b"CA"),
            line_width: file.number(dictionary, b"LW"),
            blend: blend.map(|blend| match blend {
                b"Normal" | b"Compatible" => Blend::Normal,
                b"Multiply" | b"Darken" => Blend::Darkens,
                _ => Blend::Other,
            }),
            is_masked,
            overprints: truth(b"op").or_else(|| truth(b"OP")),
            font,
        }
    }
}
