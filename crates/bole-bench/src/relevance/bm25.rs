use std::collections::BTreeMap;

use bole_core::{DocumentId, HistoryId, LogPosition};
use bole_index::{Entry, IndexError, Query, SearchIndex};
use tempfile::TempDir;

use super::error::RelevanceError;
use crate::listing::BenchError;

/// A search index of all resumes, as production has it, in a folder that goes with it.
pub(super) struct Bm25 {
    index: SearchIndex,
    n_entries: usize,
    _folder: TempDir,
}

impl Bm25 {
    pub(super) fn of<'a>(entries: impl Iterator<Item = &'a Entry>) -> Result<Self, RelevanceError> {
        let folder = tempfile::tempdir().map_err(BenchError::path(&std::env::temp_dir()))?;
        let index = SearchIndex::open(folder.path())?;
        let mut writer = index.writer()?;
        let mut n_entries = 0;
        for entry in entries {
            writer.upsert(entry)?;
            n_entries += 1;
        }
        writer.commit(HistoryId::default(), LogPosition(1))?;
        writer.close()?;
        Ok(Self { index, n_entries, _folder: folder })
    }

    /// The place of each document that is found, from 0.
    pub(super) fn places(&self, query: &Query) -> Result<BTreeMap<DocumentId, usize>, IndexError> {
        let found = self.index.search(query, self.n_entries.max(1))?;
        Ok(found.hits.iter().zip(0..).map(|(hit, place)| (hit.document, place)).collect())
    }
}
