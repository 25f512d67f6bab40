//! A page as a picture, by hayro.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_interpret::font::{FallbackFontQuery, FontData, FontQuery};
use hayro::hayro_interpret::hayro_cmap::CidFamily;
use hayro::hayro_syntax::Pdf;
use hayro::kurbo::Affine;
use hayro::vello_cpu::color::PremulRgba8;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings};
use thiserror::Error;

use crate::file::{Alone, File};
use crate::geometry::Matrix;
use crate::read::display;
use crate::{Limits, ReadError, sniff};

/// A page as PNG.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file: 8 bits a sample, grey where the page is, else RGB; opaque.
    pub png: Vec<u8>,
    /// Its width in pixels.
    pub width_px: u32,
    /// Its height in pixels.
    pub height_px: u32,
    /// A Chinese, Japanese or Korean font was wanted that is neither in the file nor at hand: its text is missing, or wrong.
    pub lacks_font: bool,
}

/// Tells sizes: a picture shows a resume.
impl fmt::Debug for Picture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { png, width_px, height_px, lacks_font } = self;
        formatter
            .debug_struct("Picture")
            .field("png_bytes", &png.len())
            .field("width_px", width_px)
            .field("height_px", height_px)
            .field("lacks_font", lacks_font)
            .finish()
    }
}

/// The fonts to show text in whose own font is not in the file. Those of Latin are built in.
#[derive(Clone, Default)]
pub struct Fonts {
    han: Option<(FontData, u32)>,
}

impl Fonts {
    /// With a font for Chinese, Japanese and Korean: the bytes of a TrueType or OpenType file, and which face of it if
    /// it is a collection. None if they are no font.
    pub fn with_han(bytes: Arc<Vec<u8>>, face: u32) -> Option<Self> {
        let signature = bytes.first_chunk::<4>()?;
        let is_font = [b"OTTO", b"true", b"ttcf", b"\0\x01\0\0"].contains(&signature);
        is_font.then(|| Self { han: Some((bytes, face)) })
    }

    /// The size of what was given, in bytes.
    pub fn n_bytes(&self) -> usize {
        self.han.as_ref().map_or(0, |(bytes, _)| bytes.as_ref().as_ref().len())
    }
}

impl fmt::Debug for Fonts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Fonts").field("n_bytes", &self.n_bytes()).finish()
    }
}

/// Why there is no picture of a page.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DrawError {
    /// The document has fewer pages.
    #[error("the document has {n_pages} pages")]
    NoSuchPage {
        /// How many.
        n_pages: u32,
    },
    /// The document cannot be opened.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The page cannot be drawn.
    #[error("the page cannot be drawn: {detail}")]
    NotDrawn {
        /// Why.
        detail: &'static str,
    },
}

/// The widths that may be asked for, in pixels.
pub const PICTURE_WIDTHS: std::ops::RangeInclusive<u32> = 200..=2000;
/// How many times its width a picture may be high. What is higher is drawn less wide.
const MAX_ASPECT: f32 = 4.0;

/// Draws a page as a person sees it, `width_px` wide; `number` counts from 1.
///
/// The picture shows what [`read()`](crate::read()) takes for the page: the [`Bounds`](bole_core::Bounds) of a run,
/// scaled from the [`Page`](bole_core::Page)'s width and height to the picture's, lie over its word. A page that is more
/// than four times as high as wide is drawn less wide, at most as high as four times `width_px`. `width_px` is put
/// within [`PICTURE_WIDTHS`].
///
/// Costs some tens of milliseconds. Unlike reading, it may panic, and what a page takes of time and memory has no limit
/// that holds against every file: draw hostile ones in a process that may use so much.
///
/// # Errors
///
/// [`DrawError`]: another attempt would end the same.
pub fn draw(
    bytes: &[u8],
    number: u32,
    width_px: u32,
    fonts: &Fonts,
    limits: &Limits,
) -> Result<Picture, DrawError> {
    let alone = page_alone(bytes, number, limits)?;
    let (matrix, page_rect) = display(&alone.displayed, alone.quarter_turns);
    let (width_px, height_px) = size(page_rect.width(), page_rect.height(), width_px);
    let to_pixels = Affine::scale_non_uniform(
        f64::from(width_px) / f64::from(page_rect.width()),
        f64::from(height_px) / f64::from(page_rect.height()),
    ) * affine(&matrix);

    let pdf =
        Pdf::new(alone.bytes).map_err(|_| DrawError::NotDrawn { detail: "its file cannot be opened" })?;
    let page = pdf.pages().first().ok_or(DrawError::NotDrawn { detail: "it cannot be found" })?;
    let lacks_font = Arc::new(AtomicBool::new(false));
    let interpreter = interpreter(fonts, &lacks_font);
    let cache = RenderCache::new();
    let mut context = RenderContext::new(width_px, height_px);
    let settings = RenderSettings { hinting: false, ..RenderSettings::default() };
    hayro::render_into(page, &cache, &interpreter, &settings, &mut context, to_pixels);
    context.flush();
    let mut pixels = Pixmap::new(width_px, height_px);
    let rasterizer = RasterizerSettings { target_init: TargetInit::Clear(WHITE), ..Default::default() };
    context.render_with(&mut pixels, &mut Resources::default(), rasterizer);
    let png = encode(&pixels).map_err(|_| DrawError::NotDrawn { detail: "it cannot be encoded" })?;
    Ok(Picture {
        png,
        width_px: width_px.into(),
        height_px: height_px.into(),
        lacks_font: lacks_font.load(Ordering::Relaxed),
    })
}

fn page_alone(bytes: &[u8], number: u32, limits: &Limits) -> Result<Alone, DrawError> {
    if bytes.len() > limits.file_bytes {
        return Err(ReadError::OverLimit { what: "bytes of the file", limit: limits.file_bytes }.into());
    }
    sniff::require_pdf(bytes)?;
    let file = File::open(bytes, limits)?;
    let n_pages = file.pages(limits)?.pages.len();
    if n_pages == 0 {
        return Err(ReadError::NotADocument { detail: "no pages" }.into());
    }
    let index = (number as usize).checked_sub(1);
    let alone = index.map(|index| file.into_page(index, limits)).transpose()?.flatten();
    alone.ok_or(DrawError::NoSuchPage { n_pages: n_pages as u32 })
}

/// Width and height in pixels of a page of this width and height.
fn size(width: f32, height: f32, width_px: u32) -> (u16, u16) {
    let wanted = width_px.clamp(*PICTURE_WIDTHS.start(), *PICTURE_WIDTHS.end()) as f32;
    let scale = (wanted / width).min(MAX_ASPECT * wanted / height);
    // Of what is very narrow at least a line of pixels is left.
    let pixels = |length: f32| (length * scale).round().max(1.0) as u16;
    (pixels(width), pixels(height))
}

fn affine(matrix: &Matrix) -> Affine {
    let Matrix { a, b, c, d, e, f } = *matrix;
    Affine::new([a, b, c, d, e, f].map(f64::from))
}

fn interpreter(fonts: &Fonts, lacks_font: &Arc<AtomicBool>) -> InterpreterSettings {
    let (fonts, lacks_font) = (fonts.clone(), lacks_font.clone());
    InterpreterSettings {
        font_resolver: Arc::new(move |query| match query {
            FontQuery::Standard(standard) => Some(standard.get_font_data()),
            FontQuery::Fallback(query) => {
                let is_composite = query.character_collection.is_some();
                if let Some(han) = fonts.han.as_ref().filter(|_| is_composite) {
                    return Some(han.clone());
                }
                // The Latin letters of such a font are there all the same.
                lacks_font.fetch_or(is_han(query), Ordering::Relaxed);
                Some(query.pick_standard_font().get_font_data())
            }
        }),
        ..InterpreterSettings::default()
    }
}

fn is_han(query: &FallbackFontQuery) -> bool {
    query.character_collection.as_ref().is_some_and(|collection| {
        matches!(
            collection.family,
            CidFamily::AdobeGB1 | CidFamily::AdobeCNS1 | CidFamily::AdobeJapan1 | CidFamily::AdobeKorea1
        )
    })
}

/// The pixels, which are opaque, as PNG. Most pages are grey: that takes a third of the bytes to compress.
fn encode(pixels: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let is_grey = |pixel: &PremulRgba8| pixel.r == pixel.g && pixel.g == pixel.b;
    let data = pixels.data();
    let (color, samples): (_, Vec<u8>) = if data.iter().all(is_grey) {
        (png::ColorType::Grayscale, data.iter().map(|pixel| pixel.r).collect())
    } else {
        (png::ColorType::Rgb, data.iter().flat_map(|pixel| [pixel.r, pixel.g, pixel.b]).collect())
    };
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, pixels.width().into(), pixels.height().into());
    encoder.set_color(color);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&samples)?;
    writer.finish()?;
    Ok(png)
}

#[cfg(test)]
mod tests;
