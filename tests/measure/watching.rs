//! Brings about what each alert of `deploy/prometheus/rules.yml` is for, in a real installation that a real Prometheus watches, and
//! tells when the alert fired and when it was over:
//! `cargo build -p bole-cli -p bole-tests --bins && tests/servers start && cargo run -p bole-tests --example watching`.
//!
//! The rules are the committed ones with every time in them sixty times as short (those of `BoleFlapping` fifteen times): how long something has to last, over how long it is
//! counted (ten seconds at least), and limits that are times. `--only WORD` leaves out all causes but those of alerts with that word
//! in their name. `--other-release PROGRAM` is a `bole` of another version, which runs beside this one.

#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a report on a terminal"
)]

#[path = "watching/alone.rs"]
mod alone;
#[path = "watching/disk.rs"]
mod disk;
#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../e2e/faults/portal.rs"]
mod portal;
#[path = "watching/servers.rs"]
mod servers;
#[path = "watching/short.rs"]
mod short;
#[path = "watching/table.rs"]
mod table;
#[path = "watching/together.rs"]
mod together;

use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use table::Table;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (mut only, mut other) = (None, None);
    while let Some(option) = arguments.next() {
        let value = arguments.next();
        match (option.as_str(), value) {
            ("--only", Some(word)) => only = Some(word),
            ("--other-release", Some(program)) => other = Some(PathBuf::from(program)),
            (option, _) => bail!("`{option}` is neither `--only WORD` nor `--other-release PROGRAM`"),
        }
    }
    let mut table = Table::new(only);
    together::all(&mut table)?;
    alone::all(&mut table)?;
    alone::with_a_bucket(&mut table)?;
    disk::all(&mut table)?;
    alone::beside_another_release(&mut table, other.as_deref())?;
    println!("{table}");
    let silent = table.silent()?;
    ensure!(silent.is_empty(), "{silent:?} did not fire, or are not over");
    Ok(())
}
