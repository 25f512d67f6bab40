//! One resume: its pages, and beside them where every point comes from, what was understood and what was noted.

mod acts;
mod evidence;
mod files;
mod head;
mod noted;
mod origin;
mod places;
mod quoted;
mod resume;
mod sheets;
mod unread;

use axum::Router;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::{get, post};
use bole_core::{AsOf, AuditAction, DocumentId, Shortlist};
use bole_engine::{Candidate, EngineError, Explained, Noted, PossiblySame};
use maud::{Markup, html};

use super::form::Fields;
use super::frame::{self, Room};
use super::session::{View, encoded};
use super::wanted::Wanted;
use super::words;
use crate::State;
use crate::access::AsRecruiter;
use crate::audited::{Audited, audit};
use crate::problem::Problem;
use crate::request::RequestId;
use crate::take::At;
use places::Places;

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/candidates/{resume}", get(show))
        .route("/candidates/{resume}/decide", post(acts::decide))
        .route("/candidates/{resume}/notes", post(acts::write_note))
        .route("/candidates/{resume}/notes/delete", post(acts::delete_note))
        .route("/candidates/{resume}/pages/{page}", get(files::page))
        .route("/candidates/{resume}/original", get(files::original))
        .route("/candidates/{resume}/json-resume", get(files::json_resume))
}

/// All that the page shows.
struct Seen {
    wanted: Wanted,
    /// The ranking that the visitor came from.
    run: Option<String>,
    /// The pages as text, where there could be pictures.
    as_text: bool,
    candidate: Candidate,
    explained: Explained,
    places: Places,
    /// The dates of the other versions.
    dates: Vec<Option<AsOf>>,
    noted: Noted,
    alike: PossiblySame,
    shortlists: Vec<Shortlist>,
}

/// Lists to choose from; more than these are found on their own page.
const MAX_SHORTLISTS: u32 = 200;

async fn show(
    caller: AsRecruiter,
    view: View,
    request: RequestId,
    Shared(state): Shared<State>,
    fields: Fields,
    At(resume): At<String>,
) -> Result<Response, Problem> {
    let engine = &state.server.engine;
    let wanted = Wanted::read(&state, &caller, &fields)?;
    let profile = wanted.choice(&state, &caller)?;
    let scope = &caller.scope;
    let found = tokio::try_join!(
        bole_engine::candidate(engine, &resume, scope),
        bole_engine::explain(engine, &resume, &profile, &wanted.overrides, scope),
    );
    let (candidate, explained) = match found {
        Err(EngineError::NotRead { state, reason, .. }) => {
            let resume = bole_engine::resolve(engine, &resume, scope).await?;
            return Ok(unread::page(&view, resume, state, reason));
        }
        found => found?,
    };
    audit(&state, Audited::new(&caller.caller, request, AuditAction::Candidate).of([candidate.resume]))
        .await?;
    let entry = Audited::new(&caller.caller, request, AuditAction::Evidence).of([explained.resume]);
    audit(&state, entry.about(&explained.profile)).await?;
    let all: Vec<_> = candidate.versions().collect();
    let id = candidate.resume.to_string();
    let (noted, dates, alike, (shortlists, _)) = tokio::try_join!(
        bole_engine::noted(engine, &all, scope),
        bole_engine::dates_of(engine, &candidate.other_versions, scope),
        bole_engine::possibly_same(engine, &id, scope),
        bole_engine::shortlists(engine, scope, None, MAX_SHORTLISTS),
    )?;
    let places = Places::of(&view, &explained);
    let run = fields.get("run").map(str::to_owned);
    let as_text = view.is_blind() || fields.get("pages") == Some("text");
    let seen = Seen { wanted, run, as_text, candidate, explained, places, dates, noted, alike, shortlists };
    Ok(frame::page(&view, Room::Matches, &seen.title(&view), &seen.page(&view, &state, &caller)))
}

impl Seen {
    fn title(&self, view: &View) -> String {
        let resume = words::short(self.candidate.resume);
        let name = self.name().map(|name| name.chars().take(80).collect());
        name.unwrap_or_else(|| format!("{} {resume}", view.say("Candidate", "候选人")))
    }

    fn name(&self) -> Option<&str> {
        self.explained.name.as_deref().filter(|name| !name.trim().is_empty())
    }

    /// This page by another resume, or with something more of an address.
    fn address(&self, resume: DocumentId, more: &str) -> String {
        let run = self.run.as_deref().map(|run| format!("&run={}", encoded(run))).unwrap_or_default();
        format!("/candidates/{resume}?{}{run}{more}", self.wanted.query())
    }

    /// This resume and another, side by side.
    fn beside(&self, other: DocumentId) -> String {
        format!("/compare?resume={}&resume={other}&{}", self.candidate.resume, self.wanted.query())
    }

    fn page(&self, view: &View, state: &State, caller: &AsRecruiter) -> Markup {
        let knowledge = state.server.engine.knowledge();
        html! {
            div #trouble {}
            (self.way_back(view))
            div.candidate {
                div.told {
                    (head::head(self, view, knowledge, caller))
                    (evidence::evidence(self, view, knowledge))
                }
                (sheets::sheets(self, view))
                div.more {
                    (noted::noted(self, view))
                    (resume::resume(self, view))
                    (origin::origin(self, view))
                }
            }
        }
    }

    fn way_back(&self, view: &View) -> Markup {
        let query = self.wanted.query();
        let to = match &self.run {
            Some(run) => format!("/matches?{query}&run={}", encoded(run)),
            None => format!("/matches?{query}"),
        };
        html! { nav.way-back aria-label=(view.say("Way back", "返回")) { a href=(to) { "← " (view.say("Back to the ranking", "返回排名")) } } }
    }
}
