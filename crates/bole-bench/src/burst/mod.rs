//! A burst: thousands of resumes from three portals through the whole pipeline, in processes as an installation runs
//! them, and what it took.

mod processes;
mod publish;
mod report;
mod scrape;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use bole_core::Portal;
use bole_engine::{DataFolder, Door, Engine, EngineError, Knowledge, ReaderProgram, RefusedAtDoor, Settings};
use bole_queue::{AddressError, BrokerAddress, QueueError};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::BenchError;
use processes::{Resident, Tree};
use publish::{Confirms, Share};
pub use report::{Burst, Moment, ProcessCost, StageTimes};
pub use scrape::Percentiles;

/// What to send, and through what.
#[derive(Clone, Debug)]
pub struct BurstOptions {
    /// The program to measure.
    pub program: PathBuf,
    /// The settings of this bench; those of the processes are made from the same environment.
    pub settings: Settings,
    /// The folder of the configuration, if there is one.
    pub config: Option<PathBuf>,
    /// What is set for the processes besides the environment of this one.
    pub environment: Vec<(String, String)>,
    /// Resumes as [`keep_resumes`](crate::keep_resumes) makes them.
    pub resumes: PathBuf,
    /// How many of them.
    pub n_resumes: u32,
    /// Processes of `bole work` beside the server; with none the server reads by itself.
    pub n_workers: usize,
}

/// Why a burst could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum BurstError {
    /// A file cannot be read.
    #[error(transparent)]
    Bench(#[from] BenchError),
    /// Store, queue or index.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The broker.
    #[error("{error}: {hint}", error = .0, hint = .0.hint())]
    Queue(#[from] QueueError),
    /// The broker's address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The door.
    #[error(transparent)]
    Door(RefusedAtDoor),
    /// A process does not start.
    #[error("`bole {0}` does not start: run it by hand to see why")]
    Start(&'static str),
    /// There is something in the store already.
    #[error(
        "the store is not empty: a burst needs a data folder, a database schema and a queue prefix of its own"
    )]
    NotEmpty,
    /// Nothing moves any more.
    #[error("{n_searchable} of {n_resumes} could be found, and nothing moved for {seconds} s")]
    Stuck {
        /// How many can be found.
        n_searchable: usize,
        /// How many there are.
        n_resumes: u32,
        /// For how long.
        seconds: u64,
    },
    /// A bug.
    #[error("a task of the bench panicked")]
    Panicked,
    /// The system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// A process of the pipeline.
struct Running {
    child: Child,
    tree: Tree,
    address: SocketAddr,
}

/// How often it is looked at.
const POLL: Duration = Duration::from_millis(200);
/// After so long without progress it is stuck.
const STUCK: Duration = Duration::from_mins(2);
/// How long a process may take to start, and to end.
const PATIENCE: Duration = Duration::from_mins(1);
const PORTALS: [&str; 3] = ["live", "campus", "agency"];

/// Sends resumes through an installation that it starts, and tells what it took. `progress` hears how many are
/// confirmed and how many can be found.
///
/// # Errors
/// [`BurstError`]; the processes are ended.
pub async fn bench_burst(
    options: &BurstOptions,
    progress: &(dyn Fn(u32, usize) + Sync),
) -> Result<Burst, BurstError> {
    let data = DataFolder::create(&options.settings.data)?;
    let reader = ReaderProgram { program: options.program.clone(), arguments: vec!["reader".into()] };
    let knowledge = Knowledge::load(options.config.as_deref())?;
    let engine = Engine::open(options.settings.clone(), knowledge, data, reader).await?;
    if bole_engine::status(&engine).await?.ledger.total().received > 0 {
        return Err(BurstError::NotEmpty);
    }
    let portals = PORTALS.map(|name| name.parse::<Portal>().unwrap_or_else(|_| unreachable!("it is a name")));
    for portal in &portals {
        bole_engine::add_portal(&engine, portal).await?;
    }
    let mut running = start(options).await?;
    let mut trees: Vec<_> = running.iter().map(|it| it.tree.clone()).collect();
    trees.push(Tree { name: "portals", root: std::process::id(), is_alone: true });
    trees.extend(servers(&options.settings)?);
    let before: Vec<_> = trees.iter().map(Tree::used).collect();

    let confirms = Confirms::default();
    let stop_door = CancellationToken::new();
    let publishing = async {
        let sent = Box::pin(publish(options, &engine, &portals, &confirms, &stop_door)).await;
        stop_door.cancel();
        sent
    };
    let watching = watch(options, &engine, &trees, &confirms, progress);
    let (sent, watched) = tokio::join!(publishing, watching);
    sent?;
    let watched = watched?;

    let mut metrics = Vec::new();
    for it in &running {
        metrics.push(scrape::metrics(it.address).await?);
    }
    let after: Vec<_> = trees.iter().map(Tree::used).collect();
    let threads = running.iter().map(|it| (it.tree.name, it.tree.threads())).collect();
    let status = bole_engine::status(&engine).await?;
    end(&mut running).await;
    Ok(report::report(
        options,
        &report::Measured {
            confirms: confirms.state(),
            watched,
            metrics,
            trees: trees.into_iter().zip(before.into_iter().zip(after)).collect(),
            threads,
            status,
        },
    ))
}

/// What was seen while it ran.
struct Watched {
    /// When the last one could be found.
    done: Instant,
    moments: Vec<Moment>,
    /// The most that was resident: of each tree its root and all of it.
    peaks: Vec<Resident>,
}

async fn publish(
    options: &BurstOptions,
    engine: &Engine,
    portals: &[Portal; 3],
    confirms: &Confirms,
    stop_door: &CancellationToken,
) -> Result<(), BurstError> {
    let share = |index: usize| Share {
        portal: portals.get(index).unwrap_or_else(|| unreachable!("one of three")).clone(),
        folder: options.resumes.clone(),
        start: index as u32,
        step: portals.len(),
        count: options.n_resumes,
    };
    if options.settings.queue.remote.is_none() {
        let (door, taking_in) = Door::open(engine, stop_door);
        let sending = async {
            let by = |index| publish::by_door(share(index), door.clone(), confirms);
            let sent = tokio::try_join!(by(0), by(1), by(2));
            stop_door.cancel();
            sent
        };
        let (sent, ()) = tokio::join!(sending, taking_in);
        return sent.map(|_| ());
    }
    let by = |index| publish::by_broker(share(index), &options.settings, confirms);
    tokio::try_join!(by(0), by(1), by(2)).map(|_| ())
}

/// Looks at it until everything can be found.
async fn watch(
    options: &BurstOptions,
    engine: &Engine,
    trees: &[Tree],
    confirms: &Confirms,
    progress: &(dyn Fn(u32, usize) + Sync),
) -> Result<Watched, BurstError> {
    let started = Instant::now();
    let mut moved = started;
    let mut watched =
        Watched { done: started, moments: Vec::new(), peaks: vec![Resident::default(); trees.len()] };
    let mut last = (0, 0);
    loop {
        let n_searchable = bole_engine::n_searchable(engine)?;
        let n_confirmed = confirms.state().n_confirmed;
        let now = Instant::now();
        progress(n_confirmed, n_searchable);
        if (n_confirmed, n_searchable) != last {
            (last, moved) = ((n_confirmed, n_searchable), now);
        }
        for (peak, tree) in watched.peaks.iter_mut().zip(trees) {
            let resident = tree.resident();
            peak.root = peak.root.max(resident.root);
            peak.tree = peak.tree.max(resident.tree);
        }
        let seconds = now.duration_since(started).as_secs_f64();
        watched.moments.push(Moment { seconds, n_confirmed, n_searchable });
        if n_searchable >= options.n_resumes as usize {
            watched.done = now;
            return Ok(watched);
        }
        if now.duration_since(moved) > STUCK {
            let (n_resumes, seconds) = (options.n_resumes, STUCK.as_secs());
            return Err(BurstError::Stuck { n_searchable, n_resumes, seconds });
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Starts the server and its workers.
async fn start(options: &BurstOptions) -> Result<Vec<Running>, BurstError> {
    let serve: &[&str] = if options.n_workers > 0 { &["--no-workers"] } else { &[] };
    let mut running = vec![run(options, "serve", serve).await?];
    for _ in 0..options.n_workers {
        running.push(run(options, "work", &[]).await?);
    }
    Ok(running)
}

/// Starts one process and waits until it tells where it listens.
async fn run(options: &BurstOptions, name: &'static str, more: &[&str]) -> Result<Running, BurstError> {
    let mut command = Command::new(&options.program);
    command.arg("--data").arg(&options.settings.data).arg(name).args(["--listen", "127.0.0.1:0"]).args(more);
    // A server of its own, on this machine only: its metrics need no key.
    command.env("BOLE_SERVER_OPEN_METRICS", "true");
    command.envs(options.environment.iter().cloned()).kill_on_drop(true);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let (Some(stderr), Some(root)) = (child.stderr.take(), child.id()) else {
        return Err(BurstError::Start(name));
    };
    let mut lines = BufReader::new(stderr).lines();
    let told = async {
        while let Some(line) = lines.next_line().await? {
            if let Some((_, address)) = line.rsplit_once("http://") {
                return Ok(address.trim().parse().ok());
            }
        }
        Ok::<Option<SocketAddr>, BurstError>(None)
    };
    let address = timeout(PATIENCE, told).await.map_err(|_| BurstError::Start(name))??;
    // What it logs later goes to whoever runs the bench.
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            tracing::warn!(process = name, "{line}");
        }
    });
    Ok(Running {
        child,
        tree: Tree { name, root, is_alone: false },
        address: address.ok_or(BurstError::Start(name))?,
    })
}

/// Asks all to end in order, and waits.
async fn end(running: &mut [Running]) {
    for it in running.iter() {
        if let Some(pid) = rustix::process::Pid::from_raw(it.tree.root as i32) {
            rustix::process::kill_process(pid, rustix::process::Signal::TERM).ok();
        }
    }
    for it in running {
        if timeout(PATIENCE, it.child.wait()).await.is_err() {
            it.child.kill().await.ok();
        }
    }
}

/// The servers on this machine that the pipeline works with.
fn servers(settings: &Settings) -> Result<Vec<Tree>, BurstError> {
    let mut trees = Vec::new();
    if let Some(remote) = &settings.queue.remote {
        let broker = BrokerAddress::parse(&remote.url)?;
        let port = broker.hosts.first().map_or(0, |host| host.port);
        trees.extend(Tree::listening("RabbitMQ", port));
    }
    if let Some(remote) = &settings.store.remote {
        trees.extend(Tree::listening("PostgreSQL", port_of(&remote.url)));
    }
    Ok(trees)
}

/// The port in a database's address, or the usual one.
fn port_of(url: &str) -> u16 {
    const USUAL: u16 = 5432;
    let place = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = place.split(['/', '?']).next().unwrap_or_default();
    host.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(USUAL)
}

/// Where a burst's own data lie, beside the resumes: on a disk like theirs.
pub fn burst_folder(resumes: &Path) -> PathBuf {
    resumes.join(format!("burst-{}", std::process::id()))
}
