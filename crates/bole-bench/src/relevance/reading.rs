use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use bole_core::{AsOf, DocumentFields, DocumentId, Language, Reading};
use bole_engine::search_entry;
use bole_index::Entry;
use bole_rank::{GateOutcome, Lexicon, Profile, Row, collect, explain, score};
use bole_sandbox::{Refusal, StageTimes, read_document, refuse_poor};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use super::checks::Checks;
use super::specimen::{Judgement, Source, Specimen};
use crate::listing::BenchError;

/// A judged resume, read.
pub(super) struct Resume {
    pub(super) path: PathBuf,
    pub(super) grades: BTreeMap<String, Judgement>,
    pub(super) trap: Option<String>,
    pub(super) document: DocumentId,
    /// As its `*.toml` says, else as the reader takes it.
    pub(super) language: Language,
    pub(super) read: Result<Read, Refusal>,
}

/// What is kept of a resume that could be read.
pub(super) struct Read {
    /// By profile.
    fits: BTreeMap<String, Fit>,
    /// What BM25 searches.
    pub(super) entry: Entry,
}

/// How well a resume fits a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fit {
    /// Thousandths of a point.
    pub(super) total: u32,
    /// A match leaves it out.
    pub(super) fails_gate: bool,
}

impl Resume {
    /// None if it could not be read.
    pub(super) fn fit(&self, profile: &str) -> Option<Fit> {
        self.read.as_ref().ok()?.fits.get(profile).copied()
    }

    pub(super) fn judgement(&self, profile: &str) -> Option<Judgement> {
        self.grades.get(profile).copied()
    }
}

/// What all resumes are read and scored with.
pub(super) struct Desk<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) profiles: &'a [(String, Profile)],
    /// The date that PDF files speak from.
    pub(super) document_date: AsOf,
}

impl Desk<'_> {
    /// Reads all, on all cores, in the order given.
    ///
    /// # Errors
    /// If a file cannot be opened.
    pub(super) fn read_all(&self, specimens: Vec<Specimen>) -> Result<(Vec<Resume>, Checks), BenchError> {
        bole_document::warm();
        let pool = ThreadPoolBuilder::new().thread_name(|number| format!("relevance-{number}")).build()?;
        let read: Vec<(Resume, Checks)> = pool.install(|| {
            specimens.into_par_iter().map(|specimen| self.read(specimen)).collect::<Result<_, _>>()
        })?;
        let mut checks = Checks::default();
        let mut resumes = Vec::with_capacity(read.len());
        for (resume, more) in read {
            resumes.push(resume);
            checks.add(more);
        }
        Ok((resumes, checks))
    }

    fn read(&self, specimen: Specimen) -> Result<(Resume, Checks), BenchError> {
        let Specimen { path, source, grades, trap } = specimen;
        let (pdf, as_of, language) = match &source {
            Source::Pdf => (fs::read(&path).map_err(BenchError::path(&path))?, self.document_date, None),
            Source::Written(file) => (file.written().pdf(&path)?, file.written, Some(file.language)),
        };
        let document = DocumentId::of(&pdf);
        let reading = read_document(document, &pdf, &mut StageTimes::default()).and_then(refuse_poor);
        let said = reading.as_ref().map(|reading| reading.resume.language).unwrap_or_default();
        let mut checks = Checks::default();
        let read = reading.map(|reading| Read {
            fits: self.fits(&path, &reading, as_of, &mut checks),
            entry: search_entry(&reading, as_of, DocumentFields::default(), Vec::new()),
        });
        let language = language.unwrap_or(said);
        Ok((Resume { path, grades, trap, document, language, read }, checks))
    }

    /// Scores as a match does, and checks what it would tell of that.
    fn fits(
        &self,
        path: &std::path::Path,
        reading: &Reading,
        as_of: AsOf,
        checks: &mut Checks,
    ) -> BTreeMap<String, Fit> {
        let evidence = collect(reading, self.lexicon);
        let row = Row::new(reading.document, as_of, &evidence, self.lexicon);
        let mut fits = BTreeMap::new();
        for (name, profile) in self.profiles {
            let score = score(&row, profile);
            let explanation = explain(&evidence, as_of, reading.document, profile, self.lexicon);
            checks.check((path, name), &explanation, &score, &reading.content, self.lexicon);
            let fails_gate = score.gates.contains(&GateOutcome::Fail);
            fits.insert(name.clone(), Fit { total: score.total, fails_gate });
        }
        fits
    }
}
