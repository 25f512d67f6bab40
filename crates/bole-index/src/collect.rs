use std::collections::BTreeMap;

use bole_core::DocumentId;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use crate::schema::{DEGREE, FIELD, LANGUAGE, YEAR, document_columns, joined};
use crate::search::{Facets, Found, Hit};

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

/// Counts all hits by their values.
pub(crate) struct ByValue;

pub(crate) struct ByValueOfSegment {
    counted: [Option<Counted>; 4],
}

/// A column of values, and how many hits have each, by its number in the column.
struct Counted {
    column: StrColumn,
    counts: Vec<u64>,
}

type Counts = [BTreeMap<String, u64>; 4];

impl Collector for ByValue {
    type Fruit = Facets;
    type Child = ByValueOfSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<ByValueOfSegment> {
        let counted = |name| {
            let column = segment.fast_fields().str(name)?;
            let counted = column.map(|column| Counted { counts: vec![0; column.num_terms()], column });
            tantivy::Result::Ok(counted)
        };
        let counted = [counted(DEGREE)?, counted(LANGUAGE)?, counted(FIELD)?, counted(YEAR)?];
        Ok(ByValueOfSegment { counted })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<tantivy::Result<Counts>>) -> tantivy::Result<Facets> {
        let mut sums = Counts::default();
        for segment in segments {
            for (sums, counts) in sums.iter_mut().zip(segment?) {
                for (value, count) in counts {
                    *sums.entry(value).or_default() += count;
                }
            }
        }
        let [degree, language, field, year] = sums.map(most_frequent);
        Ok(Facets { degree, language, field, year })
    }
}

impl SegmentCollector for ByValueOfSegment {
    type Fruit = tantivy::Result<Counts>;

    fn collect(&mut self, document: DocId, _: Score) {
        for Counted { column, counts } in self.counted.iter_mut().flatten() {
            for value in column.term_ords(document) {
                if let Some(count) = usize::try_from(value).ok().and_then(|value| counts.get_mut(value)) {
                    *count += 1;
                }
            }
        }
    }

    fn harvest(self) -> tantivy::Result<Counts> {
        let mut named = Counts::default();
        for (named, counted) in named.iter_mut().zip(self.counted) {
            let Some(Counted { column, counts }) = counted else { continue };
            for (value, count) in (0..).zip(counts).filter(|(_, count)| *count > 0) {
                let mut name = String::new();
                column.ord_to_str(value, &mut name)?;
                named.insert(name, count);
            }
        }
        Ok(named)
    }
}

/// Portals name fields, so that there could be any number of them.
fn most_frequent(mut counts: BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    if counts.len() > Facets::MAX_VALUES {
        let mut by_count: Vec<_> = counts.into_iter().collect();
        // Stable: equally frequent ones stay in the order of their names.
        by_count.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        by_count.truncate(Facets::MAX_VALUES);
        counts = by_count.into_iter().collect();
    }
    counts
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
