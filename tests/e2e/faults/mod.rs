//! What is killed, restarted, cut off or full while submissions flow. Each test prints what became of them.

mod broker;
mod disk;
mod flow;
mod killed;
mod messages;
mod poison;
mod portal;
mod restarts;
mod store;
mod together;

use anyhow::{Result, ensure};
use bole_tests::{Pipeline, Program, Report, Submission, wait_for_empty_queues};

pub(crate) use portal::PortalSide;

/// Checks all that a portal sent, its receipts and that nothing is left at the broker; then that a fresh one flows.
#[allow(clippy::print_stdout, reason = "what each test tells")]
fn check(
    pipeline: &Pipeline,
    server: &Program,
    portal: &mut PortalSide,
    n_issued: usize,
    programs: &[&Program],
) -> Result<Report> {
    let acked: Vec<_> = portal.acked.values().cloned().collect();
    let report = Report::of(pipeline, server, n_issued, &acked)?.with_redeliveries(programs)?;
    println!("{report}");
    report.check()?;
    portal.wait_for_receipts()?;
    wait_for_empty_queues(pipeline)?;
    flows(server, portal)?;
    Ok(report)
}

/// Sends one more and waits for its outcome and receipt, and until it can be found.
fn flows(server: &Program, portal: &mut PortalSide) -> Result<()> {
    let n_before = server.metric("bole_searchable_resumes")?;
    let fresh = Submission::resume(portal.name(), 99_999);
    portal.send(std::slice::from_ref(&fresh))?;
    let outcome = fresh.outcome(server)?;
    ensure!(outcome["state"] == "indexed", "{outcome}");
    portal.wait_for_receipts()?;
    bole_tests::until("fresh resume among the searchable", || {
        Ok((server.metric("bole_searchable_resumes")? > n_before).then_some(()))
    })
}
