use std::fmt;

use serde::{Deserialize, Serialize};

/// What a made resume says, for whoever measures how it was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// Its number under its seed.
    pub index: u32,
    /// What it is written in.
    pub language: Language,
    /// How its pages are set.
    pub layout: Layout,
    /// How its file is built.
    pub producer: Producer,
    /// The field that it is written for; none for a profession that no field looks for.
    pub field: Option<String>,
    /// The profession: the field's name, or such as `nurse`.
    pub profession: String,
    /// As it stands there; for a resume in both languages the Chinese name.
    pub name: String,
    /// All of them.
    pub emails: Vec<String>,
    /// As they stand there.
    pub phones: Vec<String>,
    /// The highest degree, finished or not.
    pub degree: Degree,
    /// The latest first.
    pub studies: Vec<Study>,
    /// The latest first; internships last.
    pub jobs: Vec<Job>,
    /// Whole months of work, internships not counted.
    pub months_of_work: u32,
    /// Concepts named.
    pub skills: Vec<Skill>,
    /// Sentences about work, projects and the person, as they stand there.
    pub sentences: Vec<String>,
    /// Titles of papers with their journals, as they stand there.
    pub papers: Vec<String>,
    /// When it was written; its file says so too.
    pub written: Month,
    /// The number of the resume that this one is a newer version of: same person, same e-mail.
    pub newer_version_of: Option<u32>,
    /// Pages.
    pub n_pages: u32,
}

/// What a resume is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Chinese, with Latin words at most.
    Chinese,
    /// English.
    English,
    /// Chinese headings, some sentences in either.
    Mixed,
}

/// How pages are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// One column, bold headings.
    Plain,
    /// One column, headings in colour with rules or bars.
    Ruled,
    /// Two columns, one of them a shaded bar.
    SideBar,
    /// A table of ruled cells.
    Form,
    /// Dates on the left of a line with dots.
    Timeline,
    /// Dense and serif, with numbered publications.
    Academic,
    /// A band of colour with the name in white.
    Banner,
}

/// How a file is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Producer {
    /// Composite fonts with TrueType outlines, embedded in part; object streams.
    WordProcessor,
    /// Composite fonts with CFF outlines, embedded in part; a classic cross-reference table.
    Typesetter,
    /// Chinese by a predefined character map, not embedded.
    Predefined,
    /// Simple TrueType fonts, embedded.
    Simple,
    /// The fonts that every viewer has.
    Standard,
}

/// A degree, the lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Degree {
    /// 专科.
    College,
    /// 学士.
    Bachelor,
    /// 硕士.
    Master,
    /// 博士.
    Doctor,
}

/// Time at a school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Study {
    /// As it stands there.
    pub school: String,
    /// As it stands there.
    pub discipline: String,
    /// What it leads to.
    pub degree: Degree,
    /// The first month.
    pub from: Month,
    /// The last month; none if it goes on.
    pub to: Option<Month>,
}

/// Time with an employer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// As it stands there.
    pub employer: String,
    /// As it stands there.
    pub title: String,
    /// The first month.
    pub from: Month,
    /// The last month; none if it goes on.
    pub to: Option<Month>,
    /// Not counted as work.
    pub internship: bool,
}

/// A concept that is named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Skill {
    /// Of the lexicon; empty for what is in none.
    pub concept: String,
    /// As it stands there.
    pub word: String,
}

/// A month of a year: `2026-03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(u32);

impl Month {
    /// The month counts from 1.
    pub fn new(year: u32, month: u32) -> Self {
        Self(year * 12 + month - 1)
    }

    /// The year.
    pub fn year(self) -> u32 {
        self.0 / 12
    }

    /// 1 to 12.
    pub fn month(self) -> u32 {
        self.0 % 12 + 1
    }

    /// So many months later.
    #[must_use]
    pub fn plus(self, n_months: u32) -> Self {
        Self(self.0 + n_months)
    }

    /// So many months earlier.
    #[must_use]
    pub fn minus(self, n_months: u32) -> Self {
        Self(self.0.saturating_sub(n_months))
    }

    /// Months from `earlier` to here; 0 if that is later.
    pub fn since(self, earlier: Self) -> u32 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.year(), self.month())
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl TryFrom<String> for Month {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let parts =
            text.split_once('-').and_then(|(year, month)| Some((year.parse().ok()?, month.parse().ok()?)));
        match parts {
            Some((year, month @ 1..=12)) if year < 10_000 => Ok(Self::new(year, month)),
            _ => Err(format!("`{text}` is no month: write it as `2026-03`")),
        }
    }
}
