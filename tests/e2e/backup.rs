//! Backups: made while a server is at work, checked, and restored to where nothing is.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bole_tests::{
    Backends, Installation, Pipeline, Program, Run, Submission, TestBucket, demo_resumes, image_only_pdf,
    is_final, load, text_pdf, until,
};
use serde_json::Value;

/// Three matches, with overrides and filters.
const MATCHES: [&[&str]; 3] = [
    &["match", "energy-storage", "--weight", "titles=3", "--top", "12"],
    &["match", "aerospace", "--where", "language:chinese", "--where", "degree:master OR degree:doctor"],
    &["match", "finance", "--gate", "field=off", "--where", "(audit OR 审计 OR 银行)"],
];
const POSTGRES: Backends = Backends { rabbitmq: false, postgres: true };

/// What the matches print, as JSON.
fn matches(installation: &Installation) -> Result<Vec<String>> {
    let print =
        |arguments: &&[&str]| Ok(installation.succeed(arguments.iter().chain(&["--format", "json"]))?.stdout);
    MATCHES.iter().map(print).collect()
}

/// Tells matches of before again, and wants the same bytes.
fn check_replays(installation: &Installation, printed: &[String]) -> Result<()> {
    for before in printed {
        let run = serde_json::from_str::<Value>(before)?["run"].as_str().context("a run")?.to_owned();
        let again = installation.succeed(["replay", &run, "--format", "json"])?.stdout;
        ensure!(again == *before, "{again}\nbefore:\n{before}");
    }
    Ok(())
}

/// Wants it noted that everything was copied, and that this is a copy.
fn check_audit(installation: &Installation, path: &Path) -> Result<()> {
    let entries = installation.json(["audit", "list", "--last", "1000"])?;
    let entries = entries.as_array().context("entries")?.iter();
    let noted = entries.map(|entry| &entry["record"]);
    let noted = noted.filter(|record| record["action"] == "backup").map(|record| record["subject"].as_str());
    let noted: Vec<_> = noted.map(Option::unwrap_or_default).collect();
    let (made, restored) =
        (format!("begun at {}", path.display()), format!("restored from {}", path.display()));
    ensure!(noted.len() == 2 && noted[0].starts_with(&restored) && noted[1] == made, "{noted:?}");
    installation.succeed(["audit", "verify"]).map(drop)
}

fn backup(installation: &Installation, command: &str, path: &Path) -> Result<Value> {
    installation.json(["backup".as_ref(), command.as_ref(), path.as_os_str()])
}

/// Where a backup of an installation is made.
fn place(installation: &Installation, name: &str) -> Result<PathBuf> {
    Ok(installation.files()?.join(name))
}

/// An installation with the thirty resumes of the demo.
fn with_demo(backends: Backends) -> Result<Installation> {
    let installation = Installation::on(backends)?;
    installation.succeed([
        "ingest".as_ref(),
        demo_resumes().as_os_str(),
        "--document-date".as_ref(),
        "2026-10-01".as_ref(),
    ])?;
    Ok(installation)
}

/// Sends all again and again until each is decided, and wants one outcome of each.
fn settle(server: &Program, submissions: &[Submission]) -> Result<()> {
    for submission in submissions {
        until("acknowledgement", || Ok(matches!(submission.post(server)?.status, 200 | 202).then_some(())))?;
    }
    for submission in submissions {
        let outcome = submission.outcome(server)?;
        ensure!(outcome["reason"] == submission.reason, "{outcome}");
        let timeline = outcome["timeline"].as_array().context("a timeline")?;
        let n_ends = timeline.iter().filter(|change| is_final(&change["state"])).count();
        ensure!(n_ends == 1, "{outcome}");
    }
    Ok(())
}

/// Backs up while a server takes in what a portal sends, restores elsewhere, and goes on there.
fn goes_on_elsewhere(backends: Backends) -> Result<()> {
    let pipeline = Pipeline::new(backends, &["web"])?;
    let installation = &pipeline.installation;
    let mut server = pipeline.serve(&[])?;
    installation.succeed(["ingest".as_ref(), demo_resumes().as_os_str()])?;
    let printed = matches(installation)?;
    let submissions = load("web", 0..160);
    let (early, late) = submissions.split_at(80);
    let path = place(installation, "under-load")?;
    let made = std::thread::scope(|scope| {
        let sending = scope.spawn(|| {
            for submission in early.iter().chain(late) {
                let status = submission.post(&server)?.status;
                ensure!(status == 202, "{status}");
            }
            Ok(())
        });
        // In the middle of it.
        until("load", || Ok((server.metric("bole_submissions_total")? > 70.0).then_some(())))?;
        let made = backup(installation, "create", &path);
        sending.join().map_err(|_| anyhow::anyhow!("the portal panicked"))??;
        made
    })?;
    let (n_rows, n_in_flight) =
        (&made["rows"]["submission"], made["n_in_flight"].as_u64().context("a count")?);
    assert!(n_rows.as_u64().is_some_and(|n_rows| n_rows >= 30 + 40), "{made}");
    let verdict = backup(installation, "check", &path)?;
    assert_eq!((&verdict["is_sound"], &verdict["manifest"]), (&true.into(), &made));
    // Whoever was served goes on.
    settle(&server, &submissions)?;
    assert_eq!(installation.json(["status"])?["law_holds"], true);
    assert_eq!(server.stop()?, Some(0));

    let elsewhere = Pipeline::new(backends, &[])?;
    let restored = backup(&elsewhere.installation, "restore", &path)?;
    assert_eq!(restored["n_in_flight"], n_in_flight);
    if backends.rabbitmq {
        assert_eq!(restored["n_messages"], Value::Null);
        assert_eq!(restored["n_to_send_again"], n_in_flight);
    } else {
        assert!(restored["n_messages"].as_u64() >= Some(n_in_flight), "{restored}");
    }
    check_replays(&elsewhere.installation, &printed)?;
    check_audit(&elsewhere.installation, &path)?;
    let status = elsewhere.installation.json(["status"])?;
    assert_eq!(status["law_holds"], true, "{status}");
    // The portal's key came along, and so did the portal.
    let key = installation.keys().bearer("web").trim_start_matches("Bearer ").to_owned();
    elsewhere.installation.keys().keep("web", &key);
    let mut server = elsewhere.serve(&[])?;
    if !backends.rabbitmq {
        // What was in flight is decided without being sent again.
        let decided = || {
            let status = elsewhere.installation.json(["status"])?;
            Ok((status["total"]["queued"] == 0).then_some(()))
        };
        until("end of what was in flight", decided)?;
    }
    settle(&server, &submissions)?;
    let status = elsewhere.installation.json(["status"])?;
    assert_eq!((&status["law_holds"], &status["total"]["received"]), (&true.into(), &(30 + 160).into()));
    let n_read = 30 + submissions.iter().filter(|it| it.reason == "read").count();
    until("searchable resume for each", || {
        Ok((server.metric("bole_searchable_resumes")? as usize == n_read).then_some(()))
    })?;
    assert_eq!(server.stop()?, Some(0));
    Ok(())
}

#[test]
fn a_backup_under_load_goes_on_elsewhere() -> Result<()> {
    goes_on_elsewhere(Backends::LOCAL)
}

#[test]
fn a_backup_under_load_goes_on_elsewhere_on_servers() -> Result<()> {
    goes_on_elsewhere(Backends::BOTH)
}

#[test]
fn a_store_moves_to_a_server_and_back() -> Result<()> {
    let laptop = with_demo(Backends::LOCAL)?;
    let key = laptop.key(&["ops"])?;
    let printed = matches(&laptop)?;
    let path = place(&laptop, "laptop")?;
    let first = backup(&laptop, "create", &path)?;
    assert_eq!((&first["store"], &first["n_messages"]), (&"sqlite".into(), &0.into()));

    let city = Installation::on(POSTGRES)?;
    backup(&city, "restore", &path)?;
    assert_eq!(matches(&city)?, printed);
    check_replays(&city, &printed)?;
    let path = place(&city, "city")?;
    let second = backup(&city, "create", &path)?;
    let mut rows = first["rows"].clone();
    // That it was restored, and copied again.
    rows["audit"] = (rows["audit"].as_u64().context("a count")? + 2).into();
    assert_eq!((&second["store"], &second["rows"]), (&"postgresql".into(), &rows));
    assert_ne!(second["history"], first["history"], "what was restored is another history");

    let back = Installation::new()?;
    backup(&back, "restore", &path)?;
    assert_eq!(matches(&back)?, printed);
    check_replays(&back, &printed)?;
    let keys = back.json(["key", "list"])?;
    assert!(key.contains(keys[0]["id"].as_str().context("an id")?), "{keys}");
    let resume = demo_resumes().join("finance-quant-jiang.pdf");
    let name = resume.to_str().context("a path")?;
    assert_eq!(back.json(["show", name])?["document"], laptop.json(["show", name])?["document"]);
    // And both go on by themselves.
    back.succeed(["ingest".as_ref(), back.write("new.pdf", &bole_tests::resume_pdf(1))?.as_os_str()])?;
    assert_eq!(back.ledger()?["indexed"], 31);
    Ok(())
}

#[test]
fn what_is_no_whole_backup_is_told_and_not_restored() -> Result<()> {
    let installation = with_demo(Backends::LOCAL)?;
    let whole = place(&installation, "whole")?;
    backup(&installation, "create", &whole)?;
    let again = installation.run(["backup".as_ref(), "create".as_ref(), whole.as_os_str()])?;
    assert_eq!(again.code, Some(7), "{}", again.stderr);
    assert!(again.stderr.contains("is there already"), "{}", again.stderr);

    let damaged = |name: &str, damage: &dyn Fn(&Path) -> Result<()>, told: &str| -> Result<()> {
        let path = place(&installation, name)?;
        fs::create_dir(&path)?;
        for entry in fs::read_dir(&whole)? {
            let entry = entry?;
            fs::copy(entry.path(), path.join(entry.file_name()))?;
        }
        damage(&path)?;
        let checked = installation.run(["backup".as_ref(), "check".as_ref(), path.as_os_str()])?;
        ensure!(checked.code == Some(9), "{name}: {checked:?}");
        let verdict: Value = serde_json::from_str(&checked.stdout)?;
        ensure!(verdict["is_sound"] == false, "{name}: {verdict}");
        ensure!(verdict["problems"][0].as_str().is_some_and(|it| it.contains(told)), "{name}: {verdict}");
        let empty = Installation::new()?;
        let restored = empty.run(["backup".as_ref(), "restore".as_ref(), path.as_os_str()])?;
        ensure!(restored.code == Some(7) && restored.stderr.contains(told), "{name}: {restored:?}");
        ensure!(!empty.data().join("store.sqlite").exists(), "{name}");
        Ok(())
    };
    let alter = |path: &Path, at: usize| -> Result<()> {
        let mut bytes = fs::read(path)?;
        *bytes.get_mut(at).context("so many bytes")? ^= 1;
        Ok(fs::write(path, bytes)?)
    };
    let edit = |path: &Path, from: &str, to: &str| -> Result<()> {
        let manifest = path.join("manifest.json");
        let text = fs::read_to_string(&manifest)?;
        ensure!(text.contains(from), "{text}");
        Ok(fs::write(manifest, text.replacen(from, to, 1))?)
    };
    damaged("a", &|path| alter(&path.join("store.sqlite"), 300_000), "SHA-256")?;
    damaged("b", &|path| alter(&path.join("queue.sqlite"), 9000), "SHA-256")?;
    let cut =
        |path: &Path| Ok(fs::File::options().write(true).open(path.join("store.sqlite"))?.set_len(65_536)?);
    damaged("c", &cut, "bytes")?;
    damaged("d", &|path| Ok(fs::remove_file(path.join("queue.sqlite"))?), "missing")?;
    damaged("e.partial", &|path| Ok(fs::remove_file(path.join("manifest.json"))?), "never finished")?;
    damaged("f", &|path| Ok(fs::remove_file(path.join("manifest.json"))?), "no manifest")?;
    damaged("g", &|path| Ok(fs::write(path.join("manifest.json"), "{")?), "manifest.json is damaged")?;
    damaged("h", &|path| edit(path, "\"format\": 1", "\"format\": 2"), "newer bole")?;
    damaged("i", &|path| edit(path, "\"submission\": 30", "\"submission\": 31"), "31 when")?;
    let nothing = installation.run(["backup", "check", "nowhere"])?;
    assert_eq!(nothing.code, Some(9), "{nothing:?}");

    // Nobody works in a backup, not even to look.
    for command in ["status", "doctor", "audit", "serve"] {
        let mut arguments: Vec<&OsStr> = vec!["--data".as_ref(), whole.as_os_str(), command.as_ref()];
        arguments.extend((command == "audit").then_some(OsStr::new("verify")));
        let refused = installation.run(arguments)?;
        assert!(refused.code == Some(2) && refused.stderr.contains("is a backup"), "{command}: {refused:?}");
    }
    assert_eq!(backup(&installation, "check", &whole)?["is_sound"], true);

    // A store that has something is left as it is, and so is one that somebody works with.
    let before = matches(&installation)?;
    let refused = installation.run(["backup".as_ref(), "restore".as_ref(), whole.as_os_str()])?;
    assert!(refused.code == Some(7) && refused.stderr.contains("not empty"), "{refused:?}");
    assert_eq!(matches(&installation)?, before);
    let pipeline = Pipeline::new(Backends::LOCAL, &[])?;
    let mut server = pipeline.serve(&[])?;
    // It holds its locks by then.
    server.wait_until_ready()?;
    let refused = pipeline.installation.run(["backup".as_ref(), "restore".as_ref(), whole.as_os_str()])?;
    assert!(refused.code == Some(5) && refused.stderr.contains("stop it"), "{refused:?}");
    assert_eq!(server.stop()?, Some(0));
    // What a server that merely ran has noted is no reason.
    backup(&pipeline.installation, "restore", &whole)?;
    assert_eq!(matches(&pipeline.installation)?, before);
    Ok(())
}

#[test]
fn originals_move_into_a_bucket_and_out_of_it() -> Result<()> {
    let scan = image_only_pdf();
    let laptop = Installation::new()?;
    laptop.write("in/scan.pdf", &scan)?;
    laptop.write(
        "in/ann.pdf",
        &text_pdf(&["Ann Example", "ann@example.org", "Accountant: audit and tax, 2015-2024"]),
    )?;
    laptop.run(["ingest".as_ref(), laptop.files()?.join("in").as_os_str()])?;
    let set_aside = laptop.json(["quarantine", "list"])?;
    let id = format!("local/{}", set_aside[0]["id"].as_str().context("a submission")?);
    let original = |installation: &Installation| {
        let file = installation.files()?.join("original.pdf");
        installation.succeed(["quarantine", "show", &id, "--original", &file.to_string_lossy()])?;
        Ok::<_, anyhow::Error>(fs::read(file)?)
    };
    let kept =
        |made: &Value| (made["originals"]["n_inside"].as_u64(), made["originals"]["n_outside"].as_u64());
    let path = place(&laptop, "laptop")?;
    assert_eq!(kept(&backup(&laptop, "create", &path)?), (Some(2), Some(0)));

    let city = Installation::on(POSTGRES)?.with_bucket(&TestBucket::new()?);
    assert_eq!(backup(&city, "restore", &path)?["n_originals_moved"], 2);
    assert_eq!(original(&city)?, scan);
    assert_eq!(kept(&backup(&city, "create", &place(&city, "without")?)?), (Some(0), Some(2)));
    let path = place(&city, "with")?;
    let made = city.json(["backup".as_ref(), "create".as_ref(), "--originals".as_ref(), path.as_os_str()])?;
    assert_eq!(kept(&made), (Some(2), Some(0)));

    let back = Installation::new()?;
    assert_eq!(backup(&back, "restore", &path)?["n_originals_moved"], 0);
    assert_eq!(original(&back)?, scan);
    Ok(())
}

#[test]
fn a_full_disk_leaves_nothing_of_a_backup() -> Result<()> {
    let pipeline = Pipeline::new(Backends::LOCAL, &["web"])?;
    let installation = &pipeline.installation;
    installation.succeed(["ingest".as_ref(), demo_resumes().as_os_str()])?;
    let mut server = pipeline.serve(&[])?;
    let disk = installation.files()?.join("disk");
    fs::create_dir(&disk)?;
    let script = "mount -t tmpfs -o size=1m bole \"$2\" && { \"$1\" backup create \"$2/backup\"; code=$?; \
                  ls -A \"$2\"; exit $code; }";
    let command = installation.command(["x"])?;
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    unshare.arg(command.get_program()).arg(&disk).env_clear();
    unshare.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("BOLE_DATA", installation.data());
    let run = Run::of(&mut unshare)?;
    assert_eq!((run.code, run.stdout.as_str()), (Some(6), ""), "{}", run.stderr);
    assert!(run.stderr.contains("is full: free some space"), "{}", run.stderr);
    settle(&server, &load("web", 0..5))?;
    assert_eq!(server.stop()?, Some(0));
    backup(installation, "create", &disk.join("backup"))?;
    Ok(())
}

/// Killed at any moment, a backup is whole or none, and a store that is being restored is whole or empty.
#[test]
fn whoever_is_killed_leaves_nothing_half_done() -> Result<()> {
    let installation = with_demo(Backends::LOCAL)?;
    let printed = matches(&installation)?;
    let path = place(&installation, "backup")?;
    let kill_after = |installation: &Installation, command: &str, delay: u64| -> Result<bool> {
        let mut command = installation.command(["backup".as_ref(), command.as_ref(), path.as_os_str()])?;
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        std::thread::sleep(Duration::from_millis(delay));
        let is_killed = child.try_wait()?.is_none();
        child.kill()?;
        child.wait()?;
        Ok(is_killed)
    };
    let (mut n_killed, mut n_partial) = (0, 0);
    for delay in [10, 30, 60, 100, 150, 220, 300, 400] {
        n_killed += u32::from(kill_after(&installation, "create", delay)?);
        n_partial += u32::from(place(&installation, "backup.partial")?.exists());
        if path.exists() {
            backup(&installation, "check", &path)?;
            fs::remove_dir_all(&path)?;
        }
    }
    assert!(n_killed > 0 && n_partial > 0, "the kills came at the wrong moments: {n_killed}, {n_partial}");
    backup(&installation, "create", &path)?;
    assert!(!place(&installation, "backup.partial")?.exists());

    for backends in [Backends::LOCAL, POSTGRES] {
        let target = Installation::on(backends)?;
        let mut n_killed = 0;
        for delay in [10, 40, 80, 140, 200, 280, 380, 500] {
            n_killed += u32::from(kill_after(&target, "restore", delay)?);
            let n_received = if target.data().join("store.sqlite").exists() || backends.postgres {
                target.json(["status"])?["total"]["received"].as_u64().context("a count")?
            } else {
                0
            };
            ensure!(matches!(n_received, 0 | 30), "{n_received} were restored");
            if n_received == 30 {
                break;
            }
        }
        assert!(n_killed > 0, "the kills came too late to test anything");
        // The server may not have noticed yet that the last one is gone.
        let last = until("a restore that nobody is in the way of", || {
            let run = target.run(["backup".as_ref(), "restore".as_ref(), path.as_os_str()])?;
            Ok((run.code != Some(5)).then_some(run))
        })?;
        ensure!(last.code == Some(0) || last.stderr.contains("not empty"), "{last:?}");
        assert_eq!(matches(&target)?, printed);
        assert!(!target.data().join("restoring/store.sqlite").exists(), "a copy of everybody is left behind");
    }
    Ok(())
}
