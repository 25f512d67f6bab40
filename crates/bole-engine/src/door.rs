//! The door of a server: submissions that come at the same time are taken in together, so that they share the
//! transactions and the confirm.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bole_core::Portal;
use bole_core::message::v1::{Message, Submitted};
use jiff::Timestamp;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::{Admission, Engine, EngineError, metrics, submit};

/// Submissions taken in together.
const N_ROUND: usize = 64;
/// And their bytes.
const ROUND_BYTES: usize = 16 << 20;
/// Rounds that are under way at the same time: while one waits for the disk the next is on its way.
const N_ROUNDS: usize = 4;
/// How often the backlog and the portals are looked at.
pub(crate) const BACKLOG_POLL: Duration = Duration::from_millis(500);

/// Takes submissions in, one by one. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Door {
    engine: Engine,
    waiting: mpsc::Sender<Waiting>,
    state: Arc<RwLock<DoorState>>,
}

#[derive(Debug, Default)]
struct DoorState {
    portals: BTreeSet<Portal>,
    paused: BTreeSet<Portal>,
    /// How many wait, by portal.
    waiting: BTreeMap<Portal, u64>,
}

impl DoorState {
    /// How many wait before a submission of `portal`: what waits of others that are paused is in nobody's way.
    fn n_before(&self, portal: &Portal) -> u64 {
        let counts =
            self.waiting.iter().filter(|(other, _)| *other == portal || !self.paused.contains(*other));
        counts.map(|(_, n_waiting)| n_waiting).sum()
    }
}

struct Waiting {
    message: Message,
    submitted: Submitted,
    answer: oneshot::Sender<Result<Admission, Arc<EngineError>>>,
}

/// Why a submission was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum RefusedAtDoor {
    /// No portal of this name.
    #[error("there is no portal `{0}`")]
    UnknownPortal(Portal),
    /// Too many wait already.
    #[error("{n_backlog} submissions wait already, the limit is {limit}")]
    Backlog {
        /// How many.
        n_backlog: u64,
        /// The limit in force.
        limit: u64,
    },
    /// It breaks the contract.
    #[error(transparent)]
    Message(#[from] bole_core::message::v1::MessageError),
    /// Store or queue are away: any part of it may be durable, so it is to be sent again with the same id.
    #[error(transparent)]
    Outage(Arc<EngineError>),
    /// The server is stopping.
    #[error("the server is stopping")]
    Closed,
}

impl Door {
    /// Opens the door; the future takes in until `stop` is cancelled, and then what is under way.
    pub fn open(
        engine: &Engine,
        stop: &CancellationToken,
    ) -> (Self, impl Future<Output = ()> + Send + use<>) {
        let (waiting, receiver) = mpsc::channel(4 * N_ROUND);
        let door = Self { engine: engine.clone(), waiting, state: Arc::default() };
        let (keeper, stop) = (door.clone(), stop.clone());
        let running = async move {
            let receiver = Mutex::new(receiver);
            let rounds = async {
                let rounds =
                    std::array::from_fn::<_, N_ROUNDS, _>(|_| take_in(&keeper.engine, &receiver, &stop));
                let [first, second, third, fourth] = rounds;
                tokio::join!(first, second, third, fourth);
            };
            tokio::join!(rounds, keeper.watch(&stop));
        };
        (door, running)
    }

    /// Takes a submission in. When it returns [`Admission::Queued`] it survives a crash.
    ///
    /// # Errors
    /// [`RefusedAtDoor`]; after [`RefusedAtDoor::Outage`] it is to be sent again with the same id.
    pub async fn submit(&self, message: Message) -> Result<Admission, RefusedAtDoor> {
        let portal = message.portal.clone();
        let answer = self.try_submit(message).await;
        let counted = match &answer {
            Ok(Admission::Queued) => "queued",
            Ok(Admission::AlreadyReceived(_)) => "known",
            Err(RefusedAtDoor::Outage(_) | RefusedAtDoor::Closed) => "failed",
            // Its name is anybody's: it is no label.
            Err(RefusedAtDoor::UnknownPortal(_)) => return answer,
            Err(_) => "refused",
        };
        metrics::intake(&portal, counted);
        answer
    }

    async fn try_submit(&self, message: Message) -> Result<Admission, RefusedAtDoor> {
        self.check_portal(&message.portal).await?;
        let limit = self.engine.settings().intake.n_backlog;
        let n_backlog = self.state.read().unwrap_or_else(PoisonError::into_inner).n_before(&message.portal);
        if n_backlog >= limit {
            return Err(RefusedAtDoor::Backlog { n_backlog, limit });
        }
        let submitted = Submitted::parse(&message, self.engine.settings().queue.limit_bytes)?;
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { message, submitted, answer };
        self.waiting.send(waiting).await.map_err(|_| RefusedAtDoor::Closed)?;
        answered.await.map_err(|_| RefusedAtDoor::Closed)?.map_err(RefusedAtDoor::Outage)
    }

    async fn check_portal(&self, portal: &Portal) -> Result<(), RefusedAtDoor> {
        let is_known = || self.state.read().unwrap_or_else(PoisonError::into_inner).portals.contains(portal);
        if is_known() {
            return Ok(());
        }
        // It may have been added a moment ago.
        self.look_for_portals().await.map_err(|error| RefusedAtDoor::Outage(Arc::new(error)))?;
        if is_known() { Ok(()) } else { Err(RefusedAtDoor::UnknownPortal(portal.clone())) }
    }

    async fn look_for_portals(&self) -> Result<(), EngineError> {
        let rows = self.engine.store().portals().await?;
        let paused = rows.iter().filter(|row| row.is_paused).map(|row| row.portal.clone()).collect();
        let portals = rows.into_iter().map(|row| row.portal).collect();
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        (state.portals, state.paused) = (portals, paused);
        Ok(())
    }

    /// Keeps an eye on how much waits, and on which portals there are.
    async fn watch(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            match self.engine.queue().depth().await {
                Ok(depths) => {
                    let waiting = depths.into_iter().map(|depth| (depth.portal, depth.n_ready)).collect();
                    self.state.write().unwrap_or_else(PoisonError::into_inner).waiting = waiting;
                }
                // Told by those who submit.
                Err(error) => tracing::debug!(%error, "the backlog is not known"),
            }
            if let Err(error) = self.look_for_portals().await {
                tracing::debug!(%error, "the portals are not known");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(BACKLOG_POLL) => {}
            }
        }
    }
}

/// Takes in round by round.
async fn take_in(engine: &Engine, receiver: &Mutex<mpsc::Receiver<Waiting>>, stop: &CancellationToken) {
    loop {
        let round = {
            let mut receiver = receiver.lock().await;
            if stop.is_cancelled() {
                receiver.close();
            }
            let next = tokio::select! {
                next = receiver.recv() => next,
                () = stop.cancelled(), if !stop.is_cancelled() => continue,
            };
            let Some(first) = next else { return };
            fill(&mut receiver, first)
        };
        let (messages, answers): (Vec<_>, Vec<_>) =
            round.into_iter().map(|it| ((it.message, it.submitted), it.answer)).unzip();
        match submit(engine, &messages, Timestamp::now()).await {
            Ok(admissions) => {
                for (answer, admission) in answers.into_iter().zip(admissions) {
                    // Whoever asked may have gone: it is durable all the same.
                    answer.send(Ok(admission)).ok();
                }
            }
            Err(error) => {
                tracing::warn!(%error, n_submissions = answers.len(), "submissions could not be taken in");
                let error = Arc::new(error);
                for answer in answers {
                    answer.send(Err(error.clone())).ok();
                }
            }
        }
    }
}

/// What waits already, up to a round.
fn fill(receiver: &mut mpsc::Receiver<Waiting>, first: Waiting) -> Vec<Waiting> {
    let mut n_bytes = first.message.body.len();
    let mut round = vec![first];
    while round.len() < N_ROUND && n_bytes < ROUND_BYTES {
        let Ok(next) = receiver.try_recv() else { break };
        n_bytes += next.message.body.len();
        round.push(next);
    }
    round
}
