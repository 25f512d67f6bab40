//! A run: what a ranking is made of, and the ranking.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bole_core::{LogPosition, RunRecord};
use bole_rank::{Filter, Ordered, Profile, SCORING_VERSION, Totals};

use crate::apart::Apart;
use crate::artifacts::{Kind, keep, keep_lexicon_and_levels};
use crate::choice::Used;
use crate::filters::Filters;
use crate::matching::{MatchPart, MatchReport};
use crate::placing::placed;
use crate::population::{Census, Population};
use crate::{Engine, EngineError, Knowledge, Page, Scope};

/// All that the result of a match depends on.
pub(crate) struct Run {
    knowledge: Arc<Knowledge>,
    profile: Arc<Profile>,
    profile_text: String,
    filters: Filters,
    record: RunRecord,
}

/// A run and whom it ranked, in order: enough to show any page of it without everybody's rows.
pub(crate) struct RankedRun {
    knowledge: Arc<Knowledge>,
    /// As used.
    profile: Arc<Profile>,
    record: RunRecord,
    census: Census,
    order: Vec<Ordered>,
    totals: Totals,
    apart: Apart,
}

impl Run {
    pub(crate) fn new(
        knowledge: Arc<Knowledge>,
        used: Used,
        filters: Filters,
        position: LogPosition,
        top: usize,
    ) -> Self {
        let Used { file, text, overrides, profile } = used;
        // As they are told whatever order they were given in.
        let gates: BTreeSet<_> = overrides.gates.iter().map(ToString::to_string).collect();
        let record = RunRecord {
            position,
            profile: file,
            weights: overrides.weights,
            gates: gates.into_iter().collect(),
            profile_used: profile.hash(),
            lexicon: knowledge.lexicon().hash(),
            levels: knowledge.levels().hash(),
            scoring_version: SCORING_VERSION,
            filters: filters.texts().to_vec(),
            top: top as u64,
        };
        Self { knowledge, profile: Arc::new(profile), profile_text: text, filters, record }
    }

    pub(crate) fn record(&self) -> &RunRecord {
        &self.record
    }

    /// The same ranking again, whatever the search index has now.
    pub(crate) async fn rank_again(&self, engine: &Engine) -> Result<Arc<RankedRun>, EngineError> {
        let population = Population::before(engine, &self.knowledge, self.record.position).await?;
        let found = self.filters.found_in(engine, &population.rows, self.record.position).await?;
        self.rank(engine, population, found).await
    }

    /// The ranking: one that is known, or else a new one. `found` is who passes each filter.
    pub(crate) async fn ranked(
        &self,
        engine: &Engine,
        population: Arc<Population>,
        found: Vec<Filter>,
    ) -> Result<Arc<RankedRun>, EngineError> {
        match engine.rankings().get(self.record.hash()) {
            Some(ranked) => Ok(ranked),
            None => self.rank(engine, population, found).await,
        }
    }

    async fn rank(
        &self,
        engine: &Engine,
        population: Arc<Population>,
        found: Vec<Filter>,
    ) -> Result<Arc<RankedRun>, EngineError> {
        let Self { knowledge, profile, filters, record, .. } = self;
        let (ranked, used, top) = (population.clone(), profile.clone(), record.top as usize);
        let ranking = engine.cpu().run(move || bole_rank::order(&ranked.rows, &used, &found, top)).await?;
        let apart = population.apart().clone();
        let census = Census {
            people: population.n_people(),
            ranked: ranking.n_ranked,
            filtered_out: counted(filters.texts().iter(), &ranking.filtered_out),
            gate_failed: by_gate(profile, &ranking.gate_failed),
            unreadable: apart.reasons(),
            gate_unknown: by_gate(profile, &ranking.gate_unknown),
            older_versions: apart.older_versions.len() as u64,
        };
        debug_assert!(census.sums(), "nobody drops out silently");
        Ok(Arc::new(RankedRun {
            knowledge: knowledge.clone(),
            profile: profile.clone(),
            record: record.clone(),
            census,
            order: ranking.best,
            totals: ranking.totals,
            apart,
        }))
    }

    /// Keeps the run, and before it all that it names.
    pub(crate) async fn keep(&self, engine: &Engine) -> Result<(), EngineError> {
        keep_lexicon_and_levels(engine).await?;
        keep(engine, Kind::Profile, self.record.profile, &self.profile_text).await?;
        keep(engine, Kind::Run, self.record.hash(), &self.record.encode()?).await
    }
}

impl RankedRun {
    pub(crate) fn knowledge(&self) -> &Arc<Knowledge> {
        &self.knowledge
    }

    pub(crate) fn profile(&self) -> &Profile {
        &self.profile
    }

    pub(crate) fn record(&self) -> &RunRecord {
        &self.record
    }

    /// The best, as many as the run names, from place 1.
    pub(crate) fn order(&self) -> &[Ordered] {
        &self.order
    }

    /// Of all who are ranked.
    pub(crate) fn totals(&self) -> &Totals {
        &self.totals
    }

    pub(crate) fn n_ranked(&self) -> u64 {
        self.census.ranked
    }

    pub(crate) fn apart(&self) -> &Apart {
        &self.apart
    }

    /// The memory that it takes, in bytes, without profile and lexicon.
    pub(crate) fn n_bytes(&self) -> usize {
        size_of::<Self>()
            + size_of_val::<[Ordered]>(&self.order)
            + self.totals.n_bytes()
            + self.apart.n_bytes()
    }

    /// What the run says, with those of its best who are on `page` as the scope shows them.
    pub(crate) async fn report(
        self: &Arc<Self>,
        engine: &Engine,
        page: Page,
        lists: bool,
        scope: &Scope,
        done: &mut (dyn FnMut(MatchPart) + Send),
    ) -> Result<MatchReport, EngineError> {
        let results = placed(engine, self, page, scope, done).await?;
        let record = &self.record;
        Ok(MatchReport {
            run: record.id().to_string(),
            profile: self.profile.id().to_owned(),
            profile_hash: record.profile_used,
            lexicon: record.lexicon,
            levels: record.levels,
            scoring_version: record.scoring_version,
            position: record.position,
            filters: record.filters.clone(),
            census: self.census.clone(),
            results,
            unreadable: lists.then(|| self.apart.unreadable(Page::WHOLE)),
            older_versions: lists.then(|| self.apart.older_versions(Page::WHOLE)),
        })
    }
}

/// Its id: profile and lexicon are long.
impl std::fmt::Debug for RankedRun {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "RankedRun({})", self.record.id())
    }
}

/// Counts by name, where there is anybody to count.
fn counted<'a>(names: impl Iterator<Item = &'a String>, counts: &[u64]) -> BTreeMap<String, u64> {
    let counts = names.zip(counts).filter(|(_, count)| **count > 0);
    counts.map(|(name, count)| (name.clone(), *count)).collect()
}

/// Counts by the id of each gate, where there is anybody to count.
fn by_gate(profile: &Profile, counts: &[u64]) -> BTreeMap<String, u64> {
    counted(profile.gates().iter().map(|gate| &gate.id), counts)
}
