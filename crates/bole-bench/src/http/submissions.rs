use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::{AnswerTimes, LoadError, Target, agent};

/// A portal that submits over many connections.
#[derive(Clone, Debug)]
pub struct SubmissionLoad {
    /// Connections, each with one submission at a time.
    pub n_connections: usize,
    /// The folder of the files; each is submitted once, its name is its id.
    pub resumes: PathBuf,
    /// How many of them at most.
    pub n_resumes: usize,
    /// Where to write the id of each that was answered with 202, a line each, as soon as it was.
    pub promised: Option<PathBuf>,
}

/// How fast they went in.
#[derive(Clone, Debug, Serialize)]
pub struct SubmissionRates {
    /// Connections.
    pub n_connections: usize,
    /// Answered with 202.
    pub n_promised: usize,
    /// From the first to the last.
    pub seconds: f64,
    /// Answered with 202 in a second.
    pub per_s: f64,
    /// How long each waited for its answer.
    pub times: AnswerTimes,
}

/// Submits every file of a folder over many connections, and tells how fast each was durable.
///
/// # Errors
/// [`LoadError::File`]. What the server answers is counted, whatever it is.
pub fn bench_submissions(target: &Target, load: &SubmissionLoad) -> Result<SubmissionRates, LoadError> {
    let files = files(&load.resumes, load.n_resumes)?;
    let promised = load.promised.as_deref().map(File::create).transpose()?.map(BufWriter::new);
    let promised = Mutex::new(promised);
    let (next, n_promised) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let heard = Mutex::new((Vec::with_capacity(files.len()), BTreeMap::new()));
    let begin = Instant::now();
    std::thread::scope(|scope| -> Result<(), LoadError> {
        let one = || -> Result<(), LoadError> {
            let agent = agent();
            let bearer = target.bearer();
            while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                let bytes = std::fs::read(path)?;
                let id = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let request = agent
                    .post(target.at("/v1/submissions"))
                    .header("Content-Type", "application/pdf")
                    .header("Idempotency-Key", &id);
                let request =
                    if bearer.is_empty() { request } else { request.header("Authorization", &bearer) };
                let sent = Instant::now();
                let status = request.send(&bytes[..]).map_or(0, |response| response.status().as_u16());
                let time = sent.elapsed();
                if status == 202 {
                    n_promised.fetch_add(1, Ordering::Relaxed);
                    let mut promised = promised.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Some(file) = promised.as_mut() {
                        writeln!(file, "{id}")?;
                        file.flush()?;
                    }
                }
                let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                heard.0.push(time);
                if status != 202 {
                    *heard.1.entry(status).or_default() += 1;
                }
            }
            Ok(())
        };
        let threads: Vec<_> = (0..load.n_connections).map(|_| scope.spawn(one)).collect();
        for thread in threads {
            // A panic of one is a panic of all.
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        }
        Ok(())
    })?;
    let time: Duration = begin.elapsed();
    let (times, wrong) = heard.into_inner().unwrap_or_else(PoisonError::into_inner);
    let n_promised = n_promised.into_inner();
    Ok(SubmissionRates {
        n_connections: load.n_connections,
        n_promised,
        seconds: time.as_secs_f64(),
        per_s: n_promised as f64 / time.as_secs_f64(),
        times: AnswerTimes::of(times, wrong),
    })
}

/// The PDF files of a folder and of those in it, in order.
fn files(folder: &Path, most: usize) -> Result<Vec<PathBuf>, LoadError> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "pdf") {
                found.push(path);
            }
        }
    }
    found.sort_unstable();
    found.truncate(most);
    Ok(found)
}
