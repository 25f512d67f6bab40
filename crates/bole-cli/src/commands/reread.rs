use std::io::{self, Write};

use bole_engine::{RereadOptions, RereadProgress, Scope};
use indicatif::ProgressBar;

use crate::arguments::{Output, Reread};
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, progress_bar, table};
use crate::session::Session;
use crate::signals::stop_on_signal;

pub(crate) async fn run(session: Session, command: Reread) -> anyhow::Result<Exit> {
    let as_json = is_json(&Output { format: command.format });
    let stop = stop_on_signal()?;
    let engine = session.open().await?;
    let mut options = RereadOptions::default();
    for name in &command.documents {
        let document = bole_engine::resolve(&engine, name, &Scope::all()).await?;
        options.documents.get_or_insert_default().push(document);
    }
    let mut bar = progress_bar(0, false);
    let reread =
        bole_engine::reread(&engine, options, &stop, |progress| show(&mut bar, progress, as_json)).await;
    bar.finish_and_clear();
    let reread = reread?;
    if as_json {
        print_json(&reread)?;
    } else {
        print_text(&reread)?;
    }
    if reread.interrupted {
        writeln!(io::stderr().lock(), "interrupted: the same command goes on where it stopped")?;
        return Ok(Exit::Interrupted);
    }
    Ok(Exit::Done)
}

fn show(bar: &mut ProgressBar, progress: RereadProgress, as_json: bool) {
    match progress {
        RereadProgress::Waiting => {
            // For whoever looks on; if nobody can be told, the wait is short.
            writeln!(io::stderr().lock(), "another process is at it, or has just died over it: waiting").ok();
        }
        RereadProgress::ToRead(n_documents) | RereadProgress::ToDerive(n_documents) => {
            bar.finish_and_clear();
            *bar = progress_bar(n_documents, !as_json && n_documents > 0);
        }
        RereadProgress::Read => bar.inc(1),
        RereadProgress::Derived(n_readings) => bar.inc(n_readings),
    }
}

fn print_text(reread: &bole_engine::Reread) -> anyhow::Result<()> {
    let mut table = table(&["what became of it", "documents"]);
    let mut add = |what: &str, n_documents: u64| {
        if n_documents > 0 {
            table.add_row([what.to_owned(), n_documents.to_string()]);
        }
    };
    add("read anew", reread.n_reread);
    for (reason, n_documents) in &reread.kept {
        add(&format!("keeps its reading: {reason}"), *n_documents);
    }
    add("keeps its reading: its original is gone", reread.n_without_original);
    add("set aside or read anew by another process meanwhile", reread.n_left_alone);
    add("evidence derived for the lexicon in force", reread.n_derived);
    add("its reading is damaged: restore a backup of the store", reread.n_damaged);
    if table.row_count() == 0 {
        return print_line(
            "nothing to do: all readings are of this reader, with evidence for the lexicon in force",
        );
    }
    print_line(table)
}
