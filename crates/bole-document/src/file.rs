use flate2::{Decompress, FlushDecompress, Status};
use lopdf::{Dictionary, Document, LoadOptions, Object, Stream};
use memchr::memmem;
use rustc_hash::FxHashSet;

use crate::geometry::Rect;
use crate::{Limits, ReadError};

/// An opened file: lopdf's objects, decrypted with the empty password where needed.
#[derive(Debug)]
pub(crate) struct File {
    document: Document,
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
/// No object stream is held to less than this, however many there are.
const MIN_OBJECT_STREAM_BYTES: usize = 1 << 20;
/// US Letter, for pages that do not say.
const DEFAULT_BOX: Rect = Rect { x0: 0.0, y0: 0.0, x1: 612.0, y1: 792.0 };

impl File {
    pub(crate) fn open(bytes: &[u8], limits: &Limits) -> Result<Self, ReadError> {
        // lopdf caps each object stream by itself; what bounds them all is a share for each.
        let n_object_streams = memmem::find_iter(bytes, b"/ObjStm").count().max(1);
        let share = (limits.object_stream_bytes / n_object_streams).max(MIN_OBJECT_STREAM_BYTES);
        let load = |force_reconstruct| {
            Document::load_mem_with_options(
                bytes,
                LoadOptions {
                    max_decompressed_size: Some(share),
                    force_reconstruct,
                    ..LoadOptions::default()
                },
            )
        };
        let document = match load(false) {
            Ok(document) if is_locked(&document) => return Err(ReadError::Encrypted),
            Ok(document) => document,
            Err(error) => match refusal(&error, limits) {
                Some(refusal) => return Err(refusal),
                None => load(true).map_err(|error| {
                    refusal(&error, limits)
                        .unwrap_or(ReadError::NotADocument { detail: "damaged beyond repair" })
                })?,
            },
        };
        if is_locked(&document) {
            return Err(ReadError::Encrypted);
        }
        if document.objects.len() > limits.n_objects {
            return Err(ReadError::OverLimit { what: "objects", limit: limits.n_objects });
        }
        let file = Self { document };
        if file.pages(limits).is_ok_and(|pages| pages.is_empty())
            && let Ok(document) = load(true)
        {
            // The cross-reference table reads, but describes other objects than are there.
            return Ok(Self { document });
        }
        Ok(file)
    }

    /// The object behind any references; null where there is none.
    pub(crate) fn resolve<'f>(&'f self, mut object: &'f Object) -> &'f Object {
        for _ in 0..MAX_STEPS {
            match object {
                Object::Reference(id) => match self.document.objects.get(id) {
                    Some(target) => object = target,
                    None => return &Object::Null,
                },
                _ => return object,
            }
        }
        &Object::Null
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

    pub(crate) fn catalog(&self) -> Option<&Dictionary> {
        self.dictionary(&self.document.trailer, b"Root")
    }

    /// The pages in order. A tree that is broken gives the pages that lie about in the file.
    pub(crate) fn pages(&self, limits: &Limits) -> Result<Vec<PageNode<'_>>, ReadError> {
        let mut pages = Vec::new();
        if let Some(root) = self.catalog().and_then(|catalog| catalog.get(b"Pages").ok()) {
            self.walk_pages(root, limits, &mut pages)?;
        }
        if pages.is_empty() {
            for object in self.document.objects.values() {
                if let Object::Dictionary(dictionary) = object
                    && self.name(dictionary, b"Type") == Some(b"Page")
                {
                    self.push_page(dictionary, &Inherited::default(), limits, &mut pages)?;
                }
            }
        }
        Ok(pages)
    }

    /// Walks the tree with a stack of our own; each node is entered once, so cycles end.
    fn walk_pages<'f>(
        &'f self,
        root: &'f Object,
        limits: &Limits,
        pages: &mut Vec<PageNode<'f>>,
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
                continue;
            };
            match self.array(node, b"Kids") {
                Some(kids) if inherited.depth < MAX_STEPS => {
                    let inherited = self.inherit(node, &inherited);
                    // Direct kids cannot recur, references are entered once: the stack stays bounded by the file.
                    stack.extend(kids.iter().rev().map(|kid| (kid, inherited)));
                }
                Some(_) => {}
                None => self.push_page(node, &inherited, limits, pages)?,
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

/// lopdf drops the entry once it has decrypted the objects.
fn is_locked(document: &Document) -> bool {
    document.trailer.has(b"Encrypt")
}

/// What lopdf refuses for good, so that another attempt would not help.
fn refusal(error: &lopdf::Error, limits: &Limits) -> Option<ReadError> {
    match error {
        lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_) => Some(ReadError::Encrypted),
        lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
            Some(ReadError::OverLimit {
                what: "bytes of object streams in all",
                limit: limits.object_stream_bytes,
            })
        }
        _ => None,
    }
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
