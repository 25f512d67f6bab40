use std::collections::BTreeMap;
use std::path::Path;

use bole_core::{AsOf, DocumentId, Evidence, PersonId, Reading, ReadingId, State};
use bole_rank::Talent;
use bole_store::{Condition, Standing, SubmissionRecord};

use crate::population::evidence_of;
use crate::{Engine, EngineError, Knowledge, Scope};

/// A resume as it stands.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The resume.
    pub document: DocumentId,
    /// Where it stands; none if it is not decided yet.
    pub standing: Option<Standing>,
    /// What was read and understood, if it was.
    pub reading: Option<Reading>,
    /// The person's talent level, if it was read.
    pub talent: Option<Talent>,
    /// Every submission of it, the first one first.
    pub submissions: Vec<SubmissionRecord>,
    /// The person, if it was read.
    pub person: Option<PersonId>,
    /// The same person's other resumes in scope, ordered by document.
    pub other_versions: Vec<DocumentId>,
}

/// The least digits of a prefix.
const MIN_PREFIX: usize = 8;

/// Finds the resume that a person means: a document id, a unique prefix of at least 8 hex digits, or a source path; in blind
/// mode not by a path, which may hold a name.
///
/// # Errors
/// [`EngineError::UnknownResume`], where there is one out of `scope` too; [`EngineError::AmbiguousResume`]; an outage.
pub async fn resolve(engine: &Engine, name: &str, scope: &Scope) -> Result<DocumentId, EngineError> {
    let is_hex = (MIN_PREFIX..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex {
        let found = engine.store().documents_by_prefix(&name.to_lowercase(), 6).await?;
        let found = in_scope(engine, found, scope).await?;
        match found.as_slice() {
            [] => {}
            [document] => return Ok(*document),
            _ => return Err(EngineError::AmbiguousResume { prefix: name.to_owned(), found }),
        }
    }
    if scope.is_blind() {
        return Err(EngineError::UnknownResume(name.to_owned()));
    }
    // The path as it is on disk, or, if the file is gone, as it is written.
    let path = std::path::absolute(Path::new(name)).ok();
    let real = std::fs::canonicalize(name).ok();
    for path in real.iter().chain(&path) {
        let found = engine.store().documents_by_source(&path.to_string_lossy()).await?;
        if let Some(document) = in_scope(engine, found, scope).await?.first() {
            return Ok(*document);
        }
    }
    Err(EngineError::UnknownResume(name.to_owned()))
}

/// As [`resolve`], for who wants the file itself.
///
/// # Errors
/// As [`resolve`], and [`EngineError::HiddenInBlindMode`].
pub async fn resolve_file(engine: &Engine, name: &str, scope: &Scope) -> Result<DocumentId, EngineError> {
    scope.allows_files()?;
    resolve(engine, name, scope).await
}

/// Shows a resume: what was read, what was understood, where it came from.
///
/// # Errors
/// As [`resolve`].
pub async fn show(engine: &Engine, name: &str, scope: &Scope) -> Result<Shown, EngineError> {
    let document = resolve(engine, name, scope).await?;
    let standing = engine.store().standings_of(&[document]).await?.into_iter().next().flatten();
    let submissions = engine.store().submissions_of(&[document]).await?;
    let submissions = submissions.into_iter().map(|record| scope.shown_record(record)).collect();
    let (mut reading, mut talent) = (None, None);
    let mut other_versions = Vec::new();
    let indexed = standing.as_ref().and_then(Standing::indexed);
    if let Some((id, person)) = indexed {
        let stored = engine.store().readings(&[id]).await?.into_iter().next().flatten();
        if let Some(stored) = stored {
            reading = Some(scope.shown(engine, stored.decode(id)?).await?);
        }
        let evidence = evidence_of(engine, engine.knowledge(), &[id]).await?;
        let as_of = standing.as_ref().map(|standing| standing.as_of);
        talent = as_of
            .zip(evidence.first())
            .map(|(as_of, evidence)| talent_of(engine.knowledge(), evidence, as_of));
        let all = engine.store().documents_of(person).await?;
        other_versions = in_scope(engine, all, scope).await?;
        other_versions.retain(|other| *other != document);
    }
    let person = indexed.map(|(_, person)| person);
    Ok(Shown { document, standing, reading, talent, submissions, person, other_versions })
}

/// Those of these documents that are in scope, in their order. One that stands nowhere is in that of all only.
pub(crate) async fn in_scope(
    engine: &Engine,
    documents: Vec<DocumentId>,
    scope: &Scope,
) -> Result<Vec<DocumentId>, EngineError> {
    if !scope.is_limited() || documents.is_empty() {
        return Ok(documents);
    }
    let standings = engine.store().standings_of(&documents).await?;
    let seen =
        |standing: &Option<Standing>| standing.as_ref().is_some_and(|standing| scope.sees(&standing.fields));
    let both = documents.into_iter().zip(&standings);
    Ok(both.filter(|(_, standing)| seen(standing)).map(|(document, _)| document).collect())
}

/// The talent level that `evidence` shows.
pub(crate) fn talent_of(knowledge: &Knowledge, evidence: &Evidence, as_of: AsOf) -> Talent {
    knowledge.levels().judge(evidence, as_of, knowledge.lexicon())
}

/// A resume that was read as the scope shows it, with where it stands and where it came from.
///
/// # Errors
/// As [`resolve`], and [`EngineError::NotRead`] if it is in quarantine or waits.
pub(crate) async fn find_reading(
    engine: &Engine,
    name: &str,
    scope: &Scope,
) -> Result<(Standing, Reading, String), EngineError> {
    // Neither the level nor the other resumes, which `show` looks for, are needed.
    let document = resolve(engine, name, scope).await?;
    let standing = engine.store().standings_of(&[document]).await?.into_iter().next().flatten();
    let submissions = engine.store().submissions_of(&[document]).await?;
    let mut reading = None;
    if let Some((id, _)) = standing.as_ref().and_then(Standing::indexed) {
        let stored = engine.store().readings(&[id]).await?.into_iter().next().flatten();
        if let Some(stored) = stored {
            reading = Some(scope.shown(engine, stored.decode(id)?).await?);
        }
    }
    let record = submissions.into_iter().next();
    match (standing, reading, record) {
        (Some(standing), Some(reading), Some(record)) => Ok((standing, reading, source_of(&record, scope))),
        (standing, _, record) => Err(not_read(name, standing.as_ref(), record.as_ref())),
    }
}

/// Why a resume of which there is no reading cannot be shown.
pub(crate) fn not_read(
    name: &str,
    standing: Option<&Standing>,
    first: Option<&SubmissionRecord>,
) -> EngineError {
    let (state, reason) = match (standing, first) {
        (Some(Standing { condition: Condition::Quarantined { reason }, .. }), Some(_)) => {
            (State::Quarantined, *reason)
        }
        (_, Some(record)) => (record.state, record.reason),
        (_, None) => return EngineError::UnknownResume(name.to_owned()),
    };
    EngineError::NotRead { name: name.to_owned(), state, reason, advice: reason.advice() }
}

/// The path a submission was ingested from, or else its id; empty in blind mode.
pub(crate) fn source_of(record: &SubmissionRecord, scope: &Scope) -> String {
    if scope.is_blind() {
        return String::new();
    }
    record.source_name.clone().unwrap_or_else(|| record.submission.to_string())
}

/// The source of the first submission of each of these readings' documents.
pub(crate) async fn sources_of(
    engine: &Engine,
    readings: &[ReadingId],
    scope: &Scope,
) -> Result<BTreeMap<DocumentId, String>, EngineError> {
    if scope.is_blind() {
        return Ok(BTreeMap::new());
    }
    let documents: Vec<_> = readings.iter().map(|reading| reading.document).collect();
    let records = engine.store().submissions_of(&documents).await?;
    let mut sources = BTreeMap::new();
    for record in records {
        sources.entry(record.document).or_insert_with(|| source_of(&record, scope));
    }
    Ok(sources)
}
