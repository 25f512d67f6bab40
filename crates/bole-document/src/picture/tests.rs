use lopdf::{Document, Object, dictionary};

use super::*;
use crate::read;
use crate::testing::{Builder, one_page};

/// A decoded picture: the samples of each pixel.
struct Pixels {
    width: usize,
    height: usize,
    n_samples: usize,
    samples: Vec<u8>,
}

impl Pixels {
    fn of(picture: &Picture) -> Self {
        let mut reader = png::Decoder::new(std::io::Cursor::new(&picture.png)).read_info().unwrap();
        let mut samples = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut samples).unwrap();
        assert_eq!((info.width, info.height), (picture.width_px, picture.height_px));
        let n_samples = info.color_type.samples();
        Self { width: info.width as usize, height: info.height as usize, n_samples, samples }
    }

    /// The smallest rectangle around what is not white: left, top, and one past right and bottom.
    fn ink(&self) -> Option<[usize; 4]> {
        let mut ink: Option<[usize; 4]> = None;
        for (index, pixel) in self.samples.chunks(self.n_samples).enumerate() {
            if pixel.iter().any(|sample| *sample < 128) {
                let (x, y) = (index % self.width, index / self.width);
                let [left, top, right, bottom] = ink.unwrap_or([x, y, x, y]);
                ink = Some([left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1)]);
            }
        }
        ink
    }
}

fn drawn(bytes: &[u8]) -> Picture {
    draw(bytes, 1, 600, &Fonts::default(), &Limits::STANDARD).unwrap()
}

fn drawing(bytes: &[u8], number: u32) -> Result<Picture, DrawError> {
    draw(bytes, number, 600, &Fonts::default(), &Limits::STANDARD)
}

/// Draws the one word of a file, and asks for its ink within two pixels of where reading says that it is.
fn check_ink(bytes: &[u8], case: &str) {
    let page = read(bytes, &Limits::STANDARD).unwrap().pages.remove(0);
    let [run] = page.runs.as_slice() else { panic!("{case}: {:?}", page.text) };
    let picture = drawn(bytes);
    let pixels = Pixels::of(&picture);
    let ink = pixels.ink().unwrap_or_else(|| panic!("{case}: no ink")).map(|pixel| pixel as f32);
    let (x, y) = (pixels.width as f32 / page.width as f32, pixels.height as f32 / page.height as f32);
    let bounds = run.bounds;
    let bounds =
        [bounds.left as f32 * x, bounds.top as f32 * y, bounds.right as f32 * x, bounds.bottom as f32 * y];
    let message = format!("{case}: ink {ink:?}, box {bounds:?}");
    assert!(ink[0] >= bounds[0] - 2.0 && ink[1] >= bounds[1] - 2.0, "{message}");
    assert!(ink[2] <= bounds[2] + 2.0 && ink[3] <= bounds[3] + 2.0, "{message}");
    // It fills the box, too: along the line nearly, across it by half at least.
    let [along, across] =
        [(0, 2), (1, 3)].map(|(from, to)| (ink[to] - ink[from]) / (bounds[to] - bounds[from]));
    assert!(along.max(across) > 0.9 && along.min(across) > 0.5, "{message}");
}

const WORD: &str = "BT /F1 24 Tf 250 500 Td (Electrode) Tj ET";

#[test]
fn words_are_where_reading_says() {
    for rotate in [0, 90, 180, 270, -90, 450] {
        for crop_box in [None, Some([130, 210, 510, 690]), Some([-100, 300, 500, 2000])] {
            for user_unit in [None, Some(3.5)] {
                let mut builder = Builder::new();
                builder.page_entry("Rotate", rotate);
                if let Some(crop_box) = crop_box {
                    builder.page_entry("CropBox", crop_box.map(Object::from).to_vec());
                }
                if let Some(user_unit) = user_unit {
                    builder.page_entry("UserUnit", Object::Real(user_unit));
                }
                builder.page(WORD);
                check_ink(&builder.finish(), &format!("{rotate} {crop_box:?} {user_unit:?}"));
            }
        }
    }
}

#[test]
fn inherited_and_damaged_files_are_drawn_as_they_are_read() {
    let whole = one_page(WORD);
    check_ink(&whole, "whole");
    let table = memchr::memmem::rfind(&whole, b"startxref").unwrap();
    check_ink(&whole[..table], "without a table");

    let mut document = Document::load_mem(&whole).unwrap();
    let page = document.get_pages()[&1];
    let page = document.get_object_mut(page).and_then(Object::as_dict_mut).unwrap();
    page.remove(b"MediaBox");
    let parent = page.get(b"Parent").and_then(Object::as_reference).unwrap();
    let parent = document.get_object_mut(parent).and_then(Object::as_dict_mut).unwrap();
    parent.set("MediaBox", [100, 200, 900, 900].map(Object::from).to_vec());
    parent.set("Rotate", 90);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    check_ink(&bytes, "inherited");
}

#[test]
fn encrypted_with_the_empty_password() {
    for (user_password, opens) in [("", true), ("secret", false)] {
        let mut document = Document::load_mem(&one_page(WORD)).unwrap();
        let id = Object::string_literal("an identifier");
        document.trailer.set("ID", vec![id.clone(), id]);
        let version = lopdf::EncryptionVersion::V2 {
            document: &document,
            owner_password: "owner",
            user_password,
            key_length: 128,
            permissions: lopdf::Permissions::all(),
        };
        let state = lopdf::EncryptionState::try_from(version).unwrap();
        document.encrypt(&state).unwrap();
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        if opens {
            check_ink(&bytes, "encrypted");
        } else {
            assert_eq!(drawing(&bytes, 1), Err(DrawError::Read(ReadError::Encrypted)));
        }
    }
}

#[test]
fn what_there_is_no_picture_of() {
    let bytes = one_page(WORD);
    for number in [0, 2, u32::MAX] {
        assert_eq!(drawing(&bytes, number), Err(DrawError::NoSuchPage { n_pages: 1 }));
    }
    let mut builder = Builder::new();
    for _ in 0..5 {
        builder.page(WORD);
    }
    let limits = Limits { n_pages: 4, ..Limits::STANDARD };
    let error = ReadError::OverLimit { what: "pages", limit: 4 };
    assert_eq!(draw(&builder.finish(), 1, 600, &Fonts::default(), &limits), Err(error.into()));
    let limits = Limits { file_bytes: bytes.len() - 1, ..Limits::STANDARD };
    let error = ReadError::OverLimit { what: "bytes of the file", limit: bytes.len() - 1 };
    assert_eq!(draw(&bytes, 1, 600, &Fonts::default(), &limits), Err(error.into()));
    for (bytes, reason) in [
        (b"%PDF-1.7\nnothing at all".as_slice(), bole_core::Reason::NotADocument),
        (b"PK\x03\x04 [Content_Types].xml word/document.xml", bole_core::Reason::UnsupportedType),
    ] {
        let Err(DrawError::Read(error)) = drawing(bytes, 1) else { panic!("{reason:?}") };
        assert_eq!(error.reason(), reason);
    }
}

#[test]
fn pages_of_any_size_stay_within_bounds() {
    for (media_box, width_px, expected) in [
        ([0, 0, 600, 800], 900, (900, 1200)),
        ([0, 0, 600, 800], 1, (200, 267)),
        ([0, 0, 600, 800], u32::MAX, (2000, 2667)),
        ([0, 0, 14_400, 14_400], 600, (600, 600)),
        ([0, 0, 1, 1], 600, (600, 600)),
        ([0, 0, 600, 14_400], 600, (100, 2400)),
        ([0, 0, 1, 14_400], 2000, (1, 8000)),
        ([0, 0, 14_400, 1], 600, (600, 1)),
        ([0, 0, 900_000, 900_000], 600, (600, 600)),
    ] {
        let mut builder = Builder::new();
        builder.page_entry("MediaBox", media_box.map(Object::from).to_vec());
        builder.page("0 0 100000 100000 re f");
        let picture = draw(&builder.finish(), 1, width_px, &Fonts::default(), &Limits::STANDARD).unwrap();
        assert_eq!((picture.width_px, picture.height_px), expected, "{media_box:?} {width_px}");
        let pixels = Pixels::of(&picture);
        assert_eq!(pixels.ink().unwrap()[0], 0, "{media_box:?}");
        assert_eq!(pixels.ink().unwrap()[3], pixels.height, "{media_box:?}");
    }
}

#[test]
fn hostile_pages_are_drawn_as_far_as_they_go() {
    let mut builder = Builder::new();
    builder.page(format!("{WORD} Q Q ET /Nothing Do ( << [ 1 2 /X gs"));
    check_ink(&builder.finish(), "broken content");

    let mut builder = Builder::new();
    let id = builder.document.new_object_id();
    builder.resource("XObject", "X", id.into());
    let form = dictionary! {
        "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 600.into(), 800.into()],
        "Resources" => dictionary! { "XObject" => dictionary! { "X" => id } },
    };
    builder.document.objects.insert(id, lopdf::Stream::new(form, b"/X Do".to_vec()).into());
    builder.page(format!("/X Do {WORD}"));
    check_ink(&builder.finish(), "a form within itself");

    for (width, height) in [(60_000, 60_000), (2_000_000_000, 2_000_000_000), (-5, 5), (1, 34_000_000)] {
        let mut builder = Builder::new();
        let image = builder.stream(
            dictionary! {
                "Type" => "XObject", "Subtype" => "Image", "Width" => width, "Height" => height,
                "BitsPerComponent" => 8, "ColorSpace" => "DeviceGray",
            },
            b"\xff",
        );
        builder.resource("XObject", "Image", image);
        builder.page(format!("q 600 0 0 800 0 0 cm /Image Do Q {WORD}"));
        check_ink(&builder.finish(), &format!("an image of {width} x {height}"));
    }
}

/// A font that is not in the file, with characters of this collection's map.
fn with_collection(ordering: &str, map: &str, codes: &str) -> Vec<u8> {
    let mut builder = Builder::new();
    let descendant = builder.document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "CIDFontType0", "BaseFont" => "STSong-Light",
        "CIDSystemInfo" => dictionary! {
            "Registry" => Object::string_literal("Adobe"),
            "Ordering" => Object::string_literal(ordering), "Supplement" => 4,
        },
    });
    builder.font(
        "Han",
        dictionary! {
            "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "STSong-Light", "Encoding" => map,
            "DescendantFonts" => vec![descendant.into()],
        },
    );
    builder.page(format!("BT /Han 24 Tf 250 500 Td <{codes}> Tj ET"));
    builder.finish()
}

#[test]
fn a_missing_font_is_told() {
    for (ordering, map) in [
        ("GB1", "UniGB-UCS2-H"),
        ("CNS1", "UniCNS-UCS2-H"),
        ("Japan1", "UniJIS-UCS2-H"),
        ("Korea1", "UniKS-UCS2-H"),
    ] {
        let picture = drawn(&with_collection(ordering, map, "7535"));
        assert!(picture.lacks_font, "{ordering}");
        assert_eq!(Pixels::of(&picture).ink(), None, "{ordering}");
        let with_latin = drawn(&with_collection(ordering, map, "753500410042"));
        assert!(Pixels::of(&with_latin).ink().is_some_and(|ink| ink[0] >= 270), "{ordering}");
    }
    assert!(!drawn(&one_page(WORD)).lacks_font);
}

#[test]
fn a_font_at_hand_shows_what_is_not_in_the_file() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../bole-bench/fonts/hei.otf");
    let fonts = Fonts::with_han(Arc::new(std::fs::read(path).unwrap()), 0).unwrap();
    let bytes = with_collection("GB1", "UniGB-UCS2-H", "7535");
    let picture = draw(&bytes, 1, 600, &fonts, &Limits::STANDARD).unwrap();
    assert!(!picture.lacks_font);
    let run = read(&bytes, &Limits::STANDARD).unwrap().pages[0].runs[0].bounds;
    let ink = Pixels::of(&picture).ink().unwrap().map(|pixel| pixel as i32 * 100);
    assert!(run.left - 200 <= ink[0] && ink[2] <= run.right + 200, "{run:?} {ink:?}");
    assert!(run.top - 200 <= ink[1] && ink[3] <= run.bottom + 200, "{run:?} {ink:?}");
    for no_font in [b"".as_slice(), b"OTT", b"%PDF-1.7 and no font"] {
        assert!(Fonts::with_han(Arc::new(no_font.to_vec()), 0).is_none());
    }
}

#[test]
fn colors_are_kept() {
    let picture = drawn(&one_page("1 0 0 rg 0 0 600 800 re f"));
    let pixels = Pixels::of(&picture);
    assert_eq!((pixels.n_samples, &pixels.samples[..3]), (3, [255, 0, 0].as_slice()));
    assert_eq!(Pixels::of(&drawn(&one_page(WORD))).n_samples, 1);
}
