//! What the driver's errors mean to a caller, whatever the database.

use crate::{StoreError, sqlite};

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(_) => sqlite::of_database(error),
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
