use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use bole_core::{AuditAction, FieldId, KeyId, KeyRecord, Portal, Role};
use bole_engine::NewKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::State;
use crate::access::AsAdmin;
use crate::audited::{Audited, audit};
use crate::problem::{Code, NO_SUCH_KEY, Problem};
use crate::request::RequestId;
use crate::take::{self, At};

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyWanted {
    /// Who gets it, for people: 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it allows.
    role: RoleName,
    /// Of the role `portal`: whose submissions.
    portal: Option<Portal>,
    /// Of the role `recruiter`: the fields of the unit; absent for all.
    fields: Option<BTreeSet<FieldId>>,
    /// From when on it is refused; absent for never.
    expires_at: Option<Timestamp>,
}

/// What a key allows.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RoleName {
    Portal,
    Recruiter,
    Ops,
    Admin,
}

/// A key that was just made.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyMade {
    /// What is kept of it.
    record: KeyRecord,
    /// The key itself. It is told once.
    key: String,
}

/// All keys.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Keys {
    keys: Vec<KeyRecord>,
}

/// All keys that were ever made, without their secrets.
#[utoipa::path(
    get,
    path = "/v1/admin/keys",
    tag = "administration",
    responses((status = 200, description = "All of them, the oldest first.", body = Keys)),
    security(("key" = ["admin"])),
)]
pub(crate) async fn list(_caller: AsAdmin, Shared(state): Shared<State>) -> Result<Json<Keys>, Problem> {
    Ok(Json(Keys { keys: bole_engine::keys(&state.server.engine).await? }))
}

/// Make a key. It is told once, and kept as a hash.
#[utoipa::path(
    post,
    path = "/v1/admin/keys",
    tag = "administration",
    request_body = KeyWanted,
    responses((status = 201, description = "The key.", body = KeyMade)),
    security(("key" = ["admin"])),
)]
pub(crate) async fn create(
    AsAdmin { caller }: AsAdmin,
    request: RequestId,
    Shared(state): Shared<State>,
    take::Json(wanted): take::Json<KeyWanted>,
) -> Result<(StatusCode, Json<KeyMade>), Problem> {
    let name = wanted.name.clone();
    let wanted = NewKey {
        name: wanted.name,
        role: wanted.role.with(wanted.portal, wanted.fields)?,
        expires_at: wanted.expires_at,
    };
    let (record, secret) = bole_engine::create_key(&state.server.engine, wanted).await?;
    audit(&state, Audited::new(&caller, request, AuditAction::Key).about(record.id).saying(name)).await?;
    Ok((StatusCode::CREATED, Json(KeyMade { record, key: secret.reveal().to_string() })))
}

/// Take a key back. It opens nothing from then on, everywhere within seconds.
#[utoipa::path(
    delete,
    path = "/v1/admin/keys/{key}",
    tag = "administration",
    params(("key" = KeyId, Path, description = "Its id.")),
    responses((status = 204, description = "It is taken back.")),
    security(("key" = ["admin"])),
)]
pub(crate) async fn revoke(
    AsAdmin { caller }: AsAdmin,
    request: RequestId,
    Shared(state): Shared<State>,
    At(id): At<String>,
) -> Result<StatusCode, Problem> {
    let id: KeyId = id.parse().map_err(|_| Problem::with_detail(Code::NotFound, NO_SUCH_KEY))?;
    audit(&state, Audited::new(&caller, request, AuditAction::Key).about(id)).await?;
    bole_engine::revoke_key(&state.server.engine, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl RoleName {
    fn with(self, portal: Option<Portal>, fields: Option<BTreeSet<FieldId>>) -> Result<Role, Problem> {
        match (self, portal, fields) {
            (Self::Portal, Some(portal), None) => Ok(Role::Portal { portal }),
            (Self::Recruiter, None, fields) => Ok(Role::Recruiter { fields }),
            (Self::Ops, None, None) => Ok(Role::Ops),
            (Self::Admin, None, None) => Ok(Role::Admin),
            _ => {
                let detail = "give `portal` for the role `portal` only, and `fields` for `recruiter` only";
                Err(Problem::with_detail(Code::Unprocessable, detail))
            }
        }
    }
}
