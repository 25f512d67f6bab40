mod access;
mod backup;
mod bench;
mod matching;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use bole_core::{AsOf, MessageId, Portal, Reason, State, SubmissionId};
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::SignedDuration;

pub(crate) use self::access::{Audit, KeyCreate, Keys, RoleName};
pub(crate) use self::backup::Backup;
pub(crate) use self::bench::{
    Bench, BenchBoxes, BenchBurst, BenchExtract, BenchMatch, BenchQueries, BenchRelevance, BenchResumes,
    BenchSandbox, BenchServer, BenchSubmissions, BenchUnderstanding, StoreKind, Via,
};
pub(crate) use matching::{Changes, Explain, Match, Replay, Search};

use crate::exit::Exit;

/// What `bole --help` ends with.
fn after_help() -> String {
    let codes = Exit::ALL.map(|(exit, meaning)| format!("  {:<4} {meaning}\n", exit as u8)).concat();
    format!(
        "Exit codes:\n{codes}\n\
         RESUME is a document id, at least 8 of its first hex digits, or the path it was ingested from."
    )
}

/// Reads resumes in Chinese and English, loses none, and ranks the people against field profiles with the evidence
/// shown.
#[derive(Debug, Parser)]
#[command(name = "bole", version, after_help = after_help(), max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// Folder with the store, the queue and the search index [env: BOLE_DATA] [default: ./bole-data]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Folder with bole.toml, levels.toml, lexicon/ and profiles/ that replace what is built in [env: BOLE_CONFIG]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take thirty fictional resumes in and show the best of each field
    Demo(Demo),
    /// Run a server: the door by HTTP, workers, the search index, receipts; until it is stopped
    Serve(Serve),
    /// Run workers only, for a server elsewhere; until they are stopped
    Work(Work),
    /// Add, pause, list or remove the portals that resumes come from
    #[command(subcommand)]
    Portal(Portals),
    /// Make, list or take back the keys of the HTTP API
    #[command(subcommand)]
    Key(Keys),
    /// Show who did what, or check that the log of it was not tampered with
    #[command(subcommand)]
    Audit(Audit),
    /// Make a backup while servers go on, check one, or restore one
    #[command(subcommand)]
    Backup(Backup),
    /// Look at what was set aside, send it round again, or give it up
    #[command(subcommand)]
    Quarantine(Quarantine),
    /// Take files and folders in, and tell what became of each file
    Ingest(Ingest),
    /// Send files over AMQP as a portal does, with the portal's own user; reaches neither store nor data folder
    Submit(Submit),
    /// Rank everybody for a profile
    Match(Match),
    /// Tell a match of before again, byte for byte, whatever has come or changed since
    Replay(Replay),
    /// Tell where every point of one resume comes from
    Explain(Explain),
    /// Search all resumes: words, "phrases", AND OR NOT, name: title: employer: school: skill: degree: language: field: year:
    Search(Search),
    /// Show what was read and understood of one resume
    Show(Show),
    /// Read files without storing anything
    Extract(Extract),
    /// Tell how the installation stands: the ledger, the queue, the index
    Status(Output),
    /// Look for what is wrong with the installation, from the configuration to the broker, and tell what to do; changes nothing
    Doctor(Output),
    /// Watch a burst: what comes in, what is done, what waits, portal by portal; until q is pressed
    Top(Top),
    /// List, check, show, compare or draft profiles
    #[command(subcommand)]
    Profile(Profile),
    /// Check or show the configuration
    #[command(subcommand)]
    Config(Config),
    /// Build the search index anew from the store
    Reindex,
    /// Print the description of the HTTP API, OpenAPI 3.1, as a server answers it at /v1/openapi.json
    Openapi,
    /// Print all settings, metrics or codes, in Markdown
    Reference {
        /// What of
        #[arg(value_enum)]
        topic: Topic,
    },
    /// Read anew what an older release read, and derive evidence for a changed lexicon
    Reread(Reread),
    /// Measure how well and how fast the work is done
    #[command(subcommand)]
    Bench(Bench),
    /// A child that reads documents for its parent
    #[command(hide = true)]
    Reader,
}

/// What there is a reference of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Topic {
    /// Every key of bole.toml, with its variable, its default and what it takes
    Settings,
    /// Every metric, with its type and labels
    Metrics,
    /// Every state and reason code, with what to do
    Reasons,
    /// What the exit codes of bole mean
    ExitCodes,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[value(alias = "text")]
    Table,
    Json,
    Csv,
}

/// How results are printed where there is no table for a spreadsheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextOrJson {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Output {
    /// [default: text on a terminal, json in a pipe]
    #[arg(long)]
    pub(crate) format: Option<TextOrJson>,
}

#[derive(Debug, Args)]
pub(crate) struct Top {
    /// How often to look, such as "1 s" or "1 min"
    #[arg(long, value_name = "TIME", default_value = "1 s", value_parser = parse_time)]
    pub(crate) every: Duration,
    /// End after so many samples [default: go on]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    /// text: a page that changes; json: a line a sample [default: text on a terminal, json in a pipe]
    #[arg(long)]
    pub(crate) format: Option<TextOrJson>,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Do not ask, on a terminal, whether to look at them in a browser
    #[arg(long)]
    pub(crate) no_console: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// Read no resumes in this process: `bole work` does it elsewhere
    #[arg(long)]
    pub(crate) no_workers: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Work {
    /// Where to tell /metrics, /livez and /readyz [default: nowhere]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Portals {
    /// Add a portal, or open a paused one again: declares its queue and binding
    Add {
        /// Up to 63 of a-z, 0-9 and `-`; the routing key that the portal publishes with
        portal: Portal,
    },
    /// Take nothing more from a portal until it is added again; what it sends waits
    Pause {
        /// The portal
        portal: Portal,
    },
    /// List the portals with what waits and what became of the rest
    List(Output),
    /// Remove a portal that nothing is in flight of; its submissions stay
    Remove {
        /// The portal
        portal: Portal,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Quarantine {
    /// List what was set aside, with the reason and what to do
    List {
        #[command(flatten)]
        selection: Selection,
        /// How many to show
        #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
        top: u32,
        #[command(flatten)]
        output: Output,
    },
    /// Show one submission and its life so far, in quarantine or not
    Show {
        /// Such as live/a-17
        #[arg(value_name = "PORTAL/ID", value_parser = parse_submission)]
        submission: SubmissionId,
        /// Write the document to this file: it may be hostile, look at it with care
        #[arg(long, value_name = "FILE")]
        original: Option<PathBuf>,
        #[command(flatten)]
        output: Output,
    },
    /// Send submissions round again, each as a new attempt
    Replay(Selected),
    /// Give submissions up: they count as discarded from then on
    Discard(Selected),
}

/// Which of the quarantine.
#[derive(Clone, Debug, Args)]
pub(crate) struct Selection {
    /// Of this portal only
    #[arg(long)]
    pub(crate) portal: Option<Portal>,
    /// With this reason only, such as no_text or poison_suspect
    #[arg(long, value_parser = parse_reason)]
    pub(crate) reason: Option<Reason>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Selected {
    /// Such as live/a-17
    #[arg(value_name = "PORTAL/ID", value_parser = parse_submission)]
    pub(crate) submissions: Vec<SubmissionId>,
    /// All that --portal and --reason let through
    #[arg(long, conflicts_with = "submissions", required_unless_present = "submissions")]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

#[derive(Debug, Args)]
pub(crate) struct Ingest {
    /// Files, and folders with all below them; what begins with a dot is passed over
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The date that all of these resumes speak from [default: each file's modification date]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_date)]
    pub(crate) document_date: Option<AsOf>,
    /// text: a progress bar, and the files that need a look; json: a line a file [default: text on a terminal]
    #[arg(long)]
    pub(crate) format: Option<TextOrJson>,
}

#[derive(Debug, Args)]
pub(crate) struct Reread {
    /// Only these [default: all that need it]
    #[arg(long, num_args = 1.., value_name = "RESUME")]
    pub(crate) documents: Vec<String>,
    /// text: a progress bar and a table [default: text on a terminal, json in a pipe]
    #[arg(long)]
    pub(crate) format: Option<TextOrJson>,
}

#[derive(Debug, Args)]
pub(crate) struct Submit {
    /// Files, and folders with all below them; what begins with a dot is passed over
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The portal to submit as; `queue.url` (BOLE_QUEUE_URL) names the broker and the portal's user
    #[arg(long, value_name = "NAME")]
    pub(crate) portal: Portal,
    /// The id of the one file [default: the SHA-256 over its name, a zero byte, and its bytes]
    #[arg(long, value_name = "ID")]
    pub(crate) message_id: Option<MessageId>,
    /// The date that all of these resumes speak from [default: each file's modification date]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_date)]
    pub(crate) document_date: Option<AsOf>,
    /// What the portal calls the candidate: two resumes with the same reference are of the same person
    #[arg(long, value_name = "REFERENCE", value_parser = parse_header)]
    pub(crate) candidate_ref: Option<String>,
    /// The field applied for, such as energy-storage; a hint that scores nothing
    #[arg(long, value_name = "FIELD", value_parser = parse_header)]
    pub(crate) field: Option<String>,
    /// Wait for the receipts, and tell what became of each file
    #[arg(long)]
    pub(crate) wait: bool,
    /// How long to wait at most, such as "90 s" or "1 h"
    #[arg(long, value_name = "TIME", default_value = "5 min", requires = "wait", value_parser = parse_time)]
    pub(crate) time_out: Duration,
    /// text: a progress bar, and the files that need a look; json: a line a file [default: text on a terminal]
    #[arg(long)]
    pub(crate) format: Option<TextOrJson>,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// A document id, its first 8 or more hex digits, or a source path
    pub(crate) resume: String,
    /// json-resume: as JSON Resume 1.0, without what is protected [default: text on a terminal, json in a pipe]
    #[arg(long)]
    pub(crate) format: Option<ShowFormat>,
}

/// How a resume is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowFormat {
    Text,
    Json,
    JsonResume,
}

#[derive(Debug, Args)]
pub(crate) struct Extract {
    /// Files to read
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Write each to a file here: a/b.pdf becomes DIR/a_b.pdf.txt (or .json)
    #[arg(long, value_name = "DIR")]
    pub(crate) to: Option<PathBuf>,
    /// text: what a person sees; json: pages, runs with boxes, hidden text, quality, what was understood
    #[arg(long, default_value = "text")]
    pub(crate) format: TextOrJson,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Profile {
    /// List the profiles
    List(ProfileList),
    /// Check profile files, or all of the configuration in force; every mistake at once
    Check {
        /// Profile files; checked against the lexicon in force
        files: Vec<PathBuf>,
    },
    /// Print what a profile asks for, by name, with its weights as points of 100
    Show {
        /// A profile by name, a version of before by the first 8 or more digits of its hash, or a profile file
        #[arg(value_name = "NAME|NAME@HASH|FILE.toml")]
        profile: String,
        #[command(flatten)]
        output: Output,
    },
    /// Make a profile of a job description, in Chinese or English, to be looked over; tell what was not understood
    Draft(Draft),
    /// Tell in words what changed from one profile to another
    Diff {
        /// The earlier one, by name, version or file
        #[arg(value_name = "NAME|NAME@HASH|FILE.toml")]
        before: String,
        /// The later one, by name, version or file
        #[arg(value_name = "NAME|NAME@HASH|FILE.toml")]
        after: String,
        #[command(flatten)]
        output: Output,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Draft {
    /// A job description: a .txt, .md or .pdf file, or `-` for text from standard input
    #[arg(value_name = "FILE|-")]
    pub(crate) file: PathBuf,
    /// What the profile is called by [default: its field]
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// Its field [default: the one that most of its concepts are of]
    #[arg(long)]
    pub(crate) field: Option<String>,
    /// Write the profile to this new file, not to standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
    /// text: the profile, and on standard error what was understood; json: both, as one value
    #[arg(long, default_value = "text")]
    pub(crate) format: TextOrJson,
}

#[derive(Debug, Args)]
pub(crate) struct ProfileList {
    /// All versions that resumes were taken in or ranked by, with when each was first kept
    #[arg(long)]
    pub(crate) versions: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Check bole.toml, lexicon and profiles of --config; every mistake at once
    Check,
    /// Print every setting in force as a bole.toml
    Show,
}

fn parse_date(text: &str) -> Result<AsOf, String> {
    let date = text.parse().ok().filter(|_| text.len() == 10);
    date.map(AsOf).ok_or_else(|| "use a date such as 2026-11-21".to_owned())
}

/// What a header of a message may hold.
fn parse_header(text: &str) -> Result<String, String> {
    const MAX_BYTES: usize = 4096;
    let is_header = !text.is_empty() && text.len() <= MAX_BYTES;
    is_header.then(|| text.to_owned()).ok_or_else(|| format!("use 1 to {MAX_BYTES} bytes"))
}

fn parse_time(text: &str) -> Result<Duration, String> {
    let time = text.trim().parse::<SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    let time = time.filter(|time| (1..=7 * 24 * 3600).contains(&time.as_secs()));
    time.ok_or_else(|| "use a time from \"1 s\" to \"7 d\", such as \"90 s\" or \"1 h\"".to_owned())
}

fn parse_reason(text: &str) -> Result<Reason, String> {
    let known = Reason::ALL.into_iter().filter(|reason| reason.state() == State::Quarantined);
    let names: Vec<_> = known.clone().map(Reason::code).collect();
    let found = known.into_iter().find(|reason| reason.code() == text);
    found.ok_or_else(|| format!("use one of {}", names.join(", ")))
}

fn parse_submission(text: &str) -> Result<SubmissionId, String> {
    let parsed = text.split_once('/').and_then(|(portal, id)| {
        Some(SubmissionId { portal: portal.parse().ok()?, message_id: id.parse().ok()? })
    });
    parsed.ok_or_else(|| "use the portal and its id, such as live/a-17".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }
}
