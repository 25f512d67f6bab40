//! What the answers of the server mean to a caller.

use sqlx::postgres::PgDatabaseError;

use crate::StoreError;

/// An error that the database answered. Codes: <https://www.postgresql.org/docs/15/errcodes-appendix.html>.
pub(crate) fn of_database(error: sqlx::Error) -> StoreError {
    let answer = error.as_database_error().and_then(|answer| answer.try_downcast_ref::<PgDatabaseError>());
    let Some(answer) = answer else {
        return StoreError::Unavailable { source: error.into() };
    };
    let class: String = answer.code().chars().take(2).collect();
    match (answer.code(), class.as_str()) {
        ("53100", _) => StoreError::DiskFull { source: error.into() },
        // Values, constraints, and what is too big for the server.
        (_, "22" | "23" | "54") => {
            let constraint = answer.constraint().unwrap_or(answer.message()).to_owned();
            StoreError::Refused { constraint, source: error.into() }
        }
        ("XX001" | "XX002", _) => StoreError::Corrupt { what: "the database", source: Some(error.into()) },
        // A missing right is for the operator to give, and may be given while we wait.
        ("42501", _) => StoreError::Unavailable { source: error.into() },
        (_, "42") => StoreError::Corrupt { what: "the schema", source: Some(error.into()) },
        // Shutting down, no connection left, a time-out, a standby that only reads: later it may do.
        _ => StoreError::Unavailable { source: error.into() },
    }
}
