//! What recruiters note about resumes. Resumes are named by their hash: nothing here is about an entry of the log.

use std::collections::BTreeMap;

use bole_core::{Choice, Decision, DocumentId, FieldId, Note, Shortlist, ShortlistEntry};
use jiff::Timestamp;
use uuid::Uuid;

use super::backend::Backend;
use super::codes;
use super::columns::Columns;
use super::session::{Column, Session, Value};
use crate::StoreError;

pub(super) async fn add_decision<B: Backend>(backend: &B, decision: &Decision) -> Result<(), StoreError> {
    let Decision { resume, profile, choice, by, at } = decision;
    let (profile, by) = (codes::text(profile), codes::text(by));
    let values = [
        Value::Bytes(resume.as_bytes()),
        Value::Text(&profile),
        Value::Text(choice.code()),
        Value::Text(&by),
        Value::Number(codes::of_time(*at)),
    ];
    let mut write = backend.write_aside().await?;
    put_decision(write.session(), &values).await?;
    write.commit().await
}

async fn put_decision<S: Session>(session: &mut S, values: &[Value<'_>]) -> Result<(), StoreError> {
    session.execute(S::SQL.add_decision, &[], values).await
}

pub(super) async fn decisions_of<S: Session>(
    session: &mut S,
    resumes: &[DocumentId],
) -> Result<Vec<Decision>, StoreError> {
    let decision = |row: &S::Row| {
        Ok(Decision {
            resume: codes::document(row.bytes(0)?)?,
            profile: row.text(1)?.to_owned(),
            choice: Choice::of_code(row.text(2)?).ok_or(StoreError::damaged("a decision"))?,
            by: row.text(3)?.to_owned(),
            at: codes::time(row.number(4)?)?,
        })
    };
    session.fetch(S::SQL.decisions_of, &[ids(resumes)], &[]).await?.iter().map(decision).collect()
}

pub(super) async fn add_note<B: Backend>(backend: &B, note: &Note) -> Result<(), StoreError> {
    let Note { id, resume, text, by, at } = note;
    let (text, by) = (codes::text(text), codes::text(by));
    let values = [
        Value::Bytes(id.as_bytes()),
        Value::Bytes(resume.as_bytes()),
        Value::Text(&text),
        Value::Text(&by),
        Value::Number(codes::of_time(*at)),
    ];
    let mut write = backend.write_aside().await?;
    put_note(write.session(), &values).await?;
    write.commit().await
}

async fn put_note<S: Session>(session: &mut S, values: &[Value<'_>]) -> Result<(), StoreError> {
    session.execute(S::SQL.add_note, &[], values).await
}

pub(super) async fn notes_of<S: Session>(
    session: &mut S,
    resumes: &[DocumentId],
) -> Result<Vec<Note>, StoreError> {
    let note = |row: &S::Row| {
        Ok(Note {
            id: codes::uuid(row.bytes(0)?)?,
            resume: codes::document(row.bytes(1)?)?,
            text: row.text(2)?.to_owned(),
            by: row.text(3)?.to_owned(),
            at: codes::time(row.number(4)?)?,
        })
    };
    session.fetch(S::SQL.notes_of, &[ids(resumes)], &[]).await?.iter().map(note).collect()
}

pub(super) async fn delete_note<B: Backend>(
    backend: &B,
    resume: DocumentId,
    note: Uuid,
) -> Result<bool, StoreError> {
    let mut write = backend.write_aside().await?;
    let values = [Value::Bytes(resume.as_bytes()), Value::Bytes(note.as_bytes())];
    let was_there = remove_note(write.session(), &values).await?;
    write.commit().await?;
    Ok(was_there)
}

async fn remove_note<S: Session>(session: &mut S, values: &[Value<'_>]) -> Result<bool, StoreError> {
    Ok(!session.fetch(S::SQL.remove_note, &[], values).await?.is_empty())
}

pub(super) async fn add_shortlist<B: Backend>(backend: &B, shortlist: &Shortlist) -> Result<(), StoreError> {
    let Shortlist { id, name, profile, field, by, created_at, n_entries: _ } = shortlist;
    let (name, profile, by) = (codes::text(name), codes::text(profile), codes::text(by));
    let field = codes::text(&field.0);
    let values = [
        Value::Bytes(id.as_bytes()),
        Value::Text(&name),
        Value::Text(&profile),
        Value::Text(&field),
        Value::Text(&by),
        Value::Number(codes::of_time(*created_at)),
    ];
    let mut write = backend.write_aside().await?;
    put_shortlist(write.session(), &values).await?;
    write.commit().await
}

async fn put_shortlist<S: Session>(session: &mut S, values: &[Value<'_>]) -> Result<(), StoreError> {
    session.execute(S::SQL.add_shortlist, &[], values).await
}

pub(super) async fn rename_shortlist<B: Backend>(
    backend: &B,
    id: Uuid,
    name: &str,
) -> Result<bool, StoreError> {
    let name = codes::text(name);
    let mut write = backend.write_aside().await?;
    let is_there = rename(write.session(), &[Value::Bytes(id.as_bytes()), Value::Text(&name)]).await?;
    write.commit().await?;
    Ok(is_there)
}

async fn rename<S: Session>(session: &mut S, values: &[Value<'_>]) -> Result<bool, StoreError> {
    Ok(!session.fetch(S::SQL.rename_shortlist, &[], values).await?.is_empty())
}

pub(super) async fn delete_shortlist<B: Backend>(backend: &B, id: Uuid) -> Result<bool, StoreError> {
    let mut write = backend.write_aside().await?;
    let was_there = remove_shortlist(write.session(), id).await?;
    write.commit().await?;
    Ok(was_there)
}

async fn remove_shortlist<S: Session>(session: &mut S, id: Uuid) -> Result<bool, StoreError> {
    Ok(!session.fetch(S::SQL.remove_shortlist, &[], &[Value::Bytes(id.as_bytes())]).await?.is_empty())
}

pub(super) async fn shortlist<S: Session>(
    session: &mut S,
    id: Uuid,
) -> Result<Option<Shortlist>, StoreError> {
    let rows = session.fetch(S::SQL.shortlist, &[], &[Value::Bytes(id.as_bytes())]).await?;
    rows.first().map(shortlist_of).transpose()
}

pub(super) async fn shortlists<S: Session>(
    session: &mut S,
    after: Option<(Timestamp, Uuid)>,
    limit: u32,
) -> Result<Vec<Shortlist>, StoreError> {
    let (time, id) = after.map_or((i64::MIN, Uuid::nil()), |(time, id)| (codes::of_time(time), id));
    let values = [Value::Number(time), Value::Bytes(id.as_bytes()), Value::Number(i64::from(limit))];
    session.fetch(S::SQL.shortlists, &[], &values).await?.iter().map(shortlist_of).collect()
}

fn shortlist_of(row: &impl Columns) -> Result<Shortlist, StoreError> {
    Ok(Shortlist {
        id: codes::uuid(row.bytes(0)?)?,
        name: row.text(1)?.to_owned(),
        profile: row.text(2)?.to_owned(),
        field: FieldId(row.text(3)?.to_owned()),
        by: row.text(4)?.to_owned(),
        created_at: codes::time(row.number(5)?)?,
        n_entries: codes::unsigned(row.number(6)?)?,
    })
}

pub(super) async fn put_entries<B: Backend>(
    backend: &B,
    id: Uuid,
    entries: &[ShortlistEntry],
) -> Result<bool, StoreError> {
    let mut write = backend.write_aside().await?;
    let is_there = hold(write.session(), id).await?;
    if is_there {
        put(write.session(), id, entries).await?;
    }
    write.commit().await?;
    Ok(is_there)
}

/// Keeps a list from being deleted until the end of the transaction; whether there is one.
async fn hold<S: Session>(session: &mut S, id: Uuid) -> Result<bool, StoreError> {
    Ok(!session.fetch(S::SQL.hold_shortlist, &[], &[Value::Bytes(id.as_bytes())]).await?.is_empty())
}

async fn put<S: Session>(session: &mut S, id: Uuid, entries: &[ShortlistEntry]) -> Result<(), StoreError> {
    // One row for each resume, the last, since when the first came; in one order for all, so that two that put the same
    // do not wait for each other.
    let mut rows: BTreeMap<DocumentId, (Timestamp, &ShortlistEntry)> = BTreeMap::new();
    for entry in entries {
        rows.entry(entry.resume).and_modify(|(_, last)| *last = entry).or_insert((entry.at, entry));
    }
    if rows.is_empty() {
        return Ok(());
    }
    let entries = || rows.values().map(|(_, entry)| *entry);
    let runs: Vec<Option<String>> = entries().map(|entry| entry.run.map(|run| run.to_string())).collect();
    let names: Vec<_> = entries().map(|entry| codes::text(&entry.by)).collect();
    let place = |entry: &ShortlistEntry| entry.place.map(|place| i64::try_from(place).unwrap_or(i64::MAX));
    let table = [
        ids(rows.keys()),
        Column::numbers(rows.values().map(|(first, _)| codes::of_time(*first))),
        Column::Texts(runs.iter().map(Option::as_deref).collect()),
        Column::Numbers(entries().map(place).collect()),
        Column::Numbers(entries().map(|entry| entry.score.map(i64::from)).collect()),
        Column::texts(names.iter().map(|name| &**name)),
        Column::numbers(entries().map(|entry| codes::of_time(entry.at))),
    ];
    session.execute(S::SQL.put_entries, &table, &[Value::Bytes(id.as_bytes())]).await
}

pub(super) async fn remove_entries<B: Backend>(
    backend: &B,
    id: Uuid,
    resumes: &[DocumentId],
) -> Result<u64, StoreError> {
    let mut write = backend.write_aside().await?;
    let n_removed = remove(write.session(), id, resumes).await?;
    write.commit().await?;
    Ok(n_removed)
}

async fn remove<S: Session>(session: &mut S, id: Uuid, resumes: &[DocumentId]) -> Result<u64, StoreError> {
    let values = [Value::Bytes(id.as_bytes())];
    Ok(session.fetch(S::SQL.remove_entries, &[ids(resumes)], &values).await?.len() as u64)
}

pub(super) async fn entries<S: Session>(
    session: &mut S,
    id: Uuid,
) -> Result<Vec<ShortlistEntry>, StoreError> {
    let entry = |row: &S::Row| {
        Ok(ShortlistEntry {
            resume: codes::document(row.bytes(0)?)?,
            run: row.text_or_none(1)?.map(|run| codes::code(run, "a run")).transpose()?,
            place: row.number_or_none(2)?.map(codes::unsigned).transpose()?,
            score: row.number_or_none(3)?.map(codes::small).transpose()?,
            by: row.text(4)?.to_owned(),
            at: codes::time(row.number(5)?)?,
        })
    };
    let rows = session.fetch(S::SQL.entries, &[], &[Value::Bytes(id.as_bytes())]).await?;
    rows.iter().map(entry).collect()
}

fn ids<'a>(resumes: impl IntoIterator<Item = &'a DocumentId>) -> Column<'static> {
    Column::keys(resumes.into_iter().map(DocumentId::as_bytes))
}
