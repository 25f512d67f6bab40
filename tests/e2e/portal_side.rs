//! What a portal does: with `bole submit`, and with the sample in Python.

use std::process::Command;

use anyhow::Result;
use bole_tests::{Backends, Installation, Run, Running, VirtualHost, image_only_pdf, resume_pdf};
use serde_json::Value;

use crate::bad_input::assert_told;

const PASSWORD: &str = "s3cret:word";
const PASSWORD_IN_URL: &str = "s3cret%3Aword";

/// A name that no other run has: users of the broker are not of one virtual host.
fn portal_name(name: &str) -> String {
    format!("{name}-{}", std::process::id())
}

fn serve(installation: &Installation) -> Result<Running> {
    Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)
}

/// What became of the files, by the end of their names: state and reason.
fn outcomes(run: &Run) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for line in run.lines()?.iter().filter(|line| line.get("state").is_some()) {
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let name = text("file").rsplit('/').next().unwrap_or_default().to_owned();
        assert!(!text("advice").is_empty(), "{line}");
        found.push((name, format!("{} {}", text("state"), text("reason"))));
    }
    found.sort();
    Ok(found)
}

#[test]
fn files_are_submitted_as_a_portal_and_their_receipts_waited_for() -> Result<()> {
    let mut host = VirtualHost::new("submit")?;
    let bole = Installation::new()?.with("BOLE_QUEUE_URL", host.url());
    let live = portal_name("live");
    let printed = bole.succeed(["portal", "add", &live])?.stdout;
    host.let_in(&printed, PASSWORD)?;
    // The portal's own machine: it knows the broker, its user and its password.
    let portal = Installation::new()?
        .with("BOLE_QUEUE_URL", host.url_of(&format!("bole-portal-{live}"), "").replace(":@", "@"))
        .with("BOLE_QUEUE_PASSWORD", PASSWORD);
    let first = portal.write("first.pdf", &resume_pdf(1))?;
    let submit = |more: &[&str]| portal.run([&["submit", "--portal", &live][..], more].concat());
    let path = |path: &std::path::Path| path.to_string_lossy().into_owned();

    let run = submit(&[&path(&first)])?;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let lines = run.lines()?;
    assert_eq!((&lines[0]["sent"], &lines[1]["summary"]["sent"]), (&true.into(), &1.into()));
    assert_eq!(lines[0]["submission"].as_str().map(str::len), Some(64));
    let late = submit(&[&path(&first), "--wait", "--time-out", "1 s"])?;
    assert_told(&late, 8, &["no receipt of 1 file within 1 s"]);
    assert_eq!(late.lines()?.last().unwrap_or(&Value::Null)["summary"]["waiting"], 1);

    let server = serve(&bole)?;
    // The receipts of the first file are in the same queue: they are passed over, and stay.
    portal.write("some/second.pdf", &resume_pdf(2))?;
    portal.write("some/scan.pdf", &image_only_pdf())?;
    let some = path(&portal.files()?.join("some"));
    let run = submit(&[&some, "--wait", "--candidate-ref", "候选人-7", "--field", "finance"])?;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let expected = [("scan.pdf", "quarantined no_text"), ("second.pdf", "indexed read")];
    assert_eq!(outcomes(&run)?, expected.map(|(name, outcome)| (name.to_owned(), outcome.to_owned())));
    let run = submit(&[&path(&first), "--wait"])?;
    assert_eq!(outcomes(&run)?, [("first.pdf".to_owned(), "indexed read".to_owned())]);

    let text = submit(&[&some, "--wait", "--format", "text", "--message-id", "a-1"])?;
    assert_told(&text, 2, &["--message-id", "there are 2"]);
    let other = path(&portal.write("other.pdf", &resume_pdf(3))?);
    let text = submit(&[&other, "--wait", "--format", "text", "--message-id", "a-1"])?;
    assert_eq!((text.code, text.stdout.as_str()), (Some(0), "     1  sent\n     1  indexed: read\n"));
    let reused = submit(&[&path(&first), "--wait", "--format", "text", "--message-id", "a-1"])?;
    assert!(reused.stdout.contains("first.pdf: quarantined: message_id_reused; "), "{}", reused.stdout);

    let status = bole.json(["status"])?;
    assert_eq!((&status["law_holds"], &status["unroutable"]), (&true.into(), &0.into()));
    let ledger = &status["ledger"][&live];
    assert_eq!((&ledger["received"], &ledger["indexed"]), (&5.into(), &3.into()), "{status}");
    assert!(!portal.data().exists(), "a portal keeps nothing");
    assert_eq!(server.stop()?.code, Some(0));
    Ok(())
}

#[test]
fn what_a_portal_may_not_or_cannot_send_is_told() -> Result<()> {
    let mut host = VirtualHost::new("refused")?;
    let bole = Installation::new()?.with("BOLE_QUEUE_URL", host.url());
    let live = portal_name("only");
    let printed = bole.succeed(["portal", "add", &live])?.stdout;
    bole.succeed(["portal", "add", "other"])?;
    let url = host.let_in(&printed, PASSWORD)?.replace(PASSWORD, PASSWORD_IN_URL);
    let portal = Installation::new()?.with("BOLE_QUEUE_URL", &url);
    let file = portal.write("a.pdf", &resume_pdf(1))?;
    let file = file.to_string_lossy();
    let submit = |name: &str| portal.run(["submit", "--portal", name, &file]);
    assert_eq!(submit(&live)?.code, Some(0));
    assert_told(&submit("other")?, 6, &["the broker refuses", "permission", "list_topic_permissions"]);
    assert_told(&submit("absent")?, 2, &["`absent`", "bole portal add absent", "nothing was sent"]);
    assert_told(&submit("local")?, 2, &["`local`"]);
    let run = portal.run(["submit", "--portal", &live, "/no/such/file"])?;
    assert_told(&run, 7, &["/no/such/file", "cannot be read"]);
    let huge = portal.files()?.join("huge.pdf");
    std::fs::File::create(&huge)?.set_len((16 << 20) + 1)?;
    let run = portal.run(["submit", "--portal", &live, &file, &huge.to_string_lossy()])?;
    assert_eq!(run.code, Some(7), "{}", run.stderr);
    assert!(run.stdout.contains("too_large") && run.stdout.contains("\"sent\":true"), "{}", run.stdout);
    let nowhere = Installation::new()?;
    assert_told(&nowhere.run(["submit", "--portal", "live", &file])?, 3, &["queue.url", "BOLE_QUEUE_URL"]);
    assert_eq!(bole.json(["status"])?["unroutable"], 0);
    Ok(())
}

#[test]
fn the_portal_in_python_is_told_the_truth() -> Result<()> {
    let mut host = VirtualHost::new("python")?;
    let bole = Installation::on(Backends::LOCAL)?.with("BOLE_QUEUE_URL", host.url());
    let live = portal_name("python");
    let printed = bole.succeed(["portal", "add", &live])?.stdout;
    let url = host.let_in(&printed, PASSWORD)?.replace(PASSWORD, PASSWORD_IN_URL);
    let server = serve(&bole)?;
    let encrypted = include_bytes!("../fixtures/password.pdf");
    let files: [(&str, &[u8], &str); 6] = [
        ("other.pdf", &resume_pdf(2), "indexed     {}: read; "),
        ("scan.pdf", &image_only_pdf(), "quarantined {}: no_text; "),
        ("locked.pdf", encrypted, "quarantined {}: encrypted; "),
        ("noise.pdf", &[7; 4096], "quarantined {}: not_a_document; "),
        // Whichever is decided first, the other is the copy.
        ("good.pdf", &resume_pdf(1), ""),
        ("again.pdf", &resume_pdf(1), ""),
    ];
    let mut python = Command::new("/usr/bin/python3");
    python.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/examples/portal.py")).args([&url, &live]);
    for (name, bytes, _) in &files {
        python.arg(bole.write(name, bytes)?);
    }
    let run = Run::of(&mut python)?;
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert_eq!(run.stdout.lines().count(), 12, "{}", run.stdout);
    let folder = bole.files()?;
    for (name, _, expected) in files {
        let path = folder.join(name).to_string_lossy().into_owned();
        assert!(run.stdout.contains(&format!("sent        {path}\n")), "{}", run.stdout);
        assert!(run.stdout.contains(&expected.replace("{}", &path)), "{name}: {}", run.stdout);
    }
    let duplicates: Vec<_> = run.stdout.lines().filter(|line| line.starts_with("duplicate ")).collect();
    assert_eq!(duplicates.len(), 1, "{}", run.stdout);
    let status = bole.json(["status"])?;
    let ledger = &status["ledger"][&live];
    assert_eq!((&status["law_holds"], &ledger["received"]), (&true.into(), &6.into()));
    assert_eq!((&ledger["indexed"], &ledger["duplicate"]), (&2.into(), &1.into()), "{status}");
    let reasons = ledger["quarantined"].as_object().unwrap();
    let mut reasons: Vec<_> = reasons.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["1 encrypted", "1 no_text", "1 not_a_document"]);

    // Who may not is told in a sentence.
    let mut refused = Command::new("/usr/bin/python3");
    refused.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/examples/portal.py"));
    let run = Run::of(refused.args([&url, "another"]).arg(folder.join("good.pdf")))?;
    assert_told(&run, 1, &["ACCESS_REFUSED"]);
    assert!(!run.stderr.contains("Traceback"), "{}", run.stderr);
    assert_eq!(server.stop()?.code, Some(0));
    Ok(())
}
