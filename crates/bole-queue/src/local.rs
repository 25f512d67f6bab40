//! A queue in one SQLite file.
//!
//! One task a queue, the keeper, owns the only connection and takes commands from a channel. Publishes,
//! acknowledgements and releases that wait together go into one transaction, so a burst pays one fsync a group and
//! not one a message. Handing out needs no fsync: after a power loss nobody holds anything anyway.

mod copy;
mod group;
mod keeper;
mod lease;
mod process;
mod schema;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use bole_core::Portal;
use bole_core::message::v1::Message;
use sqlx::Connection as _;
use tokio::sync::{mpsc, oneshot};

use crate::{Delivery, Depth, Queue, QueueError};
pub use copy::{LocalQueueCopy, check_queue_copy, local_queue_length};
use keeper::{Command, Keeper, Write};

/// How a [`LocalQueue`] is set up.
#[derive(Clone, Debug)]
pub struct LocalQueueOptions {
    /// The file; its folder must exist, and be on a disk of this machine.
    pub path: PathBuf,
    /// How long a message stays with a consumer that gives no sign of life. Renewed three times as often; a consumer
    /// whose process is dead loses its messages at once.
    pub lease: Duration,
    /// How many bytes of bodies may be out on loan to this process. A single larger message still goes out, alone.
    pub max_held_bytes: usize,
    /// How many messages may be out on loan to this process; at least 1.
    pub max_held_messages: usize,
    /// The largest body that is taken in.
    pub limit_bytes: usize,
}

/// A durable queue in one SQLite file, for one machine and any number of processes.
///
/// It needs the tokio runtime that it was opened in. Dropped, it gives back what nobody holds; deliveries that are
/// out can still be acknowledged.
pub struct LocalQueue {
    path: PathBuf,
    limit_bytes: usize,
    commands: mpsc::UnboundedSender<Command>,
}

impl LocalQueue {
    /// Opens the file, and creates it if it is not there.
    ///
    /// # Errors
    /// [`QueueError::Open`], [`QueueError::Newer`], [`QueueError::NotAQueue`] and [`QueueError::Damaged`] need a
    /// person; the others pass.
    pub async fn open(options: LocalQueueOptions) -> Result<Self, QueueError> {
        Self::open_with(options, None).await
    }

    /// How much waits in a file that is there, without changing it.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn look(path: &Path) -> Result<Vec<Depth>, QueueError> {
        let mut connection = schema::visit(path).await?;
        let depth = group::depth(&mut connection).await;
        // What it answered counts, not how it was left.
        connection.close().await.ok();
        depth
    }

    /// Opens the file; `max_pages` stands for a disk that is full at that size.
    async fn open_with(options: LocalQueueOptions, max_pages: Option<u32>) -> Result<Self, QueueError> {
        let path = options.path.clone();
        let limit_bytes = options.limit_bytes;
        // Unbounded, and still bounded: every command belongs to a caller that waits or to a lease that ends.
        let (commands, receiver) = mpsc::unbounded_channel();
        let keeper = Keeper::open(options, max_pages, commands.downgrade(), receiver).await?;
        tokio::spawn(keeper.run());
        Ok(Self { path, limit_bytes, commands })
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Result<T, QueueError> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).map_err(|_| QueueError::Stopped)?;
        answer.await.map_err(|_| QueueError::Stopped)
    }
}

#[async_trait]
impl Queue for LocalQueue {
    async fn publish(&self, messages: &[Message]) -> Result<(), QueueError> {
        if messages.is_empty() {
            return Ok(());
        }
        let limit_bytes = self.limit_bytes;
        if let Some(message) = messages.iter().find(|message| message.body.len() > limit_bytes) {
            return Err(QueueError::TooLarge { n_bytes: message.body.len(), limit_bytes });
        }
        self.ask(|reply| Command::Write(Write::Publish { messages: messages.to_vec(), reply })).await?
    }

    async fn receive(&self) -> Result<Delivery, QueueError> {
        self.ask(Command::Receive).await?.map(lease::Handed::into_delivery)
    }

    /// Until it is called, all portals are received from.
    async fn set_portals(&self, portals: Vec<Portal>) -> Result<(), QueueError> {
        self.ask(|reply| Command::SetPortals { portals, reply }).await?
    }

    async fn remove_portal(&self, portal: &Portal) -> Result<bool, QueueError> {
        Ok(!self.depth().await?.iter().any(|depth| depth.portal == *portal))
    }

    async fn depth(&self) -> Result<Vec<Depth>, QueueError> {
        self.ask(Command::Depth).await?
    }

    /// None: every portal is somebody's.
    async fn n_unroutable(&self) -> Result<u64, QueueError> {
        Ok(0)
    }

    /// None: a worker that dies with a message gives it back, however often.
    async fn n_dead_letters(&self) -> Result<u64, QueueError> {
        Ok(0)
    }
}

impl fmt::Debug for LocalQueue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LocalQueue").field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
