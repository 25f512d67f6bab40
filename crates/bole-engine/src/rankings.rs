//! The rankings of the last runs, kept so that their pages need not rank again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bole_core::ContentHash;
use bole_rank::{Profile, SCORING_VERSION};

use crate::Knowledge;
use crate::population::Population;
use crate::run::RankedRun;

/// The rankings of the last runs, that which was asked for last at the end.
#[derive(Debug, Default)]
pub(crate) struct Rankings {
    kept: Mutex<VecDeque<Kept>>,
}

#[derive(Debug)]
struct Kept {
    run: ContentHash,
    ranked: Arc<RankedRun>,
    n_bytes: usize,
}

/// How many runs are kept; both are the bound.
const MAX_RUNS: usize = 32;
/// And in bytes. A run of 10,000 people takes about 1 MB.
const MAX_BYTES: usize = 64 << 20;
/// What a parsed profile takes, about.
const PROFILE_BYTES: usize = 64 << 10;
/// By how much a parsed lexicon is larger than its text, about.
const LEXICON_FACTOR: usize = 8;

impl Rankings {
    /// The ranking of the run of this hash.
    pub(crate) fn get(&self, run: ContentHash) -> Option<Arc<RankedRun>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|kept| kept.run == run)?;
        let found = kept.remove(place)?;
        let ranked = found.ranked.clone();
        kept.push_back(found);
        Some(ranked)
    }

    /// Keeps the ranking of a run. A `today` lexicon is there anyway; another one is counted in each run that has it.
    pub(crate) fn keep(&self, ranked: &Arc<RankedRun>, today: &Arc<Knowledge>) {
        let knowledge = ranked.knowledge();
        let lexicon: usize = knowledge.lexicon_files().iter().map(|file| file.text.len()).sum();
        let lexicon = if Arc::ptr_eq(knowledge, today) { 0 } else { lexicon * LEXICON_FACTOR };
        let n_bytes = ranked.n_bytes() + PROFILE_BYTES + lexicon;
        self.put(Kept { run: ranked.record().hash(), ranked: ranked.clone(), n_bytes });
    }

    fn put(&self, new: Kept) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.run != new.run);
        kept.push_back(new);
        while kept.len() > MAX_RUNS || kept.iter().map(|kept| kept.n_bytes).sum::<usize>() > MAX_BYTES {
            kept.pop_front();
        }
    }

    /// A run that ranked all of `population`, whose evidence is by the lexicon `lexicon`, by this profile.
    pub(crate) fn of_all(
        &self,
        population: &Population,
        lexicon: ContentHash,
        profile: &Profile,
    ) -> Option<Arc<RankedRun>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |kept: &&Kept| {
            let record = kept.ranked.record();
            record.filters.is_empty()
                && record.position == population.position()
                && record.profile_used == profile.hash()
                && record.lexicon == lexicon
                && record.scoring_version == SCORING_VERSION
        };
        kept.iter().find(is_it).map(|kept| kept.ranked.clone())
    }

    /// The knowledge of a run that is kept, by the hashes of its lexicon and levels.
    pub(crate) fn knowledge(&self, lexicon: ContentHash, levels: ContentHash) -> Option<Arc<Knowledge>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = kept.iter().map(|kept| kept.ranked.knowledge());
        let found = all.find(|found| (found.lexicon().hash(), found.levels().hash()) == (lexicon, levels));
        found.cloned()
    }

    /// Forgets all, so that the next page is of a replay.
    #[cfg(test)]
    pub(crate) fn forget(&self) {
        self.kept.lock().unwrap().clear();
    }
}

#[cfg(test)]
mod tests {
    use bole_rank::Overrides;

    use super::*;
    use crate::population::tests::open;
    use crate::{MatchQuery, Page, ProfileChoice, Scope, run_match};

    fn hash(number: usize) -> ContentHash {
        ContentHash::of(&number.to_be_bytes())
    }

    #[tokio::test]
    async fn what_is_asked_for_stays_and_all_of_it_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(folder.path()).await;
        let query = MatchQuery {
            profile: ProfileChoice::Named("finance".to_owned()),
            overrides: Overrides::default(),
            scope: Scope::all(),
            filters: Vec::new(),
            top: 5,
            page: Page::WHOLE,
            lists: false,
        };
        let run = run_match(&engine, &query).await.unwrap().run;
        let population = Population::default();
        let finance = engine.knowledge().profile("finance").unwrap();
        let lexicon = engine.knowledge().lexicon().hash();
        let ranked = engine.rankings().of_all(&population, lexicon, finance).unwrap();
        assert_eq!(ranked.record().id().to_string(), run);
        let energy = engine.knowledge().profile("energy-storage").unwrap();
        assert!(engine.rankings().of_all(&population, lexicon, energy).is_none());
        for (n_bytes, n_kept) in [(1000, MAX_RUNS), (MAX_BYTES / 4, 4), (MAX_BYTES + 1, 0)] {
            let rankings = Rankings::default();
            for number in 0..100 {
                rankings.put(Kept { run: hash(number), ranked: ranked.clone(), n_bytes });
                assert_eq!(rankings.get(hash(0)).is_some(), n_kept > 0, "{number}");
            }
            let kept = rankings.kept.lock().unwrap();
            assert_eq!(kept.len(), n_kept);
            assert!(kept.iter().map(|kept| kept.n_bytes).sum::<usize>() <= MAX_BYTES);
        }
    }
}
