//! Everybody, kept between two matches, so that a process which lives on reads only what has changed.

use std::sync::Arc;

use bole_core::{ContentHash, LogPosition};
use bole_rank::{Filter, Rows};

use crate::filters::Filters;
use crate::population::Population;
use crate::{Engine, EngineError, Knowledge};

/// What a ranking goes through, in memory.
#[derive(Clone, Debug)]
pub struct Warm {
    /// One row a person, of their newest resume.
    pub rows: Rows,
    /// How many resumes are read, older ones among them.
    pub n_resumes: usize,
    /// The memory that all of it takes.
    pub n_bytes: usize,
}

/// Loads everybody, or takes in what has changed, so that the next match need not.
///
/// # Errors
/// An outage.
pub async fn warm(engine: &Engine) -> Result<Warm, EngineError> {
    let population = Population::current(engine, engine.knowledge()).await?;
    let (n_resumes, n_bytes) = (population.n_resumes(), population.n_bytes());
    Ok(Warm { rows: population.rows.clone(), n_resumes, n_bytes })
}

/// What the engine keeps between two matches.
#[derive(Debug)]
pub(crate) struct KeptPopulation {
    /// The lexicon by which its evidence was found.
    lexicon: ContentHash,
    /// As of the last match.
    newest: Arc<Population>,
    /// As of the last commit of the search index that filters asked: under an ingest it lags behind.
    searched: Option<Arc<Population>>,
}

impl KeptPopulation {
    /// The nearest of these and `known` from which `position` can be reached.
    fn nearest(
        kept: Option<&Self>,
        known: &Arc<Population>,
        position: LogPosition,
    ) -> Option<Arc<Population>> {
        let kept = kept.into_iter().flat_map(|kept| [Some(&kept.newest), kept.searched.as_ref()]).flatten();
        let reaching = kept.chain([known]).filter(|population| !population.is_far_behind(position));
        reaching.max_by_key(|population| population.position()).cloned()
    }
}

impl Population {
    /// Everybody as of now. After an error the next call loads everybody anew.
    pub(crate) async fn current(
        engine: &Engine,
        knowledge: &Arc<Knowledge>,
    ) -> Result<Arc<Self>, EngineError> {
        let asked_at = engine.store().head().await?;
        // One at a time: who waits finds that the changes are taken in. Nobody ranks meanwhile: whoever has an `Arc` goes
        // on with it.
        let mut kept = engine.population().lock().await;
        let lexicon = knowledge.lexicon().hash();
        let of_lexicon = kept.as_ref().filter(|kept| kept.lexicon == lexicon);
        let known = of_lexicon.map(|kept| kept.newest.clone());
        let searched = of_lexicon.and_then(|kept| kept.searched.clone());
        if let Some(known) = known.as_ref().filter(|known| known.position() == asked_at) {
            return Ok(known.clone());
        }
        let head = engine.store().head().await?;
        let mut current = match known.filter(|population| !population.is_far_behind(head)) {
            Some(population) if population.position() > asked_at => return Ok(population),
            Some(population) => population,
            None => Arc::new(Self::at(engine, knowledge, head).await?),
        };
        while current.position() < head {
            match current.following(engine, knowledge, head).await {
                Ok(next) => current = Arc::new(next),
                Err(error) => {
                    *kept = None;
                    return Err(error);
                }
            }
        }
        *kept = Some(KeptPopulation { lexicon, newest: current.clone(), searched });
        Ok(current)
    }

    /// Who passes `filters` by the search index, and everybody as of the commit that answered; without filters everybody as
    /// of now.
    pub(crate) async fn found(
        engine: &Engine,
        knowledge: &Arc<Knowledge>,
        filters: &Filters,
    ) -> Result<(Arc<Self>, Vec<Filter>), EngineError> {
        if filters.is_empty() {
            return Ok((Self::current(engine, knowledge).await?, Vec::new()));
        }
        let known = Self::known(engine, knowledge).await?;
        // The index is waited for until it has at least what is known.
        let (position, found) = filters.found_now(engine, known.position()).await?;
        Ok((Self::exactly(engine, knowledge, &known, position).await?, found))
    }

    /// Everybody as of a position of before: those who are kept, if they are of it.
    pub(crate) async fn before(
        engine: &Engine,
        knowledge: &Arc<Knowledge>,
        position: LogPosition,
    ) -> Result<Arc<Self>, EngineError> {
        let lexicon = knowledge.lexicon().hash();
        let kept = {
            let kept = engine.population().lock().await;
            let kept = kept.as_ref().filter(|kept| kept.lexicon == lexicon);
            let both = kept.into_iter().flat_map(|kept| [Some(&kept.newest), kept.searched.as_ref()]);
            both.flatten().find(|population| population.position() == position).cloned()
        };
        match kept {
            Some(population) => Ok(population),
            None => Ok(Arc::new(Self::at(engine, knowledge, position).await?)),
        }
    }

    /// Those who are kept, without what has changed since; loads everybody only if none are.
    async fn known(engine: &Engine, knowledge: &Arc<Knowledge>) -> Result<Arc<Self>, EngineError> {
        let head = engine.store().head().await?;
        let lexicon = knowledge.lexicon().hash();
        let known = {
            let kept = engine.population().lock().await;
            kept.as_ref().filter(|kept| kept.lexicon == lexicon).map(|kept| kept.newest.clone())
        };
        match known.filter(|known| !known.is_far_behind(head)) {
            Some(known) => Ok(known),
            None => Self::current(engine, knowledge).await,
        }
    }

    /// Everybody exactly as of `position`: the nearest who are kept, or `known`, with the changes up to it. Loads
    /// everybody only if all of these are of later.
    async fn exactly(
        engine: &Engine,
        knowledge: &Arc<Knowledge>,
        known: &Arc<Self>,
        position: LogPosition,
    ) -> Result<Arc<Self>, EngineError> {
        let mut kept = engine.population().lock().await;
        let lexicon = knowledge.lexicon().hash();
        let of_lexicon = kept.as_mut().filter(|kept| kept.lexicon == lexicon);
        let mut population = match KeptPopulation::nearest(of_lexicon.as_deref(), known, position) {
            Some(population) => population,
            None => Arc::new(Self::at(engine, knowledge, position).await?),
        };
        while population.position() < position {
            population = Arc::new(population.following(engine, knowledge, position).await?);
        }
        if let Some(kept) = of_lexicon {
            if kept.newest.position() < position {
                kept.newest = population.clone();
            }
            kept.searched = Some(population.clone());
        }
        Ok(population)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::follow;
    use crate::population::tests::{Dice, change, open, take_in};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn those_who_ask_at_the_same_time_share_a_load() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(folder.path()).await;
        let knowledge = engine.knowledge().clone();
        for numbers in [0..8, 8..12] {
            take_in(&engine, numbers, true).await;
            let current = || Population::current(&engine, &knowledge);
            let (first, second, third) = tokio::try_join!(current(), current(), current()).unwrap();
            assert!(Arc::ptr_eq(&first, &second) && Arc::ptr_eq(&first, &third));
            assert_eq!(first.position(), engine.store().head().await.unwrap());
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn filters_wait_for_an_index_that_lags_and_load_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(folder.path()).await;
        let knowledge = engine.knowledge().clone();
        take_in(&engine, 0..8, true).await;
        let filters = Filters::parse(&["储能 OR bank OR accountant".to_owned()]).unwrap();
        let (first, _) = Population::found(&engine, &knowledge, &filters).await.unwrap();
        take_in(&engine, 8..16, true).await;
        let current = Population::current(&engine, &knowledge).await.unwrap();
        assert!(first.position() < current.position());
        // Another follower has the index, and takes in what was committed only after a while.
        let index = engine.index().unwrap();
        let writer = index.writer().unwrap();
        let follower = async {
            tokio::time::sleep(std::time::Duration::from_millis(150)).await;
            writer.close().unwrap();
            follow::catch_up(&engine).await
        };
        let ((found, filter), ()) =
            tokio::try_join!(Population::found(&engine, &knowledge, &filters), follower).unwrap();
        assert!(Arc::ptr_eq(&found, &current), "those who were kept are used");
        let again = filters.found_in(&engine, &found.rows, found.position()).await.unwrap();
        let finance = knowledge.profile("finance").unwrap();
        let order = |filter: &[Filter]| bole_rank::order(&found.rows, finance, filter, 20);
        assert_eq!(order(&filter), order(&again), "they are of the same position");
        // The store goes on and another match takes that in, while the index stands still.
        take_in(&engine, 16..20, true).await;
        let newest = Population::current(&engine, &knowledge).await.unwrap();
        assert!(newest.position() > current.position());
        let kept = engine.population().lock().await;
        for known in [&first, &newest] {
            let nearest = KeptPopulation::nearest(kept.as_ref(), known, current.position()).unwrap();
            assert!(Arc::ptr_eq(&nearest, &current));
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn everybody_is_exactly_of_the_position_that_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(folder.path()).await;
        let knowledge = engine.knowledge().clone();
        let (mut dice, mut messages) = (Dice(11), 0);
        change(&mut dice, &engine, &mut messages).await;
        let first = Population::current(&engine, &knowledge).await.unwrap();
        let mut positions = Vec::new();
        for round in 0..30 {
            change(&mut dice, &engine, &mut messages).await;
            positions.push(engine.store().head().await.unwrap());
            if round % 7 == 3 {
                Population::current(&engine, &knowledge).await.unwrap();
            }
        }
        // Later and earlier than those who are kept, and by turns.
        positions.rotate_left(12);
        for position in positions {
            let exactly = Population::exactly(&engine, &knowledge, &first, position).await.unwrap();
            assert_eq!(exactly.position(), position);
            assert_eq!(*exactly, Population::at(&engine, &knowledge, position).await.unwrap());
            let again = Population::exactly(&engine, &knowledge, &first, position).await.unwrap();
            assert!(Arc::ptr_eq(&exactly, &again), "the next filter shares it");
        }
        let head = engine.store().head().await.unwrap();
        assert_eq!(Population::current(&engine, &knowledge).await.unwrap().position(), head);
    }
}
