use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use bole_tests::{Backends, Pipeline, Proxy, amqp, load, restart, until};

use super::portal::PortalSide;
use super::{alone, check};

const N_EACH: usize = 60;

/// A proxy in front of the broker, and the address that leads there.
pub(super) fn broker_proxy() -> Result<(Proxy, String)> {
    let url = amqp();
    let (user, place) = url.split_once('@').context("a user")?;
    let (host, virtual_host) = place.split_once('/').context("a virtual host")?;
    let proxy = Proxy::to(host.parse()?)?;
    let url = format!("{user}@{}/{virtual_host}", proxy.address());
    Ok((proxy, url))
}

#[test]
fn a_restart_of_the_broker_loses_nothing() -> Result<()> {
    let _alone = alone();
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
fn connections_that_break_or_stall_lose_nothing() -> Result<()> {
    let _alone = alone();
    let (proxy, url) = broker_proxy()?;
    let pipeline =
        Pipeline::new(Backends::BOTH, &["live"])?.with("BOLE_WORK_BATCH", "8").with("BOLE_QUEUE_URL", url);
    let server = pipeline.serve(&["--no-workers"])?;
    let worker = pipeline.work()?;
    let mut portal = PortalSide::open(&pipeline, "live")?;
    let submissions = load("live", 0..4 * N_EACH);
    let mut rounds = submissions.chunks(N_EACH);
    let mut next = || rounds.next().context("a round");

    // In the middle of a message.
    for _ in 0..3 {
        proxy.cut(1);
        portal.send(&next()?[..N_EACH / 2])?;
        until("cut", || Ok((proxy.n_to_cut() == 0).then_some(())))?;
    }
    for round in submissions.chunks(N_EACH).take(3) {
        portal.send(&round[N_EACH / 2..])?;
    }
    // Half open: nobody hears anything, and nobody is told.
    proxy.hold();
    portal.send(next()?)?;
    thread::sleep(Duration::from_secs(3));
    proxy.go_on();
    proxy.reset();
    check(&pipeline, &server, &mut portal, submissions.len(), &[&worker])?;
    Ok(())
}
