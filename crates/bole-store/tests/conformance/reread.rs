//! New readings by a better reader.

use std::collections::BTreeSet;

use bole_core::{
    ContentHash, EncodedEvidence, EncodedReading, Event, LogPosition, MatchKeys, ReaderVersion, ReadingId,
    Reason,
};
use bole_store::{NewReading, Overdue, Reread, Store};

use super::Database;
use super::fixture::{
    at, check, commit_one, copy, document, lexicon, person, read, read_as, refused, standing, submitted,
};

/// What reader `version` sees in a document.
pub(super) fn by_reader(version: u32, content: &str, name: &str, contacts: &[&str]) -> NewReading {
    let reading = ReadingId { document: document(content), reader: ReaderVersion(version) };
    let text = format!("reading of {content} by {version}");
    let evidence = format!("evidence of {content} by {version}");
    NewReading {
        reading: (reading, EncodedReading::from_bytes(text.into_bytes())),
        evidence: (lexicon(), EncodedEvidence::from_bytes(evidence.into_bytes())),
        keys: MatchKeys {
            name: (!name.is_empty()).then(|| name.to_owned()),
            contacts: contacts.iter().map(|contact| (*contact).to_owned()).collect(),
        },
    }
}

async fn serving(store: &dyn Store, content: &str) -> ReadingId {
    standing(store, content).await.unwrap().indexed().unwrap().0
}

pub(crate) async fn a_new_reading_serves_and_the_old_one_stays(database: &dyn Database) {
    let store = database.open().await;
    let store = &*store;
    store.commit(&[read(submitted("a", "a"), "a"), read(submitted("b", "b"), "b")], at(0)).await.unwrap();
    commit_one(store, refused(submitted("c", "c"), "c", Reason::NoText)).await;
    let (who, old) = (person(store, "a").await, serving(store, "a").await);
    let ledger = store.ledger().await.unwrap();
    let before = store.head().await.unwrap();
    let seen_before = store.standings(before).await.unwrap();

    let new = |content: &str| by_reader(2, content, "", &[]);
    let batch = [new("c"), new("a"), new("nobody's"), new("a")];
    let answers = store.reread(&batch, at(9)).await.unwrap();
    assert_eq!(answers, [Reread::NotIndexed, Reread::Serves, Reread::NotIndexed, Reread::NotOlder]);

    let id = ReadingId { document: document("a"), reader: ReaderVersion(2) };
    assert_eq!((serving(store, "a").await, person(store, "a").await), (id, who));
    assert_eq!(serving(store, "b").await.reader, ReaderVersion(1));
    let stored = store.readings(&[id, old]).await.unwrap();
    let texts: Vec<_> = stored.iter().flatten().map(EncodedReading::as_bytes).collect();
    assert_eq!(texts, [b"reading of a by 2".as_slice(), b"reading of a"]);
    let found = store.evidence(lexicon(), &[id, old]).await.unwrap();
    assert!(found.iter().all(Option::is_some));
    assert_eq!(store.standings(before).await.unwrap(), seen_before, "a ranking of before sees the old one");
    let documents = |standings: Vec<bole_store::Standing>| -> Vec<_> {
        standings.into_iter().map(|standing| standing.document).collect()
    };
    let now = store.standings(store.head().await.unwrap()).await.unwrap();
    assert_eq!(documents(now), documents(seen_before), "each document is seen once");
    let changes = store.changes(before, 99).await.unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].at, &changes[0].event), (at(9), &Event::Document { document: document("a") }));
    assert_eq!(store.ledger().await.unwrap(), ledger);

    // A second time, and by an older reader, nothing changes.
    let head = store.head().await.unwrap();
    let again = [new("a"), by_reader(1, "b", "", &[]), by_reader(1, "a", "", &[])];
    assert_eq!(store.reread(&again, at(10)).await.unwrap(), [Reread::NotOlder; 3]);
    assert_eq!(store.reread(&[], at(10)).await.unwrap(), []);
    assert_eq!(store.head().await.unwrap(), head);
    // A copy is still one of what was decided first, and moves no reading.
    commit_one(store, copy(submitted("a'", "a"), "a")).await;
    assert_eq!(serving(store, "a").await, id);
    check(store).await;
}

/// Whatever the database refuses of a batch, its neighbours are read anew.
pub(crate) async fn a_refused_reading_leaves_the_old_one(database: &dyn Database) {
    let store = database.open().await;
    let store = &*store;
    let contents = ["a", "b", "c", "d", "e"];
    let batch: Vec<_> = contents.iter().map(|content| read(submitted(content, content), content)).collect();
    store.commit(&batch, at(0)).await.unwrap();
    let head = store.head().await.unwrap();
    let mut batch: Vec<_> = contents.iter().map(|content| by_reader(2, content, "", &[])).collect();
    let too_large = || vec![0; (16 << 20) + 1];
    batch[1].reading.1 = EncodedReading::from_bytes(too_large());
    batch[3].evidence.1 = EncodedEvidence::from_bytes(too_large());
    let answers = store.reread(&batch, at(1)).await.unwrap();
    let (serves, refused) = (Reread::Serves, Reread::Refused);
    assert_eq!(answers, [serves, refused, serves, refused, serves]);
    assert_eq!(store.head().await.unwrap(), LogPosition(head.0 + 3));
    for (content, version) in contents.iter().zip([2, 1, 2, 1, 2]) {
        assert_eq!(serving(store, content).await.reader, ReaderVersion(version));
    }
    check(store).await;
}

pub(crate) async fn what_is_left_is_listed_in_order(database: &dyn Database) {
    let store = database.open().await;
    let store = &*store;
    let contents: Vec<String> = (0..7).map(|number| format!("content {number}")).collect();
    for content in &contents {
        commit_one(store, read(submitted(content, content), content)).await;
    }
    commit_one(store, refused(submitted("no text", "no text"), "no text", Reason::NoText)).await;
    let mut documents: Vec<_> = contents.iter().map(|content| document(content)).collect();
    documents.sort_unstable();
    let (two, other) = (ReaderVersion(2), ContentHash::of(b"another lexicon"));
    let overdue =
        |n_older_readings, n_without_evidence| Overdue { n_older_readings, n_without_evidence, n_kept: 0 };
    assert_eq!(store.overdue(two, lexicon()).await.unwrap(), overdue(7, 0));
    assert_eq!(store.overdue(ReaderVersion(1), other).await.unwrap(), overdue(0, 7));
    assert!(store.older_readings(ReaderVersion(1), None, 99).await.unwrap().is_empty());
    assert!(store.without_evidence(lexicon(), None, 99).await.unwrap().is_empty());

    let (mut older, mut without) = (Vec::new(), Vec::new());
    for n_pages in 1.. {
        let after = older.last().map(|reading: &ReadingId| reading.document);
        let page = store.older_readings(two, after, 3).await.unwrap();
        without.extend(store.without_evidence(other, after, 3).await.unwrap());
        if page.is_empty() {
            assert_eq!(n_pages, 4);
            break;
        }
        older.extend(page);
    }
    assert!(older.iter().all(|reading| reading.reader == ReaderVersion(1)));
    assert_eq!(older.iter().map(|reading| reading.document).collect::<Vec<_>>(), documents);
    assert_eq!(without, older);

    // A new reading is no longer listed, and lacks evidence by the other lexicon as the old one did.
    let answers = store.reread(&[by_reader(2, &contents[0], "", &[])], at(1)).await.unwrap();
    assert_eq!(answers, [Reread::Serves]);
    let evidence = EncodedEvidence::from_bytes(b"evidence".to_vec());
    let old = ReadingId { document: document(&contents[0]), reader: ReaderVersion(1) };
    store.keep_evidence(other, &[(old, evidence.clone())]).await.unwrap();
    assert_eq!(store.overdue(two, other).await.unwrap(), overdue(6, 7));
    let new = ReadingId { reader: two, ..old };
    store.keep_evidence(other, &[(new, evidence)]).await.unwrap();
    assert_eq!(store.overdue(two, other).await.unwrap(), overdue(6, 6));
    let left = store.without_evidence(other, None, 99).await.unwrap();
    assert!(!left.contains(&new) && left.len() == 6);

    // What reader 2 can make nothing better of is kept, until there is a reader 3; an older one changes nothing.
    let kept = [document(&contents[1]), document(&contents[2]), document("nobody's"), document(&contents[1])];
    store.keep_older(two, &kept).await.unwrap();
    store.keep_older(ReaderVersion(1), &kept).await.unwrap();
    store.keep_older(two, &[]).await.unwrap();
    assert_eq!(store.overdue(two, other).await.unwrap(), Overdue { n_kept: 2, ..overdue(4, 6) });
    let left = store.older_readings(two, None, 99).await.unwrap();
    assert!(left.len() == 4 && left.iter().all(|reading| !kept.contains(&reading.document)));
    assert_eq!(store.overdue(ReaderVersion(3), other).await.unwrap(), overdue(7, 6));
    assert_eq!(store.without_evidence(other, None, 99).await.unwrap().len(), 6);
    // Read anew after all, because somebody asked for it by name.
    store.reread(&[by_reader(2, &contents[1], "", &[])], at(2)).await.unwrap();
    assert_eq!(store.overdue(two, other).await.unwrap(), Overdue { n_kept: 1, ..overdue(4, 6) });
    check(store).await;
}

pub(crate) async fn what_is_understood_otherwise_joins_and_parts(database: &dyn Database) {
    let store = database.open().await;
    let store = &*store;
    let of = |content: &str, name: &str, contacts: &[&str]| {
        read_as(submitted(content, content), content, name, contacts)
    };
    let batch = [
        of("a", "li", &["tel:1"]),
        of("b", "li", &["tel:1"]),
        of("c", "li", &["tel:2"]),
        // A telephone that the old reader gave to somebody else too, so that it linked nobody.
        of("d", "zhao", &["tel:3"]),
        of("e", "zhao", &["tel:3"]),
        of("f", "page 2", &["tel:3"]),
    ];
    store.commit(&batch, at(0)).await.unwrap();
    assert_eq!(person(store, "a").await, person(store, "b").await);
    assert_ne!(person(store, "d").await, person(store, "e").await);
    let before = store.head().await.unwrap();
    let seen_before = store.standings(before).await.unwrap();

    // The link goes: each is somebody of their own, and one of them is who both were.
    let both = person(store, "a").await;
    assert_eq!(store.reread(&[by_reader(2, "a", "li", &["tel:9"])], at(1)).await.unwrap(), [Reread::Serves]);
    assert_ne!(person(store, "a").await, person(store, "b").await);
    assert!([person(store, "a").await, person(store, "b").await].contains(&both));
    // A link comes, for documents that were read by either reader.
    store.reread(&[by_reader(2, "b", "li", &["tel:2"])], at(2)).await.unwrap();
    assert_eq!(person(store, "b").await, person(store, "c").await);
    // A contact gets a second name: it links nobody any more, though those that it linked are not read anew.
    store.reread(&[by_reader(3, "a", "wu", &["tel:2"])], at(3)).await.unwrap();
    assert_ne!(person(store, "b").await, person(store, "c").await);
    // The second name of a contact goes: it links those that nothing else does and that are not read anew.
    store.reread(&[by_reader(2, "f", "qian", &[])], at(3)).await.unwrap();
    assert_eq!(person(store, "d").await, person(store, "e").await);
    assert_ne!(person(store, "f").await, person(store, "d").await);
    assert_eq!(serving(store, "d").await.reader, ReaderVersion(1));
    // It comes again by a resume that is read from the start.
    commit_one(store, of("g", "sun", &["tel:3"])).await;
    assert_ne!(person(store, "d").await, person(store, "e").await);
    assert_eq!(store.standings(before).await.unwrap(), seen_before);
    check(store).await;
}

/// Several at once, beside a committer: every document is read anew by one of them, and the log has no gap.
pub(crate) async fn several_may_do_the_same(database: &dyn Database) {
    const N: usize = 24;
    let first = database.open().await;
    let contents: Vec<String> = (0..N).map(|number| format!("content {number}")).collect();
    let batch: Vec<_> = contents.iter().map(|content| read(submitted(content, content), content)).collect();
    first.commit(&batch, at(0)).await.unwrap();
    let head = first.head().await.unwrap();
    let (second, third) = (database.open().await, database.open().await);
    let reread_all = async |store: &dyn Store| {
        let mut n_serving = 0;
        for chunk in contents.chunks(5) {
            let batch: Vec<_> = chunk.iter().map(|content| by_reader(2, content, content, &[])).collect();
            let answers = store.reread(&batch, at(1)).await.unwrap();
            n_serving += answers.iter().filter(|answer| **answer == Reread::Serves).count();
        }
        n_serving
    };
    let committing = async {
        for number in 0..6 {
            let content = format!("meanwhile {number}");
            commit_one(&*third, read(submitted(&content, &content), &content)).await;
        }
    };
    let (left, right, ()) = tokio::join!(reread_all(&*first), reread_all(&*second), committing);
    assert_eq!(left + right, N);
    assert_eq!(first.head().await.unwrap(), LogPosition(head.0 + N as u64 + 2 * 6));
    let standings = first.standings(first.head().await.unwrap()).await.unwrap();
    let documents: BTreeSet<_> = standings.iter().map(|standing| standing.document).collect();
    assert_eq!((documents.len(), standings.len()), (N + 6, N + 6));
    check(&*first).await;
}
