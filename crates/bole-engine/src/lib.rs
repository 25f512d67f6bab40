//! The use cases of Bole as plain functions over an [`Engine`]: take files in, work them off, follow the change log,
//! match, explain, search, show.
//!
//! This is the only crate that composes the others. Command line and server translate to and from it and hold no
//! rule of their own; nothing here knows arguments, terminals or HTTP.

mod cpu;
mod data;
mod engine;
mod error;
mod explain;
mod extract;
mod files;
mod follow;
mod ingest;
mod intake;
mod knowledge;
mod matching;
mod population;
mod search;
mod settings;
mod show;
mod status;
mod work;

pub use cpu::{CpuPool, Panicked};
pub use data::DataFolder;
pub use engine::{Engine, ReaderProgram};
pub use error::{EngineError, ErrorKind};
pub use explain::{Explained, explain};
pub use extract::{Extracted, Extractor};
pub use files::{Found, find_files};
pub use follow::{catch_up, follow, reindex};
pub use ingest::{IngestOptions, Ingested, Outcome, Progress, ingest};
pub use intake::{Admission, submit};
pub use knowledge::Knowledge;
pub use matching::{MatchReport, Placed, Reason, Unreadable, run_match};
pub use population::Census;
pub use search::{Hit, SearchReport, search};
pub use settings::{QueueSettings, RankSettings, ReaderSettings, Settings, StoreSettings, WorkSettings};
pub use show::{Shown, resolve, show};
pub use status::{Status, status};
pub use work::work;
