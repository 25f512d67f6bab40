use bole_core::DocumentId;
use tantivy::indexer::{IndexWriterOptions, NoMergePolicy};
use tantivy::{Index, TantivyDocument};

use crate::collect::All;
use crate::schema::Fields;
use crate::{Entry, IndexError, Query};

/// tantivy takes at least so much.
const MEMORY_BYTES: usize = 32 << 20;

/// Which of `entries` each of `queries` finds, by an index of their own that is gone afterwards.
///
/// Whether a document is found does not depend on others: many entries may be given in parts. Takes about as much memory
/// as the text of the entries, and 32 MiB.
pub fn matching(entries: &[Entry], queries: &[Query]) -> Result<Vec<Vec<DocumentId>>, IndexError> {
    let fields = Fields::new();
    let index = Index::builder().schema(fields.schema.clone()).tokenizers(Fields::tokenizers());
    let index = index.create_in_ram()?;
    let options =
        IndexWriterOptions::builder().num_worker_threads(1).memory_budget_per_thread(MEMORY_BYTES).build();
    let mut writer: tantivy::IndexWriter<TantivyDocument> = index.writer_with_options(options)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    for entry in entries {
        writer.add_document(fields.document(entry))?;
    }
    writer.commit()?;
    let searcher = index.reader()?.searcher();
    let found = queries.iter().map(|query| searcher.search(&query.compile(&fields), &All));
    Ok(found.collect::<Result<_, _>>()?)
}
