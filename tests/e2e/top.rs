//! `bole top`, in a pipe and on a terminal.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use bole_tests::{Backends, Installation, Proxy, Run, postgres, resume_pdf};

#[test]
fn a_pipe_gets_a_line_a_sample_and_nothing_is_changed() -> Result<()> {
    let installation = Installation::new()?;
    assert_eq!(installation.run(["top", "--count", "1"])?.code, Some(4), "there is nothing to watch");
    assert!(!installation.data().exists(), "watching makes no folder");
    let path = installation.write("a.pdf", &resume_pdf(1))?;
    installation.succeed(["ingest".as_ref(), path.as_os_str()])?;
    let run = installation.succeed(["top", "--count", "2"])?;
    let [first, second] = &run.lines()?[..] else { panic!("{}", run.stdout) };
    for sample in [first, second] {
        assert_eq!(sample["total"]["indexed"], 1, "{sample}");
        assert_eq!(sample["law_holds"], true);
    }
    assert_eq!(second["arrivals_per_s"], 0.0, "with two samples there is a rate: {second}");
    Ok(())
}

#[test]
fn servers_are_watched_from_anywhere() -> Result<()> {
    let installation = Installation::on(Backends::BOTH)?;
    let early = installation.run(["top", "--count", "1"])?;
    assert_eq!(early.code, Some(6), "there are no tables yet, and watching makes none: {}", early.stdout);
    assert!(early.stdout.contains("start `bole serve`"), "{}", early.stdout);
    installation.add_portal("live")?;
    installation.succeed(["portal", "pause", "live"])?;
    let elsewhere = installation.files()?.join("elsewhere");
    let run = Run::of(installation.command(["top", "--count", "1"])?.env("BOLE_DATA", &elsewhere))?;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.lines()?[0]["paused"][0], "live", "{}", run.stdout);
    assert!(!elsewhere.exists(), "watching makes no folder");
    Ok(())
}

#[test]
fn an_outage_is_told_and_passes() -> Result<()> {
    let address = postgres();
    let target = address.split('@').nth(1).and_then(|rest| rest.split('/').next()).context("an address")?;
    let installation = Installation::on(Backends { rabbitmq: false, postgres: true })?;
    let proxy = Proxy::to(target.parse()?)?;
    let url = format!(
        "{}?options[search_path]={}",
        address.replace(target, &proxy.address().to_string()),
        installation.prefix()
    );
    installation.add_portal("live")?;
    let mut command = installation.command(["top", "--count", "3", "--every", "1 s"])?;
    command.env("BOLE_STORE_URL", &url).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    // It begins while the store is away.
    proxy.go_away();
    let mut child = command.spawn()?;
    let mut lines =
        std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().context("its output")?));
    let away: serde_json::Value = serde_json::from_str(&lines.next().context("a line")??)?;
    assert!(away["trouble"].as_str().is_some_and(|trouble| !trouble.is_empty()), "{away}");
    proxy.come_back();
    let there: serde_json::Value = serde_json::from_str(&lines.last().context("a line")??)?;
    assert_eq!(there["law_holds"], true, "{there}");
    assert_eq!(child.wait()?.code(), Some(0));
    Ok(())
}

#[test]
fn a_terminal_gets_a_page_and_is_given_back() -> Result<()> {
    let installation = Installation::new()?;
    let path = installation.write("a.pdf", &resume_pdf(1))?;
    installation.succeed(["ingest".as_ref(), path.as_os_str()])?;
    let program = installation.command(["top"])?;
    // `script` gives it a terminal, of which standard input is the keyboard.
    let mut script = Command::new("script");
    let inside = format!("stty rows 24 cols 80; exec '{}' top", program.get_program().display());
    script.args(["-qec", &inside, "/dev/null"]).env_clear().env("TERM", "xterm");
    script.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("BOLE_DATA", installation.data());
    script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = script.spawn().context("script")?;
    let (mut keyboard, mut screen) =
        (child.stdin.take().context("its input")?, child.stdout.take().context("its output")?);
    let mut seen = String::new();
    // Words come one by one: what is blank already is passed over.
    let mut wait_for = |word: &str| -> Result<String> {
        let mut chunk = [0; 4096];
        while !seen.contains(word) {
            let n_bytes = screen.read(&mut chunk)?;
            anyhow::ensure!(n_bytes > 0, "`{word}` never came: {seen:?}");
            seen.push_str(&String::from_utf8_lossy(&chunk[..n_bytes]));
        }
        Ok(std::mem::take(&mut seen))
    };
    let page = wait_for("searchable")?;
    assert!(page.contains("\u{1b}[?1049h"), "it has a screen of its own: {page:?}");
    keyboard.write_all(b"?")?;
    wait_for("Esc,")?;
    keyboard.write_all(b"q")?;
    // The screen of before is back, and so is the cursor.
    let mut end = wait_for("\u{1b}[?1049l")?;
    drop(keyboard);
    screen.read_to_string(&mut end)?;
    assert!(end.contains("\u{1b}[?25h"), "{end:?}");
    assert_eq!(child.wait()?.code(), Some(0));
    Ok(())
}

#[test]
fn what_is_asked_wrong_is_told() -> Result<()> {
    let installation = Installation::new()?;
    let run: Run = installation.run(["top", "--every", "never"])?;
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("--every"), "{}", run.stderr);
    Ok(())
}
