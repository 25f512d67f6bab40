//! What the address of a ranking asks for.

use std::fmt::Write;

use bole_engine::{EngineError, Knowledge, MatchQuery, MatchReport, Overrides, Page, ProfileChoice};

use crate::State;
use crate::access::AsRecruiter;
use crate::console::form::Fields;
use crate::console::session::encoded;
use crate::console::wanted::Wanted;
use crate::problem::Problem;

/// A ranking, or a page of one that was made before.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) wanted: Wanted,
    /// A run that was made before; a new one if there is none.
    pub(super) run: Option<String>,
    /// How many people come before the page.
    pub(super) from: usize,
    /// Whether weights and gates are those of the run that is shown.
    pub(super) fits: bool,
}

/// How many people a page has.
pub(super) const LIMIT: usize = 25;
/// How many of the best a ranking names.
pub(super) const TOP: usize = 1000;
/// The field of the form that tells of which profile its weights are.
pub(super) const OF: &str = "of";
/// The field of the button that takes weights and gates from the profile again.
pub(super) const RESET: &str = "reset";

impl Asked {
    /// # Errors
    /// What the address says cannot be read.
    pub(super) fn read(state: &State, caller: &AsRecruiter, fields: &Fields) -> Result<Self, Problem> {
        let mut wanted = Wanted::read(state, caller, fields)?;
        // Weights of another profile mean nothing for this one.
        let is_other = fields.get(OF).is_some_and(|of| of != wanted.profile);
        if is_other || fields.get(RESET).is_some() {
            wanted.overrides = Overrides::default();
        }
        let from = fields.number("from")?.unwrap_or(0);
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(usize::MAX - LIMIT);
        Ok(Self { wanted, run: fields.get("run").map(str::to_owned), from, fits: true })
    }

    /// What is left of it where it cannot be read: the profile.
    pub(super) fn anew(state: &State, caller: &AsRecruiter, fields: &Fields) -> Result<Self, Problem> {
        let wanted = Wanted::read(state, caller, &fields.only("profile"))?;
        Ok(Self { wanted, run: None, from: 0, fits: true })
    }

    /// The page that is asked for, and whether another one comes after it.
    pub(super) async fn report(
        &self,
        state: &State,
        caller: &AsRecruiter,
    ) -> Result<(MatchReport, bool), EngineError> {
        // One more tells whether there are more; it is not shown.
        let page = Page { offset: self.from, limit: LIMIT + 1 };
        let mut report = self.ranked(state, caller, page).await?;
        let has_more = report.results.len() > LIMIT;
        report.results.truncate(LIMIT);
        Ok((report, has_more))
    }

    async fn ranked(
        &self,
        state: &State,
        caller: &AsRecruiter,
        page: Page,
    ) -> Result<MatchReport, EngineError> {
        let engine = &state.server.engine;
        if let Some(run) = &self.run {
            return bole_engine::match_page(engine, run, page, &caller.scope).await;
        }
        let profile = caller.scope.profile(engine.knowledge(), &self.wanted.profile)?;
        let query = MatchQuery {
            profile: ProfileChoice::Named(profile.id().to_owned()),
            overrides: self.wanted.overrides.clone(),
            scope: caller.scope.clone(),
            filters: self.wanted.filters.clone(),
            top: TOP,
            page,
            lists: false,
        };
        bole_engine::run_match(engine, &query).await
    }

    /// Of a run that was made before, what it was asked with.
    pub(super) fn take_from(
        &mut self,
        report: &MatchReport,
        caller: &AsRecruiter,
        fields: &Fields,
        knowledge: &Knowledge,
    ) {
        if self.run.is_none() {
            return;
        }
        if fields.get("profile") != Some(&report.profile) {
            self.wanted.overrides = Overrides::default();
        }
        self.wanted.profile.clone_from(&report.profile);
        self.wanted.filters.clone_from(&report.filters);
        if let Some(scope) = caller.scope.query() {
            self.wanted.filters.retain(|filter| *filter != scope);
        }
        let used = knowledge.profile(&report.profile).ok();
        let used = used.and_then(|profile| self.wanted.overrides.apply(profile, knowledge.lexicon()).ok());
        self.fits = used.is_some_and(|used| used.hash() == report.profile_hash);
    }

    /// The address of it, of a run if one is named, from another place of the list.
    pub(super) fn address(&self, run: Option<&str>, from: usize) -> String {
        let mut address = format!("/matches?{}", self.wanted.query());
        if let Some(run) = run {
            write!(address, "&run={}", encoded(run)).ok();
        }
        if from > 0 {
            write!(address, "&from={from}").ok();
        }
        address
    }

    /// The address without one filter.
    pub(super) fn without_filter(&self, filter: &str) -> String {
        let mut wanted = self.wanted.clone();
        wanted.filters.retain(|other| other != filter);
        format!("/matches?{}", wanted.query())
    }

    /// The address without changed weights, or without changed gates.
    pub(super) fn without(&self, weights: bool, gates: bool) -> String {
        let mut wanted = self.wanted.clone();
        if weights {
            wanted.overrides.weights.clear();
        }
        if gates {
            wanted.overrides.gates.clear();
        }
        format!("/matches?{}", wanted.query())
    }
}
