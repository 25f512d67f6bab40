use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use bole_bench::flat_name;
use bole_engine::{Extracted, Extractor};
use serde_json::json;
use tokio::task::JoinSet;

use crate::arguments::{Extract, TextOrJson};
use crate::exit::Exit;
use crate::output::{print_line, printable};
use crate::session::{Session, reader_program};

/// What was made of one file.
struct Rendered {
    path: PathBuf,
    text: String,
    is_refused: bool,
}

pub(crate) async fn run(session: Session, command: Extract) -> anyhow::Result<Exit> {
    let knowledge = session.knowledge()?;
    let extractor = Arc::new(Extractor::new(&session.settings, &knowledge, reader_program()?));
    if let Some(folder) = &command.to {
        std::fs::create_dir_all(folder).with_context(|| format!("`{}`", folder.display()))?;
        let mut names = BTreeSet::new();
        if let Some(path) = command.files.iter().find(|path| !names.insert(file_name(path, command.format))) {
            let path = printable(&path.to_string_lossy());
            anyhow::bail!(
                "two of the files would be written as one: leave `{path}` out, or extract it by itself"
            );
        }
    }
    let mut exit = Exit::Done;
    let mut files = command.files.into_iter();
    let mut tasks = JoinSet::new();
    let mut done = std::collections::BTreeMap::new();
    let mut next_started = 0_usize;
    let mut next_printed = 0_usize;
    loop {
        while tasks.len() < 2 * extractor.n_readers() {
            let Some(path) = files.next() else { break };
            let (extractor, format, index) = (extractor.clone(), command.format, next_started);
            tasks.spawn(async move { (index, extract(&extractor, path, format).await) });
            next_started += 1;
        }
        let Some(finished) = tasks.join_next().await else { break };
        let (index, rendered) = finished.context("a reading task failed")?;
        done.insert(index, rendered);
        while let Some(rendered) = done.remove(&next_printed) {
            next_printed += 1;
            if deliver(rendered, command.to.as_deref(), command.format)? {
                exit = Exit::Input;
            }
        }
    }
    Ok(exit)
}

async fn extract(
    extractor: &Extractor,
    path: PathBuf,
    format: TextOrJson,
) -> Result<Rendered, (PathBuf, bole_engine::EngineError)> {
    match extractor.extract(&path).await {
        Ok(Extracted::Reading(reading)) => {
            let text = match format {
                TextOrJson::Text => reading.content.text(),
                TextOrJson::Json => json!({ "file": path, "reading": reading }).to_string(),
            };
            Ok(Rendered { path, text, is_refused: false })
        }
        Ok(Extracted::Refused { reason, detail }) => {
            let text = match format {
                TextOrJson::Text => format!("{reason}: {detail}; {}", reason.advice()),
                TextOrJson::Json => {
                    let advice = reason.advice();
                    json!({ "file": path, "refused": { "reason": reason, "detail": detail, "advice": advice } })
                        .to_string()
                }
            };
            Ok(Rendered { path, text, is_refused: true })
        }
        Err(error) => Err((path, error)),
    }
}

/// Writes one result; tells whether the file was not read.
fn deliver(
    rendered: Result<Rendered, (PathBuf, bole_engine::EngineError)>,
    to: Option<&Path>,
    format: TextOrJson,
) -> anyhow::Result<bool> {
    let Rendered { path, text, is_refused } = match rendered {
        Ok(rendered) => rendered,
        Err((path, error)) => {
            let error = format!("{:#}", anyhow::Error::from(error));
            let (path, error) = (printable(&path.to_string_lossy()), printable(&error));
            writeln!(std::io::stderr().lock(), "{path}: {error}")?;
            return Ok(true);
        }
    };
    match (to, format) {
        (_, TextOrJson::Text) if is_refused => {
            writeln!(std::io::stderr().lock(), "{}: {text}", printable(&path.to_string_lossy()))?;
        }
        (Some(folder), format) => {
            let file = folder.join(file_name(&path, format));
            std::fs::write(&file, text).with_context(|| format!("`{}`", file.display()))?;
        }
        (None, TextOrJson::Json) => print_line(&text)?,
        (None, TextOrJson::Text) if !std::io::stdout().is_terminal() => print_line(&text)?,
        (None, TextOrJson::Text) => {
            for line in text.lines() {
                print_line(printable(line))?;
            }
        }
    }
    Ok(is_refused)
}

/// `a/b.pdf` becomes `a_b.pdf.txt`.
fn file_name(path: &Path, format: TextOrJson) -> String {
    let ending = match format {
        TextOrJson::Text => "txt",
        TextOrJson::Json => "json",
    };
    format!("{}.{ending}", flat_name(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_by_their_path() {
        assert_eq!(file_name(Path::new("a/b.pdf"), TextOrJson::Text), "a_b.pdf.txt");
        assert_eq!(file_name(Path::new("/b.pdf"), TextOrJson::Json), "_b.pdf.json");
    }
}
