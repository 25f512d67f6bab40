//! What was set aside: why, what to do about it, and doing it.

mod list;
mod look;
mod outcome;

use axum::Router;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use bole_core::{Portal, Reason, SubmissionId};
use bole_engine::{QuarantineFilter, quarantined_ids};

use self::outcome::{Did, Outcome};
use super::form::{Fields, Posted};
use super::session::encoded;
use crate::State;
use crate::access::AsOps;
use crate::ops::quarantine::{MAX_SELECTED, file, give_up, send_round};
use crate::problem::{Code, Problem};
use crate::request::RequestId;

pub(super) fn routes() -> Router<State> {
    // An id may be anything, `..` too, which no path can hold: it goes into the query.
    Router::new()
        .route("/quarantine", get(list::page))
        .route("/quarantine/do", post(act))
        .route("/quarantine/submission", get(look::page))
        .route("/quarantine/original", get(original))
}

async fn original(
    AsOps { caller }: AsOps,
    request: RequestId,
    Shared(state): Shared<State>,
    fields: Fields,
) -> Result<Response, Problem> {
    file(&state, &caller, request, fields.need("portal")?, fields.need("id")?).await
}

/// Sends round again or gives up: those that were chosen, or all that the filter lets through.
async fn act(
    AsOps { caller }: AsOps,
    request: RequestId,
    Shared(state): Shared<State>,
    Posted(fields): Posted,
) -> Result<Response, Problem> {
    let did: Did = fields.need("do")?.parse()?;
    let wanted = Wanted::read(&fields)?;
    let (chosen, more) = if fields.get("all").is_some() {
        let mut ids = quarantined_ids(&state.server.engine, &wanted.filter(), MAX_SELECTED + 1).await?;
        let more = ids.len() > MAX_SELECTED;
        ids.truncate(MAX_SELECTED);
        (ids, more)
    } else {
        (chosen(&fields)?, false)
    };
    // The rest of a selection that is not on the page any more, or a button pressed too early.
    let answers = match (&*chosen, did) {
        ([], _) => Vec::new(),
        (_, Did::Replayed) => send_round(&state, &caller, request, &chosen).await?,
        (_, Did::Discarded) => give_up(&state, &caller, request, &chosen).await?,
    };
    let outcome = Outcome::of(did, &answers, more);
    let back = match fields.get("back") {
        // From the page of one submission, to it.
        Some("submission") => chosen.first().map(address),
        _ => None,
    };
    let back = back.unwrap_or_else(|| wanted.address());
    let and = if back.contains('?') { '&' } else { '?' };
    Ok(Redirect::to(&format!("{back}{and}{}", outcome.query())).into_response())
}

fn chosen(fields: &Fields) -> Result<Vec<SubmissionId>, Problem> {
    let parse = |text: &str| {
        let (portal, id) = text.split_once('/')?;
        Some(SubmissionId { portal: portal.parse().ok()?, message_id: id.parse().ok()? })
    };
    let none = || Problem::with_detail(Code::BadRequest, "`submission` is `PORTAL/ID`");
    let chosen: Vec<_> =
        fields.all("submission").map(|text| parse(text).ok_or_else(none)).collect::<Result<_, _>>()?;
    if chosen.len() > MAX_SELECTED {
        return Err(Problem::with_detail(
            Code::Unprocessable,
            format!("the limit is {MAX_SELECTED} at once"),
        ));
    }
    Ok(chosen)
}

/// Where a submission is looked at.
fn address(id: &SubmissionId) -> String {
    format!("/quarantine/submission?{}", query(id))
}

fn query(id: &SubmissionId) -> String {
    format!("portal={}&id={}", encoded(id.portal.as_str()), encoded(id.message_id.as_str()))
}

/// Which of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Wanted {
    portal: Option<Portal>,
    reason: Option<Reason>,
}

impl Wanted {
    fn read(fields: &Fields) -> Result<Self, Problem> {
        let none = |name: &str| Problem::with_detail(Code::BadRequest, format!("there is no such `{name}`"));
        let portal = fields.get("portal").map(|portal| portal.parse().map_err(|_| none("portal")));
        let reason = fields.get("reason").map(|reason| reason.parse().map_err(|_| none("reason")));
        Ok(Self { portal: portal.transpose()?, reason: reason.transpose()? })
    }

    fn filter(&self) -> QuarantineFilter {
        QuarantineFilter { portal: self.portal.clone(), reason: self.reason }
    }

    fn query(&self) -> String {
        let portal = self.portal.as_ref().map(|portal| format!("portal={}", encoded(portal.as_str())));
        let reason = self.reason.map(|reason| format!("reason={}", reason.code()));
        portal.into_iter().chain(reason).collect::<Vec<_>>().join("&")
    }

    fn address(&self) -> String {
        match self.query() {
            query if query.is_empty() => "/quarantine".to_owned(),
            query => format!("/quarantine?{query}"),
        }
    }
}
