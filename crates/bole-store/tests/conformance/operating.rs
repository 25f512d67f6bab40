//! What operators and followers keep in the store.

use std::time::Duration;

use bole_core::{Fault, LogPosition, Reason};
use bole_store::PortalRow;
use uuid::Uuid;

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

pub(crate) async fn one_holder_at_a_time_follows(database: &dyn Database) {
    const LONG: Duration = Duration::from_hours(1);
    let (left, right) = (database.open().await, database.open().await);
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    assert!(!left.advance("receipts", one, LogPosition(9)).await.unwrap(), "without a lease");
    assert_eq!(left.lease("receipts", one, LONG).await.unwrap(), Some(LogPosition(0)));
    assert_eq!(right.lease("receipts", two, LONG).await.unwrap(), None);
    assert_eq!(right.lease("index", two, LONG).await.unwrap(), Some(LogPosition(0)), "another follower");
    assert!(left.advance("receipts", one, LogPosition(7)).await.unwrap());
    assert!(left.advance("receipts", one, LogPosition(3)).await.unwrap());
    assert!(!right.advance("receipts", two, LogPosition(8)).await.unwrap());
    assert_eq!(left.lease("receipts", one, LONG).await.unwrap(), Some(LogPosition(7)), "never backwards");
    // It runs out: whoever had it no longer moves anything, and another goes on from where it was.
    assert_eq!(left.lease("receipts", one, Duration::ZERO).await.unwrap(), Some(LogPosition(7)));
    assert!(!left.advance("receipts", one, LogPosition(8)).await.unwrap());
    assert_eq!(right.lease("receipts", two, Duration::MAX).await.unwrap(), Some(LogPosition(7)));
    assert!(!left.advance("receipts", one, LogPosition(8)).await.unwrap());
    assert!(right.advance("receipts", two, LogPosition(9)).await.unwrap());
    assert_eq!(left.position_of("receipts").await.unwrap(), LogPosition(9), "whoever has it");
    assert_eq!(left.position_of("nobody").await.unwrap(), LogPosition(0));
    left.give_up_lease("receipts", one).await.unwrap();
    assert_eq!(left.lease("receipts", one, LONG).await.unwrap(), None, "only the holder gives it up");
    right.give_up_lease("receipts", two).await.unwrap();
    assert!(!right.advance("receipts", two, LogPosition(10)).await.unwrap());
    assert_eq!(left.lease("receipts", one, LONG).await.unwrap(), Some(LogPosition(9)));
    let nameless = left.lease("", one, LONG).await.unwrap_err();
    assert_eq!(nameless.fault(), Fault::Permanent(Reason::StoreRefused));
}

pub(crate) async fn a_probe_leaves_nothing_behind(database: &dyn Database) {
    let (left, right) = (database.open().await, database.open().await);
    let (one, two) = tokio::join!(left.probe(), right.probe());
    one.unwrap();
    two.unwrap();
    left.probe().await.unwrap();
    assert_eq!(left.head().await.unwrap(), LogPosition(0));
    check(&*left).await;
}
