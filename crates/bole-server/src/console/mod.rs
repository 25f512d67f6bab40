//! The console: what recruiters and operators see in a browser. It is made on the server, answers by the same use cases as the
//! HTTP API, and works on what a browser brings; its script only spares waiting.

mod assets;
mod audit;
mod bars;
mod burst;
mod candidate;
mod cookie;
mod form;
mod frame;
mod language;
mod matches;
mod named;
mod paging;
mod profiles;
mod quarantine;
mod search;
mod session;
mod shortlists;
mod sign_in;
mod trouble;
mod wanted;
mod words;

use axum::extract::Request;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};

use crate::State;
use crate::problem::{Code, Problem};

/// The pages, for who has a session, and how to get one.
pub(crate) fn routes(state: &State) -> Router<State> {
    let inside = Router::new()
        .route("/sign-out", post(sign_in::leave))
        .route("/blind", post(sign_in::blind))
        .merge(matches::routes())
        .merge(candidate::routes())
        .merge(profiles::routes())
        .merge(search::routes())
        .merge(shortlists::routes())
        .merge(burst::routes())
        .merge(quarantine::routes())
        .merge(audit::routes())
        .route_layer(middleware::from_fn(trouble::as_page))
        .route_layer(middleware::from_fn_with_state(state.clone(), session::admit));
    let open = Router::new()
        .route("/", get(sign_in::home))
        .route("/sign-in", get(sign_in::page).post(sign_in::enter))
        .route("/language", get(language::choose))
        .route("/assets/{hash}/{name}", get(assets::serve))
        .route_layer(middleware::from_fn(trouble::as_page));
    open.merge(inside)
}

/// The answer to an address that nothing has: a page for browsers, a problem for programs.
pub(crate) async fn nothing_here(request: Request) -> Response {
    let problem = Problem::new(Code::NoSuchPage);
    let accepts = request.headers().get(header::ACCEPT).and_then(|accepts| accepts.to_str().ok());
    if accepts.is_some_and(|accepts| accepts.contains("text/html")) {
        return trouble::page(&session::View::of(&request), &problem);
    }
    problem.into_response()
}
