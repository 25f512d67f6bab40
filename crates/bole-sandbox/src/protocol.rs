//! What travels over the pipe: frames of a little-endian `u32` length and that many bytes.
//!
//! The parent sends one [`Setup`] as JSON, then for each document one frame: [`Request`]'s byte, the document's
//! SHA-256, its bytes. The child answers each with an [`Answer`] as JSON, and after [`Answer::Read`] the encoded
//! reading and the encoded evidence in two more frames.

use std::io::{self, Read, Write};

use bole_core::{EncodedEvidence, EncodedReading, MatchKeys, Reading, Reason};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::Limits;

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
    /// Set up, and ready for documents.
    Ready,
    /// Two frames follow.
    Read { keys: MatchKeys, partial: bool },
    /// To [`Request::Inspect`].
    Inspected(Box<Reading>),
    /// Not to be read.
    Refused { reason: Reason, detail: String },
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
    },
    /// It cannot be read, for a reason of its own.
    Refused {
        /// Why.
        reason: Reason,
        /// What exactly, without any text of the document.
        detail: String,
    },
}

impl Request {
    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        [Self::Read, Self::Inspect].into_iter().find(|request| *request as u8 == byte)
    }
}

pub(crate) fn write_frame(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(bytes)?;
    to.flush()
}

/// Reads a frame; none at the end of the stream.
pub(crate) fn read_frame(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut bytes = vec![0; u32::from_le_bytes(length) as usize];
    from.read_exact(&mut bytes)?;
    Ok(Some(bytes))
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
