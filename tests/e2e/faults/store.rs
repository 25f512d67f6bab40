use std::thread;

use anyhow::{Context, Result};
use bole_tests::{Backends, Pipeline, Proxy, load, postgres, restart, until};

use super::portal::PortalSide;
use super::{alone, check};

const N_EACH: usize = 60;

#[test]
fn a_restart_of_the_store_loses_nothing() -> Result<()> {
    let _alone = alone();
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

#[test]
fn connections_to_the_store_that_break_lose_nothing() -> Result<()> {
    let _alone = alone();
    let place = postgres();
    let (user, host) = place.split_once('@').context("a user")?;
    let (host, database) = host.split_once('/').context("a database")?;
    let proxy = Proxy::to(host.parse()?)?;
    let pipeline = Pipeline::new(Backends::BOTH, &["live"])?.with("BOLE_WORK_BATCH", "8");
    let url = format!(
        "{user}@{}/{database}?options[search_path]={}",
        proxy.address(),
        pipeline.installation.prefix()
    );
    let pipeline = pipeline.with("BOLE_STORE_URL", url);
    let server = pipeline.serve(&["--no-workers"])?;
    let worker = pipeline.work()?;
    let mut portal = PortalSide::open(&pipeline, "live")?;
    let submissions = load("live", 0..3 * N_EACH);
    for round in submissions.chunks(N_EACH) {
        let n_done = worker.metric("bole_submissions_total")?;
        portal.send(round)?;
        until("work", || Ok((worker.metric("bole_submissions_total")? > n_done).then_some(())))?;
        // An answer breaks off in the middle; then all connections at once.
        proxy.cut(3);
        until("cut", || Ok((proxy.n_to_cut() == 0).then_some(())))?;
        proxy.reset();
    }
    check(&pipeline, &server, &mut portal, submissions.len(), &[&worker])?;
    Ok(())
}
