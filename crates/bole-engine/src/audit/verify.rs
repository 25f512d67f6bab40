use bole_core::{AuditRecord, ContentHash};
use bole_store::KeptAudit;
use serde::Serialize;
use utoipa::ToSchema;

use super::N_PIECE;
use crate::{Engine, EngineError};

/// An entry's number and hash. Noted somewhere else, it shows later that nothing up to it was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditHead {
    /// Its place in the log, from 1.
    pub number: u64,
    /// Its hash, over all before it.
    pub hash: ContentHash,
}

/// What going through the audit log came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditVerdict {
    /// How many entries are right, from the first.
    pub n_entries: u64,
    /// The last of them; none if there is none.
    pub head: Option<AuditHead>,
    /// The first that is not; none if all are.
    pub broken: Option<AuditBreak>,
}

/// Where the log is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditBreak {
    /// The number of the entry.
    pub number: u64,
    /// What is wrong.
    pub fault: AuditFault,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditFault {
    /// It is not there.
    Missing,
    /// Its hash is not the one of what it says and of what is before it.
    Changed,
    /// It is not understood, though its hash is right.
    NotUnderstood,
    /// It says that it is another entry.
    OtherNumber,
    /// Its text is not the one that it was written with.
    TextChanged,
    /// It is not the one that was noted elsewhere: the log was written anew from before it.
    NotTheKnown,
}

impl AuditFault {
    /// That in words.
    pub fn told(self) -> &'static str {
        match self {
            Self::Missing => "it is missing",
            Self::Changed => "it was changed, or what is before it",
            Self::NotUnderstood => "it is not understood: damaged, or of a newer release",
            Self::OtherNumber => "it says that it is another entry",
            Self::TextChanged => "its text is not the one that it was written with",
            Self::NotTheKnown => "it is not the one that was noted elsewhere: the log was written anew",
        }
    }
}

/// Goes through the audit log from its first entry to the first that is not what was written. `known` is a head that was
/// noted elsewhere: without one, a log that was wholly written anew cannot be told from another, nor one that was cut off.
///
/// # Errors
/// An outage; rows that cannot be read at all.
pub async fn verify_audit(engine: &Engine, known: Option<AuditHead>) -> Result<AuditVerdict, EngineError> {
    let mut verdict = AuditVerdict { n_entries: 0, head: None, broken: None };
    loop {
        let piece = engine.store().audit(verdict.n_entries, N_PIECE).await?;
        let is_last = (piece.len() as u64) < u64::from(N_PIECE);
        verdict = engine.cpu().run(move || go_on(verdict, &piece, known)).await?;
        if verdict.broken.is_some() {
            return Ok(verdict);
        }
        if is_last {
            break;
        }
    }
    if known.is_some_and(|known| known.number > verdict.n_entries) {
        verdict.broken = Some(AuditBreak { number: verdict.n_entries + 1, fault: AuditFault::Missing });
    }
    Ok(verdict)
}

/// The verdict with a piece more.
fn go_on(mut verdict: AuditVerdict, piece: &[KeptAudit], known: Option<AuditHead>) -> AuditVerdict {
    for kept in piece {
        let number = verdict.n_entries + 1;
        if let Some(fault) = fault(kept, number, verdict.head, known) {
            verdict.broken = Some(AuditBreak { number, fault });
            return verdict;
        }
        verdict.n_entries = number;
        verdict.head = Some(AuditHead { number, hash: kept.hash });
    }
    verdict
}

/// What is wrong with the entry that should have `number`.
fn fault(
    kept: &KeptAudit,
    number: u64,
    before: Option<AuditHead>,
    known: Option<AuditHead>,
) -> Option<AuditFault> {
    if kept.number != number {
        return Some(AuditFault::Missing);
    }
    if AuditRecord::chained(before.map(|head| head.hash), &kept.record) != kept.hash {
        return Some(AuditFault::Changed);
    }
    if known.is_some_and(|known| known.number == number && known.hash != kept.hash) {
        return Some(AuditFault::NotTheKnown);
    }
    let Ok(record) = AuditRecord::decode(&kept.record) else { return Some(AuditFault::NotUnderstood) };
    if record.number != number {
        return Some(AuditFault::OtherNumber);
    }
    // A text that is gone was deleted, as it may be.
    let (salt, text) = kept.text.as_ref()?;
    (record.text != Some(AuditRecord::text_hash(*salt, text))).then_some(AuditFault::TextChanged)
}
