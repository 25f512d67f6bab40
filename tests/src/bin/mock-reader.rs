//! A reader process of the tests. It is fenced in and reads as production's readers do, but a document may have it
//! misbehave: the line `%MOCK MODE` within its first hundred bytes says how.
//!
//! `--boasts` has it claim an hour for each part of its reading, `--dies-at N` has each process die at its N-th document, as if struck from outside. `--without PARTS` (`landlock`,
//! `seccomp`, or both with a comma) has it run as on a system that lacks these.

use std::cell::Cell;
use std::convert::Infallible;
use std::fs::File;
use std::io::{self, Write};
use std::net::{TcpStream, UdpSocket};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bole_core::Reason;
use bole_sandbox::{Refusal, read_document};
use nix::sys::ptrace;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getppid};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

fn main() -> Result<ExitCode> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => Ok(run(None, false)),
        ["--boasts"] => Ok(run(None, true)),
        ["--dies-at", number] => Ok(run(Some(number.parse()?), false)),
        ["--without", parts] => match run_without(parts)? {},
        _ => bail!("what is {arguments:?}?"),
    }
}

fn run(dies_at: Option<u32>, boasts: bool) -> ExitCode {
    let (n_documents, parent) = (Cell::new(0), getppid());
    bole_sandbox::run_child(|document, bytes, times| {
        n_documents.set(n_documents.get() + 1);
        if dies_at == Some(n_documents.get()) {
            std::process::abort();
        }
        let head = String::from_utf8_lossy(bytes.get(..100).unwrap_or(bytes));
        if let Some(mode) = head.lines().find_map(|line| line.strip_prefix("%MOCK ")) {
            // What comes back from it was not forbidden, or answered by an error: the test wants to know which.
            let detail =
                misbehave(mode, parent).map_or_else(|error| error.to_string(), |()| "was let".to_owned());
            return Err(Refusal { reason: Reason::NotADocument, detail });
        }
        let read = read_document(document, bytes, times);
        if boasts {
            (times.document, times.resume) = (Duration::from_hours(1), Duration::MAX);
        }
        read
    })
}

fn misbehave(mode: &str, parent: Pid) -> io::Result<()> {
    match mode {
        "spin" => loop {
            std::hint::spin_loop();
        },
        "sleep" => loop {
            std::thread::park();
        },
        // A byte now and then: an answer that never ends must not count as progress.
        "drip" => {
            io::stdout().write_all(&[0, 0, 16, 0])?;
            loop {
                let start = Instant::now();
                while start.elapsed() < Duration::from_millis(20) {
                    std::hint::spin_loop();
                }
                io::stdout().write_all(b" ")?;
                io::stdout().flush()?;
            }
        }
        "endless" => loop {
            io::stdout().write_all(&[b'!'; 4096])?;
        },
        "allocate" => {
            let mut kept = Vec::new();
            loop {
                kept.push(vec![1_u8; 1 << 20]);
            }
        }
        "overflow" => {
            let deep = descend(0);
            Err(io::Error::other(deep.to_string()))
        }
        "panic" => panic!("a panic of a document"),
        "exit" =>
        {
            #[allow(clippy::exit, reason = "this is what the mode is for")]
            std::process::exit(0)
        }
        "abort" => std::process::abort(),
        "open" => File::open("/etc/passwd").map(drop),
        "create" => File::create("/tmp/made-by-a-reader").map(drop),
        "connect" => TcpStream::connect("127.0.0.1:9").map(drop),
        "datagram" => UdpSocket::bind("127.0.0.1:0").map(drop),
        "exec" => Command::new("/bin/true").status().map(drop),
        "ptrace" => ptrace::attach(parent).map_err(io::Error::from),
        "signal" => kill(parent, Signal::SIGWINCH).map_err(io::Error::from),
        other => Err(io::Error::other(format!("what is {other}?"))),
    }
}

/// Deeper than any stack; the parameter keeps the compiler from making a loop of it.
fn descend(depth: u64) -> u64 {
    let frame = std::hint::black_box([depth; 64]);
    if depth == u64::MAX { 0 } else { descend(depth + 1) + frame.iter().sum::<u64>() }
}

/// Starts again where the system calls of `parts` are unknown.
fn run_without(parts: &str) -> Result<Infallible> {
    let mut unknown = Vec::new();
    for part in parts.split(',') {
        match part {
            "landlock" => unknown.extend([
                libc::SYS_landlock_create_ruleset,
                libc::SYS_landlock_add_rule,
                libc::SYS_landlock_restrict_self,
            ]),
            "seccomp" => unknown.push(libc::SYS_seccomp),
            other => bail!("what is {other}?"),
        }
    }
    let rules = unknown.into_iter().map(|number| (number, Vec::new())).collect();
    let lacks = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let architecture = std::env::consts::ARCH.try_into()?;
    let program: BpfProgram =
        SeccompFilter::new(rules, SeccompAction::Allow, lacks, architecture)?.try_into()?;
    seccompiler::apply_filter(&program)?;
    Err(Command::new("/proc/self/exe").exec()).context("starting again")
}
