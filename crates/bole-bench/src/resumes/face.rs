use ttf_parser::{Face as Parsed, Tag};

/// A font program that is part of this crate, and what its glyphs measure.
pub(super) struct Face {
    pub(super) data: &'static [u8],
    pub(super) name: &'static str,
    /// Whether the outlines are `CFF `; else they are `glyf`.
    pub(super) is_cff: bool,
    /// Glyph and advance in thousandths of the size, by code point up to U+FFFF; glyph 0 is none.
    glyphs: Vec<(u16, u16)>,
}

static HEI: &[u8] = include_bytes!("../../fonts/hei.otf");
static SONG: &[u8] = include_bytes!("../../fonts/song.ttf");
static LATIN: &[u8] = include_bytes!("../../fonts/latin-regular.ttf");
static LATIN_BOLD: &[u8] = include_bytes!("../../fonts/latin-bold.ttf");

/// The font programs of the crate.
pub(super) struct Faces {
    pub(super) hei: Face,
    pub(super) song: Face,
    pub(super) latin: Face,
    pub(super) latin_bold: Face,
}

impl Faces {
    pub(super) fn new() -> Self {
        Self {
            hei: Face::new(HEI, "BoleHei-Regular"),
            song: Face::new(SONG, "BoleSong-Regular"),
            latin: Face::new(LATIN, "BoleLatin-Regular"),
            latin_bold: Face::new(LATIN_BOLD, "BoleLatin-Bold"),
        }
    }
}

impl Face {
    fn new(data: &'static [u8], name: &'static str) -> Self {
        let parsed = Parsed::parse(data, 0)
            .unwrap_or_else(|error| unreachable!("the fonts of the crate are fonts: {error}"));
        let per_em = u32::from(parsed.units_per_em());
        let measure = |scalar: u32| {
            let glyph = char::from_u32(scalar).and_then(|scalar| parsed.glyph_index(scalar));
            let glyph = glyph.unwrap_or_default();
            let advance = u32::from(parsed.glyph_hor_advance(glyph).unwrap_or_default());
            (glyph.0, (advance * 1000 / per_em) as u16)
        };
        let is_cff = parsed.raw_face().table(Tag::from_bytes(b"CFF ")).is_some();
        Self { data, name, is_cff, glyphs: (0..0x1_0000).map(measure).collect() }
    }

    /// The glyph, and its advance in thousandths of the size.
    pub(super) fn glyph(&self, scalar: char) -> (u16, u16) {
        self.glyphs.get(scalar as usize).copied().unwrap_or_default()
    }
}

/// The table `CFF ` of a font, which is what a PDF takes of it.
pub(super) fn cff_table(font: &[u8]) -> Option<&[u8]> {
    ttf_parser::RawFace::parse(font, 0).ok()?.table(Tag::from_bytes(b"CFF "))
}
