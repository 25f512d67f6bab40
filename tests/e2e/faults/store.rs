use anyhow::{Context, Result};
use bole_tests::{Backends, Pipeline, Proxy, load, postgres, until};

use super::check;
use super::portal::PortalSide;

const N_EACH: usize = 60;

#[test]
fn connections_to_the_store_that_break_lose_nothing() -> Result<()> {
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
