//! Restarts of servers that all tests share: run by themselves.

use std::thread;

use anyhow::Result;
use bole_tests::{Backends, Pipeline, load, restart, until};

use super::check;
use super::portal::PortalSide;

const N_EACH: usize = 60;

#[test]
#[ignore = "it restarts servers of all tests: `tests/run` runs it by itself"]
fn a_restart_of_the_broker_loses_nothing() -> Result<()> {
    let pipeline = Pipeline::new(Backends::BOTH, &["live"])?.with("BOLE_WORK_BATCH", "8");
    let server = pipeline.serve(&["--no-workers"])?;
    let worker = pipeline.work()?;
    let mut portal = PortalSide::open(&pipeline, "live")?;
    let submissions = load("live", 0..2 * N_EACH);
    let (before, meanwhile) = submissions.split_at(N_EACH);
    portal.send(before)?;
    until("work", || Ok((worker.metric("bole_submissions_total")? > 0.0).then_some(())))?;
    thread::scope(|scope| {
        // It goes on sending until the broker is back and confirms.
        let sending = scope.spawn(|| portal.send(meanwhile));
        restart("rabbitmq")?;
        sending.join().unwrap_or_else(|_| unreachable!("what it does is a result"))
    })?;
    check(&pipeline, &server, &mut portal, submissions.len(), &[&worker])?;
    assert!(worker.metric("bole_outages_total")? > 0.0, "{}", worker.log());
    Ok(())
}

#[test]
#[ignore = "it restarts servers of all tests: `tests/run` runs it by itself"]
fn a_restart_of_the_store_loses_nothing() -> Result<()> {
    let pipeline = Pipeline::new(Backends::BOTH, &["live"])?.with("BOLE_WORK_BATCH", "8");
    let server = pipeline.serve(&["--no-workers"])?;
    let worker = pipeline.work()?;
    let mut portal = PortalSide::open(&pipeline, "live")?;
    let submissions = load("live", 0..4 * N_EACH);
    for round in submissions.chunks(2 * N_EACH) {
        let (before, meanwhile) = round.split_at(N_EACH);
        let n_done = worker.metric("bole_submissions_total")?;
        portal.send(before)?;
        until("work", || Ok((worker.metric("bole_submissions_total")? > n_done).then_some(())))?;
        thread::scope(|scope| {
            let sending = scope.spawn(|| portal.send(meanwhile));
            restart("postgres")?;
            sending.join().unwrap_or_else(|_| unreachable!("what it does is a result"))
        })?;
    }
    check(&pipeline, &server, &mut portal, submissions.len(), &[&worker])?;
    Ok(())
}
