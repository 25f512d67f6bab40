//! A match of before, told again.

use std::sync::Arc;

use bole_core::{ContentHash, RunId, RunRecord, StoredError};
use bole_rank::{Overrides, SCORING_VERSION};

use crate::artifacts::{Kind, kept, lexicon_files};
use crate::choice::Used;
use crate::filters::Filters;
use crate::run::{RankedRun, Run};
use crate::{Engine, EngineError, Knowledge, MatchReport, Page, Scope};

/// The least digits of a prefix.
const MIN_PREFIX: usize = 8;
/// What is listed of an ambiguous prefix, and one more.
const N_LISTED: u32 = 6;

/// Tells a match again: the same report as when it was made, whatever has come or changed since. Uses neither the
/// profiles, the lexicon and the levels of today nor the search index.
///
/// `run` is what the report calls it, or at least its first 8 hex digits.
///
/// # Errors
/// [`EngineError::UnknownRun`], [`EngineError::AmbiguousRun`], [`EngineError::OtherScoring`];
/// [`EngineError::ArtifactMissing`] and [`EngineError::ArtifactDamaged`] if what it was made with is not there as it was;
/// an outage.
pub async fn replay_match(engine: &Engine, run: &str) -> Result<MatchReport, EngineError> {
    let scope = Scope::all();
    ranked_run(engine, run, &scope).await?.report(engine, Page::WHOLE, true, &scope, &mut |_| {}).await
}

/// The ranking of a run: as this process has it, or ranked again. One that was made with another scope is not there, and one
/// that was filtered by name is not shown in blind mode.
///
/// # Errors
/// As [`replay_match`].
pub(crate) async fn ranked_run(
    engine: &Engine,
    run: &str,
    scope: &Scope,
) -> Result<Arc<RankedRun>, EngineError> {
    let hash = find(engine, run).await?;
    let seen = |record: &RunRecord| match scope.query() {
        Some(query) if record.filters.first() != Some(&query) => Err(unknown(run)),
        // Its people are those of a name.
        _ if scope.is_blind() => Filters::parse(&record.filters)?.check(scope),
        _ => Ok(()),
    };
    if let Some(ranked) = engine.rankings().get(hash) {
        seen(ranked.record())?;
        return Ok(ranked);
    }
    let record = decode(&kept(engine, Kind::Run, hash).await?, hash)?;
    seen(&record)?;
    // One at a time: everybody of before is in memory meanwhile, and others mostly want the same run.
    let _turn = engine.replaying().lock().await;
    if let Some(ranked) = engine.rankings().get(hash) {
        return Ok(ranked);
    }
    let head = engine.store().head().await?;
    if record.position > head {
        return Err(EngineError::RunAhead { run: record.id(), position: record.position, head });
    }
    let knowledge = knowledge_of(engine, &record).await?;
    let text = kept(engine, Kind::Profile, record.profile).await?;
    let ranked = again(&record, knowledge, &text)?.rank_again(engine).await?;
    engine.rankings().keep(&ranked, engine.knowledge());
    Ok(ranked)
}

fn unknown(run: &str) -> EngineError {
    EngineError::UnknownRun(run.chars().take(80).collect())
}

async fn find(engine: &Engine, run: &str) -> Result<ContentHash, EngineError> {
    if run.len() < MIN_PREFIX {
        return Err(unknown(run));
    }
    let kind = Kind::Run.code();
    let found = engine.store().artifacts_by_prefix(kind, &run.to_ascii_lowercase(), N_LISTED).await?;
    match found.as_slice() {
        [] => Err(unknown(run)),
        [hash] => Ok(*hash),
        hashes => {
            let found = hashes.iter().copied().map(RunId::of).collect();
            Err(EngineError::AmbiguousRun { prefix: run.to_owned(), found })
        }
    }
}

fn decode(text: &str, hash: ContentHash) -> Result<RunRecord, EngineError> {
    let record = RunRecord::decode(text, hash).map_err(|error| match error {
        StoredError::Newer(_) => EngineError::Stored(error),
        _ => damaged(Kind::Run, hash),
    })?;
    if record.scoring_version == SCORING_VERSION {
        return Ok(record);
    }
    let (run, version) = (record.id(), record.scoring_version);
    Err(EngineError::OtherScoring { run, version, own: SCORING_VERSION })
}

fn damaged(kind: Kind, hash: ContentHash) -> EngineError {
    EngineError::ArtifactDamaged { kind: kind.code(), hash }
}

/// The lexicon and the levels that the run names.
async fn knowledge_of(engine: &Engine, record: &RunRecord) -> Result<Arc<Knowledge>, EngineError> {
    let today = engine.knowledge();
    if (today.lexicon().hash(), today.levels().hash()) == (record.lexicon, record.levels) {
        return Ok(today.clone());
    }
    let (lexicon, levels) = (record.lexicon, record.levels);
    if let Some(knowledge) = engine.rankings().knowledge(lexicon, levels) {
        return Ok(knowledge);
    }
    let text = kept(engine, Kind::Lexicon, lexicon).await?;
    let files = lexicon_files(&text, lexicon).ok_or_else(|| damaged(Kind::Lexicon, lexicon))?;
    let levels_text = kept(engine, Kind::Levels, levels).await?;
    if ContentHash::of(levels_text.as_bytes()) != levels {
        return Err(damaged(Kind::Levels, levels));
    }
    let parsed = engine.cpu().run(move || Knowledge::of_before(files, levels_text)).await?;
    // Both are what they were: if there is a mistake in them today, another release reads them in another way.
    let knowledge = parsed.map_err(|_| damaged(Kind::Lexicon, lexicon))?;
    Ok(Arc::new(knowledge))
}

/// The run that `record` is of.
fn again(record: &RunRecord, knowledge: Arc<Knowledge>, profile: &str) -> Result<Run, EngineError> {
    let of_profile = || damaged(Kind::Profile, record.profile);
    let of_run = || damaged(Kind::Run, record.hash());
    if ContentHash::of(profile.as_bytes()) != record.profile {
        return Err(of_profile());
    }
    let parsed = knowledge.parse_profile("profile", profile).map_err(|_| of_profile())?;
    let gates = record.gates.iter().map(|gate| gate.parse()).collect::<Result<_, _>>();
    let overrides = Overrides { weights: record.weights.clone(), gates: gates.map_err(|_| of_run())? };
    let used = Used::of(&parsed, profile, &overrides, &knowledge).map_err(|_| of_run())?;
    let filters = Filters::parse(&record.filters).map_err(|_| of_run())?;
    let run = Run::new(knowledge, used, filters, record.position, record.top as usize);
    if run.record() == record { Ok(run) } else { Err(of_run()) }
}

#[cfg(test)]
mod tests {
    use bole_core::LogPosition;

    use super::*;
    use crate::ProfileChoice;

    fn knowledge() -> Arc<Knowledge> {
        Arc::new(Knowledge::load(None).unwrap())
    }

    /// A run by the profile `finance`, and the profile's text.
    fn record(knowledge: &Arc<Knowledge>) -> (RunRecord, String) {
        let overrides = Overrides::read(&["titles=3".to_owned()], &["min_degree=master".to_owned()]).unwrap();
        let used = ProfileChoice::Named("finance".to_owned()).used(&overrides, knowledge).unwrap();
        let text = used.text.clone();
        let filters = Filters::parse(&["audit".to_owned()]).unwrap();
        let run = Run::new(knowledge.clone(), used, filters, LogPosition(7), 20);
        (run.record().clone(), text)
    }

    #[test]
    fn a_run_is_made_again_from_its_record() {
        let knowledge = knowledge();
        let (record, text) = record(&knowledge);
        let stored = record.encode().unwrap();
        assert_eq!(decode(&stored, record.hash()).unwrap(), record);
        assert_eq!(*again(&record, knowledge, &text).ok().unwrap().record(), record);
    }

    #[test]
    fn another_formula_is_refused_by_its_version() {
        let (mut record, _) = record(&knowledge());
        record.scoring_version = SCORING_VERSION + 1;
        let refused = decode(&record.encode().unwrap(), record.hash()).unwrap_err();
        assert!(
            matches!(refused, EngineError::OtherScoring { version, .. } if version == SCORING_VERSION + 1),
            "{refused}"
        );
    }

    #[test]
    fn what_is_damaged_is_named() {
        let knowledge = knowledge();
        let (record, text) = record(&knowledge);
        let kind = |result: Result<Run, EngineError>| match result.err().unwrap() {
            EngineError::ArtifactDamaged { kind, .. } => kind,
            other => panic!("{other}"),
        };
        assert_eq!(kind(again(&record, knowledge.clone(), &format!("{text}\n"))), "profile");
        let changed = RunRecord { weights: [("titles".to_owned(), 4)].into(), ..record.clone() };
        assert_eq!(kind(again(&changed, knowledge.clone(), &text)), "run");
        let changed = RunRecord { gates: vec!["nonsense".to_owned()], ..record.clone() };
        assert_eq!(kind(again(&changed, knowledge, &text)), "run");
        let other = ContentHash::of(b"another run");
        let stored = record.encode().unwrap();
        for text in [stored.as_str(), "noise"] {
            assert!(matches!(decode(text, other), Err(EngineError::ArtifactDamaged { kind: "run", .. })));
        }
    }
}
