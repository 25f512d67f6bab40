//! Character maps and font programs.

use std::fmt::Write;

use bole_tests::{Pdf, read_checked};

const COLLECTION: &str = "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>";
/// Codes of one to four bytes, from the first to the last.
const SHOWN: &str = "<00010020004100ff4e008140a1a1fffe> Tj <0041424344454660616263646566> Tj 0 -20 Td \
     [<8140814181428143> -300 <0000000000000001ffffffff8eb28eb38ea1a1a1>] TJ (plain words) Tj";

/// A character map: of a simple font to Unicode, of a composite one to Unicode, and from codes to CIDs.
pub fn cmap(data: &[u8]) {
    let mut pdf = Pdf::default();
    let map = pdf.stream("/Type/CMap/CMapName/Own", data);
    let kind = pdf.add(format!("<</Type/Font/Subtype/CIDFontType0/BaseFont/Song{COLLECTION}>>"));
    let composite = format!("/Type/Font/Subtype/Type0/BaseFont/Song/DescendantFonts[{kind} 0 R]");
    let fonts = [
        pdf.add(format!("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode {map} 0 R>>")),
        pdf.add(format!("<<{composite}/Encoding/Identity-H/ToUnicode {map} 0 R>>")),
        pdf.add(format!("<<{composite}/Encoding {map} 0 R>>")),
    ];
    show(pdf, &fonts);
}

/// A font program; its first byte chooses the kind of font that it is embedded in. Nothing but the program says what the
/// codes stand for.
pub fn font(data: &[u8]) {
    let Some((kind, program)) = data.split_first() else { return };
    let mut pdf = Pdf::default();
    let (subtype, key, stream) = KINDS[usize::from(*kind) % KINDS.len()];
    let program = pdf.stream(&format!("{stream}/Length1 {}", program.len()), program);
    let descriptor = pdf.add(format!("<</Type/FontDescriptor/FontName/A/Flags 4/{key} {program} 0 R>>"));
    let font = if subtype.starts_with("CIDFont") {
        let system = "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>";
        let kind = pdf.add(format!(
            "<</Type/Font/Subtype/{subtype}/BaseFont/A{system}/FontDescriptor {descriptor} 0 R>>"
        ));
        pdf.add(format!(
            "<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[{kind} 0 R]>>"
        ))
    } else {
        pdf.add(format!("<</Type/Font/Subtype/{subtype}/BaseFont/A/FontDescriptor {descriptor} 0 R>>"))
    };
    show(pdf, &[font]);
}

/// Which fonts hold which programs: the font's subtype, the key in its descriptor, the entries of the stream. Seeds name
/// them by their place.
pub(crate) const KINDS: [(&str, &str, &str); 7] = [
    ("TrueType", "FontFile2", ""),
    ("CIDFontType2", "FontFile2", ""),
    ("Type1", "FontFile", "/Length2 0/Length3 0"),
    ("Type1", "FontFile3", "/Subtype/Type1C"),
    ("CIDFontType0", "FontFile3", "/Subtype/CIDFontType0C"),
    ("CIDFontType0", "FontFile3", "/Subtype/OpenType"),
    ("TrueType", "FontFile3", "/Subtype/OpenType"),
];

fn show(mut pdf: Pdf, fonts: &[u32]) {
    let (mut named, mut content) = (String::new(), String::new());
    for (index, font) in fonts.iter().enumerate() {
        write!(named, "/F{index} {font} 0 R").unwrap();
        write!(content, "BT /F{index} 10 Tf 20 {} Td {SHOWN} ET ", 700 - 50 * index).unwrap();
    }
    pdf.page_with(content, &format!("/Font<<{named}>>"), "/MediaBox[0 0 600 800]");
    drop(read_checked(&pdf.finish()));
}
