use std::collections::BTreeMap;

use bole_engine::{Draft, GateChange, Overrides, ProfileChoice};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::State;
use crate::access::AsRecruiter;
use crate::problem::Problem;

/// What to rank by.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// The profile.
    pub(crate) profile: ProfileWanted,
    /// Weights by group, on the scale of the profile's file; 0 takes a group out of the score.
    #[serde(default)]
    pub(crate) weights: BTreeMap<String, u32>,
    /// Gates that are left out or asked for.
    #[serde(default)]
    pub(crate) gates: Vec<GateChange>,
}

/// One of the configuration by its name, or one that comes along.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum ProfileWanted {
    /// The name of a profile, such as `finance`.
    Named(String),
    /// A profile as a file.
    File(ProfileFile),
    /// A job description that a profile is made of.
    Description(JobDescription),
}

/// A profile as a file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfileFile {
    /// Its text.
    #[schema(min_length = 1)]
    pub(crate) toml: String,
}

/// A job description.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JobDescription {
    /// Its text, in Chinese, English or both.
    #[schema(min_length = 1)]
    pub(crate) job_description: String,
    /// The field that people are sought for; without, the one that most of it is about.
    pub(crate) field: Option<String>,
}

impl Wanted {
    /// The profile, if it is of a field of the unit, what is changed of it, and what it was made of.
    pub(crate) fn choose(
        self,
        state: &State,
        caller: &AsRecruiter,
    ) -> Result<(ProfileChoice, Overrides, Option<Draft>), Problem> {
        let Self { profile, weights, gates } = self;
        let knowledge = state.server.engine.knowledge();
        let (choice, draft) = match profile {
            ProfileWanted::Named(name) => (ProfileChoice::Named(name), None),
            ProfileWanted::File(ProfileFile { toml }) => {
                (ProfileChoice::Text { name: "profile".to_owned(), text: toml }, None)
            }
            ProfileWanted::Description(JobDescription { job_description, field }) => {
                let draft = knowledge.draft(&job_description, None, field.as_deref())?;
                (ProfileChoice::Text { name: "draft".to_owned(), text: draft.text.clone() }, Some(draft))
            }
        };
        caller.scope.check(knowledge, &choice)?;
        Ok((choice, Overrides { weights, gates }, draft))
    }
}
