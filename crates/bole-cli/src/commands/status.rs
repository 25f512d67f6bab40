use bole_core::{LedgerLine, Portal, Reason};
use bole_engine::{Overdue, Status};
use serde_json::json;

use crate::arguments::Output;
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, table};
use crate::session::Session;

pub(crate) async fn run(session: Session, output: Output) -> anyhow::Result<Exit> {
    let engine = session.open().await?;
    let status = bole_engine::status(&engine).await?;
    let overdue = bole_engine::overdue(&engine).await?;
    if is_json(&output) {
        print_json(&as_json(&status, overdue))?;
    } else {
        print_text(&status, overdue)?;
    }
    // For whoever watches: a ledger that does not add up is a failure.
    Ok(if status.ledger.holds() { Exit::Done } else { Exit::Failure })
}

fn as_json(status: &Status, overdue: Overdue) -> serde_json::Value {
    let queue = status.queue.iter().map(|depth| {
        json!({ "portal": depth.portal, "ready": depth.n_ready, "held": depth.n_held, "oldest": depth.oldest })
    });
    json!({
        "ledger": status.ledger.portals,
        "total": status.ledger.total(),
        "law_holds": status.ledger.holds(),
        "queue": queue.collect::<Vec<_>>(),
        "oldest_waiting_seconds": status.oldest_waiting.map(|age| age.as_secs_f64()),
        "paused": status.paused,
        "unroutable": status.n_unroutable,
        "dead_letters": status.n_dead_letters,
        "receipts": status.receipts,
        "change_log": status.head,
        "index": { "position": status.indexed, "resumes": status.n_searchable },
        "lexicon": status.lexicon,
        "readings": {
            "older_reader": overdue.n_older_readings,
            "kept": overdue.n_kept,
            "without_evidence": overdue.n_without_evidence,
        },
        "readers": { "missing_guards": status.missing_guards },
    })
}

fn print_text(status: &Status, overdue: Overdue) -> anyhow::Result<()> {
    print_ledger(&status.ledger)?;
    print_queue(status)?;
    if let Some(age) = status.oldest_waiting {
        print_line(format_args!("oldest      waiting for {} s", age.as_secs()))?;
    }
    let behind = match status.indexed {
        Some(position) if position == status.head => "up to date".to_owned(),
        Some(position) => {
            format!(
                "{} changes behind: the next search takes them in",
                status.head.0.saturating_sub(position.0)
            )
        }
        None => "to be built anew: run `bole reindex`".to_owned(),
    };
    print_line(format_args!("index       {} resumes, {behind}", status.n_searchable))?;
    let Overdue { n_older_readings, n_kept, n_without_evidence } = overdue;
    if n_older_readings + n_without_evidence > 0 {
        print_line(format_args!(
            "readings    {n_older_readings} of an older reader, {n_without_evidence} without evidence for the lexicon \
             in force: run `bole reread`"
        ))?;
    }
    if n_kept > 0 {
        print_line(format_args!(
            "kept        {n_kept} readings of an older reader: the one of today cannot read their documents"
        ))?;
    }
    match status.receipts {
        Some(position) if position == status.head => print_line("receipts    all published")?,
        Some(position) => print_line(format_args!(
            "receipts    {} changes behind: a `bole serve` that runs publishes them",
            status.head.0.saturating_sub(position.0)
        ))?,
        None => {}
    }
    print_line(format_args!("change log  position {}", status.head))?;
    let Some(missing) = &status.missing_guards else {
        return print_line("readers     CANNOT BE STARTED: check limits on processes and memory");
    };
    if missing.is_empty() {
        return print_line("readers     fenced in");
    }
    for guard in missing {
        print_line(format_args!("readers     this system lacks: {guard}"))?;
    }
    Ok(())
}

fn print_queue(status: &Status) -> anyhow::Result<()> {
    let waiting: u64 = status.queue.iter().map(|depth| depth.n_ready).sum();
    let held: Option<u64> = status.queue.iter().map(|depth| depth.n_held).sum();
    match held {
        Some(held) if held > 0 => {
            print_line(format_args!("queue       {waiting} waiting, {held} with a worker"))?;
        }
        _ => print_line(format_args!("queue       {waiting} waiting"))?,
    }
    if !status.paused.is_empty() {
        let names: Vec<_> = status.paused.iter().map(Portal::as_str).collect();
        print_line(format_args!("paused      {}: `bole portal add NAME` opens one again", names.join(", ")))?;
    }
    if status.n_unroutable > 0 {
        print_line(format_args!(
            "unroutable  {} messages came with a key that is no portal's: add the portal and have it send them \
             again; they lie in the broker's queue {}.unroutable",
            status.n_unroutable, status.prefix
        ))?;
    }
    if status.n_dead_letters > 0 {
        print_line(format_args!(
            "dead        {} messages were handed out too often: a worker that runs puts them into quarantine",
            status.n_dead_letters
        ))?;
    }
    Ok(())
}

/// The ledger as a table, and whether the law holds.
pub(crate) fn print_ledger(ledger: &bole_core::Ledger) -> anyhow::Result<()> {
    let mut table = table(&[
        "portal",
        "received",
        "indexed",
        "duplicate",
        "quarantined",
        "discarded",
        "erased",
        "in flight",
    ]);
    let row = |name: &str, line: &LedgerLine| {
        let counts = [
            line.received,
            line.indexed,
            line.duplicate,
            line.n_quarantined(),
            line.discarded,
            line.erased,
            line.queued,
        ];
        let mut cells = vec![name.to_owned()];
        cells.extend(counts.map(|count| count.to_string()));
        cells
    };
    for (portal, line) in &ledger.portals {
        table.add_row(row(portal, line));
    }
    if ledger.portals.len() > 1 {
        table.add_row(row("all", &ledger.total()));
    }
    for column in table.column_iter_mut() {
        // Eight columns must fit into eighty characters.
        column.set_padding((0, 1));
    }
    if ledger.portals.is_empty() {
        print_line("nothing was received yet")?;
    } else {
        print_line(table)?;
    }
    let quarantined = ledger.total().quarantined;
    if !quarantined.is_empty() {
        let reasons: Vec<_> = quarantined.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        print_line(format_args!("quarantine  {}", reasons.join(", ")))?;
    }
    let n_violations = quarantined.get(&Reason::SandboxViolation).copied().unwrap_or(0);
    if n_violations > 0 {
        print_line(format_args!(
            "ALARM       {n_violations} made a reader call what no reader calls: keep the originals, tell who \
             looks after security"
        ))?;
    }
    let law =
        if ledger.holds() { "holds: every submission is accounted for" } else { "IS BROKEN: report this" };
    print_line(format_args!("the law     {law}"))
}
