//! What recruiters ask.

pub(crate) mod candidates;
pub(crate) mod compare;
pub(crate) mod exports;
pub(crate) mod matches;
pub(crate) mod profiles;
pub(crate) mod search;
pub(crate) mod shortlists;
pub(crate) mod wanted;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::State;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(profiles::list))
        .routes(routes!(profiles::show))
        .routes(routes!(profiles::versions))
        .routes(routes!(profiles::check))
        .routes(routes!(profiles::draft))
        .routes(routes!(matches::run))
        .routes(routes!(matches::page))
        .routes(routes!(matches::unreadable))
        .routes(routes!(matches::older_versions))
        .routes(routes!(exports::of_match))
        .routes(routes!(candidates::show))
        .routes(routes!(candidates::evidence))
        .routes(routes!(candidates::original))
        .routes(routes!(candidates::decide))
        .routes(routes!(candidates::write_note))
        .routes(routes!(candidates::delete_note))
        .routes(routes!(search::search))
        .routes(routes!(compare::compare))
        .routes(routes!(shortlists::list, shortlists::make))
        .routes(routes!(shortlists::show, shortlists::rename, shortlists::delete))
        .routes(routes!(shortlists::put))
        .routes(routes!(shortlists::take_off))
        .routes(routes!(exports::of_shortlist))
}
