//! A few people side by side.

use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bole_engine::{Beside, ComponentBeside, GateOutcome, SideBySide};
use maud::{Markup, html};

use super::mistake::Mistake;
use super::person::evidence;
use super::{Asked, Desk};
use crate::State;
use crate::access::AsRecruiter;
use crate::console::bars::{ALL_POINTS, Segment, bar, class};
use crate::console::form::{Fields, Posted};
use crate::console::frame::{self, Room};
use crate::console::session::{View, encoded};
use crate::console::wanted::Wanted;
use crate::console::words::{self, count, points};
use crate::problem::Problem;
use crate::recruiters::compare::note;
use crate::request::RequestId;

/// From the form of the list to the address of the comparison, which can be passed on.
pub(super) async fn choose(
    caller: AsRecruiter,
    Shared(state): Shared<State>,
    Posted(fields): Posted,
) -> Result<Response, Problem> {
    let wanted = Wanted::read(&state, &caller, &fields)?;
    let mut address = format!("/compare?{}", wanted.query());
    for resume in fields.all("resume") {
        address.push_str("&resume=");
        address.push_str(&encoded(resume));
    }
    if let Some(run) = fields.get("run") {
        address.push_str("&run=");
        address.push_str(&encoded(run));
    }
    Ok(Redirect::to(&address).into_response())
}

pub(super) async fn page(
    caller: AsRecruiter,
    request: RequestId,
    view: View,
    Shared(state): Shared<State>,
    fields: Fields,
) -> Result<Response, Problem> {
    let asked = Asked::read(&state, &caller, &fields)?;
    let choice = asked.wanted.choice(&state, &caller)?;
    let resumes: Vec<_> = fields.all("resume").map(str::to_owned).collect();
    let (engine, overrides) = (&state.server.engine, &asked.wanted.overrides);
    let found = bole_engine::compare(engine, &resumes, &choice, overrides, &caller.scope).await;
    let profile = caller.scope.profile(engine.knowledge(), &asked.wanted.profile).ok();
    let desk = Desk { state: &state, caller: &caller, view: &view, asked: &asked, profile, is_chosen: false };
    let title = view.say("Compare", "对比");
    let (status, shown) = match found {
        Ok(found) => {
            note(&state, &caller, request, &found).await?;
            (StatusCode::OK, side_by_side(&desk, &found))
        }
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, Mistake::of(&view, error)?.shown()),
    };
    let back = asked.address(asked.run.as_deref(), 0);
    let body = html! {
        div.title {
            h1 { (title) }
            @if let Some(profile) = profile { p.soft { (desk.named(profile.name_zh(), profile.name_en())) } }
            p { a href=(back) { (view.say("← Back to the ranking", "← 返回排名")) } }
        }
        (shown)
    };
    Ok(frame::page_as(status, &view, Room::Matches, title, &body))
}

/// One column a person, one row for each thing that they differ in.
fn side_by_side(desk: &Desk<'_>, found: &SideBySide) -> Markup {
    let view = desk.view;
    let people = &found.people;
    let most = people.iter().map(|person| person.total).max();
    let differ = people.iter().any(|person| Some(person.total) != most);
    let row = |name: Markup, cells: Vec<Markup>| {
        html! {
            tr { th scope="row" { (name) } @for (cell, person) in cells.into_iter().zip(people) { td { (whose(desk, person)) (cell) } } }
        }
    };
    let cells = |cell: &dyn Fn(&Beside) -> Markup| people.iter().map(cell).collect::<Vec<_>>();
    let unknown = || html! { span.soft { (view.say("not stated", "未说明")) } };
    html! {
        div.card.compared {
            table {
                thead { tr {
                    td {}
                    @for person in people { th scope="col" { (header(desk, person)) } }
                } }
                tbody {
                    (row(html! { (view.say("Points", "得分")) }, cells(&|person| html! {
                        p.total {
                            strong { (points(person.total)) } " "
                            @if most == Some(person.total) && differ { (ahead(desk)) }
                        }
                        (whole_bar(desk, found, person))
                    })))
                    (row(html! { (view.say("Place now", "当前名次")) }, cells(&|person| html! {
                        @if let Some(place) = person.place {
                            b { (count(place.place)) } span.soft { " / " (count(place.n_ranked)) }
                        } @else {
                            span.soft { (view.say("not ranked: a must-have fails, or the resume is an older one", "未排名：不满足必备条件，或为旧版简历")) }
                        }
                    })))
                    @for (place, component) in found.components.iter().enumerate() {
                        (row(
                            html! { span.dot.(class(place)) {} " " (desk.named(&component.name_zh, &component.name_en)) },
                            cells(&|person| part(desk, component, place, people.len(), person)),
                        ))
                    }
                    @for place in 0..people.first().map_or(0, |person| person.gates.len()) {
                        (row(
                            html! { @if let Some(gate) = people.first().and_then(|person| person.gates.get(place)) {
                                span.soft { (view.say("Must-have: ", "必备：")) } (desk.named(&gate.name_zh, &gate.name_en))
                            } },
                            cells(&|person| html! { @if let Some(gate) = person.gates.get(place) { (outcome(desk, gate.outcome)) } }),
                        ))
                    }
                    (row(html! { (view.say("Highest degree", "最高学历")) }, cells(&|person| {
                        person.degree.map_or_else(unknown, |degree| html! { (words::degree(view, degree)) })
                    })))
                    (row(html! { (view.say("Full-time work", "全职工作")) }, cells(&|person| {
                        person.full_time_months.map_or_else(unknown, |months| html! { (words::months(view, months)) })
                    })))
                    (row(html! { (view.say("Resume of", "简历日期")) }, cells(&|person| html! { (person.as_of) })))
                    (row(html! { (view.say("Shows most", "主要依据")) }, cells(&|person| html! {
                        ul.plain.evidence { @for reason in &person.reasons { (evidence(desk, reason)) } }
                    })))
                }
            }
        }
    }
}

fn header(desk: &Desk<'_>, person: &Beside) -> Markup {
    html! {
        (link(desk, person))
        @if let Some(level) = &person.level { " " span.chip.level { (desk.named(&level.name_zh, &level.name_en)) } }
    }
}

fn link(desk: &Desk<'_>, person: &Beside) -> Markup {
    let run = desk.asked.run.as_deref().map(|run| format!("&run={}", encoded(run))).unwrap_or_default();
    let link = format!("/candidates/{}?{}{run}", person.resume, desk.asked.wanted.query());
    html! { a href=(link) { (words::person(desk.view, person.name.as_deref(), person.resume)) } }
}

/// Of whom a cell is, where columns stand below each other.
fn whose(desk: &Desk<'_>, person: &Beside) -> Markup {
    html! { div.whose { (link(desk, person)) } }
}

fn ahead(desk: &Desk<'_>) -> Markup {
    html! { span.chip.good { (desk.view.say("ahead", "领先")) } }
}

fn whole_bar(desk: &Desk<'_>, found: &SideBySide, person: &Beside) -> Markup {
    let segments = found.components.iter().enumerate().map(|(place, component)| {
        let part = person.components.get(&component.id).copied().unwrap_or_default();
        let title = format!("{} {}", desk.named(&component.name_zh, &component.name_en), points(part));
        Segment { title, part: u64::from(part), class: class(place) }
    });
    let label = format!("{} {}", points(person.total), desk.view.say("of 100 points", "分，满分 100"));
    bar(&label, &segments.collect::<Vec<_>>(), ALL_POINTS)
}

/// What somebody has of a component.
fn part(
    desk: &Desk<'_>,
    component: &ComponentBeside,
    place: usize,
    n_people: usize,
    person: &Beside,
) -> Markup {
    let part = person.components.get(&component.id).copied().unwrap_or_default();
    let told = format!("{} / {}", points(part), points(component.weight));
    let segment = Segment { title: told.clone(), part: u64::from(part), class: class(place) };
    html! {
        p.part {
            span { b { (points(part)) } span.soft { " / " (points(component.weight)) } }
            @if component.ahead.len() < n_people && component.ahead.contains(&person.resume) { (ahead(desk)) }
        }
        (bar(&told, &[segment], u64::from(component.weight)))
    }
}

fn outcome(desk: &Desk<'_>, outcome: GateOutcome) -> Markup {
    let view = desk.view;
    match outcome {
        GateOutcome::Pass => html! { span.chip.good { "✓ " (view.say("met", "满足")) } },
        GateOutcome::Fail => html! { span.chip.bad { "✕ " (view.say("not met", "不满足")) } },
        GateOutcome::Unknown => html! { span.chip.warn { "? " (view.say("not stated", "未说明")) } },
    }
}
