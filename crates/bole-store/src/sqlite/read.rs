//! What is read without a lock: each call is one statement, so it sees one moment.

use bole_core::{
    Attempt, Change, ContentHash, DocumentId, Ledger, LogPosition, ReadingId, Reason, State, SubmissionId,
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::connection::Pools;
use super::{codes, snapshot, standing};
use crate::{Standing, StoreError, SubmissionRecord, Transition};

/// Blobs fetched by one statement.
const CHUNK: usize = 256;

pub(super) async fn head(pools: &Pools) -> Result<LogPosition, StoreError> {
    let mut connection = pools.read().await?;
    super::write::head(&mut connection).await.map(LogPosition)
}

pub(super) async fn changes(
    pools: &Pools,
    after: LogPosition,
    limit: u32,
) -> Result<Vec<Change>, StoreError> {
    let mut connection = pools.read().await?;
    let Ok(from) = i64::try_from(after.0) else {
        return Ok(Vec::new());
    };
    let rows =
        sqlx::query("SELECT position, at, event FROM change WHERE position > ?1 ORDER BY position LIMIT ?2")
            .bind(from)
            .bind(limit)
            .fetch_all(&mut *connection)
            .await?;
    let mut changes = Vec::with_capacity(rows.len());
    let mut expected = after.next();
    for row in &rows {
        let position = LogPosition(codes::unsigned(row.try_get(0)?)?);
        if position != expected {
            return Err(StoreError::damaged("the change log, which has a gap"));
        }
        expected = position.next();
        changes.push(Change {
            position,
            at: codes::time(row.try_get(1)?)?,
            event: serde_json::from_str(row.try_get(2)?).map_err(|_| StoreError::damaged("an event"))?,
        });
    }
    Ok(changes)
}

pub(super) async fn standings(pools: &Pools, at: LogPosition) -> Result<Vec<Standing>, StoreError> {
    let mut connection = pools.read().await?;
    let rows = sqlx::query(
        "SELECT d.id, s.as_of, s.reason, s.reader, s.person FROM document d \
         CROSS JOIN standing s ON s.document = d.number AND s.from_position <= ?1 \
         AND (s.to_position IS NULL OR s.to_position > ?1) ORDER BY d.id",
    )
    .bind(i64::try_from(at.0).unwrap_or(i64::MAX))
    .fetch_all(&mut *connection)
    .await?;
    rows.iter().map(standing::standing).collect()
}

pub(super) async fn standings_of(
    pools: &Pools,
    documents: &[DocumentId],
) -> Result<Vec<Option<Standing>>, StoreError> {
    let mut connection = pools.read().await?;
    let rows = sqlx::query(
        "SELECT d.id, s.as_of, s.reason, s.reader, s.person, j.key FROM json_each(?1) j \
         CROSS JOIN document d ON d.id = unhex(j.value) \
         CROSS JOIN standing s ON s.document = d.number AND s.to_position IS NULL",
    )
    .bind(hex(documents))
    .fetch_all(&mut *connection)
    .await?;
    let mut found = vec![None; documents.len()];
    for row in &rows {
        put(&mut found, row.try_get(5)?, standing::standing(row)?);
    }
    Ok(found)
}

/// The blobs of readings, or of the evidence found in them with a lexicon.
pub(super) async fn blobs(
    pools: &Pools,
    lexicon: Option<ContentHash>,
    readings: &[ReadingId],
) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
    let mut connection = pools.read().await?;
    let mut blobs = Vec::with_capacity(readings.len());
    for chunk in readings.chunks(CHUNK) {
        let ids =
            codes::rows(chunk.iter().map(|reading| json!([reading.document.to_string(), reading.reader.0])));
        let query = match lexicon {
            None => sqlx::query(
                "SELECT j.key, b.bytes FROM json_each(?1) j CROSS JOIN document d ON d.id = unhex(j.value ->> 0) \
                 CROSS JOIN reading b ON b.document = d.number AND b.reader = j.value ->> 1",
            )
            .bind(ids),
            Some(lexicon) => sqlx::query(
                "SELECT j.key, b.bytes FROM json_each(?1) j CROSS JOIN document d ON d.id = unhex(j.value ->> 0) \
                 CROSS JOIN evidence b ON b.lexicon = ?2 AND b.document = d.number AND b.reader = j.value ->> 1",
            )
            .bind(ids)
            .bind(lexicon.as_bytes().to_vec()),
        };
        let mut found = vec![None; chunk.len()];
        for row in &query.fetch_all(&mut *connection).await? {
            put(&mut found, row.try_get(0)?, row.try_get(1)?);
        }
        blobs.append(&mut found);
    }
    Ok(blobs)
}

pub(super) async fn original(pools: &Pools, document: DocumentId) -> Result<Option<Vec<u8>>, StoreError> {
    let mut connection = pools.read().await?;
    let bytes = sqlx::query_scalar(
        "SELECT o.bytes FROM document d CROSS JOIN original o ON o.document = d.number WHERE d.id = ?1",
    )
    .bind(document.as_bytes().as_slice())
    .fetch_optional(&mut *connection)
    .await?;
    Ok(bytes)
}

pub(super) async fn ledger(pools: &Pools) -> Result<Ledger, StoreError> {
    let mut connection = pools.read().await?;
    let rows = sqlx::query(
        "SELECT portal, NULL, NULL, received FROM ledger UNION ALL \
         SELECT portal, state, reason, count(*) FROM submission WHERE state <> 'accepting' \
         GROUP BY portal, state, reason",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut ledger = Ledger::default();
    for row in &rows {
        let line = ledger.portals.entry(row.try_get(0)?).or_default();
        let count = codes::unsigned(row.try_get(3)?)?;
        let Some(state) = row.try_get::<Option<&str>, _>(1)? else {
            line.received += count;
            continue;
        };
        match codes::code::<State>(state, "a state")? {
            State::Accepting => {}
            State::Queued => line.queued += count,
            State::Indexed => line.indexed += count,
            State::Duplicate => line.duplicate += count,
            State::Quarantined => {
                let reason = codes::code::<Reason>(row.try_get(2)?, "a reason")?;
                *line.quarantined.entry(reason).or_default() += count;
            }
            State::Discarded => line.discarded += count,
            State::Erased => line.erased += count,
        }
    }
    Ok(ledger)
}

pub(super) async fn submission(
    pools: &Pools,
    id: &SubmissionId,
) -> Result<Option<SubmissionRecord>, StoreError> {
    let mut connection = pools.read().await?;
    let row = sqlx::query("SELECT * FROM submission_record WHERE portal = ?1 AND message_id = ?2")
        .bind(id.portal.as_str())
        .bind(id.message_id.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    Ok(match row {
        Some(row) => Some(snapshot::submission(&row)?.record),
        None => None,
    })
}

pub(super) async fn timeline(pools: &Pools, id: &SubmissionId) -> Result<Vec<Transition>, StoreError> {
    let mut connection = pools.read().await?;
    let rows = sqlx::query(
        "SELECT t.state, t.reason, t.attempt, t.at FROM submission s \
         CROSS JOIN transition t ON t.submission = s.number \
         WHERE s.portal = ?1 AND s.message_id = ?2 ORDER BY t.sequence",
    )
    .bind(id.portal.as_str())
    .bind(id.message_id.as_str())
    .fetch_all(&mut *connection)
    .await?;
    let mut timeline = Vec::with_capacity(rows.len());
    for row in &rows {
        timeline.push(Transition {
            state: codes::code(row.try_get(0)?, "a state")?,
            reason: codes::code(row.try_get(1)?, "a reason")?,
            attempt: Attempt(row.try_get(2)?),
            at: codes::time(row.try_get(3)?)?,
        });
    }
    Ok(timeline)
}

pub(super) async fn submissions_of(
    pools: &Pools,
    documents: &[DocumentId],
) -> Result<Vec<SubmissionRecord>, StoreError> {
    let mut connection = pools.read().await?;
    let rows = sqlx::query(
        "SELECT r.* FROM json_each(?1) j CROSS JOIN document d ON d.id = unhex(j.value) \
         CROSS JOIN submission_record r ON r.document = d.number \
         ORDER BY j.key, r.number IS NOT d.first, r.portal, r.message_id",
    )
    .bind(hex(documents))
    .fetch_all(&mut *connection)
    .await?;
    rows.iter().map(|row| Ok(snapshot::submission(row)?.record)).collect()
}

pub(super) async fn documents_by_prefix(
    pools: &Pools,
    prefix: &str,
    limit: u32,
) -> Result<Vec<DocumentId>, StoreError> {
    if prefix.len() > 64 || !prefix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(Vec::new());
    }
    let mut connection = pools.read().await?;
    let ids: Vec<Vec<u8>> = sqlx::query_scalar(
        "SELECT id FROM document WHERE id BETWEEN unhex(?1) AND unhex(?2) AND as_of IS NOT NULL \
         ORDER BY id LIMIT ?3",
    )
    .bind(format!("{prefix:0<64}"))
    .bind(format!("{prefix:f<64}"))
    .bind(limit)
    .fetch_all(&mut *connection)
    .await?;
    ids.iter().map(|id| codes::document(id)).collect()
}

pub(super) async fn documents_by_source(
    pools: &Pools,
    source_name: &str,
) -> Result<Vec<DocumentId>, StoreError> {
    let mut connection = pools.read().await?;
    let ids: Vec<Vec<u8>> = sqlx::query_scalar(
        "SELECT d.id FROM submission s CROSS JOIN document d ON d.number = s.document \
         WHERE s.source_name = ?1 AND d.as_of IS NOT NULL \
         GROUP BY d.id ORDER BY max(s.received_at) DESC, max(s.number) DESC",
    )
    .bind(source_name)
    .fetch_all(&mut *connection)
    .await?;
    ids.iter().map(|id| codes::document(id)).collect()
}

pub(super) async fn oldest_queued(pools: &Pools) -> Result<Option<Timestamp>, StoreError> {
    let mut connection = pools.read().await?;
    let oldest: Option<i64> =
        sqlx::query_scalar("SELECT min(changed_at) FROM submission WHERE state = 'queued'")
            .fetch_one(&mut *connection)
            .await?;
    oldest.map(codes::time).transpose()
}

fn hex(documents: &[DocumentId]) -> String {
    codes::rows(documents.iter().map(|document| json!(document.to_string())))
}

/// Puts a value in its place among the answers.
fn put<T>(found: &mut [Option<T>], index: i64, value: T) {
    let place = usize::try_from(index).ok().and_then(|index| found.get_mut(index));
    if let Some(place) = place {
        *place = Some(value);
    }
}
