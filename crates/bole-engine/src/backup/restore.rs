use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use bole_core::{Actor, DocumentId, LogPosition};
use bole_index::{IndexError, IndexWriter, SearchIndex};
use bole_queue::local_queue_length;
use bole_store::{CopyFile, Keep, Originals, Settled, SqliteOptions, SqliteStore, Told};
use jiff::Timestamp;
use serde::Serialize;

use super::manifest::Manifest;
use super::{BackupError, BackupVerdict, QUEUE, STORE, absolute, check_backup, note, sync_folder};
use crate::connect::Truth;
use crate::{CpuPool, DataFolder, EngineError, Settings};

/// Documents that are moved at once.
const N_ASKED: u32 = 500;
/// Where a restore is prepared, in the data folder.
const WORK: &str = "restoring";
/// There from before the queue gets its place until the store has its own: the queue in place is then of this restore.
const MARK: &str = "queue-in-place";

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// When the backup was made.
    pub made_at: Timestamp,
    /// The newest position of the log.
    pub head: LogPosition,
    /// Rows of all tables of the backup; the entry in the audit log that it was restored comes on top.
    pub n_rows: u64,
    /// Submissions that were in flight when it was made.
    pub n_in_flight: u64,
    /// Messages that are in the queue again; none if the queue was not restored along.
    pub n_messages: Option<u64>,
    /// Submissions in flight whose bytes are kept: they are published again.
    pub n_to_publish: u64,
    /// Submissions in flight whose bytes were in the queue only: they have to be sent again.
    pub n_to_send_again: u64,
    /// Documents whose bytes were moved out of the store, to where originals are kept.
    pub n_originals_moved: u64,
    /// Documents whose bytes were not in the backup.
    pub n_originals_outside: u64,
}

/// Fills an empty store, and an empty queue that is a file, from a backup; both are those of `settings`. No other process
/// may use them. `by` is who restores, for the audit log. The backup is only read. Killed at any moment, the store is
/// empty or whole, and the same call begins anew.
///
/// # Errors
/// [`BackupError`]; outages.
pub async fn restore_backup(
    settings: &Settings,
    data: &DataFolder,
    from: &Path,
    by: &Actor,
    told: Told<'_>,
) -> Result<Restored, EngineError> {
    let manifest = sound(from).await?;
    let _worker = data.lock_worker()?.ok_or_else(|| BackupError::Working(data.path().to_owned()))?;
    let _writer = lock_index(data)?;
    let work = data.path().join(WORK);
    // Of one that was killed after the queue had got its place and before the store had.
    let is_half_done = work.join(MARK).exists() && !data.store().exists();
    let restored = match check_empty(settings, data, is_half_done).await {
        Ok(()) => fill(settings, data, from, &work, &manifest, by, told).await,
        Err(error) => Err(error),
    };
    clear(&work, restored.is_ok()).map_err(BackupError::path(&work))?;
    restored
}

async fn fill(
    settings: &Settings,
    data: &DataFolder,
    from: &Path,
    work: &Path,
    manifest: &Manifest,
    by: &Actor,
    told: Told<'_>,
) -> Result<Restored, EngineError> {
    let with_queue = settings.queue.remote.is_none() && manifest.n_messages.is_some();
    let target = DataFolder::create(work)?;
    let cpu = CpuPool::new(1)?;
    let (source, to) = (from.to_owned(), work.to_owned());
    cpu.run(move || copy_files(&source, &to, with_queue)).await?.map_err(BackupError::path(work))?;
    // An older backup gets the tables of this release.
    let options = SqliteOptions {
        path: target.store(),
        n_readers: 1,
        busy_timeout: settings.store.busy_timeout,
        max_file_bytes: None,
    };
    let store = SqliteStore::open(&options).await?;
    let subject = format!("restored from {}, of {:.0}", absolute(from).display(), manifest.ended_at);
    note(&store, by, subject).await?;
    store.close().await;
    // Where originals are kept is told by the settings; of a store in a file this is the one that is being prepared.
    let Truth { store, originals, postgres } = Truth::open(settings, &target).await?;
    let mut file = CopyFile::open(&target.store()).await?;
    if let Some(postgres) = &postgres {
        postgres.check_fillable(&file).await?;
    }
    let n_originals_moved = move_originals(&mut file, originals.as_ref()).await?;
    let settled = if with_queue {
        Settled::default()
    } else {
        let kept = kept_of(&mut file, originals.as_ref()).await?;
        file.settle(&kept, Timestamp::now()).await?
    };
    file.begin_history().await?;
    drop((store, originals));
    if let Some(postgres) = postgres {
        // The queue first: a message whose submission is not there yet is received like any other.
        put_in_place(&cpu, data, work, &[QUEUE]).await?;
        postgres.fill(&mut file, told).await?;
        file.close().await?;
    } else {
        file.close().await?;
        put_in_place(&cpu, data, work, &[QUEUE, STORE]).await?;
    }
    Ok(Restored {
        made_at: manifest.ended_at,
        head: manifest.head,
        n_rows: manifest.n_rows(),
        n_in_flight: manifest.n_in_flight,
        n_messages: manifest.n_messages.filter(|_| with_queue),
        n_to_publish: settled.n_to_publish,
        n_to_send_again: settled.n_to_send_again,
        n_originals_moved,
        n_originals_outside: manifest.originals.n_outside,
    })
}

/// Removes what was prepared; unless all is done, not the mark that tells the next try that the queue is of this one.
fn clear(work: &Path, is_done: bool) -> io::Result<()> {
    for name in [STORE, QUEUE] {
        for path in with_logs(&work.join(name)) {
            remove(&path)?;
        }
    }
    if is_done {
        remove(&work.join(MARK))?;
    }
    match fs::remove_dir(work) {
        Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty) => {
            Err(error)
        }
        _ => Ok(()),
    }
}

async fn sound(from: &Path) -> Result<Manifest, EngineError> {
    let BackupVerdict { problems, manifest, .. } = check_backup(from).await?;
    match manifest {
        Some(manifest) if problems.is_empty() => Ok(manifest),
        _ => Err(BackupError::Bad { path: from.to_owned(), problems }.into()),
    }
}

/// Holds the index of the folder, so that no server takes its store for granted meanwhile. An index that cannot be opened
/// is nobody's.
fn lock_index(data: &DataFolder) -> Result<Option<IndexWriter>, EngineError> {
    if !data.index().exists() {
        return Ok(None);
    }
    match SearchIndex::open(&data.index()).and_then(|index| index.writer()) {
        Ok(writer) => Ok(Some(writer)),
        Err(IndexError::Busy) => Err(BackupError::Working(data.path().to_owned()).into()),
        Err(_) => Ok(None),
    }
}

/// Whether store and queue have nothing in them, as far as they are files. A database tells when it is to be filled.
async fn check_empty(settings: &Settings, data: &DataFolder, is_half_done: bool) -> Result<(), EngineError> {
    if settings.store.remote.is_none() && data.store().exists() {
        let mut file = CopyFile::open(&data.store()).await?;
        file.check_fillable().await?;
        file.close().await?;
    }
    if settings.queue.remote.is_none() && !is_half_done {
        let n_messages = local_queue_length(&data.queue()).await?;
        if n_messages > 0 {
            let found = format!("{n_messages} messages");
            return Err(BackupError::NotEmpty { what: "queue", found }.into());
        }
    }
    Ok(())
}

/// Copies the files of a backup to where they are worked on.
fn copy_files(from: &Path, to: &Path, with_queue: bool) -> io::Result<()> {
    for name in [STORE, QUEUE] {
        let path = to.join(name);
        for stale in with_logs(&path) {
            remove(&stale)?;
        }
        if name == STORE || with_queue {
            fs::copy(from.join(name), &path)?;
            // The backup may be read-only; what is restored is not.
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(())
}

/// Moves the bytes of documents to where the settings have them kept, if that is outside the store.
async fn move_originals(file: &mut CopyFile, originals: &dyn Originals) -> Result<u64, EngineError> {
    let mut after: Option<DocumentId> = None;
    let mut n_moved = 0;
    loop {
        let documents = file.with_original(after, N_ASKED).await?;
        let Some(last) = documents.last().copied() else { break };
        for document in documents {
            let Some(bytes) = file.original(document).await? else { continue };
            match originals.keep(document, bytes).await? {
                // They stay in the store, all of them.
                Keep::InCommit(_) => return Ok(0),
                Keep::Elsewhere => n_moved += 1,
            }
        }
        after = Some(last);
    }
    if n_moved > 0 {
        file.forget_originals().await?;
    }
    Ok(n_moved)
}

/// Documents in flight whose bytes are kept outside the store.
async fn kept_of(
    file: &mut CopyFile,
    originals: &dyn Originals,
) -> Result<BTreeSet<DocumentId>, EngineError> {
    let documents = file.in_flight_without_original().await?;
    Ok(originals.elsewhere(&documents).await?.into_iter().collect())
}

/// Puts files in the place of empty ones, durably, one after the other.
async fn put_in_place(
    cpu: &CpuPool,
    data: &DataFolder,
    work: &Path,
    names: &'static [&'static str],
) -> Result<(), EngineError> {
    let (folder, work) = (data.path().to_owned(), work.to_owned());
    let place = move || {
        for name in names {
            let (from, to) = (work.join(name), folder.join(name));
            if !from.exists() {
                continue;
            }
            fs::File::open(&from)?.sync_all()?;
            if *name == QUEUE {
                fs::File::create(work.join(MARK))?;
                sync_folder(&work)?;
            }
            // The logs of the empty file are not those of the one that takes its place.
            for old in with_logs(&to) {
                remove(&old)?;
            }
            sync_folder(&folder)?;
            fs::rename(&from, &to)?;
            sync_folder(&folder)?;
        }
        Ok(())
    };
    cpu.run(place).await?.map_err(BackupError::path(data.path()))
}

/// A file of SQLite, and what appears beside it; the file last.
fn with_logs(path: &Path) -> [PathBuf; 3] {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    [beside("-wal"), beside("-shm"), path.to_owned()]
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
