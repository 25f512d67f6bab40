use std::collections::BTreeMap;
use std::fmt::Write as _;

use subsetter::GlyphRemapper;

use super::face::{Face, cff_table};
use super::objects::Objects;

/// Which of its fonts a resume writes a piece of text in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    Latin,
    LatinBold,
    Chinese,
    ChineseBold,
}

/// Where the glyphs of a font come from.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    /// A composite font: codes are glyphs, and the file has those that are used.
    Composite(&'a Face),
    /// A simple font: codes are WinAnsi, and the file has all of the font.
    Simple(&'a Face),
    /// Every viewer has it: its name, and the advances from the space on.
    Standard(&'static str, &'static [u16; 95]),
    /// Every Chinese viewer has it: UTF-16 by a predefined character map.
    Predefined,
}

/// The fonts of one resume, and what was written in each.
pub(super) struct Fonts<'a> {
    sources: BTreeMap<Slot, Source<'a>>,
    used: BTreeMap<Slot, Used>,
    /// Whether Chinese that stands out has no font of its own and is drawn with thicker strokes.
    pub(super) thickens: bool,
}

#[derive(Default)]
struct Used {
    glyphs: GlyphRemapper,
    /// The character and the advance of each glyph that got a number.
    characters: BTreeMap<u16, (char, u16)>,
}

impl<'a> Fonts<'a> {
    pub(super) fn new(sources: impl IntoIterator<Item = (Slot, Source<'a>)>, thickens: bool) -> Self {
        Self { sources: sources.into_iter().collect(), used: BTreeMap::new(), thickens }
    }

    /// The font for a character.
    pub(super) fn slot(&self, scalar: char, bold: bool) -> Slot {
        let latin = win_ansi(scalar).is_some();
        // A resume with Chinese takes the marks that both have from the Chinese font.
        let has_chinese = self.sources.contains_key(&Slot::Chinese);
        let latin = if has_chinese { scalar.is_ascii() || is_accented(scalar) } else { latin };
        match (latin && self.sources.contains_key(&Slot::Latin), bold) {
            (true, false) => Slot::Latin,
            (true, true) => Slot::LatinBold,
            (false, false) => Slot::Chinese,
            (false, true) => Slot::ChineseBold,
        }
    }

    /// In points.
    pub(super) fn width(&self, text: &str, size: f32, bold: bool) -> f32 {
        let thousandths: u32 = text.chars().map(|scalar| self.advance(scalar, self.slot(scalar, bold))).sum();
        thousandths as f32 * size / 1000.0
    }

    /// In thousandths of the size.
    pub(super) fn advance(&self, scalar: char, slot: Slot) -> u32 {
        let advance = match self.sources.get(&slot) {
            Some(Source::Composite(face) | Source::Simple(face)) => face.glyph(scalar).1,
            Some(Source::Standard(_, advances)) => standard_advance(scalar, advances),
            Some(Source::Predefined) if scalar.is_ascii() => 500,
            Some(Source::Predefined) | None => 1000,
        };
        u32::from(advance)
    }

    /// The string to show, in the code of the font.
    pub(super) fn encode(&mut self, text: &str, slot: Slot) -> String {
        let Some(source) = self.sources.get(&slot).copied() else { return String::new() };
        let used = self.used.entry(slot).or_default();
        match source {
            Source::Composite(face) => {
                let mut codes = String::with_capacity(text.len() * 2 + 2);
                codes.push('<');
                for scalar in text.chars() {
                    let (glyph, advance) = face.glyph(scalar);
                    let number = used.glyphs.remap(glyph);
                    used.characters.insert(number, (scalar, advance));
                    write!(codes, "{number:04X}").ok();
                }
                codes + ">"
            }
            Source::Predefined => {
                format!("<{}>", utf16_hex(text))
            }
            Source::Simple(_) | Source::Standard(..) => {
                let mut codes = String::with_capacity(text.len() + 2);
                codes.push('(');
                for scalar in text.chars() {
                    let code = win_ansi(scalar).unwrap_or(b'?');
                    match code {
                        b'(' | b')' | b'\\' => codes.extend(['\\', code as char]),
                        0x20..=0x7E => codes.push(code as char),
                        _ => drop(write!(codes, "\\{code:03o}")),
                    }
                    used.characters.insert(u16::from(code), (scalar, 0));
                }
                codes + ")"
            }
        }
    }

    /// Writes the fonts that were used; gives the entries of the resource dictionary.
    pub(super) fn embed(&self, objects: &mut Objects, tag: &str) -> String {
        let mut entries = String::new();
        for (slot, used) in &self.used {
            let Some(source) = self.sources.get(slot) else { continue };
            let number = match source {
                Source::Composite(face) => composite(objects, face, used, tag),
                Source::Simple(face) => simple(objects, face, used, tag),
                Source::Standard(name, _) => objects
                    .add(format!("<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>")),
                Source::Predefined => predefined(objects),
            };
            write!(entries, "/{} {number} 0 R", resource_name(*slot)).ok();
        }
        entries
    }
}

/// Big-endian UTF-16 in hexadecimal digits.
pub(super) fn utf16_hex(text: &str) -> String {
    text.encode_utf16().fold(String::with_capacity(text.len() * 2), |mut all, unit| {
        write!(all, "{unit:04X}").ok();
        all
    })
}

pub(super) fn resource_name(slot: Slot) -> &'static str {
    match slot {
        Slot::Latin => "F1",
        Slot::LatinBold => "F2",
        Slot::Chinese => "F3",
        Slot::ChineseBold => "F4",
    }
}

fn is_accented(scalar: char) -> bool {
    matches!(scalar, 'é' | 'ü')
}

/// The code of a character in WinAnsi. The crate's Latin fonts have all of these but the accented letters.
pub(super) fn win_ansi(scalar: char) -> Option<u8> {
    match scalar {
        ' '..='~' => Some(scalar as u8),
        '‘' => Some(0x91),
        '’' => Some(0x92),
        '“' => Some(0x93),
        '”' => Some(0x94),
        '•' => Some(0x95),
        '–' => Some(0x96),
        '—' => Some(0x97),
        '·' => Some(0xB7),
        'é' => Some(0xE9),
        'ü' => Some(0xFC),
        _ => None,
    }
}

fn standard_advance(scalar: char, advances: &[u16; 95]) -> u16 {
    let place = (scalar as usize).checked_sub(0x20);
    place.and_then(|place| advances.get(place).copied()).unwrap_or(match scalar {
        '—' => 1000,
        '•' => 350,
        '–' => 500,
        'é' => standard_advance('e', advances),
        'ü' => standard_advance('u', advances),
        _ => 333,
    })
}

fn composite(objects: &mut Objects, face: &Face, used: &Used, tag: &str) -> usize {
    let font = subsetter::subset(face.data, 0, &used.glyphs)
        .unwrap_or_else(|error| unreachable!("the fonts of the crate can be taken apart: {error}"));
    let name = format!("{tag}+{}", face.name);
    let (file, subtype) = if face.is_cff {
        let program = cff_table(&font).unwrap_or(&font);
        let file = objects.deflated("/Subtype/CIDFontType0C", program, 1);
        (format!("/FontFile3 {file} 0 R"), "CIDFontType0")
    } else {
        let file = objects.deflated(&format!("/Length1 {}", font.len()), &font, 1);
        (format!("/FontFile2 {file} 0 R"), "CIDFontType2/CIDToGIDMap/Identity")
    };
    let descriptor = objects.add(descriptor(&name, 4, &file));
    let mut widths = String::new();
    for (number, (_, advance)) in used.characters.iter().filter(|(_, (_, advance))| *advance != 1000) {
        write!(widths, "{number}[{advance}]").ok();
    }
    let descendant = objects.add(format!(
        "<</Type/Font/Subtype/{subtype}/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)\
         /Supplement 0>>/FontDescriptor {descriptor} 0 R/DW 1000/W[{widths}]>>"
    ));
    let map = to_unicode(used, true);
    let map = objects.deflated("", map.as_bytes(), 6);
    objects.add(format!(
        "<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts[{descendant} 0 R]\
         /ToUnicode {map} 0 R>>"
    ))
}

fn simple(objects: &mut Objects, face: &Face, used: &Used, tag: &str) -> usize {
    let file = objects.deflated(&format!("/Length1 {}", face.data.len()), face.data, 6);
    let name = format!("{tag}+{}", face.name);
    let descriptor = objects.add(descriptor(&name, 32, &format!("/FontFile2 {file} 0 R")));
    let character = |code: u8| {
        let marks = ['‘', '’', '“', '”', '•', '–', '—', '·'];
        let mark = marks.into_iter().find(|mark| win_ansi(*mark) == Some(code));
        mark.or(code.is_ascii().then_some(code as char))
    };
    let advance = |code: u8| character(code).map_or(0, |scalar| face.glyph(scalar).1);
    let widths: Vec<String> = (32..=255_u8).map(|code| advance(code).to_string()).collect();
    let map = to_unicode(used, false);
    let map = objects.deflated("", map.as_bytes(), 6);
    objects.add(format!(
        "<</Type/Font/Subtype/TrueType/BaseFont/{name}/Encoding/WinAnsiEncoding/FirstChar 32/LastChar 255\
         /Widths[{}]/FontDescriptor {descriptor} 0 R/ToUnicode {map} 0 R>>",
        widths.join(" ")
    ))
}

fn predefined(objects: &mut Objects) -> usize {
    let descriptor = objects.add(descriptor("STSong-Light", 6, ""));
    let descendant = objects.add(format!(
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)\
         /Supplement 4>>/FontDescriptor {descriptor} 0 R/DW 1000/W[1 95 500]>>"
    ));
    objects.add(format!(
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light-UniGB-UTF16-H/Encoding/UniGB-UTF16-H\
         /DescendantFonts[{descendant} 0 R]>>"
    ))
}

fn descriptor(name: &str, flags: u32, file: &str) -> String {
    format!(
        "<</Type/FontDescriptor/FontName/{name}/Flags {flags}/FontBBox[-200 -250 1200 950]/ItalicAngle 0\
         /Ascent 880/Descent -120/CapHeight 730/StemV 80{file}>>"
    )
}

/// A character map from codes to text. ISO 32000-1, 9.10.3.
fn to_unicode(used: &Used, two_bytes: bool) -> String {
    let range = if two_bytes { "<0000><FFFF>" } else { "<00><FF>" };
    let mut map = format!(
        "/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<</Registry(Adobe)\
         /Ordering(UCS)/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n\
         1 begincodespacerange\n{range}\nendcodespacerange\n"
    );
    let characters: Vec<_> = used.characters.iter().collect();
    for some in characters.chunks(100) {
        writeln!(map, "{} beginbfchar", some.len()).ok();
        for (code, (scalar, _)) in some {
            let scalar = *scalar as u32;
            if two_bytes {
                writeln!(map, "<{code:04X}><{scalar:04X}>").ok();
            } else {
                writeln!(map, "<{code:02X}><{scalar:04X}>").ok();
            }
        }
        map.push_str("endbfchar\n");
    }
    map + "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n"
}
