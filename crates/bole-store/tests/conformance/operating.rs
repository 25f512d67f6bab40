//! What operators and followers keep in the store.

use bole_store::PortalRow;

use super::Database;
use super::fixture::{at, check, commit_one, id, read, submitted};

pub(crate) async fn portals_are_added_paused_and_removed(database: &dyn Database) {
    let store = database.open().await;
    assert!(store.portals().await.unwrap().is_empty());
    let (live, agency) = ("live".parse().unwrap(), "agency".parse().unwrap());
    store.put_portal(&live, false, at(1)).await.unwrap();
    store.put_portal(&agency, true, at(2)).await.unwrap();
    store.put_portal(&live, true, at(3)).await.unwrap();
    store.put_portal(&agency, false, at(4)).await.unwrap();
    commit_one(&*store, read(submitted("1", "a"), "a")).await;
    let store = database.open().await;
    let agency = PortalRow { portal: agency, is_paused: false, added_at: at(2) };
    let paused = PortalRow { portal: live.clone(), is_paused: true, added_at: at(1) };
    assert_eq!(store.portals().await.unwrap(), [agency.clone(), paused]);
    assert!(store.remove_portal(&live).await.unwrap());
    assert!(!store.remove_portal(&live).await.unwrap());
    assert_eq!(store.portals().await.unwrap(), [agency]);
    assert!(store.submission(&id("live", "1")).await.unwrap().is_some(), "its submissions stay");
    check(&*store).await;
}
