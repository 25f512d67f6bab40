use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bole_core::{Pages, Reason};
use bole_document::{Limits, ReadError, Stage, read, read_observed};
use serde::Serialize;

use crate::listing::{BenchError, Listing, flat_name};
use crate::memory::{forget_peak, peak_bytes, resident_bytes};
use crate::times::{Times, ms, processor_time};

/// What reading a list of documents cost: in process, one thread, no understanding, no storing.
#[derive(Clone, Debug, Serialize)]
pub struct Extraction {
    /// How many documents were read, the refused ones included.
    pub n_documents: usize,
    /// Bytes of all documents.
    pub n_bytes: u64,
    /// Pages of those that could be read.
    pub n_pages: usize,
    /// Visible characters that are not white space.
    pub n_characters: u64,
    /// Those that could not be read, by reason.
    pub unread: Vec<Unread>,
    /// How often the list was gone through.
    pub n_rounds: u32,
    /// Milliseconds a document by the clock on the wall.
    pub wall: Times,
    /// Milliseconds of processor time a document, the mean of the fastest round. Other programs on the machine
    /// disturb it less.
    pub processor_mean_ms: f64,
    /// Where the time goes, by the clock on the wall, in a round of its own.
    pub stages: Vec<StageTime>,
    /// The most memory that the process had while it read one document after the other, in bytes, and how much of it
    /// was there before: the program and its tables.
    pub peak_bytes: Option<u64>,
    /// See `peak_bytes`.
    pub peak_bytes_before: Option<u64>,
    /// The document of the peak.
    pub peak_path: Option<PathBuf>,
    /// The slowest documents, with milliseconds, the slowest first.
    pub slowest: Vec<(PathBuf, f64)>,
}

/// The time that one stage of reading took.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct StageTime {
    /// The [name](Stage::name) of the stage.
    pub stage: &'static str,
    /// Milliseconds a document, the mean.
    pub mean_ms: f64,
    /// Its part of all stages, 0 to 1.
    pub share: f64,
}

/// How many documents could not be read for one reason.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Unread {
    /// The reason.
    pub reason: Reason,
    /// How many.
    pub n_documents: usize,
}

/// How many of the slowest documents are told.
const N_SLOWEST: usize = 5;

/// Reads every document of `listing` `n_rounds` times, at least once, in this thread; writes the texts to `texts_to`,
/// named as `bole extract` names them.
///
/// All documents are held in memory while the clock runs, so that no disk is measured.
///
/// # Errors
/// If a document cannot be opened, or a text cannot be written.
pub fn bench_extraction(
    listing: &Listing,
    n_rounds: u32,
    texts_to: Option<&Path>,
) -> Result<Extraction, BenchError> {
    let n_rounds = n_rounds.max(1);
    bole_document::warm();
    if let Some(folder) = texts_to {
        fs::create_dir_all(folder).map_err(BenchError::path(folder))?;
    }
    let first = first_round(listing, texts_to)?;
    let mut documents = Vec::with_capacity(listing.paths.len());
    for path in &listing.paths {
        documents.push(fs::read(path).map_err(BenchError::path(path))?);
    }
    let mut fastest = vec![Duration::MAX; documents.len()];
    let mut wall = Duration::MAX;
    let mut processor = Duration::MAX;
    for _ in 0..n_rounds {
        let (wall_before, processor_before) = (Instant::now(), processor_time());
        for (document, fastest) in documents.iter().zip(&mut fastest) {
            let before = Instant::now();
            let pages = read(document, &Limits::STANDARD);
            std::hint::black_box(pages).ok();
            *fastest = before.elapsed().min(*fastest);
        }
        wall = wall.min(wall_before.elapsed());
        processor = processor.min(processor_time().saturating_sub(processor_before));
    }
    let mut by_time: Vec<_> = listing.paths.iter().zip(&fastest).collect();
    by_time.sort_by(|one, other| other.1.cmp(one.1).then(one.0.cmp(other.0)));
    let slowest = by_time.iter().take(N_SLOWEST).map(|(path, time)| ((*path).clone(), ms(**time))).collect();
    let mean = |all: Duration| ms(all) / documents.len() as f64;
    Ok(Extraction {
        n_documents: documents.len(),
        n_bytes: documents.iter().map(|document| document.len() as u64).sum(),
        n_pages: first.n_pages,
        n_characters: first.n_characters,
        unread: first
            .unread
            .into_iter()
            .map(|(reason, n_documents)| Unread { reason, n_documents })
            .collect(),
        n_rounds,
        wall: Times::of(wall, fastest),
        processor_mean_ms: mean(processor),
        stages: stage_round(&documents),
        peak_bytes: first.peak_bytes,
        peak_bytes_before: first.peak_bytes_before,
        peak_path: first.peak_path,
        slowest,
    })
}

/// What is found in the round that no clock watches.
#[derive(Default)]
struct FirstRound {
    n_pages: usize,
    n_characters: u64,
    unread: BTreeMap<Reason, usize>,
    peak_bytes: Option<u64>,
    peak_bytes_before: Option<u64>,
    peak_path: Option<PathBuf>,
}

/// Reads one document after the other, each alone in memory.
fn first_round(listing: &Listing, texts_to: Option<&Path>) -> Result<FirstRound, BenchError> {
    let mut round = FirstRound::default();
    for path in &listing.paths {
        forget_peak();
        let before = resident_bytes();
        let document = fs::read(path).map_err(BenchError::path(path))?;
        let outcome = read(&document, &Limits::STANDARD);
        drop(document);
        let peak = peak_bytes();
        if peak > round.peak_bytes {
            round.peak_bytes = peak;
            round.peak_bytes_before = before;
            round.peak_path = Some(path.clone());
        }
        if let Ok(pages) = &outcome {
            round.n_pages += pages.pages.len();
            round.n_characters += u64::from(pages.quality.n_characters);
        }
        if let Err(error) = &outcome {
            *round.unread.entry(error.reason()).or_default() += 1;
        }
        if let Some(folder) = texts_to {
            write_text(folder, path, &outcome)?;
        }
    }
    Ok(round)
}

/// A document that cannot be read has an empty text, so that it counts as lost where texts are compared.
fn write_text(folder: &Path, path: &Path, outcome: &Result<Pages, ReadError>) -> Result<(), BenchError> {
    let text = outcome.as_ref().map_or_else(|_| String::new(), Pages::text);
    let file = folder.join(format!("{}.txt", flat_name(path)));
    fs::write(&file, text).map_err(BenchError::path(&file))
}

/// Reads all documents once with the clock read at each change of stage.
fn stage_round(documents: &[Vec<u8>]) -> Vec<StageTime> {
    let mut times: BTreeMap<Stage, Duration> = BTreeMap::new();
    for document in documents {
        let mut now: Option<(Stage, Instant)> = None;
        let pages = read_observed(document, &Limits::STANDARD, &mut |stage| {
            let begun = Instant::now();
            if let Some((last, since)) = now.replace((stage, begun)) {
                *times.entry(last).or_default() += begun - since;
            }
        });
        if let Some((last, since)) = now {
            *times.entry(last).or_default() += since.elapsed();
        }
        std::hint::black_box(pages).ok();
    }
    let all: Duration = times.values().sum();
    Stage::ALL
        .into_iter()
        .map(|stage| {
            let time = times.get(&stage).copied().unwrap_or_default();
            StageTime {
                stage: stage.name(),
                mean_ms: ms(time) / documents.len() as f64,
                share: if all.is_zero() { 0.0 } else { time.as_secs_f64() / all.as_secs_f64() },
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_counted_and_its_text_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pdf");
        fs::write(&path, b"PK\x03\x04 [Content_Types].xml word/document.xml").unwrap();
        let listing = Listing { paths: vec![path.clone()] };
        let texts = folder.path().join("texts");
        let report = bench_extraction(&listing, 1, Some(&texts)).unwrap();
        assert_eq!((report.n_documents, report.n_pages), (1, 0));
        assert_eq!(report.unread[0].reason, Reason::UnsupportedType);
        let text = fs::read_to_string(texts.join(format!("{}.txt", flat_name(&path)))).unwrap();
        assert_eq!(text, "");
    }
}
