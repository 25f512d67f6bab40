//! Every metric: its name, its meaning, and the one place where it is recorded.
//!
//! Names follow <https://prometheus.io/docs/practices/naming/>. Labels are portals, states, reasons and names of ours:
//! nothing of a person, and only as many as there are portals.

mod reference;

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use bole_core::{Chain, Reason, State};
use bole_store::{Committed, SubmissionRecord};
use metrics::{Unit, counter, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::time::timeout;

use crate::data::DiskRoom;
use crate::serve::ROLES;
use crate::{Engine, EngineError, Part, Status, readiness};
pub use reference::metrics_reference;

const SUBMISSIONS: &str = "bole_submissions_total";
const QUARANTINED: &str = "bole_quarantined_total";
const REDELIVERED: &str = "bole_redelivered_total";
const INTAKE: &str = "bole_intake_total";
const REREAD: &str = "bole_reread_total";
const DERIVED: &str = "bole_evidence_derived_total";
const RECEIPTS: &str = "bole_receipts_total";
const OUTAGES: &str = "bole_outages_total";
const HTTP_REQUESTS: &str = "bole_http_requests_total";
const HTTP_TIME: &str = "bole_http_seconds";
const STAGE: &str = "bole_stage_seconds";
const DRAWING: &str = "bole_page_drawing_seconds";
const SEARCHABLE_AFTER: &str = "bole_durable_to_searchable_seconds";
const IN_HAND: &str = "bole_inhand";
const IN_FLIGHT: &str = "bole_inflight";
const WAITING: &str = "bole_waiting";
const UNROUTABLE: &str = "bole_unroutable";
const DEAD_LETTERS: &str = "bole_dead_letters";
const PAUSED: &str = "bole_paused";
const OLDEST_WAITING: &str = "bole_oldest_waiting_seconds";
const FOLLOWER_LAG: &str = "bole_follower_lag_changes";
const SEARCHABLE: &str = "bole_searchable_resumes";
const LAW: &str = "bole_ledger_law_holds";
const UP: &str = "bole_up";
const DISK_FREE: &str = "bole_disk_free_bytes";
const DISK_SIZE: &str = "bole_disk_size_bytes";
const BUILD_INFO: &str = "bole_build_info";

/// The data folder, as a label.
const DATA: &str = "data";

enum Kind {
    Counter,
    Gauge,
    Seconds,
}

/// What `/metrics` tells of each.
const ALL: [(Kind, &str, &str); 27] = [
    (Kind::Counter, SUBMISSIONS, "Submissions decided by this process, by portal and outcome."),
    (Kind::Counter, QUARANTINED, "Submissions quarantined by this process, by reason."),
    (Kind::Counter, REDELIVERED, "Deliveries of what was decided before."),
    (Kind::Counter, INTAKE, "Submissions by HTTP, by portal and answer: queued, known, refused, failed."),
    (Kind::Counter, RECEIPTS, "Receipts published by this process."),
    (Kind::Counter, REREAD, "Documents that this process read anew by a better reader."),
    (Kind::Counter, DERIVED, "Readings of which this process derived evidence anew, for another lexicon."),
    (Kind::Counter, OUTAGES, "How often a role of this process stopped for an outage, by role."),
    (Kind::Counter, HTTP_REQUESTS, "Requests answered, by route, method and status."),
    (Kind::Seconds, HTTP_TIME, "How long a request took to be answered, by route."),
    (
        Kind::Seconds,
        STAGE,
        "How long a submission was in a stage; read holds document, resume, evidence and encoding.",
    ),
    (Kind::Seconds, DRAWING, "How long a page took to be drawn, with the wait for a process."),
    (Kind::Seconds, SEARCHABLE_AFTER, "From the commit of a resume until a search finds it."),
    (Kind::Gauge, IN_HAND, "Deliveries that this process holds."),
    (Kind::Gauge, IN_FLIGHT, "Submissions that are queued, by portal, as the store knows them."),
    (Kind::Gauge, WAITING, "Messages that no worker holds, by portal, as the queue knows them."),
    (Kind::Gauge, UNROUTABLE, "Messages that came with a key that is no portal's."),
    (
        Kind::Gauge,
        DEAD_LETTERS,
        "Messages that were handed out too often, and that no worker has set aside yet.",
    ),
    (Kind::Gauge, PAUSED, "1 if nothing is taken from a portal, 0 if something is, by portal."),
    (Kind::Gauge, OLDEST_WAITING, "How long the oldest submission in flight has been waiting."),
    (Kind::Gauge, FOLLOWER_LAG, "Changes that a follower has not taken in yet, by follower."),
    (Kind::Gauge, SEARCHABLE, "Resumes that a search can find."),
    (Kind::Gauge, LAW, "1 if every submission is accounted for, 0 if not: report it."),
    (Kind::Gauge, UP, "1 if this process can use a part that it needs, 0 if not, by part."),
    (
        Kind::Gauge,
        DISK_FREE,
        "Room on the disk that a folder is on, for whom this process runs as, by folder.",
    ),
    (Kind::Gauge, DISK_SIZE, "The size of the disk that a folder is on, by folder."),
    (Kind::Gauge, BUILD_INFO, "1, with the version of this program."),
];

/// What a submission goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Asking the store whether it is known.
    Known,
    /// Waiting for a reader, and being read.
    Read,
    /// A reader at the document.
    Document,
    /// A reader understanding the resume.
    Resume,
    /// A reader collecting evidence.
    Evidence,
    /// A reader encoding what is stored.
    Encoding,
    /// Waiting for the commit to begin.
    Batch,
    /// The transaction that it is part of.
    Commit,
    /// Acknowledging it to the queue.
    Acknowledge,
    /// From the commit until it can be found.
    Index,
}

/// How long submissions were in a stage, since this process began.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StageTime {
    /// Which.
    pub stage: Stage,
    /// How many went through it.
    pub n: u64,
    /// Their mean.
    pub mean: Duration,
    /// Half of them took at most so long; right within a quarter.
    pub median: Duration,
    /// And 95 of 100.
    pub p95: Duration,
}

impl Stage {
    /// All, in the order that a submission goes through them; those within [`Stage::Read`] after it.
    pub const ALL: [Self; 10] = [
        Self::Known,
        Self::Read,
        Self::Document,
        Self::Resume,
        Self::Evidence,
        Self::Encoding,
        Self::Batch,
        Self::Commit,
        Self::Acknowledge,
        Self::Index,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Read => "read",
            Self::Document => "document",
            Self::Resume => "resume",
            Self::Evidence => "evidence",
            Self::Encoding => "encoding",
            Self::Batch => "batch",
            Self::Commit => "commit",
            Self::Acknowledge => "acknowledge",
            Self::Index => "index",
        }
    }

    pub(crate) fn took(self, since: Instant) {
        self.lasted(since.elapsed());
    }

    pub(crate) fn lasted(self, time: Duration) {
        histogram!(STAGE, "stage" => self.name()).record(time.as_secs_f64());
    }
}

/// Counts a delivery as held for as long as this lives.
pub(crate) struct InHand;

impl InHand {
    pub(crate) fn new() -> Self {
        gauge!(IN_HAND).increment(1.0);
        Self
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        gauge!(IN_HAND).decrement(1.0);
    }
}

pub(crate) fn committed(committed: &Committed) {
    let Committed::Settled { record, redelivered } = committed else { return };
    if *redelivered {
        return self::redelivered();
    }
    let SubmissionRecord { submission, state, reason, .. } = record.as_ref();
    let portal = submission.portal.as_str().to_owned();
    counter!(SUBMISSIONS, "portal" => portal, "outcome" => state.code()).increment(1);
    if *state == State::Quarantined {
        counter!(QUARANTINED, "reason" => reason.code()).increment(1);
    }
}

pub(crate) fn redelivered() {
    counter!(REDELIVERED).increment(1);
}

pub(crate) fn intake(portal: &bole_core::Portal, answer: &'static str) {
    counter!(INTAKE, "portal" => portal.as_str().to_owned(), "answer" => answer).increment(1);
}

/// A request was answered. `route` is the pattern of an address, and no address: it is a label.
pub fn http_answered(route: &str, method: &str, status: u16, time: Duration) {
    let (route, status) = (route.to_owned(), status.to_string());
    histogram!(HTTP_TIME, "route" => route.clone()).record(time.as_secs_f64());
    counter!(HTTP_REQUESTS, "route" => route, "method" => method_label(method), "status" => status)
        .increment(1);
}

/// A method may be any word.
fn method_label(method: &str) -> &'static str {
    const KNOWN: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    KNOWN.into_iter().find(|known| *known == method).unwrap_or("other")
}

pub(crate) fn receipts(n_receipts: usize) {
    counter!(RECEIPTS).increment(n_receipts as u64);
}

pub(crate) fn reread() {
    counter!(REREAD).increment(1);
}

pub(crate) fn derived(n_readings: usize) {
    counter!(DERIVED).increment(n_readings as u64);
}

pub(crate) fn outage(role: &'static str) {
    counter!(OUTAGES, "role" => role).increment(1);
}

/// A page was drawn, or could not be.
pub(crate) fn drawn(time: Duration) {
    histogram!(DRAWING).record(time.as_secs_f64());
}

pub(crate) fn searchable_after(time: Duration) {
    histogram!(SEARCHABLE_AFTER).record(time.as_secs_f64());
    Stage::Index.lasted(time);
}

/// The metrics of this process.
#[derive(Clone, Debug)]
pub struct Metrics {
    handle: PrometheusHandle,
}

impl Metrics {
    /// Begins to record. Until then recording does nothing; a second call gives the same metrics.
    ///
    /// # Errors
    /// If another recorder than ours is installed.
    pub fn install() -> Result<Self, EngineError> {
        static INSTALLED: OnceLock<PrometheusHandle> = OnceLock::new();
        if let Some(handle) = INSTALLED.get() {
            return Ok(Self { handle: handle.clone() });
        }
        let handle = install().map_err(EngineError::Metrics)?;
        Ok(Self { handle: INSTALLED.get_or_init(|| handle).clone() })
    }

    /// What Prometheus scrapes: the text format 0.0.4, counts of this process only.
    pub fn text(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }

    /// The same with how the installation stands, which is asked for now and waited for no longer than `patience`. While
    /// store or queue are away it tells so, and what was known of them last. The index is told of if this process `follows`:
    /// a worker's is empty.
    pub async fn text_of(&self, engine: &Engine, patience: Duration, follows: bool) -> String {
        let (parts, status) =
            tokio::join!(readiness(engine, patience), timeout(patience, crate::status(engine)));
        for Part { name, trouble } in parts {
            gauge!(UP, "part" => name).set(if trouble.is_none() { 1.0 } else { 0.0 });
        }
        match status {
            Ok(Ok(status)) => {
                stands(&status);
                if follows {
                    index_stands(&status);
                }
            }
            Ok(Err(error)) => tracing::debug!(%error, "metrics without how the installation stands"),
            Err(_) => tracing::debug!("metrics without how the installation stands, it does not answer"),
        }
        match engine.data().room() {
            Ok(DiskRoom { free_bytes, size_bytes }) => {
                gauge!(DISK_FREE, "folder" => DATA).set(free_bytes as f64);
                gauge!(DISK_SIZE, "folder" => DATA).set(size_bytes as f64);
            }
            Err(error) => tracing::debug!(error = %Chain(&error), "metrics without the room on the disk"),
        }
        self.text()
    }

    /// How long each stage took that something went through in this process, in the order of [`Stage::ALL`].
    pub fn stages(&self) -> Vec<StageTime> {
        let text = self.text();
        Stage::ALL.into_iter().filter_map(|stage| stage_time(&text, stage)).collect()
    }
}

/// The times of a stage as the text of all metrics tells them; none if nothing went through it.
fn stage_time(text: &str, stage: Stage) -> Option<StageTime> {
    let label = format!("stage=\"{}\"", stage.name());
    let value = |line: &str| line.rsplit(' ').next()?.parse::<f64>().ok();
    let of_stage = |suffix: &str| {
        let begin = format!("{STAGE}_{suffix}{{");
        text.lines().filter(move |line| line.starts_with(&begin)).filter(|line| line.contains(&label))
    };
    let one = |suffix: &str| of_stage(suffix).find_map(value);
    let n = one("count").filter(|n| *n > 0.0)?;
    let bucket = |line: &str| {
        let (_, bound) = line.split_once("le=\"")?;
        // The last, `+Inf`, is the count again.
        Some((bound.split('"').next()?.parse::<f64>().ok().filter(|bound| bound.is_finite())?, value(line)?))
    };
    let buckets: Vec<_> = of_stage("bucket").filter_map(bucket).collect();
    Some(StageTime {
        stage,
        n: n as u64,
        mean: Duration::try_from_secs_f64(one("sum")? / n).ok()?,
        median: quantile(&buckets, 0.5 * n),
        p95: quantile(&buckets, 0.95 * n),
    })
}

/// Below what `rank` of all lie, by the upper bounds of buckets and how many lie below each; within a bucket evenly spread. What
/// is beyond the last bound is told as that.
fn quantile(buckets: &[(f64, f64)], rank: f64) -> Duration {
    let (mut lower, mut n_below) = (0.0, 0.0);
    for (upper, n) in buckets {
        if *n >= rank {
            let share = if *n > n_below { (rank - n_below) / (n - n_below) } else { 1.0 };
            return Duration::try_from_secs_f64(lower + (upper - lower) * share).unwrap_or_default();
        }
        (lower, n_below) = (*upper, *n);
    }
    Duration::try_from_secs_f64(lower).unwrap_or_default()
}

/// Half-way steps of a tenth of a millisecond to two minutes, so that a percentile is right within a quarter.
fn buckets() -> Vec<f64> {
    const N_BUCKETS: i32 = 36;
    (0..N_BUCKETS).map(|step| 1e-4 * 1.5_f64.powi(step)).collect()
}

fn install() -> Result<PrometheusHandle, BuildError> {
    let mut builder = PrometheusBuilder::new();
    for (kind, name, _) in &ALL {
        if matches!(kind, Kind::Seconds) {
            builder = builder.set_buckets_for_metric(Matcher::Full((*name).to_owned()), &buckets())?;
        }
    }
    let handle = builder.install_recorder()?;
    for (kind, name, meaning) in ALL {
        match kind {
            Kind::Counter => metrics::describe_counter!(name, meaning),
            Kind::Gauge => metrics::describe_gauge!(name, meaning),
            Kind::Seconds => metrics::describe_histogram!(name, Unit::Seconds, meaning),
        }
    }
    gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    gauge!(IN_HAND).set(0.0);
    // A counter that appears with its first event hides that event from `rate`.
    counter!(REDELIVERED).increment(0);
    counter!(RECEIPTS).increment(0);
    counter!(REREAD).increment(0);
    counter!(DERIVED).increment(0);
    for reason in Reason::ALL.into_iter().filter(|reason| reason.state() == State::Quarantined) {
        counter!(QUARANTINED, "reason" => reason.code()).increment(0);
    }
    for role in ROLES {
        counter!(OUTAGES, "role" => role).increment(0);
    }
    Ok(handle)
}

fn stands(status: &Status) {
    for (portal, line) in &status.ledger.portals {
        gauge!(IN_FLIGHT, "portal" => portal.clone()).set(line.queued as f64);
    }
    // The queue may leave out those of whom nothing waits any more.
    let mut waiting: BTreeMap<_, _> =
        status.ledger.portals.keys().map(|portal| (portal.clone(), 0)).collect();
    waiting.extend(status.queue.iter().map(|depth| (depth.portal.as_str().to_owned(), depth.n_ready)));
    for (portal, n_ready) in waiting {
        let is_paused = status.paused.iter().any(|paused| paused.as_str() == portal);
        gauge!(PAUSED, "portal" => portal.clone()).set(if is_paused { 1.0 } else { 0.0 });
        gauge!(WAITING, "portal" => portal).set(n_ready as f64);
    }
    gauge!(UNROUTABLE).set(status.n_unroutable as f64);
    gauge!(DEAD_LETTERS).set(status.n_dead_letters as f64);
    gauge!(OLDEST_WAITING).set(status.oldest_waiting.map_or(0.0, |age| age.as_secs_f64()));
    gauge!(LAW).set(if status.ledger.holds() { 1.0 } else { 0.0 });
    if let Some(position) = status.receipts {
        let lag = status.head.0.saturating_sub(position.0);
        gauge!(FOLLOWER_LAG, "follower" => "receipts").set(lag as f64);
    }
}

fn index_stands(status: &Status) {
    gauge!(SEARCHABLE).set(status.n_searchable as f64);
    if let Some(indexed) = status.indexed {
        let lag = status.head.0.saturating_sub(indexed.0);
        gauge!(FOLLOWER_LAG, "follower" => "search").set(lag as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_read_back_from_what_is_told() {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(STAGE.to_owned()), &buckets())
            .unwrap()
            .build_recorder();
        let metrics = Metrics { handle: recorder.handle() };
        assert_eq!(metrics.stages(), []);
        metrics::with_local_recorder(&recorder, || {
            for ms in 1..=100 {
                Stage::Read.lasted(Duration::from_millis(ms));
            }
            Stage::Index.lasted(Duration::from_hours(1));
        });
        let [read, index] = metrics.stages()[..] else { panic!("{:?}", metrics.stages()) };
        assert_eq!((read.stage, read.n), (Stage::Read, 100));
        assert!((read.mean.as_secs_f64() - 0.0505).abs() < 1e-6, "{read:?}");
        for (told, right) in [(read.median, 0.050), (read.p95, 0.095)] {
            assert!((told.as_secs_f64() / right - 1.0).abs() < 0.25, "{told:?} for {right}");
        }
        // Longer than the last bucket: the mean is exact all the same.
        assert_eq!((index.stage, index.mean), (Stage::Index, Duration::from_hours(1)));
        assert_eq!(index.median, Duration::from_secs_f64(buckets().last().copied().unwrap()));
    }
}
