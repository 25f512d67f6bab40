//! Shortlists: all of them, one of them, and how people come onto them.

mod one;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use bole_core::{DocumentId, RunId, Shortlist};
use bole_engine::{Addition, places_in};
use jiff::Timestamp;
use maud::{Markup, html};
use uuid::Uuid;

use super::form::{Fields, Posted};
use super::frame::{Room, page, token};
use super::language::own_address;
use super::named::{profile_name, profile_options};
use super::session::View;
use super::words;
use crate::State;
use crate::access::AsRecruiter;
use crate::cursor;
use crate::problem::{Code, Problem};
use crate::recruiters::{exports, shortlists};
use crate::request::RequestId;
use crate::take::At;

/// So many lists a page.
const PAGE: u32 = 100;
/// A form names a list by its id, or a new one so.
const NEW: &str = "new:";

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/shortlists", get(all).post(make))
        .route("/shortlists/add", post(add))
        .route("/shortlists/{shortlist}", get(one::show))
        .route("/shortlists/{shortlist}/rename", post(rename))
        .route("/shortlists/{shortlist}/delete", post(delete))
        .route("/shortlists/{shortlist}/off", post(take_off))
        .route("/shortlists/{shortlist}/export", get(exports::of_shortlist))
}

async fn all(
    caller: AsRecruiter,
    view: View,
    Shared(state): Shared<State>,
    fields: Fields,
) -> Result<Response, Problem> {
    let after = fields.get("cursor").map(cursor::read::<(Timestamp, Uuid)>).transpose()?;
    let engine = &state.server.engine;
    let (lists, next) = bole_engine::shortlists(engine, &caller.scope, after, PAGE).await?;
    let next = next.and_then(|next| cursor::write(&next));
    let title = view.say("Shortlists", "候选名单");
    let body = html! {
        div.title { h1 { (title) } }
        div.split {
            (making(&view, &state, &caller))
            div {
                @if lists.is_empty() && after.is_none() {
                    div.card.empty {
                        h2 { (view.say("No shortlist yet", "还没有候选名单")) }
                        p { (view.say(
                            "Make one here, or choose people in a ranking and put them on one.",
                            "可在此新建，或在匹配结果中勾选候选人后加入名单。",
                        )) }
                        a.button href="/matches" { (view.say("To the matches", "前往匹配")) }
                    }
                } @else { (table(&view, &state, &lists)) }
                @if after.is_some() || next.is_some() {
                    nav.pages aria-label=(view.say("Pages", "分页")) {
                        @if after.is_some() { a.button href="/shortlists" { (view.say("From the start", "回到开头")) } }
                        @if let Some(next) = next { a.button href={ "/shortlists?cursor=" (next) } rel="next" { (view.say("Next", "下一页")) } }
                    }
                }
            }
        }
    };
    Ok(page(&view, Room::Shortlists, title, &body))
}

fn making(view: &View, state: &State, caller: &AsRecruiter) -> Markup {
    html! {
        form.card.stack method="post" action="/shortlists" {
            h2 { (view.say("New shortlist", "新建名单")) }
            (token(view))
            div {
                label for="name" { (view.say("Name", "名称")) }
                input #name type="text" name="name" required maxlength="200" autocomplete="off";
            }
            div {
                label for="profile" { (view.say("For the profile", "对应画像")) }
                select #profile name="profile" { (profile_options(view, state, caller)) }
            }
            div { button.main type="submit" { (view.say("Make it", "新建")) } }
        }
    }
}

fn table(view: &View, state: &State, lists: &[Shortlist]) -> Markup {
    html! {
        div.card.flush {
            div.scroll tabindex="0" role="region" aria-label=(view.say("Shortlists", "候选名单")) {
                table {
                    thead { tr {
                        th scope="col" { (view.say("Name", "名称")) }
                        th scope="col" { (view.say("Profile", "画像")) }
                        th.number scope="col" { (view.say("People", "人数")) }
                        th scope="col" { (view.say("Made by", "创建人")) }
                        th scope="col" { (view.say("Made at", "创建时间")) }
                    } }
                    tbody { @for list in lists {
                        tr data-row {
                            th scope="row" { a.wrap href={ "/shortlists/" (list.id) } { bdi { (list.name) } } }
                            td { (profile_name(view, state, &list.profile)) }
                            td.number { (words::count(list.n_entries)) }
                            td { bdi.wrap { (list.by) } }
                            td.number.left { (words::moment(list.created_at)) }
                        }
                    } }
                }
            }
        }
    }
}

async fn make(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    Posted(fields): Posted,
) -> Result<Response, Problem> {
    let (name, profile) = (fields.need("name")?, fields.need("profile")?);
    let made = shortlists::made(&state, &caller, request, name, profile).await?;
    Ok(to(made.id))
}

/// Puts the people of `resume` on the list `shortlist`, with their places and points in `run`; `new:NAME` makes one first.
async fn add(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    Posted(fields): Posted,
) -> Result<Response, Problem> {
    let people = additions(&state, &caller, &fields).await?;
    let list = fields.need("shortlist")?;
    let id = match list.strip_prefix(NEW) {
        Some(name) => shortlists::made(&state, &caller, request, name, fields.need("profile")?).await?.id,
        None => list.parse().map_err(|_| Problem::new(Code::NotFound))?,
    };
    shortlists::put_there(&state, &caller, request, id, &people).await?;
    Ok(fields
        .get("back")
        .map_or_else(|| to(id), |back| Redirect::to(&own_address(Some(back))).into_response()))
}

/// Whom a form names. Nobody is put anywhere, and no list is made, before all of them are known to be there.
async fn additions(state: &State, caller: &AsRecruiter, fields: &Fields) -> Result<Vec<Addition>, Problem> {
    let named: Vec<&str> = fields.all("resume").collect();
    if named.is_empty() {
        let detail = "nobody is chosen: go back, tick people, and put them on the list";
        return Err(Problem::with_detail(Code::BadRequest, detail));
    }
    shortlists::few_enough(named.len())?;
    let (engine, scope) = (&state.server.engine, &caller.scope);
    let mut resumes = Vec::with_capacity(named.len());
    for name in named {
        resumes.push(bole_engine::resolve(engine, name, scope).await?);
    }
    let run = fields.get("run").map(|run| run.parse::<RunId>().map_err(|_| Problem::new(Code::NotFound)));
    let run = run.transpose()?;
    let places = match run {
        Some(run) => places_in(engine, &run.to_string(), &resumes, scope).await?,
        None => BTreeMap::new(),
    };
    let addition = |resume: &DocumentId| {
        let (place, score) = places.get(resume).copied().unzip();
        Addition { resume: resume.to_string(), run, place, score }
    };
    Ok(resumes.iter().map(addition).collect())
}

async fn rename(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At(id): At<Uuid>,
    Posted(fields): Posted,
) -> Result<Response, Problem> {
    shortlists::renamed(&state, &caller, request, id, fields.need("name")?).await?;
    Ok(to(id))
}

async fn delete(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At(id): At<Uuid>,
    _: Posted,
) -> Result<Response, Problem> {
    shortlists::deleted(&state, &caller, request, id).await?;
    Ok(Redirect::to("/shortlists").into_response())
}

/// Who is not on it any more is off it: no matter who was quicker.
async fn take_off(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At(id): At<Uuid>,
    Posted(fields): Posted,
) -> Result<Response, Problem> {
    shortlists::taken_off(&state, &caller, request, id, fields.need("resume")?).await?;
    let back = fields.get("back").map(|back| own_address(Some(back)));
    Ok(back.map_or_else(|| to(id), |back| Redirect::to(&back).into_response()))
}

fn to(id: Uuid) -> Response {
    Redirect::to(&format!("/shortlists/{id}")).into_response()
}
