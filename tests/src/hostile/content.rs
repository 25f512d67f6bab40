//! Content that was made to cost much: operators, nesting, forms, text and shapes without measure.

use std::fmt::Write;

use crate::hostile::{Hostile, SEEN};
use crate::pdf::{FONT, Pdf, one_page};

pub(crate) const CASES: &[Hostile] = &[
    Hostile::new("arrays within arrays", || around("[", 1_000_000, "]"), "read"),
    Hostile::new("dictionaries within dictionaries", || around("/T <</A", 300_000, ">> BDC "), "read"),
    Hostile::new("saved states within saved states", || around("q ", 1_000_000, "Q "), "read"),
    Hostile::new("text objects within text objects", || around("BT ", 500_000, "ET "), "read"),
    Hostile::new("marked content within marked content", || around("/A BMC ", 500_000, "EMC "), "read"),
    Hostile::new("clips within clips", || around("q 1 1 598 798 re W n ", 200_000, "Q "), "read"),
    Hostile::new("parentheses within parentheses", || around("(", 1_000_000, ")"), "read"),
    Hostile::new("strings that are not closed", || after("(abc ", 500_000), "read").showing("seen"),
    Hostile::new("hexadecimal strings that are not closed", || after("<41", 500_000), "read").showing("seen"),
    Hostile::new("inline images that do not end", || after("BI /W 1 /H 1 ID ", 200_000), "read")
        .showing("seen"),
    Hostile::new("inline images that end at once", || after("BI /W 1 /H 1 ID  EI ", 200_000), "read")
        .showing("seen"),
    Hostile::new("comments", || after("%\n", 2_000_000), "read").showing("seen"),
    Hostile::new(
        "a name of ten megabytes in content",
        || after("/nnnnnnnnnnnnnnn", 1).into_iter().chain(b"n".repeat(10 << 20)).collect(),
        "read",
    ),
    Hostile::new("operands without an operator", || after("1 ", 2_000_000), "read"),
    Hostile::new("a million operators that are none", || after("zz ", 1_000_000), "read").showing("seen"),
    Hostile::new("a million changes of colour", || after("1 0 0 rg ", 1_000_000), "read").showing("seen"),
    Hostile::new("a million changes of font", || after("/F 9 Tf ", 1_000_000), "read"),
    Hostile::new(
        "a million rectangles before the text",
        || [after("9 9 5 5 re f ", 1_000_000)].concat(),
        "read",
    )
    .showing("seen"),
    Hostile::new("rectangles between letters", shapes_and_letters, "read"),
    Hostile::new("a path of a million corners", || after("9 9 l ", 1_000_000), "read").showing("seen"),
    Hostile::new("a path of many clips", || after("9 9 500 500 re W* ", 500_000), "read"),
    Hostile::new("numbers beyond all bounds", odd_numbers, "read"),
    Hostile::new("a megabyte of text without a space", || long_text(1 << 20), "no_text"),
    Hostile::new("fifteen megabytes of text without a space", || long_text(15 << 20), "over_limit"),
    Hostile::new("letters one by one on one line", || placed(|index| (index % 600, 700)), "read"),
    Hostile::new("letters all at one place", || placed(|_| (300, 400)), "no_text"),
    Hostile::new(
        "letters all over the page",
        || placed(|index| (index % 9973 * 7919 % 599, index % 9973 * 977 % 797)),
        "read",
    ),
    Hostile::new("letters down a staircase", || placed(|index| (index % 600, index * 4 % 800)), "read"),
    Hostile::new(
        "a column of letters beside each other",
        || placed(|index| (index / 400 % 100 * 6, index % 400 * 2)),
        "read",
    ),
    Hostile::new("letters at all angles", turned, "read"),
    Hostile::new("a form that shows itself", || forms(1, 1), "read_in_part").showing("seen"),
    Hostile::new("a form that shows itself a thousand times", || forms(1, 1000), "read_in_part")
        .showing("seen"),
    Hostile::new("forms that show the next one", || forms(40, 1), "read_in_part").showing("seen"),
    Hostile::new("forms that show the next one twice", || forms(40, 2), "read_in_part"),
    Hostile::new("forms that show the next one a hundred times", || forms(16, 100), "over_limit"),
    Hostile::new("a hundred thousand forms side by side", many_forms, "read"),
    Hostile::new("text that stands in for text", stand_ins, "read"),
    Hostile::new("control characters as text", control_characters, "no_text").showing("A\u{fffd}B\u{fffd}C"),
];

fn around(open: &str, count: usize, close: &str) -> Vec<u8> {
    one_page(format!("{SEEN}{} {} {SEEN}", open.repeat(count), close.repeat(count)))
}

fn after(piece: &str, count: usize) -> Vec<u8> {
    one_page(SEEN.to_owned() + &piece.repeat(count))
}

fn shapes_and_letters() -> Vec<u8> {
    let mut content = String::new();
    for index in 0..100_000 {
        let (x, y) = (index % 9973 * 7919 % 590, index % 9973 * 977 % 790);
        write!(content, "BT /F 9 Tf {x} {y} Td (a) Tj ET {x} {y} 20 20 re f ").unwrap();
    }
    one_page(content)
}

fn odd_numbers() -> Vec<u8> {
    let mut content = SEEN.to_owned();
    let numbers = [
        "1e38",
        "-99999999999999999999999999999999999999999",
        "0.0000000000000000000000000000000000001",
        "--5",
        "+.",
        "-",
        "1.2.3",
        "NaN",
        "4294967296",
        "-2147483648",
    ];
    for number in numbers {
        for template in [
            "N 0 0 N 0 0 cm",
            "BT /F N Tf (a b) Tj ET",
            "BT N Tc N Tw N TL N Tz N Ts N Tr /F 9 Tf (a b) Tj T* (c) Tj ET",
            "BT N N N N N N Tm (a) Tj ET",
            "BT /F 9 Tf [(a) N (b) N (c)] TJ ET",
            "N N N N re f",
            "N N m N N N N N N c W n",
            "N N Td",
            "N w N i N J N j [N N] N d",
            "N g N N N rg N N N N k",
        ] {
            write!(content, "q {} Q ", template.replace('N', number)).unwrap();
        }
    }
    one_page(content + SEEN)
}

fn long_text(n_bytes: usize) -> Vec<u8> {
    one_page(format!("BT /F 1 Tf 1 0 0 1 50 700 Tm ({}) Tj ET", "a".repeat(n_bytes)))
}

/// A hundred thousand letters, each at a place of its own.
fn placed(place: fn(usize) -> (usize, usize)) -> Vec<u8> {
    let mut content = "BT /F 8 Tf ".to_owned();
    for index in 0..100_000 {
        let (x, y) = place(index);
        write!(content, "1 0 0 1 {x} {y} Tm (a) Tj ").unwrap();
    }
    one_page(content + "ET")
}

fn turned() -> Vec<u8> {
    let mut content = "BT /F 8 Tf ".to_owned();
    for index in 0..50_000_u32 {
        let (sine, cosine) = (f64::from(index) / 1000.0).sin_cos();
        write!(content, "{cosine:.4} {sine:.4} {:.4} {cosine:.4} 300 400 Tm (turned) Tj ", -sine).unwrap();
    }
    one_page(content + "ET")
}

/// Codes of UTF-16 that stand for control characters, among letters.
fn control_characters() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let font = pdf.add(
        "<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/UniGB-UTF16-H/DescendantFonts[<</Type/Font\
         /Subtype/CIDFontType0/BaseFont/Song/DW 1000/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 5>>>>]>>",
    );
    pdf.page_with(
        "BT /F 12 Tf 50 700 Td <0041001300420010004300060085000A000D> Tj ET",
        &format!("/Font<</F {font} 0 R>>"),
        "",
    );
    pdf.finish()
}

/// Forms from object 100 on, each showing the next so often, the last one itself.
fn forms(depth: u32, often: usize) -> Vec<u8> {
    let mut pdf = Pdf::default();
    for level in 0..depth {
        let next = 100 + (level + 1).min(depth - 1);
        let content = format!("BT /F 9 Tf (a) Tj ET {}", "/X Do ".repeat(often));
        pdf.put(
            100 + level,
            format!(
                "<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<<{FONT}/XObject<</X {next} 0 R>>>>/Length {}>>stream\n{content}\nendstream",
                content.len()
            ),
        );
    }
    pdf.page_with(format!("{SEEN}/X Do"), &format!("{FONT}/XObject<</X 100 0 R>>"), "");
    pdf.finish()
}

fn many_forms() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let form = pdf.stream("/Type/XObject/Subtype/Form/BBox[0 0 600 800]", "");
    pdf.page_with(
        SEEN.to_owned() + &"/X Do ".repeat(100_000),
        &format!("{FONT}/XObject<</X {form} 0 R>>"),
        "",
    );
    pdf.finish()
}

fn stand_ins() -> Vec<u8> {
    let piece = "/Span<</ActualText(stand in)>>BDC BT /F 9 Tf 50 600 Td (abcdefgh) Tj ET ";
    one_page(SEEN.to_owned() + &piece.repeat(50_000) + &"EMC ".repeat(50_000))
}
