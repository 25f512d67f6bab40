//! How values lie in columns.

use std::borrow::Cow;
use std::str::FromStr;

use bole_core::{AsOf, ContentHash, DocumentFields, DocumentId, PersonId, Reason};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Condition, StoreError};

/// Microseconds since 1970.
pub(crate) fn of_time(time: Timestamp) -> i64 {
    time.as_microsecond()
}

pub(super) fn time(microseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(microseconds).map_err(|_| StoreError::damaged("a time"))
}

/// To the microsecond, as it is stored.
pub(super) fn stored_time(now: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

/// A number that sorts as the date does, years before our era included.
pub(super) fn of_date(date: AsOf) -> i64 {
    let AsOf(date) = date;
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

pub(super) fn date(number: i64) -> Result<AsOf, StoreError> {
    let year = i16::try_from(number.div_euclid(10_000));
    let month_and_day = number.rem_euclid(10_000);
    let (month, day) = ((month_and_day / 100) as i8, (month_and_day % 100) as i8);
    year.ok().and_then(|year| Date::new(year, month, day).ok()).map(AsOf).ok_or(StoreError::damaged("a date"))
}

/// A JSON list of names.
pub(super) fn of_fields(fields: &DocumentFields) -> Result<String, StoreError> {
    serde_json::to_string(fields).map_err(|_| StoreError::damaged("the fields of a document"))
}

pub(super) fn fields(text: &str) -> Result<DocumentFields, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::damaged("the fields of a document"))
}

pub(crate) fn document(bytes: &[u8]) -> Result<DocumentId, StoreError> {
    let bytes = bytes.try_into().map_err(|_| StoreError::damaged("a document id"))?;
    Ok(DocumentId::from_bytes(bytes))
}

pub(super) fn hash(bytes: &[u8]) -> Result<ContentHash, StoreError> {
    let bytes = bytes.try_into().map_err(|_| StoreError::damaged("a hash"))?;
    Ok(ContentHash::from_bytes(bytes))
}

pub(crate) fn uuid(bytes: &[u8]) -> Result<uuid::Uuid, StoreError> {
    uuid::Uuid::from_slice(bytes).map_err(|_| StoreError::damaged("an id"))
}

pub(super) fn person(bytes: &[u8]) -> Result<PersonId, StoreError> {
    uuid(bytes).map(PersonId)
}

/// Anything that is stored by its code.
pub(super) fn code<T: FromStr>(text: &str, what: &'static str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::damaged(what))
}

/// A number that is never negative.
pub(crate) fn unsigned(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::damaged("a count"))
}

/// A version or an attempt.
pub(super) fn small(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::damaged("a small number"))
}

/// Text as it is stored: without U+0000, which PostgreSQL refuses, so that no store keeps it.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// The same for text that may be missing.
pub(super) fn text_or_none(given: Option<&String>) -> Option<String> {
    given.map(|given| text(given).into_owned())
}

/// The condition of a standing from its three columns.
pub(super) fn condition(
    document: DocumentId,
    reason: Option<&str>,
    reader: Option<i64>,
    person_bytes: Option<&[u8]>,
) -> Result<Condition, StoreError> {
    match (reason, reader, person_bytes) {
        (Some(reason), None, None) => {
            Ok(Condition::Quarantined { reason: code::<Reason>(reason, "a reason")? })
        }
        (None, Some(reader), Some(bytes)) => Ok(Condition::Indexed {
            reading: bole_core::ReadingId { document, reader: bole_core::ReaderVersion(small(reader)?) },
            person: person(bytes)?,
        }),
        _ => Err(StoreError::damaged("a standing")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_sort_and_come_back() {
        let dates = [(-9999, 1, 1), (-44, 3, 15), (-1, 12, 31), (0, 1, 1), (2026, 11, 21), (9999, 12, 31)];
        let numbers: Vec<i64> = dates
            .into_iter()
            .map(|(year, month, day)| {
                let as_of = AsOf(Date::new(year, month, day).unwrap());
                assert_eq!(date(of_date(as_of)).unwrap(), as_of);
                of_date(as_of)
            })
            .collect();
        assert!(numbers.is_sorted());
        assert_eq!(numbers[4], 20_261_121);
    }

    #[test]
    fn no_text_holds_the_character_that_a_database_refuses() {
        assert_eq!(text("a\0b\0"), "a\u{fffd}b\u{fffd}");
        assert_eq!(text("a b"), "a b");
    }
}
