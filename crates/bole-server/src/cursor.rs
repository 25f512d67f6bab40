//! Where a list goes on. What a cursor holds is nobody's business but ours.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::problem::{Code, Problem};

/// Which part of a list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// How many at most.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub(crate) limit: u32,
    /// Where to go on: the `next` of the part before.
    #[param(pattern = "^([0-9A-Fa-f]{2})+$")]
    pub(crate) cursor: Option<String>,
}

/// The most that is answered at once.
const MAX_LIMIT: u32 = 1000;

pub(crate) fn default_limit() -> u32 {
    100
}

impl Part {
    /// The limit, if it is one.
    pub(crate) fn limit(&self) -> Result<u32, Problem> {
        limit(self.limit, MAX_LIMIT)
    }

    /// Where to go on; none at the beginning.
    pub(crate) fn after<T: DeserializeOwned>(&self) -> Result<Option<T>, Problem> {
        self.cursor.as_deref().map(read).transpose()
    }
}

/// `limit`, if it is one.
pub(crate) fn limit(limit: u32, most: u32) -> Result<u32, Problem> {
    let detail = || Problem::with_detail(Code::BadRequest, format!("`limit` goes from 1 to {most}"));
    if (1..=most).contains(&limit) { Ok(limit) } else { Err(detail()) }
}

/// A cursor that goes on behind `last`.
pub(crate) fn write(last: &impl Serialize) -> Option<String> {
    serde_json::to_vec(last).ok().map(hex::encode)
}

/// What a cursor holds.
pub(crate) fn read<T: DeserializeOwned>(cursor: &str) -> Result<T, Problem> {
    let other = |code| Problem::with_detail(code, "`cursor` is none of ours: leave it out to begin anew");
    let bytes = hex::decode(cursor).map_err(|_| other(Code::BadRequest))?;
    serde_json::from_slice(&bytes).map_err(|_| other(Code::Unprocessable))
}
