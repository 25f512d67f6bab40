//! How a resume came, and which others the person has.

use bole_engine::SubmissionRecord;
use maud::{Markup, html};

use super::super::session::View;
use super::super::words;
use super::Seen;

pub(super) fn origin(seen: &Seen, view: &View) -> Markup {
    html! {
        (versions(seen, view))
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
