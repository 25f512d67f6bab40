//! What travels over the pipe: frames of a little-endian `u32` length and that many bytes.
//!
//! The parent sends one [`Setup`] as JSON, then for each document one frame: [`Request`]'s bytes, the document's
//! SHA-256, its bytes. The child answers each with an [`Answer`] as JSON, and after [`Answer::Read`] the encoded
//! reading and the encoded evidence in two more frames, after [`Answer::Drawn`] the picture in one.

use std::io::{self, Read};
use std::path::PathBuf;

use bole_core::{DocumentId, EncodedEvidence, EncodedReading, MatchKeys, Reason};
use bole_document::Picture;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::{Guard, Limits, StageTimes};

/// What a child needs to know before the first document.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Setup {
    pub(crate) limits: Limits,
    pub(crate) duty: Duty,
}

/// What a child is for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Duty {
    /// Reading, with this lexicon.
    Read { lexicon: Vec<LexiconFile> },
    /// Drawing pages, with this font, which it opens before it fences itself in.
    Draw { font: Option<FontFile> },
}

/// Where a font lies on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FontFile {
    /// A TrueType or OpenType file.
    pub path: PathBuf,
    /// Which face of it, if it is a collection.
    pub face: u32,
}

/// A lexicon file, as the parent read it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LexiconFile {
    /// Its name, for messages.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What the parent wants of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// What is stored.
    Read,
    /// The reading as it is, however poor, to be shown and not stored.
    Inspect,
    /// A page, counted from 1, as a picture.
    Draw { page: u32, width_px: u32 },
}

/// What a child answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// Set up, fenced in but for what is missing, and ready for documents.
    Ready { missing: Vec<Guard> },
    /// Two frames follow. How long each part took is told in microseconds, in the order of [`StageTimes`].
    Read { keys: MatchKeys, partial: bool, times_us: [u64; 4] },
    /// A frame follows, the picture as PNG.
    Drawn { width_px: u32, height_px: u32, lacks_font: bool },
    /// The document has fewer pages.
    NoSuchPage { n_pages: u32 },
    /// Not to be read, or drawn.
    Refused(Refusal),
}

/// What came of a page that was to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// It was drawn.
    Picture(Picture),
    /// The document has fewer pages.
    NoSuchPage {
        /// How many.
        n_pages: u32,
    },
    /// It cannot be drawn, for a reason of its own.
    Refused(Refusal),
}

/// What came of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was read.
    Read {
        /// The reading as stored.
        reading: EncodedReading,
        /// The evidence as stored.
        evidence: EncodedEvidence,
        /// What tells who it is about.
        keys: MatchKeys,
        /// A part could not be read.
        partial: bool,
        /// Where the time went.
        times: StageTimes,
    },
    /// It cannot be read, for a reason of its own.
    Refused(Refusal),
}

/// Why a document cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The reason.
    pub reason: Reason,
    /// What exactly, without any text of the document.
    pub detail: String,
}

impl Refusal {
    /// Whether a reader may say this. What is decided elsewhere is not for a child to choose.
    pub(crate) fn is_a_readers(&self) -> bool {
        matches!(
            self.reason,
            Reason::NotADocument
                | Reason::UnsupportedType
                | Reason::Encrypted
                | Reason::NoText
                | Reason::GarbledText
                | Reason::OverLimit
        )
    }
}

impl From<Refusal> for Outcome {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Refusal> for Drawn {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Request {
    /// What stands before the bytes of `document`.
    pub(crate) fn head(self, document: DocumentId) -> Vec<u8> {
        let mut head = match self {
            Self::Read => vec![b'R'],
            Self::Inspect => vec![b'I'],
            Self::Draw { page, width_px } => {
                [b"D".as_slice(), &page.to_le_bytes(), &width_px.to_le_bytes()].concat()
            }
        };
        head.extend_from_slice(document.as_bytes());
        head
    }

    /// Takes a frame apart; none if it is no request.
    pub(crate) fn split(frame: &[u8]) -> Option<(Self, DocumentId, &[u8])> {
        let (request, rest) = match frame.split_first()? {
            (b'R', rest) => (Self::Read, rest),
            (b'I', rest) => (Self::Inspect, rest),
            (b'D', rest) => {
                let (page, rest) = rest.split_first_chunk()?;
                let (width_px, rest) = rest.split_first_chunk()?;
                let (page, width_px) = (u32::from_le_bytes(*page), u32::from_le_bytes(*width_px));
                (Self::Draw { page, width_px }, rest)
            }
            _ => return None,
        };
        let (document, bytes) = rest.split_first_chunk::<32>()?;
        Some((request, DocumentId::from_bytes(*document), bytes))
    }
}

/// What a child keeps for the next document of the memory for one.
const KEPT_BYTES: usize = 1 << 20;

/// Appends a frame to `to`.
pub(crate) fn push_frame(to: &mut Vec<u8>, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
    to.extend_from_slice(&length.to_le_bytes());
    to.extend_from_slice(bytes);
    Ok(())
}

/// Reads a frame into the front of `buffer` and gives it; none at the end of the stream.
pub(crate) fn read_frame<'a>(from: &mut impl Read, buffer: &'a mut Vec<u8>) -> io::Result<Option<&'a [u8]>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_le_bytes(length) as usize;
    // The memory is used again without being cleared, but that of one huge document is not held on to.
    buffer.truncate(length.max(KEPT_BYTES));
    buffer.shrink_to(length.max(KEPT_BYTES));
    if buffer.len() < length {
        buffer.resize(length, 0);
    }
    let frame = buffer.get_mut(..length).ok_or(io::ErrorKind::OutOfMemory)?;
    from.read_exact(frame)?;
    Ok(Some(frame))
}

/// Reads a frame of at most `limit_bytes`; `FileTooLarge` if it claims more.
pub(crate) async fn receive_frame(
    from: &mut (impl AsyncRead + Unpin),
    limit_bytes: usize,
) -> io::Result<Vec<u8>> {
    let length = from.read_u32_le().await? as usize;
    if length > limit_bytes {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes).await?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_arrive_as_they_were_sent() {
        let document = DocumentId::of(b"a document");
        for request in [Request::Read, Request::Inspect, Request::Draw { page: 7, width_px: 1240 }] {
            let head = request.head(document);
            let frame = [&head, b"%PDF".as_slice()].concat();
            assert_eq!(Request::split(&frame), Some((request, document, b"%PDF".as_slice())));
            assert_eq!(Request::split(&head[..head.len() - 1]), None);
        }
        assert_eq!(Request::split(&[b'X'; 100]), None);
    }
}
