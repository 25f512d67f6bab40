//! Small PDF files made on the spot. ISO 32000-1, 7.5.

use std::fmt::Write;

/// A PDF file under construction: objects in order, numbered from 1.
#[derive(Debug, Default)]
pub struct Pdf {
    objects: Vec<String>,
}

impl Pdf {
    /// Adds an object and gives its number.
    pub fn add(&mut self, object: impl Into<String>) -> usize {
        self.objects.push(object.into());
        self.objects.len()
    }

    /// Adds a stream with an empty dictionary but for its length.
    pub fn add_stream(&mut self, content: &str) -> usize {
        self.add(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()))
    }

    /// The file; `catalog` is the number of the catalog.
    pub fn finish(self, catalog: usize) -> Vec<u8> {
        let mut file = String::from("%PDF-1.7\n");
        let mut table = String::new();
        for (number, object) in (1..).zip(&self.objects) {
            writeln!(table, "{:010} 00000 n ", file.len()).ok();
            write!(file, "{number} 0 obj\n{object}\nendobj\n").ok();
        }
        let n_objects = self.objects.len() + 1;
        let start = file.len();
        write!(
            file,
            "xref\n0 {n_objects}\n0000000000 65535 f \n{table}trailer\n<< /Size {n_objects} /Root {catalog} 0 R >>\nstartxref\n{start}\n%%EOF\n"
        )
        .ok();
        file.into_bytes()
    }
}

/// A page of lines in Helvetica; ASCII without parentheses or backslashes.
pub fn text_pdf(lines: &[&str]) -> Vec<u8> {
    let mut content = String::from("BT /F1 11 Tf 14 TL 72 770 Td\n");
    for line in lines {
        writeln!(content, "({line}) Tj T*").ok();
    }
    content.push_str("ET");
    let mut pdf = Pdf::default();
    let font = pdf.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
    let content = pdf.add_stream(&content);
    one_page(pdf, content, &format!("/Font << /F1 {font} 0 R >>"))
}

/// A page that is one grey image, as a scanner makes it.
pub fn image_only_pdf() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let image = pdf.add(
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\nw\nendstream",
    );
    let content = pdf.add_stream("q 595 0 0 842 0 0 cm /Im Do Q");
    one_page(pdf, content, &format!("/XObject << /Im {image} 0 R >>"))
}

fn one_page(mut pdf: Pdf, content: usize, resources: &str) -> Vec<u8> {
    let pages = pdf.objects.len() + 2;
    let page = pdf.add(format!(
        "<< /Type /Page /Parent {pages} 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R /Resources << {resources} >> >>"
    ));
    let pages = pdf.add(format!("<< /Type /Pages /Kids [{page} 0 R] /Count 1 >>"));
    let catalog = pdf.add(format!("<< /Type /Catalog /Pages {pages} 0 R >>"));
    pdf.finish(catalog)
}
