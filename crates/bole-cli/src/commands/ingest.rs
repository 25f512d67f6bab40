use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use bole_engine::{Found, IngestOptions, Ingested, Outcome, Progress, find_files};
use indicatif::ProgressBar;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::arguments::{Ingest, Output};
use crate::commands::status::print_ledger;
use crate::exit::Exit;
use crate::output::{is_json, print_line, printable, progress_bar};
use crate::session::Session;

/// How many files that need a look are listed; the rest is counted.
const N_LISTED: usize = 20;

pub(crate) async fn run(session: Session, command: Ingest) -> anyhow::Result<Exit> {
    let as_json = is_json(&Output { format: command.format });
    let Found { files, unreadable } = find_files(&command.paths);
    for (path, error) in &unreadable {
        let shown = printable(&path.to_string_lossy());
        writeln!(io::stderr().lock(), "`{shown}` cannot be read: {error}")?;
    }
    if files.is_empty() {
        let paths: Vec<_> = command.paths.iter().map(|path| path.display().to_string()).collect();
        let named = printable(&paths.join(", "));
        writeln!(
            io::stderr().lock(),
            "there are no files in {named}: name files, or folders with resumes in them"
        )?;
        return Ok(Exit::Input);
    }
    let stop = stop_on_signal()?;
    let engine = session.create().await?;
    let n_files = files.len() as u64;
    let mut view = View::new(as_json, n_files);
    let options = IngestOptions { files, document_date: command.document_date };
    let ingested = bole_engine::ingest(&engine, options, &stop, |progress| view.show(&progress)).await;
    let viewed = view.finish();
    let ingested = ingested?;
    viewed?;
    let ledger = bole_engine::status(&engine).await?.ledger;
    if as_json {
        print_line(
            json!({ "ledger": ledger.portals, "law_holds": ledger.holds(), "summary": summary(ingested) }),
        )?;
    } else {
        print_ledger(&ledger)?;
    }
    Ok(if ingested.interrupted {
        writeln!(io::stderr().lock(), "interrupted: the same command goes on where it stopped")?;
        Exit::Interrupted
    } else if ingested.n_not_taken > 0 || !unreadable.is_empty() {
        Exit::Input
    } else {
        Exit::Done
    })
}

/// Cancelled by the first interrupt or termination; a second one ends the process as usual. Both are caught from
/// the moment that this returns.
pub(crate) fn stop_on_signal() -> io::Result<CancellationToken> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let stop = CancellationToken::new();
    let token = stop.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupted.recv() => {}
                _ = terminated.recv() => {}
            }
            if token.is_cancelled() {
                #[expect(clippy::exit, reason = "the second signal: what is held is safe in the queue")]
                std::process::exit(i32::from(Exit::Interrupted as u8));
            }
            token.cancel();
        }
    });
    Ok(stop)
}

fn summary(ingested: Ingested) -> serde_json::Value {
    json!({
        "settled": ingested.n_settled,
        "not_taken": ingested.n_not_taken,
        "interrupted": ingested.interrupted,
    })
}

/// What the person or the pipe sees meanwhile.
struct View {
    as_json: bool,
    bar: ProgressBar,
    /// Files by what became of them.
    counts: BTreeMap<String, u64>,
    /// The first files that need a look.
    listed: Vec<String>,
    n_to_look_at: usize,
    /// The first failure to write; the ingest goes on all the same.
    failure: Option<anyhow::Error>,
}

impl View {
    fn new(as_json: bool, n_files: u64) -> Self {
        let bar = progress_bar(n_files, !as_json);
        Self { as_json, bar, counts: BTreeMap::new(), listed: Vec::new(), n_to_look_at: 0, failure: None }
    }

    fn show(&mut self, progress: &Progress) {
        self.bar.inc(1);
        let Progress { path, outcome } = progress;
        if self.as_json {
            if let Err(error) = print_line(line(path, outcome)) {
                self.failure.get_or_insert(error);
            }
            return;
        }
        let (label, needs_look) = describe(outcome);
        if let Some(advice) = needs_look {
            self.n_to_look_at += 1;
            if self.listed.len() < N_LISTED {
                self.listed.push(format!("{}: {label}; {advice}", printable(&path.to_string_lossy())));
            }
        }
        *self.counts.entry(label).or_default() += 1;
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        self.bar.finish_and_clear();
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        for line in &self.listed {
            print_line(line)?;
        }
        if self.n_to_look_at > self.listed.len() {
            let more = self.n_to_look_at - self.listed.len();
            print_line(format_args!("… and {more} more: `--format json` lists every file"))?;
        }
        for (label, count) in &self.counts {
            print_line(format_args!("{count:>6}  {label}"))?;
        }
        Ok(())
    }
}

/// What became of a file in words, and what to do if it needs a look.
fn describe(outcome: &Outcome) -> (String, Option<&'static str>) {
    match outcome {
        Outcome::Decided(record) | Outcome::AlreadyReceived(record) => {
            let again =
                if matches!(outcome, Outcome::AlreadyReceived(_)) { "already received, " } else { "" };
            let label = format!("{again}{}: {}", record.state, record.reason);
            let needs_look = record.state == bole_core::State::Quarantined;
            (label, needs_look.then(|| record.reason.advice()))
        }
        Outcome::TooLarge { .. } => {
            ("not taken: too large".to_owned(), Some(bole_core::Reason::OverLimit.advice()))
        }
        Outcome::Unreadable(_) => (
            "not taken: cannot be read".to_owned(),
            Some("check the path and its permissions, and run it again"),
        ),
    }
}

/// One line of JSON a file.
fn line(path: &Path, outcome: &Outcome) -> serde_json::Value {
    let file = path.to_string_lossy();
    match outcome {
        Outcome::Decided(record) | Outcome::AlreadyReceived(record) => json!({
            "file": file,
            "resume": record.document,
            "submission": record.submission.message_id,
            "state": record.state,
            "reason": record.reason,
            "detail": record.detail,
            "advice": record.reason.advice(),
            "duplicate_of": record.duplicate_of,
            "already_received": matches!(outcome, Outcome::AlreadyReceived(_)),
        }),
        Outcome::TooLarge { n_bytes, limit_bytes } => {
            json!({ "file": file, "not_taken": "too_large", "bytes": n_bytes, "limit": limit_bytes })
        }
        Outcome::Unreadable(error) => json!({ "file": file, "not_taken": "unreadable", "detail": error }),
    }
}
