use std::collections::BTreeMap;

use bole_core::{ReadingId, Shortlist, ShortlistEntry};
use bole_rank::Row;
use bole_store::Standing;
use uuid::Uuid;

use super::{Desk, ExportRow};
use crate::placing::{components, reasons};
use crate::show::{sources_of, talent_of};
use crate::shown::{Parts, parts_of};
use crate::{Engine, EngineError, Scope, entries, noted};

/// The people of a shortlist that the scope sees, as rows of a file: their place and points as they were listed, the rest as
/// the profile of the list has it now. Of a profile that is not in force any more there are no components and reasons.
///
/// # Errors
/// [`EngineError::UnknownShortlist`]; an outage.
pub async fn shortlist_rows(
    engine: &Engine,
    scope: &Scope,
    id: Uuid,
) -> Result<(Shortlist, Vec<ExportRow>), EngineError> {
    let (list, entries) = entries(engine, scope, id).await?;
    let resumes: Vec<_> = entries.iter().map(|entry| entry.resume).collect();
    let everything = Scope::all();
    let (standings, noted) = tokio::try_join!(
        async { Ok(engine.store().standings_of(&resumes).await?) },
        // Of the notes only the number is told.
        noted(engine, &resumes, &everything)
    )?;
    let readings: Vec<ReadingId> =
        standings.iter().flatten().filter_map(Standing::indexed).map(|(reading, _)| reading).collect();
    let knowledge = engine.knowledge();
    let (parts, mut sources) = tokio::try_join!(
        parts_of(engine, knowledge, &readings, scope),
        sources_of(engine, &readings, scope)
    )?;
    let parts: BTreeMap<_, _> = readings.into_iter().zip(parts).collect();
    let profile = knowledge.profile(&list.profile).ok();
    let row = |(entry, standing): (ShortlistEntry, Option<Standing>)| {
        let ShortlistEntry { resume, run: _, place, score, by, at } = entry;
        let mut decisions = noted.decisions.clone();
        decisions.retain(|decision| decision.resume == resume && decision.profile == list.profile);
        let n_notes = noted.notes.iter().filter(|note| note.resume == resume).count() as u64;
        let mut row = ExportRow {
            place,
            name: None,
            score,
            components: BTreeMap::new(),
            level: None,
            gates_unknown: Vec::new(),
            reasons: Vec::new(),
            resume,
            source: sources.remove(&resume).unwrap_or_default(),
            as_of: standing.as_ref().map(|standing| standing.as_of),
            desk: Some(Desk { decisions, n_notes, added_by: by, added_at: at }),
        };
        let read = standing.and_then(|standing| {
            let (reading, _) = standing.indexed()?;
            Some((standing.as_of, parts.get(&reading)?.clone()?))
        });
        let Some((as_of, parts)) = read else { return row };
        let Parts { evidence, name, content } = &*parts;
        row.name.clone_from(name);
        row.level = talent_of(knowledge, evidence, as_of).level;
        if let Some(profile) = profile {
            let scored = Row::new(resume, as_of, evidence, knowledge.lexicon());
            row.components = components(profile, &bole_rank::score(&scored, profile));
            let explanation = bole_rank::explain_briefly(&scored, evidence, profile, knowledge.lexicon());
            row.reasons = reasons(&explanation, content);
        }
        row
    };
    let rows = entries.into_iter().zip(standings).map(row).collect();
    Ok((list, rows))
}
