//! What operators do with the quarantine: look, send round again, give up.

use std::collections::BTreeMap;

use bole_core::message::v1::{
    HEADER_CANDIDATE_REF, HEADER_CONSENT, HEADER_DOCUMENT_DATE, HEADER_FIELD, HEADER_SOURCE_NAME,
    HEADER_TRACEPARENT, Message, Properties, SUBMITTED, Submitted,
};
use bole_core::{DocumentId, MessageId, Portal, State, SubmissionId};
use bole_store::{Discard, QuarantineFilter, Replay, StoreError, SubmissionRecord, Transition};
use bytes::Bytes;
use jiff::Timestamp;

use crate::{Engine, EngineError};

/// Submissions that are asked for at once.
const N_ASKED: usize = 1000;
/// Submissions in one transaction, and messages in one round of publishing.
const N_ROUND: usize = 32;

/// A submission with its life so far.
#[derive(Clone, Debug)]
pub struct Followed {
    /// As it stands.
    pub record: SubmissionRecord,
    /// All changes of its state, oldest first.
    pub timeline: Vec<Transition>,
}

/// Why something was not done with a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// It is not known.
    #[error("no such submission")]
    Unknown,
    /// It stands elsewhere.
    #[error("it is {0}, not quarantined")]
    NotQuarantined(State),
    /// There is nothing to read again.
    #[error("its bytes were not kept: only the portal can send it again")]
    NoOriginal,
}

/// The quarantined submissions that `filter` lets through, ordered by portal and id, at most `limit` after `after`.
///
/// # Errors
/// An outage.
pub async fn quarantined(
    engine: &Engine,
    filter: &QuarantineFilter,
    after: Option<&SubmissionId>,
    limit: u32,
) -> Result<Vec<SubmissionRecord>, EngineError> {
    Ok(engine.store().quarantined(filter, after, limit).await?)
}

/// The ids of all that `filter` lets through, in the same order, at most `limit` of them.
///
/// # Errors
/// An outage.
pub async fn quarantined_ids(
    engine: &Engine,
    filter: &QuarantineFilter,
    limit: usize,
) -> Result<Vec<SubmissionId>, EngineError> {
    let mut ids: Vec<SubmissionId> = Vec::new();
    while ids.len() < limit {
        let n_asked = (limit - ids.len()).min(N_ASKED) as u32;
        let part = engine.store().quarantined(filter, ids.last(), n_asked).await?;
        if part.is_empty() {
            break;
        }
        ids.extend(part.into_iter().map(|record| record.submission));
    }
    Ok(ids)
}

/// One submission in any state with its life so far; none if it is not known.
///
/// # Errors
/// An outage.
pub async fn submission(engine: &Engine, id: &SubmissionId) -> Result<Option<Followed>, EngineError> {
    let Some(record) = engine.store().submission(id).await? else { return Ok(None) };
    let timeline = engine.store().timeline(id).await?;
    Ok(Some(Followed { record, timeline }))
}

/// These submissions in any state, in their order; none where one is not known.
///
/// # Errors
/// An outage.
pub async fn submissions(
    engine: &Engine,
    ids: &[SubmissionId],
) -> Result<Vec<Option<SubmissionRecord>>, EngineError> {
    let mut found = Vec::with_capacity(ids.len());
    for round in ids.chunks(N_ASKED) {
        found.extend(engine.store().submissions(round).await?);
    }
    Ok(found)
}

/// The submissions of a portal that count, ordered by id, at most `limit` after `after`; in one state if that is given.
///
/// # Errors
/// An outage.
pub async fn submissions_of_portal(
    engine: &Engine,
    portal: &Portal,
    state: Option<State>,
    after: Option<&MessageId>,
    limit: u32,
) -> Result<Vec<SubmissionRecord>, EngineError> {
    Ok(engine.store().submissions_of_portal(portal, state, after, limit).await?)
}

/// Under which id a submission stands that was taken in just now: another than its own if the portal used that before
/// for other bytes. Its own if the store is away now, where it is the right one but for such a portal.
pub async fn id_in_force(engine: &Engine, id: SubmissionId, document: DocumentId) -> SubmissionId {
    match engine.store().submission(&id).await {
        Ok(Some(first)) if first.document != document => {
            SubmissionId { message_id: id.message_id.reused_by(document), ..id }
        }
        Ok(_) => id,
        Err(error) => {
            tracing::debug!(%error, "whether an id was used before is not known");
            id
        }
    }
}

/// The bytes of a submission's document; none if they were not kept.
///
/// # Errors
/// An outage.
pub async fn original(engine: &Engine, record: &SubmissionRecord) -> Result<Option<Bytes>, EngineError> {
    original_of(engine, record.document).await
}

/// The bytes of a document; none if they are not kept.
///
/// # Errors
/// An outage.
pub async fn original_of(engine: &Engine, document: DocumentId) -> Result<Option<Bytes>, EngineError> {
    Ok(engine.originals().original(document).await?)
}

/// Sends quarantined submissions round again, each as a new attempt. Answers in their order.
///
/// # Errors
/// An outage. What was sent round is published later by a server, or by the next call.
pub async fn replay(
    engine: &Engine,
    submissions: &[SubmissionId],
) -> Result<Vec<Result<(), NotDone>>, EngineError> {
    let told = |answer| match answer {
        Replay::Queued => Ok(()),
        Replay::Unknown => Err(NotDone::Unknown),
        Replay::NotQuarantined(state) => Err(NotDone::NotQuarantined(state)),
        Replay::NoOriginal => Err(NotDone::NoOriginal),
    };
    let mut answers = Vec::with_capacity(submissions.len());
    for round in submissions.chunks(N_ROUND) {
        let records = engine.store().submissions(round).await?;
        let documents: Vec<_> = records.into_iter().flatten().map(|record| record.document).collect();
        let elsewhere = engine.originals().elsewhere(&documents).await?;
        answers
            .extend(engine.store().replay(round, &elsewhere, Timestamp::now()).await?.into_iter().map(told));
    }
    publish_replayed(engine).await?;
    Ok(answers)
}

/// Gives quarantined submissions up. Answers in their order.
///
/// # Errors
/// An outage.
pub async fn discard(
    engine: &Engine,
    submissions: &[SubmissionId],
) -> Result<Vec<Result<(), NotDone>>, EngineError> {
    let told = |answer| match answer {
        Discard::Discarded => Ok(()),
        Discard::Unknown => Err(NotDone::Unknown),
        Discard::NotQuarantined(state) => Err(NotDone::NotQuarantined(state)),
    };
    let mut answers = Vec::with_capacity(submissions.len());
    for round in submissions.chunks(N_ROUND) {
        answers.extend(engine.store().discard(round, Timestamp::now()).await?.into_iter().map(told));
    }
    Ok(answers)
}

/// Publishes what was sent round again and is not in the queue yet. Two at the same time publish copies, which is
/// harmless.
pub(crate) async fn publish_replayed(engine: &Engine) -> Result<(), EngineError> {
    loop {
        let due = engine.store().to_publish(N_ROUND as u32).await?;
        if due.is_empty() {
            return Ok(());
        }
        let mut messages = Vec::with_capacity(due.len());
        for submitted in &due {
            match engine.originals().original(submitted.document).await {
                Ok(Some(body)) => messages.push(message(submitted, body)),
                Ok(None) => {
                    tracing::error!(submission = %submitted.submission, "its original is gone, it cannot be read again");
                }
                Err(error @ StoreError::DamagedOriginal { .. }) => {
                    tracing::error!(submission = %submitted.submission, %error, "it cannot be read again");
                }
                Err(error) => return Err(error.into()),
            }
        }
        engine.queue().publish(&messages).await?;
        let ids: Vec<_> = due.into_iter().map(|submitted| submitted.submission).collect();
        engine.store().published(&ids).await?;
    }
}

/// The message of a submission, made anew from what the store knows.
fn message(submitted: &Submitted, body: Bytes) -> Message {
    let Submitted {
        submission,
        document: _,
        document_date,
        candidate_ref,
        field,
        consent,
        traceparent,
        source_name,
    } = submitted;
    let headers = [
        (HEADER_DOCUMENT_DATE, Some(document_date.to_string())),
        (HEADER_CANDIDATE_REF, candidate_ref.clone()),
        (HEADER_FIELD, field.as_ref().map(|field| field.0.clone())),
        (HEADER_CONSENT, consent.clone()),
        (HEADER_TRACEPARENT, traceparent.clone()),
        (HEADER_SOURCE_NAME, source_name.clone()),
    ];
    let given = headers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let properties = Properties {
        message_id: Some(submission.message_id.to_string()),
        kind: Some(SUBMITTED.to_owned()),
        headers: given.collect::<BTreeMap<_, _>>(),
        ..Properties::default()
    };
    Message { portal: submission.portal.clone(), properties, body }
}
