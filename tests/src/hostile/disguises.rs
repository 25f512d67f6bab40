//! Files that are not what they pass for, or are two things at once, and names that resumes come under.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::hostile::{Hostile, SEEN};
use crate::pdf::{Pdf, one_page, text_pdf};

pub(crate) const CASES: &[Hostile] = &[
    Hostile::new("no bytes", Vec::new, "bad_message"),
    Hostile::new("one byte", || b"%".to_vec(), "unsupported_type"),
    Hostile::new("a header and nothing more", || b"%PDF-1.7\n".to_vec(), "not_a_document"),
    Hostile::new("zero bytes", || vec![0; 100_000], "not_a_document"),
    Hostile::new("zero bytes after the header", || before(b"%PDF-1.7\n", &[0; 100_000]), "not_a_document"),
    Hostile::new("zero bytes between the objects", zeros_between_objects, "not_a_document"),
    Hostile::new("a resume behind 1000 bytes of noise", || before(&[7; 1000], &resume()), "read")
        .showing("Electrode"),
    Hostile::new("a resume behind 2000 bytes of noise", || before(&[7; 2000], &resume()), "not_a_document"),
    Hostile::new("a resume that begins as a zip", || before(b"PK\x03\x04\x14\0\0\0", &resume()), "read")
        .showing("Electrode"),
    Hostile::new(
        "a resume that begins as a web page",
        || before(b"<html><script>x()</script>", &resume()),
        "read",
    )
    .showing("Electrode"),
    Hostile::new("a resume that begins as a picture", || before(b"\x89PNG\r\n\x1a\n", &resume()), "read")
        .showing("Electrode"),
    Hostile::new("a resume that begins as a program", || before(b"\x7fELF\x02\x01\x01", &resume()), "read")
        .showing("Electrode"),
    Hostile::new("a resume and a zip behind it", || before(&resume(), &zipped(b"x")), "read")
        .showing("Electrode"),
    Hostile::new(
        "a resume within a zip",
        || zipped(&[b"x".repeat(2000), resume()].concat()),
        "unsupported_type",
    ),
    Hostile::new("a resume within a gzip", || gzipped(&resume()), "unsupported_type"),
    Hostile::new(
        "a web page",
        || b"<!DOCTYPE html><html><body>%PD F</body></html>".to_vec(),
        "unsupported_type",
    ),
    Hostile::new("a program", || before(b"\x7fELF\x02\x01\x01", &[0; 9000]), "not_a_document"),
    Hostile::new("a script", || b"#!/bin/sh\nrm -rf /nothing\n".to_vec(), "unsupported_type"),
    Hostile::new(
        "two resumes in one file",
        || before(&resume(), &text_pdf(&["Bo Sample", "Welder of battery housings"])),
        "read",
    ),
    Hostile::new("instructions to a shell as text", shell, "read"),
    Hostile::new("actions, scripts and attachments", active, "read").showing("seen"),
];

/// Each is one component of a path: neither a slash nor a zero byte may be in it.
pub(crate) const NAMES: &[&[u8]] = &[
    b"..pdf",
    b"...",
    b"-rf",
    b"--help",
    b"-",
    b"..%2f..%2fetc%2fpasswd.pdf",
    b"..\\..\\windows.pdf",
    b"two\nlines\r.pdf",
    b"tab\tand bell\x07.pdf",
    b"\x1b[31mred\x1b]0;title\x07.pdf",
    b"'; drop table submissions; --.pdf",
    b"$(reboot) `reboot` ${HOME} %s %n.pdf",
    b"=cmd|' calc'!A1.pdf",
    b"<img src=x onerror=alert(1)>.pdf",
    b"not utf-8 \xff\xfe\x80.pdf",
    b"a zero \xc0\x80 in two bytes.pdf",
    "\u{2400}\u{202e}fdp.exe\u{feff}\u{200b}".as_bytes(),
    "\u{0344}\u{1f468}\u{200d}\u{1f469}\u{e000}\u{10ffff}.pdf".as_bytes(),
    "简历求职者个人履历表储能工程师电池材料研究院北京大学清华大学复旦大学上海交通大学浙江大学南京大学中国科学技术大学哈尔滨工业大学西安交通大学简历求职.pdf".as_bytes(),
    &[b'n'; 255],
    b"CON",
    b" ",
    b"*",
    b"resume.pdf.exe",
    b"resume.PDF",
    b"no ending",
];

fn resume() -> Vec<u8> {
    text_pdf(&["Ann Example", "Electrode engineer", "Skills: coating, calendering, slurry, quality"])
}

fn before(head: &[u8], tail: &[u8]) -> Vec<u8> {
    [head, tail].concat()
}

fn zeros_between_objects() -> Vec<u8> {
    let file = String::from_utf8(resume()).unwrap();
    file.replace("endobj\n", &format!("endobj\n{}", "\0".repeat(1000))).into_bytes()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A zip of one stored entry; only its local header, which is what a reader sees first.
fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut zip = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    zip.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    zip.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    zip.extend_from_slice(b"\x0a\0\0\0resume.pdf");
    zip.extend_from_slice(bytes);
    zip
}

/// Text that would do something if it were put into a shell, a query, a page or a sheet.
fn shell() -> Vec<u8> {
    text_pdf(&[
        "Ann <script>alert document</script> Example",
        "=HYPERLINK;http://example.org $HOME `id` ; drop table submissions; --",
        "Electrode engineer, NOT title: AND OR %s %n {{7*7}} ${7*7}",
    ])
}

fn active() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let attached = pdf.stream("/Type/EmbeddedFile", one_page("BT /F 12 Tf 50 700 Td (attached) Tj ET"));
    let spec = pdf.add(format!("<</Type/Filespec/F(../../etc/passwd)/EF<</F {attached} 0 R>>>>"));
    let outside = pdf.add("<</Length 0/F(/etc/passwd)/FFilter/FlateDecode>>stream\n\nendstream");
    pdf.put(
        1,
        format!(
            "<</Type/Catalog/Pages 2 0 R/OpenAction<</S/Launch/F(/bin/sh)/Next<</S/JavaScript/JS(app.alert\\(1\\))>>>>\
             /Names<</EmbeddedFiles<</Names[(a){spec} 0 R]>>>>/AA<</WC<</S/URI/URI(http://example.org)>>>>>>"
        ),
    );
    pdf.page(SEEN);
    pdf.page_of(outside, crate::pdf::FONT, "");
    pdf.finish()
}
