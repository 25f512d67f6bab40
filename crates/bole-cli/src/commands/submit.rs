//! `bole submit`.

use std::io::{self, Write};

use bole_core::{FieldId, Reason, State};
use bole_engine::{PortalNews, PortalSubmission, PortalSubmitted, submit_as_portal};
use serde_json::json;

use crate::arguments::{Output, Submit};
use crate::commands::files::{Named, View, find};
use crate::exit::Exit;
use crate::output::{is_json, print_line};
use crate::session::Session;
use crate::signals::stop_on_signal;

pub(crate) async fn run(session: Session, command: Submit) -> anyhow::Result<Exit> {
    let as_json = is_json(&Output { format: command.format });
    let Some(Named { files, some_unreadable }) = find(&command.paths)? else { return Ok(Exit::Input) };
    let stop = stop_on_signal()?;
    let mut view = Views::new(as_json, files.len() as u64, command.wait);
    let wait = command.wait.then_some(command.time_out);
    let submission = PortalSubmission {
        portal: command.portal.clone(),
        files,
        message_id: command.message_id,
        document_date: command.document_date,
        candidate_ref: command.candidate_ref,
        field: command.field.map(FieldId),
        wait,
    };
    let submitted = submit_as_portal(&session.settings, submission, &stop, |news| view.show(&news)).await;
    let viewed = view.view.finish();
    let submitted = submitted?;
    viewed?;
    if as_json {
        print_line(json!({ "summary": summary(submitted) }))?;
    }
    let PortalSubmitted { n_sent: _, n_not_taken, n_waiting, interrupted } = submitted;
    let mut stderr = io::stderr().lock();
    Ok(if interrupted {
        writeln!(stderr, "interrupted: what is sent is safe, and the same command sends the rest")?;
        Exit::Interrupted
    } else if n_waiting > 0 {
        let seconds = command.time_out.as_secs();
        let files = if n_waiting == 1 { "file" } else { "files" };
        writeln!(
            stderr,
            "no receipt of {n_waiting} {files} within {seconds} s: nothing is lost. Either no worker has come to them \
             yet, or somebody else fetches the receipts of portal `{}`, or an earlier call has told them",
            command.portal
        )?;
        Exit::Late
    } else if n_not_taken > 0 || some_unreadable {
        Exit::Input
    } else {
        Exit::Done
    })
}

fn summary(submitted: PortalSubmitted) -> serde_json::Value {
    json!({
        "sent": submitted.n_sent,
        "not_taken": submitted.n_not_taken,
        "waiting": submitted.n_waiting,
        "interrupted": submitted.interrupted,
    })
}

/// First what is sent, then, if it is waited for, what became of it.
struct Views {
    view: View,
    n_files: u64,
    n_told: u64,
    n_sent: u64,
    wait: bool,
}

impl Views {
    fn new(as_json: bool, n_files: u64, wait: bool) -> Self {
        Self { view: View::new(as_json, n_files), n_files, n_told: 0, n_sent: 0, wait }
    }

    fn show(&mut self, news: &PortalNews) {
        match news {
            PortalNews::Sent { path, message_id } => {
                self.n_sent += 1;
                self.view.show(
                    path,
                    "sent".to_owned(),
                    None,
                    || json!({ "file": path.to_string_lossy(), "submission": message_id, "sent": true }),
                );
            }
            PortalNews::Outcome { path, receipt } => {
                let label = format!("{}: {}", receipt.state, receipt.reason);
                let needs_look = receipt.state == State::Quarantined;
                let advice = needs_look.then_some(receipt.advice.as_str());
                self.view.show(path, label, advice, || {
                    json!({
                        "file": path.to_string_lossy(),
                        "submission": receipt.message_id,
                        "resume": receipt.sha256,
                        "state": receipt.state,
                        "reason": receipt.reason,
                        "advice": receipt.advice,
                        "attempt": receipt.attempt,
                        "at": receipt.at,
                    })
                });
            }
            PortalNews::TooLarge { path, n_bytes, limit_bytes } => {
                let advice = Some(Reason::OverLimit.advice());
                self.view.show(path, "not sent: too large".to_owned(), advice, || {
                    json!({
                        "file": path.to_string_lossy(),
                        "not_taken": "too_large",
                        "bytes": n_bytes,
                        "limit": limit_bytes,
                    })
                });
            }
            PortalNews::Unreadable { path, error } => {
                let advice = Some("check the path and its permissions, and run it again");
                self.view.show(
                    path,
                    "not sent: cannot be read".to_owned(),
                    advice,
                    || json!({ "file": path.to_string_lossy(), "not_taken": "unreadable", "detail": error }),
                );
            }
        }
        self.n_told += 1;
        if self.wait && self.n_told == self.n_files {
            self.view.restart(self.n_sent);
        }
    }
}
