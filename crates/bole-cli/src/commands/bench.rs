mod burst;
mod http;
mod matching;
mod relevance;
mod understanding;

use bole_bench::{
    Extraction, Listing, MadeResumes, SandboxCost, bench_extraction, bench_sandbox, draw_boxes, keep_resumes,
};
use bole_sandbox::PoolOptions;

use crate::arguments::{Bench, BenchBoxes, BenchExtract, BenchResumes, BenchSandbox};
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, printable, progress_bar, table};
use crate::session::{Session, reader_program};

pub(crate) fn run(session: &Session, command: Bench) -> anyhow::Result<Exit> {
    match command {
        Bench::Extract(command) => extract(&command),
        Bench::Sandbox(command) => sandbox(session, &command),
        Bench::Burst(command) => burst::run(session, &command),
        Bench::Match(command) => matching::run(session, &command),
        Bench::Queries(command) => http::queries(&command),
        Bench::Submissions(command) => http::submissions(&command),
        Bench::Understanding(command) => understanding::run(session, &command),
        Bench::Relevance(command) => relevance::run(session, &command),
        Bench::Boxes(command) => boxes(&command),
        Bench::Resumes(command) => resumes(&command),
    }
}

fn extract(command: &BenchExtract) -> anyhow::Result<Exit> {
    let listing = Listing::read(&command.list)?;
    let report = bench_extraction(&listing, command.rounds, command.to.as_deref())?;
    if is_json(&command.output) {
        print_json(&report)?;
    } else {
        print_extraction(&report)?;
    }
    Ok(Exit::Done)
}

fn print_extraction(report: &Extraction) -> anyhow::Result<()> {
    let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let Extraction { n_documents, n_pages, n_characters, n_rounds, .. } = report;
    let size = mebibytes(report.n_bytes);
    print_line(format_args!(
        "{n_documents} documents, {size:.1} MiB, {n_pages} pages, {n_characters} characters"
    ))?;
    for unread in &report.unread {
        print_line(format_args!("  {} not read: {}", unread.n_documents, unread.reason))?;
    }
    let times = report.wall;
    print_line(format_args!(
        "milliseconds a document, one thread, best of {n_rounds}: mean {:.3}, p50 {:.3}, p99 {:.3} \
         (processor time, mean: {:.3})",
        times.mean_ms, times.p50_ms, times.p99_ms, report.processor_mean_ms
    ))?;
    if let (Some(peak), Some(before), Some(path)) =
        (report.peak_bytes, report.peak_bytes_before, &report.peak_path)
    {
        let (peak, before) = (mebibytes(peak), mebibytes(before));
        let path = printable(&path.to_string_lossy());
        print_line(format_args!("peak memory {peak:.1} MiB, {before:.1} MiB of it before: {path}"))?;
    }
    let mut stages = table(&["stage", "ms a document", "share"]);
    for stage in &report.stages {
        let share = format!("{:.1} %", stage.share * 100.0);
        stages.add_row([stage.stage.to_owned(), format!("{:.4}", stage.mean_ms), share]);
    }
    print_line(stages)?;
    let mut slowest = table(&["slowest", "ms"]);
    for (path, time) in &report.slowest {
        slowest.add_row([printable(&path.to_string_lossy()), format!("{time:.2}")]);
    }
    print_line(slowest)
}

fn sandbox(session: &Session, command: &BenchSandbox) -> anyhow::Result<Exit> {
    let listing = Listing::read(&command.list)?;
    let (knowledge, reader) = (session.knowledge()?, reader_program()?);
    let options = PoolOptions {
        program: reader.program,
        arguments: reader.arguments,
        n_children: 1,
        limits: session.settings.reader.limits,
        lexicon: knowledge.lexicon_files().to_vec(),
    };
    let cost = bench_sandbox(&listing, command.rounds, &options, knowledge.lexicon())?;
    if is_json(&command.output) {
        print_json(&cost)?;
    } else {
        print_sandbox_cost(&cost)?;
    }
    Ok(Exit::Done)
}

fn print_sandbox_cost(cost: &SandboxCost) -> anyhow::Result<()> {
    let SandboxCost { n_documents, n_refused, n_rounds, .. } = cost;
    print_line(format_args!("{n_documents} documents, {n_refused} of them refused, best of {n_rounds}"))?;
    let mut times = table(&["milliseconds a document", "mean", "p50", "p99"]);
    for (place, times_there) in [("in process", cost.in_process), ("in a child", cost.in_child)] {
        let cells =
            [times_there.mean_ms, times_there.p50_ms, times_there.p99_ms].map(|ms| format!("{ms:.3}"));
        times.add_row(std::iter::once(place.to_owned()).chain(cells));
    }
    print_line(times)?;
    let (threads, children) = (cost.per_second_in_process, cost.per_second_in_children);
    print_line(format_args!(
        "on all cores {threads:.0} documents a second in process, {children:.0} in children: {:+.1} %",
        (children / threads - 1.0) * 100.0
    ))?;
    let more = (cost.ratio - 1.0) * 100.0;
    let share = cost.start_ms / f64::from(cost.n_documents_a_child);
    print_line(format_args!(
        "one after the other, the child costs {more:+.1} %; its start takes {:.1} ms, {share:.3} ms a document over {}",
        cost.start_ms, cost.n_documents_a_child
    ))
}

fn boxes(command: &BenchBoxes) -> anyhow::Result<Exit> {
    let listing = Listing::read(&command.list)?;
    let drawings = draw_boxes(&listing, &command.to)?;
    print_line(format_args!("{} pages drawn in `{}`", drawings.len(), command.to.display()))?;
    Ok(Exit::Done)
}

fn resumes(command: &BenchResumes) -> anyhow::Result<Exit> {
    let as_json = is_json(&command.output);
    let bar = progress_bar(u64::from(command.count), !as_json);
    let made = keep_resumes(&command.to, command.seed, command.count, &|n_more| bar.inc(u64::from(n_more)));
    bar.finish_and_clear();
    let made = made?;
    if as_json {
        print_json(&made)?;
    } else {
        print_made(&made, command)?;
    }
    Ok(Exit::Done)
}

fn print_made(made: &MadeResumes, command: &BenchResumes) -> anyhow::Result<()> {
    let MadeResumes { n_resumes, n_made, seconds, sizes, .. } = made;
    let folder = command.to.display();
    print_line(format_args!("{n_resumes} resumes in `{folder}`, {n_made} of them made in {seconds:.1} s"))?;
    if let Some(time) = made.processor_ms {
        print_line(format_args!("processor time a resume made: {time:.2} ms"))?;
    }
    let kilobytes = |bytes: u64| bytes as f64 / 1000.0;
    print_line(format_args!(
        "kB a file: mean {:.1}, min {:.1}, p50 {:.1}, p95 {:.1}, max {:.1}; {:.1} MB in all",
        kilobytes(sizes.mean),
        kilobytes(sizes.min),
        kilobytes(sizes.p50),
        kilobytes(sizes.p95),
        kilobytes(sizes.max),
        kilobytes(sizes.sum) / 1000.0
    ))
}
