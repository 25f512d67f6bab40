use bole_core::message::v1::Submitted;
use bole_core::{
    AsOf, ContentHash, DocumentId, EncodedEvidence, EncodedReading, LogPosition, MatchKeys, PersonId,
    ReaderVersion, ReadingId, Reason, SubmissionId,
};
use bole_store::{
    Committed, Condition, Decided, Decision, Keep, Standing, Store, StoreError, SubmissionRecord,
};
use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::Date;

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

pub(crate) fn date(text: &str) -> AsOf {
    AsOf(text.parse::<Date>().unwrap())
}

pub(crate) fn id(portal: &str, message_id: &str) -> SubmissionId {
    SubmissionId { portal: portal.parse().unwrap(), message_id: message_id.parse().unwrap() }
}

pub(crate) fn document(content: &str) -> DocumentId {
    DocumentId::of(content.as_bytes())
}

pub(crate) fn lexicon() -> ContentHash {
    ContentHash::of(b"lexicon")
}

/// A submission by portal `live`, of this content.
pub(crate) fn submitted(message_id: &str, content: &str) -> Submitted {
    Submitted {
        submission: id("live", message_id),
        document: document(content),
        document_date: date("2026-11-21"),
        candidate_ref: None,
        field: None,
        consent: None,
        traceparent: None,
        source_name: None,
    }
}

/// Read, without anything that tells the person.
pub(crate) fn read(submitted: Submitted, content: &str) -> Decided {
    assert_eq!(submitted.document, document(content));
    let reading = ReadingId { document: submitted.document, reader: ReaderVersion(1) };
    Decided {
        submitted,
        original: Keep::InCommit(Bytes::copy_from_slice(content.as_bytes())),
        decision: Decision::Read {
            reading: (reading, EncodedReading::from_bytes(format!("reading of {content}").into_bytes())),
            evidence: (lexicon(), EncodedEvidence::from_bytes(format!("evidence of {content}").into_bytes())),
            keys: MatchKeys::default(),
            partial: false,
        },
    }
}

pub(crate) fn read_as(submitted: Submitted, content: &str, name: &str, contacts: &[&str]) -> Decided {
    let mut decided = read(submitted, content);
    if let Decision::Read { keys, .. } = &mut decided.decision {
        keys.name = (!name.is_empty()).then(|| name.to_owned());
        keys.contacts = contacts.iter().map(|contact| (*contact).to_owned()).collect();
    }
    decided
}

pub(crate) fn refused(submitted: Submitted, content: &str, reason: Reason) -> Decided {
    Decided {
        submitted,
        original: Keep::InCommit(Bytes::copy_from_slice(content.as_bytes())),
        decision: Decision::Refused { reason, detail: "a detail".to_owned() },
    }
}

pub(crate) fn copy(submitted: Submitted, content: &str) -> Decided {
    Decided {
        submitted,
        original: Keep::InCommit(Bytes::copy_from_slice(content.as_bytes())),
        decision: Decision::Copy,
    }
}

/// The record, and whether it had been there before.
pub(crate) fn settled(committed: &Committed) -> (&SubmissionRecord, bool) {
    match committed {
        Committed::Settled { record, redelivered } => (record, *redelivered),
        Committed::ReadFirst => panic!("not settled"),
    }
}

pub(crate) async fn commit_one(store: &dyn Store, decided: Decided) -> SubmissionRecord {
    let committed = store.commit(&[decided], at(0)).await.unwrap();
    assert_eq!(committed.len(), 1);
    let (record, redelivered) = settled(&committed[0]);
    assert!(!redelivered);
    record.clone()
}

pub(crate) async fn standing(store: &dyn Store, content: &str) -> Option<Standing> {
    let standings = store.standings_of(&[document(content)]).await.unwrap();
    assert_eq!(standings.len(), 1);
    standings[0].clone()
}

pub(crate) async fn person(store: &dyn Store, content: &str) -> PersonId {
    match standing(store, content).await.unwrap().condition {
        Condition::Indexed { person, .. } => person,
        Condition::Quarantined { reason } => panic!("{reason}"),
    }
}

/// Checks that the database refused a value by this constraint.
pub(crate) fn refused_by<T: std::fmt::Debug>(answer: Result<T, StoreError>, constraint: &str) {
    match answer {
        Err(StoreError::Refused { constraint: told, .. }) => assert!(told.contains(constraint), "{told}"),
        other => panic!("{other:?}"),
    }
}

/// Checks what must hold at any moment: the law, a log without gaps, and one that agrees with the rows.
pub(crate) async fn check(store: &dyn Store) {
    let ledger = store.ledger().await.unwrap();
    assert!(ledger.holds(), "{ledger:?}");
    let head = store.head().await.unwrap();
    let changes = store.changes(LogPosition(0), u32::MAX).await.unwrap();
    assert_eq!(changes.len() as u64, head.0);
    for (index, change) in changes.iter().enumerate() {
        assert_eq!(change.position, LogPosition(index as u64 + 1));
        if let bole_core::Event::Submission { submission, document, reason, .. } = &change.event {
            let record = store.submission(submission).await.unwrap().unwrap();
            assert_eq!(*document, Some(record.document));
            let timeline = store.timeline(submission).await.unwrap();
            assert!(timeline.iter().any(|transition| transition.reason == *reason));
            let last = timeline.last().unwrap();
            assert_eq!((last.state, last.reason, last.at), (record.state, record.reason, record.changed_at));
        }
    }
}
