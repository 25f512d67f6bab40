use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use bole_core::{AuditAction, LedgerLine, Portal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::State;
use crate::access::AsOps;
use crate::audited::{Audited, audit};
use crate::problem::{Code, Problem};
use crate::request::RequestId;
use crate::take::{self, At};

/// A portal and how it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PortalStatus {
    portal: Portal,
    /// Nothing is taken from its queue for now; what it sends waits.
    is_paused: bool,
    added_at: Timestamp,
    /// Messages of it that no worker holds.
    n_waiting: u64,
    ledger: LedgerLine,
}

/// All portals.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Portals {
    portals: Vec<PortalStatus>,
}

/// How a portal should be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PortalWanted {
    /// Whether nothing is taken from its queue.
    #[serde(default)]
    is_paused: bool,
}

/// All portals, ordered by name.
#[utoipa::path(
    get,
    path = "/v1/ops/portals",
    tag = "operations",
    responses((status = 200, description = "All of them.", body = Portals)),
    security(("key" = ["ops", "admin"])),
)]
pub(crate) async fn list(_caller: AsOps, Shared(state): Shared<State>) -> Result<Json<Portals>, Problem> {
    let portals = bole_engine::portals(&state.server.engine).await?;
    let status = |standing: bole_engine::PortalStanding| PortalStatus {
        portal: standing.row.portal,
        is_paused: standing.row.is_paused,
        added_at: standing.row.added_at,
        n_waiting: standing.n_waiting,
        ledger: standing.ledger,
    };
    Ok(Json(Portals { portals: portals.into_iter().map(status).collect() }))
}

/// Add a portal, or pause or resume one that is there.
#[utoipa::path(
    put,
    path = "/v1/ops/portals/{portal}",
    tag = "operations",
    params(("portal" = Portal, Path, description = "Its name.")),
    request_body = PortalWanted,
    responses((status = 204, description = "It is as wanted; workers follow within seconds.")),
    security(("key" = ["ops", "admin"])),
)]
pub(crate) async fn put(
    AsOps { caller }: AsOps,
    request: RequestId,
    Shared(state): Shared<State>,
    At(portal): At<String>,
    take::Json(PortalWanted { is_paused }): take::Json<PortalWanted>,
) -> Result<StatusCode, Problem> {
    let engine = &state.server.engine;
    let portal = name(&portal)?;
    audit(&state, Audited::new(&caller, request, AuditAction::Portal).about(&portal)).await?;
    let is_known = bole_engine::portals(engine).await?.iter().any(|standing| standing.row.portal == portal);
    if !is_known || !is_paused {
        bole_engine::add_portal(engine, &portal).await?;
    }
    if is_paused {
        bole_engine::pause_portal(engine, &portal).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a portal that nothing waits of; its submissions stay in the ledger.
#[utoipa::path(
    delete,
    path = "/v1/ops/portals/{portal}",
    tag = "operations",
    params(("portal" = Portal, Path, description = "Its name.")),
    responses((status = 204, description = "It is gone.")),
    security(("key" = ["ops", "admin"])),
)]
pub(crate) async fn remove(
    AsOps { caller }: AsOps,
    request: RequestId,
    Shared(state): Shared<State>,
    At(portal): At<String>,
) -> Result<StatusCode, Problem> {
    let portal = name(&portal)?;
    audit(&state, Audited::new(&caller, request, AuditAction::Portal).about(&portal)).await?;
    bole_engine::remove_portal(&state.server.engine, &portal).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn name(portal: &str) -> Result<Portal, Problem> {
    portal.parse().map_err(|error| Problem::with_detail(Code::Unprocessable, error))
}
