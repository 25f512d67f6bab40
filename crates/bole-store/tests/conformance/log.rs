//! The change log, and who sees what of it when.

use bole_core::{Event, LogPosition, Reason};
use bole_store::Condition;

use super::Database;
use super::fixture::{at, check, commit_one, document, read, refused, settled, submitted};

pub(crate) async fn changes_come_in_order_and_name_what_changed(database: &dyn Database) {
    let store = database.open().await;
    assert_eq!(store.head().await.unwrap(), LogPosition(0));
    let batch =
        [read(submitted("2", "b"), "b"), read(submitted("1", "a"), "a"), read(submitted("3", "a"), "a")];
    store.commit(&batch, at(7)).await.unwrap();
    let changes = store.changes(LogPosition(0), 100).await.unwrap();
    let submissions: Vec<(String, Reason)> = changes
        .iter()
        .filter_map(|change| match &change.event {
            Event::Submission { submission, reason, .. } => Some((submission.to_string(), *reason)),
            Event::Document { .. } => None,
        })
        .collect();
    let expected = [("live/1", Reason::Read), ("live/2", Reason::Read), ("live/3", Reason::SameContent)];
    assert_eq!(submissions, expected.map(|(id, reason)| (id.to_owned(), reason)));
    assert_eq!(changes.len(), 5);
    assert!(changes.iter().all(|change| change.at == at(7)));
    assert_eq!(store.changes(LogPosition(2), 2).await.unwrap(), changes[2..4]);
    assert!(store.changes(LogPosition(5), 2).await.unwrap().is_empty());
    check(&*store).await;
}

pub(crate) async fn a_standing_is_seen_as_of_its_position(database: &dyn Database) {
    let store = database.open().await;
    commit_one(&*store, refused(submitted("1", "a"), "a", Reason::BadMessage)).await;
    let before = store.head().await.unwrap();
    commit_one(&*store, read(submitted("2", "a"), "a")).await;
    let after = store.head().await.unwrap();
    commit_one(&*store, read(submitted("3", "b"), "b")).await;
    assert!(store.standings(LogPosition(0)).await.unwrap().is_empty());
    let old = store.standings(before).await.unwrap();
    assert_eq!(old.len(), 1);
    let reason = Reason::BadMessage;
    assert_eq!(old[0].condition, Condition::Quarantined { reason });
    assert!(store.standings(after).await.unwrap()[0].indexed().is_some());
    let now = store.standings(store.head().await.unwrap()).await.unwrap();
    assert_eq!(now.len(), 2);
    assert!(now.is_sorted_by_key(|standing| standing.document));
    let one_by_one = store.standings_of(&[document("b"), document("none"), document("a")]).await.unwrap();
    assert_eq!(one_by_one[1], None);
    for standing in now {
        assert!(one_by_one.contains(&Some(standing)));
    }
    let asked = [document("b"), document("none"), document("a")];
    for at in (0..=store.head().await.unwrap().0).map(LogPosition) {
        let all = store.standings(at).await.unwrap();
        let of = |document| all.iter().find(|standing| standing.document == document).cloned();
        assert_eq!(store.standings_of_at(&asked, at).await.unwrap(), asked.map(of));
    }
}

/// Several committers in several processes and a follower that reads on: it sees every position once, in order.
pub(crate) async fn a_follower_skips_nothing(database: &dyn Database) {
    const COMMITTERS: usize = 4;
    const BATCHES: usize = 12;
    let stores: Vec<std::sync::Arc<dyn bole_store::Store>> =
        vec![database.open().await.into(), database.open().await.into()];
    let follower = database.open().await;
    let committers: Vec<_> = (0..COMMITTERS)
        .map(|committer| {
            let store = stores[committer % 2].clone();
            tokio::spawn(async move {
                for batch in 0..BATCHES {
                    // Every batch brings a document of its own and one that all bring.
                    let own = format!("{committer} {batch}");
                    let shared = format!("shared {batch}");
                    let batch = [
                        read(submitted(&own, &own), &own),
                        read(submitted(&format!("{own} shared"), &shared), &shared),
                    ];
                    let committed = store.commit(&batch, at(0)).await.unwrap();
                    assert!(!settled(&committed[0]).1);
                }
            })
        })
        .collect();
    let n_events = COMMITTERS * BATCHES * 3 + BATCHES;
    let mut seen = LogPosition(0);
    let mut n_submissions = 0;
    while (seen.0 as usize) < n_events {
        for change in follower.changes(seen, 7).await.unwrap() {
            assert_eq!(change.position, seen.next());
            seen = change.position;
            n_submissions += usize::from(matches!(change.event, Event::Submission { .. }));
        }
        assert!(follower.ledger().await.unwrap().holds());
        if committers.iter().all(tokio::task::JoinHandle::is_finished) {
            assert!(follower.head().await.unwrap().0 as usize <= n_events);
        }
    }
    for committer in committers {
        committer.await.unwrap();
    }
    assert_eq!(n_submissions, COMMITTERS * BATCHES * 2);
    let total = follower.ledger().await.unwrap().total();
    assert_eq!(total.indexed as usize, COMMITTERS * BATCHES + BATCHES);
    assert_eq!(total.duplicate as usize, (COMMITTERS - 1) * BATCHES);
    check(&*follower).await;
}
