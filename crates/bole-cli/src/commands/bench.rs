use bole_bench::{Extraction, Listing, bench_extraction, draw_boxes};

use crate::arguments::{Bench, BenchBoxes, BenchExtract};
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, printable, table};

pub(crate) fn run(command: Bench) -> anyhow::Result<Exit> {
    match command {
        Bench::Extract(command) => extract(&command),
        Bench::Boxes(command) => boxes(&command),
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

fn boxes(command: &BenchBoxes) -> anyhow::Result<Exit> {
    let listing = Listing::read(&command.list)?;
    let drawings = draw_boxes(&listing, &command.to)?;
    print_line(format_args!("{} pages drawn in `{}`", drawings.len(), command.to.display()))?;
    Ok(Exit::Done)
}
