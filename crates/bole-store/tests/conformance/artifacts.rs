//! Texts that are kept by their hash, and where documents stood before.

use bole_core::{ContentHash, LogPosition};
use bole_store::KeptArtifact;

use super::Database;
use super::fixture::{at, check, commit_one, document, read, submitted};

pub(crate) async fn artifacts_are_kept_by_kind_and_hash(database: &dyn Database) {
    let store = database.open().await;
    let hash = |first: u8, rest: u8| {
        let mut bytes = [rest; 32];
        bytes[0] = first;
        ContentHash::from_bytes(bytes)
    };
    let (one, two, three) = (hash(0xab, 1), hash(0xab, 2), hash(0xac, 1));
    assert_eq!(store.artifact("run", one).await.unwrap(), None);
    store.keep_artifact("run", two, "二", at(1)).await.unwrap();
    store.keep_artifact("run", one, "one", at(2)).await.unwrap();
    store.keep_artifact("run", three, "three", at(2)).await.unwrap();
    store.keep_artifact("levels", one, "levels", at(3)).await.unwrap();
    // The first stays, and since then.
    store.keep_artifact("run", two, "other", at(9)).await.unwrap();
    let store = database.open().await;
    assert_eq!(store.artifact("run", two).await.unwrap().as_deref(), Some("二"));
    assert_eq!(store.artifact("levels", one).await.unwrap().as_deref(), Some("levels"));
    assert_eq!(store.artifact("levels", two).await.unwrap(), None);
    let kept = |hash, second| KeptArtifact { hash, kept_at: Some(at(second)) };
    let runs = [kept(two, 1), kept(one, 2), kept(three, 2)];
    assert_eq!(store.artifacts("run", 9).await.unwrap(), runs);
    assert_eq!(store.artifacts("run", 2).await.unwrap(), runs[..2]);
    assert_eq!(store.artifacts("profile", 9).await.unwrap(), []);
    let found = async |prefix: &str, limit| store.artifacts_by_prefix("run", prefix, limit).await.unwrap();
    assert_eq!(found("ab", 9).await, [one, two]);
    assert_eq!(found("ab", 1).await, [one]);
    assert_eq!(found("ab02", 9).await, [two]);
    assert_eq!(found(&three.to_string(), 9).await, [three]);
    assert_eq!(found("", 9).await, [one, two, three]);
    for none in ["ad", "x", "ab%", &format!("{three}0")] {
        assert_eq!(found(none, 9).await, [], "{none}");
    }
    store.probe().await.unwrap();
    assert_eq!(store.artifacts("probe", 9).await.unwrap(), []);
}

pub(crate) async fn documents_stood_where_they_stood(database: &dyn Database) {
    let store = database.open().await;
    commit_one(&*store, read(submitted("1", "a"), "a")).await;
    let first = store.head().await.unwrap();
    let mut earlier = submitted("2", "a");
    earlier.document_date = super::fixture::date("2020-01-01");
    commit_one(&*store, super::fixture::copy(earlier, "a")).await;
    commit_one(&*store, read(submitted("3", "b"), "b")).await;
    let head = store.head().await.unwrap();
    let both = [document("b"), document("a")];
    for position in 0..=head.0 + 1 {
        let position = LogPosition(position);
        let standings = store.standings(position).await.unwrap();
        let of = |document| standings.iter().find(|standing| standing.document == document).cloned();
        let found = store.standings_of_at(&both, position).await.unwrap();
        assert_eq!(found, both.map(of), "{position}");
    }
    let before = store.standings_of_at(&both, first).await.unwrap();
    assert!(before[0].is_none() && before[1].is_some());
    assert_ne!(before[1], store.standings_of(&both).await.unwrap()[1]);
    check(&*store).await;
}
