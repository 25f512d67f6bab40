use std::collections::BTreeMap;
use std::sync::Arc;

use bole_core::DocumentId;

use crate::row::{Cell, Facts, Row};

/// The rows of many resumes, one a document, ordered by document: what [`rank`](crate::rank()) goes through.
///
/// Kept in chunks that copies share, so that taking in a few changes is cheap and leaves older copies as they are.
#[derive(Clone, Default)]
pub struct Rows {
    /// None is empty.
    chunks: Vec<Arc<Chunk>>,
    n_rows: usize,
}

/// Some hundreds of rows, part by part.
#[derive(Debug)]
pub(crate) struct Chunk {
    documents: Box<[DocumentId]>,
    facts: Box<[Facts]>,
    /// Where the cells of each row end; they begin where those of the one before end.
    ends: Box<[u32]>,
    cells: Box<[Cell]>,
}

/// Fewer than this are put together with the next ones.
const MIN_ROWS: usize = 256;
/// How many a chunk is given.
const N_ROWS: usize = 512;
/// More than this are parted.
const MAX_ROWS: usize = 1024;

impl Rows {
    /// How many.
    pub fn len(&self) -> usize {
        self.n_rows
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.n_rows == 0
    }

    /// All of them, by document.
    pub fn iter(&self) -> impl Iterator<Item = Row> + '_ {
        self.chunks.iter().flat_map(|chunk| chunk.rows())
    }

    /// The row of `document`.
    pub fn get(&self, document: DocumentId) -> Option<Row> {
        let place = self.chunks.partition_point(|chunk| chunk.last() < Some(&document));
        let chunk = self.chunks.get(place)?;
        chunk.row(chunk.documents.binary_search(&document).ok()?)
    }

    /// The memory that they take, in bytes, with what they point to; what copies share is counted in full.
    pub fn n_bytes(&self) -> usize {
        let chunks = self.chunks.iter().map(|chunk| {
            size_of::<Arc<Chunk>>()
                + size_of::<Chunk>()
                + size_of_val::<[DocumentId]>(&chunk.documents)
                + size_of_val::<[Facts]>(&chunk.facts)
                + size_of_val::<[u32]>(&chunk.ends)
                + size_of_val::<[Cell]>(&chunk.cells)
        });
        chunks.sum()
    }

    /// Puts a row in place of that of its document, or, for none, takes it away. Only the chunks of these documents are made
    /// anew.
    pub fn update(&mut self, changes: BTreeMap<DocumentId, Option<Row>>) {
        let mut changes = changes.into_iter().peekable();
        let mut made = Vec::with_capacity(self.chunks.len() + 1);
        let mut draft = Draft::default();
        let mut old = std::mem::take(&mut self.chunks).into_iter().peekable();
        while let Some(chunk) = old.next() {
            // What lies between two chunks goes to the first; what lies behind the last, to the last.
            let bound = old.peek().and_then(|next| next.documents.first().copied());
            let is_mine = |document: DocumentId| bound.is_none_or(|bound| document < bound);
            let is_touched = changes.peek().is_some_and(|(document, _)| is_mine(*document));
            if !is_touched && draft.is_empty() {
                made.push(chunk);
                continue;
            }
            for row in chunk.rows() {
                while let Some((_, new)) = changes.next_if(|(document, _)| *document < row.document()) {
                    draft.rows.extend(new);
                }
                match changes.next_if(|(document, _)| *document == row.document()) {
                    Some((_, changed)) => draft.rows.extend(changed),
                    None => draft.rows.push(row),
                }
            }
            while let Some((_, new)) = changes.next_if(|(document, _)| is_mine(*document)) {
                draft.rows.extend(new);
            }
            if draft.rows.len() >= MIN_ROWS {
                draft.cut(&mut made);
            }
        }
        draft.rows.extend(changes.filter_map(|(_, new)| new));
        draft.cut(&mut made);
        self.n_rows = made.iter().map(|chunk| chunk.len()).sum();
        self.chunks = made;
    }

    pub(crate) fn chunks(&self) -> &[Arc<Chunk>] {
        &self.chunks
    }
}

/// One row a document; of several the last.
impl FromIterator<Row> for Rows {
    fn from_iter<I: IntoIterator<Item = Row>>(rows: I) -> Self {
        let mut made = Self::default();
        made.update(rows.into_iter().map(|row| (row.document(), Some(row))).collect());
        made
    }
}

/// The same rows, however they are cut into chunks.
impl PartialEq for Rows {
    fn eq(&self, other: &Self) -> bool {
        self.n_rows == other.n_rows && self.iter().eq(other.iter())
    }
}

impl Eq for Rows {}

/// How many: a resume's rows are never logged.
impl std::fmt::Debug for Rows {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Rows({})", self.n_rows)
    }
}

impl Chunk {
    fn of(rows: &[Row]) -> Self {
        let mut cells = Vec::with_capacity(rows.iter().map(|row| row.cells().len()).sum());
        let ends = rows.iter().map(|row| {
            cells.extend_from_slice(row.cells());
            cells.len() as u32
        });
        let ends = ends.collect();
        Self {
            documents: rows.iter().map(Row::document).collect(),
            facts: rows.iter().map(|row| *row.facts()).collect(),
            ends,
            cells: cells.into_boxed_slice(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.documents.len()
    }

    pub(crate) fn documents(&self) -> &[DocumentId] {
        &self.documents
    }

    /// Facts and cells of each row.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (&Facts, &[Cell])> {
        let mut start = 0;
        self.facts.iter().zip(&self.ends).map(move |(facts, end)| {
            let cells = self.cells.get(start as usize..*end as usize).unwrap_or_default();
            start = *end;
            (facts, cells)
        })
    }

    pub(crate) fn row(&self, place: usize) -> Option<Row> {
        let start =
            place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let cells = self.cells.get(start as usize..*self.ends.get(place)? as usize)?;
        Some(Row::of_parts(*self.documents.get(place)?, *self.facts.get(place)?, cells))
    }

    fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        let parts = self.documents.iter().zip(self.parts());
        parts.map(|(document, (facts, cells))| Row::of_parts(*document, *facts, cells))
    }

    fn last(&self) -> Option<&DocumentId> {
        self.documents.last()
    }
}

/// Rows that are not in a chunk yet.
#[derive(Default)]
struct Draft {
    rows: Vec<Row>,
}

impl Draft {
    fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Cuts all there are into chunks of like size.
    fn cut(&mut self, chunks: &mut Vec<Arc<Chunk>>) {
        let n_chunks = if self.rows.len() > MAX_ROWS { self.rows.len().div_ceil(N_ROWS) } else { 1 };
        let n_rows = self.rows.len().div_ceil(n_chunks).max(1);
        chunks.extend(self.rows.chunks(n_rows).map(|rows| Arc::new(Chunk::of(rows))));
        self.rows.clear();
    }
}
