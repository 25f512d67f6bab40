use bole_core::{DocumentId, Pages, Reading, Reason, Verdict};
use bole_document::READER_VERSION;

use crate::times::timed;
use crate::{Refusal, StageTimes};

/// Reads a document and understands it: what production has its children do. Writes into `times` how long both took.
///
/// # Errors
/// The document's own, with what exactly; never any of its text.
pub fn read_document(document: DocumentId, bytes: &[u8], times: &mut StageTimes) -> Result<Reading, Refusal> {
    let (content, time) = timed(|| bole_document::read(bytes, &bole_document::Limits::STANDARD));
    times.document = time;
    let content = content.map_err(|error| Refusal { reason: error.reason(), detail: error.to_string() })?;
    let (resume, time) = timed(|| bole_resume::understand(&content));
    times.resume = time;
    Ok(Reading { document, reader: READER_VERSION, content, resume })
}

/// A reading whose text is missing or wrong is not stored: it could only be scored wrongly.
///
/// # Errors
/// [`Reason::NoText`], [`Reason::GarbledText`].
pub fn refuse_poor(reading: Reading) -> Result<Reading, Refusal> {
    let Pages { quality, diagnostics, .. } = &reading.content;
    match quality.verdict {
        Verdict::Readable => Ok(reading),
        Verdict::NoText => {
            let mut detail = format!(
                "{} visible characters on {} pages, {} of them images",
                quality.n_characters, quality.n_pages, quality.n_pages_of_image
            );
            // Why there is so little, where that is known.
            if let Some(diagnostic) = diagnostics.first() {
                detail = format!("{detail}; {}", diagnostic.message);
            }
            Err(Refusal { reason: Reason::NoText, detail })
        }
        Verdict::Garbled => {
            let detail = format!(
                "of {} characters {} have no mapping, {} are private, {} unlikely",
                quality.n_characters, quality.n_unmapped, quality.n_private, quality.n_unlikely
            );
            Err(Refusal { reason: Reason::GarbledText, detail })
        }
    }
}
