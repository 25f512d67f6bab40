//! Which documents are of the same person.

use std::collections::{BTreeMap, BTreeSet};

use bole_core::{Event, Reason};
use bole_store::{Alike, Decided, NewReading, Reread};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::Database;
use super::fixture::{at, check, commit_one, copy, document, id, person, read, read_as, refused, submitted};
use super::reread::by_reader;

fn referred(
    message_id: &str,
    content: &str,
    portal: &str,
    candidate_ref: &str,
) -> bole_core::message::v1::Submitted {
    let mut submitted = submitted(message_id, content);
    submitted.submission = id(portal, message_id);
    submitted.candidate_ref = Some(candidate_ref.to_owned());
    submitted
}

pub(crate) async fn a_name_and_a_contact_or_a_candidate_ref(database: &dyn Database) {
    let store = database.open().await;
    let read_as = |content: &str, name: &str, contacts: &[&str]| {
        read_as(submitted(content, content), content, name, contacts)
    };
    let batch = [
        read_as("li 1", "li", &["mail:li@x"]),
        read_as("li 2", "li", &["mail:li@x", "tel:1"]),
        read_as("li 3", "li", &["tel:1"]),
        read_as("other li", "li", &["mail:other@x"]),
        read_as("nobody", "", &["mail:li@x"]),
        read_as("nameless", "", &["tel:1"]),
        read(referred("r1", "ref 1", "live", "7"), "ref 1"),
        read(referred("r2", "ref 2", "live", "7"), "ref 2"),
        read(referred("r3", "ref 3", "agency", "7"), "ref 3"),
    ];
    store.commit(&batch, at(0)).await.unwrap();
    let store = &*store;
    let li = person(store, "li 1").await;
    assert_eq!([person(store, "li 2").await, person(store, "li 3").await], [li, li]);
    assert_eq!(person(store, "ref 1").await, person(store, "ref 2").await);
    let mut all = BTreeSet::new();
    for content in ["li 1", "other li", "nobody", "nameless", "ref 1", "ref 3"] {
        all.insert(person(store, content).await.0);
    }
    assert_eq!(all.len(), 6);
    check(store).await;
}

pub(crate) async fn a_contact_under_two_names_parts_those_it_joined(database: &dyn Database) {
    let store = database.open().await;
    let store = &*store;
    let of = |content: &str, name: &str, contacts: &[&str]| {
        read_as(submitted(content, content), content, name, contacts)
    };
    commit_one(store, of("a", "li", &["mail:agency@x"])).await;
    commit_one(store, of("b", "li", &["mail:agency@x", "tel:1"])).await;
    commit_one(store, of("c", "li", &["tel:1"])).await;
    let one = person(store, "a").await;
    assert_eq!([person(store, "b").await, person(store, "c").await], [one, one]);
    let head = store.head().await.unwrap();
    let before = store.standings(head).await.unwrap();
    commit_one(store, of("d", "wang", &["mail:agency@x"])).await;
    assert_ne!(person(store, "a").await, person(store, "b").await);
    assert_eq!(person(store, "b").await, person(store, "c").await);
    assert_ne!(person(store, "d").await, person(store, "b").await);
    assert!([person(store, "a").await, person(store, "b").await].contains(&one));
    // Those that moved are in the log; a ranking of before still sees them together.
    let changes = store.changes(head, 99).await.unwrap();
    let moved = changes.iter().filter(|change| matches!(change.event, Event::Document { .. })).count();
    assert!((2..=3).contains(&moved), "{moved}");
    assert_eq!(store.standings(head).await.unwrap(), before);
    // A copy that brings a candidate-ref joins them again.
    commit_one(store, copy(referred("a'", "a", "live", "9"), "a")).await;
    commit_one(store, copy(referred("c'", "c", "live", "9"), "c")).await;
    assert_eq!(person(store, "a").await, person(store, "b").await);
    check(store).await;
    // Candidate-refs hold together only those that have them.
    for (content, candidate_ref) in [("e", "1"), ("f", "2"), ("g", "2")] {
        let submitted = referred(content, content, "live", candidate_ref);
        let contacts: &[&str] = if content == "g" { &[] } else { &["mail:other agency@x"] };
        commit_one(store, read_as(submitted, content, "zhao", contacts)).await;
    }
    assert_eq!(person(store, "e").await, person(store, "g").await);
    commit_one(store, of("h", "qian", &["mail:other agency@x"])).await;
    assert_ne!(person(store, "e").await, person(store, "f").await);
    assert_eq!(person(store, "f").await, person(store, "g").await);
    check(store).await;
}

pub(crate) async fn who_may_be_the_same_person_is_told(database: &dyn Database) {
    let store = database.open().await;
    let store = &*store;
    let of = |content: &str, name: &str, contacts: &[&str]| {
        read_as(submitted(content, content), content, name, contacts)
    };
    let batch = [
        of("li", "li", &["mail:li@x", "tel:1"]),
        of("li again", "li", &["mail:li@x"]),
        of("other li", "li", &["mail:other@x"]),
        of("li without contact", "li", &[]),
        of("nameless", "", &["tel:1", "mail:nobody@x"]),
        of("wang", "wang", &["mail:wang@x"]),
        of("nothing", "", &[]),
    ];
    store.commit(&batch, at(0)).await.unwrap();
    let alike = async |content: &str| {
        let alike = store.alike(document(content), 99).await.unwrap();
        let mut told = Vec::new();
        for Alike { standing, by_contact, by_name } in alike {
            let others = store.standings_of(&[standing.document]).await.unwrap();
            assert_eq!(others, [Some(standing.clone())]);
            told.push((standing.document, by_contact, by_name));
        }
        let order = |(id, by_contact, _): &(_, bool, _)| (!by_contact, *id);
        assert!(told.is_sorted_by_key(order), "by contact first, then by id: {told:?}");
        told.into_iter()
            .map(|(id, by_contact, by_name)| (id, (by_contact, by_name)))
            .collect::<BTreeMap<_, _>>()
    };
    let expected = |expected: &[(&str, (bool, bool))]| {
        expected.iter().map(|(content, why)| (document(content), *why)).collect::<BTreeMap<_, _>>()
    };
    let (contact, name, both) = ((true, false), (false, true), (true, true));
    // Not the same person's own.
    let of_li = [("other li", name), ("li without contact", name), ("nameless", contact)];
    assert_eq!(alike("li").await, expected(&of_li));
    assert_eq!(alike("li again").await, expected(&[("other li", name), ("li without contact", name)]));
    let of_name = [("li", name), ("li again", name), ("other li", name)];
    assert_eq!(alike("li without contact").await, expected(&of_name));
    assert_eq!(alike("nameless").await, expected(&[("li", contact)]));
    for alone in ["wang", "nothing", "never seen"] {
        assert_eq!(alike(alone).await, expected(&[]), "{alone}");
    }
    let first = store.alike(document("li"), 1).await.unwrap();
    assert_eq!(first.iter().map(|alike| alike.standing.document).collect::<Vec<_>>(), [document("nameless")]);
    assert_eq!(store.alike(document("li"), 0).await.unwrap(), []);

    // An address that a second name gives is no key any more, but tells all the same.
    commit_one(store, of("wang at li's", "wang", &["mail:li@x"])).await;
    let told = alike("li").await;
    assert_eq!(told.get(&document("li again")), Some(&both));
    assert_eq!(told.get(&document("wang at li's")), Some(&contact));
    assert_eq!(alike("wang").await, expected(&[("wang at li's", name)]));

    // What a better reader understands counts, and what the one before it did does not.
    let better = [
        by_reader(2, "other li", "zhao", &["mail:other@x"]),
        by_reader(2, "nameless", "", &[]),
        by_reader(2, "wang", "", &["mail:other@x"]),
        by_reader(2, "nothing", "li", &[]),
    ];
    let answers = store.reread(&better, at(1)).await.unwrap();
    assert_eq!(answers, [Reread::Serves; 4]);
    let told = alike("li").await;
    assert!(!told.contains_key(&document("other li")) && !told.contains_key(&document("nameless")));
    assert_eq!(told.get(&document("nothing")), Some(&name));
    assert_eq!(alike("wang").await, expected(&[("other li", contact)]));
    assert_eq!(alike("nameless").await, expected(&[]));
    // A document in quarantine is nobody's.
    commit_one(store, refused(submitted("scan", "scan"), "scan", Reason::NoText)).await;
    assert_eq!(alike("scan").await, expected(&[]));
    check(store).await;
}

/// A document's name, contacts and candidate-ref, each from a small world, so that they collide.
#[derive(Clone, Debug)]
struct Card {
    name: u8,
    contacts: BTreeSet<u8>,
    candidate: Option<u8>,
    /// The name and contacts that a better reader understands.
    better: Option<(u8, BTreeSet<u8>)>,
}

/// Whatever the order and the batches, and whatever is read anew between them, documents are grouped as the
/// definition says.
pub(crate) fn grouping_is_a_function_of_the_documents<D: Database, R: AsyncRunner>(
    fresh: impl Fn() -> D,
    runner: &R,
) {
    let understood = || (0..3_u8, prop::collection::btree_set(0..5_u8, 0..3));
    let candidate = prop::option::weighted(0.4, 0..4_u8);
    let card = (understood(), candidate, prop::option::of(understood()));
    let cards = prop::collection::vec(card, 1..12).prop_map(|cards| {
        cards
            .into_iter()
            .map(|((name, contacts), candidate, better)| Card { name, contacts, candidate, better })
            .collect::<Vec<_>>()
    });
    let orders = cards.prop_flat_map(|cards| {
        // Each card twice: when it comes, and when it is read anew.
        let order: Vec<usize> = (0..cards.len()).chain(0..cards.len()).collect();
        (Just(cards), Just(order).prop_shuffle(), 1..4_usize)
    });
    let config = ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() };
    let result = TestRunner::new(config).run(&orders, |(cards, order, n_batch)| {
        let database = fresh();
        runner.run(async {
            let store = database.open().await;
            let mut come = BTreeSet::new();
            for steps in order.chunks(n_batch) {
                let (mut batch, mut anew) = (Vec::new(), Vec::new());
                for index in steps {
                    if come.insert(*index) {
                        batch.push(decided(&cards, *index));
                    } else {
                        anew.extend(better(&cards, *index));
                    }
                }
                store.commit(&batch, at(0)).await.unwrap();
                let answers = store.reread(&anew, at(0)).await.unwrap();
                assert!(answers.iter().all(|answer| *answer == Reread::Serves));
            }
            let mut persons = Vec::new();
            for index in 0..cards.len() {
                persons.push(person(&*store, &content(index)).await);
            }
            let groups = groups(&finally(&cards));
            for (left, group) in groups.iter().enumerate() {
                for (right, other) in groups.iter().enumerate() {
                    assert_eq!(persons[left] == persons[right], group == other, "{left} {right}");
                }
            }
            check(&*store).await;
        });
        Ok(())
    });
    result.unwrap();
}

/// Runs a future to its end, as the test binary does it.
pub(crate) trait AsyncRunner {
    fn run<T>(&self, future: impl Future<Output = T>) -> T;
}

fn decided(cards: &[Card], index: usize) -> Decided {
    let card = &cards[index];
    let content = content(index);
    let mut submitted = submitted(&format!("m-{index}"), &content);
    submitted.candidate_ref = card.candidate.map(|candidate| candidate.to_string());
    let contacts = texts(&card.contacts);
    let contacts: Vec<&str> = contacts.iter().map(String::as_str).collect();
    read_as(submitted, &content, name(card.name), &contacts)
}

/// What a better reader understands of a document, if it is another thing.
fn better(cards: &[Card], index: usize) -> Option<NewReading> {
    let (number, contacts) = cards[index].better.as_ref()?;
    let contacts = texts(contacts);
    let contacts: Vec<&str> = contacts.iter().map(String::as_str).collect();
    Some(by_reader(2, &content(index), name(*number), &contacts))
}

/// The cards when all are read anew.
fn finally(cards: &[Card]) -> Vec<Card> {
    let mut cards = cards.to_vec();
    for card in &mut cards {
        if let Some((name, contacts)) = card.better.take() {
            (card.name, card.contacts) = (name, contacts);
        }
    }
    cards
}

fn content(index: usize) -> String {
    format!("content {index}")
}

fn name(number: u8) -> &'static str {
    ["", "li", "wang"][number as usize]
}

fn texts(contacts: &BTreeSet<u8>) -> Vec<String> {
    contacts.iter().map(|contact| format!("tel:{contact}")).collect()
}

/// The definition, the slow way: join until nothing changes.
fn groups(cards: &[Card]) -> Vec<usize> {
    let mut names: BTreeMap<u8, BTreeSet<u8>> = BTreeMap::new();
    for card in cards.iter().filter(|card| card.name > 0) {
        for contact in &card.contacts {
            names.entry(*contact).or_default().insert(card.name);
        }
    }
    let same = |left: &Card, right: &Card| {
        let by_ref = left.candidate.is_some() && left.candidate == right.candidate;
        let by_contact = left.name > 0
            && left.name == right.name
            && left.contacts.intersection(&right.contacts).any(|contact| names[contact].len() == 1);
        by_ref || by_contact
    };
    let mut groups: Vec<usize> = (0..cards.len()).collect();
    for _ in cards {
        for left in 0..cards.len() {
            for right in 0..cards.len() {
                if same(&cards[left], &cards[right]) {
                    let group = groups[left].min(groups[right]);
                    (groups[left], groups[right]) = (group, group);
                }
            }
        }
    }
    groups
}
