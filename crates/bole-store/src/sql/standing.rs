//! Where documents stand: the rows that a ranking reads, with the log positions from and to which they hold.

use std::collections::BTreeMap;

use bole_core::{DocumentId, PersonId};
use uuid::Uuid;

use super::codes;
use super::columns::Columns;
use super::decide::{Plan, Stands};
use super::people::Grouping;
use super::reread::Better;
use super::session::{Column, Session};
use super::snapshot::{Snapshot, Told};
use crate::{Condition, Standing, StoreError};

/// A row of `standing` to be written; without a condition the document stands nowhere from here on.
#[derive(Debug)]
pub(super) struct Row {
    number: i64,
    as_of: i64,
    reason: Option<&'static str>,
    reader: Option<u32>,
    person: Option<Uuid>,
}

/// The documents that stand elsewhere than before.
pub(super) fn moved(
    snapshot: &Snapshot,
    plan: &Plan<'_>,
    grouping: &Grouping,
) -> Result<BTreeMap<DocumentId, Row>, StoreError> {
    let mut moved = BTreeMap::new();
    for id in &plan.documents {
        let Some(document) = snapshot.documents.get(id) else {
            continue;
        };
        let before = document.standing.as_ref();
        let person = grouping.persons.get(id).copied();
        let condition = match (plan.stands.get(id), before.map(|before| before.condition)) {
            (Some(Stands::Quarantined(reason)), _) => Condition::Quarantined { reason: *reason },
            (Some(Stands::Indexed(reading)), before) => Condition::Indexed {
                reading: *reading,
                person: match (person, before) {
                    (Some(person), _) | (None, Some(Condition::Indexed { person, .. })) => person,
                    _ => return Err(StoreError::damaged("the persons of a batch")),
                },
            },
            (None, Some(Condition::Indexed { reading, person: old })) => {
                Condition::Indexed { reading, person: person.unwrap_or(old) }
            }
            (None, Some(condition)) => condition,
            (None, None) => continue,
        };
        let Some(Told { as_of, fields, .. }) = &document.told else {
            continue;
        };
        let is_same = |before: &Standing| {
            (before.as_of, before.condition) == (*as_of, condition) && before.fields == *fields
        };
        if !before.is_some_and(is_same) {
            moved.insert(*id, Row::of(document.number, codes::of_date(*as_of), Some(condition)));
        }
    }
    for (id, person) in grouping.persons.iter().filter(|(id, _)| !plan.documents.contains(id)) {
        moved.insert(*id, other(grouping, id, *person)?);
    }
    Ok(moved)
}

/// The documents that stand by a better reading from here on, and those that are of another person for it.
pub(super) fn reread(
    better: &BTreeMap<DocumentId, Better<'_>>,
    grouping: &Grouping,
) -> Result<BTreeMap<DocumentId, Row>, StoreError> {
    let mut moved = BTreeMap::new();
    for (id, Better { document, as_of, person, read }) in better {
        let person = grouping.persons.get(id).copied().unwrap_or(*person);
        let condition = Condition::Indexed { reading: read.reading.0, person };
        moved.insert(*id, Row::of(document.number, *as_of, Some(condition)));
    }
    for (id, person) in grouping.persons.iter().filter(|(id, _)| !better.contains_key(id)) {
        moved.insert(*id, other(grouping, id, *person)?);
    }
    Ok(moved)
}

/// A document that nothing was decided about, and that is of `person` now.
fn other(grouping: &Grouping, id: &DocumentId, person: PersonId) -> Result<Row, StoreError> {
    let member = grouping.others.get(id).ok_or(StoreError::damaged("the persons of a batch"))?;
    Ok(Row {
        number: member.number,
        as_of: member.as_of,
        reason: None,
        reader: Some(member.reader),
        person: Some(person.0),
    })
}

/// Closes the rows that held and writes new ones, at the positions from `from` on. Their fields are those that the
/// documents have by now.
pub(super) async fn write<S: Session>(
    session: &mut S,
    moved: &BTreeMap<DocumentId, Row>,
    from: u64,
) -> Result<(), StoreError> {
    if moved.is_empty() {
        return Ok(());
    }
    let table = [
        Column::numbers(moved.values().map(|row| row.number)),
        Column::numbers((from as i64..).take(moved.len())),
    ];
    session.execute(S::SQL.close_standings, &table, &[]).await?;
    let standing: Vec<(i64, &Row)> =
        (from as i64..).zip(moved.values()).filter(|(_, row)| row.stands()).collect();
    if standing.is_empty() {
        return Ok(());
    }
    let persons = standing.iter().map(|(_, row)| row.person.map(|person| person.as_bytes().to_vec()));
    let table = [
        Column::numbers(standing.iter().map(|(_, row)| row.number)),
        Column::numbers(standing.iter().map(|(position, _)| *position)),
        Column::numbers(standing.iter().map(|(_, row)| row.as_of)),
        Column::Texts(standing.iter().map(|(_, row)| row.reason).collect()),
        Column::Numbers(standing.iter().map(|(_, row)| row.reader.map(i64::from)).collect()),
        Column::Keys(persons.collect()),
    ];
    session.execute(S::SQL.open_standings, &table, &[]).await
}

impl Row {
    pub(super) fn of(number: i64, as_of: i64, condition: Option<Condition>) -> Self {
        let (reason, reader, person) = match condition {
            Some(Condition::Indexed { reading, person }) => (None, Some(reading.reader.0), Some(person.0)),
            Some(Condition::Quarantined { reason }) => (Some(reason.code()), None, None),
            None => (None, None, None),
        };
        Self { number, as_of, reason, reader, person }
    }

    fn stands(&self) -> bool {
        self.reason.is_some() || self.reader.is_some()
    }
}

/// Reads id, as-of, reason, reader, person and fields.
pub(super) fn standing(row: &impl Columns) -> Result<Standing, StoreError> {
    let document = codes::document(row.bytes(0)?)?;
    let condition =
        codes::condition(document, row.text_or_none(2)?, row.number_or_none(3)?, row.bytes_or_none(4)?)?;
    Ok(Standing {
        document,
        as_of: codes::date(row.number(1)?)?,
        fields: codes::fields(row.text(5)?)?,
        condition,
    })
}
