//! What is stored and sent, as golden files: one a version, kept for ever. A change that breaks them needs a new
//! version beside the old one, not a new file in its place.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, as it should")]

use bole_core::message::v1::{Properties, Receipt};
use bole_core::{
    Achievement, AchievementKind, AsOf, Attempt, Bounds, Change, ConceptId, Confidence, ContentHash,
    DateRange, Degree, Diagnostic, DocumentId, Education, EncodedEvidence, EncodedReading, Entry, EntryKind,
    Event, Evidence, Hidden, HiddenReason, Language, LogPosition, Mention, MentionStatus, Page, Pages,
    Protected, ProtectedKind, Quality, RangeEnd, ReaderVersion, Reading, Reason, Resume, Run, RunRecord,
    Section, SectionKind, Sourced, Span, SpokenLanguage, State, Statement, Studied, Verdict,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

const READING: &str = include_str!("golden/reading.v1.json");
const RESUME: &str = include_str!("golden/resume.v1.json");
const EVIDENCE: &str = include_str!("golden/evidence.v2.json");
const EVIDENCE_V1: &str = include_str!("golden/evidence.v1.json");
const RUN: &str = include_str!("golden/run.v1.json");
const CHANGES: &str = include_str!("golden/changes.v1.json");
const PROPERTIES: &str = include_str!("golden/resume.submitted.v1.properties.json");
const RECEIPT: &str = include_str!("golden/resume.receipt.v1.json");

fn span(start: u32, end: u32) -> Span {
    Span { page: 1, start, end }
}

fn sourced<T>(value: T, start: u32, end: u32) -> Sourced<T> {
    Sourced { value, spans: vec![span(start, end)], confidence: Confidence(90) }
}

fn dates() -> DateRange {
    DateRange { start: "2018-09".parse().unwrap(), end: RangeEnd::Present }
}

fn reading() -> Reading {
    let page = Page {
        width: 59500,
        height: 84200,
        text: "李明 男\n固态电池工程师 2018.09-至今".to_owned(),
        runs: vec![Run {
            start: 0,
            end: 2,
            bounds: Bounds { left: 7200, top: 7000, right: 9400, bottom: 8100 },
        }],
        hidden: vec![Hidden {
            text: "battery battery".to_owned(),
            reason: HiddenReason::NoContrast,
            bounds: Bounds::from([0, 0, 100, 100]),
        }],
    };
    let quality = Quality {
        verdict: Verdict::Readable,
        n_characters: 20,
        n_unmapped: 0,
        n_private: 0,
        n_unlikely: 0,
        n_hidden: 14,
        n_pages: 1,
        n_pages_without_text: 0,
        n_pages_of_image: 0,
        partial: true,
        undecided_visibility: false,
    };
    let resume = Resume {
        language: Language::Chinese,
        name: Some(sourced("李明".to_owned(), 0, 2)),
        education: vec![Education {
            degree: Some(sourced(Degree::Master, 5, 7)),
            text: vec![span(5, 7)],
            ..Education::default()
        }],
        entries: vec![Entry {
            kind: EntryKind::Work,
            employer: None,
            title: Some(sourced("固态电池工程师".to_owned(), 5, 12)),
            dates: Some(sourced(dates(), 13, 23)),
            is_part_time: false,
            text: vec![span(5, 23)],
        }],
        sections: vec![Section { kind: SectionKind::Personal, heading: None, text: vec![span(0, 23)] }],
        protected: vec![Protected { kind: ProtectedKind::Gender, span: span(3, 4) }],
        ..Resume::default()
    };
    let diagnostics = vec![Diagnostic { page: Some(1), message: "a font has no width table".to_owned() }];
    Reading {
        document: DocumentId::of(b"a document"),
        reader: ReaderVersion(1),
        content: Pages { pages: vec![page], quality, diagnostics },
        resume,
    }
}

/// With everything that a resume may tell.
fn resume() -> Resume {
    let text = |text: &str| sourced(text.to_owned(), 5, 7);
    let achievement = |kind| Achievement {
        kind,
        title: text("硫化物电解质"),
        issuer: Some(text("物理学报")),
        date: Some(sourced("2020-03".parse().unwrap(), 8, 10)),
        text: vec![span(5, 10)],
    };
    Resume {
        emails: vec![text("li.ming@example.cn")],
        phones: vec![text("+8613800001234")],
        links: vec![text("https://example.cn/liming")],
        location: Some(text("重庆")),
        education: vec![Education {
            degree: Some(sourced(Degree::Doctor, 5, 7)),
            school: Some(text("中部大学")),
            discipline: Some(text("材料学")),
            dates: Some(sourced(dates(), 13, 23)),
            is_under_way: true,
            is_part_time: true,
            text: vec![span(5, 23)],
        }],
        entries: vec![Entry { is_part_time: true, ..reading().resume.entries.remove(0) }],
        claimed_months: Some(sourced(96, 8, 10)),
        skills: vec![text("COMSOL")],
        languages: vec![SpokenLanguage { name: text("英语"), fluency: Some(text("CET-6")) }],
        achievements: [
            AchievementKind::Publication,
            AchievementKind::Patent,
            AchievementKind::Certificate,
            AchievementKind::Award,
        ]
        .map(achievement)
        .to_vec(),
        protected: [
            ProtectedKind::Gender,
            ProtectedKind::Age,
            ProtectedKind::Ethnicity,
            ProtectedKind::Birthplace,
            ProtectedKind::MaritalStatus,
            ProtectedKind::PoliticalStatus,
            ProtectedKind::Religion,
            ProtectedKind::Body,
            ProtectedKind::Nationality,
            ProtectedKind::NationalId,
        ]
        .map(|kind| Protected { kind, span: span(3, 4) })
        .to_vec(),
        ..reading().resume
    }
}

fn evidence() -> Evidence {
    Evidence {
        reading: reading().id(),
        lexicon: ContentHash::of(b"a lexicon"),
        mentions: vec![Mention {
            concept: ConceptId("solid-state-battery".to_owned()),
            span: span(5, 9),
            section: SectionKind::Work,
            dates: Some(dates()),
            in_title: true,
            status: MentionStatus::Counted,
        }],
        degrees: vec![Statement {
            value: Studied { degree: Degree::Master, dates: Some(dates()), is_under_way: true },
            span: span(5, 7),
        }],
        jobs: vec![Statement { value: dates(), span: span(13, 23) }],
        claimed_months: Some(Statement { value: 36, span: span(1, 4) }),
        achievements: vec![Statement { value: AchievementKind::Patent, span: span(13, 23) }],
        partial: true,
    }
}

/// The value is written as the golden file has it, and the file is read back as the value.
#[track_caller]
fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T, golden: &str) {
    let written = serde_json::to_string_pretty(value).unwrap() + "\n";
    assert_eq!(written, golden, "the stored form has changed:\n{written}");
    assert_eq!(&serde_json::from_str::<T>(golden).unwrap(), value);
}

#[test]
fn readings() {
    check(&reading(), READING);
    check(&resume(), RESUME);
    assert_eq!(EncodedReading::encode(&reading()).unwrap().decode(reading().id()).unwrap(), reading());
}

#[test]
fn evidence_of_a_reading() {
    check(&evidence(), EVIDENCE);
    assert_eq!(EncodedEvidence::encode(&evidence()).unwrap().decode(evidence().reading).unwrap(), evidence());
}

#[test]
fn evidence_of_the_first_version_is_read() {
    let stored = format!(r#"{{"version":1,"value":{EVIDENCE_V1}}}"#);
    let stored = EncodedEvidence::from_bytes(zstd::bulk::compress(stored.as_bytes(), 1).unwrap());
    let read = stored.decode(evidence().reading).unwrap();
    let studied = Studied { degree: Degree::Master, dates: None, is_under_way: false };
    let degrees = vec![Statement { value: studied, span: span(5, 7) }];
    let expected = Evidence { degrees, claimed_months: None, achievements: Vec::new(), ..evidence() };
    assert_eq!(read, expected);
}

#[test]
fn what_is_stored_says_its_version() {
    let stored = EncodedReading::encode(&reading()).unwrap();
    let json = zstd::stream::decode_all(stored.as_bytes()).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(value["version"], 1);
    let newer = serde_json::json!({ "version": 2, "value": "who knows" }).to_string();
    let newer = zstd::bulk::compress(newer.as_bytes(), 1).unwrap();
    let error = EncodedReading::from_bytes(newer).decode(reading().id()).unwrap_err();
    assert!(matches!(error, bole_core::StoredError::Newer(2)), "{error}");
    assert!(EncodedReading::from_bytes(b"noise".to_vec()).decode(reading().id()).is_err());
}

#[test]
fn runs() {
    let run = RunRecord {
        position: LogPosition(1234),
        profile: ContentHash::of(b"a profile"),
        weights: [("titles".to_owned(), 20)].into(),
        gates: vec!["field=off".to_owned(), "min_degree=master".to_owned()],
        profile_used: ContentHash::of(b"a changed profile"),
        lexicon: ContentHash::of(b"a lexicon"),
        levels: ContentHash::of(b"levels"),
        scoring_version: 3,
        filters: vec!["language:chinese AND school:重庆大学".to_owned()],
        top: 20,
    };
    check(&run, RUN);
    // The hash is what a run is found by: that of these values may never change.
    assert_eq!(run.id().to_string(), "c279b09a6babfec8");
    let without = RunRecord { filters: Vec::new(), ..run.clone() };
    assert_eq!(without.id().to_string(), "70cb58c14058724c");
    let stored = run.encode().unwrap();
    assert_eq!(RunRecord::decode(&stored, run.hash()).unwrap(), run);
    assert!(matches!(RunRecord::decode(&stored, without.hash()), Err(bole_core::StoredError::Mismatch)));
    let newer = r#"{"version":2,"value":"who knows"}"#;
    assert!(matches!(RunRecord::decode(newer, run.hash()), Err(bole_core::StoredError::Newer(2))));
    assert!(RunRecord::decode("noise", run.hash()).is_err());
}

#[test]
fn changes() {
    let submission =
        bole_core::SubmissionId { portal: "live".parse().unwrap(), message_id: "a-1".parse().unwrap() };
    let document = DocumentId::of(b"a document");
    let attempt = Attempt::FIRST;
    let at = "2026-11-21T08:00:00Z".parse().unwrap();
    let event = Event::Submission { submission, document: Some(document), reason: Reason::Read, attempt };
    let changes = [
        Change { position: LogPosition(1), at, event },
        Change { position: LogPosition(2), at, event: Event::Document { document } },
    ];
    check(&changes.to_vec(), CHANGES);
}

#[test]
fn messages() {
    let headers = [("document-date", "2026-11-20"), ("field", "finance")];
    let properties = Properties {
        message_id: Some("a-1".to_owned()),
        content_type: Some("application/pdf".to_owned()),
        kind: Some(bole_core::message::v1::SUBMITTED.to_owned()),
        timestamp: Some(1_763_712_000),
        app_id: Some("live".to_owned()),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
    };
    check(&properties, PROPERTIES);
    let receipt = Receipt {
        portal: "live".parse().unwrap(),
        message_id: "a-1".parse().unwrap(),
        sha256: Some(DocumentId::of(b"a document")),
        state: State::Quarantined,
        reason: Reason::NoText,
        advice: Reason::NoText.advice().to_owned(),
        attempt: Attempt::FIRST,
        at: "2026-11-21T08:00:00Z".parse().unwrap(),
    };
    check(&receipt, RECEIPT);
}

#[test]
fn dates_that_resumes_speak_from() {
    let as_of: AsOf = serde_json::from_str("\"2026-11-21\"").unwrap();
    assert_eq!(serde_json::to_string(&as_of).unwrap(), "\"2026-11-21\"");
}
