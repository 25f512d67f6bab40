use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bole_core::{DocumentId, Reading, Reason};
use bytes::Bytes;
use tokio::sync::Semaphore;

use crate::process::{Death, Process};
use crate::{LexiconFile, Limits, Outcome};

/// How the children are started and what they may use.
#[derive(Clone, Debug)]
pub struct PoolOptions {
    /// The program that calls [`run_child`](crate::run_child).
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// How many at once, at least 1.
    pub n_children: usize,
    /// What each may use.
    pub limits: Limits,
    /// The lexicon that evidence is collected with.
    pub lexicon: Vec<LexiconFile>,
}

/// A few children that read documents, one document each at a time. Cheap to clone.
///
/// Children start when they are first needed.
#[derive(Clone, Debug)]
pub struct Pool {
    options: Arc<PoolOptions>,
    idle: Arc<Mutex<Vec<Process>>>,
    turns: Arc<Semaphore>,
}

/// A fault of ours, not of a document.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// A child cannot be started.
    #[error("a reader process cannot be started: check limits on processes and memory")]
    Start(#[source] io::Error),
    /// The pool is shut down.
    #[error("the readers are shut down")]
    Closed,
}

/// A document whose child died is tried again in a fresh one, so that a child's old damage is not taken for the
/// document's fault.
const N_ATTEMPTS: u32 = 3;

impl Pool {
    /// Makes a pool; starts nothing yet.
    pub fn new(options: PoolOptions) -> Self {
        let turns = Arc::new(Semaphore::new(options.n_children.max(1)));
        Self { options: Arc::new(options), idle: Arc::default(), turns }
    }

    /// How many documents are read at once.
    pub fn n_children(&self) -> usize {
        self.options.n_children.max(1)
    }

    /// Reads a document into what is stored. Waits for a free child.
    ///
    /// # Errors
    /// Ours only; whatever the document does, the answer is an [`Outcome`].
    pub async fn read(&self, document: DocumentId, bytes: &Bytes) -> Result<Outcome, PoolError> {
        let _turn = self.turns.acquire().await.map_err(|_| PoolError::Closed)?;
        let mut last = Death::Crash(String::new());
        for attempt in 1..=N_ATTEMPTS {
            let mut process = self.process(attempt).await?;
            match process.read(document, bytes, &self.options).await {
                Ok(outcome) => {
                    self.give_back(process);
                    return Ok(outcome);
                }
                Err(death) => {
                    log_death(document, attempt, &death);
                    let again = matches!(death, Death::Crash(_));
                    last = death;
                    if !again {
                        break;
                    }
                }
            }
        }
        let (reason, detail) = last.verdict();
        Ok(Outcome::Refused { reason, detail })
    }

    /// Reads a document to be shown, not stored: also one whose text is too poor to be scored.
    ///
    /// # Errors
    /// Ours only; what the document cannot be read for is the inner error.
    pub async fn inspect(
        &self,
        document: DocumentId,
        bytes: &Bytes,
    ) -> Result<Result<Box<Reading>, (Reason, String)>, PoolError> {
        let _turn = self.turns.acquire().await.map_err(|_| PoolError::Closed)?;
        let mut process = self.process(1).await?;
        match process.inspect(document, bytes, &self.options).await {
            Ok(answer) => {
                self.give_back(process);
                Ok(answer)
            }
            Err(death) => {
                log_death(document, 1, &death);
                Ok(Err(death.verdict()))
            }
        }
    }

    /// An idle child, or a new one; always a new one after a death.
    async fn process(&self, attempt: u32) -> Result<Process, PoolError> {
        let idle =
            if attempt == 1 { self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop() } else { None };
        if let Some(process) = idle {
            return Ok(process);
        }
        // One that dies while it starts was struck from outside; a program that never starts is told.
        let mut started = Process::start(&self.options).await;
        for _ in 1..N_ATTEMPTS {
            if started.is_ok() {
                break;
            }
            started = Process::start(&self.options).await;
        }
        started.map_err(PoolError::Start)
    }

    fn give_back(&self, process: Process) {
        if process.n_documents() < self.options.limits.n_documents {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(process);
        }
    }
}

impl Death {
    fn verdict(self) -> (Reason, String) {
        match self {
            Self::Limit(what) => (Reason::OverLimit, format!("reading it exceeded the limit on {what}")),
            Self::Violation => {
                (Reason::SandboxViolation, "reading it made a forbidden system call".to_owned())
            }
            Self::Crash(how) => (Reason::CrashedExtractor, format!("readers die of it: {how}")),
        }
    }
}

fn log_death(document: DocumentId, attempt: u32, death: &Death) {
    match death {
        Death::Limit(what) => tracing::info!(%document, attempt, what, "a reader exceeded a limit"),
        Death::Violation => tracing::error!(%document, attempt, "a reader made a forbidden system call"),
        Death::Crash(how) => tracing::warn!(%document, attempt, how, "a reader died"),
    }
}
