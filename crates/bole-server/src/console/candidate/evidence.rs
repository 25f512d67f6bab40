//! Where the points come from, what the gates rest on, and what does not count.

use bole_core::{DateRange, RangeEnd, Span};
use bole_engine::{
    Change, ChangeKind, ComponentExplanation, ExplainedReason, GateExplanation, GateOutcome, Knowledge,
    NotCounted, Quote, WhyNot,
};
use maud::{Markup, html};

use super::super::session::View;
use super::super::words;
use super::places::{gate_line, not_counted_line, reason_line};
use super::{Seen, quoted};

/// What was not counted is listed up to here, and folded from there.
const N_NOT_COUNTED: usize = 5;
/// Less than half a tenth of a point, in thousandths, would be written as nothing.
const LEAST_SHOWN: u32 = 50;

pub(super) fn evidence(seen: &Seen, view: &View, knowledge: &Knowledge) -> Markup {
    let mut all: Vec<_> = seen.explained.explanation.components.iter().enumerate().collect();
    // What gives points comes first, each half in the order of the profile.
    all.sort_by_key(|(_, found)| found.reasons.is_empty());
    let (shown, rest) = all.split_at(all.partition_point(|(_, found)| !found.reasons.is_empty()));
    html! {
        section.card aria-labelledby="evidence" {
            div.title {
                h2 #evidence { (view.say("Where the points come from", "得分依据")) }
                p.soft.small { (view.say("Point at a line to see its place on the page.", "指向任一行可在原页上看到其位置。")) }
            }
            (hangs_on(seen, view))
            @for (position, found) in shown { (component(seen, view, *position, found)) }
            @if !rest.is_empty() {
                details.rest open[shown.is_empty()] {
                    summary { (view.say(format!("Nothing shown in {} of the {} parts", rest.len(), all.len()), format!("{} 个部分中有 {} 个未体现", all.len(), rest.len()))) }
                    @for (position, found) in rest { (component(seen, view, *position, found)) }
                }
            }
        }
        (gates(seen, view))
        (not_counted(seen, view, knowledge))
    }
}

/// A name that leads to its best place on the pages; just the name if it stands nowhere.
pub(super) fn linked(seen: &Seen, spans: &[Span], name: &str) -> Markup {
    let first = spans.iter().find_map(|span| seen.places.number(*span));
    html! {
        @match first {
            Some(number) => a href=(format!("#place-{number}")) data-points=(seen.places.names(spans)) { (name) },
            None => (name),
        }
    }
}

/// What most hangs on, and what would raise it most.
fn hangs_on(seen: &Seen, view: &View) -> Markup {
    let explanation = &seen.explained.explanation;
    let place = seen.explained.place;
    html! {
        @if explanation.total == 0 {
            p { (view.say("Nothing of what this profile looks for is shown.", "未体现该画像所关注的任何内容。")) }
        }
        @if let Some((_, reason)) = explanation.mainstay() {
            p.small {
                span.soft { (view.say("Hangs most on ", "最关键依据：")) }
                (linked(seen, &reason.spans, view.say(&reason.name_en, &reason.name_zh)))
                span.soft {
                    (view.say(", without it −", "，若无则 −")) (words::points(reason.loss))
                    @if reason.fails_gate { (view.say(" and a gate fails", "，且不过门槛")) }
                    @else if let Some(left) = place.and_then(|place| place.without_mainstay) {
                        (view.say(format!(", place {}", words::count(left)), format!("，降至第 {} 名", words::count(left))))
                    }
                }
            }
        }
        @if let Some(change) = &explanation.best_change {
            p.small {
                span.soft { (view.say("Would be raised most if they ", "提升最大的单项改变：")) }
                (changed(view, change))
                span.soft {
                    ": +" (words::points(change.gain)) (view.say(", to ", "，至 ")) (words::points(change.total))
                    @if let Some(place) = place.and_then(|place| place.with_best_change) {
                        (view.say(format!(", place {}", words::count(place)), format!("，升至第 {} 名", words::count(place))))
                    }
                }
            }
        }
    }
}

/// A change, as what the person would do.
fn changed(view: &View, change: &Change) -> String {
    let name = view.say(&change.name_en, &change.name_zh);
    match &change.what {
        ChangeKind::ShowInWork { .. } => view.say(
            format!("showed “{name}” in recent work of some years"),
            format!("在近几年工作中体现“{name}”"),
        ),
        ChangeKind::HoldTitle { .. } => {
            view.say(format!("held “{name}” for some years"), format!("担任“{name}”数年"))
        }
        ChangeKind::Study { .. } => view.say(format!("had studied “{name}”"), format!("所学专业含“{name}”")),
        ChangeKind::EarnCertificate { .. } => {
            view.say(format!("had earned “{name}”"), format!("取得“{name}”"))
        }
        ChangeKind::Publish { .. } => view.say(
            format!("had published about “{name}”, or patented it"),
            format!("就“{name}”发表论文或取得专利"),
        ),
        ChangeKind::TakeDegree { .. } => {
            view.say(format!("took, or stated, the degree “{name}”"), format!("取得或注明学位“{name}”"))
        }
        ChangeKind::WorkLonger { months } => {
            let length = words::months(view, *months);
            view.say(
                format!("showed {length} more of dated work in the field"),
                format!("再有 {length} 注明起止的本领域工作"),
            )
        }
    }
}

fn component(seen: &Seen, view: &View, position: usize, component: &ComponentExplanation) -> Markup {
    html! {
           div.part id=(format!("part-{}", component.id)) {
               div.part-head {
                   h3 { span.dot.(crate::console::bars::class(position)) aria-hidden="true" {} (view.say(&component.name_en, &component.name_zh)) }
                   span.number {
                       strong { (words::points(component.points)) } span.soft { " / " (words::points(component.weight)) }
                   }
               }
               @if !component.reasons.is_empty() {
                   ol.plain.reasons {
                       @for (number, found) in component.reasons.iter().enumerate() {
    (reason(seen, view, found, &reason_line(&component.id, number)))
    }
                   }
               }
               @if !component.missing.is_empty() {
                   details.small.missing {
                       summary { (view.say(format!("Looked for and not shown: {}", component.missing.len()), format!("关注但未体现：{} 项", component.missing.len()))) }
                       p.soft {
                           @for (position, missing) in component.missing.iter().enumerate() {
                               @if position > 0 { (view.say(", ", "、")) }
                               (view.say(&missing.name_en, &missing.name_zh))
                           }
                       }
                   }
               }
           }
       }
}

fn reason(seen: &Seen, view: &View, reason: &ExplainedReason, line: &str) -> Markup {
    html! {
        li.reason #(line) data-row data-points=(seen.places.names(&reason.spans)) {
            div.reason-head {
                span.reason-name { (linked(seen, &reason.spans, view.say(&reason.name_en, &reason.name_zh))) }
                span.number { "+" (words::points(reason.points)) }
            }
            p.small.soft.reason-about {
                @if let Some(section) = reason.section { span { (words::section(view, section)) } }
                @if let Some(dates) = reason.dates { span { (range(view, dates)) } }
                @if let Some(months) = reason.months.filter(|months| *months > 0) { span { (words::months(view, months)) } }
                @if reason.loss >= LEAST_SHOWN { span { (view.say("without it −", "若无则 −")) (words::points(reason.loss)) } }
                @else { span { (view.say("other evidence would fill the gap", "其他依据可补足")) } }
                @if reason.fails_gate { span.chip.warn { (view.say("a gate fails without it", "若无则不过门槛")) } }
            }
            (quotes(seen, view, &reason.spans))
        }
    }
}

/// The line at the best place, and how many others there are.
fn quotes(seen: &Seen, view: &View, spans: &[Span]) -> Markup {
    let quotes =
        spans.iter().filter_map(|span| seen.explained.quotes.iter().find(|quote| quote.span == *span));
    let mut lines: Vec<&Quote> = Vec::new();
    for quote in quotes {
        if lines.iter().all(|known| known.text != quote.text) {
            lines.push(quote);
        }
    }
    let pages = &seen.candidate.pages;
    let shown = |quote: &Quote| {
        let page = view.say(format!("p. {}", quote.span.page), format!("第 {} 页", quote.span.page));
        html! { q { (quoted::line(pages, quote)) } " " span.soft.page-number { (page) } }
    };
    html! {
        @if let Some((first, rest)) = lines.split_first() {
            p.quote { (shown(first)) }
            @if !rest.is_empty() {
                details.small {
                    summary { (view.say(format!("{} more", rest.len()), format!("另有 {} 处", rest.len()))) }
                    @for quote in rest { p.quote data-points=(seen.places.names(&[quote.span])) { (shown(quote)) } }
                }
            }
        }
    }
}

/// Two months with what is between them: `2018-09 – now`.
pub(super) fn range(view: &View, dates: DateRange) -> String {
    match dates.end {
        RangeEnd::At(end) => format!("{} – {end}", dates.start),
        RangeEnd::Present => format!("{} – {}", dates.start, view.say("now", "至今")),
    }
}

fn gates(seen: &Seen, view: &View) -> Markup {
    let gates = &seen.explained.explanation.gates;
    html! {
        @if !gates.is_empty() {
            section.card aria-labelledby="gates" {
                h2 #gates { (view.say("Gates", "门槛")) }
                ul.plain.gates { @for found in gates { (gate(seen, view, found)) } }
            }
        }
    }
}

fn gate(seen: &Seen, view: &View, gate: &GateExplanation) -> Markup {
    let (class, outcome) = match gate.outcome {
        GateOutcome::Pass => ("chip good", view.say("✓ met", "✓ 符合")),
        GateOutcome::Fail => ("chip bad", view.say("✕ not met", "✕ 不符")),
        GateOutcome::Unknown => ("chip warn", view.say("? unknown", "? 未知")),
    };
    html! {
        li #(gate_line(&gate.id)) data-points=(seen.places.names(&gate.spans)) {
            div.reason-head {
                span.reason-name { (linked(seen, &gate.spans, view.say(&gate.name_en, &gate.name_zh))) }
                span class=(class) { (outcome) }
            }
            p.small.soft.reason-about {
                @if let Some(degree) = gate.degree { span { (view.say("found: ", "读到：")) (words::degree(view, degree)) } }
                @if let Some(months) = gate.months { span { (view.say("found: ", "读到：")) (words::months(view, months)) } }
                @if gate.spans.is_empty() { span { (view.say("the resume does not say", "简历未说明")) } }
            }
            (quotes(seen, view, &gate.spans))
        }
    }
}

fn not_counted(seen: &Seen, view: &View, knowledge: &Knowledge) -> Markup {
    let all: Vec<_> = seen.explained.explanation.not_counted.iter().enumerate().collect();
    let (first, rest) = all.split_at(all.len().min(N_NOT_COUNTED));
    html! {
        @if !all.is_empty() {
            section.card aria-labelledby="not-counted" {
                h2 #not-counted { (view.say("Seen and not counted", "看到但未计分")) }
                ul.plain.gates { @for (number, found) in first { (passed_over(seen, view, knowledge, (*number, found))) } }
                @if !rest.is_empty() {
                    details.small {
                        summary { (view.say(format!("{} more", rest.len()), format!("另有 {} 项", rest.len()))) }
                        ul.plain.gates { @for (number, found) in rest { (passed_over(seen, view, knowledge, (*number, found))) } }
                    }
                }
            }
        }
    }
}

fn passed_over(
    seen: &Seen,
    view: &View,
    knowledge: &Knowledge,
    (number, found): (usize, &NotCounted),
) -> Markup {
    let line = not_counted_line(number);
    let concept = knowledge.lexicon().concept(&found.concept);
    let name =
        concept.map_or(found.concept.0.as_str(), |concept| view.say(&concept.name_en, &concept.name_zh));
    let why = match found.why {
        WhyNot::Negated => view.say("the resume says that it is not so", "简历予以否定"),
        WhyNot::Ambiguous => view
            .say("could mean something else: nothing of its field is near", "可能另有所指，附近无本领域内容"),
        WhyNot::KeywordWall => view.say("in a wall of keywords", "堆砌关键词"),
        WhyNot::Objective => view.say("wished for, not done", "仅为意向"),
        WhyNot::Interest => view.say("a hobby", "兴趣爱好"),
    };
    let spans = std::slice::from_ref(&found.span);
    html! {
        li #(line) data-points=(seen.places.names(spans)) {
            div.reason-head {
                span.reason-name { (linked(seen, spans, name)) }
                span.chip { (why) }
            }
            (quotes(seen, view, spans))
        }
    }
}
