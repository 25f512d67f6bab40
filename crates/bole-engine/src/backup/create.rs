use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use bole_core::{Actor, Chain, DocumentId};
use bole_queue::{LocalQueueCopy, QueueError};
use bole_store::{Cause, CopyFile, Originals, Told};
use jiff::Timestamp;
use tokio::sync::oneshot;

use super::manifest::{FileFacts, Manifest, OriginalsKept, StoreKind};
use super::{BackupError, QUEUE, STORE, absolute, note, sync_folder};
use crate::connect::Truth;
use crate::{CpuPool, DataFolder, EngineError, Settings};

/// Documents that are asked for at once.
const N_ASKED: u32 = 500;
/// Held while a backup is being made, so that one which was left behind is told from one that is under way.
const LOCK: &str = "lock";

/// How a backup is made.
#[derive(Clone, Debug)]
pub struct BackupOptions {
    /// The folder that it will be; not there yet.
    pub to: PathBuf,
    /// Take the bytes of documents along that are kept outside the store.
    pub with_originals: bool,
    /// Who has it made, for the audit log.
    pub by: Actor,
}

/// Makes a backup while servers go on, as of one moment. If it fails, or the call is dropped, nothing of it is left but its entry in the audit log.
///
/// # Errors
/// [`BackupError`]; outages of the store.
pub async fn create_backup(
    settings: &Settings,
    data: &DataFolder,
    options: &BackupOptions,
    told: Told<'_>,
) -> Result<Manifest, EngineError> {
    let partial = Partial::make(&options.to)?;
    let manifest = fill(settings, data, &partial.path, options, told).await?;
    partial.keep(&options.to)?;
    Ok(manifest)
}

async fn fill(
    settings: &Settings,
    data: &DataFolder,
    folder: &Path,
    options: &BackupOptions,
    told: Told<'_>,
) -> Result<Manifest, EngineError> {
    let began_at = Timestamp::now();
    let truth = Truth::open(settings, data).await?;
    let subject = format!("begun at {}", absolute(&options.to).display());
    // A store that takes no entry, such as one that is full, has to be copied now of all times.
    if let Err(error) = note(truth.store.as_ref(), &options.by, subject).await {
        tracing::warn!(error = %Chain(&error), "this backup is not noted in the audit log");
    }
    let (store_path, queue_path) = (folder.join(STORE), folder.join(QUEUE));
    let queue = if settings.queue.remote.is_none() && data.queue().exists() {
        let prepared = LocalQueueCopy::prepare(&data.queue(), &queue_path).await;
        Some(prepared.map_err(BackupError::queue(folder))?)
    } else {
        None
    };
    // The queue is copied while the store is: what it gets meanwhile it can put away the sooner.
    let (looked, ready) = oneshot::channel();
    let moment = Box::pin(async move {
        if let Some(mut queue) = queue {
            queue.look().await.map_err(Cause::from)?;
            // Whoever waits for it waits in this very function.
            drop(looked.send(queue));
        }
        Ok(())
    });
    let copying = async {
        match ready.await {
            Ok(queue) => queue.copy().await.map(Some),
            Err(_) => Ok::<_, QueueError>(None),
        }
    };
    let (copied, n_messages) = tokio::join!(truth.store.copy_to(&store_path, moment, told), copying);
    copied?;
    let n_messages = n_messages.map_err(BackupError::queue(folder))?;

    let mut file = CopyFile::open(&store_path).await?;
    if options.with_originals {
        take_originals_along(&mut file, truth.originals.as_ref()).await?;
    }
    let contents = file.contents().await?;
    file.close().await?;
    let paths: Vec<PathBuf> =
        if n_messages.is_some() { vec![store_path, queue_path] } else { vec![store_path] };
    let cpu = CpuPool::new(1)?;
    let files = cpu.run(move || facts(&paths)).await??;
    let manifest = Manifest {
        format: Manifest::FORMAT,
        bole: env!("CARGO_PKG_VERSION").to_owned(),
        schema: contents.schema,
        history: contents.history,
        head: contents.head,
        began_at,
        ended_at: Timestamp::now(),
        store: match settings.store.remote {
            Some(_) => StoreKind::Postgresql,
            None => StoreKind::Sqlite,
        },
        n_in_flight: contents.n_in_flight,
        n_messages,
        originals: OriginalsKept {
            n_inside: contents.rows.get("original").copied().unwrap_or_default(),
            n_outside: contents.n_without_original,
        },
        rows: contents.rows,
        files,
    };
    let (written, to) = (manifest.clone(), folder.to_owned());
    let write = cpu.run(move || written.write(&to).and_then(|()| sync_folder(&to)));
    write.await?.map_err(BackupError::path(folder))?;
    Ok(manifest)
}

/// Puts the bytes of documents into the copy that are kept outside the store.
async fn take_originals_along(file: &mut CopyFile, originals: &dyn Originals) -> Result<(), EngineError> {
    let mut after: Option<DocumentId> = None;
    loop {
        let documents = file.without_original(after, N_ASKED).await?;
        let Some(last) = documents.last().copied() else { return Ok(()) };
        for document in documents {
            if let Some(bytes) = originals.original(document).await? {
                file.keep_original(document, &bytes).await?;
            }
        }
        after = Some(last);
    }
}

/// Has files written out, and tells what they are.
fn facts(paths: &[PathBuf]) -> Result<BTreeMap<String, FileFacts>, EngineError> {
    let mut files = BTreeMap::new();
    for path in paths {
        let synced = File::open(path).and_then(|file| file.sync_all());
        synced.map_err(BackupError::path(path))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.insert(name, FileFacts::of(path).map_err(BackupError::path(path))?);
    }
    Ok(files)
}

/// A backup that is being made. Dropped, it is gone.
struct Partial {
    path: PathBuf,
    /// Kept open, and with that locked.
    _lock: File,
    is_kept: bool,
}

impl Partial {
    fn make(to: &Path) -> Result<Self, EngineError> {
        use std::os::unix::fs::DirBuilderExt;
        // A link to nowhere is something too.
        if to.symlink_metadata().is_ok() {
            return Err(BackupError::Exists(to.to_owned()).into());
        }
        let mut name = to.file_name().unwrap_or_default().to_owned();
        if name.is_empty() {
            return Err(BackupError::Exists(to.to_owned()).into());
        }
        name.push(".partial");
        let path = to.with_file_name(name);
        let made = std::fs::DirBuilder::new().mode(0o700).recursive(true).create(&path);
        made.map_err(BackupError::path(&path))?;
        let opened = File::options().create(true).truncate(false).write(true).open(path.join(LOCK));
        let lock = opened.map_err(BackupError::path(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(BackupError::Busy(to.to_owned()).into()),
            Err(TryLockError::Error(error)) => return Err(BackupError::path(&path)(error)),
        }
        let partial = Self { path, _lock: lock, is_kept: false };
        // What one left behind that was killed.
        for entry in std::fs::read_dir(&partial.path).map_err(BackupError::path(&partial.path))? {
            let entry = entry.map_err(BackupError::path(&partial.path))?;
            if entry.file_name() != LOCK {
                std::fs::remove_file(entry.path()).map_err(BackupError::path(&entry.path()))?;
            }
        }
        Ok(partial)
    }

    /// Gives the backup its name: from here on it is one.
    fn keep(mut self, to: &Path) -> Result<(), EngineError> {
        let rename = || {
            std::fs::remove_file(self.path.join(LOCK))?;
            std::fs::rename(&self.path, to)?;
            sync_folder(to)?;
            match to.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => sync_folder(parent),
                _ => sync_folder(Path::new(".")),
            }
        };
        rename().map_err(BackupError::path(to))?;
        self.is_kept = true;
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_kept
            && let Err(error) = std::fs::remove_dir_all(&self.path)
        {
            tracing::warn!(path = %self.path.display(), %error, "what was begun of a backup could not be removed");
        }
    }
}
