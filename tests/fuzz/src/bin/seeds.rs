//! Writes the seeds of the fuzzers: `cargo run -p bole-fuzz --bin seeds -- FOLDER` makes a folder in it for each target.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use bole_fuzz::{TARGETS, fixtures, seeds};

fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).context("which folder?")?);
    let fixtures = fixtures()?;
    for (target, _) in TARGETS {
        let folder = folder.join(target);
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let seeds = seeds(target, &fixtures);
        ensure!(!seeds.is_empty(), "no seeds for {target}");
        for (name, bytes) in seeds {
            std::fs::write(folder.join(name), bytes)?;
        }
    }
    Ok(())
}
