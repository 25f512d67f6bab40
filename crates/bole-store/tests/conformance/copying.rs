//! A store in a file beside it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use bole_core::{
    Actor, AuditAction, Choice, ContentHash, Decision, DocumentId, FieldId, KeyId, KeyRecord, LogPosition,
    Note, ReaderVersion, Reason, Role, SessionRecord, Shortlist, ShortlistEntry, State,
};
use bole_store::{
    Contents, CopyError, CopyFile, CopyProgress, Moment, NewAudit, Settled, SqliteOptions, SqliteStore,
    Standing, Store, StoreError,
};
use uuid::Uuid;

use super::Database;
use super::fixture::{at, check, copy, document, id, lexicon, read_as, refused, submitted};
use super::reread::by_reader;

/// Puts something into every table: what was read, copied, set aside and sent round again, what is in flight with its bytes
/// kept and without, and what people and servers noted.
pub(crate) async fn fill(store: &dyn Store) {
    let mut first = submitted("1", "a");
    first.candidate_ref = Some("c-1".to_owned());
    first.field = Some(FieldId("finance".to_owned()));
    first.source_name = Some("/in/简历.pdf".to_owned());
    let batch = [
        read_as(first, "a", "li", &["mail:a@x", "tel:1"]),
        copy(submitted("2", "a"), "a"),
        read_as(submitted("3", "b"), "b", "", &["mail:b@x"]),
        refused(submitted("4", "c"), "c", Reason::NoText),
        refused(submitted("5", "d"), "d", Reason::GarbledText),
    ];
    store.commit(&batch, at(1)).await.unwrap();
    store.reread(&[by_reader(2, "a", "li", &["mail:a@x"])], at(2)).await.unwrap();
    store.keep_older(ReaderVersion(3), &[document("b")]).await.unwrap();
    // In flight with its bytes kept: sent round again.
    store.replay(&[id("live", "5")], &[], at(3)).await.unwrap();
    // In flight and in the queue only, and accepted only.
    let queued = [submitted("6", "e"), submitted("7", "e")];
    store.accept(&[submitted("6", "e"), submitted("7", "e"), submitted("8", "f")], at(4)).await.unwrap();
    store.confirm(&queued, at(5)).await.unwrap();
    store.put_portal(&"live".parse().unwrap(), false, at(0)).await.unwrap();
    store.keep_artifact("lexicon", lexicon(), "{}\u{7f}\n", at(0)).await.unwrap();
    store.lease("receipts", Uuid::from_u128(3), Duration::from_mins(1)).await.unwrap();
    let key = KeyRecord {
        id: KeyId::from_bytes([1; 8]),
        name: "控制台".to_owned(),
        role: Role::Recruiter { fields: Some([FieldId("finance".to_owned())].into()) },
        secret: ContentHash::of(b"secret"),
        created_at: at(0),
        expires_at: None,
        revoked_at: None,
    };
    store.add_key(&key).await.unwrap();
    let session = SessionRecord {
        token: ContentHash::of(b"token"),
        key: Some(key.id),
        blind: true,
        began_at: at(0),
        expires_at: at(9999),
    };
    store.add_session(&session).await.unwrap();
    store.add_audit(&[entry(Some("who is this"))]).await.unwrap();
    store.add_decision(&decision()).await.unwrap();
    let note = Note {
        id: Uuid::from_u128(9),
        resume: document("a"),
        text: "很好".to_owned(),
        by: "console".to_owned(),
        at: at(7),
    };
    store.add_note(&note).await.unwrap();
    let list = Shortlist {
        id: Uuid::from_u128(2),
        name: "一月".to_owned(),
        profile: "finance".to_owned(),
        field: FieldId("finance".to_owned()),
        by: "console".to_owned(),
        created_at: at(8),
        n_entries: 0,
    };
    store.add_shortlist(&list).await.unwrap();
    let entry = ShortlistEntry {
        resume: document("a"),
        run: None,
        place: None,
        score: None,
        by: "console".to_owned(),
        at: at(8),
    };
    store.put_entries(list.id, &[entry]).await.unwrap();
}

pub(crate) fn decision() -> Decision {
    Decision {
        resume: document("a"),
        profile: "finance".to_owned(),
        choice: Choice::Advance,
        by: "console".to_owned(),
        at: at(6),
    }
}

fn entry(text: Option<&str>) -> NewAudit {
    NewAudit {
        at: at(5),
        actor: Actor { key: None, name: "user 0".to_owned(), role: "machine".to_owned() },
        action: AuditAction::Search,
        request: Uuid::from_u128(5),
        resumes: vec![document("a")],
        subject: None,
        text: text.map(str::to_owned),
    }
}

/// Nothing is done at the moment of the copy.
pub(crate) fn nothing() -> Moment<'static> {
    Box::pin(async { Ok(()) })
}

/// Copies a store, and tells what the copy holds.
pub(crate) async fn copied(store: &dyn Store, path: &Path) -> Contents {
    store.copy_to(path, nothing(), &|_| {}).await.unwrap();
    let mut file = CopyFile::open_unchanging(path).await.unwrap();
    assert_eq!(file.damage().await.unwrap(), None);
    file.contents().await.unwrap()
}

pub(crate) fn options(path: &Path) -> SqliteOptions {
    SqliteOptions {
        path: path.to_owned(),
        n_readers: 1,
        busy_timeout: Duration::from_secs(30),
        max_file_bytes: None,
    }
}

/// All that a store tells of itself.
pub(crate) async fn told(store: &dyn Store) -> String {
    check(store).await;
    let head = store.head().await.unwrap();
    let documents: Vec<DocumentId> = ["a", "b", "c", "d", "e", "f"].map(document).to_vec();
    let mut all = format!(
        "{:?}\n{head}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n",
        store.history().await.unwrap(),
        store.changes(LogPosition(0), u32::MAX).await.unwrap(),
        store.ledger().await.unwrap(),
        store.submissions_of(&documents).await.unwrap(),
        store.standings(head).await.unwrap(),
        store.portals().await.unwrap(),
        store.keys().await.unwrap(),
        store.decisions_of(&documents).await.unwrap(),
        store.notes_of(&documents).await.unwrap(),
        store.shortlists(None, 9).await.unwrap(),
    );
    let standings = store.standings(LogPosition(head.0 / 2)).await.unwrap();
    let readings: Vec<_> = standings.iter().filter_map(Standing::indexed).map(|(id, _)| id).collect();
    for reading in store.readings(&readings).await.unwrap().into_iter().flatten() {
        writeln!(all, "{:?}", reading.as_bytes()).unwrap();
    }
    for kept in store.audit(0, 9).await.unwrap() {
        writeln!(all, "{kept:?}").unwrap();
    }
    let artifact = store.artifact("lexicon", lexicon()).await.unwrap();
    all + &format!("{artifact:?}\n{:?}\n", store.alike(document("a"), 9).await.unwrap())
}

pub(crate) async fn a_copy_is_the_same_store(database: &dyn Database) {
    let store = database.open().await;
    fill(&*store).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.sqlite");
    let rows = std::sync::Mutex::new((0, 0));
    let count = |progress| {
        let mut rows = rows.lock().unwrap();
        match progress {
            CopyProgress::Rows(n_rows) => rows.0 = n_rows,
            CopyProgress::Copied(n_rows) => rows.1 += n_rows,
        }
    };
    store.copy_to(&path, nothing(), &count).await.unwrap();
    let mut file = CopyFile::open_unchanging(&path).await.unwrap();
    assert_eq!(file.damage().await.unwrap(), None);
    let contents = file.contents().await.unwrap();
    let (announced, n_copied) = *rows.lock().unwrap();
    assert_eq!((announced, n_copied), (n_copied, contents.rows.values().sum::<u64>()));
    // A table that nobody fills here could be forgotten.
    let empty: Vec<_> = contents.rows.iter().filter(|(_, n_rows)| **n_rows == 0).collect();
    assert!(empty.is_empty(), "{empty:?}");
    assert_eq!(contents.head, store.head().await.unwrap());
    assert_eq!(contents.history, store.history().await.unwrap());
    assert_eq!((contents.n_in_flight, contents.n_without_original), (3, 0));
    assert_eq!(file.original(document("a")).await.unwrap().as_deref(), Some(b"a".as_slice()));
    let beside = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(beside, 1, "nothing lies beside a copy");

    let expected = told(&*store).await;
    let opened = SqliteStore::open(&options(&path)).await.unwrap();
    assert_eq!(told(&opened).await, expected);
    assert_eq!(opened.to_publish(9).await.unwrap(), store.to_publish(9).await.unwrap());
    // Neither is any part of the other.
    opened.commit(&[refused(submitted("9", "g"), "g", Reason::NoText)], at(9)).await.unwrap();
    assert_eq!(told(&*store).await, expected);
}

pub(crate) async fn nothing_is_committed_at_the_moment_of_a_copy(database: &dyn Database) {
    let store = database.open().await;
    fill(&*store).await;
    let head = store.head().await.unwrap();
    let other = database.open().await;
    let commit = refused(submitted("9", "g"), "g", Reason::NoText);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.sqlite");
    let (begin, began) = tokio::sync::oneshot::channel::<()>();
    let committing = async {
        began.await.unwrap();
        other.commit(&[commit], at(9)).await.unwrap();
        store.head().await.unwrap()
    };
    let reader = database.open().await;
    let moment: Moment<'_> = Box::pin(async {
        begin.send(()).unwrap();
        // It is tried all the while, and would be there long before the end of this.
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(10)).await;
            assert_eq!(reader.head().await.unwrap(), head);
        }
        Ok(())
    });
    let (copied, after) = tokio::join!(store.copy_to(&path, moment, &|_| {}), committing);
    copied.unwrap();
    assert!(after > head);
    let mut file = CopyFile::open_unchanging(&path).await.unwrap();
    assert_eq!(file.contents().await.unwrap().head, head);

    let path = folder.path().join("none.sqlite");
    let moment: Moment<'_> = Box::pin(async { Err("the queue is away".into()) });
    let failed = store.copy_to(&path, moment, &|_| {}).await;
    assert!(matches!(&failed, Err(CopyError::Moment(cause)) if cause.to_string().contains("queue")));
    // The lock is free again.
    other.commit(&[refused(submitted("10", "h"), "h", Reason::NoText)], at(9)).await.unwrap();
    check(&*store).await;
}

pub(crate) async fn what_was_in_flight_is_settled(database: &dyn Database) {
    let store = database.open().await;
    fill(&*store).await;
    // Of a document that was read before: its bytes are kept, though the queue has this message only.
    store.confirm(&[submitted("11", "a")], at(6)).await.unwrap();
    let before = store.ledger().await.unwrap().total();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.sqlite");
    let contents = copied(&*store, &path).await;
    assert_eq!(contents.n_in_flight, 4);
    let mut file = CopyFile::open(&path).await.unwrap();
    assert_eq!(file.in_flight_without_original().await.unwrap(), [document("e")]);
    let settled = file.settle(&BTreeSet::new(), at(50)).await.unwrap();
    assert_eq!(settled, Settled { n_to_publish: 2, n_to_send_again: 2 });
    // Once: nothing is left to settle, and nothing is counted twice.
    let again = file.settle(&BTreeSet::new(), at(51)).await.unwrap();
    assert_eq!(again, Settled { n_to_publish: 2, n_to_send_again: 0 });
    file.begin_history().await.unwrap();
    file.close().await.unwrap();

    let restored = SqliteStore::open(&options(&path)).await.unwrap();
    check(&restored).await;
    let after = restored.ledger().await.unwrap().total();
    assert_eq!((after.received, after.queued), (before.received - 2, before.queued - 2));
    assert_ne!(restored.history().await.unwrap(), store.history().await.unwrap());
    let to_publish = restored.to_publish(9).await.unwrap();
    let ids: Vec<_> = to_publish.iter().map(|it| it.submission.to_string()).collect();
    assert_eq!(ids, ["live/5", "live/11"]);
    let gone = restored.submission(&id("live", "6")).await.unwrap().unwrap();
    assert_eq!((gone.state, gone.changed_at), (State::Accepting, at(50)));
    assert_eq!(restored.submissions_of_portal(gone.portal(), None, None, 99).await.unwrap().len(), 6);
    assert_eq!(restored.session(ContentHash::of(b"token")).await.unwrap(), None, "nobody is signed in");
    let lease = restored.lease("receipts", Uuid::from_u128(4), Duration::from_secs(9)).await.unwrap();
    assert!(lease.is_some(), "nobody holds a lease");
    // One comes again, the other does not and is cleared away.
    restored.commit(&[read_as(submitted("6", "e"), "e", "", &[])], at(60)).await.unwrap();
    assert_eq!(restored.submission(&id("live", "6")).await.unwrap().unwrap().state, State::Indexed);
    assert_eq!(restored.sweep_accepting(at(70)).await.unwrap(), 2, "and that which was accepted only");
    assert_eq!(restored.submission(&id("live", "7")).await.unwrap(), None);
    let ledger = restored.ledger().await.unwrap();
    assert!(ledger.holds() && ledger.total().received == before.received - 1, "{ledger:?}");

    // What is kept outside is published too.
    let path = folder.path().join("other.sqlite");
    copied(&*store, &path).await;
    let mut file = CopyFile::open(&path).await.unwrap();
    let settled = file.settle(&[document("e")].into(), at(50)).await.unwrap();
    assert_eq!(settled, Settled { n_to_publish: 4, n_to_send_again: 0 });
    file.close().await.unwrap();
}

/// A store that a newer binary has changed is written no more; `upgrade` has it done, as another process would.
pub(crate) async fn a_store_that_became_newer_is_written_no_more(
    database: &dyn Database,
    upgrade: impl AsyncFnOnce(),
) {
    let store = database.open().await;
    fill(&*store).await;
    let before = store.changes(LogPosition(0), u32::MAX).await.unwrap();
    let keys = store.keys().await.unwrap();
    upgrade().await;
    let message = submitted("9", "g");
    let one = std::slice::from_ref(&message);
    let decided = [refused(message.clone(), "g", Reason::NoText)];
    let key = KeyRecord { id: KeyId::from_bytes([2; 8]), ..keys[0].clone() };
    let answers: [(&str, Result<(), StoreError>); 12] = [
        ("accept", store.accept(one, at(9)).await.map(drop)),
        ("confirm", store.confirm(one, at(9)).await),
        ("commit", store.commit(&decided, at(9)).await.map(drop)),
        ("replay", store.replay(&[id("live", "4")], &[], at(9)).await.map(drop)),
        ("discard", store.discard(&[id("live", "4")], at(9)).await.map(drop)),
        ("reread", store.reread(&[by_reader(9, "a", "li", &[])], at(9)).await.map(drop)),
        ("sweep", store.sweep_accepting(at(99)).await.map(drop)),
        ("key", store.add_key(&key).await),
        ("audit", store.add_audit(&[entry(None)]).await.map(drop)),
        ("artifact", store.keep_artifact("lexicon", ContentHash::of(b"x"), "x", at(9)).await),
        ("probe", store.probe().await),
        ("head", store.head().await.map(drop)),
    ];
    for (what, answer) in answers {
        match answer {
            Err(StoreError::NewerSchema { found: 99, known }) => assert!(known < 99),
            other => panic!("{what}: {other:?}"),
        }
    }
    assert_eq!(store.changes(LogPosition(0), u32::MAX).await.unwrap(), before);
    assert_eq!(store.keys().await.unwrap(), keys);
    assert_eq!(store.submission(&id("live", "9")).await.unwrap(), None);
}
