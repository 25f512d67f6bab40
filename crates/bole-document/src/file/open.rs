//! Opening a file: whole, locked, or damaged.

use lopdf::{Document, LoadOptions, Object};
use memchr::{memchr_iter, memmem};

use crate::file::File;
use crate::file::mend::mend_numbers;
use crate::{Limits, ReadError};

/// No object stream is held to less than this, however many there are.
const MIN_OBJECT_STREAM_BYTES: usize = 1 << 20;
/// Nor may one be larger than this: each of its bytes may cost lopdf some sixty. It holds for streams of
/// cross-references too.
const MAX_OBJECT_STREAM_BYTES: usize = 8 << 20;
/// How deep an encryption dictionary may nest; crypt filters lie two levels down.
const MAX_DEPTH: usize = 8;
/// The number of an object that no real file has, below the highest that lopdf takes.
const UNUSED_NUMBER: u32 = 999_983;

impl File {
    /// Opens a file with the empty password where it needs one, and puts a damaged one together again as far as its
    /// objects are there.
    pub(crate) fn open(bytes: &[u8], limits: &Limits) -> Result<Self, ReadError> {
        let opened = Self::open_as_it_is(bytes, limits);
        let n_lost = match &opened {
            Ok(file) => file.n_lost(limits),
            Err(ReadError::NotADocument { .. }) => usize::MAX,
            Err(_) => 0,
        };
        if n_lost > 0
            && let Some(mended) = mend_numbers(bytes)
            && let Ok(file) = Self::open_as_it_is(&mended, limits)
            && file.n_lost(limits) < n_lost
        {
            return Ok(file);
        }
        opened
    }

    fn open_as_it_is(bytes: &[u8], limits: &Limits) -> Result<Self, ReadError> {
        let loader = Loader::new(bytes, limits);
        let document = match loader.load(bytes, false) {
            Ok(document) if is_locked(&document) => loader.with_plain_trailer(bytes, &document)?,
            Ok(document) => document,
            Err(error) => match loader.refusal(&error) {
                Some(refusal) => return Err(refusal),
                None => return loader.reconstruct(bytes),
            },
        };
        let file = loader.file(document)?;
        if file.has_pages(limits) {
            return Ok(file);
        }
        // The cross-reference table reads, but describes other objects than are there.
        match loader.reconstruct(bytes) {
            Ok(reconstructed) if reconstructed.has_pages(limits) => Ok(reconstructed),
            Err(error @ ReadError::OverLimit { .. }) => Err(error),
            Ok(_) | Err(_) => Ok(file),
        }
    }

    fn has_pages(&self, limits: &Limits) -> bool {
        // Too many of them are pages too.
        self.pages(limits).map_or(true, |tree| !tree.pages.is_empty())
    }

    /// How many pages the tree names that are not there, as far as it can be told; the most where there is none at all.
    fn n_lost(&self, limits: &Limits) -> usize {
        match self.pages(limits) {
            Ok(tree) if tree.pages.is_empty() => usize::MAX,
            Ok(tree) => tree.n_lost,
            Err(_) => 0,
        }
    }
}

struct Loader<'l> {
    limits: &'l Limits,
    /// What each object stream may unfold to: lopdf caps each by itself; what bounds them all is a share for each.
    share: usize,
}

impl<'l> Loader<'l> {
    fn new(bytes: &[u8], limits: &'l Limits) -> Self {
        let n_object_streams = count_names(bytes, b"ObjStm").max(1);
        let share = (limits.object_stream_bytes / n_object_streams)
            .clamp(MIN_OBJECT_STREAM_BYTES, MAX_OBJECT_STREAM_BYTES);
        Self { limits, share }
    }

    fn load(&self, bytes: &[u8], force_reconstruct: bool) -> lopdf::Result<Document> {
        let options = LoadOptions {
            max_decompressed_size: Some(self.share),
            force_reconstruct,
            ..LoadOptions::default()
        };
        Document::load_mem_with_options(bytes, options)
    }

    fn file(&self, document: Document) -> Result<File, ReadError> {
        if is_locked(&document) {
            return Err(ReadError::Encrypted);
        }
        let limit = self.limits.n_objects;
        if document.objects.len() > limit {
            return Err(ReadError::OverLimit { what: "objects", limit });
        }
        Ok(File::new(document))
    }

    /// Goes by the objects that lie in the file. If what it says of its object streams is lost or wrong, then without
    /// that: all objects of all streams are taken.
    fn reconstruct(&self, bytes: &[u8]) -> Result<File, ReadError> {
        let mut error = ReadError::NotADocument { detail: "damaged beyond repair" };
        match self.load(bytes, true) {
            Ok(document) => {
                let file = self.file(document)?;
                if file.has_pages(self.limits) {
                    return Ok(file);
                }
                error = ReadError::NotADocument { detail: "no pages" };
            }
            Err(cause) => error = self.refusal(&cause).unwrap_or(error),
        }
        // What is encrypted cannot be read without the trailer that it had.
        let is_encrypted = |key: &[u8]| memmem::find(bytes, key).is_some();
        if matches!(error, ReadError::NotADocument { .. })
            && count_names(bytes, b"ObjStm") > 0
            && !is_encrypted(b"/Encrypt")
            && !is_encrypted(b"/Standard")
        {
            let trailer =
                format!("\n{UNUSED_NUMBER} 0 obj\n<<>>\nendobj\ntrailer\n<</Root {UNUSED_NUMBER} 0 R>>\n");
            match self.load(&[bytes, trailer.as_bytes()].concat(), true) {
                Ok(document) => return self.file(document),
                Err(cause) => error = self.refusal(&cause).unwrap_or(error),
            }
        }
        Err(error)
    }

    /// The same document with a trailer as lopdf needs it: it does not open encrypted files that lack an identifier,
    /// or have their encryption dictionary within the trailer.
    fn with_plain_trailer(&self, bytes: &[u8], locked: &Document) -> Result<Document, ReadError> {
        let trailer = &locked.trailer;
        let (Ok(root), Ok(encrypt)) = (trailer.get(b"Root"), trailer.get(b"Encrypt")) else {
            return Err(ReadError::Encrypted);
        };
        let is_direct = !matches!(encrypt, Object::Reference(_));
        if (trailer.has(b"ID") && !is_direct) || locked.xref_start == 0 {
            return Err(ReadError::Encrypted);
        }
        // Offsets count from the header.
        let start = memmem::find(bytes, b"%PDF-").unwrap_or(0);
        let mut bytes = bytes.get(start..).unwrap_or_default().to_vec();
        bytes.push(b'\n');
        let encrypt_at = bytes.len();
        bytes.extend(format!("{UNUSED_NUMBER} 0 obj\n").into_bytes());
        write_object(encrypt, 0, &mut bytes);
        bytes.extend(b"\nendobj\n");
        let table_at = bytes.len();
        bytes.extend(
            format!(
                "xref\n{UNUSED_NUMBER} 1\n{encrypt_at:010} 00000 n \ntrailer\n<</Size {} /Prev {} /Root ",
                UNUSED_NUMBER + 1,
                locked.xref_start
            )
            .into_bytes(),
        );
        write_object(root, 0, &mut bytes);
        bytes.extend(b" /Encrypt ");
        let by_reference = Object::Reference((UNUSED_NUMBER, 0));
        write_object(if is_direct { &by_reference } else { encrypt }, 0, &mut bytes);
        bytes.extend(b" /ID ");
        match trailer.get(b"ID") {
            Ok(id) => write_object(id, 0, &mut bytes),
            Err(_) => bytes.extend(b"[<><>]"),
        }
        bytes.extend(format!(">>\nstartxref\n{table_at}\n%%EOF\n").into_bytes());
        self.load(&bytes, false).map_err(|_| ReadError::Encrypted)
    }

    /// What lopdf refuses for good, so that another attempt would not help.
    fn refusal(&self, error: &lopdf::Error) -> Option<ReadError> {
        match error {
            lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_) => Some(ReadError::Encrypted),
            lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
                Some(ReadError::OverLimit { what: "bytes of one object stream", limit: self.share })
            }
            _ => None,
        }
    }
}

/// How often a name occurs, however it is written: any of its characters may be an escape (ISO 32000-1, 7.3.5).
fn count_names(bytes: &[u8], name: &[u8]) -> usize {
    let is_here = |slash: usize| {
        let mut rest = bytes.get(slash + 1..).unwrap_or_default();
        name.iter().all(|expected| {
            let (byte, after) = match rest {
                [b'#', high, low, after @ ..] => (hex_byte(*high, *low), after),
                [byte, after @ ..] => (Some(*byte), after),
                [] => (None, rest),
            };
            rest = after;
            byte == Some(*expected)
        })
    };
    memchr_iter(b'/', bytes).filter(|slash| is_here(*slash)).count()
}

fn hex_byte(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// lopdf drops the entry once it has decrypted the objects.
fn is_locked(document: &Document) -> bool {
    document.trailer.has(b"Encrypt")
}

/// Writes an object of a trailer; none of its streams, for it has none.
fn write_object(object: &Object, depth: usize, into: &mut Vec<u8>) {
    match object {
        Object::Dictionary(dictionary) if depth < MAX_DEPTH => {
            into.extend(b"<<");
            for (key, value) in dictionary {
                write_name(key, into);
                into.push(b' ');
                write_object(value, depth + 1, into);
            }
            into.extend(b">>");
        }
        Object::Array(values) if depth < MAX_DEPTH => {
            into.push(b'[');
            for value in values {
                write_object(value, depth + 1, into);
                into.push(b' ');
            }
            into.push(b']');
        }
        Object::String(bytes, _) => {
            into.push(b'<');
            for byte in bytes {
                into.extend(format!("{byte:02x}").into_bytes());
            }
            into.push(b'>');
        }
        Object::Name(name) => write_name(name, into),
        Object::Integer(integer) => into.extend(integer.to_string().into_bytes()),
        Object::Real(real) => into.extend(real.to_string().into_bytes()),
        Object::Boolean(boolean) => into.extend(boolean.to_string().into_bytes()),
        Object::Reference((number, generation)) => {
            into.extend(format!("{number} {generation} R").into_bytes());
        }
        _ => into.extend(b"null"),
    }
}

fn write_name(name: &[u8], into: &mut Vec<u8>) {
    into.push(b'/');
    for byte in name {
        if byte.is_ascii_alphanumeric() {
            into.push(*byte);
        } else {
            into.extend(format!("#{byte:02x}").into_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;
    use crate::read;
    use crate::testing::{Builder, hex, one_page};

    fn text(bytes: &[u8]) -> Result<String, ReadError> {
        let pages = read(bytes, &Limits::STANDARD)?.pages;
        Ok(pages.into_iter().map(|page| page.text).collect::<Vec<_>>().join("|"))
    }

    /// A file whose objects but the content lie in an object stream, with a cross-reference stream.
    fn with_object_streams(content: &str) -> Vec<u8> {
        let mut document = Document::load_mem(&one_page(content)).unwrap();
        let mut bytes = Vec::new();
        document.save_modern(&mut bytes).unwrap();
        bytes
    }

    const CONTENT: &str = "BT /F1 12 Tf 50 700 Td (Electrode engineer) Tj ET";

    #[test]
    fn escapes_do_not_hide_object_streams() {
        let bytes = b"/ObjStm /Obj#53tm /#4f#62#6A#53#74#6dx /Obj /Obj#5 /Obj#zztm /ObjSt#6D";
        assert_eq!(count_names(bytes, b"ObjStm"), 4);
        let share = |n_streams| Loader::new(&b"/Obj#53tm".repeat(n_streams), &Limits::STANDARD).share;
        assert_eq!((share(1), share(100)), (MAX_OBJECT_STREAM_BYTES, MIN_OBJECT_STREAM_BYTES));
    }

    #[test]
    fn a_cut_file_keeps_what_is_there() {
        let whole = with_object_streams(CONTENT);
        assert_eq!(text(&whole).unwrap(), "Electrode engineer");
        let xref = memmem::rfind(&whole, b"/XRef").unwrap();
        let object = memmem::rfind(&whole[..xref], b" 0 obj").unwrap();
        let before = memmem::rfind(&whole[..object], b"endobj").unwrap() + 6;
        assert_eq!(text(&whole[..before]).unwrap(), "Electrode engineer");
    }

    #[test]
    fn lost_pages_are_told() {
        let mut builder = Builder::new();
        builder.page(CONTENT);
        builder.page(CONTENT);
        let mut document = Document::load_mem(&builder.finish()).unwrap();
        assert!(!read_of(&mut document).quality.partial);
        let second = document.get_pages().get(&2).copied().unwrap();
        document.objects.remove(&second);
        let pages = read_of(&mut document);
        assert_eq!((pages.pages.len(), pages.quality.partial), (1, true));
        assert_eq!(pages.diagnostics[0].message, "pages are missing");
    }

    fn read_of(document: &mut Document) -> bole_core::Pages {
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        read(&bytes, &Limits::STANDARD).unwrap()
    }

    #[test]
    fn text_of_a_missing_font_is_kept() {
        let pages = read(&one_page("BT /F9 12 Tf 50 700 Td (Jane Miller) Tj ET"), &Limits::STANDARD).unwrap();
        assert_eq!(pages.pages[0].text, "Jane Miller");
        assert!(pages.quality.partial);
    }

    #[test]
    fn wrong_streams_of_cross_references_are_left_aside() {
        let mut bytes = with_object_streams(CONTENT);
        // Other widths of the fields: the entries then name objects and streams that are not there.
        let widths = memmem::rfind(&bytes, b"/W").unwrap();
        let digit = bytes[widths..].iter().position(u8::is_ascii_digit).unwrap() + widths;
        bytes[digit] = b'2';
        assert_eq!(text(&bytes).unwrap(), "Electrode engineer");
    }

    #[test]
    fn encrypted_without_an_identifier_or_within_the_trailer() {
        for (user_password, is_direct) in [("", false), ("", true), ("secret", false), ("secret", true)] {
            let mut document = Document::load_mem(&one_page(CONTENT)).unwrap();
            let id = Object::string_literal("");
            document.trailer.set("ID", vec![id.clone(), id]);
            let version = lopdf::EncryptionVersion::V2 {
                document: &document,
                owner_password: "owner",
                user_password,
                key_length: 128,
                permissions: lopdf::Permissions::all(),
            };
            let state = lopdf::EncryptionState::try_from(version).unwrap();
            document.encrypt(&state).unwrap();
            if is_direct {
                let encrypt = document.get_encrypted().unwrap().clone();
                document.trailer.set("Encrypt", encrypt);
            } else {
                document.trailer.remove(b"ID");
            }
            let mut bytes = Vec::new();
            document.save_to(&mut bytes).unwrap();
            let expected = if user_password.is_empty() {
                Ok("Electrode engineer".to_owned())
            } else {
                Err(ReadError::Encrypted)
            };
            assert_eq!(text(&bytes), expected, "{user_password:?} {is_direct}");
        }
    }

    #[test]
    fn filters_behind_references() {
        let mut builder = Builder::new();
        let filter = builder.document.add_object(Object::Name(b"AHx".to_vec()));
        let nothing = builder.document.add_object(Object::Null);
        let hex = hex(CONTENT.as_bytes());
        let filters = vec![Object::Name(b"Crypt".to_vec()), filter.into()];
        let content =
            builder.stream(dictionary! { "Filter" => filters, "DecodeParms" => nothing }, hex.as_bytes());
        builder.page_of(content);
        let content = builder.stream(dictionary! { "Filter" => filter }, hex.as_bytes());
        builder.page_of(content);
        let content = builder.stream(dictionary! { "Filter" => Vec::<Object>::new() }, CONTENT.as_bytes());
        builder.page_of(content);
        assert_eq!(text(&builder.finish()).unwrap(), ["Electrode engineer"; 3].join("|"));
    }
}
