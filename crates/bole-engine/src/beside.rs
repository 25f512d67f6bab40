use std::collections::BTreeMap;

use bole_core::{AsOf, ContentHash, Degree, DocumentId, PersonId};
use bole_rank::{Explanation, GateExplanation, GroupKind, LevelName, Overrides};
use bole_store::Standing;
use serde::Serialize;
use utoipa::ToSchema;

use crate::explain::{Everybody, Found};
use crate::placing::reasons;
use crate::show::talent_of;
use crate::{Engine, EngineError, PlaceNow, ProfileChoice, Reason, Scope};

/// A few people by one profile, side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SideBySide {
    /// The profile's name.
    pub profile: String,
    /// The profile as used.
    pub profile_hash: ContentHash,
    /// The lexicon.
    pub lexicon: ContentHash,
    /// The version of the formula.
    pub scoring_version: u32,
    /// In the order in which they were named.
    pub people: Vec<Beside>,
    /// One for each group of the profile, in its order.
    pub components: Vec<ComponentBeside>,
}

/// One of those who are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Beside {
    /// The resume.
    pub resume: DocumentId,
    /// Where it was ingested from, or the submission it came by; empty in blind mode.
    pub source: String,
    /// The name as written; none in blind mode.
    pub name: Option<String>,
    /// The date it speaks from.
    pub as_of: AsOf,
    /// 0 to 100,000: thousandths of a point, whether or not a gate keeps the person out.
    pub total: u32,
    /// The parts of the total by the profile's groups; they add up to it.
    pub components: BTreeMap<String, u32>,
    /// One for each gate of the profile, in its order.
    pub gates: Vec<GateExplanation>,
    /// The talent level; none if none is shown.
    pub level: Option<LevelName>,
    /// The highest degree that is finished; none if unknown.
    pub degree: Option<Degree>,
    /// Months of full-time work; none if unknown.
    pub full_time_months: Option<u32>,
    /// The place among all others; none for an older resume, and for whom a gate keeps out.
    pub place: Option<PlaceNow>,
    /// What gives the most points, the most first: three at most.
    pub reasons: Vec<Reason>,
}

/// One group of the profile, over all who are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComponentBeside {
    /// The group's id.
    pub id: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// What it counts.
    pub kind: GroupKind,
    /// The most points it gives.
    pub weight: u32,
    /// Who has most of it: several if they have as much, nobody if nobody has any.
    pub ahead: Vec<DocumentId>,
}

const LEAST: usize = 2;
/// More do not fit beside each other.
const MOST: usize = 4;

/// Sets people side by side: what a profile, changed by `overrides`, makes of the resumes that are named.
///
/// # Errors
/// [`EngineError::CompareCount`] for fewer than 2 or more than 4; [`EngineError::ComparedTwice`]; as
/// [`explain`](crate::explain()).
pub async fn compare(
    engine: &Engine,
    resumes: &[String],
    profile: &ProfileChoice,
    overrides: &Overrides,
    scope: &Scope,
) -> Result<SideBySide, EngineError> {
    if !(LEAST..=MOST).contains(&resumes.len()) {
        return Err(EngineError::CompareCount { n_resumes: resumes.len(), least: LEAST, most: MOST });
    }
    let used = profile.used(overrides, engine.knowledge())?.profile;
    let mut all: Vec<(&String, Option<PersonId>, Found)> = Vec::new();
    for resume in resumes {
        let found = Found::of(engine, resume, scope).await?;
        let person = found.standing.indexed().map(|(_, person)| person);
        if let Some((first, ..)) = all.iter().find(|(_, other, _)| *other == person) {
            return Err(EngineError::ComparedTwice { first: (*first).clone(), second: resume.clone() });
        }
        all.push((resume, person, found));
    }
    let everybody = Everybody::now(engine, used, scope).await?;
    let (mut people, mut explanations) = (Vec::new(), Vec::new());
    for (_, _, found) in &all {
        let explanation = found.explained(engine, &everybody.profile);
        people.push(beside(engine, &everybody, found, &explanation).await?);
        explanations.push(explanation);
    }
    let profile = &everybody.profile;
    let components = explanations.first().into_iter().flat_map(|explanation| &explanation.components);
    let components = components.map(|component| ComponentBeside {
        id: component.id.clone(),
        name_zh: component.name_zh.clone(),
        name_en: component.name_en.clone(),
        kind: component.kind,
        weight: component.weight,
        ahead: ahead(&people, &component.id),
    });
    Ok(SideBySide {
        profile: profile.id().to_owned(),
        profile_hash: profile.hash(),
        lexicon: engine.knowledge().lexicon().hash(),
        scoring_version: bole_rank::SCORING_VERSION,
        components: components.collect(),
        people,
    })
}

async fn beside(
    engine: &Engine,
    everybody: &Everybody,
    found: &Found,
    explanation: &Explanation,
) -> Result<Beside, EngineError> {
    let Found { standing: Standing { as_of, .. }, reading, source, evidence } = found;
    let components = explanation.components.iter();
    Ok(Beside {
        resume: reading.document,
        source: source.clone(),
        name: reading.resume.name.as_ref().map(|name| name.value.clone()),
        as_of: *as_of,
        total: explanation.total,
        components: components.map(|component| (component.id.clone(), component.points)).collect(),
        gates: explanation.gates.clone(),
        level: talent_of(engine.knowledge(), evidence, *as_of).level,
        degree: evidence.degree(*as_of).map(|studied| studied.value.degree),
        full_time_months: evidence.full_time_months(*as_of),
        place: everybody.place_of(engine, explanation, reading.id()).await?,
        reasons: reasons(explanation, &reading.masked_content()),
    })
}

/// Who has most of a component.
fn ahead(people: &[Beside], component: &str) -> Vec<DocumentId> {
    let points = |person: &Beside| person.components.get(component).copied().unwrap_or_default();
    let most = people.iter().map(points).max().unwrap_or_default();
    let ahead = people.iter().filter(|person| most > 0 && points(person) == most);
    ahead.map(|person| person.resume).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::tests::{Dice, change, open, take_in};
    use crate::{MatchQuery, Page, explain, run_match};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn people_are_as_they_are_explained_and_placed() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(folder.path()).await;
        let (mut dice, mut messages) = (Dice(3), 0);
        for _ in 0..40 {
            change(&mut dice, &engine, &mut messages).await;
        }
        take_in(&engine, 100..103, true).await;
        let profile = ProfileChoice::Named("energy-storage".to_owned());
        let overrides = Overrides::read(&[], &["field=off".to_owned()]).unwrap();
        let (query_profile, query_overrides) = (profile.clone(), overrides.clone());
        let compared = |names: Vec<String>| {
            let (engine, profile, overrides) = (&engine, &profile, &overrides);
            async move { compare(engine, &names, profile, overrides, &Scope::all()).await }
        };
        // Before a match the places are ranked, after it they are those of the match.
        let query = MatchQuery {
            profile: query_profile,
            overrides: query_overrides,
            scope: Scope::all(),
            filters: Vec::new(),
            top: 30,
            page: Page::WHOLE,
            lists: true,
        };
        let other = open(folder.path()).await;
        let report = run_match(&other, &query).await.unwrap();
        let best: Vec<_> = report.results.iter().step_by(4).take(4).collect();
        let names: Vec<_> = best.iter().map(|placed| placed.resume.to_string()).collect();
        let table = compared(names.clone()).await.unwrap();
        assert_eq!(table.people.len(), 4);
        for (person, placed) in table.people.iter().zip(&best) {
            assert_eq!((person.resume, person.total), (placed.resume, placed.score));
            assert_eq!((&person.components, &person.reasons), (&placed.components, &placed.reasons));
            assert!(person.place.unwrap().place <= placed.place as u64);
            let (name, all) = (person.resume.to_string(), Scope::all());
            let explained = explain(&engine, &name, &profile, &overrides, &all).await.unwrap();
            assert_eq!((person.place, &person.gates), (explained.place, &explained.explanation.gates));
        }
        assert!(table.components.iter().any(|component| !component.ahead.is_empty()));
        for component in &table.components {
            let points = |person: &Beside| *person.components.get(&component.id).unwrap();
            for person in &table.people {
                let is_ahead =
                    points(person) > 0 && table.people.iter().all(|other| points(other) <= points(person));
                assert_eq!(component.ahead.contains(&person.resume), is_ahead);
            }
        }
        run_match(&engine, &query).await.unwrap();
        assert_eq!(compared(names.clone()).await.unwrap(), table, "places of a match are those of a ranking");

        let twice = compared([&names[..2], &names[..1]].concat()).await;
        assert!(matches!(twice, Err(EngineError::ComparedTwice { .. })));
        let older = report.older_versions.unwrap()[0];
        assert!(compared(vec![names[0].clone(), older.to_string()]).await.unwrap().people[1].place.is_none());
        for names in [names[..1].to_vec(), [&names[..], &names[..1]].concat()] {
            assert!(matches!(compared(names).await, Err(EngineError::CompareCount { .. })));
        }
    }
}
