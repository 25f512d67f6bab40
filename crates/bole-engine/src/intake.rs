//! The door: a message is noted in the store, published to the queue, and confirmed, in this order.

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
    let mut admissions = Vec::with_capacity(messages.len());
    let mut to_publish = Vec::new();
    let mut to_confirm = Vec::new();
    for ((message, submitted), intake) in messages.iter().zip(known) {
        match intake {
            Intake::Settled(record) => admissions.push(Admission::AlreadyReceived(record)),
            Intake::New | Intake::Pending => {
                admissions.push(Admission::Queued);
                to_publish.push(message.clone());
                to_confirm.push(submitted.clone());
            }
        }
    }
    if !to_publish.is_empty() {
        engine.queue().publish(&to_publish).await?;
        engine.store().confirm(&to_confirm, now).await?;
    }
    Ok(admissions)
}
