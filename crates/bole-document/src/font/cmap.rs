use super::text::UnicodeMap;
use crate::lexer::{Lexer, Token, unescape_hex};

/// A character map as embedded in a file (ISO 32000-1, 9.7.5 and 9.10.3): codes to CIDs, codes to Unicode, or both.
#[derive(Clone, Debug, Default)]
pub(crate) struct CMap {
    /// Length in bytes, lowest and highest code.
    pub(crate) codespaces: Vec<(usize, u32, u32)>,
    /// Length in bytes, first and last code, first CID; sorted once the map is read.
    cid_ranges: Vec<(usize, u32, u32, u32)>,
    /// The same for codes without a character, which all have the one CID.
    notdef_ranges: Vec<(usize, u32, u32, u32)>,
    pub(crate) unicode: UnicodeMap,
    /// The name after `usecmap`.
    pub(crate) base: Option<Vec<u8>>,
    pub(crate) vertical: bool,
    /// How many codes its ranges unfolded to, and how many scalars their texts have.
    n_unfolded: usize,
    n_scalars: usize,
}

/// How many codes all ranges of one map may unfold to. Real maps have at most the 65,536 of two bytes.
const MAX_UNFOLDED: usize = 400_000;
/// How many codespaces are kept. Each code is held against them; real maps have at most six.
const MAX_CODESPACES: usize = 32;
/// How many UTF-16 units of one code are read. Real maps have at most some ten.
const MAX_UNITS: usize = 32;

#[derive(Clone, Copy, PartialEq)]
enum Section {
    None,
    Codespace,
    CidChar,
    CidRange,
    NotdefChar,
    NotdefRange,
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
        while let Some(token) = lexer.next_token() {
            match token {
                Token::Keyword(keyword) => {
                    match keyword {
                        b"begincodespacerange" => section = Section::Codespace,
                        b"begincidchar" => section = Section::CidChar,
                        b"begincidrange" => section = Section::CidRange,
                        b"beginnotdefchar" => section = Section::NotdefChar,
                        b"beginnotdefrange" => section = Section::NotdefRange,
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
                    match &mut array {
                        Some(array) => array.push(utf_16_of_name(name)),
                        None if section != Section::None => operands.push(Operand::Name(name.to_vec())),
                        None => {}
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
                Section::Codespace | Section::CidChar | Section::NotdefChar | Section::BfChar => 2,
                Section::CidRange | Section::NotdefRange | Section::BfRange => 3,
            };
            if array.is_none() && operands.len() >= n_needed {
                cmap.add(section, &operands);
                operands.clear();
            }
        }
        cmap.cid_ranges.sort_unstable();
        cmap.notdef_ranges.sort_unstable();
        cmap
    }

    fn add(&mut self, section: Section, operands: &[Operand]) {
        match (section, operands) {
            (Section::Codespace, [low, high]) => {
                if let (Some((n_bytes @ 1..=4, low)), Some((_, high))) = (low.code(), high.code())
                    && self.codespaces.len() < MAX_CODESPACES
                {
                    self.codespaces.push((n_bytes, low, high));
                }
            }
            (Section::CidChar | Section::NotdefChar, [code, Operand::Number(cid)]) => {
                if let Some((n_bytes, code)) = code.code() {
                    self.ranges_of(section).push((n_bytes, code, code, *cid));
                }
            }
            (Section::CidRange | Section::NotdefRange, [first, last, Operand::Number(cid)]) => {
                if let (Some((n_bytes, first)), Some((_, last))) = (first.code(), last.code()) {
                    self.ranges_of(section).push((n_bytes, first, last, *cid));
                }
            }
            (Section::BfChar, [code, target]) => {
                if let Some((_, code)) = code.code() {
                    self.map_one(code, target);
                }
            }
            (Section::BfRange, [first, last, target]) => {
                if let (Some((_, first)), Some((_, last))) = (first.code(), last.code()) {
                    self.map_range(first, last, target);
                }
            }
            _ => {}
        }
    }

    fn ranges_of(&mut self, section: Section) -> &mut Vec<(usize, u32, u32, u32)> {
        match section {
            Section::NotdefChar | Section::NotdefRange => &mut self.notdef_ranges,
            _ => &mut self.cid_ranges,
        }
    }

    fn map_one(&mut self, code: u32, target: &Operand) {
        match target {
            Operand::Code { bytes, .. } => self.map_utf16(code, bytes, 0),
            Operand::Name(name) => self.map_utf16(code, &utf_16_of_name(name), 0),
            Operand::Array(targets) => {
                if let [target] = targets.as_slice() {
                    self.map_utf16(code, target, 0);
                }
            }
            Operand::Number(_) => {}
        }
    }

    fn map_range(&mut self, first: u32, last: u32, target: &Operand) {
        let n_codes = (last.saturating_sub(first) as usize).saturating_add(1);
        let n_codes = n_codes.min(MAX_UNFOLDED.saturating_sub(self.n_unfolded));
        if last < first {
            return;
        }
        match target {
            Operand::Code { bytes, .. } => {
                self.n_unfolded += n_codes;
                for offset in 0..n_codes as u32 {
                    self.map_utf16(first + offset, bytes, offset);
                }
            }
            Operand::Array(targets) => {
                self.n_unfolded += n_codes.min(targets.len());
                for (offset, bytes) in targets.iter().enumerate().take(n_codes) {
                    self.map_utf16(first.saturating_add(offset as u32), bytes, 0);
                }
            }
            Operand::Name(name) if first == last => self.map_utf16(first, &utf_16_of_name(name), 0),
            Operand::Name(_) | Operand::Number(_) => {}
        }
    }

    /// Maps to UTF-16 in big-endian order, its last scalar `offset` higher. A single byte is a scalar too.
    fn map_utf16(&mut self, code: u32, bytes: &[u8], offset: u32) {
        let raised = |scalar: u32| scalar.checked_add(offset).and_then(char::from_u32).unwrap_or('\u{fffd}');
        match *bytes {
            [] => {}
            [low] => self.unicode.set_scalar(code, raised(u32::from(low))),
            [high, low] if !(0xd8..0xe0).contains(&high) => {
                let scalar = raised(u32::from(high) << 8 | u32::from(low));
                // Programs that know nothing of a glyph write U+0000 or U+FFFD; saying nothing is more.
                if !matches!(scalar, '\0' | '\u{fffd}') {
                    self.unicode.set_scalar(code, scalar);
                }
            }
            _ => {
                let units = bytes
                    .chunks(2)
                    .map(|unit| unit.iter().fold(0_u16, |value, byte| value << 8 | u16::from(*byte)));
                let mut scalars: Vec<char> = char::decode_utf16(units.take(MAX_UNITS))
                    .map(|scalar| scalar.unwrap_or('\u{fffd}'))
                    .collect();
                if let Some(last) = scalars.last_mut() {
                    *last = raised(*last as u32);
                }
                // With what an allocation costs.
                self.n_scalars += scalars.len() + 8;
                if self.n_scalars > MAX_UNFOLDED {
                    return;
                }
                if scalars.iter().any(|scalar| !matches!(scalar, '\0' | '\u{fffd}')) {
                    self.unicode.set_scalars(code, scalars);
                }
            }
        }
    }

    /// What it unfolded to, in bytes.
    pub(crate) fn unfolded_bytes(&self) -> usize {
        self.n_unfolded * size_of::<u32>() + self.n_scalars * size_of::<char>()
    }

    /// The CID of a code of so many bytes.
    pub(crate) fn cid(&self, n_bytes: usize, code: u32) -> Option<u32> {
        let (first, cid) = range_of(&self.cid_ranges, n_bytes, code)?;
        Some(cid.saturating_add(code - first))
    }

    /// The CID of a code without a character.
    pub(crate) fn notdef_cid(&self, n_bytes: usize, code: u32) -> Option<u32> {
        range_of(&self.notdef_ranges, n_bytes, code).map(|(_, cid)| cid)
    }

    pub(crate) fn has_cids(&self) -> bool {
        !self.cid_ranges.is_empty()
    }

    /// Takes the CIDs of a map to Unicode for scalars, which some programs write.
    pub(crate) fn take_cids_for_scalars(&mut self) {
        for (_, first, last, cid) in std::mem::take(&mut self.cid_ranges) {
            let Some(bytes) = u16::try_from(cid).ok().map(u16::to_be_bytes) else {
                continue;
            };
            self.map_range(first, last, &Operand::Code { n_bytes: 2, code: cid, bytes: bytes.to_vec() });
        }
    }

    /// The next code of a shown string, if its bytes lie within a codespace: its length and value.
    pub(crate) fn next_code(&self, bytes: &[u8]) -> Option<(usize, u32)> {
        let mut code = 0_u32;
        for (byte, n_bytes) in bytes.iter().zip(1..=4) {
            code = code << 8 | u32::from(*byte);
            let mut codespaces = self.codespaces.iter().filter(|(length, _, _)| *length == n_bytes);
            if codespaces.any(|(length, low, high)| within_codespace(*length, code, *low, *high)) {
                return Some((n_bytes, code));
            }
        }
        None
    }

    /// The length of the shortest codes.
    pub(crate) fn shortest_code(&self) -> Option<usize> {
        self.codespaces.iter().map(|(length, _, _)| *length).min()
    }
}

/// The first code of the range that holds `code`, and its first CID.
fn range_of(ranges: &[(usize, u32, u32, u32)], n_bytes: usize, code: u32) -> Option<(u32, u32)> {
    let after =
        ranges.partition_point(|(range_bytes, first, _, _)| (*range_bytes, *first) <= (n_bytes, code));
    let (range_bytes, first, last, cid) = *ranges.get(after.checked_sub(1)?)?;
    (range_bytes == n_bytes && code <= last).then_some((first, cid))
}

/// What a glyph name stands for, in UTF-16; nothing if it is unknown.
fn utf_16_of_name(name: &[u8]) -> Vec<u8> {
    let scalars: String = super::glyph_names::scalars(name).unwrap_or_default().into_iter().collect();
    scalars.encode_utf16().flat_map(u16::to_be_bytes).collect()
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
            endbfrange 4 beginbfchar <0050> /eacute <0051> <0000> <0052> <fffd> <0053> <d83d> <0054> [<0058>] endbfchar\n\
            1 beginbfrange <0060> <0061> [/a /b_c] endbfrange beginbfrange <0070> <0070> <004100420043> endbfrange",
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
            (0x51, "\u{fffd}"),
            (0x52, "\u{fffd}"),
            (0x53, "\u{fffd}"),
            (0x54, "X"),
            (0x60, "a"),
            (0x61, "bc"),
            (0x70, "ABC"),
            (0x99, "\u{fffd}"),
        ] {
            assert_eq!(text(&cmap, code), expected, "{code:x}");
        }
        for silent in [0x51, 0x52, 0x53, 0x99] {
            assert!(cmap.unicode.get(silent).is_unmapped(), "another source may speak");
        }
        assert_eq!(cmap.next_code(&[0, 3, 9]), Some((2, 3)));
    }

    #[test]
    fn codes_to_cids() {
        let cmap = CMap::parse(
            b"/GBK-EUC-H usecmap /WMode 1 def 2 begincodespacerange <00> <80> <8140> <fefe> endcodespacerange\n\
            1 begincidrange <20> <7e> 814 endcidrange 1 begincidchar <8140> 7 endcidchar\n\
            1 beginnotdefrange <00> <1f> 1 endnotdefrange",
        );
        assert_eq!(cmap.base.as_deref(), Some(&b"GBK-EUC-H"[..]));
        assert!(cmap.vertical);
        assert_eq!(cmap.next_code(b"A"), Some((1, 0x41)));
        assert_eq!(cmap.next_code(b"\x81\x40A"), Some((2, 0x8140)));
        assert_eq!(cmap.next_code(b"\x81\x20A"), None);
        assert_eq!(cmap.shortest_code(), Some(1));
        assert_eq!(cmap.cid(1, 0x21), Some(815));
        assert_eq!(cmap.cid(2, 0x8140), Some(7));
        assert_eq!(cmap.cid(2, 0x21), None);
        assert_eq!((cmap.cid(1, 0x05), cmap.notdef_cid(1, 0x05)), (None, Some(1)));
    }

    #[test]
    fn cids_for_scalars() {
        let mut cmap =
            CMap::parse(b"begincidrange <01> <02> 65 endcidrange begincidchar <03> 26790 endcidchar");
        cmap.take_cids_for_scalars();
        assert_eq!((text(&cmap, 2), text(&cmap, 3)), ("B".to_owned(), "梦".to_owned()));
    }

    #[test]
    fn huge_ranges_end() {
        let range = b"<00000000> <ffffffff> <0000>\n".repeat(1000);
        let cmap = CMap::parse(&[b"beginbfrange ", range.as_slice()].concat());
        assert!(!cmap.unicode.is_empty());
    }
}
