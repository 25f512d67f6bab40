//! Several servers and workers with PostgreSQL and RabbitMQ on three nodes, behind HAProxy, all on this machine:
//! `cargo build --release -p bole-cli && tests/servers start postgres && cargo run --release -p bole-tests --example cluster -- scale`.
//!
//! - `scale`: how many resumes a second become searchable on all servers, and how long queries take, idle and meanwhile, by the
//!   number of servers and workers. `--nodes 1/1,3/4` says which (servers/workers), `--resumes 2000` how many resumes each time.
//! - `kills`: servers, workers and nodes of the broker are killed under load and replaced five seconds later, and PostgreSQL is
//!   restarted: what stood still for how long, what clients saw, and at the end what became of every submission.
//!   `--rounds 3` does it all three times.
//! - `catch-up`: how long a new server takes that finds `--resumes` in the store, until it may be sent queries.
//!
//! `--users 20 --seconds 20` is the load of queries, `--seed 7` makes other resumes, `--folder PATH` keeps them for the next time,
//! `--json FILE` writes all figures. Whatever runs beside it is measured too.

#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a report on a terminal"
)]

mod catch_up;
mod clients;
mod kills;
mod made;
#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../../e2e/faults/portal.rs"]
mod portal;
mod scale;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bole_bench::{QueryLoad, QueryTimes, Target, bench_queries};
use bole_tests::{Backends, Brokers, Installation, Pipeline};
use serde_json::{Value, json};

/// What was asked for.
struct Options {
    n_resumes: u32,
    n_users: usize,
    time: Duration,
    seed: u64,
    n_rounds: usize,
    /// Servers and workers.
    shapes: Vec<(usize, usize)>,
    folder: Option<PathBuf>,
}

/// The profile that is ranked by.
const PROFILE: &str = "energy-storage";
/// Portals that send by the broker.
const PORTALS: [&str; 3] = ["east", "north", "south"];

fn main() -> Result<()> {
    let mut options = Options {
        n_resumes: 2000,
        n_users: 20,
        time: Duration::from_secs(20),
        seed: 1,
        n_rounds: 1,
        shapes: vec![(1, 1), (1, 2), (2, 2), (3, 4)],
        folder: None,
    };
    let mut arguments = std::env::args().skip(1);
    let mode = arguments.next().context("`scale`, `kills` or `catch-up`")?;
    let mut to = None;
    while let Some(argument) = arguments.next() {
        let value = arguments.next().context("a value behind each option")?;
        match argument.as_str() {
            "--resumes" => options.n_resumes = value.parse().context("a number of resumes")?,
            "--users" => options.n_users = value.parse().context("a number of users")?,
            "--seconds" => options.time = Duration::from_secs(value.parse().context("seconds")?),
            "--seed" => options.seed = value.parse().context("a number")?,
            "--rounds" => options.n_rounds = value.parse().context("a number of rounds")?,
            "--nodes" => options.shapes = shapes(&value)?,
            "--folder" => options.folder = Some(PathBuf::from(value)),
            "--json" => to = Some(PathBuf::from(value)),
            _ => bail!("`{argument}` is no option of it"),
        }
    }
    let brokers = Brokers::start()?;
    let figures = match mode.as_str() {
        "scale" => scale::measure(&brokers, &options)?,
        "kills" => kills::measure(&brokers, &options)?,
        "catch-up" => catch_up::measure(&brokers, &options)?,
        _ => bail!("`{mode}` is none of `scale`, `kills` and `catch-up`"),
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let report = json!({ "mode": mode, "processors": processors, "figures": figures });
    if let Some(to) = to {
        std::fs::write(&to, serde_json::to_string_pretty(&report)? + "\n")
            .with_context(|| to.display().to_string())?;
    }
    Ok(())
}

/// `1/1,3/4`.
fn shapes(text: &str) -> Result<Vec<(usize, usize)>> {
    let shape = |text: &str| {
        let (servers, workers) = text.split_once('/').context("servers/workers, such as 3/4")?;
        Ok((servers.parse()?, workers.parse()?))
    };
    text.split(',').map(shape).collect()
}

/// An installation of its own on PostgreSQL and the cluster.
fn pipeline(brokers: &Brokers, portals: &[&str]) -> Result<Pipeline> {
    let backends = Backends { rabbitmq: false, postgres: true };
    let installation = Installation::on(backends)?;
    let prefix = installation.prefix();
    let installation = installation.with("BOLE_QUEUE_URL", brokers.url()?).with("BOLE_QUEUE_PREFIX", prefix);
    Ok(Pipeline::of(installation, portals)?.with("BOLE_SERVER_DRAIN", "3 s"))
}

/// Recruiters who ask at an address, and how long they waited.
fn ask(options: &Options, address: &str, key: &str) -> Result<QueryTimes> {
    let target = Target { url: format!("http://{address}"), key: Some(key.to_owned()) };
    let load = QueryLoad { n_users: options.n_users, time: options.time, profile: PROFILE.to_owned() };
    Ok(bench_queries(&target, &load)?)
}

/// The figures of queries, and a line of a table: matches, then searches, each its median and 99th percentile.
fn told(times: &QueryTimes) -> Result<(Value, String)> {
    let QueryTimes { matches, search, .. } = times;
    let n_wrong: usize = [matches, &times.candidate, search].iter().flat_map(|it| it.n_wrong.values()).sum();
    let line = format!(
        "{:>8.1} {:>8.1} {:>8.1} {:>8.1} {:>5}",
        matches.p50_ms, matches.p99_ms, search.p50_ms, search.p99_ms, n_wrong
    );
    Ok((serde_json::to_value(times)?, line))
}
