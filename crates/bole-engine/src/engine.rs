use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bole_core::{ContentHash, KeyId, KeyRecord, ReaderVersion, SessionRecord};
use bole_index::{IndexError, SearchIndex};
use bole_queue::{Queue, Receipts};
use bole_sandbox::{FontFile, Limits, PainterOptions, Painters, Pool, PoolOptions};
use bole_store::{Originals, Store};
use tokio::sync::Notify;

use crate::artifacts::Kept;
use crate::audit::Notes;
use crate::believed::Believed;
use crate::catching_up::CaughtUp;
use crate::connect::{Post, Truth};
use crate::current::KeptPopulation;
use crate::pictures::{self, Pictures};
use crate::portals::{all_portals, open_portals};
use crate::rankings::Rankings;
use crate::shown::ShownCache;
use crate::{CpuPool, DataFolder, EngineError, Knowledge, Settings, Traces};

/// Everything the use cases work with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Engine {
    parts: Arc<Parts>,
}

#[derive(Debug)]
struct Parts {
    settings: Settings,
    data: DataFolder,
    knowledge: Arc<Knowledge>,
    cpu: CpuPool,
    store: Arc<dyn Store>,
    originals: Arc<dyn Originals>,
    queue: Arc<dyn Queue>,
    receipts: Option<Arc<dyn Receipts>>,
    pool: Pool,
    painters: Painters,
    /// For text whose own font is not in the document.
    font: Option<FontFile>,
    pictures: Pictures,
    /// Opened by those who search or follow.
    index: Mutex<Option<SearchIndex>>,
    /// What a server has had since it started.
    caught_up: CaughtUp,
    /// Rung after each commit of this process, so that followers need not wait for their next poll.
    committed: Notify,
    traces: Traces,
    /// Nothing is made, not even an index.
    only_watches: bool,
    /// Everybody as of the last match.
    population: tokio::sync::Mutex<Option<KeptPopulation>>,
    kept: Kept,
    shown: ShownCache,
    rankings: Rankings,
    /// Held by who ranks a run of before again.
    replaying: tokio::sync::Mutex<()>,
    keys: Believed<KeyId, KeyRecord>,
    sessions: Believed<ContentHash, SessionRecord>,
    notes: Notes,
}

/// How to start a reader: this program, as what.
#[derive(Clone, Debug)]
pub struct ReaderProgram {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

impl Engine {
    /// Opens queue and store. Starts no readers yet, and opens the search index only when it is asked for.
    ///
    /// # Errors
    /// If the store or the queue cannot be opened, or the configuration has mistakes.
    pub async fn open(
        settings: Settings,
        knowledge: Knowledge,
        data: DataFolder,
        reader: ReaderProgram,
    ) -> Result<Self, EngineError> {
        let truth = Truth::open(&settings, &data).await?;
        let (all, open) =
            (all_portals(truth.store.as_ref()).await?, open_portals(truth.store.as_ref()).await?);
        let post = Post::open(&settings, &data, all, open).await?;
        Self::over(truth, post, settings, knowledge, data, reader, false)
    }

    /// Opens queue and store for one who only watches: tables are not brought to a newer form, nothing is declared at a
    /// broker, and no index is made.
    ///
    /// # Errors
    /// [`EngineError::OtherSchema`]; if the store or the queue cannot be opened.
    pub async fn open_to_watch(
        settings: Settings,
        knowledge: Knowledge,
        data: DataFolder,
        reader: ReaderProgram,
    ) -> Result<Self, EngineError> {
        let truth = Truth::open_to_watch(&settings, &data).await?;
        let all = all_portals(truth.store.as_ref()).await?;
        let post = Post::open_to_watch(&settings, &data, all).await?;
        Self::over(truth, post, settings, knowledge, data, reader, true)
    }

    fn over(
        truth: Truth,
        post: Post,
        settings: Settings,
        knowledge: Knowledge,
        data: DataFolder,
        reader: ReaderProgram,
        only_watches: bool,
    ) -> Result<Self, EngineError> {
        let Truth { store, originals, .. } = truth;
        let font = pictures::font(settings.console.font.as_ref());
        let painters = Painters::new(PainterOptions {
            program: reader.program.clone(),
            arguments: reader.arguments.clone(),
            limits: Limits::DRAWING,
            font: font.clone(),
        });
        let pool = pool(&settings, &knowledge, reader);
        let traces = match settings.trace.endpoint.as_str() {
            "" => Traces::off(),
            endpoint => Traces::to(endpoint, "bole")?,
        };
        let cpu = CpuPool::new(settings.rank.n_threads)?;
        let parts = Parts {
            settings,
            data,
            knowledge: Arc::new(knowledge),
            cpu,
            originals,
            store,
            queue: post.queue,
            receipts: post.receipts,
            pool,
            painters,
            font,
            pictures: Pictures::default(),
            index: Mutex::default(),
            caught_up: CaughtUp::default(),
            committed: Notify::new(),
            traces,
            only_watches,
            population: tokio::sync::Mutex::default(),
            kept: Kept::default(),
            shown: ShownCache::default(),
            rankings: Rankings::default(),
            replaying: tokio::sync::Mutex::default(),
            keys: crate::keys::believed(),
            sessions: crate::sessions::believed(),
            notes: Notes::default(),
        };
        Ok(Self { parts: Arc::new(parts) })
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.parts.settings
    }

    /// The data folder.
    pub fn data(&self) -> &DataFolder {
        &self.parts.data
    }

    /// Lexicon, profiles and levels in force.
    pub fn knowledge(&self) -> &Arc<Knowledge> {
        &self.parts.knowledge
    }

    /// The version of the reader that makes new readings.
    pub fn reader_version(&self) -> ReaderVersion {
        bole_document::READER_VERSION
    }

    pub(crate) fn cpu(&self) -> &CpuPool {
        &self.parts.cpu
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.parts.store.as_ref()
    }

    pub(crate) fn originals(&self) -> &dyn Originals {
        self.parts.originals.as_ref()
    }

    pub(crate) fn queue(&self) -> &dyn Queue {
        self.parts.queue.as_ref()
    }

    /// How portals are told what became of their submissions; none where there is no broker.
    pub(crate) fn receipts(&self) -> Option<&dyn Receipts> {
        self.parts.receipts.as_deref()
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.parts.pool
    }

    pub(crate) fn painters(&self) -> &Painters {
        &self.parts.painters
    }

    pub(crate) fn pictures(&self) -> &Pictures {
        &self.parts.pictures
    }

    /// The font that Chinese, Japanese and Korean text is drawn in where its own is not in the document; none if there
    /// is none.
    pub fn page_font(&self) -> Option<&Path> {
        self.parts.font.as_ref().map(|font| font.path.as_path())
    }

    /// Where traces go. Shut it down when all is done: what is left is sent then.
    pub fn traces(&self) -> &Traces {
        &self.parts.traces
    }

    pub(crate) fn population(&self) -> &tokio::sync::Mutex<Option<KeptPopulation>> {
        &self.parts.population
    }

    /// What this process knows to be kept.
    pub(crate) fn kept(&self) -> &Kept {
        &self.parts.kept
    }

    /// What was shown last.
    pub(crate) fn shown(&self) -> &ShownCache {
        &self.parts.shown
    }

    /// The rankings of the last runs.
    pub(crate) fn rankings(&self) -> &Rankings {
        &self.parts.rankings
    }

    /// To be held by who ranks a run of before again.
    pub(crate) fn replaying(&self) -> &tokio::sync::Mutex<()> {
        &self.parts.replaying
    }

    /// The keys that were asked after last.
    pub(crate) fn keys(&self) -> &Believed<KeyId, KeyRecord> {
        &self.parts.keys
    }

    /// The sessions that were asked after last, by the hashes of their tokens.
    pub(crate) fn sessions(&self) -> &Believed<ContentHash, SessionRecord> {
        &self.parts.sessions
    }

    /// What waits to be written to the audit log.
    pub(crate) fn notes(&self) -> &Notes {
        &self.parts.notes
    }

    /// From now on the search index answers only if it has caught up with the store once: that of a new server is empty, and
    /// would say that nobody is there.
    pub fn answer_when_caught_up(&self) {
        self.parts.caught_up.ask();
    }

    pub(crate) fn caught_up(&self) -> &CaughtUp {
        &self.parts.caught_up
    }

    pub(crate) fn committed(&self) -> &Notify {
        &self.parts.committed
    }

    /// The search index, opened at the first call.
    pub(crate) fn index(&self) -> Result<SearchIndex, EngineError> {
        let mut index = self.parts.index.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = index.as_ref() {
            return Ok(index.clone());
        }
        if self.parts.only_watches && !SearchIndex::is_there(&self.parts.data.index()) {
            return Err(EngineError::NoData(self.parts.data.path().to_owned()));
        }
        let opened = SearchIndex::open(&self.parts.data.index());
        Ok(index.insert(opened.map_err(|error| self.index_error(error))?).clone())
    }

    /// Throws an index away that cannot be used, so that it is built anew. The index is derived: nothing is lost.
    pub(crate) fn recreate_index(&self) -> Result<(), EngineError> {
        tracing::warn!("the search index is of another release or store, or damaged: it is built anew");
        let mut index = self.parts.index.lock().unwrap_or_else(PoisonError::into_inner);
        self.parts.caught_up.index_thrown_away();
        let made = SearchIndex::recreate(&self.parts.data.index());
        *index = Some(made.map_err(|error| self.index_error(error))?);
        Ok(())
    }

    /// An error of the index; that another process has it is told with the folder.
    pub(crate) fn index_error(&self, error: IndexError) -> EngineError {
        match error {
            IndexError::Busy => EngineError::IndexBusy(self.parts.data.index()),
            error => EngineError::Index(error),
        }
    }
}

/// The readers of these settings.
pub(crate) fn pool(settings: &Settings, knowledge: &Knowledge, reader: ReaderProgram) -> Pool {
    Pool::new(PoolOptions {
        program: reader.program,
        arguments: reader.arguments,
        n_children: settings.reader.n_processes,
        limits: settings.reader.limits,
        lexicon: knowledge.lexicon_files().to_vec(),
    })
}

/// Whether an index must be built anew before it can be used.
pub(crate) fn must_rebuild(error: &EngineError) -> bool {
    matches!(
        error,
        EngineError::IndexOfOtherHistory
            | EngineError::Index(IndexError::OtherSchema | IndexError::Corrupt(_))
    )
}
