//! Whole fonts, as documents show them.

use lopdf::{Dictionary, Object, StringFormat, dictionary};

use crate::testing::{Builder, hex};
use crate::{Limits, ReadError, read};

/// What is read of `shown`, set in the font that `font` makes.
fn text_in(font: impl FnOnce(&mut Builder) -> Dictionary, shown: &[u8]) -> String {
    let mut builder = Builder::new();
    let font = font(&mut builder);
    builder.font("F2", font);
    builder.page(format!("BT /F2 12 Tf 50 700 Td <{}> Tj ET", hex(shown)));
    let mut pages = read(&builder.finish(), &Limits::STANDARD).unwrap().pages;
    pages.remove(0).text
}

fn composite(ordering: &str, encoding: impl Into<Object>, descriptor: Dictionary) -> Dictionary {
    let descendant = dictionary! {
        "Type" => "Font", "Subtype" => "CIDFontType2", "BaseFont" => "Any",
        "CIDSystemInfo" => dictionary! {
            "Registry" => Object::String(b"Adobe".to_vec(), StringFormat::Literal),
            "Ordering" => Object::String(ordering.as_bytes().to_vec(), StringFormat::Literal),
        },
        "FontDescriptor" => descriptor,
    };
    dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "Any", "Encoding" => encoding.into(),
        "DescendantFonts" => vec![descendant.into()],
    }
}

/// A TrueType program of which the glyphs from `first` on are `A`, `B` and `C`.
fn program(first: u16) -> Vec<u8> {
    let units: [u16; 16] =
        [4, 32, 0, 4, 0, 0, 0, 0x43, 0xffff, 0, 0x41, 0xffff, first.wrapping_sub(0x41), 1, 0, 0];
    let mut bytes = vec![0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    bytes.extend_from_slice(b"cmap\0\0\0\0\0\0\0\x1c\0\0\0\x2c");
    bytes.extend_from_slice(&[0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0, 12]);
    bytes.extend(units.iter().flat_map(|unit| unit.to_be_bytes()));
    bytes
}

#[test]
fn to_unicode_leaves_the_rest_to_others() {
    let map = b"1 beginbfchar <0005> <0078> endbfchar 2 beginbfrange <0006> <0006> <0000> <0007> <0007> <e123> endbfrange";
    let in_program = text_in(
        |builder| {
            let descriptor = dictionary! { "FontFile2" => builder.stream(Dictionary::new(), &program(5)) };
            let mut font = composite("Identity", "Identity-H", descriptor);
            font.set("ToUnicode", builder.stream(Dictionary::new(), map));
            font
        },
        &[0, 5, 0, 6, 0, 7],
    );
    assert_eq!(in_program, "xBC");
    let in_collection = text_in(
        |builder| {
            let mut font = composite("GB1", "Identity-H", Dictionary::new());
            font.set("ToUnicode", builder.stream(Dictionary::new(), map));
            font
        },
        &[0, 5, 0, 34, 0x11, 0xcf],
    );
    assert_eq!(in_collection, "xA中");
}

#[test]
fn cids_of_predefined_and_embedded_maps() {
    let embedded = |builder: &mut Builder, map: &[u8]| builder.stream(dictionary! { "Type" => "CMap" }, map);
    let plain = Dictionary::new;
    assert_eq!(text_in(|_| composite("Identity", "GBK-EUC-H", plain()), b"A\xd6\xd0B"), "A中B");
    assert_eq!(text_in(|_| composite("GB1", "UniGB-UTF16-H", plain()), b"\x4e\x2d"), "中");
    let own_over_base = text_in(
        |builder| {
            let map = b"/GBK-EUC-H usecmap 1 begincodespacerange <8001> <80ff> endcodespacerange\n\
                1 begincidchar <8001> 34 endcidchar";
            let map = embedded(builder, map);
            composite("GB1", map, plain())
        },
        b"\x80\x01\xd6\xd0",
    );
    assert_eq!(own_over_base, "A中");
    let stacked = text_in(
        |builder| {
            let lower =
                b"1 begincodespacerange <00> <ff> endcodespacerange 1 begincidrange <41> <42> 34 endcidrange";
            let lower = embedded(builder, lower);
            let upper =
                b"1 begincodespacerange <00> <ff> endcodespacerange 1 begincidchar <42> 4559 endcidchar";
            let upper = builder.stream(dictionary! { "Type" => "CMap", "UseCMap" => lower }, upper);
            composite("GB1", upper, plain())
        },
        b"AB",
    );
    assert_eq!(stacked, "A中");
    let by_name = text_in(
        |_| {
            let mut font = composite("Identity", "Identity-H", plain());
            font.set("ToUnicode", "Identity-H");
            font
        },
        &[0, 0x41, 0x4e, 0x2d],
    );
    assert_eq!(by_name, "A中");
}

#[test]
fn chinese_in_simple_fonts_of_chinese_names() {
    let font = |name: &'static [u8], last_code: i64, is_embedded: bool| {
        move |builder: &mut Builder| {
            let mut descriptor = dictionary! { "Flags" => 4 };
            if is_embedded {
                descriptor.set("FontFile2", builder.stream(Dictionary::new(), b"none"));
            }
            dictionary! {
                "Type" => "Font", "Subtype" => "TrueType", "BaseFont" => Object::Name(name.to_vec()),
                "Encoding" => "WinAnsiEncoding", "FirstChar" => 0, "LastChar" => last_code,
                "Widths" => vec![Object::Integer(500); 256], "FontDescriptor" => descriptor,
            }
        }
    };
    let chinese = b"\xd6\xd0\xce\xc4 A\xa3\xac";
    assert_eq!(text_in(font(b"\xcb\xce\xcc\xe5", 255, false), chinese), "中文 A，");
    assert_eq!(text_in(font(b"ABCDEF+\xb7\xc2\xcb\xce_GB2312", 255, false), chinese), "中文 A，");
    assert_eq!(text_in(font(b"\xbc\xd0\xb7\xa2\xc5\xe9", 255, false), b"\xa4\xa4\xa4\xe5"), "中文");
    for latin in [
        font(b"\xcb\xce\xcc\xe5", 255, true),
        font(b"\xcb\xce\xcc\xe5", 150, false),
        font(b"Na\xefve", 255, false),
        font(b"SimSun", 255, false),
    ] {
        assert_eq!(text_in(latin, b"r\xe9sum\xe9"), "r\u{e9}sum\u{e9}");
    }
}

/// A page that shows a code of each of so many fonts, each with a map to Unicode of its own.
fn shown_by_maps(n_fonts: usize, map: impl Fn(usize) -> String) -> Vec<u8> {
    let mut builder = Builder::new();
    let mut content = String::from("BT ");
    for index in 0..n_fonts {
        let mut font = composite("Identity", "Identity-H", Dictionary::new());
        font.set("ToUnicode", builder.stream(Dictionary::new(), map(index).as_bytes()));
        let name = format!("M{index}");
        builder.font(&name, font);
        content.extend(["/", &name, " 12 Tf <0041> Tj "]);
    }
    builder.page(content);
    builder.finish()
}

#[test]
fn fonts_have_a_limit_in_all() {
    let bytes = shown_by_maps(8, |index| format!("beginbfrange <0000> <ffff> <{index:04x}> endbfrange"));
    assert!(read(&bytes, &Limits::STANDARD).is_ok());
    let limits = Limits { font_bytes_in_all: 1 << 20, ..Limits::STANDARD };
    assert!(matches!(read(&bytes, &limits), Err(ReadError::OverLimit { limit, .. }) if limit == 1 << 20));
}

#[test]
fn characters_beyond_a_collection_are_those_of_the_program() {
    let text = text_in(
        |builder| {
            let program = builder.stream(Dictionary::new(), &program(0xf005));
            composite("GB1", "Identity-H", dictionary! { "FontFile2" => program })
        },
        b"\x11\x2a\xf0\x05",
    );
    assert_eq!(text.chars().last(), Some('A'), "{text}");
    assert!(!text.starts_with(['\u{fffd}', 'A']), "{text}");
}

#[test]
fn a_program_opened_late_counts_too() {
    let mut builder = Builder::new();
    let mut program = program(5);
    program.resize(1 << 16, 0);
    let descriptor = dictionary! { "FontFile2" => builder.stream(Dictionary::new(), &program) };
    builder.font("F2", composite("Identity", "Identity-H", descriptor));
    builder.page("BT /F2 12 Tf <0005> Tj ET");
    let bytes = builder.finish();
    assert_eq!(read(&bytes, &Limits::STANDARD).unwrap().pages[0].text, "A");
    let limits = Limits { font_bytes_in_all: 1 << 15, ..Limits::STANDARD };
    assert!(matches!(read(&bytes, &limits), Err(ReadError::OverLimit { limit, .. }) if limit == 1 << 15));
}

#[test]
fn warming_changes_nothing() {
    let before = text_in(|_| composite("GB1", "GBK2K-H", Dictionary::new()), b"A\xd6\xd0");
    crate::warm();
    crate::warm();
    assert_eq!(text_in(|_| composite("GB1", "GBK2K-H", Dictionary::new()), b"A\xd6\xd0"), before);
}

#[test]
fn simple_fonts_without_a_map() {
    let font = |base_font: &'static str, encoding: Object| {
        move |_: &mut Builder| {
            dictionary! { "Type" => "Font", "Subtype" => "TrueType", "BaseFont" => base_font, "Encoding" => encoding }
        }
    };
    let differences = |names: Vec<Object>| -> Object {
        dictionary! { "Type" => "Encoding", "Differences" => names }.into()
    };
    let names = vec![
        1.into(),
        "twooldstyle".into(),
        "f_i".into(),
        "uni4E2D".into(),
        "a4".into(),
        65.into(),
        "G41".into(),
    ];
    assert_eq!(text_in(font("Any", differences(names)), &[1, 2, 3, 65, 66]), "2fi中AB");
    assert_eq!(text_in(font("ABCDEF+Wingdings-Regular", "WinAnsiEncoding".into()), b"\xa7\xfc"), "▪✓");
    assert_eq!(text_in(font("ZapfDingbats", Object::Null), b"4"), "✔");
}

#[test]
fn symbolic_fonts_by_their_own_table() {
    // By the Macintosh table code 0x44 is glyph 5, an `A`; of 0x42 it says nothing, but the encoding does.
    let mut program = program(5);
    program[24..28].copy_from_slice(&64_u32.to_be_bytes());
    let tables = [0, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 20, 0, 3, 0, 1, 0, 0, 0, 32];
    let macintosh = [0, 6, 0, 12, 0, 0, 0, 0x44, 0, 1, 0, 5];
    program.splice(28..40, tables.into_iter().chain(macintosh));
    let symbol = text_in(
        |builder| {
            let program = builder.stream(Dictionary::new(), &program);
            dictionary! {
                "Type" => "Font", "Subtype" => "TrueType", "BaseFont" => "Any", "Encoding" => "WinAnsiEncoding",
                "FontDescriptor" => dictionary! { "Flags" => 4, "FontFile2" => program },
            }
        },
        b"BD",
    );
    assert_eq!(symbol, "BA");
}

#[test]
fn what_fonts_unfold_to_counts() {
    // Each of the texts is far longer than what it takes to say them.
    let bytes =
        shown_by_maps(4, |_| format!("beginbfrange <0000> <ffff> <{}> endbfrange", "0041".repeat(32)));
    let limits = Limits { font_bytes_in_all: 4 << 20, ..Limits::STANDARD };
    assert!(matches!(read(&bytes, &limits), Err(ReadError::OverLimit { .. })));
}
