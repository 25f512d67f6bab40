use std::cell::OnceCell;

use lopdf::{Dictionary, Object};

use super::cid_program::CidProgram;
use super::cid_widths::CidWidths;
use super::cmap::CMap;
use super::collection::Collection;
use super::predefined::Predefined;
use super::text::{Text, UnicodeMap};
use super::{Shown, Source};
use crate::ReadError;

/// A font of codes of one to four bytes, by way of CIDs (ISO 32000-1, 9.7).
#[derive(Debug)]
pub(crate) struct Composite<'f> {
    codes: Codes,
    unicode: UnicodeMap,
    collection: Option<Collection>,
    /// What the embedded program says where the map and the collection are silent. It is opened when a code is shown
    /// that needs it: most maps leave nothing out that is shown.
    program: OnceCell<CidProgram>,
    source: Source<'f>,
    descendant: Option<&'f Dictionary>,
    /// A code is its own scalar, if nothing else is known of it.
    says_scalars: bool,
    widths: CidWidths,
    vertical: bool,
}

#[derive(Debug)]
enum Codes {
    /// Two bytes, code = CID.
    Identity,
    /// Maps in their order: each is asked where those before it are silent.
    Embedded(Vec<CMap>, Option<Predefined>),
    Predefined(Predefined),
}

/// How many embedded maps may stand on one another.
const MAX_MAPS: usize = 4;

impl<'f> Composite<'f> {
    pub(crate) fn read(
        source: &Source<'f>,
        dictionary: &'f Dictionary,
        descendant: Option<&'f Dictionary>,
    ) -> Result<Self, ReadError> {
        let (codes, vertical) = Codes::read(source, dictionary)?;
        let mut composite = Self {
            codes,
            unicode: UnicodeMap::default(),
            collection: None,
            program: OnceCell::new(),
            source: source.clone(),
            descendant,
            says_scalars: false,
            widths: CidWidths::default(),
            vertical,
        };
        composite.read_to_unicode(source, dictionary)?;
        let Some(descendant) = descendant else {
            source.damaged.set(true);
            return Ok(composite);
        };
        // The CIDs of a predefined map are those of its own collection, whatever the font says.
        let by_map = composite.codes.predefined().and_then(Predefined::collection);
        let by_font = source.file.dictionary(descendant, b"CIDSystemInfo").and_then(|info| {
            match source.file.get(info, b"Ordering") {
                Object::String(ordering, _) | Object::Name(ordering) => Collection::from_ordering(ordering),
                _ => None,
            }
        });
        composite.collection = by_map.or(by_font).or(composite.collection);
        composite.widths = CidWidths::read(source.file, descendant, vertical);
        source.take(composite.widths.n_set * size_of::<f32>())?;
        Ok(composite)
    }

    fn read_to_unicode(&mut self, source: &Source<'_>, dictionary: &Dictionary) -> Result<(), ReadError> {
        let mut base = None;
        if let Object::Name(name) = source.file.get(dictionary, b"ToUnicode") {
            base = Some(name.clone());
        } else if let Some(mut map) = source.cmap(dictionary, b"ToUnicode")? {
            if map.unicode.is_empty() {
                map.take_cids_for_scalars();
            }
            self.unicode = map.unicode;
            base = map.base;
        }
        let base = base.unwrap_or_default();
        self.says_scalars = base.starts_with(b"Identity");
        self.collection = Collection::of_ucs2_map(&base);
        Ok(())
    }

    #[inline]
    pub(crate) fn next_shown(&self, bytes: &[u8]) -> Option<Shown> {
        let (n_bytes, code, cid) = match &self.codes {
            Codes::Identity => match *bytes {
                [] => return None,
                [low] => (1, u32::from(low), u32::from(low)),
                [high, low, ..] => {
                    let code = u32::from(high) << 8 | u32::from(low);
                    (2, code, code)
                }
            },
            _ if bytes.is_empty() => return None,
            Codes::Embedded(maps, base) => next_embedded(maps, *base, bytes),
            Codes::Predefined(map) => map.next_code(bytes),
        };
        let mut text = self.unicode.get(code);
        if text.is_unmapped() || text.is_private() {
            let other = self.text_of_cid(code, cid);
            if !other.is_unmapped() {
                text = other;
            }
        }
        Some(Shown {
            text,
            advance: if self.vertical { self.widths.vertical(cid) } else { self.widths.horizontal(cid) },
            n_bytes,
            takes_word_spacing: n_bytes == 1 && code == 32,
        })
    }

    /// What is known of a code besides its map to Unicode.
    fn text_of_cid(&self, code: u32, cid: u32) -> Text {
        if let Some(scalar) = self.codes.predefined().and_then(|map| map.scalar_of_code(code)) {
            return stored(scalar);
        }
        let mut text = self.collection.map_or(Text::UNMAPPED, |collection| collection.text(cid));
        if text.is_unmapped() {
            text = self.program().text(cid);
        }
        if text.is_unmapped() && self.says_scalars {
            text = char::from_u32(code).map_or(text, stored);
        }
        text
    }

    fn program(&self) -> &CidProgram {
        self.program.get_or_init(|| {
            self.descendant.map_or_else(CidProgram::default, |font| CidProgram::read(&self.source, font))
        })
    }

    #[inline]
    pub(crate) fn expand<'a>(&'a self, text: Text, single: &'a mut [char; 1]) -> &'a [char] {
        match self.program.get() {
            Some(program) if text.is_in_program() => program.expand(text, single),
            _ => self.unicode.strings.expand(text, single),
        }
    }

    pub(crate) fn is_vertical(&self) -> bool {
        self.vertical
    }

    /// The usual width of a space in ems; the code of the space is not looked for.
    pub(crate) fn space(&self) -> f32 {
        let width = self.widths.horizontal(1);
        if self.collection.is_some() && (0.15..0.4).contains(&width) { width } else { 0.25 }
    }
}

impl Codes {
    /// How codes are told apart and what CIDs they have, and whether lines run downwards.
    fn read(source: &Source<'_>, dictionary: &Dictionary) -> Result<(Self, bool), ReadError> {
        let file = source.file;
        let (mut maps, mut base) = (Vec::new(), None);
        let mut vertical = None;
        let mut holder = dictionary;
        let mut key: &[u8] = b"Encoding";
        while maps.len() < MAX_MAPS {
            match file.get(holder, key) {
                Object::Name(name) => base = Some(name.clone()),
                Object::Stream(stream) => {
                    let Some(map) = source.cmap(holder, key)? else { break };
                    let says_vertical = map.vertical || file.integer(&stream.dict, b"WMode") == Some(1);
                    vertical = vertical.or(Some(says_vertical));
                    base.clone_from(&map.base);
                    maps.push(map);
                    (holder, key) = (&stream.dict, b"UseCMap".as_slice());
                    continue;
                }
                _ => {}
            }
            break;
        }
        let name = base.unwrap_or_default();
        let predefined = Predefined::named(&name);
        let vertical = vertical.unwrap_or_else(|| name.ends_with(b"-V") || name == b"V");
        if maps.is_empty() && predefined.is_none() && !name.is_empty() && !name.starts_with(b"Identity") {
            source.damaged.set(true);
        }
        maps.retain(CMap::has_cids);
        let codes = match predefined {
            _ if !maps.is_empty() => Self::Embedded(maps, predefined),
            Some(map) => Self::Predefined(map),
            None => Self::Identity,
        };
        Ok((codes, vertical))
    }

    fn predefined(&self) -> Option<Predefined> {
        match self {
            Self::Identity => None,
            Self::Embedded(_, map) => *map,
            Self::Predefined(map) => Some(*map),
        }
    }
}

/// The length of the next code, the code and its CID.
fn next_embedded(maps: &[CMap], base: Option<Predefined>, bytes: &[u8]) -> (usize, u32, u32) {
    let by_codespace = maps.iter().find_map(|map| map.next_code(bytes));
    let (n_bytes, code) = by_codespace.unwrap_or_else(|| {
        if let Some(base) = base {
            let (n_bytes, code, _) = base.next_code(bytes);
            return (n_bytes, code);
        }
        let shortest = maps.iter().filter_map(CMap::shortest_code).min().unwrap_or(2);
        let n_bytes = shortest.min(bytes.len()).max(1);
        (n_bytes, bytes.iter().take(n_bytes).fold(0, |code, byte| code << 8 | u32::from(*byte)))
    });
    let cid = maps
        .iter()
        .find_map(|map| map.cid(n_bytes, code))
        .or_else(|| {
            base.map(|base| base.next_code(bytes)).filter(|next| next.0 == n_bytes).map(|next| next.2)
        })
        .or_else(|| maps.iter().find_map(|map| map.notdef_cid(n_bytes, code)));
    (n_bytes, code, cid.unwrap_or(0))
}

/// The stored form of one scalar; those that unfold to several do not occur in the maps but as ligatures, whose first
/// letter would mislead, so they stay.
fn stored(scalar: char) -> Text {
    match scalar {
        _ if scalar.is_whitespace() => Text(' ' as u32),
        _ if scalar.is_control() => Text::UNMAPPED,
        _ => Text(scalar as u32),
    }
}
