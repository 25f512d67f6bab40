//! Tests of the reading order over pages drawn in the test.

use std::fmt::Write;

use lopdf::{Object, dictionary};

use crate::testing::{Builder, one_page};
use crate::tests::{first_page, run_text, text_of};

/// Lines of text in Helvetica of size 10 at (x, y).
fn drawn(lines: &[(f32, f32, &str)]) -> String {
    let mut content = String::new();
    for (x, y, text) in lines {
        writeln!(content, "BT /F1 10 Tf {x} {y} Td ({text}) Tj ET").unwrap();
    }
    content
}

#[test]
fn ruled_tables_are_read_cell_by_cell() {
    // Borders as strokes, as thin bars, and as the sides of rectangles.
    let strokes = "50 700 m 350 700 l S 50 650 m 250 650 l S 50 600 m 350 600 l S 50 700 m 50 600 l S \
                   150 700 m 150 600 l S 250 700 m 250 600 l S 350 700 m 350 600 l S\n";
    let bars = "50 700 300 1 re f 50 650 200 1 re f 50 600 300 1 re f 50 600 1 100 re f 150 600 1 100 re f \
                250 600 1 100 re f 350 600 1 100 re f\n";
    let boxes =
        "50 650 100 50 re 150 650 100 50 re 50 600 100 50 re 150 600 100 50 re 250 600 100 100 re S\n";
    // Painted column by column, with a cell beside both rows.
    let cells = drawn(&[
        (60.0, 670.0, "Name"),
        (60.0, 620.0, "Born"),
        (160.0, 685.0, "Zhang"),
        (160.0, 672.0, "San"),
        (160.0, 620.0, "1995"),
        (260.0, 650.0, "Photo"),
    ]);
    for rules in [strokes, bars, boxes] {
        assert_eq!(text_of(&format!("{rules}{cells}")), "Name\nZhang\nSan\nBorn  1995\nPhoto", "{rules}");
    }
    assert_eq!(text_of(&cells), "Zhang\nName  San\n\nPhoto\n\nBorn  1995");
}

#[test]
fn what_is_wrapped_in_a_record_stays_in_its_cell() {
    let rules = "50 700 m 350 700 l S 50 650 m 350 650 l S 50 600 m 350 600 l S 50 700 m 50 600 l S \
                 150 700 m 150 600 l S 250 700 m 250 600 l S 350 700 m 350 600 l S\n";
    let cells = drawn(&[
        (60.0, 685.0, "2018.03-"),
        (60.0, 672.0, "2019.05"),
        (160.0, 685.0, "Example"),
        (160.0, 672.0, "Company"),
        (260.0, 685.0, "Engineer"),
        (60.0, 620.0, "2020"),
        (160.0, 620.0, "Another"),
        (260.0, 620.0, "Lead"),
    ]);
    let expected = "2018.03-2019.05  Example Company  Engineer\n2020  Another  Lead";
    assert_eq!(text_of(&format!("{rules}{cells}")), expected);
}

#[test]
fn letters_set_apart_are_words() {
    // As browsers place them: each letter by itself, half a size from the one before.
    let apart = |text: &str| -> String {
        let letters = text
            .chars()
            .map(|letter| if letter == ' ' { "-800 ".to_owned() } else { format!("({letter}) -500 ") });
        format!("[{}] TJ", letters.collect::<String>())
    };
    for (content, expected) in [
        (apart("TRAINING AND TRIPS").as_str(), "TRAINING AND TRIPS"),
        (apart("Education").as_str(), "Education"),
        ("(E D U C A T I O N) Tj", "EDUCATION"),
        ("(S K I L L S:) Tj", "SKILLS:"),
        ("(a b c d) Tj", "a b c d"),
        ("(Plan A B) Tj", "Plan A B"),
        ("(X X X X X) Tj", "X X X X X"),
        // Each letter painted twice.
        ("[(B) 640 (B) 27 (o) 530 (o) 26 (l) 195 (l)] TJ", "Bol"),
        ("(all) Tj", "all"),
    ] {
        assert_eq!(text_of(&format!("BT /F1 10 Tf 50 700 Td {content} ET")), expected, "{content}");
    }
}

#[test]
fn broken_words_are_put_together_and_compounds_kept() {
    let text = text_of(&drawn(&[
        (50.0, 700.0, "in charge of the organi-"),
        (50.0, 687.0, "zation of a self-"),
        (50.0, 674.0, "service platform, its devel-"),
        (50.0, 661.0, "opers and their docu-"),
        (50.0, 648.0, "ments"),
    ]));
    assert_eq!(
        text,
        "in charge of the organization\nof a self-\nservice platform, its developers\nand their documents"
    );
    // One hyphen on a page is that of a compound, unless no word begins with what follows.
    for (start, end, expected) in [
        ("of world-", "renowned", "of world-\nrenowned"),
        ("of informa-", "tion", "of information"),
        ("2010-", "2014", "2010-\n2014"),
    ] {
        assert_eq!(text_of(&drawn(&[(50.0, 700.0, start), (50.0, 687.0, end)])), expected);
    }
    let page = first_page(&one_page(&drawn(&[(50.0, 700.0, "informa-"), (50.0, 687.0, "tion")])));
    assert_eq!((run_text(&page, 0), run_text(&page, 1)), ("informa".to_owned(), "tion".to_owned()));
    assert_eq!((page.runs[0].bounds.top, page.runs[1].bounds.top), (9_200, 10_500));
}

#[test]
fn headers_and_labels_beside_columns() {
    // A header over the right column, painted first.
    let mut lines = vec![(300.0, 760.0, "Header")];
    lines.extend([700.0, 687.0, 674.0, 661.0].map(|y| (50.0, y, "left column")));
    lines.extend([700.0, 687.0, 674.0, 661.0].map(|y| (250.0, y, "right column")));
    let text = text_of(&drawn(&lines));
    assert!(text.starts_with("Header"), "{text}");
    assert!(text.rfind("left").unwrap() < text.find("right").unwrap(), "{text}");
    // What follows two columns stands below the left one, as near as its own lines.
    let mut lines: Vec<(f32, f32, &str)> = [700.0, 687.0, 674.0].map(|y| (50.0, y, "left column")).to_vec();
    lines.extend([696.0, 683.0, 670.0, 657.0].map(|y| (250.0, y, "right column")));
    lines.extend([(50.0, 651.0, "Next"), (50.0, 638.0, "and more")]);
    let text = text_of(&drawn(&lines));
    assert!(text.rfind("right").unwrap() < text.find("Next").unwrap(), "{text}");
    // Labels painted before all of their values.
    let labels = drawn(&[
        (50.0, 700.0, "Knows"),
        (50.0, 685.0, "Used"),
        (50.0, 670.0, "Saw"),
        (120.0, 700.0, "Rust and C with much else"),
        (120.0, 685.0, "Java"),
        (120.0, 670.0, "Perl"),
    ]);
    assert_eq!(text_of(&labels), "Knows  Rust and C with much else\nUsed  Java\nSaw  Perl");
}

/// With a font `G` whose codes are UTF-16.
fn with_chinese_font() -> Builder {
    let mut builder = Builder::new();
    let info = dictionary! {
        "Registry" => Object::string_literal("Adobe"), "Ordering" => Object::string_literal("GB1"), "Supplement" => 2,
    };
    let descendant = dictionary! { "Type" => "Font", "Subtype" => "CIDFontType0", "CIDSystemInfo" => info };
    builder.font(
        "G",
        dictionary! {
            "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "S", "Encoding" => "UniGB-UTF16-H",
            "DescendantFonts" => vec![descendant.into()],
        },
    );
    builder
}

#[test]
fn chinese_is_read_downwards_where_it_is_written_so() {
    let mut builder = with_chinese_font();
    let mut content = String::new();
    for (x, column) in [(400, "电池工程师"), (380, "研究开发"), (360, "三年")] {
        for (line, letter) in column.chars().enumerate() {
            let y = 700 - 12 * line;
            writeln!(content, "BT /G 12 Tf {x} {y} Td <{:04X}> Tj ET", letter as u32).unwrap();
        }
    }
    builder.page(&content);
    assert_eq!(first_page(&builder.finish()).text, "电池工程师\n研究开发\n三年");
}

#[test]
fn spaces_that_were_not_painted_part_ideographs() {
    let mut builder = with_chinese_font();
    // One letter per white before it, in thousandths of the size: tight with one space, evenly apart, a label
    // drawn apart, and a line stretched to the width of its column.
    let cases = [
        ("电池公司工程师", &[0, 0, 0, 320, 0, 0][..], "电池公司 工程师"),
        ("教育背景", &[500, 500, 500], "教育背景"),
        ("教育背景", &[900, 900, 900], "教育背景"),
        ("姓名：张三", &[2000, 0, 0, 0], "姓名：张三"),
        ("负责电池工程研究开发", &[350, 340, 350, 340, 350, 340, 350, 340, 350], "负责电池工程研究开发"),
    ];
    for (text, white, _) in cases {
        let letters: Vec<String> = text.chars().map(|letter| format!("<{:04X}>", letter as u32)).collect();
        let mut shown = String::new();
        for (letter, white) in letters.iter().zip(white.iter().chain([&0])) {
            write!(shown, "{letter} {} ", -white).unwrap();
        }
        builder.page(format!("BT /G 12 Tf 50 700 Td [{shown}] TJ ET"));
    }
    let bytes = builder.finish();
    let pages = crate::read(&bytes, &crate::Limits::STANDARD).unwrap().pages;
    for (page, (_, _, expected)) in pages.iter().zip(cases) {
        assert_eq!(page.text, expected);
    }
}
