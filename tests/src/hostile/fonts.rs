//! Fonts and character maps that were made to cost much.

use std::fmt::Write;

use crate::hostile::Hostile;
use crate::hostile::files::BOMB_BYTES;
use crate::pdf::{Pdf, deflate};

const PLAIN: &str = "/Type/Font/Subtype/Type1/BaseFont/Helvetica";
const SHOW: &str = "BT /F 12 Tf 50 700 Td (seen) Tj <0001000200030041> Tj ET";

pub(crate) const CASES: &[Hostile] = &[
    Hostile::new(
        "a map of very many ranges",
        || mapped(&"<0000> <ffff> <0041>\n".repeat(150_000)),
        "no_text",
    ),
    Hostile::new(
        "a map of ranges as wide as codes go",
        || mapped(&"<00000000> <ffffffff> <0041>\n".repeat(1000)),
        "no_text",
    ),
    Hostile::new(
        "a map to very long texts",
        || mapped(&format!("<00> <ff> <{}>\n", "0041".repeat(100_000)).repeat(5)),
        "read",
    ),
    Hostile::new("a map that unfolds to 80 MiB", map_bomb, "over_limit"),
    Hostile::new("a map that builds on itself", recursive_map, "no_text"),
    Hostile::new("a map of nested arrays", || mapped(&"<00> <ff> [".repeat(200_000)), "no_text"),
    Hostile::new(
        "widths of a million codes",
        || plain(&format!("/FirstChar 0/LastChar 999999/Widths[{}]", "500 ".repeat(1_000_000))),
        "no_text",
    ),
    Hostile::new(
        "widths that begin below zero",
        || plain("/FirstChar -2147483648/LastChar 2147483647/Widths[1 2 3]"),
        "no_text",
    )
    .showing("seen"),
    Hostile::new(
        "widths that are no numbers",
        || plain("/FirstChar 0/LastChar 255/Widths[1e38 -1e38 null [] 99999999999999999999]"),
        "no_text",
    ),
    Hostile::new(
        "names for codes that cannot be",
        || plain("/Encoding<</Differences[-5/a 99999999999/b 300/c/d 2147483647/e/f]>>"),
        "no_text",
    )
    .showing("seen"),
    Hostile::new(
        "a font that is its own encoding",
        || plain("/Encoding 3 0 R/ToUnicode 3 0 R/FontDescriptor 3 0 R"),
        "no_text",
    ),
    Hostile::new(
        "a font of composite fonts in a circle",
        || plain_of("/Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[3 0 R]"),
        "no_text",
    ),
    Hostile::new(
        "composite widths as wide as codes go",
        || composite("/W[0 2147483647 500 -5 5 1e38 7[1 2 3] 2147483647[1 2 3]]/DW -1e38"),
        "no_text",
    ),
    Hostile::new(
        "composite widths of half a million",
        || composite(&format!("/W[{}]", "1 2 500 ".repeat(500_000))),
        "no_text",
    ),
    Hostile::new("a map of glyphs that unfolds", glyph_map_bomb, "no_text"),
    Hostile::new("a font program that unfolds to 80 MiB", || program_bomb(1), "over_limit"),
    Hostile::new("fonts that share a program that unfolds", || program_bomb(10), "over_limit"),
    Hostile::new("font programs of noise", noise_programs, "garbled_text"),
    Hostile::new("a Type 3 font that shows itself", recursive_type3, "no_text"),
    Hostile::new("a thousand fonts that share a map", many_fonts, "read"),
];

fn plain(entries: &str) -> Vec<u8> {
    plain_of(&format!("{PLAIN}{entries}"))
}

/// A page in a font of these entries, which is object 3.
fn plain_of(entries: &str) -> Vec<u8> {
    let mut pdf = Pdf::default();
    pdf.add(format!("<<{entries}>>"));
    pdf.page_with(SHOW, "/Font<</F 3 0 R>>", "");
    pdf.finish()
}

fn with_map(pdf: &mut Pdf, map: u32) {
    let font = pdf.add(format!("<<{PLAIN}/ToUnicode {map} 0 R>>"));
    pdf.page_with(SHOW, &format!("/Font<</F {font} 0 R>>"), "");
}

fn mapped(ranges: &str) -> Vec<u8> {
    let mut pdf = Pdf::default();
    let map = pdf.stream("", format!("begincmap 1 begincodespacerange <00> <ff> endcodespacerange 100 beginbfrange\n{ranges}endbfrange endcmap"));
    with_map(&mut pdf, map);
    pdf.finish()
}

fn map_bomb() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let map = pdf.stream("/Filter/FlateDecode", deflate(vec![b' '; BOMB_BYTES]));
    with_map(&mut pdf, map);
    pdf.finish()
}

fn recursive_map() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let map = pdf.stream(
        "/Type/CMap/CMapName/Own/UseCMap 3 0 R",
        "/Own usecmap begincmap 1 begincidrange <0000> <ffff> 0 endcidrange endcmap",
    );
    let kind = pdf.add("<</Type/Font/Subtype/CIDFontType0/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>");
    let font = pdf.add(format!("<</Type/Font/Subtype/Type0/BaseFont/A/Encoding {map} 0 R/ToUnicode {map} 0 R/DescendantFonts[{kind} 0 R]>>"));
    pdf.page_with(SHOW, &format!("/Font<</F {font} 0 R>>"), "");
    pdf.finish()
}

fn composite(entries: &str) -> Vec<u8> {
    let mut pdf = Pdf::default();
    composite_in(&mut pdf, entries);
    pdf.finish()
}

fn composite_in(pdf: &mut Pdf, entries: &str) {
    let kind = pdf.add(format!("<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>{entries}>>"));
    let font = pdf.add(format!(
        "<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[{kind} 0 R]>>"
    ));
    pdf.page_with(SHOW, &format!("/Font<</F {font} 0 R>>"), "");
}

fn glyph_map_bomb() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let map = pdf.stream("/Filter/FlateDecode", deflate(vec![1; BOMB_BYTES]));
    composite_in(&mut pdf, &format!("/CIDToGIDMap {map} 0 R"));
    pdf.finish()
}

fn program_bomb(n_fonts: usize) -> Vec<u8> {
    let mut pdf = Pdf::default();
    let data: Vec<u8> =
        [b"\x00\x01\x00\x00\xff\xff".as_slice(), &vec![0; if n_fonts == 1 { BOMB_BYTES } else { 30 << 20 }]]
            .concat();
    let program = pdf.stream("/Filter/FlateDecode/Length1 9", deflate(data));
    let (mut fonts, mut content) = (String::new(), String::new());
    for index in 0..n_fonts {
        let font = pdf.add(format!("<</Type/Font/Subtype/TrueType/BaseFont/A{index}/FontDescriptor<</Flags 4/FontFile2 {program} 0 R>>>>"));
        write!(fonts, "/F{index} {font} 0 R").unwrap();
        write!(content, "BT /F{index} 9 Tf 50 700 Td (a) Tj ET ").unwrap();
    }
    pdf.page_with(content, &format!("/Font<<{fonts}>>"), "");
    pdf.finish()
}

/// Programs that begin well and go on with large numbers.
fn noise_programs() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let heads: [(&str, &[u8]); 6] = [
        (
            "FontFile2",
            b"\x00\x01\x00\x00\x00\x02\x00\x80\x00\x03\x00\x70cmap\0\0\0\0\0\0\0\x0c\xff\xff\xff\xff",
        ),
        ("FontFile2", b"ttcf\x00\x01\x00\x00\xff\xff\xff\xff\x00\x00\x00\x00"),
        ("FontFile3", b"\x01\x00\x04\x04\xff\xff\x04\xff\xff\xff\xff"),
        ("FontFile3", b"\x01\x00\x04\x01\x00\x01\x01\x01\x02A\x00\x01\x01\x01\x05\x1d\x7f\xff\xff\xff\x11"),
        ("FontFile3", b"OTTO\x00\x01\x00\x00\x00\x00\x00\x00CFF \0\0\0\0\xff\xff\xff\xf0\xff\xff\xff\xff"),
        (
            "FontFile",
            b"%!PS-AdobeFont-1.0: A\n/Encoding 2147483647 array dup -1 /a put dup 99999999999 /b put",
        ),
    ];
    for (key, head) in heads {
        let noise = [head, &b"\xff\xfe\x00\x01\x7f".repeat(20_000)].concat();
        let program = pdf.stream("/Subtype/Type1C/Length1 9", noise);
        for subtype in ["Type1", "TrueType"] {
            let font = pdf.add(format!(
                "<</Type/Font/Subtype/{subtype}/BaseFont/A/FontDescriptor<</Flags 4/{key} {program} 0 R>>>>"
            ));
            pdf.page_with(SHOW, &format!("/Font<</F {font} 0 R>>"), "");
        }
        composite_in(&mut pdf, &format!("/FontDescriptor<</Flags 4/{key} {program} 0 R>>"));
    }
    pdf.finish()
}

fn recursive_type3() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let glyph = "500 0 d0 BT /F 12 Tf (aaaa) Tj ET /X Do ";
    pdf.put(10, format!("<</Length {}>>stream\n{glyph}\nendstream", glyph.len()));
    pdf.put(11, "<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[0 0 0 0 0 0]/CharProcs<</a 10 0 R>>/Encoding<</Differences[97/a]>>/FirstChar 97/LastChar 97/Widths[500]/Resources<</Font<</F 11 0 R>>/XObject<</X 10 0 R>>>>>>");
    pdf.page_with("BT /F 12 Tf 50 700 Td (aaaaaaaa) Tj ET", "/Font<</F 11 0 R>>", "");
    pdf.finish()
}

fn many_fonts() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let map = pdf.stream("", format!("1 beginbfrange {} endbfrange", "<00> <ff> <0041>\n".repeat(20)));
    let (mut fonts, mut content) = (String::new(), String::new());
    for index in 0..1_000 {
        let font = pdf.add(format!("<<{PLAIN}/ToUnicode {map} 0 R>>"));
        write!(fonts, "/F{index} {font} 0 R").unwrap();
        write!(content, "BT /F{index} 9 Tf 50 {} Td (a) Tj ET ", index % 800).unwrap();
    }
    pdf.page_with(content, &format!("/Font<<{fonts}>>"), "");
    pdf.finish()
}
