use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use bole_core::DocumentId;
use bole_core::message::v1::{
    HEADER_CANDIDATE_REF, HEADER_DOCUMENT_DATE, HEADER_SOURCE_NAME, Message, Properties,
};
use bole_tests::{Backends, Pipeline, Submission, resume_pdf, texts, until, wait_for_empty_queues};

use super::portal::PortalSide;
use super::{check, flows};

const N_CANDIDATES: usize = 40;

#[test]
fn copies_in_any_order_count_once_and_the_newest_version_counts() -> Result<()> {
    let pipeline = Pipeline::new(Backends::BOTH, &["live"])?.with("BOLE_WORK_BATCH", "16");
    let server = pipeline.serve(&["--no-workers"])?;
    let mut portal = PortalSide::open(&pipeline, "live")?;
    let version = |candidate: usize, date: &str, number: usize| Submission {
        date: date.to_owned(),
        candidate: Some(format!("c-{candidate}")),
        ..Submission::resume("live", number)
    };
    let mut submissions = Vec::new();
    for candidate in 0..N_CANDIDATES {
        submissions.push(version(candidate, "2025-01-31", 2 * candidate));
        submissions.push(version(candidate, "2026-10-31", 2 * candidate + 1));
    }
    let mut sent: Vec<_> = submissions.iter().chain(&submissions).cloned().collect();
    shuffle(&mut sent);
    portal.send(&sent)?;
    let worker = pipeline.work()?;
    let report = check(&pipeline, &server, &mut portal, submissions.len(), &[&worker])?;
    assert_eq!(report.redelivered, submissions.len(), "each second one is known by its id");

    let ranking =
        pipeline.installation.json(["match", "energy-storage", "--top", "1000", "--format", "json"])?;
    let counted: BTreeSet<_> = texts(&ranking["results"], "resume").into_iter().collect();
    let newest = submissions.iter().filter(|it| it.date.starts_with("2026"));
    // And the one that `check` sends.
    let fresh = Submission::resume("live", 99_999);
    let newest: BTreeSet<_> = newest.chain([&fresh]).map(Submission::sha256).collect();
    assert_eq!(counted, newest, "{}", ranking["census"]);
    Ok(())
}

/// The same order each time: a generator of Knuth's.
fn shuffle<T>(list: &mut [T]) {
    let mut state = 7_u64;
    for end in (1..list.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        list.swap(end, (state >> 33) as usize % (end + 1));
    }
}

/// A message that is wrong in one way, or only looks so, and the reason that it has to end with.
struct Case {
    name: &'static str,
    message: Message,
    reason: &'static str,
    /// A part of the detail.
    detail: &'static str,
}

fn cases() -> Vec<Case> {
    const TOO_LARGE: usize = 80 << 10;
    let mut cases = Vec::new();
    let mut add = |name, reason, detail, change: &dyn Fn(&mut Message)| {
        let mut message = Submission::resume("live", cases.len()).message();
        message.properties.message_id = Some(format!("m-{}", cases.len()));
        change(&mut message);
        cases.push(Case { name, message, reason, detail });
    };
    let header = |name: &str, value: &str| {
        let (name, value) = (name.to_owned(), value.to_owned());
        move |it: &mut Message| drop(it.properties.headers.insert(name.clone(), value.clone()))
    };
    let property = |change: fn(&mut Properties)| move |it: &mut Message| change(&mut it.properties);
    let bad = "bad_message";
    add("a good one", "read", "", &|_| {});
    add("no message_id", "read", "", &property(|it| it.message_id = None));
    add("no type", "read", "", &property(|it| it.kind = None));
    add("another content type", "read", "", &property(|it| it.content_type = Some("text/html".to_owned())));
    add("U+0000 in a header", "read", "", &header(HEADER_CANDIDATE_REF, "c\0d"));
    add("U+0000 in an unknown header", "read", "", &header("x-note", "\0"));
    add("an empty id", bad, "message_id", &property(|it| it.message_id = Some(String::new())));
    add("U+0000 in the id", bad, "message_id", &property(|it| it.message_id = Some("m\0".to_owned())));
    add("a type of tomorrow", bad, "type", &property(|it| it.kind = Some("resume.submitted.v9".to_owned())));
    add("U+0000 in the type", bad, "type", &property(|it| it.kind = Some("v\0".to_owned())));
    add("another portal's app_id", bad, "app_id", &property(|it| it.app_id = Some("other".to_owned())));
    add("U+0000 in the app_id", bad, "app_id", &property(|it| it.app_id = Some("li\0ve".to_owned())));
    add("a date of another country", bad, "document-date", &header(HEADER_DOCUMENT_DATE, "21.11.2026"));
    add("a date that is none", bad, "document-date", &header(HEADER_DOCUMENT_DATE, "2026-02-30"));
    add("U+0000 in the date", bad, "document-date", &header(HEADER_DOCUMENT_DATE, "2026-11-2\0"));
    add("no date at all", bad, "neither", &property(|it| it.headers.clear()));
    add("a header of 5000 bytes", bad, "5000", &header(HEADER_CANDIDATE_REF, &"x".repeat(5000)));
    add("a path of 5000 bytes", bad, "5000", &header(HEADER_SOURCE_NAME, &"y".repeat(5000)));
    add(
        "two thousand U+0000 in a header",
        bad,
        "candidate-ref",
        &header(HEADER_CANDIDATE_REF, &"\0".repeat(2000)),
    );
    add("a bad type and U+0000 in the path", bad, "type", &|it| {
        it.properties.kind = Some("other".to_owned());
        it.properties.headers.insert(HEADER_SOURCE_NAME.to_owned(), "a\0b".to_owned());
    });
    add("an empty body", bad, "empty", &|it| it.body = Vec::new().into());
    add("JSON", "unsupported_type", "", &|it| it.body = br#"{"resume": "aGVsbG8="}"#.to_vec().into());
    add("a body over the limit", "over_limit", "limit", &|it| {
        it.body = [resume_pdf(700), vec![b'\n'; TOO_LARGE]].concat().into();
    });
    cases
}

#[test]
fn messages_that_break_the_contract_are_set_aside_with_their_reason() -> Result<()> {
    let pipeline = Pipeline::new(Backends::BOTH, &["live"])?.with("BOLE_QUEUE_LARGEST_DOCUMENT", "64 KiB");
    let server = pipeline.serve(&["--no-workers"])?;
    let worker = pipeline.work()?;
    let mut portal = PortalSide::open(&pipeline, "live")?;
    let cases = cases();
    let messages: Vec<_> = cases.iter().map(|case| case.message.clone()).collect();
    portal.publish(&messages)?;
    // By their content: what has no id is given one.
    until("outcome for each message", || {
        portal.fetch_receipts()?;
        let known: BTreeSet<_> = portal.receipts.iter().filter_map(|it| it.sha256).collect();
        let missing = cases.iter().filter(|case| !known.contains(&DocumentId::of(&case.message.body)));
        let missing: Vec<_> = missing.map(|case| case.name).collect();
        ensure!(missing.is_empty(), "{missing:?}: {}", worker.log());
        Ok(Some(()))
    })?;
    wait_for_empty_queues(&pipeline)?;

    let mut wrong = Vec::new();
    let mut n_read = 0;
    for Case { name, message, reason, detail } in &cases {
        let document = DocumentId::of(&message.body);
        let receipts: Vec<_> = portal.receipts.iter().filter(|it| it.sha256 == Some(document)).collect();
        let receipt = receipts.first().context("a receipt")?;
        let id = format!("live/{}", receipt.message_id);
        let shown = pipeline.installation.json(["quarantine", "show", &id, "--format", "json"])?;
        let told = shown["detail"].as_str().unwrap_or_default();
        n_read += usize::from(*reason == "read");
        let is_right = receipts.len() == 1 && shown["reason"] == *reason && told.contains(detail);
        if !is_right {
            wrong.push(format!("{name}: {} receipts, {shown}", receipts.len()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let status = pipeline.installation.json(["status"])?;
    assert_eq!((&status["law_holds"], &status["total"]["received"]), (&true.into(), &cases.len().into()));
    until("searchable resume for each", || {
        Ok((server.metric("bole_searchable_resumes")? as usize == n_read).then_some(()))
    })?;
    let redelivered = worker.metric("bole_redelivered_total")?;
    assert_eq!((redelivered, worker.metric("bole_outages_total")?), (0.0, 0.0), "{}", worker.log());
    let quarantined: BTreeMap<String, u64> =
        serde_json::from_value(status["total"]["quarantined"].clone()).context("reasons")?;
    println!(
        "issued {0} acked {0} searchable {n_read} lost 0 dup 0 quarantined {1} (expected {2}) redelivered {redelivered}",
        cases.len(),
        quarantined.values().sum::<u64>(),
        cases.len() - n_read
    );
    flows(&server, &mut portal)
}
