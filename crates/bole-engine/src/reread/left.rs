use std::time::Duration;

use bole_core::{DocumentId, ReadingId};
use tokio_util::sync::CancellationToken;

use super::RereadOptions;
use crate::{Engine, EngineError};

/// Readings that are asked for at once, by their ids.
const N_PAGE: u32 = 1000;
/// How often it is looked whether submissions still wait.
const WAITING_POLL: Duration = Duration::from_secs(1);

/// How much of the machine it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// All readers.
    Brisk,
    /// One reader, and none while submissions wait.
    Background,
}

impl Pace {
    pub(super) fn n_at_once(self, engine: &Engine) -> usize {
        match self {
            Self::Brisk => engine.pool().n_children(),
            Self::Background => 1,
        }
    }

    /// Waits until it may go on; false if it is to stop.
    pub(super) async fn wait(self, engine: &Engine, halt: &CancellationToken) -> Result<bool, EngineError> {
        while self == Self::Background
            && !halt.is_cancelled()
            && engine.store().oldest_queued().await?.is_some()
        {
            tokio::select! {
                () = halt.cancelled() => {}
                () = tokio::time::sleep(WAITING_POLL) => {}
            }
        }
        Ok(!halt.is_cancelled())
    }
}

/// What is left to be done, page by page, in the order of documents.
pub(super) struct Left {
    what: What,
    /// Those that were asked for by name; none for all.
    chosen: Option<Vec<ReadingId>>,
    /// The last document of the page before.
    after: Option<DocumentId>,
    n: u64,
}

/// What is missing.
#[derive(Clone, Copy)]
enum What {
    Reading,
    Evidence,
}

impl Left {
    /// Readings that serve and are of an older reader.
    pub(super) async fn older(engine: &Engine, options: &RereadOptions) -> Result<Self, EngineError> {
        let version = engine.reader_version();
        let chosen = match &options.documents {
            None => None,
            Some(documents) => {
                let mut serving = serving(engine, documents).await?;
                serving.retain(|reading| reading.reader < version);
                Some(serving)
            }
        };
        Self::of(engine, What::Reading, chosen).await
    }

    /// Readings that serve and have no evidence by the lexicon in force.
    pub(super) async fn without_evidence(
        engine: &Engine,
        options: &RereadOptions,
    ) -> Result<Self, EngineError> {
        let lexicon = engine.knowledge().lexicon().hash();
        let chosen = match &options.documents {
            None => None,
            Some(documents) => {
                let serving = serving(engine, documents).await?;
                let evidence = engine.store().evidence(lexicon, &serving).await?;
                let without = serving.into_iter().zip(evidence).filter(|(_, evidence)| evidence.is_none());
                Some(without.map(|(reading, _)| reading).collect())
            }
        };
        Self::of(engine, What::Evidence, chosen).await
    }

    async fn of(engine: &Engine, what: What, chosen: Option<Vec<ReadingId>>) -> Result<Self, EngineError> {
        let n = match (&chosen, what) {
            (Some(chosen), _) => chosen.len() as u64,
            (None, What::Reading) => crate::status::overdue(engine).await?.n_older_readings,
            (None, What::Evidence) => crate::status::overdue(engine).await?.n_without_evidence,
        };
        Ok(Self { what, chosen, after: None, n })
    }

    /// How many there were at first.
    pub(super) fn n(&self) -> u64 {
        self.n
    }

    /// The next of them; empty at the end. Each comes once, whatever became of it.
    pub(super) async fn page(&mut self, engine: &Engine) -> Result<Vec<ReadingId>, EngineError> {
        if let Some(chosen) = &mut self.chosen {
            let rest = chosen.split_off(chosen.len().min(N_PAGE as usize));
            return Ok(std::mem::replace(chosen, rest));
        }
        let page = match self.what {
            What::Reading => {
                engine.store().older_readings(engine.reader_version(), self.after, N_PAGE).await?
            }
            What::Evidence => {
                let lexicon = engine.knowledge().lexicon().hash();
                engine.store().without_evidence(lexicon, self.after, N_PAGE).await?
            }
        };
        if let Some(last) = page.last() {
            self.after = Some(last.document);
        }
        Ok(page)
    }
}

/// The readings that serve of these documents.
async fn serving(engine: &Engine, documents: &[DocumentId]) -> Result<Vec<ReadingId>, EngineError> {
    let mut documents = documents.to_vec();
    documents.sort_unstable();
    documents.dedup();
    let standings = engine.store().standings_of(&documents).await?;
    Ok(standings.iter().flatten().filter_map(|standing| Some(standing.indexed()?.0)).collect())
}
