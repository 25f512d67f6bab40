//! The law of the ledger, after whatever happened.

use std::collections::{BTreeMap, BTreeSet};

use bole_core::{Reason, State};
use bole_store::{Committed, Decided, Store};
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

/// What a store should hold, told in the simplest way.
#[derive(Default)]
struct Oracle {
    states: BTreeMap<(u8, String), (u8, State, Reason)>,
    first: BTreeMap<u8, (u8, String)>,
    dates: BTreeMap<u8, BTreeSet<u8>>,
    doubtful: BTreeMap<u8, BTreeSet<u8>>,
    read: BTreeSet<u8>,
}

pub(crate) fn it_holds_after_any_sequence<D: Database, R: AsyncRunner>(fresh: impl Fn() -> D, runner: &R) {
    let config = ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() };
    let result = TestRunner::new(config).run(&prop::collection::vec(op(), 1..14), |ops| {
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
        let expected = oracle.commit(message, choice);
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
        1 => prop::collection::vec(message(), 0..4).prop_map(Op::Accept),
        1 => prop::collection::vec(message(), 0..4).prop_map(Op::Confirm),
        4 => prop::collection::vec((message(), choice), 0..7).prop_map(Op::Commit),
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
        submitted
    }

    fn decided(self, choice: Choice) -> Decided {
        let (submitted, content) = (self.submitted(), self.content());
        match choice {
            Choice::Read => read(submitted, &content),
            Choice::Copy => copy(submitted, &content),
            Choice::NoText => refused(submitted, &content, Reason::NoText),
            Choice::BadMessage => refused(submitted, &content, Reason::BadMessage),
            Choice::Oversized => {
                let mut decided = read(submitted, &content);
                decided.submitted.consent = Some("x".repeat(9999));
                decided
            }
        }
    }
}

fn portal(number: u8) -> &'static str {
    ["agency", "live"][number as usize]
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

    /// The reason, and whether it is a redelivery; none if it has to be read first.
    fn commit(&mut self, message: Message, choice: Choice) -> Option<(Reason, bool)> {
        let (place, is_reused) = self.place(message);
        if let Some((_, state, reason)) = self.states.get(&place)
            && state.is_settled()
        {
            return Some((*reason, true));
        }
        let has_first = self.first.contains_key(&message.content);
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
        if matches!(reason, Reason::Read | Reason::NoText) {
            self.first.insert(message.content, place.clone());
        }
        if reason == Reason::Read {
            self.read.insert(message.content);
        }
        let dates = if reason == Reason::BadMessage { &mut self.doubtful } else { &mut self.dates };
        dates.entry(message.content).or_default().insert(message.day);
        self.states.insert(place, (message.content, reason.state(), reason));
        Some((reason, false))
    }

    async fn compare(&self, store: &dyn Store) {
        let mut received: BTreeMap<&str, u64> = BTreeMap::new();
        for ((of, message_id), (content, state, reason)) in &self.states {
            let id = super::fixture::id(portal(*of), message_id);
            let record = store.submission(&id).await.unwrap().unwrap();
            assert_eq!((record.state, record.reason), (*state, *reason), "{id}");
            assert_eq!(record.document, document(&format!("content {content}")));
            let first = self.first.get(content).map(|(of, id)| super::fixture::id(portal(*of), id));
            assert_eq!(record.duplicate_of, first.filter(|_| *state == State::Duplicate));
            if *state != State::Accepting {
                *received.entry(portal(*of)).or_default() += 1;
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
            let expected = dates.and_then(BTreeSet::first).map(|day| date(&format!("2026-10-{day:02}")));
            assert_eq!(found.as_ref().map(|standing| standing.as_of), expected, "content {content}");
            let is_read = found.is_some_and(|standing| standing.indexed().is_some());
            assert_eq!(is_read, self.read.contains(&content), "content {content}");
        }
    }
}
