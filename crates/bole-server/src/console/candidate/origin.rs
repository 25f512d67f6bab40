//! How a resume came, and which others the person has.

use bole_engine::{PossiblySame, SubmissionRecord};
use maud::{Markup, html};

use super::super::session::View;
use super::super::words;
use super::Seen;

pub(super) fn origin(seen: &Seen, view: &View) -> Markup {
    html! {
        (versions(seen, view))
        (alike(seen, view))
        section.card aria-labelledby="origin" {
            h2 #origin { (view.say("How it came", "来源")) }
            ul.plain.log { @for record in &seen.candidate.submissions { (submission(view, record)) } }
            p.soft.small.code { (view.say("Resume ", "简历 ")) (seen.candidate.resume) }
        }
    }
}

fn versions(seen: &Seen, view: &View) -> Markup {
    let others = seen.candidate.other_versions.iter().zip(&seen.dates);
    html! {
        @if !seen.candidate.other_versions.is_empty() {
            section.card aria-labelledby="versions" {
                h2 #versions { (view.say("Other resumes of the same person", "同一人的其他简历")) }
                ul.plain.log {
                    @for (resume, as_of) in others {
                        li.row {
                            a.code href=(seen.address(*resume, "")) { (words::short(*resume)) }
                            @if let Some(as_of) = as_of {
                                span.soft { (view.say("as of ", "截至 ")) (as_of) }
                                @if *as_of > seen.candidate.as_of { span.chip.warn { (view.say("newer than this one", "比本份更新")) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Who shares a contact or the name. Whether they are one, a person decides.
fn alike(seen: &Seen, view: &View) -> Markup {
    let PossiblySame { people, n_only_by_name_left_out } = &seen.alike;
    html! {
        @if !people.is_empty() || *n_only_by_name_left_out > 0 {
            section.card aria-labelledby="alike" {
                h2 #alike { (view.say("Possibly the same person", "可能是同一人")) }
                ul.plain.log {
                    @for person in people {
                        li.row {
                            a href=(seen.address(person.resume, "")) { (words::person(view, person.name.as_deref(), person.resume)) }
                            @if person.by_contact { span.chip.warn { (view.say("same contact", "联系方式相同")) } }
                            @if person.by_name { span.chip { (view.say("same name", "姓名相同")) } }
                            span.soft.small { (view.say("as of ", "截至 ")) (person.as_of) }
                            a.small href=(seen.beside(person.resume)) { (view.say("side by side", "并排比较")) }
                        }
                    }
                }
                @if *n_only_by_name_left_out > 0 {
                    @let others = words::count(*n_only_by_name_left_out);
                    p.soft.small { (view.say(
                        format!("{others} others share the name and nothing else: it is too common to say anything."),
                        format!("另有 {others} 人仅姓名相同，过于常见，不作提示。"),
                    )) }
                }
            }
        }
    }
}

fn submission(view: &View, record: &SubmissionRecord) -> Markup {
    html! {
        li.submission {
            div.row {
                strong { (record.submission.portal) }
                span.chip { (words::state(view, record.state)) }
                span.soft.small { (view.say("received ", "接收于 ")) (words::moment(record.received_at)) }
            }
            p.small.soft.reason-about {
                span { (words::reason(view, record.reason)) }
                @if let Some(field) = &record.field { span { (view.say("field: ", "领域：")) (field) } }
                span {
                    @match &record.consent {
                        Some(consent) => { (view.say("consent: ", "授权：")) bdi { (consent) } },
                        None => (view.say("no consent told of", "未提供授权说明")),
                    }
                }
                @if !view.is_blind() {
                    @if let Some(name) = &record.candidate_ref { span { (view.say("the portal calls them ", "门户内编号：")) bdi.code { (name) } } }
                    @if let Some(path) = &record.source_name { span { (view.say("from ", "路径：")) bdi.code { (path) } } }
                }
            }
        }
    }
}
