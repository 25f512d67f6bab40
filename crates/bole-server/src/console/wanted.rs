//! What a ranking is asked for, as addresses and forms of the console tell it: `profile=finance&w.risk=30&gate=degree%3Doff&filter=…`.

use std::fmt::Write;

use bole_engine::{EngineError, GateChange, Overrides, ProfileChoice, RankingProfile};

use super::form::Fields;
use super::session::encoded;
use crate::State;
use crate::access::AsRecruiter;
use crate::problem::Problem;

/// The name of a weight begins so.
pub(super) const WEIGHT: &str = "w.";
/// A change of the gates, as the command line takes it: `ID=off`, `min_degree=master`.
pub(super) const GATE: &str = "gate";

/// What people are ranked by, and who of them.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// The name of a profile; that of the first one if none is named.
    pub(super) profile: String,
    pub(super) overrides: Overrides,
    /// Search queries that somebody has to be found by.
    pub(super) filters: Vec<String>,
}

impl Wanted {
    /// # Errors
    /// A weight or a gate that is written otherwise than ours are.
    pub(super) fn read(state: &State, caller: &AsRecruiter, fields: &Fields) -> Result<Self, Problem> {
        let weights: Vec<_> =
            fields.under(WEIGHT).map(|(group, weight)| format!("{group}={weight}")).collect();
        let gates: Vec<_> = fields.all(GATE).map(str::to_owned).collect();
        let knowledge = state.server.engine.knowledge();
        let first = || {
            let mut seen = knowledge.profiles().values().filter(|profile| caller.scope.has(profile.field()));
            seen.next().map(|profile| profile.id().to_owned()).unwrap_or_default()
        };
        let overrides = Overrides::read(&weights, &gates).map_err(EngineError::Overrides)?;
        Ok(Self {
            profile: fields.get("profile").map_or_else(first, str::to_owned),
            overrides,
            filters: fields.all("filter").map(str::to_owned).collect(),
        })
    }

    /// The profile, if it is of a field that the caller sees.
    pub(super) fn choice(&self, state: &State, caller: &AsRecruiter) -> Result<ProfileChoice, Problem> {
        let choice = ProfileChoice::Named(self.profile.clone());
        caller.scope.check(state.server.engine.knowledge(), &choice)?;
        Ok(choice)
    }

    /// The same without what `profile` says by itself, and nothing twice: an address has what was changed, no more.
    pub(super) fn trimmed(mut self, profile: &RankingProfile) -> Self {
        let is_own = |group: &str, weight: u32| {
            profile.groups().iter().any(|known| known.id == group && known.share == weight)
        };
        self.overrides.weights.retain(|group, weight| !is_own(group, *weight));
        let own: Vec<_> =
            profile.gates().iter().map(|gate| GateChange::Ask(gate.condition.clone())).collect();
        let mut gates = Vec::new();
        for change in self.overrides.gates.drain(..) {
            if !own.contains(&change) && !gates.contains(&change) {
                gates.push(change);
            }
        }
        self.overrides.gates = gates;
        let mut filters = Vec::new();
        for filter in self.filters.drain(..) {
            if !filters.contains(&filter) {
                filters.push(filter);
            }
        }
        self.filters = filters;
        self
    }

    /// The same in an address: `profile=…&w.…=…`.
    pub(super) fn query(&self) -> String {
        let mut query = format!("profile={}", encoded(&self.profile));
        let mut push = |name: &str, value: &str| {
            write!(query, "&{}={}", encoded(name), encoded(value)).ok();
        };
        for (group, weight) in &self.overrides.weights {
            push(&format!("{WEIGHT}{group}"), &weight.to_string());
        }
        for gate in &self.overrides.gates {
            push(GATE, &String::from(gate.clone()));
        }
        for filter in &self.filters {
            push("filter", filter);
        }
        query
    }
}

#[cfg(test)]
mod tests {
    use bole_engine::Knowledge;

    use super::*;

    #[test]
    fn an_address_has_what_was_changed_and_nothing_twice() {
        let knowledge = Knowledge::load(None).unwrap();
        let profile = knowledge.profile("energy-storage").unwrap();
        let own = profile.groups().iter().map(|group| format!("{}={}", group.id, group.share));
        let gates = ["min_degree=bachelor", "min_degree=master", "field=off", "field=off"].map(str::to_owned);
        let wanted = |weights: &[String], filters: &[&str]| Wanted {
            profile: profile.id().to_owned(),
            overrides: Overrides::read(weights, &gates).unwrap(),
            filters: filters.iter().map(|filter| (*filter).to_owned()).collect(),
        };
        let trimmed = wanted(&own.collect::<Vec<_>>(), &["a b", "固", "a b"]).trimmed(profile);
        let expected =
            "profile=energy-storage&gate=min_degree%3Dmaster&gate=field%3Doff&filter=a+b&filter=%E5%9B%BA";
        assert_eq!(trimmed.query(), expected);
        let (first, share) = profile.groups().first().map(|group| (group.id.clone(), group.share)).unwrap();
        let changed = wanted(&[format!("{first}={}", share + 1), "none=3".to_owned()], &[]).trimmed(profile);
        assert_eq!(changed.overrides.weights.len(), 2, "what is unknown stays, to be told");
    }
}
