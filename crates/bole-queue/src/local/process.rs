use std::fs;

/// A process of this machine, for ever: a pid alone is given again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Process {
    /// The boot and the pid namespace in which `pid` means something.
    pub(super) realm: String,
    pub(super) pid: i64,
    /// When it started, in ticks since boot.
    pub(super) started: i64,
}

impl Process {
    /// This process. Where there is no `/proc`, the realm is empty and nothing is known of any process.
    pub(super) fn this() -> Self {
        let pid = i64::from(std::process::id());
        Self { realm: realm().unwrap_or_default(), pid, started: started(pid).unwrap_or_default() }
    }

    /// Whether `other` is certainly dead: it would be seen from here if it lived, and is not.
    pub(super) fn sees_dead(&self, other: &Self) -> bool {
        !self.realm.is_empty() && self.realm == other.realm && started(other.pid) != Some(other.started)
    }
}

fn realm() -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{} {}", boot.trim(), namespace.display()))
}

/// When a living process started; none if there is none, or it has died and only waits to be reaped.
fn started(pid: i64) -> Option<i64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the command in parentheses and may hold anything; see proc_pid_stat(5).
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X" | "x") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_is_gone_is_dead_and_this_one_is_not() {
        let this = Process::this();
        assert!(!this.sees_dead(&this));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let other = Process { pid: i64::from(child.id()), started: -1, ..this.clone() };
        child.wait().unwrap();
        assert!(this.sees_dead(&other));
        let elsewhere = Process { realm: "another".to_owned(), ..other };
        assert!(!this.sees_dead(&elsewhere));
    }
}
