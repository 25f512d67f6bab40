use std::thread;

use anyhow::{Context, Result};
use bole_tests::{Backends, Pipeline, Submission, load, until};

use super::broker::broker_proxy;
use super::portal::PortalSide;
use super::{check, flows};

/// Submissions between two kills.
const N_EACH: usize = 40;
const N_KILLS: usize = 5;
/// The broker sends ahead at least so many of one portal, without any answer.
const N_AHEAD: usize = 24;

#[test]
fn killed_workers_lose_nothing() -> Result<()> {
    let pipeline = Pipeline::new(Backends::BOTH, &["live"])?.with("BOLE_WORK_BATCH", "4");
    let server = pipeline.serve(&["--no-workers"])?;
    let mut portal = PortalSide::open(&pipeline, "live")?;
    let submissions = load("live", 0..N_EACH * N_KILLS);
    let mut n_in_the_middle = 0;
    for (kill, round) in submissions.chunks(N_EACH).enumerate() {
        portal.send(round)?;
        let mut worker = pipeline.work()?;
        // In turn as soon as it holds something, and after its first commit.
        until("work", || {
            let holds_something = kill % 2 == 0 && worker.metric("bole_inhand")? > 0.0;
            Ok((holds_something || worker.metric("bole_submissions_total")? > 0.0).then_some(()))
        })?;
        worker.kill()?;
        let last = round.last().context("a round")?;
        n_in_the_middle += usize::from(last.stands(&server)?.is_none());
    }
    let worker = pipeline.work()?;
    assert!(n_in_the_middle > 0, "every kill came too late");
    check(&pipeline, &server, &mut portal, submissions.len(), &[&worker])?;
    Ok(())
}

#[test]
fn a_killed_server_loses_nothing_of_either_door() -> Result<()> {
    let pipeline = Pipeline::new(Backends::BOTH, &["live", "web"])?.with("BOLE_WORK_BATCH", "8");
    let mut server = pipeline.serve(&[])?;
    let address = server.address().to_string();
    let mut portal = PortalSide::open(&pipeline, "live")?;
    let by_broker = load("live", 0..N_EACH * N_KILLS);
    let by_http = load("web", 0..N_EACH * N_KILLS);
    let mut n_in_the_middle = 0;
    for (by_broker, by_http) in by_broker.chunks(N_EACH).zip(by_http.chunks(N_EACH)) {
        portal.send(by_broker)?;
        thread::scope(|scope| {
            let posting = scope.spawn(|| by_http.iter().flat_map(|it| it.post(&server)).count());
            until("work", || Ok((server.metric("bole_submissions_total")? > 0.0).then_some(())))?;
            server.strike()?;
            n_in_the_middle += usize::from(posting.join().unwrap_or(0) < by_http.len());
            Ok::<_, anyhow::Error>(())
        })?;
        server.kill()?;
        server = pipeline.serve(&["--listen", &address])?;
        // A portal that has no answer sends again, with the same ids.
        for submission in by_http {
            let status = until("answer", || Ok(Some(submission.post(&server)?.status)))?;
            assert!(matches!(status, 200 | 202), "{status}");
        }
    }
    assert!(n_in_the_middle > 0, "every kill came when all was posted");
    portal.acked.extend(by_http.iter().map(|it| (format!("web/{}", it.id), it.clone())));
    let n_issued = by_broker.len() + by_http.len();
    let acked: Vec<_> = portal.acked.values().cloned().collect();
    let report =
        bole_tests::Report::of(&pipeline, &server, n_issued, &acked)?.with_redeliveries(&[&server])?;
    println!("{report}");
    report.check()?;
    portal.acked.retain(|_, it| it.portal == "live");
    portal.wait_for_receipts()?;
    let mut web = PortalSide::open(&pipeline, "web")?;
    web.acked = by_http.iter().map(|it| (it.id.clone(), it.clone())).collect();
    web.wait_for_receipts()?;
    flows(&server, &mut portal)
}

#[test]
fn what_was_committed_and_not_acknowledged_comes_again_and_changes_nothing() -> Result<()> {
    let pipeline = Pipeline::new(Backends::BOTH, &["live"])?;
    let server = pipeline.serve(&["--no-workers"])?;
    let mut portal = PortalSide::open(&pipeline, "live")?;
    let (proxy, url) = broker_proxy()?;
    let mut worker = pipeline.work_with(&[("BOLE_QUEUE_URL", &url)])?;
    let first = Submission::resume("live", 0);
    portal.send(std::slice::from_ref(&first))?;
    first.outcome(&server)?;

    proxy.swallow();
    let rest: Vec<_> = (1..=N_AHEAD).map(|number| Submission::resume("live", number)).collect();
    portal.send(&rest)?;
    for submission in &rest {
        submission.outcome(&server)?;
    }
    worker.kill()?;
    let worker = pipeline.work()?;
    let n_again = until("redelivery", || {
        let n_again = worker.metric("bole_redelivered_total")? as usize;
        Ok((n_again >= N_AHEAD).then_some(n_again))
    })?;
    // The first may have been acknowledged before.
    assert!(n_again <= 1 + N_AHEAD, "{n_again}");
    check(&pipeline, &server, &mut portal, 1 + N_AHEAD, &[&worker])?;
    Ok(())
}
