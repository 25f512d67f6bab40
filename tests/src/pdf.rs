//! Small PDF files made on the spot out of raw objects, so that they may be as wrong as wanted. ISO 32000-1, 7.5.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A PDF file under construction. The catalog is object 1, the page tree object 2; what is added counts from 3.
#[derive(Debug)]
pub struct Pdf {
    objects: Vec<(u32, Vec<u8>)>,
    /// Numbers that the cross-reference table leads to the place of another object.
    aliases: Vec<(u32, u32)>,
    pages: Vec<u32>,
    next: u32,
    trailer: String,
}

/// Resources of Helvetica under the name `F`.
pub const FONT: &str = "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>>>";

const A4: &str = "/MediaBox[0 0 595 842]";

impl Default for Pdf {
    fn default() -> Self {
        Self { objects: Vec::new(), aliases: Vec::new(), pages: Vec::new(), next: 3, trailer: String::new() }
    }
}

impl Pdf {
    /// Adds an object and gives its number.
    pub fn add(&mut self, body: impl Into<Vec<u8>>) -> u32 {
        let number = self.next;
        self.put(number, body);
        number
    }

    /// Adds an object under a number of choice; also 1 and 2, which else are made at the end.
    pub fn put(&mut self, number: u32, body: impl Into<Vec<u8>>) {
        self.objects.push((number, body.into()));
        self.next = self.next.max(number + 1);
    }

    /// Has the cross-reference table lead a new number to the place of the object `number`.
    pub fn alias(&mut self, number: u32) {
        self.aliases.push((self.next, number));
        self.next += 1;
    }

    /// Adds a stream, with these entries beside its length.
    pub fn stream(&mut self, entries: &str, data: impl AsRef<[u8]>) -> u32 {
        let data = data.as_ref();
        let head = format!("<</Length {}{entries}>>stream\n", data.len());
        self.add([head.as_bytes(), data, b"\nendstream"].concat())
    }

    /// Adds a page of 600 by 800 points that has [`FONT`].
    pub fn page(&mut self, content: impl AsRef<[u8]>) -> u32 {
        self.page_with(content, FONT, "/MediaBox[0 0 600 800]")
    }

    /// Adds a page of these resources and further entries.
    pub fn page_with(&mut self, content: impl AsRef<[u8]>, resources: &str, entries: &str) -> u32 {
        let content = self.stream("", content);
        self.page_of(content, resources, entries)
    }

    /// Adds a page whose content is an object made before.
    pub fn page_of(&mut self, content: u32, resources: &str, entries: &str) -> u32 {
        let body =
            format!("<</Type/Page/Parent 2 0 R/Contents {content} 0 R/Resources<<{resources}>>{entries}>>");
        let page = self.add(body);
        self.pages.push(page);
        page
    }

    /// Adds entries to the trailer.
    pub fn trailer(&mut self, entries: &str) {
        self.trailer.push_str(entries);
    }

    /// The file.
    pub fn finish(mut self) -> Vec<u8> {
        let has = |number| self.objects.iter().any(|(found, _)| *found == number);
        let (has_catalog, has_tree) = (has(1), has(2));
        if !has_catalog {
            self.put(1, "<</Type/Catalog/Pages 2 0 R>>");
        }
        if !has_tree {
            let kids = self.pages.iter().map(|page| format!("{page} 0 R")).collect::<Vec<_>>().join(" ");
            self.put(2, format!("<</Type/Pages/Kids[{kids}]/Count {}>>", self.pages.len()));
        }
        let mut bytes = b"%PDF-1.7\n".to_vec();
        let mut places = vec![None; self.next as usize];
        self.objects.sort_by_key(|(number, _)| *number);
        for (number, body) in &self.objects {
            places[*number as usize] = Some(bytes.len());
            bytes.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
            bytes.extend_from_slice(body);
            bytes.extend_from_slice(b"\nendobj\n");
        }
        for (alias, number) in self.aliases {
            places[alias as usize] = places[number as usize];
        }
        let mut table = format!("xref\n0 {}\n", self.next);
        for place in places {
            match place {
                Some(place) => drop(writeln!(table, "{place:010} 00000 n ")),
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

/// A file of one page of [`FONT`] with this content.
pub fn one_page(content: impl AsRef<[u8]>) -> Vec<u8> {
    let mut pdf = Pdf::default();
    pdf.page(content);
    pdf.finish()
}

/// A page of lines in Helvetica; ASCII without parentheses or backslashes.
pub fn text_pdf(lines: &[&str]) -> Vec<u8> {
    let lines = lines.iter().fold(String::new(), |all, line| all + "(" + line + ") Tj T*\n");
    let mut pdf = Pdf::default();
    pdf.page_with(format!("BT /F 11 Tf 14 TL 72 770 Td\n{lines}ET"), FONT, A4);
    pdf.finish()
}

/// A small resume, another one for each number; all of them have the word `quartzite`.
pub fn resume_pdf(number: usize) -> Vec<u8> {
    text_pdf(&[
        &format!("Ann Example {number}"),
        &format!("ann.example.{number}@example.org"),
        "Work experience",
        &format!("2019-03 - 2023-08  Battery engineer, Quartzite Cells {number}"),
        "Solid-state batteries, electrode coating, BMS, quality management",
        "Education",
        "2015 - 2019  Bachelor of Materials Science, University of Example",
    ])
}

/// A page that is one grey image, as a scanner makes it.
pub fn image_only_pdf() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let image = pdf
        .stream("/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", "w");
    pdf.page_with("q 595 0 0 842 0 0 cm /Im Do Q", &format!("/XObject<</Im {image} 0 R>>"), A4);
    pdf.finish()
}

/// As the filter `FlateDecode` takes it.
pub fn deflate(data: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(data.as_ref()).and_then(|()| encoder.finish());
    written.unwrap_or_else(|error| unreachable!("memory takes what is written: {error}"))
}
