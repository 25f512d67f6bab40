//! Many rows against one profile.

use bole_core::DocumentId;
use rayon::prelude::*;
use serde::Serialize;

use crate::gate::GateOutcome;
use crate::profile::{Profile, TOTAL};
use crate::row::Row;
use crate::score::{Score, score};

/// A resume in a ranking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ranked {
    /// Which.
    pub document: DocumentId,
    /// How well it fits.
    pub score: Score,
}

/// The documents that pass a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Sorted, each once.
    kept: Vec<DocumentId>,
}

/// The best of many rows, and what became of all others: rows = ranked + filtered out + gate failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranking {
    /// The highest totals first, equal ones by document.
    pub best: Vec<Ranked>,
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

    fn keeps(&self, document: DocumentId) -> bool {
        self.kept.binary_search(&document).is_ok()
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

    /// How many have more than `total`.
    pub fn n_above(&self, total: u32) -> u64 {
        let above = self.counts.get(total as usize + 1..).unwrap_or_default();
        above.iter().map(|count| u64::from(*count)).sum()
    }
}

/// Ranks all rows that pass the filters and do not certainly fail a gate. Exact, and the same for any number of threads;
/// runs in the rayon pool it is called in.
pub fn rank(rows: &[Row], profile: &Profile, filters: &[Filter], top: usize) -> Ranking {
    let n_gates = profile.gates().len();
    let mut ranking = Ranking {
        best: Vec::new(),
        n_ranked: 0,
        filtered_out: vec![0; filters.len()],
        gate_failed: vec![0; n_gates],
        gate_unknown: vec![0; n_gates],
        totals: Totals::new(),
    };
    let scored = rows.par_iter().map(|row| {
        let out = filters.iter().position(|filter| !filter.keeps(row.document()));
        out.map_or_else(|| Ok(Ranked { document: row.document(), score: score(row, profile) }), Err)
    });
    for scored in scored.collect::<Vec<_>>() {
        let ranked = match scored {
            Ok(ranked) => ranked,
            Err(filter) => {
                count(&mut ranking.filtered_out, filter);
                continue;
            }
        };
        let gates = || ranked.score.gates.iter();
        if let Some(gate) = gates().position(|outcome| *outcome == GateOutcome::Fail) {
            count(&mut ranking.gate_failed, gate);
            continue;
        }
        for (gate, _) in gates().enumerate().filter(|(_, outcome)| **outcome == GateOutcome::Unknown) {
            count(&mut ranking.gate_unknown, gate);
        }
        ranking.n_ranked += 1;
        ranking.totals.add(ranked.score.total);
        ranking.best.push(ranked);
    }
    ranking.best.par_sort_unstable_by_key(|ranked| (std::cmp::Reverse(ranked.score.total), ranked.document));
    ranking.best.truncate(top);
    ranking
}

fn count(counts: &mut [u64], index: usize) {
    if let Some(count) = counts.get_mut(index) {
        *count += 1;
    }
}
