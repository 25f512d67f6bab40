//! Backups: the store, and the queue where it is a file, as of one moment, in a folder with the files of a data folder, which is refused as one.
//!
//! A backup is of one format, whatever store it was made of, so that a store moves from SQLite to PostgreSQL and back by
//! one. It is written into `NAME.partial` and gets its name when all of it is on the disk; its manifest is written last.

mod check;
mod create;
mod error;
mod manifest;
mod restore;

use std::io;
use std::path::{Path, PathBuf};

use bole_core::{Actor, AuditAction};
use bole_store::{NewAudit, Store, StoreError};
use jiff::Timestamp;
use uuid::Uuid;

use crate::audit::note_by;

pub use check::{BackupVerdict, check_backup};
pub use create::{BackupOptions, create_backup};
pub use error::BackupError;
pub use manifest::{FileFacts, Manifest, OriginalsKept, StoreKind};
pub use restore::{Restored, restore_backup};

/// The store's copy in a backup.
const STORE: &str = "store.sqlite";
/// The queue's copy; absent where the queue was no file.
const QUEUE: &str = "queue.sqlite";

/// Notes in the audit log of a store that it was copied, or is a copy.
async fn note(store: &dyn Store, by: &Actor, subject: String) -> Result<(), StoreError> {
    let entry = NewAudit {
        at: Timestamp::now(),
        actor: by.clone(),
        action: AuditAction::Backup,
        request: Uuid::new_v4(),
        resumes: Vec::new(),
        subject: Some(subject),
        text: None,
    };
    note_by(store, entry).await
}

/// As the audit log names a folder.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Makes the names in a folder durable.
fn sync_folder(path: &Path) -> io::Result<()> {
    std::fs::File::open(path)?.sync_all()
}
