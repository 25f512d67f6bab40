use std::collections::BTreeSet;
use std::path::PathBuf;

use bole_core::AsOf;
use clap::{Args, Subcommand, ValueEnum};

use super::{Output, parse_date};

#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Read every PDF of a list in this process, in one thread, and tell what it cost
    Extract(BenchExtract),
    /// Read every PDF of a list in this process and in a fenced child by turns, and tell what the fence costs
    Sandbox(BenchSandbox),
    /// Send resumes as three portals through servers that it starts, and tell how fast and at what cost
    Burst(BenchBurst),
    /// Match over and over as a server does, and tell how long it takes and how much memory a resume needs
    ///
    /// Each match has weights of its own. With --rows, also rank rows made from the resumes there are, or from resumes made
    /// for it where there are none.
    Match(BenchMatch),
    /// Ask a server as many recruiters do, each once a second, and tell how long they wait
    Queries(BenchQueries),
    /// Submit files to a server over many connections, and tell how fast each is durable
    Submissions(BenchSubmissions),
    /// Compare what is understood of resumes with what truth files tell of them, by language and field
    ///
    /// A truth file is a `*.toml` with what an attentive person reads from a resume: from a text that it holds and that
    /// is drawn for the purpose, or from a PDF file beside it.
    Understanding(BenchUnderstanding),
    /// Compare rankings with what people judged of resumes, beside BM25, and look up what the explanations name
    ///
    /// Prints P@k, nDCG@k and average precision with their 95 % intervals. Whoever cannot be read, or certainly fails a
    /// gate, is ranked last: a match would leave them out.
    Relevance(BenchRelevance),
    /// Draw the words, lines and blocks that are found on each page, as SVG
    Boxes(BenchBoxes),
    /// Make resumes of people who do not exist, as PDF files, with the truth about each in truth.jsonl
    ///
    /// The same seed gives the same files on every machine. What is there is not made again.
    Resumes(BenchResumes),
}

#[derive(Debug, Args)]
pub(crate) struct BenchExtract {
    /// A file with one path a line
    pub(crate) list: PathBuf,
    /// How often to go through the list; the fastest time counts
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) rounds: u32,
    /// Write each text to a file here, named as by `bole extract`
    #[arg(long, value_name = "DIR")]
    pub(crate) to: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct BenchSandbox {
    /// A file with one path a line
    pub(crate) list: PathBuf,
    /// How often to go through the list; the fastest time counts
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) rounds: u32,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct BenchBurst {
    /// How many resumes; made once and kept
    #[arg(long, default_value_t = 30_000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) count: u32,
    /// Where the resumes are kept
    #[arg(long, value_name = "DIR")]
    pub(crate) resumes: PathBuf,
    /// Which other resumes of the same kind
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) seed: u64,
    /// The queue: rabbitmq is the broker of queue.url
    #[arg(long, default_value = "local")]
    pub(crate) via: Via,
    /// The store: postgres is the database of store.url, and has to be empty
    #[arg(long, default_value = "sqlite")]
    pub(crate) store: StoreKind,
    /// Processes of `bole work` beside the server; with 0 the server reads by itself
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=64))]
    pub(crate) workers: u16,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct BenchMatch {
    /// Only this profile; all of them by turns otherwise
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// How many matches for each number of threads
    #[arg(long, default_value_t = 200, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) rounds: u32,
    /// The numbers of threads to compute with
    #[arg(long, default_value = "1,2", value_name = "N,N", value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Vec<u16>,
    /// How many of the best to show
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) top: u32,
    /// Also rank so many rows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
    pub(crate) rows: Option<u32>,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Where a burst is queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Via {
    Local,
    Rabbitmq,
}

/// Where a burst is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoreKind {
    Sqlite,
    Postgres,
}

#[derive(Debug, Args)]
pub(crate) struct BenchUnderstanding {
    /// Truth files, and folders of them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// List each difference too, in the text; JSON always has them
    #[arg(long)]
    pub(crate) errors: bool,
    /// Write the files that were read here, as NAME.pdf
    #[arg(long, value_name = "DIR")]
    pub(crate) to: Option<PathBuf>,
    /// How often to read each resume for the times; the fastest counts
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) rounds: u32,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct BenchRelevance {
    /// Folders with a folder of PDF files for each label, and graded files: a line a resume, such as
    /// {"file": "a.pdf", "grades": {"finance": 3}, "trap": "bank of photos"}, grades 0 to 3, the trap left out mostly;
    /// `file` is a PDF or a `*.toml` as for `bench understanding`
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The labels of folders whose resumes are relevant for a profile; all others are not
    #[arg(long, value_name = "PROFILE=LABEL,LABEL", value_parser = parse_labels)]
    pub(crate) relevant: Vec<(String, BTreeSet<String>)>,
    /// What BM25 searches for, in place of the built-in query of that profile
    #[arg(long, value_name = "PROFILE=TEXT", value_parser = parse_query)]
    pub(crate) query: Vec<(String, String)>,
    /// Only this profile [default: all that resumes are judged for]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Vec<String>,
    /// The date that PDF files speak from [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_date)]
    pub(crate) document_date: Option<AsOf>,
    /// How often to draw resumes for the intervals; the same ones each time
    #[arg(long, default_value_t = 1000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) resamples: u32,
    /// List the relevant ones ranked lowest, the others ranked highest, and all that is wrong in explanations; JSON
    /// always has them
    #[arg(long)]
    pub(crate) errors: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct BenchQueries {
    #[command(flatten)]
    pub(crate) server: BenchServer,
    /// Recruiters
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) users: u16,
    /// How long they ask
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(crate) seconds: u32,
    /// The profile that they rank by
    #[arg(long, default_value = "finance", value_name = "NAME")]
    pub(crate) profile: String,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct BenchSubmissions {
    #[command(flatten)]
    pub(crate) server: BenchServer,
    /// The folder of the PDF files, such as `bole bench resumes` makes; the name of each is its id
    #[arg(long, value_name = "DIR")]
    pub(crate) resumes: PathBuf,
    /// How many of them at most
    #[arg(long, default_value_t = 30_000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) count: u32,
    /// Connections, each with one submission at a time
    #[arg(long, default_value_t = 64, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) connections: u16,
    /// Write the id of each that was promised to be durable here, as soon as it was
    #[arg(long, value_name = "FILE")]
    pub(crate) promised: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct BenchServer {
    /// The server
    #[arg(long, default_value = "http://127.0.0.1:8080", value_name = "URL", value_parser = plain_http)]
    pub(crate) url: String,
    /// The key that opens it [default: none, for a server that lets this machine in]
    #[arg(long, env = "BENCH_KEY", hide_env_values = true, value_name = "KEY")]
    pub(crate) key: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct BenchBoxes {
    /// A file with one path a line
    pub(crate) list: PathBuf,
    /// Where to write a/b.pdf as a_b.pdf-1.svg; a picture of the page, a_b.pdf-1.png beside it, shows through
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct BenchResumes {
    /// How many; if the folder has fewer of this seed, the others are added
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) count: u32,
    /// Another number, other people
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub(crate) seed: u64,
    /// Where to write 000/000000.pdf and so on, a thousand in a folder
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
    #[command(flatten)]
    pub(crate) output: Output,
}

fn parse_labels(text: &str) -> Result<(String, BTreeSet<String>), String> {
    let labels = |labels: &str| labels.split(',').map(|label| label.trim().to_owned()).collect();
    let parsed: Option<(_, BTreeSet<String>)> =
        text.split_once('=').map(|(profile, list)| (profile.trim().to_owned(), labels(list)));
    let parsed = parsed.filter(|(profile, labels)| !profile.is_empty() && !labels.contains(""));
    parsed.ok_or_else(|| "use a profile and labels, such as finance=BANKING,ACCOUNTANT".to_owned())
}

fn parse_query(text: &str) -> Result<(String, String), String> {
    let parsed = text.split_once('=').map(|(profile, query)| (profile.trim().to_owned(), query.to_owned()));
    let parsed = parsed.filter(|(profile, _)| !profile.is_empty());
    parsed.ok_or_else(|| "use a profile and a query, such as finance='bank OR audit'".to_owned())
}

fn plain_http(url: &str) -> Result<String, String> {
    if url.starts_with("http://") {
        return Ok(url.to_owned());
    }
    Err("use an address that begins with http://, of the server itself or of a port of the proxy without TLS"
        .to_owned())
}
