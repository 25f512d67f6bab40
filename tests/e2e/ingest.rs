use std::collections::BTreeMap;

use anyhow::Result;
use bole_tests::{Installation, Run, demo_resumes, image_only_pdf, text_pdf};
use serde_json::Value;

/// How many files ended how: state and reason.
fn outcomes(run: &Run) -> Result<BTreeMap<String, usize>> {
    let mut counts = BTreeMap::new();
    for line in run.lines()?.iter().filter(|line| line.get("file").is_some()) {
        let text = |key: &str| line[key].as_str().unwrap_or("none").to_owned();
        *counts.entry(format!("{} {}", text("state"), text("reason"))).or_default() += 1;
    }
    Ok(counts)
}

fn documents(run: &Run) -> Result<Vec<Value>> {
    Ok(run.lines()?.iter().filter_map(|line| line.get("resume").cloned()).collect())
}

#[test]
fn the_same_folder_again_changes_nothing_and_copies_are_duplicates() -> Result<()> {
    let installation = Installation::new()?;
    let resumes = demo_resumes();
    let first = installation.succeed(["ingest".as_ref(), resumes.as_os_str()])?;
    let n_files = documents(&first)?.len();
    assert!(n_files >= 24, "{n_files} files");
    let ledger = installation.ledger()?;
    assert_eq!(ledger["received"], n_files);
    assert_eq!(ledger["indexed"], n_files, "every demo resume is read: {}", first.stdout);

    let again = installation.succeed(["ingest".as_ref(), resumes.as_os_str()])?;
    let lines = again.lines()?;
    let files: Vec<_> = lines.iter().filter(|line| line.get("file").is_some()).collect();
    assert_eq!(files.len(), n_files);
    assert!(files.iter().all(|line| line["already_received"] == true && line["state"] == "indexed"));
    assert_eq!(installation.ledger()?, ledger);

    let copies = installation.files()?.join("copies");
    std::fs::create_dir_all(&copies)?;
    for entry in std::fs::read_dir(&resumes)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        std::fs::copy(&path, copies.join(format!("copy of {name}")))?;
    }
    let copied = installation.succeed(["ingest".as_ref(), copies.as_os_str()])?;
    assert_eq!(outcomes(&copied)?, BTreeMap::from([("duplicate same_content".to_owned(), n_files)]));
    let ledger = installation.ledger()?;
    assert_eq!((&ledger["indexed"], &ledger["duplicate"]), (&n_files.into(), &n_files.into()));
    let status = installation.json(["status"])?;
    assert_eq!(status["index"]["resumes"], n_files, "nothing is indexed twice");
    Ok(())
}

#[test]
fn what_is_no_resume_is_set_aside_with_its_reason() -> Result<()> {
    let installation = Installation::new()?;
    let encrypted = include_bytes!("../fixtures/password.pdf");
    let files: [(&str, &[u8], &str); 7] = [
        (
            "good.pdf",
            &text_pdf(&["Ann Example", "Battery engineer", "Skills: solid-state battery, BMS"]),
            "indexed read",
        ),
        ("scan.pdf", &image_only_pdf(), "quarantined no_text"),
        ("locked.pdf", encrypted, "quarantined encrypted"),
        ("letter.docx", b"PK\x03\x04 word/document.xml", "quarantined unsupported_type"),
        ("noise.bin", &[7; 4096], "quarantined not_a_document"),
        ("empty.pdf", b"", "quarantined bad_message"),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Cata", "quarantined not_a_document"),
    ];
    for (name, bytes, _) in &files {
        installation.write(name, bytes)?;
    }
    let folder = installation.files()?;
    let run = installation.succeed(["ingest".as_ref(), folder.as_os_str()])?;
    let lines = run.lines()?;
    for (name, _, expected) in files {
        let line = lines.iter().find(|line| line["file"].as_str().is_some_and(|file| file.ends_with(name)));
        let line = line.unwrap_or(&Value::Null);
        let found =
            format!("{} {}", line["state"].as_str().unwrap_or(""), line["reason"].as_str().unwrap_or(""));
        assert_eq!(found, expected, "{name}: {line}");
        assert!(line["advice"].as_str().is_some_and(|advice| !advice.is_empty()), "{name}");
    }
    assert_eq!(installation.ledger()?["received"], 7);
    let report = installation.json(["match", "finance"])?;
    let census = &report["census"];
    assert_eq!(census["unreadable"]["no_text"], 1);
    let unreadable: u64 =
        census["unreadable"].as_object().into_iter().flatten().filter_map(|(_, n)| n.as_u64()).sum();
    assert_eq!(census["people"].as_u64(), Some(unreadable + census["ranked"].as_u64().unwrap_or(0)));
    Ok(())
}

#[test]
fn a_second_ingest_submits_and_waits_for_the_worker_that_runs() -> Result<()> {
    let installation = Installation::new()?;
    let resumes = demo_resumes();
    let mut first = installation.start(["ingest".as_ref(), resumes.as_os_str()])?;
    let second = installation.succeed(["ingest".as_ref(), resumes.as_os_str()])?;
    assert!(first.wait()?.success());
    let lines = second.lines()?;
    let files: Vec<_> = lines.iter().filter(|line| line.get("file").is_some()).collect();
    assert!(files.iter().all(|line| line["state"] == "indexed"), "{}", second.stdout);
    assert_eq!(installation.ledger()?["received"], files.len());
    Ok(())
}

#[test]
fn what_was_read_can_be_shown_without_storing_it() -> Result<()> {
    let installation = Installation::new()?;
    let path =
        installation.write("a/b.pdf", &text_pdf(&["Ann Example", "Works with sodium-ion batteries"]))?;
    let to = installation.files()?.join("texts");
    installation.succeed(["extract".as_ref(), path.as_os_str(), "--to".as_ref(), to.as_os_str()])?;
    let name = format!("{}.txt", path.to_string_lossy().replace('/', "_"));
    assert!(std::fs::read_to_string(to.join(name))?.contains("Works with sodium-ion batteries"));
    let reading =
        installation.json(["extract".as_ref(), path.as_os_str(), "--format".as_ref(), "json".as_ref()])?;
    let page = &reading["reading"]["content"]["pages"][0];
    assert_eq!((&page["width"], &page["height"]), (&59500.into(), &84200.into()));
    assert!(page["runs"].as_array().is_some_and(|runs| !runs.is_empty()));
    assert!(!installation.data().exists(), "nothing is stored");
    Ok(())
}

#[test]
fn no_log_line_names_a_person() -> Result<()> {
    let installation = Installation::new()?;
    let canary = ["Zebulon Quxworthy", "zq@example.org", "5550199"];
    installation
        .write("a.pdf", &text_pdf(&[canary[0], canary[1], canary[2], "Accountant, audit and risk"]))?;
    let folder = installation.files()?;
    let mut command = installation.command(["ingest".as_ref(), folder.as_os_str()])?;
    let run = Run::of(command.env("BOLE_LOG", "trace,sqlx=debug"))?;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!run.stderr.is_empty(), "the log was on");
    for word in canary {
        assert!(!run.stderr.contains(word), "`{word}` is in the log");
    }
    Ok(())
}
