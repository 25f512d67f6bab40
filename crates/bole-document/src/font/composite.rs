use lopdf::{Dictionary, Object};

use super::cmap::CMap;
use super::code_table::CodeTable;
use super::predefined::{Collection, Predefined};
use super::text::{Strings, Text, UnicodeMap};
use super::truetype::TrueType;
use super::{Program, Shown, Source, cff, glyph_names};
use crate::ReadError;
use crate::file::{File, as_number, as_stream};

/// A font of codes of one to four bytes, by way of CIDs (ISO 32000-1, 9.7).
#[derive(Debug)]
pub(crate) struct Composite {
    codes: Codes,
    unicode: UnicodeMap,
    /// CID to text where the map above is silent; its strings are those of `unicode`.
    by_cid: CodeTable,
    collection: Option<Collection>,
    widths: CodeTable,
    default_width: f32,
    vertical: bool,
    vertical_advance: f32,
}

#[derive(Debug)]
enum Codes {
    /// Two bytes, code = CID.
    Identity,
    Embedded(Box<CMap>),
    Predefined(Predefined),
}

/// How many CIDs the width array may name, ranges unfolded.
const MAX_WIDTHS: usize = 400_000;

impl Composite {
    pub(crate) fn read(
        source: &mut Source<'_>,
        dictionary: &Dictionary,
        descendant: Option<&Dictionary>,
    ) -> Result<Self, ReadError> {
        let file = source.file;
        let mut vertical = false;
        let codes = match file.get(dictionary, b"Encoding") {
            Object::Name(name) => {
                vertical = name.ends_with(b"-V") || name == b"V";
                if let Some(predefined) = Predefined::named(name) {
                    Codes::Predefined(predefined)
                } else {
                    source.damaged |= !name.starts_with(b"Identity");
                    Codes::Identity
                }
            }
            Object::Stream(stream) => match source.cmap(dictionary, b"Encoding")? {
                Some(map) => {
                    vertical = map.vertical || file.integer(&stream.dict, b"WMode") == Some(1);
                    let base = match file.get(&stream.dict, b"UseCMap") {
                        Object::Name(name) => Some(name.clone()),
                        _ => map.base.clone(),
                    };
                    match base.and_then(|base| Predefined::named(&base)) {
                        Some(predefined) if !map.has_cids() => Codes::Predefined(predefined),
                        _ if map.has_cids() => Codes::Embedded(Box::new(map)),
                        _ => Codes::Identity,
                    }
                }
                None => Codes::Identity,
            },
            _ => Codes::Identity,
        };
        let unicode = source.cmap(dictionary, b"ToUnicode")?.map(|map| map.unicode).unwrap_or_default();
        let mut composite = Self {
            codes,
            unicode,
            by_cid: CodeTable::default(),
            collection: None,
            widths: CodeTable::default(),
            default_width: 1.0,
            vertical,
            vertical_advance: -1.0,
        };
        let Some(descendant) = descendant else {
            source.damaged = true;
            return Ok(composite);
        };
        composite.collection = file.dictionary(descendant, b"CIDSystemInfo").and_then(|info| {
            match file.get(info, b"Ordering") {
                Object::String(ordering, _) => Collection::from_ordering(ordering),
                _ => None,
            }
        });
        if composite.unicode.is_empty() && composite.collection.is_none() {
            composite.read_program(source, descendant)?;
        }
        if let Some(width) = file.number(descendant, b"DW") {
            composite.default_width = width / 1000.0;
        }
        if let Some([_, advance]) = file.numbers(descendant, b"DW2") {
            composite.vertical_advance = advance / 1000.0;
        }
        if let Some(array) = file.array(descendant, b"W") {
            composite.read_widths(file, array);
        }
        Ok(composite)
    }

    /// Takes the text of CIDs from the embedded font program, as a last resort.
    fn read_program(&mut self, source: &mut Source<'_>, descendant: &Dictionary) -> Result<(), ReadError> {
        let file = source.file;
        let Some(descriptor) = file.dictionary(descendant, b"FontDescriptor") else {
            return Ok(());
        };
        let Some((program, bytes)) = source.font_file(descriptor)? else {
            return Ok(());
        };
        match program {
            Program::TrueType => {
                let Some(scalars) = TrueType::parse(&bytes).map(|font| font.glyph_scalars()) else {
                    return Ok(());
                };
                let cid_to_glyph = match as_stream(file.get(descendant, b"CIDToGIDMap")) {
                    Some(stream) => source.decode(stream, 1 << 17, "bytes of a map of CIDs")?,
                    None => None,
                };
                // Without a map CIDs are glyphs.
                let mut glyphs: Vec<(u32, u32)> = match &cid_to_glyph {
                    Some(map) => (0..)
                        .zip(map.chunks_exact(2))
                        .map(|(cid, glyph)| {
                            (cid, glyph.iter().fold(0, |value, byte| value << 8 | u32::from(*byte)))
                        })
                        .collect(),
                    None => scalars.keys().map(|glyph| (*glyph, *glyph)).collect(),
                };
                glyphs.sort_unstable();
                for (cid, glyph) in glyphs.into_iter().filter(|(_, glyph)| *glyph != 0) {
                    if let Some(scalar) = scalars.get(&glyph) {
                        let text = self.unicode.strings.intern_scalar(*scalar);
                        self.by_cid.set(cid, text.0);
                    }
                }
            }
            Program::Cff => {
                for (glyph, name) in cff::glyph_names(&bytes).into_iter().enumerate() {
                    if let Some(scalars) = name.and_then(|name| glyph_names::scalars(&name)) {
                        let text = self.unicode.strings.intern(scalars);
                        self.by_cid.set(glyph as u32, text.0);
                    }
                }
            }
            Program::Type1 => {}
        }
        Ok(())
    }

    /// `c [w1 w2 …]` and `c_first c_last w` (ISO 32000-1, 9.7.4.3).
    fn read_widths(&mut self, file: &File, array: &[Object]) {
        let mut pending: [f32; 2] = [0.0; 2];
        let mut n_pending = 0;
        let mut n_set = 0;
        for object in array {
            match file.resolve(object) {
                Object::Array(widths) if n_pending > 0 => {
                    let first = pending[0] as u32;
                    for (offset, width) in widths.iter().enumerate() {
                        let width = as_number(file.resolve(width)).unwrap_or(0.0);
                        self.set_width(first.saturating_add(offset as u32), width);
                    }
                    n_set += widths.len();
                    n_pending = 0;
                }
                other => {
                    let Some(number) = as_number(other) else { continue };
                    if let Some(slot) = pending.get_mut(n_pending) {
                        *slot = number;
                        n_pending += 1;
                        continue;
                    }
                    let [first, last] = pending.map(|cid| cid.clamp(0.0, 65535.0) as u32);
                    for cid in first..=last {
                        self.set_width(cid, number);
                        n_set += 1;
                    }
                    n_pending = 0;
                }
            }
            if n_set > MAX_WIDTHS {
                return;
            }
        }
    }

    fn set_width(&mut self, cid: u32, width: f32) {
        // Minus zero is not the table's "none".
        let width = if width == 0.0 { -0.0 } else { width / 1000.0 };
        self.widths.set(cid, width.to_bits());
    }

    fn width(&self, cid: u32) -> f32 {
        match self.widths.get(cid) {
            0 => self.default_width,
            bits => f32::from_bits(bits),
        }
    }

    #[inline]
    pub(crate) fn next_shown(&self, bytes: &[u8]) -> Option<Shown> {
        let (n_bytes, code, cid) = match &self.codes {
            Codes::Identity => match *bytes {
                [] => return None,
                [low] => (1, u32::from(low), u32::from(low)),
                [high, low, ..] => {
                    let code = u32::from(high) << 8 | u32::from(low);
                    (2, code, code)
                }
            },
            _ if bytes.is_empty() => return None,
            Codes::Embedded(map) => {
                let (n_bytes, code) = map.next_code(bytes);
                (n_bytes, code, map.cid(n_bytes, code).unwrap_or(0))
            }
            Codes::Predefined(map) => map.next_code(bytes),
        };
        let mut text = self.unicode.get(code);
        if text.is_unmapped() {
            text = self.text_of_cid(code, cid);
        }
        let width = self.width(cid);
        Some(Shown {
            text,
            advance: if self.vertical { self.vertical_advance } else { width },
            n_bytes,
            takes_word_spacing: n_bytes == 1 && code == 32,
        })
    }

    fn text_of_cid(&self, code: u32, cid: u32) -> Text {
        if let Codes::Predefined(map) = &self.codes
            && let Some(scalar) = map.scalar_of_code(code)
        {
            return stored(scalar);
        }
        let text = Text(self.by_cid.get(cid));
        if !text.is_unmapped() {
            return text;
        }
        self.collection.and_then(|collection| collection.scalar(cid)).map_or(Text::UNMAPPED, stored)
    }

    pub(crate) fn strings(&self) -> &Strings {
        &self.unicode.strings
    }

    pub(crate) fn is_vertical(&self) -> bool {
        self.vertical
    }

    /// The usual width of a space in ems; the code of the space is not looked for.
    pub(crate) fn space(&self) -> f32 {
        let width = self.width(1);
        if self.collection.is_some() && (0.15..0.4).contains(&width) { width } else { 0.25 }
    }
}

/// The stored form of one scalar; those that unfold to several do not occur in the collections but as ligatures,
/// whose first letter would mislead, so they stay.
fn stored(scalar: char) -> Text {
    if scalar.is_whitespace() { Text(' ' as u32) } else { Text(scalar as u32) }
}
