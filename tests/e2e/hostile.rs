//! Good resumes among files that were made to break readers.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use bole_tests::hostile::{self, Hostile};
use bole_tests::{Installation, Run, resume_pdf};
use serde_json::Value;

const N_GOOD: usize = 200;

/// What a file is and how it has to end.
struct Handed {
    name: String,
    reason: &'static str,
}

#[test]
fn good_resumes_among_hostile_files_are_all_found() -> Result<()> {
    let installation = Installation::new()?;
    let folder = installation.files()?;
    let files = hand_in(&folder)?;
    let before = everything_but(&folder, &installation.data())?;

    let (session, run) = ingest(&installation, &folder)?;
    assert_eq!(run.code, Some(0), "quarantined documents are no failure: {}", run.stderr);
    assert_eq!(left_behind(session)?, Vec::<String>::new(), "what outlives the ingest");
    assert_eq!(everything_but(&folder, &installation.data())?, before, "files outside the data folder");

    let ends = ends(&run)?;
    let mut wrong = Vec::new();
    for (path, Handed { name, reason }) in &files {
        let end = ends.get(path).map_or("nothing", String::as_str);
        if end != *reason {
            wrong.push(format!("{name}: {end} and not {reason}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");

    let ledger = installation.ledger()?;
    let count = |state: &str| ledger[state].as_u64().unwrap_or(0) as usize;
    let quarantined: u64 =
        ledger["quarantined"].as_object().into_iter().flatten().filter_map(|(_, count)| count.as_u64()).sum();
    let is_read = |handed: &&Handed| matches!(handed.reason, "read" | "read_in_part");
    let n_read = files.values().filter(is_read).count();
    let searchable = installation.json(["status"])?["index"]["resumes"].as_u64().unwrap_or(0) as usize;
    println!(
        "issued {} acked {} searchable {searchable} lost {} dup {} quarantined {quarantined} (expected {})",
        files.len(),
        ends.len(),
        files.len() - ends.len(),
        count("duplicate"),
        files.len() - n_read
    );
    assert_eq!(ends.len(), files.len());
    assert_eq!((count("received"), count("duplicate")), (files.len(), 0));
    assert_eq!((count("indexed"), searchable), (n_read, n_read));
    assert_eq!(quarantined as usize, files.len() - n_read);
    assert_eq!(found(&installation, "quartzite")?, good_names(), "all good resumes are found, and only they");

    // The same again, with a file that is one byte too large: it is told, and nothing else changes.
    File::create(folder.join("too large.pdf"))?.set_len((16 << 20) + 1)?;
    let again = installation.run(["ingest".as_ref(), folder.as_os_str()])?;
    assert_eq!(again.code, Some(7), "{}", again.stderr);
    assert_eq!(again.stdout.matches("\"not_taken\":\"too_large\"").count(), 1);
    assert_eq!(installation.ledger()?, ledger);
    Ok(())
}

/// Writes all files, hostile ones between good ones, and gives each with the path that it is told by.
fn hand_in(folder: &Path) -> Result<BTreeMap<String, Handed>> {
    let hostile: Vec<&Hostile> = hostile::BOUNDED.into_iter().chain([hostile::COSTLY]).flatten().collect();
    let mut files = BTreeMap::new();
    let mut add = |name: &OsStr, reason: &'static str, bytes: &[u8]| -> Result<()> {
        let path = folder.join(name);
        std::fs::write(&path, bytes).with_context(|| path.display().to_string())?;
        let handed = Handed { name: name.to_string_lossy().into_owned(), reason };
        // What begins with a dot is passed over.
        if !name.as_bytes().starts_with(b".") {
            files.insert(path.to_string_lossy().into_owned(), handed);
        }
        Ok(())
    };
    for (number, name) in good_names().iter().enumerate() {
        add(name.as_ref(), "read", &resume_pdf(number))?;
        if let Some(file) = hostile.get(number) {
            // Ingest goes by name: this one comes behind the good one of its number.
            add(format!("{number:03} hostile, {}.pdf", file.name).as_ref(), file.reason, &(file.make)())?;
        }
    }
    assert!(hostile.len() <= N_GOOD, "{} hostile files", hostile.len());
    for (number, name) in hostile::ODD_NAMES.iter().enumerate() {
        let text = format!("Ann Example, electrode engineer number {number}, coating and calendering");
        add(OsStr::from_bytes(name), "read", &bole_tests::text_pdf(&[&text]))?;
    }
    Ok(files)
}

fn good_names() -> BTreeSet<String> {
    (0..N_GOOD).map(|number| format!("{number:03} good.pdf")).collect()
}

/// Runs an ingest in a session of its own and gives the session, which its children share: `setsid` becomes it.
fn ingest(installation: &Installation, folder: &Path) -> Result<(u32, Run)> {
    let ingest = installation.command(["ingest".as_ref(), folder.as_os_str()])?;
    let mut command = Command::new("setsid");
    command.arg(ingest.get_program()).args(ingest.get_args()).env_clear();
    command.envs(ingest.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    // A busy machine takes longer than production may; processor time is bounded all the same.
    command.env("BOLE_READER_TIME", "5 min");
    if let Some(folder) = ingest.get_current_dir() {
        command.current_dir(folder);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn()?;
    let session = child.id();
    let output = child.wait_with_output()?;
    let run = Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout)?,
        stderr: String::from_utf8(output.stderr)?,
    };
    Ok((session, run))
}

/// The processes of a session that do not end by themselves: they have a while to do so, as a kill is not waited for.
fn left_behind(session: u32) -> Result<Vec<String>> {
    for _ in 0..100 {
        if processes_of(session)?.is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    processes_of(session)
}

/// The names of the living processes of a session.
fn processes_of(session: u32) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        // A process may end while it is looked at.
        let Ok(stat) = std::fs::read_to_string(entry?.path().join("stat")) else { continue };
        // The name may have spaces; behind it come state, parent, group and session.
        let Some((name, rest)) = stat.rsplit_once(')') else { continue };
        let fields: Vec<_> = rest.split_whitespace().take(4).collect();
        let is_alive = !matches!(fields.first(), Some(&("Z" | "X")));
        if is_alive && fields.get(3).and_then(|field| field.parse().ok()) == Some(session) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// All files beside and within `folder` with size and time of change, but for what lies in `data`.
fn everything_but(folder: &Path, data: &Path) -> Result<BTreeMap<PathBuf, (u64, SystemTime)>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.parent().context("the folder of the installation")?.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if !metadata.is_dir() {
                files.insert(entry.path(), (metadata.len(), metadata.modified()?));
            } else if entry.path() != data {
                folders.push(entry.path());
            }
        }
    }
    Ok(files)
}

/// The reason, or why it was not taken, by file.
fn ends(run: &Run) -> Result<BTreeMap<String, String>> {
    let mut ends = BTreeMap::new();
    for line in run.lines()?.iter().filter(|line| line.get("file").is_some()) {
        let text = |key: &str| line[key].as_str().map(str::to_owned);
        let end = text("reason").or_else(|| text("not_taken")).unwrap_or_default();
        let is_first = ends.insert(text("file").context("a file")?, end).is_none();
        assert!(is_first, "told twice: {line}");
    }
    Ok(ends)
}

/// The names of the files whose resumes a search finds.
fn found(installation: &Installation, query: &str) -> Result<BTreeSet<String>> {
    let report = installation.json(["search", query, "--top", "1000"])?;
    let hits = report["hits"].as_array().cloned().unwrap_or_default();
    let names: BTreeSet<_> = hits
        .iter()
        .filter_map(|hit| hit["source"].as_str())
        .map(|source| source.rsplit('/').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(report["n_found"], Value::from(names.len()));
    Ok(names)
}
