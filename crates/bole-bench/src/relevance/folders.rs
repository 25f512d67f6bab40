use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::error::RelevanceError;
use super::specimen::{Judgement, Source, Specimen};
use crate::listing::BenchError;

/// A resume in a folder that tells what it is.
pub(super) struct Labelled {
    label: String,
    path: PathBuf,
}

/// All PDF files in the folders right below `folder`, by path.
///
/// # Errors
/// If a folder cannot be read, or there are none.
pub(super) fn labelled(folder: &Path) -> Result<Vec<Labelled>, RelevanceError> {
    let mut found = Vec::new();
    for inner in paths_in(folder)?.into_iter().filter(|path| path.is_dir()) {
        let label = inner.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_pdf =
            |path: &PathBuf| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("pdf"));
        let pdfs = paths_in(&inner)?.into_iter().filter(is_pdf);
        found.extend(pdfs.map(|path| Labelled { label: label.clone(), path }));
    }
    if found.is_empty() { Err(RelevanceError::NoPdf { path: folder.to_owned() }) } else { Ok(found) }
}

fn paths_in(folder: &Path) -> Result<BTreeSet<PathBuf>, BenchError> {
    let entries = fs::read_dir(folder).map_err(BenchError::path(folder))?;
    entries.map(|entry| Ok(entry.map_err(BenchError::path(folder))?.path())).collect()
}

/// Judges by label: for each profile those under its labels are relevant, all others are not.
///
/// # Errors
/// If a label is none of theirs.
pub(super) fn judged(
    labelled: Vec<Labelled>,
    relevant: &BTreeMap<String, BTreeSet<String>>,
) -> Result<Vec<Specimen>, RelevanceError> {
    let known: BTreeSet<&String> = labelled.iter().map(|it| &it.label).collect();
    let wanted: BTreeSet<&String> = relevant.values().flatten().collect();
    let labels: Vec<String> = wanted.difference(&known).map(|label| (*label).clone()).collect();
    if !labels.is_empty() {
        let known = known.into_iter().cloned().collect();
        return Err(RelevanceError::NoSuchLabel { labels, known });
    }
    let judge = |it: Labelled| {
        let grade = |(profile, labels): (&String, &BTreeSet<String>)| {
            (profile.clone(), Judgement::of_label(labels.contains(&it.label)))
        };
        let grades = relevant.iter().map(grade).collect();
        Specimen { path: it.path, source: Source::Pdf, grades, trap: None }
    };
    Ok(labelled.into_iter().map(judge).collect())
}
