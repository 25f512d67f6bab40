//! Drawing, within a child.

use std::fs::File;
use std::io::Read;
use std::sync::Arc;

use bole_core::Reason;
use bole_document::{DrawError, Fonts, Picture};

use crate::protocol::Answer;
use crate::{FontFile, Refusal};

/// The largest font that is taken: those of all Chinese, Japanese and Korean characters have up to 30 MB.
const MAX_FONT_BYTES: u64 = 64 << 20;

/// Opens the font. One that cannot be opened is as none: pictures tell that they lack it.
pub(crate) fn fonts(font: Option<&FontFile>) -> Fonts {
    let opened = font.and_then(|font| {
        let mut bytes = Vec::new();
        File::open(&font.path).ok()?.take(MAX_FONT_BYTES).read_to_end(&mut bytes).ok()?;
        bytes.shrink_to_fit();
        Fonts::with_han(Arc::new(bytes), font.face)
    });
    opened.unwrap_or_default()
}

/// Draws a page: the head of the answer, and the picture that follows it.
pub(crate) fn draw(bytes: &[u8], page: u32, width_px: u32, fonts: &Fonts) -> (Answer, Option<Vec<u8>>) {
    let limits = bole_document::Limits::STANDARD;
    match bole_document::draw(bytes, page, width_px, fonts, &limits) {
        Ok(Picture { png, width_px, height_px, lacks_font }) => {
            (Answer::Drawn { width_px, height_px, lacks_font }, Some(png))
        }
        Err(DrawError::NoSuchPage { n_pages }) => (Answer::NoSuchPage { n_pages }, None),
        Err(error) => {
            let reason = match &error {
                DrawError::Read(error) => error.reason(),
                DrawError::NotDrawn { .. } | DrawError::NoSuchPage { .. } => Reason::NotADocument,
            };
            (Answer::Refused(Refusal { reason, detail: error.to_string() }), None)
        }
    }
}
