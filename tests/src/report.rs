use std::fmt;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::load::{Submission, is_final};
use crate::pipeline::{Pipeline, Program, until};
use crate::servers;

/// What became of all that was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Submissions that a portal had.
    pub issued: usize,
    /// Of these, those that were acknowledged to it.
    pub acked: usize,
    /// Resumes that a search finds.
    pub searchable: usize,
    /// Submissions without an outcome.
    pub lost: usize,
    /// Outcomes beyond the first, and submissions that nobody sent.
    pub dup: usize,
    /// Submissions that were set aside.
    pub quarantined: usize,
    /// And how many were to be.
    pub expected: usize,
    /// Deliveries of what was decided before, as the processes tell that live.
    pub redelivered: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { issued, acked, searchable, lost, dup, quarantined, expected, redelivered } = self;
        write!(
            formatter,
            "issued {issued} acked {acked} searchable {searchable} lost {lost} dup {dup} quarantined {quarantined} \
             (expected {expected}) redelivered {redelivered}"
        )
    }
}

impl Report {
    /// Waits until all that was acknowledged is decided and searchable, and checks every submission. What was ingested from
    /// files, as portal `local`, is left out.
    ///
    /// # Errors
    /// If something never comes about, or an outcome is not what it has to be.
    pub fn of(pipeline: &Pipeline, server: &Program, issued: usize, acked: &[Submission]) -> Result<Self> {
        let mut report = Self { issued, acked: acked.len(), ..Self::default() };
        let is_read = |submission: &&Submission| submission.reason == "read";
        let n_read = acked.iter().filter(is_read).count();
        report.expected = acked.len() - n_read;
        for submission in acked {
            let outcome = submission.outcome(server)?;
            let (portal, id) = (&submission.portal, &submission.id);
            ensure!(outcome["sha256"] == submission.sha256().as_str(), "{portal}/{id}: {outcome}");
            ensure!(outcome["reason"] == submission.reason, "{portal}/{id}: {outcome}");
            let timeline = outcome["timeline"].as_array().context("a timeline")?;
            let n_ends = timeline.iter().filter(|change| is_final(&change["state"])).count();
            ensure!(n_ends > 0, "{portal}/{id} was never decided: {outcome}");
            report.dup += n_ends - 1;
            report.quarantined += usize::from(outcome["state"] == "quarantined");
        }
        let status = pipeline.installation.json(["status"])?;
        ensure!(status["law_holds"] == true, "the law is broken: {status}");
        let number = |line: &Value, key: &str| line[key].as_u64().unwrap_or(0) as usize;
        let (total, local) = (&status["total"], &status["ledger"]["local"]);
        let of_portals = |key: &str| number(total, key) - number(local, key);
        let received = of_portals("received");
        report.lost = acked.len().saturating_sub(received);
        report.dup += received.saturating_sub(acked.len());
        ensure!(number(total, "queued") == 0 && of_portals("indexed") == n_read, "{status}");
        let n_searchable = number(total, "indexed");
        until("searchable resume for each", || {
            Ok((server.metric("bole_searchable_resumes")? as usize == n_searchable).then_some(()))
        })?;
        let found = pipeline.installation.json(["search", "quartzite", "--top", "1"])?;
        report.searchable = found["n_found"].as_u64().context("a number of hits")? as usize;
        Ok(report)
    }

    /// Adds what processes tell of redeliveries.
    ///
    /// # Errors
    /// If one does not answer.
    pub fn with_redeliveries(mut self, programs: &[&Program]) -> Result<Self> {
        for program in programs {
            self.redelivered += program.metric("bole_redelivered_total")? as usize;
        }
        Ok(self)
    }

    /// Whether nothing is lost or doubled, and all is found that has to be.
    ///
    /// # Errors
    /// If not.
    pub fn check(&self) -> Result<()> {
        let is_right = self.issued == self.acked
            && self.lost == 0
            && self.dup == 0
            && self.quarantined == self.expected
            && self.searchable == self.acked - self.expected;
        ensure!(is_right, "{self}");
        Ok(())
    }
}

/// Waits until the broker has nothing left of a pipeline's submissions, neither waiting nor handed out.
///
/// # Errors
/// If something stays.
pub fn wait_for_empty_queues(pipeline: &Pipeline) -> Result<()> {
    until("empty queue", || {
        let queues =
            servers(&["rabbitmqctl", "-q", "list_queues", "--no-table-headers", "name", "messages"])?;
        let left: Vec<_> = queues.lines().filter(|line| is_of_submissions(line, pipeline)).collect();
        ensure!(left.iter().all(|line| line.ends_with("\t0")), "{left:?}");
        Ok((!left.is_empty()).then_some(()))
    })
}

fn is_of_submissions(line: &str, pipeline: &Pipeline) -> bool {
    let rest = line.strip_prefix(&pipeline.installation.prefix());
    rest.is_some_and(|rest| rest.starts_with(".submissions.") || rest.starts_with(".dead\t"))
}

/// The documents in a list of JSON, by this key.
pub fn texts(list: &Value, key: &str) -> Vec<String> {
    let rows = list.as_array().into_iter().flatten();
    rows.filter_map(|row| row[key].as_str().map(str::to_owned)).collect()
}
