//! Telling at once what would come of a file, while whoever sends it can still send another.

use bole_core::{EntryKind, Language, Reading, Reason, State};
use bole_sandbox::{Refusal, refuse_poor};
use bytes::Bytes;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Engine, EngineError, Extracted, Extractor};

/// What would come of a file. Nothing of its text is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a line of what a portal shows")]
pub struct Checked {
    /// Whether it would be read.
    pub readable: bool,
    /// Where it would stand: `indexed` or `quarantined`.
    pub state: State,
    /// Why.
    pub reason: Reason,
    /// What the candidate can do about it.
    pub advice: &'static str,
    /// What exactly, without personal data; absent where there is nothing to say.
    pub detail: Option<String>,
    /// How many pages it has; 0 where they cannot be counted.
    pub pages: u32,
    /// Visible characters that are not white space.
    pub characters: u32,
    /// The language that most of it is written in, if it is readable.
    pub language: Option<Language>,
    /// Some page, font or stream could not be read; the rest was.
    pub partial: bool,
    /// A name was found.
    pub name_found: bool,
    /// A mail address or a phone number was found.
    pub contact_found: bool,
    /// A school or a degree was found.
    pub education_found: bool,
    /// A job or an internship was found.
    pub work_found: bool,
    /// There is text that a person does not see. It would not count.
    pub hidden_text: bool,
}

/// Reads a file as a worker would and says what would come of it; stores nothing.
///
/// # Errors
/// Ours only; what is wrong with the file is the value.
pub async fn check(engine: &Engine, bytes: &Bytes) -> Result<Checked, EngineError> {
    Ok(match Extractor::of(engine).extract_bytes(bytes).await? {
        Extracted::Reading(reading) => of_reading(*reading),
        Extracted::Refused { reason, detail } => of_reason(reason, Some(detail)),
    })
}

fn of_reading(reading: Reading) -> Checked {
    let quality = reading.content.quality.clone();
    let told = match refuse_poor(reading) {
        Ok(reading) => understood(&reading),
        Err(Refusal { reason, detail }) => of_reason(reason, Some(detail)),
    };
    Checked {
        pages: quality.n_pages,
        characters: quality.n_characters,
        partial: quality.partial,
        hidden_text: quality.n_hidden > 0,
        ..told
    }
}

fn understood(reading: &Reading) -> Checked {
    let Reading { content, resume, .. } = reading;
    let is_partial = content.quality.partial;
    let reason = if is_partial { Reason::ReadInPart } else { Reason::Read };
    let is_job = |kind| matches!(kind, EntryKind::Work | EntryKind::Internship);
    Checked {
        // The first thing that went wrong, where a part is missing.
        detail: content.diagnostics.first().filter(|_| is_partial).map(|first| first.message.clone()),
        language: Some(resume.language),
        name_found: resume.name.is_some(),
        contact_found: !resume.emails.is_empty() || !resume.phones.is_empty(),
        education_found: resume.education.iter().any(|it| it.school.is_some() || it.degree.is_some()),
        work_found: resume.entries.iter().any(|entry| is_job(entry.kind)),
        ..of_reason(reason, None)
    }
}

/// What is told of every file with this reason, before anything is found in it.
fn of_reason(reason: Reason, detail: Option<String>) -> Checked {
    Checked {
        readable: reason.state() == State::Indexed,
        state: reason.state(),
        reason,
        advice: reason.advice(),
        detail,
        pages: 0,
        characters: 0,
        language: None,
        partial: false,
        name_found: false,
        contact_found: false,
        education_found: false,
        work_found: false,
        hidden_text: false,
    }
}
