//! What a ranking or a search is asked for by.

use clap::Args;

use super::{Format, Output};

#[derive(Debug, Args)]
pub(crate) struct Match {
    /// The profile: energy-storage, aerospace, finance, or one of --config; or a file, such as ./mine.toml
    pub(crate) profile: String,
    #[command(flatten)]
    pub(crate) changes: Changes,
    /// Rank only who is found by this, in the language of `bole search`: "language:chinese AND degree:master"; give it
    /// several times, and all have to find
    #[arg(long = "where", value_name = "QUERY")]
    pub(crate) filters: Vec<String>,
    /// How many to show
    #[arg(long, default_value_t = 20, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) top: u32,
    /// Threads to rank with; the result is the same with any number [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// [default: table on a terminal, json in a pipe]
    #[arg(long)]
    pub(crate) format: Option<Format>,
}

/// What is changed of a profile.
#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// Give a group of the profile another weight, on the scale of its file: titles=20; 0 takes it out of the score
    #[arg(long = "weight", value_name = "GROUP=N")]
    pub(crate) weights: Vec<String>,
    /// Leave a gate out (field=off), or ask for min_degree=master, min_full_time_months=36, max_full_time_months=60 in
    /// the place of what the profile asks, or for any_of=battery,hydrogen-energy besides
    #[arg(long = "gate", value_name = "CHANGE")]
    pub(crate) gates: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// What the match called its run: 16 hex digits, or at least the first 8
    pub(crate) run: String,
    /// [default: table on a terminal, json in a pipe]
    #[arg(long)]
    pub(crate) format: Option<Format>,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A document id, its first 8 or more hex digits, or a source path
    pub(crate) resume: String,
    /// The profile, by name or file
    #[arg(long)]
    pub(crate) profile: String,
    #[command(flatten)]
    pub(crate) changes: Changes,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Search {
    /// Such as: 固态电池   "risk management" AND NOT audit   title:pilot (B737 OR A320)   field:finance year:2026
    ///
    /// Words are looked for in the text, or with name: title: employer: school: skill: source: in one part of it. degree:
    /// language: and year: are those of the resume. field: is what it was sent for, field:any finds what was sent without.
    pub(crate) query: String,
    /// How many to show
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) top: u32,
    #[command(flatten)]
    pub(crate) output: Output,
}
