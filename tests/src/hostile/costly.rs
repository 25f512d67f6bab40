//! Files that only the limits on a child's memory and time bound, and files at their full size.

use std::fmt::Write;

use flate2::{Compress, Compression, FlushCompress};

use crate::hostile::{Hostile, SEEN};
use crate::pdf::{FONT, Pdf, deflate};

pub(crate) const CASES: &[Hostile] = &[
    Hostile::new("an object stream under four hundred numbers", || aliases(400), "over_limit"),
    Hostile::new("forty object streams of arrays", || object_streams(40, 1 << 20), "over_limit"),
    Hostile::new(
        "tables that share a stream of cross-references",
        || shared_cross_references(20, 100_000),
        "not_a_document",
    ),
];

pub(crate) const CASES_AT_FULL_SIZE: &[Hostile] = &[
    Hostile::new("content without end", || endless_content(1), "over_limit"),
    Hostile::new("content without end, unfolded twice", || endless_content(2), "over_limit"),
    Hostile::new("an object stream without end", endless_object_stream, "over_limit"),
    Hostile::new("forty object streams that unfold to 64 MiB", || object_streams(40, 64 << 20), "over_limit"),
    Hostile::new("four object streams of arrays", || object_streams(4, 8 << 20), "over_limit"),
    Hostile::new("an object stream under two hundred thousand numbers", || aliases(200_000), "over_limit"),
    Hostile::new(
        "a thousand tables that share cross-references",
        || shared_cross_references(1000, 1_000_000),
        "over_limit",
    ),
    Hostile::new("4 MiB of saved states, packed", || saved_states(4 << 20), "no_text"),
    Hostile::new("8 MiB of saved states, packed", || saved_states(8 << 20), "no_text"),
    Hostile::new("32 MiB of saved states, packed", || saved_states((32 << 20) - 100), "no_text"),
    Hostile::new("a million annotations", million_annotations, "read"),
    Hostile::new("thirty megabytes of rectangles", || packed("9 9 5 5 re f "), "read"),
    Hostile::new("thirty megabytes of clips", || packed("9 9 500 500 re W n "), "read"),
    Hostile::new("thirty megabytes of curves", || packed("9 9 8 8 7 7 c "), "read"),
    Hostile::new("thirty megabytes of letters", || packed("BT /F 9 Tf 9 9 Td (a) Tj ET "), "read"),
    Hostile::new("thirty megabytes of marks", || packed("/Span<</ActualText(a)>>BDC EMC "), "read"),
    Hostile::new("thirty megabytes of numbers", || packed("1 2 3 4 5 6 7 8 9 n "), "read"),
    Hostile::new("sixteen megabytes of objects", sixteen_megabytes_of_objects, "over_limit"),
];

/// What deflate makes of `n_bytes` of `byte`, in steps of 16 MiB, without holding or compressing all of it.
fn deflated_run(byte: u8, n_bytes: u64) -> Vec<u8> {
    const STEP: usize = 16 << 20;
    let mut compress = Compress::new(Compression::best(), false);
    let mut block = Vec::with_capacity(1 << 20);
    // A full flush ends on a byte and forgets what was before, so that the same block may follow itself.
    compress.compress_vec(&vec![byte; STEP], &mut block, FlushCompress::Full).unwrap();
    assert_eq!(compress.total_in(), STEP as u64);
    let mut run = b"\x78\xda".to_vec();
    for _ in 0..n_bytes.div_ceil(STEP as u64) {
        run.extend_from_slice(&block);
    }
    // The empty last block, and a checksum that nobody gets to.
    run.extend_from_slice(b"\x03\x00\0\0\0\0");
    run
}

/// Fifteen gigabytes in a little less than 16 MiB; or ten gigabytes in 10 MiB, packed once more.
fn endless_content(n_times: usize) -> Vec<u8> {
    let mut pdf = Pdf::default();
    let content = if n_times == 1 {
        pdf.stream("/Filter/FlateDecode", deflated_run(b' ', 15_900 << 20))
    } else {
        pdf.stream("/Filter[/FlateDecode/FlateDecode]", deflate(deflated_run(b' ', 10 << 30)))
    };
    pdf.page_of(content, FONT, "");
    pdf.finish()
}

fn endless_object_stream() -> Vec<u8> {
    let mut pdf = Pdf::default();
    pdf.stream("/Type/ObjStm/N 1/First 5/Filter/FlateDecode", deflated_run(b'7', 15_900 << 20));
    pdf.page(SEEN);
    pdf.finish()
}

/// Object streams of one array of numbers each: its bytes cost lopdf most.
fn object_streams(n_streams: usize, n_bytes: usize) -> Vec<u8> {
    let mut pdf = Pdf::default();
    let zeros = "0 ".repeat(n_bytes / 2 - 10);
    for index in 0..n_streams {
        let objects = deflate(format!("{:7} 0[{zeros}]", 1000 + index));
        pdf.stream("/Type/ObjStm/N 1/First 9/Filter/FlateDecode", objects);
    }
    pdf.page(SEEN);
    pdf.finish()
}

/// One object stream that many entries of the cross-reference table lead to.
fn aliases(n_entries: usize) -> Vec<u8> {
    let mut pdf = Pdf::default();
    let zeros = "0 ".repeat(500_000);
    let stream = pdf
        .stream("/Type/ObjStm/N 1/First 9/Filter/FlateDecode", deflate(format!("{:7} 0[{zeros}]", 900_000)));
    pdf.page(SEEN);
    for _ in 0..n_entries {
        pdf.alias(stream);
    }
    pdf.finish()
}

/// Tables, each naming the one before and all the same stream of cross-references.
fn shared_cross_references(n_tables: usize, n_entries: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n".to_vec();
    let catalog_at = 9;
    let entries = deflate(vec![0; n_entries * 4]);
    let stream_at = bytes.len();
    bytes.extend_from_slice(
        format!(
            "3 0 obj\n<</Type/XRef/W[1 2 1]/Size {n_entries}/Root 1 0 R/Filter/FlateDecode/Length {}>>stream\n",
            entries.len()
        )
        .as_bytes(),
    );
    bytes.extend_from_slice(&entries);
    bytes.extend_from_slice(b"\nendstream\nendobj\n");
    let mut previous = String::new();
    let mut table_at = 0;
    for _ in 0..n_tables {
        table_at = bytes.len();
        let mut table = String::new();
        write!(
            table,
            "xref\n1 1\n{catalog_at:010} 00000 n \ntrailer\n<</Size 4/Root 1 0 R/XRefStm {stream_at}{previous}>>\n"
        )
        .unwrap();
        bytes.extend_from_slice(table.as_bytes());
        previous = format!("/Prev {table_at}");
    }
    bytes.extend_from_slice(format!("startxref\n{table_at}\n%%EOF\n").as_bytes());
    bytes
}

fn saved_states(n_bytes: usize) -> Vec<u8> {
    packed_content(&"q Q ".repeat(n_bytes / 4))
}

/// As much content as a file may have, of one piece.
fn packed(piece: &str) -> Vec<u8> {
    packed_content(&(SEEN.to_owned() + &piece.repeat((30 << 20) / piece.len())))
}

fn packed_content(content: &str) -> Vec<u8> {
    let mut pdf = Pdf::default();
    let content = pdf.stream("/Filter/FlateDecode", deflate(content));
    pdf.page_of(content, FONT, "");
    pdf.finish()
}

fn million_annotations() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let form = pdf.stream(
        &format!("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<<{FONT}>>"),
        "BT /F 9 Tf (a) Tj ET",
    );
    let note = pdf.add(format!("<</Type/Annot/Subtype/FreeText/Rect[9 9 99 99]/AP<</N {form} 0 R>>>>"));
    let list = pdf.add(format!("[{}]", format!("{note} 0 R ").repeat(1_000_000)));
    pdf.page_with(SEEN, FONT, &format!("/Annots {list} 0 R"));
    pdf.finish()
}

/// A list of as many dictionaries as fit.
fn sixteen_megabytes_of_objects() -> Vec<u8> {
    let mut pdf = Pdf::default();
    pdf.add(format!("[{}]", "<</a[0]>>".repeat(1_800_000)));
    pdf.page(SEEN);
    let file = pdf.finish();
    assert!(file.len() < 16 << 20, "{} bytes", file.len());
    file
}
