//! Many rows against one profile.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use bole_core::{AsOf, DocumentId, ReadingId};
use rayon::prelude::*;
use serde::Serialize;

use crate::gate::GateOutcome;
use crate::profile::{Profile, TOTAL};
use crate::row::Row;
use crate::rows::{Chunk, Rows};
use crate::score::{Score, score};
use crate::scorer::Scorer;

/// A resume in a ranking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ranked {
    /// Which.
    pub document: DocumentId,
    /// How well it fits.
    pub score: Score,
}

/// A resume in the order of a ranking: [`score`](fn@crate::score) of its row has all else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// Which resume, and as which reader read it.
    pub reading: ReadingId,
    /// The date it speaks from.
    pub as_of: AsOf,
    /// 0 to 100,000: thousandths of a point.
    pub total: u32,
}

/// The documents that pass a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Sorted, each once.
    kept: Vec<DocumentId>,
}

/// The best of many rows, and what became of all others: rows = ranked + filtered out + gate failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranking<T = Ranked> {
    /// The highest totals first, equal ones by document.
    pub best: Vec<T>,
    /// How many are ranked, the best among them.
    pub n_ranked: u64,
    /// By filter: the rows of which it is the first that keeps them out.
    pub filtered_out: Vec<u64>,
    /// By gate of the profile: the rows of which it is the first that they certainly fail.
    pub gate_failed: Vec<u64>,
    /// By gate of the profile: the rows that are ranked although it could not be decided.
    pub gate_unknown: Vec<u64>,
    /// The totals of all that are ranked.
    pub totals: Totals,
}

/// How many have each total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    counts: Box<[u32]>,
}

impl Filter {
    /// Lets these through and nobody else.
    pub fn keeping(mut documents: Vec<DocumentId>) -> Self {
        documents.sort_unstable();
        documents.dedup();
        Self { kept: documents }
    }

    /// Notes `number` for each of the sorted `documents` that it keeps out and for which nothing is noted yet.
    fn mark(&self, documents: &[DocumentId], number: usize, out: &mut [Option<usize>]) {
        let first = documents.first().map_or(0, |first| self.kept.partition_point(|kept| kept < first));
        let mut kept = self.kept.get(first..).unwrap_or_default().iter().peekable();
        for (document, out) in documents.iter().zip(out) {
            while kept.next_if(|kept| *kept < document).is_some() {}
            if kept.peek() != Some(&document) && out.is_none() {
                *out = Some(number);
            }
        }
    }
}

impl Totals {
    fn new() -> Self {
        Self { counts: vec![0; TOTAL as usize + 1].into_boxed_slice() }
    }

    fn add(&mut self, total: u32) {
        if let Some(count) = self.counts.get_mut(total as usize) {
            *count += 1;
        }
    }

    fn join(&mut self, other: &Self) {
        for (count, other) in self.counts.iter_mut().zip(&other.counts) {
            *count += other;
        }
    }

    /// The place, from 1, of somebody who has `total`: before all others who have as much.
    pub fn place_of(&self, total: u32) -> u64 {
        self.n_above(total) + 1
    }

    /// The place that would be left of one of these who has `total` and lost some of it: before all others who have as
    /// much.
    pub fn place_after_loss(&self, total: u32, loss: u32) -> u64 {
        let above = self.n_above(total.saturating_sub(loss));
        // Whoever loses something is among those above.
        above + u64::from(loss == 0)
    }

    /// The memory that they take, in bytes.
    pub fn n_bytes(&self) -> usize {
        size_of_val::<[u32]>(&self.counts)
    }

    /// How many have more than `total`.
    pub fn n_above(&self, total: u32) -> u64 {
        let above = self.counts.get(total as usize + 1..).unwrap_or_default();
        above.iter().map(|count| u64::from(*count)).sum()
    }
}

/// Stretches a thread, so that one that is kept from its work does not hold up all. More cost more to put together.
const N_STRETCHES: usize = 3;

/// Ranks all rows that pass the filters and do not certainly fail a gate. Exact, and the same for any number of threads;
/// runs in the rayon pool it is called in.
pub fn rank(rows: &Rows, profile: &Profile, filters: &[Filter], top: usize) -> Ranking {
    let ranked = |row: Row, total| {
        let score = score(&row, profile);
        debug_assert_eq!(score.total, total, "both ways of scoring agree");
        Ranked { document: row.document(), score }
    };
    ranking(rows, profile, filters, top, ranked)
}

/// As [`rank`], with no more of the best than their order: for many of whom few are shown.
pub fn order(rows: &Rows, profile: &Profile, filters: &[Filter], top: usize) -> Ranking<Ordered> {
    let ordered = |row: Row, total| Ordered { reading: row.reading(), as_of: row.as_of(), total };
    ranking(rows, profile, filters, top, ordered)
}

/// Ranks; `told` makes of a row and its total what is told of one of the best.
fn ranking<T: Send>(
    rows: &Rows,
    profile: &Profile,
    filters: &[Filter],
    top: usize,
    told: impl Fn(Row, u32) -> T + Sync,
) -> Ranking<T> {
    let n_chunks = rows.chunks().len().div_ceil(rayon::current_num_threads() * N_STRETCHES).max(1);
    let stretches = rows.chunks().par_chunks(n_chunks).enumerate();
    let stretches = stretches.map(|(place, chunks)| {
        let mut stretch = Stretch::new(profile, filters, top);
        for (chunk, number) in chunks.iter().zip(place * n_chunks..) {
            stretch.take(chunk, number);
        }
        stretch.ranking()
    });
    let mut joined = Found::new(profile, filters);
    let mut best = Vec::new();
    for (found, found_best) in stretches.collect::<Vec<_>>() {
        joined.join(&found);
        best.extend(found_best);
    }
    best.sort_unstable_by_key(|place| Reverse(*place));
    best.truncate(top);
    let told = |place: &Place| {
        let row = rows.chunks().get(place.chunk())?.row(place.within())?;
        Some(told(row, place.total))
    };
    let best = best.par_iter().with_min_len(64).filter_map(told).collect();
    let Found { n_ranked, filtered_out, gate_failed, gate_unknown, totals } = joined;
    Ranking { best, n_ranked, filtered_out, gate_failed, gate_unknown, totals }
}

/// A row of a total, the best the greatest: of equal totals that which comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    total: u32,
    chunk: Reverse<u32>,
    within: Reverse<u32>,
}

/// What became of the rows of a stretch.
struct Found {
    n_ranked: u64,
    filtered_out: Vec<u64>,
    gate_failed: Vec<u64>,
    gate_unknown: Vec<u64>,
    totals: Totals,
}

/// A part of the rows while one thread goes through it; nothing is allocated for a row.
struct Stretch<'a> {
    scorer: Scorer<'a>,
    filters: &'a [Filter],
    top: usize,
    found: Found,
    /// The worst of the best at hand.
    best: BinaryHeap<Reverse<Place>>,
    /// By row of a chunk: the filter that keeps it out.
    out: Vec<Option<usize>>,
}

impl Place {
    fn chunk(self) -> usize {
        self.chunk.0 as usize
    }

    fn within(self) -> usize {
        self.within.0 as usize
    }
}

impl Found {
    fn new(profile: &Profile, filters: &[Filter]) -> Self {
        let n_gates = profile.gates().len();
        Self {
            n_ranked: 0,
            filtered_out: vec![0; filters.len()],
            gate_failed: vec![0; n_gates],
            gate_unknown: vec![0; n_gates],
            totals: Totals::new(),
        }
    }

    fn join(&mut self, other: &Self) {
        let add = |counts: &mut [u64], others: &[u64]| {
            for (count, other) in counts.iter_mut().zip(others) {
                *count += other;
            }
        };
        self.n_ranked += other.n_ranked;
        add(&mut self.filtered_out, &other.filtered_out);
        add(&mut self.gate_failed, &other.gate_failed);
        add(&mut self.gate_unknown, &other.gate_unknown);
        self.totals.join(&other.totals);
    }
}

impl<'a> Stretch<'a> {
    fn new(profile: &'a Profile, filters: &'a [Filter], top: usize) -> Self {
        Self {
            scorer: Scorer::new(profile),
            filters,
            top,
            found: Found::new(profile, filters),
            best: BinaryHeap::new(),
            out: Vec::new(),
        }
    }

    fn take(&mut self, chunk: &Arc<Chunk>, number: usize) {
        self.out.clear();
        self.out.resize(chunk.len(), None);
        for (filter, filter_number) in self.filters.iter().zip(0..) {
            filter.mark(chunk.documents(), filter_number, &mut self.out);
        }
        for ((place, out), (facts, cells)) in self.out.iter().enumerate().zip(chunk.parts()) {
            if let Some(filter) = out {
                count(&mut self.found.filtered_out, *filter);
                continue;
            }
            let total = match self.scorer.total(facts, cells) {
                Ok(total) => total,
                Err(gate) => {
                    count(&mut self.found.gate_failed, gate);
                    continue;
                }
            };
            for (outcome, unknown) in self.scorer.gates().iter().zip(&mut self.found.gate_unknown) {
                *unknown += u64::from(*outcome == GateOutcome::Unknown);
            }
            self.found.n_ranked += 1;
            self.found.totals.add(total);
            let place = Place { total, chunk: Reverse(number as u32), within: Reverse(place as u32) };
            if self.best.len() < self.top {
                self.best.push(Reverse(place));
            } else if let Some(mut worst) = self.best.peek_mut()
                && place > worst.0
            {
                *worst = Reverse(place);
            }
        }
    }

    fn ranking(self) -> (Found, Vec<Place>) {
        (self.found, self.best.into_iter().map(|Reverse(place)| place).collect())
    }
}

fn count(counts: &mut [u64], index: usize) {
    if let Some(count) = counts.get_mut(index) {
        *count += 1;
    }
}
