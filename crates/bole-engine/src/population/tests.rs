use bole_core::message::v1::Submitted;
use bole_core::{
    MatchKeys, Page, Pages, Reading, Reason, Resume as Understood, Section, SectionKind, Span, SubmissionId,
};
use bole_store::{Decided, Decision, Keep, NewReading};
use jiff::Timestamp;

use super::*;
use crate::engine::ReaderProgram;
use crate::{DataFolder, Settings};

/// The same numbers each time.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

pub(crate) async fn open(data: &std::path::Path) -> Engine {
    let settings = Settings::resolve(None, &BTreeMap::new(), &BTreeMap::new()).unwrap();
    let reader = ReaderProgram { program: "no-reader".into(), arguments: Vec::new() };
    let data = DataFolder::create(data).unwrap();
    Engine::open(settings, Knowledge::load(None).unwrap(), data, reader).await.unwrap()
}

fn content(number: u64) -> Vec<u8> {
    number.to_be_bytes().to_vec()
}

fn submitted(message: u64, number: u64, day: u64) -> Submitted {
    Submitted {
        submission: SubmissionId {
            portal: "live".parse().unwrap(),
            message_id: message.to_string().parse().unwrap(),
        },
        document: DocumentId::of(&content(number)),
        document_date: AsOf(format!("2026-10-{:02}", day + 1).parse().unwrap()),
        candidate_ref: None,
        field: None,
        consent: None,
        traceparent: None,
        source_name: None,
    }
}

/// What a reader of `version` understands: another one may see other words and contacts.
fn read(dice: &mut Dice, engine: &Engine, number: u64, version: u32) -> NewReading {
    const WORDS: [&str; 8] =
        ["固态电池", "储能", "accountant", "bank", "pilot", "卫星", "solid-state battery", "税务"];
    let n_words = 1 + dice.below(6);
    let words: Vec<_> = (0..n_words).map(|_| WORDS[dice.below(8) as usize]).collect();
    let text = words.join("，");
    let whole = Span { page: 1, start: 0, end: text.chars().count() as u32 };
    let reading = Reading {
        document: DocumentId::of(&content(number)),
        reader: ReaderVersion(version),
        content: Pages { pages: vec![Page { text, ..Page::default() }], ..Pages::default() },
        resume: Understood {
            sections: vec![Section { kind: SectionKind::Skills, heading: None, text: vec![whole] }],
            ..Understood::default()
        },
    };
    let lexicon = engine.knowledge().lexicon();
    let evidence = bole_rank::collect(&reading, lexicon);
    // Some were read before the lexicon changed.
    let found_with = if dice.below(5) == 0 { ContentHash::of(b"an older lexicon") } else { lexicon.hash() };
    let name = (dice.below(4) > 0).then(|| format!("name{}", dice.below(12)));
    let contacts = (0..dice.below(3)).map(|_| format!("tel:{}", dice.below(40))).collect();
    NewReading {
        reading: (reading.id(), EncodedReading::encode(&reading).unwrap()),
        evidence: (found_with, EncodedEvidence::encode(&evidence).unwrap()),
        keys: MatchKeys { name, contacts },
    }
}

fn decided(dice: &mut Dice, engine: &Engine, submitted: Submitted, number: u64) -> Decided {
    let NewReading { reading, evidence, keys } = read(dice, engine, number, 1);
    let decision = match dice.below(6) {
        0 => Decision::Refused { reason: Reason::NoText, detail: String::new() },
        _ => Decision::Read { reading, evidence, keys, partial: false },
    };
    Decided { submitted, original: Keep::InCommit(content(number).into()), decision }
}

/// Takes in resumes of these numbers: of nobody, if they cannot be read, or all of one person.
pub(crate) async fn take_in(engine: &Engine, numbers: std::ops::Range<u64>, can_read: bool) {
    let dice = &mut Dice(numbers.start);
    let batch = numbers.map(|number| {
        let NewReading { reading, evidence, .. } = read(dice, engine, number, 1);
        let keys = MatchKeys { name: Some("name".to_owned()), contacts: ["tel:1000".to_owned()].into() };
        let decision = if can_read {
            Decision::Read { reading, evidence, keys, partial: false }
        } else {
            Decision::Refused { reason: Reason::NoText, detail: String::new() }
        };
        let submitted = submitted(1_000_000 + number, number, number % 30);
        Decided { submitted, original: Keep::InCommit(content(number).into()), decision }
    });
    let batch: Vec<_> = batch.collect();
    engine.store().commit(&batch, Timestamp::from_second(1_790_000_000).unwrap()).await.unwrap();
}

/// One batch of changes of a kind that the dice choose.
pub(crate) async fn change(dice: &mut Dice, engine: &Engine, messages: &mut u64) {
    let store = engine.store();
    let now = Timestamp::from_second(1_790_000_000).unwrap();
    let count = dice.below(9);
    match dice.below(8) {
        0 | 1 => {
            let submissions =
                store.quarantined(&bole_store::QuarantineFilter::default(), None, 6).await.unwrap();
            let some: Vec<_> = submissions.into_iter().filter(|_| dice.below(2) == 0).collect();
            let ids: Vec<_> = some.iter().map(|record| record.submission.clone()).collect();
            if dice.below(4) == 0 {
                store.discard(&ids, now).await.unwrap();
            } else {
                store.replay(&ids, &[], now).await.unwrap();
            }
        }
        2 => {
            let batch = (0..count).map(|_| {
                let number = dice.below(80);
                let version = 2 + dice.below(3) as u32;
                read(dice, engine, number, version)
            });
            let batch: Vec<_> = batch.collect();
            store.reread(&batch, now).await.unwrap();
        }
        3 => {
            // What was replayed comes round again.
            let again = store.to_publish(8).await.unwrap();
            let batch = again.into_iter().map(|submitted| {
                let number = (0..80).find(|number| DocumentId::of(&content(*number)) == submitted.document);
                decided(dice, engine, submitted, number.unwrap())
            });
            let batch: Vec<_> = batch.collect();
            store.commit(&batch, now).await.unwrap();
        }
        _ => {
            let batch = (0..count).map(|_| {
                // Few documents, so that many are copies, some of an earlier date.
                let (number, day) = (dice.below(80), dice.below(30));
                *messages += 1;
                decided(dice, engine, submitted(*messages, number, day), number)
            });
            let batch: Vec<_> = batch.collect();
            store.commit(&batch, now).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn following_the_log_is_loading_anew() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path()).await;
    let knowledge = engine.knowledge().clone();
    let (mut dice, mut messages) = (Dice(7), 0);
    let mut seen = Vec::new();
    for round in 0..120 {
        change(&mut dice, &engine, &mut messages).await;
        // Sometimes several batches are missing.
        if round % 4 == 1 {
            continue;
        }
        let followed = Population::current(&engine, &knowledge).await.unwrap();
        let head = engine.store().head().await.unwrap();
        assert_eq!(followed.position(), head);
        let anew = Population::at(&engine, &knowledge, head).await.unwrap();
        assert_eq!(*followed, anew, "round {round}");
        assert_eq!(anew.n_people(), (anew.rows.len() + anew.apart().unreadable.len()) as u64);
        assert_eq!(anew.rows.len() + anew.apart().older_versions.len(), anew.n_resumes());
        seen.push(followed);
    }
    // All kinds of people were there.
    assert!(seen.iter().any(|seen| seen.rows.len() > 20));
    assert!(seen.iter().any(|seen| seen.apart().older_versions.len() > 0));
    assert!(seen.iter().any(|seen| seen.apart().unreadable.len() > 0));
    for older in seen.iter().step_by(9) {
        let anew = Population::at(&engine, &knowledge, older.position()).await.unwrap();
        assert_eq!(**older, anew, "what was seen before stays as it was");
    }
}

#[tokio::test]
async fn the_newest_is_of_the_greatest_date_whatever_came_first() {
    let standing = |document: &[u8], date: &str| {
        let document = DocumentId::of(document);
        let reading = ReadingId { document, reader: ReaderVersion(1) };
        let condition = Condition::Indexed { reading, person: PersonId(Uuid::from_u128(1)) };
        let (as_of, fields) = (AsOf(date.parse().unwrap()), bole_core::DocumentFields::default());
        (document, Some(Standing { document, as_of, fields, condition }))
    };
    let mut standings =
        [standing(b"a", "2024-01-01"), standing(b"b", "2026-01-01"), standing(b"c", "2025-01-01")];
    for _ in 0..3 {
        standings.rotate_left(1);
        let mut population = Population::default();
        for one in &standings {
            population.move_people(BTreeMap::from([one.clone()]));
        }
        assert_eq!(population.apart.older_versions.len(), 2);
        assert!(population.apart.older_versions.get(DocumentId::of(b"b")).is_none());
        // The newest goes: the next is the newest.
        let (made, _) = population.move_people(BTreeMap::from([(DocumentId::of(b"b"), None)]));
        assert_eq!(made.iter().map(|(_, id)| id.document).collect::<Vec<_>>(), [DocumentId::of(b"c")]);
        let (made, _) = population.move_people(BTreeMap::from([(DocumentId::of(b"c"), None)]));
        assert_eq!(made.iter().map(|(_, id)| id.document).collect::<Vec<_>>(), [DocumentId::of(b"a")]);
    }
}
