//! What keeps the bytes of documents, wherever it does.

use bole_core::{DocumentId, Reason};
use bole_store::{Keep, Originals, Replay, StoreError};
use bytes::Bytes;

use super::Database;
use super::fixture::{at, commit_one, copy, document, id, read, refused, submitted};

/// Keeps the bytes of a text, and commits them as a submission of that name.
async fn kept(database: &dyn Database, message_id: &str, content: &str) {
    let (store, originals) = (database.open().await, database.originals().await);
    let mut decided = read(submitted(message_id, content), content);
    decided.original = originals.keep(document(content), content.to_owned().into()).await.unwrap();
    commit_one(&*store, decided).await;
}

async fn found(originals: &dyn Originals, content: &str) -> Option<Bytes> {
    originals.original(document(content)).await.unwrap()
}

pub(crate) async fn bytes_come_back_as_they_were_sent(database: &dyn Database) {
    let contents = ["a".to_owned(), "张三\0\r\n".to_owned(), "0123456789abcde\n".repeat(1 << 20)];
    assert_eq!(contents[2].len(), 16 << 20, "the largest");
    for (number, content) in contents.iter().enumerate() {
        kept(database, &number.to_string(), content).await;
    }
    // Another process finds them.
    let originals = database.originals().await;
    for content in &contents {
        assert!(found(&*originals, content).await.unwrap() == content.as_bytes(), "{} bytes", content.len());
    }
}

pub(crate) async fn keeping_twice_changes_nothing(database: &dyn Database) {
    kept(database, "1", "a").await;
    let (store, originals) = (database.open().await, database.originals().await);
    let again = originals.keep(document("a"), Bytes::from_static(b"a")).await.unwrap();
    let mut decided = copy(submitted("2", "a"), "a");
    decided.original = again;
    assert_eq!(commit_one(&*store, decided).await.reason, Reason::SameContent);
    assert_eq!(found(&*originals, "a").await.as_deref(), Some(b"a".as_slice()));
    originals.probe().await.unwrap();
}

pub(crate) async fn what_was_never_kept_is_not_there(database: &dyn Database) {
    let (store, originals) = (database.open().await, database.originals().await);
    kept(database, "kept", "a").await;
    let too_many = "0123456789abcde\n".repeat(1 << 20) + "!";
    for (message_id, content) in [("none", ""), ("too many", too_many.as_str())] {
        let original = originals.keep(document(content), content.to_owned().into()).await.unwrap();
        assert!(matches!(original, Keep::InCommit(_)), "the commit knows what to make of it");
        let mut decided = refused(submitted(message_id, content), content, Reason::OverLimit);
        decided.original = original;
        commit_one(&*store, decided).await;
        assert_eq!(found(&*originals, content).await, None, "{message_id}");
    }
    assert_eq!(found(&*originals, "unknown").await, None);
    let elsewhere = originals.elsewhere(&[document("unknown"), document("")]).await.unwrap();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

pub(crate) async fn many_keep_at_the_same_time(database: &dyn Database) {
    const N_AT_ONCE: usize = 24;
    let (store, originals) = (database.open().await, database.originals().await);
    let originals: std::sync::Arc<dyn Originals> = originals.into();
    // Each document three times.
    let contents: Vec<String> = (0..N_AT_ONCE).map(|number| format!("document {}", number % 8)).collect();
    let tasks: Vec<_> = contents
        .iter()
        .map(|content| {
            let (originals, content) = (originals.clone(), content.clone());
            tokio::spawn(async move { originals.keep(document(&content), content.into()).await.unwrap() })
        })
        .collect();
    let mut batch = Vec::new();
    for (number, (content, task)) in contents.iter().zip(tasks).enumerate() {
        let mut decided = read(submitted(&number.to_string(), content), content);
        decided.original = task.await.unwrap();
        batch.push(decided);
    }
    store.commit(&batch, at(0)).await.unwrap();
    for content in &contents {
        assert_eq!(found(&*originals, content).await.as_deref(), Some(content.as_bytes()));
    }
}

/// Where `damage` writes other bytes behind the back of who keeps them.
pub(crate) async fn what_is_damaged_is_told(
    database: &dyn Database,
    damage: impl AsyncFn(DocumentId, &[u8]),
) {
    kept(database, "1", "whole").await;
    kept(database, "2", "neighbour").await;
    let originals = database.originals().await;
    for bytes in [b"WHOLE".as_slice(), b"whol", b"whole and more"] {
        damage(document("whole"), bytes).await;
        let told = originals.original(document("whole")).await;
        let is_told =
            matches!(told, Err(StoreError::DamagedOriginal { document: it }) if it == document("whole"));
        assert!(is_told, "{told:?}");
    }
    assert_eq!(found(&*originals, "neighbour").await.as_deref(), Some(b"neighbour".as_slice()));
    damage(document("whole"), b"whole").await;
    assert_eq!(found(&*originals, "whole").await.as_deref(), Some(b"whole".as_slice()));
}

/// What was set aside is sent round again where its bytes are kept, and only there.
pub(crate) async fn what_is_kept_can_be_replayed(database: &dyn Database) {
    let (store, originals) = (database.open().await, database.originals().await);
    for (message_id, original) in [
        ("kept", originals.keep(document("kept"), Bytes::from_static(b"kept")).await.unwrap()),
        ("lost", Keep::Elsewhere),
    ] {
        let mut decided = refused(submitted(message_id, message_id), message_id, Reason::NoText);
        decided.original = original;
        commit_one(&*store, decided).await;
    }
    let elsewhere = originals.elsewhere(&[document("kept"), document("lost")]).await.unwrap();
    let asked = [id("live", "kept"), id("live", "lost")];
    let answers = store.replay(&asked, &elsewhere, at(1)).await.unwrap();
    assert_eq!(answers, [Replay::Queued, Replay::NoOriginal]);
    let due = store.to_publish(9).await.unwrap();
    assert_eq!(due.len(), 1);
    assert_eq!(found(&*originals, "kept").await.as_deref(), Some(b"kept".as_slice()));
}
