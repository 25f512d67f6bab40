//! Files whose objects were made to cost much: trees, references, cross-references, streams and numbers.

use crate::hostile::{Hostile, SEEN};
use crate::pdf::{FONT, Pdf, deflate, one_page};

/// More than any limit on what is unfolded.
pub(crate) const BOMB_BYTES: usize = 80 << 20;

pub(crate) const CASES: &[Hostile] = &[
    Hostile::new("a page tree that is its own child", page_tree_cycle, "not_a_document"),
    Hostile::new("a page tree of ten thousand levels", deep_page_tree, "no_text"),
    Hostile::new("a page tree that names one page often", repeated_page, "read"),
    Hostile::new("more pages than the limit", many_pages, "over_limit"),
    Hostile::new("references that go in a circle", circular_references, "read").showing("seen"),
    Hostile::new("arrays within arrays in an object", || nested_object("[", "]"), "read"),
    Hostile::new("dictionaries within dictionaries in an object", || nested_object("<</A", ">>"), "read"),
    Hostile::new("a cross-reference table before itself", || previous_table(true), "read"),
    Hostile::new("two cross-reference tables before each other", tables_in_a_circle, "read"),
    Hostile::new("five thousand cross-reference tables", many_tables, "read"),
    Hostile::new("a cross-reference table at a negative place", || previous_table(false), "read"),
    Hostile::new("a name of ten megabytes", long_name, "read"),
    Hostile::new("a string of ten megabytes", long_string, "read").showing("seen"),
    Hostile::new("content that unfolds to 80 MiB", content_bomb, "over_limit"),
    Hostile::new("content that unfolds twice", content_bomb_in_two_steps, "over_limit"),
    Hostile::new("an object stream that unfolds to 80 MiB", object_stream_bomb, "over_limit"),
    Hostile::new("an object stream that lies of its size", object_stream_lies, "read"),
    Hostile::new("two hundred pages that share a small stream", || shared_content(40_000), "read")
        .showing("seen"),
    Hostile::new("two hundred pages that share a large stream", || shared_content(400_000), "over_limit"),
    Hostile::new("content of a hundred thousand streams", many_streams, "read"),
    Hostile::new("a thousand filters", many_filters, "no_text"),
    Hostile::new("a predictor over two thousand million columns", wide_predictor, "over_limit"),
    Hostile::new(
        "a page as wide as numbers go",
        || boxed("[-999999999999 -999999999999 999999999999 999999999999]", ""),
        "read",
    ),
    Hostile::new(
        "a page wider than numbers go",
        || boxed(&format!("[0 0 {0} {0}]", "9".repeat(38)), ""),
        "read",
    )
    .showing("seen"),
    Hostile::new(
        "a page of numbers that are none",
        || boxed("[NaN Inf -Inf 1e999]", "/Rotate 1e99/UserUnit -1"),
        "read",
    )
    .showing("seen"),
    Hostile::new(
        "a page of nothing",
        || boxed("[5 5 5 5]", "/CropBox[9 9 1 1]/Rotate -2147483648"),
        "no_text",
    ),
    Hostile::new("a page box that refers to its page", || boxed("5 0 R", "/Rotate 5 0 R"), "read")
        .showing("seen"),
    Hostile::new("counts and lengths below zero", negative_counts, "read"),
    Hostile::new("an encryption that makes no sense", odd_encryption, "encrypted"),
    Hostile::new("a hundred thousand annotations", many_annotations, "read"),
    Hostile::new("an annotation whose appearance shows itself", recursive_annotation, "read_in_part"),
    Hostile::new("fields that are their own children", recursive_fields, "read").showing("seen"),
    Hostile::new("layers that contain themselves", recursive_layers, "no_text"),
    Hostile::new("functions that repeat each other", repeated_functions, "read").showing("seen"),
    Hostile::new("inks without number", many_inks, "read").showing("seen"),
    Hostile::new("a thousand streams that share a million filters", shared_filters, "read").showing("seen"),
    Hostile::new("expressions of layers that repeat each other", repeated_expressions, "read")
        .showing("seen"),
    Hostile::new("a set of many layers that is asked for often", many_layers, "read").showing("seen"),
    Hostile::new("three hundred thousand objects", many_objects, "over_limit"),
    Hostile::new("only a header, again and again", || b"%PDF-1.7\n".repeat(100_000), "not_a_document"),
    Hostile::new(
        "object headers without objects",
        || [b"%PDF-1.7\n".to_vec(), b"1 0 obj\n".repeat(200_000)].concat(),
        "not_a_document",
    ),
    Hostile::new(
        "streams without end",
        || [b"%PDF-1.7\n".to_vec(), b"1 0 obj<</Length 9>>stream\n".repeat(50_000)].concat(),
        "not_a_document",
    ),
    Hostile::new(
        "dictionaries without end",
        || [b"%PDF-1.7\n1 0 obj\n".to_vec(), b"<<".repeat(1_000_000)].concat(),
        "not_a_document",
    ),
    Hostile::new(
        "brackets without end",
        || [b"%PDF-1.7\n1 0 obj\n".to_vec(), b"[".repeat(1_000_000)].concat(),
        "not_a_document",
    ),
    Hostile::new(
        "parentheses without end",
        || [b"%PDF-1.7\n1 0 obj\n".to_vec(), b"(".repeat(1_000_000)].concat(),
        "not_a_document",
    ),
    Hostile::new(
        "ends without starts",
        || [one_page(SEEN), b"\nstartxref\n9\n%%EOF".repeat(50_000)].concat(),
        "read",
    ),
];

fn page_tree_cycle() -> Vec<u8> {
    let mut pdf = Pdf::default();
    pdf.put(2, "<</Type/Pages/Kids[2 0 R 2 0 R 3 0 R]/Parent 2 0 R/Count 9>>");
    pdf.put(3, "<</Type/Pages/Kids[2 0 R 3 0 R]/Parent 3 0 R/Count 9>>");
    pdf.finish()
}

fn deep_page_tree() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let last = 10_000;
    for number in 2..last {
        pdf.put(number, format!("<</Type/Pages/Count 1/Kids[{} 0 R]>>", number + 1));
    }
    pdf.put(last, format!("<</Type/Page/Resources<<{FONT}>>>>"));
    pdf.finish()
}

fn repeated_page() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let page = pdf.page(SEEN);
    pdf.put(2, format!("<</Type/Pages/Count 1/Kids[{}]>>", format!("{page} 0 R ").repeat(100_000)));
    pdf.finish()
}

fn many_pages() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let content = pdf.stream("", SEEN);
    for _ in 0..5_000 {
        pdf.page_of(content, FONT, "");
    }
    pdf.finish()
}

fn circular_references() -> Vec<u8> {
    let mut pdf = Pdf::default();
    pdf.page_with(
        SEEN,
        &format!("{FONT}/XObject 20 0 R/ExtGState 20 0 R/Properties 22 0 R"),
        "/Annots 20 0 R/CropBox 21 0 R",
    );
    pdf.put(20, "21 0 R");
    pdf.put(21, "20 0 R");
    pdf.put(22, "22 0 R");
    pdf.finish()
}

fn nested_object(open: &str, close: &str) -> Vec<u8> {
    let mut pdf = Pdf::default();
    let depth = 200_000;
    let nested = pdf.add(format!("{} 1 {}", open.repeat(depth), close.repeat(depth)));
    pdf.page_with(SEEN, &format!("{FONT}/XObject {nested} 0 R"), "");
    pdf.finish()
}

fn previous_table(is_itself: bool) -> Vec<u8> {
    let place = one_page(SEEN);
    let text = String::from_utf8_lossy(&place);
    let start: usize =
        text.split("startxref\n").nth(1).and_then(|rest| rest.lines().next()).unwrap().parse().unwrap();
    let mut pdf = Pdf::default();
    pdf.page(SEEN);
    pdf.trailer(&if is_itself {
        format!("/Prev {start}/XRefStm {start}")
    } else {
        "/Prev -5/XRefStm -5".to_owned()
    });
    pdf.finish()
}

/// The file with further tables at its end, each naming the place that `previous` tells, given its own place.
fn with_tables(n_tables: usize, previous: fn(usize, usize) -> usize) -> Vec<u8> {
    let mut bytes = one_page(SEEN);
    let text = String::from_utf8_lossy(&bytes);
    let mut place: usize =
        text.split("startxref\n").nth(1).and_then(|rest| rest.lines().next()).unwrap().parse().unwrap();
    for _ in 0..n_tables {
        let here = bytes.len();
        let previous = previous(here, place);
        bytes.extend_from_slice(
            format!("xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 6/Root 1 0 R/Prev {previous:9}>>\n")
                .as_bytes(),
        );
        place = here;
    }
    bytes.extend_from_slice(format!("startxref\n{place}\n%%EOF\n").as_bytes());
    bytes
}

/// The later names the earlier and the earlier the later, so that the objects are in neither.
fn tables_in_a_circle() -> Vec<u8> {
    const N_BYTES: usize = 75;
    let other = |here, place| if place + N_BYTES == here { place } else { here + N_BYTES };
    let file = with_tables(2, other);
    assert_eq!(file.len(), with_tables(1, other).len() + N_BYTES);
    file
}

fn many_tables() -> Vec<u8> {
    with_tables(5_000, |_, place| place)
}

fn long_name() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let name = "n".repeat(10 << 20);
    pdf.add(format!("<</{name} /value>>"));
    pdf.page(SEEN);
    pdf.finish()
}

fn long_string() -> Vec<u8> {
    let mut pdf = Pdf::default();
    pdf.add(format!("({})", "s".repeat(10 << 20)));
    pdf.page(SEEN);
    pdf.finish()
}

fn content_bomb() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let content = pdf.stream("/Filter/FlateDecode", deflate(vec![b' '; BOMB_BYTES]));
    pdf.page_of(content, FONT, "");
    pdf.finish()
}

fn content_bomb_in_two_steps() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let content = pdf.stream("/Filter[/FlateDecode/FlateDecode]", deflate(deflate(vec![b' '; BOMB_BYTES])));
    pdf.page_of(content, FONT, "");
    pdf.finish()
}

fn object_stream_bomb() -> Vec<u8> {
    let mut pdf = Pdf::default();
    pdf.stream("/Type/ObjStm/N 1/First 5/Filter/FlateDecode", deflate(vec![b'7'; BOMB_BYTES]));
    pdf.page(SEEN);
    pdf.finish()
}

fn object_stream_lies() -> Vec<u8> {
    let mut pdf = Pdf::default();
    for (n, first) in [("-1", "-1"), ("2147483647", "8"), ("3", "2147483647"), ("99999999999999999999", "0")]
    {
        pdf.stream(&format!("/Type/ObjStm/N {n}/First {first}/Extends 3 0 R"), "90 0 91 99999 92 -4 <<>> 7");
    }
    pdf.page(SEEN);
    pdf.finish()
}

fn shared_content(n_bytes: usize) -> Vec<u8> {
    let mut pdf = Pdf::default();
    let content = pdf.stream("", SEEN.to_owned() + &"0 0 m 9 9 l S ".repeat(n_bytes / 14));
    for _ in 0..200 {
        pdf.page_of(content, FONT, "");
    }
    pdf.finish()
}

fn many_streams() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let content = pdf.stream("", SEEN);
    let empty = pdf.stream("", "");
    let list = pdf.add(format!("[{content} 0 R {}]", format!("{empty} 0 R ").repeat(100_000)));
    pdf.page_of(list, FONT, "");
    pdf.finish()
}

fn many_filters() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let content = pdf.stream(&format!("/Filter[{}]", "/ASCIIHexDecode".repeat(1000)), SEEN);
    pdf.page_of(content, FONT, "");
    pdf.finish()
}

fn wide_predictor() -> Vec<u8> {
    let mut pdf = Pdf::default();
    for parms in [
        "/Predictor 12/Columns 2147483647/Colors 32/BitsPerComponent 16",
        "/Predictor 15/Columns -1",
        "/Predictor 2/Columns 0/Colors 0",
    ] {
        let entries = format!("/Filter/FlateDecode/DecodeParms<<{parms}>>");
        let content = pdf.stream(&entries, deflate(SEEN));
        pdf.page_of(content, FONT, "");
    }
    pdf.finish()
}

fn boxed(media_box: &str, entries: &str) -> Vec<u8> {
    let mut pdf = Pdf::default();
    pdf.page_with(SEEN, FONT, &format!("/MediaBox {media_box}{entries}"));
    pdf.finish()
}

fn negative_counts() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let page = pdf.page(SEEN);
    pdf.put(2, format!("<</Type/Pages/Kids[{page} 0 R]/Count -2147483648>>"));
    pdf.add("<</Length -7/Filter/FlateDecode>>stream\nxyz\nendstream");
    pdf.trailer("/Size -1/Index[-1 -1]");
    pdf.finish()
}

fn odd_encryption() -> Vec<u8> {
    let mut pdf = Pdf::default();
    pdf.page(SEEN);
    pdf.trailer("/Encrypt<</Filter/Standard/V 4/R 4/Length -8/O(a)/U(b)/P 99999999999/CF<</StdCF<</CFM/AESV2/Length 0>>>>/StmF/StdCF>>/ID[()]");
    pdf.finish()
}

fn many_annotations() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let form = pdf.stream(
        &format!("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<<{FONT}>>"),
        "BT /F 9 Tf (a) Tj ET",
    );
    let note = pdf.add(format!("<</Type/Annot/Subtype/FreeText/Rect[9 9 99 99]/AP<</N {form} 0 R>>>>"));
    let list = pdf.add(format!("[{}]", format!("{note} 0 R ").repeat(100_000)));
    pdf.page_with(SEEN, FONT, &format!("/Annots {list} 0 R"));
    pdf.finish()
}

fn recursive_annotation() -> Vec<u8> {
    let mut pdf = Pdf::default();
    pdf.put(20, "<</Length 6/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 20 0 R>>>>>>stream\n/X Do \nendstream");
    let note = "<</Type/Annot/Subtype/Stamp/Rect[9 9 99 99]/AP<</N 20 0 R>>>>".repeat(100);
    pdf.page_with(SEEN, FONT, &format!("/Annots[{note}]"));
    pdf.finish()
}

fn recursive_fields() -> Vec<u8> {
    let mut pdf = Pdf::default();
    pdf.put(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[20 0 R]/DR 20 0 R>>>>");
    pdf.put(20, "<</Subtype/Widget/FT/Tx/Parent 20 0 R/Kids[20 0 R 20 0 R]/Rect[9 9 99 99]/DA 20 0 R>>");
    pdf.page_with(SEEN, FONT, "/Annots[20 0 R 20 0 R]");
    pdf.finish()
}

fn recursive_layers() -> Vec<u8> {
    let mut pdf = Pdf::default();
    pdf.put(
        1,
        "<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[20 0 R]/D<</OFF[20 0 R 21 0 R]/Order 20 0 R>>>>>>",
    );
    pdf.put(20, "<</Type/OCMD/OCGs[20 0 R 21 0 R]/VE[/And 21 0 R 20 0 R]>>");
    pdf.put(21, "[/Or 21 0 R 20 0 R]");
    pdf.page_with(format!("/OC /L BDC {SEEN} EMC"), &format!("{FONT}/Properties<</L 20 0 R>>"), "");
    pdf.finish()
}

/// A file with a layer that is off, object 10, one that is on, object 11, and the set 12 as `X`.
fn with_layers(pdf: Pdf, set: &str, content: &str) -> Vec<u8> {
    let mut pdf = pdf;
    pdf.page_with(format!("{SEEN}{content}"), &format!("{FONT}/Properties<</X 12 0 R>>"), "");
    pdf.put(1, "<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[10 0 R 11 0 R]/D<</OFF[10 0 R]>>>>>>");
    pdf.put(10, "<</Type/OCG>>");
    pdf.put(11, "<</Type/OCG>>");
    pdf.put(12, format!("<</Type/OCMD{set}>>"));
    pdf.finish()
}

fn repeated_expressions() -> Vec<u8> {
    let mut pdf = Pdf::default();
    for level in 20..28 {
        pdf.put(level, format!("[/Or {}]", format!("{} 0 R ", level + 1).repeat(63)));
    }
    pdf.put(28, "[/Or 10 0 R]");
    with_layers(pdf, "/VE 20 0 R", "/OC/X BDC BT /F 12 Tf (no) Tj ET EMC")
}

fn repeated_functions() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let samples = "/FunctionType 0/Domain[0 1]/Range[0 1]/Size[65536]/BitsPerSample 8/Filter/FlateDecode";
    let mut function = pdf.stream(samples, deflate(vec![b'7'; 65_536]));
    for _ in 0..3 {
        let functions = format!("{function} 0 R ").repeat(32);
        let bounds = "1 ".repeat(31);
        let encode = "0 1 ".repeat(32);
        function = pdf.add(format!(
            "<</FunctionType 3/Domain[0 1]/Functions[{functions}]/Bounds[{bounds}]/Encode[{encode}]>>"
        ));
    }
    let space = format!("/ColorSpace<</T[/Separation/Dark/DeviceGray {function} 0 R]>>");
    pdf.page_with(format!("/T cs 1 scn {SEEN}"), &format!("{FONT}{space}"), "");
    pdf.finish()
}

fn many_inks() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let names = pdf.add(format!("[{}]", "/a".repeat(500_000)));
    let function = pdf.add("<</FunctionType 2/Domain[0 1]/N 1>>");
    let space = format!("/ColorSpace<</T[/DeviceN {names} 0 R/DeviceGray {function} 0 R]>>");
    pdf.page_with(format!("{} 0 g {SEEN}", "/T cs ".repeat(100_000)), &format!("{FONT}{space}"), "");
    pdf.finish()
}

fn shared_filters() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let filters = pdf.add(format!("[{}]", "/Fl ".repeat(1_000_000)));
    for _ in 0..1000 {
        pdf.stream(&format!("/Filter {filters} 0 R"), "");
    }
    pdf.page(SEEN);
    pdf.finish()
}

fn many_layers() -> Vec<u8> {
    let mut pdf = Pdf::default();
    pdf.put(13, format!("[{}]", "11 0 R ".repeat(500_000)));
    with_layers(pdf, "/OCGs 13 0 R", &"/OC/X BDC EMC ".repeat(200_000))
}

fn many_objects() -> Vec<u8> {
    let mut pdf = Pdf::default();
    pdf.page(SEEN);
    for _ in 0..300_000 {
        pdf.add("0");
    }
    pdf.finish()
}
