use anyhow::{Context, Result, ensure};
use bole_tests::{Backends, Pipeline, Report, Submission, load, servers, until};

use super::portal::PortalSide;
use super::{check, flows};

const N_BACKLOG: usize = 20;
const N_EACH: usize = 30;
/// More than is posted between two looks at the backlog.
const N_POSTED: usize = 2000;

#[test]
fn a_long_backlog_is_refused_at_the_door_and_what_was_taken_in_is_kept() -> Result<()> {
    let pipeline =
        Pipeline::new(Backends::BOTH, &["web"])?.with("BOLE_INTAKE_BACKLOG", N_BACKLOG.to_string());
    let server = pipeline.serve(&["--no-workers"])?;
    let submissions = load("web", 0..N_POSTED);
    let mut taken = Vec::new();
    let mut refused = None;
    for submission in &submissions {
        let answer = submission.post(&server)?;
        match answer.status {
            202 => taken.push(submission.clone()),
            429 => {
                assert!(answer.header("retry-after").parse::<u32>()? > 0, "{answer:?}");
                assert_eq!(answer.json()["code"], "backlog");
                refused = Some(submission);
                break;
            }
            status => anyhow::bail!("{status}: {}", answer.body),
        }
    }
    let refused = refused.ok_or_else(|| anyhow::anyhow!("{} were taken in", taken.len()))?;
    assert!(taken.len() >= N_BACKLOG, "{} are fewer than may wait", taken.len());

    let worker = pipeline.work()?;
    until("202 for what was refused", || Ok((refused.post(&server)?.status == 202).then_some(())))?;
    taken.push(refused.clone());
    let mut portal = PortalSide::open(&pipeline, "web")?;
    portal.acked = taken.iter().map(|it| (it.id.clone(), it.clone())).collect();
    check(&pipeline, &server, &mut portal, taken.len(), &[&worker])?;
    Ok(())
}

#[test]
fn a_paused_portal_waits_while_others_flow() -> Result<()> {
    let pipeline =
        Pipeline::new(Backends::BOTH, &["east", "west"])?.with("BOLE_INTAKE_BACKLOG", N_BACKLOG.to_string());
    let server = pipeline.serve(&["--no-workers"])?;
    let worker = pipeline.work()?;
    let mut east = PortalSide::open(&pipeline, "east")?;
    let mut west = PortalSide::open(&pipeline, "west")?;

    pipeline.installation.succeed(["portal", "pause", "east"])?;
    let queue = format!("{}.submissions.east", pipeline.installation.prefix());
    until("end of the subscription", || {
        let listed = servers(&["rabbitmqctl", "-q", "list_consumers", "--no-table-headers", "queue_name"])?;
        Ok((!listed.lines().any(|line| line == queue)).then_some(()))
    })?;
    east.send(&load("east", 0..N_EACH))?;
    west.send(&load("west", 0..N_EACH))?;
    for submission in west.acked.values() {
        submission.outcome(&server)?;
    }
    for submission in east.acked.values() {
        let stands = submission.stands(&server)?;
        ensure!(stands.is_none(), "it was taken from a paused portal: {stands:?}");
    }
    let waiting = until("count of what waits", || {
        let portals = pipeline.installation.json(["portal", "list", "--format", "json"])?;
        let east = portals.as_array().into_iter().flatten().find(|it| it["portal"] == "east").cloned();
        Ok(east.filter(|east| east["waiting"] == N_EACH))
    })?;
    assert_eq!(waiting["paused"], true);

    // What waits of one portal fills the door of that one only.
    let mut numbers = N_EACH..;
    until("429 for the paused portal", || {
        let submission = Submission::resume("east", numbers.next().context("a number")?);
        let answer = submission.post(&server)?;
        if answer.status == 202 {
            east.acked.insert(submission.id.clone(), submission);
            return Ok(None);
        }
        Ok((answer.status == 429).then_some(()))
    })?;
    let by_http = Submission::resume("west", N_EACH);
    until("202 for the other", || Ok((by_http.post(&server)?.status == 202).then_some(())))?;
    west.acked.insert(by_http.id.clone(), by_http.clone());
    assert_eq!(by_http.outcome(&server)?["state"], "indexed");

    pipeline.installation.succeed(["portal", "add", "east"])?;
    let acked: Vec<_> = east.acked.values().chain(west.acked.values()).cloned().collect();
    let report = Report::of(&pipeline, &server, acked.len(), &acked)?.with_redeliveries(&[&worker])?;
    println!("{report}");
    report.check()?;
    east.wait_for_receipts()?;
    west.wait_for_receipts()?;
    flows(&server, &mut east)?;
    Ok(())
}
