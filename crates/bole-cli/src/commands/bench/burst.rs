use anyhow::Context;
use bole_bench::{Burst, BurstOptions, bench_burst, burst_folder, keep_resumes};
use bole_engine::EngineError;

use crate::arguments::{BenchBurst, StoreKind, Via};
use crate::commands::wait_for;
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, progress_bar, table};
use crate::session::Session;

/// `bole bench burst`.
pub(crate) fn run(session: &Session, command: &BenchBurst) -> anyhow::Result<Exit> {
    let on_terminal = !is_json(&command.output);
    let bar = progress_bar(u64::from(command.count), on_terminal);
    bar.set_message("making resumes");
    keep_resumes(&command.resumes, command.seed, command.count, &|n_more| bar.inc(u64::from(n_more)))?;
    bar.finish_and_clear();

    let folder = burst_folder(&command.resumes);
    let options = options(session, command, &folder)?;
    let bar = progress_bar(u64::from(command.count), on_terminal);
    let mut report = None;
    let measured = wait_for(async {
        let progress = |_, n_searchable: usize| bar.set_position(n_searchable as u64);
        report = Some(bench_burst(&options, &progress).await?);
        Ok(Exit::Done)
    });
    bar.finish_and_clear();
    let removed = std::fs::remove_dir_all(&folder);
    measured?;
    removed.with_context(|| format!("the folder `{}`", folder.display()))?;
    let report = report.context("a report")?;
    if is_json(&command.output) {
        print_json(&report)?;
    } else {
        print(&report)?;
    }
    Ok(if report.n_lost == 0 && report.law_holds { Exit::Done } else { Exit::Failure })
}

fn options(
    session: &Session,
    command: &BenchBurst,
    folder: &std::path::Path,
) -> anyhow::Result<BurstOptions> {
    let mut settings = session.settings.clone();
    folder.clone_into(&mut settings.data);
    let mut environment = Vec::new();
    match command.via {
        Via::Local => {
            settings.queue.remote = None;
            environment.push(("BOLE_QUEUE_URL".to_owned(), String::new()));
        }
        Via::Rabbitmq => {
            settings.queue.remote.as_ref().ok_or_else(|| EngineError::not_set("queue.url"))?;
            let prefix = format!("{}-burst-{}", settings.queue.prefix, std::process::id());
            environment.push(("BOLE_QUEUE_PREFIX".to_owned(), prefix.clone()));
            settings.queue.prefix = prefix;
        }
    }
    match command.store {
        StoreKind::Sqlite => {
            settings.store.remote = None;
            environment.push(("BOLE_STORE_URL".to_owned(), String::new()));
        }
        StoreKind::Postgres => {
            settings.store.remote.as_ref().ok_or_else(|| EngineError::not_set("store.url"))?;
        }
    }
    Ok(BurstOptions {
        program: std::env::current_exe().context("the path of this program")?,
        config: session.config.clone(),
        settings,
        environment,
        resumes: command.resumes.clone(),
        n_resumes: command.count,
        n_workers: usize::from(command.workers),
    })
}

fn print(report: &Burst) -> anyhow::Result<()> {
    let megabytes = |n_bytes: u64| n_bytes as f64 / 1e6;
    print_line(format_args!(
        "{} resumes, {:.0} MB, {} and {}, {} worker processes beside the server, {} processors",
        report.n_resumes,
        megabytes(report.n_bytes),
        report.queue,
        report.store,
        report.n_workers,
        report.n_processors
    ))?;
    print_line(format_args!(
        "{:.1} s from the first confirm to the last found: {:.0} a second; published within {:.1} s; {} lost",
        report.seconds, report.per_second, report.seconds_to_publish, report.n_lost
    ))?;
    let mut stages = table(&["milliseconds", "count", "mean", "p50", "p95", "p99"]);
    let found = ("durable to searchable", report.durable_to_searchable);
    for (name, times) in report.stages.iter().map(|it| (it.stage, it.times)).chain([found]) {
        let cells = [times.mean_ms, times.p50_ms, times.p95_ms, times.p99_ms].map(|ms| format!("{ms:.2}"));
        stages.add_row([name.to_owned(), times.count.to_string()].into_iter().chain(cells));
    }
    print_line(stages)?;
    let mut processes = table(&[
        "process",
        "CPU ms a submission",
        "of it readers",
        "MB at most",
        "without children",
        "MB written",
    ]);
    for it in &report.processes {
        processes.add_row([
            it.name.to_owned(),
            format!("{:.3}", it.processor_ms),
            format!("{:.3}", it.readers_ms),
            format!("{:.0}", megabytes(it.resident_bytes)),
            format!("{:.0}", megabytes(it.resident_bytes_alone)),
            format!("{:.0}", megabytes(it.written_bytes)),
        ]);
    }
    print_line(processes)?;
    let parts = report.processor_ms_by_part.iter().map(|(part, ms)| format!("{part} {ms:.3}"));
    print_line(format_args!(
        "CPU a submission {:.3} ms: {}",
        report.processor_ms,
        parts.collect::<Vec<_>>().join(", ")
    ))?;
    for (portal, line) in &report.ledger {
        print_line(format_args!(
            "{portal}: received {} = indexed {} + duplicate {} + quarantined {} + in flight {}",
            line.received,
            line.indexed,
            line.duplicate,
            line.n_quarantined(),
            line.queued
        ))?;
    }
    print_line(if report.law_holds { "the law holds" } else { "THE LAW IS BROKEN: report this" })
}
