use std::io;

use bole_engine::{
    Census, ExportRow, Mainstay, MatchQuery, MatchReport, Page, Placed, PlacedChange, ProfileChoice, Scope,
};

use crate::arguments::{Format, Match, Replay};
use crate::commands::changes::overrides;
use crate::exit::Exit;
use crate::output::{both, format_of, points, print_json, print_line, printable, table};
use crate::session::Session;

pub(crate) async fn run(session: Session, command: Match) -> anyhow::Result<Exit> {
    let query = MatchQuery {
        profile: ProfileChoice::read(&command.profile)?,
        overrides: overrides(&command.changes)?,
        scope: Scope::all(),
        filters: command.filters,
        top: command.top as usize,
        page: Page::WHOLE,
        lists: true,
    };
    let engine = session.open().await?;
    print(&bole_engine::run_match(&engine, &query).await?, command.format)
}

/// A match of before, printed as it was then.
pub(crate) async fn replay(session: Session, command: Replay) -> anyhow::Result<Exit> {
    let engine = session.open().await?;
    print(&bole_engine::replay_match(&engine, &command.run).await?, command.format)
}

fn print(report: &MatchReport, format: Option<Format>) -> anyhow::Result<Exit> {
    match format_of(format) {
        Format::Json => print_json(report)?,
        Format::Csv => print_csv(report)?,
        Format::Table => print_table(report)?,
    }
    Ok(Exit::Done)
}

/// The ranking as a table, with the best reasons of each person, and the census.
pub(crate) fn print_table(report: &MatchReport) -> anyhow::Result<()> {
    if report.census.people == 0 {
        print_line("no resumes yet, take some in with `bole ingest`")?;
    } else if report.results.is_empty() {
        print_line("nobody is left: the filters and the gates let nobody through")?;
    } else {
        let mut table = table(&["#", "score", "who", "why"]);
        for placed in &report.results {
            table.add_row([placed.place.to_string(), points(placed.score), who(placed), why(placed)]);
        }
        print_line(table)?;
    }
    for filter in &report.filters {
        print_line(format_args!("only who is found by: {}", printable(filter)))?;
    }
    print_line(census(&report.census))?;
    if !report.census.unreadable.is_empty() || report.census.older_versions > 0 {
        print_line("`--format json` lists the unreadable and the older resumes")?;
    }
    print_line(format_args!("run {}, change log at {}", report.run, report.position))
}

fn who(placed: &Placed) -> String {
    let name = placed.name.as_deref().map_or_else(|| "(name unknown)".to_owned(), printable);
    let file = placed.source.rsplit('/').next().unwrap_or(&placed.source);
    let level = placed.talent.level.as_ref().map_or("-".to_owned(), |level| level.number.to_string());
    format!("{name}\n{}\n{}  level {level}", printable(file), placed.resume.short())
}

fn why(placed: &Placed) -> String {
    let mut lines = Vec::new();
    for reason in &placed.reasons {
        let name = both(&reason.name_en, &reason.name_zh);
        lines.push(format!("+{} {name}: {}", points(reason.points), printable(&reason.quote)));
    }
    if let Some(Mainstay { reason, loss, place }) = &placed.mainstay {
        let (name, loss) = (both(&reason.name_en, &reason.name_zh), points(*loss));
        let place = place.map_or_else(|| "out by a gate".to_owned(), |place| format!("place {place}"));
        lines.push(format!("without {name} (-{loss}): {place}"));
    }
    if let Some(PlacedChange { change, place }) = &placed.best_change {
        let (name, gain) = (both(&change.name_en, &change.name_zh), points(change.gain));
        lines.push(format!("with {name} (+{gain}): place {place}"));
    }
    if !placed.gates_unknown.is_empty() {
        lines.push(format!("not known: {}", placed.gates_unknown.join(", ")));
    }
    lines.join("\n")
}

/// The census in a line: what adds up, then what is told beside it.
fn census(census: &Census) -> String {
    let by = |counts: Vec<(String, u64)>| {
        let list: Vec<_> =
            counts.iter().map(|(name, count)| format!("{count} {}", printable(name))).collect();
        if list.is_empty() { String::new() } else { format!(" ({})", list.join(", ")) }
    };
    let named = |counts: &std::collections::BTreeMap<String, u64>| {
        counts.iter().map(|(name, count)| (name.clone(), *count)).collect::<Vec<_>>()
    };
    let unreadable: Vec<_> =
        census.unreadable.iter().map(|(reason, count)| (reason.to_string(), *count)).collect();
    let sum = |counts: &[(String, u64)]| counts.iter().map(|(_, count)| count).sum::<u64>();
    let (filtered, failed) = (named(&census.filtered_out), named(&census.gate_failed));
    let mut text = format!(
        "census: {} people = {} ranked + {} filtered out{} + {} gate failed{} + {} unreadable{}",
        census.people,
        census.ranked,
        sum(&filtered),
        by(filtered),
        sum(&failed),
        by(failed),
        sum(&unreadable),
        by(unreadable),
    );
    let unknown = named(&census.gate_unknown);
    if !unknown.is_empty() {
        text = format!("{text}; ranked though not known{}", by(unknown));
    }
    if census.older_versions > 0 {
        text = format!("{text}; {} older resumes of the same people", census.older_versions);
    }
    text
}

fn print_csv(report: &MatchReport) -> anyhow::Result<()> {
    let rows: Vec<_> = report.results.iter().map(ExportRow::from).collect();
    Ok(bole_engine::write_csv(&rows, io::stdout().lock())?)
}
