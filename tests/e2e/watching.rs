//! A real Prometheus watches a real server and a real worker by the committed rules, while a small burst goes through: every
//! question of a rule or a dashboard has an answer, and every metric is asked for.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use bole_tests::watching::{metric, questions, rules, selectors};
use bole_tests::{Backends, Pipeline, Prometheus, Watch, load, request, resume_pdf, until};

use crate::faults::PortalSide;

/// Enough for some seconds, with a few that are set aside.
const N_EACH: usize = 60;
/// What this test does not bring about, so that there may be no answer.
const UNANSWERED: [(&str, &str); 4] = [
    ("bole_page_drawing_seconds", "no page is drawn"),
    ("bole_outages_total[30m])) > 0", "nothing was away"),
    ("part=\"bucket\"", "originals lie in the store"),
    ("status=~\"5..\"", "no request failed"),
];

fn may_be_unanswered(expression: &str) -> bool {
    UNANSWERED.iter().any(|(part, _)| expression.contains(part))
}

/// As Grafana asks, for a minute of every portal.
fn filled_in(expression: &str) -> String {
    let filled = [("$__rate_interval", "20s"), ("$__range", "1m"), ("$portal", ".*"), ("$stage", "read")];
    filled.iter().fold(expression.to_owned(), |all, (variable, value)| all.replace(variable, value))
}

/// The metrics that a node tells, by their names.
fn told(address: &str, key: &str) -> Result<BTreeSet<String>> {
    let bearer = format!("Bearer {key}");
    let answer = request(address, "GET /metrics", &[("Authorization", &bearer)], "")?;
    ensure!(answer.status == 200, "{answer:?}");
    let lines = answer.body.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    Ok(lines.filter_map(|line| line.split(' ').next().map(str::to_owned)).collect())
}

fn ask_until_answered(prometheus: &Prometheus, place: &str, expression: &str) -> Result<()> {
    until(&format!("answer to {place}: `{expression}`"), || {
        Ok((!prometheus.query(expression)?.is_empty()).then_some(()))
    })
}

#[test]
fn every_question_of_rules_and_dashboards_is_answered_by_a_real_installation() -> Result<()> {
    let pipeline = Pipeline::new(Backends::BOTH, &["live", "web"])?.with("BOLE_SERVER_OPEN_METRICS", "false");
    let key = pipeline.installation.key(&["ops"])?;
    let (server, worker) = (pipeline.serve(&["--no-workers"])?, pipeline.work()?);
    // The first reader takes longer to start than Prometheus waits for an answer here.
    server.wait_until_ready()?;
    worker.wait_until_ready()?;
    let address = |program: &bole_tests::Program| vec![program.address().to_string()];
    let nodes = vec![("bole-serve", address(&server)), ("bole-work", address(&worker))];
    let prometheus = Watch::of(nodes, key.as_str())?.start()?;
    // Counters are there before the burst: what they count first is seen too.
    until("look at both nodes", || Ok((prometheus.query("up == 1")?.len() == 2).then_some(())))?;

    let mut portal = PortalSide::open(&pipeline, "live")?;
    let (by_amqp, by_http) = (load("live", 0..N_EACH), load("web", 0..N_EACH));
    let mut n_sent = 0;
    for (amqp, http) in by_amqp.chunks(N_EACH / 4).zip(by_http.chunks(N_EACH / 4)) {
        portal.send(amqp)?;
        for submission in http {
            let answer = submission.post(&server)?;
            ensure!(answer.status == 202, "{answer:?}");
        }
        let place = server.address().to_string();
        let bearer = server.bearer("web");
        let headers = [("Authorization", bearer.as_str())];
        ensure!(request(&place, "POST /v1/check", &headers, resume_pdf(1))?.status == 200);
        ensure!(request(&place, "GET /v1/submissions/nobody", &headers, "")?.status == 404);
        // There is a rate only between two looks that see something else.
        n_sent += amqp.len() + http.len();
        until("look at what is decided", || {
            let seen = prometheus.query("sum(bole_submissions_total)")?;
            Ok(seen.first().is_some_and(|(_, n_decided)| *n_decided as usize == n_sent).then_some(()))
        })?;
    }

    let mut asked = BTreeSet::new();
    for rule in rules()? {
        // Of an alert that does not fire there is nothing: what it asks for is.
        prometheus.query(&rule.expression)?;
        if !rule.is_alert && !may_be_unanswered(&rule.expression) {
            ask_until_answered(&prometheus, &rule.name, &rule.expression)?;
        }
        asked.extend(selectors(&rule.expression).into_iter().map(|selector| (rule.name.clone(), selector)));
    }
    for question in questions()? {
        let expression = filled_in(&question.expression);
        prometheus.query(&expression)?;
        if !may_be_unanswered(&expression) {
            ask_until_answered(&prometheus, &question.place, &expression)?;
        }
        asked.extend(selectors(&expression).into_iter().map(|selector| (question.place.clone(), selector)));
    }
    for (place, selector) in &asked {
        if !may_be_unanswered(selector) {
            ask_until_answered(&prometheus, place, &format!("count({selector})"))?;
        }
    }

    let mut known = told(&server.address().to_string(), &key)?;
    known.extend(told(&worker.address().to_string(), &key)?);
    known.extend(UNANSWERED.iter().map(|(name, _)| (*name).to_owned()));
    let names: BTreeSet<_> = asked.iter().map(|(_, selector)| metric(selector)).collect();
    let unknown: Vec<_> =
        names.iter().filter(|name| !name.contains(':') && !known.contains(**name)).collect();
    assert!(unknown.is_empty(), "{unknown:?} are no metrics of ours");
    let unused: Vec<_> = known
        .iter()
        .filter(|name| name.starts_with("bole_") && !name.contains(['[', '=']))
        .filter(|name| !names.contains(name.as_str()))
        .collect();
    assert!(unused.is_empty(), "nobody asks for {unused:?}");

    // Two nodes tell the same backlog, and it counts once; what they count themselves adds up.
    let one = |expression: &str| -> Result<f64> {
        Ok(prometheus.query(expression)?.first().context(expression.to_owned())?.1)
    };
    until("end of the backlog", || Ok((one("installation:bole_backlog:sum")? == 0.0).then_some(())))?;
    assert_eq!(prometheus.firing()?, Vec::<String>::new());
    Ok(())
}
