//! The task that keeps the connection that consumes.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use bole_core::Chain;
use lapin::Connection;
use lapin::message::DeliveryResult;
use lapin::options::{BasicCancelOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use tokio::time::{sleep, timeout};

use super::backoff::Backoff;
use super::desk::{Desk, Source};
use super::lease::requeue;
use super::link::{Trouble, connect, within};
use super::topology::{self, short};
use crate::QueueError;

/// How many messages the broker sends ahead to each portal at least.
const MIN_PREFETCH: usize = 2;
/// How often the connection is looked at.
const STATUS_POLL: Duration = Duration::from_millis(200);

/// Says that nothing comes any more, however the task ends.
struct Guard(Arc<Desk>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.end_session(QueueError::Stopped);
    }
}

/// Serves until the queue is dropped.
pub(super) async fn run(desk: Arc<Desk>) {
    let guard = Guard(desk);
    let desk = &guard.0;
    let mut backoff = Backoff::new(desk.site.min_pause, desk.site.max_pause);
    while !desk.is_stopped() {
        if !desk.is_receiving() {
            desk.work.notified().await;
            continue;
        }
        let error = match serve(desk, &mut backoff).await {
            Ok(()) => break,
            Err(error) => error,
        };
        tracing::warn!(error = %Chain(&error), "the connection that receives is lost, what is held comes again");
        desk.end_session(error);
        let pause = sleep(backoff.pause());
        tokio::pin!(pause);
        while !desk.is_stopped() {
            tokio::select! {
                () = &mut pause => break,
                () = desk.work.notified() => {}
            }
        }
    }
}

/// One connection, from beginning to end. Ends well when the queue is dropped.
async fn serve(desk: &Arc<Desk>, backoff: &mut Backoff) -> Result<(), QueueError> {
    let connection = connect(&desk.site, "consumer").await?;
    let session = desk.start_session();
    let served = serve_by(desk, &connection, session, backoff).await;
    if served.is_err() && connection.status().connected() {
        // A channel of it is lost: what else is out by it is given back at once.
        drop(within(desk.site.time_out, connection.close(200, "anew".into())).await);
    }
    served
}

async fn serve_by(
    desk: &Arc<Desk>,
    connection: &Connection,
    session: u64,
    backoff: &mut Backoff,
) -> Result<(), QueueError> {
    let time_out = desk.site.time_out;
    let channel = within(time_out, connection.create_channel()).await?;
    topology::declare(&channel, &desk.site, desk.portals().iter()).await?;
    drop(channel);
    loop {
        while let Some((channel, subscription, ackers)) = desk.next_to_leave() {
            // The channel goes with its last delivery; what was sent ahead goes back now.
            within(time_out, channel.basic_cancel(subscription, BasicCancelOptions::default())).await?;
            for acker in ackers {
                within(time_out, acker.nack(requeue())).await?;
            }
        }
        if desk.is_stopped() {
            return Ok(());
        }
        while let Some(source) = desk.next_to_serve() {
            subscribe(desk, connection, session, source).await?;
        }
        if let Some(error) = desk.ended() {
            return Err(error);
        }
        desk.is_back();
        backoff.reset();
        // Consumers are not told when the broker closes the connection in order.
        while timeout(STATUS_POLL, desk.work.notified()).await.is_err() {
            if !connection.status().connected() {
                return Err(Trouble::Ended.into());
            }
        }
    }
}

/// A channel and a subscription for one queue.
async fn subscribe(
    desk: &Arc<Desk>,
    connection: &Connection,
    session: u64,
    source: Source,
) -> Result<(), QueueError> {
    let time_out = desk.site.time_out;
    let channel = within(time_out, connection.create_channel()).await?;
    // For each consumer: quorum queues know no other.
    let qos =
        channel.basic_qos(prefetch(desk.max_held_messages, desk.portals().len()), BasicQosOptions::default());
    within(time_out, qos).await?;
    let queue = match &source {
        Source::Portal(portal) => desk.site.queue(portal),
        Source::Dead => desk.site.dead(),
    };
    let queue = short(&queue)?;
    let consumer =
        channel.basic_consume(queue, "".into(), BasicConsumeOptions::default(), FieldTable::default());
    let consumer = within(time_out, consumer).await?;
    desk.serve(source.clone(), channel, consumer.tag());
    // Called in lapin's thread, one delivery after the other. The channel is not in it: it could never end.
    let desk = Arc::clone(desk);
    consumer.set_delegate(move |sent: DeliveryResult| {
        desk.take_in(session, &source, sent);
        ready(())
    });
    Ok(())
}

/// What a portal's part is of the messages that may be out. RabbitMQ counts what waits for its acknowledgement.
fn prefetch(max_held_messages: usize, n_portals: usize) -> u16 {
    let part = (max_held_messages / n_portals.max(1)).max(MIN_PREFETCH);
    u16::try_from(part).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::prefetch;

    #[test]
    fn portals_share_what_is_sent_ahead() {
        assert_eq!([0, 1, 8, 32, 1000].map(|n_portals| prefetch(64, n_portals)), [64, 64, 8, 2, 2]);
    }
}
