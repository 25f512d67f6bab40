//! What a profile asks for, as a page shows it.

use bole_core::{ConceptId, ContentHash};
use bole_engine::{Condition, Enough, GroupKind, GroupOutline, Listed, Outline};
use maud::{Markup, html};

use super::super::session::View;
use super::super::words;
use crate::State;
use crate::console::bars::{self, ALL_POINTS, Segment};

/// The first digits of a hash: enough to tell versions apart.
pub(super) fn short(hash: &ContentHash) -> String {
    hash.to_string().chars().take(12).collect()
}

/// The weights side by side.
pub(super) fn bar(outline: &Outline) -> Markup {
    let segments = outline.groups.iter().enumerate();
    let segments = segments.map(|(place, group)| Segment {
        title: String::new(),
        part: u64::from(group.weight),
        class: bars::class(place),
    });
    html! { div.tall { (bars::bar("", &segments.collect::<Vec<_>>(), ALL_POINTS)) } }
}

/// Its groups with what they look for, and its gates.
pub(super) fn whole(view: &View, state: &State, outline: &Outline) -> Markup {
    html! {
        section.card {
            h2 { (view.say("What gives points", "计分项")) }
            (bar(outline))
            @for (group, number) in outline.groups.iter().zip(0..) { (in_full(view, group, number)) }
        }
        section.card {
            h2 { (view.say("Must-haves, apart from the points", "硬性条件（不计分）")) }
            @if outline.gates.is_empty() {
                p.soft { (view.say("None: everybody is ranked.", "无：所有人都参与排名。")) }
            }
            ul.gates { @for gate in &outline.gates {
                li.wrap {
                    strong { (view.say(&gate.name_en, &gate.name_zh)) } " "
                    span.soft { (view.say(&gate.name_zh, &gate.name_en)) } " "
                    span.code.soft { (gate.id) }
                    div { (asked(view, state, &gate.condition)) }
                }
            } }
            @if !outline.gates.is_empty() {
                p.soft.small { (view.say("What a resume does not say is unknown, never failed.", "简历未写明的视为未知，不算不符合。")) }
            }
        }
    }
}

fn in_full(view: &View, group: &GroupOutline, number: usize) -> Markup {
    let kinds = [Listed::Full, Listed::Minor, Listed::Discipline, Listed::Certificate, Listed::Topic];
    html! {
        details.group {
            summary {
                span class={ "dot " (bars::class(number)) } {}
                span.wrap {
                    strong { (view.say(&group.name_en, &group.name_zh)) } " "
                    span.soft { (view.say(&group.name_zh, &group.name_en)) }
                    span.soft.small { " · " (kind(view, group.kind)) " · " (enough(view, group.enough)) }
                }
                span.number { (words::points(group.weight)) }
            }
            @for listed in kinds {
                @let concepts: Vec<_> = group.concepts.iter().filter(|concept| concept.listed == listed).collect();
                @if !concepts.is_empty() {
                    div.listing {
                        span.soft.small { (listed_as(view, listed)) }
                        @for concept in concepts {
                            span.chip { (view.say(&concept.name_en, &concept.name_zh)) " " span.soft { (view.say(&concept.name_zh, &concept.name_en)) } }
                        }
                    }
                }
            }
        }
    }
}

fn kind(view: &View, kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Concepts => view.say("concepts", "概念"),
        GroupKind::Titles => view.say("titles held", "任职"),
        GroupKind::Education => view.say("education", "教育"),
        GroupKind::Experience => view.say("work in the field", "领域内工作"),
        GroupKind::Achievements => view.say("certificates, publications, patents", "证书、论文、专利"),
    }
}

/// What gives all points of a group.
pub(super) fn enough(view: &View, enough: Enough) -> String {
    match enough {
        Enough::Concepts(number) => {
            view.say(format!("{number} fully shown give all"), format!("{number} 项充分体现即得满分"))
        }
        Enough::Months(months) => {
            let months = words::months(view, months);
            view.say(format!("{months} give all"), format!("满 {months}得满分"))
        }
        Enough::Doctorate => {
            view.say("a doctorate in a discipline gives all", "对口学科的博士得满分").to_owned()
        }
    }
}

/// How a group lists a concept.
pub(super) fn listed_as(view: &View, listed: Listed) -> &'static str {
    match listed {
        Listed::Full => view.say("counts fully", "全额计分"),
        Listed::Minor => view.say("counts two fifths", "按五分之二计分"),
        Listed::Discipline => view.say("discipline", "学科"),
        Listed::Certificate => view.say("certificate", "证书"),
        Listed::Topic => view.say("topic of publications and patents", "论文与专利主题"),
    }
}

/// What a gate asks for.
pub(super) fn asked(view: &View, state: &State, condition: &Condition) -> String {
    match condition {
        Condition::MinDegree(degree) => {
            let degree = words::degree(view, *degree);
            view.say(format!("{degree} or above"), format!("{degree}及以上"))
        }
        Condition::MinFullTimeMonths(months) => {
            let months = words::months(view, *months);
            view.say(format!("at least {months} of full-time work"), format!("全职工作至少 {months}"))
        }
        Condition::MaxFullTimeMonths(months) => {
            let months = words::months(view, *months);
            view.say(format!("at most {months} of full-time work"), format!("全职工作至多 {months}"))
        }
        Condition::AnyOf(concepts) => {
            let names = names(view, state, concepts);
            view.say(format!("any of: {names}"), format!("以下之一：{names}"))
        }
    }
}

/// The same, with the first few of a long list.
pub(super) fn asked_briefly(view: &View, state: &State, condition: &Condition) -> String {
    const N_NAMED: usize = 4;
    match condition {
        Condition::AnyOf(concepts) if concepts.len() > N_NAMED + 1 => {
            let (first, rest) = concepts.split_at(N_NAMED);
            let (names, number) = (names(view, state, first), rest.len());
            view.say(
                format!("any of {names} and {number} more"),
                format!("{names}等 {} 项之一", concepts.len()),
            )
        }
        _ => asked(view, state, condition),
    }
}

/// What concepts are called.
pub(super) fn names(view: &View, state: &State, concepts: &[ConceptId]) -> String {
    let lexicon = state.server.engine.knowledge().lexicon();
    let name = |concept: &ConceptId| {
        let known = lexicon.concept(concept);
        known.map_or_else(|| concept.to_string(), |known| view.say(&known.name_en, &known.name_zh).clone())
    };
    concepts.iter().map(name).collect::<Vec<_>>().join(view.say(", ", "、"))
}
