//! Where the submissions of each portal are, and whether they add up.

use bole_core::{LedgerLine, Reason};
use bole_engine::Sample;
use maud::{Markup, html};

use crate::console::bars::{self, Segment};
use crate::console::session::{View, encoded};
use crate::console::words;

/// A part of what was received: its name and its colour.
struct Part {
    name: (&'static str, &'static str),
    class: &'static str,
    count: fn(&LedgerLine) -> u64,
}

/// As the law sums them up.
const PARTS: [Part; 6] = [
    Part { name: ("indexed", "已入库"), class: "c6", count: |line| line.indexed },
    Part { name: ("duplicate", "重复"), class: "c8", count: |line| line.duplicate },
    Part { name: ("quarantined", "已隔离"), class: "c2", count: LedgerLine::n_quarantined },
    Part { name: ("discarded", "已放弃"), class: "c4", count: |line| line.discarded },
    Part { name: ("erased", "已清除"), class: "c5", count: |line| line.erased },
    Part { name: ("in flight", "处理中"), class: "c1", count: |line| line.queued },
];

pub(super) fn table(view: &View, sample: &Sample) -> Markup {
    let portals = &sample.ledger.portals;
    html! {
        section.card aria-labelledby="portals" {
            h2 #portals { (view.say("By portal", "各门户")) }
            @if portals.is_empty() {
                p.soft {
                    (view.say("Nothing was received yet. A portal sends by ", "尚未收到任何简历。门户可通过 "))
                    code { "POST /v1/submissions" }
                    (view.say(" or over the broker.", " 或消息队列发送。"))
                }
            } @else {
                (alarm(view, sample))
                (astray(view, sample))
                div.scroll tabindex="0" role="region" aria-label=(view.say("Ledger by portal", "各门户账目")) {
                    table.ledger {
                        thead {
                            tr {
                                th scope="col" { (view.say("portal", "门户")) }
                                th.number scope="col" { (view.say("received", "收到")) }
                                @for part in &PARTS {
                                    th.number scope="col" {
                                        span.dot.(part.class) aria-hidden="true" {}
                                        " " (view.say(part.name.0, part.name.1))
                                    }
                                }
                                th.share scope="col" { (view.say("share", "占比")) }
                                th scope="col" { (view.say("the law", "账目")) }
                            }
                        }
                        tbody {
                            @for (portal, line) in portals { (row(view, sample, Some(portal), line)) }
                            @if portals.len() > 1 { (row(view, sample, None, &sample.total)) }
                        }
                    }
                }
                (law(view, sample))
            }
        }
    }
}

fn row(view: &View, sample: &Sample, portal: Option<&str>, line: &LedgerLine) -> Markup {
    let quarantine = portal
        .map_or_else(|| "/quarantine".to_owned(), |portal| format!("/quarantine?portal={}", encoded(portal)));
    let is_paused = sample.paused.iter().any(|paused| portal == Some(paused.as_str()));
    html! {
        tr.sum[portal.is_none()] {
            th scope="row" {
                (portal.unwrap_or(view.say("all", "合计")))
                @if is_paused { " " span.chip.warn { "‖ " (view.say("paused", "已暂停")) } }
            }
            td.number { (words::count(line.received)) }
            @for part in &PARTS {
                @let n = (part.count)(line);
                td.number.soft[n == 0] {
                    @if part.class == "c2" && n > 0 { a href=(quarantine) { (words::count(n)) } }
                    @else { (words::count(n)) }
                }
            }
            td.share { (share(line)) }
            td {
                @if line.holds() { span.chip.good { "✓ " (view.say("holds", "平")) } }
                @else { span.chip.bad { "✕ " (view.say("broken", "不平")) } }
            }
        }
    }
}

/// The parts beside each other, of what was received.
fn share(line: &LedgerLine) -> Markup {
    let segments = PARTS.iter().map(|part| Segment {
        title: String::new(),
        part: (part.count)(line),
        class: part.class,
    });
    bars::bar("", &segments.collect::<Vec<_>>(), line.received)
}

/// The law as a sentence, with the numbers of now.
fn law(view: &View, sample: &Sample) -> Markup {
    let total = &sample.total;
    html! {
        p.law {
            (view.say("received", "收到")) " " b { (words::count(total.received)) } " = "
            @for (place, part) in PARTS.iter().enumerate() {
                @if place > 0 { " + " }
                (view.say(part.name.0, part.name.1)) " " b { (words::count((part.count)(total))) }
            }
            " "
            @if sample.law_holds {
                span.chip.good { "✓ " (view.say("holds: every submission is accounted for", "成立：每一份都有去向")) }
            } @else {
                span.chip.bad { "✕ " (view.say("is broken: report this", "不成立：请上报")) }
            }
        }
    }
}

/// Messages that no portal's queue holds.
fn astray(view: &View, sample: &Sample) -> Markup {
    let (unroutable, dead) = (words::count(sample.n_unroutable), words::count(sample.n_dead_letters));
    html! {
        @if sample.n_unroutable > 0 {
            div.notice.warn {
                p {
                    (view.say(
                        format!("{unroutable} messages came with a key that is no portal's: add the portal and have it send them again."),
                        format!("{unroutable} 条消息的路由键不属于任何门户：请添加该门户并让其重新发送。"),
                    ))
                }
            }
        }
        @if sample.n_dead_letters > 0 {
            div.notice.warn {
                p {
                    (view.say(
                        format!("{dead} messages were handed out too often: a worker that runs puts them into quarantine."),
                        format!("{dead} 条消息多次退回：运行中的工作进程会将其隔离。"),
                    ))
                }
            }
        }
    }
}

fn alarm(view: &View, sample: &Sample) -> Markup {
    let n_violations = sample.total.quarantined.get(&Reason::SandboxViolation).copied().unwrap_or(0);
    html! {
        @if n_violations > 0 {
            div.notice.bad {
                p {
                    strong { (words::count(n_violations)) " " (words::reason(view, Reason::SandboxViolation)) ". " }
                    (view.say(
                        "They made a reader call what no reader calls: keep the originals, and tell who looks after security.",
                        "它们使读取进程调用了禁止的功能：请保留原件，并告知安全负责人。",
                    ))
                    " "
                    a href="/quarantine?reason=sandbox_violation" { (view.say("Look at them", "查看")) }
                }
            }
        }
    }
}
