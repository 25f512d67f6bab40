//! A page of a file as a file by itself.

use lopdf::{Dictionary, Document, Object, dictionary};

use crate::file::{File, PageNode};
use crate::geometry::Rect;
use crate::{Limits, ReadError};

/// A file that has one page and shows it upright from corner to corner.
#[derive(Debug)]
pub(crate) struct Alone {
    /// The file: neither encrypted nor damaged, its streams as they were.
    pub(crate) bytes: Vec<u8>,
    /// The part of the page that is displayed, in default user space.
    pub(crate) displayed: Rect,
    /// Clockwise quarter turns that are still to be made.
    pub(crate) quarter_turns: u8,
}

/// The most pixels of an image that is kept: four pages of A4 at 300 dpi. Whoever decodes it takes some twelve bytes
/// for each.
const MAX_IMAGE_PIXELS: f32 = 35e6;

impl File {
    /// Writes the page of this index as a file of its own, so that another program takes for the page just what we do:
    /// its box, what it inherits, and its objects as they were decrypted or put together again. Images that are too
    /// large to be decoded are left out.
    ///
    /// None if there is no such page.
    ///
    /// # Errors
    /// If there are too many pages, or the objects cannot be written.
    pub(crate) fn into_page(mut self, index: usize, limits: &Limits) -> Result<Option<Alone>, ReadError> {
        let tree = self.pages(limits)?;
        let Some(PageNode { dictionary, resources, displayed, quarter_turns }) = tree.pages.get(index) else {
            return Ok(None);
        };
        let (displayed, quarter_turns) = (*displayed, *quarter_turns);
        let mut page = (*dictionary).clone();
        page.set("Resources", resources.cloned().unwrap_or_default());
        let mut catalog = Dictionary::new();
        for key in [b"OCProperties".as_slice(), b"AcroForm"] {
            if let Some(entry) = self.catalog().and_then(|catalog| catalog.get(key).ok()) {
                catalog.set(key, entry.clone());
            }
        }
        let objects = std::mem::take(&mut self.document.objects);
        let mut document = Document::with_version("1.7");
        document.max_id = objects.keys().last().map_or(0, |(number, _)| *number);
        document.objects = objects;
        let [page_id, pages_id, catalog_id] = {
            let mut free = (1..).filter(|number| !has(&document, *number));
            let mut next = || (free.next().unwrap_or(u32::MAX), 0);
            [next(), next(), next()]
        };
        document.max_id = document.max_id.max(catalog_id.0);

        let corners = [displayed.x0, displayed.y0, displayed.x1, displayed.y1].map(Object::Real);
        page.set("MediaBox", corners.to_vec());
        page.set("CropBox", corners.to_vec());
        page.set("Type", "Page");
        page.set("Parent", pages_id);
        page.remove(b"Rotate");
        page.remove(b"UserUnit");
        catalog.set("Type", "Catalog");
        catalog.set("Pages", pages_id);
        let pages = dictionary! { "Type" => "Pages", "Kids" => vec![page_id.into()], "Count" => 1 };
        for (id, dictionary) in [(page_id, page), (pages_id, pages), (catalog_id, catalog)] {
            document.objects.insert(id, dictionary.into());
        }
        document.trailer.set("Root", catalog_id);

        let too_large: Vec<_> = document
            .objects
            .iter()
            .filter(|(_, object)| is_too_large(&document, object))
            .map(|(id, _)| *id)
            .collect();
        for id in too_large {
            document.objects.insert(id, Object::Null);
        }
        for object in document.objects.values_mut() {
            if let Object::Stream(stream) = object {
                // What the file says may be wrong, or have been right before it was decrypted.
                stream.dict.set("Length", stream.content.len() as i64);
            }
        }
        let mut bytes = Vec::new();
        let written = document.save_to(&mut bytes);
        written.map_err(|_| ReadError::NotADocument { detail: "objects that cannot be written" })?;
        Ok(Some(Alone { bytes, displayed, quarter_turns }))
    }
}

fn has(document: &Document, number: u32) -> bool {
    document.objects.range((number, 0)..=(number, u16::MAX)).next().is_some()
}

fn is_too_large(document: &Document, object: &Object) -> bool {
    let Object::Stream(stream) = object else { return false };
    let side = |key: &[u8]| {
        let value = stream.dict.get(key).map(|value| super::resolve(document, value, super::MAX_STEPS));
        value.ok().and_then(super::as_number).unwrap_or(0.0)
    };
    side(b"Width") * side(b"Height") > MAX_IMAGE_PIXELS
}
