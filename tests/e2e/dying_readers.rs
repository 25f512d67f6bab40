//! Readers that die in the middle of an ingest: each document is read all the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bole_core::{AsOf, State};
use bole_engine::{
    DataFolder, Engine, IngestOptions, Knowledge, Outcome, ReaderProgram, Settings, ingest, status,
};
use bole_tests::{Installation, text_pdf};
use tokio_util::sync::CancellationToken;

use crate::log::Log;

/// Each reader dies at its third document, so that a third of all documents are read twice.
const DIES_AT: &str = "3";
/// How many documents, unless `BOLE_TEST_DOCUMENTS` says otherwise.
const N_DOCUMENTS: usize = 120;

#[tokio::test]
async fn every_document_is_read_however_many_readers_die() -> Result<()> {
    let n_documents = match std::env::var("BOLE_TEST_DOCUMENTS") {
        Ok(number) => number.parse()?,
        Err(_) => N_DOCUMENTS,
    };
    let dies_at = std::env::var("BOLE_TEST_DIES_AT").unwrap_or_else(|_| DIES_AT.to_owned());
    let installation = Installation::new()?;
    let files = documents(&installation, n_documents)?;
    let reader = ReaderProgram {
        program: env!("CARGO_BIN_EXE_mock-reader").into(),
        arguments: vec!["--dies-at".into(), dies_at.into()],
    };
    let log = Log::start()?;
    let settings = Settings::resolve(None, &BTreeMap::new(), &BTreeMap::new())?;
    let data = DataFolder::create(&installation.data())?;
    let engine = Engine::open(settings, Knowledge::load(None)?, data, reader).await?;
    let options = IngestOptions { files, document_date: Some(AsOf("2026-11-21".parse()?)) };
    let mut states: BTreeMap<_, usize> = BTreeMap::new();
    let never = CancellationToken::new();
    let ingested = ingest(&engine, options, &never, |progress| {
        if let Outcome::Decided(record) = progress.outcome {
            *states.entry((record.state, record.reason)).or_default() += 1;
        }
    });
    ingested.await?;
    let status = status(&engine).await?;
    let total = status.ledger.total();
    let mut deaths: BTreeMap<_, usize> = BTreeMap::new();
    for death in log.lines("a reader died")? {
        *deaths.entry(death["fields"]["document"].to_string()).or_default() += 1;
    }
    let n_deaths: usize = deaths.values().sum();
    println!(
        "issued {n_documents} acked {} searchable {} lost {} dup {} quarantined {} (expected 0) readers died {n_deaths}",
        total.received,
        status.n_searchable,
        n_documents - status.n_searchable,
        total.duplicate,
        total.n_quarantined()
    );
    assert!(status.ledger.holds());
    assert!(n_deaths > 0, "{n_deaths} readers died");
    assert!(deaths.values().all(|count| *count <= 2), "{deaths:?}");
    assert_eq!(states.keys().map(|(state, _)| *state).collect::<Vec<_>>(), [State::Indexed], "{states:?}");
    assert_eq!((total.received, total.indexed), (n_documents as u64, n_documents as u64));
    assert_eq!(status.n_searchable, n_documents);
    Ok(())
}

/// So many documents: small ones made here, or copies of those in `BOLE_TEST_RESUMES`, each made another by a comment
/// at its end.
fn documents(installation: &Installation, n_documents: usize) -> Result<Vec<PathBuf>> {
    let originals = match std::env::var("BOLE_TEST_RESUMES") {
        Ok(folder) => pdfs_in(Path::new(&folder))?,
        Err(_) => Vec::new(),
    };
    (0..n_documents)
        .map(|number| {
            let bytes = match originals.get(number % originals.len().max(1)) {
                Some(path) => {
                    let mut bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
                    bytes.extend_from_slice(format!("\n% copy {number}\n").as_bytes());
                    bytes
                }
                None => text_pdf(&["Ann Example", "Battery engineer", &format!("Cell number {number}")]),
            };
            installation.write(&format!("{number}.pdf"), &bytes)
        })
        .collect()
}

fn pdfs_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(pdfs_in(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "pdf") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
