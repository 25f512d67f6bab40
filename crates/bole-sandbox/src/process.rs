//! One child, seen from its parent.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bole_core::{DocumentId, EncodedEvidence, EncodedReading, Reading, Reason};
use bytes::Bytes;
use rustix::process::Signal;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

use crate::pool::PoolOptions;
use crate::protocol::{Answer, Outcome, Request, Setup, receive_frame};

/// A child that is set up and waits for a document.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    stderr: ChildStderr,
    n_documents: u32,
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

/// How long a child that closed its pipe may take to die.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What came of asking a child.
pub(crate) type Asked<T> = Result<Result<T, (Reason, String)>, Death>;

impl Process {
    /// Starts a child and sets it up.
    ///
    /// # Errors
    /// Ours, not a document's: no process to be had, or a program that is no reader.
    pub(crate) async fn start(options: &PoolOptions) -> io::Result<Self> {
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
            stdout: child.stdout.take().ok_or_else(missing)?,
            stderr: child.stderr.take().ok_or_else(missing)?,
            child,
            n_documents: 0,
        };
        let setup = Setup { limits: options.limits, lexicon: options.lexicon.clone() };
        process.send(&[&serde_json::to_vec(&setup)?]).await?;
        let ready =
            tokio::time::timeout(options.limits.wall, receive_frame(&mut process.stdout, 1024)).await??;
        match serde_json::from_slice(&ready)? {
            Answer::Ready => Ok(process),
            _ => Err(io::Error::other("the child did not answer its setup")),
        }
    }

    /// Documents that it has read.
    pub(crate) fn n_documents(&self) -> u32 {
        self.n_documents
    }

    /// Has it read a document into what is stored. After an `Err` it is dead and must be dropped.
    pub(crate) async fn read(
        &mut self,
        document: DocumentId,
        bytes: &Bytes,
        options: &PoolOptions,
    ) -> Result<Outcome, Death> {
        let exchange = async {
            let answer = self.exchange(Request::Read, document, bytes, options).await?;
            match answer {
                Answer::Read { keys, partial } => {
                    let limit_bytes = options.limits.answer_bytes;
                    let reading =
                        EncodedReading::from_bytes(receive_frame(&mut self.stdout, limit_bytes).await?);
                    let evidence =
                        EncodedEvidence::from_bytes(receive_frame(&mut self.stdout, limit_bytes).await?);
                    Ok(Outcome::Read { reading, evidence, keys, partial })
                }
                Answer::Refused { reason, detail } => Ok(Outcome::Refused { reason, detail }),
                Answer::Ready | Answer::Inspected(_) => Err(io::ErrorKind::InvalidData.into()),
            }
        };
        let result = tokio::time::timeout(options.limits.wall, exchange).await;
        self.settle(result).await
    }

    /// Has it read a document to be shown.
    pub(crate) async fn inspect(
        &mut self,
        document: DocumentId,
        bytes: &Bytes,
        options: &PoolOptions,
    ) -> Asked<Box<Reading>> {
        let exchange = async {
            match self.exchange(Request::Inspect, document, bytes, options).await? {
                Answer::Inspected(reading) => Ok(Ok(reading)),
                Answer::Refused { reason, detail } => Ok(Err((reason, detail))),
                Answer::Ready | Answer::Read { .. } => Err(io::ErrorKind::InvalidData.into()),
            }
        };
        let result = tokio::time::timeout(options.limits.wall, exchange).await;
        self.settle(result).await
    }

    async fn exchange(
        &mut self,
        request: Request,
        document: DocumentId,
        bytes: &Bytes,
        options: &PoolOptions,
    ) -> io::Result<Answer> {
        self.n_documents += 1;
        self.send(&[&[request as u8], document.as_bytes(), bytes]).await?;
        let answer = receive_frame(&mut self.stdout, options.limits.answer_bytes).await?;
        Ok(serde_json::from_slice(&answer)?)
    }

    async fn send(&mut self, parts: &[&[u8]]) -> io::Result<()> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let length = u32::try_from(length).map_err(|_| io::ErrorKind::FileTooLarge)?;
        self.stdin.write_u32_le(length).await?;
        for part in parts {
            self.stdin.write_all(part).await?;
        }
        self.stdin.flush().await
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
        _ if out_of_memory => Death::Limit("memory"),
        _ if out_of_stack => Death::Crash("stack overflow".to_owned()),
        _ => Death::Crash(status.to_string()),
    }
}
