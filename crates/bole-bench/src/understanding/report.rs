use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bole_core::{ConceptId, DocumentId, FieldId, Language, Reading, Reason};
use bole_rank::{Lexicon, collect};
use bole_sandbox::{StageTimes, read_document, refuse_poor};
use serde::Serialize;

use super::compare::{compare, compare_nothing};
use super::fields::{Field, Judged, LanguageCount, Verdict};
use super::truth::{Specimen, specimens};
use super::twins::{Twins, counted, twins};
use crate::listing::BenchError;
use crate::resumes::DrawnLayout;
use crate::times::{percentile, us};

/// How well the resumes of a truth set were understood, and how fast: in process, one thread.
#[derive(Clone, Debug, Serialize)]
pub struct Understanding {
    /// How many resumes.
    pub n_resumes: usize,
    /// How many are drawn in each layout.
    pub layouts: BTreeMap<DrawnLayout, usize>,
    /// Documents that were refused; all that they tell counts as missing.
    pub unreadable: Vec<Unreadable>,
    /// By language: Chinese, English, mixed.
    pub languages: Vec<LanguageCount>,
    /// Every value that is not right.
    pub differences: Vec<Difference>,
    /// The same person in both languages.
    pub twins: Twins,
    /// The concepts that the truth names.
    pub concepts: ConceptCount,
    /// Microseconds a resume.
    pub times: Vec<PartTimes>,
    /// How often each resume was read for the times.
    pub n_rounds: u32,
    /// What the lexicon has to find concepts by.
    pub lexicon: Vec<LexiconCount>,
}

/// A document that was refused.
#[derive(Clone, Debug, Serialize)]
pub struct Unreadable {
    /// The truth file.
    pub path: PathBuf,
    /// Why.
    pub reason: Reason,
}

/// A value that was not understood as the truth has it.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The truth file.
    pub path: PathBuf,
    /// What.
    pub field: Field,
    /// How it differs.
    pub verdict: Verdict,
    /// What the truth has.
    pub truth: Option<String>,
    /// What was said.
    pub said: Option<String>,
    /// How sure the reader was, in percent.
    pub confidence: Option<u8>,
}

/// How the concepts were found that the truth names. What a resume shows is also found by a concept that is a kind of it;
/// what must not count is counted by itself only.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ConceptCount {
    /// Concepts that resumes show.
    pub told: usize,
    /// Of these: counted.
    pub found: usize,
    /// Concepts that must not count.
    pub traps: usize,
    /// Of these: counted nevertheless.
    pub trapped: usize,
    /// Every concept that is not found, or counted though it must not be.
    pub mistakes: Vec<ConceptMistake>,
}

/// A concept that is not found, or counted though it must not be.
#[derive(Clone, Debug, Serialize)]
pub struct ConceptMistake {
    /// The truth file.
    pub path: PathBuf,
    /// Which.
    pub concept: ConceptId,
    /// Whether it was counted; else it was not found.
    pub is_counted: bool,
}

/// Microseconds a resume that one part of reading takes, of each resume's fastest round.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PartTimes {
    /// `document`, `understanding`, `evidence`.
    pub part: &'static str,
    /// The mean.
    pub mean_us: f64,
    /// The median, by nearest rank.
    pub p50_us: f64,
    /// The 95th percentile, by nearest rank.
    pub p95_us: f64,
    /// The 99th percentile, by nearest rank.
    pub p99_us: f64,
}

/// What the lexicon has of one field.
#[derive(Clone, Debug, Serialize)]
pub struct LexiconCount {
    /// The field.
    pub field: FieldId,
    /// Its concepts.
    pub n_concepts: usize,
    /// What they are called in Chinese.
    pub n_forms_zh: usize,
    /// What they are called in English.
    pub n_forms_en: usize,
}

/// Reads every resume of these truth files, and of the `*.toml` of these folders, and compares what is understood with
/// what the files tell. Each is read `n_rounds` times, at least once, for the times.
///
/// A truth file says what an attentive person reads from a resume: one that it holds as a text with markup and that is
/// drawn here, or a PDF file beside it.
///
/// The files that were read are written to `files_to` as `NAME.pdf`, for whoever wants to look at them.
///
/// # Errors
/// If a file cannot be read or written, or every mistake in all truth files.
pub fn bench_understanding(
    paths: &[PathBuf],
    lexicon: &Lexicon,
    n_rounds: u32,
    files_to: Option<&Path>,
) -> Result<Understanding, BenchError> {
    let specimens = specimens(paths, lexicon)?;
    if let Some(folder) = files_to {
        fs::create_dir_all(folder).map_err(BenchError::path(folder))?;
        for specimen in &specimens {
            let file = folder.join(format!("{}.pdf", specimen.name));
            fs::write(&file, &specimen.pdf).map_err(BenchError::path(&file))?;
        }
    }
    bole_document::warm();
    let n_rounds = n_rounds.max(1);
    let mut report = Understanding {
        n_resumes: specimens.len(),
        layouts: BTreeMap::new(),
        unreadable: Vec::new(),
        languages: [Language::Chinese, Language::English, Language::Mixed].map(LanguageCount::new).to_vec(),
        differences: Vec::new(),
        twins: Twins::default(),
        concepts: ConceptCount::default(),
        times: times(&specimens, lexicon, n_rounds),
        n_rounds,
        lexicon: lexicon_counts(lexicon),
    };
    let mut concepts = BTreeMap::new();
    for specimen in &specimens {
        let found = report.add(specimen, lexicon);
        concepts.insert(specimen.name.clone(), found);
    }
    report.languages.retain(|count| count.n_resumes > 0);
    report.twins = twins(&concepts, lexicon);
    Ok(report)
}

impl Understanding {
    /// Compares one resume; gives the concepts that count in it.
    fn add(&mut self, specimen: &Specimen, lexicon: &Lexicon) -> BTreeSet<ConceptId> {
        let (file, path) = (&specimen.truth, &specimen.path);
        let document = DocumentId::of(&specimen.pdf);
        let read = read_document(document, &specimen.pdf, &mut StageTimes::default()).and_then(refuse_poor);
        if let Some(layout) = file.layout {
            *self.layouts.entry(layout).or_default() += 1;
        }
        let (judged, concepts) = match &read {
            Ok(reading) => {
                let evidence = collect(reading, lexicon);
                (compare(&file.truth, reading, file.written), counted(&evidence))
            }
            Err(refusal) => {
                self.unreadable.push(Unreadable { path: path.clone(), reason: refusal.reason });
                (compare_nothing(&file.truth), BTreeSet::new())
            }
        };
        if let Some(language) = self.languages.iter_mut().find(|count| count.language == file.language) {
            language.add(&judged);
        }
        let wrong = judged.into_iter().filter(|judged| judged.verdict != Verdict::Right);
        self.differences.extend(wrong.map(|judged| {
            let Judged { field, verdict, truth, said, confidence } = judged;
            Difference { path: path.clone(), field, verdict, truth, said, confidence }
        }));
        self.concepts.add(specimen, &concepts, &with_ancestors(&concepts, lexicon));
        concepts
    }
}

impl ConceptCount {
    /// `shown` are those that count and what they are kinds of.
    fn add(&mut self, specimen: &Specimen, counted: &BTreeSet<ConceptId>, shown: &BTreeSet<ConceptId>) {
        let truth = &specimen.truth.truth;
        self.told += truth.concepts.len();
        self.traps += truth.not_concepts.len();
        let missed = truth.concepts.difference(shown);
        let trapped = truth.not_concepts.intersection(counted);
        let mistake = |concept: &ConceptId, is_counted| ConceptMistake {
            path: specimen.path.clone(),
            concept: concept.clone(),
            is_counted,
        };
        self.found += truth.concepts.intersection(shown).count();
        self.trapped += trapped.clone().count();
        self.mistakes.extend(missed.map(|concept| mistake(concept, false)));
        self.mistakes.extend(trapped.map(|concept| mistake(concept, true)));
    }
}

fn with_ancestors(concepts: &BTreeSet<ConceptId>, lexicon: &Lexicon) -> BTreeSet<ConceptId> {
    let mut all = BTreeSet::new();
    let mut open: Vec<ConceptId> = concepts.iter().cloned().collect();
    while let Some(concept) = open.pop() {
        if all.insert(concept.clone()) {
            open.extend(lexicon.concept(&concept).into_iter().flat_map(|concept| concept.parents.clone()));
        }
    }
    all
}

fn times(specimens: &[Specimen], lexicon: &Lexicon, n_rounds: u32) -> Vec<PartTimes> {
    let mut fastest = [(); 3].map(|()| vec![Duration::MAX; specimens.len()]);
    for _ in 0..n_rounds {
        for (number, specimen) in specimens.iter().enumerate() {
            let times = time_once(DocumentId::of(&specimen.pdf), &specimen.pdf, lexicon);
            for (fastest, time) in fastest.iter_mut().zip([times.document, times.resume, times.evidence]) {
                if let Some(fastest) = fastest.get_mut(number) {
                    *fastest = time.min(*fastest);
                }
            }
        }
    }
    let parts = ["document", "understanding", "evidence"];
    parts
        .into_iter()
        .zip(fastest)
        .map(|(part, mut times)| {
            times.sort_unstable();
            let sum: Duration = times.iter().sum();
            PartTimes {
                part,
                mean_us: us(sum) / times.len() as f64,
                p50_us: percentile(&times, 50) * 1000.0,
                p95_us: percentile(&times, 95) * 1000.0,
                p99_us: percentile(&times, 99) * 1000.0,
            }
        })
        .collect()
}

fn time_once(document: DocumentId, pdf: &[u8], lexicon: &Lexicon) -> StageTimes {
    let mut times = StageTimes::default();
    let reading: Option<Reading> = read_document(document, pdf, &mut times).ok();
    let before = std::time::Instant::now();
    std::hint::black_box(reading.map(|reading| collect(&reading, lexicon)));
    times.evidence = before.elapsed();
    times
}

fn lexicon_counts(lexicon: &Lexicon) -> Vec<LexiconCount> {
    let count = |field: &FieldId| {
        let concepts = lexicon.concepts().iter().filter(|concept| concept.field == *field);
        LexiconCount {
            field: field.clone(),
            n_concepts: concepts.clone().count(),
            n_forms_zh: concepts.clone().map(|concept| concept.forms_zh.len()).sum(),
            n_forms_en: concepts.map(|concept| concept.forms_en.len()).sum(),
        }
    };
    lexicon.fields().iter().map(count).collect()
}
