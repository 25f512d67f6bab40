use lopdf::{Dictionary, Object};

use super::encoding::{BaseEncoding, StandardFont};
use super::legacy::Legacy;
use super::text::{Strings, Text};
use super::truetype::TrueType;
use super::{Program, Shown, Source, cff, glyph_names, type1};
use crate::ReadError;
use crate::file::{File, as_number};
use crate::geometry::Matrix;

/// A font of one-byte codes: Type 1, TrueType, Type 3.
#[derive(Debug)]
pub(crate) struct Simple {
    /// For each code its text and its advance in units of the font's size.
    codes: Vec<(Text, f32)>,
    strings: Strings,
    /// How two bytes are one code after all.
    legacy: Option<Legacy>,
}

/// A glyph width that is not given, in thousandths of an em.
const DEFAULT_WIDTH: f32 = 500.0;
const SYMBOLIC: i64 = 4;

impl Simple {
    pub(crate) fn read(
        source: &Source<'_>,
        dictionary: &Dictionary,
        subtype: &[u8],
    ) -> Result<Self, ReadError> {
        let file = source.file;
        let mut strings = Strings::default();
        let to_unicode = source.cmap(dictionary, b"ToUnicode")?;
        let mut texts = vec![Text::UNMAPPED; 256];
        let mut is_mapped_by_map = true;
        if let Some(map) = &to_unicode {
            let mut single = ['\0'];
            for (code, text) in texts.iter_mut().enumerate() {
                let mapped = map.unicode.get(code as u32);
                if !mapped.is_unmapped() {
                    let scalars = map.unicode.strings.expand(mapped, &mut single);
                    *text = strings.intern(scalars.iter().copied());
                }
            }
        } else {
            is_mapped_by_map = false;
        }
        let encoding = Encoding::read(source, dictionary, subtype, is_mapped_by_map)?;
        for (code, text) in texts.iter_mut().enumerate() {
            if text.is_unmapped() || text.is_private() {
                let other = encoding.text(code as u8, &mut strings);
                if !other.is_unmapped() {
                    *text = other;
                }
            }
        }
        let widths = widths(file, dictionary, subtype, &texts, &strings);
        let legacy = if is_mapped_by_map { None } else { Legacy::of_font(source, dictionary) };
        Ok(Self { codes: texts.into_iter().zip(widths).collect(), strings, legacy })
    }

    #[inline]
    pub(crate) fn next_shown(&self, bytes: &[u8]) -> Option<Shown> {
        let code = *bytes.first()?;
        let (text, advance) = self.codes.get(usize::from(code)).copied()?;
        if let Some(legacy) = &self.legacy
            && let (n_bytes @ 2, text) = legacy.next(bytes)
            && !text.is_unmapped()
        {
            // Each byte has its width.
            let second = bytes.get(1).and_then(|trail| self.codes.get(usize::from(*trail)));
            let advance = advance + second.map_or(0.0, |(_, advance)| *advance);
            return Some(Shown { text, advance, n_bytes, takes_word_spacing: false });
        }
        Some(Shown { text, advance, n_bytes: 1, takes_word_spacing: code == b' ' })
    }

    pub(crate) fn strings(&self) -> &Strings {
        &self.strings
    }

    /// The width of the space in ems: as given, else as is usual.
    pub(crate) fn space(&self, em: f32) -> f32 {
        let space = Text(' ' as u32);
        self.codes
            .iter()
            .find(|(text, advance)| *text == space && *advance > 0.0)
            .map_or(0.25, |(_, advance)| advance / em)
    }
}

/// How many ems one unit of a Type 3 font's size is: the height of its glyph box, by its own matrix.
pub(crate) fn type3_em(file: &File, dictionary: &Dictionary) -> f32 {
    let matrix = type3_matrix(file, dictionary);
    let height = file.rect(dictionary, b"FontBBox").map_or(0.0, |rect| rect.height());
    let em = height * matrix.d.abs().max(matrix.b.abs());
    if (0.01..=100.0).contains(&em) { em } else { 1.0 }
}

fn type3_matrix(file: &File, dictionary: &Dictionary) -> Matrix {
    Matrix::new(file.numbers(dictionary, b"FontMatrix").unwrap_or([0.001, 0.0, 0.0, 0.001, 0.0, 0.0]))
}

fn widths(
    file: &File,
    dictionary: &Dictionary,
    subtype: &[u8],
    texts: &[Text],
    strings: &Strings,
) -> Vec<f32> {
    let unit = if subtype == b"Type3" {
        let matrix = type3_matrix(file, dictionary);
        matrix.a.hypot(matrix.b)
    } else {
        0.001
    };
    let given = file.array(dictionary, b"Widths");
    let first_code = file.integer(dictionary, b"FirstChar").unwrap_or(0);
    let missing = file
        .dictionary(dictionary, b"FontDescriptor")
        .and_then(|descriptor| file.number(descriptor, b"MissingWidth"))
        .unwrap_or(0.0);
    let standard = StandardFont::nearest(file.name(dictionary, b"BaseFont").unwrap_or_default());
    let mut single = ['\0'];
    texts
        .iter()
        .enumerate()
        .map(|(code, text)| {
            let width = match given {
                Some(given) => usize::try_from(code as i64 - first_code)
                    .ok()
                    .and_then(|index| given.get(index))
                    .map_or(missing, |width| as_number(file.resolve(width)).unwrap_or(missing)),
                None => strings
                    .expand(*text, &mut single)
                    .iter()
                    .map(|scalar| standard.width(*scalar).unwrap_or(DEFAULT_WIDTH))
                    .sum(),
            };
            width * unit
        })
        .collect()
}

/// What codes stand for by the font's encoding.
struct Encoding {
    base: Base,
    /// Where the embedded font's own encoding is silent.
    fallback: Option<BaseEncoding>,
    /// Code and glyph name.
    differences: Vec<(u8, Vec<u8>)>,
}

enum Base {
    Table(BaseEncoding),
    /// The embedded font's own: for each code a glyph name.
    Names(Vec<Option<Vec<u8>>>),
    /// The embedded font's own: for each code a scalar.
    Scalars(Vec<Option<char>>),
    /// Pictures, whose codes word processors take for private use from U+F000 on.
    Pictures,
}

impl Encoding {
    fn read(
        source: &Source<'_>,
        dictionary: &Dictionary,
        subtype: &[u8],
        is_mapped: bool,
    ) -> Result<Self, ReadError> {
        let file = source.file;
        let mut differences = Vec::new();
        let mut named_base = None;
        match file.get(dictionary, b"Encoding") {
            Object::Name(name) => named_base = BaseEncoding::from_name(name),
            Object::Dictionary(encoding) => {
                named_base = file.name(encoding, b"BaseEncoding").and_then(BaseEncoding::from_name);
                if let Some(array) = file.array(encoding, b"Differences") {
                    read_differences(file, array, &mut differences);
                }
            }
            _ => {}
        }
        let descriptor = file.dictionary(dictionary, b"FontDescriptor");
        let flags = descriptor.and_then(|descriptor| file.integer(descriptor, b"Flags")).unwrap_or(0);
        let is_symbolic = flags & SYMBOLIC != 0;
        let base_font = file.name(dictionary, b"BaseFont").unwrap_or_default();
        let plain_name = base_font.rsplit(|byte| *byte == b'+').next().unwrap_or_default();
        let usual = if plain_name.starts_with(b"Symbol") {
            BaseEncoding::Symbol
        } else if plain_name.starts_with(b"ZapfDingbats") {
            BaseEncoding::ZapfDingbats
        } else if subtype == b"TrueType" {
            BaseEncoding::WinAnsi
        } else {
            BaseEncoding::Standard
        };
        let mut base = Base::Table(named_base.unwrap_or(usual));
        // The embedded program is opened only where it can tell what nothing else tells.
        let is_told =
            named_base.is_some() && !(subtype == b"TrueType" && is_symbolic && differences.is_empty());
        if !is_told
            && !is_mapped
            && let Some(descriptor) = descriptor
            && let Some((program, bytes)) = source.font_file(descriptor)?
        {
            let built_in = match program {
                Program::Type1 => type1::encoding(&bytes).map(Base::Names),
                Program::Cff => cff::encoding(&bytes).map(Base::Names),
                Program::TrueType => {
                    let font = TrueType::parse(&bytes);
                    let scalars = font.as_ref().and_then(TrueType::symbolic_scalars);
                    source.take(font.map_or(0, |font| font.unfolded_bytes()))?;
                    scalars.map(Base::Scalars)
                }
            };
            base = built_in.unwrap_or(base);
        }
        let is_of_pictures = plain_name.starts_with(b"Wingdings") || plain_name.starts_with(b"Webdings");
        if is_of_pictures && differences.is_empty() {
            base = Base::Pictures;
        }
        let fallback = match &base {
            Base::Scalars(_) => Some(named_base.unwrap_or(usual)),
            Base::Names(_) if matches!(usual, BaseEncoding::Symbol | BaseEncoding::ZapfDingbats) => {
                Some(usual)
            }
            Base::Names(_) | Base::Table(_) | Base::Pictures => None,
        };
        Ok(Self { base, fallback, differences })
    }

    fn text(&self, code: u8, strings: &mut Strings) -> Text {
        if let Some((_, name)) = self.differences.iter().rev().find(|(other, _)| *other == code) {
            return named(code, name, strings);
        }
        let text = match &self.base {
            Base::Table(table) => by_table(*table, code, strings),
            Base::Names(names) => match names.get(usize::from(code)) {
                Some(Some(name)) => named(code, name, strings),
                _ => Text::UNMAPPED,
            },
            Base::Scalars(scalars) => match scalars.get(usize::from(code)) {
                Some(Some(scalar)) => strings.intern_scalar(*scalar),
                _ => Text::UNMAPPED,
            },
            Base::Pictures => match char::from_u32(0xf000 | u32::from(code)) {
                Some(scalar) if code >= b' ' => strings.intern_scalar(scalar),
                _ => Text::UNMAPPED,
            },
        };
        match self.fallback {
            Some(table) if text.is_unmapped() => by_table(table, code, strings),
            _ => text,
        }
    }
}

fn by_table(table: BaseEncoding, code: u8, strings: &mut Strings) -> Text {
    table.scalar(code).map_or(Text::UNMAPPED, |scalar| strings.intern_scalar(scalar))
}

fn read_differences(file: &File, array: &[Object], differences: &mut Vec<(u8, Vec<u8>)>) {
    let mut code = 0_i64;
    for object in array.iter().take(4096) {
        match file.resolve(object) {
            Object::Name(name) => {
                if let Ok(code) = u8::try_from(code) {
                    differences.push((code, name.clone()));
                }
                code += 1;
            }
            other => {
                if let Some(number) = as_number(other) {
                    code = number as i64;
                }
            }
        }
    }
}

/// By glyph name. Some programs number their glyphs by code (`a65`, `G41`), which is taken at its word where the
/// number is the code itself and the code is a printable one.
fn named(code: u8, name: &[u8], strings: &mut Strings) -> Text {
    if let Some(scalars) = glyph_names::scalars(name) {
        return strings.intern(scalars);
    }
    let digits = name.trim_ascii_start().get(1..).unwrap_or_default();
    let digits = std::str::from_utf8(digits).unwrap_or_default();
    let is_code = digits.parse() == Ok(code) || u8::from_str_radix(digits, 16) == Ok(code);
    match BaseEncoding::WinAnsi.scalar(code) {
        Some(scalar) if is_code && code > b' ' => strings.intern_scalar(scalar),
        _ => Text::UNMAPPED,
    }
}
