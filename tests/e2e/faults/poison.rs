use anyhow::{Result, ensure};
use bole_tests::hostile::{self, Hostile};
use bole_tests::{Backends, Pipeline, Program, Submission, until};

use super::check;
use super::portal::PortalSide;

const N_GOOD: usize = 60;
/// What is larger costs more to send than it shows; what is empty has no bytes to replay.
const MAX_BYTES: usize = 64 << 10;

/// Hostile files that have to be set aside, each another one.
fn poison() -> Vec<Submission> {
    let is_set_aside = |file: &&Hostile| !matches!(file.reason, "read" | "read_in_part");
    let files = hostile::BOUNDED.into_iter().flatten().filter(is_set_aside);
    let files = files
        .map(|file| ((file.make)(), file.reason))
        .filter(|(body, _)| (1..=MAX_BYTES).contains(&body.len()));
    let submission = |(number, (body, reason))| Submission::new("live", format!("h-{number}"), body, reason);
    files.enumerate().map(submission).collect()
}

fn law_holds(pipeline: &Pipeline) -> Result<()> {
    let status = pipeline.installation.json(["status"])?;
    ensure!(status["law_holds"] == true, "the law is broken: {status}");
    Ok(())
}

/// Waits until each is decided again, and checks that it ended as before.
fn ended_again(poison: &[Submission], server: &Program) -> Result<()> {
    for submission in poison {
        let outcome = until("second outcome", || {
            let stands = submission.stands(server)?;
            Ok(stands.filter(|stands| stands["attempt"] == 2 && stands["state"] == "quarantined"))
        })?;
        ensure!(outcome["reason"] == submission.reason, "{}: {outcome}", submission.id);
    }
    Ok(())
}

#[test]
fn poison_between_good_resumes_is_set_aside_replayed_and_given_up() -> Result<()> {
    let pipeline = Pipeline::new(Backends::BOTH, &["live"])?;
    let server = pipeline.serve(&["--no-workers"])?;
    let worker = pipeline.work()?;
    let mut portal = PortalSide::open(&pipeline, "live")?;
    let poison = poison();
    assert!(poison.len() >= 25, "{} files", poison.len());
    let good: Vec<_> = (0..N_GOOD).map(|number| Submission::resume("live", number)).collect();
    let mut sent = Vec::new();
    for number in 0..N_GOOD.max(poison.len()) {
        sent.extend(good.get(number).into_iter().chain(poison.get(number)).cloned());
    }
    portal.send(&sent)?;
    let report = check(&pipeline, &server, &mut portal, sent.len(), &[&worker])?;
    assert_eq!(report.redelivered, 0);

    pipeline.installation.succeed(["quarantine", "replay", "--all"])?;
    law_holds(&pipeline)?;
    ended_again(&poison, &server)?;
    law_holds(&pipeline)?;
    until("receipt of each second attempt", || {
        portal.fetch_receipts()?;
        let is_second = |submission: &&Submission| {
            portal.receipts.iter().any(|receipt| {
                let names_it = receipt.message_id.as_str() == submission.id && receipt.attempt.0 == 2;
                names_it && receipt.reason.code() == submission.reason
            })
        };
        Ok((poison.iter().filter(is_second).count() == poison.len()).then_some(()))
    })?;

    let (named, others) = poison.split_at(poison.len() / 2);
    let names: Vec<_> = named.iter().map(|submission| format!("live/{}", submission.id)).collect();
    let arguments = ["quarantine", "discard"].into_iter().chain(names.iter().map(String::as_str));
    pipeline.installation.succeed(arguments)?;
    law_holds(&pipeline)?;
    for (submission, state) in
        named.iter().map(|it| (it, "discarded")).chain(others.iter().map(|it| (it, "quarantined")))
    {
        let outcome = submission.outcome(&server)?;
        ensure!(outcome["state"] == state, "{outcome}");
    }
    pipeline.installation.succeed(["quarantine", "discard", "--all"])?;
    let total = &pipeline.installation.json(["status"])?["total"];
    // And the fresh one that was sent to see that all flows.
    assert_eq!((&total["discarded"], &total["indexed"]), (&poison.len().into(), &(N_GOOD + 1).into()));
    assert_eq!(total["received"], sent.len() + 1);
    law_holds(&pipeline)
}
