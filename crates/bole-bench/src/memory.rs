//! The most memory that this process has had, by Linux's `/proc/self` (proc(5)).

use std::fs;

/// Starts counting the peak from now on. Where the system does not let us, the peak is that of the whole run.
pub(crate) fn forget_peak() {
    fs::write("/proc/self/clear_refs", "5").ok();
}

/// The most resident memory since [`forget_peak`], in bytes; none where the system does not say.
pub(crate) fn peak_bytes() -> Option<u64> {
    status_bytes("VmHWM:")
}

/// The resident memory now, in bytes.
pub(crate) fn resident_bytes() -> Option<u64> {
    status_bytes("VmRSS:")
}

fn status_bytes(key: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
