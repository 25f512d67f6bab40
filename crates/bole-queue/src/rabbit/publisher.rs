//! The connection that publishes, declares and counts.
//!
//! It is made when it is needed and made anew when it is lost. After a failed attempt callers are told so at once,
//! until the pause is over.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bole_core::Portal;
use bole_core::message::v1::{Message, Receipt};
use bytes::Bytes;
use lapin::message::BasicReturnMessage;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::ShortString;
use lapin::{BasicProperties, Channel, Confirmation, Connection};
use tokio::sync::{Mutex as AsyncMutex, Semaphore};
use tokio::time::{Instant, sleep, timeout};

use super::backoff::Backoff;
use super::link::{Trouble, connect, within};
use super::site::Site;
use super::topology::{self, Stand, short};
use crate::QueueError;

/// How many messages are published before their confirms are waited for.
const MAX_WINDOW: usize = 256;
/// How many bytes of bodies.
const MAX_WINDOW_BYTES: usize = 16 << 20;
/// How many callers publish at the same time.
const MAX_CHANNELS: usize = 16;
/// How often a blocked connection is looked at.
const BLOCKED_POLL: Duration = Duration::from_millis(20);

pub(super) struct Publisher {
    site: Arc<Site>,
    link: AsyncMutex<Link>,
    callers: Semaphore,
}

struct Link {
    live: Option<Arc<Live>>,
    /// The last failure, and until when it stands.
    failed: Option<(QueueError, Instant)>,
    backoff: Backoff,
    /// What is declared whenever a connection is made.
    portals: BTreeSet<Portal>,
}

struct Live {
    connection: Connection,
    /// Channels in confirm mode that nobody uses. Each caller has one to itself: lapin pairs what is returned with
    /// the wrong publish, and so all that is returned in a window must be the window's.
    idle: Mutex<Vec<Channel>>,
}

/// A message as it goes out.
struct Outgoing<'a> {
    portal: &'a Portal,
    key: ShortString,
    properties: BasicProperties,
    body: Bytes,
}

impl Publisher {
    pub(super) fn new(site: Arc<Site>) -> Self {
        let backoff = Backoff::new(site.min_pause, site.max_pause);
        let link = Link { live: None, failed: None, backoff, portals: BTreeSet::new() };
        Self { site, link: AsyncMutex::new(link), callers: Semaphore::new(MAX_CHANNELS) }
    }

    /// Connects.
    pub(super) async fn open(&self) -> Result<(), QueueError> {
        self.live().await.map(drop)
    }

    /// Declares what these portals need, now and on every connection to come.
    pub(super) async fn declare(&self, portals: &BTreeSet<Portal>) -> Result<(), QueueError> {
        let live = self.live().await?;
        let channel = within(self.site.time_out, live.connection.create_channel()).await?;
        topology::declare(&channel, &self.site, portals.iter()).await?;
        self.link.lock().await.portals.clone_from(portals);
        Ok(())
    }

    /// How queues stand at the broker, in the order of their names.
    pub(super) async fn stands(&self, queues: &[String]) -> Result<Vec<Stand>, QueueError> {
        let live = self.live().await?;
        let mut channel = within(self.site.time_out, live.connection.create_channel()).await?;
        let mut stands = Vec::with_capacity(queues.len());
        for queue in queues {
            let stand = topology::stand(&channel, &self.site, queue).await?;
            if stand.is_none() {
                // The channel is lost with a question for a queue that is not there.
                channel = within(self.site.time_out, live.connection.create_channel()).await?;
            }
            stands.push(stand.unwrap_or_default());
        }
        Ok(stands)
    }

    /// Whether the broker has a queue of this name.
    pub(super) async fn has(&self, queue: &str) -> Result<bool, QueueError> {
        let live = self.live().await?;
        let channel = within(self.site.time_out, live.connection.create_channel()).await?;
        Ok(topology::stand(&channel, &self.site, queue).await?.is_some())
    }

    /// Takes a portal's queue off the exchange, if nothing waits in it.
    pub(super) async fn unbind(&self, portal: &Portal) -> Result<bool, QueueError> {
        let live = self.live().await?;
        let channel = within(self.site.time_out, live.connection.create_channel()).await?;
        // First nothing more comes, then what is there is counted.
        topology::unbind(&channel, &self.site, portal).await?;
        let stand = topology::stand(&channel, &self.site, &self.site.queue(portal)).await?;
        if stand.is_some_and(|stand| stand.n_waiting > 0) {
            topology::declare(&channel, &self.site, [portal].into_iter()).await?;
            return Ok(false);
        }
        self.link.lock().await.portals.remove(portal);
        Ok(true)
    }

    /// Publishes to the queues of portals.
    ///
    /// By the default exchange: what a portal sends to a key that is nobody's goes to the alternate exchange, and counts
    /// as routed. The default exchange has none, so what it cannot route is returned to us.
    pub(super) async fn publish(&self, messages: &[Message]) -> Result<(), QueueError> {
        self.publish_by("", |portal| self.site.queue(portal), messages).await
    }

    /// Publishes as a portal does.
    pub(super) async fn publish_as_portal(&self, messages: &[Message]) -> Result<(), QueueError> {
        self.publish_by(&self.site.submissions(), Portal::to_string, messages).await
    }

    async fn publish_by(
        &self,
        exchange: &str,
        key_of: impl Fn(&Portal) -> String,
        messages: &[Message],
    ) -> Result<(), QueueError> {
        let limit_bytes = self.site.limit_bytes;
        let outgoing = messages.iter().map(|message| {
            if message.body.len() > limit_bytes {
                return Err(QueueError::TooLarge { n_bytes: message.body.len(), limit_bytes });
            }
            Ok(Outgoing {
                portal: &message.portal,
                key: short(&key_of(&message.portal))?,
                properties: super::properties::to_amqp(&message.properties)?,
                body: message.body.clone(),
            })
        });
        let outgoing = outgoing.collect::<Result<Vec<_>, _>>()?;
        let refuse = |portal: &Portal| Err(QueueError::Unroutable { portal: portal.clone() });
        self.publish_all(short(exchange)?, &outgoing, refuse).await
    }

    pub(super) async fn publish_receipts(&self, receipts: &[Receipt]) -> Result<(), QueueError> {
        let outgoing = receipts.iter().map(|receipt| {
            let body = serde_json::to_vec(receipt)
                .unwrap_or_else(|_| unreachable!("a receipt is text and numbers under text keys"));
            Ok(Outgoing {
                portal: &receipt.portal,
                key: short(receipt.portal.as_str())?,
                properties: super::properties::of_receipt(receipt)?,
                body: body.into(),
            })
        });
        let outgoing = outgoing.collect::<Result<Vec<_>, QueueError>>()?;
        let pass_over = |portal: &Portal| {
            tracing::warn!(%portal, "a receipt of a portal that is no longer there is left out");
            Ok(())
        };
        self.publish_all(short(&self.site.receipts())?, &outgoing, pass_over).await
    }

    /// Publishes window after window; `on_returned` says what is done about a portal that has no queue.
    async fn publish_all(
        &self,
        exchange: ShortString,
        outgoing: &[Outgoing<'_>],
        on_returned: impl Fn(&Portal) -> Result<(), QueueError>,
    ) -> Result<(), QueueError> {
        let Ok(_caller) = self.callers.acquire().await else { return Err(QueueError::Stopped) };
        let mut rest = outgoing;
        while !rest.is_empty() {
            let (window, after) = rest.split_at(window_of(rest));
            for portal in self.publish_window(&exchange, window).await? {
                on_returned(portal)?;
            }
            rest = after;
        }
        Ok(())
    }

    /// Answers whose messages were returned.
    async fn publish_window<'a>(
        &self,
        exchange: &ShortString,
        window: &[Outgoing<'a>],
    ) -> Result<Vec<&'a Portal>, QueueError> {
        let live = self.live().await?;
        let time_out = self.site.confirm_time_out;
        // Frames of a blocked connection would pile up in memory.
        let unblocked = timeout(time_out, async {
            while live.connection.status().blocked() {
                sleep(BLOCKED_POLL).await;
            }
        });
        unblocked.await.map_err(|_| QueueError::Blocked)?;
        let channel = live.channel(self.site.time_out).await;
        let sent = match channel {
            Ok(channel) => match timeout(time_out, send(&channel, exchange, window)).await {
                Ok(sent) => sent.map(|returned| (channel, returned)),
                Err(_) if live.connection.status().blocked() => return Err(QueueError::Blocked),
                Err(_) => Err(Trouble::Silence(time_out).into()),
            },
            Err(error) => Err(error),
        };
        match sent {
            Ok((channel, returned)) => {
                // A channel that returned something is not used again: there may be more to come.
                if returned.is_empty() {
                    live.idle.lock().unwrap_or_else(PoisonError::into_inner).push(channel);
                }
                Ok(returned)
            }
            Err(error) => {
                self.forget(&live).await;
                Err(error)
            }
        }
    }

    /// The connection, made if there is none.
    async fn live(&self) -> Result<Arc<Live>, QueueError> {
        let mut link = self.link.lock().await;
        if let Some(live) = link.live.as_ref().filter(|live| live.connection.status().connected()) {
            return Ok(Arc::clone(live));
        }
        link.live = None;
        if let Some((error, _)) = link.failed.as_ref().filter(|(_, until)| Instant::now() < *until) {
            return Err(error.clone());
        }
        match self.connect(&link.portals).await {
            Ok(live) => {
                link.failed = None;
                link.backoff.reset();
                link.live = Some(Arc::clone(&live));
                Ok(live)
            }
            Err(error) => {
                let until = Instant::now() + link.backoff.pause();
                link.failed = Some((error.clone(), until));
                Err(error)
            }
        }
    }

    async fn connect(&self, portals: &BTreeSet<Portal>) -> Result<Arc<Live>, QueueError> {
        let connection = connect(&self.site, "publisher").await?;
        if !portals.is_empty() {
            let channel = within(self.site.time_out, connection.create_channel()).await?;
            topology::declare(&channel, &self.site, portals.iter()).await?;
        }
        Ok(Arc::new(Live { connection, idle: Mutex::new(Vec::new()) }))
    }

    /// Lets go of a connection that misbehaved; the next caller makes another.
    async fn forget(&self, live: &Arc<Live>) {
        let mut link = self.link.lock().await;
        if link.live.as_ref().is_some_and(|current| Arc::ptr_eq(current, live)) {
            link.live = None;
        }
    }
}

impl Live {
    async fn channel(&self, time_out: Duration) -> Result<Channel, QueueError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(channel) = idle.filter(|channel| channel.status().connected()) {
            return Ok(channel);
        }
        let channel = within(time_out, self.connection.create_channel()).await?;
        within(time_out, channel.confirm_select(ConfirmSelectOptions::default())).await?;
        Ok(channel)
    }
}

/// How many of these go out together: at least one.
fn window_of(outgoing: &[Outgoing<'_>]) -> usize {
    let mut n_bytes = 0;
    let fits = |outgoing: &&Outgoing<'_>| {
        n_bytes += outgoing.body.len();
        n_bytes <= MAX_WINDOW_BYTES
    };
    outgoing.iter().take(MAX_WINDOW).take_while(fits).count().max(1)
}

/// Publishes and waits for all confirms. Answers whose messages were returned.
async fn send<'a>(
    channel: &Channel,
    exchange: &ShortString,
    window: &[Outgoing<'a>],
) -> Result<Vec<&'a Portal>, QueueError> {
    let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
    let mut confirms = Vec::with_capacity(window.len());
    for Outgoing { key, body, properties, .. } in window {
        let confirm = channel.basic_publish(exchange.clone(), key.clone(), options, body, properties.clone());
        confirms.push(confirm.await?);
    }
    let mut trouble = None;
    let mut returned = Vec::new();
    for confirm in confirms {
        match confirm.await? {
            Confirmation::Ack(None) => {}
            Confirmation::Ack(Some(message)) => returned.push(message),
            Confirmation::Nack(message) => {
                returned.extend(message);
                trouble = Some(Trouble::Refused);
            }
            Confirmation::NotRequested => trouble = Some(Trouble::Unconfirmed),
        }
    }
    // Told rather than trouble: it does not pass by itself.
    let returned =
        returned.iter().map(|message| whose(window, message)).collect::<Result<Vec<_>, QueueError>>()?;
    match trouble {
        Some(trouble) if returned.is_empty() => Err(trouble.into()),
        _ => Ok(returned),
    }
}

/// Finds what was returned by its id and key: the confirm that it came with may be another's.
fn whose<'a>(window: &[Outgoing<'a>], returned: &BasicReturnMessage) -> Result<&'a Portal, QueueError> {
    let is_it = |outgoing: &&Outgoing<'_>| {
        outgoing.key == returned.delivery.routing_key
            && outgoing.properties.message_id() == returned.delivery.properties.message_id()
    };
    match window.iter().find(is_it) {
        Some(outgoing) => Ok(outgoing.portal),
        None => Err(Trouble::Refused.into()),
    }
}
