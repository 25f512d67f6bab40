//! A few children of one kind, one document each at a time.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bole_core::{DocumentId, Reason};
use bytes::Bytes;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::process::{Death, MEMORY, Process};
use crate::protocol::{Request, Setup};
use crate::question::Question;
use crate::{Guard, Refusal};

/// How children are started and what they may use.
#[derive(Debug)]
pub(crate) struct ChildOptions {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    /// How many at once, at least 1.
    pub(crate) n_children: usize,
    /// What each is told first.
    pub(crate) setup: Setup,
}

/// Children that are started when they are first needed. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Children {
    options: Arc<ChildOptions>,
    idle: Arc<Mutex<Vec<Process>>>,
    turns: Arc<Semaphore>,
    /// Places for documents that take long, so that they hold no turn.
    aside: Arc<Semaphore>,
    missing: Arc<OnceLock<Vec<Guard>>>,
    /// Held by who starts the first child only to learn what is missing: others wait for that one.
    first: Arc<tokio::sync::Mutex<()>>,
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

impl Children {
    pub(crate) fn new(options: ChildOptions) -> Self {
        let turns = Arc::new(Semaphore::new(options.n_children.max(1)));
        let aside = Arc::new(Semaphore::new(options.n_children.max(1)));
        let (idle, missing, first) = Default::default();
        Self { options: Arc::new(options), idle, turns, aside, missing, first }
    }

    /// How many documents are worked on at once.
    pub(crate) fn n_children(&self) -> usize {
        self.options.n_children.max(1)
    }

    /// How many slow documents may be worked on beside the others. Each may take the memory of a child, and its part of
    /// the processors, so that the limit on time must be far more than an honest document needs.
    pub(crate) fn n_aside(&self) -> usize {
        self.n_children()
    }

    /// What the system lacks to fence the children in; starts one to learn it if none has been started.
    ///
    /// # Errors
    /// [`PoolError::Start`].
    pub(crate) async fn missing_guards(&self) -> Result<&[Guard], PoolError> {
        let _first = self.first.lock().await;
        if self.missing.get().is_none() {
            let process = self.process(1).await?;
            self.give_back(process);
        }
        Ok(self.missing.get().map_or(&[], Vec::as_slice))
    }

    /// Waits for a turn and asks a child, and if it dies a fresh one, and tells what the last died of.
    ///
    /// # Errors
    /// Ours only; whatever the document does is an answer.
    pub(crate) async fn ask<Q: Question>(
        &self,
        question: Q,
        document: DocumentId,
        bytes: &Bytes,
    ) -> Result<Q::Answer, PoolError> {
        let mut turn = Turn::wait(self).await?;
        let mut attempt = 1;
        loop {
            let mut process = self.process(attempt).await?;
            let answered = {
                let answering = process.ask(&question, document, bytes, &self.options.setup.limits);
                tokio::pin!(answering);
                tokio::select! {
                    biased;
                    answered = &mut answering => answered,
                    () = turn.step_aside() => answering.await,
                }
            };
            match answered {
                Ok(answer) => {
                    self.give_back(process);
                    return Ok(answer);
                }
                Err(death) => {
                    log_death(document, attempt, &death);
                    let may_be_old_damage = match death {
                        Death::Crash(_) => true,
                        Death::Limit(what) => what == MEMORY && process.n_documents() > 1,
                        Death::Violation => false,
                    };
                    if attempt == N_ATTEMPTS || !may_be_old_damage {
                        return Ok(death.verdict(question.request()).into());
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
        if process.n_documents() < self.options.setup.limits.n_documents && idle.len() < self.n_children() {
            idle.push(process);
        }
    }
}

/// The right to have one document worked on.
struct Turn<'a> {
    children: &'a Children,
    permit: SemaphorePermit<'a>,
    is_aside: bool,
}

impl<'a> Turn<'a> {
    async fn wait(children: &'a Children) -> Result<Self, PoolError> {
        let permit = children.turns.acquire().await.map_err(|_| PoolError::Closed)?;
        Ok(Self { children, permit, is_aside: false })
    }

    /// Returns when the document has taken long and the turn is given to the next: as long as there is a place
    /// aside, a few documents that run into their limits must not hold up the others.
    async fn step_aside(&mut self) {
        if self.is_aside {
            return std::future::pending().await;
        }
        tokio::time::sleep(SLOW).await;
        if let Ok(place) = self.children.aside.acquire().await {
            (self.permit, self.is_aside) = (place, true);
        }
    }
}

impl Death {
    fn verdict(self, request: Request) -> Refusal {
        let doing = match request {
            Request::Read | Request::Inspect => "reading it",
            Request::Draw { .. } => "drawing the page",
        };
        let (reason, detail) = match self {
            Self::Limit(what) => (Reason::OverLimit, format!("{doing} exceeded the limit on {what}")),
            Self::Violation => (Reason::SandboxViolation, format!("{doing} made a forbidden system call")),
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
