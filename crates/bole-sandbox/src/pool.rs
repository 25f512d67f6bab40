use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bole_core::{DocumentId, Reason};
use bytes::Bytes;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::process::{Death, MEMORY, Process};
use crate::protocol::Request;
use crate::{Guard, LexiconFile, Limits, Outcome, Refusal};

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
    /// Places for documents that take long, so that they hold no turn.
    aside: Arc<Semaphore>,
    missing: Arc<OnceLock<Vec<Guard>>>,
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
/// After this long a document is slow: fifty times what one in a hundred honest ones takes on a free machine.
const SLOW: Duration = Duration::from_millis(200);

impl Pool {
    /// Makes a pool; starts nothing yet.
    pub fn new(options: PoolOptions) -> Self {
        let turns = Arc::new(Semaphore::new(options.n_children.max(1)));
        let aside = Arc::new(Semaphore::new(n_aside(&options)));
        Self { options: Arc::new(options), idle: Arc::default(), turns, aside, missing: Arc::default() }
    }

    /// How many documents are read at once.
    pub fn n_children(&self) -> usize {
        self.options.n_children.max(1)
    }

    /// How many documents to hand over at once, so that no child waits for one: two for each, and those set aside.
    pub fn n_in_hand(&self) -> usize {
        2 * self.n_children() + n_aside(&self.options)
    }

    /// Reads a document into what is stored. Waits for a free child.
    ///
    /// # Errors
    /// Ours only; whatever the document does, the answer is an [`Outcome`].
    pub async fn read(&self, document: DocumentId, bytes: &Bytes) -> Result<Outcome, PoolError> {
        self.ask(Request::Read, document, bytes).await
    }

    /// Reads a document to be shown, not stored: also one whose text is too poor to be scored.
    ///
    /// # Errors
    /// Ours only; what the document cannot be read for is an [`Outcome`].
    pub async fn inspect(&self, document: DocumentId, bytes: &Bytes) -> Result<Outcome, PoolError> {
        self.ask(Request::Inspect, document, bytes).await
    }

    /// What the system lacks to fence the children in; starts one to learn it if none has been started.
    ///
    /// # Errors
    /// [`PoolError::Start`].
    pub async fn missing_guards(&self) -> Result<&[Guard], PoolError> {
        if self.missing.get().is_none() {
            let process = self.process(1).await?;
            self.give_back(process);
        }
        Ok(self.missing.get().map_or(&[], Vec::as_slice))
    }

    /// Waits for a turn and asks a child, and if it dies a fresh one, and tells what the last died of.
    async fn ask(&self, request: Request, document: DocumentId, bytes: &Bytes) -> Result<Outcome, PoolError> {
        let mut turn = Turn::wait(self).await?;
        let mut attempt = 1;
        loop {
            let mut process = self.process(attempt).await?;
            let answered = {
                let reading = process.read(request, document, bytes, &self.options.limits);
                tokio::pin!(reading);
                tokio::select! {
                    biased;
                    answered = &mut reading => answered,
                    () = turn.step_aside() => reading.await,
                }
            };
            match answered {
                Ok(outcome) => {
                    self.give_back(process);
                    return Ok(outcome);
                }
                Err(death) => {
                    log_death(document, attempt, &death);
                    let may_be_old_damage = match death {
                        Death::Crash(_) => true,
                        Death::Limit(what) => what == MEMORY && process.n_documents() > 1,
                        Death::Violation => false,
                    };
                    if attempt == N_ATTEMPTS || !may_be_old_damage {
                        return Ok(Outcome::Refused(death.verdict()));
                    }
                    attempt += 1;
                }
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
        let process = started.map_err(PoolError::Start)?;
        self.missing.get_or_init(|| {
            for guard in process.missing() {
                tracing::warn!(missing = %guard, "this system cannot fence readers in as a whole");
            }
            process.missing().to_vec()
        });
        Ok(process)
    }

    fn give_back(&self, process: Process) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if process.n_documents() < self.options.limits.n_documents && idle.len() < self.n_children() {
            idle.push(process);
        }
    }
}

/// How many slow documents may be read beside the others. Each may take the memory of a child, and its part of the
/// processors, so that the limit on time must be far more than an honest document needs.
fn n_aside(options: &PoolOptions) -> usize {
    options.n_children.max(1)
}

/// The right to have one document read.
struct Turn<'a> {
    pool: &'a Pool,
    permit: SemaphorePermit<'a>,
    is_aside: bool,
}

impl<'a> Turn<'a> {
    async fn wait(pool: &'a Pool) -> Result<Self, PoolError> {
        let permit = pool.turns.acquire().await.map_err(|_| PoolError::Closed)?;
        Ok(Self { pool, permit, is_aside: false })
    }

    /// Returns when the document has taken long and the turn is given to the next: as long as there is a place
    /// aside, a few documents that run into their limits must not hold up the others.
    async fn step_aside(&mut self) {
        if self.is_aside {
            return std::future::pending().await;
        }
        tokio::time::sleep(SLOW).await;
        if let Ok(place) = self.pool.aside.acquire().await {
            (self.permit, self.is_aside) = (place, true);
        }
    }
}

impl Death {
    fn verdict(self) -> Refusal {
        let (reason, detail) = match self {
            Self::Limit(what) => (Reason::OverLimit, format!("reading it exceeded the limit on {what}")),
            Self::Violation => {
                (Reason::SandboxViolation, "reading it made a forbidden system call".to_owned())
            }
            Self::Crash(how) => (Reason::CrashedExtractor, format!("readers die of it: {how}")),
        };
        Refusal { reason, detail }
    }
}

fn log_death(document: DocumentId, attempt: u32, death: &Death) {
    match death {
        Death::Limit(what) => tracing::info!(%document, attempt, what, "a reader exceeded a limit"),
        Death::Violation => {
            tracing::error!(%document, attempt, "ALARM: a reader made a forbidden system call, and was ended");
        }
        Death::Crash(how) => tracing::warn!(%document, attempt, how, "a reader died"),
    }
}
