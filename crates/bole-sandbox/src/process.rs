//! One child, seen from its parent.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use bole_core::DocumentId;
use bytes::{Buf, Bytes};
use rustix::process::Signal;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

use crate::children::ChildOptions;
use crate::protocol::{Answer, receive_frame};
use crate::question::{Question, Rest};
use crate::{Guard, Limits};

/// A child that is set up and waits for a document.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    stderr: ChildStderr,
    n_documents: u32,
    missing: Vec<Guard>,
}

/// Why a child did not answer.
#[derive(Debug)]
pub(crate) enum Death {
    /// It exceeded a limit: reading the document again would do the same.
    Limit(&'static str),
    /// It made a system call that it may not make.
    Violation,
    /// It died of something else.
    Crash(String),
}

/// The size of the pipe to a child: what an unprivileged process may ask for.
const PIPE_BYTES: usize = 1 << 20;
/// Most answers come in one piece of this size.
const ANSWER_BYTES: usize = 64 << 10;
/// The limit on memory, as it is told.
pub(crate) const MEMORY: &str = "memory";
/// The largest first part of an answer, in bytes: why a document is refused, or what tells who it is about.
const HEAD_BYTES: usize = 4 << 20;
/// How long a child that closed its pipe may take to die.
const LAST_WORDS: Duration = Duration::from_secs(2);

impl Process {
    /// Starts a child and sets it up.
    ///
    /// # Errors
    /// Ours, not a document's: no process to be had, or a program that is no reader.
    pub(crate) async fn start(options: &ChildOptions) -> io::Result<Self> {
        let mut child = Command::new(&options.program)
            .arg0("bole")
            .args(&options.arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let missing = || io::Error::other("a pipe of the child is missing");
        let mut process = Self {
            stdin: child.stdin.take().ok_or_else(missing)?,
            stdout: BufReader::with_capacity(ANSWER_BYTES, child.stdout.take().ok_or_else(missing)?),
            stderr: child.stderr.take().ok_or_else(missing)?,
            child,
            n_documents: 0,
            missing: Vec::new(),
        };
        // A usual document goes over in one piece. Where the system refuses, in several.
        rustix::pipe::fcntl_setpipe_size(&process.stdin, PIPE_BYTES).ok();
        let setup = serde_json::to_vec(&options.setup)?;
        let setting_up = async {
            process.send(&setup, &[]).await?;
            receive_frame(&mut process.stdout, 1024).await
        };
        let ready = tokio::time::timeout(options.setup.limits.wall, setting_up).await??;
        match serde_json::from_slice(&ready)? {
            Answer::Ready { missing } => Ok(Self { missing, ..process }),
            _ => Err(io::Error::other("the child did not answer its setup")),
        }
    }

    /// What its system lacks to fence it in.
    pub(crate) fn missing(&self) -> &[Guard] {
        &self.missing
    }

    /// Documents that it was asked about.
    pub(crate) fn n_documents(&self) -> u32 {
        self.n_documents
    }

    /// Asks it about a document. After an `Err` it is dead and must be dropped.
    pub(crate) async fn ask<Q: Question>(
        &mut self,
        question: &Q,
        document: DocumentId,
        bytes: &Bytes,
        limits: &Limits,
    ) -> Result<Q::Answer, Death> {
        self.n_documents += 1;
        let exchange = self.exchange(question, document, bytes, limits.answer_bytes);
        let result = tokio::time::timeout(limits.wall, exchange).await;
        self.settle(result).await
    }

    async fn exchange<Q: Question>(
        &mut self,
        question: &Q,
        document: DocumentId,
        bytes: &Bytes,
        limit_bytes: usize,
    ) -> io::Result<Q::Answer> {
        let asked = Instant::now();
        self.send(&question.request().head(document), bytes).await?;
        let head = receive_frame(&mut self.stdout, limit_bytes.min(HEAD_BYTES)).await?;
        // Cut short is as wrong as anything else: only the pipe itself ends early.
        let head: Answer = serde_json::from_slice(&head).map_err(|_| io::ErrorKind::InvalidData)?;
        question.receive(head, Rest { from: &mut self.stdout, limit_bytes, asked }).await
    }

    /// Sends a frame whole, so that the child is not woken for its first bytes.
    async fn send(&mut self, head: &[u8], body: &[u8]) -> io::Result<()> {
        let length = u32::try_from(head.len() + body.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let head = [&length.to_le_bytes(), head].concat();
        self.stdin.write_all_buf(&mut Buf::chain(head.as_slice(), body)).await
    }

    /// Turns a failed exchange into the reason for which the child is dead, and makes sure that it is.
    async fn settle<T>(
        &mut self,
        result: Result<io::Result<T>, tokio::time::error::Elapsed>,
    ) -> Result<T, Death> {
        match result {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) if error.kind() == io::ErrorKind::FileTooLarge => {
                self.kill().await;
                Err(Death::Limit("answer size"))
            }
            Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => {
                self.kill().await;
                Err(Death::Crash("an answer out of turn".to_owned()))
            }
            // The pipe closed: it is dying by itself, and its status tells of what.
            Ok(Err(_)) => {
                if let Ok(death) = tokio::time::timeout(LAST_WORDS, self.last_words()).await {
                    return Err(death);
                }
                self.kill().await;
                Err(Death::Crash("it closed its pipe and lived on".to_owned()))
            }
            Err(_) => {
                self.kill().await;
                Err(Death::Limit("time"))
            }
        }
    }

    async fn kill(&mut self) {
        if let Err(error) = self.child.kill().await {
            tracing::warn!(%error, "a reader could not be killed");
        }
    }

    /// Waits for the end and tells its cause. What it wrote to standard error is looked at, never passed on: a
    /// panic's message may quote the resume.
    async fn last_words(&mut self) -> Death {
        let mut words = Vec::new();
        let mut head = (&mut self.stderr).take(4096);
        let heard = head.read_to_end(&mut words).await;
        let status = match self.child.wait().await {
            Ok(status) => status,
            Err(error) => return Death::Crash(error.to_string()),
        };
        let says = |text: &str| heard.is_ok() && String::from_utf8_lossy(&words).contains(text);
        death_of(status, says("memory allocation of"), says("overflowed its stack"))
    }
}

fn death_of(status: ExitStatus, out_of_memory: bool, out_of_stack: bool) -> Death {
    let signal = status.signal().and_then(Signal::from_named_raw);
    match signal {
        Some(Signal::XCPU) => Death::Limit("processor time"),
        Some(Signal::XFSZ | Signal::SYS) => Death::Violation,
        _ if out_of_memory => Death::Limit(MEMORY),
        _ if out_of_stack => Death::Crash("stack overflow".to_owned()),
        _ => Death::Crash(status.to_string()),
    }
}
