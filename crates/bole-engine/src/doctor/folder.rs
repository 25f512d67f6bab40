//! The data folder and its disk.

use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use bytesize::ByteSize;
use rustix::fs::Access;

use super::{Finding, told};
use crate::DataFolder;

/// With less than this nothing is taken in for long.
const LEAST_BYTES: u64 = 64 << 20;
/// With less than this somebody should look.
const LITTLE_BYTES: u64 = 1 << 30;
/// And with less than one part in so many.
const LITTLE_SHARE: u64 = 20;

/// File systems by the number that `statfs` gives, `man 2 statfs`, and what is wrong with each.
const UNFIT: [(u64, &str, &str); 8] = [
    (0x6969, "NFS", "locks of SQLite do not hold there"),
    (0xff53_4d42, "SMB", "locks of SQLite do not hold there"),
    (0xfe53_4d42, "SMB", "locks of SQLite do not hold there"),
    (0x0102_1997, "9p", "locks of SQLite do not hold there"),
    (0x6573_5546, "FUSE", "what is written may not be on a disk"),
    (0x0102_1994, "tmpfs, in memory", "a restart loses it"),
    (0x8584_58f6, "ramfs, in memory", "a restart loses it"),
    (0x794c_7630, "the layer of a container", "it goes with the container"),
];

pub(super) fn examine(data: &DataFolder, has_store: bool) -> Vec<Finding> {
    let path = data.path();
    let metadata = match path.metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return vec![absent(path)],
        Err(error) => {
            let seen = format!("`{}` cannot be looked at: {error}", path.display());
            return vec![Finding::trouble(
                seen,
                "give the user of `bole` access to it and to the folders above",
            )];
        }
    };
    if !metadata.is_dir() {
        return vec![Finding::trouble(
            format!("`{}` is not a folder", path.display()),
            "move the file away, or name another folder with `--data` or `data`",
        )];
    }
    let mut found = Vec::new();
    found.extend(not_writable(path, &metadata));
    found.extend(readable_by_others(path, &metadata));
    // Where all is on servers, only the search index lies here, which is made anew.
    found.extend(unfit(path).filter(|_| has_store));
    if found.is_empty() {
        found.push(Finding::ok(format!("`{}`", path.display())));
    }
    found
}

/// A folder that is yet to be made.
fn absent(path: &Path) -> Finding {
    let above = path.ancestors().skip(1).find(|above| above.as_os_str().is_empty() || above.exists());
    let above = above.filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if above.is_dir() && rustix::fs::access(above, Access::WRITE_OK | Access::EXEC_OK).is_ok() {
        return Finding::ok(format!(
            "`{}` is not there yet: the first `bole ingest` or `bole serve` makes it",
            path.display()
        ));
    }
    Finding::trouble(
        format!("`{}` is not there, and cannot be made in `{}`", path.display(), above.display()),
        "make it for the user of `bole`, or name another with `--data` or `data`",
    )
}

fn not_writable(path: &Path, metadata: &Metadata) -> Option<Finding> {
    let error = rustix::fs::access(path, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK).err()?;
    let (owner, own) = (metadata.uid(), rustix::process::geteuid().as_raw());
    let why = if error == rustix::io::Errno::ROFS {
        "its disk is mounted for reading only".to_owned()
    } else if owner == own {
        error.to_string()
    } else {
        format!("it belongs to user {owner}, this is user {own}")
    };
    Some(Finding::trouble(
        format!("`{}` cannot be written: {why}", path.display()),
        format!("mount its disk for writing, or `chown {own}` it with all that is in it"),
    ))
}

fn readable_by_others(path: &Path, metadata: &Metadata) -> Option<Finding> {
    let mode = metadata.permissions().mode() & 0o7777;
    (mode & 0o077 != 0).then(|| {
        Finding::warning(
            format!("`{}` has mode {mode:04o}: others than its owner get at personal data", path.display()),
            format!("chmod 700 {}", path.display()),
        )
    })
}

fn unfit(path: &Path) -> Option<Finding> {
    // The type is signed or not, by the machine.
    let kind = (rustix::fs::statfs(path).ok()?.f_type as u64) & 0xffff_ffff;
    let (_, name, why) = UNFIT.into_iter().find(|(number, ..)| *number == kind)?;
    Some(Finding::warning(
        format!("`{}` lies on {name}: {why}", path.display()),
        "put the data folder on a disk of this machine that stays",
    ))
}

/// The room on the disk; of a folder that is not there yet, that of the disk it would be on.
pub(super) fn disk(data: &DataFolder) -> Vec<Finding> {
    let absolute = std::path::absolute(data.path()).unwrap_or_else(|_| data.path().to_owned());
    let Some(there) = absolute.ancestors().find(|above| above.exists()) else {
        return vec![Finding::trouble("there is no such disk", "look whether it is mounted")];
    };
    let (room, files) = match (DataFolder::at(there).room(), rustix::fs::statvfs(there)) {
        (Ok(room), Ok(disk)) => (room, disk),
        (Err(error), _) => return vec![Finding::trouble(told(&error), "look whether the disk is mounted")],
        (_, Err(error)) => {
            return vec![Finding::trouble(error.to_string(), "look whether the disk is mounted")];
        }
    };
    let share = (room.free_bytes.saturating_mul(100)).checked_div(room.size_bytes).unwrap_or(0);
    let size = |n_bytes| ByteSize::b(n_bytes).display().iec().to_string();
    let seen = format!("{} free of {} ({share} %)", size(room.free_bytes), size(room.size_bytes));
    // Some file systems have no number of files.
    if files.f_files > 0 && files.f_favail == 0 {
        return vec![Finding::trouble(
            format!("{seen}, and no file more can be made"),
            "delete files that are not needed",
        )];
    }
    let advice = "make room, or move the data folder to a larger disk; nothing is lost, work goes on when there is room";
    vec![if room.free_bytes < LEAST_BYTES {
        Finding::trouble(seen, advice)
    } else if room.free_bytes < LITTLE_BYTES || room.free_bytes < room.size_bytes / LITTLE_SHARE {
        Finding::warning(seen, advice)
    } else {
        Finding::ok(seen)
    }]
}
