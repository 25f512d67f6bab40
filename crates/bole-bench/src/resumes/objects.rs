use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// The objects of a PDF file, numbered from 1. ISO 32000-1, 7.5.
#[derive(Default)]
pub(super) struct Objects {
    objects: Vec<Object>,
}

enum Object {
    /// Promised, and not there yet.
    Open,
    Plain(Vec<u8>),
    /// Entries beside the length, and the data.
    Stream(String, Vec<u8>),
}

/// How the objects are found again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Directory {
    /// A table in plain text.
    Table,
    /// A cross-reference stream, all that is no stream in object streams.
    Stream,
}

/// Objects in one object stream.
const N_TOGETHER: usize = 100;

impl Objects {
    /// A number for an object that comes later.
    pub(super) fn promise(&mut self) -> usize {
        self.objects.push(Object::Open);
        self.objects.len()
    }

    pub(super) fn put(&mut self, number: usize, body: impl Into<Vec<u8>>) {
        if let Some(object) = self.objects.get_mut(number - 1) {
            *object = Object::Plain(body.into());
        }
    }

    pub(super) fn add(&mut self, body: impl Into<Vec<u8>>) -> usize {
        self.objects.push(Object::Plain(body.into()));
        self.objects.len()
    }

    /// A stream as it is, with these entries beside its length.
    pub(super) fn stream(&mut self, entries: impl Into<String>, data: Vec<u8>) -> usize {
        self.objects.push(Object::Stream(entries.into(), data));
        self.objects.len()
    }

    /// A stream that is compressed here.
    pub(super) fn deflated(&mut self, entries: &str, data: &[u8], level: u32) -> usize {
        self.stream(format!("/Filter/FlateDecode{entries}"), deflate(data, level))
    }

    /// About as many bytes as the file would have.
    pub(super) fn n_bytes(&self) -> usize {
        let bytes = |object: &Object| match object {
            Object::Open => 0,
            Object::Plain(body) => body.len() + 20,
            Object::Stream(entries, data) => entries.len() + data.len() + 60,
        };
        self.objects.iter().map(bytes).sum()
    }

    /// The file; `trailer` are entries beside those that every trailer has.
    pub(super) fn finish(self, directory: Directory, trailer: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.objects.len() * 200);
        out.extend_from_slice(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n");
        match directory {
            Directory::Table => with_table(&self.objects, out, trailer),
            Directory::Stream => with_stream(self.objects, out, trailer),
        }
    }
}

/// As the filter `FlateDecode` takes it. `level` is 1, the fastest, to 9.
pub(super) fn deflate(data: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(data.len() / 2), Compression::new(level));
    let written = encoder.write_all(data).and_then(|()| encoder.finish());
    written.unwrap_or_else(|error| unreachable!("memory takes what is written: {error}"))
}

fn write_object(out: &mut Vec<u8>, number: usize, object: &Object) {
    out.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
    match object {
        Object::Open => out.extend_from_slice(b"null"),
        Object::Plain(body) => out.extend_from_slice(body),
        Object::Stream(entries, data) => {
            out.extend_from_slice(format!("<<{entries}/Length {}>>\nstream\n", data.len()).as_bytes());
            out.extend_from_slice(data);
            out.extend_from_slice(b"\nendstream");
        }
    }
    out.extend_from_slice(b"\nendobj\n");
}

fn with_table(objects: &[Object], mut out: Vec<u8>, trailer: &str) -> Vec<u8> {
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(objects) {
        writeln!(table, "{:010} 00000 n ", out.len()).ok();
        write_object(&mut out, number, object);
    }
    let start = out.len();
    let size = objects.len() + 1;
    let end = format!("{table}trailer\n<</Size {size}{trailer}>>\nstartxref\n{start}\n%%EOF\n");
    out.extend_from_slice(end.as_bytes());
    out
}

/// The three numbers of an entry of a cross-reference stream: its kind, a place or a container, a generation or a place
/// in the container.
type Entry = (u8, usize, usize);

fn with_stream(objects: Vec<Object>, mut out: Vec<u8>, trailer: &str) -> Vec<u8> {
    let (mut streams, mut plain) = (Vec::new(), Vec::new());
    let n_objects = objects.len();
    for (number, object) in (1..).zip(objects) {
        match object {
            Object::Stream(..) => streams.push((number, object)),
            Object::Plain(body) => plain.push((number, body)),
            Object::Open => {}
        }
    }
    let mut entries: Vec<Entry> = vec![(0, 0, 65_535); n_objects + 1];
    let mut enter = |number: usize, entry: Entry| {
        if entries.len() <= number {
            entries.resize(number + 1, (0, 0, 65_535));
        }
        if let Some(place) = entries.get_mut(number) {
            *place = entry;
        }
    };
    for (together, container) in plain.chunks(N_TOGETHER).zip(n_objects + 1..) {
        let (mut head, mut bodies) = (String::new(), Vec::new());
        for (place, (number, body)) in together.iter().enumerate() {
            write!(head, "{number} {} ", bodies.len()).ok();
            bodies.extend_from_slice(body);
            bodies.push(b'\n');
            enter(*number, (2, container, place));
        }
        let dictionary = format!("/Type/ObjStm/N {}/First {}/Filter/FlateDecode", together.len(), head.len());
        let data = deflate(&[head.as_bytes(), &bodies].concat(), 6);
        streams.push((container, Object::Stream(dictionary, data)));
    }
    for (number, object) in &streams {
        enter(*number, (1, out.len(), 0));
        write_object(&mut out, *number, object);
    }
    let start = out.len();
    let number = entries.len();
    entries.push((1, start, 0));
    let mut rows = Vec::with_capacity(entries.len() * 8);
    let mut above = [0_u8; 7];
    for (kind, second, third) in entries {
        let (second, third) = ((second as u32).to_be_bytes(), (third as u16).to_be_bytes());
        let row = [kind, second[0], second[1], second[2], second[3], third[0], third[1]];
        // PNG's predictor `up`, as most writers use it.
        rows.push(2);
        rows.extend(row.iter().zip(above).map(|(here, above)| here.wrapping_sub(above)));
        above = row;
    }
    let dictionary = format!(
        "/Type/XRef/Size {}/W[1 4 2]/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 7>>{trailer}",
        number + 1
    );
    write_object(&mut out, number, &Object::Stream(dictionary, deflate(&rows, 6)));
    out.extend_from_slice(format!("startxref\n{start}\n%%EOF\n").as_bytes());
    out
}
