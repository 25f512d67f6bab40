//! What is changed of a profile for one query.

use bole_engine::{EngineError, Overrides};

use crate::arguments::Changes;

pub(crate) fn overrides(changes: &Changes) -> anyhow::Result<Overrides> {
    Ok(Overrides::read(&changes.weights, &changes.gates).map_err(EngineError::Overrides)?)
}
