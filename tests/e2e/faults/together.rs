use std::collections::BTreeSet;
use std::thread;

use anyhow::Result;
use bole_tests::{Backends, Pipeline, Report, Submission, load, until};

use super::flows;
use super::portal::PortalSide;

const PORTALS: [&str; 3] = ["east", "north", "south"];
const N_EACH: usize = 60;

#[test]
fn several_servers_and_workers_share_the_work_and_end_in_order() -> Result<()> {
    let pipeline = Pipeline::new(Backends::BOTH, &PORTALS)?.with("BOLE_WORK_BATCH", "8");
    let elsewhere = pipeline.installation.files()?.join("another machine").to_string_lossy().into_owned();
    let elsewhere = [("BOLE_DATA", elsewhere.as_str())];
    let mut servers = vec![pipeline.serve(&[])?, pipeline.serve_with(&[], &elsewhere)?];
    let mut workers = vec![pipeline.work()?, pipeline.work()?, pipeline.work()?];
    let mut portals = Vec::new();
    for name in PORTALS {
        portals.push(PortalSide::open(&pipeline, name)?);
    }
    send_all(&mut portals, 0..N_EACH)?;

    let acked: Vec<_> = portals.iter().flat_map(|portal| portal.acked.values().cloned()).collect();
    let programs: Vec<_> = servers.iter().chain(&workers).collect();
    let report = Report::of(&pipeline, &servers[0], PORTALS.len() * N_EACH, &acked)?;
    let report = report.with_redeliveries(&programs)?;
    println!("{report}");
    report.check()?;
    assert_eq!(report.redelivered, 0);
    until("all of it on the second server", || {
        Ok((servers[1].metric("bole_searchable_resumes")? as usize == report.searchable).then_some(()))
    })?;

    let mut n_receipts = 0;
    for portal in &mut portals {
        n_receipts += portal.wait_for_receipts()?;
        let told = portal.receipts.iter().map(|receipt| (receipt.message_id.to_string(), receipt.attempt.0));
        assert_eq!(told.collect::<BTreeSet<_>>().len(), portal.receipts.len(), "one receipt for each");
    }
    let sent = [servers[0].metric("bole_receipts_total")?, servers[1].metric("bole_receipts_total")?];
    assert_eq!((sent[0] + sent[1]) as usize, n_receipts);
    assert!(sent.contains(&0.0), "one server sends the receipts, not both: {sent:?}");

    // The one that sends them ends, the other goes on.
    let sender = usize::from(sent[1] > 0.0);
    assert_eq!(servers.remove(sender).stop()?, Some(0));
    flows(&servers[0], &mut portals[0])?;

    // All end in the middle of more.
    send_all(&mut portals, N_EACH..2 * N_EACH)?;
    for program in workers.iter_mut().chain(&mut servers) {
        assert_eq!(program.stop()?, Some(0), "{}", program.log());
    }
    let server = pipeline.serve(&[])?;
    let acked: Vec<_> = portals.iter().flat_map(|portal| portal.acked.values().cloned()).collect();
    let report = Report::of(&pipeline, &server, 2 * PORTALS.len() * N_EACH + 1, &acked)?;
    println!("{report}");
    report.check()?;
    for portal in &mut portals {
        portal.wait_for_receipts()?;
    }
    Ok(())
}

/// Every portal sends at the same time as the others.
fn send_all(portals: &mut [PortalSide], numbers: std::ops::Range<usize>) -> Result<()> {
    thread::scope(|scope| {
        let sending: Vec<_> = portals
            .iter_mut()
            .map(|portal| {
                let numbers = numbers.clone();
                scope.spawn(move || {
                    let submissions: Vec<Submission> = load(portal.name(), numbers);
                    portal.send(&submissions)
                })
            })
            .collect();
        for portal in sending {
            portal.join().unwrap_or_else(|_| unreachable!("what it does is a result"))?;
        }
        Ok(())
    })
}
