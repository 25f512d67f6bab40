//! What `deploy/prometheus` and `deploy/grafana` say.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

/// A rule of `deploy/prometheus/rules.yml`.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it records, or the alert's name.
    pub name: String,
    /// Whether it is an alert.
    pub is_alert: bool,
    /// What it asks for.
    pub expression: String,
    /// All that is said of it.
    pub told: Value,
}

/// A question of a dashboard.
#[derive(Clone, Debug)]
pub struct Question {
    /// The dashboard's file and the panel's title.
    pub place: String,
    /// What it asks for, with the variables of Grafana.
    pub expression: String,
}

/// A folder or file of `deploy`.
pub fn deploy(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(path)
}

/// A YAML file of `deploy`.
pub fn read_yaml(path: &str) -> Result<Value> {
    let text = std::fs::read_to_string(deploy(path)).with_context(|| path.to_owned())?;
    serde_saphyr::from_str(&text).with_context(|| path.to_owned())
}

/// All rules.
pub fn rules() -> Result<Vec<Rule>> {
    let document = read_yaml("prometheus/rules.yml")?;
    let groups = document["groups"].as_array().context("groups")?;
    let rules = groups.iter().flat_map(|group| group["rules"].as_array().into_iter().flatten());
    let rule = |rule: &Value| {
        let alert = rule["alert"].as_str();
        let name = alert.or(rule["record"].as_str()).context("a name")?.to_owned();
        let expression = rule["expr"].as_str().context("an expression")?.to_owned();
        Ok(Rule { name, is_alert: alert.is_some(), expression, told: rule.clone() })
    };
    rules.map(rule).collect()
}

/// The dashboards, with their file names.
pub fn dashboards() -> Result<Vec<(String, Value)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(deploy("grafana/dashboards"))? {
        let entry = entry?;
        let text = std::fs::read_to_string(entry.path())?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let dashboard = serde_json::from_str(&text).with_context(|| name.clone())?;
        found.push((name, dashboard));
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(found)
}

/// What all dashboards ask for.
pub fn questions() -> Result<Vec<Question>> {
    let mut questions = Vec::new();
    for (name, dashboard) in dashboards()? {
        for panel in dashboard["panels"].as_array().context("panels")? {
            for target in panel["targets"].as_array().context("targets")? {
                let expression = target["expr"].as_str().context("an expression")?.to_owned();
                let place = format!("{name}: {}", panel["title"].as_str().unwrap_or_default());
                questions.push(Question { place, expression });
            }
        }
    }
    Ok(questions)
}

/// The selectors of an expression, with what stands in their braces: metrics of ours, and what rules record.
pub fn selectors(expression: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        if first == '"' {
            rest = rest.get(1..).and_then(|text| text.split_once('"')).map_or("", |(_, after)| after);
            continue;
        }
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !"_:".contains(letter));
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        if word.is_empty() {
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let braces = after.strip_prefix('{').and_then(|inside| inside.split_once('}'));
        if word.starts_with("bole_")
            || (word.contains(':') && !word.starts_with(|it: char| it.is_ascii_digit()))
        {
            found.insert(braces.map_or(word.to_owned(), |(inside, _)| format!("{word}{{{inside}}}")));
        }
        rest = braces.map_or(after, |(_, after)| after);
    }
    found
}

/// The name in a selector, of a histogram without the ending of its parts.
pub fn metric(selector: &str) -> &str {
    let name = selector.split('{').next().unwrap_or_default();
    let mut parts = ["_bucket", "_sum", "_count"].into_iter().filter(|_| name.contains("_seconds_"));
    parts.find_map(|part| name.strip_suffix(part)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_found_wherever_they_stand() {
        let text = "sum by (le) (rate(bole_a_seconds_bucket{x=\"bole_no\", y=~\"1|2\"}[5m])) / portal:bole_b:max > 0.5 or vector(1)";
        let found: Vec<_> = selectors(text).into_iter().collect();
        assert_eq!(found, ["bole_a_seconds_bucket{x=\"bole_no\", y=~\"1|2\"}", "portal:bole_b:max"]);
        assert_eq!(
            found.iter().map(|it| metric(it)).collect::<Vec<_>>(),
            ["bole_a_seconds", "portal:bole_b:max"]
        );
    }
}
