//! What recruiters note about people: decisions, notes, shortlists. A person decides; none of it touches a score.

use bole_core::{Choice, Decision, DocumentId, Note, RunId, Shortlist, ShortlistEntry};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::show::resolve;
use crate::{Engine, EngineError, Scope};

/// A note is no longer than this, in bytes of UTF-8.
const MAX_NOTE_BYTES: usize = 16 << 10;
/// And the name of a shortlist.
const MAX_NAME_BYTES: usize = 200;
/// More people than this are no shortlist.
const MAX_ENTRIES: usize = 10_000;

/// What was noted about a resume, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noted {
    /// All decisions; for each profile the newest counts.
    pub decisions: Vec<Decision>,
    /// All notes; none in blind mode, as they tend to name people.
    pub notes: Vec<Note>,
    /// How many notes there are, in blind mode too.
    pub n_notes: u64,
}

/// Somebody to be put on a shortlist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    /// The resume, as [`resolve`] finds it.
    pub resume: String,
    /// The ranking that it was taken from.
    pub run: Option<RunId>,
    /// Its place there.
    pub place: Option<u64>,
    /// Its points there, in thousandths.
    pub score: Option<u32>,
}

/// What was noted about these resumes, the other versions of the same person's included by the caller.
///
/// # Errors
/// An outage.
pub async fn noted(engine: &Engine, resumes: &[DocumentId], scope: &Scope) -> Result<Noted, EngineError> {
    let (mut decisions, mut notes) =
        tokio::try_join!(engine.store().decisions_of(resumes), engine.store().notes_of(resumes))?;
    // The store tells them resume by resume.
    decisions.sort_by_key(|decision| decision.at);
    notes.sort_by_key(|note| note.at);
    let n_notes = notes.len() as u64;
    if scope.is_blind() {
        notes.clear();
    }
    Ok(Noted { decisions, notes, n_notes })
}

/// Notes a decision on a resume for a profile.
///
/// # Errors
/// An unknown resume or profile; an outage.
pub async fn decide(
    engine: &Engine,
    resume: &str,
    scope: &Scope,
    profile: &str,
    choice: Choice,
    by: &str,
) -> Result<Decision, EngineError> {
    let profile = scope.profile(engine.knowledge(), profile)?.id().to_owned();
    let resume = resolve(engine, resume, scope).await?;
    let decision = Decision { resume, profile, choice, by: by.to_owned(), at: Timestamp::now() };
    engine.store().add_decision(&decision).await?;
    Ok(decision)
}

/// Writes a note about a resume.
///
/// # Errors
/// An unknown resume; [`EngineError::WrongLength`]; an outage.
pub async fn write_note(
    engine: &Engine,
    resume: &str,
    scope: &Scope,
    text: &str,
    by: &str,
) -> Result<Note, EngineError> {
    let text = within("a note", text, MAX_NOTE_BYTES)?;
    let resume = resolve(engine, resume, scope).await?;
    let note = Note { id: Uuid::new_v4(), resume, text, by: by.to_owned(), at: Timestamp::now() };
    engine.store().add_note(&note).await?;
    Ok(note)
}

/// Deletes a note; whether it was there.
///
/// # Errors
/// An unknown resume; an outage.
pub async fn delete_note(
    engine: &Engine,
    resume: &str,
    scope: &Scope,
    note: Uuid,
) -> Result<bool, EngineError> {
    let resume = resolve(engine, resume, scope).await?;
    Ok(engine.store().delete_note(resume, note).await?)
}

/// At most `limit` shortlists, the oldest first, of those after `after`. What lies outside the scope is left out, so that
/// fewer may come though there are more: [`Some`] position tells where to go on.
///
/// # Errors
/// An outage.
pub async fn shortlists(
    engine: &Engine,
    scope: &Scope,
    after: Option<(Timestamp, Uuid)>,
    limit: u32,
) -> Result<(Vec<Shortlist>, Option<(Timestamp, Uuid)>), EngineError> {
    let found = engine.store().shortlists(after, limit).await?;
    let is_full = found.len() == limit as usize;
    let next = found.last().filter(|_| is_full).map(|last| (last.created_at, last.id));
    Ok((found.into_iter().filter(|list| scope.has(&list.field)).collect(), next))
}

/// Makes a shortlist for a profile.
///
/// # Errors
/// An unknown profile; [`EngineError::WrongLength`]; an outage.
pub async fn make_shortlist(
    engine: &Engine,
    scope: &Scope,
    name: &str,
    profile: &str,
    by: &str,
) -> Result<Shortlist, EngineError> {
    let profile = scope.profile(engine.knowledge(), profile)?;
    let shortlist = Shortlist {
        id: Uuid::new_v4(),
        name: within("the name of a shortlist", name, MAX_NAME_BYTES)?,
        profile: profile.id().to_owned(),
        field: profile.field().clone(),
        by: by.to_owned(),
        created_at: Timestamp::now(),
        n_entries: 0,
    };
    engine.store().add_shortlist(&shortlist).await?;
    Ok(shortlist)
}

/// A shortlist.
///
/// # Errors
/// [`EngineError::UnknownShortlist`]; an outage.
pub async fn shortlist(engine: &Engine, scope: &Scope, id: Uuid) -> Result<Shortlist, EngineError> {
    let found = engine.store().shortlist(id).await?;
    found.filter(|list| scope.has(&list.field)).ok_or(EngineError::UnknownShortlist(id))
}

/// Who is on it that the scope sees, in the order in which they were put there.
///
/// # Errors
/// As [`shortlist`].
pub async fn entries(
    engine: &Engine,
    scope: &Scope,
    id: Uuid,
) -> Result<(Shortlist, Vec<ShortlistEntry>), EngineError> {
    let list = shortlist(engine, scope, id).await?;
    let entries = engine.store().entries(id).await?;
    let resumes: Vec<_> = entries.iter().map(|entry| entry.resume).collect();
    let standings = engine.store().standings_of(&resumes).await?;
    let seen = entries
        .into_iter()
        .zip(standings)
        .filter(|(_, standing)| standing.as_ref().is_some_and(|standing| scope.sees(&standing.fields)));
    Ok((list, seen.map(|(entry, _)| entry).collect()))
}

/// Gives a shortlist another name.
///
/// # Errors
/// As [`shortlist`]; [`EngineError::WrongLength`].
pub async fn rename_shortlist(
    engine: &Engine,
    scope: &Scope,
    id: Uuid,
    name: &str,
) -> Result<Shortlist, EngineError> {
    let name = within("the name of a shortlist", name, MAX_NAME_BYTES)?;
    let list = shortlist(engine, scope, id).await?;
    engine.store().rename_shortlist(id, &name).await?;
    Ok(Shortlist { name, ..list })
}

/// Deletes a shortlist; the people on it and what was noted about them stay.
///
/// # Errors
/// As [`shortlist`].
pub async fn delete_shortlist(engine: &Engine, scope: &Scope, id: Uuid) -> Result<(), EngineError> {
    shortlist(engine, scope, id).await?;
    engine.store().delete_shortlist(id).await?;
    Ok(())
}

/// Puts people on a shortlist; who is there already stays where they are, as told now.
///
/// # Errors
/// As [`shortlist`]; an unknown resume: then nobody was put there; [`EngineError::TooManyEntries`].
pub async fn put_on_shortlist(
    engine: &Engine,
    scope: &Scope,
    id: Uuid,
    people: &[Addition],
    by: &str,
) -> Result<Vec<ShortlistEntry>, EngineError> {
    let list = shortlist(engine, scope, id).await?;
    if list.n_entries as usize + people.len() > MAX_ENTRIES {
        return Err(EngineError::TooManyEntries { most: MAX_ENTRIES });
    }
    let now = Timestamp::now();
    let mut entries = Vec::with_capacity(people.len());
    for (Addition { resume, run, place, score }, number) in people.iter().zip(0..) {
        // A list is in the order of its entries' times: those that come together are a microsecond apart.
        let at = now.checked_add(SignedDuration::from_micros(number)).unwrap_or(now);
        let resume = resolve(engine, resume, scope).await?;
        entries.push(ShortlistEntry {
            resume,
            run: *run,
            place: *place,
            score: *score,
            by: by.to_owned(),
            at,
        });
    }
    if engine.store().put_entries(id, &entries).await? {
        Ok(entries)
    } else {
        Err(EngineError::UnknownShortlist(id))
    }
}

/// Takes somebody off a shortlist; whether they were on it.
///
/// # Errors
/// As [`shortlist`].
pub async fn take_off_shortlist(
    engine: &Engine,
    scope: &Scope,
    id: Uuid,
    resume: &str,
) -> Result<bool, EngineError> {
    shortlist(engine, scope, id).await?;
    let resume = resolve(engine, resume, scope).await?;
    Ok(engine.store().remove_entries(id, &[resume]).await? > 0)
}

/// The text without white space around it, if there is any and it is not too long.
fn within(what: &'static str, text: &str, most: usize) -> Result<String, EngineError> {
    let text = text.trim();
    if text.is_empty() || text.len() > most {
        return Err(EngineError::WrongLength { what, most });
    }
    Ok(text.to_owned())
}
