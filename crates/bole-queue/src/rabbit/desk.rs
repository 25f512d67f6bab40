//! What lies between the connection that consumes and those who receive.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bole_core::Portal;
use bole_core::message::v1::Message;
use bytes::Bytes;
use lapin::message::{Delivery as Sent, DeliveryResult};
use lapin::types::ShortString;
use lapin::{Acker, Channel};
use tokio::runtime::Handle;
use tokio::sync::Notify;

use super::lease::{Lease, requeue};
use super::link::Trouble;
use super::site::Site;
use super::topology::Stand;
use super::{RabbitOptions, properties};
use crate::{Delivery, Depth, QueueError};

/// How long a dead letter is left alone whose portal cannot be told. Well under the half hour after which a broker
/// closes the channel of what is not acknowledged.
const UNTOLD_PAUSE: Duration = Duration::from_mins(10);

/// Where messages come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// The queue of a portal.
    Portal(Portal),
    /// The queue of what was set aside.
    Dead,
}

pub(super) struct Desk {
    pub(super) site: Arc<Site>,
    max_held_bytes: usize,
    pub(super) max_held_messages: usize,
    /// For what is given back where no runtime is.
    pub(super) runtime: Handle,
    state: Mutex<State>,
    /// Told to whoever receives: look again.
    changed: Notify,
    /// Told to the task that consumes: look again.
    pub(super) work: Notify,
}

struct State {
    /// The portals that are to be served.
    portals: BTreeSet<Portal>,
    /// The portals that ever were: what fills up of them is counted.
    known_portals: BTreeSet<Portal>,
    is_receiving: bool,
    is_stopped: bool,
    /// Counts connections; what a dead one still says is not heard.
    session: u64,
    /// Why the session ended.
    ended: Option<QueueError>,
    /// Why nothing can be received now.
    away: Option<QueueError>,
    /// What is subscribed to, and what came ahead.
    served: BTreeMap<Source, Served>,
    /// From where was handed out last.
    last: Option<Source>,
    /// Whether it was logged that a dead letter is nobody's.
    is_untold_logged: bool,
    n_held: usize,
    held_bytes: usize,
}

struct Served {
    channel: Channel,
    subscription: ShortString,
    ahead: VecDeque<Ahead>,
}

/// What came ahead, and whose it is.
struct Ahead {
    portal: Portal,
    sent: Sent,
}

impl Desk {
    pub(super) fn new(site: Arc<Site>, options: RabbitOptions) -> Self {
        let RabbitOptions { portals, max_held_bytes, max_held_messages, .. } = options;
        let portals = portals.into_iter().collect::<BTreeSet<_>>();
        let state = State {
            known_portals: portals.clone(),
            portals,
            is_receiving: false,
            is_stopped: false,
            session: 0,
            ended: None,
            away: None,
            served: BTreeMap::new(),
            last: None,
            is_untold_logged: false,
            n_held: 0,
            held_bytes: 0,
        };
        Self {
            site,
            max_held_bytes,
            max_held_messages,
            runtime: Handle::current(),
            state: Mutex::new(state),
            changed: Notify::new(),
            work: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn portals(&self) -> BTreeSet<Portal> {
        self.state().portals.clone()
    }

    pub(super) fn known_portals(&self) -> BTreeSet<Portal> {
        self.state().known_portals.clone()
    }

    pub(super) fn set_portals(&self, portals: BTreeSet<Portal>) {
        let mut state = self.state();
        state.known_portals.extend(portals.iter().cloned());
        state.portals = portals;
        drop(state);
        self.work.notify_one();
    }

    pub(super) fn stop(&self) {
        self.state().is_stopped = true;
        self.work.notify_one();
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.state().is_stopped
    }

    pub(super) fn is_receiving(&self) -> bool {
        self.state().is_receiving
    }

    /// Starts a session: what was before is over.
    pub(super) fn start_session(&self) -> u64 {
        let mut state = self.state();
        state.session += 1;
        state.ended = None;
        state.served.clear();
        state.session
    }

    /// Ends the session, if it is still the one. What it sent ahead is the broker's again.
    pub(super) fn end_session(&self, error: QueueError) {
        let mut state = self.state();
        state.session += 1;
        state.served.clear();
        state.away = Some(error);
        drop(state);
        self.changed.notify_waiters();
    }

    /// Why the session ended, if it did.
    pub(super) fn ended(&self) -> Option<QueueError> {
        self.state().ended.clone()
    }

    /// The next queue to subscribe to. What was set aside is, whatever the portals are.
    pub(super) fn next_to_serve(&self) -> Option<Source> {
        let state = self.state();
        let sources = state.portals.iter().cloned().map(Source::Portal).chain([Source::Dead]);
        sources.into_iter().find(|source| !state.served.contains_key(source))
    }

    /// Takes out what is no longer to be served, with what came ahead.
    pub(super) fn next_to_leave(&self) -> Option<(Channel, ShortString, Vec<Acker>)> {
        let mut state = self.state();
        let source =
            state.served.keys().find(|source| state.is_stopped || !state.is_wanted(source)).cloned()?;
        let Served { channel, subscription, ahead } = state.served.remove(&source)?;
        Some((channel, subscription, ahead.into_iter().map(|ahead| ahead.sent.acker).collect()))
    }

    pub(super) fn serve(&self, source: Source, channel: Channel, subscription: ShortString) {
        self.state().served.insert(source, Served { channel, subscription, ahead: VecDeque::new() });
    }

    /// All are served.
    pub(super) fn is_back(&self) {
        self.state().away = None;
        self.changed.notify_waiters();
    }

    /// Takes what lapin has of a queue. It runs in lapin's thread, and does not wait.
    pub(super) fn take_in(&self, session: u64, source: &Source, sent: DeliveryResult) {
        let mut state = self.state();
        if state.session != session {
            return;
        }
        let trouble: QueueError = match sent {
            Ok(Some(sent)) => {
                let portal = match source {
                    Source::Portal(portal) => Some(portal.clone()),
                    Source::Dead => properties::died_in(&sent.properties, &self.site),
                };
                let Some(portal) = portal else {
                    let is_first = !std::mem::replace(&mut state.is_untold_logged, true);
                    drop(state);
                    self.leave(sent.acker, is_first);
                    return;
                };
                if let Some(served) = state.served.get_mut(source) {
                    served.ahead.push_back(Ahead { portal, sent });
                    drop(state);
                    self.changed.notify_waiters();
                } else {
                    // It was under way when the portal was left.
                    self.runtime.spawn(async move { drop(sent.acker.nack(requeue()).await) });
                }
                return;
            }
            Ok(None) if state.served.contains_key(source) => Trouble::Ended.into(),
            Ok(None) => return,
            Err(error) => error.into(),
        };
        state.ended.get_or_insert(trouble);
        drop(state);
        self.work.notify_one();
    }

    /// Leaves a dead letter where it is that is nobody's. Given back at once it would come at once.
    fn leave(&self, acker: Acker, is_first: bool) {
        if is_first {
            let queue = self.site.dead();
            tracing::error!(queue, "a message was set aside whose portal cannot be told, it is left there");
        }
        self.runtime.spawn(async move {
            tokio::time::sleep(UNTOLD_PAUSE).await;
            drop(acker.nack(requeue()).await);
        });
    }

    pub(super) async fn receive(self: &Arc<Self>) -> Result<Delivery, QueueError> {
        if !std::mem::replace(&mut self.state().is_receiving, true) {
            self.work.notify_one();
        }
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            if let Some(next) = self.next() {
                return next;
            }
            changed.await;
        }
    }

    /// The next message, if there is one and room for it, or why there is none.
    fn next(self: &Arc<Self>) -> Option<Result<Delivery, QueueError>> {
        let mut state = self.state();
        if let Some(error) = &state.away {
            return Some(Err(error.clone()));
        }
        let source = state.next_source()?;
        let served = state.served.get(&source)?;
        let n_bytes = served.ahead.front()?.sent.data.len();
        let is_room = state.n_held < self.max_held_messages.max(1)
            && state.held_bytes.saturating_add(n_bytes) <= self.max_held_bytes;
        if state.n_held > 0 && !is_room {
            return None;
        }
        let served = state.served.get_mut(&source)?;
        let channel = served.channel.clone();
        let Ahead { portal, sent } = served.ahead.pop_front()?;
        state.n_held += 1;
        state.held_bytes += n_bytes;
        let is_dead_letter = source == Source::Dead;
        state.last = Some(source);
        drop(state);
        let n_deliveries = properties::n_deliveries(&sent.properties);
        let lease = Lease::new(Arc::clone(self), portal.clone(), n_bytes, sent.acker, channel);
        let properties = properties::from_amqp(&sent.properties);
        let message = Message { portal, properties, body: Bytes::from(sent.data) };
        let hand_out = if is_dead_letter { Delivery::dead_letter } else { Delivery::new };
        Some(Ok(hand_out(message, n_deliveries, Box::new(lease))))
    }

    /// A lease is over, one way or another.
    pub(super) fn end_of_lease(&self, n_bytes: usize) {
        let mut state = self.state();
        state.n_held -= 1;
        state.held_bytes -= n_bytes;
        drop(state);
        self.changed.notify_waiters();
    }

    /// Puts together what waits at the broker and what is here.
    pub(super) fn depth(&self, stands: impl Iterator<Item = (Portal, Stand)>) -> Vec<Depth> {
        let state = self.state();
        let depth = stands.map(|(portal, Stand { n_waiting, n_consumers })| {
            let served = state.served.get(&Source::Portal(portal.clone()));
            let n_ahead = served.map_or(0, |served| served.ahead.len() as u64);
            // The broker does not tell what others hold.
            let n_held_at_most = n_consumers * self.max_held_messages as u64;
            Depth { portal, n_ready: n_waiting + n_ahead, n_held: None, n_held_at_most, oldest: None }
        });
        depth.filter(|depth| depth.n_ready > 0).collect()
    }
}

impl State {
    /// The queue after the last one, round and round, that has something.
    fn next_source(&self) -> Option<Source> {
        let after = self.last.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let later = self.served.range::<Source, _>((after, Bound::Unbounded));
        // What came ahead of a portal that is left out is on its way back.
        let has_some =
            |(source, served): &(&Source, &Served)| !served.ahead.is_empty() && self.is_wanted(source);
        later.chain(&self.served).find(has_some).map(|(source, _)| source.clone())
    }

    fn is_wanted(&self, source: &Source) -> bool {
        match source {
            Source::Portal(portal) => self.portals.contains(portal),
            Source::Dead => true,
        }
    }
}
