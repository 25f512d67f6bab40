//! A store in a file beside it: what a backup is made of, and what a store is restored from.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::pin::Pin;

use bole_core::{HistoryId, LogPosition};

use crate::{Cause, StoreError};

/// Tables with what servers note of themselves when they start: a store that has nothing else is empty, and what it has is
/// there anew after the next start.
pub(crate) const OF_A_START: [&str; 4] = ["artifact", "follower", "sessions", "history"];

/// What is done at the moment of which a copy is: nothing is committed to the store while it is awaited.
pub type Moment<'a> = Pin<Box<dyn Future<Output = Result<(), Cause>> + Send + 'a>>;

/// Told while rows are copied.
pub type Told<'a> = &'a (dyn Fn(CopyProgress) + Send + Sync);

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyProgress {
    /// So many rows there are in all.
    Rows(u64),
    /// So many more are copied.
    Copied(u64),
}

/// What a copy holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// How many migrations its tables have seen.
    pub schema: u32,
    /// The history that the positions of its log are of.
    pub history: HistoryId,
    /// The newest of them.
    pub head: LogPosition,
    /// How many rows each table has.
    pub rows: BTreeMap<String, u64>,
    /// Submissions that are queued.
    pub n_in_flight: u64,
    /// Documents that were decided and whose bytes are not in the copy: too large to be kept, or kept elsewhere.
    pub n_without_original: u64,
}

/// What became of submissions that were in flight when the copy was made, where the queue was not restored along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Their bytes are kept: they are published again by who keeps house.
    pub n_to_publish: u64,
    /// Their bytes were in the queue only: they count as not received, and whoever sent them has to send them again.
    pub n_to_send_again: u64,
}

/// Why a store was not copied, or not filled from a copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no room for the copy.
    #[error("the disk of `{}` is full: free some space, or name another disk", path.display())]
    DiskFull {
        /// Where it was to be.
        path: PathBuf,
        /// What the driver said.
        #[source]
        source: Cause,
    },
    /// The copy's file cannot be written or read.
    #[error("`{}` cannot be used as a copy of a store", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the driver said.
        #[source]
        source: Cause,
    },
    /// What was to be done at the moment of the copy was not.
    #[error(transparent)]
    Moment(Cause),
    /// There is something in the store already.
    #[error(
        "the store is not empty, it has {0}: restore into an empty one, by another `--data` or `store.url`"
    )]
    NotEmpty(String),
    /// Others use the store.
    #[error("{0} connections of other bole processes are open to the store: stop them first")]
    InUse(i64),
}
