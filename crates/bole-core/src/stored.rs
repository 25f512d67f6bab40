//! The form in which readings and evidence are stored and travel: versioned JSON under zstd.

use std::cell::RefCell;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zstd::bulk::Decompressor;

use crate::{ContentHash, DateRange, Degree, Evidence, Mention, Reading, ReadingId, Statement, Studied};

/// A reading as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct EncodedReading(Vec<u8>);

/// Evidence as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct EncodedEvidence(Vec<u8>);

/// Stored bytes that this binary does not understand.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    /// More than is ever stored.
    #[error("over the limit of {MAX_BYTES} bytes that a reading may take, by {}", n_bytes - MAX_BYTES)]
    TooLarge {
        /// Bytes before compression.
        n_bytes: usize,
    },
    /// It is of another reading than the one asked for: whoever made it is not to be trusted.
    #[error("stored bytes are those of another document")]
    Mismatch,
    /// Not zstd, or larger than anything that is ever stored.
    #[error("stored bytes cannot be decompressed")]
    Compression(#[source] std::io::Error),
    /// Not the JSON that its version has.
    #[error("stored JSON does not have the shape of its version")]
    Shape(#[source] serde_json::Error),
    /// Written by a newer binary.
    #[error("stored format version {0} is newer than this binary: upgrade it")]
    Newer(u32),
}

/// What any version of a stored value has.
#[derive(Deserialize)]
pub(crate) struct Version {
    pub(crate) version: u32,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Versioned<T> {
    pub(crate) version: u32,
    pub(crate) value: T,
}

/// The version of what is written now.
trait Stored {
    const VERSION: u32;
}

impl Stored for Reading {
    const VERSION: u32 = 1;
}

impl Stored for Evidence {
    const VERSION: u32 = 2;
}

/// The fastest levels halve the time for a tenth more bytes.
const LEVEL: i32 = 1;
/// An honest resume of 200 pages stays far below this.
const MAX_BYTES: usize = 16 << 20;

impl EncodedReading {
    /// Encodes a reading.
    ///
    /// # Errors
    /// [`StoredError::TooLarge`].
    pub fn encode(reading: &Reading) -> Result<Self, StoredError> {
        encode(reading).map(Self)
    }

    /// Takes bytes as stored; they are checked when decoded.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Decodes it as the reading of this id.
    ///
    /// # Errors
    /// If the bytes are damaged, of another reading, or written by a newer binary.
    pub fn decode(&self, id: ReadingId) -> Result<Reading, StoredError> {
        let reading: Reading = versioned(&decompress(&self.0)?, Reading::VERSION)?.value;
        if reading.id() == id { Ok(reading) } else { Err(StoredError::Mismatch) }
    }
}

impl EncodedEvidence {
    /// Encodes evidence.
    ///
    /// # Errors
    /// [`StoredError::TooLarge`].
    pub fn encode(evidence: &Evidence) -> Result<Self, StoredError> {
        encode(evidence).map(Self)
    }

    /// Takes bytes as stored; they are checked when decoded.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Decodes it as evidence of this reading.
    ///
    /// # Errors
    /// If the bytes are damaged, of another reading, or written by a newer binary.
    pub fn decode(&self, id: ReadingId) -> Result<Evidence, StoredError> {
        let json = decompress(&self.0)?;
        let read = versioned::<Evidence>(&json, Evidence::VERSION)?;
        let evidence = match read.version {
            1 => versioned::<EvidenceV1>(&json, 1)?.value.into(),
            _ => read.value,
        };
        if evidence.reading == id { Ok(evidence) } else { Err(StoredError::Mismatch) }
    }
}

impl std::fmt::Debug for EncodedReading {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "EncodedReading({} bytes)", self.0.len())
    }
}

impl std::fmt::Debug for EncodedEvidence {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "EncodedEvidence({} bytes)", self.0.len())
    }
}

/// Evidence as its first version was: of the degrees only the highest.
#[derive(Deserialize)]
struct EvidenceV1 {
    reading: ReadingId,
    lexicon: ContentHash,
    mentions: Vec<Mention>,
    #[serde(default)]
    degree: Option<Statement<Degree>>,
    #[serde(default)]
    jobs: Vec<Statement<DateRange>>,
    partial: bool,
}

impl From<EvidenceV1> for Evidence {
    fn from(old: EvidenceV1) -> Self {
        let studied = |degree: Statement<Degree>| Statement {
            value: Studied { degree: degree.value, dates: None, is_under_way: false },
            span: degree.span,
        };
        Self {
            reading: old.reading,
            lexicon: old.lexicon,
            mentions: old.mentions,
            degrees: old.degree.map(studied).into_iter().collect(),
            jobs: old.jobs,
            claimed_months: None,
            achievements: Vec::new(),
            partial: old.partial,
        }
    }
}

fn encode<T: Serialize + Stored>(value: &T) -> Result<Vec<u8>, StoredError> {
    let json = serde_json::to_vec(&Versioned { version: T::VERSION, value }).map_err(StoredError::Shape)?;
    if json.len() > MAX_BYTES {
        return Err(StoredError::TooLarge { n_bytes: json.len() });
    }
    zstd::bulk::compress(&json, LEVEL).map_err(StoredError::Compression)
}

thread_local! {
    /// Making one takes as long as decompressing the evidence of a resume.
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

fn decompress(bytes: &[u8]) -> Result<Vec<u8>, StoredError> {
    let capacity = Decompressor::upper_bound(bytes).unwrap_or(MAX_BYTES).min(MAX_BYTES);
    let decompressed = DECOMPRESSOR.with_borrow_mut(|kept| {
        let decompressor = match kept {
            Some(decompressor) => decompressor,
            None => kept.insert(Decompressor::new()?),
        };
        decompressor.decompress(bytes, capacity)
    });
    decompressed.map_err(StoredError::Compression)
}

/// The value with its version, which is none of the future's.
fn versioned<T: DeserializeOwned>(json: &[u8], newest: u32) -> Result<Versioned<T>, StoredError> {
    match serde_json::from_slice::<Versioned<T>>(json) {
        Ok(read) if read.version <= newest => Ok(read),
        Ok(Versioned { version, .. }) => Err(StoredError::Newer(version)),
        Err(shape) => match serde_json::from_slice(json) {
            Ok(Version { version }) if version > newest => Err(StoredError::Newer(version)),
            _ => Err(StoredError::Shape(shape)),
        },
    }
}
