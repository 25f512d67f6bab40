//! What hostile files cost the readers, one by one, and what they cost good resumes that are read beside them:
//! `cargo build --release -p bole-cli && cargo run --release -p bole-tests --example hostile`.
//!
//! `--good 200` says how many good resumes, `--only WORD` measures the files with that word in their name and leaves
//! the rest out, `--to FOLDER` writes the files there and measures nothing. The memory of a reader that lives on is exact; one that is killed is looked at every millisecond.

#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a report on a terminal"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bole_core::DocumentId;
use bole_sandbox::{LexiconFile, Limits, Outcome, Pool, PoolOptions, Refusal};
use bole_tests::hostile::{self, Hostile};
use bole_tests::{program, resume_pdf};
use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> Result<()> {
    let (mut n_good, mut only, mut to) = (200, None, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().context("a value behind each option")?;
        match argument.as_str() {
            "--good" => n_good = value.parse().context("a number of resumes")?,
            "--only" => only = Some(value),
            "--to" => to = Some(PathBuf::from(value)),
            _ => bail!("`{argument}` is none of `--good N`, `--only WORD` and `--to FOLDER`"),
        }
    }
    let groups = hostile::BOUNDED.into_iter().chain([hostile::COSTLY]).chain(hostile::COSTLIEST).flatten();
    let files: Vec<_> =
        groups.filter(|file| only.as_ref().is_none_or(|only| file.name.contains(only))).collect();
    if let Some(folder) = to {
        std::fs::create_dir_all(&folder)?;
        for file in files {
            std::fs::write(folder.join(format!("{}.pdf", file.name)), (file.make)())?;
        }
        return Ok(());
    }
    one_by_one(&files).await?;
    if only.is_none() {
        beside_each_other(n_good, &files).await?;
    }
    Ok(())
}

/// Reads each file in a reader of its own and prints what it cost.
async fn one_by_one(files: &[&Hostile]) -> Result<()> {
    let Limits { address_space_bytes, cpu, wall, .. } = Limits::STANDARD;
    println!(
        "limits: {} s, {} s of processor, {} MB of address space",
        wall.as_secs(),
        cpu.as_secs(),
        address_space_bytes >> 20
    );
    println!("   bytes  reason             seconds  resident MB  virtual MB  file");
    let mut n_unexpected = 0;
    for file in files {
        let bytes = Bytes::from((file.make)());
        let pool = pool(1)?;
        let watch = Watch::start();
        let started = Instant::now();
        let outcome = pool.read(DocumentId::of(&bytes), &bytes).await?;
        let seconds = started.elapsed().as_secs_f64();
        let Peak { resident_kb, virtual_kb } = watch.finish();
        let (reason, detail) = reason(&outcome);
        // Without bytes there is no message, which is told before a reader is asked.
        let is_expected = bytes.is_empty() || file.reason == reason;
        n_unexpected += u32::from(!is_expected);
        println!(
            "{:>8}  {reason:<17} {seconds:>8.2}  {:>11}  {:>10}  {}{}{detail}",
            bytes.len(),
            resident_kb >> 10,
            virtual_kb >> 10,
            file.name,
            if is_expected { "; " } else { " NOT EXPECTED; " },
        );
    }
    println!("{} files, {n_unexpected} ended otherwise than expected", files.len());
    Ok(())
}

fn reason(outcome: &Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Read { partial: true, reading, .. } => {
            ("read_in_part", format!("{} bytes stored", reading.as_bytes().len()))
        }
        Outcome::Read { reading, .. } => ("read", format!("{} bytes stored", reading.as_bytes().len())),
        Outcome::Refused(Refusal { reason, detail }) => (reason.code(), detail.clone()),
    }
}

/// Reads good resumes alone and with the hostile files among them, with as many readers and as many documents in
/// flight as a worker has.
async fn beside_each_other(n_good: usize, files: &[&Hostile]) -> Result<()> {
    let good: Vec<_> = (0..n_good).map(|number| (true, Bytes::from(resume_pdf(number)))).collect();
    let hostile: Vec<_> = files.iter().map(|file| (false, Bytes::from((file.make)()))).collect();
    println!("good resumes, from the hand-over to the pool to the outcome, in ms:");
    println!("                            p50        p99    longest     whole run");
    for (label, hostile) in [("alone", Vec::new()), ("among hostile files", hostile)] {
        let started = Instant::now();
        let mut waits = read_all(&interleave(good.clone(), hostile)).await?;
        waits.sort_unstable();
        let at = |share: f64| waits[((waits.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1e3;
        println!(
            "{label:<20} {:>10.1} {:>10.1} {:>10.1} {:>11.1} s",
            at(0.5),
            at(0.99),
            at(1.0),
            started.elapsed().as_secs_f64()
        );
    }
    Ok(())
}

/// The second kind spread evenly over the first.
fn interleave(good: Vec<(bool, Bytes)>, hostile: Vec<(bool, Bytes)>) -> Vec<(bool, Bytes)> {
    let place = |index: usize, length: usize| (index * 2 + 1) as f64 / (length * 2) as f64;
    let (n_good, n_hostile) = (good.len(), hostile.len());
    let mut all: Vec<_> =
        good.into_iter().enumerate().map(|(index, file)| (place(index, n_good), file)).collect();
    all.extend(hostile.into_iter().enumerate().map(|(index, file)| (place(index, n_hostile), file)));
    all.sort_by(|left, right| left.0.total_cmp(&right.0));
    all.into_iter().map(|(_, file)| file).collect()
}

/// Reads all of them and gives how long the good ones took.
async fn read_all(documents: &[(bool, Bytes)]) -> Result<Vec<Duration>> {
    let n_readers = std::thread::available_parallelism()?.get();
    let pool = pool(n_readers)?;
    // As many as a worker hands over.
    let turns = Arc::new(Semaphore::new(pool.n_in_hand()));
    let mut tasks: JoinSet<Result<Option<Duration>>> = JoinSet::new();
    for (is_good, bytes) in documents {
        let (pool, bytes, is_good) = (pool.clone(), bytes.clone(), *is_good);
        let turn = turns.clone().acquire_owned().await?;
        tasks.spawn(async move {
            let started = Instant::now();
            let outcome = pool.read(DocumentId::of(&bytes), &bytes).await?;
            let wait = started.elapsed();
            drop(turn);
            if is_good && !matches!(outcome, Outcome::Read { .. }) {
                bail!("a good resume was refused: {outcome:?}");
            }
            Ok(is_good.then_some(wait))
        });
    }
    let mut waits = Vec::new();
    while let Some(done) = tasks.join_next().await {
        waits.extend(done??);
    }
    Ok(waits)
}

fn pool(n_children: usize) -> Result<Pool> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/lexicon");
    let mut lexicon = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            lexicon.push(LexiconFile { name, text: std::fs::read_to_string(&path)? });
        }
    }
    lexicon.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(Pool::new(PoolOptions {
        program: program()?,
        arguments: vec!["reader".into()],
        n_children,
        limits: Limits::STANDARD,
        lexicon,
    }))
}

/// The most that any one child of this process had.
#[derive(Clone, Copy, Debug, Default)]
struct Peak {
    resident_kb: u64,
    virtual_kb: u64,
}

/// The name of a reader's process.
const READER: &str = "bole";

/// Looks at the children of this process until it is finished.
struct Watch {
    stop: Arc<AtomicBool>,
    peak: Arc<Mutex<Peak>>,
    thread: std::thread::JoinHandle<()>,
}

impl Watch {
    fn start() -> Self {
        let (stop, peak) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Peak::default())));
        let thread = std::thread::spawn({
            let (stop, peak) = (stop.clone(), peak.clone());
            move || {
                while !stop.load(Ordering::Relaxed) {
                    look(&mut peak.lock().unwrap());
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
        });
        Self { stop, peak, thread }
    }

    /// What was seen, a last look at those that are still there included.
    fn finish(self) -> Peak {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().ok();
        let mut peak = self.peak.lock().unwrap();
        look(&mut peak);
        *peak
    }
}

/// The kernel keeps the high-water marks; a process that is gone has none.
fn look(peak: &mut Peak) {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    for thread in threads {
        let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace() {
            let status = std::fs::read_to_string(format!("/proc/{child}/status")).unwrap_or_default();
            let entries: BTreeMap<_, _> = status.lines().filter_map(|line| line.split_once(':')).collect();
            // One that has not begun to be a reader yet still has the memory of this process.
            if entries.get("Name").is_none_or(|name| name.trim() != READER) {
                continue;
            }
            let kilobytes = |key: &str| {
                let value = entries.get(key).and_then(|value| value.trim().strip_suffix(" kB"));
                value.and_then(|value| value.parse().ok()).unwrap_or(0)
            };
            peak.resident_kb = peak.resident_kb.max(kilobytes("VmHWM"));
            peak.virtual_kb = peak.virtual_kb.max(kilobytes("VmPeak"));
        }
    }
}
