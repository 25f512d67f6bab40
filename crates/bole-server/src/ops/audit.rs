use axum::Json;
use axum::extract::State as Shared;
use bole_core::{AuditAction, DocumentId};
use bole_engine::{AuditEntry, AuditFilter, AuditVerdict};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::State;
use crate::access::AsAdmin;
use crate::audited::{Audited, audit};
use crate::cursor::{self, Part};
use crate::problem::Problem;
use crate::request::RequestId;
use crate::take::Params;

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only those about this resume: who looked at somebody.
    resume: Option<DocumentId>,
    /// Only those of whoever has this name, or of the key of this id.
    actor: Option<String>,
    /// Only those of this action.
    action: Option<AuditAction>,
    /// How many at most.
    #[serde(default = "cursor::default_limit")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: u32,
    /// Where to go on: the `next` of the part before.
    #[param(pattern = "^([0-9A-Fa-f]{2})+$")]
    cursor: Option<String>,
}

/// A part of the audit log, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditPart {
    entries: Vec<AuditEntry>,
    /// The cursor of the next part; absent at the end.
    next: Option<String>,
}

/// The audit log.
#[utoipa::path(
    get,
    path = "/v1/admin/audit",
    tag = "administration",
    params(Which),
    responses((status = 200, description = "A part of it.", body = AuditPart)),
    security(("key" = ["admin"])),
)]
pub(crate) async fn list(
    AsAdmin { caller }: AsAdmin,
    request: RequestId,
    Shared(state): Shared<State>,
    Params(Which { resume, actor, action, limit, cursor }): Params<Which>,
) -> Result<Json<AuditPart>, Problem> {
    let part = Part { limit, cursor };
    let (limit, before) = (part.limit()?, part.after::<u64>()?);
    audit(&state, Audited::new(&caller, request, AuditAction::Audit).of(resume)).await?;
    let filter = AuditFilter { resume, actor, action };
    let page = bole_engine::audit_page(&state.server.engine, &filter, before, limit).await?;
    let next = page.before.and_then(|before| cursor::write(&before));
    Ok(Json(AuditPart { entries: page.entries, next }))
}

/// Whether the chain of the audit log holds.
#[utoipa::path(
    get,
    path = "/v1/admin/audit/verify",
    tag = "administration",
    responses((status = 200, description = "The head of the chain, to be noted elsewhere, and the first break.", body = AuditVerdict)),
    security(("key" = ["admin"])),
)]
pub(crate) async fn verify(
    _caller: AsAdmin,
    Shared(state): Shared<State>,
) -> Result<Json<AuditVerdict>, Problem> {
    Ok(Json(bole_engine::verify_audit(&state.server.engine, None).await?))
}
