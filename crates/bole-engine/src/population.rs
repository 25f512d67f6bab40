use std::collections::BTreeMap;
use std::sync::Arc;

use bole_core::{
    AsOf, ContentHash, DocumentId, EncodedEvidence, EncodedReading, Evidence, LogPosition, PersonId,
    ReadingId, StoredError,
};
use bole_rank::Row;
use bole_store::{Condition, Standing};
use rayon::prelude::*;
use serde::Serialize;

use crate::matching::Unreadable;
use crate::{Engine, EngineError, Knowledge};

/// Everybody that a ranking looks at.
#[derive(Debug)]
pub(crate) struct Population {
    /// One row a person, of their newest resume, ordered by document.
    pub(crate) rows: Vec<Row>,
    /// The date each row speaks from, and where its evidence was found.
    pub(crate) readings: BTreeMap<DocumentId, (AsOf, ReadingId)>,
    /// Indexed resumes of people who have a newer one.
    pub(crate) older_versions: Vec<DocumentId>,
    /// Quarantined documents without an indexed twin.
    pub(crate) unreadable: Vec<Unreadable>,
}

/// What became of everybody. Nobody drops out silently: people = ranked + filtered out + gate failed + unreadable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Census {
    /// Everybody.
    pub people: u64,
    /// In the ranking.
    pub ranked: u64,
    /// Out by a filter, by its name.
    pub filtered_out: BTreeMap<String, u64>,
    /// Out by a gate that they certainly fail, by the first such gate.
    pub gate_failed: BTreeMap<String, u64>,
    /// Never read, by reason.
    pub unreadable: BTreeMap<bole_core::Reason, u64>,
    /// In the ranking although a gate could not be decided, by gate; part of `ranked`.
    pub gate_unknown: BTreeMap<String, u64>,
    /// Older resumes of people who are counted by their newest; not people of their own.
    pub older_versions: u64,
}

/// How many readings or pieces of evidence are fetched at once.
const CHUNK: usize = 500;

impl Census {
    /// Whether the sum holds.
    pub fn sums(&self) -> bool {
        let out = |by: &BTreeMap<String, u64>| by.values().sum::<u64>();
        let unreadable: u64 = self.unreadable.values().sum();
        self.people == self.ranked + out(&self.filtered_out) + out(&self.gate_failed) + unreadable
    }
}

impl Population {
    /// Everybody as the store knew them at `position`, with evidence by the lexicon of `knowledge`.
    pub(crate) async fn at(
        engine: &Engine,
        knowledge: &Arc<Knowledge>,
        position: LogPosition,
    ) -> Result<Self, EngineError> {
        let standings = engine.store().standings(position).await?;
        let (newest, older_versions) = newest_of_each(&standings);
        let quarantined = |standing: &Standing| match standing.condition {
            Condition::Quarantined { reason } => {
                Some(Unreadable { resume: standing.document, reason, advice: reason.advice() })
            }
            Condition::Indexed { .. } => None,
        };
        let unreadable = standings.iter().filter_map(quarantined).collect();
        let mut rows = Vec::with_capacity(newest.len());
        for chunk in newest.chunks(CHUNK) {
            let ids: Vec<_> = chunk.iter().map(|(_, reading)| *reading).collect();
            let evidence = evidence_of(engine, knowledge, &ids).await?;
            let as_of: Vec<_> = chunk.iter().map(|(as_of, _)| *as_of).collect();
            let knowledge = knowledge.clone();
            let made = engine.cpu().run(move || {
                let lexicon = knowledge.lexicon();
                let row = |((reading, as_of), evidence): ((&ReadingId, &AsOf), &Evidence)| {
                    Row::new(reading.document, *as_of, evidence, lexicon)
                };
                ids.par_iter().zip(&as_of).zip(&evidence).map(row).collect::<Vec<_>>()
            });
            rows.extend(made.await?);
        }
        let readings = newest.into_iter().map(|version| (version.1.document, version)).collect();
        Ok(Self { rows, readings, older_versions, unreadable })
    }
}

/// The newest resume of each person (greatest date, then content hash, never arrival), ordered by document; and the
/// documents of all older ones.
fn newest_of_each(standings: &[Standing]) -> (Vec<(AsOf, ReadingId)>, Vec<DocumentId>) {
    let mut newest: BTreeMap<uuid::Uuid, (AsOf, ReadingId)> = BTreeMap::new();
    let mut older = Vec::new();
    for standing in standings {
        let Some((reading, PersonId(person))) = standing.indexed() else { continue };
        let version = (standing.as_of, reading);
        let kept = newest.entry(person).or_insert(version);
        let by = |(as_of, reading): (AsOf, ReadingId)| (as_of, reading.document);
        if by(version) > by(*kept) {
            older.push(kept.1.document);
            *kept = version;
        } else if version.1 != kept.1 {
            older.push(version.1.document);
        }
    }
    let mut newest: Vec<_> = newest.into_values().collect();
    newest.sort_unstable_by_key(|(_, reading)| reading.document);
    older.sort_unstable();
    (newest, older)
}

/// The evidence of `readings` by the lexicon of `knowledge`, in their order. What was found with another lexicon, or is
/// damaged, is derived anew from the stored readings and kept.
///
/// # Errors
/// [`EngineError::DamagedReading`] if there is nothing to derive it from; an outage.
pub(crate) async fn evidence_of(
    engine: &Engine,
    knowledge: &Arc<Knowledge>,
    readings: &[ReadingId],
) -> Result<Vec<Evidence>, EngineError> {
    let lexicon: ContentHash = knowledge.lexicon().hash();
    let stored = engine.store().evidence(lexicon, readings).await?;
    let ids = readings.to_vec();
    let decoded = engine.cpu().run(move || {
        let decode = |(id, stored): (ReadingId, Option<EncodedEvidence>)| stored?.decode(id).ok();
        ids.into_par_iter().zip(stored).map(decode).collect::<Vec<_>>()
    });
    let mut evidence = decoded.await?;
    let missing = readings.iter().zip(&evidence).filter(|(_, evidence)| evidence.is_none());
    let missing: Vec<_> = missing.map(|(reading, _)| *reading).collect();
    let mut derived = BTreeMap::new();
    for chunk in missing.chunks(CHUNK) {
        derived.extend(derive(engine, knowledge, chunk).await?);
    }
    for (reading, evidence) in readings.iter().zip(&mut evidence) {
        if evidence.is_none() {
            *evidence = derived.get(reading).cloned();
        }
    }
    let complete = readings.iter().zip(evidence);
    complete.map(|(id, evidence)| evidence.ok_or(EngineError::DamagedReading(id.document))).collect()
}

/// Derives evidence from stored readings, and keeps it; a damaged reading gives none.
pub(crate) async fn derive(
    engine: &Engine,
    knowledge: &Arc<Knowledge>,
    readings: &[ReadingId],
) -> Result<Vec<(ReadingId, Evidence)>, EngineError> {
    let encoded = engine.store().readings(readings).await?;
    let (job_knowledge, ids) = (knowledge.clone(), readings.to_vec());
    let found = engine.cpu().run(move || {
        let lexicon = job_knowledge.lexicon();
        let derive = |(id, encoded): (ReadingId, Option<EncodedReading>)| {
            let reading = encoded?.decode(id).ok()?;
            let evidence = bole_rank::collect(&reading, lexicon);
            Some(EncodedEvidence::encode(&evidence).map(|encoded| (id, evidence, encoded)))
        };
        ids.into_par_iter().zip(encoded).filter_map(derive).collect::<Result<Vec<_>, StoredError>>()
    });
    let found = found.await??;
    let (kept, derived): (Vec<_>, Vec<_>) =
        found.into_iter().map(|(id, evidence, encoded)| ((id, encoded), (id, evidence))).unzip();
    engine.store().keep_evidence(knowledge.lexicon().hash(), &kept).await?;
    Ok(derived)
}

#[cfg(test)]
mod tests {
    use bole_core::ReaderVersion;

    use super::*;

    fn standing(document: &[u8], date: &str, person: u128) -> Standing {
        let document = DocumentId::of(document);
        let reading = ReadingId { document, reader: ReaderVersion(1) };
        let person = PersonId(uuid::Uuid::from_u128(person));
        Standing {
            document,
            as_of: AsOf(date.parse().unwrap()),
            condition: Condition::Indexed { reading, person },
        }
    }

    #[test]
    fn the_newest_is_of_the_greatest_date_in_any_order() {
        let mut standings = [
            standing(b"a", "2024-01-01", 1),
            standing(b"b", "2026-01-01", 1),
            standing(b"c", "2025-01-01", 1),
        ];
        for _ in 0..3 {
            standings.rotate_left(1);
            let (newest, older) = newest_of_each(&standings);
            assert_eq!(newest.iter().map(|(_, id)| id.document).collect::<Vec<_>>(), [DocumentId::of(b"b")]);
            assert_eq!(older.len(), 2);
        }
    }
}
