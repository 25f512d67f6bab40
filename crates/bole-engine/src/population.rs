use std::collections::{BTreeMap, BTreeSet};

use bole_core::{
    AsOf, ContentHash, DocumentId, EncodedEvidence, Evidence, LogPosition, PersonId, Reading, ReadingId,
    StoredError,
};
use bole_rank::{Lexicon, Row};
use bole_store::{Condition, Standing};
use rayon::prelude::*;
use serde::Serialize;

use crate::{Engine, EngineError};

/// Everybody that a ranking looks at, at one position of the change log.
#[derive(Debug)]
pub(crate) struct Population {
    pub(crate) position: LogPosition,
    /// One row a person, of their newest resume, ordered by document.
    pub(crate) rows: Vec<Row>,
    /// The date each row speaks from, and where its evidence was found.
    pub(crate) readings: BTreeMap<DocumentId, (AsOf, ReadingId)>,
    /// Indexed resumes of people who have a newer one.
    pub(crate) older_versions: Vec<DocumentId>,
    /// Quarantined documents without an indexed twin, by reason.
    pub(crate) unreadable: BTreeMap<bole_core::Reason, u64>,
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
    /// Everybody as the store knows them now, with evidence by the lexicon in force.
    pub(crate) async fn load(engine: &Engine) -> Result<Self, EngineError> {
        let position = engine.store().head().await?;
        let standings = engine.store().standings(position).await?;
        let (newest, older_versions) = newest_of_each(&standings);
        let mut unreadable = BTreeMap::new();
        for standing in &standings {
            if let Condition::Quarantined { reason } = standing.condition {
                *unreadable.entry(reason).or_default() += 1;
            }
        }
        let mut rows = Vec::with_capacity(newest.len());
        for chunk in newest.chunks(CHUNK) {
            let ids: Vec<_> = chunk.iter().map(|(_, reading)| *reading).collect();
            let evidence = evidence_of(engine, &ids).await?;
            let as_of: Vec<_> = chunk.iter().map(|(as_of, _)| *as_of).collect();
            let engine_of_job = engine.clone();
            let made = engine.cpu().run(move || {
                let lexicon = engine_of_job.knowledge().lexicon();
                make_rows(&ids, &as_of, &evidence, lexicon)
            });
            rows.extend(made.await??);
        }
        let readings = newest.into_iter().map(|version| (version.1.document, version)).collect();
        Ok(Self { position, rows, readings, older_versions, unreadable })
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

fn make_rows(
    readings: &[ReadingId],
    as_of: &[AsOf],
    evidence: &[EncodedEvidence],
    lexicon: &Lexicon,
) -> Result<Vec<Row>, StoredError> {
    let row = |((reading, as_of), evidence): ((&ReadingId, &AsOf), &EncodedEvidence)| {
        Ok(Row::new(reading.document, *as_of, &evidence.decode()?, lexicon))
    };
    readings.par_iter().zip(as_of).zip(evidence).map(row).collect()
}

/// The evidence of `readings` by the lexicon in force, in their order; what was found with another lexicon is derived
/// anew from the stored readings and kept.
pub(crate) async fn evidence_of(
    engine: &Engine,
    readings: &[ReadingId],
) -> Result<Vec<EncodedEvidence>, EngineError> {
    let lexicon: ContentHash = engine.knowledge().lexicon().hash();
    let stored = engine.store().evidence(lexicon, readings).await?;
    let missing: BTreeSet<_> =
        readings.iter().zip(&stored).filter(|(_, evidence)| evidence.is_none()).map(|(id, _)| *id).collect();
    let missing: Vec<_> = missing.into_iter().collect();
    let mut derived = BTreeMap::new();
    for chunk in missing.chunks(CHUNK) {
        let encoded: Vec<_> = engine.store().readings(chunk).await?.into_iter().flatten().collect();
        let engine_of_job = engine.clone();
        let found = engine.cpu().run(move || {
            let lexicon = engine_of_job.knowledge().lexicon();
            let derive = |encoded: &bole_core::EncodedReading| -> Result<_, StoredError> {
                let reading: Reading = encoded.decode()?;
                let evidence: Evidence = bole_rank::collect(&reading, lexicon);
                Ok((reading.id(), EncodedEvidence::encode(&evidence)?))
            };
            encoded.par_iter().map(derive).collect::<Result<Vec<_>, _>>()
        });
        let found = found.await??;
        engine.store().keep_evidence(lexicon, &found).await?;
        derived.extend(found);
    }
    let of = |(reading, stored): (&ReadingId, Option<EncodedEvidence>)| {
        stored
            .or_else(|| derived.get(reading).cloned())
            .ok_or_else(|| EngineError::UnknownResume(reading.document.short()))
    };
    readings.iter().zip(stored).map(of).collect()
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
