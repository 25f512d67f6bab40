//! What a commit makes of submissions.

use bole_core::{LogPosition, ReaderVersion, ReadingId, Reason, State};
use bole_store::{Committed, Condition, Decision, Keep};
use bytes::Bytes;

use super::Database;
use super::fixture::{
    at, check, commit_one, copy, date, document, id, lexicon, read, refused, settled, standing, submitted,
};

pub(crate) async fn what_is_committed_is_there_after_reopening(database: &dyn Database) {
    let mut decided = read(submitted("1", "a"), "a");
    decided.submitted.source_name = Some("/in/a.pdf".to_owned());
    decided.submitted.candidate_ref = Some("c-1".to_owned());
    decided.submitted.consent = Some("this drive".to_owned());
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    decided.submitted.traceparent = Some(trace.to_owned());
    let store = database.open().await;
    let record = commit_one(&*store, decided.clone()).await;
    assert_eq!((record.state, record.reason), (State::Indexed, Reason::Read));
    assert_eq!(record.traceparent.as_deref(), Some(trace));
    drop(store);

    let store = database.open().await;
    assert_eq!(store.submission(&id("live", "1")).await.unwrap(), Some(record.clone()));
    assert_eq!(store.submission(&id("live", "2")).await.unwrap(), None);
    assert_eq!(store.submissions_of(&[document("a")]).await.unwrap(), [record]);
    let reading = ReadingId { document: document("a"), reader: ReaderVersion(1) };
    let other = ReadingId { reader: ReaderVersion(2), ..reading };
    let readings = store.readings(&[other, reading]).await.unwrap();
    assert!(readings[0].is_none());
    assert_eq!(readings[1].as_ref().unwrap().as_bytes(), b"reading of a");
    let evidence = store.evidence(lexicon(), &[reading, other]).await.unwrap();
    assert_eq!(evidence[0].as_ref().unwrap().as_bytes(), b"evidence of a");
    assert!(evidence[1].is_none());
    let newer = bole_core::ContentHash::of(b"newer lexicon");
    assert_eq!(store.evidence(newer, &[reading]).await.unwrap(), [None]);
    let derived = bole_core::EncodedEvidence::from_bytes(b"derived".to_vec());
    for _ in 0..2 {
        store.keep_evidence(newer, &[(reading, derived.clone())]).await.unwrap();
        store.keep_artifact("lexicon", newer, "text", at(0)).await.unwrap();
    }
    assert_eq!(store.evidence(newer, &[reading]).await.unwrap(), [Some(derived)]);
    let prefix: String = document("a").to_string().chars().take(9).collect();
    assert_eq!(store.documents_by_prefix(&prefix, 2).await.unwrap(), [document("a")]);
    assert!(store.documents_by_prefix("0000000", 2).await.unwrap().is_empty());
    assert_eq!(store.documents_by_source("/in/a.pdf").await.unwrap(), [document("a")]);
    check(&*store).await;
}

/// Whatever a path or a header holds, and however long it is within the contract, it is kept and found again.
pub(crate) async fn any_text_is_kept(database: &dyn Database) {
    let store = database.open().await;
    let long = "\u{5b57}".repeat(1365);
    for (index, text) in
        ["\0\0", "a\0b", "'\\\"{},NULL\r\n", "\u{1f600}\u{301}", &long].into_iter().enumerate()
    {
        let content = format!("content {index}");
        let mut decided = read(submitted(&format!("m-{index}'\"\\"), &content), &content);
        decided.submitted.source_name = Some(text.to_owned());
        decided.submitted.candidate_ref = Some(text.to_owned());
        decided.submitted.field = Some(bole_core::FieldId(text.to_owned()));
        decided.submitted.consent = Some(text.to_owned());
        decided.submitted.traceparent = Some(text.to_owned());
        store.accept(std::slice::from_ref(&decided.submitted), at(0)).await.unwrap();
        let record = commit_one(&*store, decided).await;
        assert_eq!(record.reason, Reason::Read);
        assert_eq!(record.source_name, Some(text.replace('\0', "\u{fffd}")));
        assert_eq!(store.submission(&record.submission).await.unwrap(), Some(record));
        assert_eq!(store.documents_by_source(text).await.unwrap(), [document(&content)]);
    }
    let mut refused = refused(submitted("detail", "detail"), "detail", Reason::NoText);
    if let Decision::Refused { detail, .. } = &mut refused.decision {
        "in\0valid".clone_into(detail);
    }
    assert_eq!(commit_one(&*store, refused).await.detail.as_deref(), Some("in\u{fffd}valid"));
    check(&*store).await;
}

pub(crate) async fn a_redelivery_changes_nothing(database: &dyn Database) {
    let store = database.open().await;
    let batch = [
        read(submitted("1", "a"), "a"),
        refused(submitted("2", "b"), "b", Reason::NoText),
        read(submitted("3", "a"), "a"),
    ];
    let first = store.commit(&batch, at(0)).await.unwrap();
    let head = store.head().await.unwrap();
    let again = store.commit(&batch, at(9)).await.unwrap();
    for (first, again) in first.iter().zip(&again) {
        assert_eq!((settled(first).0, true), settled(again));
    }
    assert_eq!(store.head().await.unwrap(), head);
    // Twice in one batch.
    let twice = [read(submitted("4", "d"), "d"), read(submitted("4", "d"), "d")];
    let twice = store.commit(&twice, at(0)).await.unwrap();
    assert_eq!((settled(&twice[0]).1, settled(&twice[1]).1), (false, true));
    assert_eq!(store.ledger().await.unwrap().total().received, 4);
    check(&*store).await;
}

pub(crate) async fn a_reused_id_is_a_submission_of_its_own(database: &dyn Database) {
    let store = database.open().await;
    commit_one(&*store, read(submitted("1", "a"), "a")).await;
    let record = commit_one(&*store, read(submitted("1", "b"), "b")).await;
    assert_eq!((record.state, record.reason), (State::Quarantined, Reason::MessageIdReused));
    assert_eq!(record.submission.message_id.as_str(), format!("1#{}", document("b").short()));
    let kept = store.submission(&id("live", "1")).await.unwrap().unwrap();
    assert_eq!((kept.document, kept.state), (document("a"), State::Indexed));
    assert_eq!(
        standing(&*store, "b").await.unwrap().condition,
        Condition::Quarantined { reason: Reason::MessageIdReused }
    );
    // Its redelivery, and the same bytes under an id of their own.
    let again = store.commit(&[read(submitted("1", "b"), "b")], at(1)).await.unwrap();
    assert_eq!(settled(&again[0]), (&record, true));
    let good = commit_one(&*store, read(submitted("2", "b"), "b")).await;
    assert_eq!(good.state, State::Indexed);
    // Somebody took the id of a reuse.
    let taken = format!("1#{}", document("d").short());
    commit_one(&*store, read(submitted(&taken, "c"), "c")).await;
    let reused = commit_one(&*store, read(submitted("1", "d"), "d")).await;
    assert_eq!(reused.reason, Reason::MessageIdReused);
    assert_eq!(store.ledger().await.unwrap().total().received, 5);
    // Both in one batch: the first in the order of documents stands.
    let both = [read(submitted("9", "x"), "x"), read(submitted("9", "y"), "y")];
    let both = store.commit(&both, at(2)).await.unwrap();
    let mut reasons: Vec<Reason> = both.iter().map(|it| settled(it).0.reason).collect();
    assert_eq!(reasons[0] == Reason::Read, document("x") < document("y"));
    reasons.sort();
    assert_eq!(reasons, [Reason::Read, Reason::MessageIdReused]);
    check(&*store).await;
}

pub(crate) async fn copies_are_duplicates_of_the_first(database: &dyn Database) {
    let store = database.open().await;
    let mut elsewhere = submitted("1", "a");
    elsewhere.submission = id("agency", "7");
    // In the order of keys, whatever the order of the batch.
    let batch = [
        read(submitted("2", "a"), "a"),
        read(submitted("1", "a"), "a"),
        copy(elsewhere, "a"),
        copy(submitted("3", "never read"), "never read"),
    ];
    let committed = store.commit(&batch, at(0)).await.unwrap();
    assert_eq!(committed[2], Committed::ReadFirst, "`agency` comes before `live`");
    assert_eq!(committed[3], Committed::ReadFirst);
    let (first, duplicate) = (settled(&committed[1]).0, settled(&committed[0]).0);
    assert_eq!(first.state, State::Indexed);
    assert_eq!((duplicate.state, duplicate.reason), (State::Duplicate, Reason::SameContent));
    assert_eq!(duplicate.duplicate_of, Some(id("live", "1")));
    let late = commit_one(&*store, batch[2].clone()).await;
    assert_eq!(late.duplicate_of, Some(id("live", "1")));
    assert!(store.submission(&id("live", "3")).await.unwrap().is_none());
    let all = store.submissions_of(&[document("none"), document("a")]).await.unwrap();
    let ids: Vec<_> = all.into_iter().map(|record| record.submission).collect();
    assert_eq!(ids, [id("live", "1"), id("agency", "7"), id("live", "2")]);
    check(&*store).await;
}

pub(crate) async fn a_document_at_fault_is_decided_for_all_its_copies(database: &dyn Database) {
    let store = database.open().await;
    let record = commit_one(&*store, refused(submitted("1", "a"), "a", Reason::Encrypted)).await;
    assert_eq!((record.reason, record.detail.as_deref()), (Reason::Encrypted, Some("a detail")));
    for decided in [
        copy(submitted("2", "a"), "a"),
        read(submitted("3", "a"), "a"),
        refused(submitted("4", "a"), "a", Reason::OverLimit),
    ] {
        let record = commit_one(&*store, decided).await;
        assert_eq!((record.reason, record.duplicate_of), (Reason::SameContent, Some(id("live", "1"))));
    }
    let reason = Reason::Encrypted;
    assert_eq!(standing(&*store, "a").await.unwrap().condition, Condition::Quarantined { reason });
    check(&*store).await;
}

pub(crate) async fn a_message_at_fault_decides_nothing_for_its_document(database: &dyn Database) {
    let store = database.open().await;
    let mut bad = refused(submitted("1", "a"), "a", Reason::BadMessage);
    bad.submitted.document_date = date("1970-01-01");
    commit_one(&*store, bad).await;
    let reason = Reason::BadMessage;
    assert_eq!(standing(&*store, "a").await.unwrap().condition, Condition::Quarantined { reason });
    let unread = store.commit(&[copy(submitted("2", "a"), "a")], at(0)).await.unwrap();
    assert_eq!(unread, [Committed::ReadFirst]);
    let good = commit_one(&*store, read(submitted("2", "a"), "a")).await;
    assert_eq!(good.state, State::Indexed);
    let now = standing(&*store, "a").await.unwrap();
    assert!(now.indexed().is_some());
    assert_eq!(
        now.as_of,
        date("2026-11-21"),
        "the date of a broken message counts only as long as there is no other"
    );
    // Once read, a broken message changes nothing.
    commit_one(&*store, refused(submitted("3", "a"), "a", Reason::PoisonSuspect)).await;
    assert_eq!(standing(&*store, "a").await.unwrap(), now);
    assert_eq!(store.ledger().await.unwrap().total().n_quarantined(), 2);
    check(&*store).await;
}

pub(crate) async fn the_earliest_date_counts(database: &dyn Database) {
    let store = database.open().await;
    let dated = |message_id: &str, text: &str| {
        let mut submitted = submitted(message_id, "a");
        submitted.document_date = date(text);
        submitted
    };
    commit_one(&*store, read(dated("1", "2026-11-20"), "a")).await;
    let head = store.head().await.unwrap();
    commit_one(&*store, copy(dated("2", "2026-11-21"), "a")).await;
    assert_eq!(standing(&*store, "a").await.unwrap().as_of, date("2026-11-20"));
    assert_eq!(store.changes(head, 9).await.unwrap().len(), 1);
    let head = store.head().await.unwrap();
    commit_one(&*store, copy(dated("3", "2025-01-02"), "a")).await;
    assert_eq!(standing(&*store, "a").await.unwrap().as_of, date("2025-01-02"));
    let changes = store.changes(head, 9).await.unwrap();
    assert_eq!(changes.len(), 2);
    assert_eq!(changes[1].event, bole_core::Event::Document { document: document("a") });
    // What a ranking saw before, it sees again.
    let before = store.standings(LogPosition(head.0)).await.unwrap();
    assert_eq!(before[0].as_of, date("2026-11-20"));
    check(&*store).await;
}

pub(crate) async fn a_refused_row_does_not_take_its_neighbours_along(database: &dyn Database) {
    let store = database.open().await;
    let mut batch: Vec<_> = (0..8)
        .map(|index| {
            let content = format!("content {index}");
            read(submitted(&format!("m-{index}"), &content), &content)
        })
        .collect();
    batch[5].submitted.source_name = Some("x".repeat(5000));
    batch[7].submitted.traceparent = Some("x".repeat(5000));
    if let Decision::Read { reading, .. } = &mut batch[2].decision {
        reading.1 = bole_core::EncodedReading::from_bytes(vec![0; (16 << 20) + 1]);
    }
    let committed = store.commit(&batch, at(0)).await.unwrap();
    for (index, committed) in committed.iter().enumerate() {
        let (record, redelivered) = settled(committed);
        let expected = if [2, 5, 7].contains(&index) { Reason::StoreRefused } else { Reason::Read };
        assert_eq!((record.reason, redelivered), (expected, false), "{index}");
    }
    let refused = settled(&committed[5]).0;
    assert_eq!(refused.source_name, None);
    assert!(refused.detail.as_ref().unwrap().contains("source_name"), "{refused:?}");
    // The refusal is of this row, not of the document.
    let good = commit_one(&*store, read(submitted("again", "content 5"), "content 5")).await;
    assert_eq!(good.state, State::Indexed);
    assert_eq!(store.ledger().await.unwrap().total().received, 9);
    // Nothing but what fits is kept of bytes that are too many.
    let mut huge = refused_huge();
    huge.submitted = submitted("huge", "huge");
    assert_eq!(commit_one(&*store, huge).await.reason, Reason::OverLimit);
    let small = commit_one(&*store, read(submitted("small", "huge"), "huge")).await;
    assert_eq!(small.state, State::Indexed, "a limit of the message decides nothing for the document");
    check(&*store).await;
}

fn refused_huge() -> bole_store::Decided {
    let mut huge = refused(submitted("huge", "huge"), "huge", Reason::OverLimit);
    huge.original = Keep::InCommit(Bytes::from(vec![0; (16 << 20) + 1]));
    huge
}

/// Bytes are kept before it is known what becomes of them; in the end they are some submission's.
pub(crate) async fn originals_stay_with_their_submissions(database: &dyn Database) {
    let store = database.open().await;
    let originals = database.originals().await;
    store.accept(&[submitted("accepted", "c")], at(0)).await.unwrap();
    let batch = [
        read(submitted("1", "a"), "a"),
        copy(submitted("2", "a"), "a"),
        copy(submitted("3", "b"), "b"),
        copy(submitted("4", "c"), "c"),
    ];
    let committed = store.commit(&batch, at(0)).await.unwrap();
    assert_eq!(committed[2..], [Committed::ReadFirst, Committed::ReadFirst]);
    assert_eq!(originals.original(document("a")).await.unwrap().as_deref(), Some(b"a".as_slice()));
    assert_eq!(originals.original(document("b")).await.unwrap(), None);
    assert_eq!(store.sweep_accepting(at(1)).await.unwrap(), 1);
    assert_eq!(originals.original(document("c")).await.unwrap(), None);
    // The same bytes twice in a batch, once read, once not.
    let batch = [copy(submitted("5", "d"), "d"), read(submitted("6", "d"), "d")];
    assert_eq!(store.commit(&batch, at(0)).await.unwrap()[0], Committed::ReadFirst);
    assert!(originals.original(document("d")).await.unwrap().is_some());
    check(&*store).await;
}

/// On a database that refuses originals of seven bytes.
pub(crate) async fn a_refused_original_does_not_take_its_neighbours_along(database: &dyn Database) {
    let store = database.open().await;
    let originals = database.originals().await;
    let contents = ["one", "seven !", "two", "three", "refused"];
    let batch: Vec<_> = contents.iter().map(|content| read(submitted(content, content), content)).collect();
    let committed = store.commit(&batch, at(0)).await.unwrap();
    for (content, committed) in contents.iter().zip(&committed) {
        let (record, is_refused) = (settled(committed).0, content.len() == 7);
        let reason = if is_refused { Reason::StoreRefused } else { Reason::Read };
        assert_eq!(record.reason, reason, "{content}");
        assert_eq!(originals.original(document(content)).await.unwrap().is_none(), is_refused);
        let detail = record.detail.as_deref().unwrap_or_default();
        assert_eq!(detail.contains("seven; kept without its reading and bytes"), is_refused, "{detail}");
    }
    let refused = id("live", "refused");
    assert_eq!(store.replay(&[refused], &[], at(1)).await.unwrap(), [bole_store::Replay::NoOriginal]);
    check(&*store).await;
}
