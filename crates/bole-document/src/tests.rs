//! Tests of the reader over whole files made in the test.

use std::fmt::Write;

use bole_core::{HiddenReason, Page, Pages, Verdict};
use lopdf::{Dictionary, Object, StringFormat, dictionary};
use proptest::prelude::*;
use unicode_normalization::is_nfc;

use crate::testing::{Builder, one_page};
use crate::{Limits, ReadError, read};

fn pages(bytes: &[u8]) -> Pages {
    let pages = read(bytes, &Limits::STANDARD).unwrap();
    check_contract(&pages);
    pages
}

pub(crate) fn first_page(bytes: &[u8]) -> Page {
    pages(bytes).pages.remove(0)
}

pub(crate) fn text_of(content: &str) -> String {
    first_page(&one_page(content)).text
}

/// What everybody builds on: runs in order within the text and the page, clean text.
fn check_contract(pages: &Pages) {
    for page in &pages.pages {
        let n_scalars = page.text.chars().count() as u32;
        let mut end = 0;
        for run in &page.runs {
            assert!(end <= run.start && run.start < run.end && run.end <= n_scalars);
            end = run.end;
            let bounds = run.bounds;
            assert!(bounds.left <= bounds.right && bounds.top <= bounds.bottom);
        }
        assert!(is_nfc(&page.text));
        assert!(!page.text.chars().any(|scalar| scalar.is_control() && scalar != '\n'));
    }
}

pub(crate) fn run_text(page: &Page, index: usize) -> String {
    let run = page.runs[index];
    let length = (run.end - run.start) as usize;
    page.text.chars().skip(run.start as usize).take(length).collect()
}

#[test]
fn text_operators() {
    for (content, expected) in [
        ("BT /F1 12 Tf 100 700 Td (Hello World) Tj ET", "Hello World"),
        ("BT /F1 12 Tf 100 700 Td [(Hel)20(lo)-300(World)] TJ ET", "Hello World"),
        ("BT /F1 12 Tf 14 TL 100 700 Td (one) Tj T* (two) Tj (three) ' ET", "one\ntwo\nthree"),
        ("BT /F1 12 Tf 100 700 Td (one) Tj 0 -14 TD (two) Tj T* (three) Tj ET", "one\ntwo\nthree"),
        ("BT /F1 12 Tf 14 TL 100 700 Td 2 1 (a b) \" ET", "a b"),
        ("BT /F1 12 Tf 3 Tc 100 700 Td (spaced) Tj ET", "spaced"),
        ("BT /F1 1 Tf 12 0 0 12 100 700 Tm <48 69> Tj ET", "Hi"),
        ("q 2 0 0 2 0 0 cm BT /F1 6 Tf 50 350 Td (scaled) Tj ET Q", "scaled"),
        ("BT /F1 12 Tf 100 700 Td (caf\\351 \\2401\\25534) Tj ET", "café 1-34"),
        ("BT /F1 12 Tf 100 700 Td (a) Tj 0 5 Td /F1 7 Tf 8 0 Td (2) Tj ET", "a 2"),
        (
            "BT /F1 12 Tf 100 700 Td (kept) Tj ET BI /W 1 /H 1 ID \x01\x02 EI BT /F1 12 Tf 100 680 Td (on) Tj ET",
            "kept\non",
        ),
        ("BT /F1 12 Tf 100 700 Td (far) Tj 0 -60 Td (below) Tj ET", "far\n\nbelow"),
        ("BT /F1 12 Tf 100 700 Td (bold) Tj 0.3 0 Td (bold) Tj ET", "bold"),
        (
            "BT /F1 12 Tf 100 700 Td (Tel) Tj 200 0 Td (123) Tj -200 -14 Td (Age) Tj 200 0 Td (30) Tj ET",
            "Tel  123\nAge  30",
        ),
    ] {
        assert_eq!(text_of(content), expected, "{content}");
    }
}

#[test]
fn boxes_are_those_of_the_page_as_displayed() {
    let content = "BT /F1 10 Tf 100 700 Td (Hi you) Tj ET";
    let page = first_page(&one_page(content));
    assert_eq!((page.width, page.height), (60_000, 80_000));
    assert_eq!(run_text(&page, 1), "you");
    let hi = page.runs[0].bounds;
    assert_eq!((hi.left, hi.top, hi.bottom), (10_000, 9_200, 10_200));
    assert_eq!(hi.right, 10_000 + 722 + 222);
    for (turns, expected) in [(90, (70_000, 10_000)), (180, (50_000, 70_000)), (270, (10_000, 50_000))] {
        let mut builder = Builder::new();
        builder.page_entry("Rotate", turns);
        builder.page(content);
        let page = first_page(&builder.finish());
        assert_eq!(page.text, "Hi you", "{turns}");
        let bounds = page.runs[0].bounds;
        // The corner at which the text begins, on its baseline.
        let (x, y) = expected;
        assert!((bounds.left..=bounds.right).contains(&x), "{turns} {bounds:?}");
        assert!((bounds.top..=bounds.bottom).contains(&y), "{turns} {bounds:?}");
    }
    let mut builder = Builder::new();
    builder.page_entry("CropBox", vec![90.into(), 600.into(), 300.into(), 750.into()]);
    builder.page(content);
    let page = first_page(&builder.finish());
    assert_eq!((page.width, page.height), (21_000, 15_000));
    assert_eq!((page.runs[0].bounds.left, page.runs[0].bounds.top), (1_000, 4_200));
}

#[test]
fn columns_and_rows() {
    let mut columns =
        String::from("BT /F1 12 Tf 50 760 Td (A title over both of the columns of this page) Tj ET\n");
    for (x, side) in [(50, "left"), (320, "right")] {
        for line in 0..5 {
            let y = 700 - 14 * line;
            writeln!(columns, "BT /F1 12 Tf {x} {y} Td ({side} column line {line}) Tj ET").unwrap();
        }
    }
    let text = text_of(&columns);
    let left = text.find("left column line 4").unwrap();
    let right = text.find("right column line 0").unwrap();
    assert!(text.starts_with("A title") && left < right, "{text}");

    let mut rows = String::new();
    for line in 0..5 {
        let y = 700 - 14 * line;
        for (x, side) in [(50, "label"), (320, "value")] {
            writeln!(rows, "BT /F1 12 Tf {x} {y} Td ({side} {line}) Tj ET").unwrap();
        }
    }
    let expected: Vec<String> = (0..5).map(|line| format!("label {line}  value {line}")).collect();
    assert_eq!(text_of(&rows), expected.join("\n"));
}

#[test]
fn hidden_text_is_kept_apart() {
    let show = "BT /F1 12 Tf 100 700 Td (secret) Tj ET";
    for (content, expected) in [
        (format!("3 Tr {show}"), Some(HiddenReason::Invisible)),
        (format!("1 1 1 rg {show}"), Some(HiddenReason::NoContrast)),
        (format!("0 0 0 0 k {show}"), Some(HiddenReason::NoContrast)),
        (format!("0.97 g {show}"), Some(HiddenReason::NoContrast)),
        ("BT /F1 1 Tf 100 700 Td (secret) Tj ET".to_owned(), Some(HiddenReason::Tiny)),
        ("BT /F1 12 Tf 100 900 Td (secret) Tj ET".to_owned(), Some(HiddenReason::OffPage)),
        (format!("q 0 0 50 50 re W n {show} Q"), Some(HiddenReason::Clipped)),
        (format!("/Clear gs {show}"), Some(HiddenReason::Transparent)),
        (format!("/OC /Off BDC {show} EMC"), Some(HiddenReason::LayerOff)),
        (format!("0 g 90 690 200 30 re f {show}"), Some(HiddenReason::NoContrast)),
        (format!("0.1 0.2 0.4 rg 90 690 200 30 re f 1 g {show}"), None),
        (format!("0.1 0.2 0.4 rg 90 690 m 290 690 l 290 720 l 90 720 l f 1 g {show}"), None),
        (format!("0.1 0.2 0.4 rg 90 690 m 290 680 l 290 720 l 90 740 l f 1 g {show}"), None),
        (format!("q 200 0 0 50 90 690 cm /Im Do Q 1 g {show}"), None),
        (format!("0.8 g {show}"), None),
        (format!("q 0 0 600 800 re W n {show} Q"), None),
        (format!("/OC /On BDC {show} EMC"), None),
        (format!("/Pattern cs /P scn {show}"), None),
    ] {
        let mut builder = Builder::new();
        let image = builder.stream(dictionary! { "Type" => "XObject", "Subtype" => "Image" }, b"");
        builder.resource("XObject", "Im", image);
        builder.resource("ExtGState", "Clear", dictionary! { "ca" => 0 }.into());
        let off: Object = builder.document.add_object(dictionary! { "Type" => "OCG" }).into();
        let on: Object = builder.document.add_object(dictionary! { "Type" => "OCG" }).into();
        builder.resource("Properties", "Off", off.clone());
        builder.resource("Properties", "On", on.clone());
        let configuration = dictionary! { "OFF" => vec![off.clone()] };
        let layers = dictionary! { "OCGs" => vec![off, on], "D" => configuration };
        builder.document.trailer.set("OCProperties", layers);
        builder.page(&content);
        let page = first_page(&builder.finish());
        let reason = page.hidden.first().map(|hidden| hidden.reason);
        assert_eq!(reason, expected, "{content}");
        match expected {
            Some(_) => {
                assert_eq!((page.text.as_str(), page.hidden[0].text.as_str()), ("", "secret"), "{content}");
            }
            None => assert_eq!(page.text, "secret", "{content}"),
        }
    }
}

#[test]
fn undecidable_backgrounds_are_visible_and_flagged() {
    let mut builder = Builder::new();
    let image = builder.stream(dictionary! { "Type" => "XObject", "Subtype" => "Image" }, b"");
    builder.resource("XObject", "Im", image);
    builder.page("q 600 0 0 800 0 0 cm /Im Do Q 1 g BT /F1 12 Tf 100 700 Td (over a picture that fills the page) Tj ET");
    let quality = pages(&builder.finish()).quality;
    assert!(quality.undecided_visibility);
    assert_eq!(quality.n_pages_of_image, 1);
    assert!(!pages(&one_page("BT /F1 12 Tf 100 700 Td (plain) Tj ET")).quality.undecided_visibility);
}

fn to_unicode(builder: &mut Builder, map: &str) -> Object {
    builder.stream(Dictionary::new(), map.as_bytes())
}

#[test]
fn fonts_by_their_kinds() {
    let mut builder = Builder::new();
    let differences =
        vec![1.into(), "bullet".into(), "fi".into(), "uni4E00".into(), 65.into(), "germandbls".into()];
    let encoding = dictionary! { "Type" => "Encoding", "Differences" => differences };
    builder.font(
        "D",
        dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "X", "Encoding" => encoding },
    );
    let map = to_unicode(&mut builder, "2 beginbfchar <01> <5F20> <02> <00660066> endbfchar");
    builder.font(
        "U",
        dictionary! { "Type" => "Font", "Subtype" => "TrueType", "BaseFont" => "Y", "ToUnicode" => map },
    );
    let map = to_unicode(&mut builder, "1 beginbfrange <0001> <0003> [<7535> <6C60> <FB03>] endbfrange");
    let descendant = dictionary! {
        "Type" => "Font", "Subtype" => "CIDFontType2", "BaseFont" => "Z", "DW" => 1000,
        "W" => vec![3.into(), vec![500.into()].into()],
    };
    builder.font(
        "C",
        dictionary! {
            "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "Z", "Encoding" => "Identity-H",
            "DescendantFonts" => vec![descendant.into()], "ToUnicode" => map,
        },
    );
    for (name, encoding) in [("G", "GBK-EUC-H"), ("I", "Identity-H")] {
        let info = dictionary! {
            "Registry" => Object::string_literal("Adobe"), "Ordering" => Object::string_literal("GB1"), "Supplement" => 2,
        };
        let descendant =
            dictionary! { "Type" => "Font", "Subtype" => "CIDFontType0", "CIDSystemInfo" => info };
        builder.font(
            name,
            dictionary! {
                "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "S", "Encoding" => encoding,
                "DescendantFonts" => vec![descendant.into()],
            },
        );
    }
    for (content, expected) in [
        ("/D 12 Tf 50 700 Td (\\001\\002\\003A) Tj", "•fi一ß"),
        ("/U 12 Tf 50 700 Td (\\001\\002b) Tj", "张ffb"),
        ("/C 12 Tf 50 700 Td <0001000200030009> Tj", "电池ffi\u{fffd}"),
        ("/G 12 Tf 50 700 Td <B5E7B3D8> Tj", "电池"),
        ("/I 12 Tf 50 700 Td <0E95> Tj", ""),
    ] {
        let _ = expected;
        builder.page(format!("BT {content} ET"));
    }
    let pages = pages(&builder.finish()).pages;
    let texts: Vec<&str> = pages.iter().map(|page| page.text.as_str()).collect();
    assert_eq!(texts[..4], ["•fi一ß", "张ffb", "电池ffi\u{fffd}", "电池"]);
    assert!(
        texts[4].chars().all(|scalar| ('\u{4e00}'..'\u{a000}').contains(&scalar)) && !texts[4].is_empty()
    );
    assert_eq!(run_text(&pages[2], 0), "电池", "a stretch of Chinese is one run");
    assert_eq!(run_text(&pages[2], 1), "ffi\u{fffd}");
}

#[test]
fn forms_are_walked_with_their_matrix() {
    let mut builder = Builder::new();
    let matrix: Vec<Object> = vec![1.into(), 0.into(), 0.into(), 1.into(), 100.into(), 50.into()];
    let form = builder.stream(
        dictionary! { "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 300.into(), 300.into()], "Matrix" => matrix },
        b"BT /F1 10 Tf 0 0 Td (inside) Tj ET",
    );
    builder.resource("XObject", "Fm", form);
    builder.page("/Fm Do BT /F1 10 Tf 10 700 Td (outside) Tj ET");
    let page = first_page(&builder.finish());
    assert_eq!(page.text, "outside\n\ninside");
    assert_eq!((page.runs[1].bounds.left, page.runs[1].bounds.top), (10_000, 74_200));
}

#[test]
fn fields_show_their_appearance_or_value() {
    let mut builder = Builder::new();
    let appearance = builder.stream(
        dictionary! { "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 100.into(), 20.into()] },
        b"BT /F1 10 Tf 2 5 Td (drawn) Tj ET",
    );
    let rect = |y: i64| -> Vec<Object> { vec![100.into(), y.into(), 200.into(), (y + 20).into()] };
    let resources = dictionary! { "N" => appearance };
    builder.annotation(
        dictionary! { "Subtype" => "Widget", "FT" => "Tx", "Rect" => rect(700), "AP" => resources },
    );
    let value = Object::String(b"\xfe\xff\x5f\x20\x4e\x09".to_vec(), StringFormat::Literal);
    builder
        .annotation(dictionary! { "Subtype" => "Widget", "FT" => "Tx", "Rect" => rect(600), "V" => value });
    let secret = Object::string_literal("secret");
    builder.annotation(
        dictionary! { "Subtype" => "Widget", "FT" => "Tx", "Rect" => rect(500), "V" => secret, "F" => 2 },
    );
    builder.page("BT /F1 10 Tf 50 750 Td (Form) Tj ET");
    let text = first_page(&builder.finish()).text;
    assert!(text.starts_with("Form") && text.ends_with("张三") && !text.contains("secret"), "{text}");
}

#[test]
fn actual_text_stands_in_within_proportion() {
    for (content, expected) in [
        ("/Span <</ActualText (fi)>> BDC (\\001) Tj EMC (x) Tj", "fix"),
        ("/Span <</ActualText <FEFF00AD>>> BDC (-) Tj EMC (x) Tj", "x"),
        ("/Span <</ActualText (python rust golang kubernetes)>> BDC (.) Tj EMC", "."),
    ] {
        let text = text_of(&format!("BT /F1 12 Tf 100 700 Td {content} ET"));
        assert_eq!(text, expected, "{content}");
    }
}

#[test]
fn a_bad_part_costs_only_itself() {
    let mut builder = Builder::new();
    let broken = builder.stream(dictionary! { "Filter" => "NoSuchDecode" }, b"garbage");
    builder.page_of(broken);
    builder.page("BT /F1 12 Tf 100 700 Td (the second page can be read) Tj ET");
    let pages = pages(&builder.finish());
    assert!(pages.quality.partial);
    assert_eq!(pages.quality.verdict, Verdict::Readable);
    assert_eq!(pages.diagnostics[0].page, Some(1));
    assert_eq!(pages.pages[1].text, "the second page can be read");
}

#[test]
fn forms_without_end_cost_only_themselves() {
    // Each of `n_forms` shows text, and the next one; the last one shows the first.
    let read_forms = |n_forms: u32| {
        let mut builder = Builder::new();
        let id = |index: u32| (1000 + index % n_forms, 0);
        for index in 0..n_forms {
            let content = format!("BT /F1 9 Tf 20 {} Td ({index}) Tj ET /Next Do /Next Do", 700 - 20 * index);
            let form = lopdf::Stream::new(
                dictionary! {
                    "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 600.into(), 800.into()],
                    "Resources" => dictionary! {
                        "XObject" => dictionary! { "Next" => id(index + 1) },
                        "Font" => dictionary! { "F1" => dictionary! {
                            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
                        } },
                    },
                },
                content.into_bytes(),
            );
            builder.document.objects.insert(id(index), form.into());
        }
        builder.document.max_id = 2000;
        builder.resource("XObject", "Fm", id(0).into());
        builder.page("/Fm Do BT /F1 12 Tf 20 100 Td (the rest of the page) Tj ET");
        let pages = read(&builder.finish(), &small_limits()).unwrap();
        assert!(pages.quality.partial);
        let text = pages.pages[0].text.split_whitespace().collect::<Vec<_>>().join(" ");
        (text, pages.diagnostics[0].message.clone())
    };
    let rest = "the rest of the page";
    assert_eq!(read_forms(1), (format!("0 {rest}"), "a form shows itself".to_owned()));
    assert_eq!(read_forms(3), (format!("0 1 2 {rest}"), "a form shows itself".to_owned()));
    assert_eq!(read_forms(6), (format!("0 1 2 3 {rest}"), "forms lie too deep within forms".to_owned()));
}

#[test]
fn verdicts_tell_scans_and_garbled_text() {
    assert_eq!(pages(&one_page("0 0 m 10 10 l S")).quality.verdict, Verdict::NoText);
    let mut builder = Builder::new();
    builder.font(
        "G",
        dictionary! {
            "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "Z", "Encoding" => "Identity-H",
            "DescendantFonts" => vec![dictionary! { "Type" => "Font", "Subtype" => "CIDFontType2" }.into()],
        },
    );
    let codes = (1..40).fold(String::new(), |codes, code| codes + &format!("{code:04x}"));
    builder.page(format!("BT /G 12 Tf 10 700 Td <{codes}> Tj ET"));
    let quality = pages(&builder.finish()).quality;
    assert_eq!((quality.verdict, quality.n_unmapped), (Verdict::Garbled, 39));
}

fn small_limits() -> Limits {
    Limits {
        content_bytes: 10_000,
        n_pages: 5,
        n_operands: 1000,
        form_depth: 4,
        n_characters: 5000,
        cmap_bytes: 1000,
        ..Limits::STANDARD
    }
}

#[test]
fn limits_end_what_would_not_end() {
    let over = |bytes: &[u8]| match read(bytes, &small_limits()) {
        Err(ReadError::OverLimit { what, .. }) => what,
        Err(_) => "another error",
        Ok(_) => "no error",
    };
    assert_eq!(over(&one_page(&"q ".repeat(6000))), "bytes of content in all");
    assert_eq!(over(&one_page(&format!("[{}] TJ", "1 ".repeat(2000)))), "operands of one operator");
    let mut builder = Builder::new();
    for _ in 0..6 {
        builder.page("");
    }
    assert_eq!(over(&builder.finish()), "pages");
    let mut builder = Builder::new();
    let shared = builder.stream(Dictionary::new(), &b"q Q ".repeat(700));
    for _ in 0..4 {
        builder.page_of(shared.clone());
    }
    assert_eq!(over(&builder.finish()), "bytes of content in all", "a shared stream counts on each page");
    let mut builder = Builder::new();
    let map = to_unicode(&mut builder, &" ".repeat(2000));
    builder.font("U", dictionary! { "Subtype" => "Type1", "ToUnicode" => map });
    builder.page("/U 1 Tf");
    assert_eq!(over(&builder.finish()), "bytes of a character map");
    let long = "BT /F1 9 Tf (0123456789) Tj ET ".repeat(300);
    let many = Limits { n_characters: 500, ..Limits::STANDARD };
    assert!(matches!(read(&one_page(&long), &many), Err(ReadError::OverLimit { .. })));
    let small = Limits { file_bytes: 10, ..Limits::STANDARD };
    assert!(matches!(read(&one_page(""), &small), Err(ReadError::OverLimit { .. })));
}

#[test]
fn cyclic_page_trees_end() {
    let mut builder = Builder::new();
    builder.page("BT /F1 12 Tf 100 700 Td (only once) Tj ET");
    let mut document = lopdf::Document::load_mem(&builder.finish()).unwrap();
    let root = document.catalog().unwrap().get(b"Pages").and_then(Object::as_reference).unwrap();
    let kids =
        document.get_dictionary_mut(root).unwrap().get_mut(b"Kids").and_then(Object::as_array_mut).unwrap();
    kids.push(root.into());
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    assert_eq!(pages(&bytes).pages.len(), 1);
}

#[test]
fn damaged_tables_are_rebuilt() {
    let bytes = one_page("BT /F1 12 Tf 100 700 Td (still here after all) Tj ET");
    let start = memchr::memmem::rfind(&bytes, b"startxref").unwrap();
    assert_eq!(first_page(&bytes[..start]).text, "still here after all");
    let shifted = [b"some bytes before\n".as_slice(), &bytes].concat();
    assert_eq!(first_page(&shifted).text, "still here after all");
}

#[test]
fn errors_carry_their_reason() {
    let error = read(b"{\\rtf1}", &Limits::STANDARD).unwrap_err();
    assert_eq!(error.reason(), bole_core::Reason::UnsupportedType);
    assert_eq!(error.to_string(), "`rtf` documents are not read yet");
    let error = read(b"%PDF-1.4 nothing else", &Limits::STANDARD).unwrap_err();
    assert_eq!(error.reason(), bole_core::Reason::NotADocument);
}

/// A file with most features in it, to mutate.
fn rich_file() -> Vec<u8> {
    let mut builder = Builder::new();
    let map = to_unicode(&mut builder, "1 beginbfrange <0001> <00ff> <4E00> endbfrange");
    let descendant = dictionary! { "Type" => "Font", "Subtype" => "CIDFontType2", "W" => vec![1.into(), 90.into(), 900.into()] };
    builder.font(
        "C",
        dictionary! {
            "Type" => "Font", "Subtype" => "Type0", "Encoding" => "Identity-H",
            "DescendantFonts" => vec![descendant.into()], "ToUnicode" => map,
        },
    );
    let form = builder.stream(
        dictionary! { "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 300.into(), 300.into()] },
        b"BT /F1 10 Tf 0 0 Td (inside) Tj ET",
    );
    builder.resource("XObject", "Fm", form);
    builder.page(
        "q 1 0 0 1 10 10 cm /Fm Do Q BT /F1 12 Tf 14 TL 100 700 Td [(Hel)-20(lo)] TJ T* (World) ' /C 12 Tf 0 -20 Td \
        <000100020003> Tj ET /Span <</ActualText (fi)>> BDC BT /F1 9 Tf 5 5 Td (x) Tj ET EMC 0 0 9 9 re W n \
        0.5 g 1 1 50 50 re f BI /W 1 /H 1 ID \u{1} EI BT /F1 9 Tf 5 5 Td (y) Tj ET",
    );
    builder.finish()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        drop(read(&bytes, &small_limits()));
        drop(read(&[b"%PDF-1.7\n".as_slice(), &bytes].concat(), &small_limits()));
    }

    #[test]
    fn arbitrary_content_keeps_the_contract(
        content in "([-0-9. ]{0,8}(BT|ET|Tj|TJ|Td|TD|Tm|T\\*|'|\"|Tf|Tc|Tw|Tz|TL|Ts|Tr|q|Q|cm|re|f|W|n|Do|BDC|EMC|g|\\(a b\\)|<41>|\\[|\\]|/F1|/Fm|<<|>>) ?){0,60}",
    ) {
        if let Ok(pages) = read(&one_page(&format!("BT /F1 12 Tf 100 700 Td (x) Tj {content} (y z) Tj")), &small_limits()) {
            check_contract(&pages);
        }
    }

    #[test]
    fn mutated_files_never_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)) {
        let mut bytes = rich_file();
        for (index, byte) in changes {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        if let Ok(pages) = read(&bytes, &small_limits()) {
            check_contract(&pages);
        }
    }
}
