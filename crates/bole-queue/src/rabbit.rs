//! A queue on RabbitMQ.
//!
//! Two connections: a memory or disk alarm of the broker stops what publishes, and on one connection it would stop
//! the acknowledgements that could end the alarm. lapin's own recovery is off: after a loss everything is made anew,
//! and deliveries of the dead connection answer that they are lost.

mod backoff;
mod consumer;
mod desk;
mod lease;
mod link;
mod portal_client;
mod properties;
mod publisher;
mod site;
mod tls;
mod topology;
mod visit;
mod wire;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bole_core::Portal;
use bole_core::message::v1::{Message, Receipt};

use crate::{BrokerAddress, Delivery, Depth, Queue, QueueError, Receipts};
use desk::Desk;
use publisher::Publisher;
use site::Site;

pub use portal_client::{PortalClient, PortalOptions, ReceivedReceipt};
pub use tls::{ClientCertificate, Tls};
pub use visit::{Action, BrokerVisit, DeclaredState, DeclaredThing, NotAllowed, Permissions};

/// How a [`RabbitQueue`] is set up.
#[derive(Clone, Debug)]
pub struct RabbitOptions {
    /// The broker. The user needs all permissions on names that begin with the prefix, and on the default exchange.
    pub broker: BrokerAddress,
    /// How TLS is done, if the address of the broker begins with `amqps`; none: as the system does.
    pub tls: Option<Tls>,
    /// What the names of exchanges and queues begin with, `bole` unless several installations share a virtual host;
    /// at most 100 bytes.
    pub prefix: String,
    /// The portals that are served.
    pub portals: Vec<Portal>,
    /// How many bytes of bodies may be out on loan to this process. A single larger message still goes out, alone.
    /// What the broker sends ahead, at most `max_held_messages` or 2 a portal, is held besides.
    pub max_held_bytes: usize,
    /// How many messages may be out on loan to this process; at least 1.
    pub max_held_messages: usize,
    /// The largest body that is taken in. RabbitMQ 4 takes 16 MiB as installed, and closes the channel over more.
    pub limit_bytes: usize,
    /// How long the broker may take for one answer.
    pub time_out: Duration,
    /// How long it may take to confirm what was published.
    pub confirm_time_out: Duration,
    /// How often both sides give a sign of life, in whole seconds; after two silent ones the connection is dead.
    pub heartbeat: Duration,
    /// How long to wait after the first failed attempt to connect; doubled each time, with jitter.
    pub min_pause: Duration,
    /// How long to wait at most.
    pub max_pause: Duration,
}

/// A durable queue on RabbitMQ 3.10 or newer, for any number of machines: a quorum queue a portal.
///
/// It needs the tokio runtime that it was opened in. Messages are taken from the broker from the first
/// [`receive`](Queue::receive) on. Dropped, it gives back what nobody holds; deliveries that are out can still be
/// acknowledged.
pub struct RabbitQueue {
    publisher: Publisher,
    desk: Arc<Desk>,
}

impl RabbitQueue {
    /// Connects, and declares what is not there.
    ///
    /// # Errors
    /// [`QueueError::OtherArguments`], [`QueueError::Forbidden`], [`QueueError::Tls`], [`QueueError::TlsFile`] and
    /// [`QueueError::BrokerTooOld`] need a person; [`QueueError::Unavailable`] passes. Each host is tried once.
    pub async fn open(options: RabbitOptions) -> Result<Self, QueueError> {
        let site = Arc::new(options.site());
        let publisher = Publisher::new(Arc::clone(&site));
        let desk = Arc::new(Desk::new(site, options));
        publisher.declare(&desk.portals()).await?;
        tokio::spawn(consumer::run(Arc::clone(&desk)));
        Ok(Self { publisher, desk })
    }
}

impl RabbitQueue {
    /// Connects and declares nothing, for who only counts.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_to_watch(options: RabbitOptions) -> Result<Self, QueueError> {
        let site = Arc::new(options.site());
        let publisher = Publisher::new(Arc::clone(&site));
        let desk = Arc::new(Desk::new(site, options));
        publisher.open().await?;
        Ok(Self { publisher, desk })
    }

    async fn n_waiting(&self, queue: String) -> Result<u64, QueueError> {
        Ok(self.publisher.stands(&[queue]).await?.iter().map(|stand| stand.n_waiting).sum())
    }
}

impl RabbitOptions {
    fn site(&self) -> Site {
        Site {
            broker: self.broker.clone(),
            tls: self.tls.clone(),
            prefix: self.prefix.clone(),
            limit_bytes: self.limit_bytes,
            time_out: self.time_out,
            confirm_time_out: self.confirm_time_out,
            heartbeat: self.heartbeat,
            min_pause: self.min_pause,
            max_pause: self.max_pause,
        }
    }
}

#[async_trait]
impl Receipts for RabbitQueue {
    /// To the exchange `{prefix}.receipts`, with the portal as the key.
    ///
    /// Each portal that is declared has a queue there, `{prefix}.receipts.{portal}`, which keeps a receipt for 14 days: a
    /// portal that does not fetch for so long loses receipts, and asks by HTTP.
    async fn publish_receipts(&self, receipts: &[Receipt]) -> Result<(), QueueError> {
        self.publisher.publish_receipts(receipts).await
    }
}

#[async_trait]
impl Queue for RabbitQueue {
    async fn publish(&self, messages: &[Message]) -> Result<(), QueueError> {
        self.publisher.publish(messages).await
    }

    async fn receive(&self) -> Result<Delivery, QueueError> {
        self.desk.receive().await
    }

    /// Declares the queues of portals that are new.
    async fn set_portals(&self, portals: Vec<Portal>) -> Result<(), QueueError> {
        let portals = portals.into_iter().collect::<BTreeSet<_>>();
        self.publisher.declare(&portals).await?;
        self.desk.set_portals(portals);
        Ok(())
    }

    async fn remove_portal(&self, portal: &Portal) -> Result<bool, QueueError> {
        self.publisher.unbind(portal).await
    }

    async fn depth(&self) -> Result<Vec<Depth>, QueueError> {
        let portals = self.desk.known_portals();
        let queues = portals.iter().map(|portal| self.desk.site.queue(portal)).collect::<Vec<_>>();
        let stands = self.publisher.stands(&queues).await?;
        Ok(self.desk.depth(portals.into_iter().zip(stands)))
    }

    async fn n_unroutable(&self) -> Result<u64, QueueError> {
        self.n_waiting(self.desk.site.unroutable()).await
    }

    async fn n_dead_letters(&self) -> Result<u64, QueueError> {
        self.n_waiting(self.desk.site.dead()).await
    }
}

impl Drop for RabbitQueue {
    fn drop(&mut self) {
        self.desk.stop();
    }
}

impl fmt::Debug for RabbitQueue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RabbitQueue").field("site", &self.desk.site).finish_non_exhaustive()
    }
}
