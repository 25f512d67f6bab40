use std::fs::File;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, ensure};
use bole_tests::{Installation, Program, Submission, is_final, load, until};

const N_EACH: usize = 40;

/// Starts a server whose data folder is on a disk of 128 MiB, which exists for this one process. The
/// logs of store and queue take up to 40 MiB before they are copied.
fn serve_on_small_disk(installation: &Installation) -> Result<Program> {
    let disk = installation.files()?.join("disk");
    std::fs::create_dir_all(&disk)?;
    let script = "mount -t tmpfs -o size=128m bole \"$2\" && \"$1\" portal add web >/dev/null && \
                  \"$1\" key create --name web --role portal --portal web >\"$2/key\" && exec \"$1\" serve --listen 127.0.0.1:0";
    let serve = installation.command(["x"])?;
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    unshare.arg(serve.get_program()).arg(&disk).env_clear();
    unshare.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    unshare.env("BOLE_SERVER_OPEN_METRICS", "true");
    unshare.env("BOLE_DATA", disk.join("data")).env("BOLE_READER_TIME", "5 min").env("BOLE_WORK_BATCH", "8");
    let log = installation.files()?.join("serve.log");
    unshare.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log)?);
    let program = Program::of(unshare.spawn()?, &log, installation.keys().clone())?;
    let key = std::fs::read_to_string(format!("/proc/{}/root{}/key", program.id(), disk.display()))?;
    installation.keys().keep("web", key.trim_end());
    Ok(program)
}

#[test]
fn a_full_disk_is_told_and_passes_without_a_restart() -> Result<()> {
    let installation = Installation::new()?;
    let mut server = serve_on_small_disk(&installation)?;
    // The disk as the server sees it.
    let disk = installation.files()?.join("disk");
    let filler = format!("/proc/{}/root{}/filler", server.id(), disk.display());
    let submissions = load("web", 0..4 * N_EACH);
    let post = |submission: &Submission| -> Result<u16> {
        let answer = submission.post(&server)?;
        if answer.status == 503 {
            ensure!(!["", "0"].contains(&answer.header("retry-after")), "{answer:?}");
            ensure!(answer.json()["code"] == "unavailable", "{}", answer.body);
        }
        Ok(answer.status)
    };
    let (mut n_refused, mut again) = (0, Vec::new());
    for (number, submission) in submissions.iter().enumerate() {
        if number == N_EACH {
            fill(&filler)?;
        }
        match post(submission)? {
            202 => {}
            503 => {
                n_refused += 1;
                again.push(submission);
            }
            status => anyhow::bail!("{status}"),
        }
        if number == 3 * N_EACH {
            // Something was taken in before, and has to wait on the full disk.
            until("refusal", || {
                let refused = post(submission)? == 503;
                n_refused += usize::from(refused);
                Ok(refused.then_some(()))
            })?;
            again.push(submission);
            std::fs::remove_file(&filler)?;
        }
    }
    assert!(n_refused > 0, "the disk was never full");
    for submission in again {
        let status =
            until("acknowledgement", || Ok(Some(post(submission)?).filter(|status| *status != 503)))?;
        assert!(matches!(status, 200 | 202), "{status}");
    }

    let n_read = submissions.iter().filter(|it| it.reason == "read").count();
    let mut n_dup = 0;
    for submission in &submissions {
        let outcome = submission.outcome(&server)?;
        let is_right =
            outcome["reason"] == submission.reason && outcome["sha256"] == submission.sha256().as_str();
        ensure!(is_right, "{outcome}");
        let timeline = outcome["timeline"].as_array().context("a timeline")?;
        n_dup += timeline.iter().filter(|change| is_final(&change["state"])).count() - 1;
    }
    until("searchable resume for each", || {
        Ok((server.metric("bole_searchable_resumes")? as usize == n_read).then_some(()))
    })?;
    println!(
        "issued {0} acked {0} searchable {n_read} lost 0 dup {n_dup} quarantined {1} (expected {1}) redelivered {2}",
        submissions.len(),
        submissions.len() - n_read,
        server.metric("bole_redelivered_total")?
    );
    assert_eq!(
        (n_dup, server.metric("bole_inflight")?, server.metric("bole_ledger_law_holds")?),
        (0, 0.0, 1.0)
    );
    let fresh = Submission::resume("web", 99_999);
    assert_eq!(fresh.post(&server)?.status, 202);
    assert_eq!(fresh.outcome(&server)?["state"], "indexed");
    assert_eq!(server.stop()?, Some(0));
    Ok(())
}

/// Takes all the room that there is.
fn fill(path: &str) -> Result<()> {
    let mut file = File::create(path).with_context(|| path.to_owned())?;
    let mut piece = vec![b'x'; 1 << 20];
    while !piece.is_empty() {
        if file.write_all(&piece).is_err() {
            // Down to the last page.
            piece.truncate(piece.len() / 2);
        }
        thread::yield_now();
    }
    Ok(())
}
