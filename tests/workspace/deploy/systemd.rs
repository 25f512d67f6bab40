use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};

use jiff::SignedDuration;
use tempfile::TempDir;

use super::{defaults, root, settings, text, value_of};

const SERVICES: [&str; 3] = ["bole-serve.service", "bole-work@.service", "bole-backup.service"];
/// As an administrator starts them.
const STARTED: [&str; 4] =
    ["bole-serve.service", "bole-work@9464.service", "bole-backup.service", "bole-backup.timer"];
/// Tenths of points of `systemd-analyze security`, 100 being a service that may do anything.
const EXPOSURE: u32 = 20;

/// A machine's root with the units, their drop-in, and empty files for what is installed otherwise.
fn machine() -> TempDir {
    let machine = tempfile::tempdir().unwrap();
    let write = |path: &str, content: &str| {
        let path = machine.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    };
    for unit in SERVICES.iter().chain(&["bole-backup.timer"]) {
        write(&format!("etc/systemd/system/{unit}"), &text(&format!("systemd/{unit}")));
    }
    for unit in SERVICES {
        write(&format!("etc/systemd/system/{unit}.d/servers.conf"), &text("systemd/servers.conf"));
    }
    for unit in
        ["sysinit", "basic", "shutdown", "multi-user", "timers", "network-online", "time-set", "time-sync"]
    {
        write(&format!("usr/lib/systemd/system/{unit}.target"), "[Unit]\n");
    }
    for program in ["usr/local/bin/bole", "usr/bin/find", "bin/sh"] {
        write(program, "");
        let path = machine.path().join(program);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(path, mode).unwrap();
    }
    machine
}

fn analyze(machine: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("systemd-analyze");
    command.arg(arguments[0]).arg(format!("--root={}", machine.display())).args(&arguments[1..]);
    command.env("SYSTEMD_COLORS", "0").output().expect("install systemd")
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

#[test]
fn systemd_understands_every_unit() {
    let machine = machine();
    let verified = analyze(machine.path(), &[&["verify", "--man=no"], &STARTED[..]].concat());
    assert!(verified.status.success() && said(&verified).is_empty(), "{}", said(&verified));
    let unit = machine.path().join("etc/systemd/system/bole-serve.service");
    let wrong = text("systemd/bole-serve.service").replace("ProtectHome=", "ProtectHomes=");
    std::fs::write(unit, wrong).unwrap();
    let verified = analyze(machine.path(), &["verify", "--man=no", "bole-serve.service"]);
    assert!(said(&verified).contains("ProtectHomes"), "it finds nothing");
}

#[test]
fn services_may_do_little() {
    let machine = machine();
    for unit in STARTED.iter().filter(|unit| unit.ends_with(".service")) {
        let threshold = format!("--threshold={EXPOSURE}");
        let rated = analyze(machine.path(), &["security", "--offline=yes", &threshold, unit]);
        assert!(rated.status.success(), "{}", said(&rated));
    }
}

/// The calls that a filter of systemd lets through.
fn allowed(unit: &str) -> BTreeSet<String> {
    let mut allowed = BTreeSet::new();
    for line in text(&format!("systemd/{unit}")).lines() {
        let Some(filter) = line.strip_prefix("SystemCallFilter=") else { continue };
        let (denies, names) = filter.strip_prefix('~').map_or((false, filter), |names| (true, names));
        let named: BTreeSet<_> = names.split(' ').flat_map(calls).collect();
        if denies {
            allowed.retain(|call| !named.contains(call));
        } else {
            allowed.extend(named);
        }
    }
    allowed
}

/// A call, or all of a set of systemd's.
fn calls(name: &str) -> Vec<String> {
    if !name.starts_with('@') {
        return vec![name.to_owned()];
    }
    let listed = Command::new("systemd-analyze").args(["syscall-filter", name]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let inside = listed
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#') && *line != name);
    inside.flat_map(calls).collect()
}

/// A reader fences itself in, and works behind its fence, under the filter of the unit.
#[test]
fn readers_may_do_what_their_fence_takes() {
    let source = std::fs::read_to_string(root().join("crates/bole-sandbox/src/system_calls.rs")).unwrap();
    let named = source.split("libc::SYS_").skip(1).map(|rest| {
        rest.split(|char: char| !char.is_ascii_alphanumeric() && char != '_').next().unwrap().to_owned()
    });
    let mut needed: BTreeSet<_> = named.collect();
    assert!(needed.len() > 15, "{needed:?}");
    // What `guard.rs` does first.
    for call in
        ["prctl", "prlimit64", "seccomp", "landlock_create_ruleset", "landlock_restrict_self", "execve"]
    {
        needed.insert(call.to_owned());
    }
    for unit in SERVICES {
        let missing: Vec<_> = needed.difference(&allowed(unit)).cloned().collect();
        assert!(missing.is_empty(), "{unit} forbids {missing:?}");
        // Not everything, either.
        for call in ["ptrace", "mount", "reboot", "setuid", "bpf"] {
            assert!(!allowed(unit).contains(call), "{unit} allows {call}");
        }
    }
}

#[test]
fn services_have_the_time_to_end_and_settings_that_are_known() {
    let drop_in = text("systemd/servers.conf");
    for unit in SERVICES {
        let unit_text = text(&format!("systemd/{unit}"));
        let lines = unit_text.lines().chain(drop_in.lines());
        let mut environment = BTreeMap::new();
        for line in lines.filter_map(|line| line.strip_prefix("Environment=")) {
            for (name, value) in line.split(' ').filter_map(|variable| variable.split_once('=')) {
                if name.ends_with("_FILE") {
                    let credential = format!("LoadCredential={}:", value.trim_start_matches("%d/"));
                    assert!(drop_in.contains(&credential), "{credential}");
                } else {
                    environment.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        assert_eq!(settings(None, &environment).data, Path::new("/var/lib/bole"));
        if unit == "bole-backup.service" {
            continue;
        }
        let stop: SignedDuration = format!("{} s", value_of(&unit_text, "TimeoutStopSec")).parse().unwrap();
        assert!(stop > SignedDuration::try_from(defaults().server.shutdown).unwrap(), "{unit}");
        // A document that takes all memory of its reader is one document.
        assert_eq!(
            (value_of(&unit_text, "OOMPolicy"), value_of(&unit_text, "KillMode")),
            ("continue", "mixed")
        );
        let files: usize = value_of(&unit_text, "LimitNOFILE").parse().unwrap();
        assert!(files > 2 * defaults().server.n_connections);
    }
}

/// The user and the folders that the units take for granted.
#[test]
fn user_and_folders_are_made() {
    let user = text("systemd/sysusers.d/bole.conf");
    assert!(user.starts_with("u bole "));
    let folders = text("systemd/tmpfiles.d/bole.conf");
    for folder in ["/var/lib/bole", "/var/backups/bole"] {
        assert!(folders.contains(&format!("d {folder} 0700 bole bole")), "{folder}");
    }
    assert_eq!(value_of(&text("systemd/bole-backup.service"), "ReadWritePaths"), "/var/backups/bole");
}
