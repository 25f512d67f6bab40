use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use bole_tests::{Brokers, Fleet, Program, request};
use serde_json::{Value, json};

use crate::made::{Made, wait_for_all};
use crate::{Options, PORTALS, PROFILE, ask, pipeline, told};

const POLL: Duration = Duration::from_millis(20);
/// A new server takes minutes, not hours.
const PATIENCE: Duration = Duration::from_hours(1);

pub(crate) fn measure(brokers: &Brokers, options: &Options) -> Result<Value> {
    let n_resumes = options.n_resumes;
    let made = Made::new(options, n_resumes)?;
    let pipeline = pipeline(brokers, &PORTALS)?;
    let key = pipeline.installation.key(&["recruiter"])?;
    let mut fleet = Fleet::start(&pipeline, 1, 2)?;
    made.publish(&pipeline, brokers, 0..n_resumes)?;
    wait_for_all(&fleet, n_resumes)?;
    let old = fleet.servers().first().context("a server")?;
    let (before, before_line) = told(&ask(options, &old.address().to_string(), &key)?)?;
    let expected = matched(old, &key)?;

    let began = Instant::now();
    let new = fleet.add_server()?;
    let listens = began.elapsed();
    let (index, people) = wait_until_ready(new, began)?;
    let ready = began.elapsed();
    let answer = matched(new, &key)?;
    let matches = began.elapsed();
    ensure!(answer == expected, "the new server ranks otherwise");
    let all = wait_for_all(&fleet, n_resumes)?.duration_since(began);
    let new = fleet.servers().last().context("a server")?;
    let (after, after_line) = told(&ask(options, &new.address().to_string(), &key)?)?;

    println!("a new server that finds {n_resumes} resumes in the store; seconds from its start");
    println!("                                  seconds   per 100,000");
    let mut figures = serde_json::Map::new();
    for (name, key, time) in [
        ("it listens", "listens", listens),
        ("its index has caught up", "index", index),
        ("everybody is in memory", "people", people),
        ("it is ready", "ready", ready),
        ("it has answered a match", "matches", matches),
        ("it finds all", "all", all),
    ] {
        let (seconds, per) = (time.as_secs_f64(), 1e5 / f64::from(n_resumes));
        println!("{name:<30} {seconds:>10.2} {:>13.1}", seconds * per);
        figures.insert(format!("seconds_{key}"), seconds.into());
    }
    println!(
        "queries in ms: match p50 and p99, search p50 and p99, wrong\n  before, of the old  {before_line}\n  after, of the new   {after_line}"
    );
    figures.extend([
        ("resumes".to_owned(), n_resumes.into()),
        ("queries_of_old".to_owned(), before),
        ("queries_of_new".to_owned(), after),
    ]);
    Ok(figures.into())
}

/// When its index had caught up and when everybody was loaded, since `began`.
fn wait_until_ready(server: &Program, began: Instant) -> Result<(Duration, Duration)> {
    let (mut index, mut people) = (None, None);
    while began.elapsed() < PATIENCE {
        let answer = server.get("/readyz")?;
        let told = answer.json();
        let is_ok = |name: &str| {
            let parts = told["parts"].as_array().into_iter().flatten();
            parts.into_iter().any(|part| part["name"] == name && part["ok"] == true)
        };
        let now = began.elapsed();
        index = index.or(is_ok("index").then_some(now));
        people = people.or(is_ok("people").then_some(now));
        if let (200, Some(index), Some(people)) = (answer.status, index, people) {
            return Ok((index, people));
        }
        std::thread::sleep(POLL);
    }
    bail!("not ready after {PATIENCE:?}: {}", server.log())
}

/// The best five, as they are answered.
fn matched(server: &Program, key: &str) -> Result<String> {
    let body = json!({ "profile": PROFILE, "limit": 5 }).to_string();
    let bearer = format!("Bearer {key}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let answer = request(&server.address().to_string(), "POST /v1/matches", &headers, body)?;
    ensure!(answer.status == 200, "{answer:?}");
    Ok(answer.body)
}
