use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use bole_core::{AsOf, ConceptId, Degree, EntryKind, Language, YearMonth};
use bole_rank::Lexicon;
use serde::Deserialize;

use super::fields::Field;
use super::fold::dense;
use crate::listing::{BenchError, Mistake};
use crate::resumes::DrawnLayout;
use crate::written::Written;

/// A resume with what an attentive person reads from it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TruthFile {
    pub(super) language: Language,
    /// How `text` is drawn.
    pub(super) layout: Option<DrawnLayout>,
    /// The date that it speaks from.
    pub(super) written: AsOf,
    /// What stands on the pages, with markup.
    text: Option<String>,
    /// A PDF file beside this one, instead of `text`.
    file: Option<PathBuf>,
    pub(super) truth: Truth,
}

/// What it says; what is left out it does not say.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Truth {
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) emails: Vec<String>,
    #[serde(default)]
    pub(super) phones: Vec<String>,
    #[serde(default)]
    pub(super) links: Vec<String>,
    pub(super) location: Option<String>,
    pub(super) highest_degree: Option<Degree>,
    pub(super) degree_under_way: Option<Degree>,
    pub(super) current_employer: Option<String>,
    pub(super) full_time_months: Option<u32>,
    #[serde(default)]
    pub(super) publications: usize,
    #[serde(default)]
    pub(super) patents: usize,
    #[serde(default)]
    pub(super) certificates: usize,
    #[serde(default)]
    pub(super) awards: usize,
    #[serde(default)]
    pub(super) languages: Vec<String>,
    #[serde(default)]
    pub(super) skills: Vec<String>,
    #[serde(default)]
    pub(super) protected: Vec<String>,
    /// Concepts of the lexicon that it shows, somewhere outside of objectives and hobbies.
    #[serde(default)]
    pub(super) concepts: BTreeSet<ConceptId>,
    /// Concepts of the lexicon that it must not count for; to name them as an objective or a hobby is no mistake.
    #[serde(default)]
    pub(super) not_concepts: BTreeSet<ConceptId>,
    /// What nobody can know from it: whoever is sure of a value is wrong.
    #[serde(default)]
    pub(super) unknown: BTreeSet<Key>,
    #[serde(default)]
    pub(super) education: Vec<Study>,
    #[serde(default)]
    pub(super) entries: Vec<Job>,
}

/// A key of the truth whose value nobody can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Key {
    Name,
    Emails,
    Phones,
    Links,
    Location,
    HighestDegree,
    DegreeUnderWay,
    CurrentEmployer,
    FullTimeMonths,
    Publications,
    Patents,
    Certificates,
    Awards,
    Languages,
    Skills,
    Education,
    Entries,
}

impl Key {
    /// What is compared of it.
    pub(super) fn fields(self) -> &'static [Field] {
        match self {
            Self::Name => &[Field::Name],
            Self::Emails => &[Field::Emails],
            Self::Phones => &[Field::Phones],
            Self::Links => &[Field::Links],
            Self::Location => &[Field::Location],
            Self::HighestDegree => &[Field::HighestDegree],
            Self::DegreeUnderWay => &[Field::DegreeUnderWay],
            Self::CurrentEmployer => &[Field::CurrentEmployer],
            Self::FullTimeMonths => &[Field::YearsWithinOne, Field::YearsExact],
            Self::Publications => &[Field::Publications],
            Self::Patents => &[Field::Patents],
            Self::Certificates => &[Field::Certificates],
            Self::Awards => &[Field::Awards],
            Self::Languages => &[Field::Languages],
            Self::Skills => &[Field::Skills],
            Self::Education => &[Field::School, Field::Discipline, Field::Degree, Field::StudyDates],
            Self::Entries => &[Field::Employer, Field::Title, Field::EntryDates, Field::EntryKind],
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Study {
    pub(super) school: Option<String>,
    pub(super) degree: Option<Degree>,
    pub(super) discipline: Option<String>,
    pub(super) start: Option<YearMonth>,
    pub(super) end: Option<End>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Job {
    pub(super) kind: EntryKind,
    pub(super) employer: Option<String>,
    pub(super) title: Option<String>,
    pub(super) start: Option<YearMonth>,
    pub(super) end: Option<End>,
}

/// `present`, or a month or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum End {
    At(YearMonth),
    Present,
}

impl TryFrom<String> for End {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "present" { Ok(Self::Present) } else { text.parse().map(Self::At) }
    }
}

/// A resume to measure with.
pub(super) struct Specimen {
    /// The truth file.
    pub(super) path: PathBuf,
    /// The name of its file without `.toml`, such as `storage-01.zh`.
    pub(super) name: String,
    pub(super) pdf: Vec<u8>,
    pub(super) truth: TruthFile,
}

/// Opens all truth files of files and folders, in the order of their names.
///
/// # Errors
/// A path that cannot be read, or every mistake of all files at once.
pub(super) fn specimens(paths: &[PathBuf], lexicon: &Lexicon) -> Result<Vec<Specimen>, BenchError> {
    let (mut specimens, mut mistakes) = (Vec::new(), Vec::new());
    for path in truth_files(paths)? {
        let text = fs::read_to_string(&path).map_err(BenchError::path(&path))?;
        match toml::from_str::<TruthFile>(&text) {
            Ok(truth) => {
                let told = mistakes_of(&truth, lexicon);
                if told.is_empty() {
                    specimens.push(specimen(path, truth)?);
                } else {
                    mistakes.extend(told.into_iter().map(|mistake| Mistake { path: path.clone(), mistake }));
                }
            }
            Err(error) => mistakes.push(Mistake { path, mistake: error.to_string().trim_end().to_owned() }),
        }
    }
    if mistakes.is_empty() { Ok(specimens) } else { Err(BenchError::Truth(mistakes)) }
}

fn truth_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, BenchError> {
    let mut files = BTreeSet::new();
    for path in paths {
        if !path.is_dir() {
            files.insert(path.clone());
            continue;
        }
        let n_before = files.len();
        for entry in fs::read_dir(path).map_err(BenchError::path(path))? {
            let file = entry.map_err(BenchError::path(path))?.path();
            if file.extension().is_some_and(|extension| extension == "toml") {
                files.insert(file);
            }
        }
        if files.len() == n_before {
            return Err(BenchError::NoTruth { path: path.clone() });
        }
    }
    Ok(files.into_iter().collect())
}

fn specimen(path: PathBuf, truth: TruthFile) -> Result<Specimen, BenchError> {
    let pdf = truth.written().pdf(&path)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Specimen { path, name, pdf, truth })
}

/// What the types do not say of a truth file: a key, and what is wrong with it.
fn mistakes_of(file: &TruthFile, lexicon: &Lexicon) -> Vec<String> {
    let mut mistakes = file.written().mistakes();
    let truth = &file.truth;
    for (key, concepts) in [("concepts", &truth.concepts), ("not_concepts", &truth.not_concepts)] {
        for id in concepts.iter().filter(|id| lexicon.concept(id).is_none()) {
            mistakes.push(format!("`truth.{key}`: the lexicon has no `{id}`"));
        }
    }
    if let Some(text) = &file.text {
        // What is written on two lines, or in two cells, may be one value.
        let markup = |line: &str| line.trim().trim_start_matches("- ").replace('|', " ").replace(">>", " ");
        let text = dense(&text.lines().map(markup).collect::<Vec<_>>().concat());
        for (key, value) in truth.as_written() {
            if !text.contains(&dense(value)) {
                mistakes.push(format!("`truth.{key}`: `{value}` does not stand in the text"));
            }
        }
    }
    mistakes
}

impl TruthFile {
    fn written(&self) -> Written<'_> {
        let (text, file) = (self.text.as_deref(), self.file.as_ref());
        Written { language: self.language, layout: self.layout, text, file }
    }
}

impl Truth {
    /// The values that are written as in the text, with their keys.
    fn as_written(&self) -> Vec<(&'static str, &str)> {
        let single = [
            ("name", &self.name),
            ("location", &self.location),
            ("current_employer", &self.current_employer),
        ];
        let single = single.into_iter().filter_map(|(key, value)| Some((key, value.as_deref()?)));
        let lists = [
            ("links", &self.links),
            ("languages", &self.languages),
            ("skills", &self.skills),
            ("protected", &self.protected),
        ];
        let lists =
            lists.into_iter().flat_map(|(key, values)| values.iter().map(move |value| (key, value.as_str())));
        let studies = self.education.iter().flat_map(|study| {
            [("education.school", &study.school), ("education.discipline", &study.discipline)]
        });
        let jobs = self
            .entries
            .iter()
            .flat_map(|job| [("entries.employer", &job.employer), ("entries.title", &job.title)]);
        let inner = studies.chain(jobs).filter_map(|(key, value)| Some((key, value.as_deref()?)));
        single.chain(lists).chain(inner).collect()
    }
}
