//! A writer of small files out of raw objects, so that they may be as wrong as wanted.

use std::fmt::Write;

use lopdf::{Dictionary, Stream};

/// The catalog is object 1, the page tree object 2; what is added counts from 3.
pub(crate) struct Pdf {
    objects: Vec<(u32, Vec<u8>)>,
    pages: Vec<u32>,
    next: u32,
    trailer: String,
}

/// Helvetica.
pub(crate) const FONT: &str =
    "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>>>";
/// What shows `seen`, which a reading must not lose to the rest of its page.
pub(crate) const SEEN: &str = "BT /F 12 Tf 50 700 Td (seen) Tj ET ";

impl Pdf {
    pub(crate) fn new() -> Self {
        Self { objects: Vec::new(), pages: Vec::new(), next: 3, trailer: String::new() }
    }

    pub(crate) fn add(&mut self, body: impl Into<Vec<u8>>) -> u32 {
        let number = self.next;
        self.put(number, body);
        number
    }

    /// Under a number of choice.
    pub(crate) fn put(&mut self, number: u32, body: impl Into<Vec<u8>>) {
        self.objects.push((number, body.into()));
        self.next = self.next.max(number + 1);
    }

    pub(crate) fn stream(&mut self, entries: &str, data: impl AsRef<[u8]>) -> u32 {
        let data = data.as_ref();
        let head = format!("<</Length {}{entries}>>stream\n", data.len());
        self.add([head.as_bytes(), data, b"\nendstream"].concat())
    }

    pub(crate) fn page(&mut self, content: impl AsRef<[u8]>) -> u32 {
        self.page_with(content, FONT, "/MediaBox[0 0 600 800]")
    }

    pub(crate) fn page_with(&mut self, content: impl AsRef<[u8]>, resources: &str, entries: &str) -> u32 {
        let content = self.stream("", content);
        self.page_of(content, resources, entries)
    }

    /// A page whose content is an object made before.
    pub(crate) fn page_of(&mut self, content: u32, resources: &str, entries: &str) -> u32 {
        let body =
            format!("<</Type/Page/Parent 2 0 R/Contents {content} 0 R/Resources<<{resources}>>{entries}>>");
        let page = self.add(body);
        self.pages.push(page);
        page
    }

    pub(crate) fn trailer(&mut self, entries: &str) {
        self.trailer.push_str(entries);
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let has = |number| self.objects.iter().any(|(found, _)| *found == number);
        let (has_catalog, has_tree) = (has(1), has(2));
        if !has_catalog {
            self.put(1, "<</Type/Catalog/Pages 2 0 R>>");
        }
        if !has_tree {
            let kids = self.pages.iter().map(|page| format!("{page} 0 R")).collect::<Vec<_>>().join(" ");
            self.put(2, format!("<</Type/Pages/Kids[{kids}]/Count {}>>", self.pages.len()));
        }
        self.objects.sort_by_key(|(number, _)| *number);
        let mut bytes = b"%PDF-1.7\n".to_vec();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", self.next);
        let mut objects = self.objects.iter().peekable();
        for number in 1..self.next {
            match objects.next_if(|(found, _)| *found == number) {
                Some((_, body)) => {
                    writeln!(table, "{:010} 00000 n ", bytes.len()).unwrap();
                    bytes.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
                    bytes.extend_from_slice(body);
                    bytes.extend_from_slice(b"\nendobj\n");
                }
                None => table.push_str("0000000000 65535 f \n"),
            }
        }
        let start = bytes.len();
        let end = format!(
            "{table}trailer\n<</Size {}/Root 1 0 R{}>>\nstartxref\n{start}\n%%EOF\n",
            self.next, self.trailer
        );
        bytes.extend_from_slice(end.as_bytes());
        bytes
    }
}

/// A file of one page with this content.
pub(crate) fn one_page(content: impl AsRef<[u8]>) -> Vec<u8> {
    let mut pdf = Pdf::new();
    pdf.page(content);
    pdf.finish()
}

/// As the filter `FlateDecode` takes it.
pub(crate) fn deflate(data: Vec<u8>) -> Vec<u8> {
    let mut stream = Stream::new(Dictionary::new(), data);
    stream.compress().unwrap();
    stream.content
}
