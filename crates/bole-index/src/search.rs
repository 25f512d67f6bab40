use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bole_core::{DocumentId, HistoryId, LogPosition};
use tantivy::directory::MmapDirectory;
use tantivy::directory::error::OpenReadError;
use tantivy::{Directory, Index, IndexReader, ReloadPolicy, Searcher, TantivyError};

use crate::collect::{All, Best, ByValue};
use crate::schema::Fields;
use crate::{IndexError, IndexWriter, Query};

const META: &str = "meta.json";

/// The index as its last commit left it. Cheap to clone; any number of processes may search while one writes.
#[derive(Clone)]
pub struct SearchIndex {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    fields: Fields,
    index: Index,
    reader: IndexReader,
    /// The list of segments that the reader has open, as bytes.
    seen: Mutex<Vec<u8>>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// How many documents match.
    pub n_total: usize,
    /// The best of them.
    pub hits: Vec<Hit>,
}

/// How many of all hits have each value. A hit may have several fields, and no degree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// By highest degree, as `degree:` calls it.
    pub degree: BTreeMap<String, u64>,
    /// By language, as `language:` calls it.
    pub language: BTreeMap<String, u64>,
    /// By field that it was sent for, as `field:` calls it; `any` for what was sent without.
    pub field: BTreeMap<String, u64>,
    /// By the year that it speaks from.
    pub year: BTreeMap<String, u64>,
}

impl Facets {
    /// The most values that are told of each; of more, the most frequent.
    pub const MAX_VALUES: usize = 100;
}

/// One document that matches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Which.
    pub document: DocumentId,
    /// Its BM25 score, 0 and above. It depends on what else is in the index: to order hits, for nothing else.
    pub bm25: f32,
}

/// What several queries find in one and the same commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matching {
    /// Up to where the commit has read the change log.
    pub position: LogPosition,
    /// For each query all documents that it finds, in no order.
    pub documents: Vec<Vec<DocumentId>>,
}

impl SearchIndex {
    /// Opens the index in a folder; creates both if they are not there.
    ///
    /// # Errors
    /// [`IndexError::OtherSchema`] and [`IndexError::Corrupt`]: [make it again](Self::recreate).
    /// [`IndexError::Busy`]: another process creates it right now; try again.
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        fs::create_dir_all(path)?;
        let fields = Fields::new();
        let directory = MmapDirectory::open(path).map_err(TantivyError::from)?;
        if !Index::exists(&directory).map_err(TantivyError::from)? {
            // Under the writer's lock: two that find nothing at once must not both create it.
            let _lock = lock(&directory)?;
            if !Index::exists(&directory).map_err(TantivyError::from)? {
                Index::create(directory.clone(), fields.schema.clone(), tantivy::IndexSettings::default())?;
                sync(path)?;
            }
        }
        let mut index = Index::open(directory)?;
        if index.schema() != fields.schema {
            return Err(IndexError::OtherSchema);
        }
        index.set_tokenizers(Fields::tokenizers());
        payload_of(&index)?;
        let seen = read_meta(&index)?;
        // No thread that watches the folder: every search looks by itself.
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let path = path.to_owned();
        Ok(Self { shared: Arc::new(Shared { path, fields, index, reader, seen: Mutex::new(seen) }) })
    }

    /// Whether there is an index in a folder.
    pub fn is_there(path: &Path) -> bool {
        path.join(META).exists()
    }

    /// Throws the index in a folder away and creates an empty one, at position 0.
    ///
    /// # Errors
    /// [`IndexError::Busy`] while another process writes it; nothing is thrown away then.
    pub fn recreate(path: &Path) -> Result<Self, IndexError> {
        fs::create_dir_all(path)?;
        let directory = MmapDirectory::open(path).map_err(TantivyError::from)?;
        {
            let _lock = lock(&directory)?;
            // First what makes it an index, so that no half of one is ever opened.
            if path.join(META).exists() {
                fs::remove_file(path.join(META))?;
                sync(path)?;
            }
            for entry in fs::read_dir(path)? {
                let entry = entry?;
                let is_lock =
                    Path::new(&entry.file_name()).extension().is_some_and(|extension| extension == "lock");
                if entry.file_type()?.is_file() && !is_lock {
                    fs::remove_file(entry.path())?;
                }
            }
        }
        Self::open(path)
    }

    /// Reads every byte of the index and compares it with its checksums.
    ///
    /// # Errors
    /// [`IndexError::Corrupt`] if one differs.
    pub fn verify(&self) -> Result<(), IndexError> {
        let damaged = self.shared.index.validate_checksum()?;
        match damaged.into_iter().min() {
            Some(path) => {
                let damage = tantivy::error::DataCorruption::new(path, "its checksum differs".to_owned());
                Err(TantivyError::from(damage).into())
            }
            None => Ok(()),
        }
    }

    /// Opens the one writer.
    ///
    /// # Errors
    /// [`IndexError::Busy`] while another writer is open, here or in another process.
    pub fn writer(&self) -> Result<IndexWriter, IndexError> {
        self.writer_with_memory(IndexWriter::MEMORY_BYTES)
    }

    /// Opens the one writer, with so many bytes for documents that are not on disk yet; at least 15 MB are taken.
    ///
    /// # Errors
    /// [`IndexError::Busy`] while another writer is open, here or in another process.
    pub fn writer_with_memory(&self, memory_bytes: usize) -> Result<IndexWriter, IndexError> {
        let Shared { path, fields, index, .. } = &*self.shared;
        IndexWriter::open(path.clone(), fields.clone(), index, memory_bytes)
    }

    /// The position in the change log up to which the last commit has everything; 0 before the first.
    pub fn position(&self) -> Result<LogPosition, IndexError> {
        Ok(payload_of(&self.shared.index)?.position)
    }

    /// Which history that position is of; none before the first commit, and of an index that an older release left.
    pub fn history(&self) -> Result<Option<HistoryId>, IndexError> {
        Ok(payload_of(&self.shared.index)?.history)
    }

    /// How many documents the last commit has.
    pub fn documents(&self) -> Result<usize, IndexError> {
        Ok(self.searcher()?.num_docs() as usize)
    }

    /// Finds the `limit` best documents, best first, equals by document. Sees every commit that was made before.
    pub fn search(&self, query: &Query, limit: usize) -> Result<Found, IndexError> {
        let query = query.compile(&self.shared.fields);
        Ok(self.searcher()?.search(&query, &Best { limit })?)
    }

    /// As [`search`](Self::search), and counts all that is found by its values. Goes through four columns more for each
    /// document found.
    pub fn search_counting(&self, query: &Query, limit: usize) -> Result<(Found, Facets), IndexError> {
        let query = query.compile(&self.shared.fields);
        Ok(self.searcher()?.search(&query, &(Best { limit }, ByValue))?)
    }

    /// All documents that each of `queries` finds, and the position of the commit in which it does.
    pub fn matching(&self, queries: &[Query]) -> Result<Matching, IndexError> {
        let (searcher, position) = self.searcher_with_position()?;
        let found = queries.iter().map(|query| searcher.search(&query.compile(&self.shared.fields), &All));
        Ok(Matching { position, documents: found.collect::<Result<_, _>>()? })
    }

    fn searcher(&self) -> Result<Searcher, IndexError> {
        Ok(self.searcher_with_position()?.0)
    }

    /// What the last commit left, opened anew only if it is another, and its position.
    fn searcher_with_position(&self) -> Result<(Searcher, LogPosition), IndexError> {
        let Shared { index, reader, seen, .. } = &*self.shared;
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        // Read before and after: what the reader opened in between, and the position, are those of one commit. Another
        // commit in every one of these moments there cannot be: each waits for the disk.
        loop {
            let meta = read_meta(index)?;
            let position = payload_of(index)?.position;
            if *seen != meta {
                reader.reload()?;
            }
            if read_meta(index)? == meta {
                *seen = meta;
                return Ok((reader.searcher(), position));
            }
            seen.clear();
        }
    }
}

impl fmt::Debug for SearchIndex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SearchIndex").field("path", &self.shared.path).finish_non_exhaustive()
    }
}

/// What a commit carries for us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Payload {
    pub(crate) position: LogPosition,
    /// None before the first commit, and of older releases.
    pub(crate) history: Option<HistoryId>,
}

impl fmt::Display for Payload {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "bole {}", self.position)?;
        self.history.map_or(Ok(()), |history| write!(formatter, " {history}"))
    }
}

impl Payload {
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.strip_prefix("bole ")?.split(' ');
        let position = words.next()?.parse().ok().map(LogPosition)?;
        let history = words.next().map(str::parse).transpose().ok()?;
        words.next().is_none().then_some(Self { position, history })
    }
}

/// What the last commit carries.
pub(crate) fn payload_of(index: &Index) -> Result<Payload, IndexError> {
    let Some(payload) = index.load_metas()?.payload else {
        return Ok(Payload::default());
    };
    Payload::parse(&payload).ok_or_else(|| {
        let damage =
            tantivy::error::DataCorruption::comment_only("the payload of the last commit is not ours");
        TantivyError::from(damage).into()
    })
}

/// Makes the names in a folder durable.
pub(crate) fn sync(path: &Path) -> Result<(), IndexError> {
    Ok(fs::File::open(path)?.sync_all()?)
}

fn lock(directory: &MmapDirectory) -> Result<tantivy::directory::DirectoryLock, IndexError> {
    let lock = directory.acquire_lock(&tantivy::directory::INDEX_WRITER_LOCK);
    lock.map_err(|error| TantivyError::LockFailure(error, None).into())
}

fn read_meta(index: &Index) -> Result<Vec<u8>, IndexError> {
    index
        .directory()
        .atomic_read(Path::new(META))
        .map_err(|error: OpenReadError| TantivyError::from(error).into())
}

#[cfg(test)]
mod tests;
