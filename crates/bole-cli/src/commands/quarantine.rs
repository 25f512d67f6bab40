use std::io::Write;
use std::path::Path;

use anyhow::Context;
use bole_core::SubmissionId;
use bole_engine::{
    Engine, EngineError, Followed, NotDone, QuarantineFilter, SubmissionRecord, discard, original,
    quarantined, quarantined_ids, replay, submission,
};
use serde_json::json;

use crate::arguments::{Output, Quarantine, Selected, Selection};
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, printable, table};
use crate::session::Session;

pub(crate) async fn run(session: Session, command: Quarantine) -> anyhow::Result<Exit> {
    let engine = session.open().await?;
    match command {
        Quarantine::List { selection, top, output } => {
            let records = quarantined(&engine, &filter(&selection), None, top).await?;
            list(&records, top, &output)?;
            Ok(Exit::Done)
        }
        Quarantine::Show { submission: id, original: to, output } => {
            let Some(followed) = submission(&engine, &id).await? else {
                return Err(EngineError::UnknownSubmission(id).into());
            };
            show(&followed, &output)?;
            if let Some(path) = to {
                write_original(&engine, &followed.record, &path).await?;
            }
            Ok(Exit::Done)
        }
        Quarantine::Replay(selected) => {
            let ids = ids(&engine, selected).await?;
            let answers = replay(&engine, &ids).await?;
            tell("sent round again", ids.iter().zip(answers))
        }
        Quarantine::Discard(selected) => {
            let ids = ids(&engine, selected).await?;
            let answers = discard(&engine, &ids).await?;
            tell("discarded", ids.iter().zip(answers))
        }
    }
}

fn filter(selection: &Selection) -> QuarantineFilter {
    QuarantineFilter { portal: selection.portal.clone(), reason: selection.reason }
}

/// The submissions that were named, or all that the selection lets through.
async fn ids(engine: &Engine, selected: Selected) -> anyhow::Result<Vec<SubmissionId>> {
    if !selected.all {
        return Ok(selected.submissions);
    }
    Ok(quarantined_ids(engine, &filter(&selected.selection), usize::MAX).await?)
}

/// A line for each that was not done, and how many were.
fn tell<'a>(
    done: &str,
    answers: impl Iterator<Item = (&'a SubmissionId, Result<(), NotDone>)>,
) -> anyhow::Result<Exit> {
    let (mut n_done, mut n_not) = (0_u64, 0_u64);
    for (id, answer) in answers {
        match answer {
            Ok(()) => n_done += 1,
            Err(why) => {
                n_not += 1;
                writeln!(std::io::stderr().lock(), "{}: {why}", printable(&id.to_string()))?;
            }
        }
    }
    if n_done > 0 {
        print_line(format_args!("{n_done} {done}"))?;
    } else if n_not == 0 {
        print_line("nothing in quarantine that this selects")?;
    }
    Ok(if n_not > 0 { Exit::NotFound } else { Exit::Done })
}

fn list(records: &[SubmissionRecord], top: u32, output: &Output) -> anyhow::Result<()> {
    if is_json(output) {
        return print_json(&records.iter().map(as_json).collect::<Vec<_>>());
    }
    if records.is_empty() {
        return print_line("nothing in quarantine that this selects");
    }
    let mut table = table(&["submission", "reason", "attempt", "since", "detail", "what to do"]);
    for record in records {
        table.add_row([
            printable(&record.submission.to_string()),
            record.reason.to_string(),
            record.attempt.0.to_string(),
            record.changed_at.strftime("%Y-%m-%d %H:%M").to_string(),
            printable(record.detail.as_deref().unwrap_or_default()),
            record.reason.advice().to_owned(),
        ]);
    }
    print_line(table)?;
    if records.len() == top as usize {
        print_line(format_args!("these are the first {top}: `--top` shows more"))?;
    }
    Ok(())
}

fn show(followed: &Followed, output: &Output) -> anyhow::Result<()> {
    let Followed { record, timeline } = followed;
    if is_json(output) {
        let timeline = timeline
            .iter()
            .map(|it| json!({ "state": it.state, "reason": it.reason, "attempt": it.attempt, "at": it.at }));
        let mut shown = as_json(record);
        if let Some(shown) = shown.as_object_mut() {
            shown.insert("timeline".to_owned(), timeline.collect());
        }
        return print_json(&shown);
    }
    let line = |name: &str, value: &str| print_line(format_args!("{name:<14}{}", printable(value)));
    line("submission", &record.submission.to_string())?;
    line("document", &record.document.to_string())?;
    line("state", &format!("{}: {}", record.state, record.reason))?;
    if let Some(detail) = &record.detail {
        line("detail", detail)?;
    }
    line("what to do", record.reason.advice())?;
    if let Some(first) = &record.duplicate_of {
        line("duplicate of", &first.to_string())?;
    }
    if let Some(source) = &record.source_name {
        line("source", source)?;
    }
    line("document date", &record.document_date.to_string())?;
    for it in timeline {
        let at = it.at.strftime("%Y-%m-%d %H:%M:%S");
        print_line(format_args!("{at}  {}: {}, attempt {}", it.state, it.reason, it.attempt.0))?;
    }
    Ok(())
}

fn as_json(record: &SubmissionRecord) -> serde_json::Value {
    json!({
        "portal": record.submission.portal,
        "id": record.submission.message_id,
        "resume": record.document,
        "state": record.state,
        "reason": record.reason,
        "detail": record.detail,
        "advice": record.reason.advice(),
        "attempt": record.attempt,
        "duplicate_of": record.duplicate_of,
        "source": record.source_name,
        "document_date": record.document_date,
        "received_at": record.received_at,
        "changed_at": record.changed_at,
    })
}

async fn write_original(engine: &Engine, record: &SubmissionRecord, path: &Path) -> anyhow::Result<()> {
    let bytes = original(engine, record).await?.context("its bytes were not kept")?;
    std::fs::write(path, &bytes).map_err(|source| EngineError::Path { path: path.to_owned(), source })?;
    Ok(())
}
