//! Who could not be read when a ranking was made, and what they or the portal can do.

use axum::extract::State as Shared;
use axum::response::Response;
use bole_engine::Page;
use maud::html;

use crate::State;
use crate::access::AsRecruiter;
use crate::console::form::Fields;
use crate::console::frame::{self, Room};
use crate::console::session::{View, encoded};
use crate::console::words;
use crate::problem::Problem;

const LIMIT: usize = 100;

pub(super) async fn page(
    caller: AsRecruiter,
    view: View,
    Shared(state): Shared<State>,
    fields: Fields,
) -> Result<Response, Problem> {
    let run = fields.need("run")?;
    let from = usize::try_from(fields.number("from")?.unwrap_or(0)).unwrap_or(usize::MAX);
    let page = Page { offset: from, limit: LIMIT };
    let unreadable = bole_engine::unreadable_of(&state.server.engine, run, page, &caller.scope).await?;
    let to = from.saturating_add(unreadable.len());
    let at = |from: usize| format!("/matches/unreadable?run={}&from={from}", encoded(run));
    let title = view.say("Could not be read", "无法读取");
    let body = html! {
        div.title {
            h1 { (title) }
            p.soft {
                (view.say("in run", "排名记录")) " " a.code href=(format!("/matches?run={}", encoded(run))) { (run) }
            }
        }
        @if unreadable.is_empty() {
            div.card.empty {
                h2 { (view.say("Nobody", "没有")) }
                p { (view.say("Everything in this part of the list was read.", "此部分均已读取。")) }
            }
        } @else {
            div.card.scroll tabindex="0" role="region" aria-label=(title) {
                table {
                    thead { tr {
                        th.number scope="col" { "#" }
                        th scope="col" { (view.say("Resume", "简历")) }
                        th scope="col" { (view.say("Why", "原因")) }
                        th scope="col" { (view.say("What to do", "处理办法")) }
                    } }
                    tbody {
                        @for (place, document) in (from + 1..).zip(&unreadable) {
                            tr {
                                td.number { (place) }
                                td { span.code title=(document.resume) { (words::short(document.resume)) } }
                                td { span.chip.bad { (words::reason(&view, document.reason)) } }
                                td { (words::advice(&view, document.reason)) }
                            }
                        }
                    }
                }
            }
        }
        nav.pages.row aria-label=(view.say("Pages", "翻页")) {
            @if from > 0 { a.button href=(at(from.saturating_sub(LIMIT))) rel="prev" { (view.say("← Before", "← 上一页")) } }
            @if unreadable.len() == LIMIT { a.button href=(at(to)) rel="next" { (view.say("Next →", "下一页 →")) } }
        }
    };
    Ok(frame::page(&view, Room::Matches, title, &body))
}
