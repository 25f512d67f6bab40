use std::collections::BTreeMap;

use bole_core::{AsOf, Confidence, Degree, DocumentId, Language, ReadingId, YearMonth};
use serde::Serialize;
use utoipa::ToSchema;

/// A resume as JSON Resume 1.0 (<https://jsonresume.org/schema>). What was not found is left out, and so is whatever
/// stands in a protected place: gender, age and the like are never exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JsonResume {
    /// Where the schema is.
    #[serde(rename = "$schema")]
    pub schema: &'static str,
    /// Name and contact.
    pub basics: Basics,
    /// Employment, in the order of the document; neither internships nor research.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub work: Vec<Work>,
    /// Studies, in the order of the document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub education: Vec<Study>,
    /// Honours, awards, scholarships.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub awards: Vec<Award>,
    /// Certificates, licences, passed examinations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<Certificate>,
    /// Papers, books, reports, standards.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub publications: Vec<Publication>,
    /// The items of its lists of skills, as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<Skill>,
    /// Languages that people speak.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<Spoken>,
    /// Projects, in the order of the document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<Project>,
    /// About this file.
    pub meta: Meta,
    /// What JSON Resume has no place for.
    #[serde(rename = "x-bole")]
    pub x_bole: XBole,
}

/// Name and contact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Basics {
    /// As written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The first e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The first phone number: digits, with a leading `+` if one was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The first link that is of no network that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A summary, profile or self-assessment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Where the person lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// Links to networks that are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<Profile>,
}

/// Where the person lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Location {
    /// As written.
    pub address: String,
}

/// A page of the person on a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Profile {
    /// Such as `GitHub`.
    pub network: String,
    /// What follows the network in the link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The link.
    pub url: String,
}

/// A job, an internship, or a research stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Work {
    /// Employer or institution as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Title or role as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// `2018-09`, or `2018` if that is all that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<YearMonth>,
    /// As `start_date`; left out if it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<YearMonth>,
    /// What is said of it outside lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The items of its lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub highlights: Vec<String>,
}

/// A project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// Its name, or the role in it, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// See [`Work::start_date`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<YearMonth>,
    /// See [`Work::end_date`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<YearMonth>,
    /// What is said of it outside lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The items of its lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub highlights: Vec<String>,
}

/// A stay at a school.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Study {
    /// The school as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub institution: Option<String>,
    /// The discipline as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// The degree: `secondary`, `associate`, `bachelor`, `master`, `doctor`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub study_type: Option<Degree>,
    /// See [`Work::start_date`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<YearMonth>,
    /// See [`Work::end_date`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<YearMonth>,
}

/// An honour, award or scholarship.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Award {
    /// As written.
    pub title: String,
    /// `2018-09` or `2018`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<YearMonth>,
    /// Who gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awarder: Option<String>,
}

/// A certificate, licence or passed examination, or a patent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Certificate {
    /// As written.
    pub name: String,
    /// `2018-09` or `2018`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<YearMonth>,
    /// Who issued it; of a patent the office.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// A paper, book, report or standard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Publication {
    /// The title, or the whole item if no title was made out in it.
    pub name: String,
    /// Journal, conference or publisher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// `2018-09` or `2018`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_date: Option<YearMonth>,
}

/// An item of a list of skills.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Skill {
    /// As written.
    pub name: String,
}

/// A language that the person speaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Spoken {
    /// As written.
    pub language: String,
    /// How well, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fluency: Option<String>,
}

/// About this file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Meta {
    /// Of the schema.
    pub version: &'static str,
}

/// What JSON Resume has no place for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct XBole {
    /// The document.
    pub document: DocumentId,
    /// The reading of it: the document and the version of the reader.
    pub reading: ReadingId,
    /// The date that it speaks from; degrees and months are as of then.
    pub as_of: AsOf,
    /// What most of it is written in.
    pub language: Language,
    /// The highest degree that was finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highest_degree: Option<Degree>,
    /// The highest degree that was being taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degree_under_way: Option<Degree>,
    /// Months of full-time work, overlaps counted once, studies and internships left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_time_months: Option<u32>,
    /// All e-mail addresses but the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_emails: Vec<String>,
    /// All phone numbers but the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_phones: Vec<String>,
    /// Links that are neither the person's `url` nor of a network that is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_links: Vec<String>,
    /// Internships and other practice while studying.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub internships: Vec<Work>,
    /// Research, postdoctoral stays among it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub research: Vec<Work>,
    /// Patents, applied for or granted, and registered software.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patents: Vec<Certificate>,
    /// How sure the reader is of each value, in percent, by its JSON pointer.
    pub confidence: BTreeMap<String, Confidence>,
}
