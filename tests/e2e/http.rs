//! The door by HTTP: every answer that it gives.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result};
use bole_tests::{
    Answer, Backends, Installation, Proxy, Running, exchange, head, image_only_pdf, postgres, psql, request,
    resume_pdf, text_pdf, until,
};
use nix::sys::signal::Signal;

const POST: &str = "POST /v1/submissions";

fn serve(installation: &Installation, more: &[&str]) -> Result<Running> {
    let arguments = [&["serve", "--listen", "127.0.0.1:0"][..], more].concat();
    Running::start(&mut installation.command(arguments)?)
}

/// With the portal `live`.
fn installation() -> Result<Installation> {
    let installation = Installation::new()?;
    installation.add_portal("live")?;
    Ok(installation)
}

#[track_caller]
fn assert_problem(answer: &Answer, status: u16, code: &str) {
    let body = answer.json();
    assert_eq!((answer.status, &body["code"]), (status, &code.into()), "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json", "{answer:?}");
    assert_eq!((&body["status"], &body["type"]), (&status.into(), &format!("/problems/{code}").into()));
    for key in ["title", "hint"] {
        assert!(body[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {answer:?}");
    }
    let waits = matches!(status, 429 | 503);
    assert_eq!(answer.header("retry-after").parse::<u32>().is_ok(), waits, "{answer:?}");
}

/// What it is decided as; asks until it is.
fn decided(address: &str, live: (&str, &str), location: &str) -> Result<serde_json::Value> {
    for _ in 0..600 {
        let answer = request(address, &format!("GET {location}"), &[live], "")?;
        anyhow::ensure!(answer.status == 200, "{location}: {answer:?}");
        if answer.json()["state"] != "queued" {
            return Ok(answer.json());
        }
        sleep(Duration::from_millis(100));
    }
    anyhow::bail!("`{location}` is not decided")
}

#[test]
fn what_is_taken_in_can_be_followed() -> Result<()> {
    let installation = installation()?;
    let bearer = installation.keys().bearer("live");
    let live = ("Authorization", bearer.as_str());
    let server = serve(&installation, &[])?;
    let at = server.address();
    let key = ("Idempotency-Key", "a-1");
    let answer = request(at, POST, &[live, key, ("Bole-Document-Date", "2026-03-01")], resume_pdf(1))?;
    assert_eq!((answer.status, answer.header("location")), (202, "/v1/submissions/a-1"), "{answer:?}");
    assert_eq!(answer.json(), serde_json::json!({ "id": "a-1", "state": "queued" }));
    let found = decided(at, live, answer.header("location"))?;
    assert_eq!(
        (&found["state"], &found["reason"], &found["id"]),
        (&"indexed".into(), &"read".into(), &"a-1".into())
    );
    assert_eq!(found["timeline"].as_array().map(Vec::len), Some(3), "{found}");

    let again = request(at, POST, &[live, key], resume_pdf(1))?;
    assert_eq!((again.status, again.header("location")), (200, "/v1/submissions/a-1"), "{again:?}");
    assert_eq!(again.json()["state"], "indexed");
    // The same id for other bytes is another submission, and its place is its own.
    let reused = request(at, POST, &[live, key], resume_pdf(2))?;
    let place = reused.header("location");
    assert!(reused.status == 202 && place.starts_with("/v1/submissions/a-1%23"), "{reused:?}");
    assert_eq!(decided(at, live, place)?["reason"], "message_id_reused");
    let reused = request(at, POST, &[live, key], resume_pdf(2))?;
    assert_eq!((reused.status, reused.header("location")), (200, place), "{reused:?}");
    assert_eq!(decided(at, live, "/v1/submissions/a-1")?["state"], "indexed");

    // Without a key the id follows from what was sent.
    let first = request(at, POST, &[live], image_only_pdf())?;
    assert_eq!(first.status, 202);
    assert_eq!(decided(at, live, first.header("location"))?["reason"], "no_text");
    let same = request(at, POST, &[live], image_only_pdf())?;
    assert_eq!((same.status, same.header("location")), (200, first.header("location")));
    // The bytes tell the type, whatever the header says.
    let kind = ("Content-Type", "text/plain");
    let other = request(at, POST, &[live, kind], resume_pdf(3))?;
    assert_eq!(decided(at, live, other.header("location"))?["state"], "indexed");
    let kind = ("Content-Type", "application/pdf");
    let other = request(at, POST, &[live, kind], "not a PDF at all")?;
    assert_eq!(decided(at, live, other.header("location"))?["reason"], "unsupported_type");

    let status = installation.json(["status"])?;
    assert_eq!((&status["law_holds"], &status["ledger"]["live"]["received"]), (&true.into(), &5.into()));
    assert_eq!(server.stop()?.code, Some(0));
    Ok(())
}

#[test]
fn ids_and_names_may_be_any_text() -> Result<()> {
    let installation = installation()?;
    let bearer = installation.keys().bearer("live");
    let live = ("Authorization", bearer.as_str());
    let server = serve(&installation, &[])?;
    let at = server.address();
    let ids = ["a/b?c#d%e f", "简历-1", "%2e%2e/x", "..", ".", "x;y=z&k", "\"q\" <b>", "a+b", "%"];
    for (number, id) in ids.into_iter().enumerate() {
        let answer = request(at, POST, &[live, ("Idempotency-Key", id)], resume_pdf(number))?;
        assert_eq!((answer.status, &answer.json()["id"]), (202, &id.into()), "{answer:?}");
        let location = answer.header("location").to_owned();
        assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{location}");
        assert!(!location.ends_with('.'), "`{location}` would lead to another place");
        assert_eq!(decided(at, live, &location)?["id"], id, "{location}");
    }
    // What a portal calls a candidate, in Chinese: two resumes of one person.
    let candidate = ("Bole-Candidate-Ref", "候选人-七");
    let mut documents = Vec::new();
    for name in ["Ann Example", "Bea Sample"] {
        let body = text_pdf(&[name, "Accountant, audit and tax"]);
        let answer = request(at, POST, &[live, candidate, ("Idempotency-Key", name)], body)?;
        let found = decided(at, live, answer.header("location"))?;
        documents.push(found["sha256"].as_str().context("a hash")?.to_owned());
    }
    let shown = installation.json(["show", &documents[0]])?;
    assert_eq!(shown["other_versions"], serde_json::json!([documents[1]]));
    Ok(())
}

#[test]
fn what_is_refused_is_told_as_a_problem() -> Result<()> {
    let installation =
        installation()?.with("BOLE_QUEUE_LARGEST_DOCUMENT", "64 KiB").with("BOLE_SERVER_BODY_TIME", "1 s");
    let bearer = installation.keys().bearer("live");
    let live = ("Authorization", bearer.as_str());
    let server = serve(&installation, &["--no-workers"])?;
    let at = server.address();
    let good = resume_pdf(1);
    let post = |headers: &[(&str, &str)], body: &[u8]| request(at, POST, headers, body);
    assert_problem(&post(&[], &good)?, 401, "no_key");
    for wrong in ["", "Bearer", "Bearer ", "Basic bGl2ZTpsaXZl", "Bearer 简历"] {
        assert_problem(&post(&[("Authorization", wrong)], &good)?, 401, "no_key");
    }
    let unknown = format!("Bearer bole_{:016x}_{:064x}", 1, 2);
    let cut: String = live.1.chars().take(live.1.len() - 1).collect();
    for wrong in ["Bearer live", &unknown, &cut] {
        assert_problem(&post(&[("Authorization", wrong)], &good)?, 401, "wrong_key");
    }
    for kind in ["application/json", "application/x-www-form-urlencoded"] {
        assert_problem(&post(&[live, ("Content-Type", kind)], &good)?, 415, "unsupported_media_type");
    }
    assert_problem(&post(&[live], b"")?, 422, "bad_submission");
    let long = "x".repeat(5000);
    for (name, value) in [
        ("Idempotency-Key", ""),
        ("Idempotency-Key", &long),
        ("Bole-Document-Date", "01.03.2026"),
        ("Bole-Candidate-Ref", &long),
    ] {
        let answer = post(&[live, (name, value)], &good)?;
        assert_problem(&answer, 422, "bad_submission");
        assert!(answer.json()["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{answer:?}");
    }
    let not_text = [
        head(POST, &[live, ("Content-Length", "4")]).replace("Host: bole", "Bole-Field: \u{1}").as_bytes(),
        b"%PDF",
    ]
    .concat();
    let not_text: Vec<_> = not_text.into_iter().map(|byte| if byte == 1 { 0xff } else { byte }).collect();
    let answer = exchange(at, &not_text)?;
    assert_problem(&answer, 422, "bad_submission");

    let huge = vec![b'x'; (64 << 10) + 1];
    assert_problem(&post(&[live], &huge)?, 413, "too_large");
    // Refused before it comes.
    assert_problem(
        &exchange(at, head(POST, &[live, ("Content-Length", "99999999999")]).as_bytes())?,
        413,
        "too_large",
    );
    let chunked = |body: &[u8]| {
        let head = head(POST, &[live, ("Transfer-Encoding", "chunked")]);
        let size = format!("{:x}\r\n", body.len());
        [head.as_bytes(), size.as_bytes(), body, b"\r\n0\r\n\r\n"].concat()
    };
    assert_problem(&exchange(at, &chunked(&huge))?, 413, "too_large");
    assert_eq!(exchange(at, &chunked(&good))?.status, 202, "a length need not be told");

    // More is told than comes: the connection stays open, and nothing follows.
    let mut slow = TcpStream::connect(at)?;
    slow.write_all(head(POST, &[live, ("Content-Length", "1000")]).as_bytes())?;
    slow.write_all(b"%PDF")?;
    assert_problem(&Answer::read(&slow)?, 408, "too_slow");
    // Less is told than comes: what is told counts.
    let less = [head(POST, &[live, ("Content-Length", "4")]).as_bytes(), b"%PDF-1.7"].concat();
    assert_eq!(exchange(at, &less)?.status, 202);

    let get = |line: &str| request(at, line, &[live], "");
    assert_problem(&get("GET /v1/submissions/absent")?, 404, "unknown_submission");
    assert_problem(&get("GET /v1/submissions/%FF")?, 404, "unknown_submission");
    assert_problem(&get(&format!("GET /v1/submissions/{}", "x".repeat(300)))?, 404, "unknown_submission");
    assert_problem(&request(at, "GET /v1/submissions/absent", &[], "")?, 401, "no_key");
    assert_problem(&get("GET /v1")?, 404, "no_such_page");
    assert_problem(&get("GET /v1/submissions/a/b")?, 404, "no_such_page");
    for (line, allowed) in [
        ("PUT /v1/submissions", "POST,GET,HEAD"),
        ("DELETE /v1/submissions/a", "GET,HEAD"),
        ("PUT /livez", "GET,HEAD"),
    ] {
        let answer = get(line)?;
        assert_problem(&answer, 405, "wrong_method");
        assert_eq!(answer.header("allow"), allowed, "{line}");
    }
    // A portal sees its own only.
    installation.add_portal("other")?;
    let other = installation.keys().bearer("other");
    request(at, POST, &[live, ("Idempotency-Key", "mine")], &good)?;
    let answer = request(at, "GET /v1/submissions/mine", &[("Authorization", &other)], "")?;
    assert_problem(&answer, 404, "unknown_submission");
    assert_eq!(server.stop()?.code, Some(0));
    Ok(())
}

#[test]
fn a_backlog_over_its_limit_is_told_to_wait() -> Result<()> {
    let installation = installation()?.with("BOLE_INTAKE_BACKLOG", "2");
    let bearer = installation.keys().bearer("live");
    let live = ("Authorization", bearer.as_str());
    let server = serve(&installation, &["--no-workers"])?;
    for number in 0..2000 {
        let answer = request(server.address(), POST, &[live], resume_pdf(number))?;
        if answer.status == 429 {
            assert_problem(&answer, 429, "backlog");
            assert!(number >= 2);
            return Ok(());
        }
        assert_eq!(answer.status, 202, "{answer:?}");
    }
    panic!("it takes anything in");
}

#[test]
fn submissions_that_come_together_share_transactions_and_are_all_durable() -> Result<()> {
    const N: usize = 100;
    let installation = installation()?;
    let bearer = installation.keys().bearer("live");
    let live = ("Authorization", bearer.as_str());
    let server = serve(&installation, &["--no-workers"])?;
    let mut open = Vec::new();
    for number in 0..N {
        let body = resume_pdf(number);
        let length = body.len().to_string();
        let mut stream = TcpStream::connect(server.address())?;
        stream.write_all(head(POST, &[live, ("Content-Length", &length)]).as_bytes())?;
        stream.write_all(&body[..body.len() - 1])?;
        open.push((stream, body[body.len() - 1]));
    }
    for (stream, last) in &mut open {
        stream.write_all(&[*last])?;
    }
    let mut moments = BTreeSet::new();
    for (stream, _) in &open {
        let answer = Answer::read(stream)?;
        assert_eq!(answer.status, 202, "{answer:?}");
        let place = format!("GET {}", answer.header("location"));
        let found = request(server.address(), &place, &[live], "")?.json();
        moments.insert(found["received_at"].as_str().context("when")?.to_owned());
    }
    assert!(moments.len() < N, "each was taken in by itself");
    server.signal(Signal::SIGKILL)?;
    drop(server);
    let status = installation.json(["status"])?;
    assert_eq!((&status["law_holds"], &status["ledger"]["live"]["queued"]), (&true.into(), &N.into()));
    assert_eq!(status["queue"][0]["ready"], N);
    Ok(())
}

#[test]
fn while_the_database_is_away_nothing_is_promised() -> Result<()> {
    let address = postgres();
    let target = address.split('@').nth(1).and_then(|rest| rest.split('/').next()).context("an address")?;
    let proxy = Proxy::to(target.parse()?)?;
    let schema = format!("http_{}", std::process::id());
    psql(&format!("CREATE SCHEMA {schema}"))?;
    let url =
        format!("{}?options[search_path]={schema}", address.replace(target, &proxy.address().to_string()));
    let installation = Installation::on(Backends::LOCAL)?
        .with("BOLE_STORE_URL", url)
        .with("BOLE_SERVER_SHUTDOWN", "2 s")
        .with("BOLE_SERVER_OPEN_METRICS", "true");
    installation.add_portal("live")?;
    let bearer = installation.keys().bearer("live");
    let live = ("Authorization", bearer.as_str());
    let server = serve(&installation, &[])?;
    let at = server.address();
    let ready = || request(at, "GET /readyz", &[], "");
    until("readiness", || Ok((ready()?.status == 200).then_some(())))?;
    assert_eq!(ready()?.json()["ready"], true);
    let key = [live, ("Idempotency-Key", "a-1")];
    proxy.go_away();
    let answer = request(at, POST, &key, resume_pdf(1))?;
    assert_problem(&answer, 503, "unavailable");
    assert_problem(&request(at, "GET /v1/submissions/a-1", &[live], "")?, 503, "unavailable");
    assert_eq!(request(at, "GET /livez", &[], "")?.status, 200);
    let answer = ready()?;
    let parts = answer.json()["parts"].clone();
    assert_eq!((answer.status, &parts[0]["name"], &parts[0]["ok"]), (503, &"store".into(), &false.into()));
    assert!(parts[0]["trouble"].as_str().is_some_and(|trouble| !trouble.is_empty()), "{parts}");
    assert_eq!((&parts[1]["name"], &parts[1]["ok"]), (&"queue".into(), &true.into()));
    let metrics = request(at, "GET /metrics", &[], "")?;
    assert_eq!(metrics.status, 200, "it tells of itself");
    for told in ["bole_up{part=\"store\"} 0\n", "bole_up{part=\"queue\"} 1\n", "bole_disk_free_bytes{"] {
        assert!(metrics.body.contains(told), "`{told}` is missing in {}", metrics.body);
    }

    proxy.come_back();
    let mut answer = request(at, POST, &key, resume_pdf(1))?;
    for _ in 0..300 {
        if answer.status == 202 {
            break;
        }
        sleep(Duration::from_millis(100));
        answer = request(at, POST, &key, resume_pdf(1))?;
    }
    assert_eq!(decided(at, live, answer.header("location"))?["state"], "indexed");
    assert_eq!(ready()?.status, 200);
    let metrics = request(at, "GET /metrics", &[], "")?;
    assert!(metrics.body.contains("bole_up{part=\"store\"} 1\n"), "{}", metrics.body);
    drop(server);
    psql(&format!("DROP SCHEMA {schema} CASCADE"))?;
    Ok(())
}
