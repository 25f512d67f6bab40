use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use bole_tests::{Installation, demo_resumes, text_pdf};

/// Milliseconds after which the ingest is killed: spread over its start, its work and its end.
const KILLED_AFTER_MS: [u64; 10] = [5, 40, 90, 150, 220, 300, 400, 550, 750, 1000];

#[test]
fn nothing_is_lost_or_counted_twice_when_killed_at_any_moment() -> Result<()> {
    let installation = Installation::new()?;
    let resumes = demo_resumes();
    let n_files = std::fs::read_dir(&resumes)?.count() as u64;
    let mut n_killed = 0;
    for delay in KILLED_AFTER_MS {
        let mut ingest = installation.start(["ingest".as_ref(), resumes.as_os_str()])?;
        std::thread::sleep(Duration::from_millis(delay));
        if ingest.try_wait()?.is_none() {
            n_killed += 1;
        }
        ingest.kill()?;
        ingest.wait()?;
        if installation.data().join("store.sqlite").exists() {
            // `status` checks the law; what was not yet noted may come later.
            let ledger = installation.json(["status"])?;
            assert_eq!(ledger["law_holds"], true, "{ledger}");
            let received = ledger["ledger"]["local"]["received"].as_u64().unwrap_or(0);
            assert!(received <= n_files, "{received} of {n_files}");
            let held: u64 =
                ledger["queue"].as_array().into_iter().flatten().filter_map(|it| it["ready"].as_u64()).sum();
            assert!(held <= 2 * n_files, "{held} messages for {n_files} files: the queue fills with copies");
        }
    }
    assert!(n_killed > 0, "the kills came too late to test anything");
    installation.succeed(["ingest".as_ref(), resumes.as_os_str()])?;
    let ledger = installation.ledger()?;
    assert_eq!((&ledger["received"], &ledger["indexed"]), (&n_files.into(), &n_files.into()));
    let status = installation.json(["status"])?;
    assert_eq!(status["index"]["resumes"], n_files);
    assert_eq!(status["queue"].as_array().map_or(0, Vec::len), 0, "{status}");
    Ok(())
}

#[test]
fn a_lost_queue_heals_by_the_same_command() -> Result<()> {
    let installation = Installation::new()?;
    let resumes = demo_resumes();
    let mut ingest = installation.start(["ingest".as_ref(), resumes.as_os_str()])?;
    // Killed when something is in flight.
    loop {
        let status = installation.run(["status"])?;
        let in_flight = status.stdout.contains("\"queued\": ") && !status.stdout.contains("\"queued\": 0");
        if in_flight || ingest.try_wait()?.is_some() {
            break;
        }
    }
    ingest.kill()?;
    ingest.wait()?;
    for name in ["queue.sqlite", "queue.sqlite-wal", "queue.sqlite-shm"] {
        std::fs::remove_file(installation.data().join(name)).ok();
    }
    installation.succeed(["ingest".as_ref(), resumes.as_os_str()])?;
    let ledger = installation.ledger()?;
    assert_eq!((&ledger["queued"], &ledger["received"]), (&0.into(), &ledger["indexed"]));
    Ok(())
}

#[test]
fn an_interrupt_ends_an_ingest_in_order() -> Result<()> {
    let installation = Installation::new()?;
    let files = installation.files()?;
    for number in 0..400 {
        let line = format!("Accountant number {number}, audit and tax");
        installation.write(&format!("{number}.pdf"), &text_pdf(&["Ann Example", &line]))?;
    }
    let mut command = installation.command(["ingest".as_ref(), files.as_os_str()])?;
    let mut ingest = command.stdout(Stdio::piped()).spawn()?;
    // The first outcome: it is in the middle of its work.
    let mut lines = BufReader::new(ingest.stdout.take().context("its output")?).lines();
    let first = lines.next().context("a first outcome")??;
    assert!(first.contains("indexed"), "{first}");
    Command::new("kill").args(["-TERM", &ingest.id().to_string()]).status()?;
    let told = 1 + lines.map_while(Result::ok).filter(|line| line.contains("\"file\"")).count();
    assert_eq!(ingest.wait()?.code(), Some(130));
    let ledger = installation.ledger()?;
    assert_eq!(ledger["indexed"], told, "what was committed was told");
    installation.succeed(["ingest".as_ref(), files.as_os_str()])?;
    assert_eq!(installation.ledger()?["indexed"], 400);
    Ok(())
}

#[test]
fn a_restored_store_is_searched_as_it_is() -> Result<()> {
    let installation = Installation::new()?;
    let resume =
        |name: &str, word: &str| installation.write(name, &text_pdf(&["Ann Example", "Accountant", word]));
    let (first, second, third) =
        (resume("1.pdf", "quartz")?, resume("2.pdf", "basalt")?, resume("3.pdf", "marble")?);
    let (data, backup) = (installation.data(), installation.files()?.join("backup"));
    // A store at rest is its file and its log.
    let copy_store = |from: &Path, to: &Path| -> Result<()> {
        std::fs::create_dir_all(to)?;
        for name in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm"] {
            std::fs::remove_file(to.join(name)).ok();
            if from.join(name).exists() {
                std::fs::copy(from.join(name), to.join(name))?;
            }
        }
        Ok(())
    };
    installation.succeed(["ingest".as_ref(), first.as_os_str()])?;
    copy_store(&data, &backup)?;
    installation.succeed(["ingest".as_ref(), second.as_os_str()])?;
    copy_store(&backup, &data)?;
    assert_eq!(installation.json(["search", "basalt"])?["n_found"], 0, "it is not in the backup");
    installation.succeed(["ingest".as_ref(), third.as_os_str()])?;
    assert_eq!(installation.json(["search", "quartz OR marble"])?["n_found"], 2);
    Ok(())
}
