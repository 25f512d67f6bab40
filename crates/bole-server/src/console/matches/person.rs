//! Somebody in a ranking, as a card.

use bole_core::Choice;
use bole_engine::{ChangeKind, Mainstay, Placed, PlacedChange, Reason};
use maud::{Markup, html};

use super::Desk;
use crate::console::bars::{ALL_POINTS, Segment, bar, class};
use crate::console::session::encoded;
use crate::console::words::{self, count, points};

pub(super) fn card(desk: &Desk<'_>, run: &str, placed: &Placed, decided: Option<Choice>) -> Markup {
    let view = desk.view;
    let link = format!("/candidates/{}?{}&run={}", placed.resume, desk.asked.wanted.query(), encoded(run));
    let id = words::short(placed.resume);
    html! {
        li.card.person id=(format!("p-{id}")) data-row {
            div.place { (count(placed.place as u64)) }
            div.about {
                div.row {
                    h3 id=(format!("n-{id}")) { a href=(link) { (words::person(view, placed.name.as_deref(), placed.resume)) } }
                    @if let Some(level) = &placed.talent.level {
                        span.chip.level { (desk.named(&level.name_zh, &level.name_en)) }
                    }
                    @if let Some(choice) = decided { span.chip.(choice_class(choice)) { (words::choice(view, choice)) } }
                    @for gate in &placed.gates_unknown {
                        span.chip.warn { (view.say("not stated: ", "未说明：")) (desk.gate_name(gate)) }
                    }
                }
                ul.plain.evidence { @for reason in &placed.reasons { (evidence(desk, reason)) } }
                p.hints.soft.small {
                    @if let Some(mainstay) = &placed.mainstay { span { (hangs_on(desk, mainstay)) } }
                    @if let Some(change) = &placed.best_change { span { (would_rise(desk, change)) } }
                }
            }
            div.score {
                p { strong { (points(placed.score)) } span.soft.small { (view.say("of 100", "/ 100 分")) } }
                (score_bar(desk, placed))
            }
            label.choose {
                input type="checkbox" name="resume" value=(placed.resume) aria-describedby=(format!("n-{id}"));
                span { (view.say("Choose", "选择")) }
            }
        }
    }
}

fn score_bar(desk: &Desk<'_>, placed: &Placed) -> Markup {
    let mut parts: Vec<_> =
        placed.components.iter().map(|(id, part)| (desk.group_place(id), id, *part)).collect();
    parts.sort_unstable();
    let segments = parts.into_iter().map(|(place, id, part)| Segment {
        title: format!("{} {}", desk.group_name(id), points(part)),
        part: u64::from(part),
        class: class(place),
    });
    let label = format!("{} {}", points(placed.score), desk.view.say("of 100 points", "分，满分 100"));
    bar(&label, &segments.collect::<Vec<_>>(), ALL_POINTS)
}

/// What shows it, and the line where.
pub(super) fn evidence(desk: &Desk<'_>, reason: &Reason) -> Markup {
    let Reason { component, name_zh, name_en, points: of_all, span, .. } = reason;
    let page = desk.view.say(format!("p. {}", span.page), format!("第 {} 页", span.page));
    html! {
        li {
            span.what {
                span.dot.(class(desk.group_place(component))) title=(desk.group_name(component)) {}
                b { (desk.named(name_zh, name_en)) }
            }
            span.soft.gain { "+" (points(*of_all)) }
            q.quote { (quoted(reason)) }
            span.page.soft.small { (page) }
        }
    }
}

/// The line, with what is meant marked.
fn quoted(reason: &Reason) -> Markup {
    let quote = reason.quote.as_str();
    let parts = reason
        .meant
        .and_then(|(start, end)| Some((quote.get(..start)?, quote.get(start..end)?, quote.get(end..)?)));
    html! {
        bdi {
            @match parts {
                // Where all of it is meant, a mark tells nothing.
                Some((before, meant, after)) if !(before.is_empty() && after.is_empty()) => { (before) mark { (meant) } (after) }
                _ => (quote),
            }
        }
    }
}

fn hangs_on(desk: &Desk<'_>, mainstay: &Mainstay) -> String {
    let view = desk.view;
    let (name, loss) =
        (desk.named(&mainstay.reason.name_zh, &mainstay.reason.name_en), points(mainstay.loss));
    match mainstay.place.map(count) {
        Some(place) => view.say(
            format!("Hangs on {name}: without it −{loss}, place {place}."),
            format!("最倚重：{name}；若无，−{loss} 分，列第 {place}。"),
        ),
        None => view.say(
            format!("Hangs on {name}: without it −{loss}, and a must-have fails."),
            format!("最倚重：{name}；若无，−{loss} 分，且不满足必备条件。"),
        ),
    }
}

fn would_rise(desk: &Desk<'_>, change: &PlacedChange) -> String {
    let view = desk.view;
    let name = desk.named(&change.change.name_zh, &change.change.name_en);
    let what = match &change.change.what {
        ChangeKind::ShowInWork { .. } => {
            view.say(format!("{name} shown in recent work"), format!("若近期工作体现“{name}”"))
        }
        ChangeKind::HoldTitle { .. } => view.say(format!("the title {name}"), format!("若任职“{name}”")),
        ChangeKind::Study { .. } => view.say(format!("studies of {name}"), format!("若所学为“{name}”")),
        ChangeKind::EarnCertificate { .. } => {
            view.say(format!("the certificate {name}"), format!("若取得“{name}”"))
        }
        ChangeKind::Publish { .. } => {
            view.say(format!("a publication on {name}"), format!("若就“{name}”发表成果"))
        }
        ChangeKind::TakeDegree { degree } => {
            let degree = words::degree(view, *degree);
            view.say(format!("a degree of this kind: {degree}"), format!("若取得{degree}学历"))
        }
        ChangeKind::WorkLonger { months } => {
            let months = words::months(view, *months);
            view.say(format!("{months} more work in the field"), format!("若多 {months}本领域工作"))
        }
    };
    let (gain, place) = (points(change.change.gain), count(change.place));
    view.say(
        format!("Would rise to place {place} by {what}: +{gain}."),
        format!("{what}，+{gain} 分，可升至第 {place}。"),
    )
}

pub(super) fn choice_class(choice: Choice) -> &'static str {
    match choice {
        Choice::Advance => "good",
        Choice::Hold => "warn",
        Choice::Decline => "bad",
        Choice::Open => "soft",
    }
}
