//! What portals ask.

mod check;
mod reconcile;
mod submissions;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::State;

pub(crate) use submissions::{Step, SubmissionForm};

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(submissions::submit, submissions::list))
        .routes(routes!(submissions::show))
        .routes(routes!(check::check))
        .routes(routes!(reconcile::reconcile))
}
