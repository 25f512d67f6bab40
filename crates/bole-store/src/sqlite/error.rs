//! What the driver's errors mean to a caller.

use crate::StoreError;

// Primary result codes, <https://sqlite.org/rescode.html>.
const ERROR: i32 = 1;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const SCHEMA: i32 = 17;
const TOO_BIG: i32 = 18;
const CONSTRAINT: i32 = 19;
const MISMATCH: i32 = 20;
const MISUSE: i32 = 21;
const RANGE: i32 = 25;
const NOT_A_DATABASE: i32 = 26;
/// Growing the shared-memory file hits a full disk before any page does.
const IO_ERROR_SHM_SIZE: i32 = 4874;

/// An error that the database answered.
pub(crate) fn of_database(error: sqlx::Error) -> StoreError {
    let answer = error.as_database_error();
    let code = answer.and_then(sqlx::error::DatabaseError::code);
    let code = code.and_then(|code| code.parse::<i32>().ok()).unwrap_or(0);
    let message = answer.map(|answer| answer.message().to_owned()).unwrap_or_default();
    of_code(code, message, error)
}

fn of_code(code: i32, message: String, error: sqlx::Error) -> StoreError {
    if code == IO_ERROR_SHM_SIZE {
        return StoreError::DiskFull { source: error.into() };
    }
    match code & 0xff {
        FULL => StoreError::DiskFull { source: error.into() },
        CONSTRAINT | TOO_BIG | MISMATCH | RANGE => {
            StoreError::Refused { constraint: message, source: error.into() }
        }
        CORRUPT | NOT_A_DATABASE => StoreError::Corrupt { what: "the file", source: Some(error.into()) },
        ERROR | SCHEMA | MISUSE => StoreError::Corrupt { what: "the schema", source: Some(error.into()) },
        _ => StoreError::Unavailable { source: error.into() },
    }
}
