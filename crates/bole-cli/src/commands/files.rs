//! What `bole ingest` and `bole submit` share: finding files, and telling what becomes of each.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bole_engine::{Found, find_files};
use indicatif::ProgressBar;

use crate::output::{print_line, printable, progress_bar};

/// How many files that need a look are listed; the rest is counted.
const N_LISTED: usize = 20;

/// The files below the paths that were named; at least one.
pub(crate) struct Named {
    pub(crate) files: Vec<PathBuf>,
    /// Something could not be looked at, which was told.
    pub(crate) some_unreadable: bool,
}

/// Finds files, and tells what cannot be read, or that there is none.
pub(crate) fn find(paths: &[PathBuf]) -> io::Result<Option<Named>> {
    let Found { files, unreadable } = find_files(paths);
    for (path, error) in &unreadable {
        let shown = printable(&path.to_string_lossy());
        writeln!(io::stderr().lock(), "`{shown}` cannot be read: {error}")?;
    }
    if files.is_empty() {
        if paths.iter().all(|path| unreadable.iter().any(|(told, _)| told == path)) {
            return Ok(None);
        }
        let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        let named = printable(&paths.join(", "));
        writeln!(
            io::stderr().lock(),
            "there are no files in {named}: name files, or folders with resumes in them"
        )?;
        return Ok(None);
    }
    Ok(Some(Named { files, some_unreadable: !unreadable.is_empty() }))
}

/// What the person or the pipe sees meanwhile.
pub(crate) struct View {
    as_json: bool,
    bar: ProgressBar,
    /// Files by what became of them.
    counts: BTreeMap<String, u64>,
    /// The first files that need a look.
    listed: Vec<String>,
    n_to_look_at: usize,
    /// The first failure to write; the work goes on all the same.
    failure: Option<anyhow::Error>,
}

impl View {
    pub(crate) fn new(as_json: bool, n_files: u64) -> Self {
        let bar = progress_bar(n_files, !as_json);
        Self { as_json, bar, counts: BTreeMap::new(), listed: Vec::new(), n_to_look_at: 0, failure: None }
    }

    /// Tells of one file: what became of it, and what to do if it needs a look.
    pub(crate) fn show(
        &mut self,
        path: &Path,
        label: String,
        advice: Option<&str>,
        line: impl FnOnce() -> serde_json::Value,
    ) {
        self.bar.inc(1);
        if self.as_json {
            self.print(line());
            return;
        }
        if let Some(advice) = advice {
            self.n_to_look_at += 1;
            if self.listed.len() < N_LISTED {
                self.listed.push(format!("{}: {label}; {advice}", printable(&path.to_string_lossy())));
            }
        }
        *self.counts.entry(label).or_default() += 1;
    }

    /// Begins to count anew, with what is next to become of the files.
    pub(crate) fn restart(&mut self, n_files: u64) {
        let failure = self.finish().err();
        *self = Self { failure, ..Self::new(self.as_json, n_files) };
    }

    pub(crate) fn finish(&mut self) -> anyhow::Result<()> {
        self.bar.finish_and_clear();
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        for line in self.listed.drain(..) {
            print_line(line)?;
        }
        if self.n_to_look_at > N_LISTED {
            let more = self.n_to_look_at - N_LISTED;
            print_line(format_args!("… and {more} more: `--format json` lists every file"))?;
        }
        for (label, count) in &self.counts {
            print_line(format_args!("{count:>6}  {label}"))?;
        }
        Ok(())
    }

    fn print(&mut self, line: serde_json::Value) {
        if let Err(error) = print_line(line) {
            self.failure.get_or_insert(error);
        }
    }
}
