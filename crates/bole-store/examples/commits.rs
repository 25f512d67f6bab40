//! What a commit costs: several committers at once, batches of 64 documents with readings and evidence.
//!
//! ```text
//! cargo run --release -p bole-store --example commits -- sqlite FOLDER COMMITTERS KIB BATCHES
//! cargo run --release -p bole-store --example commits -- postgres URL COMMITTERS KIB BATCHES
//! ```
//!
//! The time on the processor is that of this process and, if it is on this machine, of the PostgreSQL server.

#![expect(clippy::print_stdout, reason = "it reports")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use bole_core::message::v1::Submitted;
use bole_core::{
    AsOf, ContentHash, DocumentId, EncodedEvidence, EncodedReading, MatchKeys, ReaderVersion, ReadingId,
    SubmissionId,
};
use bole_store::{
    Decided, Decision, Keep, PostgresOptions, PostgresStore, SqliteOptions, SqliteStore, Store,
};
use bytes::Bytes;
use jiff::Timestamp;
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;

type Error = Box<dyn std::error::Error + Send + Sync>;

const N_BATCH: u64 = 64;
const READING_BYTES: usize = 12 << 10;
const EVIDENCE_BYTES: usize = 3 << 10;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, place, n_committers, n_kib, n_batches] = arguments.as_slice() else {
        return Err("arguments: sqlite|postgres FOLDER|URL COMMITTERS KIB BATCHES".into());
    };
    let (n_committers, n_batches): (u64, u64) = (n_committers.parse()?, n_batches.parse()?);
    let n_bytes = n_kib.parse::<usize>()? << 10;
    let time_out = Duration::from_mins(1);
    let store: Arc<dyn Store> = match kind.as_str() {
        "sqlite" => Arc::new(
            SqliteStore::open(&SqliteOptions {
                path: std::path::Path::new(place).join("store.db"),
                n_readers: 2,
                busy_timeout: time_out,
                max_file_bytes: None,
            })
            .await?,
        ),
        "postgres" => Arc::new(
            PostgresStore::open(&PostgresOptions {
                url: place.clone(),
                password: None,
                n_connections: 4 * n_committers as u32,
                acquire_timeout: time_out,
                statement_timeout: time_out,
                lock_timeout: time_out,
            })
            .await?,
        ),
        other => return Err(format!("`{other}` is neither sqlite nor postgres").into()),
    };
    let run = Timestamp::now().as_nanosecond().to_string();
    // A first batch prepares the statements.
    for committer in 0..n_committers {
        store.commit(&batch(&run, committer, u64::MAX, n_bytes), Timestamp::now()).await?;
    }
    let server = if kind == "postgres" { Some(postmaster(place).await?) } else { None };
    let servers = || server.as_deref().map_or(Ok(Duration::ZERO), server_time);
    let (ours, theirs, started) = (own_time()?, servers()?, Instant::now());
    let mut making = Duration::ZERO;
    let mut committers = tokio::task::JoinSet::new();
    for committer in 0..n_committers {
        let (store, run) = (store.clone(), run.clone());
        committers.spawn(async move {
            let mut making = Duration::ZERO;
            for number in 0..n_batches {
                let before = Instant::now();
                let batch = batch(&run, committer, number, n_bytes);
                making += before.elapsed();
                store.commit(&batch, Timestamp::now()).await?;
            }
            Ok::<_, Error>(making)
        });
    }
    while let Some(done) = committers.join_next().await {
        making += done??;
    }
    let wall = started.elapsed();
    let (ours, theirs) = (own_time()?.saturating_sub(ours), servers()?.saturating_sub(theirs));
    let n_documents = (n_committers * n_batches * N_BATCH) as f64;
    let per_document = |time: Duration| time.as_secs_f64() * 1000.0 / n_documents;
    println!(
        "{kind}, {n_committers} committers, {n_kib} KiB: {:.1} commits/s, {:.0} documents/s; ms on the processor a \
         document: {:.3} here (of it {:.3} to make the batches), {:.3} in the server",
        (n_committers * n_batches) as f64 / wall.as_secs_f64(),
        n_documents / wall.as_secs_f64(),
        per_document(ours),
        per_document(making),
        per_document(theirs),
    );
    Ok(())
}

/// New documents, incompressible as files are, each of a person of its own.
fn batch(run: &str, committer: u64, number: u64, n_bytes: usize) -> Vec<Decided> {
    (0..N_BATCH)
        .map(|index| {
            let name = format!("{run}-{committer}-{number}-{index}");
            let document = DocumentId::of(name.as_bytes());
            let reading = ReadingId { document, reader: ReaderVersion(1) };
            let message_id = name.parse().unwrap_or_else(|_| unreachable!("a short text is an id"));
            let portal = "live".parse().unwrap_or_else(|_| unreachable!("a word is a portal"));
            let mut keys = MatchKeys { name: Some(name.clone()), ..MatchKeys::default() };
            keys.contacts.extend([format!("mail:{name}@example.org"), format!("tel:{name}")]);
            Decided {
                submitted: Submitted {
                    submission: SubmissionId { portal, message_id },
                    document,
                    document_date: AsOf(jiff::civil::date(2026, 11, 21)),
                    candidate_ref: Some(name.clone()),
                    field: None,
                    consent: None,
                    traceparent: None,
                    source_name: None,
                },
                original: Keep::InCommit(Bytes::from(noise(document, n_bytes))),
                decision: Decision::Read {
                    reading: (reading, EncodedReading::from_bytes(noise(document, READING_BYTES))),
                    evidence: (
                        ContentHash::of(b"lexicon"),
                        EncodedEvidence::from_bytes(noise(document, EVIDENCE_BYTES)),
                    ),
                    keys,
                    partial: false,
                },
            }
        })
        .collect()
}

fn noise(document: DocumentId, n_bytes: usize) -> Vec<u8> {
    let mut state = document.as_bytes().iter().fold(1_u64, |state, byte| state * 31 + u64::from(*byte)) | 1;
    let mut bytes = Vec::with_capacity(n_bytes + 8);
    while bytes.len() < n_bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(n_bytes);
    bytes
}

/// User and system time of this process.
fn own_time() -> Result<Duration, Error> {
    Ok(process("self").ok_or("no /proc")?.time)
}

/// Of the server and all its processes, those that have ended too.
fn server_time(server: &str) -> Result<Duration, Error> {
    let postmaster = process(server).ok_or("the server is on another machine")?;
    let mut sum = postmaster.time + postmaster.of_children;
    for entry in std::fs::read_dir("/proc")? {
        let child = process(&entry?.file_name().to_string_lossy());
        sum += child.filter(|child| child.parent == server).map(|child| child.time).unwrap_or_default();
    }
    Ok(sum)
}

/// The process from which all others of the server come.
async fn postmaster(url: &str) -> Result<String, Error> {
    let mut connection = url.parse::<PgConnectOptions>()?.connect().await?;
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await?;
    Ok(process(&pid.to_string()).ok_or("the server is on another machine")?.parent)
}

/// A line of the kernel's table.
struct Process {
    parent: String,
    time: Duration,
    /// Those that have ended.
    of_children: Duration,
}

fn process(id: &str) -> Option<Process> {
    let line = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, fields) = line.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    // In hundredths of a second.
    let time = |index: usize| Some(Duration::from_millis(fields.get(index)?.parse::<u64>().ok()? * 10));
    Some(Process {
        parent: (*fields.get(1)?).to_owned(),
        time: time(11)? + time(12)?,
        of_children: time(13)? + time(14)?,
    })
}
