//! Pages as pictures, drawn by the built program under its fence.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use bole_core::{DocumentId, Reason};
use bole_engine::{EngineError, Scope, page_image};
use bole_sandbox::{Drawn, FontFile, Limits, PainterOptions, Painters, Picture, Refusal};
use bole_tests::{Installation, Pdf, deflate, program, text_pdf};
use bytes::Bytes;

use crate::exporting::engine_of;

fn painters(limits: Limits, font: Option<FontFile>) -> Result<Painters> {
    let arguments = vec!["reader".into()];
    Ok(Painters::new(PainterOptions { program: program()?, arguments, limits, font }))
}

async fn draw(painters: &Painters, bytes: &[u8], page: u32) -> Result<Drawn> {
    let bytes = Bytes::copy_from_slice(bytes);
    Ok(painters.draw(DocumentId::of(&bytes), &bytes, page, 600).await?)
}

async fn expect_picture(painters: &Painters, bytes: &[u8]) -> Result<Picture> {
    match draw(painters, bytes, 1).await? {
        Drawn::Picture(picture) => Ok(picture),
        other => anyhow::bail!("no picture: {other:?}"),
    }
}

async fn expect_refusal(painters: &Painters, bytes: &[u8]) -> Result<Refusal> {
    match draw(painters, bytes, 1).await? {
        Drawn::Refused(refusal) => Ok(refusal),
        other => anyhow::bail!("not refused: {other:?}"),
    }
}

/// Times are short only where they are waited for: a machine may be busy.
const PATIENT: Limits =
    Limits { cpu: Duration::from_mins(1), wall: Duration::from_mins(2), ..Limits::DRAWING };

/// A word in a Chinese font that is not in the file.
fn without_its_font() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let font = "/Font<</F<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<<\
                /Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light\
                /CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>>>]>>>>";
    pdf.page_with("BT /F 24 Tf 100 500 Td <75356C60> Tj ET", font, "/MediaBox[0 0 600 800]");
    pdf.finish()
}

/// Everything that drawing may need under the fence: text in built-in fonts, images, shadings, patterns, transparency.
fn of_everything() -> Vec<u8> {
    let mut pdf = Pdf::default();
    let pixels = deflate([10, 200, 90].repeat(64 * 64));
    let image = pdf.stream(
        "/Type/XObject/Subtype/Image/Width 64/Height 64/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode",
        pixels,
    );
    let group = pdf.stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 200 200]/Group<</S/Transparency/I true>>",
        "0 0 1 rg 20 20 150 150 re f",
    );
    let tile = pdf.stream(
        "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 10 10]/XStep 10/YStep 10/Resources<<>>",
        "1 0 0 rg 0 0 5 5 re f",
    );
    let resources = format!(
        "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Times-Bold>>/G<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>>>\
         /XObject<</Im {image} 0 R/Gr {group} 0 R>>/Pattern<</P {tile} 0 R>>/ExtGState<</E<</ca 0.5/BM/Multiply>>>>\
         /Shading<</S<</ShadingType 3/ColorSpace/DeviceCMYK/Coords[300 300 0 300 300 90]\
         /Function<</FunctionType 2/Domain[0 1]/C0[1 0 0 0]/C1[0 1 0 0]/N 1>>>>>>"
    );
    let content = "BT /F 20 Tf 50 700 Td (Electrode) Tj /G 20 Tf (abc) Tj ET q 200 0 0 200 300 500 cm /Im Do Q \
                   /Pattern cs /P scn 50 50 100 100 re f /S sh /E gs /Gr Do";
    pdf.page_with(content, &resources, "/MediaBox[0 0 600 800]/Rotate 90");
    pdf.finish()
}

#[tokio::test]
async fn pages_are_drawn_under_the_fence_one_after_the_other() -> Result<()> {
    let painters = painters(PATIENT, None)?;
    let everything = expect_picture(&painters, &of_everything()).await?;
    assert_eq!((everything.width_px, everything.height_px, everything.lacks_font), (600, 450, false));
    let text = text_pdf(&["Ann Example", "Battery engineer"]);
    let picture = expect_picture(&painters, &text).await?;
    assert_ne!(picture.png, everything.png);
    assert_eq!(draw(&painters, &text, 2).await?, Drawn::NoSuchPage { n_pages: 1 });
    assert_eq!(draw(&painters, &text, 0).await?, Drawn::NoSuchPage { n_pages: 1 });
    assert_eq!(expect_refusal(&painters, &[0; 64]).await?.reason, Reason::NotADocument);
    assert_eq!(expect_picture(&painters, &text).await?, picture);
    Ok(())
}

#[tokio::test]
async fn the_font_is_opened_before_the_fence_closes() -> Result<()> {
    let bytes = without_its_font();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/bole-bench/fonts/hei.otf").into();
    let with_font = expect_picture(&painters(PATIENT, Some(FontFile { path, face: 0 }))?, &bytes).await?;
    assert!(!with_font.lacks_font);
    for path in ["/no/such/font.ttf", "/proc/self/status"] {
        let font = Some(FontFile { path: path.into(), face: 0 });
        let without = expect_picture(&painters(PATIENT, font)?, &bytes).await?;
        assert!(without.lacks_font && without.png != with_font.png, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn whatever_a_page_does_is_an_answer_and_the_next_one_is_drawn() -> Result<()> {
    let good = text_pdf(&["Ann Example"]);
    // An image that says nothing of its size before it is inflated: four gigabytes of zeros.
    let mut pdf = Pdf::default();
    let zeros = deflate(deflate_of_zeros());
    let content = pdf.stream("/Filter[/FlateDecode/FlateDecode]", zeros);
    pdf.page_of(content, "", "/MediaBox[0 0 600 800]");
    let tight = Limits { address_space_bytes: 320 << 20, ..PATIENT };
    let painters = painters(tight, None)?;
    let refusal = expect_refusal(&painters, &pdf.finish()).await?;
    assert!(refusal.reason == Reason::OverLimit && refusal.detail.contains("memory"), "{refusal:?}");
    expect_picture(&painters, &good).await?;

    // A picture that is larger than an answer may be.
    let painters = self::painters(Limits { answer_bytes: 1000, ..PATIENT }, None)?;
    let refusal = expect_refusal(&painters, &good).await?;
    assert!(refusal.reason == Reason::OverLimit && refusal.detail.contains("answer size"), "{refusal:?}");

    // A page that takes minutes: a large blur of transparency groups within each other.
    let mut pdf = Pdf::default();
    let content = "/E gs ".to_owned() + &"/Gr Do ".repeat(20_000);
    let group = pdf.stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Group<</S/Transparency/I true>>",
        "0 0 1 rg 20 20 500 500 re f",
    );
    let resources = format!("/XObject<</Gr {group} 0 R>>/ExtGState<</E<</ca 0.5/BM/Luminosity>>>>");
    pdf.page_with(content, &resources, "/MediaBox[0 0 600 800]");
    let slow = pdf.finish();
    let painters = self::painters(Limits { cpu: Duration::from_secs(1), ..PATIENT }, None)?;
    let refusal = expect_refusal(&painters, &slow).await?;
    assert!(refusal.reason == Reason::OverLimit && refusal.detail.contains("processor time"), "{refusal:?}");
    expect_picture(&painters, &good).await?;
    Ok(())
}

/// What inflates to four gigabytes, itself small when it is deflated once more.
fn deflate_of_zeros() -> Vec<u8> {
    deflate(vec![0; 256 << 20])
}

#[tokio::test]
async fn a_page_of_a_resume_is_drawn_once_and_shown_to_all_who_may_see_it() -> Result<()> {
    let installation = Installation::new()?;
    let good = installation.write("good.pdf", &bole_tests::resume_pdf(1))?;
    let bad = installation.write("bad.pdf", &[0; 64])?;
    for path in [&good, &bad] {
        installation.run(["ingest".as_ref(), path.as_os_str()])?;
    }
    let engine = engine_of(&installation).await?;
    let (good, bad) = (good.to_string_lossy(), bad.to_string_lossy());
    let all = Scope::all();
    let (first, second) =
        tokio::join!(page_image(&engine, &good, 1, &all), page_image(&engine, &good, 1, &all));
    let first = first?;
    assert!(Arc::ptr_eq(&first, &second?));
    assert!(Arc::ptr_eq(&first, &page_image(&engine, &good, 1, &all).await?));
    assert_eq!((first.width_px, first.png.get(1..4)), (1240, Some(b"PNG".as_slice())));

    let absent = page_image(&engine, &good, 2, &all).await;
    assert!(matches!(absent, Err(EngineError::NoSuchPage { page: 2, n_pages: 1 })), "{absent:?}");
    for _ in 0..2 {
        let refused = page_image(&engine, &bad, 1, &all).await;
        assert!(matches!(refused, Err(EngineError::NotDrawn { .. })), "{refused:?}");
    }
    let unknown = page_image(&engine, "0123456789abcdef", 1, &all).await;
    assert!(matches!(unknown, Err(EngineError::UnknownResume(_))), "{unknown:?}");
    Ok(())
}
