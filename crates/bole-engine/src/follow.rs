//! The search follower: keeps the index equal to the store by reading the change log.

use std::collections::BTreeSet;
use std::time::Duration;

use bole_core::{DocumentId, Event, LogPosition, Reading};
use bole_index::{Entry, IndexError, IndexWriter};
use bole_store::Standing;
use tokio_util::sync::CancellationToken;

use crate::engine::must_rebuild;
use crate::{Engine, EngineError};

/// How many changes one commit of the index takes in at the most.
const N_CHANGES: u32 = 2000;
/// How many readings are in memory at once.
const N_READINGS: usize = 64;
/// The least time between two commits of the index: each costs about a tenth of a second, and search may lag behind by
/// two seconds.
const PAUSE: Duration = Duration::from_millis(500);
/// How long the follower sleeps when there is nothing new and nobody in this process commits.
const POLL: Duration = Duration::from_millis(200);

/// Keeps the search index equal to the store until `stop` is cancelled, and then until it has caught up once more.
///
/// # Errors
/// [`EngineError::IndexBusy`] if another process is the follower; else an outage: call again.
pub async fn follow(engine: &Engine, stop: &CancellationToken) -> Result<(), EngineError> {
    let mut writer = open_writer(engine)?;
    loop {
        // Asked before the round: what was committed before the stop is taken in.
        let stopping = stop.is_cancelled();
        let committed = engine.committed().notified();
        match advance(engine, &mut writer).await {
            // A writer is unusable after any error; a new one goes on from the last good commit.
            Err(EngineError::Index(error)) if !stopping && is_passing(&error) => {
                tracing::warn!(%error, "the index writer failed, it is reopened");
                tokio::time::sleep(PAUSE).await;
                drop(writer);
                writer = open_writer(engine)?;
                continue;
            }
            Err(error) => return Err(error),
            Ok(()) if stopping => return Ok(()),
            Ok(()) => {}
        }
        let changed = async {
            tokio::select! {
                () = committed => {}
                () = tokio::time::sleep(POLL) => {}
            }
            tokio::time::sleep(PAUSE).await;
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = changed => {}
        }
    }
}

/// Takes in all that the store has committed so far, if anything is missing.
///
/// # Errors
/// As [`follow`].
pub async fn catch_up(engine: &Engine) -> Result<(), EngineError> {
    let position = engine.index()?.position().map_err(EngineError::Index)?;
    if position >= engine.store().head().await? {
        return Ok(());
    }
    advance(engine, &mut open_writer(engine)?).await
}

/// From the last commit of the index to the head of the change log.
async fn advance(engine: &Engine, writer: &mut IndexWriter) -> Result<(), EngineError> {
    let mut position = engine.index()?.position().map_err(EngineError::Index)?;
    loop {
        let next = take_in(engine, writer, position).await?;
        if next == position {
            return Ok(());
        }
        writer.commit(next).map_err(EngineError::Index)?;
        position = next;
    }
}

fn is_passing(error: &IndexError) -> bool {
    matches!(error, IndexError::Poisoned | IndexError::Unavailable(_))
}

/// Builds the index anew from position 0 and puts it in place of the old one in a single commit, so that searches
/// see the old one until then.
///
/// # Errors
/// [`EngineError::IndexBusy`] if another process is the follower; else an outage: the old index stands.
pub async fn reindex(engine: &Engine) -> Result<usize, EngineError> {
    match engine.index() {
        Err(error) if must_rebuild(&error) => engine.recreate_index()?,
        opened => drop(opened?),
    }
    let mut writer = open_writer(engine)?;
    writer.clear();
    let mut position = LogPosition::default();
    loop {
        let next = take_in(engine, &mut writer, position).await?;
        if next == position {
            break;
        }
        position = next;
    }
    writer.commit(position).map_err(EngineError::Index)?;
    engine.index()?.documents().map_err(EngineError::Index)
}

fn open_writer(engine: &Engine) -> Result<IndexWriter, EngineError> {
    engine.index()?.writer().map_err(|error| engine.index_error(error))
}

/// Writes one stretch of changes without committing; gives the position reached.
async fn take_in(
    engine: &Engine,
    writer: &mut IndexWriter,
    after: LogPosition,
) -> Result<LogPosition, EngineError> {
    let changes = engine.store().changes(after, N_CHANGES).await?;
    let Some(last) = changes.last() else { return Ok(after) };
    let position = last.position;
    // A document that changed several times is written once, as it stands now; reading on is then harmless.
    let mut documents = BTreeSet::new();
    for change in changes {
        match change.event {
            Event::Document { document } => {
                documents.insert(document);
            }
            Event::Submission { .. } => {}
        }
    }
    let documents: Vec<_> = documents.into_iter().collect();
    for chunk in documents.chunks(N_READINGS) {
        let standings = engine.store().standings_of(chunk).await?;
        let indexed: Vec<_> = standings.iter().flatten().filter_map(Standing::indexed).collect();
        let ids: Vec<_> = indexed.iter().map(|(reading, _)| *reading).collect();
        let readings = engine.store().readings(&ids).await?;
        let here: BTreeSet<_> = ids.iter().map(|reading| reading.document).collect();
        for document in chunk.iter().filter(|document| !here.contains(document)) {
            writer.remove(*document);
        }
        let sources = sources(engine, &ids.iter().map(|id| id.document).collect::<Vec<_>>()).await?;
        for (encoded, sources) in readings.iter().zip(sources) {
            let Some(encoded) = encoded else { continue };
            let entry = entry(&encoded.decode()?, sources);
            writer.upsert(&entry).map_err(EngineError::Index)?;
        }
    }
    Ok(position)
}

/// The source names of each of `documents`, in their order.
async fn sources(engine: &Engine, documents: &[DocumentId]) -> Result<Vec<Vec<String>>, EngineError> {
    let records = engine.store().submissions_of(documents).await?;
    let of = |document: &DocumentId| {
        let records = records.iter().filter(|record| record.document == *document);
        records.filter_map(|record| record.source_name.clone()).collect()
    };
    Ok(documents.iter().map(of).collect())
}

/// What is searched of a reading: all but what is protected.
fn entry(reading: &Reading, sources: Vec<String>) -> Entry {
    let resume = &reading.resume;
    let values = |sourced: Option<&bole_core::Sourced<String>>| sourced.map(|sourced| sourced.value.clone());
    let entries = || resume.entries.iter();
    let skills = resume.sections.iter().filter(|section| section.kind == bole_core::SectionKind::Skills);
    let skill_spans = skills.flat_map(|section| &section.text);
    let content = reading.masked_content();
    let pages: Vec<_> = content.pages.iter().map(|page| page.text.as_str()).collect();
    Entry {
        document: reading.document,
        text: pages.join("\n"),
        name: values(resume.name.as_ref()),
        title: entries().filter_map(|entry| values(entry.title.as_ref())).collect(),
        employer: entries().filter_map(|entry| values(entry.employer.as_ref())).collect(),
        school: resume.education.iter().filter_map(|education| values(education.school.as_ref())).collect(),
        skill: skill_spans.filter_map(|span| content.text_at(*span)).collect(),
        language: resume.language,
        degree: resume.highest_degree().map(|degree| degree.value),
        source: sources,
    }
}
