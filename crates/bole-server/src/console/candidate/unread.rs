//! A resume of which there is no reading: why, and what can be done.

use axum::http::StatusCode;
use axum::response::Response;
use bole_core::{DocumentId, Reason, State};
use maud::html;

use super::super::frame::{self, Room};
use super::super::session::View;
use super::super::words;

pub(super) fn page(view: &View, resume: DocumentId, state: State, reason: Reason) -> Response {
    let title = view.say("This resume was not read", "此简历未能读取");
    let body = html! {
        h1.unread { (title) }
        div.notice.warn {
            p.row { span.chip.warn { (words::state(view, state)) } strong { (words::reason(view, reason)) } }
            p { (words::advice(view, reason)) }
            p.soft.small.code { (view.say("Resume ", "简历 ")) (resume) }
        }
        p.row {
            a.button href="/matches" { (view.say("To the ranking", "返回排名")) }
            @if !view.is_blind() {
                a.button href=(format!("/candidates/{resume}/original")) download { (view.say("Original file", "原文件")) }
            }
        }
    };
    frame::page_as(StatusCode::CONFLICT, view, Room::Matches, title, &body)
}
