//! For which fields a document was sent.

use bole_core::{DocumentFields, Event, FieldId, LogPosition, Reason, State};
use bole_store::{Decided, Replay, Store};

use super::Database;
use super::fixture::{at, check, commit_one, copy, date, document, id, read, refused, standing, submitted};

fn fields(names: &[&str]) -> DocumentFields {
    names.iter().map(|name| (*name != "any").then(|| FieldId((*name).to_owned()))).collect()
}

/// `any` is no hint.
fn for_field(mut decided: Decided, field: &str) -> Decided {
    decided.submitted.field = (field != "any").then(|| FieldId(field.to_owned()));
    decided
}

async fn found(store: &dyn Store) -> DocumentFields {
    standing(store, "a").await.unwrap().fields
}

pub(crate) async fn they_grow_and_the_log_tells(database: &dyn Database) {
    let store = database.open().await;
    let mut elsewhere = submitted("1", "a");
    elsewhere.submission = id("agency", "1");
    let sent = [
        (read(submitted("1", "a"), "a"), "finance", fields(&["finance"])),
        (copy(elsewhere, "a"), "Aerospace", fields(&["aerospace", "finance"])),
        (copy(submitted("2", "a"), "a"), "finance", fields(&["aerospace", "finance"])),
        (copy(submitted("3", "a"), "a"), "any", fields(&["aerospace", "any", "finance"])),
        (copy(submitted("4", "a"), "a"), "any", fields(&["aerospace", "any", "finance"])),
    ];
    let mut seen = Vec::new();
    for (decided, field, expected) in sent {
        let before = store.head().await.unwrap();
        let is_wider = seen.last().is_none_or(|(_, fields)| *fields != expected);
        commit_one(&*store, for_field(decided, field)).await;
        assert_eq!(found(&*store).await, expected);
        let changes = store.changes(before, 9).await.unwrap();
        let event = Event::Document { document: document("a") };
        assert_eq!(changes.iter().any(|change| change.event == event), is_wider, "{field}");
        seen.push((store.head().await.unwrap(), expected));
    }
    // What was visible then is visible then still.
    drop(store);
    let store = database.open().await;
    for (at, expected) in seen {
        let standings = store.standings(at).await.unwrap();
        assert_eq!(standings.iter().map(|standing| &standing.fields).collect::<Vec<_>>(), [&expected]);
        let one = store.standings_of_at(&[document("a")], at).await.unwrap();
        assert_eq!(one[0].as_ref(), standings.first());
    }
    check(&*store).await;
}

pub(crate) async fn the_order_of_arrival_does_not_matter(database: &dyn Database) {
    let store = database.open().await;
    let names: Vec<String> = (0..20).map(|number| format!("field-{number:02}")).collect();
    let orders: [Vec<usize>; 3] =
        [(0..20).collect(), (0..20).rev().collect(), (0..20).map(|n| n * 7 % 20).collect()];
    let mut ends = Vec::new();
    for (number, order) in orders.iter().enumerate() {
        let content = format!("content {number}");
        let decided = |name: usize| {
            let submitted = submitted(&format!("{number} {name}"), &content);
            for_field(read(submitted, &content), &names[name])
        };
        // One by one, or in batches.
        for part in order.chunks([1, 7, 20][number]) {
            let batch: Vec<_> = part.iter().map(|name| decided(*name)).collect();
            store.commit(&batch, at(0)).await.unwrap();
        }
        ends.push(standing(&*store, &content).await.unwrap().fields);
    }
    assert!(ends[0].any() && ends[0].named().len() == DocumentFields::MAX_NAMES);
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
    // A name that is too long, and one that is none.
    for (message_id, field) in [("long", "x".repeat(65)), ("signs", "?!".to_owned())] {
        commit_one(&*store, for_field(read(submitted(message_id, message_id), message_id), &field)).await;
        assert_eq!(standing(&*store, message_id).await.unwrap().fields, fields(&["any"]));
    }
    check(&*store).await;
}

pub(crate) async fn a_broken_message_counts_only_alone(database: &dyn Database) {
    let store = database.open().await;
    let bad = |message_id: &str, field: &str| {
        for_field(refused(submitted(message_id, "a"), "a", Reason::BadMessage), field)
    };
    commit_one(&*store, bad("1", "finance")).await;
    commit_one(&*store, bad("2", "aerospace")).await;
    assert_eq!(found(&*store).await, fields(&["aerospace", "finance"]));
    commit_one(&*store, for_field(read(submitted("3", "a"), "a"), "energy-storage")).await;
    assert_eq!(found(&*store).await, fields(&["energy-storage"]));
    let head = store.head().await.unwrap();
    commit_one(&*store, bad("4", "finance")).await;
    assert_eq!(found(&*store).await, fields(&["energy-storage"]));
    assert_eq!(store.head().await.unwrap(), LogPosition(head.0 + 1), "only the submission");
    check(&*store).await;
}

pub(crate) async fn a_replay_keeps_them(database: &dyn Database) {
    let store = database.open().await;
    let first = id("live", "1");
    commit_one(&*store, for_field(refused(submitted("1", "a"), "a", Reason::NoText), "finance")).await;
    assert_eq!(found(&*store).await, fields(&["finance"]));
    assert_eq!(store.replay(std::slice::from_ref(&first), &[], at(1)).await.unwrap(), [Replay::Queued]);
    assert_eq!(standing(&*store, "a").await, None);
    // Sent while the document stands nowhere.
    commit_one(&*store, for_field(copy(submitted("2", "a"), "a"), "aerospace")).await;
    let sent = store.to_publish(9).await.unwrap().remove(0);
    assert_eq!(sent.field, Some(FieldId("finance".to_owned())));
    let again = commit_one(&*store, read(sent, "a")).await;
    assert_eq!((again.state, &again.submission), (State::Indexed, &first));
    assert_eq!(found(&*store).await, fields(&["aerospace", "finance"]));
    // An earlier date moves the document, and not its fields; a new field, and not its date.
    let mut earlier = copy(submitted("3", "a"), "a");
    earlier.submitted.document_date = date("2020-01-02");
    commit_one(&*store, for_field(earlier, "finance")).await;
    commit_one(&*store, for_field(copy(submitted("4", "a"), "a"), "any")).await;
    let standing = standing(&*store, "a").await.unwrap();
    assert_eq!(
        (standing.as_of, standing.fields),
        (date("2020-01-02"), fields(&["aerospace", "any", "finance"]))
    );
    check(&*store).await;
}
