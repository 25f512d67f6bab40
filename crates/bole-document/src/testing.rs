//! Builders of small PDFs for tests.

use lopdf::{Dictionary, Document, Object, Stream, dictionary};

/// A PDF of pages that share one set of resources.
pub(crate) struct Builder {
    pub(crate) document: Document,
    pub(crate) resources: Dictionary,
    fonts: Dictionary,
    pages: Vec<Object>,
    pages_id: lopdf::ObjectId,
    page_entries: Dictionary,
    annotations: Vec<Object>,
}

impl Builder {
    /// With Helvetica as `F1`.
    pub(crate) fn new() -> Self {
        let mut document = Document::with_version("1.7");
        let pages_id = document.new_object_id();
        let mut builder = Self {
            document,
            resources: Dictionary::new(),
            fonts: Dictionary::new(),
            pages: Vec::new(),
            pages_id,
            page_entries: dictionary! {
                "Type" => "Page",
                "Parent" => pages_id,
                "MediaBox" => vec![0.into(), 0.into(), 600.into(), 800.into()],
            },
            annotations: Vec::new(),
        };
        builder.font(
            "F1",
            dictionary! {
                "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
            },
        );
        builder
    }

    pub(crate) fn font(&mut self, name: &str, font: Dictionary) {
        let id = self.document.add_object(font);
        self.fonts.set(name, id);
    }

    pub(crate) fn stream(&mut self, entries: Dictionary, content: &[u8]) -> Object {
        self.document.add_object(Stream::new(entries, content.to_vec())).into()
    }

    /// Puts `object` under `category` of the resources.
    pub(crate) fn resource(&mut self, category: &str, name: &str, object: Object) {
        if !self.resources.has(category.as_bytes()) {
            self.resources.set(category, Dictionary::new());
        }
        let entries = self.resources.get_mut(category.as_bytes()).and_then(Object::as_dict_mut).unwrap();
        entries.set(name, object);
    }

    /// An entry of all pages that follow.
    pub(crate) fn page_entry(&mut self, key: &str, value: impl Into<Object>) {
        self.page_entries.set(key, value.into());
    }

    pub(crate) fn annotation(&mut self, annotation: Dictionary) {
        self.annotations.push(annotation.into());
    }

    pub(crate) fn page(&mut self, content: impl AsRef<[u8]>) {
        let content = self.stream(Dictionary::new(), content.as_ref());
        self.page_of(content);
    }

    /// A page whose content is an object made before.
    pub(crate) fn page_of(&mut self, content: Object) {
        let mut page = self.page_entries.clone();
        page.set("Contents", content);
        if !self.annotations.is_empty() {
            page.set("Annots", std::mem::take(&mut self.annotations));
        }
        let id = self.document.add_object(page);
        self.pages.push(id.into());
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.resources.set("Font", self.fonts);
        let count = self.pages.len() as i64;
        let pages = dictionary! {
            "Type" => "Pages", "Kids" => self.pages, "Count" => count, "Resources" => self.resources,
        };
        self.document.objects.insert(self.pages_id, pages.into());
        let mut catalog = dictionary! { "Type" => "Catalog", "Pages" => self.pages_id };
        for key in ["OCProperties", "AcroForm"] {
            if let Some(entry) = self.document.trailer.remove(key.as_bytes()) {
                catalog.set(key, entry);
            }
        }
        let catalog = self.document.add_object(catalog);
        self.document.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        self.document.save_to(&mut bytes).unwrap();
        bytes
    }
}

/// A PDF of one page with this content.
pub(crate) fn one_page(content: &str) -> Vec<u8> {
    let mut builder = Builder::new();
    builder.page(content);
    builder.finish()
}

/// The hexadecimal digits of `bytes`.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}
