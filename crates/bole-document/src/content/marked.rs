//! Marked content: layers that are switched off, and text that stands in for what is shown.

use std::cell::{Cell, RefCell};

use lopdf::{Dictionary, Object, ObjectId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::content::interpreter::Interpreter;
use crate::content::operands::Properties;
use crate::file::{File, as_dictionary};
use crate::glyph::Glyph;
use crate::lexer::{Lexer, Token, unescape_hex, unescape_literal};
use crate::scalar::push_stored;

/// The layers (optional content groups) that are off when the file is opened.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    off: FxHashSet<ObjectId>,
    /// The file has layers at all.
    is_used: bool,
    /// Whether a set of layers is off, by the place of its dictionary: content names the same few over and over.
    sets: RefCell<FxHashMap<usize, bool>>,
    /// How many members and operands of sets were looked at.
    n_looked_at: Cell<usize>,
}

/// How many members and operands of sets of layers are looked at in a file. What is not looked at is on.
const MAX_LOOKED_AT: usize = 1 << 20;

impl Layers {
    /// From the default configuration (ISO 32000-1, 8.11.4.3).
    pub(crate) fn read(file: &File) -> Self {
        let mut layers = Self::default();
        let Some(properties) = file.catalog().and_then(|catalog| file.dictionary(catalog, b"OCProperties"))
        else {
            return layers;
        };
        layers.is_used = true;
        let Some(configuration) = file.dictionary(properties, b"D") else {
            return layers;
        };
        let ids = |dictionary, key: &[u8]| {
            file.array(dictionary, key)
                .unwrap_or_default()
                .iter()
                .filter_map(|layer| layer.as_reference().ok())
        };
        if file.name(configuration, b"BaseState") == Some(b"OFF") {
            layers.off.extend(ids(properties, b"OCGs"));
            for id in ids(configuration, b"ON") {
                layers.off.remove(&id);
            }
        }
        layers.off.extend(ids(configuration, b"OFF"));
        // Groups whose state follows from being viewed (8.11.4.4).
        for usage in file.array(configuration, b"AS").unwrap_or_default() {
            let Some(usage) = as_dictionary(file.resolve(usage)) else {
                continue;
            };
            let is_of_view =
                |name: &Object| matches!(file.resolve(name), Object::Name(name) if name == b"View");
            let follows_view = file.name(usage, b"Event") == Some(b"View")
                && file.array(usage, b"Category").is_some_and(|names| names.iter().any(is_of_view));
            for group in file.array(usage, b"OCGs").filter(|_| follows_view).unwrap_or_default() {
                let state = as_dictionary(file.resolve(group))
                    .and_then(|group| file.dictionary(group, b"Usage"))
                    .and_then(|usage| file.dictionary(usage, b"View"))
                    .and_then(|view| file.name(view, b"ViewState"));
                match (state, group.as_reference()) {
                    (Some(b"OFF"), Ok(id)) => layers.off.insert(id),
                    (Some(b"ON"), Ok(id)) => layers.off.remove(&id),
                    _ => false,
                };
            }
        }
        layers
    }

    /// Whether some layer may be off, or on, though it was not found to be: there was too much to look at.
    pub(crate) fn is_undecided(&self) -> bool {
        self.n_looked_at.get() >= MAX_LOOKED_AT
    }

    /// Whether content of this group, or of this set of groups, is off (ISO 32000-1, 8.11.2).
    pub(crate) fn is_off(&self, file: &File, group: &Object) -> bool {
        if !self.is_used {
            return false;
        }
        if self.is_group_off(group) {
            return true;
        }
        let Some(set) = as_dictionary(file.resolve(group)) else {
            return false;
        };
        if !set.has(b"OCGs") && !set.has(b"VE") {
            return false;
        }
        let place = std::ptr::from_ref(set) as usize;
        let known = self.sets.borrow().get(&place).copied();
        known.unwrap_or_else(|| {
            let is_off = self.is_set_off(file, set);
            self.sets.borrow_mut().insert(place, is_off);
            is_off
        })
    }

    fn is_group_off(&self, group: &Object) -> bool {
        group.as_reference().is_ok_and(|id| self.off.contains(&id))
    }

    /// Takes one of the members and operands that may be looked at.
    fn looks(&self) -> bool {
        let n_looked_at = self.n_looked_at.get();
        self.n_looked_at.set((n_looked_at + 1).min(MAX_LOOKED_AT));
        n_looked_at < MAX_LOOKED_AT
    }

    fn is_set_off(&self, file: &File, set: &Dictionary) -> bool {
        if let Some(expression) = file.array(set, b"VE") {
            let is_on = self.is_on(file, expression, 0);
            return !is_on && !self.is_undecided();
        }
        let Ok(groups) = set.get(b"OCGs") else {
            return false;
        };
        let members = match file.resolve(groups) {
            Object::Array(members) => members.as_slice(),
            _ => std::slice::from_ref(groups),
        };
        let (mut n_members, mut n_off) = (0, 0);
        for member in members {
            if !self.looks() {
                return false;
            }
            // What is no group has no say.
            n_members += usize::from(as_dictionary(file.resolve(member)).is_some());
            n_off += usize::from(self.is_group_off(member));
        }
        match file.name(set, b"P") {
            _ if n_members == 0 => false,
            Some(b"AllOn") => n_off > 0,
            Some(b"AnyOff") => n_off == 0,
            Some(b"AllOff") => n_off < n_members,
            _ => n_off >= n_members,
        }
    }

    /// The value of a visibility expression; one that is too deep, or says nothing, is on.
    fn is_on(&self, file: &File, expression: &[Object], depth: usize) -> bool {
        const MAX_DEPTH: usize = 8;
        let Some((operator, operands)) = expression.split_first() else {
            return true;
        };
        let is_on = |operand: &Object| {
            self.looks()
                && match file.resolve(operand) {
                    Object::Array(inner) if depth < MAX_DEPTH => self.is_on(file, inner, depth + 1),
                    _ => operand.as_reference().is_ok() && !self.is_group_off(operand),
                }
        };
        match file.resolve(operator) {
            Object::Name(name) if name == b"And" => operands.iter().all(is_on),
            Object::Name(name) if name == b"Or" => operands.iter().any(is_on),
            Object::Name(name) if name == b"Not" => !operands.first().is_some_and(is_on),
            _ => true,
        }
    }
}

/// The marked content that is open.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    open: Vec<Mark>,
    n_beyond: usize,
    n_off: usize,
    /// The outermost of those beyond whose layer is off, counted from 1.
    off_beyond: Option<usize>,
}

#[derive(Debug)]
enum Mark {
    Plain,
    LayerOff,
    /// Text that stands in for the glyphs from here on.
    Actual {
        text: Vec<char>,
        first_visible: usize,
        first_hidden: usize,
    },
}

/// How deep marked content is followed; real files stay below 20.
const MAX_OPEN: usize = 256;
/// A stand-in may be this much longer than what is shown: enough for ligatures and abbreviations set as one glyph,
/// too little to smuggle in keywords.
const MAX_STAND_IN_PER_GLYPH: usize = 4;

impl Marks {
    /// Whether a layer that is off is open.
    pub(crate) fn is_off(&self) -> bool {
        self.n_off > 0 || self.off_beyond.is_some()
    }

    pub(crate) fn depth(&self) -> usize {
        self.open.len() + self.n_beyond
    }

    /// Enters a form or image whose layer is off, or not.
    pub(crate) fn push_layer(&mut self, is_off: bool) {
        self.push(if is_off { Mark::LayerOff } else { Mark::Plain });
    }

    pub(crate) fn pop_layer(&mut self) {
        let _ = self.pop();
    }

    fn push(&mut self, mark: Mark) {
        if self.open.len() >= MAX_OPEN {
            self.n_beyond += 1;
            if matches!(mark, Mark::LayerOff) {
                self.off_beyond.get_or_insert(self.n_beyond);
            }
            return;
        }
        self.n_off += usize::from(matches!(mark, Mark::LayerOff));
        self.open.push(mark);
    }

    fn pop(&mut self) -> Option<Mark> {
        if self.n_beyond > 0 {
            self.off_beyond = self.off_beyond.filter(|outermost| *outermost < self.n_beyond);
            self.n_beyond -= 1;
            return None;
        }
        let mark = self.open.pop();
        self.n_off -= usize::from(matches!(mark, Some(Mark::LayerOff)));
        mark
    }

    fn has_actual(&self) -> bool {
        self.open.iter().any(|mark| matches!(mark, Mark::Actual { .. }))
    }
}

impl<'f> Interpreter<'f, '_> {
    pub(crate) fn begin_marked(
        &mut self,
        tagged: Option<(&[u8], Properties<'_>)>,
        resources: Option<&'f Dictionary>,
    ) {
        let Some((tag, properties)) = tagged else {
            self.marks.push(Mark::Plain);
            return;
        };
        let file = self.session.file;
        let named = match properties {
            Properties::Named(name) => resources
                .and_then(|resources| file.dictionary(resources, b"Properties"))
                .and_then(|properties| properties.get(name).ok()),
            Properties::Written(_) => None,
        };
        let mark = if tag == b"OC" {
            match named {
                Some(group) if self.session.layers.is_off(file, group) => Mark::LayerOff,
                _ => Mark::Plain,
            }
        } else {
            let text = match (properties, named) {
                (Properties::Written(written), _) => written_actual_text(written),
                (_, Some(named)) => as_dictionary(file.resolve(named)).and_then(|named| {
                    match file.get(named, b"ActualText") {
                        Object::String(bytes, _) => Some(text_string(bytes)),
                        _ => None,
                    }
                }),
                _ => None,
            };
            match text {
                Some(text) if !self.marks.has_actual() => Mark::Actual {
                    text,
                    first_visible: self.page.visible.len(),
                    first_hidden: self.page.hidden.len(),
                },
                _ => Mark::Plain,
            }
        };
        self.marks.push(mark);
    }

    pub(crate) fn end_marked(&mut self) {
        if let Some(Mark::Actual { text, first_visible, first_hidden }) = self.marks.pop() {
            self.replace_visible(&text, first_visible);
            self.replace_hidden(&text, first_hidden);
        }
    }

    fn replace_visible(&mut self, text: &[char], from: usize) {
        let shown = self.page.visible.get(from..).unwrap_or_default();
        if let Some(replacement) = self.stand_in(text, shown) {
            let before = self.page.visible.len();
            self.page.visible.truncate(from);
            self.page.visible.extend(replacement);
            self.backdrop.renumber(from, before, self.page.visible.len());
        }
    }

    fn replace_hidden(&mut self, text: &[char], from: usize) {
        let hidden = self.page.hidden.get(from..).unwrap_or_default();
        let Some((reason, _)) = hidden.first().copied() else {
            return;
        };
        let shown: Vec<Glyph> = hidden.iter().map(|(_, glyph)| *glyph).collect();
        if let Some(replacement) = self.stand_in(text, &shown) {
            self.page.hidden.truncate(from);
            self.page.hidden.extend(replacement.into_iter().map(|glyph| (reason, glyph)));
        }
    }

    /// What is stored instead of `shown`: `text`, if the glyphs are on one line and the text is not out of proportion
    /// to them; a mark must not say what the page does not show.
    fn stand_in(&self, text: &[char], shown: &[Glyph]) -> Option<Vec<Glyph>> {
        let (first, last) = (shown.first()?, shown.last()?);
        let style = self.page.styles.get(first.style as usize)?;
        let is_one_line = shown.iter().all(|glyph| {
            let (x, y) = (glyph.x - first.x, glyph.y - first.y);
            (y * style.cos - x * style.sin).abs() < style.size
        });
        // An empty one takes away hyphens and ornaments, not words.
        let is_proportionate = if text.is_empty() {
            !shown.iter().any(|glyph| glyph.scalar.is_alphanumeric())
        } else {
            text.len() <= shown.len() * MAX_STAND_IN_PER_GLYPH
        };
        if !is_one_line || !is_proportionate {
            return None;
        }
        let (x, y) = (last.x - first.x, last.y - first.y);
        let width = (x * style.cos + y * style.sin + last.width).max(first.width);
        Some(self.spread(text, first, width))
    }
}

/// The value of `ActualText` in a dictionary as written in content.
fn written_actual_text(written: &[u8]) -> Option<Vec<char>> {
    memchr::memmem::find(written, b"ActualText")?;
    let mut lexer = Lexer::new(written);
    while let Some(token) = lexer.next_token() {
        if token != Token::Name(b"ActualText") {
            continue;
        }
        let mut bytes = Vec::new();
        match lexer.next_token()? {
            Token::Literal(raw) => unescape_literal(raw, &mut bytes),
            Token::Hex(raw) => unescape_hex(raw, &mut bytes),
            _ => return None,
        }
        return Some(text_string(&bytes));
    }
    None
}

/// A text string (ISO 32000-1, 7.9.2.2) in its stored form: UTF-16 or UTF-8 with a mark, else in `PDFDocEncoding`.
pub(crate) fn text_string(bytes: &[u8]) -> Vec<char> {
    let mut stored = Vec::new();
    match bytes {
        [0xfe, 0xff, units @ ..] => push_utf_16(units, u16::from_be_bytes, &mut stored),
        [0xff, 0xfe, units @ ..] => push_utf_16(units, u16::from_le_bytes, &mut stored),
        [0xef, 0xbb, 0xbf, utf8 @ ..] => {
            for scalar in String::from_utf8_lossy(utf8).chars() {
                push_stored(scalar, &mut stored);
            }
        }
        _ => {
            for byte in bytes {
                push_stored(document_scalar(*byte), &mut stored);
            }
        }
    }
    stored
}

fn push_utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16, stored: &mut Vec<char>) {
    let units = bytes.chunks_exact(2).filter_map(|bytes| bytes.try_into().ok().map(unit));
    // Between two escapes stands the language.
    let mut in_language = false;
    for scalar in char::decode_utf16(units) {
        match scalar.unwrap_or('\u{fffd}') {
            '\u{1b}' => in_language = !in_language,
            _ if in_language => {}
            scalar => push_stored(scalar, stored),
        }
    }
}

/// A byte in `PDFDocEncoding` (ISO 32000-1, D.3), which is Latin 1 but for these.
fn document_scalar(byte: u8) -> char {
    const FROM_18: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    const FROM_80: [char; 33] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ',
        'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{fffd}', '€',
    ];
    let own = match byte {
        0x18..=0x1f => FROM_18.get(usize::from(byte - 0x18)),
        0x80..=0xa0 => FROM_80.get(usize::from(byte - 0x80)),
        _ => None,
    };
    own.copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;
    use crate::testing::Builder;
    use crate::{Limits, read};

    #[test]
    fn sets_of_layers_that_are_on() {
        for (key, value, policy, is_hidden) in [
            ("OCGs", "[on]", "AnyOn", false),
            ("OCGs", "[on]", "AllOff", true),
            ("OCGs", "[on on null]", "AnyOff", true),
            ("OCGs", "[]", "AnyOff", false),
            ("OCGs", "[null]", "AnyOff", false),
            ("VE", "[Not on]", "AnyOn", true),
            ("VE", "[Or on]", "AnyOn", false),
        ] {
            let mut builder = Builder::new();
            let on: Object = builder.document.add_object(dictionary! { "Type" => "OCG" }).into();
            let values = value.trim_matches(['[', ']']).split_whitespace().map(|word| match word {
                "on" => on.clone(),
                "null" => Object::Null,
                operator => operator.into(),
            });
            let set = dictionary! { "Type" => "OCMD", key => values.collect::<Vec<_>>(), "P" => policy };
            builder.resource("Properties", "Set", set.into());
            let layers = dictionary! { "OCGs" => vec![on.clone()], "D" => Dictionary::new() };
            builder.document.trailer.set("OCProperties", layers);
            builder.page("/OC /Set BDC BT /F1 12 Tf 100 700 Td (secret) Tj ET EMC");
            let page = read(&builder.finish(), &Limits::STANDARD).unwrap().pages.remove(0);
            assert_eq!(!page.hidden.is_empty(), is_hidden, "{key} {value} {policy}");
        }
    }

    #[test]
    fn layers_count_however_deep_they_are() {
        let mut marks = Marks::default();
        for _ in 0..MAX_OPEN + 3 {
            marks.push(Mark::Plain);
        }
        assert!(!marks.is_off());
        marks.push(Mark::LayerOff);
        marks.push(Mark::LayerOff);
        marks.push(Mark::Plain);
        let _ = (marks.pop(), marks.pop());
        assert!(marks.is_off());
        let _ = marks.pop();
        assert!(!marks.is_off());
        assert_eq!(marks.depth(), MAX_OPEN + 3);
    }

    #[test]
    fn actual_text_as_written() {
        for (written, expected) in [
            (&b" /ActualText (ab\\)c) "[..], Some("ab)c")),
            (b"/MCID 3 /ActualText <FEFF56FA6001>", Some("固态")),
            (b"/ActualText <FEFF00AD>", Some("")),
            (b"/MCID 3", None),
        ] {
            let text = written_actual_text(written).map(|text| text.into_iter().collect::<String>());
            assert_eq!(text.as_deref(), expected);
        }
    }

    #[test]
    fn text_strings() {
        for (bytes, expected) in [
            (&b"caf\xe9 \x80 \x93\xa0"[..], "caf\u{e9} • fi€"),
            (b"\xfe\xff\x56\xfa\x60\x01", "固态"),
            (b"\xff\xfe\xfa\x56\x01\x60", "固态"),
            (b"\xfe\xff\0\x1b\0z\0h\0\x1b\x56\xfa", "固"),
            (b"\xef\xbb\xbf\xe5\x9b\xba", "固"),
        ] {
            assert_eq!(text_string(bytes).into_iter().collect::<String>(), expected);
        }
    }
}
