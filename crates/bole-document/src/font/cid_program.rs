use lopdf::Dictionary;

use super::code_table::CodeTable;
use super::text::{Strings, Text};
use super::truetype::TrueType;
use super::{Program, Source, cff, glyph_names};
use crate::file::as_stream;

/// What the embedded program of a CID font says its CIDs stand for.
#[derive(Debug, Default)]
pub(crate) struct CidProgram {
    texts: CodeTable,
    strings: Strings,
}

impl CidProgram {
    /// Reads the program of a CID font; what cannot be read is left out.
    pub(crate) fn read(source: &Source<'_>, descendant: &Dictionary) -> Self {
        let mut program = Self::default();
        // A limit that is exceeded here is kept by the source.
        let _ = program.fill(source, descendant);
        program
    }

    fn fill(&mut self, source: &Source<'_>, descendant: &Dictionary) -> Option<()> {
        let file = source.file;
        let descriptor = file.dictionary(descendant, b"FontDescriptor")?;
        let (program, bytes) = source.font_file(descriptor).ok()??;
        match program {
            Program::TrueType => {
                let font = TrueType::parse(&bytes)?;
                let scalars = font.glyph_scalars();
                source.take(font.unfolded_bytes()).ok()?;
                let cid_to_glyph = match as_stream(file.get(descendant, b"CIDToGIDMap")) {
                    Some(stream) => {
                        source.decode(stream, source.limits.cmap_bytes, "bytes of a map of CIDs").ok()?
                    }
                    None => None,
                };
                let glyphs: Vec<(u32, u32)> = match (&cid_to_glyph, cff::glyph_cids(font.cff())) {
                    (Some(map), _) => (0..0x1_0000)
                        .zip(map.chunks_exact(2))
                        .map(|(cid, glyph)| {
                            (cid, glyph.iter().fold(0, |value, byte| value << 8 | u32::from(*byte)))
                        })
                        .collect(),
                    (None, Some(cids)) => cids.into_iter().zip(0..).collect(),
                    // Without a map CIDs are glyphs.
                    (None, None) => (1..=0xffff).map(|glyph| (glyph, glyph)).collect(),
                };
                for (cid, glyph) in glyphs.into_iter().filter(|(_, glyph)| *glyph != 0) {
                    if let Some(scalar) = scalars.get(&glyph) {
                        self.texts.set(cid, self.strings.intern_scalar(*scalar).in_program().0);
                    }
                }
            }
            Program::Cff => {
                for (glyph, name) in (0..).zip(cff::glyph_names(&bytes)) {
                    if let Some(scalars) = name.and_then(|name| glyph_names::scalars(&name)) {
                        self.texts.set(glyph, self.strings.intern(scalars).in_program().0);
                    }
                }
            }
            Program::Type1 => {}
        }
        Some(())
    }

    pub(crate) fn text(&self, cid: u32) -> Text {
        Text(self.texts.get(cid))
    }

    pub(crate) fn expand<'a>(&'a self, text: Text, single: &'a mut [char; 1]) -> &'a [char] {
        self.strings.expand(text.out_of_program(), single)
    }
}
