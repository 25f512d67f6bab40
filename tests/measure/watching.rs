//! Brings about what each alert of `deploy/prometheus/rules.yml` is for, in a real installation that a real Prometheus watches, and
//! tells when the alert fired and when it was over:
//! `cargo build -p bole-cli -p bole-tests --bins && tests/servers start && cargo run -p bole-tests --example watching`.
//!
//! The rules are the committed ones with every time in them sixty times as short: how long something has to last, over how long it is
//! counted (ten seconds at least), and limits that are times. `--only WORD` leaves out all causes but those of alerts with that word
//! in their name.

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

use anyhow::{Result, bail, ensure};
use table::Table;

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let only = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => None,
        ["--only", word] => Some((*word).to_owned()),
        _ => bail!("`{}` is not `--only WORD`", arguments.join(" ")),
    };
    let mut table = Table::new(only);
    together::all(&mut table)?;
    alone::all(&mut table)?;
    alone::with_a_bucket(&mut table)?;
    disk::all(&mut table)?;
    println!("{table}");
    let silent = table.silent()?;
    ensure!(silent.is_empty(), "{silent:?} did not fire, or are not over");
    Ok(())
}
