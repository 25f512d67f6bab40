use bole_core::{ContentHash, Ledger, LogPosition};
use bole_queue::Depth;
use bole_sandbox::Guard;
use jiff::Timestamp;

use crate::{Engine, EngineError};

/// How an installation stands.
#[derive(Clone, Debug)]
pub struct Status {
    /// The submissions by portal and state.
    pub ledger: Ledger,
    /// What the queue holds, by portal.
    pub queue: Vec<Depth>,
    /// When the oldest submission in flight was queued.
    pub oldest_queued: Option<Timestamp>,
    /// The newest position of the change log.
    pub head: LogPosition,
    /// How far the search index has read it; none if the index cannot be opened and must be built anew.
    pub indexed: Option<LogPosition>,
    /// Resumes that can be searched.
    pub n_searchable: usize,
    /// The lexicon in force.
    pub lexicon: ContentHash,
    /// What this system lacks to fence readers in; none if no reader can be started.
    pub missing_guards: Option<Vec<Guard>>,
}

/// Tells how the installation stands.
///
/// # Errors
/// An outage.
pub async fn status(engine: &Engine) -> Result<Status, EngineError> {
    let index = engine.index().ok();
    let indexed = index.as_ref().and_then(|index| index.position().ok());
    let n_searchable = index.and_then(|index| index.documents().ok()).unwrap_or(0);
    Ok(Status {
        ledger: engine.store().ledger().await?,
        queue: engine.queue().depth().await?,
        oldest_queued: engine.store().oldest_queued().await?,
        head: engine.store().head().await?,
        indexed,
        n_searchable,
        lexicon: engine.knowledge().lexicon().hash(),
        missing_guards: engine.pool().missing_guards().await.ok().map(<[Guard]>::to_vec),
    })
}
