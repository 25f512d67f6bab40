//! Changes every file of a folder and tells how reading each change ends, in the children that read in production.

#![allow(clippy::print_stdout, reason = "what a command is for")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bole_core::{DocumentId, Reason};
use bole_fuzz::{LEXICON, Mutator, Random, unpacked};
use bole_sandbox::{LexiconFile, Limits, Outcome, Pool, PoolOptions, Refusal};
use bytes::Bytes;
use clap::Parser;

/// Changes every PDF of a folder and tells how reading each change ends. Build `bole` first, with the same profile.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder of the files.
    folder: PathBuf,
    /// How often each file is changed and read.
    #[arg(long, default_value_t = 10)]
    times: u64,
    /// Another seed makes other changes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the files are kept that a child died of.
    #[arg(long, default_value = "target/fuzz/mutated")]
    keep: PathBuf,
}

/// One change of one file, and how reading it ended.
struct Ending {
    name: String,
    mutator: Mutator,
    outcome: String,
    time: Duration,
}

const N_SLOWEST: usize = 5;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let files = files(&arguments.folder)?;
    let pool = pool()?;
    let mut random = Random::new(arguments.seed);
    let mut endings = Vec::new();
    let mut n_kept = 0;
    for (name, bytes) in &files {
        let unpacked = unpacked(bytes);
        for time in 0..arguments.times {
            let mutator = *random.one_of(&Mutator::ALL);
            // Every second change is made to unpacked streams, where there are any.
            let base = unpacked.as_ref().filter(|_| time % 2 == 1).unwrap_or(bytes);
            let (_, other) = random.one_of(&files);
            let changed = Bytes::from(mutator.apply(base, other, &mut random));
            let start = Instant::now();
            let outcome = pool.read(DocumentId::of(&changed), &changed).await?;
            let time = start.elapsed();
            if has_killed(&outcome) {
                std::fs::create_dir_all(&arguments.keep)?;
                std::fs::write(arguments.keep.join(format!("{}.pdf", DocumentId::of(&changed))), &changed)?;
                n_kept += 1;
            }
            endings.push(Ending { name: name.clone(), mutator, outcome: told(outcome), time });
        }
    }
    report(endings);
    println!("\n{n_kept} files that a child died of are in {}", arguments.keep.display());
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("pdf")) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, std::fs::read(&path)?));
        }
    }
    ensure!(!files.is_empty(), "there is no PDF file in `{}`", folder.display());
    files.sort();
    Ok(files)
}

fn pool() -> Result<Pool> {
    let program = std::env::current_exe()?.with_file_name("bole");
    ensure!(program.exists(), "`{}` is not built: cargo build -p bole-cli", program.display());
    let lexicon = LEXICON.iter();
    let lexicon =
        lexicon.map(|source| LexiconFile { name: source.name.to_owned(), text: source.text.to_owned() });
    Ok(Pool::new(PoolOptions {
        program,
        arguments: vec!["reader".into()],
        n_children: 1,
        limits: Limits::STANDARD,
        lexicon: lexicon.collect(),
    }))
}

/// What is over a limit of the reader's own says so by these words; what is over a limit of the child ended the child.
const OWN_LIMIT: &str = "over the limit of ";

fn has_killed(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Read { .. } => false,
        Outcome::Refused(Refusal { reason: Reason::OverLimit, detail }) => !detail.starts_with(OWN_LIMIT),
        Outcome::Refused(Refusal { reason, .. }) => {
            matches!(reason, Reason::CrashedExtractor | Reason::SandboxViolation)
        }
    }
}

fn told(outcome: Outcome) -> String {
    match outcome {
        Outcome::Read { partial, .. } => if partial { Reason::ReadInPart } else { Reason::Read }.to_string(),
        Outcome::Refused(Refusal {
            reason: reason @ (Reason::OverLimit | Reason::CrashedExtractor),
            detail,
        }) => {
            format!("{reason}: {detail}")
        }
        Outcome::Refused(Refusal { reason, .. }) => reason.to_string(),
    }
}

fn report(mut endings: Vec<Ending>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for ending in &endings {
        *counts.entry(&ending.outcome).or_default() += 1;
    }
    println!("{:>7}  outcome", "files");
    for (outcome, count) in counts {
        println!("{count:>7}  {outcome}");
    }
    println!("{:>7}  in all\n\nslowest", endings.len());
    endings.sort_by_key(|ending| std::cmp::Reverse(ending.time));
    for Ending { name, mutator, outcome, time } in endings.iter().take(N_SLOWEST) {
        println!("{:>7} ms  {mutator:?} of {name}: {outcome}", time.as_millis());
    }
}
