use std::collections::{BTreeMap, BTreeSet};

use bole_core::{AsOf, Choice, Decision, DocumentId};
use bole_rank::LevelName;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::cell::Cell;
use crate::{Placed, Reason};

/// A person in a file, of a match or of a shortlist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExportRow {
    /// From 1; none if it is of no ranking.
    pub place: Option<u64>,
    /// The name as written; none in blind mode.
    pub name: Option<String>,
    /// 0 to 100,000: thousandths of a point.
    pub score: Option<u32>,
    /// The parts of the score by the profile's groups.
    pub components: BTreeMap<String, u32>,
    /// The talent level, if one is shown.
    pub level: Option<LevelName>,
    /// The gates that could not be decided.
    pub gates_unknown: Vec<String>,
    /// What gave the most points, the most first.
    pub reasons: Vec<Reason>,
    /// The resume.
    pub resume: DocumentId,
    /// Where it was ingested from, or the submission it came by; empty in blind mode.
    pub source: String,
    /// The date it speaks from, if it is read.
    pub as_of: Option<AsOf>,
    /// What recruiters noted; none in a ranking.
    #[serde(flatten)]
    pub desk: Option<Desk>,
}

/// What recruiters noted of somebody on a shortlist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Desk {
    /// The decisions for the profile of the list, the oldest first: the last one counts.
    pub decisions: Vec<Decision>,
    /// How many notes there are.
    pub n_notes: u64,
    /// Who put the person on the list.
    pub added_by: String,
    /// When.
    pub added_at: Timestamp,
}

impl From<&Placed> for ExportRow {
    fn from(placed: &Placed) -> Self {
        Self {
            place: Some(placed.place as u64),
            name: placed.name.clone(),
            score: Some(placed.score),
            components: placed.components.clone(),
            level: placed.talent.level.clone(),
            gates_unknown: placed.gates_unknown.clone(),
            reasons: placed.reasons.clone(),
            resume: placed.resume,
            source: placed.source.clone(),
            as_of: Some(placed.as_of),
            desk: None,
        }
    }
}

impl ExportRow {
    pub(super) fn component(&self, id: &str) -> Cell {
        Cell::points(self.score.map(|_| self.components.get(id).copied().unwrap_or_default()))
    }

    pub(super) fn dated(&self) -> Cell {
        self.as_of.map_or(Cell::Empty, |as_of| Cell::text(as_of.to_string()))
    }

    /// What recruiters noted, under the heads of [`DESK_HEADS`].
    pub(super) fn desk_cells(&self) -> [Cell; DESK_HEADS.len()] {
        let Some(Desk { decisions, n_notes, added_by, added_at }) = &self.desk else {
            return std::array::from_fn(|_| Cell::Empty);
        };
        let in_force = decisions.last().map_or(Choice::Open, |decision| decision.choice);
        let all = decisions.iter().map(|decision| {
            format!("{} {} by {}", decision.at.strftime("%F"), decision.choice.code(), decision.by)
        });
        [
            Cell::text(in_force.code()),
            Cell::text(all.collect::<Vec<_>>().join("; ")),
            Cell::Count(*n_notes),
            Cell::text(added_by),
            Cell::text(added_at.to_string()),
        ]
    }
}

/// Heads of what recruiters noted: for CSV, in English, in Chinese.
pub(super) const DESK_HEADS: [(&str, &str, &str); 5] = [
    ("decision", "Decision", "决定"),
    ("decisions", "All decisions", "全部决定"),
    ("notes", "Notes", "备注数"),
    ("added_by", "Added by", "添加人"),
    ("added_at", "Added at", "添加时间"),
];

/// The groups that any of the rows has points of, in order.
pub(super) fn components(rows: &[ExportRow]) -> Vec<String> {
    let all: BTreeSet<&String> = rows.iter().flat_map(|row| row.components.keys()).collect();
    all.into_iter().cloned().collect()
}
