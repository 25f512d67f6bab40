use bole_core::DocumentId;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use crate::schema::{document_columns, joined};
use crate::search::{Found, Hit};

/// Counts all hits and keeps the best. Equal scores are ordered by document, which tantivy's own collector does not
/// know.
pub(crate) struct Best {
    pub(crate) limit: usize,
}

pub(crate) struct BestOfSegment {
    ids: Ids,
    limit: usize,
    n_total: usize,
    scored: Vec<(Score, DocId)>,
}

impl Collector for Best {
    type Fruit = Found;
    type Child = BestOfSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<BestOfSegment> {
        Ok(BestOfSegment { ids: Ids::of(segment)?, limit: self.limit, n_total: 0, scored: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, segments: Vec<Found>) -> tantivy::Result<Found> {
        let mut found = Found { n_total: 0, hits: Vec::new() };
        for segment in segments {
            found.n_total += segment.n_total;
            found.hits.extend(segment.hits);
        }
        found.hits.sort_by(|a, b| b.bm25.total_cmp(&a.bm25).then(a.document.cmp(&b.document)));
        found.hits.truncate(self.limit);
        Ok(found)
    }
}

impl SegmentCollector for BestOfSegment {
    type Fruit = Found;

    fn collect(&mut self, document: DocId, score: Score) {
        self.n_total += 1;
        if self.limit > 0 {
            self.scored.push((score, document));
        }
    }

    fn harvest(mut self) -> Found {
        // Those that may be among the best: as good as the last of them, or better.
        if self.scored.len() > self.limit && self.limit > 0 {
            let (_, (worst, _), _) =
                self.scored.select_nth_unstable_by(self.limit - 1, |a, b| b.0.total_cmp(&a.0));
            let worst = *worst;
            self.scored.retain(|(score, _)| score.total_cmp(&worst).is_ge());
        }
        let mut hits = self
            .scored
            .iter()
            .map(|(bm25, document)| Hit { document: self.ids.get(*document), bm25: *bm25 })
            .collect::<Vec<_>>();
        hits.sort_by(|a, b| b.bm25.total_cmp(&a.bm25).then(a.document.cmp(&b.document)));
        hits.truncate(self.limit);
        Found { n_total: self.n_total, hits }
    }
}

/// Gives all hits, in no order.
pub(crate) struct All;

pub(crate) struct AllOfSegment {
    ids: Ids,
    found: Vec<DocumentId>,
}

impl Collector for All {
    type Fruit = Vec<DocumentId>;
    type Child = AllOfSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<AllOfSegment> {
        Ok(AllOfSegment { ids: Ids::of(segment)?, found: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Vec<DocumentId>>) -> tantivy::Result<Vec<DocumentId>> {
        Ok(segments.concat())
    }
}

impl SegmentCollector for AllOfSegment {
    type Fruit = Vec<DocumentId>;

    fn collect(&mut self, document: DocId, _: Score) {
        self.found.push(self.ids.get(document));
    }

    fn harvest(self) -> Vec<DocumentId> {
        self.found
    }
}

/// The ids of a segment's documents.
struct Ids {
    columns: [Column<u64>; 4],
}

impl Ids {
    fn of(segment: &SegmentReader) -> tantivy::Result<Self> {
        let [a, b, c, d] = document_columns().map(|name| segment.fast_fields().u64(name));
        Ok(Self { columns: [a?, b?, c?, d?] })
    }

    fn get(&self, document: DocId) -> DocumentId {
        joined(self.columns.each_ref().map(|column| column.first(document).unwrap_or_default()))
    }
}
