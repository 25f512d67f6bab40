use axum::extract::State as Shared;
use axum::response::Response;
use bole_core::State as Standing;
use bole_engine::{Followed, SubmissionRecord};
use maud::{Markup, html};

use super::outcome::Outcome;
use super::{address, query};
use crate::State;
use crate::access::AsOps;
use crate::console::form::Fields;
use crate::console::frame::{self, Room, token};
use crate::console::session::View;
use crate::console::words;
use crate::ops::quarantine::find;
use crate::problem::Problem;

/// One submission: where it stands, and how it came there. What names a person, such as the path of a file, is not for operators.
pub(super) async fn page(
    _caller: AsOps,
    view: View,
    Shared(state): Shared<State>,
    fields: Fields,
) -> Result<Response, Problem> {
    let outcome = Outcome::read(&fields)?;
    let followed = find(&state, fields.need("portal")?, fields.need("id")?).await?;
    let bytes = bole_engine::original(&state.server.engine, &followed.record).await?;
    let n_bytes = bytes.map(|bytes| bytes.len() as u64);
    let id = followed.record.submission.message_id.as_str();
    let body = html! {
        div #trouble {}
        p.small { a href="/quarantine" { "‹ " (view.say("Quarantine", "隔离区")) } }
        div.title {
            h1.code { (id) }
            p.soft { (followed.record.submission.portal) }
        }
        @if let Some(outcome) = outcome { (outcome.told(&view)) }
        (facts(&view, &followed.record, n_bytes))
        (actions(&view, &followed.record, n_bytes))
        (timeline(&view, &followed))
    };
    Ok(frame::page(&view, Room::Quarantine, id, &body))
}

fn facts(view: &View, record: &SubmissionRecord, n_bytes: Option<u64>) -> Markup {
    html! {
        section.card aria-labelledby="stands" {
            h2 #stands { (words::state(view, record.state)) ": " (words::reason(view, record.reason)) }
            p { (words::advice(view, record.reason)) }
            @if let Some(detail) = &record.detail { p.detail lang="en" { (detail) } }
            dl.facts {
                dt { (view.say("attempt", "第几次")) } dd { (record.attempt.0) }
                dt { (view.say("received", "收到")) } dd { (words::moment(record.received_at)) }
                dt { (view.say("changed", "变更")) } dd { (words::moment(record.changed_at)) }
                dt { (view.say("document date", "文档日期")) } dd { (record.document_date) }
                @if let Some(first) = &record.duplicate_of {
                    dt { (view.say("same content as", "内容相同于")) } dd { a.code href=(address(first)) { (first) } }
                }
                dt { (view.say("size", "大小")) }
                dd {
                    @match n_bytes {
                        Some(n_bytes) => { (size(n_bytes)) }
                        None => { (view.say("not kept", "未保存")) }
                    }
                }
                dt { "SHA-256" } dd.code { (record.document) }
            }
        }
    }
}

fn actions(view: &View, record: &SubmissionRecord, n_bytes: Option<u64>) -> Markup {
    let sure = view.say(
        "Discard it for good? Only the portal can send it again.",
        "确定永久放弃？之后只能由门户重新发送。",
    );
    html! {
        div.row.doing {
            @if record.state == Standing::Quarantined {
                form.row method="post" action="/quarantine/do" {
                    (token(view))
                    input type="hidden" name="submission" value=(record.submission);
                    input type="hidden" name="back" value="submission";
                    @if n_bytes.is_some() {
                        button.main type="submit" name="do" value="replay" { (view.say("Replay", "重放")) }
                    }
                    button.danger type="submit" name="do" value="discard" data-sure=(sure) { (view.say("Discard", "放弃")) }
                }
            }
            @if n_bytes.is_some() {
                a.button href=(format!("/quarantine/original?{}", query(&record.submission))) download {
                    (view.say("Download the file", "下载原件"))
                }
                span.soft.small {
                    (view.say("The file may be hostile: open it only where that does no harm. The download is noted.", "文件可能有害，请在隔离环境打开。下载会被记录。"))
                }
            }
        }
    }
}

fn timeline(view: &View, followed: &Followed) -> Markup {
    html! {
        section.card aria-labelledby="life" {
            h2 #life { (view.say("How it came there", "处理过程")) }
            div.scroll tabindex="0" role="region" aria-label=(view.say("Changes of its state", "状态变更")) {
                table {
                    thead {
                        tr {
                            th scope="col" { (view.say("when", "时间")) }
                            th scope="col" { (view.say("state", "状态")) }
                            th scope="col" { (view.say("reason", "原因")) }
                            th.number scope="col" { (view.say("attempt", "次数")) }
                        }
                    }
                    tbody {
                        @for step in &followed.timeline {
                            tr {
                                td.when { (words::moment(step.at)) }
                                td { (words::state(view, step.state)) }
                                td { (words::reason(view, step.reason)) }
                                td.number { (step.attempt.0) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// In bytes, KiB or MiB.
fn size(n_bytes: u64) -> String {
    let bytes = n_bytes as f64;
    match n_bytes {
        0..1024 => format!("{n_bytes} B"),
        1024..1_048_576 => format!("{:.1} KiB", bytes / 1024.0),
        _ => format!("{:.1} MiB", bytes / 1_048_576.0),
    }
}
