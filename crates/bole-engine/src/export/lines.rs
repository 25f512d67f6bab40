//! A JSON value a line.

use bole_core::{AsOf, DocumentId, ReadingId};
use bole_resume::blinded;
use bole_store::Standing;
use serde::Serialize;

use super::ExportError;
use crate::json_resume::json_resume;
use crate::{Engine, EngineError, Scope};

/// How many readings are fetched at once.
const N_AT_ONCE: usize = 100;

pub(super) fn values(values: &[impl Serialize]) -> Result<Vec<u8>, ExportError> {
    let mut bytes = Vec::new();
    for value in values {
        serde_json::to_writer(&mut bytes, value)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// These resumes as JSON Resume, as they stand now and the scope shows them.
pub(super) async fn resumes(
    engine: &Engine,
    documents: &[DocumentId],
    scope: &Scope,
) -> Result<Vec<u8>, EngineError> {
    let is_blind = scope.is_blind();
    let mut bytes = Vec::new();
    for documents in documents.chunks(N_AT_ONCE) {
        let standings = engine.store().standings_of(documents).await?;
        let mut ids: Vec<(ReadingId, AsOf)> = Vec::new();
        for (document, standing) in documents.iter().zip(standings) {
            let standing = standing.as_ref();
            let reading = standing.and_then(Standing::indexed).map(|(reading, _)| reading);
            let id = reading.zip(standing.map(|standing| standing.as_of));
            // Nobody drops out silently.
            ids.push(id.ok_or_else(|| EngineError::UnknownResume(document.to_string()))?);
        }
        let readings: Vec<_> = ids.iter().map(|(reading, _)| *reading).collect();
        let stored = engine.store().readings(&readings).await?;
        let written = engine.cpu().run(move || {
            let mut resumes = Vec::new();
            for ((id, as_of), stored) in ids.into_iter().zip(stored) {
                let stored = stored.ok_or(EngineError::DamagedReading(id.document))?;
                let reading = stored.decode(id)?;
                let reading = if is_blind { blinded(reading) } else { reading };
                resumes.push(json_resume(&reading, as_of));
            }
            Ok::<_, EngineError>(values(&resumes)?)
        });
        bytes.extend(written.await??);
    }
    Ok(bytes)
}
