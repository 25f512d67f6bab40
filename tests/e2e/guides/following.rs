//! How a document is followed.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use bole_tests::{Document, Installation, Run, Running, program, repository};

/// Where the guides say that the server is.
const ADDRESS: &str = "http://127.0.0.1:8080";

/// Runs the commands of a document word by word, as one script, in the folder of the test's files.
///
/// `has` is what its reader has in the environment, `elsewhere` what is somewhere else here than where the document
/// says: what it says, and where it is.
pub(super) fn follow(
    document: &str,
    installation: &Installation,
    has: &[(&str, &str)],
    elsewhere: &[(&str, &str)],
) -> Result<Run> {
    let blocks = Document::of(document)?.blocks_of("sh")?;
    ensure!(!blocks.is_empty(), "{document} has no commands");
    let mut script = blocks.iter().fold("set -euo pipefail\n".to_owned(), |all, block| all + &block.text);
    for (said, here) in elsewhere {
        ensure!(script.contains(said), "{document} does not say `{said}`");
        script = script.replace(said, here);
    }
    let program = program()?;
    let folder = program.parent().context("the folder of the program")?;
    let files = installation.files()?;
    let mut bash = Command::new("bash");
    bash.args(["-c", &script]).current_dir(&files).env_clear();
    bash.env("PATH", format!("{}:{}", folder.display(), std::env::var("PATH")?))
        .env("HOME", &files)
        .env("TMPDIR", &files)
        .env("BOLE_DATA", installation.data())
        .envs(has.iter().copied());
    let run = Run::of(&mut bash)?;
    ensure!(run.code == Some(0), "{document}: {:?}: {}\n{}", run.code, run.stdout, run.stderr);
    Ok(run)
}

/// The same of a document whose reader has a server.
pub(super) fn follow_at(
    document: &str,
    installation: &Installation,
    server: &Running,
    has: &[(&str, &str)],
) -> Result<Run> {
    follow(document, installation, has, &[(ADDRESS, &format!("http://{}", server.address()))])
}

/// Puts a clone of the repository where a document is followed: what it may write into is copied.
pub(super) fn clone(installation: &Installation) -> Result<()> {
    let files = installation.files()?;
    copy(&repository().join("config"), &files.join("config"))?;
    for folder in ["crates", "deploy", "tests"] {
        std::os::unix::fs::symlink(repository().join(folder).canonicalize()?, files.join(folder))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
