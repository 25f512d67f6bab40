//! Whole files, and the content of one page among everything that content can name.

use std::fmt::Write;

use bole_tests::{Pdf, read_checked};

/// How many fonts the page of [`content`] has: `/F0` and so on.
pub(crate) const N_FONTS: usize = 9;
/// Of these, the fonts of several bytes a code come last.
pub(crate) const N_SIMPLE_FONTS: usize = 4;
/// How many settings it has: `/G0` and so on.
pub(crate) const N_SETTINGS: usize = 5;
/// How many forms and images: `/X0` and so on.
pub(crate) const N_OBJECTS: usize = 6;

/// A whole file.
pub fn file(data: &[u8]) {
    drop(read_checked(data));
}

/// The content stream of a page that has fonts of all kinds, forms, an image, settings, colour spaces, layers.
pub fn content(data: &[u8]) {
    let mut pdf = Pdf::default();
    let resources = resources(&mut pdf);
    pdf.page_with(data, &resources, "/MediaBox[0 0 600 800]");
    drop(read_checked(&pdf.finish()));
}

/// What content can name.
fn resources(pdf: &mut Pdf) -> String {
    let fonts = fonts(pdf);
    let layer = pdf.add("<</Type/OCG/Name(off)>>");
    let shown = pdf.add("<</Type/OCG/Name(on)>>");
    pdf.put(1, format!("<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[{layer} 0 R {shown} 0 R]/D<</OFF[{layer} 0 R]>>>>>>"));
    let inner = format!("/Resources<</Font<<{fonts}>>>>");
    let words = pdf.stream(
        &format!("/Type/XObject/Subtype/Form/BBox[0 0 600 800]{inner}"),
        "BT /F0 10 Tf 20 20 Td (form) Tj ET",
    );
    let group = pdf.stream(
        &format!("/Type/XObject/Subtype/Form/BBox[0 0 90 90]/Matrix[0 1 -1 0 50 50]/Group<</S/Transparency/I true>>/Resources<</XObject<</X0 {words} 0 R>>>>"),
        "q 0.5 g 0 0 90 90 re f /X0 Do Q",
    );
    let layered = pdf.stream(
        &format!("/Type/XObject/Subtype/Form/BBox[0 0 600 800]/OC {layer} 0 R{inner}"),
        "BT /F4 10 Tf 20 20 Td <b5e7b3d8> Tj ET",
    );
    let bare = pdf.stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 600 800]",
        "BT /F1 10 Tf 20 40 Td (bare) Tj ET 0 0 10 10 re f",
    );
    let image = pdf
        .stream("/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", "w");
    let stencil =
        pdf.stream("/Type/XObject/Subtype/Image/Width 8/Height 1/ImageMask true/BitsPerComponent 1", "\u{1}");
    let objects = format!(
        "/X0 {words} 0 R/X1 {group} 0 R/X2 {layered} 0 R/X3 {bare} 0 R/X4 {image} 0 R/X5 {stencil} 0 R"
    );
    let settings = format!(
        "/G0<</ca 0/CA 0>>/G1<</SMask<</S/Luminosity/G {group} 0 R>>>>/G2<</BM/Multiply/ca 0.5>>/G3<</SMask/None/ca 1/CA 1/BM/Normal>>/G4<</Font[{} 0 R 14]/LW 3>>",
        pdf.add("<</Type/Font/Subtype/Type1/BaseFont/Courier>>")
    );
    let ink = pdf.add("<</FunctionType 2/Domain[0 1]/Range[0 1 0 1 0 1]/C0[1 1 1]/C1[0 0.2 0.6]/N 1>>");
    let program = pdf.stream(
        "/FunctionType 4/Domain[0 1 0 1]/Range[0 1 0 1 0 1 0 1]",
        "{ dup 0.5 gt { exch pop } { add 2 div } ifelse dup dup dup }",
    );
    let profile = pdf.stream("/N 3/Alternate/DeviceRGB", "profile");
    let spaces = format!(
        "/C0[/Separation/Ink/DeviceRGB {ink} 0 R]/C1[/ICCBased {profile} 0 R]/C2[/Indexed/DeviceRGB 1<000000ffffff>]/C3[/DeviceN[/A/B]/DeviceCMYK {program} 0 R]/C4[/Lab<</WhitePoint[0.95 1 1.09]/Range[-100 100 -100 100]>>]/C5/Pattern"
    );
    let pattern = pdf.stream(
        "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]/XStep 9/YStep 9/Resources<<>>",
        "0 0 9 9 re f",
    );
    format!(
        "/Font<<{fonts}>>/XObject<<{objects}>>/ExtGState<<{settings}>>/ColorSpace<<{spaces}>>/Pattern<</P0 {pattern} 0 R>>/Shading<</S0<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 600 800]/Function {ink} 0 R/Extend[true true]>>>>/Properties<</O0 {layer} 0 R/O1 {shown} 0 R/O2<</Type/OCMD/OCGs[{layer} 0 R {shown} 0 R]/P/AllOn>>/A0<</ActualText(stands in)>>>>"
    )
}

fn fonts(pdf: &mut Pdf) -> String {
    let letters = pdf.stream(
        "",
        "1 begincodespacerange <00> <ff> endcodespacerange 2 beginbfrange <20> <7e> <0020> <80> <9f> <4e00> endbfrange 2 beginbfchar <a0> <006600660069> <a1> <0301> endbfchar",
    );
    let glyph = pdf.stream("", "600 0 0 0 500 700 d1 0 0 500 700 re f");
    let pairs = pdf.stream(
        "",
        "1 begincodespacerange <0000> <ffff> endcodespacerange 3 beginbfrange <0000> <005f> <0020> <0060> <0fff> <4e00> <1000> <ffff> <1000> endbfrange",
    );
    let codes = pdf.stream(
        "/Type/CMap/CMapName/Own",
        "begincmap 2 begincodespacerange <00> <7f> <8000> <ffff> endcodespacerange 2 begincidrange <20> <7e> 1 <8000> <ffff> 100 endcidrange endcmap",
    );
    let kind = |registry: &str, widths: &str| {
        format!(
            "/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/Song/CIDSystemInfo<</Registry(Adobe)/Ordering({registry})/Supplement 2>>{widths}>>]"
        )
    };
    let bodies = [
        "/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding".to_owned(),
        format!(
            "/Subtype/TrueType/BaseFont/Arial/FirstChar 32/LastChar 40/Widths[250 500 0 1000 -300 333 444 555 666]/ToUnicode {letters} 0 R"
        ),
        format!(
            "/Subtype/Type3/FontBBox[0 0 600 800]/FontMatrix[0.001 0 0 0.001 0 0]/CharProcs<</a {glyph} 0 R/b {glyph} 0 R>>/Encoding<</Differences[65/a/b 97/a/b/fi/uni4E2D]>>/FirstChar 65/LastChar 100/Widths[600 300]"
        ),
        "/Subtype/Type1/BaseFont/ZapfDingbats".to_owned(),
        format!("/Subtype/Type0/BaseFont/Song/Encoding/GBK-EUC-H{}", kind("GB1", "")),
        format!(
            "/Subtype/Type0/BaseFont/Song/Encoding/Identity-H/ToUnicode {pairs} 0 R{}",
            kind("Identity", "/DW 1000/W[0 95 500 120[250 333 0]]")
        ),
        format!("/Subtype/Type0/BaseFont/Song/Encoding/UniGB-UTF16-H{}", kind("GB1", "/DW 900")),
        format!(
            "/Subtype/Type0/BaseFont/Song/Encoding/GBK-EUC-V{}",
            kind("GB1", "/DW2[880 -1000]/W2[100[-500 250 800]]")
        ),
        format!("/Subtype/Type0/BaseFont/Own/Encoding {codes} 0 R{}", kind("Japan1", "")),
    ];
    assert_eq!(bodies.len(), N_FONTS);
    let mut named = String::new();
    for (index, body) in bodies.iter().enumerate() {
        let font = pdf.add(format!("<</Type/Font{body}>>"));
        write!(named, "/F{index} {font} 0 R").unwrap();
    }
    named
}
