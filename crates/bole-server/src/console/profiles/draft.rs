use std::collections::BTreeSet;

use axum::extract::State as Shared;
use axum::response::Response;
use bole_engine::{Draft, MAX_DRAFT_BYTES, Meaning, RankingProfile};
use maud::{Markup, html};

use super::super::form::{Fields, Posted};
use super::super::frame::{Room, page, token};
use super::super::named::field_name;
use super::super::session::View;
use super::super::trouble;
use super::check::{editor, text_of};
use super::outline::listed_as;
use crate::State;
use crate::access::AsRecruiter;
use crate::problem::Problem;
use crate::recruiters::profiles;

pub(super) async fn form(caller: AsRecruiter, view: View, Shared(state): Shared<State>) -> Response {
    told(&view, &state, &caller, &Fields::default(), &html! {})
}

/// A profile made of a job description, to be looked over.
pub(super) async fn answer(
    caller: AsRecruiter,
    view: View,
    Shared(state): Shared<State>,
    Posted(fields): Posted,
) -> Result<Response, Problem> {
    let text = text_of(&fields, "text");
    let made = match profiles::drafted(&state, &caller, &text, fields.get("id"), fields.get("field")) {
        Ok(draft) => drafted(&view, &draft),
        Err(problem) => {
            let (_, status, ..) = problem.code().row();
            if !status.is_client_error() {
                return Err(problem);
            }
            let (title, hint) = trouble::words(view.language, problem.code());
            html! {
                div.notice.bad role="alert" {
                    h2 { (title) }
                    p { (hint) }
                    @if let Some(detail) = problem.detail() { p.detail lang="en" { (detail) } }
                }
            }
        }
    };
    Ok(told(&view, &state, &caller, &fields, &made))
}

fn told(view: &View, state: &State, caller: &AsRecruiter, fields: &Fields, made: &Markup) -> Response {
    let title = view.say("Draft a profile from a job description", "由职位描述起草画像");
    let knowledge = state.server.engine.knowledge();
    let seen = knowledge.profiles().values().map(RankingProfile::field);
    let known: BTreeSet<_> = seen.filter(|field| caller.scope.has(field)).collect();
    let body = html! {
        div.title {
            h1 { (title) }
            p.soft { (view.say(
                "Everything in the draft stands in the text; what is not understood is listed, never guessed.",
                "草稿内容均出自原文；未能理解的会列出，不作猜测。",
            )) }
        }
        (made)
        form.card.stack method="post" action="/profiles/draft" {
            (token(view))
            label for="text" { (view.say("The job description, in Chinese, English or both", "职位描述（中文、英文或混排）")) }
            textarea.text #text name="text" required maxlength=(MAX_DRAFT_BYTES) { "\n" (fields.get("text").unwrap_or_default()) }
            div.row {
                div.grow {
                    label for="field" { (view.say("Field", "领域")) }
                    select #field name="field" {
                        option value="" { (view.say("the one that most of it is about", "按内容自动判断")) }
                        @for field in known {
                            option value=(field.0) selected[fields.get("field") == Some(field.0.as_str())] { (field_name(view, state, &field.0)) }
                        }
                    }
                }
                div.grow {
                    label for="id" { (view.say("Id of the profile, if not its field’s", "画像编号（默认与领域相同）")) }
                    input #id type="text" name="id" value=[fields.get("id")] pattern="[a-z0-9\\-]+" maxlength="64" autocomplete="off" placeholder="bank-risk";
                }
            }
            div { button.main type="submit" { (view.say("Draft it", "起草")) } }
        }
    };
    page(view, Room::Profiles, title, &body)
}

fn drafted(view: &View, draft: &Draft) -> Markup {
    html! {
        div.both {
            (editor(view, &draft.text))
            div {
                @if !draft.warnings.is_empty() {
                    section.notice.warn {
                        h2 { (view.say("Before you use it", "使用前请注意")) }
                        ul.mistakes { @for warning in &draft.warnings { li {
                            span.soft { @match warning.line { Some(line) => { (line_of(view, line)) } None => { (view.say("the whole", "全文")) } } }
                            span lang="en" { (warning.message) }
                        } } }
                    }
                }
                @if !draft.not_understood.is_empty() {
                    section.card {
                        h2 { (view.say("Not understood", "未能理解")) }
                        ul.mistakes { @for line in &draft.not_understood { li {
                            span.soft { (line_of(view, line.line)) }
                            span { (line.quote) }
                        } } }
                    }
                }
                (understood(view, draft))
            }
        }
    }
}

fn understood(view: &View, draft: &Draft) -> Markup {
    let number = draft.understood.len();
    html! {
        section.card.flush {
            div.scroll tabindex="0" role="region" aria-label=(view.say("Understood", "已理解的内容")) { table.lines {
                caption { (view.say(format!("{number} things understood"), format!("已理解 {number} 项"))) }
                thead { tr {
                    th scope="col" { (view.say("Line", "行")) }
                    th scope="col" { (view.say("What", "内容")) }
                    th scope="col" { (view.say("Became", "作用")) }
                } }
                tbody { @for understood in &draft.understood { tr {
                    td.number { (understood.line) }
                    td { (view.say(&understood.name_en, &understood.name_zh)) div.soft.small { (understood.quote) } }
                    td { (meaning(view, &understood.what)) }
                } } }
            } }
        }
    }
}

fn line_of(view: &View, line: usize) -> String {
    view.say(format!("line {line}"), format!("第 {line} 行"))
}

/// What became of something that was understood.
fn meaning(view: &View, meaning: &Meaning) -> Markup {
    let (kind, told) = match meaning {
        Meaning::Concept { listed, .. } => ("chip", listed_as(view, *listed)),
        Meaning::Title(_) => ("chip", view.say("title", "职位")),
        Meaning::Degree(_) | Meaning::MinFullTimeMonths(_) | Meaning::MaxFullTimeMonths(_) => {
            ("chip level", view.say("must-have", "硬性条件"))
        }
        Meaning::WishedDegree(_) | Meaning::WishedMonths(_) => {
            ("chip warn", view.say("a wish, no gate", "优先，不作硬性条件"))
        }
        Meaning::NotNeeded => ("chip", view.say("left out: not needed", "原文注明不需要，已略去")),
    };
    html! { span class=(kind) { (told) } }
}
