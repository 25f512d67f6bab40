use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;
use bole_engine::{IngestOptions, MatchQuery, Metrics, Overrides, Page, ProfileChoice, Scope, find_files};
use include_dir::{Dir, include_dir};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::arguments::Demo;
use crate::commands::{matching, serve, status};
use crate::exit::Exit;
use crate::output::print_line;
use crate::session::Session;
use crate::signals::stop_on_signal;

/// Fictional resumes; `demo/README.md` tells who they are and how they were made.
static RESUMES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/demo/resumes");

/// Resumes are as old as the year in their name says; all others are of this date.
const WRITTEN: &str = "2026-10-01";
const DAY: Duration = Duration::from_hours(24);

/// How many of each field are shown.
const N_SHOWN: usize = 4;

pub(crate) async fn run(mut session: Session, command: Demo) -> anyhow::Result<Exit> {
    let stop = stop_on_signal()?;
    let folder = tempfile::Builder::new().prefix("bole-demo-").tempdir().context("a temporary folder")?;
    let resumes = folder.path().join("resumes");
    unpack(&resumes)?;
    session.settings.data = folder.path().join("data");
    // Whatever servers are set: fictional people are nobody's but the demo's.
    session.settings.queue.remote = None;
    session.settings.store.remote = None;
    // They may be looked at from this machine, which needs no key for them.
    session.settings.server.open_loopback = true;
    session.settings.server.certificate = None;
    let data = session.settings.data.clone();
    let engine = session.create().await?;
    let files = find_files(&[resumes]).files;
    let n_files = files.len();
    let started = Instant::now();
    let options = IngestOptions { files, document_date: None };
    let ingested = bole_engine::ingest(&engine, options, &stop, |_| {}).await?;
    if ingested.interrupted {
        return Ok(Exit::Interrupted);
    }
    let seconds = started.elapsed().as_secs_f64();
    print_line(format_args!(
        "{n_files} fictional resumes, Chinese and English, read and indexed in {seconds:.1} s\n"
    ))?;
    status::print_ledger(&bole_engine::status(&engine).await?.ledger)?;
    for profile in engine.knowledge().profiles().values() {
        print_line(format_args!("\n{} {}", profile.name_en(), profile.name_zh()))?;
        let query = MatchQuery {
            profile: ProfileChoice::Named(profile.id().to_owned()),
            overrides: Overrides::default(),
            scope: Scope::all(),
            filters: Vec::new(),
            top: N_SHOWN,
            page: Page::WHOLE,
            lists: false,
        };
        let report = bole_engine::run_match(&engine, &query).await?;
        matching::print_table(&report)?;
    }
    // Kept, so that what is suggested below works.
    let _kept = folder.keep();
    print_line(next_steps(&data))?;
    let is_asked = !command.no_console && io::stdin().is_terminal() && io::stdout().is_terminal();
    if is_asked && is_wanted(&stop).await? {
        let listener = serve::listen(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0)).await?;
        serve::tell("Ctrl-C ends it")?;
        return serve::serve_at(&engine, listener, Metrics::install()?, false, stop).await;
    }
    Ok(Exit::Done)
}

/// Asks whether to go on in a browser. Who stops the program, or closes its input, does not want to.
async fn is_wanted(stop: &CancellationToken) -> anyhow::Result<bool> {
    print_line("")?;
    let mut output = io::stdout().lock();
    write!(output, "Look at them in a browser? [Y/n] ")?;
    output.flush()?;
    drop(output);
    let (answer, answered) = oneshot::channel();
    // Reading a line cannot be given up: a thread that is left waiting ends with the program.
    std::thread::spawn(move || {
        let mut line = String::new();
        let n_bytes = io::stdin().read_line(&mut line).unwrap_or(0);
        answer.send((n_bytes > 0).then_some(line)).ok();
    });
    let answer = stop.run_until_cancelled(answered).await.and_then(Result::ok).flatten();
    Ok(answer.is_some_and(|line| is_yes(&line)))
}

/// An empty line is a yes.
fn is_yes(line: &str) -> bool {
    matches!(line.trim().to_lowercase().as_str(), "" | "y" | "yes" | "是" | "好")
}

fn next_steps(data: &Path) -> String {
    let bole = std::env::args_os()
        .next()
        .map_or_else(|| "bole".to_owned(), |name| name.to_string_lossy().into_owned());
    let data = data.display();
    format!(
        "\nTry next, on the same people:
  export BOLE_DATA='{data}'
  {bole} search 固态电池
  {bole} match energy-storage --top 10
  {bole} explain ID --profile aerospace     where every point comes from; ID as shown above
  {bole} show ID                            what was read and understood
  BOLE_SERVER_OPEN_LOOPBACK=true {bole} serve    the same in a browser, until Ctrl-C; it prints its address
Then on your own:
  {bole} ingest FOLDER --data ./bole-data
The folder of this demo can be removed at any time."
    )
}

/// Writes the resumes out, each with the date it speaks from as its modification date.
fn unpack(to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("`{}`", to.display()))?;
    RESUMES.extract(to).with_context(|| format!("`{}`", to.display()))?;
    for file in RESUMES.files() {
        let name = file.path().to_string_lossy();
        let year = name.trim_end_matches(".pdf").rsplit('-').next().filter(|year| year.len() == 4);
        let date = year.and_then(|year| format!("{year}-10-01").parse().ok());
        let date: jiff::civil::Date = date.map_or_else(|| WRITTEN.parse(), Ok)?;
        let n_days = date.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1)))?.get_days();
        let modified = SystemTime::UNIX_EPOCH + DAY * u32::try_from(n_days)?;
        let path = to.join(file.path());
        File::options().write(true).open(&path)?.set_modified(modified)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_line_is_a_yes() {
        for line in ["\n", "y\n", "Yes\r\n", " Y "] {
            assert!(is_yes(line), "{line:?}");
        }
        for line in ["n\n", "no\n", "q\n", "nothing"] {
            assert!(!is_yes(line), "{line:?}");
        }
    }
}
