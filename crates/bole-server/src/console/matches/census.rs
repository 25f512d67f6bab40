//! What became of everybody, as one bar and the numbers that add up.

use bole_engine::Census;
use maud::{Markup, html};

use super::Desk;
use super::sift::filter_name;
use crate::console::bars::{Segment, bar};
use crate::console::session::encoded;
use crate::console::words::{self, count};

/// One of the ways in which people leave a ranking, or stay.
struct Fate {
    name: String,
    number: u64,
    class: &'static str,
    link: Option<String>,
}

/// The colours of filters, one after the other.
const FILTERS: [&str; 4] = ["c3", "c4", "c5", "c8"];

pub(super) fn shown(desk: &Desk<'_>, census: &Census, run: &str) -> Markup {
    let view = desk.view;
    let fates = fates(desk, census, run);
    let told = |fate: &Fate| format!("{} {}", fate.name, count(fate.number));
    let label = fates.iter().map(told).collect::<Vec<_>>().join(", ");
    let segments: Vec<_> = fates
        .iter()
        .map(|fate| Segment { title: told(fate), part: fate.number, class: fate.class })
        .collect();
    html! {
        div.census {
            (bar(&label, &segments, census.people))
            ul.plain.legend {
                @for fate in &fates {
                    li {
                        span.dot.(fate.class) {}
                        span {
                            @if let Some(link) = &fate.link { a href=(link) { (fate.name) } } @else { (fate.name) }
                        }
                        b { (count(fate.number)) }
                    }
                }
                li.sum { span { "= " (view.say("people", "总人数")) } b { (count(census.people)) } }
                @if census.older_versions > 0 {
                    li.soft {
                        (view.say("besides, older resumes of the same people", "另有同一人的旧版简历")) " " (count(census.older_versions))
                    }
                }
            }
        }
    }
}

fn fates(desk: &Desk<'_>, census: &Census, run: &str) -> Vec<Fate> {
    let view = desk.view;
    let ranked = view.say("ranked", "已排名").to_owned();
    let mut fates = vec![Fate { name: ranked, number: census.ranked, class: "c1", link: None }];
    let scope = desk.caller.scope.query();
    for (filter, number) in &census.filtered_out {
        let name = if Some(filter) == scope.as_ref() {
            view.say("sent for other fields", "投递其他领域").to_owned()
        } else {
            format!("{} {}", view.say("not found by", "不符合"), filter_name(desk, filter))
        };
        let class = FILTERS.get(fates.len() % FILTERS.len()).copied().unwrap_or("c3");
        fates.push(Fate { name, number: *number, class, link: None });
    }
    for (gate, number) in &census.gate_failed {
        let name = format!("{} {}", view.say("fail", "未满足"), desk.gate_name(gate));
        fates.push(Fate { name, number: *number, class: "c2", link: None });
    }
    for (reason, number) in &census.unreadable {
        let name = format!("{}{}", view.say("unreadable: ", "无法读取："), words::reason(view, *reason));
        let link = format!("/matches/unreadable?run={}", encoded(run));
        fates.push(Fate { name, number: *number, class: "c7", link: Some(link) });
    }
    fates.retain(|fate| fate.number > 0 || fate.class == "c1");
    fates
}
