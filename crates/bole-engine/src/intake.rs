//! The door: a message is noted in the store, published to the queue, and confirmed, in this order.

use std::collections::BTreeSet;

use bole_core::Portal;
use bole_core::message::v1::{Message, Submitted};
use bole_store::{Intake, SubmissionRecord};
use jiff::Timestamp;

use crate::{Engine, EngineError};

/// What became of a message at the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Durable in the queue.
    Queued,
    /// Decided before: its first outcome.
    AlreadyReceived(Box<SubmissionRecord>),
}

/// Takes messages in. When it returns, those that are [`Admission::Queued`] survive a crash.
///
/// Answers in the order of `messages`. A message that breaks the contract is queued too, so that it is set aside
/// with its reason like any other.
///
/// # Errors
/// Outages: any number may have been taken in; submit all again.
pub async fn submit(
    engine: &Engine,
    messages: &[(Message, Submitted)],
    now: Timestamp,
) -> Result<Vec<Admission>, EngineError> {
    let noted: Vec<_> = messages.iter().map(|(_, submitted)| submitted.clone()).collect();
    let known = engine.store().accept(&noted, now).await?;
    let queue_lost_some = known.contains(&Intake::Queued)
        && has_lost_some(engine, messages.iter().map(|(it, _)| &it.portal)).await?;
    let mut admissions = Vec::with_capacity(messages.len());
    let mut to_publish = Vec::new();
    let mut to_confirm = Vec::new();
    for ((message, submitted), intake) in messages.iter().zip(known) {
        let must_publish = match intake {
            Intake::Settled(record) => {
                admissions.push(Admission::AlreadyReceived(record));
                continue;
            }
            Intake::New => true,
            Intake::Queued => queue_lost_some,
        };
        admissions.push(Admission::Queued);
        if must_publish {
            to_publish.push(message.clone());
            to_confirm.push(submitted.clone());
        }
    }
    if !to_publish.is_empty() {
        engine.queue().publish(&to_publish).await?;
        engine.store().confirm(&to_confirm, now).await?;
    }
    Ok(admissions)
}

/// Whether the queue holds fewer messages of one of these portals than the store has in flight: its file was lost, or all
/// that a broker had. A commit comes before its acknowledgement, so that a file that lost nothing never holds fewer.
///
/// A broker does not tell what workers hold, and a dead letter is not in its portal's queue. Of what they can hold, nothing
/// counts as lost as long as anything waits; once nothing does, what comes again is published again: it may be decided
/// twice, and counts once.
async fn has_lost_some<'a>(
    engine: &Engine,
    portals: impl Iterator<Item = &'a Portal>,
) -> Result<bool, EngineError> {
    let portals: BTreeSet<_> = portals.collect();
    // The queue first: what is settled in between makes the store's count smaller, not the queue's.
    let depths = engine.queue().depth().await?;
    let ledger = engine.store().ledger().await?;
    let lost = |portal: &&Portal| {
        let depth = depths.iter().find(|depth| depth.portal == **portal);
        let n_held = depth.map_or(0, |depth| depth.n_ready + depth.n_held_at_most);
        let n_queued = ledger.portals.get(portal.as_str()).map_or(0, |line| line.queued);
        n_held < n_queued
    };
    Ok(portals.iter().any(lost))
}
