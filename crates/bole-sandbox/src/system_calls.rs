//! The system calls that a child may still make. Any other ends it at once, by `SIGSYS`.
//!
//! A reader computes: it reads from standard input, writes to standard output and standard error, asks for memory,
//! and ends. Nothing opens a file, a socket or a process, and nothing makes memory executable.

use std::collections::BTreeMap;

use libc::c_long;
use rustix::process::getpid;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter,
};

/// Allowed with any arguments.
const FREE: [c_long; 15] = [
    libc::SYS_brk,
    libc::SYS_clock_getres,
    // Where the kernel's page of time cannot serve a clock, as on some virtual machines, each look at it is this call.
    libc::SYS_clock_gettime,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
];

/// Forbids all others for the rest of this process' life. False if the system cannot.
pub(crate) fn forbid() -> bool {
    program().is_ok_and(|program| apply_filter(&program).is_ok())
}

fn program() -> Result<BpfProgram, BackendError> {
    let mut rules: BTreeMap<_, _> = FREE.map(|number| (number, Vec::new())).into();
    let executable = libc::PROT_EXEC as u64;
    rules.extend([
        // The pipes to the parent and no descriptor else, whatever was inherited.
        (libc::SYS_read, vec![rule(&[is(0, 0)?])?]),
        (libc::SYS_write, vec![rule(&[is(0, 1)?])?, rule(&[is(0, 2)?])?]),
        // Memory without a file behind it, never executable.
        (libc::SYS_mmap, vec![rule(&[is(4, u64::from(u32::MAX))?, lacks(2, executable)?])?]),
        (libc::SYS_mprotect, vec![rule(&[lacks(2, executable)?])?]),
        // Its own processor time, counted anew for each document.
        (libc::SYS_prlimit64, vec![rule(&[is(0, 0)?, is(1, u64::from(libc::RLIMIT_CPU))?])?]),
        // What the handler of a stack overflow does before it lets the process die.
        (
            libc::SYS_rt_sigaction,
            vec![rule(&[is(0, libc::SIGSEGV as u64)?])?, rule(&[is(0, libc::SIGBUS as u64)?])?],
        ),
        // `abort` of the GNU C library, so that a failed allocation ends as what it is.
        (
            libc::SYS_tgkill,
            vec![rule(&[is(0, getpid().as_raw_nonzero().get() as u64)?, is(2, libc::SIGABRT as u64)?])?],
        ),
    ]);
    let architecture = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, SeccompAction::KillProcess, SeccompAction::Allow, architecture)?.try_into()
}

fn rule(conditions: &[SeccompCondition]) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(conditions.to_vec())
}

/// Argument `index` is `value`, compared as 32 bits, as the kernel takes descriptors, flags and ids.
fn is(index: u8, value: u64) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(index, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)
}

/// Argument `index` has none of the bits of `mask`.
fn lacks(index: u8, mask: u64) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(index, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(mask), 0)
}
