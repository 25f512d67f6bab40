use bole_core::{AsOf, DocumentId, Hidden, PersonId, Reading};
use bole_rank::Talent;
use bole_resume::masked_hidden;

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
    /// What its pages show, in order.
    pub pages: Vec<PageShown>,
}

impl Candidate {
    /// This resume and the person's others.
    pub fn versions(&self) -> impl Iterator<Item = DocumentId> {
        std::iter::once(self.resume).chain(self.other_versions.iter().copied())
    }
}

/// A page as it was read, without a picture of it.
#[derive(Clone, PartialEq, Eq)]
pub struct PageShown {
    /// From 1.
    pub number: u32,
    /// As displayed, in hundredths of a PDF point.
    pub width: i32,
    /// As displayed, in hundredths of a PDF point.
    pub height: i32,
    /// The lines of the visible text, protected places blanked; empty ones part blocks. The boxes of quotes are on this page.
    pub lines: Vec<String>,
    /// The text that a person does not see, protected places blanked. Very much of it is cut.
    pub hidden: Vec<Hidden>,
}

/// Shows a resume as recruiters see it.
///
/// # Errors
/// As [`resolve`](crate::resolve), and [`EngineError::NotRead`] if it is in quarantine or waits.
pub async fn candidate(engine: &Engine, name: &str, scope: &Scope) -> Result<Candidate, EngineError> {
    let Shown { document, standing, reading, talent, submissions, person, other_versions } =
        show(engine, name, scope).await?;
    let (Some(standing), Some(reading), Some(talent), Some(person)) = (&standing, reading, talent, person)
    else {
        return Err(not_read(name, standing.as_ref(), submissions.first()));
    };
    let as_of = standing.as_of;
    let told = engine.cpu().run(move || (json_resume(&reading, as_of), pages_of(&reading)));
    let (json_resume, pages) = told.await?;
    Ok(Candidate { resume: document, person, as_of, json_resume, talent, other_versions, submissions, pages })
}

/// The dates that resumes speak from, in their order; none for one that is unknown or out of scope.
///
/// # Errors
/// An outage.
pub async fn dates_of(
    engine: &Engine,
    resumes: &[DocumentId],
    scope: &Scope,
) -> Result<Vec<Option<AsOf>>, EngineError> {
    let standings = engine.store().standings_of(resumes).await?.into_iter();
    let seen = standings.map(|standing| standing.filter(|standing| scope.sees(&standing.fields)));
    Ok(seen.map(|standing| standing.map(|standing| standing.as_of)).collect())
}

/// What the pages of a reading show.
fn pages_of(reading: &Reading) -> Vec<PageShown> {
    let content = reading.masked_content();
    let hidden = masked_hidden(&content);
    let pages = content.pages.into_iter().zip(hidden).zip(1..);
    let shown = pages.map(|((page, hidden), number)| PageShown {
        number,
        width: page.width,
        height: page.height,
        lines: page.text.split('\n').map(str::to_owned).collect(),
        hidden,
    });
    shown.collect()
}

/// Without the text: logs hold ids only.
impl std::fmt::Debug for PageShown {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { number, lines, hidden, .. } = self;
        write!(formatter, "PageShown({number}, {} lines, {} hidden)", lines.len(), hidden.len())
    }
}
