use std::io::{self, Write};
use std::path::Path;

use bole_engine::{IngestOptions, Ingested, Outcome, Progress};
use serde_json::json;

use crate::arguments::{Ingest, Output};
use crate::commands::files::{Named, View, find};
use crate::commands::status::print_ledger;
use crate::exit::Exit;
use crate::output::{is_json, print_line};
use crate::session::Session;
use crate::signals::stop_on_signal;

pub(crate) async fn run(session: Session, command: Ingest) -> anyhow::Result<Exit> {
    let as_json = is_json(&Output { format: command.format });
    let Some(Named { files, some_unreadable }) = find(&command.paths)? else { return Ok(Exit::Input) };
    let stop = stop_on_signal()?;
    let engine = session.create().await?;
    let n_files = files.len() as u64;
    let mut view = View::new(as_json, n_files);
    let options = IngestOptions { files, document_date: command.document_date };
    let ingested = bole_engine::ingest(&engine, options, &stop, |progress| show(&mut view, &progress)).await;
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
    } else if ingested.n_not_taken > 0 || some_unreadable {
        Exit::Input
    } else {
        Exit::Done
    })
}

fn summary(ingested: Ingested) -> serde_json::Value {
    json!({
        "settled": ingested.n_settled,
        "not_taken": ingested.n_not_taken,
        "interrupted": ingested.interrupted,
    })
}

fn show(view: &mut View, Progress { path, outcome }: &Progress) {
    let (label, advice) = describe(outcome);
    view.show(path, label, advice, || line(path, outcome));
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
