//! What changed from one profile to another, in words.

use bole_engine::{Listed, ProfileChange, ProfileDiff, RankingProfile};
use maud::{Markup, html};

use super::super::session::View;
use super::super::words::points;
use super::outline::{asked, enough, listed_as, names};
use crate::State;

/// What `after` asks for otherwise than `before`.
pub(super) fn between(view: &View, state: &State, before: &RankingProfile, after: &RankingProfile) -> Markup {
    let diff = state.server.engine.knowledge().compare(before, after);
    let teller = Teller { view, state, profiles: [after, before] };
    html! {
        @if diff.changes.is_empty() {
            p.soft { (view.say("Nothing: both score every resume alike.", "没有差别：两者对所有简历的评分相同。")) }
        } @else {
            ul.changes {
                @for change in &diff.changes { @if let Some((sign, text)) = teller.told(change) { (line(sign, &text)) } }
                @for (sign, text) in teller.concepts(&diff.changes) { (line(sign, &text)) }
            }
        }
        (hashes(&diff))
    }
}

fn line(sign: &str, text: &str) -> Markup {
    let kind = match sign {
        CAME => "chip good",
        WENT => "chip bad",
        _ => "chip warn",
    };
    html! { li { span { span class=(kind) { (sign) } } span { (text) } } }
}

fn hashes(diff: &ProfileDiff) -> Markup {
    let [before, after] = [&diff.before, &diff.after].map(|side| super::outline::short(&side.hash));
    html! { p.soft.small.code { (before) " → " (after) } }
}

struct Teller<'a> {
    view: &'a View,
    state: &'a State,
    /// The later one first: it says what groups are called.
    profiles: [&'a RankingProfile; 2],
}

/// What a line is about: something came, went, or is otherwise.
const CAME: &str = "+";
const WENT: &str = "−";
const OTHERWISE: &str = "~";

impl Teller<'_> {
    /// It in words; nothing of what comes with others of its kind.
    fn told(&self, change: &ProfileChange) -> Option<(&'static str, String)> {
        let (view, colon) = (self.view, self.colon());
        Some(match change {
            ProfileChange::Called { key, before, after } => {
                let key = match *key {
                    "field" => view.say("field", "领域"),
                    "name_zh" => view.say("Chinese name", "中文名"),
                    "name_en" => view.say("English name", "英文名"),
                    other => other,
                };
                (OTHERWISE, format!("{key}{colon}{before} → {after}"))
            }
            ProfileChange::GroupAdded { group, weight } => {
                let (group, weight) = (self.group(group), points(*weight));
                (
                    CAME,
                    view.say(
                        format!("group “{group}”, {weight} points"),
                        format!("新增组“{group}”，{weight} 分"),
                    ),
                )
            }
            ProfileChange::GroupRemoved { group, weight } => {
                let (group, weight) = (self.group(group), points(*weight));
                (
                    WENT,
                    view.say(
                        format!("group “{group}”, which gave {weight} points"),
                        format!("移除组“{group}”，原为 {weight} 分"),
                    ),
                )
            }
            ProfileChange::GroupRenamed { before: [zh, en], after: [zh_now, en_now], .. } => {
                let renamed = [(zh, zh_now), (en, en_now)].into_iter().filter(|(was, is)| was != is);
                let renamed = renamed.map(|(was, is)| format!("{was} → {is}"));
                (OTHERWISE, renamed.collect::<Vec<_>>().join(view.say(", ", "，")))
            }
            ProfileChange::Weight { group, before, after } => {
                let (group, before, after) = (self.group(group), points(*before), points(*after));
                (
                    OTHERWISE,
                    view.say(
                        format!("{group}: {before} → {after} points of 100"),
                        format!("{group}：{before} → {after} 分（满分 100）"),
                    ),
                )
            }
            ProfileChange::Enough { group, before, after } => {
                let (before, after) = (enough(view, *before), enough(view, *after));
                (OTHERWISE, format!("{}{colon}{before} → {after}", self.group(group)))
            }
            ProfileChange::ConceptAdded { .. } | ProfileChange::ConceptRemoved { .. } => return None,
            ProfileChange::ConceptMoved { concept, from, was, group } => {
                let name = view.say(&concept.name_en, &concept.name_zh);
                let place =
                    |group: &str, listed| format!("{} ({})", self.group(group), listed_as(view, listed));
                (OTHERWISE, format!("{name}{colon}{} → {}", place(from, *was), place(group, concept.listed)))
            }
            ProfileChange::GateAdded { gate } => {
                let condition = asked(view, self.state, &gate.condition);
                (CAME, view.say(format!("must-have: {condition}"), format!("新增硬性条件：{condition}")))
            }
            ProfileChange::GateRemoved { gate } => {
                let condition = asked(view, self.state, &gate.condition);
                (WENT, view.say(format!("must-have: {condition}"), format!("移除硬性条件：{condition}")))
            }
            ProfileChange::GateChanged { before, after, now_accepts, no_longer_accepts } => {
                let name = view.say(&after.name_en, &after.name_zh);
                let mut parts = Vec::new();
                if (&before.name_zh, &before.name_en) != (&after.name_zh, &after.name_en) {
                    let name = view.say(&before.name_en, &before.name_zh);
                    parts.push(view.say(format!("was called {name}"), format!("原名 {name}")));
                }
                if !now_accepts.is_empty() {
                    let names = names(view, self.state, now_accepts);
                    parts.push(view.say(format!("now accepts {names}"), format!("新接受 {names}")));
                }
                if !no_longer_accepts.is_empty() {
                    let names = names(view, self.state, no_longer_accepts);
                    parts.push(view.say(format!("no longer accepts {names}"), format!("不再接受 {names}")));
                }
                if before.condition != after.condition && now_accepts.len() + no_longer_accepts.len() == 0 {
                    let told = [before, after].map(|gate| asked(view, self.state, &gate.condition));
                    parts.push(told.join(" → "));
                }
                (OTHERWISE, format!("{name}{colon}{}", parts.join(view.say("; ", "；"))))
            }
        })
    }

    /// Concepts that came and went: a line for all that are listed alike in a group.
    fn concepts(&self, changes: &[ProfileChange]) -> Vec<(&'static str, String)> {
        let mut lines: Vec<(&'static str, &str, Listed, Vec<&str>)> = Vec::new();
        for change in changes {
            let (sign, concept, group) = match change {
                ProfileChange::ConceptAdded { concept, group } => (CAME, concept, group),
                ProfileChange::ConceptRemoved { concept, group } => (WENT, concept, group),
                _ => continue,
            };
            let name = self.view.say(concept.name_en.as_str(), concept.name_zh.as_str());
            let same = |line: &&mut (&str, &str, Listed, Vec<&str>)| {
                (line.0, line.1, line.2) == (sign, group.as_str(), concept.listed)
            };
            match lines.iter_mut().find(same) {
                Some((.., names)) => names.push(name),
                None => lines.push((sign, group, concept.listed, vec![name])),
            }
        }
        let told = |(sign, group, listed, names): (&'static str, &str, Listed, Vec<&str>)| {
            let (group, listed) = (self.group(group), listed_as(self.view, listed));
            let (colon, names) = (self.colon(), names.join(self.view.say(", ", "、")));
            (
                sign,
                self.view.say(
                    format!("{group}, {listed}{colon}{names}"),
                    format!("{group}，{listed}{colon}{names}"),
                ),
            )
        };
        lines.into_iter().map(told).collect()
    }

    fn colon(&self) -> &'static str {
        self.view.say(": ", "：")
    }

    /// What a group is called, now or before.
    fn group<'a>(&'a self, id: &'a str) -> &'a str {
        let mut all = self.profiles.iter().flat_map(|profile| profile.groups());
        let found = all.find(|group| group.id == id);
        found.map_or(id, |group| self.view.say(&group.name_en, &group.name_zh))
    }
}
