use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use bole_core::{HistoryId, LogPosition};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a backup says of itself, as `manifest.json`. It is written last: without one a backup is not whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of this format.
    pub format: u32,
    /// The release that made it.
    pub bole: String,
    /// How many migrations the tables of its store have seen.
    pub schema: u32,
    /// The history that its log is of.
    pub history: HistoryId,
    /// The newest position of its log.
    pub head: LogPosition,
    /// When it was begun.
    pub began_at: Timestamp,
    /// When it was whole.
    pub ended_at: Timestamp,
    /// What it was made of.
    pub store: StoreKind,
    /// How many rows each table has.
    pub rows: BTreeMap<String, u64>,
    /// Submissions that were in flight.
    pub n_in_flight: u64,
    /// Messages in its queue; none if the queue was on a broker.
    pub n_messages: Option<u64>,
    /// The bytes of documents.
    pub originals: OriginalsKept,
    /// Its other files by name.
    pub files: BTreeMap<String, FileFacts>,
}

/// What a store is kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreKind {
    /// A file.
    Sqlite,
    /// A server's database.
    Postgresql,
}

/// Whose bytes a backup has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginalsKept {
    /// Documents whose bytes are inside.
    pub n_inside: u64,
    /// Documents whose bytes are not: too large to be kept, or kept outside the store.
    pub n_outside: u64,
}

/// What a file has to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Its length.
    pub n_bytes: u64,
    /// The hash of its bytes, in hex.
    pub sha256: String,
}

/// What every format has.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// Why a manifest is not understood.
pub(super) enum Unread {
    /// There is none.
    Missing,
    /// Of another format, from a newer release.
    Newer(u32),
    /// It is none.
    Damaged,
    /// It cannot be read.
    Io(io::Error),
}

impl Manifest {
    /// The format that this release writes and the newest that it reads.
    pub(super) const FORMAT: u32 = 1;
    pub(super) const FILE: &str = "manifest.json";

    /// Whether a folder is a backup, be it a damaged one.
    pub(crate) fn is_in(folder: &Path) -> bool {
        folder.join(Self::FILE).exists()
    }

    /// Reads the manifest of a backup.
    pub(super) fn read(backup: &Path) -> Result<Self, Unread> {
        let text = std::fs::read(backup.join(Self::FILE)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Unread::Missing,
            _ => Unread::Io(error),
        })?;
        let Format { format } = serde_json::from_slice(&text).map_err(|_| Unread::Damaged)?;
        if format > Self::FORMAT {
            return Err(Unread::Newer(format));
        }
        serde_json::from_slice(&text).map_err(|_| Unread::Damaged)
    }

    /// Writes it, durably.
    pub(super) fn write(&self, backup: &Path) -> io::Result<()> {
        let mut file = File::create_new(backup.join(Self::FILE))?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")?;
        file.sync_all()
    }

    /// How many rows its store has in all.
    pub fn n_rows(&self) -> u64 {
        self.rows.values().sum()
    }

    /// How many bytes its files have.
    pub fn n_bytes(&self) -> u64 {
        self.files.values().map(|file| file.n_bytes).sum()
    }
}

impl FileFacts {
    /// Those of a file, which is read whole.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut hasher = Sha256::new();
        let mut part = vec![0; 1 << 20];
        let mut n_bytes = 0;
        loop {
            match file.read(&mut part) {
                Ok(0) => break,
                Ok(n_read) => {
                    hasher.update(part.get(..n_read).unwrap_or_default());
                    n_bytes += n_read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let sha256 = hex::encode(hasher.finalize());
        Ok(Self { n_bytes, sha256 })
    }
}
