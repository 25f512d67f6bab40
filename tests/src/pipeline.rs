use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::http::{Answer, request};
use crate::{Backends, Installation, Keys};

/// How long anything may take before a test gives up. Nothing is measured by it.
const PATIENCE: Duration = Duration::from_mins(3);
/// How often it is looked whether something has come about.
const POLL: Duration = Duration::from_millis(50);

/// An installation whose server and workers are processes of their own, which can be killed and started again.
#[derive(Debug)]
pub struct Pipeline {
    /// Where they work.
    pub installation: Installation,
    environment: Vec<(&'static str, String)>,
    n_started: AtomicUsize,
}

/// A process of a pipeline. Killed with the value.
#[derive(Debug)]
pub struct Program {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
    keys: Keys,
}

impl Pipeline {
    /// An empty installation with these portals and nothing that runs.
    pub fn new(backends: Backends, portals: &[&str]) -> Result<Self> {
        Self::of(Installation::on(backends)?, portals)
    }

    /// The same of an installation that is set up otherwise.
    pub fn of(installation: Installation, portals: &[&str]) -> Result<Self> {
        for portal in portals {
            installation.add_portal(portal)?;
        }
        // A busy machine takes longer than production may; processor time is bounded all the same.
        let environment = [
            ("BOLE_READER_TIME", "5 min"),
            ("BOLE_READER_PROCESSES", "2"),
            ("BOLE_SERVER_OPEN_METRICS", "true"),
        ];
        let environment = environment.map(|(name, value)| (name, value.to_owned())).to_vec();
        Ok(Self { installation, environment, n_started: AtomicUsize::new(0) })
    }

    /// The same with a setting for all that is started from now on.
    #[must_use]
    pub fn with(mut self, variable: &'static str, value: impl Into<String>) -> Self {
        self.environment.retain(|(name, _)| *name != variable);
        self.environment.push((variable, value.into()));
        self
    }

    /// Starts `bole serve`.
    pub fn serve(&self, arguments: &[&str]) -> Result<Program> {
        self.serve_with(arguments, &[])
    }

    /// Starts `bole serve` with settings of its own.
    pub fn serve_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Result<Program> {
        let listen = if arguments.contains(&"--listen") { vec![] } else { vec!["--listen", "127.0.0.1:0"] };
        let arguments: Vec<_> =
            ["serve"].into_iter().chain(listen).chain(arguments.iter().copied()).collect();
        self.start(&arguments, environment)
    }

    /// Starts `bole work`.
    pub fn work(&self) -> Result<Program> {
        self.work_with(&[])
    }

    /// Starts `bole work` with settings of its own.
    pub fn work_with(&self, environment: &[(&str, &str)]) -> Result<Program> {
        self.start(&["work", "--listen", "127.0.0.1:0"], environment)
    }

    /// Starts `bole work` that tells its metrics at this address.
    pub fn work_at(&self, address: &str) -> Result<Program> {
        self.start(&["work", "--listen", address], &[])
    }

    fn start(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Result<Program> {
        let mut command = self.installation.command(arguments)?;
        command.envs(self.environment.iter().map(|(name, value)| (*name, value)));
        command.envs(environment.iter().copied());
        let number = self.n_started.fetch_add(1, Ordering::Relaxed);
        let log = self.installation.files()?.join(format!("{number}-{}.log", arguments[0]));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log)?);
        Program::of(command.spawn()?, &log, self.installation.keys().clone())
    }
}

impl Program {
    /// A process that was started and tells its address in this file.
    pub fn of(child: Child, log: &Path, keys: Keys) -> Result<Self> {
        let address = SocketAddr::from(([0, 0, 0, 0], 0));
        let mut program = Self { child, address, log: log.to_owned(), keys };
        program.address = until("the address in its log", || {
            if let Some(status) = program.child.try_wait()? {
                return Ok(Some(Err(status)));
            }
            let log = std::fs::read_to_string(log)?;
            let place = log.split_once("http://").and_then(|(_, rest)| rest.split_once('\n'));
            Ok(place.map(|(place, _)| place.trim().parse()).transpose()?.map(Ok))
        })?
        .map_err(|status| anyhow::anyhow!("{status} at the start: {}", program.log()))?;
        Ok(program)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a portal shows it as `Authorization`.
    pub fn bearer(&self, portal: &str) -> String {
        self.keys.bearer(portal)
    }

    /// What it wrote to standard error.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it for a page.
    pub fn get(&self, path: &str) -> Result<Answer> {
        request(&self.address.to_string(), &format!("GET {path}"), &[], "")
    }

    /// Waits until it says that all it needs is there.
    pub fn wait_until_ready(&self) -> Result<()> {
        until("readiness", || Ok((self.get("/readyz")?.status == 200).then_some(())))
    }

    /// A metric, summed over its labels; 0 while it is not told.
    pub fn metric(&self, name: &str) -> Result<f64> {
        let text = self.get("/metrics")?.body;
        let values = text.lines().filter_map(|line| {
            let rest = line.strip_prefix(name)?;
            let is_it = rest.starts_with('{') || rest.starts_with(' ');
            rest.rsplit_once(' ').filter(|_| is_it)?.1.parse::<f64>().ok()
        });
        // A sum of nothing is -0.
        Ok(values.sum::<f64>() + 0.0)
    }

    /// Kills it as a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// The same while others talk to it; [`kill`](Self::kill) waits until it is gone.
    pub fn strike(&self) -> Result<()> {
        Ok(kill(self.process()?, Signal::SIGKILL)?)
    }

    /// Whether it has ended by itself, and with which exit code.
    pub fn ended(&mut self) -> Result<Option<Option<i32>>> {
        Ok(self.child.try_wait()?.map(|status| status.code()))
    }

    fn process(&self) -> Result<Pid> {
        Ok(Pid::from_raw(self.child.id().try_into()?))
    }

    /// Asks it to end, and gives its exit code; none if it was killed by a signal.
    pub fn stop(&mut self) -> Result<Option<i32>> {
        kill(self.process()?, Signal::SIGTERM)?;
        let log = self.log.clone();
        let status = until("its end", || Ok(self.child.try_wait()?));
        Ok(status.with_context(|| std::fs::read_to_string(log).unwrap_or_default())?.code())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if thread::panicking() {
            print_end(&self.log);
        }
    }
}

/// Asks again and again until there is an answer. What goes wrong meanwhile is told only when it never comes.
pub fn until<T>(what: &str, ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    within(PATIENCE, what, ask)
}

/// The same with a patience of its own.
pub(crate) fn within<T>(
    patience: Duration,
    what: &str,
    mut ask: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let began = Instant::now();
    loop {
        let answer = ask();
        match answer {
            Ok(Some(answer)) => return Ok(answer),
            Err(error) if began.elapsed() > patience => return Err(error.context(format!("no {what}"))),
            Ok(None) if began.elapsed() > patience => bail!("no {what} after {patience:?}"),
            Ok(None) | Err(_) => thread::sleep(POLL),
        }
    }
}

/// The last lines of a log, for whoever looks at a failed test.
#[allow(clippy::print_stderr, reason = "of a test that failed")]
fn print_end(log: &Path) {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    eprintln!("-- {}", log.display());
    for line in &lines[lines.len().saturating_sub(15)..] {
        eprintln!("{line}");
    }
}
