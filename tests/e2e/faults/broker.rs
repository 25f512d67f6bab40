use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bole_tests::{Backends, Pipeline, Proxy, amqp, load, servers, until};

use super::check;
use super::portal::PortalSide;

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
fn what_the_broker_lost_is_published_again_when_it_comes_again() -> Result<()> {
    let pipeline = Pipeline::new(Backends::BOTH, &["live"])?;
    let server = pipeline.serve(&["--no-workers"])?;
    let submissions = load("live", 0..N_EACH);
    let queue = format!("{}.submissions.live", pipeline.installation.prefix());
    let send = || {
        for submission in &submissions {
            let status = submission.post(&server)?.status;
            ensure!(status == 202, "{status}");
        }
        let portals = pipeline.installation.json(["portal", "list"])?;
        let portal = portals.as_array().into_iter().flatten().find(|it| it["portal"] == "live");
        portal.and_then(|it| it["waiting"].as_u64()).context("a count of what waits")
    };
    assert_eq!(send()?, N_EACH as u64);
    assert_eq!(send()?, N_EACH as u64, "what waits is not published twice");
    servers(&["rabbitmqctl", "-q", "purge_queue", &queue])?;
    assert_eq!(send()?, N_EACH as u64, "all of it again");

    let worker = pipeline.work()?;
    let mut portal = PortalSide::open(&pipeline, "live")?;
    portal.acked = submissions.iter().map(|it| (it.id.clone(), it.clone())).collect();
    check(&pipeline, &server, &mut portal, submissions.len(), &[&worker])?;
    Ok(())
}

#[test]
fn connections_that_break_or_stall_lose_nothing() -> Result<()> {
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
