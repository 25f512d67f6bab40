//! Who it is, what a profile makes of them, and what can be done about it.

use bole_core::Choice;
use bole_engine::{Basis, GateOutcome, Knowledge, PlaceNow, PostdocWhy};
use maud::{Markup, html};

use super::super::frame::token;
use super::super::session::View;
use super::super::words;
use super::Seen;
use super::places::LEVEL_LINE;
use crate::access::AsRecruiter;
use crate::console::bars::{self, ALL_POINTS, Segment};

pub(super) fn head(seen: &Seen, view: &View, knowledge: &Knowledge, caller: &AsRecruiter) -> Markup {
    html! {
        header.card.person {
            div.person-title {
                h1 { (words::person(view, seen.name(), seen.candidate.resume)) }
                p.total {
                    strong { (words::points(seen.explained.explanation.total)) }
                    span.soft { (view.say(" of 100 points", " / 100 分")) }
                }
            }
            (standing(seen, view))
            (bar(seen, view))
            (level(seen, view))
            div.person-acts {
                (profiles(seen, view, knowledge, caller))
                (decisions(seen, view))
                div.row.onward {
                    (shortlists(seen, view))
                    (files(seen, view))
                }
            }
        }
    }
}

fn standing(seen: &Seen, view: &View) -> Markup {
    let explained = &seen.explained;
    let failed = explained.explanation.gates.iter().any(|gate| gate.outcome == GateOutcome::Fail);
    let as_of = seen.candidate.as_of;
    html! {
        div.row.chips #(LEVEL_LINE) {
            @match explained.place {
                Some(PlaceNow { place, n_ranked, .. }) => {
                    @let (place, all) = (words::count(place), words::count(n_ranked));
                    span.chip.level { (view.say(format!("Place {place} of {all} now"), format!("当前第 {place} 名，共 {all} 人"))) }
                }
                None if failed => span.chip.bad { (view.say("A gate keeps it out", "未过门槛，不参与排名")) },
                None => span.chip.warn { (view.say("An older resume: not ranked", "旧版简历，不参与排名")) },
            }
            @match &explained.talent.level {
                Some(level) => span.chip.level { (view.say("Level", "级别")) " " (level.number) " · " (view.say(&level.name_en, &level.name_zh)) },
                None => span.chip { (view.say("No level shown", "未定级")) },
            }
            (postdoc(seen, view))
            span.chip title=(view.say("Months and degrees are counted up to this date", "学历与工龄均计至此日")) {
                (view.say("As of", "截至")) " " (as_of)
            }
            @if explained.explanation.partial {
                span.chip.warn { (view.say("Read in part: something may be missing", "仅读取部分，内容可能缺失")) }
            }
        }
    }
}

fn postdoc(seen: &Seen, view: &View) -> Markup {
    let postdoc = &seen.explained.talent.postdoc;
    let class = match postdoc.outcome {
        GateOutcome::Pass => "chip good",
        GateOutcome::Fail => "chip",
        GateOutcome::Unknown => "chip warn",
    };
    let outcome = match postdoc.outcome {
        GateOutcome::Pass => view.say("Postdoctoral station: yes", "博士后进站：符合"),
        GateOutcome::Fail => view.say("Postdoctoral station: no", "博士后进站：不符"),
        GateOutcome::Unknown => view.say("Postdoctoral station: unknown", "博士后进站：待定"),
    };
    let why = match postdoc.why {
        PostdocWhy::RecentDoctorate => view.say("recent doctorate", "近年获博士学位"),
        PostdocWhy::OldDoctorate => view.say("doctorate too long ago", "获博士学位过久"),
        PostdocWhy::UndatedDoctorate => view.say("doctorate without a year", "博士学位未注明年份"),
        PostdocWhy::DoctorateUnderWay => view.say("doctorate under way", "博士在读"),
        PostdocWhy::NoDoctorate => view.say("no doctorate", "无博士学位"),
        PostdocWhy::NoDegree => view.say("no degree told of", "未提及学位"),
    };
    html! { span class=(class) data-points=(seen.places.names(&postdoc.spans)) { (outcome) " (" (why) ")" } }
}

/// The points by component, and what each colour is.
fn bar(seen: &Seen, view: &View) -> Markup {
    let components = &seen.explained.explanation.components;
    let segments = components.iter().enumerate().map(|(place, component)| Segment {
        title: String::new(),
        part: u64::from(component.points),
        class: bars::class(place),
    });
    html! {
        (bars::bar("", &segments.collect::<Vec<_>>(), ALL_POINTS))
        ul.plain.legend {
            @for (position, component) in components.iter().enumerate() {
                li {
                    a href=(format!("#part-{}", component.id)) {
                        span.dot.(bars::class(position)) aria-hidden="true" {}
                        (view.say(&component.name_en, &component.name_zh)) " "
                        span.soft { (words::points(component.points)) " / " (words::points(component.weight)) }
                    }
                }
            }
        }
    }
}

/// What the level rests on, and which one is open.
fn level(seen: &Seen, view: &View) -> Markup {
    let talent = &seen.explained.talent;
    html! {
        @if !talent.basis.is_empty() {
            p.small.basis {
                span.soft { (view.say("The level rests on: ", "定级依据：")) }
                (conditions(seen, view, &talent.basis))
            }
        }
        @if let Some(open) = &talent.open {
            p.small.basis {
                span.soft {
                    (view.say("Level ", "级别 ")) (open.level.number) (view.say(" is open, the resume does not say: ", " 待定，简历未说明："))
                }
                (conditions(seen, view, &open.unknown))
            }
        }
    }
}

fn conditions(seen: &Seen, view: &View, all: &[Basis]) -> Markup {
    html! {
        @for (position, basis) in all.iter().enumerate() {
            @if position > 0 { (view.say("; ", "；")) }
            (super::evidence::linked(seen, &basis.spans, view.say(&basis.name_en, &basis.name_zh)))
        }
    }
}

/// Another profile's view of the same person.
fn profiles(seen: &Seen, view: &View, knowledge: &Knowledge, caller: &AsRecruiter) -> Markup {
    let seen_by = knowledge.profiles().values().filter(|profile| caller.scope.has(profile.field()));
    let is_changed = !seen.wanted.overrides.weights.is_empty() || !seen.wanted.overrides.gates.is_empty();
    html! {
        form.row method="get" action=(format!("/candidates/{}", seen.candidate.resume)) {
            label for="profile" { (view.say("Profile", "画像")) }
            select #profile name="profile" data-submits {
                @for profile in seen_by {
                    option value=(profile.id()) selected[profile.id() == seen.explained.profile] { (view.say(profile.name_en(), profile.name_zh())) }
                }
            }
            button.without-script type="submit" { (view.say("Show", "显示")) }
            @if is_changed {
                span.chip.warn { (view.say("weights or gates changed", "权重或门槛已调整")) }
                @let reset = format!("/candidates/{}?profile={}", seen.candidate.resume, super::encoded(&seen.wanted.profile));
                a.small href=(reset) { (view.say("as in the profile", "恢复默认")) }
            }
        }
    }
}

fn decisions(seen: &Seen, view: &View) -> Markup {
    let newest =
        seen.noted.decisions.iter().rev().find(|decision| decision.profile == seen.explained.profile);
    let action = format!("/candidates/{}/decide", seen.candidate.resume);
    let is_open = newest.is_none_or(|newest| newest.choice == Choice::Open);
    html! {
        form.row.decide #decide method="post" action=(action) hx-post=(action) hx-target="#decide" hx-select="#decide" hx-select-oob="#decisions"
            hx-swap="outerMorph" aria-label=(view.say("Decision", "决定")) {
            (token(view))
            input type="hidden" name="profile" value=(seen.explained.profile);
            input type="hidden" name="back" value=(view.here);
            @for choice in [Choice::Advance, Choice::Hold, Choice::Decline] {
                @let is_it = newest.is_some_and(|newest| newest.choice == choice);
                button type="submit" name="choice" value=(choice.code()) aria-pressed=(is_it.to_string()) { (words::choice(view, choice)) }
            }
            @if !is_open {
                button.plain type="submit" name="choice" value=(Choice::Open.code()) { (words::choice(view, Choice::Open)) }
            }
            @match newest {
                Some(newest) => span.soft.small {
                    span.chip.(chosen(newest.choice)) { (words::choice(view, newest.choice)) }
                    " " (newest.by) " · " (words::moment(newest.at))
                },
                None => span.soft.small { (view.say("Nothing decided yet", "尚未决定")) },
            }
        }
    }
}

/// The class that a choice's chip has.
pub(super) fn chosen(choice: Choice) -> &'static str {
    match choice {
        Choice::Advance => "good",
        Choice::Hold => "warn",
        Choice::Decline => "bad",
        Choice::Open => "open",
    }
}

fn shortlists(seen: &Seen, view: &View) -> Markup {
    let lists = &seen.shortlists;
    html! {
        @if lists.is_empty() {
            p.small.soft.no-list {
                (view.say("There is no shortlist yet: ", "还没有候选名单：")) a href="/shortlists" { (view.say("make one", "新建")) }
            }
        } @else {
            form.row method="post" action="/shortlists/add" {
                (token(view))
                input type="hidden" name="resume" value=(seen.candidate.resume);
                input type="hidden" name="back" value=(view.here);
                @if let Some(run) = &seen.run { input type="hidden" name="run" value=(run); }
                label for="shortlist" { (view.say("Shortlist", "候选名单")) }
                select #shortlist name="shortlist" {
                    @for list in lists { option value=(list.id) { (list.name) " (" (list.n_entries) ")" } }
                }
                button type="submit" { (view.say("Put on it", "加入")) }
            }
        }
    }
}

fn files(seen: &Seen, view: &View) -> Markup {
    let resume = seen.candidate.resume;
    html! {
        p.row.files {
            @if !view.is_blind() {
                a.button href=(format!("/candidates/{resume}/original")) download { (view.say("Original file", "原文件")) }
            }
            a.button href=(format!("/candidates/{resume}/json-resume")) download { "JSON Resume" }
        }
    }
}
