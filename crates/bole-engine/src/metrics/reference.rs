use std::fmt::Write;

use bole_core::{Reason, State};

use super::{
    ALL, BUILD_INFO, DATA, DISK_FREE, DISK_SIZE, FOLLOWER_LAG, HTTP_REQUESTS, HTTP_TIME, IN_FLIGHT, INTAKE,
    Kind, OUTAGES, PAUSED, QUARANTINED, ROLES, STAGE, SUBMISSIONS, Stage, UP, WAITING,
};

const HEAD: &str = "\
# Metrics

Written by `bole reference metrics`. `bole serve` tells them at `/metrics`, with a key of the role `ops`, or without one
if `server.open-metrics` is set; `bole work` tells them where `work.listen` says. Counters and histograms are those of one
process: add them up over all. Gauges that say how the installation stands, such as `bole_inflight`, are the same from every
server: take one of them, and add up none. Labels name portals, states, reasons and parts of Bole, never a person. A histogram has the series `NAME_bucket`,
`NAME_sum` and `NAME_count`, in seconds.

| metric | type | labels | meaning |
|---|---|---|---|
";

/// Every metric, as a table in Markdown.
pub fn metrics_reference() -> String {
    let mut text = HEAD.to_owned();
    for (kind, name, meaning) in &ALL {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Seconds => "histogram",
        };
        let labels = labels(name).into_iter().map(|(label, values)| format!("`{label}`: {values}"));
        let labels = labels.collect::<Vec<_>>().join("; ");
        let labels = if labels.is_empty() { "none" } else { &labels };
        // Writing to a text does not fail.
        writeln!(text, "| `{name}` | {kind} | {labels} | {meaning} |").ok();
    }
    text
}

/// The labels of a metric, each with the values that it takes.
fn labels(name: &str) -> Vec<(&'static str, String)> {
    let portal = || ("portal", "the portal".to_owned());
    let route = || ("route", "the pattern of the address".to_owned());
    let outcomes = [State::Indexed, State::Duplicate, State::Quarantined].map(State::code);
    let reasons = Reason::ALL.into_iter().filter(|reason| reason.state() == State::Quarantined);
    match name {
        SUBMISSIONS => vec![portal(), ("outcome", listed(outcomes))],
        QUARANTINED => vec![("reason", listed(reasons.map(Reason::code)))],
        INTAKE => vec![portal(), ("answer", listed(["queued", "known", "refused", "failed"]))],
        OUTAGES => vec![("role", listed(ROLES))],
        HTTP_REQUESTS => {
            vec![
                route(),
                ("method", "the method, or `other`".to_owned()),
                ("status", "the status".to_owned()),
            ]
        }
        HTTP_TIME => vec![route()],
        STAGE => vec![("stage", listed(Stage::ALL.map(Stage::name)))],
        IN_FLIGHT | PAUSED | WAITING => vec![portal()],
        FOLLOWER_LAG => vec![("follower", listed(["search", "receipts"]))],
        UP => vec![("part", "the part, as `/readyz` names it".to_owned())],
        DISK_FREE | DISK_SIZE => vec![("folder", listed([DATA]))],
        BUILD_INFO => vec![("version", "the version of the program".to_owned())],
        _ => Vec::new(),
    }
}

fn listed(values: impl IntoIterator<Item = &'static str>) -> String {
    values.into_iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
}
