//! Whose turn it is: two would read the same documents. A lease that is lost by a slow store costs work, no more: the
//! store takes each new reading once.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Pace;
use crate::{Engine, EngineError};

/// The lease's name in the store.
const NAME: &str = "reread";
/// How long it holds without being renewed: so long after a kill the next has to wait.
const LEASE: Duration = Duration::from_secs(3);
/// How often it is renewed.
const RENEWAL: Duration = Duration::from_secs(1);
/// How often it is tried to get it.
const POLL: Duration = Duration::from_millis(200);

/// The lease, held by this process.
pub(super) struct Turn {
    holder: Uuid,
}

impl Turn {
    /// Takes the lease. If another has it, waits for as long as a dead one would have it; in the background it does not.
    pub(super) async fn take(
        engine: &Engine,
        pace: Pace,
        waiting: impl FnOnce(),
    ) -> Result<Self, EngineError> {
        let holder = Uuid::new_v4();
        let patience = match pace {
            Pace::Brisk => LEASE + POLL,
            Pace::Background => Duration::ZERO,
        };
        let since = Instant::now();
        let mut waiting = Some(waiting);
        while engine.store().lease(NAME, holder, LEASE).await?.is_none() {
            if since.elapsed() >= patience {
                return Err(EngineError::RereadElsewhere);
            }
            if let Some(waiting) = waiting.take() {
                waiting();
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(Self { holder })
    }

    /// Renews the lease until all is done.
    pub(super) async fn hold(&self, engine: &Engine, is_done: &CancellationToken) -> Result<(), EngineError> {
        loop {
            tokio::select! {
                () = is_done.cancelled() => return Ok(()),
                () = tokio::time::sleep(RENEWAL) => {}
            }
            if engine.store().lease(NAME, self.holder, LEASE).await?.is_none() {
                return Err(EngineError::RereadElsewhere);
            }
        }
    }

    /// Lets another begin at once.
    pub(super) async fn give_up(&self, engine: &Engine) {
        if let Err(error) = engine.store().give_up_lease(NAME, self.holder).await {
            tracing::warn!(%error, "the lease could not be given up, it runs out by itself");
        }
    }
}
