use bole_core::{AsOf, DocumentId, PersonId};
use bole_rank::Talent;

use crate::show::{not_read, show};
use crate::{Engine, EngineError, JsonResume, Scope, Shown, SubmissionRecord, json_resume};

/// A resume that was read, and the person behind it.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The resume.
    pub resume: DocumentId,
    /// The person.
    pub person: PersonId,
    /// The date that it speaks from.
    pub as_of: AsOf,
    /// What was understood.
    pub json_resume: JsonResume,
    /// The talent level.
    pub talent: Talent,
    /// The same person's other resumes that the scope sees, ordered by document.
    pub other_versions: Vec<DocumentId>,
    /// Every submission of it, the first one first.
    pub submissions: Vec<SubmissionRecord>,
}

/// Shows a resume as recruiters see it.
///
/// # Errors
/// As [`resolve`](crate::resolve), and [`EngineError::NotRead`] if it is in quarantine or waits.
pub async fn candidate(engine: &Engine, name: &str, scope: &Scope) -> Result<Candidate, EngineError> {
    let shown = show(engine, name, scope).await?;
    let Shown {
        standing: Some(standing),
        reading: Some(reading),
        talent: Some(talent),
        person: Some(person),
        ..
    } = &shown
    else {
        return Err(not_read(name, shown.standing.as_ref(), shown.submissions.first()));
    };
    Ok(Candidate {
        resume: shown.document,
        person: *person,
        as_of: standing.as_of,
        json_resume: json_resume(reading, standing.as_of),
        talent: talent.clone(),
        other_versions: shown.other_versions,
        submissions: shown.submissions,
    })
}
