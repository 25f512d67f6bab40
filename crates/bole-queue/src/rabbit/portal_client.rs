//! A portal's own side of the queue.

use std::fmt;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use bole_core::Portal;
use bole_core::message::v1::{Message, Receipt};
use lapin::message::{Delivery as Sent, DeliveryResult};
use lapin::options::{BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::types::{FieldTable, ShortString};
use lapin::{Acker, Channel, Connection};
use tokio::runtime::Handle;
use tokio::sync::{Mutex as AsyncMutex, mpsc};
use tokio::time::timeout;

use super::lease::requeue;
use super::link::{Trouble, connect, within};
use super::publisher::Publisher;
use super::site::Site;
use super::tls::Tls;
use super::topology::{kind_of, short};
use crate::{Acknowledged, BrokerAddress, QueueError};

/// How often the connection is looked at.
const STATUS_POLL: Duration = Duration::from_millis(200);

/// How a [`PortalClient`] is set up.
#[derive(Clone, Debug)]
pub struct PortalOptions {
    /// The broker, with the portal's own user. It needs no permission to configure, to write to the exchange
    /// `{prefix}.submissions` with the portal as the topic, and to read from the queue `{prefix}.receipts.{portal}`.
    pub broker: BrokerAddress,
    /// How TLS is done, if the address of the broker begins with `amqps`; none: as the system does.
    pub tls: Option<Tls>,
    /// What the names of exchanges and queues begin with.
    pub prefix: String,
    /// The portal.
    pub portal: Portal,
    /// The largest body that is sent.
    pub limit_bytes: usize,
    /// How many receipts may be out: held, or sent ahead by the broker. At least 1.
    pub n_receipts: u16,
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

/// A portal that submits and fetches its receipts, with its own rights at the broker. It declares nothing.
///
/// It needs the tokio runtime that it was opened in. Dropped, it gives back the receipts that nobody holds; those that
/// are out can still be acknowledged.
pub struct PortalClient {
    site: Arc<Site>,
    portal: Portal,
    n_receipts: u16,
    publisher: Publisher,
    incoming: AsyncMutex<Option<Incoming>>,
}

/// A receipt that was fetched, and comes again on another connection unless it is acknowledged.
#[must_use = "a receipt must be acknowledged or released"]
pub struct ReceivedReceipt {
    receipt: Receipt,
    acker: Acker,
    /// Keeps the channel open.
    _channel: Channel,
    time_out: Duration,
}

/// A subscription to receipts.
struct Incoming {
    connection: Connection,
    channel: Channel,
    subscription: ShortString,
    /// For what is said when it ends, where no runtime may be.
    runtime: Handle,
    /// Bounded by what the broker sends ahead.
    receiver: mpsc::UnboundedReceiver<DeliveryResult>,
}

impl PortalClient {
    /// Connects. Each host is tried once.
    ///
    /// # Errors
    /// [`QueueError::Forbidden`] needs a person; [`QueueError::Unavailable`] passes.
    pub async fn open(options: PortalOptions) -> Result<Self, QueueError> {
        let site = Arc::new(Site {
            broker: options.broker,
            tls: options.tls,
            prefix: options.prefix,
            limit_bytes: options.limit_bytes,
            time_out: options.time_out,
            confirm_time_out: options.confirm_time_out,
            heartbeat: options.heartbeat,
            min_pause: options.min_pause,
            max_pause: options.max_pause,
        });
        let publisher = Publisher::new(Arc::clone(&site));
        publisher.open().await?;
        let n_receipts = options.n_receipts.max(1);
        Ok(Self { site, portal: options.portal, n_receipts, publisher, incoming: AsyncMutex::new(None) })
    }

    /// Whether Bole knows the portal: what one publishes that it does not know is confirmed and read by nobody.
    ///
    /// # Errors
    /// An outage.
    pub async fn is_known(&self) -> Result<bool, QueueError> {
        self.publisher.has(&self.site.receipts_queue(&self.portal)).await
    }

    /// The portal.
    pub fn portal(&self) -> &Portal {
        &self.portal
    }

    /// Submits messages to the exchange `{prefix}.submissions`, each with its portal as the key. `Ok` says that all are
    /// durable at the broker. It does not say that a portal is somebody's: what is nobody's is set aside there, and
    /// confirmed.
    ///
    /// # Errors
    /// Any number of them may be durable: publish all again with the same ids. [`QueueError::Forbidden`]: the user is not
    /// this portal's.
    pub async fn publish(&self, messages: &[Message]) -> Result<(), QueueError> {
        self.publisher.publish_as_portal(messages).await
    }

    /// Waits for the next receipt. Safe to cancel.
    ///
    /// # Errors
    /// [`QueueError::NoQueue`]: Bole does not know the portal. [`QueueError::NotAReceipt`] is about one receipt, the next
    /// call goes on behind it. After an outage what was not acknowledged comes again; call again after a pause.
    pub async fn next_receipt(&self) -> Result<ReceivedReceipt, QueueError> {
        let mut incoming = self.incoming.lock().await;
        if incoming.is_none() {
            *incoming = Some(self.subscribe().await?);
        }
        let next = match incoming.as_mut() {
            Some(incoming) => incoming.next().await,
            None => Err(Trouble::Ended.into()),
        };
        match next {
            Ok((sent, channel)) => {
                let receipt = serde_json::from_slice::<Receipt>(&sent.data)
                    .map_err(|error| QueueError::NotAReceipt(Arc::new(error)))?;
                Ok(ReceivedReceipt {
                    receipt,
                    acker: sent.acker,
                    _channel: channel,
                    time_out: self.site.time_out,
                })
            }
            Err(error) => {
                *incoming = None;
                Err(error)
            }
        }
    }

    async fn subscribe(&self) -> Result<Incoming, QueueError> {
        let time_out = self.site.time_out;
        let connection = connect(&self.site, "receipts").await?;
        let channel = within(time_out, connection.create_channel()).await?;
        within(time_out, channel.basic_qos(self.n_receipts, BasicQosOptions::default())).await?;
        let name = self.site.receipts_queue(&self.portal);
        let options = BasicConsumeOptions::default();
        let consumer = channel.basic_consume(short(&name)?, "".into(), options, FieldTable::default());
        let consumer = within(time_out, consumer).await.map_err(|error| match kind_of(&error) {
            Some(AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND)) => QueueError::NoQueue { name },
            _ => error,
        })?;
        let (sender, receiver) = mpsc::unbounded_channel();
        consumer.set_delegate(move |sent: DeliveryResult| {
            // If nobody listens the subscription ends with its connection.
            drop(sender.send(sent));
            ready(())
        });
        let subscription = consumer.tag();
        Ok(Incoming { connection, channel, subscription, runtime: Handle::current(), receiver })
    }
}

impl Incoming {
    async fn next(&mut self) -> Result<(Sent, Channel), QueueError> {
        loop {
            match timeout(STATUS_POLL, self.receiver.recv()).await {
                Ok(Some(Ok(Some(sent)))) => return Ok((sent, self.channel.clone())),
                Ok(Some(Ok(None)) | None) => return Err(Trouble::Ended.into()),
                Ok(Some(Err(error))) => return Err(error.into()),
                // Consumers are not told when the broker closes the connection in order.
                Err(_) if !self.connection.status().connected() => return Err(Trouble::Ended.into()),
                Err(_) => {}
            }
        }
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // A subscription keeps its channel open, and the broker would go on sending. Once it has ended the channel goes
        // with the last receipt that is out.
        let (channel, subscription) = (self.channel.clone(), self.subscription.clone());
        self.runtime.spawn(async move {
            drop(channel.basic_cancel(subscription, BasicCancelOptions::default()).await);
        });
    }
}

impl ReceivedReceipt {
    /// The receipt.
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// Gives it back to the queue, for another consumer or for the next call of
    /// [`next_receipt`](PortalClient::next_receipt), which may get it at once.
    pub async fn release(self) -> Result<(), QueueError> {
        match timeout(self.time_out, self.acker.nack(requeue())).await {
            // Lost with its channel, it is released already.
            Ok(_) => Ok(()),
            Err(_) => Err(Trouble::Silence(self.time_out).into()),
        }
    }

    /// Removes it from the queue: call this when what it says is durable on the portal's side.
    pub async fn ack(self) -> Result<Acknowledged, QueueError> {
        match timeout(self.time_out, self.acker.ack(BasicAckOptions::default())).await {
            Ok(Ok(true)) => Ok(Acknowledged::Done),
            Ok(Ok(false) | Err(_)) => Ok(Acknowledged::Lost),
            Err(_) => Err(Trouble::Silence(self.time_out).into()),
        }
    }
}

impl fmt::Debug for PortalClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PortalClient")
            .field("portal", &self.portal)
            .field("site", &self.site)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ReceivedReceipt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ReceivedReceipt").field("receipt", &self.receipt).finish_non_exhaustive()
    }
}
