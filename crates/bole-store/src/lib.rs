//! The truth: submissions and their states, originals, readings, evidence, people, and the gapless change log.
//!
//! [`Store`] is the one door; behind it stands [`SqliteStore`], one file for one machine, or [`PostgresStore`] for
//! several. Nothing here knows the queue, the search index or what a resume says.
//!
//! Every write is one transaction that ends under the log's lock, so that a [`Change`](bole_core::Change) is visible
//! only together with all before it: a follower that reads on from its position skips nothing.
//!
//! ```
//! use std::time::Duration;
//!
//! use bole_core::LogPosition;
//! use bole_store::{SqliteOptions, SqliteStore, Store};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! let store = SqliteStore::open(&SqliteOptions {
//!     path: folder.path().join("store.db"),
//!     n_readers: 4,
//!     busy_timeout: Duration::from_secs(30),
//!     max_file_bytes: None,
//! })
//! .await?;
//! assert_eq!(store.head().await?, LogPosition(0));
//! assert!(store.ledger().await?.holds());
//! # Ok(())
//! # }
//! ```

mod audit;
mod bucket;
mod copy;
mod error;
mod look;
mod originals;
mod postgres;
mod reread;
mod sql;
mod sqlite;
mod store;
mod values;

pub use audit::{KeptAudit, NewAudit};
pub use bucket::{BucketOptions, BucketOriginals};
pub use copy::{Contents, CopyError, CopyProgress, Moment, Settled, Told};
pub use error::{Cause, StoreError};
pub use look::{Look, LookError};
pub use originals::{Keep, Originals};
pub use postgres::{PostgresOptions, PostgresStore};
pub use reread::{NewReading, Overdue, Reread};
pub use sqlite::{CopyFile, SqliteOptions, SqliteStore};
pub use store::Store;
pub use values::{
    Alike, Committed, Condition, Decided, Decision, Discard, Intake, KeptArtifact, Known, PortalRow,
    QuarantineFilter, Replay, Standing, SubmissionRecord, Transition,
};
