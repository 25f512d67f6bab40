//! The queue between portals and workers: one small trait, [`Queue`], and what it hands over, a [`Delivery`].
//!
//! [`LocalQueue`] is durable in one SQLite file, for one machine and any number of processes; [`RabbitQueue`] is on
//! RabbitMQ, for any number of machines, and also carries [`Receipts`]; [`PortalClient`] is a portal's side of it. Nothing here knows what a document is, or the store.

mod address;
mod delivery;
mod error;
mod local;
mod queue;
mod rabbit;
mod receipts;

pub use address::{AddressError, BrokerAddress, Host};
pub use delivery::{Acknowledged, Delivery, Settle};
pub use error::QueueError;
pub use local::{LocalQueue, LocalQueueCopy, LocalQueueOptions, check_queue_copy, local_queue_length};
pub use queue::{Depth, Queue};
pub use rabbit::{
    Action, BrokerVisit, ClientCertificate, DeclaredState, DeclaredThing, NotAllowed, Permissions,
    PortalClient, PortalOptions, RabbitOptions, RabbitQueue, ReceivedReceipt, Tls,
};
pub use receipts::Receipts;
