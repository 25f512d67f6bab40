use std::collections::BTreeMap;

use bole_core::{
    Achievement, AchievementKind, AsOf, Confidence, DateRange, Entry, EntryKind, Pages, Protected, RangeEnd,
    Reading, SectionKind, Sourced, Span, YearMonth,
};

use crate::show::find_reading;
use crate::{Engine, EngineError, Scope};

mod schema;
#[cfg(test)]
mod tests;
mod text;

pub use schema::{
    Award, Basics, Certificate, JsonResume, Location, Meta, Profile, Project, Publication, Skill, Spoken,
    Study, Work, XBole,
};

/// The resume of that name as JSON Resume.
///
/// # Errors
/// As [`show`](crate::show()), and [`EngineError::NotRead`] if it is in quarantine or waits.
pub async fn export(engine: &Engine, name: &str, scope: &Scope) -> Result<JsonResume, EngineError> {
    let (standing, reading, _) = find_reading(engine, name, scope).await?;
    Ok(json_resume(&reading, standing.as_of))
}

/// A reading as JSON Resume, as of the date that it speaks from.
pub fn json_resume(reading: &Reading, as_of: AsOf) -> JsonResume {
    let resume = &reading.resume;
    let mut export = Export {
        masked: reading.masked_content(),
        protected: &resume.protected,
        confidence: BTreeMap::new(),
    };
    let (basics, [other_emails, other_phones, other_links]) = export.basics(reading);
    let work = export.entries(&resume.entries, EntryKind::Work, "/work");
    let internships = export.entries(&resume.entries, EntryKind::Internship, "/x-bole/internships");
    let research = export.entries(&resume.entries, EntryKind::Research, "/x-bole/research");
    let education = export.education(reading);
    let awards =
        export.achievements(reading, AchievementKind::Award, "/awards", ["title", "date", "awarder"]);
    let awards = awards.into_iter().map(|(title, date, awarder)| Award { title, date, awarder }).collect();
    let mut certificates = |kind, list| {
        let all = export.achievements(reading, kind, list, ["name", "date", "issuer"]);
        all.into_iter().map(|(name, date, issuer)| Certificate { name, date, issuer }).collect()
    };
    let patents = certificates(AchievementKind::Patent, "/x-bole/patents");
    let certificates = certificates(AchievementKind::Certificate, "/certificates");
    let keys = ["name", "releaseDate", "publisher"];
    let publications = export.achievements(reading, AchievementKind::Publication, "/publications", keys);
    let publications = publications.into_iter().map(|(name, release_date, publisher)| Publication {
        name,
        publisher,
        release_date,
    });
    let publications = publications.collect();
    let projects = export.projects(&resume.entries);
    let skills = export.list(&resume.skills, |place| format!("/skills/{place}/name"));
    let languages = export.languages(reading);
    let highest_degree = export.take("/x-bole/highestDegree".to_owned(), resume.highest_degree(as_of));
    let degree_under_way = export.take("/x-bole/degreeUnderWay".to_owned(), resume.degree_under_way(as_of));
    JsonResume {
        schema: "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json",
        basics,
        work,
        education,
        awards,
        certificates,
        publications,
        skills: skills.into_iter().map(|name| Skill { name }).collect(),
        languages,
        projects,
        meta: Meta { version: "v1.0.0" },
        x_bole: XBole {
            document: reading.document,
            reading: reading.id(),
            as_of,
            language: resume.language,
            highest_degree,
            degree_under_way,
            full_time_months: resume.full_time_months(as_of),
            other_emails,
            other_phones,
            other_links,
            internships,
            research,
            patents,
            confidence: export.confidence,
        },
    }
}

/// Takes values over, and keeps how sure the reader is of each.
struct Export<'a> {
    /// What may be exported of the text.
    masked: Pages,
    protected: &'a [Protected],
    confidence: BTreeMap<String, Confidence>,
}

impl Export<'_> {
    /// The value, if none of it stands in a protected place.
    fn take<T: Clone>(&mut self, pointer: String, sourced: Option<&Sourced<T>>) -> Option<T> {
        let sourced = sourced.filter(|sourced| !sourced.spans.iter().any(|span| self.is_protected(*span)))?;
        self.confidence.insert(pointer, sourced.confidence);
        Some(sourced.value.clone())
    }

    fn is_protected(&self, span: Span) -> bool {
        let overlaps =
            |other: Span| other.page == span.page && other.start < span.end && span.start < other.end;
        self.protected.iter().any(|protected| overlaps(protected.span))
    }

    fn list(&mut self, all: &[Sourced<String>], pointer: impl Fn(usize) -> String) -> Vec<String> {
        let mut taken = Vec::new();
        for sourced in all {
            taken.extend(self.take(pointer(taken.len()), Some(sourced)));
        }
        taken
    }

    /// The first of all, and the others.
    fn first_and_others(
        &mut self,
        all: &[Sourced<String>],
        first: &str,
        others: &str,
    ) -> (Option<String>, Vec<String>) {
        let pointer = |place: usize| match place.checked_sub(1) {
            None => first.to_owned(),
            Some(place) => format!("{others}/{place}"),
        };
        let mut all = self.list(all, pointer).into_iter();
        (all.next(), all.collect())
    }

    fn basics(&mut self, reading: &Reading) -> (Basics, [Vec<String>; 3]) {
        let resume = &reading.resume;
        let (email, other_emails) =
            self.first_and_others(&resume.emails, "/basics/email", "/x-bole/otherEmails");
        let (phone, other_phones) =
            self.first_and_others(&resume.phones, "/basics/phone", "/x-bole/otherPhones");
        let address = self.take("/basics/location/address".to_owned(), resume.location.as_ref());
        let mut basics = Basics {
            name: self.take("/basics/name".to_owned(), resume.name.as_ref()),
            email,
            phone,
            url: None,
            summary: self.summary(reading),
            location: address.map(|address| Location { address }),
            profiles: Vec::new(),
        };
        let mut other_links = Vec::new();
        for link in &resume.links {
            let uri = text::uri(&link.value);
            let profile = uri.as_deref().and_then(text::profile);
            let pointer = match (&uri, &profile) {
                (_, Some(_)) => format!("/basics/profiles/{}/url", basics.profiles.len()),
                (Some(_), None) if basics.url.is_none() => "/basics/url".to_owned(),
                _ => format!("/x-bole/otherLinks/{}", other_links.len()),
            };
            let Some(written) = self.take(pointer, Some(link)) else { continue };
            match (uri, profile) {
                (_, Some(profile)) => basics.profiles.push(profile),
                (Some(uri), None) if basics.url.is_none() => basics.url = Some(uri),
                _ => other_links.push(written),
            }
        }
        (basics, [other_emails, other_phones, other_links])
    }

    /// What stands in the sections that sum the person up.
    fn summary(&self, reading: &Reading) -> Option<String> {
        let sections = reading.resume.sections.iter().filter(|section| section.kind == SectionKind::Summary);
        let spans: Vec<Span> = sections.flat_map(|section| section.text.iter().copied()).collect();
        text::body(&self.masked, &spans, &[]).summary
    }

    fn education(&mut self, reading: &Reading) -> Vec<Study> {
        let mut studies: Vec<Study> = Vec::new();
        for education in &reading.resume.education {
            let at = format!("/education/{}", studies.len());
            let (start_date, end_date) = self.dates(&at, education.dates.as_ref());
            studies.push(Study {
                institution: self.take(format!("{at}/institution"), education.school.as_ref()),
                area: self.take(format!("{at}/area"), education.discipline.as_ref()),
                study_type: self.take(format!("{at}/studyType"), education.degree.as_ref()),
                start_date,
                end_date,
            });
        }
        studies
    }

    fn dates(
        &mut self,
        at: &str,
        sourced: Option<&Sourced<DateRange>>,
    ) -> (Option<YearMonth>, Option<YearMonth>) {
        let Some(range) = self.take(format!("{at}/startDate"), sourced) else { return (None, None) };
        let end = match range.end {
            RangeEnd::At(end) => Some(end),
            RangeEnd::Present => None,
        };
        (Some(range.start), end)
    }

    fn entries(&mut self, entries: &[Entry], kind: EntryKind, list: &str) -> Vec<Work> {
        let mut all: Vec<Work> = Vec::new();
        for entry in entries.iter().filter(|entry| entry.kind == kind) {
            let at = format!("{list}/{}", all.len());
            let (start_date, end_date) = self.dates(&at, entry.dates.as_ref());
            let text::Body { summary, highlights } = self.body(entry);
            all.push(Work {
                name: self.take(format!("{at}/name"), entry.employer.as_ref()),
                position: self.take(format!("{at}/position"), entry.title.as_ref()),
                start_date,
                end_date,
                summary,
                highlights,
            });
        }
        all
    }

    fn projects(&mut self, entries: &[Entry]) -> Vec<Project> {
        let mut all: Vec<Project> = Vec::new();
        for entry in entries.iter().filter(|entry| entry.kind == EntryKind::Project) {
            let at = format!("/projects/{}", all.len());
            let (start_date, end_date) = self.dates(&at, entry.dates.as_ref());
            let text::Body { summary, highlights } = self.body(entry);
            all.push(Project {
                name: self.take(format!("{at}/name"), entry.title.as_ref()),
                entity: self.take(format!("{at}/entity"), entry.employer.as_ref()),
                start_date,
                end_date,
                description: summary,
                highlights,
            });
        }
        all
    }

    /// What is said of an entry besides employer, title and dates.
    fn body(&self, entry: &Entry) -> text::Body {
        let texts = [&entry.employer, &entry.title].into_iter().flatten().flat_map(|it| it.spans.iter());
        let dates = entry.dates.iter().flat_map(|it| it.spans.iter());
        let heads: Vec<Span> = texts.chain(dates).copied().collect();
        text::body(&self.masked, &entry.text, &heads)
    }

    /// Title, date and issuer of each, under the names of `keys`.
    fn achievements(
        &mut self,
        reading: &Reading,
        kind: AchievementKind,
        list: &str,
        keys: [&str; 3],
    ) -> Vec<(String, Option<YearMonth>, Option<String>)> {
        let mut all = Vec::new();
        let of_kind = |achievement: &&Achievement| achievement.kind == kind;
        for achievement in reading.resume.achievements.iter().filter(of_kind) {
            let [title, date, issuer] = keys.map(|key| format!("{list}/{}/{key}", all.len()));
            let Some(title) = self.take(title, Some(&achievement.title)) else { continue };
            let date = self.take(date, achievement.date.as_ref());
            let issuer = self.take(issuer, achievement.issuer.as_ref());
            all.push((title, date, issuer));
        }
        all
    }

    fn languages(&mut self, reading: &Reading) -> Vec<Spoken> {
        let mut all = Vec::new();
        for spoken in &reading.resume.languages {
            let at = format!("/languages/{}", all.len());
            let Some(language) = self.take(format!("{at}/language"), Some(&spoken.name)) else { continue };
            let fluency = self.take(format!("{at}/fluency"), spoken.fluency.as_ref());
            all.push(Spoken { language, fluency });
        }
        all
    }
}
