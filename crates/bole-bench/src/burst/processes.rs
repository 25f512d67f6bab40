//! Processes and what they use, by Linux's `/proc` (proc(5)).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use rustix::param::{clock_ticks_per_second, page_size};

/// A process with all its children, by its place in the pipeline.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) name: &'static str,
    pub(super) root: u32,
    /// Its children are trees of their own.
    pub(super) is_alone: bool,
}

/// What a tree has used since it was started.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Used {
    /// Processor time in seconds, that of children that ended included.
    pub(super) processor: f64,
    /// The same of readers only.
    pub(super) readers: f64,
    /// Bytes sent to the disk.
    pub(super) written: u64,
}

/// What is resident of a tree now, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Resident {
    /// The root's.
    pub(super) root: u64,
    /// All of it.
    pub(super) tree: u64,
}

/// One line of `/proc/PID/stat`.
struct Stat {
    pid: u32,
    parent: u32,
    /// Own, and of children that were waited for, in seconds.
    own: f64,
    ended: f64,
    resident: u64,
}

impl Tree {
    /// The process that listens on a port of this machine; none if it is not here, or not ours to look at.
    pub(super) fn listening(name: &'static str, port: u16) -> Option<Self> {
        let sockets = listening_sockets(port);
        let holds = |pid: &u32| {
            let files = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
            files.filter_map(|file| fs::read_link(file.path()).ok()).any(|target| {
                let target = target.to_string_lossy();
                let inode = target.strip_prefix("socket:[").and_then(|rest| rest.strip_suffix(']'));
                inode.is_some_and(|inode| sockets.contains(inode))
            })
        };
        // The first is the oldest: a server's children hold its socket too.
        pids().into_iter().find(holds).map(|root| Self { name, root, is_alone: false })
    }

    pub(super) fn used(&self) -> Used {
        let mut used = Used::default();
        for stat in self.processes() {
            used.processor += stat.own + if self.is_alone { 0.0 } else { stat.ended };
            if is_reader(stat.pid) {
                used.readers += stat.own;
            }
            used.written += written(stat.pid);
        }
        // Of ours, only readers end before their parent.
        if let Some(root) = stat(self.root).filter(|_| !self.is_alone) {
            used.readers += root.ended;
        }
        used
    }

    pub(super) fn resident(&self) -> Resident {
        let mut resident = Resident::default();
        for stat in self.processes() {
            resident.tree += stat.resident;
            if stat.pid == self.root {
                resident.root = stat.resident;
            }
        }
        resident
    }

    /// Seconds of processor time of the root's threads, by their names without a number at the end.
    pub(super) fn threads(&self) -> BTreeMap<String, f64> {
        let mut threads = BTreeMap::new();
        let tasks = fs::read_dir(format!("/proc/{}/task", self.root));
        for task in tasks.into_iter().flatten().flatten() {
            let Some((name, fields)) = fields(&task.path().join("stat")) else { continue };
            let name = name.trim_end_matches(|it: char| it.is_ascii_digit() || it == '-').to_owned();
            *threads.entry(name).or_default() += seconds(&fields, 11) + seconds(&fields, 12);
        }
        threads
    }

    fn processes(&self) -> Vec<Stat> {
        let mut all: BTreeMap<u32, Vec<Stat>> = BTreeMap::new();
        let mut found = Vec::new();
        for stat in pids().into_iter().filter_map(stat) {
            if stat.pid == self.root {
                found.push(stat);
            } else if !self.is_alone {
                all.entry(stat.parent).or_default().push(stat);
            }
        }
        let mut next = 0;
        while let Some(pid) = found.get(next).map(|stat| stat.pid) {
            found.extend(all.remove(&pid).unwrap_or_default());
            next += 1;
        }
        found
    }
}

/// All processes, the oldest first as long as numbers do not come round.
fn pids() -> BTreeSet<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

fn is_reader(pid: u32) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.ends_with(b"\0reader\0"))
}

fn written(pid: u32) -> u64 {
    let io = fs::read_to_string(format!("/proc/{pid}/io")).unwrap_or_default();
    let line = io.lines().find_map(|line| line.strip_prefix("write_bytes: "));
    line.and_then(|bytes| bytes.parse().ok()).unwrap_or(0)
}

fn stat(pid: u32) -> Option<Stat> {
    let (_, fields) = fields(Path::new(&format!("/proc/{pid}/stat")))?;
    Some(Stat {
        pid,
        parent: fields.get(1)?.parse().ok()?,
        own: seconds(&fields, 11) + seconds(&fields, 12),
        ended: seconds(&fields, 13) + seconds(&fields, 14),
        resident: fields.get(21)?.parse::<u64>().ok()? * page_size() as u64,
    })
}

/// The name, and the fields from the state on.
fn fields(path: &Path) -> Option<(String, Vec<String>)> {
    let line = fs::read_to_string(path).ok()?;
    let (before, after) = line.rsplit_once(')')?;
    let (_, name) = before.split_once('(')?;
    Some((name.to_owned(), after.split_whitespace().map(str::to_owned).collect()))
}

fn seconds(fields: &[String], index: usize) -> f64 {
    let ticks: u64 = fields.get(index).and_then(|ticks| ticks.parse().ok()).unwrap_or(0);
    ticks as f64 / clock_ticks_per_second() as f64
}

/// The inodes of sockets that listen on a port.
fn listening_sockets(port: u16) -> BTreeSet<String> {
    const LISTEN: &str = "0A";
    let suffix = format!(":{port:04X}");
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| fs::read_to_string(path).unwrap_or_default());
    let lines = tables.iter().flat_map(|table| table.lines());
    let inode = |line: &str| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let listens = fields.get(1)?.ends_with(&suffix) && *fields.get(3)? == LISTEN;
        listens.then(|| fields.get(9).map(|inode| (*inode).to_owned())).flatten()
    };
    lines.filter_map(inode).collect()
}
