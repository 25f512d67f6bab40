//! `bole audit`.

use std::io::Write;

use bole_core::{Actor, AuditAction, DocumentId};
use bole_engine::{
    AuditBreak, AuditEntry, AuditFilter, AuditHead, AuditVerdict, Engine, NewAudit, Scope, audit_page,
    forget_audit_texts, resolve, verify_audit,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::arguments::Audit;
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, printable, table};
use crate::session::Session;

pub(crate) async fn run(session: Session, command: Audit) -> anyhow::Result<Exit> {
    let engine = session.open().await?;
    match command {
        Audit::List { resume, last, output } => {
            let resume = match resume {
                Some(name) => Some(resolve(&engine, &name, &Scope::all()).await?),
                None => None,
            };
            let entries = newest(&engine, resume, last).await?;
            note(&engine, AuditAction::Audit, resume.into_iter().collect(), None).await?;
            if is_json(&output) { print_json(&entries)? } else { print_entries(&entries)? }
        }
        Audit::Verify { known, output } => {
            let verdict = verify_audit(&engine, known).await?;
            if is_json(&output) {
                print_json(&verdict)?;
            } else {
                print_verdict(&verdict)?;
            }
            if verdict.broken.is_some() {
                return Ok(Exit::Broken);
            }
        }
        Audit::Forget { numbers } => {
            let told: Vec<_> = numbers.iter().map(ToString::to_string).collect();
            let subject = format!("texts forgotten: {}", told.join(", "));
            note(&engine, AuditAction::Audit, Vec::new(), Some(subject)).await?;
            let n_forgotten = forget_audit_texts(&engine, &numbers).await?;
            print_line(format_args!("{n_forgotten} of {} entries had a text; it is gone", numbers.len()))?;
        }
    }
    Ok(Exit::Done)
}

/// Whom the system takes for the user of this machine.
pub(crate) fn actor() -> Actor {
    let name = format!("user {}", rustix::process::getuid().as_raw());
    Actor { key: None, name, role: "machine".to_owned() }
}

/// Notes what was done on this machine.
pub(crate) async fn note(
    engine: &Engine,
    action: AuditAction,
    resumes: Vec<DocumentId>,
    subject: Option<String>,
) -> anyhow::Result<()> {
    let (at, request) = (Timestamp::now(), Uuid::new_v4());
    let entry = NewAudit { at, actor: actor(), action, request, resumes, subject, text: None };
    Ok(bole_engine::note(engine, entry).await?)
}

async fn newest(engine: &Engine, resume: Option<DocumentId>, last: u32) -> anyhow::Result<Vec<AuditEntry>> {
    let filter = AuditFilter { resume, ..AuditFilter::default() };
    let (mut entries, mut before) = (Vec::new(), None);
    loop {
        let left = last - entries.len() as u32;
        let page = audit_page(engine, &filter, before, left).await?;
        entries.extend(page.entries);
        before = page.before;
        if before.is_none() || entries.len() as u32 >= last {
            return Ok(entries);
        }
    }
}

fn print_entries(entries: &[AuditEntry]) -> anyhow::Result<()> {
    if entries.is_empty() {
        return print_line("nothing was noted");
    }
    let mut table = table(&["#", "when", "who", "what", "about"]);
    for AuditEntry { number, record, text, .. } in entries {
        let Some(record) = record else {
            table.add_row([number.to_string(), "damaged: see `bole audit verify`".to_owned()]);
            continue;
        };
        let action = serde_json::to_value(record.action)?;
        let mut about: Vec<_> = record.resumes.iter().take(3).map(DocumentId::short).collect();
        if record.resumes.len() > about.len() {
            about.push(format!("and {} resumes more", record.resumes.len() - about.len()));
        }
        about.extend(record.subject.iter().chain(text).map(|text| printable(text)));
        table.add_row([
            number.to_string(),
            format!("{:.0}", record.at),
            format!("{} ({})", printable(&record.actor.name), printable(&record.actor.role)),
            action.as_str().unwrap_or_default().to_owned(),
            about.join("\n"),
        ]);
    }
    print_line(table)
}

/// The head alone on standard output, as `--known` takes it; what it means on standard error.
fn print_verdict(verdict: &AuditVerdict) -> anyhow::Result<()> {
    let AuditVerdict { n_entries, head, broken } = verdict;
    let mut stderr = std::io::stderr().lock();
    match broken {
        Some(AuditBreak { number, fault }) => {
            writeln!(stderr, "BROKEN at entry {number}: {}", fault.told())?;
            writeln!(stderr, "the {n_entries} entries before it are what was written")?;
        }
        None => writeln!(stderr, "{n_entries} entries, all as they were written")?,
    }
    if let Some(AuditHead { number, hash }) = head {
        print_line(format_args!("{number}:{hash}"))?;
        writeln!(
            stderr,
            "note this head where whoever could change the log cannot: `--known` compares with it"
        )?;
    }
    Ok(())
}
