use std::path::Path;

use bole_queue::check_queue_copy;
use bole_store::{CopyError, CopyFile, StoreError};
use serde::Serialize;

use super::manifest::{FileFacts, Manifest, Unread};
use super::{BackupError, QUEUE, STORE};
use crate::{CpuPool, EngineError};

/// What a look at a backup found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackupVerdict {
    /// Whether it can be restored.
    pub is_sound: bool,
    /// All that is wrong with it.
    pub problems: Vec<String>,
    /// What it says of itself, if that is understood.
    pub manifest: Option<Manifest>,
}

/// Looks at every byte of a backup, and changes nothing.
///
/// # Errors
/// If it cannot be read. That it is damaged is an answer.
pub async fn check_backup(from: &Path) -> Result<BackupVerdict, EngineError> {
    let mut problems = Vec::new();
    let manifest = match Manifest::read(from) {
        Ok(manifest) => Some(manifest),
        Err(unread) => {
            problems.push(told(from, unread)?);
            None
        }
    };
    if let Some(manifest) = &manifest {
        look(from, manifest, &mut problems).await?;
    }
    Ok(BackupVerdict { is_sound: problems.is_empty(), problems, manifest })
}

fn told(from: &Path, unread: Unread) -> Result<String, EngineError> {
    let is_partial = from.extension().is_some_and(|extension| extension == "partial");
    Ok(match unread {
        Unread::Missing if !from.is_dir() => {
            format!("there is no folder `{}`", from.display())
        }
        Unread::Missing if is_partial => {
            "it was never finished, or still is being made: make another".to_owned()
        }
        Unread::Missing => "it has no manifest.json, so that it is no backup, or not a whole one".to_owned(),
        Unread::Newer(format) => {
            format!(
                "it is of a newer bole (format {format}, this one knows {}): use that release",
                Manifest::FORMAT
            )
        }
        Unread::Damaged => "its manifest.json is damaged: use another backup".to_owned(),
        Unread::Io(error) => return Err(BackupError::path(from)(error)),
    })
}

async fn look(from: &Path, manifest: &Manifest, problems: &mut Vec<String>) -> Result<(), EngineError> {
    if !manifest.files.contains_key(STORE) {
        problems.push(format!("its manifest names no {STORE}: use another backup"));
    }
    let cpu = CpuPool::new(1)?;
    for (name, expected) in &manifest.files {
        if !matches!(name.as_str(), STORE | QUEUE) {
            problems.push(format!("its manifest names `{name}`, which is no file of a backup"));
            continue;
        }
        let path = from.join(name);
        if !path.exists() {
            problems.push(format!("{name} is missing"));
            continue;
        }
        let read = path.clone();
        let found = cpu.run(move || FileFacts::of(&read)).await?.map_err(BackupError::path(&path))?;
        if found.n_bytes != expected.n_bytes {
            problems.push(format!(
                "{name} has {} bytes, and {} when the backup was made",
                found.n_bytes, expected.n_bytes
            ));
        } else if found != *expected {
            problems.push(format!("{name} is not what it was when the backup was made: its SHA-256 differs"));
        }
    }
    // What is not the same need not be looked at any further.
    if !problems.is_empty() {
        return Ok(());
    }
    look_at_store(&from.join(STORE), manifest, problems).await?;
    if manifest.files.contains_key(QUEUE) {
        match check_queue_copy(&from.join(QUEUE)).await {
            Ok(n_messages) if Some(n_messages) == manifest.n_messages => {}
            Ok(n_messages) => problems.push(format!(
                "{QUEUE} has {n_messages} messages, and {} when the backup was made",
                manifest.n_messages.unwrap_or_default()
            )),
            Err(error) => problems.push(format!("{QUEUE}: {error}")),
        }
    }
    Ok(())
}

async fn look_at_store(
    path: &Path,
    manifest: &Manifest,
    problems: &mut Vec<String>,
) -> Result<(), EngineError> {
    let mut file = match CopyFile::open_unchanging(path).await {
        Ok(file) => file,
        Err(CopyError::Store(
            error @ (StoreError::NewerSchema { .. } | StoreError::NotAStore | StoreError::Corrupt { .. }),
        )) => {
            problems.push(format!("{STORE}: {error}"));
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(damage) = file.damage().await? {
        problems.push(format!("{STORE} is damaged: {damage}"));
        return Ok(());
    }
    let contents = file.contents().await?;
    for (table, expected) in &manifest.rows {
        let found = contents.rows.get(table).copied().unwrap_or_default();
        if found != *expected {
            problems.push(format!("`{table}` has {found} rows, and {expected} when the backup was made"));
        }
    }
    if (contents.schema, contents.head) != (manifest.schema, manifest.head) {
        problems.push(format!("{STORE} and the manifest are not of one backup"));
    }
    Ok(())
}
