use std::collections::BTreeMap;

use bole_core::Language;
use serde::{Deserialize, Serialize};

/// What is compared of a resume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The name.
    Name,
    /// Each e-mail address.
    Emails,
    /// Each phone number.
    Phones,
    /// Each link.
    Links,
    /// Where the person lives.
    Location,
    /// The highest finished degree.
    HighestDegree,
    /// A degree being taken.
    DegreeUnderWay,
    /// The school of each study.
    School,
    /// The discipline of each study.
    Discipline,
    /// The degree of each study.
    Degree,
    /// First and last month of each study, as exact as they are written.
    StudyDates,
    /// The employer of each entry.
    Employer,
    /// The title of each entry.
    Title,
    /// First and last month of each entry, as exact as they are written.
    EntryDates,
    /// Whether each entry is work, internship, project or research.
    EntryKind,
    /// The employer of the job that goes on.
    CurrentEmployer,
    /// Months of full-time work, a year more or less.
    YearsWithinOne,
    /// Months of full-time work, a month more or less.
    YearsExact,
    /// How many publications.
    Publications,
    /// How many patents.
    Patents,
    /// How many certificates.
    Certificates,
    /// How many awards.
    Awards,
    /// Each skill that the truth names; it does not name all.
    Skills,
    /// Each language that people speak.
    Languages,
    /// Each planted text that has to be kept out.
    Protected,
}

/// How one value was understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As the truth has it.
    Right,
    /// Otherwise than the truth has it.
    Wrong,
    /// The truth has it, and nothing was said.
    Missing,
    /// Something was said that the truth has not.
    Extra,
    /// Something was said of a field that nobody can know.
    Unknowable,
}

/// One value compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) field: Field,
    pub(super) verdict: Verdict,
    pub(super) truth: Option<String>,
    pub(super) said: Option<String>,
    /// In percent; none if nothing was said, or what was said has none.
    pub(super) confidence: Option<u8>,
}

/// From here on the reader claims to be sure, in percent.
pub(super) const SURE: u8 = 80;

impl Judged {
    /// Wrong, said without being there, or said of what nobody can know, with a confidence of 80 or more.
    pub(super) fn is_sure_and_wrong(&self) -> bool {
        let is_wrong = matches!(self.verdict, Verdict::Wrong | Verdict::Extra | Verdict::Unknowable);
        is_wrong && self.confidence.is_some_and(|confidence| confidence >= SURE)
    }
}

/// How the values of one field were understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct FieldCount {
    /// How many values the truth tells.
    pub told: usize,
    /// Of these: as the truth has them.
    pub right: usize,
    /// Of these: otherwise.
    pub wrong: usize,
    /// Of these: nothing was said.
    pub missing: usize,
    /// Said though the truth has none.
    pub extra: usize,
    /// Wrong, extra, or of a field that nobody can know from the resume, with a confidence of 80 or more.
    pub wrong_though_sure: usize,
    /// `right` of `told`, 0 to 1; none if nothing is told.
    pub accuracy: Option<f64>,
}

impl FieldCount {
    fn add(&mut self, judged: &Judged) {
        match judged.verdict {
            Verdict::Right => self.right += 1,
            Verdict::Wrong => self.wrong += 1,
            Verdict::Missing => self.missing += 1,
            Verdict::Extra => self.extra += 1,
            Verdict::Unknowable => {}
        }
        self.wrong_though_sure += usize::from(judged.is_sure_and_wrong());
        self.told = self.right + self.wrong + self.missing;
        self.accuracy = (self.told > 0).then(|| self.right as f64 / self.told as f64);
    }
}

/// How the resumes of one language were understood.
#[derive(Clone, Debug, Serialize)]
pub struct LanguageCount {
    /// The language.
    pub language: Language,
    /// How many resumes.
    pub n_resumes: usize,
    /// By field.
    pub fields: BTreeMap<Field, FieldCount>,
}

impl LanguageCount {
    pub(super) fn new(language: Language) -> Self {
        Self { language, n_resumes: 0, fields: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, resume: &[Judged]) {
        self.n_resumes += 1;
        for judged in resume {
            self.fields.entry(judged.field).or_default().add(judged);
        }
    }
}
