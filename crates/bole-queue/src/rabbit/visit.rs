//! A visit to the broker that changes nothing there: what is declared, in which way, and what we may do.

use std::sync::Arc;

use bole_core::Portal;
use lapin::options::{
    BasicGetOptions, BasicNackOptions, BasicPublishOptions, ExchangeDeclareOptions, QueueDeclareOptions,
};
use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::{BasicProperties, Channel, Connection, ErrorKind};

use super::RabbitOptions;
use super::link::{connect_and_hear, within};
use super::site::Site;
use super::topology::{self, Declared, Kind, kind_of, short};
use crate::QueueError;

/// The exchange that leads to every queue by its name, and what permissions call it.
const DEFAULT_EXCHANGE: &str = "";
const DEFAULT_NAME: &str = "amq.default";
/// Of what is published to be taken back.
const NO_MESSAGE: &[u8] = b"";

/// A connection by which the broker is looked at.
pub struct BrokerVisit {
    site: Site,
    connection: Connection,
    version: Option<String>,
}

/// How an exchange or a queue stands that we declare.
#[derive(Clone, Debug)]
pub struct DeclaredThing {
    /// Its name.
    pub name: String,
    /// Whether it is a queue, or else an exchange.
    pub is_queue: bool,
    /// How it is declared.
    pub state: DeclaredState,
    /// Of a queue: messages that no consumer was sent.
    pub n_messages: u64,
    /// Of a queue: who consumes.
    pub n_consumers: u64,
}

/// How something is declared.
#[derive(Clone, Debug)]
pub enum DeclaredState {
    /// As we declare it.
    AsOurs,
    /// Not at all. A server or worker declares it at its start.
    Missing,
    /// In another way; the error tells which argument differs.
    Otherwise(QueueError),
    /// We may not configure it, so that it cannot be told.
    Forbidden(QueueError),
}

/// What is done at a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// To an exchange.
    Publish,
    /// From a queue.
    Take,
}

/// Something that the broker does not let us do.
#[derive(Clone, Debug)]
pub struct NotAllowed {
    /// What.
    pub what: Action,
    /// With which exchange or queue.
    pub name: String,
    /// What the broker says.
    pub error: QueueError,
}

/// What the broker lets us do.
#[derive(Clone, Debug, Default)]
pub struct Permissions {
    /// What it does not.
    pub not_allowed: Vec<NotAllowed>,
    /// It takes nothing in, because its memory or disk is short.
    pub is_blocked: bool,
}

impl BrokerVisit {
    /// Connects. Each host is tried once.
    ///
    /// # Errors
    /// As [`RabbitQueue::open`](super::RabbitQueue::open).
    pub async fn open(options: &RabbitOptions) -> Result<Self, QueueError> {
        let site = options.site();
        let (connection, greeting) = connect_and_hear(&site, "visits").await?;
        Ok(Self { version: greeting.version(), connection, site })
    }

    /// The version of a RabbitMQ; none of something else.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// How all stands that these portals need, the common parts first.
    ///
    /// # Errors
    /// If the broker goes away meanwhile.
    pub async fn declared(&self, portals: &[Portal]) -> Result<Vec<DeclaredThing>, QueueError> {
        let mut channel = self.channel().await?;
        let mut things = Vec::new();
        for declared in topology::all(&self.site, portals.iter()) {
            let (thing, is_lost) = self.look_at(&channel, declared).await?;
            things.push(thing);
            if is_lost {
                channel = self.channel().await?;
            }
        }
        Ok(things)
    }

    /// Whether we may publish to, and take from, what is declared: `things` of the same visit. What is published is taken
    /// back before the broker takes it in, and only queues without messages are asked for one.
    ///
    /// # Errors
    /// If the broker goes away meanwhile.
    pub async fn permissions(
        &self,
        things: &[DeclaredThing],
        portals: &[Portal],
    ) -> Result<Permissions, QueueError> {
        let mut found = Permissions::default();
        let is_there = |name: &str| {
            things.iter().any(|it| it.name == name && !matches!(it.state, DeclaredState::Missing))
        };
        // As we publish: submissions by the default exchange, receipts by theirs.
        let receipts = self.site.receipts();
        let as_we_do = portals.iter().flat_map(|portal| {
            let queue = self.site.queue(portal);
            [
                (DEFAULT_EXCHANGE, queue.clone(), queue),
                (receipts.as_str(), portal.to_string(), receipts.clone()),
            ]
        });
        for (exchange, key, _) in as_we_do.filter(|(_, _, needed)| is_there(needed)) {
            match self.publish_nothing(exchange, &key).await {
                Ok(()) => {}
                Err(error @ QueueError::Forbidden(_)) => {
                    let name = if exchange.is_empty() { DEFAULT_NAME } else { exchange }.to_owned();
                    found.not_allowed.push(NotAllowed { what: Action::Publish, name, error });
                }
                Err(_) if self.connection.status().blocked() => {
                    found.is_blocked = true;
                    return Ok(found);
                }
                Err(error) => return Err(error),
            }
        }
        let is_empty = |it: &&DeclaredThing| it.is_queue && it.n_messages == 0 && is_there(&it.name);
        for queue in things.iter().filter(is_empty) {
            // Receipts are for portals to take.
            if queue.name.starts_with(&format!("{}.", self.site.receipts())) {
                continue;
            }
            match self.take_nothing(&queue.name).await {
                Err(error @ QueueError::Forbidden(_)) => {
                    let name = queue.name.clone();
                    found.not_allowed.push(NotAllowed { what: Action::Take, name, error });
                }
                answer => answer?,
            }
        }
        found.is_blocked |= self.connection.status().blocked();
        Ok(found)
    }

    /// Ends the visit.
    pub async fn close(self) {
        drop(within(self.site.time_out, self.connection.close(200, "seen".into())).await);
    }

    async fn channel(&self) -> Result<Channel, QueueError> {
        within(self.site.time_out, self.connection.create_channel()).await
    }

    /// Looks whether it is there, and only then declares it: of what is there, that compares.
    async fn look_at(
        &self,
        channel: &Channel,
        declared: Declared<'_>,
    ) -> Result<(DeclaredThing, bool), QueueError> {
        let Declared { name, kind, arguments, .. } = declared;
        let is_queue = matches!(kind, Kind::Queue);
        let mut thing =
            DeclaredThing { name, is_queue, state: DeclaredState::AsOurs, n_messages: 0, n_consumers: 0 };
        for passive in [true, false] {
            let answer = match &kind {
                Kind::Queue => {
                    let options =
                        QueueDeclareOptions { passive, durable: true, ..QueueDeclareOptions::default() };
                    let declared = channel.queue_declare(short(&thing.name)?, options, arguments.clone());
                    within(self.site.time_out, declared).await.map(|queue| {
                        thing.n_messages = u64::from(queue.message_count());
                        thing.n_consumers = u64::from(queue.consumer_count());
                    })
                }
                Kind::Exchange(kind) => {
                    let options = ExchangeDeclareOptions {
                        passive,
                        durable: true,
                        ..ExchangeDeclareOptions::default()
                    };
                    let (name, kind) = (short(&thing.name)?, kind.clone());
                    let declared = channel.exchange_declare(name, kind, options, arguments.clone());
                    within(self.site.time_out, declared).await
                }
            };
            let Err(error) = answer else { continue };
            thing.state = match kind_of(&error) {
                Some(AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND)) => DeclaredState::Missing,
                Some(AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED)) => {
                    DeclaredState::Otherwise(topology::of(&thing.name, error))
                }
                _ if matches!(error, QueueError::Forbidden(_)) => DeclaredState::Forbidden(error),
                _ => return Err(error),
            };
            return Ok((thing, true));
        }
        Ok((thing, false))
    }

    /// Publishes in a transaction that is rolled back: the broker looks at permissions, and forgets the message.
    async fn publish_nothing(&self, exchange: &str, key: &str) -> Result<(), QueueError> {
        let channel = self.channel().await?;
        within(self.site.time_out, channel.tx_select()).await?;
        let published = channel.basic_publish(
            short(exchange)?,
            short(key)?,
            BasicPublishOptions::default(),
            NO_MESSAGE,
            BasicProperties::default(),
        );
        within(self.site.time_out, published).await?;
        // Publishing is not answered. A broker that refuses it closes the channel, before or after the rollback is sent.
        let rolled_back = async {
            match channel.tx_rollback().await {
                Err(error) if matches!(error.kind(), ErrorKind::InvalidChannelState(..)) => Ok(Err(error)),
                answer => answer.map(Ok),
            }
        };
        let rolled_back = within(self.site.time_out, rolled_back).await?;
        rolled_back.map_err(|error| QueueError::Forbidden(Arc::new(error)))?;
        drop(within(self.site.time_out, channel.close(200, "seen".into())).await);
        Ok(())
    }

    /// Asks a queue for a message that was just seen to have none. What came meanwhile is given back.
    async fn take_nothing(&self, queue: &str) -> Result<(), QueueError> {
        let channel = self.channel().await?;
        let taken = channel.basic_get(short(queue)?, BasicGetOptions::default());
        if let Some(message) = within(self.site.time_out, taken).await? {
            let give_back = BasicNackOptions { requeue: true, ..BasicNackOptions::default() };
            within(self.site.time_out, message.acker.nack(give_back)).await?;
        }
        drop(within(self.site.time_out, channel.close(200, "seen".into())).await);
        Ok(())
    }
}

impl std::fmt::Debug for BrokerVisit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("BrokerVisit").field("site", &self.site).finish_non_exhaustive()
    }
}
