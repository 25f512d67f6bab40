use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{AsOf, Span};

/// What a reading understood. Whatever was not found is absent, never guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// The language most of it is written in.
    pub language: Language,
    /// The person's name as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Sourced<String>>,
    /// E-mail addresses, lower case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<Sourced<String>>,
    /// Phone numbers: digits with a leading `+` if one was written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<Sourced<String>>,
    /// Links to pages of the person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Sourced<String>>,
    /// Where the person lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Sourced<String>>,
    /// Education, in the order of the document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub education: Vec<Education>,
    /// Work, internships, projects and research, in the order of the document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Entry>,
    /// The document cut into sections, in order; together they cover its text.
    pub sections: Vec<Section>,
    /// What must stay out of evidence and of the search index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub protected: Vec<Protected>,
}

/// A value with the places it was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it stands; at least one.
    pub spans: Vec<Span>,
    /// How sure the reader is.
    pub confidence: Confidence,
}

/// How sure the reader is, in percent: 90 and above is as good as certain, below 50 is a guess to be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Confidence(pub u8);

/// The language of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Mostly Chinese.
    Chinese,
    /// Mostly English.
    English,
    /// Much of both.
    Mixed,
    /// Neither, or too little to tell.
    #[default]
    Unknown,
}

/// One stay at a school.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Education {
    /// The degree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degree: Option<Sourced<Degree>>,
    /// The school as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<Sourced<String>>,
    /// The discipline as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discipline: Option<Sourced<String>>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<Sourced<DateRange>>,
    /// The whole entry.
    pub text: Vec<Span>,
}

/// A degree, from low to high.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Degree {
    /// Secondary school: 高中, 中专, high school.
    Secondary,
    /// 大专, associate.
    Associate,
    /// 本科, 学士, bachelor.
    Bachelor,
    /// 硕士, 研究生, master, MBA.
    Master,
    /// 博士, PhD, doctor.
    Doctor,
}

/// What kind of doing an entry tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Employment.
    Work,
    /// An internship or other practice while studying.
    Internship,
    /// A project.
    Project,
    /// Research, a postdoctoral stay among it.
    Research,
}

/// One job, internship, project or research stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What kind.
    pub kind: EntryKind,
    /// Employer or institution as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employer: Option<Sourced<String>>,
    /// Title or role as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Sourced<String>>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<Sourced<DateRange>>,
    /// The whole entry.
    pub text: Vec<Span>,
}

/// A month, or a year if that is all that was written.
///
/// Serialized as `2018-09` or `2018`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct YearMonth {
    /// 1900 to 2199.
    pub year: u16,
    /// 1 to 12.
    pub month: Option<u8>,
}

/// From when to when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DateRange {
    /// The first month.
    pub start: YearMonth,
    /// The last month, itself included.
    pub end: RangeEnd,
}

/// The end of a [`DateRange`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RangeEnd {
    /// Until this month.
    At(YearMonth),
    /// 至今, present: until the date that the resume speaks from.
    Present,
}

/// A part of the document under one heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// What it is about.
    pub kind: SectionKind,
    /// The heading as written; none before the first heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<Span>,
    /// Its text, the heading left out; one span a page.
    pub text: Vec<Span>,
}

/// What a section is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    /// Name and contact, personal data; also what stands before the first heading.
    Personal,
    /// A summary, profile or self-assessment.
    Summary,
    /// What the person looks for.
    Objective,
    /// Schools and degrees.
    Education,
    /// Employment.
    Work,
    /// Internships and practice.
    Internship,
    /// Projects.
    Project,
    /// Research.
    Research,
    /// Skills and tools.
    Skills,
    /// Papers and books.
    Publications,
    /// Patents.
    Patents,
    /// Certificates and licences.
    Certificates,
    /// Honours and awards.
    Awards,
    /// Languages.
    Languages,
    /// Hobbies.
    Interests,
    /// Courses, memberships, references and all else.
    Other,
}

/// A place in the text that says who somebody is, not what they can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protected {
    /// What it tells.
    pub kind: ProtectedKind,
    /// Where.
    pub span: Span,
}

/// What must not score, and, all but the name, not be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProtectedKind {
    /// 性别.
    Gender,
    /// 出生年月, 年龄.
    Age,
    /// 民族.
    Ethnicity,
    /// 籍贯, 户籍.
    Birthplace,
    /// 婚姻状况.
    MaritalStatus,
    /// 政治面貌.
    PoliticalStatus,
    /// 身份证号, passport number.
    NationalId,
}

impl Resume {
    /// The highest degree that education tells of.
    pub fn highest_degree(&self) -> Option<&Sourced<Degree>> {
        let degrees = self.education.iter().filter_map(|education| education.degree.as_ref());
        // `max_by_key` would take the last of equals; the first mention reads better.
        degrees.reduce(|best, next| if next.value > best.value { next } else { best })
    }

    /// Months of full-time work up to `as_of`, overlaps counted once; none if no job is dated.
    pub fn full_time_months(&self, as_of: AsOf) -> Option<u32> {
        let jobs = self.entries.iter().filter(|entry| entry.kind == EntryKind::Work);
        let ranges = jobs.filter_map(|entry| entry.dates.as_ref()).map(|dates| dates.value);
        DateRange::months_covered(ranges, as_of)
    }

    /// The kind of section that `span` lies in.
    pub fn section_at(&self, span: Span) -> SectionKind {
        let holds =
            |section: &&Section| section.heading.iter().chain(&section.text).any(|part| part.contains(&span));
        self.sections.iter().find(holds).map_or(SectionKind::Other, |section| section.kind)
    }
}

impl YearMonth {
    /// Months since year 0; a bare year counts from `default_month` (1 to 12).
    pub fn months(self, default_month: u8) -> i32 {
        i32::from(self.year) * 12 + i32::from(self.month.unwrap_or(default_month)) - 1
    }
}

impl DateRange {
    /// First month, and one past the last, as months since year 0, no later than `as_of`. A bare year starts in
    /// January when it begins a range; when it ends one, it ends before January, so that `2018 - 2020` is two years.
    pub fn half_open_months(self, as_of: AsOf) -> (i32, i32) {
        let now = i32::from(as_of.0.year()) * 12 + i32::from(as_of.0.month());
        let start = self.start.months(1);
        let end = match self.end {
            RangeEnd::Present => now,
            RangeEnd::At(YearMonth { year, month: None }) if year == self.start.year => start + 12,
            RangeEnd::At(YearMonth { year, month: None }) => i32::from(year) * 12,
            RangeEnd::At(at) => at.months(1) + 1,
        };
        let end = end.min(now);
        (start.min(end), end)
    }

    /// Months covered by `ranges` up to `as_of`, overlaps counted once; none if there is no range.
    pub fn months_covered(ranges: impl IntoIterator<Item = Self>, as_of: AsOf) -> Option<u32> {
        let mut intervals: Vec<_> = ranges.into_iter().map(|range| range.half_open_months(as_of)).collect();
        if intervals.is_empty() {
            return None;
        }
        intervals.sort_unstable();
        let mut covered = 0;
        let mut until = i32::MIN;
        for (start, end) in intervals {
            covered += (end - start.max(until)).max(0);
            until = until.max(end);
        }
        Some(covered.unsigned_abs())
    }
}

impl fmt::Display for YearMonth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.month {
            Some(month) => write!(formatter, "{:04}-{month:02}", self.year),
            None => write!(formatter, "{:04}", self.year),
        }
    }
}

impl FromStr for YearMonth {
    type Err = String;

    /// From `2018-09` or `2018`; the error is the text that is neither.
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || text.to_owned();
        let (year, month) = match text.split_once('-') {
            Some((year, month)) => (year, Some(month.parse().map_err(|_| bad())?)),
            None => (text, None),
        };
        let year = year.parse().map_err(|_| bad())?;
        let in_range = (1900..2200).contains(&year) && month.is_none_or(|month| (1..=12).contains(&month));
        if in_range { Ok(Self { year, month }) } else { Err(bad()) }
    }
}

impl TryFrom<String> for YearMonth {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<YearMonth> for String {
    fn from(value: YearMonth) -> Self {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn as_of() -> AsOf {
        AsOf(jiff::civil::date(2024, 6, 15))
    }

    fn range(start: &str, end: &str) -> DateRange {
        let end = if end == "now" { RangeEnd::Present } else { RangeEnd::At(end.parse().unwrap()) };
        DateRange { start: start.parse().unwrap(), end }
    }

    #[test]
    fn overlapping_jobs_count_once() {
        let cases: [(&[DateRange], Option<u32>); 6] = [
            (&[], None),
            (&[range("2018-09", "2018-12")], Some(4)),
            (&[range("2018", "2020")], Some(24)),
            (&[range("2020", "2020")], Some(12)),
            (&[range("2020-01", "2021-12"), range("2021-01", "2022-12")], Some(36)),
            (&[range("2024-01", "now"), range("2030-01", "now")], Some(6)),
        ];
        for (ranges, expected) in cases {
            assert_eq!(DateRange::months_covered(ranges.iter().copied(), as_of()), expected, "{ranges:?}");
        }
    }

    #[test]
    fn year_months_round_trip() {
        for text in ["2018", "2018-09"] {
            assert_eq!(text.parse::<YearMonth>().unwrap().to_string(), text);
        }
        for bad in ["", "18", "2018-13", "2018-0", "x"] {
            assert!(bad.parse::<YearMonth>().is_err(), "{bad}");
        }
    }
}
