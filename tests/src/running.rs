use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::Run;

/// A `bole serve` or `bole work` that runs; killed with the value if it was not stopped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// What it says is read all the time, so that it never waits for us.
    reader: Option<JoinHandle<()>>,
    said: Arc<Mutex<String>>,
    /// `address:port`, if it listens.
    address: Option<String>,
}

impl Running {
    /// Starts it and waits until it says that it listens, or works.
    ///
    /// # Errors
    /// If it ends before that: with what it said.
    pub fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut stderr = BufReader::new(child.stderr.take().context("its standard error")?);
        let mut text = String::new();
        let address = loop {
            let began = text.len();
            if stderr.read_line(&mut text)? == 0 {
                bail!("it ended with {:?}: {text}", child.wait()?.code());
            }
            let line = text.get(began..).unwrap_or_default().trim_end();
            if line.starts_with("listening on ") || line.starts_with("working") {
                break line.split_once("://").map(|(_, address)| address.to_owned());
            }
        };
        let said = Arc::new(Mutex::new(text));
        let reader = std::thread::spawn({
            let said = said.clone();
            move || listen(stderr, &said)
        });
        Ok(Self { child, reader: Some(reader), said, address })
    }

    /// `address:port` that it listens on.
    pub fn address(&self) -> &str {
        self.address.as_deref().unwrap_or_default()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        Ok(kill(Pid::from_raw(self.child.id().try_into()?), signal)?)
    }

    /// Asks it to end as a service manager does, and waits until it has.
    pub fn stop(mut self) -> Result<Run> {
        self.signal(Signal::SIGTERM)?;
        let code = self.child.wait()?.code();
        if let Some(reader) = self.reader.take() {
            reader.join().ok();
        }
        let stderr = self.said.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Run { code, stdout: String::new(), stderr })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn listen(mut stderr: BufReader<ChildStderr>, said: &Mutex<String>) {
    let mut chunk = [0; 4096];
    while let Ok(n_bytes @ 1..) = stderr.read(&mut chunk) {
        let text = String::from_utf8_lossy(chunk.get(..n_bytes).unwrap_or_default()).into_owned();
        said.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
    }
}
