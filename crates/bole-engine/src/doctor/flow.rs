//! What becomes of submissions, by the ledger and by what the queue holds, and whether the audit log can be read.

use bole_core::AuditRecord;
use bole_store::Store;

use super::broker::Held;
use super::{Finding, told};

/// Replays that wait are looked for up to so many.
const N_REPLAYS: u32 = 1000;

/// Whether the head of the audit log follows from the entry before it.
pub(super) async fn audit(store: &dyn Store) -> Vec<Finding> {
    const ADVICE: &str = "run `bole audit verify`, which finds the first entry that is not what was written";
    let newest = match store.audit_back(None, 2).await {
        Ok(newest) => newest,
        Err(error) => return vec![Finding::trouble(told(&error), ADVICE)],
    };
    let Some(head) = newest.first() else { return vec![Finding::ok("empty")] };
    let before = newest.get(1);
    let is_first = head.number == 1 && before.is_none();
    let follows = is_first || before.is_some_and(|before| before.number + 1 == head.number);
    let is_chained = AuditRecord::chained(before.map(|before| before.hash), &head.record) == head.hash;
    if !follows || !is_chained {
        return vec![Finding::trouble(
            format!("entry {} does not follow from the one before", head.number),
            ADVICE,
        )];
    }
    vec![Finding::ok(format!("{} entries; the last follows from the one before", head.number))]
}

pub(super) async fn examine(store: &dyn Store, held: &Held) -> Vec<Finding> {
    let (ledger, portals, replays) =
        tokio::join!(store.ledger(), store.portals(), store.to_publish(N_REPLAYS));
    let (ledger, portals, replays) = match (ledger, portals, replays) {
        (Ok(ledger), Ok(portals), Ok(replays)) => (ledger, portals, replays),
        (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => {
            return vec![Finding::trouble(told(&error), "look at the store")];
        }
    };
    let mut found = Vec::new();
    if !ledger.holds() {
        found.push(Finding::trouble(
            "the ledger does not add up: what was received is not the sum of what became of it",
            "keep a copy of the store, and report it with the output of `bole status`",
        ));
    }
    let paused: Vec<_> = portals.iter().filter(|row| row.is_paused).map(|row| row.portal.as_str()).collect();
    if !paused.is_empty() {
        found.push(Finding::warning(
            format!("paused: {}; what they send waits", paused.join(", ")),
            "`bole portal add NAME` opens one again",
        ));
    }
    found.extend(astray(held));
    if !replays.is_empty() {
        let n_replays = if replays.len() == N_REPLAYS as usize {
            "1000 or more".to_owned()
        } else {
            replays.len().to_string()
        };
        found.push(Finding::warning(
            format!("{n_replays} replays are not in the queue yet"),
            "start `bole serve`, which publishes them",
        ));
    }
    found.extend(stands_still(
        ledger.total().queued,
        held,
        paused.len() == portals.len() && !portals.is_empty(),
    ));
    if found.is_empty() {
        let total = ledger.total();
        found.push(Finding::ok(format!(
            "{} received, {} in flight; every one is accounted for",
            total.received, total.queued
        )));
    }
    found
}

/// Messages that nobody asked for.
fn astray(held: &Held) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(n_unroutable @ 1..) = held.n_unroutable {
        found.push(Finding::warning(
            format!("{n_unroutable} messages came with a key that is no portal's"),
            "add the portal with `bole portal add NAME`, and have it send them again",
        ));
    }
    if let Some(n_dead @ 1..) = held.n_dead {
        found.push(Finding::warning(
            format!("{n_dead} messages were handed out too often"),
            "start a worker: it puts them into quarantine; `bole quarantine list --reason poison_suspect` shows them",
        ));
    }
    found
}

/// What is to be done, and is not.
fn stands_still(n_queued: u64, held: &Held, is_all_paused: bool) -> Option<Finding> {
    let (n_waiting, n_with_workers) = (held.n_waiting?, held.n_with_workers.unwrap_or(0));
    let has_worker = held.has_worker.unwrap_or(false);
    if n_waiting > 0 && !has_worker && !is_all_paused {
        return Some(Finding::warning(
            format!("{n_waiting} messages wait, and no worker runs"),
            "start `bole serve` or `bole work`",
        ));
    }
    if n_queued > 0 && n_waiting + n_with_workers == 0 && !has_worker {
        return Some(Finding::warning(
            format!(
                "{n_queued} submissions are in flight, the queue is empty, and no worker runs: the queue has lost them"
            ),
            "have them sent again under the same ids, by the portals, or by the same `bole ingest`; nothing is counted twice",
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_still_is_told_from_what_is_under_way() {
        let held = |n_waiting, has_worker| Held {
            n_waiting: Some(n_waiting),
            has_worker: Some(has_worker),
            ..Held::default()
        };
        let told = |n_queued, held: &Held| stands_still(n_queued, held, false).map(|finding| finding.seen);
        assert_eq!(told(0, &held(0, false)), None);
        assert_eq!(told(5, &held(5, true)), None);
        assert_eq!(told(5, &held(0, true)), None, "a worker has them");
        assert!(told(5, &held(5, false)).unwrap().contains("no worker runs"));
        assert!(told(5, &held(0, false)).unwrap().contains("has lost them"));
        assert_eq!(told(5, &Held::default()), None, "nothing is known of the queue");
        assert_eq!(stands_still(5, &held(5, false), true).map(|finding| finding.seen), None);
    }
}
