use axum::extract::State as Shared;
use bole_core::{DocumentId, MessageId, Reason, State as SubmissionState, SubmissionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::State;
use crate::access::AsPortal;
use crate::portals::submissions::is_taken_in;
use crate::problem::{Code, Problem};
use crate::take;

/// The ids that a portal believes to have sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Believed {
    /// Its ids, at most 10,000 at once.
    #[schema(max_items = 10_000)]
    ids: Vec<String>,
}

/// What is known of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reconciled {
    /// Those that were received, in the order of the question.
    known: Vec<KnownSubmission>,
    /// Those that never were: send them again, with the same ids.
    unknown: Vec<String>,
}

/// A submission that was received.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KnownSubmission {
    id: MessageId,
    /// The SHA-256 of its bytes.
    sha256: DocumentId,
    state: SubmissionState,
    reason: Reason,
}

/// More at once than this is asked in parts.
const MAX_IDS: usize = 10_000;

/// Which of these were received?
///
/// The only honest answer about messages that never reached Bole.
#[utoipa::path(
    post,
    path = "/v1/portals/me/reconcile",
    tag = "submissions",
    request_body = Believed,
    responses((status = 200, description = "What is known of them.", body = Reconciled)),
    security(("key" = ["portal"])),
)]
pub(crate) async fn reconcile(
    AsPortal { portal }: AsPortal,
    Shared(state): Shared<State>,
    take::Json(Believed { ids }): take::Json<Believed>,
) -> Result<axum::Json<Reconciled>, Problem> {
    if ids.len() > MAX_IDS {
        let detail = format!("{} ids are more than {MAX_IDS}: ask in parts", ids.len());
        return Err(Problem::with_detail(Code::Unprocessable, detail));
    }
    // What cannot be an id was never received.
    let asked: Vec<_> = ids.iter().map(|id| id.parse::<MessageId>().ok()).collect();
    let submissions: Vec<_> = asked
        .iter()
        .flatten()
        .map(|message_id| SubmissionId { portal: portal.clone(), message_id: message_id.clone() })
        .collect();
    let mut found = bole_engine::submissions(&state.server.engine, &submissions).await?.into_iter();
    let mut reconciled = Reconciled { known: Vec::new(), unknown: Vec::new() };
    for (id, parsed) in ids.into_iter().zip(asked) {
        let record = parsed.and_then(|_| found.next().flatten());
        match record.filter(|record| is_taken_in(record.state)) {
            Some(record) => reconciled.known.push(KnownSubmission {
                id: record.submission.message_id,
                sha256: record.document,
                state: record.state,
                reason: record.reason,
            }),
            None => reconciled.unknown.push(id),
        }
    }
    Ok(axum::Json(reconciled))
}
