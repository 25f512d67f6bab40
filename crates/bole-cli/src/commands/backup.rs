//! `bole backup`.

use std::io::{self, Write};
use std::path::Path;

use bole_engine::{
    BackupOptions, BackupVerdict, CopyProgress, DataFolder, Manifest, Restored, check_backup, create_backup,
    restore_backup,
};
use indicatif::ProgressBar;

use crate::arguments::Backup;
use crate::commands::audit::actor;
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, row_bar, table};
use crate::session::Session;
use crate::signals::stop_on_signal;

pub(crate) async fn run(session: Session, command: Backup) -> anyhow::Result<Exit> {
    match command {
        Backup::Create { to, originals, output } => {
            let stop = stop_on_signal()?;
            let settings = &session.settings;
            let data = match &settings.store.remote {
                Some(_) => DataFolder::create(&settings.data)?,
                None => DataFolder::existing(&settings.data)?,
            };
            let options = BackupOptions { to, with_originals: originals, by: actor() };
            let bar = row_bar(!is_json(&output));
            let told = |progress| show(&bar, progress);
            let made = tokio::select! {
                made = create_backup(settings, &data, &options, &told) => made,
                () = stop.cancelled() => {
                    writeln!(io::stderr().lock(), "interrupted: nothing of the backup is left")?;
                    return Ok(Exit::Interrupted);
                }
            };
            bar.finish_and_clear();
            let manifest = made?;
            if is_json(&output) { print_json(&manifest)? } else { print_manifest(&options.to, &manifest)? }
        }
        Backup::Check { from, output } => {
            let verdict = check_backup(&from).await?;
            if is_json(&output) {
                print_json(&verdict)?;
            } else {
                print_verdict(&from, &verdict)?;
            }
            if !verdict.is_sound {
                return Ok(Exit::Broken);
            }
        }
        Backup::Restore { from, output } => {
            let data = DataFolder::create(&session.settings.data)?;
            let bar = row_bar(!is_json(&output));
            let told = |progress| show(&bar, progress);
            let restored = restore_backup(&session.settings, &data, &from, &actor(), &told).await;
            bar.finish_and_clear();
            let restored = restored?;
            if is_json(&output) { print_json(&restored)? } else { print_restored(&restored)? }
        }
    }
    Ok(Exit::Done)
}

fn show(bar: &ProgressBar, progress: CopyProgress) {
    match progress {
        CopyProgress::Rows(n_rows) => bar.set_length(n_rows),
        CopyProgress::Copied(n_rows) => bar.inc(n_rows),
    }
}

fn print_manifest(path: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    let mut table = table(&[&path.display().to_string(), ""]);
    let mut add = |what: &str, value: String| {
        table.add_row([what.to_owned(), value]);
    };
    add("made", format!("{:.0}, by bole {}", manifest.ended_at, manifest.bole));
    add("position of the log", manifest.head.to_string());
    add("submissions", manifest.rows.get("submission").copied().unwrap_or_default().to_string());
    add("in flight", manifest.n_in_flight.to_string());
    if let Some(n_messages) = manifest.n_messages {
        add("messages in the queue", n_messages.to_string());
    }
    add("files of resumes inside", manifest.originals.n_inside.to_string());
    if manifest.originals.n_outside > 0 {
        add("files of resumes outside", manifest.originals.n_outside.to_string());
    }
    add("rows", manifest.n_rows().to_string());
    add("size", format!("{:.1} MiB", manifest.n_bytes() as f64 / f64::from(1 << 20)));
    print_line(table)
}

fn print_verdict(path: &Path, verdict: &BackupVerdict) -> anyhow::Result<()> {
    if let Some(manifest) = &verdict.manifest {
        print_manifest(path, manifest)?;
    }
    let mut stderr = io::stderr().lock();
    for problem in &verdict.problems {
        writeln!(stderr, "{problem}")?;
    }
    let told = if verdict.is_sound { "all of it is as it was made" } else { "BROKEN: it cannot be restored" };
    Ok(writeln!(stderr, "{told}")?)
}

fn print_restored(restored: &Restored) -> anyhow::Result<()> {
    print_line(format_args!(
        "restored as of {:.0}, position {} of the log, {} rows",
        restored.made_at, restored.head, restored.n_rows
    ))?;
    if let Some(n_messages) = restored.n_messages {
        print_line(format_args!("the queue has its {n_messages} messages again"))?;
    } else if restored.n_in_flight > 0 {
        print_line(format_args!(
            "of {} submissions in flight {} are published again when a server starts, and {} have to be sent again: their \
             files were in the queue only; portals learn which by `reconcile`",
            restored.n_in_flight, restored.n_to_publish, restored.n_to_send_again
        ))?;
    }
    if restored.n_originals_moved > 0 {
        print_line(format_args!(
            "{} files of resumes were moved out of the store",
            restored.n_originals_moved
        ))?;
    }
    if restored.n_originals_outside > 0 {
        print_line(format_args!(
            "{} files of resumes were not in the backup: they were too large to keep, or are where `originals.url` was",
            restored.n_originals_outside
        ))?;
    }
    print_line("the search index is built anew by the next server, or by `bole reindex`")
}
