use super::text::UnicodeMap;
use crate::lexer::{Lexer, Token, unescape_hex};

/// A character map as embedded in a file (ISO 32000-1, 9.7.5 and 9.10.3): codes to CIDs, codes to Unicode, or both.
#[derive(Clone, Debug, Default)]
pub(crate) struct CMap {
    /// Length in bytes, lowest and highest code.
    pub(crate) codespaces: Vec<(usize, u32, u32)>,
    /// Length in bytes, first and last code, first CID; sorted once the map is read.
    cid_ranges: Vec<(usize, u32, u32, u32)>,
    pub(crate) unicode: UnicodeMap,
    /// The name after `usecmap`.
    pub(crate) base: Option<Vec<u8>>,
    pub(crate) vertical: bool,
}

/// How many codes all ranges of one map may unfold to. Real maps have at most the 65,536 of two bytes.
const MAX_UNFOLDED: usize = 400_000;

#[derive(Clone, Copy, PartialEq)]
enum Section {
    None,
    Codespace,
    CidChar,
    CidRange,
    BfChar,
    BfRange,
}

/// One operand within a section.
#[derive(Clone, Debug)]
enum Operand {
    Code { n_bytes: usize, code: u32, bytes: Vec<u8> },
    Number(u32),
    Name(Vec<u8>),
    Array(Vec<Vec<u8>>),
}

impl Operand {
    fn code(&self) -> Option<(usize, u32)> {
        match self {
            Self::Code { n_bytes, code, .. } => Some((*n_bytes, *code)),
            Self::Number(_) | Self::Name(_) | Self::Array(_) => None,
        }
    }
}

impl CMap {
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let mut cmap = Self::default();
        let mut lexer = Lexer::new(bytes);
        let mut section = Section::None;
        let mut operands: Vec<Operand> = Vec::new();
        let mut last_name: Option<&[u8]> = None;
        let mut array: Option<Vec<Vec<u8>>> = None;
        let mut wmode_next = false;
        let mut n_unfolded = 0;
        while let Some(token) = lexer.next_token() {
            match token {
                Token::Keyword(keyword) => {
                    match keyword {
                        b"begincodespacerange" => section = Section::Codespace,
                        b"begincidchar" => section = Section::CidChar,
                        b"begincidrange" => section = Section::CidRange,
                        b"beginbfchar" => section = Section::BfChar,
                        b"beginbfrange" => section = Section::BfRange,
                        b"usecmap" => cmap.base = last_name.map(<[u8]>::to_vec),
                        // `endbfchar` and its like, and whatever ends a section that lacks its end.
                        _ => section = Section::None,
                    }
                    operands.clear();
                    array = None;
                    continue;
                }
                Token::Name(name) => {
                    wmode_next = name == b"WMode";
                    last_name = Some(name);
                    if section != Section::None {
                        operands.push(Operand::Name(name.to_vec()));
                    }
                }
                Token::Number(number) => {
                    if wmode_next {
                        cmap.vertical = number > 0.5;
                        wmode_next = false;
                    }
                    if section != Section::None {
                        operands.push(Operand::Number(number.max(0.0) as u32));
                    }
                }
                Token::Hex(raw) if section != Section::None => {
                    let mut value = Vec::with_capacity(raw.len() / 2);
                    unescape_hex(raw, &mut value);
                    match &mut array {
                        Some(array) => array.push(value),
                        None => operands.push(Operand::Code {
                            n_bytes: value.len(),
                            code: value.iter().take(4).fold(0, |code, byte| code << 8 | u32::from(*byte)),
                            bytes: value,
                        }),
                    }
                }
                Token::ArrayStart if section != Section::None => array = Some(Vec::new()),
                Token::ArrayEnd => {
                    if let Some(array) = array.take() {
                        operands.push(Operand::Array(array));
                    }
                }
                _ => {}
            }
            let n_needed = match section {
                Section::None => continue,
                Section::Codespace | Section::CidChar | Section::BfChar => 2,
                Section::CidRange | Section::BfRange => 3,
            };
            if array.is_none() && operands.len() >= n_needed {
                cmap.add(section, &operands, &mut n_unfolded);
                operands.clear();
            }
        }
        cmap.cid_ranges.sort_unstable();
        cmap
    }

    fn add(&mut self, section: Section, operands: &[Operand], n_unfolded: &mut usize) {
        match (section, operands) {
            (Section::Codespace, [low, high]) => {
                if let (Some((n_bytes @ 1..=4, low)), Some((_, high))) = (low.code(), high.code()) {
                    self.codespaces.push((n_bytes, low, high));
                }
            }
            (Section::CidChar, [code, Operand::Number(cid)]) => {
                if let Some((n_bytes, code)) = code.code() {
                    self.cid_ranges.push((n_bytes, code, code, *cid));
                }
            }
            (Section::CidRange, [first, last, Operand::Number(cid)]) => {
                if let (Some((n_bytes, first)), Some((_, last))) = (first.code(), last.code()) {
                    self.cid_ranges.push((n_bytes, first, last, *cid));
                }
            }
            (Section::BfChar, [code, target]) => {
                if let Some((_, code)) = code.code() {
                    self.map_one(code, target);
                }
            }
            (Section::BfRange, [first, last, target]) => {
                if let (Some((_, first)), Some((_, last))) = (first.code(), last.code()) {
                    self.map_range(first, last, target, n_unfolded);
                }
            }
            _ => {}
        }
    }

    fn map_one(&mut self, code: u32, target: &Operand) {
        match target {
            Operand::Code { bytes, .. } => self.map_utf16(code, bytes, 0),
            Operand::Name(name) => {
                if let Some(scalars) = super::glyph_names::scalars(name) {
                    self.unicode.set_scalars(code, scalars);
                }
            }
            Operand::Array(_) | Operand::Number(_) => {}
        }
    }

    fn map_range(&mut self, first: u32, last: u32, target: &Operand, n_unfolded: &mut usize) {
        let n_codes = (last.saturating_sub(first) as usize).saturating_add(1);
        let n_codes = n_codes.min(MAX_UNFOLDED.saturating_sub(*n_unfolded));
        if last < first {
            return;
        }
        match target {
            Operand::Code { bytes, .. } => {
                *n_unfolded += n_codes;
                for offset in 0..n_codes as u32 {
                    self.map_utf16(first + offset, bytes, offset);
                }
            }
            Operand::Array(targets) => {
                *n_unfolded += n_codes.min(targets.len());
                for (offset, bytes) in targets.iter().enumerate().take(n_codes) {
                    self.map_utf16(first.saturating_add(offset as u32), bytes, 0);
                }
            }
            Operand::Name(_) | Operand::Number(_) => {}
        }
    }

    /// Maps to UTF-16 in big-endian order, its last scalar `offset` higher. A single byte is a scalar too.
    fn map_utf16(&mut self, code: u32, bytes: &[u8], offset: u32) {
        let raised = |scalar: u32| scalar.checked_add(offset).and_then(char::from_u32).unwrap_or('\u{fffd}');
        match *bytes {
            [] => {}
            [low] => self.unicode.set_scalar(code, raised(u32::from(low))),
            // Programs that know nothing of a glyph write U+0000; saying nothing is more.
            [0, 0] if offset == 0 => {}
            [high, low] if !(0xd8..0xe0).contains(&high) => {
                self.unicode.set_scalar(code, raised(u32::from(high) << 8 | u32::from(low)));
            }
            _ => {
                let units = bytes
                    .chunks(2)
                    .map(|unit| unit.iter().fold(0_u16, |value, byte| value << 8 | u16::from(*byte)));
                let mut scalars: Vec<char> =
                    char::decode_utf16(units.take(64)).map(|scalar| scalar.unwrap_or('\u{fffd}')).collect();
                if let Some(last) = scalars.last_mut() {
                    *last = raised(*last as u32);
                }
                self.unicode.set_scalars(code, scalars);
            }
        }
    }

    /// The CID of a code of so many bytes.
    pub(crate) fn cid(&self, n_bytes: usize, code: u32) -> Option<u32> {
        let after = self
            .cid_ranges
            .partition_point(|(range_bytes, first, _, _)| (*range_bytes, *first) <= (n_bytes, code));
        let (range_bytes, first, last, cid) = self.cid_ranges.get(after.checked_sub(1)?)?;
        (*range_bytes == n_bytes && code <= *last).then(|| cid.saturating_add(code - first))
    }

    pub(crate) fn has_cids(&self) -> bool {
        !self.cid_ranges.is_empty()
    }

    /// The next code of a shown string by the codespaces: its length and value.
    pub(crate) fn next_code(&self, bytes: &[u8]) -> (usize, u32) {
        let mut code = 0_u32;
        for (index, byte) in bytes.iter().take(4).enumerate() {
            code = code << 8 | u32::from(*byte);
            let n_bytes = index + 1;
            if self
                .codespaces
                .iter()
                .any(|(length, low, high)| *length == n_bytes && within_codespace(*length, code, *low, *high))
            {
                return (n_bytes, code);
            }
        }
        let shortest = self.codespaces.iter().map(|(length, _, _)| *length).min().unwrap_or(2);
        let n_bytes = shortest.min(bytes.len()).max(1);
        let code = bytes.iter().take(n_bytes).fold(0, |code, byte| code << 8 | u32::from(*byte));
        (n_bytes, code)
    }
}

/// A codespace is a box: each byte lies within its own bounds (ISO 32000-1, 9.7.6.2).
fn within_codespace(n_bytes: usize, code: u32, low: u32, high: u32) -> bool {
    (0..n_bytes).all(|index| {
        let byte_of = |value: u32| value >> (8 * index) & 0xff;
        (byte_of(low)..=byte_of(high)).contains(&byte_of(code))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(cmap: &CMap, code: u32) -> String {
        let mut single = ['\0'];
        cmap.unicode.strings.expand(cmap.unicode.get(code), &mut single).iter().collect()
    }

    #[test]
    fn to_unicode() {
        let cmap = CMap::parse(
            b"/CIDInit /ProcSet findresource begin 1 begincodespacerange <0000> <ffff> endcodespacerange\n\
            2 beginbfchar <0003> <0020> <0004><FB01> endbfchar\n\
            3 beginbfrange <0010> <0012> <4E00> <0020><0021>[<0041> <00420043>] <0030> <0031> <D83DDE00>\n\
            endbfrange 1 beginbfchar <0050> /eacute endbfchar",
        );
        for (code, expected) in [
            (3, " "),
            (4, "fi"),
            (0x10, "一"),
            (0x12, "丂"),
            (0x20, "A"),
            (0x21, "BC"),
            (0x31, "😁"),
            (0x50, "é"),
            (0x99, "\u{fffd}"),
        ] {
            assert_eq!(text(&cmap, code), expected, "{code:x}");
        }
        assert_eq!(cmap.next_code(&[0, 3, 9]), (2, 3));
    }

    #[test]
    fn codes_to_cids() {
        let cmap = CMap::parse(
            b"/GBK-EUC-H usecmap /WMode 1 def 2 begincodespacerange <00> <80> <8140> <fefe> endcodespacerange\n\
            1 begincidrange <20> <7e> 814 endcidrange 1 begincidchar <8140> 7 endcidchar",
        );
        assert_eq!(cmap.base.as_deref(), Some(&b"GBK-EUC-H"[..]));
        assert!(cmap.vertical);
        assert_eq!(cmap.next_code(b"A"), (1, 0x41));
        assert_eq!(cmap.next_code(b"\x81\x40A"), (2, 0x8140));
        assert_eq!(cmap.next_code(b"\x81\x20A"), (1, 0x81), "outside all codespaces");
        assert_eq!(cmap.cid(1, 0x21), Some(815));
        assert_eq!(cmap.cid(2, 0x8140), Some(7));
        assert_eq!(cmap.cid(2, 0x21), None);
    }

    #[test]
    fn huge_ranges_end() {
        let range = b"<00000000> <ffffffff> <0000>\n".repeat(1000);
        let cmap = CMap::parse(&[b"beginbfrange ", range.as_slice()].concat());
        assert!(!cmap.unicode.is_empty());
    }
}
