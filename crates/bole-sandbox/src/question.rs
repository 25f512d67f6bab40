//! What a parent can ask of a child, and how it takes the answer.

use std::io;
use std::time::Instant;

use bole_core::{EncodedEvidence, EncodedReading};
use bole_document::{PICTURE_WIDTHS, Picture};
use tokio::io::AsyncRead;

use crate::protocol::{Answer, Request, receive_frame};
use crate::{Drawn, Outcome, Refusal, StageTimes};

/// One kind of question.
pub(crate) trait Question {
    /// What comes of it; that it did not come to an answer is one.
    type Answer: From<Refusal>;

    /// As it is sent.
    fn request(&self) -> Request;

    /// Takes the answer that begins with `head`; what follows it is still to be read.
    ///
    /// # Errors
    /// `InvalidData` for an answer to another question, `FileTooLarge` for a frame over the limit, or the pipe's.
    async fn receive(&self, head: Answer, rest: Rest<'_, impl AsyncRead + Unpin>)
    -> io::Result<Self::Answer>;
}

/// What follows the head of an answer.
pub(crate) struct Rest<'a, R> {
    pub(crate) from: &'a mut R,
    /// The largest frame.
    pub(crate) limit_bytes: usize,
    /// When the question was sent.
    pub(crate) asked: Instant,
}

/// To be read; to be stored or, however poor, to be shown.
pub(crate) struct ToRead {
    pub(crate) however_poor: bool,
}

/// A page to be drawn.
pub(crate) struct ToDraw {
    pub(crate) page: u32,
    pub(crate) width_px: u32,
}

impl Question for ToRead {
    type Answer = Outcome;

    fn request(&self) -> Request {
        if self.however_poor { Request::Inspect } else { Request::Read }
    }

    async fn receive(&self, head: Answer, rest: Rest<'_, impl AsyncRead + Unpin>) -> io::Result<Outcome> {
        match head {
            Answer::Read { keys, partial, times_us } => {
                let times = StageTimes::from_wire(times_us, rest.asked.elapsed());
                let reading = receive_frame(rest.from, rest.limit_bytes).await?;
                let evidence = receive_frame(rest.from, rest.limit_bytes).await?;
                let reading = EncodedReading::from_bytes(reading);
                let evidence = EncodedEvidence::from_bytes(evidence);
                Ok(Outcome::Read { reading, evidence, keys, partial, times })
            }
            head => refusal(head).map(Outcome::Refused),
        }
    }
}

impl Question for ToDraw {
    type Answer = Drawn;

    fn request(&self) -> Request {
        Request::Draw { page: self.page, width_px: self.width_px }
    }

    async fn receive(&self, head: Answer, rest: Rest<'_, impl AsyncRead + Unpin>) -> io::Result<Drawn> {
        match head {
            Answer::Drawn { width_px, height_px, lacks_font } => {
                let png = receive_frame(rest.from, rest.limit_bytes).await?;
                // It goes to browsers: it must begin as a picture, and be of the size that is told.
                if !is_png_of(&png, width_px, height_px) || width_px > *PICTURE_WIDTHS.end() {
                    return Err(io::ErrorKind::InvalidData.into());
                }
                Ok(Drawn::Picture(Picture { png, width_px, height_px, lacks_font }))
            }
            Answer::NoSuchPage { n_pages } => Ok(Drawn::NoSuchPage { n_pages }),
            head => refusal(head).map(Drawn::Refused),
        }
    }
}

fn refusal(head: Answer) -> io::Result<Refusal> {
    match head {
        Answer::Refused(refusal) if refusal.is_a_readers() => Ok(refusal),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Whether a file begins as a PNG of this size does (PNG, 5.2 and 11.2.2).
fn is_png_of(png: &[u8], width_px: u32, height_px: u32) -> bool {
    let head =
        [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".as_slice(), &width_px.to_be_bytes(), &height_px.to_be_bytes()];
    png.starts_with(&head.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_png_of_the_size_that_is_told_is_one() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x04\xd8\0\0\x06\xda\x08\0\0\0\0";
        assert!(is_png_of(png, 1240, 1754));
        assert!(!is_png_of(png, 1754, 1240));
        for other in [b"".as_slice(), b"<html><script>", &png[..20], &png[1..]] {
            assert!(!is_png_of(other, 1240, 1754), "{other:?}");
        }
    }
}
