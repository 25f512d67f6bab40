//! The rules, the runbook and the dashboards of `deploy` agree.

use std::collections::{BTreeMap, BTreeSet};

use bole_tests::promtool;
use bole_tests::watching::{Rule, dashboards, deploy, metric, questions, read_yaml, rules, selectors};
use serde_json::{Value, json};

const RUNBOOK: &str = include_str!("../../deploy/guides/runbook.md");

fn alerts() -> Vec<Rule> {
    rules().unwrap().into_iter().filter(|rule| rule.is_alert).collect()
}

#[test]
fn prometheus_takes_the_configuration_and_the_rules() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["prometheus.yml", "rules.yml"] {
        std::fs::copy(deploy("prometheus").join(name), folder.path().join(name)).unwrap();
    }
    // Who installs it makes the key.
    std::fs::write(folder.path().join("bole-ops.key"), "").unwrap();
    promtool(&["check", "config", folder.path().join("prometheus.yml").to_str().unwrap()]).unwrap();
    promtool(&["check", "rules", "rules.yml"]).unwrap();
}

#[test]
fn every_alert_fires_when_it_has_to_and_not_just_below() {
    promtool(&["test", "rules", "rules_test.yml"]).unwrap();
    let tests = read_yaml("prometheus/rules_test.yml").unwrap().to_string();
    for alert in alerts() {
        assert!(
            tests.contains(&format!("alertname=\\\"{}\\\"", alert.name)),
            "{} is never seen to fire",
            alert.name
        );
    }
}

#[test]
fn every_alert_has_its_section_in_the_runbook_and_says_what_it_is() {
    let told: Vec<_> = RUNBOOK.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let alerts = alerts();
    let names: BTreeSet<_> = alerts.iter().map(|alert| alert.name.as_str()).collect();
    assert_eq!(names.len(), alerts.len(), "two alerts have one name");
    assert_eq!(told.iter().copied().collect::<BTreeSet<_>>(), names);
    assert_eq!(told.len(), names.len(), "a section is there twice");
    for Rule { name, told, .. } in &alerts {
        let severity = told["labels"]["severity"].as_str().unwrap();
        assert!(["page", "ticket", "info"].contains(&severity), "{name}: {severity}");
        let annotations = &told["annotations"];
        let anchor = format!("deploy/guides/runbook.md#{}", name.to_lowercase());
        assert_eq!(annotations["runbook_url"], json!(anchor));
        for key in ["summary", "description"] {
            assert!(annotations[key].as_str().is_some_and(|text| text.len() > 10), "{name} has no {key}");
        }
    }
    // The sections stand under the heading of their severity, and answer the same questions.
    for (heading, severity) in [("Pages", "page"), ("Tickets", "ticket"), ("Only shown", "info")] {
        let part = RUNBOOK.split(&format!("\n## {heading}\n")).nth(1).unwrap().split("\n## ").next().unwrap();
        for section in part.split("\n### ").skip(1) {
            let name = section.lines().next().unwrap();
            let alert = alerts.iter().find(|alert| alert.name == name).unwrap();
            assert_eq!(alert.told["labels"]["severity"], severity, "{name}");
            for asked in ["*Means:*", "*People notice", "*Look:*", "*Do:*", "*Over*"] {
                assert!(section.contains(asked), "{name} does not say {asked}");
            }
        }
    }
}

#[test]
fn what_is_asked_for_is_recorded_and_what_is_recorded_is_asked_for() {
    let rules = rules().unwrap();
    let mut recorded: BTreeMap<&str, u32> = BTreeMap::new();
    for rule in rules.iter().filter(|rule| !rule.is_alert) {
        assert!(recorded.insert(&rule.name, 0).is_none(), "{} is recorded twice", rule.name);
    }
    let questions = questions().unwrap();
    let asked = rules.iter().map(|rule| &rule.expression).chain(questions.iter().map(|it| &it.expression));
    for selector in asked.flat_map(|expression| selectors(expression)) {
        let name = metric(&selector);
        if name.contains(':') {
            *recorded.get_mut(name).unwrap_or_else(|| panic!("nobody records {name}")) += 1;
        }
    }
    let unused: Vec<_> = recorded.into_iter().filter(|(_, n)| *n == 0).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn dashboards_are_whole() {
    let dashboards = dashboards().unwrap();
    let names: Vec<_> = dashboards.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["burst.json", "pipeline.json", "quarantine.json", "search.json"]);
    let uids: BTreeSet<_> = dashboards.iter().map(|(_, it)| it["uid"].as_str().unwrap()).collect();
    assert_eq!(uids.len(), dashboards.len());
    for (name, dashboard) in &dashboards {
        assert_eq!(dashboard["uid"], json!(format!("bole-{}", name.trim_end_matches(".json"))));
        assert_eq!(dashboard["schemaVersion"], 39, "{name}");
        let variables = dashboard["templating"]["list"].as_array().unwrap();
        let variable = |wanted: &str| variables.iter().find(|it| it["name"] == wanted);
        assert_eq!(variable("datasource").unwrap()["type"], "datasource");
        assert_eq!(variable("runbook").unwrap()["query"], "deploy/guides/runbook.md");
        for link in dashboard["links"].as_array().unwrap() {
            let uid = link["url"].as_str().unwrap().trim_start_matches("/d/");
            assert!(uids.contains(uid), "{name} links to {uid}");
        }
        let panels = dashboard["panels"].as_array().unwrap();
        let ids: BTreeSet<_> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
        assert_eq!(ids.len(), panels.len(), "{name}");
        let titles: BTreeSet<_> = panels.iter().map(|panel| panel["title"].as_str().unwrap()).collect();
        assert_eq!(titles.len(), panels.len(), "{name}");
        let mut taken: BTreeSet<(u64, u64)> = BTreeSet::new();
        for panel in panels {
            let title = format!("{name}: {}", panel["title"]);
            check_panel(&title, panel);
            let place = |key: &str| panel["gridPos"][key].as_u64().unwrap();
            let (x, y, w, h) = (place("x"), place("y"), place("w"), place("h"));
            assert!(w > 0 && h > 0 && x + w <= 24, "{title}");
            for cell in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))) {
                assert!(taken.insert(cell), "{title} lies on another");
            }
            // What an expression asks of the reader is there to be chosen.
            for target in panel["targets"].as_array().unwrap() {
                let expression = target["expr"].as_str().unwrap();
                for asked in variables_of(expression) {
                    assert!(asked.starts_with("__") || variable(asked).is_some(), "{title}: ${asked}");
                }
            }
        }
    }
}

/// The variables of Grafana in an expression.
fn variables_of(expression: &str) -> impl Iterator<Item = &str> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    expression.split('$').skip(1).filter_map(move |rest| rest.split(|letter| !is_name(letter)).next())
}

fn check_panel(title: &str, panel: &Value) {
    const KINDS: [&str; 5] = ["bargauge", "heatmap", "stat", "state-timeline", "timeseries"];
    assert!(KINDS.contains(&panel["type"].as_str().unwrap()), "{title}");
    for text in [&panel["title"], &panel["description"], &panel["fieldConfig"]["defaults"]["unit"]] {
        assert!(text.as_str().is_some_and(|text| !text.is_empty()), "{title}: {panel}");
    }
    assert_eq!(panel["datasource"], json!({ "type": "prometheus", "uid": "${datasource}" }), "{title}");
    let targets = panel["targets"].as_array().unwrap();
    let references: BTreeSet<_> = targets.iter().map(|it| it["refId"].as_str().unwrap()).collect();
    assert!(!targets.is_empty() && references.len() == targets.len(), "{title}");
    for target in targets {
        assert!(
            !target["expr"].as_str().unwrap().is_empty() && target["legendFormat"].is_string(),
            "{title}"
        );
    }
}

#[test]
fn limits_in_dashboards_are_those_of_the_alerts_that_they_link_to() {
    let alerts = alerts();
    let mut shown = BTreeSet::new();
    for (name, dashboard) in dashboards().unwrap() {
        for panel in dashboard["panels"].as_array().unwrap() {
            let title = format!("{name}: {}", panel["title"]);
            let steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"].as_array();
            let limits: Vec<_> =
                steps.into_iter().flatten().filter_map(|step| step["value"].as_f64()).collect();
            let links = panel["links"].as_array().into_iter().flatten();
            let linked: Vec<_> = links
                .map(|link| {
                    let to = link["title"].as_str().unwrap();
                    let anchor = format!("${{runbook:raw}}#{}", to.to_lowercase());
                    assert_eq!(link["url"], json!(anchor), "{title}");
                    alerts.iter().find(|alert| alert.name == to).unwrap_or_else(|| panic!("{title}: no {to}"))
                })
                .collect();
            shown.extend(linked.iter().map(|alert| alert.name.clone()));
            assert!(limits.is_empty() || !linked.is_empty(), "{title} has a limit that no alert has");
            for (limit, alert) in
                limits.iter().flat_map(|limit| linked.iter().map(move |alert| (limit, alert)))
            {
                let same = |one: f64, other: f64| (one - other).abs() < f64::EPSILON;
                let is_limit = compared(&alert.expression).any(|(sign, number)| match sign {
                    // One is the first that is more than none.
                    "==" | ">" if same(number, 0.0) => same(*limit, 1.0),
                    _ => same(*limit, number),
                });
                assert!(is_limit, "{title} has {limit}, and {} says `{}`", alert.name, alert.expression);
            }
        }
    }
    let missing: Vec<_> =
        alerts.iter().map(|alert| &alert.name).filter(|name| !shown.contains(*name)).collect();
    assert!(missing.is_empty(), "no panel shows what {missing:?} is about");
}

/// What an expression compares with which numbers.
fn compared(expression: &str) -> impl Iterator<Item = (&str, f64)> {
    let words: Vec<_> = expression.split([' ', '\n', ')']).filter(|word| !word.is_empty()).collect();
    let pairs: Vec<_> = words.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let signs = ["==", ">", "<", ">="];
    pairs
        .into_iter()
        .filter(move |(sign, _)| signs.contains(sign))
        .filter_map(|(sign, word)| Some((sign, word.parse().ok()?)))
}
