use super::code_table::CodeTable;
use super::collection::Collection;
use crate::scalar::push_stored;

/// What one character code stands for: nothing known, one scalar, an entry of [`Strings`], or a CID of a collection
/// whose text is not one scalar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text(pub(crate) u32);

const IN_STRINGS: u32 = 0x8000_0000;
const IN_COLLECTION: u32 = 0x4000_0000;
/// With [`IN_STRINGS`]: the strings are those of the font's program.
const IN_PROGRAM: u32 = 0x2000_0000;

impl Text {
    pub(crate) const UNMAPPED: Self = Self(0);

    /// The scalar that it is; none if it is unmapped, or not one scalar.
    #[inline]
    pub(crate) fn scalar(self) -> Option<char> {
        // Entries of strings lie beyond all scalars.
        if self.is_unmapped() { None } else { char::from_u32(self.0) }
    }

    /// The text of a CID below 2¹⁶, by its collection.
    pub(super) fn of_cid(collection: Collection, cid: u32) -> Self {
        Self(IN_COLLECTION | (collection as u32) << 16 | cid)
    }

    /// Marks a text whose string is one of the font's program.
    pub(super) fn in_program(self) -> Self {
        if self.0 & IN_STRINGS == 0 { self } else { Self(self.0 | IN_PROGRAM) }
    }

    pub(super) fn out_of_program(self) -> Self {
        Self(self.0 & !IN_PROGRAM)
    }

    #[inline]
    pub(super) fn is_in_program(self) -> bool {
        self.0 & IN_PROGRAM != 0
    }

    /// Whether it is one scalar for private use, about which another source may know more.
    #[inline]
    pub(crate) fn is_private(self) -> bool {
        matches!(self.0, 0xe000..=0xf8ff | 0xf_0000..=0x10_ffff)
    }

    pub(crate) fn is_unmapped(self) -> bool {
        self.0 == 0
    }
}

/// The strings that are not one scalar.
#[derive(Clone, Debug, Default)]
pub(crate) struct Strings(Vec<Box<[char]>>);

impl Strings {
    /// Keeps `scalars` in their stored form.
    pub(crate) fn intern(&mut self, scalars: impl IntoIterator<Item = char>) -> Text {
        let mut stored = Vec::new();
        for scalar in scalars {
            push_stored(scalar, &mut stored);
        }
        self.intern_stored(stored)
    }

    fn intern_stored(&mut self, stored: Vec<char>) -> Text {
        if let [single] = *stored.as_slice() {
            return Text(single as u32);
        }
        self.0.push(stored.into());
        Text(IN_STRINGS | (self.0.len() - 1) as u32)
    }

    /// One scalar, without allocation in the common case.
    pub(crate) fn intern_scalar(&mut self, scalar: char) -> Text {
        if matches!(scalar, ' '..='~') || crate::scalar::is_wide(scalar) && scalar != '\u{3000}' {
            return Text(scalar as u32);
        }
        self.intern([scalar])
    }

    /// The scalars of `text`: U+FFFD if unmapped.
    pub(crate) fn expand<'a>(&'a self, text: Text, single: &'a mut [char; 1]) -> &'a [char] {
        if text.0 & (IN_STRINGS | IN_COLLECTION) != 0 {
            if text.0 & IN_STRINGS != 0 {
                return self.0.get((text.0 ^ IN_STRINGS) as usize).map_or(&[], |string| string);
            }
            let collection = Collection::of_index(text.0 >> 16 & 0xff);
            return collection.map_or(&[], |collection| collection.string(text.0 & 0xffff));
        }
        single[0] = text.scalar().unwrap_or('\u{fffd}');
        single
    }
}

/// A map from character codes to text.
#[derive(Clone, Debug, Default)]
pub(crate) struct UnicodeMap {
    table: CodeTable,
    pub(crate) strings: Strings,
}

impl UnicodeMap {
    #[inline]
    pub(crate) fn get(&self, code: u32) -> Text {
        Text(self.table.get(code))
    }

    pub(crate) fn set(&mut self, code: u32, text: Text) {
        self.table.set(code, text.0);
    }

    pub(crate) fn set_scalars(&mut self, code: u32, scalars: impl IntoIterator<Item = char>) {
        let text = self.strings.intern(scalars);
        self.set(code, text);
    }

    pub(crate) fn set_scalar(&mut self, code: u32, scalar: char) {
        let text = self.strings.intern_scalar(scalar);
        self.set(code, text);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.table.is_empty()
    }
}
