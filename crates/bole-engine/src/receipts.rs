//! The receipt follower: tells portals what became of their submissions, from the change log, so that none is lost
//! between a commit and its receipt. One process at a time does it, by a lease in the store.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use bole_core::message::v1::Receipt;
use bole_core::{Change, Event, Portal};
use bole_store::SubmissionRecord;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Engine, EngineError, metrics};

/// The follower's name in the store.
pub(crate) const FOLLOWER: &str = "receipts";
/// How long the lease holds: so long are receipts late when the process that sends them dies.
const LEASE: Duration = Duration::from_secs(10);
/// Changes in one round. Publishing them takes far less than the lease.
const N_CHANGES: u32 = 1000;
/// How often the change log is looked at.
const POLL: Duration = Duration::from_millis(200);

/// Sends receipts until `stop` is cancelled, and then what is left. Does nothing where no broker is.
///
/// A receipt is sent at least once: after a crash those of the last round come again.
///
/// # Errors
/// Outages: call again.
pub(crate) async fn send_receipts(engine: &Engine, stop: &CancellationToken) -> Result<(), EngineError> {
    let Some(receipts) = engine.receipts() else {
        stop.cancelled().await;
        return Ok(());
    };
    let holder = Uuid::new_v4();
    loop {
        let stopping = stop.is_cancelled();
        while let Some(position) = engine.store().lease(FOLLOWER, holder, LEASE).await? {
            let changes = engine.store().changes(position, N_CHANGES).await?;
            let Some(last) = changes.last().map(|change| change.position) else { break };
            let due: Vec<_> = changes.into_iter().filter_map(receipt).collect();
            if !due.is_empty() {
                receipts.publish_receipts(&due).await?;
                metrics::receipts(due.len());
                trace(engine, &due).await?;
            }
            if !engine.store().advance(FOLLOWER, holder, last).await? {
                tracing::info!("another process sends the receipts");
                break;
            }
        }
        if stopping {
            return Ok(engine.store().give_up_lease(FOLLOWER, holder).await?);
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

/// Tells a portal again what became of a submission that it sent once more.
pub(crate) async fn send_again(engine: &Engine, record: &SubmissionRecord) -> Result<(), EngineError> {
    let Some(receipts) = engine.receipts().filter(|_| *record.portal() != Portal::local()) else {
        return Ok(());
    };
    let receipt = Receipt {
        portal: record.portal().clone(),
        message_id: record.submission.message_id.clone(),
        sha256: Some(record.document),
        state: record.state,
        reason: record.reason,
        advice: record.reason.advice().to_owned(),
        attempt: record.attempt,
        at: record.changed_at,
    };
    receipts.publish_receipts(&[receipt]).await?;
    metrics::receipts(1);
    Ok(())
}

/// Adds receipts to the traces of what they are about.
async fn trace(engine: &Engine, sent: &[Receipt]) -> Result<(), EngineError> {
    if !engine.traces().is_on() {
        return Ok(());
    }
    let sent_at = SystemTime::now();
    let final_ones = sent.iter().filter(|receipt| receipt.state.is_settled());
    let ids: BTreeSet<_> = final_ones.map(|receipt| (&receipt.portal, &receipt.message_id)).collect();
    let documents: BTreeSet<_> = sent.iter().filter_map(|receipt| receipt.sha256).collect();
    let documents: Vec<_> = documents.into_iter().collect();
    for record in engine.store().submissions_of(&documents).await? {
        if ids.contains(&(&record.submission.portal, &record.submission.message_id)) {
            engine.traces().receipt(&record, sent_at);
        }
    }
    Ok(())
}

/// The receipt for a change; none if it is nobody's, or of a file of this machine.
fn receipt(change: Change) -> Option<Receipt> {
    let Event::Submission { submission, document, reason, attempt } = change.event else { return None };
    (submission.portal != Portal::local()).then(|| Receipt {
        portal: submission.portal,
        message_id: submission.message_id,
        sha256: document,
        state: reason.state(),
        reason,
        advice: reason.advice().to_owned(),
        attempt,
        at: change.at,
    })
}
