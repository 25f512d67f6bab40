//! Where documents stand: the rows that a ranking reads, with the log positions from and to which they hold.

use std::collections::BTreeMap;

use bole_core::DocumentId;
use serde_json::json;
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::codes;
use super::decide::{Plan, Stands};
use super::people::Grouping;
use super::snapshot::Snapshot;
use crate::{Condition, Standing, StoreError};

/// A row of `standing` to be written.
#[derive(Debug)]
pub(super) struct Row {
    number: i64,
    as_of: i64,
    reason: Option<&'static str>,
    reader: Option<u32>,
    person: Option<String>,
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
        let before = document.standing;
        let person = grouping.persons.get(id).copied();
        let condition = match (plan.stands.get(id), before) {
            (Some(Stands::Quarantined(reason)), _) => Condition::Quarantined { reason: *reason },
            (Some(Stands::Indexed(reading)), before) => Condition::Indexed {
                reading: *reading,
                person: match (person, before) {
                    (Some(person), _) | (None, Some((_, Condition::Indexed { person, .. }))) => person,
                    _ => return Err(StoreError::damaged("the persons of a batch")),
                },
            },
            (None, Some((_, Condition::Indexed { reading, person: old }))) => {
                Condition::Indexed { reading, person: person.unwrap_or(old) }
            }
            (None, Some((_, condition))) => condition,
            (None, None) => continue,
        };
        let Some(as_of) = document.as_of.map(|date| date.as_of) else {
            continue;
        };
        if before != Some((as_of, condition)) {
            moved.insert(*id, Row::of(document.number, codes::of_date(as_of), condition));
        }
    }
    for (id, person) in &grouping.persons {
        if plan.documents.contains(id) {
            continue;
        }
        let member = grouping.others.get(id);
        let member = member.ok_or(StoreError::damaged("the persons of a batch"))?;
        let new = Row {
            number: member.number,
            as_of: member.as_of,
            reason: None,
            reader: Some(member.reader),
            person: Some(person.0.simple().to_string()),
        };
        moved.insert(*id, new);
    }
    Ok(moved)
}

/// Closes the rows that held and writes new ones, at the positions from `from` on.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    moved: &BTreeMap<DocumentId, Row>,
    from: u64,
) -> Result<(), StoreError> {
    if moved.is_empty() {
        return Ok(());
    }
    let rows = (from..)
        .zip(moved.values())
        .map(|(position, new)| json!([new.number, position, new.as_of, new.reason, new.reader, new.person]));
    let rows = codes::rows(rows);
    sqlx::query(
        "UPDATE standing SET to_position = j.value ->> 1 FROM json_each(?1) j \
         WHERE standing.document = j.value ->> 0 AND standing.to_position IS NULL",
    )
    .bind(rows.as_str())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO standing (document, from_position, as_of, reason, reader, person) \
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, unhex(value ->> 5) \
         FROM json_each(?1)",
    )
    .bind(rows)
    .execute(connection)
    .await?;
    Ok(())
}

impl Row {
    fn of(number: i64, as_of: i64, condition: Condition) -> Self {
        let (reason, reader, person) = match condition {
            Condition::Indexed { reading, person } => {
                (None, Some(reading.reader.0), Some(person.0.simple().to_string()))
            }
            Condition::Quarantined { reason } => (Some(reason.code()), None, None),
        };
        Self { number, as_of, reason, reader, person }
    }
}

/// Reads id, as-of, reason, reader and person.
pub(super) fn standing(row: &SqliteRow) -> Result<Standing, StoreError> {
    let document = codes::document(row.try_get(0)?)?;
    Ok(Standing {
        document,
        as_of: codes::date(row.try_get(1)?)?,
        condition: codes::condition(document, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?)?,
    })
}
