use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bole_core::Portal;
use lapin::options::{BasicAckOptions, BasicNackOptions};
use lapin::{Acker, Channel};
use tokio::time::timeout;

use super::desk::Desk;
use super::link::Trouble;
use crate::{Acknowledged, QueueError, Settle};

/// The right to a message.
pub(super) struct Lease {
    desk: Arc<Desk>,
    portal: Portal,
    n_bytes: usize,
    acker: Acker,
    /// Keeps the channel open as long as something of it is out.
    channel: Channel,
}

impl Lease {
    pub(super) fn new(
        desk: Arc<Desk>,
        portal: Portal,
        n_bytes: usize,
        acker: Acker,
        channel: Channel,
    ) -> Self {
        Self { desk, portal, n_bytes, acker, channel }
    }
}

#[async_trait]
impl Settle for Lease {
    async fn ack(self: Box<Self>) -> Result<Acknowledged, QueueError> {
        let time_out = self.desk.site.time_out;
        match timeout(time_out, self.acker.ack(BasicAckOptions::default())).await {
            Ok(Ok(true)) => Ok(Acknowledged::Done),
            // With the channel gone the broker has taken it back.
            Ok(Ok(false) | Err(_)) => Ok(Acknowledged::Lost),
            Err(_) => Err(Trouble::Silence(time_out).into()),
        }
    }

    async fn release(self: Box<Self>) -> Result<(), QueueError> {
        let time_out = self.desk.site.time_out;
        match timeout(time_out, self.acker.nack(requeue())).await {
            // Lost with its channel, it is released already.
            Ok(_) => Ok(()),
            Err(_) => Err(Trouble::Silence(time_out).into()),
        }
    }

    fn abandon(self: Box<Self>) {
        let runtime = self.desk.runtime.clone();
        drop(runtime.spawn(self.release()));
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.desk.end_of_lease(self.n_bytes);
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Lease({}, channel {})", self.portal, self.channel.id())
    }
}

/// Back to the queue, this one alone.
pub(super) fn requeue() -> BasicNackOptions {
    BasicNackOptions { requeue: true, ..BasicNackOptions::default() }
}
