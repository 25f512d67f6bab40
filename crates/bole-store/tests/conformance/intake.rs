//! What happens before a worker decides.

use bole_core::{Reason, State};
use bole_store::{Intake, Known};

use super::Database;
use super::fixture::{at, check, commit_one, copy, document, id, read, refused, submitted};

pub(crate) async fn accepted_then_confirmed_then_decided(database: &dyn Database) {
    let store = database.open().await;
    let message = submitted("1", "a");
    let answers = store.accept(&[message.clone(), message.clone()], at(0)).await.unwrap();
    assert_eq!(answers, [Intake::New, Intake::New]);
    assert_eq!(store.head().await.unwrap().0, 0, "outside the log and the law");
    assert_eq!(store.ledger().await.unwrap().total().received, 0);
    assert!(store.documents_by_prefix("", 9).await.unwrap().is_empty());
    assert_eq!(store.known(std::slice::from_ref(&message)).await.unwrap(), [Known::New]);

    store.confirm(std::slice::from_ref(&message), at(1)).await.unwrap();
    store.confirm(std::slice::from_ref(&message), at(2)).await.unwrap();
    assert_eq!(store.oldest_queued().await.unwrap(), Some(at(1)));
    let total = store.ledger().await.unwrap().total();
    assert_eq!((total.received, total.queued), (1, 1));
    assert_eq!(store.accept(std::slice::from_ref(&message), at(3)).await.unwrap(), [Intake::Queued]);

    let record = commit_one(&*store, read(message.clone(), "a")).await;
    assert_eq!((record.state, record.received_at), (State::Indexed, at(0)));
    let settled = Box::new(record.clone());
    assert_eq!(store.known(std::slice::from_ref(&message)).await.unwrap(), [Known::Settled(settled.clone())]);
    assert_eq!(
        store.accept(std::slice::from_ref(&message), at(4)).await.unwrap(),
        [Intake::Settled(settled)]
    );
    store.confirm(&[message], at(5)).await.unwrap();
    assert_eq!(store.submission(&id("live", "1")).await.unwrap(), Some(record));
    let states: Vec<State> = store
        .timeline(&id("live", "1"))
        .await
        .unwrap()
        .into_iter()
        .map(|transition| transition.state)
        .collect();
    assert_eq!(states, [State::Accepting, State::Queued, State::Indexed]);
    assert_eq!(store.ledger().await.unwrap().total().received, 1);
    assert_eq!(store.oldest_queued().await.unwrap(), None);
    check(&*store).await;
}

pub(crate) async fn a_worker_may_be_faster_than_the_confirm(database: &dyn Database) {
    let store = database.open().await;
    let message = submitted("1", "a");
    store.accept(std::slice::from_ref(&message), at(0)).await.unwrap();
    commit_one(&*store, read(message.clone(), "a")).await;
    store.confirm(&[message], at(1)).await.unwrap();
    // Confirmed without a row, as after a sweep of what was stale.
    store.confirm(&[submitted("2", "b")], at(1)).await.unwrap();
    let total = store.ledger().await.unwrap().total();
    assert_eq!((total.received, total.indexed, total.queued), (2, 1, 1));
    check(&*store).await;
}

pub(crate) async fn what_was_never_confirmed_is_swept(database: &dyn Database) {
    let store = database.open().await;
    let mut elsewhere = submitted("5", "e");
    elsewhere.submission = id("agency", "5");
    store.accept(&[submitted("1", "a"), submitted("2", "b"), elsewhere], at(0)).await.unwrap();
    store.accept(&[submitted("3", "a"), submitted("4", "d")], at(5)).await.unwrap();
    store.confirm(&[submitted("2", "b")], at(1)).await.unwrap();
    assert_eq!(store.sweep_accepting(at(0)).await.unwrap(), 0, "not older");
    assert_eq!(store.sweep_accepting(at(5)).await.unwrap(), 2);
    assert_eq!(store.sweep_accepting(at(5)).await.unwrap(), 0);
    for (swept, message_id) in [(true, "1"), (false, "2"), (false, "3"), (false, "4")] {
        let id = id("live", message_id);
        assert_eq!(store.submission(&id).await.unwrap().is_none(), swept, "{message_id}");
        assert_eq!(store.timeline(&id).await.unwrap().is_empty(), swept, "{message_id}");
    }
    assert!(store.submission(&id("agency", "5")).await.unwrap().is_none());
    check(&*store).await;
    // The queue has it after all; and numbers that became free name nothing of before.
    store.confirm(&[submitted("1", "a")], at(6)).await.unwrap();
    assert_eq!(store.timeline(&id("live", "1")).await.unwrap().len(), 1);
    assert_eq!(store.sweep_accepting(at(9)).await.unwrap(), 2);
    for (message_id, content) in [("1", "a"), ("2", "b"), ("6", "e"), ("7", "d")] {
        let record = commit_one(&*store, read(submitted(message_id, content), content)).await;
        assert_eq!((record.state, record.document), (State::Indexed, document(content)));
    }
    let total = store.ledger().await.unwrap().total();
    assert_eq!((total.received, total.indexed), (4, 4));
    check(&*store).await;
}

pub(crate) async fn an_accepted_reuse_of_an_id_has_its_own_row(database: &dyn Database) {
    let store = database.open().await;
    store.accept(&[submitted("1", "a")], at(0)).await.unwrap();
    let other = submitted("1", "b");
    assert_eq!(store.accept(std::slice::from_ref(&other), at(0)).await.unwrap(), [Intake::New]);
    store.confirm(std::slice::from_ref(&other), at(1)).await.unwrap();
    let reused = id("live", &format!("1#{}", document("b").short()));
    assert_eq!(store.submission(&reused).await.unwrap().unwrap().state, State::Queued);
    let record = commit_one(&*store, read(other.clone(), "b")).await;
    assert_eq!((record.submission, record.reason), (reused, Reason::MessageIdReused));
    let own = store.submission(&id("live", "1")).await.unwrap().unwrap();
    assert_eq!(own.state, State::Accepting);
    assert!(matches!(store.known(&[other]).await.unwrap()[0], Known::Settled(_)));
    check(&*store).await;
}

pub(crate) async fn known_content_is_a_copy(database: &dyn Database) {
    let store = database.open().await;
    commit_one(&*store, read(submitted("1", "a"), "a")).await;
    commit_one(&*store, refused(submitted("2", "b"), "b", Reason::NoText)).await;
    commit_one(&*store, refused(submitted("3", "c"), "c", Reason::BadMessage)).await;
    let asked = [submitted("4", "a"), submitted("4", "b"), submitted("4", "c"), submitted("4", "d")];
    let known = store.known(&asked).await.unwrap();
    assert_eq!(known, [Known::Copy, Known::Copy, Known::New, Known::New]);
    assert_eq!(commit_one(&*store, copy(asked[1].clone(), "b")).await.state, State::Duplicate);
    check(&*store).await;
}
