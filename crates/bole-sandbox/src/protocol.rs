//! What travels over the pipe: frames of a little-endian `u32` length and that many bytes.
//!
//! The parent sends one [`Setup`] as JSON, then for each document one frame: [`Request`]'s byte, the document's
//! SHA-256, its bytes. The child answers each with an [`Answer`] as JSON, and after [`Answer::Read`] the encoded
//! reading and the encoded evidence in two more frames.

use std::io::{self, Read};

use bole_core::{EncodedEvidence, EncodedReading, MatchKeys, Reason};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::{Guard, Limits, StageTimes};

/// What a child needs to know before the first document.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Setup {
    pub(crate) limits: Limits,
    pub(crate) lexicon: Vec<LexiconFile>,
}

/// A lexicon file, as the parent read it: children open no files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LexiconFile {
    /// Its name, for messages.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What the parent wants of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Request {
    /// What is stored.
    Read = b'R',
    /// The reading as it is, however poor, to be shown and not stored.
    Inspect = b'I',
}

/// What a child answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// Set up, fenced in but for what is missing, and ready for documents.
    Ready { missing: Vec<Guard> },
    /// Two frames follow. How long each part took is told in microseconds, in the order of [`StageTimes`].
    Read { keys: MatchKeys, partial: bool, times_us: [u64; 4] },
    /// Not to be read.
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

impl Request {
    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        [Self::Read, Self::Inspect].into_iter().find(|request| *request as u8 == byte)
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
