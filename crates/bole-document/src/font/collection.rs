//! Adobe's character collections: from CIDs to text.

use std::sync::OnceLock;

use hayro_cmap::{BfString, CidFamily};

use super::predefined::parse;
use super::text::Text;
use crate::scalar::push_stored;

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
const ALL: [Collection; 4] = [Collection::Gb1, Collection::Cns1, Collection::Japan1, Collection::Korea1];

/// For each CID its text: 0 for none, a scalar, or the place of a string.
#[derive(Default)]
struct Table {
    texts: Vec<u32>,
    strings: Vec<Box<[char]>>,
}

const IN_STRINGS: u32 = 0x8000_0000;

impl Collection {
    pub(crate) fn from_ordering(ordering: &[u8]) -> Option<Self> {
        match ordering {
            b"GB1" => Some(Self::Gb1),
            b"CNS1" => Some(Self::Cns1),
            b"Japan1" => Some(Self::Japan1),
            b"Korea1" => Some(Self::Korea1),
            _ => None,
        }
    }

    pub(crate) fn of_family(family: &CidFamily) -> Option<Self> {
        ALL.into_iter().find(|collection| collection.family() == *family)
    }

    /// The collection whose table a name like `Adobe-GB1-UCS2` means.
    pub(crate) fn of_ucs2_map(name: &[u8]) -> Option<Self> {
        Self::from_ordering(name.strip_prefix(b"Adobe-")?.strip_suffix(b"-UCS2")?)
    }

    pub(crate) fn of_index(index: u32) -> Option<Self> {
        ALL.get(index as usize).copied()
    }

    fn family(self) -> CidFamily {
        match self {
            Self::Gb1 => CidFamily::AdobeGB1,
            Self::Cns1 => CidFamily::AdobeCNS1,
            Self::Japan1 => CidFamily::AdobeJapan1,
            Self::Korea1 => CidFamily::AdobeKorea1,
        }
    }

    /// Loads the tables of all collections.
    pub(crate) fn warm() {
        for collection in ALL {
            collection.table();
        }
    }

    /// The text of a CID in its stored form.
    #[inline]
    pub(crate) fn text(self, cid: u32) -> Text {
        match self.table().texts.get(cid as usize) {
            Some(text) if text & IN_STRINGS != 0 => Text::of_cid(self, cid),
            Some(text) => Text(*text),
            None => Text::UNMAPPED,
        }
    }

    /// The scalars of a CID whose text is not one scalar.
    pub(crate) fn string(self, cid: u32) -> &'static [char] {
        let table = self.table();
        let place = table.texts.get(cid as usize).map_or(0, |text| text ^ IN_STRINGS);
        table.strings.get(place as usize).map_or(&[], |string| string)
    }

    /// Made once a process.
    fn table(self) -> &'static Table {
        static TABLES: [OnceLock<Table>; 4] = [const { OnceLock::new() }; 4];
        static NONE: Table = Table { texts: Vec::new(), strings: Vec::new() };
        TABLES.get(self as usize).map_or(&NONE, |table| table.get_or_init(|| self.read_table()))
    }

    fn read_table(self) -> Table {
        let mut table = Table::default();
        let Some(map) = self.family().ucs2_cmap().and_then(parse) else {
            return table;
        };
        let mut stored = Vec::new();
        table.texts.reserve_exact(MAX_CID as usize);
        for cid in 0..MAX_CID {
            stored.clear();
            match map.lookup_bf_string(cid) {
                Some(BfString::Char(scalar)) => push_stored(scalar, &mut stored),
                Some(BfString::String(string)) => {
                    // Which variant of the character it is does not matter to text.
                    let scalars = string.chars().filter(|scalar| !is_variation_selector(*scalar));
                    scalars.for_each(|scalar| push_stored(scalar, &mut stored));
                }
                None => {}
            }
            table.texts.push(match *stored.as_slice() {
                [] | ['\u{fffd}'] => 0,
                [scalar] => scalar as u32,
                _ => {
                    table.strings.push(stored.as_slice().into());
                    IN_STRINGS | (table.strings.len() - 1) as u32
                }
            });
        }
        table
    }
}

fn is_variation_selector(scalar: char) -> bool {
    matches!(scalar, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_cids() {
        for (collection, cid, expected) in [
            (Collection::Gb1, 34, "A"),
            (Collection::Gb1, 1, " "),
            (Collection::Gb1, 4559, "中"),
            (Collection::Japan1, 8189, "sec"),
            (Collection::Korea1, 8362, "(A)"),
            (Collection::Cns1, 0x7fff, "\u{fffd}"),
            (Collection::Cns1, 1 << 30, "\u{fffd}"),
        ] {
            let mut single = ['\0'];
            let strings = crate::font::text::Strings::default();
            let text: String = strings.expand(collection.text(cid), &mut single).iter().collect();
            assert_eq!(text, expected, "{collection:?} {cid}");
        }
        assert_eq!(Collection::of_ucs2_map(b"Adobe-GB1-UCS2"), Some(Collection::Gb1));
        assert_eq!(Collection::of_ucs2_map(b"Adobe-Identity-UCS2"), None);
    }
}
