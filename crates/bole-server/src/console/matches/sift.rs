//! The left column: what people are ranked by, and who of them.

use std::collections::BTreeSet;

use bole_core::Degree;
use bole_engine::{Condition, Gate, GateChange, RankingProfile};
use maud::{Markup, html};

use super::Desk;
use super::asked::{OF, RESET};
use crate::console::bars::class;
use crate::console::wanted::{GATE, WEIGHT};
use crate::console::words;

/// A select whose values are filters.
struct Quick {
    id: &'static str,
    label: &'static str,
    any: &'static str,
    /// Filters, and what they are called.
    options: Vec<(String, String)>,
}

const DEGREES: [Degree; 5] =
    [Degree::Doctor, Degree::Master, Degree::Bachelor, Degree::Associate, Degree::Secondary];
/// A slider goes to this at least.
const MOST: u32 = 100;
/// What ranks anew by itself: a slider while it is dragged, the filter a moment after the last key, a select at once.
const TRIGGER: &str = "input throttle:120ms target:'input[type=range]', input delay:300ms target:'input[type=search]', \
    change target:select, submit";

/// The form. Each change of it asks for the list on the right.
pub(super) fn form(desk: &Desk<'_>) -> Markup {
    let view = desk.view;
    html! {
        form #sift.card.sift method="get" action="/matches" autocomplete="off" hx-get="/matches" hx-target="#ranking"
            hx-select="#ranking" hx-swap="outerMorph" hx-trigger=(TRIGGER) hx-sync="this:queue last" {
            // The first button is the one that Enter presses; it stands last.
            div.without-script { button.main type="submit" { (view.say("Rank", "排名")) } }
            (profiles(desk))
            (filters(desk))
            @if let Some(profile) = desk.profile {
                (weights(desk, profile))
                (gates(desk, profile))
            }
        }
    }
}

fn profiles(desk: &Desk<'_>) -> Markup {
    let knowledge = desk.state.server.engine.knowledge();
    let seen = knowledge.profiles().values().filter(|profile| desk.caller.scope.has(profile.field()));
    let chosen = desk.asked.wanted.profile.as_str();
    html! {
        div.field {
            label for="profile" { (desk.view.say("Profile", "画像")) }
            select #profile name="profile" autofocus[desk.is_chosen] hx-get="/matches" hx-trigger="change consume" hx-include="#sift [name='filter']"
                hx-target="#matches" hx-select="#matches" hx-swap="outerHTML" hx-sync="closest form:replace" {
                @if desk.profile.is_none() {
                    option value="" selected disabled { (desk.view.say("Choose one", "请选择")) }
                }
                @for profile in seen {
                    option value=(profile.id()) selected[profile.id() == chosen] {
                        (desk.named(profile.name_zh(), profile.name_en()))
                    }
                }
            }
            @if let Some(profile) = desk.profile { input type="hidden" name=(OF) value=(profile.id()); }
        }
    }
}

/// What of the filters the selects tell, the text that is typed, and what is neither.
fn filters(desk: &Desk<'_>) -> Markup {
    let view = desk.view;
    let selects = quick(desk);
    let told: BTreeSet<&String> =
        selects.iter().flat_map(|quick| &quick.options).map(|(filter, _)| filter).collect();
    let given = &desk.asked.wanted.filters;
    // A select tells one of its values; a second one stays as it is.
    let mut chosen: Vec<Option<&String>> = Vec::new();
    for quick in &selects {
        let of_quick = |filter: &&String| quick.options.iter().any(|(option, _)| option == *filter);
        chosen.push(given.iter().find(of_quick));
    }
    let typed = given.iter().find(|filter| !told.contains(filter));
    let rest = given.iter().filter(|filter| !chosen.contains(&Some(*filter)) && Some(*filter) != typed);
    html! {
        fieldset.stack {
            legend { (view.say("Who", "筛选")) }
            div.field {
                label for="filter" { (view.say("Only who is found by", "仅限匹配此条件者")) }
                input #filter type="search" name="filter" value=[typed] maxlength="512" data-search
                    aria-describedby="filter-help" placeholder=(view.say("credit risk OR 信用风险", "信用风险 OR credit risk"));
                p #filter-help.soft.small { (view.say("Words, \"phrases\", AND, OR, NOT, title: school: skill:", "词语、\"短语\"、AND、OR、NOT，title: school: skill:")) }
            }
            div.quick {
                @for (quick, chosen) in selects.iter().zip(chosen.iter().copied()) {
                    div.field {
                        label for=(quick.id) { (quick.label) }
                        select id=(quick.id) name="filter" {
                            option value="" { (quick.any) }
                            @for (filter, name) in &quick.options {
                                option value=(filter) selected[chosen == Some(filter)] { (name) }
                            }
                        }
                    }
                }
            }
            @for filter in rest { input type="hidden" name="filter" value=(filter); }
        }
    }
}

fn quick(desk: &Desk<'_>) -> Vec<Quick> {
    let view = desk.view;
    let degrees =
        DEGREES.iter().map(|degree| (degree_filter(*degree), words::degree(view, *degree).to_owned()));
    let languages = [
        ("language:chinese", view.say("Chinese", "中文")),
        ("language:english", view.say("English", "英文")),
        ("language:mixed", view.say("both", "中英混合")),
    ];
    let languages = languages.map(|(filter, name)| (filter.to_owned(), name.to_owned()));
    let mut selects = vec![
        Quick {
            id: "quick-degree",
            label: view.say("Highest degree", "最高学历"),
            any: view.say("any", "不限"),
            options: degrees.collect(),
        },
        Quick {
            id: "quick-language",
            label: view.say("Language", "简历语言"),
            any: view.say("any", "不限"),
            options: languages.to_vec(),
        },
    ];
    let mut fields: Vec<(String, String)> = Vec::new();
    for profile in desk.state.server.engine.knowledge().profiles().values() {
        let filter = format!("field:{}", profile.field().0);
        if desk.caller.scope.has(profile.field()) && fields.iter().all(|(known, _)| *known != filter) {
            fields.push((filter, desk.named(profile.name_zh(), profile.name_en()).to_owned()));
        }
    }
    if fields.len() > 1 {
        fields.push(("field:any".to_owned(), view.say("sent without a field", "未指定领域").to_owned()));
        let (label, any) = (view.say("Sent for", "投递领域"), view.say("any field", "不限"));
        selects.push(Quick { id: "quick-field", label, any, options: fields });
    }
    selects
}

/// What a filter is called in a chip: as its select calls it, or else as it is.
pub(super) fn filter_name(desk: &Desk<'_>, filter: &str) -> String {
    for Quick { label, options, .. } in quick(desk) {
        if let Some((_, name)) = options.into_iter().find(|(option, _)| option == filter) {
            return format!("{label}{}{name}", desk.view.say(": ", "："));
        }
    }
    filter.to_owned()
}

fn degree_filter(degree: Degree) -> String {
    format!("degree:{}", degree_code(degree))
}

fn degree_code(degree: Degree) -> &'static str {
    match degree {
        Degree::Secondary => "secondary",
        Degree::Associate => "associate",
        Degree::Bachelor => "bachelor",
        Degree::Master => "master",
        Degree::Doctor => "doctor",
    }
}

fn weights(desk: &Desk<'_>, profile: &RankingProfile) -> Markup {
    let view = desk.view;
    let given = &desk.asked.wanted.overrides.weights;
    let weight = |id: &str, share: u32| given.get(id).copied().unwrap_or(share);
    let all = profile.groups().iter().map(|group| weight(&group.id, group.share).max(group.share));
    let most = all.max().unwrap_or(MOST).max(MOST);
    html! {
        fieldset.stack.weights {
            legend { (view.say("Weights", "权重")) }
            button.plain.reset type="submit" name=(RESET) value="yes" hx-get="/matches" hx-include="#sift" hx-trigger="click consume"
                hx-target="#matches" hx-select="#matches" hx-swap="outerHTML" hx-sync="closest form:replace" {
                (view.say("As in the profile", "恢复画像默认"))
            }
            @for (place, group) in profile.groups().iter().enumerate() {
                @let id = format!("w-{}", group.id);
                @let value = weight(&group.id, group.share);
                div.slider {
                    label for=(id) {
                        span.dot.(class(place)) {}
                        (desk.named(&group.name_zh, &group.name_en))
                    }
                    output for=(id) { (value) }
                    input id=(id) type="range" name=(format!("{WEIGHT}{}", group.id)) min="0" max=(most) step="1" value=(value);
                }
            }
        }
    }
}

/// The gates of the profile, and one for the degree in any case.
fn gates(desk: &Desk<'_>, profile: &RankingProfile) -> Markup {
    let view = desk.view;
    let changes = &desk.asked.wanted.overrides.gates;
    let is_degree = |gate: &&Gate| matches!(gate.condition, Condition::MinDegree(_));
    let of_degree = profile.gates().iter().find(is_degree);
    let others: Vec<_> = profile.gates().iter().filter(|gate| !is_degree(gate)).collect();
    let is_told = |change: &&GateChange| match change {
        GateChange::Off(id) => profile.gates().iter().any(|gate| gate.id == *id),
        GateChange::Ask(condition) => matches!(condition, Condition::MinDegree(_)),
    };
    html! {
        fieldset.stack {
            legend { (view.say("Must-haves", "必备条件")) }
            (least_degree(desk, of_degree))
            @for gate in others {
                @let off = GateChange::Off(gate.id.clone());
                @let id = format!("g-{}", gate.id);
                div.field {
                    label for=(id) { (desk.named(&gate.name_zh, &gate.name_en)) }
                    select id=(id) name=(GATE) {
                        option value="" { (view.say("required", "必须满足")) }
                        option value=(String::from(off.clone())) selected[changes.contains(&off)] { (view.say("left out", "不要求")) }
                    }
                }
            }
            @for change in changes.iter().filter(|change| !is_told(change)) {
                input type="hidden" name=(GATE) value=(String::from(change.clone()));
            }
        }
    }
}

fn least_degree(desk: &Desk<'_>, gate: Option<&Gate>) -> Markup {
    let view = desk.view;
    let changes = &desk.asked.wanted.overrides.gates;
    let own = gate.and_then(|gate| match gate.condition {
        Condition::MinDegree(degree) => Some((gate, degree)),
        _ => None,
    });
    html! {
        div.field {
            label for="g-degree" { (view.say("Least degree", "最低学历")) }
            select #g-degree name=(GATE) {
                @match own {
                    Some((gate, _)) => {
                        @let off = GateChange::Off(gate.id.clone());
                        option value=(String::from(off.clone())) selected[changes.contains(&off)] { (view.say("none", "不要求")) }
                    }
                    None => option value="" { (view.say("none", "不要求")) },
                }
                @for degree in DEGREES.iter().rev().copied() {
                    @let asked = GateChange::Ask(Condition::MinDegree(degree));
                    @let is_own = own.is_some_and(|(_, own)| own == degree);
                    @let is_left = is_own && !changes.iter().any(|change| changes_degree(change, gate));
                    option value=(if is_own { String::new() } else { String::from(asked.clone()) })
                        selected[changes.contains(&asked) || is_left] { (words::degree(view, degree)) }
                }
            }
        }
    }
}

/// Whether a change asks for another least degree than `gate`, or for none.
fn changes_degree(change: &GateChange, gate: Option<&Gate>) -> bool {
    match change {
        GateChange::Off(id) => gate.is_some_and(|gate| gate.id == *id),
        GateChange::Ask(condition) => matches!(condition, Condition::MinDegree(_)),
    }
}
