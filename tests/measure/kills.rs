//! Kills servers and workers at random, and now and then restarts the database or the broker, while a portal sends:
//! `cargo build -p bole-cli && tests/servers start && cargo run -p bole-tests --example kills -- --kills 200`.
//!
//! `--seed 7` gives another order of kills. At the end it prints what became of all that was sent, and fails if
//! anything was lost or doubled. The broker sets a message aside that was handed out 20 times: the pauses between kills
//! are such that work gets on, as it does in life.

#![allow(clippy::print_stdout, reason = "a report on a terminal")]

#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../e2e/faults/portal.rs"]
mod portal;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use bole_tests::{Backends, Pipeline, Program, Report, load, restart, until, wait_for_empty_queues};
use portal::PortalSide;

/// Submissions that the portal sends together, and how long it waits between.
const N_TOGETHER: usize = 8;
const BETWEEN_SENDS: Duration = Duration::from_millis(400);
/// Between two kills, in milliseconds: the least, and what is added at the most.
const BETWEEN_KILLS_MS: (u64, u64) = (200, 1000);
/// After so many kills the database is restarted, and after so many the broker.
const KILLS_A_DATABASE: usize = 40;
const KILLS_A_BROKER: usize = 90;

/// The processes that are killed: a server with workers of its own, and workers beside it.
struct Fleet<'a> {
    pipeline: &'a Pipeline,
    /// Where the server listens, again and again.
    address: String,
    server: Program,
    workers: Vec<Program>,
    /// Of those that were killed.
    logs: String,
}

impl<'a> Fleet<'a> {
    fn start(pipeline: &'a Pipeline) -> Result<Self> {
        let server = pipeline.serve(&[])?;
        let address = server.address().to_string();
        let workers = vec![pipeline.work()?, pipeline.work()?];
        Ok(Self { pipeline, address, server, workers, logs: String::new() })
    }

    /// Kills one and starts it again.
    fn strike(&mut self, which: usize) -> Result<()> {
        let (pipeline, address) = (self.pipeline, self.address.clone());
        let struck = match which.checked_sub(1) {
            None => &mut self.server,
            Some(worker) => self.workers.get_mut(worker).context("a worker")?,
        };
        struck.kill()?;
        self.logs.push_str(&struck.log());
        // While database or broker are away nothing starts: whoever looks after it starts it again.
        *struck = until("start", || match which {
            0 => pipeline.serve(&["--listen", &address]).map(Some),
            _ => pipeline.work().map(Some),
        })?;
        Ok(())
    }

    fn all_logs(&self) -> String {
        let living = self.workers.iter().chain([&self.server]).map(Program::log);
        living.fold(self.logs.clone(), |all, log| all + &log)
    }
}

fn main() -> Result<()> {
    let (mut n_kills, mut seed) = (200_usize, 1_u64);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().context("a value behind each option")?;
        match argument.as_str() {
            "--kills" => n_kills = value.parse().context("a number of kills")?,
            "--seed" => seed = value.parse().context("a number")?,
            _ => bail!("`{argument}` is neither `--kills N` nor `--seed N`"),
        }
    }
    let pipeline = Pipeline::new(Backends::BOTH, &["live"])?
        .with("BOLE_WORK_BATCH", "8")
        .with("BOLE_LOG", "warn,bole_engine=debug");
    let mut portal = PortalSide::open(&pipeline, "live")?;
    let mut fleet = Fleet::start(&pipeline)?;
    let stop = AtomicBool::new(false);
    let n_issued = thread::scope(|scope| {
        let sending = scope.spawn(|| send_until(&stop, &mut portal));
        let struck = strike_all(&mut fleet, n_kills, seed);
        stop.store(true, Ordering::SeqCst);
        let n_issued = sending.join().map_err(|_| anyhow!("the portal panicked"))?;
        struck.and(n_issued)
    })?;

    let acked: Vec<_> = portal.acked.values().cloned().collect();
    let mut report = Report::of(&pipeline, &fleet.server, n_issued, &acked)?;
    let logs = fleet.all_logs();
    report.redelivered = logs.matches("decided before").count() + logs.matches("redelivered=true").count();
    println!("{report}");
    let counts = logs.split("n_deliveries=").skip(1).filter_map(|rest| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok()
    });
    println!("kills {n_kills}, most deliveries of one message {}", counts.max().unwrap_or(0));
    report.check()?;
    println!("receipts {}", portal.wait_for_receipts()?);
    wait_for_empty_queues(&pipeline)?;
    ensure!(fleet.server.metric("bole_ledger_law_holds")? > 0.0, "the law is broken");
    Ok(())
}

/// Sends until told to stop, and gives how many.
fn send_until(stop: &AtomicBool, portal: &mut PortalSide) -> Result<usize> {
    let mut n_sent = 0;
    while !stop.load(Ordering::SeqCst) {
        portal.send(&load("live", n_sent..n_sent + N_TOGETHER))?;
        n_sent += N_TOGETHER;
        thread::sleep(BETWEEN_SENDS);
    }
    Ok(n_sent)
}

fn strike_all(fleet: &mut Fleet<'_>, n_kills: usize, seed: u64) -> Result<()> {
    // A generator of Knuth's: the same order for the same seed.
    let mut state = seed;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for kill in 1..=n_kills {
        let (least, added) = BETWEEN_KILLS_MS;
        thread::sleep(Duration::from_millis(least + random(added)));
        fleet.strike(usize::try_from(random(3))?)?;
        if kill % KILLS_A_DATABASE == 0 {
            restart("postgres")?;
        }
        if kill % KILLS_A_BROKER == 0 {
            restart("rabbitmq")?;
        }
        if kill % 20 == 0 {
            println!("{kill} kills");
        }
    }
    Ok(())
}
