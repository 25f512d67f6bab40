use std::io;
use std::path::Path;

use bole_core::{DocumentId, Reading, ReadingId, Reason};
use bole_document::READER_VERSION;
use bole_sandbox::{Outcome, Pool, Refusal};
use bytes::Bytes;

use crate::engine::pool;
use crate::files::{FileError, read_file};
use crate::{Engine, EngineError, Knowledge, ReaderProgram, Settings};

/// Reads files without storing anything.
#[derive(Clone, Debug)]
pub struct Extractor {
    pool: Pool,
    limit_bytes: usize,
}

/// What was read of one file.
#[derive(Clone, Debug)]
pub enum Extracted {
    /// The reading as it is, however poor: its quality says how good the text is.
    Reading(Box<Reading>),
    /// It cannot be read.
    Refused {
        /// Why.
        reason: Reason,
        /// What exactly.
        detail: String,
    },
}

impl Extractor {
    /// Makes an extractor; starts no readers yet.
    pub fn new(settings: &Settings, knowledge: &Knowledge, reader: ReaderProgram) -> Self {
        Self { pool: pool(settings, knowledge, reader), limit_bytes: settings.queue.limit_bytes }
    }

    /// One that shares the readers of an engine.
    pub fn of(engine: &Engine) -> Self {
        Self { pool: engine.pool().clone(), limit_bytes: engine.settings().queue.limit_bytes }
    }

    /// How many files are read at once.
    pub fn n_readers(&self) -> usize {
        self.pool.n_children()
    }

    /// The bytes of one file as it is, if it is no larger than a document may be.
    pub(crate) async fn read_bounded(&self, path: &Path) -> Result<Bytes, EngineError> {
        let fail = |source| EngineError::Path { path: path.to_owned(), source };
        match read_file(path, self.limit_bytes).await {
            Ok((bytes, _)) => Ok(bytes),
            Err(FileError::TooLarge { .. }) => Err(fail(io::Error::from(io::ErrorKind::FileTooLarge))),
            Err(FileError::Unreadable(source)) => Err(fail(source)),
        }
    }

    /// Reads one file.
    ///
    /// # Errors
    /// [`EngineError::Path`] if the file cannot be opened; what is wrong with its content is the value.
    pub async fn extract(&self, path: &Path) -> Result<Extracted, EngineError> {
        let bytes = match read_file(path, self.limit_bytes).await {
            Ok((bytes, _)) => bytes,
            Err(FileError::TooLarge { n_bytes }) => return Ok(self.too_large(n_bytes)),
            Err(FileError::Unreadable(source)) => {
                return Err(EngineError::Path { path: path.to_owned(), source });
            }
        };
        self.extract_bytes(&bytes).await
    }

    /// Reads the bytes of one file.
    ///
    /// # Errors
    /// Ours only; what is wrong with its content is the value.
    pub async fn extract_bytes(&self, bytes: &Bytes) -> Result<Extracted, EngineError> {
        if bytes.len() > self.limit_bytes {
            return Ok(self.too_large(bytes.len() as u64));
        }
        let document = DocumentId::of(bytes);
        Ok(match self.pool.inspect(document, bytes).await? {
            Outcome::Read { reading, .. } => {
                let id = ReadingId { document, reader: READER_VERSION };
                Extracted::Reading(Box::new(reading.decode(id)?))
            }
            Outcome::Refused(Refusal { reason, detail }) => Extracted::Refused { reason, detail },
        })
    }

    fn too_large(&self, n_bytes: u64) -> Extracted {
        let detail = format!("the file has {n_bytes} bytes or more, the limit is {}", self.limit_bytes);
        Extracted::Refused { reason: Reason::OverLimit, detail }
    }
}
