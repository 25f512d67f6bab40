//! Simple fonts whose strings are Chinese in an older encoding: some office programs name a font of the system by its
//! Chinese name, call it a TrueType font in `WinAnsiEncoding`, and show strings of one- and two-byte codes with it.

use lopdf::Dictionary;

use super::Source;
use super::predefined::Predefined;
use super::text::Text;

/// An encoding of one- and two-byte codes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Legacy(Predefined);

/// Characters that names of Chinese fonts are made of, in simplified and traditional script.
const OF_FONT_NAMES: &str = "宋黑楷仿隶圆魏标书体明隸圓標書體";
/// A range of codes that ends below this is too short for the lead bytes of Chinese text.
const MIN_LAST_CODE: i64 = 0xf0;

impl Legacy {
    /// The encoding that the name of a font betrays, if nothing else in the file says what its codes are.
    pub(crate) fn of_font(source: &Source<'_>, dictionary: &Dictionary) -> Option<Self> {
        const PROGRAMS: [&[u8]; 3] = [b"FontFile", b"FontFile2", b"FontFile3"];
        let file = source.file;
        let name = file.name(dictionary, b"BaseFont").filter(|name| !name.is_ascii())?;
        let descriptor = file.dictionary(dictionary, b"FontDescriptor");
        let is_embedded = descriptor.is_some_and(|descriptor| PROGRAMS.iter().any(|key| descriptor.has(key)));
        let last_code = file.integer(dictionary, b"LastChar").unwrap_or(0xff);
        let has_own_encoding = file.dictionary(dictionary, b"Encoding").is_some();
        if is_embedded || has_own_encoding || last_code < MIN_LAST_CODE || std::str::from_utf8(name).is_ok() {
            return None;
        }
        let encodings: [&[u8]; 2] = [b"GBK-EUC-H", b"ETen-B5-H"];
        encodings.iter().filter_map(|encoding| Predefined::named(encoding)).map(Self).find(|legacy| {
            let mut rest = name;
            let mut is_font_name = false;
            while !rest.is_empty() {
                let (n_bytes, text) = legacy.next(rest);
                rest = rest.get(n_bytes..).unwrap_or_default();
                is_font_name |= text.scalar().is_some_and(|scalar| OF_FONT_NAMES.contains(scalar));
            }
            is_font_name
        })
    }

    /// The length and text of the next code; unmapped if the encoding does not have it.
    pub(crate) fn next(self, bytes: &[u8]) -> (usize, Text) {
        let (n_bytes, _, cid) = self.0.next_code(bytes);
        let collection = self.0.collection().filter(|_| cid > 0);
        (n_bytes, collection.map_or(Text::UNMAPPED, |collection| collection.text(cid)))
    }
}
