//! The committed rules with every time in them shorter.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use bole_tests::watching::read_yaml;
use serde_json::{Value, json};

/// So much shorter.
const FACTOR: u64 = 60;
/// What cannot happen as often in a time so much shorter: a role waits ten seconds between its outages.
const LESS_SHORT: [(&str, u64); 1] = [("BoleFlapping", 15)];
/// Prometheus looks once a second: over less than this there is nothing to count.
const LEAST_RANGE_S: u64 = 10;
/// Numbers in expressions that are times, in seconds.
const TIMES_S: [u64; 2] = [1800, 86400];

/// The rules as this example has Prometheus follow them.
pub(crate) fn rules() -> Result<Value> {
    let mut rules = read_yaml("prometheus/rules.yml")?;
    for group in rules["groups"].as_array_mut().context("groups")? {
        for rule in group["rules"].as_array_mut().context("rules")? {
            let less = LESS_SHORT.iter().find(|(alert, _)| rule["alert"] == *alert);
            let factor = less.map_or(FACTOR, |(_, factor)| *factor);
            if let Some(time) = rule["for"].as_str() {
                rule["for"] = json!(format!("{}s", (seconds(time)? / factor).max(1)));
            }
            rule["expr"] = json!(expression(rule["expr"].as_str().context("an expression")?, factor)?);
        }
    }
    Ok(rules)
}

fn expression(text: &str, factor: u64) -> Result<String> {
    let mut parts = text.split('[');
    let mut short = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (range, rest) = part.split_once(']').context("a range")?;
        write!(short, "[{}s]{rest}", (seconds(range)? / factor).max(LEAST_RANGE_S))?;
    }
    Ok(TIMES_S.iter().fold(short, |all, time| all.replace(&time.to_string(), &(time / factor).to_string())))
}

fn seconds(time: &str) -> Result<u64> {
    let (number, unit) = time.split_at(time.len() - 1);
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86400,
        _ => anyhow::bail!("`{time}` is no time"),
    };
    Ok(number.parse::<u64>().with_context(|| time.to_owned())? * unit)
}
