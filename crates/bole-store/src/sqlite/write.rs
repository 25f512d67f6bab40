//! Writing rows: each function one statement for any number of rows, blobs one statement each.

use std::collections::{BTreeMap, BTreeSet};

use bole_core::{ContentHash, DocumentId, EncodedEvidence, Event, ReadingId, SubmissionId};
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::json;
use sqlx::sqlite::SqliteConnection;

use super::codes;
use super::decide::Read;
use super::snapshot::Snapshot;
use crate::StoreError;

/// The newest position of the change log. Under the write lock it stays so.
pub(super) async fn head(connection: &mut SqliteConnection) -> Result<u64, StoreError> {
    let head: i64 =
        sqlx::query_scalar("SELECT coalesce(max(position), 0) FROM change").fetch_one(connection).await?;
    codes::unsigned(head)
}

/// Writes the rows of these documents as the snapshot has them.
pub(super) async fn documents(
    connection: &mut SqliteConnection,
    snapshot: &Snapshot,
    documents: &BTreeSet<DocumentId>,
) -> Result<(), StoreError> {
    let rows = documents.iter().filter_map(|id| {
        let row = snapshot.documents.get(id)?;
        Some(json!([
            row.number,
            id.to_string(),
            row.first.as_ref().map(|(number, _)| number),
            row.as_of.map(|date| codes::of_date(date.as_of)),
            i64::from(row.as_of.is_some_and(|date| date.is_sound)),
        ]))
    });
    sqlx::query(
        "INSERT INTO document (number, id, first, as_of, as_of_sound) \
         SELECT value ->> 0, unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4 FROM json_each(?1) \
         WHERE true \
         ON CONFLICT (number) DO UPDATE SET first = excluded.first, as_of = excluded.as_of, \
         as_of_sound = excluded.as_of_sound",
    )
    .bind(codes::rows(rows))
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes the rows of these submissions as the snapshot has them, and a transition for each.
pub(super) async fn submissions(
    connection: &mut SqliteConnection,
    snapshot: &Snapshot,
    submissions: &[SubmissionId],
) -> Result<(), StoreError> {
    if submissions.is_empty() {
        return Ok(());
    }
    let rows = submissions.iter().filter_map(|id| {
        let row = snapshot.submissions.get(id)?;
        let record = &row.record;
        Some(json!([
            row.number,
            id.portal.as_str(),
            id.message_id.as_str(),
            row.document_number,
            record.state.code(),
            record.reason.code(),
            record.detail,
            record.attempt.0,
            row.first,
            codes::of_date(record.document_date),
            record.source_name,
            record.candidate_ref,
            record.field.as_ref().map(|field| &field.0),
            record.consent,
            codes::of_time(record.received_at),
            codes::of_time(record.changed_at),
        ]))
    });
    let rows = codes::rows(rows);
    sqlx::query(
        "INSERT INTO submission (number, portal, message_id, document, state, reason, detail, attempt, \
         duplicate_of, document_date, source_name, candidate_ref, field, consent, received_at, changed_at) \
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, \
         value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, \
         value ->> 14, value ->> 15 FROM json_each(?1) WHERE true \
         ON CONFLICT (number) DO UPDATE SET state = excluded.state, reason = excluded.reason, \
         detail = excluded.detail, attempt = excluded.attempt, duplicate_of = excluded.duplicate_of, \
         document_date = excluded.document_date, source_name = excluded.source_name, \
         candidate_ref = excluded.candidate_ref, field = excluded.field, consent = excluded.consent, \
         changed_at = excluded.changed_at",
    )
    .bind(rows.as_str())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO transition (submission, sequence, state, reason, attempt, at) \
         SELECT value ->> 0, (SELECT coalesce(max(t.sequence), 0) + 1 FROM transition t \
         WHERE t.submission = value ->> 0), value ->> 4, value ->> 5, value ->> 7, value ->> 15 \
         FROM json_each(?1)",
    )
    .bind(rows)
    .execute(connection)
    .await?;
    Ok(())
}

/// Counts submissions as received.
pub(super) async fn received(
    connection: &mut SqliteConnection,
    received: &BTreeMap<String, u64>,
) -> Result<(), StoreError> {
    for (portal, n_submissions) in received {
        sqlx::query(
            "INSERT INTO ledger (portal, received) VALUES (?1, ?2) \
             ON CONFLICT (portal) DO UPDATE SET received = received + excluded.received",
        )
        .bind(portal)
        .bind(*n_submissions as i64)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Keeps bytes of documents.
pub(super) async fn originals(
    connection: &mut SqliteConnection,
    originals: &[(i64, Bytes)],
) -> Result<(), StoreError> {
    for (document, bytes) in originals {
        sqlx::query("INSERT INTO original (document, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
            .bind(document)
            .bind(bytes.as_ref())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Keeps readings, with the evidence and the keys that were found in them.
pub(super) async fn readings(
    connection: &mut SqliteConnection,
    readings: &[Read<'_>],
) -> Result<(), StoreError> {
    for read in readings {
        let (reading_id, reading) = read.reading;
        sqlx::query(
            "INSERT INTO reading (document, reader, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )
        .bind(read.document_number)
        .bind(reading_id.reader.0)
        .bind(reading.as_bytes())
        .execute(&mut *connection)
        .await?;
        let (lexicon, evidence) = read.evidence;
        self::evidence(connection, lexicon, read.document_number, reading_id, evidence).await?;
    }
    let contacts = readings.iter().flat_map(|read| {
        let named = read.name.into_iter();
        named.flat_map(move |name| {
            read.contacts.iter().map(move |contact| json!([contact, name, read.document_number]))
        })
    });
    sqlx::query(
        "INSERT INTO contact (contact, name, document) \
         SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING",
    )
    .bind(codes::rows(contacts))
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps evidence; a second time changes nothing.
pub(super) async fn evidence(
    connection: &mut SqliteConnection,
    lexicon: ContentHash,
    document_number: i64,
    reading: ReadingId,
    evidence: &EncodedEvidence,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO evidence (lexicon, document, reader, bytes) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
    )
    .bind(lexicon.as_bytes().as_slice())
    .bind(document_number)
    .bind(reading.reader.0)
    .bind(evidence.as_bytes())
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes what portals call the candidates of documents.
pub(super) async fn candidates(
    connection: &mut SqliteConnection,
    candidates: &[(&str, &str, i64)],
) -> Result<(), StoreError> {
    if candidates.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO candidate (portal, candidate_ref, document) \
         SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING",
    )
    .bind(codes::rows(candidates.iter().map(|row| json!(row))))
    .execute(connection)
    .await?;
    Ok(())
}

/// Appends events to the change log, from `head` on; answers the new head.
pub(super) async fn changes(
    connection: &mut SqliteConnection,
    head: u64,
    now: Timestamp,
    events: &[Event],
) -> Result<u64, StoreError> {
    if events.is_empty() {
        return Ok(head);
    }
    let mut rows = Vec::with_capacity(events.len());
    for (position, event) in (head + 1..).zip(events) {
        // As text, so that the database does not write it anew.
        let event = serde_json::to_string(event).map_err(|_| StoreError::damaged("an event"))?;
        rows.push(json!([position, codes::of_time(now), event]));
    }
    sqlx::query(
        "INSERT INTO change (position, at, event) \
         SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1)",
    )
    .bind(codes::rows(rows))
    .execute(connection)
    .await?;
    Ok(head + events.len() as u64)
}
