use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::evidence::is_false;
use crate::{AsOf, DateRange, RangeEnd, Span, YearMonth};

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
    /// Months of work that the resume claims in so many words (`8 years of experience`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_months: Option<Sourced<u32>>,
    /// The items of its lists of skills, as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<Sourced<String>>,
    /// Languages that people speak.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<SpokenLanguage>,
    /// Publications, patents, certificates and awards, in the order of the document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub achievements: Vec<Achievement>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Confidence(pub u8);

impl Confidence {
    /// What is less sure is a guess to be checked, and nothing is counted by it.
    pub const MORE_THAN_A_GUESS: Self = Self(50);
}

/// The language of a document.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
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
    /// The resume says that it is not finished: 在读, expected, a stay until the present.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_under_way: bool,
    /// The resume says that it is taken beside work: 在职, part-time, an executive programme.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_part_time: bool,
    /// The whole entry.
    pub text: Vec<Span>,
}

/// A degree, from low to high.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
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
    /// The resume says that it takes or took part of the time: 兼职, part-time, freelance, beside the main job.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_part_time: bool,
    /// The whole entry.
    pub text: Vec<Span>,
}

/// A paper, patent, certificate or award.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Achievement {
    /// What kind.
    pub kind: AchievementKind,
    /// What it is called: the title, or the whole item if no title was made out in it.
    pub title: Sourced<String>,
    /// Journal or conference, office, awarder, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Sourced<String>>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Sourced<YearMonth>>,
    /// The whole item.
    pub text: Vec<Span>,
}

/// What kind of achievement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AchievementKind {
    /// A paper, book, report or standard.
    Publication,
    /// A patent, applied for or granted, or a registered software.
    Patent,
    /// A certificate, licence or passed examination.
    Certificate,
    /// An honour, award or scholarship.
    Award,
}

/// A language that the person speaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpokenLanguage {
    /// Which, as written.
    pub name: Sourced<String>,
    /// How well, as written: `CET-6`, `fluent`, `母语`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fluency: Option<Sourced<String>>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
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
    /// 宗教信仰.
    Religion,
    /// 身高, 体重, 健康状况, disability.
    Body,
    /// 国籍, nationality.
    Nationality,
    /// 身份证号, passport number.
    NationalId,
}

impl Resume {
    /// The highest degree that was finished by `as_of`; none if none is told of.
    pub fn highest_degree(&self, as_of: AsOf) -> Option<&Sourced<Degree>> {
        highest(self.education.iter().filter(|education| !education.is_unfinished(as_of)))
    }

    /// The highest degree that was being taken at `as_of`.
    pub fn degree_under_way(&self, as_of: AsOf) -> Option<&Sourced<Degree>> {
        highest(self.education.iter().filter(|education| education.is_unfinished(as_of)))
    }

    /// The full-time jobs whose dates are more than a guess, cut by full-time studies: study is not work. A job that began
    /// before a study goes on beside it; one that began within it counts from its end; one that lies within it does not
    /// count.
    pub fn full_time_jobs(&self) -> Vec<Sourced<DateRange>> {
        let full_time = |education: &&Education| !education.is_part_time;
        let studies: Vec<DateRange> = self
            .education
            .iter()
            .filter(full_time)
            .filter(|education| {
                education.degree.as_ref().is_some_and(|degree| degree.value > Degree::Secondary)
            })
            .filter_map(|education| education.dates.as_ref().map(|dates| dates.value))
            // A single date is that of the degree, and says nothing of how long it took.
            .filter(|dates| dates.end != RangeEnd::At(dates.start))
            .collect();
        let jobs = self.entries.iter().filter(|entry| entry.kind == EntryKind::Work && !entry.is_part_time);
        let dated = jobs.filter_map(|entry| entry.dates.clone());
        let dated = dated.filter(|dates| dates.confidence >= Confidence::MORE_THAN_A_GUESS);
        dated.filter_map(|job| Some(Sourced { value: job.value.without_studies(&studies)?, ..job })).collect()
    }

    /// Months of full-time work up to `as_of`, overlaps counted once; if no job is dated, what the resume claims.
    pub fn full_time_months(&self, as_of: AsOf) -> Option<u32> {
        let ranges = self.full_time_jobs().into_iter().map(|job| job.value);
        DateRange::months_covered(ranges, as_of)
            .or_else(|| self.claimed_months.as_ref().map(|claimed| claimed.value))
    }

    /// The job that goes on: of several the one that began last, those first whose employer is more than a guess; none if
    /// none is told to go on.
    pub fn current_job(&self) -> Option<&Entry> {
        let jobs = self.entries.iter().filter(|entry| entry.kind == EntryKind::Work);
        let going_on = jobs.filter_map(|entry| {
            let dates = entry.dates.as_ref()?.value;
            let is_sure = entry
                .employer
                .as_ref()
                .is_some_and(|employer| employer.confidence >= Confidence::MORE_THAN_A_GUESS);
            (dates.end == RangeEnd::Present).then_some(((is_sure, dates.start.months(1)), entry))
        });
        // The first of equals: resumes name the main job first.
        going_on.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, entry)| entry)
    }

    /// The kind of section that `span` lies in.
    pub fn section_at(&self, span: Span) -> SectionKind {
        let holds =
            |section: &&Section| section.heading.iter().chain(&section.text).any(|part| part.contains(&span));
        self.sections.iter().find(holds).map_or(SectionKind::Other, |section| section.kind)
    }
}

impl Education {
    /// Whether the resume says so, or it is dated to end after `as_of`.
    pub fn is_unfinished(&self, as_of: AsOf) -> bool {
        self.is_under_way || self.dates.as_ref().is_some_and(|dates| dates.value.ends_after(as_of))
    }
}

fn highest<'a>(education: impl Iterator<Item = &'a Education>) -> Option<&'a Sourced<Degree>> {
    let degrees = education.filter_map(|education| education.degree.as_ref());
    // `max_by_key` would take the last of equals; the first mention reads better.
    degrees.reduce(|best, next| if next.value > best.value { next } else { best })
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

    fn sourced<T>(value: T) -> Sourced<T> {
        Sourced { value, spans: vec![Span { page: 1, start: 0, end: 1 }], confidence: Confidence(90) }
    }

    #[test]
    fn study_is_not_work() {
        let study = |start, end| Education {
            degree: Some(sourced(Degree::Master)),
            dates: Some(sourced(range(start, end))),
            ..Education::default()
        };
        let job = |start, end| Entry {
            kind: EntryKind::Work,
            employer: None,
            title: None,
            dates: Some(sourced(range(start, end))),
            is_part_time: false,
            text: Vec::new(),
        };
        let months = |education: &[Education], entries: &[Entry]| {
            let resume =
                Resume { education: education.to_vec(), entries: entries.to_vec(), ..Resume::default() };
            resume.full_time_months(as_of())
        };
        let master = study("2018-09", "2021-06");
        let beside_work = Education { is_part_time: true, ..master.clone() };
        let until_years = study("2018", "2021");
        assert_eq!(months(std::slice::from_ref(&master), &[job("2021-07", "2022-06")]), Some(12));
        // Within the study, and begun within it.
        assert_eq!(months(std::slice::from_ref(&master), &[job("2019-07", "2020-06")]), None);
        assert_eq!(months(std::slice::from_ref(&master), &[job("2021-04", "2021-12")]), Some(6));
        // Begun before it, and beside it by its own words.
        assert_eq!(months(&[master], &[job("2017-01", "2019-12")]), Some(36));
        assert_eq!(months(&[beside_work], &[job("2019-07", "2020-06")]), Some(12));
        assert_eq!(months(&[until_years], &[job("2021", "2023")]), Some(24));
        assert_eq!(months(&[study("2020", "2020")], &[job("2020-03", "2021-02")]), Some(12));
        assert_eq!(months(&[study("2022-09", "now")], &[job("2023-01", "now")]), None);
    }

    #[test]
    fn only_full_time_jobs_with_sound_dates_make_years() {
        let job = |start, end, is_part_time, confidence| Entry {
            kind: EntryKind::Work,
            employer: None,
            title: None,
            dates: Some(Sourced { confidence: Confidence(confidence), ..sourced(range(start, end)) }),
            is_part_time,
            text: Vec::new(),
        };
        let months = |entries: Vec<Entry>| Resume { entries, ..Resume::default() }.full_time_months(as_of());
        let main = job("2020-01", "2020-12", false, 95);
        assert_eq!(months(vec![main.clone(), job("2021-01", "2021-12", false, 50)]), Some(24));
        assert_eq!(months(vec![main.clone(), job("2021-01", "2021-12", true, 95)]), Some(12));
        assert_eq!(months(vec![main, job("2021-01", "2021-12", false, 49)]), Some(12));
        assert_eq!(months(vec![job("2021-01", "now", true, 95)]), None);
    }

    #[test]
    fn a_degree_counts_when_it_is_finished() {
        let study = |degree, end: &str, is_under_way| Education {
            degree: Some(sourced(degree)),
            dates: Some(sourced(range("2018-09", end))),
            is_under_way,
            ..Education::default()
        };
        let check = |education: &[Education], finished, under_way| {
            let resume = Resume { education: education.to_vec(), ..Resume::default() };
            let value = |degree: Option<&Sourced<Degree>>| degree.map(|degree| degree.value);
            assert_eq!(value(resume.highest_degree(as_of())), finished);
            assert_eq!(value(resume.degree_under_way(as_of())), under_way);
        };
        let bachelor = study(Degree::Bachelor, "2022-06", false);
        check(std::slice::from_ref(&bachelor), Some(Degree::Bachelor), None);
        check(&[study(Degree::Master, "2024-06", false)], Some(Degree::Master), None);
        for master in [
            study(Degree::Master, "2024-07", false),
            study(Degree::Master, "2025", false),
            study(Degree::Master, "now", false),
            study(Degree::Master, "2023-06", true),
        ] {
            check(&[master, bachelor.clone()], Some(Degree::Bachelor), Some(Degree::Master));
        }
    }

    #[test]
    fn the_current_job_is_the_one_that_began_last() {
        let job = |employer: &str, start, end| Entry {
            kind: EntryKind::Work,
            employer: Some(sourced(employer.to_owned())),
            title: None,
            dates: Some(sourced(range(start, end))),
            is_part_time: false,
            text: Vec::new(),
        };
        let current = |entries: Vec<Entry>| {
            let resume = Resume { entries, ..Resume::default() };
            resume.current_job().and_then(|job| job.employer.clone()).map(|employer| employer.value)
        };
        assert_eq!(current(vec![job("a", "2018-09", "2020-06")]), None);
        let jobs = vec![job("b", "2019-01", "now"), job("a", "2018-09", "now"), job("c", "2019-01", "now")];
        assert_eq!(current(jobs).as_deref(), Some("b"));
        let mut guessed = job("d", "2022-01", "now");
        guessed.employer.as_mut().unwrap().confidence = Confidence(40);
        assert_eq!(current(vec![job("a", "2018-09", "now"), guessed.clone()]).as_deref(), Some("a"));
        assert_eq!(current(vec![guessed]).as_deref(), Some("d"));
    }
}
