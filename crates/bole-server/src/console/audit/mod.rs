//! The audit log: who did what, and whether that log is what was written.

mod verdict;

use axum::Router;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::{get, post};
use bole_core::{AuditAction, AuditRecord, DocumentId};
use bole_engine::{AuditEntry, AuditFilter, audit_page, verify_audit};
use maud::{Markup, html};

use super::form::{Fields, Posted};
use super::frame::{self, Room, token};
use super::session::{View, encoded};
use super::words;
use crate::State;
use crate::access::AsAdmin;
use crate::audited::{Audited, audit};
use crate::problem::{Code, Problem};
use crate::request::RequestId;

const N_PAGE: u32 = 50;
/// Of an entry about more resumes no more are shown than these.
const N_RESUMES: usize = 3;
/// A text is cut to so many characters until somebody wants all of it.
const N_TEXT: usize = 240;

pub(super) fn routes() -> Router<State> {
    Router::new().route("/audit", get(page)).route("/audit/verify", post(verify))
}

async fn page(
    AsAdmin { caller }: AsAdmin,
    request: RequestId,
    view: View,
    Shared(state): Shared<State>,
    fields: Fields,
) -> Result<Response, Problem> {
    let (filter, before) = (read(&fields)?, fields.number("before")?);
    audit(&state, Audited::new(&caller, request, AuditAction::Audit).of(filter.resume)).await?;
    let page = audit_page(&state.server.engine, &filter, before, N_PAGE).await?;
    let query = query(&filter);
    let body = html! {
        div #trouble {}
        (heading(&view))
        (filters(&view, &filter))
        @if page.entries.is_empty() {
            div.card.empty {
                h2 { (view.say("No entry here", "此处没有记录")) }
                @if page.before.is_some() {
                    p { (view.say("None among those looked through so far; there are older ones.", "已查看的部分中没有；还有更早的记录。")) }
                } @else {
                    p { a href="/audit" { (view.say("Show all", "显示全部")) } }
                }
            }
        } @else {
            (table(&view, &page.entries))
        }
        nav.row.turn aria-label=(view.say("Pages", "分页")) {
            @if before.is_some() { a.button href=(format!("/audit?{query}")) { (view.say("« The newest", "« 最新")) } }
            @if let Some(before) = page.before {
                a.button href=(format!("/audit?{query}&before={before}")) { (view.say("Older »", "更早 »")) }
            }
        }
    };
    Ok(frame::page(&view, Room::Audit, view.say("Audit", "审计"), &body))
}

/// Goes through the whole log. What it finds is no matter for an address, which anybody could write.
async fn verify(
    _caller: AsAdmin,
    view: View,
    Shared(state): Shared<State>,
    Posted(fields): Posted,
) -> Result<Response, Problem> {
    let known = verdict::noted(&fields)?;
    let found = verify_audit(&state.server.engine, known).await?;
    let body = html! {
        p.small { a href="/audit" { "‹ " (view.say("Audit", "审计")) } }
        (heading(&view))
        (verdict::told(&view, &found, known))
    };
    Ok(frame::page(&view, Room::Audit, view.say("Audit", "审计"), &body))
}

fn heading(view: &View) -> Markup {
    html! {
        div.title {
            h1 { (view.say("Audit", "审计")) }
            p.soft { (view.say("who did what, the newest first", "谁做了什么，最新在前")) }
        }
    }
}

fn read(fields: &Fields) -> Result<AuditFilter, Problem> {
    let none = |name: &str| Problem::with_detail(Code::BadRequest, format!("there is no such `{name}`"));
    let resume = fields.get("resume").map(|resume| {
        let detail = "a resume is named by the 64 digits of its SHA-256";
        resume.parse::<DocumentId>().map_err(|_| Problem::with_detail(Code::BadRequest, detail))
    });
    let action = fields.get("action").map(|action| {
        AuditAction::ALL.into_iter().find(|found| found.code() == action).ok_or_else(|| none("action"))
    });
    Ok(AuditFilter {
        resume: resume.transpose()?,
        actor: fields.get("actor").map(str::to_owned),
        action: action.transpose()?,
    })
}

fn query(filter: &AuditFilter) -> String {
    let actor = filter.actor.as_ref().map(|actor| format!("actor={}", encoded(actor)));
    let action = filter.action.map(|action| format!("action={}", action.code()));
    let resume = filter.resume.map(|resume| format!("resume={resume}"));
    actor.into_iter().chain(action).chain(resume).collect::<Vec<_>>().join("&")
}

fn filters(view: &View, filter: &AuditFilter) -> Markup {
    let resume = filter.resume.map(|resume| resume.to_string()).unwrap_or_default();
    html! {
        div.card.sieve {
            form.row.fields method="get" action="/audit" {
                div.grow {
                    label for="actor" { (view.say("Who (name or key)", "操作人（名称或密钥）")) }
                    input #actor type="search" name="actor" value=(filter.actor.as_deref().unwrap_or_default()) data-search autocomplete="off";
                }
                div.grow {
                    label for="action" { (view.say("What", "操作")) }
                    select #action name="action" data-submits {
                        option value="" { (view.say("anything", "全部")) }
                        @for action in AuditAction::ALL {
                            option value=(action.code()) selected[filter.action == Some(action)] { (words::action(view, action)) }
                        }
                    }
                }
                div.grow {
                    label for="resume" { (view.say("Whose resume (SHA-256)", "简历（SHA-256）")) }
                    input #resume type="search" name="resume" value=(resume) autocomplete="off" spellcheck="false";
                }
                button type="submit" { (view.say("Show", "显示")) }
            }
            details {
                summary { (view.say("Verify the chain", "校验链条")) }
                form.row.fields method="post" action="/audit/verify" {
                    (token(view))
                    div {
                        label for="number" { (view.say("Number noted before (may be empty)", "先前记下的编号（可空）")) }
                        input #number type="text" inputmode="numeric" name="number" autocomplete="off";
                    }
                    div.grow {
                        label for="hash" { (view.say("Its hash", "其哈希")) }
                        input #hash type="text" name="hash" autocomplete="off" spellcheck="false";
                    }
                    button.main type="submit" { (view.say("Verify", "校验")) }
                }
                p.soft.small {
                    (view.say(
                        "Goes through all entries. With a head that was noted elsewhere it also shows a log that was cut off or written anew.",
                        "逐条校验。若填入先前记下的末条，还能发现日志被截断或整体重写。",
                    ))
                }
            }
        }
    }
}

fn table(view: &View, entries: &[AuditEntry]) -> Markup {
    html! {
        div.card {
            div.scroll tabindex="0" role="region" aria-label=(view.say("Entries of the audit log", "审计记录")) {
                table.entries {
                    thead {
                        tr {
                            th.number scope="col" { (view.say("no.", "编号")) }
                            th scope="col" { (view.say("when", "时间")) }
                            th scope="col" { (view.say("who", "操作人")) }
                            th scope="col" { (view.say("what", "操作")) }
                            th scope="col" { (view.say("about", "对象")) }
                        }
                    }
                    tbody { @for entry in entries { (row(view, entry)) } }
                }
            }
        }
    }
}

fn row(view: &View, entry: &AuditEntry) -> Markup {
    html! {
        tr data-row tabindex="-1" {
            th.number scope="row" { (entry.number) }
            @match &entry.record {
                Some(record) => { (said(view, entry, record)) }
                None => {
                    td colspan="4" {
                        span.chip.bad { "✕ " (view.say("damaged: verify the chain", "已损坏：请校验链条")) }
                    }
                }
            }
        }
    }
}

/// The personal text of an entry. A list of a thousand submissions is one too.
fn personal(view: &View, text: &str) -> Markup {
    let begin: String = text.chars().take(N_TEXT).collect();
    html! {
        @if begin.len() == text.len() {
            div.text { bdi { (text) } }
        } @else {
            div.text { bdi { (begin) } "…" }
            details.small {
                summary { (view.say("all of it", "全文")) }
                div.text { bdi { (text) } }
            }
        }
    }
}

fn said(view: &View, entry: &AuditEntry, record: &AuditRecord) -> Markup {
    let who = &record.actor;
    html! {
        td.when { (words::moment(record.at)) }
        td {
            a href=(format!("/audit?actor={}", encoded(&who.name))) { bdi { (who.name) } }
            br;
            span.soft.small { (who.role) @if let Some(key) = who.key { " · " span.code { (key) } } }
        }
        td { (words::action(view, record.action)) }
        td.about {
            @if let Some(subject) = &record.subject { div.code { (subject) } }
            @if !record.resumes.is_empty() {
                div.row.small {
                    @for resume in record.resumes.iter().take(N_RESUMES) {
                        a.code href=(format!("/audit?resume={resume}")) title=(resume) { (words::short(*resume)) }
                    }
                    @if record.resumes.len() > N_RESUMES {
                        span.soft {
                            @let n = words::count((record.resumes.len() - N_RESUMES) as u64);
                            (view.say(format!("and {n} more resumes"), format!("等另外 {n} 份简历")))
                        }
                    }
                }
            }
            @match (&entry.text, record.text) {
                (Some(text), _) => { (personal(view, text)) }
                (None, Some(_)) => { div.soft.small { (view.say("its personal text was deleted", "个人文字已删除")) } }
                (None, None) => {}
            }
            details.small.more {
                summary { (view.say("request and hash", "请求与哈希")) }
                div.code { (record.request) }
                div.code { (entry.hash) }
            }
        }
    }
}
