//! The law of the ledger, after whatever happened.

use std::collections::{BTreeMap, BTreeSet};

use bole_core::{FieldId, Reason, State};
use bole_store::{Committed, Condition, Decided, Discard, Replay, Store};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::Database;
use super::fixture::{at, check, copy, date, document, read, refused, settled, standing, submitted};
use super::people::AsyncRunner;

/// One call of a store. Ids and contents come from a small world, so that they collide.
#[derive(Clone, Debug)]
enum Op {
    Accept(Vec<Message>),
    Confirm(Vec<Message>),
    Commit(Vec<(Message, Choice)>),
    Replay(Vec<Message>),
    Discard(Vec<Message>),
    /// Publishes what is to be, and decides it.
    Publish(Choice),
    Sweep,
    Reopen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Message {
    portal: u8,
    id: u8,
    content: u8,
    day: u8,
}

#[derive(Clone, Copy, Debug)]
enum Choice {
    Read,
    Copy,
    NoText,
    BadMessage,
    Oversized,
}

/// Portal and message id.
type Place = (u8, String);

/// What a store should hold, told in the simplest way.
#[derive(Default)]
struct Oracle {
    states: BTreeMap<Place, (u8, State, Reason)>,
    first: BTreeMap<u8, Place>,
    links: BTreeMap<Place, Place>,
    dates: BTreeMap<u8, BTreeSet<u8>>,
    doubtful: BTreeMap<u8, BTreeSet<u8>>,
    fields: BTreeMap<u8, BTreeSet<Option<&'static str>>>,
    doubtful_fields: BTreeMap<u8, BTreeSet<Option<&'static str>>>,
    read: BTreeSet<u8>,
}

pub(crate) fn it_holds_after_any_sequence<D: Database, R: AsyncRunner>(fresh: impl Fn() -> D, runner: &R) {
    let config = ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() };
    let result = TestRunner::new(config).run(&prop::collection::vec(op(), 1..18), |ops| {
        let database = fresh();
        runner.run(async {
            let mut store = database.open().await;
            let mut oracle = Oracle::default();
            for op in &ops {
                match op {
                    Op::Accept(messages) => {
                        let submitted: Vec<_> = messages.iter().copied().map(Message::submitted).collect();
                        store.accept(&submitted, at(0)).await.unwrap();
                        for message in messages {
                            oracle.accept(*message);
                        }
                    }
                    Op::Confirm(messages) => {
                        let submitted: Vec<_> = messages.iter().copied().map(Message::submitted).collect();
                        store.confirm(&submitted, at(1)).await.unwrap();
                        for message in messages {
                            oracle.confirm(*message);
                        }
                    }
                    Op::Commit(batch) => commit(&*store, &mut oracle, batch).await,
                    Op::Replay(messages) => {
                        let ids: Vec<_> = messages.iter().map(|it| id_of(&oracle.place(*it).0)).collect();
                        let answers = store.replay(&ids, &[], at(3)).await.unwrap();
                        for (message, answer) in messages.iter().zip(answers) {
                            assert_eq!(answer, oracle.replay(*message), "{message:?}");
                        }
                    }
                    Op::Discard(messages) => {
                        let ids: Vec<_> = messages.iter().map(|it| id_of(&oracle.place(*it).0)).collect();
                        let answers = store.discard(&ids, at(4)).await.unwrap();
                        for (message, answer) in messages.iter().zip(answers) {
                            assert_eq!(answer, oracle.discard(*message), "{message:?}");
                        }
                    }
                    Op::Publish(choice) => publish(&*store, &mut oracle, *choice).await,
                    Op::Sweep => {
                        let n_swept = store.sweep_accepting(at(1)).await.unwrap();
                        let n_accepting = oracle.states.len();
                        oracle.states.retain(|_, (_, state, _)| *state != State::Accepting);
                        assert_eq!(n_swept as usize, n_accepting - oracle.states.len());
                    }
                    Op::Reopen => store = database.open().await,
                }
            }
            oracle.compare(&*store).await;
            check(&*store).await;
        });
        Ok(())
    });
    result.unwrap();
}

async fn commit(store: &dyn Store, oracle: &mut Oracle, batch: &[(Message, Choice)]) {
    let decided: Vec<Decided> = batch.iter().map(|(message, choice)| message.decided(*choice)).collect();
    let committed = store.commit(&decided, at(2)).await.unwrap();
    let mut sorted: Vec<usize> = (0..batch.len()).collect();
    sorted.sort_by_key(|index| {
        let submitted = &decided[*index].submitted;
        (submitted.submission.clone(), submitted.document)
    });
    for index in sorted {
        let (message, choice) = batch[index];
        let (place, is_reused) = oracle.place(message);
        let told = (message.day, field(message.day));
        let expected = oracle.commit(place, is_reused, message.content, told, choice);
        match (&committed[index], expected) {
            (Committed::ReadFirst, None) => {}
            (committed @ Committed::Settled { .. }, Some((reason, redelivered))) => {
                let (record, was) = settled(committed);
                assert_eq!((record.reason, was), (reason, redelivered), "{message:?} {choice:?}");
            }
            (committed, expected) => panic!("{message:?} {choice:?}: {committed:?}, not {expected:?}"),
        }
    }
}

/// Publishes up to two replayed messages, and decides what arrives.
async fn publish(store: &dyn Store, oracle: &mut Oracle, choice: Choice) {
    for submitted in store.to_publish(2).await.unwrap() {
        let id = submitted.submission.clone();
        let portal = u8::from(id.portal.as_str() == portal(1));
        let place = (portal, id.message_id.to_string());
        let content = oracle.states[&place].0;
        let day = submitted.document_date.0.day() as u8;
        // One that was refused has lost its headers.
        let told = (day, submitted.field.as_ref().and_then(|_| field(day)));
        let expected = oracle.commit(place, false, content, told, choice);
        let decided = decided(submitted, &format!("content {content}"), choice);
        let committed = store.commit(&[decided], at(5)).await.unwrap();
        match (&committed[0], expected) {
            // It stays with the queue, or here with the publisher, until it is read.
            (Committed::ReadFirst, None) => continue,
            (committed, Some((reason, redelivered))) => {
                let (record, was) = settled(committed);
                assert_eq!((record.reason, was), (reason, redelivered), "{id} {choice:?}");
            }
            (committed, expected) => panic!("{id} {choice:?}: {committed:?}, not {expected:?}"),
        }
        store.published(&[id]).await.unwrap();
    }
}

fn op() -> impl Strategy<Value = Op> {
    let message = || {
        (0..2_u8, 0..4_u8, 0..5_u8, 1..29_u8).prop_map(|(portal, id, content, day)| Message {
            portal,
            id,
            content,
            day,
        })
    };
    let choice = prop_oneof![
        4 => Just(Choice::Read),
        2 => Just(Choice::Copy),
        1 => Just(Choice::NoText),
        1 => Just(Choice::BadMessage),
        1 => Just(Choice::Oversized),
    ];
    prop_oneof![
        1 => prop::collection::vec(message(), 1..9).prop_map(Op::Replay),
        1 => prop::collection::vec(message(), 0..4).prop_map(Op::Discard),
        1 => choice.clone().prop_map(Op::Publish),
        1 => prop::collection::vec(message(), 0..4).prop_map(Op::Accept),
        1 => prop::collection::vec(message(), 0..4).prop_map(Op::Confirm),
        4 => prop::collection::vec((message(), choice), 0..7).prop_map(Op::Commit),
        1 => Just(Op::Sweep),
        1 => Just(Op::Reopen),
    ]
}

impl Message {
    fn content(self) -> String {
        format!("content {}", self.content)
    }

    fn submitted(self) -> bole_core::message::v1::Submitted {
        let mut submitted = submitted(&self.id.to_string(), &self.content());
        submitted.submission.portal = portal(self.portal).parse().unwrap();
        submitted.document_date = date(&format!("2026-10-{:02}", self.day));
        submitted.field = field(self.day).map(|field| FieldId(field.to_owned()));
        submitted
    }

    fn decided(self, choice: Choice) -> Decided {
        decided(self.submitted(), &self.content(), choice)
    }
}

fn decided(submitted: bole_core::message::v1::Submitted, content: &str, choice: Choice) -> Decided {
    match choice {
        Choice::Read => read(submitted, content),
        Choice::Copy => copy(submitted, content),
        Choice::NoText => refused(submitted, content, Reason::NoText),
        Choice::BadMessage => refused(submitted, content, Reason::BadMessage),
        Choice::Oversized => {
            let mut decided = read(submitted, content);
            decided.submitted.consent = Some("x".repeat(9999));
            decided
        }
    }
}

/// What the submissions of a day are for.
fn field(day: u8) -> Option<&'static str> {
    [None, Some("finance"), Some("aerospace"), Some("energy-storage")][usize::from(day % 4)]
}

fn portal(number: u8) -> &'static str {
    ["agency", "live"][number as usize]
}

fn id_of((of, message_id): &Place) -> bole_core::SubmissionId {
    super::fixture::id(portal(*of), message_id)
}

impl Oracle {
    fn place(&self, message: Message) -> ((u8, String), bool) {
        let own = (message.portal, message.id.to_string());
        match self.states.get(&own) {
            Some((content, ..)) if *content != message.content => {
                let reused = format!("{}#{}", message.id, document(&message.content()).short());
                ((message.portal, reused), true)
            }
            _ => (own, false),
        }
    }

    fn accept(&mut self, message: Message) {
        let (place, _) = self.place(message);
        let row = (message.content, State::Accepting, Reason::Received);
        self.states.entry(place).or_insert(row);
    }

    fn confirm(&mut self, message: Message) {
        let (place, _) = self.place(message);
        let row = self.states.entry(place).or_insert((message.content, State::Accepting, Reason::Received));
        if row.1 == State::Accepting {
            row.1 = State::Queued;
        }
    }

    fn replay(&mut self, message: Message) -> Replay {
        let (place, _) = self.place(message);
        match self.states.get_mut(&place) {
            None => Replay::Unknown,
            Some(row) if row.1 != State::Quarantined => Replay::NotQuarantined(row.1),
            Some(row) => {
                (row.1, row.2) = (State::Queued, Reason::Replayed);
                Replay::Queued
            }
        }
    }

    fn discard(&mut self, message: Message) -> Discard {
        let (place, _) = self.place(message);
        match self.states.get_mut(&place) {
            None => Discard::Unknown,
            Some(row) if row.1 != State::Quarantined => Discard::NotQuarantined(row.1),
            Some(row) => {
                (row.1, row.2) = (State::Discarded, Reason::ByOperator);
                Discard::Discarded
            }
        }
    }

    /// The reason, and whether it is a redelivery; none if it has to be read first.
    fn commit(
        &mut self,
        place: Place,
        mut is_reused: bool,
        content: u8,
        (day, field): (u8, Option<&'static str>),
        choice: Choice,
    ) -> Option<(Reason, bool)> {
        if let Some((_, state, reason)) = self.states.get(&place) {
            if state.is_settled() {
                return Some((*reason, true));
            }
            // Whatever message of it comes, it is the replay that is decided.
            is_reused &= *reason != Reason::Replayed;
        }
        let has_first = self.first.get(&content).is_some_and(|first| *first != place);
        let reason = match choice {
            // The row itself is refused, whatever was decided about it.
            Choice::Oversized => Reason::StoreRefused,
            _ if is_reused => Reason::MessageIdReused,
            Choice::BadMessage => Reason::BadMessage,
            _ if has_first => Reason::SameContent,
            Choice::Copy => return None,
            Choice::Read => Reason::Read,
            Choice::NoText => Reason::NoText,
        };
        let reason = if is_reused { Reason::MessageIdReused } else { reason };
        match reason {
            Reason::Read | Reason::NoText => {
                self.first.insert(content, place.clone());
            }
            Reason::SameContent => {
                self.links.insert(place.clone(), self.first[&content].clone());
            }
            _ if !has_first => {
                self.first.remove(&content);
            }
            _ => {}
        }
        if reason == Reason::Read {
            self.read.insert(content);
        }
        let dates = if reason == Reason::BadMessage { &mut self.doubtful } else { &mut self.dates };
        dates.entry(content).or_default().insert(day);
        let is_bad = reason == Reason::BadMessage;
        let fields = if is_bad { &mut self.doubtful_fields } else { &mut self.fields };
        let field = field.filter(|_| !matches!(choice, Choice::Oversized));
        fields.entry(content).or_default().insert(field);
        self.states.insert(place, (content, reason.state(), reason));
        Some((reason, false))
    }

    async fn compare(&self, store: &dyn Store) {
        let mut received: BTreeMap<&str, u64> = BTreeMap::new();
        let waiting = store.to_publish(u32::MAX).await.unwrap();
        for (place, (content, state, reason)) in &self.states {
            let id = id_of(place);
            let record = store.submission(&id).await.unwrap().unwrap();
            assert_eq!((record.state, record.reason), (*state, *reason), "{id}");
            assert_eq!(record.document, document(&format!("content {content}")));
            assert_eq!(record.duplicate_of, self.links.get(place).map(id_of));
            if *reason == Reason::Replayed {
                assert!(waiting.iter().any(|submitted| submitted.submission == id), "{id} is lost");
            }
            if *state != State::Accepting {
                *received.entry(portal(place.0)).or_default() += 1;
            }
        }
        let ledger = store.ledger().await.unwrap();
        for (portal, line) in &ledger.portals {
            assert_eq!(Some(&line.received), received.get(portal.as_str()), "{portal}");
        }
        assert_eq!(ledger.portals.len(), received.len());
        for content in 0..5 {
            let found = standing(store, &format!("content {content}")).await;
            let dates = self.dates.get(&content).or_else(|| self.doubtful.get(&content));
            // In quarantine, or read; while all of it is queued or given up it stands nowhere.
            let reasons: Vec<Reason> = self
                .states
                .values()
                .filter(|(of, state, _)| *of == content && *state == State::Quarantined)
                .map(|(_, _, reason)| *reason)
                .collect();
            let stands = self.read.contains(&content) || !reasons.is_empty();
            let expected = dates.and_then(BTreeSet::first).map(|day| date(&format!("2026-10-{day:02}")));
            let expected = expected.filter(|_| stands);
            if let Some(Condition::Quarantined { reason }) = found.as_ref().map(|it| it.condition) {
                assert!(reasons.contains(&reason), "content {content}: {reason}");
            }
            assert_eq!(found.as_ref().map(|standing| standing.as_of), expected, "content {content}");
            let fields = self.fields.get(&content).or_else(|| self.doubtful_fields.get(&content));
            let named = |field: &str| FieldId(field.to_owned());
            let fields =
                fields.map(|fields| fields.iter().map(|field| field.map(named)).collect()).filter(|_| stands);
            assert_eq!(found.as_ref().map(|standing| standing.fields.clone()), fields, "content {content}");
            let is_read = found.is_some_and(|standing| standing.indexed().is_some());
            assert_eq!(is_read, self.read.contains(&content), "content {content}");
        }
    }
}
