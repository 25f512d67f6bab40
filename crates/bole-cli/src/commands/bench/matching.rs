use bole_bench::{MatchBench, MatchOptions, MatchTimes, Matches, Ranks, bench_match, bench_rank};
use bole_engine::DataFolder;

use crate::arguments::BenchMatch;
use crate::commands::wait_for;
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, table};
use crate::session::{Session, reader_program};

/// `bole bench match`.
pub(crate) fn run(session: &Session, command: &BenchMatch) -> anyhow::Result<Exit> {
    let options = MatchOptions {
        profile: command.profile.clone(),
        n_rounds: command.rounds,
        threads: command.threads.iter().map(|threads| usize::from(*threads)).collect(),
        top: command.top as usize,
    };
    let mut report = MatchBench { resumes: None, rows: None };
    let mut rows = None;
    let settings = &session.settings;
    let is_empty = || settings.store.remote.is_none() && DataFolder::existing(&settings.data).is_err();
    // Rows can be made without resumes.
    if command.rows.is_none() || !is_empty() {
        let reader = reader_program()?;
        wait_for(async {
            let measured = bench_match(settings, session.config.as_deref(), &reader, &options);
            let (matches, found) = measured.await?;
            (report.resumes, rows) = (Some(matches), Some(found));
            Ok(Exit::Done)
        })?;
    }
    if let Some(n_rows) = command.rows {
        let knowledge = session.knowledge()?;
        report.rows = Some(bench_rank(&knowledge, &rows.unwrap_or_default(), n_rows as usize, &options)?);
    }
    if is_json(&command.output) {
        print_json(&report)?;
    } else {
        report.resumes.as_ref().map(print_matches).transpose()?;
        report.rows.as_ref().map(print_ranks).transpose()?;
    }
    let same = report.resumes.as_ref().is_none_or(|matches| matches.same)
        && report.rows.as_ref().is_none_or(|ranks| ranks.same);
    Ok(if same { Exit::Done } else { Exit::Failure })
}

fn print_matches(matches: &Matches) -> anyhow::Result<()> {
    let Matches { n_resumes, n_people, bytes_a_resume, n_rounds, top, .. } = matches;
    print_line(format_args!(
        "{n_resumes} resumes of {n_people} people, {bytes_a_resume:.0} bytes of memory a resume; {n_rounds} matches, top {top}"
    ))?;
    print_same(matches.same)?;
    let mut times = table(&["ms a match", "p50", "p95", "p99", "max"]);
    for at in &matches.threads {
        let row = |name: String, cells: [String; 4]| [name].into_iter().chain(cells);
        let cells = [at.p50_ms, at.p95_ms, at.p99_ms, at.max_ms].map(|ms| format!("{ms:.2}"));
        times.add_row(row(threads(at.n_threads), cells));
        for part in &at.parts {
            let name = format!("  {}", format!("{:?}", part.part).to_lowercase());
            let cells =
                [format!("{:.2}", part.p50_ms), String::new(), format!("{:.2}", part.p99_ms), String::new()];
            times.add_row(row(name, cells));
        }
    }
    print_line(times)?;
    let warm = |at: &MatchTimes| format!("{:.0} ms with {}", at.warm_ms, threads(at.n_threads));
    let warm: Vec<_> = matches.threads.iter().map(warm).collect();
    print_line(format_args!("loading everybody for the first time: {}", warm.join(", ")))
}

fn print_ranks(ranks: &Ranks) -> anyhow::Result<()> {
    let Ranks { n_rows, n_resumes, bytes_a_row, n_rounds, top, .. } = ranks;
    print_line(format_args!(
        "{n_rows} rows made from {n_resumes}, {bytes_a_row:.0} bytes of memory a row; {n_rounds} rankings, top {top}"
    ))?;
    if let Some(bytes) = ranks.resident_bytes_a_row {
        print_line(format_args!("the process grew by {bytes:.0} bytes a row"))?;
    }
    print_same(ranks.same)?;
    let mut times = table(&["ms a ranking", "p50", "p99", "max", "rows a second"]);
    for at in &ranks.threads {
        let cells = [at.p50_ms, at.p99_ms, at.max_ms].map(|ms| format!("{ms:.2}"));
        let speed = format!("{:.0}", at.rows_a_second);
        times.add_row([threads(at.n_threads)].into_iter().chain(cells).chain([speed]));
    }
    print_line(times)
}

fn print_same(same: bool) -> anyhow::Result<()> {
    print_line(if same {
        "the same best on every number of threads"
    } else {
        "NOT the same on every number of threads"
    })
}

fn threads(count: usize) -> String {
    if count == 1 { "1 thread".to_owned() } else { format!("{count} threads") }
}
