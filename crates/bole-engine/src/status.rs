use std::time::Duration;

use bole_core::{ContentHash, Ledger, LogPosition, Portal};
use bole_queue::Depth;
use bole_sandbox::Guard;
use bole_store::Overdue;
use jiff::Timestamp;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use crate::catching_up::n_behind;
use crate::{Engine, EngineError, Panicked, receipts};

/// How an installation stands.
#[derive(Clone, Debug)]
pub struct Status {
    /// The submissions by portal and state.
    pub ledger: Ledger,
    /// What the queue holds, by portal.
    pub queue: Vec<Depth>,
    /// Portals that nothing is taken from.
    pub paused: Vec<Portal>,
    /// What the names of the broker's queues begin with.
    pub prefix: String,
    /// Messages that came to the broker with a key that is no portal's.
    pub n_unroutable: u64,
    /// Messages that were handed out too often, and that no worker has set aside yet.
    pub n_dead_letters: u64,
    /// How long the oldest submission in flight has been waiting.
    pub oldest_waiting: Option<Duration>,
    /// The newest position of the change log.
    pub head: LogPosition,
    /// How far the search index has read it; none if the index cannot be opened and must be built anew.
    pub indexed: Option<LogPosition>,
    /// How far the receipts have been sent; none where there is no broker.
    pub receipts: Option<LogPosition>,
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
    let receipts = match engine.receipts() {
        Some(_) => Some(engine.store().position_of(receipts::FOLLOWER).await?),
        None => None,
    };
    let portals = engine.store().portals().await?;
    Ok(Status {
        ledger: engine.store().ledger().await?,
        queue: engine.queue().depth().await?,
        prefix: engine.settings().queue.prefix.clone(),
        paused: portals.into_iter().filter(|row| row.is_paused).map(|row| row.portal).collect(),
        n_dead_letters: engine.queue().n_dead_letters().await?,
        n_unroutable: engine.queue().n_unroutable().await?,
        oldest_waiting: engine.store().oldest_queued().await?.map(age),
        head: engine.store().head().await?,
        indexed,
        receipts,
        n_searchable,
        lexicon: engine.knowledge().lexicon().hash(),
        missing_guards: engine.pool().missing_guards().await.ok().map(<[Guard]>::to_vec),
    })
}

/// The submissions by portal and state. Asks the store only.
///
/// # Errors
/// An outage.
pub async fn ledger(engine: &Engine) -> Result<Ledger, EngineError> {
    Ok(engine.store().ledger().await?)
}

/// How many readings are of an older reader than this program's, and how many have no evidence by the lexicon in force.
/// Goes through all documents.
///
/// # Errors
/// An outage.
pub async fn overdue(engine: &Engine) -> Result<Overdue, EngineError> {
    let lexicon = engine.knowledge().lexicon().hash();
    Ok(engine.store().overdue(engine.reader_version(), lexicon).await?)
}

/// How many resumes a search can find: what the index's last commit holds.
///
/// # Errors
/// If the index cannot be opened.
pub fn n_searchable(engine: &Engine) -> Result<usize, EngineError> {
    engine.index()?.documents().map_err(EngineError::Index)
}

/// How long ago, by the clock of this machine.
fn age(since: Timestamp) -> Duration {
    Duration::try_from(Timestamp::now().duration_since(since)).unwrap_or_default()
}

/// Something that a process needs, and why it cannot be used now.
#[derive(Clone, Debug)]
pub struct Part {
    /// `store`, `queue`, `readers`, or `bucket` where originals lie in one; of a server also `index` or `people`.
    pub name: &'static str,
    /// Why not; none if all is well.
    pub trouble: Option<String>,
}

/// Whether all that a process needs answers within `patience`. A server ([`Engine::answer_when_caught_up`]) also needs a search
/// index that has caught up with the store once since it started, up to 2000 changes, and everybody in memory.
pub async fn readiness(engine: &Engine, patience: Duration) -> Vec<Part> {
    let is_asked = engine.caught_up().is_asked();
    let store = async { engine.store().head().await.map(drop).map_err(EngineError::from) };
    let queue = async { engine.queue().depth().await.map(drop).map_err(EngineError::from) };
    // Goes on when nobody waits for it any more: on a busy machine the first reader may take longer to start than whoever asks
    // has patience, and then would be started anew each time.
    let pool = engine.pool().clone();
    let starting = tokio::spawn(async move { pool.missing_guards().await.map(drop) });
    let readers = async { starting.await.map_err(|_| Panicked)?.map_err(EngineError::from) };
    let bucket = async { engine.originals().probe().await.map_err(EngineError::from) };
    let index = async { if is_asked { index_trouble(engine).await } else { Ok(None) } };
    let (store, queue, readers, bucket, index) = tokio::join!(
        timeout(patience, store),
        timeout(patience, queue),
        timeout(patience, readers),
        timeout(patience, bucket),
        timeout(patience, index)
    );
    let part = |name, answer: Result<Result<(), EngineError>, Elapsed>| Part {
        name,
        trouble: trouble(answer.map(|answer| answer.map(|()| None)), patience),
    };
    let mut parts = vec![part("store", store), part("queue", queue), part("readers", readers)];
    if engine.settings().originals.bucket.is_some() {
        parts.push(part("bucket", bucket));
    }
    if is_asked {
        let is_loading = !engine.caught_up().has_people();
        let people = is_loading.then(|| "everybody is still being loaded".to_owned());
        parts.push(Part { name: "index", trouble: trouble(index, patience) });
        parts.push(Part { name: "people", trouble: people });
    }
    parts
}

/// What keeps the index from being asked; none if nothing does.
async fn index_trouble(engine: &Engine) -> Result<Option<String>, EngineError> {
    if engine.caught_up().has_index() {
        return Ok(None);
    }
    let n_behind = n_behind(engine).await?;
    Ok(Some(format!("it has still to take in {n_behind} changes of the store")))
}

/// What an answer says is wrong, or that there was none.
fn trouble(
    answer: Result<Result<Option<String>, EngineError>, Elapsed>,
    patience: Duration,
) -> Option<String> {
    match answer {
        Ok(Ok(trouble)) => trouble,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(format!("it does not answer within {} s", patience.as_secs())),
    }
}
