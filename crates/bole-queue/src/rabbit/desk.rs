//! What lies between the connection that consumes and those who receive.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
use super::{RabbitOptions, properties};
use crate::{Delivery, Depth, QueueError};

pub(super) struct Desk {
    pub(super) options: Arc<RabbitOptions>,
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
    served: BTreeMap<Portal, Served>,
    /// The portal that was handed out last.
    last: Option<Portal>,
    n_held: usize,
    held_bytes: usize,
    held: BTreeMap<Portal, u64>,
}

struct Served {
    channel: Channel,
    subscription: ShortString,
    ahead: VecDeque<Sent>,
}

impl Desk {
    pub(super) fn new(options: Arc<RabbitOptions>) -> Self {
        let state = State {
            portals: options.portals.iter().cloned().collect(),
            known_portals: options.portals.iter().cloned().collect(),
            is_receiving: false,
            is_stopped: false,
            session: 0,
            ended: None,
            away: None,
            served: BTreeMap::new(),
            last: None,
            n_held: 0,
            held_bytes: 0,
            held: BTreeMap::new(),
        };
        Self {
            options,
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

    /// The next portal to subscribe to.
    pub(super) fn next_to_serve(&self) -> Option<Portal> {
        let state = self.state();
        state.portals.iter().find(|portal| !state.served.contains_key(*portal)).cloned()
    }

    /// Takes out a portal that is no longer to be served, with what came ahead.
    pub(super) fn next_to_leave(&self) -> Option<(Channel, ShortString, Vec<Acker>)> {
        let mut state = self.state();
        let portal = {
            let State { portals, served, is_stopped, .. } = &*state;
            served.keys().find(|portal| *is_stopped || !portals.contains(*portal)).cloned()?
        };
        let Served { channel, subscription, ahead } = state.served.remove(&portal)?;
        Some((channel, subscription, ahead.into_iter().map(|sent| sent.acker).collect()))
    }

    pub(super) fn serve(&self, portal: Portal, channel: Channel, subscription: ShortString) {
        self.state().served.insert(portal, Served { channel, subscription, ahead: VecDeque::new() });
    }

    /// All portals are served.
    pub(super) fn is_back(&self) {
        self.state().away = None;
        self.changed.notify_waiters();
    }

    /// Takes what lapin has of a portal. It runs in lapin's thread, and does not wait.
    pub(super) fn take_in(&self, session: u64, portal: &Portal, sent: DeliveryResult) {
        let mut state = self.state();
        if state.session != session {
            return;
        }
        let trouble: QueueError = match sent {
            Ok(Some(sent)) => {
                if let Some(served) = state.served.get_mut(portal) {
                    served.ahead.push_back(sent);
                    drop(state);
                    self.changed.notify_waiters();
                } else {
                    // It was under way when the portal was left.
                    self.runtime.spawn(async move { drop(sent.acker.nack(requeue()).await) });
                }
                return;
            }
            Ok(None) if state.served.contains_key(portal) => Trouble::Ended.into(),
            Ok(None) => return,
            Err(error) => error.into(),
        };
        state.ended.get_or_insert(trouble);
        drop(state);
        self.work.notify_one();
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
        let portal = state.next_portal()?;
        let served = state.served.get(&portal)?;
        let n_bytes = served.ahead.front()?.data.len();
        let is_room = state.n_held < self.options.max_held_messages.max(1)
            && state.held_bytes.saturating_add(n_bytes) <= self.options.max_held_bytes;
        if state.n_held > 0 && !is_room {
            return None;
        }
        let served = state.served.get_mut(&portal)?;
        let channel = served.channel.clone();
        let sent = served.ahead.pop_front()?;
        state.n_held += 1;
        state.held_bytes += n_bytes;
        *state.held.entry(portal.clone()).or_default() += 1;
        state.last = Some(portal.clone());
        drop(state);
        let n_deliveries = properties::n_deliveries(&sent.properties);
        let lease = Lease::new(Arc::clone(self), portal.clone(), n_bytes, sent.acker, channel);
        let properties = properties::from_amqp(&sent.properties);
        let message = Message { portal, properties, body: Bytes::from(sent.data) };
        Some(Ok(Delivery::new(message, n_deliveries, Box::new(lease))))
    }

    /// A lease is over, one way or another.
    pub(super) fn end_of_lease(&self, portal: &Portal, n_bytes: usize) {
        let mut state = self.state();
        state.n_held -= 1;
        state.held_bytes -= n_bytes;
        if let Some(n_held) = state.held.get_mut(portal) {
            *n_held -= 1;
        }
        drop(state);
        self.changed.notify_waiters();
    }

    /// Puts together what waits at the broker and what is here.
    pub(super) fn depth(&self, waiting: impl Iterator<Item = (Portal, u64)>) -> Vec<Depth> {
        let state = self.state();
        let depth = waiting.map(|(portal, n_waiting)| {
            let n_ahead = state.served.get(&portal).map_or(0, |served| served.ahead.len() as u64);
            let n_held = state.held.get(&portal).copied().unwrap_or(0);
            Depth { portal, n_ready: n_waiting + n_ahead, n_held, oldest: None }
        });
        depth.filter(|depth| depth.n_ready + depth.n_held > 0).collect()
    }
}

impl State {
    /// The portal after the last one, round and round, that has something.
    fn next_portal(&self) -> Option<Portal> {
        let after = self.last.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let later = self.served.range::<Portal, _>((after, Bound::Unbounded));
        // What came ahead of a portal that is left out is on its way back.
        let has_some = |(portal, served): &(&Portal, &Served)| {
            !served.ahead.is_empty() && self.portals.contains(*portal)
        };
        later.chain(&self.served).find(has_some).map(|(portal, _)| portal.clone())
    }
}
