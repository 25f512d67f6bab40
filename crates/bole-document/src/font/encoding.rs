use std::sync::OnceLock;

use rustc_hash::FxHashMap;

static ENCODINGS: &str = include_str!("../../data/encodings.txt");
static STANDARD_WIDTHS: &str = include_str!("../../data/standard_widths.txt");

/// The encodings of ISO 32000-1, annex D.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BaseEncoding {
    Standard,
    WinAnsi,
    MacRoman,
    Symbol,
    ZapfDingbats,
}

/// Loads both tables.
pub(crate) fn warm() {
    BaseEncoding::Standard.scalar(0);
    StandardFont::Proportional(0).width(' ');
}

impl BaseEncoding {
    pub(crate) fn from_name(name: &[u8]) -> Option<Self> {
        match name {
            b"StandardEncoding" => Some(Self::Standard),
            b"WinAnsiEncoding" => Some(Self::WinAnsi),
            b"MacRomanEncoding" => Some(Self::MacRoman),
            _ => None,
        }
    }

    /// The scalar of a code.
    pub(crate) fn scalar(self, code: u8) -> Option<char> {
        static TABLES: OnceLock<Vec<Vec<u32>>> = OnceLock::new();
        let tables = TABLES.get_or_init(|| {
            ENCODINGS
                .lines()
                .filter(|line| !line.starts_with('#'))
                .map(|line| {
                    line.split(' ')
                        .skip(1)
                        .map(|scalar| u32::from_str_radix(scalar, 16).unwrap_or(0))
                        .collect()
                })
                .collect()
        });
        let scalar = *tables.get(self as usize)?.get(usize::from(code))?;
        if scalar == 0 { None } else { char::from_u32(scalar) }
    }
}

/// One of the standard fonts, which need not say their widths (ISO 32000-1, 9.6.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StandardFont {
    Courier,
    /// A column of the table of widths.
    Proportional(usize),
}

impl StandardFont {
    /// The standard font that a name means, or comes nearest to.
    pub(crate) fn nearest(base_font: &[u8]) -> Self {
        let name = String::from_utf8_lossy(base_font).to_ascii_lowercase();
        let bold = name.contains("bold") || name.contains("black") || name.contains("heavy");
        let italic = name.contains("italic") || name.contains("oblique");
        if name.contains("courier") || name.contains("mono") || name.contains("consol") {
            return Self::Courier;
        }
        let serif = ["times", "roman", "serif", "georgia", "garamond", "cambria", "song"]
            .iter()
            .any(|word| name.contains(word))
            && !name.contains("sans");
        Self::Proportional(match (serif, bold, italic) {
            (false, false, _) => 0,
            (false, true, _) => 1,
            (true, false, false) => 2,
            (true, true, false) => 3,
            (true, false, true) => 4,
            (true, true, true) => 5,
        })
    }

    /// The width of a scalar in thousandths of an em, if the font has it.
    pub(crate) fn width(self, scalar: char) -> Option<f32> {
        static TABLE: OnceLock<FxHashMap<u32, Vec<f32>>> = OnceLock::new();
        let Self::Proportional(column) = self else {
            return Some(600.0);
        };
        let table = TABLE.get_or_init(|| {
            STANDARD_WIDTHS
                .lines()
                .filter(|line| !line.starts_with('#'))
                .filter_map(|line| {
                    let mut fields = line.split(' ');
                    let scalar = u32::from_str_radix(fields.next()?, 16).ok()?;
                    Some((scalar, fields.filter_map(|width| width.parse().ok()).collect()))
                })
                .collect()
        });
        table.get(&(scalar as u32))?.get(column).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_and_widths() {
        assert_eq!(BaseEncoding::WinAnsi.scalar(0x80), Some('€'));
        assert_eq!(BaseEncoding::Standard.scalar(0x27), Some('’'));
        assert_eq!(BaseEncoding::Standard.scalar(0xae), Some('ﬁ'));
        assert_eq!(BaseEncoding::MacRoman.scalar(0x8e), Some('é'));
        assert_eq!(BaseEncoding::Symbol.scalar(0xb7), Some('•'));
        assert_eq!(BaseEncoding::ZapfDingbats.scalar(0x33), Some('✓'));
        assert_eq!(BaseEncoding::WinAnsi.scalar(0), None);
        assert_eq!(StandardFont::nearest(b"Helvetica").width('A'), Some(667.0));
        assert_eq!(StandardFont::nearest(b"ABCDEF+Times-BoldItalic").width(' '), Some(250.0));
        assert_eq!(StandardFont::nearest(b"CourierNew").width('x'), Some(600.0));
    }
}
