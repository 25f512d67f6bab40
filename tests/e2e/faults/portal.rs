use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use bole_core::message::v1::{Message, Receipt};
use bole_queue::{BrokerAddress, PortalClient, PortalOptions};
use bole_tests::{Pipeline, Submission, amqp, until};
use tokio::runtime::Runtime;
use tokio::time::timeout;

/// Messages that are published together.
const N_ROUND: usize = 16;
/// How long the next receipt is waited for before the count is looked at.
const RECEIPT_WAIT: Duration = Duration::from_millis(500);

/// A portal on RabbitMQ: sends until the broker has confirmed, and fetches its receipts.
pub(crate) struct PortalSide {
    runtime: Runtime,
    client: PortalClient,
    /// What the broker has confirmed, by id.
    pub(crate) acked: BTreeMap<String, Submission>,
    /// The receipts that were fetched, in the order of their coming.
    pub(crate) receipts: Vec<Receipt>,
}

impl PortalSide {
    /// Connects to the broker of a pipeline, which is not on the way of any proxy.
    pub(crate) fn open(pipeline: &Pipeline, portal: &str) -> Result<Self> {
        Self::open_at(pipeline, portal, &amqp())
    }

    /// The same at another broker.
    pub(crate) fn open_at(pipeline: &Pipeline, portal: &str, url: &str) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let options = PortalOptions {
            tls: None,
            n_receipts: 64,
            broker: BrokerAddress::parse(url)?,
            prefix: pipeline.installation.prefix(),
            portal: portal.parse()?,
            limit_bytes: 16 << 20,
            time_out: Duration::from_secs(10),
            confirm_time_out: Duration::from_secs(30),
            heartbeat: Duration::from_secs(10),
            min_pause: Duration::from_millis(100),
            max_pause: Duration::from_secs(2),
        };
        let client = runtime.block_on(PortalClient::open(options))?;
        Ok(Self { runtime, client, acked: BTreeMap::new(), receipts: Vec::new() })
    }

    /// The portal's name.
    pub(crate) fn name(&self) -> &str {
        self.client.portal().as_str()
    }

    /// Sends submissions, again and again until the broker has confirmed them.
    pub(crate) fn send(&mut self, submissions: &[Submission]) -> Result<()> {
        for round in submissions.chunks(N_ROUND) {
            let messages: Vec<_> = round.iter().map(Submission::message).collect();
            self.publish(&messages)?;
            self.acked.extend(round.iter().map(|it| (it.id.clone(), it.clone())));
        }
        Ok(())
    }

    /// Publishes messages as they are, until the broker has confirmed them.
    pub(crate) fn publish(&self, messages: &[Message]) -> Result<()> {
        until("confirm", || {
            self.runtime.block_on(self.client.publish(messages))?;
            Ok(Some(()))
        })
    }

    /// Fetches receipts until each submission has one of its end, and gives how many came in all.
    pub(crate) fn wait_for_receipts(&mut self) -> Result<usize> {
        until("receipt for each submission", || {
            self.fetch_receipts()?;
            let missing: Vec<_> = self.acked.keys().filter(|id| !self.has_receipt(id)).take(3).collect();
            let told = self.receipts.len();
            anyhow::ensure!(missing.is_empty(), "{told} receipts came, none of the end of {missing:?}");
            Ok(Some(told))
        })
    }

    /// Fetches what receipts there are.
    pub(crate) fn fetch_receipts(&mut self) -> Result<()> {
        let Self { runtime, client, receipts, .. } = self;
        runtime.block_on(async {
            while let Ok(next) = timeout(RECEIPT_WAIT, client.next_receipt()).await {
                let received = next.context("a receipt")?;
                receipts.push(received.receipt().clone());
                received.ack().await?;
            }
            Ok(())
        })
    }

    fn has_receipt(&self, id: &str) -> bool {
        let Some(sent) = self.acked.get(id) else { return false };
        self.receipts.iter().any(|receipt| {
            let names_it = receipt.message_id.as_str() == id && receipt.portal.as_str() == sent.portal;
            names_it && receipt.reason.code() == sent.reason
        })
    }
}
