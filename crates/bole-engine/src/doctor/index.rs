//! The search index, and who holds what in the data folder.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use bole_index::{IndexError, SearchIndex};
use bole_store::Store;
use tokio::time::timeout;

use super::{Check, Examination, Finding, PATIENCE, bug, silent, told};
use crate::{CpuPool, DataFolder};

/// The lock of tantivy's writer.
const LOCK: &str = ".tantivy-writer.lock";
/// So many changes behind are not taken in by the next search while somebody waits.
const FAR_BEHIND: u64 = 10_000;

/// The index, and against the store where there is one.
pub(super) async fn examine(data: &DataFolder, store: Option<&dyn Store>, cpu: &CpuPool) -> Examination {
    let path = data.index();
    if !SearchIndex::is_there(&path) {
        let finding = match path.read_dir().map(|mut entries| entries.next().is_some()) {
            // What makes a folder an index is gone, and the rest is there.
            Ok(true) => Finding::trouble(
                format!("`{}` has lost its list of segments, meta.json", path.display()),
                "run `bole reindex`: the index is made anew from the store, nothing is lost",
            ),
            _ => Finding::ok("not there yet: the first search or `bole serve` makes it"),
        };
        return Check::Index.found(vec![finding]);
    }
    let opened = {
        let path = path.clone();
        timeout(PATIENCE, cpu.run(move || open(&path))).await
    };
    let (index, position, n_documents) = match opened {
        Ok(Ok(Ok(opened))) => opened,
        Ok(Ok(Err(error))) => return Check::Index.found(vec![of(&error)]),
        Ok(Err(error)) => return Check::Index.found(vec![bug(&error)]),
        Err(_) => return Check::Index.found(vec![silent(PATIENCE)]),
    };
    // Asked for after the position, which goes on meanwhile.
    let head = match store {
        Some(store) => timeout(PATIENCE, store.head()).await.ok().and_then(Result::ok).map(|head| head.0),
        None => None,
    };
    let writer = holder(&path.join(LOCK));
    let checked = match &writer {
        // Files come and go under whoever writes.
        Some(writer) => format!("{writer} writes it, so that checksums are not compared"),
        None => match verify(index, cpu).await {
            Ok(checked) => checked.to_owned(),
            Err(finding) => return Check::Index.found(vec![finding]),
        },
    };
    let seen = format!("{n_documents} resumes, {checked}");
    Check::Index.found(vec![standing(seen, position, head, writer.is_some())])
}

/// Compares every byte with its checksum, as far as somebody waits for it.
async fn verify(index: SearchIndex, cpu: &CpuPool) -> Result<&'static str, Finding> {
    match timeout(PATIENCE, cpu.run(move || index.verify())).await {
        Ok(Ok(Ok(()))) => Ok("all its checksums are right"),
        Ok(Ok(Err(error))) => Err(of(&error)),
        Ok(Err(error)) => Err(bug(&error)),
        Err(_) => Ok("it is too large to compare all its checksums here"),
    }
}

fn open(path: &Path) -> Result<(SearchIndex, u64, usize), IndexError> {
    let index = SearchIndex::open(path)?;
    let (position, n_documents) = (index.position()?.0, index.documents()?);
    Ok((index, position, n_documents))
}

fn standing(seen: String, position: u64, head: Option<u64>, is_written: bool) -> Finding {
    let Some(head) = head else { return Finding::ok(seen) };
    if position > head {
        return Finding::trouble(
            format!(
                "it has read change {position}, the store has {head}: it is of another state of the store"
            ),
            "run `bole reindex`: the index is made anew from the store, nothing is lost",
        );
    }
    match head - position {
        0 => Finding::ok(seen),
        n_behind if n_behind < FAR_BEHIND => Finding::ok(format!("{seen}; {n_behind} changes behind")),
        n_behind if is_written => Finding::warning(
            format!("{seen}; {n_behind} changes behind"),
            "wait; if it does not come nearer, look at the log of that process",
        ),
        n_behind => Finding::warning(
            format!("{seen}; {n_behind} changes behind, and nobody takes them in"),
            "start `bole serve`",
        ),
    }
}

fn of(error: &IndexError) -> Finding {
    Finding::trouble(told(error), error.hint())
}

/// Who holds the lock of this file; none if nobody does, or nobody can tell.
pub(super) fn holder(file: &Path) -> Option<String> {
    let metadata = file.metadata().ok()?;
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    let process = holder_in(&locks, metadata.dev(), metadata.ino())?;
    let name = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    Some(match (process, name.trim()) {
        // Of another container.
        (0, _) => "a process of another container".to_owned(),
        (process, "") => format!("process {process}"),
        (process, name) => format!("process {process} ({name})"),
    })
}

/// The process that holds a lock of this file by the text of `/proc/locks`: `1: FLOCK ADVISORY WRITE 831 fe:00:2621 0 EOF`.
fn holder_in(locks: &str, device: u64, file: u64) -> Option<i64> {
    let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
    let place = format!("{major:02x}:{minor:02x}:{file}");
    let holds = |line: &str| {
        let words: Vec<_> = line.split_whitespace().collect();
        // Who waits has an arrow before the kind.
        let [_, "FLOCK" | "POSIX" | "OFDLCK", _, "WRITE", process, at, ..] = words.as_slice() else {
            return None;
        };
        (**at == place).then(|| process.parse().ok())?
    };
    locks.lines().find_map(holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_holds_a_lock_is_read_from_the_table() {
        let locks = "1: POSIX  ADVISORY  READ 77 fe:00:42 0 EOF\n\
                     2: FLOCK  ADVISORY  WRITE 831 fe:00:42 0 EOF\n\
                     2: -> FLOCK  ADVISORY  WRITE 832 fe:00:43 0 EOF\n";
        let device = rustix::fs::makedev(0xfe, 0);
        assert_eq!(holder_in(locks, device, 42), Some(831));
        assert_eq!(holder_in(locks, device, 43), None);
    }

    #[test]
    fn an_index_is_held_against_the_store() {
        use super::super::Verdict;
        let verdict =
            |position, head, is_written| standing(String::new(), position, head, is_written).verdict;
        assert_eq!(verdict(5, Some(5), false), Verdict::Ok);
        assert_eq!(verdict(5, Some(9), false), Verdict::Ok);
        assert_eq!(verdict(5, Some(50_000), true), Verdict::Warning);
        assert_eq!(verdict(9, Some(5), false), Verdict::Trouble);
        assert_eq!(verdict(9, None, false), Verdict::Ok);
    }
}
