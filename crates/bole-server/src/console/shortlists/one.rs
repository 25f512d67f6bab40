use axum::extract::State as Shared;
use axum::response::Response;
use bole_core::{Choice, Shortlist};
use bole_engine::{Desk, ExportRow};
use maud::{Markup, html};
use uuid::Uuid;

use super::super::form::Fields;
use super::super::frame::{Room, page, token};
use super::super::named::profile_name;
use super::super::session::View;
use super::super::{paging, words};
use crate::State;
use crate::access::AsRecruiter;
use crate::console::bars::{self, ALL_POINTS, Segment};
use crate::problem::Problem;
use crate::recruiters::shortlists;
use crate::request::RequestId;
use crate::take::At;

/// So many people a page.
const PAGE: usize = 100;

/// A shortlist and who is on it.
pub(super) async fn show(
    caller: AsRecruiter,
    request: RequestId,
    view: View,
    Shared(state): Shared<State>,
    At(id): At<Uuid>,
    fields: Fields,
) -> Result<Response, Problem> {
    let (list, rows) = bole_engine::shortlist_rows(&state.server.engine, &caller.scope, id).await?;
    let last_page = rows.len().saturating_sub(1) / PAGE * PAGE;
    let from = (fields.number("from")?.unwrap_or_default() as usize).min(last_page);
    let shown: Vec<&ExportRow> = rows.iter().skip(from).take(PAGE).collect();
    shortlists::looked_at(&state, &caller, request, id, shown.iter().map(|row| row.resume)).await?;
    let profile = profile_name(&view, &state, &list.profile);
    let n_people = words::count(rows.len() as u64);
    let body = html! {
        div.title {
            h1.wrap { bdi { (list.name) } }
            p.soft {
                (view.say(format!("{n_people} people · {profile} · made by "), format!("{n_people} 人 · {profile} · 创建人 ")))
                bdi { (list.by) } " · " (words::moment(list.created_at))
            }
        }
        (tools(&view, &list, !rows.is_empty()))
        @if rows.is_empty() { (empty(&view, &list)) } @else {
            (table(&view, &list, &shown))
            (paging::links(&view, &format!("/shortlists/{id}?"), from, PAGE, rows.len()))
        }
        (managing(&view, &list))
    };
    Ok(page(&view, Room::Shortlists, &list.name, &body))
}

fn tools(view: &View, list: &Shortlist, has_rows: bool) -> Markup {
    let files = [("csv", "CSV"), ("xlsx", "XLSX"), ("jsonl", "JSON Lines"), ("json-resume", "JSON Resume")];
    html! {
        div.row.tools {
            a.button href={ "/matches?profile=" (list.profile) } { (view.say("Rank by its profile", "按其画像匹配")) }
            @if has_rows {
                form #chosen method="get" action="/compare" {
                    input type="hidden" name="profile" value=(list.profile);
                    button type="submit" { (view.say("Compare the chosen", "对比所选")) }
                }
                span.row.export {
                    span.soft { (view.say("Export", "导出")) }
                    @for (format, name) in files {
                        a.chip href={ "/shortlists/" (list.id) "/export?format=" (format) } download { (name) }
                    }
                }
            }
        }
    }
}

fn empty(view: &View, list: &Shortlist) -> Markup {
    html! {
        div.card.empty {
            h2 { (view.say("Nobody is on it yet", "名单为空")) }
            p { (view.say(
                "Choose people in a ranking and put them here.",
                "在匹配结果中勾选候选人，再加入本名单。",
            )) }
            a.button.main href={ "/matches?profile=" (list.profile) } { (view.say("Rank by its profile", "按其画像匹配")) }
        }
    }
}

fn table(view: &View, list: &Shortlist, rows: &[&ExportRow]) -> Markup {
    html! {
        div.card.flush {
            div.scroll tabindex="0" role="region" aria-label=(view.say("People", "候选人")) {
                table.listed {
                    thead { tr {
                        th scope="col" { span.hidden-text { (view.say("Choose", "选择")) } }
                        th.number scope="col" { (view.say("Place", "名次")) }
                        th scope="col" { (view.say("Person", "候选人")) }
                        th.number scope="col" { (view.say("Points", "得分")) }
                        th scope="col" { (view.say("Decision", "决定")) }
                        th scope="col" { (view.say("Put there", "加入")) }
                        th scope="col" { span.hidden-text { (view.say("Take off", "移出")) } }
                    } }
                    tbody { @for row in rows { (person(view, list, row)) } }
                }
            }
        }
        p.soft.small { (view.say(
            "Places and points are those of the ranking that each was taken from.",
            "名次与得分为加入时所在匹配的结果。",
        )) }
    }
}

fn person(view: &View, list: &Shortlist, row: &ExportRow) -> Markup {
    let address = format!("/candidates/{}?profile={}", row.resume, list.profile);
    let called = row.name.clone().unwrap_or_else(|| words::short(row.resume));
    html! {
        tr data-row {
            td {
                input type="checkbox" name="resume" value=(row.resume) form="chosen"
                    aria-label=(view.say(format!("Choose {called}"), format!("选择 {called}")));
            }
            td.number { @if let Some(place) = row.place { (words::count(place)) } @else { span.soft { "–" } } }
            th scope="row" {
                a href=(address) { (words::person(view, row.name.as_deref(), row.resume)) }
                @if let Some(level) = &row.level { " " span.chip.level { (view.say(&level.name_en, &level.name_zh)) } }
                @if !row.reasons.is_empty() {
                    div.soft.small.wrap {
                        @for (at, reason) in row.reasons.iter().take(3).enumerate() {
                            @if at > 0 { " · " } (reason_name(view, reason))
                        }
                    }
                }
            }
            td.number.points { @if let Some(score) = row.score { (scored(score)) } @else { span.soft { "–" } } }
            td { @if let Some(desk) = &row.desk { (decided(view, desk)) } }
            td.small { @if let Some(desk) = &row.desk {
                bdi.wrap { (desk.added_by) } div.soft { (words::moment(desk.added_at)) }
            } }
            td {
                form method="post" action={ "/shortlists/" (list.id) "/off" } {
                    (token(view))
                    input type="hidden" name="resume" value=(row.resume);
                    input type="hidden" name="back" value=(view.here);
                    button.plain type="submit" {
                        (view.say("Take off", "移出")) span.hidden-text { " " (called) }
                    }
                }
            }
        }
    }
}

fn reason_name<'a>(view: &View, reason: &'a bole_engine::Reason) -> &'a str {
    view.say(&reason.name_en, &reason.name_zh)
}

/// Points, over a bar of 100.
fn scored(score: u32) -> Markup {
    html! {
        (words::points(score))
        div.slim { (bars::bar("", &[Segment { title: String::new(), part: u64::from(score), class: bars::class(0) }], ALL_POINTS)) }
    }
}

/// The decision in force, by whom, and how many notes there are.
fn decided(view: &View, desk: &Desk) -> Markup {
    let kind = |choice| match choice {
        Choice::Advance => "chip good",
        Choice::Hold => "chip warn",
        Choice::Decline => "chip bad",
        Choice::Open => "chip",
    };
    let notes = words::count(desk.n_notes);
    html! {
        @match desk.decisions.last() {
            Some(last) if last.choice != Choice::Open => {
                span class=(kind(last.choice)) { (words::choice(view, last.choice)) }
                div.soft.small { bdi.wrap { (last.by) } }
            }
            _ => span.soft { (view.say("open", "未决定")) }
        }
        @if desk.n_notes > 0 {
            div.soft.small { (view.say(if desk.n_notes == 1 { "1 note".to_owned() } else { format!("{notes} notes") }, format!("{notes} 条备注"))) }
        }
    }
}

fn managing(view: &View, list: &Shortlist) -> Markup {
    let sure = view.say(
        "Delete this shortlist? The people on it and what was noted about them stay.",
        "删除该名单？名单中的人及其备注会保留。",
    );
    html! {
        details.card.managing {
            summary { (view.say("Rename or delete", "重命名或删除")) }
            div.row {
                form.row.grow method="post" action={ "/shortlists/" (list.id) "/rename" } {
                    (token(view))
                    label for="name" { (view.say("Name", "名称")) }
                    input.grow #name type="text" name="name" value=(list.name) required maxlength="200" autocomplete="off";
                    button type="submit" { (view.say("Rename", "重命名")) }
                }
                form method="post" action={ "/shortlists/" (list.id) "/delete" } data-sure=(sure) {
                    (token(view))
                    button.danger type="submit" { (view.say("Delete", "删除")) }
                }
            }
        }
    }
}
