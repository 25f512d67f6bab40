//! The file: its objects, its streams, its pages.

mod alone;
mod filters;
mod mend;
mod open;

pub(crate) use alone::Alone;

use flate2::{Decompress, FlushDecompress, Status};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};
use rustc_hash::FxHashSet;

use crate::geometry::Rect;
use crate::{Limits, ReadError};

/// An opened file: lopdf's objects, decrypted with the empty password where needed.
#[derive(Debug)]
pub(crate) struct File {
    document: Document,
    /// What stands in for a font that is missing.
    stand_in_font: Dictionary,
}

/// The pages of a file, in order.
#[derive(Debug, Default)]
pub(crate) struct PageTree<'f> {
    pub(crate) pages: Vec<PageNode<'f>>,
    /// In how many places there is no object where the tree has a page, or pages.
    pub(crate) n_lost: usize,
}

/// What a page inherits from its ancestors, resolved.
#[derive(Debug)]
pub(crate) struct PageNode<'f> {
    pub(crate) dictionary: &'f Dictionary,
    pub(crate) resources: Option<&'f Dictionary>,
    /// The part that is displayed, in default user space.
    pub(crate) displayed: Rect,
    /// Clockwise quarter turns.
    pub(crate) quarter_turns: u8,
}

/// How many references in a row, and how many levels of pages, are followed.
const MAX_STEPS: usize = 64;
/// By how much content shrinks, for the most part; where it shrinks more, room is added.
const USUAL_RATIO: usize = 8;
/// US Letter, for pages that do not say.
const DEFAULT_BOX: Rect = Rect { x0: 0.0, y0: 0.0, x1: 612.0, y1: 792.0 };

impl File {
    pub(crate) fn new(mut document: Document) -> Self {
        filters::unfold(&mut document);
        let stand_in_font = dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
        };
        Self { document, stand_in_font }
    }

    /// The font that viewers show text in whose own font is missing.
    pub(crate) fn stand_in_font(&self) -> &Dictionary {
        &self.stand_in_font
    }

    /// The object behind any references; null where there is none.
    pub(crate) fn resolve<'f>(&'f self, object: &'f Object) -> &'f Object {
        resolve(&self.document, object, MAX_STEPS)
    }

    /// The value of `key` behind any references; null where there is none.
    pub(crate) fn get<'f>(&'f self, dictionary: &'f Dictionary, key: &[u8]) -> &'f Object {
        dictionary.get(key).map_or(&Object::Null, |object| self.resolve(object))
    }

    pub(crate) fn dictionary<'f>(&'f self, dictionary: &'f Dictionary, key: &[u8]) -> Option<&'f Dictionary> {
        as_dictionary(self.get(dictionary, key))
    }

    pub(crate) fn array<'f>(&'f self, dictionary: &'f Dictionary, key: &[u8]) -> Option<&'f [Object]> {
        match self.get(dictionary, key) {
            Object::Array(array) => Some(array),
            _ => None,
        }
    }

    pub(crate) fn name<'f>(&'f self, dictionary: &'f Dictionary, key: &[u8]) -> Option<&'f [u8]> {
        match self.get(dictionary, key) {
            Object::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn number(&self, dictionary: &Dictionary, key: &[u8]) -> Option<f32> {
        as_number(self.get(dictionary, key))
    }

    pub(crate) fn integer(&self, dictionary: &Dictionary, key: &[u8]) -> Option<i64> {
        as_number(self.get(dictionary, key)).map(|number| number as i64)
    }

    /// The first numbers of the array at `key`; none if there are fewer.
    pub(crate) fn numbers<const N: usize>(&self, dictionary: &Dictionary, key: &[u8]) -> Option<[f32; N]> {
        let array = self.array(dictionary, key)?;
        let mut numbers = [0.0; N];
        for (index, number) in numbers.iter_mut().enumerate() {
            *number = as_number(self.resolve(array.get(index)?))?;
        }
        Some(numbers)
    }

    pub(crate) fn rect(&self, dictionary: &Dictionary, key: &[u8]) -> Option<Rect> {
        let [x0, y0, x1, y1] = self.numbers(dictionary, key)?;
        Some(Rect::from_corners(x0, y0, x1, y1))
    }

    /// The catalog: the one that the trailer names, else the last that lies about in the file.
    pub(crate) fn catalog(&self) -> Option<&Dictionary> {
        let named = self.dictionary(&self.document.trailer, b"Root");
        if named.is_some_and(|catalog| catalog.has(b"Pages")) {
            return named;
        }
        self.dictionaries_of_type(b"Catalog").last().or(named)
    }

    fn dictionaries_of_type(&self, kind: &'static [u8]) -> impl Iterator<Item = &Dictionary> {
        self.document.objects.values().filter_map(move |object| match object {
            Object::Dictionary(dictionary) if self.name(dictionary, b"Type") == Some(kind) => {
                Some(dictionary)
            }
            _ => None,
        })
    }

    /// The pages in order. A tree that is broken gives the pages that lie about in the file.
    pub(crate) fn pages(&self, limits: &Limits) -> Result<PageTree<'_>, ReadError> {
        let mut tree = PageTree::default();
        if let Some(root) = self.catalog().and_then(|catalog| catalog.get(b"Pages").ok()) {
            self.walk_pages(root, limits, &mut tree)?;
        }
        if tree.pages.is_empty() {
            for page in self.dictionaries_of_type(b"Page") {
                self.push_page(page, &self.inherited_by(page), limits, &mut tree.pages)?;
            }
        }
        Ok(tree)
    }

    /// Walks the tree with a stack of our own; each node is entered once, so cycles end.
    fn walk_pages<'f>(
        &'f self,
        root: &'f Object,
        limits: &Limits,
        tree: &mut PageTree<'f>,
    ) -> Result<(), ReadError> {
        let mut entered = FxHashSet::default();
        let mut stack = vec![(root, Inherited::default())];
        while let Some((object, inherited)) = stack.pop() {
            if let Object::Reference(id) = object
                && !entered.insert(*id)
            {
                continue;
            }
            let Some(node) = as_dictionary(self.resolve(object)) else {
                tree.n_lost += 1;
                continue;
            };
            match self.array(node, b"Kids") {
                Some(kids) if inherited.depth < MAX_STEPS => {
                    let inherited = self.inherit(node, &inherited);
                    // Direct kids cannot recur, references are entered once: the stack stays bounded by the file.
                    stack.extend(kids.iter().rev().map(|kid| (kid, inherited)));
                }
                Some(_) => tree.n_lost += 1,
                None => self.push_page(node, &inherited, limits, &mut tree.pages)?,
            }
        }
        Ok(())
    }

    fn inherit<'f>(&'f self, node: &'f Dictionary, from: &Inherited<'f>) -> Inherited<'f> {
        Inherited {
            depth: from.depth + 1,
            resources: self.dictionary(node, b"Resources").or(from.resources),
            media_box: self.rect(node, b"MediaBox").or(from.media_box),
            crop_box: self.rect(node, b"CropBox").or(from.crop_box),
            rotate: self.integer(node, b"Rotate").or(from.rotate),
        }
    }

    /// What a page that was found by itself has from its ancestors, as far as they are there.
    fn inherited_by<'f>(&'f self, page: &'f Dictionary) -> Inherited<'f> {
        let mut ancestors = Vec::new();
        let mut node = page;
        while let Some(parent) = self.dictionary(node, b"Parent")
            && ancestors.len() < MAX_STEPS
        {
            ancestors.push(parent);
            node = parent;
        }
        ancestors
            .into_iter()
            .rev()
            .fold(Inherited::default(), |inherited, node| self.inherit(node, &inherited))
    }

    fn push_page<'f>(
        &'f self,
        node: &'f Dictionary,
        inherited: &Inherited<'f>,
        limits: &Limits,
        pages: &mut Vec<PageNode<'f>>,
    ) -> Result<(), ReadError> {
        if pages.len() >= limits.n_pages {
            return Err(ReadError::OverLimit { what: "pages", limit: limits.n_pages });
        }
        let inherited = self.inherit(node, inherited);
        let usable = |rect: &Rect| rect.width() >= 1.0 && rect.height() >= 1.0 && rect.area() < 1e12;
        let media_box = inherited.media_box.filter(usable).unwrap_or(DEFAULT_BOX);
        let displayed = inherited
            .crop_box
            .map(|crop_box| crop_box.intersection(&media_box))
            .filter(usable)
            .unwrap_or(media_box);
        pages.push(PageNode {
            dictionary: node,
            resources: inherited.resources,
            displayed,
            quarter_turns: (inherited.rotate.unwrap_or(0) as f64 / 90.0).round().rem_euclid(4.0) as u8,
        });
        Ok(())
    }
}

#[derive(Clone, Copy, Default)]
struct Inherited<'f> {
    depth: usize,
    resources: Option<&'f Dictionary>,
    media_box: Option<Rect>,
    crop_box: Option<Rect>,
    rotate: Option<i64>,
}

/// The object behind at most so many references in a row; null where there is none.
fn resolve<'d>(document: &'d Document, mut object: &'d Object, n_steps: usize) -> &'d Object {
    for _ in 0..n_steps {
        match object {
            Object::Reference(id) => match document.objects.get(id) {
                Some(target) => object = target,
                None => return &Object::Null,
            },
            _ => return object,
        }
    }
    &Object::Null
}

/// Why a stream has no content for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamError {
    OverLimit,
    Unreadable,
}

/// The decoded bytes of a stream, at most `limit` of them; cost is bounded by the limit, not by the stream.
pub(crate) fn decode(stream: &Stream, limit: usize) -> Result<Vec<u8>, StreamError> {
    if !stream.is_compressed() && stream.content.len() > limit {
        return Err(StreamError::OverLimit);
    }
    if is_plainly_deflated(stream)
        && let Some(bytes) = inflate(&stream.content, limit)
    {
        return Ok(bytes);
    }
    stream.decompressed_content_with_limit(limit).map_err(|error| match error {
        lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
            StreamError::OverLimit
        }
        _ => StreamError::Unreadable,
    })
}

fn is_plainly_deflated(stream: &Stream) -> bool {
    !stream.dict.has(b"DecodeParms")
        && match stream.dict.get(b"Filter") {
            Ok(Object::Name(name)) => name == b"FlateDecode",
            Ok(Object::Array(names)) => {
                matches!(names.as_slice(), [Object::Name(name)] if name == b"FlateDecode")
            }
            _ => false,
        }
}

/// Inflates at once into as much room as most content needs. None if that is not the end of it: the stream is damaged
/// or goes over `limit`, which lopdf sorts out.
fn inflate(deflated: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut inflater = Decompress::new(true);
    let mut room = deflated.len().saturating_mul(USUAL_RATIO).min(limit);
    loop {
        bytes.reserve_exact(room);
        let rest = deflated.get(usize::try_from(inflater.total_in()).ok()?..)?;
        match inflater.decompress_vec(rest, &mut bytes, FlushDecompress::Finish) {
            Ok(Status::StreamEnd) => return (bytes.len() <= limit).then_some(bytes),
            Ok(Status::Ok | Status::BufError) if bytes.len() == bytes.capacity() && bytes.len() < limit => {
                room = bytes.len().min(limit - bytes.len()).max(1);
            }
            _ => return None,
        }
    }
}

pub(crate) fn as_dictionary(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(dictionary) => Some(dictionary),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}

pub(crate) fn as_stream(object: &Object) -> Option<&Stream> {
    match object {
        Object::Stream(stream) => Some(stream),
        _ => None,
    }
}

pub(crate) fn as_number(object: &Object) -> Option<f32> {
    match object {
        Object::Integer(integer) => Some(*integer as f32),
        Object::Real(real) if real.is_finite() => Some(*real),
        _ => None,
    }
}
