use memchr::memmem;

use crate::ReadError;

/// How far into the file a PDF header may begin; mail gateways and web servers put bytes before it.
const HEADER_WITHIN_BYTES: usize = 1024;

/// Checks by the bytes, never by a name or a declared type, that this is a PDF.
pub(crate) fn require_pdf(bytes: &[u8]) -> Result<(), ReadError> {
    let head = bytes.get(..HEADER_WITHIN_BYTES).unwrap_or(bytes);
    if memmem::find(head, b"%PDF-").is_some() {
        return Ok(());
    }
    match kind(bytes, head) {
        Some(kind) => Err(ReadError::UnsupportedType { kind }),
        None if bytes.is_empty() => Err(ReadError::NotADocument { detail: "no bytes" }),
        None => Err(ReadError::NotADocument { detail: "no known file type" }),
    }
}

fn kind(bytes: &[u8], head: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 12] = [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
        (b"{\\rtf", "rtf"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff", "jpeg"),
        (b"GIF8", "gif"),
        (b"BM", "bmp"),
        (b"II*\0", "tiff"),
        (b"MM\0*", "tiff"),
        (b"%!PS", "postscript"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"Rar!\x1a\x07", "rar"),
        (b"\x1f\x8b", "gzip"),
    ];
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(zip_kind(bytes));
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Some("webp");
    }
    if let Some((_, kind)) =
        MAGIC.iter().find(|(magic, kind)| bytes.starts_with(magic) && (*kind != "bmp" || head.contains(&0)))
    {
        return Some(kind);
    }
    text_kind(head)
}

/// Names of entries stand uncompressed in a zip, in its directory at the latest.
fn zip_kind(bytes: &[u8]) -> &'static str {
    const ENTRIES: [(&[u8], &str); 6] = [
        (b"word/", "docx"),
        (b"xl/", "xlsx"),
        (b"ppt/", "pptx"),
        (b"opendocument.text", "odt"),
        (b"application/epub", "epub"),
        (b"Index/Document.iwa", "pages"),
    ];
    ENTRIES.iter().find(|(entry, _)| memmem::find(bytes, entry).is_some()).map_or("zip", |(_, kind)| kind)
}

fn text_kind(head: &[u8]) -> Option<&'static str> {
    let utf16 = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    if utf16 && head.len() >= 4 {
        return Some("text");
    }
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let is_control = |byte: &u8| *byte < 0x20 && !b"\t\n\r\x0c\x1b".contains(byte);
    if head.iter().all(u8::is_ascii_whitespace) || head.iter().any(is_control) {
        return None;
    }
    let lower = head.trim_ascii_start().to_ascii_lowercase();
    let starts = |prefix: &[u8]| lower.starts_with(prefix);
    if starts(b"<!doctype html") || starts(b"<html") || memmem::find(&lower, b"<body").is_some() {
        return Some("html");
    }
    if starts(b"mime-version:") || memmem::find(&lower, b"\nmime-version:").is_some() {
        return Some("mail");
    }
    if starts(b"<?xml") {
        return Some("xml");
    }
    // UTF-8, but for a character cut at the end; or an older encoding of Chinese, told by few enough lone bytes.
    let is_utf8 = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    (is_utf8 || is_double_byte(head)).then_some("text")
}

/// Whether the bytes could be GBK or Big5: every lead byte is followed by a trail byte.
fn is_double_byte(head: &[u8]) -> bool {
    let mut bytes = head.iter();
    let mut n_pairs = 0_usize;
    while let Some(byte) = bytes.next() {
        if *byte < 0x80 {
            continue;
        }
        match bytes.next() {
            Some(trail) if *byte > 0x80 && *trail >= 0x40 && *trail != 0x7f => n_pairs += 1,
            None => break,
            Some(_) => return false,
        }
    }
    n_pairs > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_by_the_bytes() {
        let kind_of = |bytes: &[u8]| match require_pdf(bytes) {
            Ok(()) => "pdf",
            Err(ReadError::UnsupportedType { kind }) => kind,
            Err(_) => "none",
        };
        let late_header = [vec![b' '; 1000], b"%PDF-1.4".to_vec()].concat();
        let too_late = [vec![0; 1100], b"%PDF-1.4".to_vec()].concat();
        let cases: [(&[u8], &str); 14] = [
            (b"%PDF-1.7\n", "pdf"),
            (&late_header, "pdf"),
            (&too_late, "none"),
            (b"PK\x03\x04....word/document.xml", "docx"),
            (b"PK\x03\x04....something", "zip"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "doc"),
            (b"{\\rtf1 hello}", "rtf"),
            (b"\x89PNG\r\n\x1a\n", "png"),
            (b"\xff\xd8\xff\xe0", "jpeg"),
            (b"  <!DOCTYPE html><p>", "html"),
            ("张三\n工程师".as_bytes(), "text"),
            (b"\xd5\xc5\xc8\xfd engineer", "text"),
            (b"\x00\x01\x02", "none"),
            (b"", "none"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(kind_of(bytes), expected, "{}", bytes.escape_ascii());
        }
    }
}
