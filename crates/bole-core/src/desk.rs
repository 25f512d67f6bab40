//! What recruiters note about people: their decisions, notes and shortlists. None of it touches a score.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{DocumentId, FieldId, RunId};

/// What a person decided about a resume for a profile. The newest counts, the older ones stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// The resume.
    pub resume: DocumentId,
    /// The profile's name.
    pub profile: String,
    /// What was decided.
    pub choice: Choice,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What can be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    /// Goes on to the next step.
    Advance,
    /// To be looked at again.
    Hold,
    /// Is not taken for this profile.
    Decline,
    /// A decision of before is taken back.
    Open,
}

/// What somebody wrote about a resume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Note {
    /// Its id.
    pub id: Uuid,
    /// The resume.
    pub resume: DocumentId,
    /// What was written.
    pub text: String,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A list of people that somebody keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Shortlist {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// The profile that it is for.
    pub profile: String,
    /// The field of that profile: who may not see the field does not see the list.
    pub field: FieldId,
    /// Who made it.
    pub by: String,
    /// When.
    pub created_at: Timestamp,
    /// How many are on it.
    pub n_entries: u64,
}

/// Somebody on a shortlist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShortlistEntry {
    /// The resume.
    pub resume: DocumentId,
    /// The ranking that it was taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// Its place there, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u64>,
    /// Its points there, in thousandths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u32>,
    /// Who put it there.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Choice {
    /// What it is called.
    pub fn code(self) -> &'static str {
        match self {
            Self::Advance => "advance",
            Self::Hold => "hold",
            Self::Decline => "decline",
            Self::Open => "open",
        }
    }

    /// The choice of this name.
    pub fn of_code(code: &str) -> Option<Self> {
        [Self::Advance, Self::Hold, Self::Decline, Self::Open]
            .into_iter()
            .find(|choice| choice.code() == code)
    }
}
