//! Profiles: what each asks for, how it came to be so, and how one is written.

mod changes;
mod check;
mod draft;
mod one;
mod outline;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use bole_engine::{MatchQuery, Outline, Page};
use maud::{Markup, html};

use super::form::Posted;
use super::frame::{Room, page};
use super::named::field_name;
use super::session::{View, encoded};
use super::words;
use crate::State;
use crate::access::AsRecruiter;
use crate::problem::Problem;
use crate::recruiters::wanted::{ProfileFile, ProfileWanted, Wanted};
use crate::recruiters::{matches, profiles};
use crate::request::RequestId;

/// A ranking that the console makes is of so many.
const TOP: usize = 1000;

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/profiles", get(all))
        .route("/profiles/check", get(check::form).post(check::answer))
        .route("/profiles/draft", get(draft::form).post(draft::answer))
        .route("/profiles/rank", post(rank))
        .route("/profiles/{profile}", get(one::show))
}

async fn all(caller: AsRecruiter, view: View, Shared(state): Shared<State>) -> Response {
    let seen = profiles::seen(&state, &caller);
    let title = view.say("Profiles", "画像");
    let body = html! {
        div.title {
            h1 { (title) }
            p.soft { (view.say("What people are ranked by: weighted groups of concepts, and must-haves.", "匹配的依据：带权重的概念组与硬性条件。")) }
            div.row.end {
                a.button href="/profiles/draft" { (view.say("Draft one from a job description", "由职位描述起草")) }
                a.button href="/profiles/check" { (view.say("Check one", "检查画像文件")) }
            }
        }
        @if seen.is_empty() {
            div.card.empty {
                h2 { (view.say("There is no profile that you see", "没有您可见的画像")) }
                p { (view.say("Your key is for fields that have no profile. Ask your administrator.", "您的密钥所属领域没有画像，请联系管理员。")) }
            }
        }
        div.cards { @for outline in &seen { (card(&view, &state, outline)) } }
    };
    page(&view, Room::Profiles, title, &body)
}

fn card(view: &View, state: &State, outline: &Outline) -> Markup {
    let address = format!("/profiles/{}", encoded(&outline.id));
    html! {
        section.card data-row {
            div {
                h2 { a href=(address) { (view.say(&outline.name_en, &outline.name_zh)) } }
                span.soft.small {
                    (view.say("Field", "领域")) " " (field_name(view, state, &outline.field.0)) " · "
                    span.code title=(outline.hash) { (outline::short(&outline.hash)) }
                }
            }
            (outline::bar(outline))
            ul.weights { @for (group, number) in outline.groups.iter().zip(0..) {
                li {
                    span class={ "dot " (super::bars::class(number)) } {}
                    span.wrap { (view.say(&group.name_en, &group.name_zh)) }
                    span.number { (words::points(group.weight)) }
                }
            } }
            @if !outline.gates.is_empty() {
                ul.gates aria-label=(view.say("Must-haves", "硬性条件")) { @for gate in &outline.gates {
                    li { span.chip { (view.say("Must", "必须")) } " " (outline::asked_briefly(view, state, &gate.condition)) }
                } }
            }
            div.row.end {
                a.button.main href={ "/matches?profile=" (encoded(&outline.id)) } { (view.say("Rank by it", "按此匹配")) }
                a.button href=(address) { (view.say("All it asks for", "查看全部")) }
            }
        }
    }
}

/// Ranks everybody by the text of a profile, once, and shows that run.
async fn rank(
    caller: AsRecruiter,
    request: RequestId,
    view: View,
    Shared(state): Shared<State>,
    Posted(fields): Posted,
) -> Result<Response, Problem> {
    let toml = check::text_of(&fields, "toml");
    if let Err(mistakes) = state.server.engine.knowledge().parse_profile(check::NAME, &toml) {
        return Ok(check::told(&view, &state, &caller, &toml, Some(&Err(mistakes))));
    }
    let profile = ProfileWanted::File(ProfileFile { toml });
    let wanted = Wanted { profile, weights: BTreeMap::new(), gates: Vec::new() };
    let (profile, overrides, _) = wanted.choose(&state, &caller)?;
    // Nobody is shown here: the page that comes next does that.
    let page = Page { offset: 0, limit: 0 };
    let (scope, filters) = (caller.scope.clone(), Vec::new());
    let query = MatchQuery { profile, overrides, scope, filters, top: TOP, page, lists: false };
    let report = bole_engine::run_match(&state.server.engine, &query).await?;
    matches::note(&state, &caller, request, &report, Some(String::new())).await?;
    Ok(Redirect::to(&format!("/matches?run={}", report.run)).into_response())
}
