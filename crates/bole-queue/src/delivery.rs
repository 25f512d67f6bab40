use async_trait::async_trait;
use bole_core::message::v1::Message;

use crate::QueueError;

/// A message on loan. It is given back by [`ack`](Self::ack) or [`release`](Self::release); dropped undecided, it is
/// released and logged as an error, never acknowledged.
#[must_use = "a delivery must be acknowledged or released"]
#[derive(Debug)]
pub struct Delivery {
    message: Message,
    n_deliveries: u32,
    is_dead_letter: bool,
    settle: Option<Box<dyn Settle>>,
}

/// How a queue takes a delivery back. Implemented by each queue; called once.
#[async_trait]
pub trait Settle: Send + Sync + std::fmt::Debug {
    /// Removes the message for good.
    async fn ack(self: Box<Self>) -> Result<Acknowledged, QueueError>;

    /// Makes the message ready for any consumer at once.
    async fn release(self: Box<Self>) -> Result<(), QueueError>;

    /// Releases without waiting, for a delivery that was dropped; a lease or a closed channel may do it later.
    fn abandon(self: Box<Self>);
}

/// What became of an acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acknowledged {
    /// The message is gone from the queue.
    Done,
    /// The delivery was lost before (its lease ran out, its channel closed): the message comes again, harmlessly.
    Lost,
}

impl Delivery {
    /// Hands a message out. `n_deliveries` counts this one.
    pub fn new(message: Message, n_deliveries: u32, settle: Box<dyn Settle>) -> Self {
        Self { message, n_deliveries, is_dead_letter: false, settle: Some(settle) }
    }

    /// Hands out a message that the broker had set aside.
    pub fn dead_letter(message: Message, n_deliveries: u32, settle: Box<dyn Settle>) -> Self {
        Self { message, n_deliveries, is_dead_letter: true, settle: Some(settle) }
    }

    /// The message.
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// How often it was handed out, this time included. RabbitMQ sends ahead, and also counts what it took back
    /// before anybody saw it: there it is an upper bound.
    pub fn n_deliveries(&self) -> u32 {
        self.n_deliveries
    }

    /// Whether the broker had set it aside, because it was handed out over and over and never acknowledged. It is to
    /// be decided for good now, whatever it is.
    pub fn is_dead_letter(&self) -> bool {
        self.is_dead_letter
    }

    /// Acknowledges it: call this only after what it caused is durable.
    pub async fn ack(mut self) -> Result<Acknowledged, QueueError> {
        match self.settle.take() {
            Some(settle) => settle.ack().await,
            None => Ok(Acknowledged::Lost),
        }
    }

    /// Gives it back undecided.
    pub async fn release(mut self) -> Result<(), QueueError> {
        match self.settle.take() {
            Some(settle) => settle.release().await,
            None => Ok(()),
        }
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        if let Some(settle) = self.settle.take() {
            tracing::error!(portal = %self.message.portal, "delivery dropped undecided, it is released");
            settle.abandon();
        }
    }
}
