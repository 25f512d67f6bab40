use std::fmt;

use async_trait::async_trait;
use bole_core::message::v1::Message;
use tokio::sync::{mpsc, oneshot};

use super::keeper::{Command, Write};
use crate::{Acknowledged, Delivery, QueueError, Settle};

/// What identifies one handing-out for ever: a message is handed out by a number, to an owner, and neither comes
/// again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Token {
    /// The row of the message.
    pub(super) id: i64,
    /// The row of the owner.
    pub(super) owner: i64,
    /// How often the message was handed out, this time included.
    pub(super) n_deliveries: i64,
}

/// A message on its way to whoever receives it. Dropped on the way, it goes back.
pub(super) struct Handed {
    pub(super) message: Message,
    pub(super) lease: Lease,
}

/// The right to a message. Dropped, it is given back without waiting.
pub(super) struct Lease {
    token: Token,
    n_bytes: usize,
    commands: Option<mpsc::UnboundedSender<Command>>,
}

impl Handed {
    pub(super) fn into_delivery(self) -> Delivery {
        let n_deliveries = u32::try_from(self.lease.token.n_deliveries).unwrap_or(u32::MAX);
        Delivery::new(self.message, n_deliveries, Box::new(self.lease))
    }
}

impl Lease {
    pub(super) fn new(token: Token, n_bytes: usize, commands: mpsc::UnboundedSender<Command>) -> Self {
        Self { token, n_bytes, commands: Some(commands) }
    }

    /// Sends how it ends, once.
    fn end(
        &mut self,
        is_ack: bool,
    ) -> Result<oneshot::Receiver<Result<Acknowledged, QueueError>>, QueueError> {
        let (reply, answer) = oneshot::channel();
        let command =
            Command::Write(Write::Settle { token: self.token, n_bytes: self.n_bytes, is_ack, reply });
        let commands = self.commands.take().ok_or(QueueError::Stopped)?;
        commands.send(command).map_err(|_| QueueError::Stopped)?;
        Ok(answer)
    }
}

#[async_trait]
impl Settle for Lease {
    async fn ack(mut self: Box<Self>) -> Result<Acknowledged, QueueError> {
        self.end(true)?.await.map_err(|_| QueueError::Stopped)?
    }

    async fn release(mut self: Box<Self>) -> Result<(), QueueError> {
        self.end(false)?.await.map_err(|_| QueueError::Stopped)?.map(|_| ())
    }

    fn abandon(self: Box<Self>) {}
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.commands.is_some() {
            // Nobody waits for the answer, and a keeper that is gone has given everything back.
            drop(self.end(false));
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Lease").field(&self.token).finish()
    }
}
