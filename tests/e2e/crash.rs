use std::time::Duration;

use anyhow::Result;
use bole_tests::{Installation, demo_resumes};

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
fn an_interrupt_ends_an_ingest_in_order() -> Result<()> {
    let installation = Installation::new()?;
    let resumes = demo_resumes();
    let mut ingest = installation.start(["ingest".as_ref(), resumes.as_os_str()])?;
    while !installation.data().exists() && ingest.try_wait()?.is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let id = ingest.id().to_string();
    std::process::Command::new("kill").args(["-TERM", &id]).status()?;
    let code = ingest.wait()?.code();
    // 0 if it was already through, 130 if it was interrupted; a signal's death would have no code.
    assert!(matches!(code, Some(0 | 130)), "{code:?}");
    installation.succeed(["ingest".as_ref(), resumes.as_os_str()])?;
    let ledger = installation.ledger()?;
    assert_eq!(ledger["received"], ledger["indexed"]);
    Ok(())
}
