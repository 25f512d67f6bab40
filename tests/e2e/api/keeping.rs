//! What holds when a server dies, ends, or speaks TLS.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bole_tests::{Backends, Installation, Pipeline, Run, head, resume_pdf, until};
use serde_json::{Value, json};

use super::{Client, serve};

const N_CONNECTIONS: usize = 64;
/// So many are taken in before the server is killed.
const N_BEFORE: usize = 200;

#[test]
fn what_was_taken_in_is_there_after_a_kill() -> Result<()> {
    killed_while_many_submit(Backends::LOCAL)
}

#[test]
fn what_was_taken_in_is_there_after_a_kill_on_rabbitmq_and_postgresql() -> Result<()> {
    killed_while_many_submit(Backends::BOTH)
}

fn killed_while_many_submit(backends: Backends) -> Result<()> {
    let pipeline = Pipeline::new(backends, &["live"])?;
    let mut server = pipeline.serve(&["--no-workers"])?;
    let portal = Client::new(&server.address().to_string(), server.bearer("live"));
    let taken_in = Mutex::new(BTreeSet::new());
    let (n_sent, is_dead) = (AtomicUsize::new(0), AtomicBool::new(false));
    thread::scope(|scope| -> Result<()> {
        for _ in 0..N_CONNECTIONS {
            scope.spawn(|| {
                while !is_dead.load(Ordering::SeqCst) {
                    let number = n_sent.fetch_add(1, Ordering::SeqCst);
                    let id = format!("a-{number}");
                    let answer =
                        portal.ask("POST /v1/submissions", &[("Idempotency-Key", &id)], resume_pdf(number));
                    if answer.is_ok_and(|answer| answer.status == 202) {
                        taken_in.lock().unwrap().insert(id);
                    }
                }
            });
        }
        let struck = until("submissions", || Ok((taken_in.lock().unwrap().len() >= N_BEFORE).then_some(())))
            .and_then(|()| server.strike());
        is_dead.store(true, Ordering::SeqCst);
        struck
    })?;
    server.kill()?;
    let taken_in = taken_in.into_inner()?;
    let server = pipeline.serve(&["--no-workers"])?;
    let portal = Client::new(&server.address().to_string(), server.bearer("live"));
    let ids: Vec<_> = (0..n_sent.into_inner()).map(|number| format!("a-{number}")).collect();
    let told = portal.done("POST /v1/portals/me/reconcile", &json!({ "ids": ids }))?;
    let known: BTreeSet<_> = super::column(&told["known"], "id").into_iter().collect();
    let lost: Vec<_> = taken_in.difference(&known).collect();
    assert!(
        taken_in.len() >= N_BEFORE && lost.is_empty(),
        "{} of {} are lost: {lost:?}",
        lost.len(),
        taken_in.len()
    );
    // What was cut off half way may be there too, and nothing else is.
    assert_eq!(known.len() + told["unknown"].as_array().context("a list")?.len(), ids.len());
    let status = pipeline.installation.json(["status"])?;
    assert_eq!(
        (&status["law_holds"], &status["ledger"]["live"]["received"]),
        (&true.into(), &known.len().into())
    );
    Ok(())
}

#[test]
fn events_come_until_the_server_ends() -> Result<()> {
    let installation = Installation::new()?;
    installation.add_portal("live")?;
    let server = serve(&installation)?;
    let key = format!("Bearer {}", installation.key(&["ops"])?);
    let stream = TcpStream::connect(server.address())?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    (&stream).write_all(head("GET /v1/ops/events", &[("Authorization", &key)]).as_bytes())?;
    let mut lines = BufReader::new(&stream).lines();
    let first = lines.next().context("a line")??;
    assert!(first.contains("200"), "{first}");
    // Each sample is one chunk: its lines stand between lengths.
    let mut next = || -> Result<Value> {
        for line in lines.by_ref() {
            if let Some(data) = line?.strip_prefix("data: ") {
                return Ok(serde_json::from_str(data)?);
            }
        }
        anyhow::bail!("the stream has ended")
    };
    assert_eq!(next()?["law_holds"], true);
    let portal = Client::new(server.address(), installation.keys().bearer("live"));
    portal.submit("a-1", &[], &resume_pdf(1))?;
    // A sample may be of the moment before.
    let seen = until("sample with the submission", || {
        let sample = next()?;
        Ok((sample["ledger"]["portals"]["live"]["indexed"] == 1).then_some(sample))
    })?;
    let asked = Client::new(server.address(), &key).read("/v1/ops/ledger")?;
    assert_eq!(seen["ledger"], asked["ledger"]);
    let ended = thread::scope(|scope| {
        let stopping = scope.spawn(|| server.stop());
        while next().is_ok() {}
        stopping.join().unwrap()
    })?;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    // The last chunk was written: an orderly end, and no connection that was cut.
    let mut rest = Vec::new();
    assert_eq!((&stream).read_to_end(&mut rest)?, 0);
    Ok(())
}

fn openssl(installation: &Installation, name: &str) -> Result<()> {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
    openssl.args(["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]);
    openssl.args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem")]);
    let run = Run::of(openssl.current_dir(installation.files()?))?;
    ensure!(run.code == Some(0), "{}", run.stderr);
    Ok(())
}

#[test]
fn who_speaks_tls_is_heard_and_nobody_else() -> Result<()> {
    let installation = Installation::new()?;
    openssl(&installation, "server")?;
    openssl(&installation, "other")?;
    let files = installation.files()?;
    let path = |name: &str| files.join(name).to_string_lossy().into_owned();
    let installation = installation
        .with("BOLE_SERVER_CERTIFICATE", path("server.pem"))
        .with("BOLE_SERVER_CERTIFICATE_KEY", path("server.key"));
    let key = format!("Authorization: Bearer {}", installation.key(&["ops"])?);
    let server = serve(&installation)?;
    let curl = |authority: &str, more: &[&str]| -> Result<Run> {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--max-time", "30", "--cacert", &path(authority)]).args(more);
        Run::of(curl.arg(format!("https://{}/v1/ops/ledger", server.address())))
    };
    let heard = curl("server.pem", &["--fail", "-H", &key])?;
    assert!(heard.code == Some(0) && heard.stdout.contains("law_holds"), "{heard:?}");
    assert!(curl("server.pem", &[])?.stdout.contains("no_key"), "a certificate is no key");
    // Another authority: 60 is a certificate that is not believed.
    assert_eq!(curl("other.pem", &["-H", &key])?.code, Some(60));
    let tls_12 = curl("server.pem", &["--fail", "-H", &key, "--tls-max", "1.2"])?;
    assert_eq!(tls_12.code, Some(0), "{tls_12:?}");
    assert_ne!(curl("server.pem", &["-H", &key, "--tls-max", "1.1"])?.code, Some(0));

    let plain = bole_tests::request(server.address(), "GET /v1/ops/ledger", &[], "");
    assert!(plain.is_err(), "{plain:?}");
    assert_eq!(server.stop()?.code, Some(0));

    // A certificate that cannot be used is told at the start.
    let mut command = installation.command(["serve", "--listen", "127.0.0.1:0"])?;
    let run = Run::of(command.env("BOLE_SERVER_CERTIFICATE_KEY", path("other.key")))?;
    assert!(run.code == Some(3) && run.stderr.contains("belong together"), "{run:?}");
    assert!(
        !run.stderr.contains("listening on"),
        "nobody is told an address that nothing answers at: {run:?}"
    );
    Ok(())
}
