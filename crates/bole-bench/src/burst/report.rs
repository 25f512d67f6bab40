use std::collections::BTreeMap;

use bole_core::LedgerLine;
use bole_engine::Status;
use serde::Serialize;

use super::processes::{Tree, Used};
use super::publish::ConfirmState;
use super::scrape::{Histogram, Percentiles};
use super::{BurstOptions, Watched};

/// What a burst took.
#[derive(Clone, Debug, Serialize)]
pub struct Burst {
    /// How many resumes.
    pub n_resumes: u32,
    /// Their bytes.
    pub n_bytes: u64,
    /// `rabbitmq` or `local`.
    pub queue: &'static str,
    /// `postgres` or `sqlite`.
    pub store: &'static str,
    /// Processes of `bole work` beside the server.
    pub n_workers: usize,
    /// Processors of this machine.
    pub n_processors: usize,
    /// From the first confirm to the last one that could be found.
    pub seconds: f64,
    /// Resumes a second over that time.
    pub per_second: f64,
    /// From the first confirm to the last.
    pub seconds_to_publish: f64,
    /// From the commit of a resume until a search found it.
    pub durable_to_searchable: Percentiles,
    /// Each stage, a submission.
    pub stages: Vec<StageTimes>,
    /// What each process used.
    pub processes: Vec<ProcessCost>,
    /// Processor time of all processes, in milliseconds a submission.
    pub processor_ms: f64,
    /// The same, by what it was used for.
    pub processor_ms_by_part: BTreeMap<String, f64>,
    /// The ledger at the end, by portal.
    pub ledger: BTreeMap<String, LedgerLine>,
    /// Whether every submission is accounted for.
    pub law_holds: bool,
    /// Submissions that did not end as searchable resumes.
    pub n_lost: u64,
    /// How far it was, five times a second.
    pub moments: Vec<Moment>,
}

/// How long a submission was in a stage.
#[derive(Clone, Debug, Serialize)]
pub struct StageTimes {
    /// Its name.
    pub stage: &'static str,
    /// What it took.
    #[serde(flatten)]
    pub times: Percentiles,
}

/// What one process with its children used.
#[derive(Clone, Debug, Serialize)]
pub struct ProcessCost {
    /// `serve`, `work`, `portals` for the bench itself, `RabbitMQ`, `PostgreSQL`.
    pub name: &'static str,
    /// Processor time in milliseconds a submission.
    pub processor_ms: f64,
    /// The part of it that readers took.
    pub readers_ms: f64,
    /// The most that was resident, in bytes.
    pub resident_bytes: u64,
    /// The same without its children.
    pub resident_bytes_alone: u64,
    /// Bytes sent to the disk.
    pub written_bytes: u64,
    /// Milliseconds of processor time a submission by the names of its threads.
    pub threads_ms: BTreeMap<String, f64>,
}

/// How far it was.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Moment {
    /// Since the start.
    pub seconds: f64,
    /// Durable at the queue.
    pub n_confirmed: u32,
    /// A search finds them.
    pub n_searchable: usize,
}

pub(super) struct Measured {
    pub(super) confirms: ConfirmState,
    pub(super) watched: Watched,
    pub(super) metrics: Vec<String>,
    pub(super) trees: Vec<(Tree, (Used, Used))>,
    pub(super) threads: Vec<(&'static str, BTreeMap<String, f64>)>,
    pub(super) status: Status,
}

const STAGES: [&str; 10] = [
    "known",
    "read",
    "document",
    "resume",
    "evidence",
    "encoding",
    "batch",
    "commit",
    "acknowledge",
    "index",
];

pub(super) fn report(options: &BurstOptions, measured: &Measured) -> Burst {
    let Measured { confirms, watched, metrics, trees, threads, status } = measured;
    let n_resumes = options.n_resumes;
    let a_submission = |seconds: f64| seconds * 1000.0 / f64::from(n_resumes.max(1));
    let since = confirms.first.unwrap_or(watched.done);
    let seconds = watched.done.duration_since(since).as_secs_f64();
    let histogram = |name: &str, label: &str| {
        let mut histogram = Histogram::default();
        for text in metrics {
            histogram.add(text, name, label);
        }
        histogram.percentiles()
    };
    let stage = |stage: &'static str| StageTimes {
        stage,
        times: histogram("bole_stage_seconds", &format!("stage=\"{stage}\"")),
    };
    let stages: Vec<_> = STAGES.map(stage).into_iter().filter(|it| it.times.count > 0).collect();
    let mut names = threads.iter();
    let processes: Vec<_> = trees
        .iter()
        .zip(&watched.peaks)
        .map(|((tree, (before, after)), peak)| ProcessCost {
            name: tree.name,
            processor_ms: a_submission(after.processor - before.processor),
            readers_ms: a_submission(after.readers - before.readers),
            resident_bytes: peak.tree,
            resident_bytes_alone: peak.root,
            written_bytes: after.written.saturating_sub(before.written),
            threads_ms: names
                .next()
                .map(|(_, threads)| {
                    threads.iter().map(|(name, time)| (name.clone(), a_submission(*time))).collect()
                })
                .unwrap_or_default(),
        })
        .collect();
    let total = status.ledger.total();
    Burst {
        n_resumes,
        n_bytes: bytes_of(options),
        queue: if options.settings.queue.remote.is_some() { "rabbitmq" } else { "local" },
        store: if options.settings.store.remote.is_some() { "postgres" } else { "sqlite" },
        n_workers: options.n_workers,
        n_processors: std::thread::available_parallelism().map_or(1, usize::from),
        seconds,
        per_second: f64::from(n_resumes) / seconds.max(1e-9),
        seconds_to_publish: confirms.last.map_or(0.0, |last| last.duration_since(since).as_secs_f64()),
        durable_to_searchable: histogram("bole_durable_to_searchable_seconds", ""),
        processor_ms: processes.iter().map(|it| it.processor_ms).sum(),
        processor_ms_by_part: by_part(&processes, &stages),
        processes,
        stages,
        law_holds: status.ledger.holds(),
        n_lost: u64::from(n_resumes).saturating_sub(total.indexed.min(status.n_searchable as u64)),
        ledger: status.ledger.portals.clone(),
        moments: watched.moments.clone(),
    }
}

/// Splits the processor time: readers by the shares of their stages, processes of ours by their threads, servers whole.
fn by_part(processes: &[ProcessCost], stages: &[StageTimes]) -> BTreeMap<String, f64> {
    let mut parts: BTreeMap<String, f64> = BTreeMap::new();
    let mut add = |part: &str, time: f64| *parts.entry(part.to_owned()).or_default() += time;
    let mean = |name: &str| stages.iter().find(|it| it.stage == name).map_or(0.0, |it| it.times.mean_ms);
    let understanding = mean("resume") + mean("evidence");
    let in_readers = (mean("document") + mean("encoding") + understanding).max(1e-9);
    for it in processes {
        match it.name {
            "RabbitMQ" => add("broker", it.processor_ms),
            "PostgreSQL" => add("store", it.processor_ms),
            "portals" => add("portals", it.processor_ms),
            _ => {
                let understood = it.readers_ms * understanding / in_readers;
                add("resume and evidence", understood);
                add("read", it.readers_ms - understood);
                for (name, time) in &it.threads_ms {
                    let part = match name.as_str() {
                        name if name.starts_with("sqlx-sqlite") => "store",
                        name if name.starts_with("bole-cpu") || name.contains("tantivy") => "index",
                        name if name.starts_with("merge") || name.starts_with("segment") => "index",
                        name if name.starts_with("lapin") => "broker",
                        _ => "the rest",
                    };
                    add(part, *time);
                }
                // tantivy's indexing threads end with each commit; ours last.
                let ended = it.processor_ms - it.readers_ms - it.threads_ms.values().sum::<f64>();
                add("index", ended.max(0.0));
            }
        }
    }
    parts
}

/// The bytes of the resumes that were sent.
fn bytes_of(options: &BurstOptions) -> u64 {
    let paths = (0..options.n_resumes).map(|index| crate::resumes::made_path(&options.resumes, index));
    paths.filter_map(|path| std::fs::metadata(path).ok()).map(|file| file.len()).sum()
}
