use async_trait::async_trait;
use bole_core::Portal;
use bole_core::message::v1::Message;
use jiff::Timestamp;

use crate::{Delivery, QueueError};

/// A durable queue of submissions, at least once.
///
/// A message stays until its delivery is acknowledged; a consumer that dies gives back what it held. No order is
/// promised between portals, and none after a redelivery.
#[async_trait]
pub trait Queue: Send + Sync + std::fmt::Debug {
    /// Publishes messages. `Ok` says that all are durable.
    ///
    /// # Errors
    /// Any number of them may be durable: publish all again with the same ids, workers take copies for what they are.
    async fn publish(&self, messages: &[Message]) -> Result<(), QueueError>;

    /// Waits for the next message. Portals take turns, so that a burst of one does not starve the others.
    ///
    /// Safe to cancel: a message is either returned or still in the queue. The queue holds back while the bytes of
    /// the deliveries that are out reach its limit.
    ///
    /// # Errors
    /// An outage: what is held may be redelivered. Call again after a pause.
    async fn receive(&self) -> Result<Delivery, QueueError>;

    /// Receives from these portals from now on, and from no others.
    ///
    /// A portal that is left out is paused: what is published to it is kept and counted, and deliveries that are out
    /// can still be acknowledged.
    ///
    /// # Errors
    /// The list is then as it was.
    async fn set_portals(&self, portals: Vec<Portal>) -> Result<(), QueueError>;

    /// Takes in nothing more of what a portal publishes by itself. Answers false, and changes nothing, if messages of
    /// it wait.
    ///
    /// Its queue stays: a worker may give back what it holds. Told of the portal again, it takes in again.
    async fn remove_portal(&self, portal: &Portal) -> Result<bool, QueueError>;

    /// How much waits, by portal, in the order of their names; portals without messages may be left out, and so may
    /// those that were never received from.
    async fn depth(&self) -> Result<Vec<Depth>, QueueError>;

    /// How many messages were sent to a portal that is nobody's, and set aside for a person to look at.
    async fn n_unroutable(&self) -> Result<u64, QueueError>;

    /// How many messages were handed out too often, and wait for a worker to set them aside.
    async fn n_dead_letters(&self) -> Result<u64, QueueError>;
}

/// How much of one portal waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Depth {
    /// The portal.
    pub portal: Portal,
    /// Messages that no worker holds.
    pub n_ready: u64,
    /// Messages that workers hold; none where the queue does not know what those of other processes hold.
    pub n_held: Option<u64>,
    /// Messages that workers can hold: those that they do, or as many as they take if all are set up as this process.
    pub n_held_at_most: u64,
    /// When the oldest of them all was published, as far as the queue knows.
    pub oldest: Option<Timestamp>,
}
