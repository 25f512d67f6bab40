//! The predefined character maps of ISO 32000-1, 9.7.5.2, by Adobe's tables as the crate `hayro-cmap` ships them.

use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};

use hayro_cmap::{CMap, CMapName, load_embedded};
use rustc_hash::FxHashMap;

use super::collection::Collection;

/// A predefined character map.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Predefined(&'static Map);

/// Codes to CIDs. Those of one and two bytes are unfolded, two bytes when the first code of their lead byte is asked for.
struct Map {
    source: CMap,
    form: Form,
    single: [u16; 256],
    pages: Vec<OnceLock<Box<[u16; 256]>>>,
    collection: Option<Collection>,
}

/// What a table says of a code that the map does not have.
const NO_CID: u16 = u16::MAX;

/// How codes are told apart, and whether they say their scalar themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Ucs2,
    Utf8,
    Utf16,
    Utf32,
    /// One to four bytes: the shortest that the map knows.
    Mixed,
}

/// The maps that [`Predefined::warm`] loads: those that Chinese documents name.
const COMMON: [&[u8]; 8] = [
    b"GBK-EUC-H",
    b"GBKp-EUC-H",
    b"GBK2K-H",
    b"GB-EUC-H",
    b"UniGB-UCS2-H",
    b"UniGB-UTF16-H",
    b"ETen-B5-H",
    b"UniCNS-UTF16-H",
];

impl Predefined {
    /// None for the identity maps and for names that are not predefined.
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        static MAPS: OnceLock<Mutex<FxHashMap<Vec<u8>, &'static Map>>> = OnceLock::new();
        let form = Form::of(name);
        let source = source_of(name, form)?;
        let mut maps = MAPS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        let key = [source, form.suffix()].concat();
        if let Some(map) = maps.get(&key) {
            return Some(Self(map));
        }
        // At most once for each predefined name and form, for the life of the process.
        let map: &'static Map = Box::leak(Box::new(Map::load(source, form)?));
        maps.insert(key, map);
        Some(Self(map))
    }

    /// Loads the maps that are asked for most. Their tables unfold when they are used, at some 5 µs a lead byte.
    pub(crate) fn warm() {
        for name in COMMON {
            let _ = Self::named(name);
        }
    }

    /// The collection whose CIDs the map gives.
    pub(crate) fn collection(self) -> Option<Collection> {
        self.0.collection
    }

    /// The length of the next code, the code and its CID.
    #[inline]
    pub(crate) fn next_code(self, bytes: &[u8]) -> (usize, u32, u32) {
        let map = self.0;
        let n_bytes = match (map.form, bytes) {
            (Form::Utf16, [0xd8..=0xdb, ..]) | (Form::Utf32, _) => 4,
            (Form::Ucs2 | Form::Utf16, _) => 2,
            (Form::Utf8, [lead, ..]) => match lead {
                0xc0..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0.. => 4,
                _ => 1,
            },
            _ => return map.next_mixed(bytes),
        };
        let n_bytes = n_bytes.min(bytes.len()).max(1);
        let code = code_of(bytes, n_bytes);
        (n_bytes, code, map.cid(n_bytes, code).unwrap_or(0))
    }

    /// The scalar that a code says by itself.
    pub(crate) fn scalar_of_code(self, code: u32) -> Option<char> {
        self.0.form.scalar(code)
    }
}

impl Map {
    fn load(source: &[u8], form: Form) -> Option<Self> {
        let source_form = Form::of(source);
        let source = parse(CMapName::from_bytes(source))?;
        let collection =
            source.metadata().character_collection.as_ref().and_then(|it| Collection::of_family(&it.family));
        let mut single = [NO_CID; 256];
        for (code, slot) in (0..).zip(&mut single) {
            *slot = table_cid(source.lookup_cid_code(code, 1));
        }
        let pages = std::iter::repeat_with(OnceLock::new).take(256).collect();
        debug_assert!(source_form == form || form.is_unicode());
        Some(Self { source, form, single, pages, collection })
    }

    fn page(&self, lead: u8) -> Option<&[u16; 256]> {
        let page = self.pages.get(usize::from(lead))?.get_or_init(|| {
            let mut page = Box::new([NO_CID; 256]);
            for (code, slot) in (u32::from(lead) << 8..).zip(page.iter_mut()) {
                *slot = table_cid(self.source.lookup_cid_code(code, 2));
            }
            page
        });
        Some(page)
    }

    fn double(&self, code: u16) -> Option<u32> {
        let [lead, trail] = code.to_be_bytes();
        found(*self.page(lead)?.get(usize::from(trail))?)
    }

    /// The CID of a code of so many bytes.
    fn cid(&self, n_bytes: usize, code: u32) -> Option<u32> {
        if matches!(self.form, Form::Utf8 | Form::Utf32) {
            // The tables are those of UTF-16.
            let mut units = [0; 2];
            return match *self.form.scalar(code)?.encode_utf16(&mut units) {
                [unit] => self.double(unit),
                [high, low] => self.source.lookup_cid_code(u32::from(high) << 16 | u32::from(low), 4),
                _ => None,
            };
        }
        match (n_bytes, u16::try_from(code)) {
            (1, _) => found(*self.single.get(code as usize)?),
            (2, Ok(code)) => self.double(code),
            _ => self.source.lookup_cid_code(code, n_bytes as u8),
        }
    }

    fn next_mixed(&self, bytes: &[u8]) -> (usize, u32, u32) {
        for n_bytes in 1..=bytes.len().min(4) {
            let code = code_of(bytes, n_bytes);
            if let Some(cid) = self.cid(n_bytes, code) {
                return (n_bytes, code, cid);
            }
        }
        let n_bytes = match bytes {
            [0x80..=0xff, _, ..] => 2,
            _ => 1,
        };
        (n_bytes, code_of(bytes, n_bytes), 0)
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Map")
            .field(&self.source.metadata().name.as_ref().map(|it| it.escape_ascii()))
            .finish()
    }
}

impl Form {
    fn of(name: &[u8]) -> Self {
        let contains = |part: &[u8]| memchr::memmem::find(name, part).is_some();
        if contains(b"-UCS2") {
            Self::Ucs2
        } else if contains(b"-UTF8") {
            Self::Utf8
        } else if contains(b"-UTF16") {
            Self::Utf16
        } else if contains(b"-UTF32") {
            Self::Utf32
        } else {
            Self::Mixed
        }
    }

    fn is_unicode(self) -> bool {
        self != Self::Mixed
    }

    fn suffix(self) -> &'static [u8] {
        match self {
            Self::Utf8 => b"8",
            Self::Utf32 => b"32",
            Self::Ucs2 | Self::Utf16 | Self::Mixed => b"",
        }
    }

    /// The scalar that a code says by itself.
    fn scalar(self, code: u32) -> Option<char> {
        let scalar = match self {
            Self::Mixed => return None,
            Self::Utf16 if code > 0xffff => {
                char::decode_utf16([(code >> 16) as u16, code as u16]).next()?.ok()
            }
            Self::Utf8 if code > 0x7f => {
                let bytes = code.to_be_bytes();
                let start = bytes.iter().position(|byte| *byte != 0)?;
                std::str::from_utf8(bytes.get(start..)?).ok()?.chars().next()
            }
            Self::Ucs2 | Self::Utf8 | Self::Utf16 | Self::Utf32 => char::from_u32(code),
        };
        scalar.filter(|scalar| *scalar != '\0')
    }
}

/// The shipped map whose tables a name uses. Newer Unicode maps of a collection (`UniJIS2004-UTF16-H`, `UniGB-UTF8-H`)
/// have the same CIDs as its UTF-16 one, but for variants.
fn source_of(name: &[u8], form: Form) -> Option<&[u8]> {
    const UTF_16: [(&[u8], &[u8]); 4] = [
        (b"UniGB", b"UniGB-UTF16-H"),
        (b"UniCNS", b"UniCNS-UTF16-H"),
        (b"UniJIS", b"UniJIS-UTF16-H"),
        (b"UniKS", b"UniKS-UTF16-H"),
    ];
    if name.starts_with(b"Identity") || name.starts_with(b"Adobe-") {
        return None;
    }
    if !matches!(CMapName::from_bytes(name), CMapName::Custom(_)) {
        return Some(name);
    }
    let family = UTF_16.iter().find(|(prefix, _)| name.starts_with(prefix));
    family.map(|(_, source)| *source).filter(|_| form.is_unicode())
}

fn code_of(bytes: &[u8], n_bytes: usize) -> u32 {
    bytes.iter().take(n_bytes).fold(0, |code, byte| code << 8 | u32::from(*byte))
}

fn table_cid(cid: Option<u32>) -> u16 {
    cid.and_then(|cid| u16::try_from(cid).ok()).unwrap_or(NO_CID)
}

fn found(cid: u16) -> Option<u32> {
    (cid != NO_CID).then_some(u32::from(cid))
}

/// The map of this name as shipped.
pub(super) fn parse(name: CMapName<'_>) -> Option<CMap> {
    CMap::parse(load_embedded(name)?, load_embedded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_chinese_maps() {
        for (name, bytes, expected) in [
            ("GBK-EUC-H", &b"\xb5\xe7"[..], (2, '电')),
            ("GBK-EUC-H", b"A", (1, 'A')),
            ("GBK2K-V", b"\x82\x35\x87\x38", (4, '䶵')),
            ("UniGB-UCS2-H", b"\x75\x35", (2, '电')),
            ("UniGB-UTF16-H", b"\x75\x35", (2, '电')),
            ("UniGB-UTF16-H", b"\xd8\x40\xdc\x0b", (4, '𠀋')),
            ("UniGB-UTF8-H", "电".as_bytes(), (3, '电')),
            ("UniGB-UTF32-H", b"\0\0\x75\x35", (4, '电')),
            ("UniJIS2004-UTF16-H", b"\x75\x35", (2, '电')),
            ("ETen-B5-H", b"\xb9\x71", (2, '電')),
        ] {
            let map = Predefined::named(name.as_bytes()).unwrap();
            let (n_bytes, code, cid) = map.next_code(bytes);
            let by_cid = map.collection().and_then(|collection| collection.text(cid).scalar());
            let scalar = map.scalar_of_code(code).or(by_cid);
            assert_eq!((n_bytes, scalar), (expected.0, Some(expected.1)), "{name}");
        }
        for name in ["Identity-H", "No-Such-Map", "Adobe-GB1-UCS2", "UniNone-UTF16-H", "UniGB-No"] {
            assert!(Predefined::named(name.as_bytes()).is_none(), "{name}");
        }
    }

    #[test]
    fn other_unicode_forms_have_the_cids_of_utf_16() {
        let cid_of = |name: &[u8], bytes: &[u8]| Predefined::named(name).unwrap().next_code(bytes).2;
        let expected = cid_of(b"UniGB-UTF16-H", b"\x75\x35");
        assert!(expected > 0);
        assert_eq!(cid_of(b"UniGB-UTF8-V", "电".as_bytes()), expected);
        assert_eq!(cid_of(b"UniGB-UTF32-H", b"\0\0\x75\x35"), expected);
    }
}
