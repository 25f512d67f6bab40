//! Looking at a database without changing it: nothing is made, and nothing brought to a newer form.

use jiff::Timestamp;
use sqlx::error::DatabaseError;

use crate::{Cause, StoreError};

/// What a database says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its product and version, such as `PostgreSQL 15.8`.
    pub product: String,
    /// The first number of its version.
    pub major_version: u32,
    /// How text is encoded, such as `UTF8`.
    pub encoding: String,
    /// The schema that its tables have; 0 where there are none yet.
    pub schema: u32,
    /// The newest schema that this binary knows; older ones are brought there when the store is opened.
    pub known_schema: u32,
    /// Its clock; none where it is the one of this machine.
    pub clock: Option<Timestamp>,
    /// It only reads, as a standby does.
    pub only_reads: bool,
    /// What is set so that a commit that was answered may be lost, such as `synchronous_commit = off`.
    pub risks: Vec<String>,
}

/// Why there is nothing to look at. The variants are what a person does about it.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// The address, or what it leads to, cannot be understood.
    #[error("the address of the database is not understood")]
    Address(#[source] Cause),
    /// Nobody answers there.
    #[error("nobody answers at the address of the database")]
    Away(#[source] Cause),
    /// A server is there, and lets nobody of this name and password in.
    #[error("the database server does not let us in")]
    NotLetIn(#[source] Cause),
    /// The server has no such database.
    #[error("the server has no such database")]
    NoDatabase(#[source] Cause),
    /// No schema of the search path is there.
    #[error("no schema of the search path is there")]
    NoSchema,
    /// No trust by TLS.
    #[error("no trust between us and the database server by TLS")]
    Tls(#[source] Cause),
    /// It could be looked at, and something is wrong.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LookError {
    /// An error of connecting.
    pub(crate) fn of_connecting(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(DatabaseError::code).unwrap_or_default().into_owned();
        match (&error, code.as_str()) {
            (sqlx::Error::Configuration(_), _) => Self::Address(error.into()),
            (sqlx::Error::Tls(_), _) => Self::Tls(error.into()),
            // https://www.postgresql.org/docs/15/errcodes-appendix.html
            (_, "28000" | "28P01") => Self::NotLetIn(error.into()),
            (_, "3D000") => Self::NoDatabase(error.into()),
            // Who closes the connection without a word of PostgreSQL is none.
            (sqlx::Error::Io(_) | sqlx::Error::Protocol(_), _) => Self::Away(error.into()),
            _ => Self::Store(error.into()),
        }
    }
}
