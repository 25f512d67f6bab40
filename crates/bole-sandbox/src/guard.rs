//! What fences a child in.

use std::fmt;

use landlock::{
    ABI, Access, AccessFs, AccessNet, LandlockStatus, Ruleset, RulesetAttr, RulesetError, RulesetStatus,
    Scope,
};
use rustix::process::{DumpableBehavior, Gid, Resource, Rlimit, Signal, Uid, getrlimit, setrlimit};
use serde::{Deserialize, Serialize};

use crate::{Limits, system_calls};

/// One part of the fence around a child. Each is the system's; where it lacks one, the child runs without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// Started by root, the child becomes `nobody`.
    User,
    /// Limits on memory and processor time, no files written, no core, no new process.
    Limits,
    /// It dies with its parent.
    ParentDeath,
    /// It cannot gain privileges.
    Privileges,
    /// No file is opened: landlock, Linux 5.13.
    FileSystem,
    /// No TCP: landlock, Linux 6.7.
    Network,
    /// No signal to other processes, no abstract socket: landlock, Linux 6.12.
    Signals,
    /// All but a short list of system calls end it: seccomp, Linux 4.14.
    SystemCalls,
}

impl fmt::Display for Guard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::User => "readers started by root become `nobody`",
            Self::Limits => "limits on memory, processor time, files and processes",
            Self::ParentDeath => "readers die with their parent",
            Self::Privileges => "no new privileges",
            Self::FileSystem => "no access to files (landlock, Linux 5.13)",
            Self::Network => "no TCP (landlock, Linux 6.7)",
            Self::Signals => "no signals to other processes (landlock, Linux 6.12)",
            Self::SystemCalls => "only listed system calls (seccomp, Linux 4.14)",
        })
    }
}

/// The user and group without rights, by the number that Linux gives them everywhere.
const NOBODY: u32 = 65_534;
/// The stack of a child, in bytes, whatever its parent was given.
const STACK_BYTES: u64 = 8 << 20;

/// Gives up what a reader never needs, before it sees a document. Tells what the system would not take away.
pub(crate) fn restrict(limits: &Limits) -> Vec<Guard> {
    let mut missing = Vec::new();
    let mut note = |guard: Guard, is_up: bool| {
        if !is_up {
            missing.push(guard);
        }
    };
    note(Guard::User, become_nobody());
    note(Guard::Limits, set_limits(limits));
    // Only now: a change of user clears it.
    note(
        Guard::ParentDeath,
        rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).is_ok()
            && rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok(),
    );
    note(Guard::Privileges, rustix::thread::set_no_new_privs(true).is_ok());
    let abi = close_files_and_network();
    note(Guard::FileSystem, abi.is_some());
    note(Guard::Network, abi.is_some_and(|abi| abi >= ABI::V4));
    note(Guard::Signals, abi.is_some_and(|abi| abi >= ABI::V6));
    // Last, since it forbids all of the above.
    note(Guard::SystemCalls, system_calls::forbid());
    missing
}

fn become_nobody() -> bool {
    if !rustix::process::geteuid().is_root() {
        return true;
    }
    let (user, group) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
    rustix::thread::set_thread_groups(&[]).is_ok()
        && rustix::thread::set_thread_res_gid(group, group, group).is_ok()
        && rustix::thread::set_thread_res_uid(user, user, user).is_ok()
}

fn set_limits(limits: &Limits) -> bool {
    let limits = [
        (Resource::As, limits.address_space_bytes),
        (Resource::Stack, STACK_BYTES),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nproc, 0),
        (Resource::Nofile, 16),
    ];
    let set = limits.map(|(resource, value)| {
        // Whoever started us may have set a lower one.
        let value = getrlimit(resource).maximum.map_or(value, |maximum| maximum.min(value));
        setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) }).is_ok()
    });
    set.into_iter().all(|is_set| is_set)
}

/// How much of landlock the system has; none if nothing is enforced.
fn close_files_and_network() -> Option<ABI> {
    let restricted = || -> Result<_, RulesetError> {
        Ruleset::default()
            .handle_access(AccessFs::from_all(ABI::V6))?
            .handle_access(AccessNet::from_all(ABI::V6))?
            .scope(Scope::from_all(ABI::V6))?
            .create()?
            .restrict_self()
    };
    let status = restricted().ok()?;
    match (status.ruleset, status.landlock) {
        (RulesetStatus::NotEnforced, _) => None,
        (_, LandlockStatus::Available { effective_abi, .. }) => Some(effective_abi),
        _ => None,
    }
}
