use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::servers::Place;
use crate::{Backends, Keys, TestBucket};

/// A data folder of its own, and a folder for files, both gone with the value.
#[derive(Debug)]
pub struct Installation {
    folder: TempDir,
    place: Place,
    environment: Vec<(String, String)>,
    keys: Keys,
}

/// How one call of the program ended.
#[derive(Debug)]
pub struct Run {
    /// Its exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained.
    pub stderr: String,
}

impl Installation {
    /// An empty installation, all in its data folder.
    pub fn new() -> Result<Self> {
        Self::on(Backends::LOCAL)
    }

    /// An empty installation on the servers that `tests/servers` starts.
    pub fn on(backends: Backends) -> Result<Self> {
        let (folder, place) = (tempfile::tempdir()?, Place::new(backends)?);
        Ok(Self { folder, place, environment: Vec::new(), keys: Keys::default() })
    }

    /// The same with a variable more in the environment of every call.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// The same with its originals in a bucket.
    #[must_use]
    pub fn with_bucket(self, bucket: &TestBucket) -> Self {
        bucket.environment().into_iter().fold(self, |it, (name, value)| it.with(name, value))
    }

    /// Adds a portal and gives it a key.
    pub fn add_portal(&self, portal: &str) -> Result<()> {
        self.succeed(["portal", "add", portal])?;
        self.keys.keep(portal, &self.key(&["portal", "--portal", portal])?);
        Ok(())
    }

    /// The keys of its portals.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Makes a key of a role, which may be followed by more arguments of `bole key create`.
    pub fn key(&self, role: &[&str]) -> Result<String> {
        let made = self.succeed(["key", "create", "--name", "a test", "--role"].iter().chain(role))?;
        Ok(made.stdout.trim_end().to_owned())
    }

    /// Where its queue and its store are.
    pub fn backends(&self) -> Backends {
        self.place.backends
    }

    /// What the names of its exchanges and queues begin with at the broker.
    pub fn prefix(&self) -> String {
        self.variable("BOLE_QUEUE_PREFIX").unwrap_or_else(|| self.place.name().to_owned())
    }

    /// What a call of the program finds in its environment by this name.
    pub fn variable(&self, name: &str) -> Option<String> {
        let place = self.place.environment().into_iter().map(|(name, value)| (name.to_owned(), value));
        let mut all = place.chain(self.environment.iter().cloned());
        // What was added last counts.
        all.rfind(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A folder for the test's own files.
    pub fn files(&self) -> Result<PathBuf> {
        let files = self.folder.path().join("files");
        std::fs::create_dir_all(&files)?;
        Ok(files)
    }

    /// Writes a file of the test's own and gives its path.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.files()?.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, bytes)?;
        Ok(path)
    }

    /// The program with this installation's data folder and nothing of the caller's environment.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Command> {
        let mut command = Command::new(program()?);
        command.args(arguments).env_clear().env("BOLE_DATA", self.data()).current_dir(self.folder.path());
        command.envs(self.place.environment()).envs(self.environment.iter().cloned());
        Ok(command)
    }

    /// Runs the program to its end.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Run> {
        Run::of(&mut self.command(arguments)?)
    }

    /// Runs the program and expects it to succeed.
    pub fn succeed<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Run> {
        let run = self.run(arguments)?;
        ensure!(run.code == Some(0), "exit code {:?}: {}{}", run.code, run.stdout, run.stderr);
        Ok(run)
    }

    /// Runs the program, expects it to succeed, and reads the JSON that it prints.
    pub fn json<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Value> {
        let run = self.succeed(arguments)?;
        serde_json::from_str(&run.stdout).with_context(|| run.stdout)
    }

    /// Starts the program and does not wait.
    pub fn start<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Child> {
        let mut command = self.command(arguments)?;
        Ok(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?)
    }

    /// The ledger of portal `local`, checked for the law.
    pub fn ledger(&self) -> Result<Value> {
        let status = self.json(["status"])?;
        ensure!(status["law_holds"] == true, "the law is broken: {status}");
        Ok(status["ledger"]["local"].clone())
    }
}

impl Run {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Result<Self> {
        let output = command.stdin(Stdio::null()).output()?;
        Ok(Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout)?,
            stderr: String::from_utf8(output.stderr)?,
        })
    }

    /// The JSON lines that it printed.
    pub fn lines(&self) -> Result<Vec<Value>> {
        self.stdout.lines().map(|line| serde_json::from_str(line).context("a line of JSON")).collect()
    }
}

/// The folder of the resumes that ship with the demo.
pub fn demo_resumes() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/bole-cli/demo/resumes")
}

/// The built program. Cargo builds it for the integration test of its own crate; it lies beside this test.
pub fn program() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let folder = test.parent().and_then(Path::parent).context("the folder of the test")?;
    let program = folder.join("bole");
    ensure!(program.exists(), "`{}` is not built: run the tests with --workspace", program.display());
    Ok(program)
}
