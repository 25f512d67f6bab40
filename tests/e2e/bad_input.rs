use std::fs::File;
use std::process::Command;

use anyhow::Result;
use bole_tests::{Installation, Run, demo_resumes, text_pdf};

/// The program ended with `code` and told all of `words`.
#[track_caller]
pub(crate) fn assert_told(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, Some(code), "{}{}", run.stdout, run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "`{word}` is missing in: {}", run.stderr);
    }
}

#[test]
fn paths_that_cannot_be_taken_are_named() -> Result<()> {
    let installation = Installation::new()?;
    assert_told(&installation.run(["ingest", "/no/such/path"])?, 7, &["/no/such/path", "cannot be read"]);
    let empty = installation.files()?;
    assert_told(&installation.run(["ingest".as_ref(), empty.as_os_str()])?, 7, &["there are no files"]);
    let good = installation.write("a.pdf", &text_pdf(&["Ann Example", "Accountant, audit and tax"]))?;
    let run = installation.run(["ingest".as_ref(), good.as_os_str(), "/no/such/path".as_ref()])?;
    assert_told(&run, 7, &["/no/such/path"]);
    assert_eq!(installation.ledger()?["indexed"], 1, "the good one is in");
    Ok(())
}

#[test]
fn a_file_over_the_limit_is_not_taken_and_told() -> Result<()> {
    let installation = Installation::new()?;
    let path = installation.files()?.join("huge.pdf");
    File::create(&path)?.set_len((16 << 20) + 1)?;
    let run = installation.run(["ingest".as_ref(), path.as_os_str()])?;
    assert_eq!(run.code, Some(7));
    assert!(run.stdout.contains("too_large"), "{}", run.stdout);
    Ok(())
}

#[test]
fn without_data_every_question_says_what_to_do_first() -> Result<()> {
    let installation = Installation::new()?;
    for arguments in
        [&["match", "finance"][..], &["search", "x"], &["status"], &["show", "12345678"], &["reindex"]]
    {
        assert_told(&installation.run(arguments)?, 4, &["bole ingest"]);
    }
    assert!(!installation.data().exists(), "asking makes no folder");
    Ok(())
}

#[test]
fn unknown_names_are_told_with_what_there_is() -> Result<()> {
    let installation = Installation::new()?;
    let path = installation.write("a.pdf", &text_pdf(&["Ann Example", "Accountant, audit and tax"]))?;
    installation.succeed(["ingest".as_ref(), path.as_os_str()])?;
    assert_told(&installation.run(["match", "gold"])?, 2, &["gold", "aerospace, energy-storage, finance"]);
    assert_told(&installation.run(["show", "00000000"])?, 4, &["00000000", "8 hex digits"]);
    assert_told(&installation.run(["match", "finance", "--threads", "x"])?, 2, &["--threads"]);
    assert_told(&installation.run(["match"])?, 2, &["PROFILE"]);
    Ok(())
}

#[test]
fn hostile_queries_are_refused_with_a_reason() -> Result<()> {
    let installation = Installation::new()?;
    let path = installation.write("a.pdf", &text_pdf(&["Ann Example", "Accountant, audit and tax"]))?;
    installation.succeed(["ingest".as_ref(), path.as_os_str()])?;
    let nested = "(".repeat(1000) + "audit" + &")".repeat(1000);
    let deep = "(".repeat(20) + "audit" + &")".repeat(20);
    let many = vec!["audit"; 40].join(" ");
    for (query, word) in [
        (nested.as_str(), "512"),
        (&deep, "16"),
        (&many, "32"),
        ("shoe:42", "the fields are"),
        ("NOT", "NOT"),
    ] {
        assert_told(&installation.run(["search", query])?, 2, &[word]);
    }
    assert_eq!(installation.json(["search", "audit"])?["n_found"], 1);
    Ok(())
}

#[test]
fn every_mistake_of_a_profile_is_told_at_once() -> Result<()> {
    let installation = Installation::new()?;
    let profile = r#"field = "finance"
name_zh = "金融"
name_en = "Finance"
colour = "red"

[[groups]]
id = "core"
name_zh = "核心"
name_en = "Core"
weight = 0
concepts = ["bankingg", "no-such-thing-at-all"]
"#;
    let path = installation.write("wrong.toml", profile.as_bytes())?;
    let run = installation.run(["profile".as_ref(), "check".as_ref(), path.as_os_str()])?;
    let told = [
        "wrong.toml:4",
        "colour",
        "wrong.toml:10",
        "weight",
        "wrong.toml:11",
        "bankingg",
        "no-such-thing-at-all",
    ];
    assert_told(&run, 3, &told);
    Ok(())
}

#[test]
fn every_mistake_of_the_configuration_is_told_at_once() -> Result<()> {
    let installation = Installation::new()?;
    installation.write("bole.toml", b"[reader]\nprocesses = -1\nmemry = \"1 GiB\"\n")?;
    let folder = installation.files()?;
    let run =
        installation.run(["config".as_ref(), "check".as_ref(), "--config".as_ref(), folder.as_os_str()])?;
    assert_told(&run, 3, &["bole.toml:2", "reader.processes", "bole.toml:3", "memry", "memory"]);
    installation.write("profiles/wrong.toml", b"field = \"finance\"\ncolour = 1\n")?;
    let mut command = installation.command([
        "config".as_ref(),
        "check".as_ref(),
        "--config".as_ref(),
        folder.as_os_str(),
    ])?;
    let run = Run::of(command.env("BOLE_RAEDER_TIME", "1 s"))?;
    assert_told(&run, 3, &["memry", "colour", "BOLE_RAEDER_TIME", "BOLE_READER_TIME"]);
    std::fs::remove_dir_all(folder.join("profiles"))?;
    installation.write("bole.toml", b"[reader]\nprocesses = 3\n")?;
    let run = installation.succeed([
        "config".as_ref(),
        "show".as_ref(),
        "--config".as_ref(),
        folder.as_os_str(),
    ])?;
    assert!(run.stdout.contains("processes = 3"), "{}", run.stdout);
    Ok(())
}

#[test]
fn a_second_follower_is_told_who_has_the_index() -> Result<()> {
    let installation = Installation::new()?;
    let path = installation.write("a.pdf", &text_pdf(&["Ann Example", "Accountant, audit and tax"]))?;
    installation.succeed(["ingest".as_ref(), path.as_os_str()])?;
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(installation.data().join("index/.tantivy-writer.lock"))?;
    lock.try_lock()?;
    assert_told(&installation.run(["reindex"])?, 5, &["another", "index"]);
    assert_eq!(installation.json(["search", "audit"])?["n_found"], 1, "searching goes on");
    drop(lock);
    installation.succeed(["reindex"])?;
    Ok(())
}

#[test]
fn a_full_disk_loses_nothing() -> Result<()> {
    let installation = Installation::new()?;
    let disk = installation.files()?.join("disk");
    std::fs::create_dir_all(&disk)?;
    // A disk of two megabytes that exists for this one process.
    let script = "mount -t tmpfs -o size=2m bole \"$2\" && \"$1\" ingest \"$3\" --data \"$2/data\"; code=$?; \
                  umount \"$2\" 2>/dev/null; exit $code";
    let program = installation.command(["x"])?.get_program().to_owned();
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    unshare.arg(program).arg(&disk).arg(demo_resumes());
    let run = Run::of(&mut unshare)?;
    assert_told(&run, 6, &["disk", "full"]);
    Ok(())
}
