//! What the drivers' errors mean to a caller.

use sqlx::postgres::PgDatabaseError;

use crate::{StoreError, postgres, sqlite};

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(ref answer) => {
                if answer.try_downcast_ref::<PgDatabaseError>().is_some() {
                    postgres::of_database(error)
                } else {
                    sqlite::of_database(error)
                }
            }
            sqlx::Error::Encode(_) => {
                Self::Refused { constraint: "a value cannot be encoded".to_owned(), source: error.into() }
            }
            sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::Decode(_)
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::ColumnIndexOutOfBounds { .. }
            | sqlx::Error::RowNotFound
            | sqlx::Error::TypeNotFound { .. } => {
                Self::Corrupt { what: "a column", source: Some(error.into()) }
            }
            // A pool that is closed or exhausted, a connection that broke, and what a later driver may add.
            _ => Self::Unavailable { source: error.into() },
        }
    }
}

/// Whether a transaction was given up for the sake of another, so that it may succeed when it is begun anew.
pub(super) fn lost_against_another(error: &StoreError) -> bool {
    let StoreError::Unavailable { source } = error else {
        return false;
    };
    let answer = source.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error);
    let code = answer.and_then(sqlx::error::DatabaseError::code);
    // Serialization failure and deadlock; SQLite's codes are other numbers.
    matches!(code.as_deref(), Some("40001" | "40P01"))
}
