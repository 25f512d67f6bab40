use bole_core::{DocumentId, Fault, Reason};

/// What kept the store from doing what was asked. Nothing of the call was done.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Away for now: locked for too long, closed, or an error of reading or writing. Probe and try again.
    #[error(
        "the store is away: look at its disk or server and at other processes that hold it, then try again"
    )]
    Unavailable {
        /// What the driver said.
        #[source]
        source: Cause,
    },
    /// There is no room to write. Free some and try again; nothing is half-written.
    #[error("the disk of the store is full: free some space; nothing is lost")]
    DiskFull {
        /// What the driver said.
        #[source]
        source: Cause,
    },
    /// What is stored does not make sense. Trying again does not help; stop and look.
    #[error("the store is damaged at {what}: stop, keep a copy of its files, and restore a backup")]
    Corrupt {
        /// Which part.
        what: &'static str,
        /// What the driver said, if it was the driver that noticed.
        #[source]
        source: Option<Cause>,
    },
    /// A newer binary has changed the store's form, perhaps while this one was at work. Nothing is written into it.
    #[error(
        "the store is of a newer bole (schema {found}, this one knows {known}): upgrade this node; nothing is lost"
    )]
    NewerSchema {
        /// The schema of the store.
        found: u32,
        /// The newest schema that this binary knows.
        known: u32,
    },
    /// The file, or the schema, holds something else.
    #[error("the database holds something else, and no store of resumes: name another")]
    NotAStore,
    /// The bucket of the originals is away for now: nobody answers, or somebody who is overloaded. Probe and try again.
    #[error(
        "the bucket of the originals is away: look at it, at `originals.endpoint` and at the network, then try again; \
         nothing is lost"
    )]
    BucketAway {
        /// What happened; nothing that is secret.
        #[source]
        source: Cause,
    },
    /// The bucket of the originals is not there, or does not let us in: somebody has to mend the settings, or the bucket.
    #[error("the bucket of the originals cannot be used, {hint}; nothing is lost")]
    BucketRefused {
        /// What is wrong, and what to do.
        hint: String,
        /// What it answered; nothing that is secret.
        #[source]
        source: Cause,
    },
    /// What is kept of a document is not what was sent.
    #[error("the original of `{document}` is damaged where it is kept: bring it back from a backup")]
    DamagedOriginal {
        /// Which.
        document: DocumentId,
    },
    /// The database refuses a value: too big, or against a constraint. Outages are never this.
    #[error("the database refuses a row ({constraint}): send it without the part that is named")]
    Refused {
        /// The constraint that was broken, in the database's words; never a value.
        constraint: String,
        /// What the driver said.
        #[source]
        source: Cause,
    },
}

/// An error of the database's driver; callers only print it.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

impl StoreError {
    /// What this means for the submission that it struck.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Unavailable { .. }
            | Self::DiskFull { .. }
            | Self::Corrupt { .. }
            | Self::NewerSchema { .. }
            | Self::BucketAway { .. }
            | Self::BucketRefused { .. }
            | Self::DamagedOriginal { .. }
            | Self::NotAStore => Fault::Transient,
            Self::Refused { .. } => Fault::Permanent(Reason::StoreRefused),
        }
    }

    /// Damage that the store noticed itself.
    pub(crate) fn damaged(what: &'static str) -> Self {
        Self::Corrupt { what, source: None }
    }
}
