//! The ranking, and a few of its people side by side.

mod asked;
mod census;
mod compare;
mod mistake;
mod person;
mod ranking;
mod sift;
mod unreadable;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use bole_core::{Choice, DocumentId, Shortlist};
use bole_engine::{MatchReport, RankingProfile, Scope};
use maud::{Markup, html};

use self::asked::Asked;
use self::mistake::Mistake;
use self::ranking::Ranking;
use super::form::Fields;
use super::frame::{self, Room};
use super::session::View;
use crate::State;
use crate::access::AsRecruiter;
use crate::problem::{Code, Problem};
use crate::recruiters::exports::{self, Format};
use crate::recruiters::matches::note;
use crate::request::RequestId;

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/matches", get(page))
        .route("/matches/export", get(export))
        .route("/matches/unreadable", get(unreadable::page))
        .route("/compare", get(compare::page).post(compare::choose))
}

/// The most shortlists that one can be chosen of.
const MOST_LISTS: u32 = 200;

/// What a ranking is shown by: the profile as it is in the configuration, and who asks.
struct Desk<'a> {
    state: &'a State,
    caller: &'a AsRecruiter,
    view: &'a View,
    asked: &'a Asked,
    /// None if there is no such profile here.
    profile: Option<&'a RankingProfile>,
    /// Whether the page comes because another profile was chosen in it: the choice keeps the focus.
    is_chosen: bool,
}

async fn page(
    caller: AsRecruiter,
    request: RequestId,
    view: View,
    Shared(state): Shared<State>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let knowledge = state.server.engine.knowledge();
    let (mut asked, mistake) = match Asked::read(&state, &caller, &fields) {
        Ok(asked) => (asked, None),
        Err(problem) => (Asked::anew(&state, &caller, &fields)?, Some(Mistake::of_address(&view, &problem))),
    };
    let found = match mistake {
        Some(mistake) => Err(mistake),
        None => match asked.report(&state, &caller).await {
            Ok((report, has_more)) => {
                let told = asked.run.is_none().then(|| asked.wanted.filters.join("\n"));
                note(&state, &caller, request, &report, told).await?;
                Ok((report, has_more))
            }
            Err(error) => Err(Mistake::of(&view, error)?),
        },
    };
    if let Ok((report, _)) = &found {
        asked.take_from(report, &caller, &fields, knowledge);
    }
    let profile = caller.scope.profile(knowledge, &asked.wanted.profile).ok();
    asked.wanted = match profile {
        Some(profile) => asked.wanted.trimmed(profile),
        None => asked.wanted,
    };
    let is_scripted = headers.contains_key("hx-request");
    let is_chosen = headers.get("hx-source").is_some_and(|source| source == "select#profile");
    let desk = Desk { state: &state, caller: &caller, view: &view, asked: &asked, profile, is_chosen };
    let address = asked.address(asked.run.as_deref(), asked.from);
    let answer = match found {
        // A form that was sent without a script: the address says only what was changed.
        Ok(_) if !is_scripted && fields.get(asked::OF).is_some() => Redirect::to(&address).into_response(),
        Ok((report, has_more)) => {
            let ranking = Ranking::of(&desk, report, has_more).await?.shown(&desk);
            if is_for_ranking(&headers) {
                frame::part(&ranking)
            } else {
                desk.whole(StatusCode::OK, &ranking)
            }
        }
        Err(mistake) if is_for_ranking(&headers) => return Ok(mistake.part()),
        Err(mistake) => desk.whole(StatusCode::UNPROCESSABLE_ENTITY, &mistake.in_place_of_ranking()),
    };
    Ok(if is_scripted { with_address(answer, &address) } else { answer })
}

/// Whether a script asks for the ranking alone.
fn is_for_ranking(headers: &HeaderMap) -> bool {
    headers.get("hx-target").is_some_and(|target| target.as_bytes().ends_with(b"#ranking"))
}

/// The address that the browser shows from now on.
fn with_address(mut answer: Response, address: &str) -> Response {
    if let Ok(address) = HeaderValue::try_from(address) {
        answer.headers_mut().insert(HeaderName::from_static("hx-replace-url"), address);
    }
    answer
}

impl Desk<'_> {
    fn whole(&self, status: StatusCode, ranking: &Markup) -> Response {
        let title = self.view.say("Matches", "匹配");
        let body = html! {
            div #matches.split {
                div.side {
                    div.title {
                        h1 { (title) }
                        a.to-list href="#ranking" { (self.view.say("To the list ↓", "查看名单 ↓")) }
                    }
                    (sift::form(self))
                }
                (ranking)
            }
        };
        frame::page_as(status, self.view, Room::Matches, title, &body)
    }

    /// A name in the language of the page.
    fn named<'n>(&self, zh: &'n str, en: &'n str) -> &'n str {
        self.view.say(en, zh)
    }

    /// What a group of the profile is called; an old run may have one that is gone.
    fn group_name<'n>(&'n self, id: &'n str) -> &'n str {
        let group = self.profile.and_then(|profile| profile.groups().iter().find(|group| group.id == id));
        group.map_or(id, |group| self.named(&group.name_zh, &group.name_en))
    }

    /// What a gate is called.
    fn gate_name<'n>(&'n self, id: &'n str) -> &'n str {
        let gate = self.profile.and_then(|profile| profile.gates().iter().find(|gate| gate.id == id));
        match (gate, id) {
            (Some(gate), _) => self.named(&gate.name_zh, &gate.name_en),
            (None, "min_degree") => self.view.say("the degree", "学历"),
            (None, "min_full_time_months" | "max_full_time_months") => {
                self.view.say("months of full-time work", "全职工作时长")
            }
            (None, "any_of") => self.view.say("one of some concepts", "具备其一"),
            (None, _) => id,
        }
    }

    /// The place of a group in the profile, which gives it its colour.
    fn group_place(&self, id: &str) -> usize {
        let groups = self.profile.map_or(&[][..], RankingProfile::groups);
        groups.iter().position(|group| group.id == id).unwrap_or(groups.len())
    }
}

/// The newest decision for a profile on each of these resumes, unless it is open again.
async fn decided(
    state: &State,
    profile: &str,
    resumes: &[DocumentId],
    scope: &Scope,
) -> Result<BTreeMap<DocumentId, Choice>, Problem> {
    let noted = bole_engine::noted(&state.server.engine, resumes, scope).await?;
    // The oldest come first.
    let decisions = noted.decisions.into_iter().filter(|decision| decision.profile == profile);
    let mut newest: BTreeMap<_, _> = decisions.map(|decision| (decision.resume, decision.choice)).collect();
    newest.retain(|_, choice| *choice != Choice::Open);
    Ok(newest)
}

/// The shortlists that people can be put on, those for the profile first.
async fn shortlists(
    state: &State,
    caller: &AsRecruiter,
    report: &MatchReport,
) -> Result<Vec<Shortlist>, Problem> {
    let engine = &state.server.engine;
    let (mut lists, _) = bole_engine::shortlists(engine, &caller.scope, None, MOST_LISTS).await?;
    lists.sort_by_key(|list| list.profile != report.profile);
    Ok(lists)
}

/// A ranking as a file.
async fn export(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    fields: Fields,
) -> Result<Response, Problem> {
    let code = fields.need("format")?;
    let format = Format::ALL.into_iter().find(|format| format.code() == code);
    let unknown = || Problem::with_detail(Code::BadRequest, "`format` is none of those that there are");
    let format = format.ok_or_else(unknown)?;
    exports::match_file(&state, &caller, request, fields.need("run")?, format).await
}
