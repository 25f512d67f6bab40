use bole_core::HistoryId;

use super::*;
use crate::population::tests::{open, take_in};

/// How many documents the index has, and whether it has read the history of the store.
async fn stands(engine: &Engine) -> (usize, bool) {
    let index = engine.index().unwrap();
    let history = engine.store().history().await.unwrap();
    (index.documents().unwrap(), index.history().unwrap() == Some(history))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_of_another_history_is_built_anew() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path()).await;
    assert!(refresh(&engine).await.unwrap());
    take_in(&engine, 0..20, true).await;
    assert!(refresh(&engine).await.unwrap());
    assert_eq!(stands(&engine).await, (20, true));

    // As of a store that was restored to an earlier position and has gone on: the same position, and not the same people.
    let position = engine.store().head().await.unwrap();
    let other: HistoryId = "00000000-0000-4000-8000-000000000001".parse().unwrap();
    let mut writer = engine.index().unwrap().writer().unwrap();
    writer.clear();
    writer.commit(other, position).unwrap();
    writer.close().unwrap();
    let refused = catch_up(&engine).await;
    assert!(matches!(refused, Err(EngineError::IndexOfOtherHistory)), "{refused:?}");
    assert_eq!(stands(&engine).await, (0, false));
    assert!(refresh(&engine).await.unwrap());
    assert_eq!(stands(&engine).await, (20, true));

    // Further than the store goes, as of a database that was set back.
    let history = engine.store().history().await.unwrap();
    let mut writer = engine.index().unwrap().writer().unwrap();
    writer.clear();
    writer.commit(history, position.next()).unwrap();
    writer.close().unwrap();
    let refused = catch_up(&engine).await;
    assert!(matches!(refused, Err(EngineError::IndexOfOtherHistory)), "{refused:?}");
    assert!(refresh(&engine).await.unwrap());
    assert_eq!(stands(&engine).await, (20, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_from_an_older_version_is_built_anew_once() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path()).await;
    take_in(&engine, 0..20, true).await;
    assert!(refresh(&engine).await.unwrap());
    // It noted its position and no history.
    let meta = engine.data().index().join("meta.json");
    let text = std::fs::read_to_string(&meta).unwrap();
    let history = engine.store().history().await.unwrap();
    assert!(text.contains(&format!(" {history}")), "{text}");
    std::fs::write(&meta, text.replace(&format!(" {history}"), "")).unwrap();
    let engine = open(folder.path()).await;
    assert_eq!(stands(&engine).await, (20, false));
    assert!(refresh(&engine).await.unwrap());
    assert_eq!(stands(&engine).await, (20, true));
    let position = engine.index().unwrap().position().unwrap();
    assert_eq!(position, engine.store().head().await.unwrap());
    // Once: what it is now is believed.
    let made = std::fs::read(&meta).unwrap();
    assert!(refresh(&open(folder.path()).await).await.unwrap());
    assert_eq!(std::fs::read(&meta).unwrap(), made);
}
