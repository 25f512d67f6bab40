use std::time::Duration;

use bole_core::Portal;

use super::tls::Tls;
use crate::BrokerAddress;

/// Where the broker is, how long it is waited for, and what things are called there.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) broker: BrokerAddress,
    pub(super) tls: Option<Tls>,
    pub(super) prefix: String,
    pub(super) limit_bytes: usize,
    pub(super) time_out: Duration,
    pub(super) confirm_time_out: Duration,
    pub(super) heartbeat: Duration,
    pub(super) min_pause: Duration,
    pub(super) max_pause: Duration,
}

impl Site {
    /// The exchange that portals publish to, with their name as the routing key.
    pub(super) fn submissions(&self) -> String {
        format!("{}.submissions", self.prefix)
    }

    /// The exchange and the queue of what came to that exchange with a key that is no portal's.
    pub(super) fn unroutable(&self) -> String {
        format!("{}.unroutable", self.prefix)
    }

    /// The queue of what was handed out too often.
    pub(super) fn dead(&self) -> String {
        format!("{}.dead", self.prefix)
    }

    /// The queue of a portal.
    pub(super) fn queue(&self, portal: &Portal) -> String {
        format!("{}.submissions.{portal}", self.prefix)
    }

    /// The exchange of receipts, with the portal as the routing key.
    pub(super) fn receipts(&self) -> String {
        format!("{}.receipts", self.prefix)
    }

    /// The queue of a portal's receipts.
    pub(super) fn receipts_queue(&self, portal: &Portal) -> String {
        format!("{}.receipts.{portal}", self.prefix)
    }
}
