//! The search follower: keeps the index equal to the store by reading the change log.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use bole_core::{AsOf, DocumentFields, DocumentId, Event, LogPosition, Reading, State};
use bole_index::{Entry, IndexError, IndexWriter};
use bole_store::{Standing, SubmissionRecord};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::engine::must_rebuild;
use crate::{Engine, EngineError, metrics};

/// How many changes one commit of the index takes in at the most.
pub(crate) const N_CHANGES: u32 = 2000;
/// How many readings are in memory at once.
const N_READINGS: usize = 64;
/// The least time between two commits of the index: each costs about a tenth of a second, and search may lag behind by
/// two seconds.
const PAUSE: Duration = Duration::from_millis(750);
/// How long the follower sleeps when there is nothing new and nobody in this process commits.
const POLL: Duration = Duration::from_millis(200);
/// How often it is tried to take the place of another process.
const BUSY_POLL: Duration = Duration::from_millis(300);

/// Keeps the search index equal to the store until `stop` is cancelled, and then until it has caught up once more.
///
/// # Errors
/// [`EngineError::IndexBusy`] if another process is the follower; else an outage: call again.
pub async fn follow(engine: &Engine, stop: &CancellationToken) -> Result<(), EngineError> {
    let mut writer = open_writer(engine).await?;
    loop {
        // Asked before the round: what was committed before the stop is taken in.
        let stopping = stop.is_cancelled();
        let committed = engine.committed().notified();
        writer = match advance(engine, writer).await {
            Ok(writer) if stopping => return close(engine, writer).await,
            Ok(writer) => writer,
            // A writer is unusable after any error; a new one goes on from the last good commit.
            Err(EngineError::Index(error)) if !stopping && is_passing(&error) => {
                tracing::warn!(%error, "the index writer failed, it is reopened");
                tokio::time::sleep(PAUSE).await;
                open_writer(engine).await?
            }
            Err(error) => return Err(error),
        };
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

/// Follows until stopped; while another process is the follower, leaves it to that one.
pub(crate) async fn follow_while_free(engine: &Engine, stop: &CancellationToken) -> Result<(), EngineError> {
    loop {
        match follow(engine, stop).await {
            Err(EngineError::IndexBusy(_)) if stop.is_cancelled() => return Ok(()),
            Err(EngineError::IndexBusy(_)) => {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(BUSY_POLL) => {}
                }
            }
            Err(error) if must_rebuild(&error) => engine.recreate_index()?,
            other => return other,
        }
    }
}

/// Takes in all that the store has committed so far, if anything is missing.
///
/// # Errors
/// As [`follow`].
pub async fn catch_up(engine: &Engine) -> Result<(), EngineError> {
    if index_position(engine).await? == engine.store().head().await? {
        return Ok(());
    }
    let writer = advance(engine, open_writer(engine).await?).await?;
    close(engine, writer).await
}

/// Takes in all that the store has committed so far, with an index made anew where it cannot be used; answers whether it
/// did. If not, another process is the follower, and its last commit is what there is.
///
/// # Errors
/// An outage.
pub(crate) async fn refresh(engine: &Engine) -> Result<bool, EngineError> {
    let refreshed = match catch_up(engine).await {
        Err(error) if must_rebuild(&error) => {
            engine.recreate_index()?;
            catch_up(engine).await
        }
        other => other,
    };
    match refreshed {
        Ok(()) => Ok(true),
        Err(EngineError::IndexBusy(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// From the last commit of the index to the head of the change log. After an error the writer is gone.
async fn advance(engine: &Engine, mut writer: IndexWriter) -> Result<IndexWriter, EngineError> {
    let mut position = index_position(engine).await?;
    let history = engine.store().history().await?;
    loop {
        let taken;
        (writer, taken) = take_in(engine, writer, position).await?;
        let Taken { to, committed_at, traced } = taken;
        if to == position {
            return Ok(writer);
        }
        writer = write(engine, writer, move |writer| writer.commit(history, to)).await?;
        let (now, searchable_at) = (Timestamp::now(), SystemTime::now());
        for record in &traced {
            engine.traces().searchable(record, searchable_at);
        }
        for at in committed_at {
            metrics::searchable_after(Duration::try_from(now.duration_since(at)).unwrap_or_default());
        }
        position = to;
    }
}

/// How far the index has read the change log. That of an older release, which does not tell which history it has read, is
/// not believed.
pub(crate) async fn index_position(engine: &Engine) -> Result<LogPosition, EngineError> {
    let index = engine.index()?;
    let position = index.position().map_err(EngineError::Index)?;
    if position == LogPosition::default() {
        return Ok(position);
    }
    let is_ours = index.history().map_err(EngineError::Index)? == Some(engine.store().history().await?);
    if !is_ours || position > engine.store().head().await? {
        return Err(EngineError::IndexOfOtherHistory);
    }
    Ok(position)
}

/// Has the writer do something where it may take its time. After an error the writer is gone.
async fn write(
    engine: &Engine,
    mut writer: IndexWriter,
    job: impl FnOnce(&mut IndexWriter) -> Result<(), IndexError> + Send + 'static,
) -> Result<IndexWriter, EngineError> {
    let done = engine.cpu().run(move || job(&mut writer).map(|()| writer)).await?;
    done.map_err(EngineError::Index)
}

/// Lets merges end, so that the next writer need not do them again.
async fn close(engine: &Engine, writer: IndexWriter) -> Result<(), EngineError> {
    engine.cpu().run(move || writer.close()).await?.map_err(EngineError::Index)
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
    let cleared = write(engine, open_writer(engine).await?, |writer| {
        writer.clear();
        Ok(())
    });
    let mut writer = cleared.await?;
    let history = engine.store().history().await?;
    let mut position = LogPosition::default();
    loop {
        let taken;
        (writer, taken) = take_in(engine, writer, position).await?;
        if taken.to == position {
            break;
        }
        position = taken.to;
    }
    let writer = write(engine, writer, move |writer| writer.commit(history, position)).await?;
    close(engine, writer).await?;
    engine.index()?.documents().map_err(EngineError::Index)
}

async fn open_writer(engine: &Engine) -> Result<IndexWriter, EngineError> {
    let index = engine.index()?;
    let opened = engine.cpu().run(move || index.writer()).await?;
    opened.map_err(|error| engine.index_error(error))
}

/// A stretch of changes that was written.
struct Taken {
    to: LogPosition,
    /// When each of its documents was committed to the store.
    committed_at: Vec<Timestamp>,
    /// The submissions that it makes searchable and whose portals trace them.
    traced: Vec<SubmissionRecord>,
}

/// Writes one stretch of changes without committing.
async fn take_in(
    engine: &Engine,
    mut writer: IndexWriter,
    after: LogPosition,
) -> Result<(IndexWriter, Taken), EngineError> {
    let changes = engine.store().changes(after, N_CHANGES).await?;
    let Some(position) = changes.last().map(|change| change.position) else {
        return Ok((writer, Taken { to: after, committed_at: Vec::new(), traced: Vec::new() }));
    };
    // A document that changed several times is written once, as it stood at the end of the stretch: a commit has what
    // there was at its position, and nothing of later, so that a filter finds the same whenever it looks.
    let (mut documents, mut indexed) = (BTreeSet::new(), BTreeSet::new());
    let (mut committed_at, mut traced) = (Vec::new(), Vec::new());
    for change in changes {
        match change.event {
            Event::Document { document } => {
                documents.insert(document);
                committed_at.push(change.at);
            }
            Event::Submission { submission, reason, .. } if reason.state() == State::Indexed => {
                indexed.insert(submission);
            }
            Event::Submission { .. } => {}
        }
    }
    let documents: Vec<_> = documents.into_iter().collect();
    for chunk in documents.chunks(N_READINGS) {
        let standings = engine.store().standings_of_at(chunk, position).await?;
        let indexed_here = standings.iter().flatten();
        let told = |standing: &Standing| (standing.as_of, standing.fields.clone());
        let (told, ids): (Vec<_>, Vec<_>) =
            indexed_here.filter_map(|standing| Some((told(standing), standing.indexed()?.0))).unzip();
        let readings = engine.store().readings(&ids).await?;
        let here: Vec<_> = ids.iter().map(|reading| reading.document).collect();
        let records = engine.store().submissions_of(&here).await?;
        let sources = sources(&here, &records);
        let is_traced =
            |record: &SubmissionRecord| record.traceparent.is_some() && indexed.contains(&record.submission);
        traced.extend(records.into_iter().filter(is_traced));
        let gone: Vec<_> = chunk.iter().copied().filter(|document| !here.contains(document)).collect();
        let wrote = engine.cpu().run(move || {
            for document in gone {
                writer.remove(document);
            }
            let told = ids.iter().zip(told);
            for (((id, (as_of, fields)), encoded), sources) in told.zip(&readings).zip(sources) {
                match encoded.as_ref().map(|encoded| encoded.decode(*id)) {
                    Some(Ok(reading)) => {
                        let entry = search_entry(&reading, as_of, fields, sources);
                        writer.upsert(&entry).map_err(EngineError::Index)?;
                    }
                    // One damaged row must not keep all others from being found.
                    Some(Err(error)) => {
                        tracing::error!(%error, "a stored reading is damaged, it is not searchable");
                        writer.remove(id.document);
                    }
                    None => writer.remove(id.document),
                }
            }
            Ok::<_, EngineError>(writer)
        });
        writer = wrote.await??;
    }
    Ok((writer, Taken { to: position, committed_at, traced }))
}

/// The source names of each of `documents`, in their order.
fn sources(documents: &[DocumentId], records: &[SubmissionRecord]) -> Vec<Vec<String>> {
    let of = |document: &DocumentId| {
        let records = records.iter().filter(|record| record.document == *document);
        records.filter_map(|record| record.source_name.clone()).collect()
    };
    documents.iter().map(of).collect()
}

/// What is searched of a reading: all but what is protected. `fields` is what the document was sent for, `sources` are the
/// names that it came under.
pub fn search_entry(reading: &Reading, as_of: AsOf, fields: DocumentFields, sources: Vec<String>) -> Entry {
    let resume = &reading.resume;
    let content = reading.masked_content();
    let pages: Vec<_> = content.pages.iter().map(|page| page.text.as_str()).collect();
    let values = |sourced: Option<&bole_core::Sourced<String>>| content.text_of(sourced?);
    let entries = || resume.entries.iter();
    let sections = resume.sections.iter().filter(|section| section.kind == bole_core::SectionKind::Skills);
    let in_sections = sections.flat_map(|section| &section.text).filter_map(|span| content.text_at(*span));
    let skills = resume.skills.iter().filter_map(|skill| content.text_of(skill));
    Entry {
        document: reading.document,
        text: pages.join("\n"),
        // The one thing about a person that may be searched; a name over several places is not as written there.
        name: resume.name.as_ref().map(|name| name.value.clone()),
        title: entries().filter_map(|entry| values(entry.title.as_ref())).collect(),
        employer: entries().filter_map(|entry| values(entry.employer.as_ref())).collect(),
        school: resume.education.iter().filter_map(|education| values(education.school.as_ref())).collect(),
        skill: in_sections.chain(skills).collect(),
        language: resume.language,
        degree: resume.highest_degree(as_of).map(|degree| degree.value),
        source: sources,
        fields,
        year: as_of.0.year(),
    }
}

#[cfg(test)]
mod tests;
