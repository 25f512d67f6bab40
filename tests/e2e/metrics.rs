//! What `/metrics` tells of a server that has worked.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use bole_tests::{Backends, Installation, Running, image_only_pdf, request, resume_pdf};

/// Every metric that there is, with its type.
const METRICS: [&str; 26] = [
    "bole_build_info gauge",
    "bole_dead_letters gauge",
    "bole_disk_free_bytes gauge",
    "bole_disk_size_bytes gauge",
    "bole_durable_to_searchable_seconds histogram",
    "bole_evidence_derived_total counter",
    "bole_follower_lag_changes gauge",
    "bole_http_requests_total counter",
    "bole_http_seconds histogram",
    "bole_inflight gauge",
    "bole_inhand gauge",
    "bole_intake_total counter",
    "bole_ledger_law_holds gauge",
    "bole_oldest_waiting_seconds gauge",
    "bole_outages_total counter",
    "bole_paused gauge",
    "bole_quarantined_total counter",
    "bole_receipts_total counter",
    "bole_redelivered_total counter",
    "bole_reread_total counter",
    "bole_searchable_resumes gauge",
    "bole_stage_seconds histogram",
    "bole_submissions_total counter",
    "bole_unroutable gauge",
    "bole_up gauge",
    "bole_waiting gauge",
];

#[test]
fn metrics_are_as_prometheus_wants_them_and_all_there() -> Result<()> {
    let installation = Installation::on(Backends::RABBITMQ)?.with("BOLE_SERVER_OPEN_METRICS", "true");
    installation.add_portal("live")?;
    let bearer = installation.keys().bearer("live");
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    let at = server.address();
    let post = |key: &str, id: &str, body: &[u8]| {
        let headers = [("Authorization", key), ("Idempotency-Key", id)];
        request(at, "POST /v1/submissions", &headers, body)
    };
    assert_eq!(post(&bearer, "a", &resume_pdf(1))?.status, 202);
    assert_eq!(post(&bearer, "b", &image_only_pdf())?.status, 202);
    // What anybody may think up is no label.
    for number in 0..20 {
        assert_eq!(post(&format!("Bearer made-up-{number}"), "x", b"x")?.status, 401);
    }
    let mut text = String::new();
    for _ in 0..600 {
        let answer = request(at, "GET /metrics", &[], "")?;
        assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
        text = answer.body;
        if text.contains("bole_searchable_resumes 1\n") && text.contains("bole_inflight{portal=\"live\"} 0\n")
        {
            break;
        }
    }
    let types: BTreeSet<_> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    assert_eq!(types.into_iter().collect::<Vec<_>>(), METRICS, "{text}");
    for metric in METRICS {
        let name = metric.split(' ').next().unwrap_or_default();
        assert!(text.contains(&format!("# HELP {name} ")), "{name} has no help");
        let has_sample = text.lines().any(|line| !line.starts_with('#') && line.starts_with(name));
        assert!(has_sample, "{name} has no sample");
    }
    assert!(!text.contains("made-up"), "{text}");
    assert_labels_are_told(&text);
    for told in [
        "bole_submissions_total{portal=\"live\",outcome=\"indexed\"} 1",
        "bole_quarantined_total{reason=\"no_text\"} 1",
        "bole_ledger_law_holds 1",
        // An alarm on the first event needs to have seen none before.
        "bole_quarantined_total{reason=\"sandbox_violation\"} 0",
        "bole_up{part=\"store\"} 1",
        "bole_up{part=\"queue\"} 1",
        "bole_up{part=\"readers\"} 1",
        "bole_dead_letters 0",
    ] {
        assert!(text.contains(told), "`{told}` is missing in {text}");
    }

    let value = |name: &str| -> Result<f64> {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).context("no such line")?;
        Ok(line.trim().parse()?)
    };
    let (free, size) =
        (value("bole_disk_free_bytes{folder=\"data\"}")?, value("bole_disk_size_bytes{folder=\"data\"}")?);
    assert!(0.0 < free && free <= size, "{free} of {size}");

    let mut promtool = Command::new("promtool");
    let mut child = promtool
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("promtool")?;
    child.stdin.take().context("its input")?.write_all(text.as_bytes())?;
    let output = child.wait_with_output()?;
    let said = String::from_utf8([output.stdout, output.stderr].concat())?;
    assert!(output.status.success() && said.is_empty(), "{said}");
    assert_eq!(server.stop()?.code, Some(0));
    Ok(())
}

/// The reference tells the labels of each series.
fn assert_labels_are_told(text: &str) {
    let reference = bole_engine::metrics_reference();
    let row = |name: &str| reference.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (series, labels) = line.split_once('{').unwrap_or((line, ""));
        let series = series.split(' ').next().unwrap_or_default();
        let labels = labels.split("\",").filter_map(|label| Some(label.split_once("=\"")?.0));
        let labels: BTreeSet<_> = labels.filter(|label| *label != "le").collect();
        let suffixes = ["_bucket", "_sum", "_count"];
        let name =
            suffixes.iter().find_map(|suffix| series.strip_suffix(suffix)).filter(|name| row(name).is_some());
        let told = row(name.unwrap_or(series)).and_then(|row| row.split(" | ").nth(2)).unwrap_or_default();
        let told = told.split("; ").filter_map(|label| Some(label.strip_prefix('`')?.split_once("`: ")?.0));
        assert_eq!(
            labels,
            told.collect(),
            "labels of `{series}`; tell them in `labels` of metrics/reference.rs"
        );
    }
}
