//! What operators do with submissions that were set aside.

use std::collections::BTreeMap;

use bole_core::message::v1::{HEADER_DOCUMENT_DATE, MAX_BODY_BYTES, Message, Properties, Submitted};
use bole_core::{Attempt, Event, LogPosition, Reason, State, SubmissionId};
use bole_store::{Condition, Discard, Keep, Known, QuarantineFilter, Replay, Store};

use super::Database;
use super::fixture::{
    at, check, commit_one, copy, date, document, id, read, refused, settled, standing, submitted,
};

async fn listed(store: &dyn Store, filter: &QuarantineFilter, after: Option<&SubmissionId>) -> Vec<String> {
    let records = store.quarantined(filter, after, 2).await.unwrap();
    assert!(records.iter().all(|record| record.state == State::Quarantined));
    records.into_iter().map(|record| record.submission.to_string()).collect()
}

pub(crate) async fn the_quarantine_is_listed_page_by_page(database: &dyn Database) {
    let store = database.open().await;
    for (portal, message_id, reason) in [
        ("live", "2", Reason::NoText),
        ("live", "1", Reason::BadMessage),
        ("agency", "3", Reason::BadMessage),
        ("live", "10", Reason::NoText),
    ] {
        let mut submitted = submitted(message_id, message_id);
        submitted.submission = id(portal, message_id);
        commit_one(&*store, refused(submitted, message_id, reason)).await;
    }
    commit_one(&*store, read(submitted("read", "a"), "a")).await;
    let all = QuarantineFilter::default();
    assert_eq!(listed(&*store, &all, None).await, ["agency/3", "live/1"]);
    assert_eq!(listed(&*store, &all, Some(&id("live", "1"))).await, ["live/10", "live/2"]);
    assert!(listed(&*store, &all, Some(&id("live", "2"))).await.is_empty());
    let broken = QuarantineFilter { reason: Some(Reason::BadMessage), ..all.clone() };
    assert_eq!(listed(&*store, &broken, None).await, ["agency/3", "live/1"]);
    let live = QuarantineFilter { portal: Some("live".parse().unwrap()), reason: Some(Reason::BadMessage) };
    assert_eq!(listed(&*store, &live, None).await, ["live/1"]);
    check(&*store).await;
}

/// The message that a publisher makes, as a worker takes it.
fn arrived(submitted: &Submitted, content: &str) -> Submitted {
    let message = Message {
        portal: submitted.submission.portal.clone(),
        properties: Properties {
            message_id: Some(submitted.submission.message_id.to_string()),
            headers: BTreeMap::from([(HEADER_DOCUMENT_DATE.to_owned(), submitted.document_date.to_string())]),
            ..Properties::default()
        },
        body: bytes::Bytes::copy_from_slice(content.as_bytes()),
    };
    Submitted::parse(&message, MAX_BODY_BYTES).unwrap()
}

pub(crate) async fn a_replayed_document_is_read_again(database: &dyn Database) {
    let store = database.open().await;
    let mut sent = submitted("1", "a");
    sent.candidate_ref = Some("c-1".to_owned());
    sent.traceparent = Some("00-1-2-01".to_owned());
    commit_one(&*store, refused(sent.clone(), "a", Reason::NoText)).await;
    commit_one(&*store, copy(submitted("2", "a"), "a")).await;
    let head = store.head().await.unwrap();
    assert!(store.to_publish(9).await.unwrap().is_empty());
    let first = [id("live", "1")];
    assert_eq!(store.replay(&first, &[], at(5)).await.unwrap(), [Replay::Queued]);
    let record = store.submission(&first[0]).await.unwrap().unwrap();
    assert_eq!((record.state, record.reason, record.attempt), (State::Queued, Reason::Replayed, Attempt(2)));
    assert_eq!((record.detail, record.changed_at, record.received_at), (None, at(5), at(0)));
    assert_eq!(store.oldest_queued().await.unwrap(), Some(at(5)));
    let events: Vec<Event> =
        store.changes(head, 9).await.unwrap().into_iter().map(|change| change.event).collect();
    let replayed = Event::Submission {
        submission: first[0].clone(),
        document: Some(document("a")),
        reason: Reason::Replayed,
        attempt: Attempt(2),
    };
    assert_eq!(events, [replayed, Event::Document { document: document("a") }]);
    assert_eq!(standing(&*store, "a").await, None);
    let before = store.standings(head).await.unwrap();
    assert_eq!(before[0].condition, Condition::Quarantined { reason: Reason::NoText });
    assert!(store.standings(LogPosition(head.0 + 2)).await.unwrap().is_empty());
    check(&*store).await;

    // Whoever is to publish it may die any number of times.
    drop(store);
    let store = database.open().await;
    for _ in 0..2 {
        assert!(store.to_publish(9).await.unwrap() == [sent.clone()]);
    }
    store.published(&first).await.unwrap();
    assert!(store.to_publish(9).await.unwrap().is_empty());
    let third = submitted("3", "a");
    let known = store.known(&[arrived(&sent, "a"), third.clone(), submitted("2", "a")]).await.unwrap();
    assert_eq!(known[..2], [Known::New, Known::Copy]);
    assert!(matches!(known[2], Known::Settled(_)));
    let meanwhile = commit_one(&*store, copy(third, "a")).await;
    assert_eq!(meanwhile.duplicate_of.as_ref(), Some(&first[0]));
    assert_eq!(standing(&*store, "a").await, None);
    let record = commit_one(&*store, read(sent.clone(), "a")).await;
    assert_eq!((record.state, record.attempt), (State::Indexed, Attempt(2)));
    assert!(standing(&*store, "a").await.unwrap().indexed().is_some());
    // The old message once more.
    let again = store.commit(&[refused(sent, "a", Reason::NoText)], at(9)).await.unwrap();
    assert_eq!(settled(&again[0]), (&record, true));
    for message_id in ["2", "3"] {
        let copy = store.submission(&id("live", message_id)).await.unwrap().unwrap();
        assert_eq!((copy.state, copy.duplicate_of.as_ref()), (State::Duplicate, Some(&first[0])));
    }
    assert_eq!(store.replay(&first, &[], at(6)).await.unwrap(), [Replay::NotQuarantined(State::Indexed)]);
    check(&*store).await;
}

/// The id of a reuse is taken for what it is, and the sender's own message does not undo the replay.
pub(crate) async fn a_replayed_reuse_is_read_under_its_own_id(database: &dyn Database) {
    let store = database.open().await;
    commit_one(&*store, read(submitted("1", "a"), "a")).await;
    for content in ["b", "c"] {
        let reuse = commit_one(&*store, read(submitted("1", content), content)).await.submission;
        assert_eq!(reuse.message_id.as_str(), format!("1#{}", document(content).short()));
        assert_eq!(store.replay(std::slice::from_ref(&reuse), &[], at(1)).await.unwrap(), [Replay::Queued]);
        let sent = store.to_publish(9).await.unwrap();
        assert_eq!(sent.len(), 1);
        store.published(std::slice::from_ref(&reuse)).await.unwrap();
        let sent = arrived(&sent[0], content);
        assert_eq!(sent.submission, reuse);
        assert_eq!(store.known(std::slice::from_ref(&sent)).await.unwrap(), [Known::New]);
        let old = read(submitted("1", content), content);
        let new = read(sent, content);
        // Whichever of the two comes first decides it.
        let (one, other) = if content == "b" { (new, old) } else { (old, new) };
        let record = commit_one(&*store, one).await;
        assert_eq!((&record.submission, record.state), (&reuse, State::Indexed));
        assert_eq!((record.reason, record.attempt), (Reason::Read, Attempt(2)));
        let again = store.commit(&[other], at(2)).await.unwrap();
        assert_eq!(settled(&again[0]), (&record, true));
    }
    let total = store.ledger().await.unwrap().total();
    assert_eq!((total.received, total.indexed), (3, 3));
    check(&*store).await;
}

pub(crate) async fn a_replayed_message_is_judged_again(database: &dyn Database) {
    let store = database.open().await;
    let mut broken = submitted("1", "a");
    broken.document_date = date("2026-11-25");
    commit_one(&*store, refused(broken, "a", Reason::BadMessage)).await;
    commit_one(&*store, refused(submitted("2", "a"), "a", Reason::PoisonSuspect)).await;
    let all = [id("live", "1"), id("live", "2")];
    assert_eq!(store.replay(&all[..1], &[], at(1)).await.unwrap(), [Replay::Queued]);
    let left = standing(&*store, "a").await.unwrap().condition;
    assert_eq!(left, Condition::Quarantined { reason: Reason::PoisonSuspect }, "the other is still there");
    assert_eq!(store.replay(&all[1..], &[], at(1)).await.unwrap(), [Replay::Queued]);
    assert_eq!(standing(&*store, "a").await, None);
    let sent = store.to_publish(9).await.unwrap();
    assert_eq!(store.known(&sent).await.unwrap(), [Known::New, Known::New]);
    // Set aside again, and replayed again before the publisher has said that it published.
    commit_one(&*store, refused(sent[0].clone(), "a", Reason::PoisonSuspect)).await;
    assert_eq!(store.replay(&all[..1], &[], at(2)).await.unwrap(), [Replay::Queued]);
    store.published(&all).await.unwrap();
    let sent = store.to_publish(9).await.unwrap();
    assert_eq!(sent.len(), 1);
    let record = commit_one(&*store, read(arrived(&sent[0], "a"), "a")).await;
    assert_eq!((record.state, record.attempt), (State::Indexed, Attempt(3)));
    assert_eq!(standing(&*store, "a").await.unwrap().as_of, date("2026-11-21"));
    let other = commit_one(&*store, copy(submitted("2", "a"), "a")).await;
    assert_eq!((other.duplicate_of, other.attempt), (Some(id("live", "1")), Attempt(2)));
    // A message at fault, replayed beside a document that is read, takes nothing away.
    commit_one(&*store, refused(submitted("3", "a"), "a", Reason::BadMessage)).await;
    store.replay(&[id("live", "3")], &[], at(3)).await.unwrap();
    assert!(standing(&*store, "a").await.unwrap().indexed().is_some());
    check(&*store).await;
}

pub(crate) async fn what_cannot_be_replayed_is_told(database: &dyn Database) {
    let store = database.open().await;
    commit_one(&*store, refused(submitted("1", "a"), "a", Reason::NoText)).await;
    let mut empty = refused(submitted("2", ""), "", Reason::BadMessage);
    empty.original = Keep::InCommit(bytes::Bytes::new());
    commit_one(&*store, empty).await;
    store.accept(&[submitted("3", "c")], at(0)).await.unwrap();
    let asked = ["1", "none", "2", "1", "3"].map(|message_id| id("live", message_id));
    let head = store.head().await.unwrap();
    let expected = [
        Replay::Queued,
        Replay::Unknown,
        Replay::NoOriginal,
        Replay::NotQuarantined(State::Queued),
        Replay::NotQuarantined(State::Accepting),
    ];
    assert_eq!(store.replay(&asked, &[], at(1)).await.unwrap(), expected);
    assert_eq!(store.head().await.unwrap().0, head.0 + 2);
    assert_eq!(store.replay(&[], &[], at(1)).await.unwrap(), []);
    check(&*store).await;
}

/// A document that was decided, replayed, and then refused for what surrounds it decides nothing any more.
pub(crate) async fn a_replay_that_ends_with_the_message_frees_the_content(database: &dyn Database) {
    let store = database.open().await;
    commit_one(&*store, refused(submitted("1", "a"), "a", Reason::NoText)).await;
    store.replay(&[id("live", "1")], &[], at(1)).await.unwrap();
    commit_one(&*store, refused(submitted("1", "a"), "a", Reason::PoisonSuspect)).await;
    assert_eq!(store.known(&[submitted("2", "a")]).await.unwrap(), [Known::New]);
    assert_eq!(commit_one(&*store, read(submitted("2", "a"), "a")).await.state, State::Indexed);
    check(&*store).await;
}

pub(crate) async fn a_discarded_document_is_nobody(database: &dyn Database) {
    let store = database.open().await;
    commit_one(&*store, refused(submitted("1", "a"), "a", Reason::Encrypted)).await;
    commit_one(&*store, copy(submitted("2", "a"), "a")).await;
    commit_one(&*store, refused(submitted("3", "a"), "a", Reason::BadMessage)).await;
    let asked = ["1", "2", "none", "1"].map(|message_id| id("live", message_id));
    let expected = [
        Discard::Discarded,
        Discard::NotQuarantined(State::Duplicate),
        Discard::Unknown,
        Discard::NotQuarantined(State::Discarded),
    ];
    assert_eq!(store.discard(&asked, at(1)).await.unwrap(), expected);
    let reason = Reason::BadMessage;
    assert_eq!(standing(&*store, "a").await.unwrap().condition, Condition::Quarantined { reason });
    assert_eq!(store.discard(&[id("live", "3")], at(2)).await.unwrap(), [Discard::Discarded]);
    assert_eq!(standing(&*store, "a").await, None);
    let record = store.submission(&asked[0]).await.unwrap().unwrap();
    assert_eq!(
        (record.state, record.reason, record.attempt),
        (State::Discarded, Reason::ByOperator, Attempt(1))
    );
    assert_eq!(
        store.replay(&asked[..1], &[], at(3)).await.unwrap(),
        [Replay::NotQuarantined(State::Discarded)]
    );
    // The old message once more, a copy that is there, and one that is new.
    let old = [read(submitted("1", "a"), "a"), read(submitted("2", "a"), "a")];
    for committed in store.commit(&old, at(4)).await.unwrap() {
        assert!(settled(&committed).1);
    }
    assert!(matches!(store.known(&[submitted("1", "a")]).await.unwrap()[0], Known::Settled(_)));
    let late = commit_one(&*store, read(submitted("4", "a"), "a")).await;
    assert_eq!((late.state, late.duplicate_of.as_ref()), (State::Duplicate, Some(&asked[0])));
    assert_eq!(standing(&*store, "a").await, None);
    let total = store.ledger().await.unwrap().total();
    assert_eq!((total.received, total.discarded, total.duplicate), (4, 2, 2));
    check(&*store).await;
}
