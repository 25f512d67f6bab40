//! New readings of documents that were read before: they take the place of those that serve.

use std::collections::{BTreeMap, BTreeSet};

use bole_core::{ContentHash, DocumentId, Event, PersonId, ReaderVersion, ReadingId};
use jiff::Timestamp;

use super::backend::Backend;
use super::columns::Columns;
use super::decide::{Read, usable};
use super::people::{self, Grouping};
use super::session::{Column, Session, Value};
use super::snapshot::{self, DocumentRow};
use super::{codes, standing, write};
use crate::{NewReading, Overdue, Reread, StoreError};

/// A reading that is to serve, in place of one of which these are known.
pub(super) struct Better<'a> {
    pub(super) document: &'a DocumentRow,
    pub(super) as_of: i64,
    pub(super) person: PersonId,
    pub(super) read: Read<'a>,
}

/// Contacts of documents by number, each with the name that it is seen under.
type Cards<'a> = BTreeMap<i64, BTreeSet<(&'a str, &'a str)>>;

/// Puts new readings in the place of older ones; bisected where the database refuses one.
pub(super) async fn reread<B: Backend>(
    backend: &B,
    batch: &[NewReading],
    now: Timestamp,
) -> Result<Vec<Reread>, StoreError> {
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    let now = codes::stored_time(now);
    let mut write = backend.write().await?;
    let before = write::head(write.session()).await?;
    let mut head = before;
    let mut answers = Vec::with_capacity(batch.len());
    // A stack, so that what is left of a split is done before what is right of it.
    let mut parts = vec![batch];
    while let Some(part) = parts.pop() {
        write.savepoint().await?;
        match apply(write.session(), part, now, &mut head).await {
            Ok(answered) => {
                write.release().await?;
                answers.extend(answered);
            }
            Err(StoreError::Refused { constraint, .. }) => {
                write.undo().await?;
                if let [new] = part {
                    tracing::warn!(document = %new.document(), constraint, "a new reading is refused");
                    answers.push(Reread::Refused);
                } else {
                    let (left, right) = part.split_at(part.len() / 2);
                    parts.extend([right, left]);
                }
            }
            Err(error) => return Err(error),
        }
    }
    write.commit().await?;
    backend.has_grown(before, head).await;
    Ok(answers)
}

/// `head` moves only when all of it is done.
async fn apply<S: Session>(
    session: &mut S,
    part: &[NewReading],
    now: Timestamp,
    head: &mut u64,
) -> Result<Vec<Reread>, StoreError> {
    let ids = part.iter().map(NewReading::document).collect();
    let documents = snapshot::documents(session, &ids).await?;
    let (better, answers) = decide(&documents, part);
    if better.is_empty() {
        return Ok(answers);
    }
    let grouping = keep(session, better.values()).await?;
    let moved = standing::reread(&better, &grouping)?;
    let events: Vec<Event> = moved.keys().map(|document| Event::Document { document: *document }).collect();
    standing::write(session, &moved, *head + 1).await?;
    *head = write::changes(session, *head, now, &events).await?;
    Ok(answers)
}

/// Which of the readings are to serve, and the answer to each. Of several of one document the first counts.
fn decide<'a>(
    documents: &'a BTreeMap<DocumentId, DocumentRow>,
    part: &'a [NewReading],
) -> (BTreeMap<DocumentId, Better<'a>>, Vec<Reread>) {
    let mut better = BTreeMap::new();
    let mut answers = Vec::with_capacity(part.len());
    for new in part {
        let id = new.document();
        let document = documents.get(&id);
        let indexed = document.and_then(|document| {
            let standing = document.standing.as_ref()?;
            let (reading, person) = standing.indexed()?;
            Some((document, standing.as_of, reading, person))
        });
        answers.push(match indexed {
            None => Reread::NotIndexed,
            Some((_, _, reading, _))
                if reading.reader >= new.reading.0.reader || better.contains_key(&id) =>
            {
                Reread::NotOlder
            }
            Some((document, as_of, _, person)) => {
                let (name, contacts) = usable(&new.keys);
                let read = Read {
                    document_number: document.number,
                    reading: (new.reading.0, &new.reading.1),
                    evidence: (new.evidence.0, &new.evidence.1),
                    name,
                    contacts,
                };
                better.insert(id, Better { document, as_of: codes::of_date(as_of), person, read });
                Reread::Serves
            }
        });
    }
    (better, answers)
}

/// Keeps the readings with what hangs on them, and finds the persons that move by it.
async fn keep<'a, S: Session>(
    session: &mut S,
    better: impl Iterator<Item = &'a Better<'a>> + Clone + Send,
) -> Result<Grouping, StoreError> {
    let numbers = better.clone().map(|better| better.read.document_number);
    let rows = session.fetch(S::SQL.contacts_of, &[Column::numbers(numbers)], &[]).await?;
    let mut before = Cards::new();
    for row in &rows {
        before.entry(row.number(0)?).or_default().insert((row.text(1)?, row.text(2)?));
    }
    let none = BTreeSet::new();
    let mut changed = BTreeSet::new();
    let mut persons = BTreeSet::new();
    let mut contacts: BTreeSet<&str> = BTreeSet::new();
    for Better { read, person, .. } in better.clone() {
        let names = read.name.into_iter();
        let after: BTreeSet<(&str, &str)> =
            names.flat_map(|name| read.contacts.iter().map(move |contact| (*contact, name))).collect();
        let before = before.get(&read.document_number).unwrap_or(&none);
        if *before != after {
            changed.insert(read.document_number);
            persons.insert(person.0);
            contacts.extend(before.iter().chain(&after).map(|(contact, _)| *contact));
        }
    }
    if !changed.is_empty() {
        persons.extend(people::held_by(session, &contacts).await?);
        session.execute(S::SQL.remove_contacts, &[Column::numbers(changed.iter().copied())], &[]).await?;
    }
    let numbers = better.clone().map(|better| better.read.document_number);
    session.execute(S::SQL.remove_clues, &[Column::numbers(numbers)], &[]).await?;
    write::readings(session, better.map(|better| &better.read)).await?;
    if changed.is_empty() {
        return Ok(Grouping::default());
    }
    people::rejoin(session, persons, &contacts).await
}

/// Notes of which documents a reader can make no better reading. No entry of the log is about that.
pub(super) async fn keep_older<B: Backend>(
    backend: &B,
    reader: ReaderVersion,
    documents: &[DocumentId],
) -> Result<(), StoreError> {
    if documents.is_empty() {
        return Ok(());
    }
    let documents: BTreeSet<&[u8]> = documents.iter().map(|document| &document.as_bytes()[..]).collect();
    let mut write = backend.write_aside().await?;
    note_kept(write.session(), &[Column::keys(documents)], reader).await?;
    write.commit().await
}

async fn note_kept<S: Session>(
    session: &mut S,
    documents: &[Column<'_>],
    reader: ReaderVersion,
) -> Result<(), StoreError> {
    session.execute(S::SQL.keep_older, documents, &[Value::Number(i64::from(reader.0))]).await
}

/// Readings that serve and are of a reader older than `reader` and not kept, of documents after `after`, in their
/// order.
pub(super) async fn older_readings<S: Session>(
    session: &mut S,
    reader: ReaderVersion,
    after: Option<DocumentId>,
    limit: u32,
) -> Result<Vec<ReadingId>, StoreError> {
    let after = after.as_ref().map_or(&[][..], |document| document.as_bytes());
    let values = [Value::Number(i64::from(reader.0)), Value::Bytes(after), Value::Number(i64::from(limit))];
    readings(&session.fetch(S::SQL.older_readings, &[], &values).await?)
}

/// Readings that serve and have no evidence by `lexicon`, of documents after `after`, in their order.
pub(super) async fn without_evidence<S: Session>(
    session: &mut S,
    lexicon: ContentHash,
    after: Option<DocumentId>,
    limit: u32,
) -> Result<Vec<ReadingId>, StoreError> {
    let after = after.as_ref().map_or(&[][..], |document| document.as_bytes());
    let values = [Value::Bytes(lexicon.as_bytes()), Value::Bytes(after), Value::Number(i64::from(limit))];
    readings(&session.fetch(S::SQL.without_evidence, &[], &values).await?)
}

/// How many there are of both.
pub(super) async fn overdue<S: Session>(
    session: &mut S,
    reader: ReaderVersion,
    lexicon: ContentHash,
) -> Result<Overdue, StoreError> {
    let values = [Value::Number(i64::from(reader.0)), Value::Bytes(lexicon.as_bytes())];
    let rows = session.fetch(S::SQL.n_overdue, &[], &values).await?;
    let row = rows.first().ok_or(StoreError::damaged("the count of readings"))?;
    Ok(Overdue {
        n_older_readings: codes::unsigned(row.number(0)?)?,
        n_kept: codes::unsigned(row.number(1)?)?,
        n_without_evidence: codes::unsigned(row.number(2)?)?,
    })
}

fn readings(rows: &[impl Columns]) -> Result<Vec<ReadingId>, StoreError> {
    let reader = |row: &dyn Columns| row.small_number(1).map(ReaderVersion);
    let document = |row: &dyn Columns| codes::document(row.bytes(0)?);
    rows.iter().map(|row| Ok(ReadingId { document: document(row)?, reader: reader(row)? })).collect()
}
