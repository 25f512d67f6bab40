//! The predefined character maps of ISO 32000-1, 9.7.5.2, and the character collections behind them, by Adobe's
//! tables as the crate `hayro-cmap` ships them.

use std::sync::{Mutex, OnceLock, PoisonError};

use hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use rustc_hash::FxHashMap;

/// One of Adobe's character collections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Collection {
    Gb1,
    Cns1,
    Japan1,
    Korea1,
}

/// The highest CID that any of the collections defines lies below this.
const MAX_CID: u32 = 0x8000;

impl Collection {
    pub(crate) fn from_ordering(ordering: &[u8]) -> Option<Self> {
        match ordering {
            b"GB1" => Some(Self::Gb1),
            b"CNS1" => Some(Self::Cns1),
            b"Japan1" => Some(Self::Japan1),
            b"Korea1" | b"KR" => Some(Self::Korea1),
            _ => None,
        }
    }

    fn family(self) -> CidFamily {
        match self {
            Self::Gb1 => CidFamily::AdobeGB1,
            Self::Cns1 => CidFamily::AdobeCNS1,
            Self::Japan1 => CidFamily::AdobeJapan1,
            Self::Korea1 => CidFamily::AdobeKorea1,
        }
    }

    /// The scalar of a CID, by a table made once a process.
    pub(crate) fn scalar(self, cid: u32) -> Option<char> {
        static TABLES: [OnceLock<Vec<u32>>; 4] = [const { OnceLock::new() }; 4];
        let table = TABLES.get(self as usize)?.get_or_init(|| self.table());
        char::from_u32(*table.get(cid as usize)?).filter(|scalar| *scalar != '\0')
    }

    fn table(self) -> Vec<u32> {
        let Some(map) = self.family().ucs2_cmap().and_then(parse) else {
            return Vec::new();
        };
        (0..MAX_CID)
            .map(|cid| match map.lookup_bf_string(cid) {
                Some(BfString::Char(scalar)) => scalar as u32,
                Some(BfString::String(string)) => string.chars().next().map_or(0, |scalar| scalar as u32),
                None => 0,
            })
            .collect()
    }
}

/// A predefined character map.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Predefined {
    map: &'static CMap,
    form: Form,
}

/// How codes are told apart, and whether they say their scalar themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Ucs2,
    Utf16,
    Utf32,
    /// One to four bytes: the shortest that the map knows.
    Mixed,
}

impl Predefined {
    /// None for the identity maps and for names that are not predefined.
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        static MAPS: OnceLock<Mutex<FxHashMap<Vec<u8>, &'static CMap>>> = OnceLock::new();
        if name.starts_with(b"Identity") || matches!(CMapName::from_bytes(name), CMapName::Custom(_)) {
            return None;
        }
        let contains = |part: &[u8]| memchr::memmem::find(name, part).is_some();
        let form = if contains(b"UCS2") {
            Form::Ucs2
        } else if contains(b"UTF16") {
            Form::Utf16
        } else if contains(b"UTF32") {
            Form::Utf32
        } else {
            Form::Mixed
        };
        let maps = MAPS.get_or_init(Mutex::default);
        let mut maps = maps.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(map) = maps.get(name) {
            return Some(Self { map, form });
        }
        // At most once for each of the predefined names, for the life of the process.
        let map: &'static CMap = Box::leak(Box::new(parse(CMapName::from_bytes(name))?));
        maps.insert(name.to_vec(), map);
        Some(Self { map, form })
    }

    /// The length of the next code, the code and its CID.
    pub(crate) fn next_code(&self, bytes: &[u8]) -> (usize, u32, u32) {
        let code_of = |n_bytes: usize| {
            bytes.iter().take(n_bytes).fold(0_u32, |code, byte| code << 8 | u32::from(*byte))
        };
        let n_bytes = match self.form {
            Form::Ucs2 => 2,
            Form::Utf16 => {
                if matches!(bytes.first(), Some(0xd8..0xdc)) {
                    4
                } else {
                    2
                }
            }
            Form::Utf32 => 4,
            Form::Mixed => {
                for n_bytes in 1..=bytes.len().min(4) {
                    let code = code_of(n_bytes);
                    if let Some(cid) = self.map.lookup_cid_code(code, n_bytes as u8) {
                        return (n_bytes, code, cid);
                    }
                }
                if matches!(bytes.first(), Some(0x80..)) { 2 } else { 1 }
            }
        };
        let n_bytes = n_bytes.min(bytes.len()).max(1);
        let code = code_of(n_bytes);
        (n_bytes, code, self.map.lookup_cid_code(code, n_bytes as u8).unwrap_or(0))
    }

    /// The scalar that a code says by itself.
    pub(crate) fn scalar_of_code(&self, code: u32) -> Option<char> {
        match self.form {
            Form::Utf16 if code > 0xffff => {
                let units = [(code >> 16) as u16, code as u16];
                char::decode_utf16(units).next()?.ok()
            }
            Form::Ucs2 | Form::Utf16 | Form::Utf32 => char::from_u32(code).filter(|scalar| *scalar != '\0'),
            Form::Mixed => None,
        }
    }
}

fn parse(name: CMapName<'_>) -> Option<CMap> {
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
            ("UniGB-UCS2-H", b"\x75\x35", (2, '电')),
            ("UniGB-UTF16-H", b"\x75\x35", (2, '电')),
            ("ETen-B5-H", b"\xb9\x71", (2, '電')),
        ] {
            let map = Predefined::named(name.as_bytes()).unwrap();
            let (n_bytes, code, cid) = map.next_code(bytes);
            let collection = if name.starts_with("ETen") { Collection::Cns1 } else { Collection::Gb1 };
            let scalar = map.scalar_of_code(code).or_else(|| collection.scalar(cid));
            assert_eq!((n_bytes, scalar), (expected.0, Some(expected.1)), "{name}");
        }
        assert!(Predefined::named(b"Identity-H").is_none());
        assert!(Predefined::named(b"No-Such-Map").is_none());
    }
}
