//! Fonts: from the bytes of a shown string to text and widths.

mod cff;
mod cmap;
mod code_table;
mod composite;
mod encoding;
mod glyph_names;
mod predefined;
mod simple;
mod text;
mod truetype;
mod type1;

use lopdf::Dictionary;

use crate::file::{File, StreamError, as_stream, decode};
use crate::{Limits, ReadError};

use composite::Composite;
use simple::Simple;
pub(crate) use text::Text;

/// A font, ready to decode shown strings.
#[derive(Debug)]
pub(crate) struct Font {
    kind: Kind,
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
enum Kind {
    Simple(Box<Simple>),
    Composite(Box<Composite>),
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

impl Font {
    /// Reads a font dictionary. What cannot be read of it is left out; only the limits are an error.
    pub(crate) fn read(file: &File, dictionary: &Dictionary, limits: &Limits) -> Result<Self, ReadError> {
        let subtype = file.name(dictionary, b"Subtype").unwrap_or_default();
        let mut source = Source { file, limits, damaged: false };
        if subtype == b"Type0" {
            let descendant = file
                .array(dictionary, b"DescendantFonts")
                .and_then(|fonts| fonts.first())
                .and_then(|font| crate::file::as_dictionary(file.resolve(font)))
                .or_else(|| file.dictionary(dictionary, b"DescendantFonts"));
            let composite = Composite::read(&mut source, dictionary, descendant)?;
            let metrics = Metrics::read(file, descendant.unwrap_or(dictionary));
            return Ok(Self {
                ascent: metrics.ascent,
                descent: metrics.descent,
                space: composite.space(),
                em: 1.0,
                vertical: composite.is_vertical(),
                damaged: source.damaged,
                kind: Kind::Composite(Box::new(composite)),
            });
        }
        let simple = Simple::read(&mut source, dictionary, subtype)?;
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
            damaged: source.damaged,
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
            Kind::Composite(composite) => composite.strings().expand(text, single),
        }
    }
}

/// Where a font's streams come from, and whether any of them failed.
struct Source<'f> {
    file: &'f File,
    limits: &'f Limits,
    damaged: bool,
}

impl Source<'_> {
    /// The embedded font program, with the key it was under.
    fn font_file(&mut self, descriptor: &Dictionary) -> Result<Option<(Program, Vec<u8>)>, ReadError> {
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
    fn cmap(&mut self, dictionary: &Dictionary, key: &[u8]) -> Result<Option<cmap::CMap>, ReadError> {
        let Some(stream) = as_stream(self.file.get(dictionary, key)) else {
            return Ok(None);
        };
        let limit = self.limits.cmap_bytes;
        let bytes = self.decode(stream, limit, "bytes of a character map")?;
        Ok(bytes.map(|bytes| cmap::CMap::parse(&bytes)))
    }

    fn decode(
        &mut self,
        stream: &lopdf::Stream,
        limit: usize,
        what: &'static str,
    ) -> Result<Option<Vec<u8>>, ReadError> {
        match decode(stream, limit) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(StreamError::OverLimit) => Err(ReadError::OverLimit { what, limit }),
            Err(StreamError::Unreadable) => {
                self.damaged = true;
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
