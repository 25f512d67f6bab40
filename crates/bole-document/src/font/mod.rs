//! Fonts: from the bytes of a shown string to text and widths.

mod cff;
mod cid_program;
mod cid_widths;
mod cmap;
mod code_table;
mod collection;
mod composite;
mod encoding;
mod glyph_names;
mod legacy;
mod predefined;
mod simple;
mod text;
mod truetype;
mod type1;

#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::rc::Rc;

use lopdf::Dictionary;

use crate::file::{File, StreamError, as_stream, decode};
use crate::limits::Budget;
use crate::{Limits, ReadError};

use composite::Composite;
use simple::Simple;
pub(crate) use text::Text;

/// A font, ready to decode shown strings.
#[derive(Debug)]
pub(crate) struct Font<'f> {
    kind: Kind<'f>,
    /// Above and below the baseline, in ems; below is positive downwards.
    pub(crate) ascent: f32,
    pub(crate) descent: f32,
    /// The width of the space, in ems.
    pub(crate) space: f32,
    /// What one unit of the font's size is in ems: 1, but for Type 3 fonts.
    pub(crate) em: f32,
    pub(crate) vertical: bool,
    /// Something of it could not be read.
    pub(crate) damaged: bool,
}

#[derive(Debug)]
enum Kind<'f> {
    Simple(Box<Simple>),
    Composite(Box<Composite<'f>>),
}

/// One character code of a shown string.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    pub(crate) text: Text,
    /// The advance, in units of the font's size.
    pub(crate) advance: f32,
    pub(crate) n_bytes: usize,
    /// The one-byte code 32, to which word spacing applies.
    pub(crate) takes_word_spacing: bool,
}

impl<'f> Font<'f> {
    /// Reads a font dictionary. What cannot be read of it is left out; only the limits are an error.
    pub(crate) fn read(
        file: &'f File,
        dictionary: &'f Dictionary,
        budget: &Budget<'f>,
    ) -> Result<Self, ReadError> {
        let source = &Source {
            file,
            limits: budget.limits,
            bytes_left: Rc::clone(&budget.font_bytes_left),
            damaged: Cell::new(false),
        };
        source.take(FONT_OVERHEAD_BYTES)?;
        let subtype = file.name(dictionary, b"Subtype").unwrap_or_default();
        if subtype == b"Type0" {
            let descendant = file
                .array(dictionary, b"DescendantFonts")
                .and_then(|fonts| fonts.first())
                .and_then(|font| crate::file::as_dictionary(file.resolve(font)))
                .or_else(|| file.dictionary(dictionary, b"DescendantFonts"));
            let composite = Composite::read(source, dictionary, descendant)?;
            let metrics = Metrics::read(file, descendant.unwrap_or(dictionary));
            return Ok(Self {
                ascent: metrics.ascent,
                descent: metrics.descent,
                space: composite.space(),
                em: 1.0,
                vertical: composite.is_vertical(),
                damaged: source.damaged.get(),
                kind: Kind::Composite(Box::new(composite)),
            });
        }
        let simple = Simple::read(source, dictionary, subtype)?;
        let mut metrics = Metrics::read(file, dictionary);
        let mut em = 1.0;
        if subtype == b"Type3" {
            em = simple::type3_em(file, dictionary);
            metrics = Metrics::DEFAULT;
        }
        Ok(Self {
            ascent: metrics.ascent,
            descent: metrics.descent,
            space: simple.space(em),
            em,
            vertical: false,
            damaged: source.damaged.get(),
            kind: Kind::Simple(Box::new(simple)),
        })
    }

    /// Decodes the first character code of `bytes`; none at the end.
    #[inline]
    pub(crate) fn next_shown(&self, bytes: &[u8]) -> Option<Shown> {
        match &self.kind {
            Kind::Simple(simple) => simple.next_shown(bytes),
            Kind::Composite(composite) => composite.next_shown(bytes),
        }
    }

    /// The scalars of a text of this font.
    pub(crate) fn expand<'a>(&'a self, text: Text, single: &'a mut [char; 1]) -> &'a [char] {
        match &self.kind {
            Kind::Simple(simple) => simple.strings().expand(text, single),
            Kind::Composite(composite) => composite.expand(text, single),
        }
    }
}

/// Loads what fonts otherwise load at first use.
pub(crate) fn warm() {
    encoding::warm();
    glyph_names::warm();
    collection::Collection::warm();
    predefined::Predefined::warm();
}

/// The character of a code of `ZapfDingbats`.
pub(crate) fn dingbat(code: u8) -> Option<char> {
    encoding::BaseEncoding::ZapfDingbats.scalar(code)
}

/// What a font costs besides its streams, so that many fonts without any end too.
const FONT_OVERHEAD_BYTES: usize = 4096;

/// Where a font's streams come from, what they may cost, and whether any of them failed.
#[derive(Clone, Debug)]
struct Source<'f> {
    file: &'f File,
    limits: &'f Limits,
    /// Those of all fonts of the document; none when they are used up.
    bytes_left: Rc<Cell<Option<usize>>>,
    damaged: Cell<bool>,
}

impl Source<'_> {
    /// Takes so many bytes from what the fonts of the document may have in all.
    fn take(&self, n_bytes: usize) -> Result<(), ReadError> {
        let left = self.bytes_left.get().and_then(|left| left.checked_sub(n_bytes));
        self.bytes_left.set(left);
        left.map(|_| ()).ok_or_else(|| self.over_limit())
    }

    fn over_limit(&self) -> ReadError {
        self.bytes_left.set(None);
        crate::limits::font_error(self.limits)
    }

    /// The embedded font program, with the key it was under.
    fn font_file(&self, descriptor: &Dictionary) -> Result<Option<(Program, Vec<u8>)>, ReadError> {
        const KEYS: [(&[u8], Program); 3] =
            [(b"FontFile", Program::Type1), (b"FontFile2", Program::TrueType), (b"FontFile3", Program::Cff)];
        for (key, program) in KEYS {
            let Some(stream) = as_stream(self.file.get(descriptor, key)) else {
                continue;
            };
            let limit = self.limits.font_bytes;
            let Some(bytes) = self.decode(stream, limit, "bytes of an embedded font")? else {
                continue;
            };
            let program = match bytes.get(..4) {
                Some(b"OTTO" | b"true" | b"\0\x01\0\0") => Program::TrueType,
                _ => program,
            };
            return Ok(Some((program, bytes)));
        }
        Ok(None)
    }

    /// The map at `key`, if it is a stream that can be read.
    fn cmap(&self, dictionary: &Dictionary, key: &[u8]) -> Result<Option<cmap::CMap>, ReadError> {
        let Some(stream) = as_stream(self.file.get(dictionary, key)) else {
            return Ok(None);
        };
        let limit = self.limits.cmap_bytes;
        let Some(bytes) = self.decode(stream, limit, "bytes of a character map")? else {
            return Ok(None);
        };
        let map = cmap::CMap::parse(&bytes);
        self.take(map.unfolded_bytes())?;
        Ok(Some(map))
    }

    fn decode(
        &self,
        stream: &lopdf::Stream,
        limit: usize,
        what: &'static str,
    ) -> Result<Option<Vec<u8>>, ReadError> {
        let left = self.bytes_left.get().unwrap_or(0);
        match decode(stream, limit.min(left)) {
            Ok(bytes) => {
                self.take(bytes.len())?;
                Ok(Some(bytes))
            }
            Err(StreamError::OverLimit) if left < limit => Err(self.over_limit()),
            Err(StreamError::OverLimit) => Err(ReadError::OverLimit { what, limit }),
            Err(StreamError::Unreadable) => {
                self.damaged.set(true);
                Ok(None)
            }
        }
    }
}

/// What kind of font program is embedded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    Type1,
    TrueType,
    Cff,
}

#[derive(Clone, Copy)]
struct Metrics {
    ascent: f32,
    descent: f32,
}

impl Metrics {
    const DEFAULT: Self = Self { ascent: 0.8, descent: 0.2 };

    /// From the font descriptor, where it is believable.
    fn read(file: &File, dictionary: &Dictionary) -> Self {
        let Some(descriptor) = file.dictionary(dictionary, b"FontDescriptor") else {
            return Self::DEFAULT;
        };
        let ascent = file.number(descriptor, b"Ascent").unwrap_or(0.0) / 1000.0;
        let descent = file.number(descriptor, b"Descent").unwrap_or(0.0).abs() / 1000.0;
        Self {
            ascent: if (0.4..=1.1).contains(&ascent) { ascent } else { 0.8 },
            descent: if (0.05..=0.4).contains(&descent) { descent } else { 0.2 },
        }
    }
}
