mod kind;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bole_core::{
    ContentHash, DocumentId, FieldId, KeyId, LogPosition, Portal, RunId, StoredError, SubmissionId,
};
use bole_index::{IndexError, QueryError};
use bole_queue::{AddressError, QueueError};
use bole_rank::{DraftError, Problem};
use bole_sandbox::PoolError;
use bole_store::{LookError, StoreError};
use uuid::Uuid;

use crate::cpu::Panicked;
use crate::{BackupError, ExportError, KeyError, TraceError};
pub use kind::ErrorKind;

/// Why a use case did not do what was asked. Variants are what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Nothing was ever ingested here.
    #[error("there is no data in `{}` yet: run `bole ingest PATH` first, or name another folder with `--data`", .0.display())]
    NoData(PathBuf),
    /// What was named as the data folder is a backup, in which nothing may change.
    #[error("`{}` is a backup: name another folder with `--data`, and restore it there by `bole backup restore`", .0.display())]
    IsBackup(PathBuf),
    /// A path that cannot be used.
    #[error("`{}` cannot be used", path.display())]
    Path {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The data folder cannot be made, read or written.
    #[error("the data folder `{}` cannot be used: look at its disk and permissions, or name another with `--data`", path.display())]
    DataFolder {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Mistakes in the configuration, a lexicon or a profile, all at once.
    #[error("{}", list(.0))]
    Configuration(Vec<Problem>),
    /// No such portal.
    #[error("there is no portal `{0}`: `bole portal list` shows all, `bole portal add {0}` adds it")]
    UnknownPortal(Portal),
    /// There is no broker to submit by.
    #[error(
        "there is no broker to submit by: set `queue.url` in bole.toml, or BOLE_QUEUE_URL, to \
         amqp://USER@HOST/VIRTUAL-HOST with the portal's user, and BOLE_QUEUE_PASSWORD to its password"
    )]
    NoBroker,
    /// A message id is one file's.
    #[error(
        "`--message-id` is for one file, and there are {0}: leave it out, each then has an id of its own"
    )]
    OneIdForMany(usize),
    /// The broker has no queues for a portal.
    #[error(
        "the broker knows no portal `{0}`: have it added with `bole portal add {0}` on Bole's side, or look at the \
         virtual host in `queue.url` and at `queue.prefix`; nothing was sent"
    )]
    NotKnownAtBroker(Portal),
    /// The name stands for the files of a machine.
    #[error("`local` stands for the files that `bole ingest` takes in: give the portal another name")]
    ReservedPortal,
    /// Something of a portal is in flight.
    #[error(
        "{n_waiting} submissions of portal `{portal}` are in flight: let workers finish them, then remove it"
    )]
    PortalInUse {
        /// The portal.
        portal: Portal,
        /// How many.
        n_waiting: u64,
    },
    /// No such profile.
    #[error("there is no profile `{name}`: use one of {}", known.join(", "))]
    UnknownProfile {
        /// As asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// No such version of a profile.
    #[error(
        "no version `{0}` of a profile is kept: write NAME@HASH with at least 8 hex digits, `bole profile list --versions` \
         lists them"
    )]
    UnknownVersion(String),
    /// More than one version of a profile.
    #[error("`{0}` fits several versions: give more digits, `bole profile list --versions` lists them")]
    AmbiguousVersion(String),
    /// Mistakes in weights and gates that a query gave, all at once.
    #[error("{}", list(.0))]
    Overrides(Vec<Problem>),
    /// A filter that is not understood.
    #[error("the filter `{filter}`: {source}")]
    Filter {
        /// As given.
        filter: String,
        /// What is wrong.
        source: QueryError,
    },
    /// Where documents came from is no ground for a ranking that can be told again.
    #[error(
        "the filter `{0}` asks for `source:`, which changes whenever a copy comes: a ranking by it could not be replayed; \
         leave it out, `bole search` finds by it"
    )]
    FilterBySource(String),
    /// More filters than there may be.
    #[error("{n_filters} filters are more than {most}: put some into one with AND")]
    TooManyFilters {
        /// How many.
        n_filters: usize,
        /// How many there may be.
        most: usize,
    },
    /// A scope of more fields than a query can ask for.
    #[error("{n_fields} fields are more than can be asked for at once: leave some out, or give all")]
    ScopeTooLarge {
        /// How many.
        n_fields: usize,
    },
    /// A page that begins or ends too far down.
    #[error("of a search the first {most} are shown, and {asked} were asked for: search for more words")]
    PageTooDeep {
        /// The last place that was asked for.
        asked: usize,
        /// The last place that is shown.
        most: usize,
    },
    /// No such run.
    #[error(
        "no run `{0}` is kept here: give the 16 hex digits that `bole match` tells, or at least the first 8, and the data \
         folder that it was made in"
    )]
    UnknownRun(String),
    /// More than one run.
    #[error("`{prefix}` fits several runs: give more digits ({})", runs(found))]
    AmbiguousRun {
        /// As asked for.
        prefix: String,
        /// Some that it fits.
        found: Vec<RunId>,
    },
    /// A formula that this binary does not have.
    #[error(
        "run `{run}` was scored by version {version} of the formula, this binary has {own}: use one that has that version"
    )]
    OtherScoring {
        /// The run.
        run: RunId,
        /// Its version.
        version: u32,
        /// The version of this binary.
        own: u32,
    },
    /// The store is one from before the run.
    #[error(
        "run `{run}` saw the change log up to {position}, the store goes to {head}: it was restored from a backup of before"
    )]
    RunAhead {
        /// The run.
        run: RunId,
        /// Its position.
        position: LogPosition,
        /// The newest position.
        head: LogPosition,
    },
    /// Something that a run was made with is gone.
    #[error("the {kind} `{hash}` is not kept any more: restore a backup of the store")]
    ArtifactMissing {
        /// What it is.
        kind: &'static str,
        /// Its hash.
        hash: ContentHash,
    },
    /// Something that a run was made with is not what its hash says, or not understood by this binary.
    #[error(
        "the stored {kind} `{hash}` is damaged, or of another release: restore a backup of the store, or use that release"
    )]
    ArtifactDamaged {
        /// What it is.
        kind: &'static str,
        /// Its hash.
        hash: ContentHash,
    },
    /// Too few or too many to set side by side.
    #[error("{n_resumes} resumes cannot be set side by side: name {least} to {most}")]
    CompareCount {
        /// How many were named.
        n_resumes: usize,
        /// How many there have to be.
        least: usize,
        /// How many there may be.
        most: usize,
    },
    /// Nobody is compared with themselves.
    #[error("`{first}` and `{second}` are of the same person: leave one out")]
    ComparedTwice {
        /// As named first.
        first: String,
        /// As named again.
        second: String,
    },
    /// No such resume.
    #[error(
        "no resume `{0}`: give at least 8 hex digits of its id, as `bole match` and `bole search` show it, or the path it was ingested from"
    )]
    UnknownResume(String),
    /// More than one resume.
    #[error("`{prefix}` fits {} resumes: give more digits ({})", found.len(), short(found))]
    AmbiguousResume {
        /// As asked for.
        prefix: String,
        /// What it fits.
        found: Vec<DocumentId>,
    },
    /// It was received, but not read.
    #[error("`{name}` is {state} as `{reason}`: {advice}")]
    NotRead {
        /// As asked for.
        name: String,
        /// Where it stands.
        state: bole_core::State,
        /// Why.
        reason: bole_core::Reason,
        /// What to do.
        advice: &'static str,
    },
    /// The document has fewer pages.
    #[error("there is no page {page}: the document has {n_pages}, the first is 1")]
    NoSuchPage {
        /// As asked for, from 1.
        page: u32,
        /// How many there are.
        n_pages: u32,
    },
    /// A page of which there is no picture.
    #[error("there is no picture of the page, {detail}: read its text, or open the file itself")]
    NotDrawn {
        /// Why.
        detail: String,
    },
    /// A profile that comes along is of a field that the key is not for.
    #[error("the profile is of the field `{0}`, the key is not")]
    FieldOutOfScope(FieldId),
    /// It would tell who somebody is.
    #[error("blind mode hides who people are: switch it off to see files, or to search by name or source")]
    HiddenInBlindMode,
    /// No such shortlist.
    #[error("there is no shortlist `{0}`")]
    UnknownShortlist(Uuid),
    /// A text that is empty or too long.
    #[error("{what} has 1 to {most} bytes")]
    WrongLength {
        /// What.
        what: &'static str,
        /// How long it may be.
        most: usize,
    },
    /// More people on a shortlist than there may be.
    #[error("a shortlist holds at most {most} people: make another")]
    TooManyEntries {
        /// How many there may be.
        most: usize,
    },
    /// No such submission.
    #[error("there is no submission `{0}`: `bole quarantine list` shows those that were set aside")]
    UnknownSubmission(SubmissionId),
    /// Nobody can listen there.
    #[error("cannot listen on {address}: look whether another server does, or name another with `--listen`")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A search query that is not understood.
    #[error("{0}")]
    Query(#[from] QueryError),
    /// Another process keeps the index of this folder.
    #[error("another `bole` process keeps the index of `{}`: wait until it ends, or stop it", .0.display())]
    IndexBusy(PathBuf),
    /// Another process reads documents anew.
    #[error(
        "another `bole` process reads documents anew or derives evidence, perhaps a `bole serve` in the background: \
         it goes on by itself, `bole status` tells what is left"
    )]
    RereadElsewhere,
    /// The search index has read another history than the store has: the store was restored from a backup, or the index
    /// is of an older release.
    #[error("the search index is of another state of the store: run `bole reindex`")]
    IndexOfOtherHistory,
    /// The search index of a server that is new, or whose index was thrown away.
    #[error(
        "the search index has still to take in {n_behind} changes of the store: ask again in a minute, or another server"
    )]
    IndexBehind {
        /// How many changes it lacks.
        n_behind: u64,
    },
    /// The search index.
    #[error("{error}: {hint}", error = .0, hint = .0.hint())]
    Index(IndexError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database cannot be looked at.
    #[error(transparent)]
    Look(#[from] LookError),
    /// The tables are not of this release.
    #[error(
        "the store has schema {found}, and nothing is changed by who only watches: start `bole serve` of this release, which \
         brings it to {known}"
    )]
    OtherSchema {
        /// The schema of the store.
        found: u32,
        /// That of this release.
        known: u32,
    },
    /// The queue.
    #[error("{error}: {hint}", error = .0, hint = .0.hint())]
    Queue(#[from] QueueError),
    /// The readers.
    #[error(transparent)]
    Reader(#[from] PoolError),
    /// A reading that cannot be decoded.
    #[error("the stored reading of `{0}` is damaged: restore a backup of the store")]
    DamagedReading(DocumentId),
    /// Stored bytes that are not understood.
    #[error(transparent)]
    Stored(#[from] StoredError),
    /// A bug.
    #[error(transparent)]
    Panicked(#[from] Panicked),
    /// Somebody else records metrics in this process: a bug.
    #[error("the metrics cannot be recorded")]
    Metrics(#[source] metrics_exporter_prometheus::BuildError),
    /// Traces cannot be sent.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// A file of a job description that is no text.
    #[error("`{}` is no text in UTF-8: save it as a UTF-8 .txt or .md file, or as a PDF", .0.display())]
    NoText(PathBuf),
    /// A PDF of a job description that cannot be read.
    #[error("`{}` cannot be read, {reason}: {detail}; {}", path.display(), reason.advice())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: bole_core::Reason,
        /// What exactly.
        detail: String,
    },
    /// A job description that no profile can be made of.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// People that cannot leave as a file.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A key that is not made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// No such key, or it was taken back before.
    #[error("there is no key `{0}` in force: `bole key list` shows all")]
    UnknownKey(KeyId),
    /// Something could not be noted in the audit log, and was not done.
    #[error("the audit log takes nothing: {0}")]
    Audit(#[source] Arc<StoreError>),
    /// A backup that is not made, or not restored.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// No threads to be had.
    #[error("the system gives no threads: check its limits")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

impl EngineError {
    /// The configuration's folder is none.
    pub fn no_configuration(folder: &Path) -> Self {
        Self::Configuration(vec![Problem {
            file: folder.display().to_string(),
            line: None,
            key: String::new(),
            message: "it is not a folder".to_owned(),
            hint: "name one with bole.toml, lexicon/ or profiles/ in it".to_owned(),
        }])
    }

    /// A setting that is needed is not there.
    pub fn not_set(key: &str) -> Self {
        Self::Configuration(vec![Problem {
            file: "bole.toml, or the environment".to_owned(),
            line: None,
            key: key.to_owned(),
            message: "it is not set".to_owned(),
            hint: format!("set it, or BOLE_{}", key.replace(['.', '-'], "_").to_uppercase()),
        }])
    }

    /// The address of the broker is not understood.
    pub(crate) fn broker_address(error: &AddressError) -> Self {
        Self::Configuration(vec![Problem {
            file: "bole.toml, or BOLE_QUEUE_URL".to_owned(),
            line: None,
            key: "queue.url".to_owned(),
            message: "it is no address of a broker".to_owned(),
            hint: error.to_string(),
        }])
    }

    /// The log's filter is not understood.
    pub fn wrong_log_filter(filter: &str) -> Self {
        Self::Configuration(vec![Problem {
            file: "bole.toml, or BOLE_LOG".to_owned(),
            line: None,
            key: "log".to_owned(),
            message: format!("`{filter}` is not a filter"),
            hint: "use error, warn, info, debug, or one such as \"info,bole_queue=debug\"".to_owned(),
        }])
    }

    /// This error with the mistakes in the configuration that `other` tells of.
    #[must_use]
    pub fn and(self, other: Option<Self>) -> Self {
        match (self, other) {
            (Self::Configuration(mut problems), Some(Self::Configuration(more))) => {
                problems.extend(more);
                Self::Configuration(problems)
            }
            (error, _) => error,
        }
    }
}

fn list(problems: &[Problem]) -> String {
    let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn short(documents: &[DocumentId]) -> String {
    let shown: Vec<_> = documents.iter().take(5).map(DocumentId::short).collect();
    shown.join(", ")
}

fn runs(found: &[RunId]) -> String {
    let shown: Vec<_> = found.iter().take(5).map(ToString::to_string).collect();
    shown.join(", ")
}
