use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bole_core::{
    AsOf, ContentHash, DocumentId, EncodedEvidence, EncodedReading, Event, Evidence, LogPosition, PersonId,
    ReaderVersion, ReadingId, StoredError,
};
use bole_rank::{Row, Rows};
use bole_store::{Condition, Standing};
use rayon::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::apart::{Apart, SetAside};
use crate::sorted::{Keyed, Sorted};
use crate::{Engine, EngineError, Knowledge};

/// Everybody that a ranking looks at, as of a position of the log. Copies share what is the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Population {
    position: LogPosition,
    /// One row a person, of their newest resume.
    pub(crate) rows: Rows,
    /// Every resume that is read, by document.
    resumes: Sorted<Resume>,
    /// The resumes of each person.
    versions: Sorted<Version>,
    /// Who has no row.
    apart: Apart,
}

/// A resume that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Resume {
    document: DocumentId,
    as_of: AsOf,
    reader: ReaderVersion,
    person: Uuid,
}

/// A resume of a person; persons are in the order of their ids, which means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    person: Uuid,
    document: DocumentId,
}

/// What became of everybody. Nobody drops out silently: people = ranked + filtered out + gate failed + unreadable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
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
/// How many changes are taken in at once.
const N_CHANGES: u32 = 2000;
/// Where so many times as many changes are missing as there are resumes, everything is loaded anew: a resume is some changes.
const CHANGES_A_RESUME: u64 = 3;

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
        let changes = standings.into_iter().map(|standing| (standing.document, Some(standing))).collect();
        let mut population = Self::default();
        population.take_in(engine, knowledge, changes, position).await?;
        Ok(population)
    }

    /// The position of the log that it is of.
    pub(crate) fn position(&self) -> LogPosition {
        self.position
    }

    /// How many people: those with a row, and one for each document that could not be read.
    pub(crate) fn n_people(&self) -> u64 {
        (self.rows.len() + self.apart.unreadable.len()) as u64
    }

    /// Who has no row.
    pub(crate) fn apart(&self) -> &Apart {
        &self.apart
    }

    /// How many resumes are read, older ones among them.
    pub(crate) fn n_resumes(&self) -> usize {
        self.resumes.len()
    }

    /// The memory that it takes, in bytes.
    pub(crate) fn n_bytes(&self) -> usize {
        self.rows.n_bytes() + self.resumes.n_bytes() + self.versions.n_bytes() + self.apart.n_bytes()
    }

    /// Whether it costs less to load everybody than to follow.
    pub(crate) fn is_far_behind(&self, head: LogPosition) -> bool {
        // A log that ends earlier is that of a restored backup.
        head < self.position
            || head.0 - self.position.0 > u64::from(N_CHANGES) + CHANGES_A_RESUME * self.resumes.len() as u64
    }

    /// The same after the next changes of the log, of those up to `until`.
    pub(crate) async fn following(
        &self,
        engine: &Engine,
        knowledge: &Arc<Knowledge>,
        until: LogPosition,
    ) -> Result<Self, EngineError> {
        let mut changes = engine.store().changes(self.position, N_CHANGES).await?;
        changes.retain(|change| change.position <= until);
        let Some(to) = changes.last().map(|change| change.position) else {
            return Ok(Self { position: until, ..self.clone() });
        };
        let documents = changes.into_iter().filter_map(|change| match change.event {
            Event::Document { document } => Some(document),
            Event::Submission { .. } => None,
        });
        let documents: Vec<_> = documents.collect::<BTreeSet<_>>().into_iter().collect();
        let mut standings = BTreeMap::new();
        for chunk in documents.chunks(CHUNK) {
            let found = engine.store().standings_of_at(chunk, to).await?;
            standings.extend(chunk.iter().copied().zip(found));
        }
        let mut next = self.clone();
        next.take_in(engine, knowledge, standings, to).await?;
        Ok(next)
    }

    /// Takes in where documents stand at `to`; none for one that stands nowhere.
    async fn take_in(
        &mut self,
        engine: &Engine,
        knowledge: &Arc<Knowledge>,
        standings: BTreeMap<DocumentId, Option<Standing>>,
        to: LogPosition,
    ) -> Result<(), EngineError> {
        let (made, gone) = self.move_people(standings);
        self.rows.update(gone.into_iter().map(|document| (document, None)).collect());
        let mut chunks = made.chunks(CHUNK);
        let mut fetched = match chunks.next() {
            Some(chunk) => Some(fetch(engine, knowledge, chunk).await?),
            None => None,
        };
        // The next rows are fetched while these are made.
        while let Some(stored) = fetched.take() {
            let next = chunks.next();
            let rows = rows_of(engine, knowledge, stored);
            let (rows, next) = match next {
                Some(chunk) => {
                    let (rows, next) = tokio::join!(rows, fetch(engine, knowledge, chunk));
                    (rows, Some(next?))
                }
                None => (rows.await, None),
            };
            self.rows.update(rows?.into_iter().map(|row| (row.document(), Some(row))).collect());
            fetched = next;
        }
        self.position = to;
        Ok(())
    }

    /// Takes in all but the rows: gives those to be made, by document, and those to be taken away.
    fn move_people(
        &mut self,
        standings: BTreeMap<DocumentId, Option<Standing>>,
    ) -> (Vec<(AsOf, ReadingId)>, Vec<DocumentId>) {
        let mut resumes = BTreeMap::new();
        let mut versions = BTreeMap::new();
        let mut unreadable = BTreeMap::new();
        let (mut persons, mut affected) = (BTreeSet::new(), BTreeSet::new());
        for (document, standing) in standings {
            affected.insert(document);
            let set_aside = standing.as_ref().and_then(|standing| match standing.condition {
                Condition::Quarantined { reason } => Some(SetAside { document, reason }),
                Condition::Indexed { .. } => None,
            });
            if set_aside.is_some() || self.apart.unreadable.get(document).is_some() {
                unreadable.insert(document, set_aside);
            }
            let resume = standing.as_ref().and_then(|standing| {
                let (ReadingId { reader, .. }, PersonId(person)) = standing.indexed()?;
                Some(Resume { document, as_of: standing.as_of, reader, person })
            });
            if let Some(Resume { person, .. }) = self.resumes.get(document).copied() {
                persons.insert(person);
                versions.insert(Version { person, document }, None);
            }
            if let Some(Resume { person, .. }) = resume {
                persons.insert(person);
                versions.insert(Version { person, document }, Some(Version { person, document }));
            }
            resumes.insert(document, resume);
        }
        self.resumes.update(resumes);
        self.versions.update(versions);
        self.apart.unreadable.update(unreadable);

        let mut newest = BTreeMap::new();
        for person in persons {
            affected.extend(self.of_person(person).map(|resume| resume.document));
            // The greatest date, then the content hash, never arrival.
            let of_person = self.of_person(person);
            if let Some(resume) = of_person.max_by_key(|resume| (resume.as_of, resume.document)) {
                newest.insert(resume.document, resume);
            }
        }
        let mut older = BTreeMap::new();
        let (mut made, mut gone) = (Vec::new(), Vec::new());
        for document in affected {
            let ranked = newest.get(&document).map(|resume: &Resume| (resume.as_of, resume.reading()));
            let is_older = ranked.is_none() && self.resumes.get(document).is_some();
            if is_older || self.apart.older_versions.get(document).is_some() {
                older.insert(document, is_older.then_some(document));
            }
            let row = self.rows.get(document).map(|row| (row.as_of(), row.reading()));
            match ranked {
                Some(ranked) if row != Some(ranked) => made.push(ranked),
                None if row.is_some() => gone.push(document),
                _ => {}
            }
        }
        self.apart.older_versions.update(older);
        (made, gone)
    }

    /// The resumes of a person.
    fn of_person(&self, person: Uuid) -> impl Iterator<Item = Resume> {
        let first = Version { person, document: DocumentId::from_bytes([0; 32]) };
        let versions = self.versions.from(first).take_while(move |version| version.person == person);
        versions.filter_map(|version| self.resumes.get(version.document).copied())
    }
}

impl Resume {
    fn reading(&self) -> ReadingId {
        ReadingId { document: self.document, reader: self.reader }
    }
}

impl Keyed for Resume {
    type Key = DocumentId;

    fn key(&self) -> DocumentId {
        self.document
    }
}

impl Keyed for Version {
    type Key = Self;

    fn key(&self) -> Self {
        *self
    }
}

impl Keyed for DocumentId {
    type Key = Self;

    fn key(&self) -> Self {
        *self
    }
}

/// Evidence as stored, with what else a row needs.
type Fetched = Vec<((AsOf, ReadingId), Option<EncodedEvidence>)>;

async fn fetch(
    engine: &Engine,
    knowledge: &Arc<Knowledge>,
    wanted: &[(AsOf, ReadingId)],
) -> Result<Fetched, EngineError> {
    let ids: Vec<_> = wanted.iter().map(|(_, reading)| *reading).collect();
    let stored = engine.store().evidence(knowledge.lexicon().hash(), &ids).await?;
    Ok(wanted.iter().copied().zip(stored).collect())
}

/// The rows of `fetched`; what has no evidence by the lexicon in force gets it.
async fn rows_of(
    engine: &Engine,
    knowledge: &Arc<Knowledge>,
    fetched: Fetched,
) -> Result<Vec<Row>, EngineError> {
    let job_knowledge = knowledge.clone();
    let made = engine.cpu().run(move || {
        let row = |((as_of, id), stored): ((AsOf, ReadingId), Option<EncodedEvidence>)| {
            let evidence = stored.and_then(|stored| stored.decode(id).ok()).ok_or((as_of, id))?;
            Ok(Row::new(id.document, as_of, &evidence, job_knowledge.lexicon()))
        };
        fetched.into_par_iter().map(row).collect::<Vec<Result<Row, (AsOf, ReadingId)>>>()
    });
    let (mut rows, mut missing) = (Vec::new(), Vec::new());
    for made in made.await? {
        match made {
            Ok(row) => rows.push(row),
            Err(without) => missing.push(without),
        }
    }
    let ids: Vec<_> = missing.iter().map(|(_, reading)| *reading).collect();
    let derived = evidence_of(engine, knowledge, &ids).await?;
    let derived = missing.iter().zip(&derived);
    let lexicon = knowledge.lexicon();
    rows.extend(derived.map(|((as_of, id), evidence)| Row::new(id.document, *as_of, evidence, lexicon)));
    Ok(rows)
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
pub(crate) mod tests;
