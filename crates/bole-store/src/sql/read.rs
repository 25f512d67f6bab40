//! What is read without a lock: each call is one statement, so it sees one moment.

use bole_core::{
    Attempt, Change, ContentHash, DocumentId, HistoryId, Ledger, LogPosition, MessageId, PersonId, Portal,
    ReadingId, Reason, State, SubmissionId,
};
use jiff::Timestamp;

use super::columns::Columns;
use super::session::{Column, Session, Value};
use super::{codes, snapshot, standing};
use crate::{Alike, Standing, StoreError, SubmissionRecord, Transition};

/// Blobs fetched by one statement.
const CHUNK: usize = 256;

pub(super) async fn history<S: Session>(session: &mut S) -> Result<HistoryId, StoreError> {
    let rows = session.fetch(S::SQL.history, &[], &[]).await?;
    let row = rows.first().ok_or(StoreError::damaged("the id of its history"))?;
    codes::uuid(row.bytes(0)?).map(HistoryId)
}

pub(super) async fn changes<S: Session>(
    session: &mut S,
    after: LogPosition,
    limit: u32,
) -> Result<Vec<Change>, StoreError> {
    let Ok(from) = i64::try_from(after.0) else {
        return Ok(Vec::new());
    };
    let values = [Value::Number(from), Value::Number(i64::from(limit))];
    let rows = session.fetch(S::SQL.changes, &[], &values).await?;
    let mut changes = Vec::with_capacity(rows.len());
    let mut expected = after.next();
    for row in &rows {
        let position = LogPosition(codes::unsigned(row.number(0)?)?);
        if position != expected {
            return Err(StoreError::damaged("the change log, which has a gap"));
        }
        expected = position.next();
        changes.push(Change {
            position,
            at: codes::time(row.number(1)?)?,
            event: serde_json::from_str(row.text(2)?).map_err(|_| StoreError::damaged("an event"))?,
        });
    }
    Ok(changes)
}

pub(super) async fn standings<S: Session>(
    session: &mut S,
    at: LogPosition,
) -> Result<Vec<Standing>, StoreError> {
    let at = Value::Number(i64::try_from(at.0).unwrap_or(i64::MAX));
    let rows = session.fetch(S::SQL.standings_at, &[], &[at]).await?;
    rows.iter().map(standing::standing).collect()
}

pub(super) async fn standings_of<S: Session>(
    session: &mut S,
    documents: &[DocumentId],
) -> Result<Vec<Option<Standing>>, StoreError> {
    in_places(&session.fetch(S::SQL.standings_of, &[ids(documents)], &[]).await?, documents.len())
}

/// Where these documents stood at `at`.
pub(super) async fn standings_of_at<S: Session>(
    session: &mut S,
    documents: &[DocumentId],
    at: LogPosition,
) -> Result<Vec<Option<Standing>>, StoreError> {
    let at = Value::Number(i64::try_from(at.0).unwrap_or(i64::MAX));
    in_places(&session.fetch(S::SQL.standings_of_at, &[ids(documents)], &[at]).await?, documents.len())
}

/// Documents of other persons that share a contact or the name with this one.
pub(super) async fn alike<S: Session>(
    session: &mut S,
    document: DocumentId,
    limit: u32,
) -> Result<Vec<Alike>, StoreError> {
    let values = [Value::Bytes(document.as_bytes()), Value::Number(i64::from(limit))];
    let rows = session.fetch(S::SQL.alike, &[], &values).await?;
    let alike = |row: &S::Row| -> Result<Alike, StoreError> {
        Ok(Alike { standing: standing::standing(row)?, by_contact: row.flag(6)?, by_name: row.flag(7)? })
    };
    rows.iter().map(alike).collect()
}

/// Standings, each in the place that the last column gives.
fn in_places(rows: &[impl Columns], n_places: usize) -> Result<Vec<Option<Standing>>, StoreError> {
    let mut found = vec![None; n_places];
    for row in rows {
        put(&mut found, row.number(6)?, standing::standing(row)?);
    }
    Ok(found)
}

/// The blobs of readings, or of the evidence found in them with a lexicon.
pub(super) async fn blobs<S: Session>(
    session: &mut S,
    lexicon: Option<ContentHash>,
    readings: &[ReadingId],
) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
    let mut blobs = Vec::with_capacity(readings.len());
    for chunk in readings.chunks(CHUNK) {
        let table = [
            Column::keys(chunk.iter().map(|reading| reading.document.as_bytes())),
            Column::numbers(chunk.iter().map(|reading| i64::from(reading.reader.0))),
        ];
        let rows = match &lexicon {
            None => session.fetch(S::SQL.readings, &table, &[]).await?,
            Some(lexicon) => {
                session.fetch(S::SQL.evidence, &table, &[Value::Bytes(lexicon.as_bytes())]).await?
            }
        };
        let mut found = vec![None; chunk.len()];
        for row in &rows {
            put(&mut found, row.number(0)?, row.bytes(1)?.to_vec());
        }
        blobs.append(&mut found);
    }
    Ok(blobs)
}

pub(super) async fn original<S: Session>(
    session: &mut S,
    document: DocumentId,
) -> Result<Option<Vec<u8>>, StoreError> {
    let rows = session.fetch(S::SQL.original, &[], &[Value::Bytes(document.as_bytes())]).await?;
    rows.first().map(|row| Ok(row.bytes(0)?.to_vec())).transpose()
}

pub(super) async fn ledger<S: Session>(session: &mut S) -> Result<Ledger, StoreError> {
    let mut ledger = Ledger::default();
    for row in &session.fetch(S::SQL.ledger, &[], &[]).await? {
        let line = ledger.portals.entry(row.text(0)?.to_owned()).or_default();
        let count = codes::unsigned(row.number(3)?)?;
        let Some(state) = row.text_or_none(1)? else {
            line.received += count;
            continue;
        };
        match codes::code::<State>(state, "a state")? {
            State::Accepting => {}
            State::Queued => line.queued += count,
            State::Indexed => line.indexed += count,
            State::Duplicate => line.duplicate += count,
            State::Quarantined => {
                let reason = codes::code::<Reason>(row.text(2)?, "a reason")?;
                *line.quarantined.entry(reason).or_default() += count;
            }
            State::Discarded => line.discarded += count,
            State::Erased => line.erased += count,
        }
    }
    Ok(ledger)
}

pub(super) async fn submission<S: Session>(
    session: &mut S,
    id: &SubmissionId,
) -> Result<Option<SubmissionRecord>, StoreError> {
    let table = [Column::texts([id.portal.as_str()]), Column::texts([id.message_id.as_str()])];
    let rows = session.fetch(S::SQL.submissions_by_id, &table, &[]).await?;
    rows.first().map(|row| Ok(snapshot::submission(row)?.record)).transpose()
}

pub(super) async fn submissions<S: Session>(
    session: &mut S,
    ids: &[SubmissionId],
) -> Result<Vec<Option<SubmissionRecord>>, StoreError> {
    let found = snapshot::load_submissions(session, &ids.iter().cloned().collect()).await?;
    Ok(ids.iter().map(|id| found.get(id).map(|row| row.record.clone())).collect())
}

pub(super) async fn submissions_of_portal<S: Session>(
    session: &mut S,
    portal: &Portal,
    state: Option<State>,
    after: Option<&MessageId>,
    limit: u32,
) -> Result<Vec<SubmissionRecord>, StoreError> {
    let portal = Value::Text(portal.as_str());
    let after = Value::Text(after.map_or("", |after| after.as_str()));
    let limit = Value::Number(i64::from(limit));
    let rows = match state {
        None => session.fetch(S::SQL.submissions_of_portal, &[], &[portal, after, limit]).await?,
        Some(state) => {
            let values = [portal, Value::Text(state.code()), after, limit];
            session.fetch(S::SQL.submissions_in_state, &[], &values).await?
        }
    };
    rows.iter().map(|row| Ok(snapshot::submission(row)?.record)).collect()
}

pub(super) async fn timeline<S: Session>(
    session: &mut S,
    id: &SubmissionId,
) -> Result<Vec<Transition>, StoreError> {
    let values = [Value::Text(id.portal.as_str()), Value::Text(id.message_id.as_str())];
    let rows = session.fetch(S::SQL.timeline, &[], &values).await?;
    let transition = |row: &S::Row| {
        Ok(Transition {
            state: codes::code(row.text(0)?, "a state")?,
            reason: codes::code(row.text(1)?, "a reason")?,
            attempt: Attempt(row.small_number(2)?),
            at: codes::time(row.number(3)?)?,
        })
    };
    rows.iter().map(transition).collect()
}

pub(super) async fn submissions_of<S: Session>(
    session: &mut S,
    documents: &[DocumentId],
) -> Result<Vec<SubmissionRecord>, StoreError> {
    let rows = session.fetch(S::SQL.submissions_of, &[ids(documents)], &[]).await?;
    rows.iter().map(|row| Ok(snapshot::submission(row)?.record)).collect()
}

pub(super) async fn documents_of<S: Session>(
    session: &mut S,
    person: PersonId,
) -> Result<Vec<DocumentId>, StoreError> {
    let rows = session.fetch(S::SQL.members, &[Column::keys([person.0.as_bytes()])], &[]).await?;
    let mut documents: Vec<_> =
        rows.iter().map(|row| codes::document(row.bytes(1)?)).collect::<Result<_, _>>()?;
    documents.sort_unstable();
    Ok(documents)
}

pub(super) async fn documents_by_prefix<S: Session>(
    session: &mut S,
    prefix: &str,
    limit: u32,
) -> Result<Vec<DocumentId>, StoreError> {
    let Some((first, last)) = ends(prefix) else { return Ok(Vec::new()) };
    let values = [Value::Text(&first), Value::Text(&last), Value::Number(i64::from(limit))];
    documents(&session.fetch(S::SQL.documents_between, &[], &values).await?)
}

pub(super) async fn documents_by_source<S: Session>(
    session: &mut S,
    source_name: &str,
) -> Result<Vec<DocumentId>, StoreError> {
    let source_name = codes::text(source_name);
    documents(&session.fetch(S::SQL.documents_by_source, &[], &[Value::Text(&source_name)]).await?)
}

pub(super) async fn oldest_queued<S: Session>(session: &mut S) -> Result<Option<Timestamp>, StoreError> {
    let rows = session.fetch(S::SQL.oldest_queued, &[], &[]).await?;
    let oldest = rows.first().map(|row| row.number_or_none(0)).transpose()?;
    oldest.flatten().map(codes::time).transpose()
}

/// The first and the last hash that begin with `prefix`; none if no hash does.
pub(super) fn ends(prefix: &str) -> Option<(String, String)> {
    let is_hex = prefix.len() <= 64 && prefix.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| (format!("{prefix:0<64}"), format!("{prefix:f<64}")))
}

fn documents(rows: &[impl Columns]) -> Result<Vec<DocumentId>, StoreError> {
    rows.iter().map(|row| codes::document(row.bytes(0)?)).collect()
}

fn ids(documents: &[DocumentId]) -> Column<'static> {
    Column::keys(documents.iter().map(DocumentId::as_bytes))
}

/// Puts a value in its place among the answers.
fn put<T>(found: &mut [Option<T>], index: i64, value: T) {
    let place = usize::try_from(index).ok().and_then(|index| found.get_mut(index));
    if let Some(place) = place {
        *place = Some(value);
    }
}
