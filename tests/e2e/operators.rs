//! What operators do: portals, the quarantine, servers that start, stop, or cannot.

use std::net::TcpListener;

use anyhow::{Context, Result};
use bole_tests::{Backends, Installation, Running, VirtualHost, image_only_pdf, request, resume_pdf};

use crate::bad_input::assert_told;

fn serve(installation: &Installation) -> Result<Running> {
    Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)
}

#[test]
fn portals_are_added_paused_listed_and_removed() -> Result<()> {
    let installation = Installation::on(Backends::RABBITMQ)?;
    let text = ["portal", "list", "--format", "text"];
    assert!(installation.succeed(text)?.stdout.contains("no portals yet: `bole portal add NAME`"));
    let added = installation.succeed(["portal", "add", "live"])?.stdout;
    assert!(added.starts_with("live: open\n"), "{added}");
    assert_eq!(added.matches("\nrabbitmqctl ").count(), 3, "{added}");
    installation.succeed(["portal", "add", "fair-2026"])?;
    assert_told(&installation.run(["portal", "add", "local"])?, 2, &["`local`", "another name"]);
    assert_told(&installation.run(["portal", "add", "Not OK"])?, 2, &["Not OK", "a-z, 0-9 and `-`"]);
    assert_told(&installation.run(["portal", "pause", "absent"])?, 2, &["`absent`", "bole portal list"]);
    assert_told(&installation.run(["portal", "remove", "absent"])?, 2, &["`absent`", "bole portal list"]);

    let paused = installation.succeed(["portal", "pause", "live"])?.stdout;
    assert_eq!(paused, "live: paused; what it sends waits\n");
    let file = installation.write("a.pdf", &resume_pdf(1))?;
    installation.succeed(["submit".as_ref(), "--portal".as_ref(), "live".as_ref(), file.as_os_str()])?;
    let list = installation.json(["portal", "list"])?;
    let of = |index: usize, key: &str| list[index][key].clone();
    assert_eq!(
        (of(0, "portal"), of(0, "paused"), of(0, "waiting")),
        ("fair-2026".into(), false.into(), 0.into())
    );
    assert_eq!((of(1, "portal"), of(1, "paused"), of(1, "waiting")), ("live".into(), true.into(), 1.into()));
    let table = installation.succeed(text)?.stdout;
    assert!(table.contains("paused") && table.contains("quarantined"), "{table}");
    let status = installation.succeed(["status", "--format", "text"])?.stdout;
    for told in
        ["queue       1 waiting\n", "paused      live: `bole portal add NAME`", "receipts    all published"]
    {
        assert!(status.contains(told), "`{told}` is missing in: {status}");
    }
    assert_eq!(installation.json(["status"])?["paused"], serde_json::json!(["live"]));
    assert_told(&installation.run(["portal", "remove", "live"])?, 5, &["1 submission", "`live`", "workers"]);

    installation.succeed(["portal", "add", "live"])?;
    let server = serve(&installation)?;
    let wait = ["submit", "--portal", "live", "--wait", &file.to_string_lossy()].map(str::to_owned);
    assert!(installation.succeed(&wait)?.stdout.contains("\"indexed\""));
    assert_eq!(server.stop()?.code, Some(0));
    let removed = installation.succeed(["portal", "remove", "live"])?.stdout;
    assert_eq!(removed, "live: removed; its submissions stay\n");
    assert_eq!(installation.json(["status"])?["ledger"]["live"]["indexed"], 1);
    Ok(())
}

#[test]
fn the_quarantine_is_looked_at_sent_round_and_given_up() -> Result<()> {
    let installation = Installation::new()?;
    installation.add_portal("live")?;
    let bearer = installation.keys().bearer("live");
    let nothing = "nothing in quarantine that this selects\n";
    assert_eq!(installation.succeed(["quarantine", "list", "--format", "text"])?.stdout, nothing);
    let server = serve(&installation)?;
    let post = |id: &str, body: &[u8]| {
        let headers = [("Authorization", bearer.as_str()), ("Idempotency-Key", id)];
        let answer = request(server.address(), "POST /v1/submissions", &headers, body)?;
        anyhow::ensure!(answer.status == 202, "{answer:?}");
        Ok(answer)
    };
    post("scan", &image_only_pdf())?;
    post("noise", &[7; 4096])?;
    let until = |count: usize| -> Result<serde_json::Value> {
        for _ in 0..300 {
            let list = installation.json(["quarantine", "list"])?;
            if list.as_array().map(Vec::len) == Some(count) {
                return Ok(list);
            }
        }
        anyhow::bail!("the quarantine never has {count}")
    };
    let list = until(2)?;
    assert_eq!((&list[0]["id"], &list[0]["reason"]), (&"noise".into(), &"not_a_document".into()));
    assert_eq!((&list[1]["id"], &list[1]["reason"]), (&"scan".into(), &"no_text".into()));
    let one = installation.json(["quarantine", "list", "--reason", "no_text", "--portal", "live"])?;
    assert_eq!(one.as_array().map(Vec::len), Some(1));
    let table = installation.succeed(["quarantine", "list", "--format", "text", "--top", "1"])?.stdout;
    assert!(table.contains("live/noise") && table.contains("`--top` shows more"), "{table}");
    assert_told(&installation.run(["quarantine", "list", "--reason", "ugly"])?, 2, &["ugly", "no_text"]);

    let to = installation.files()?.join("scan.pdf");
    let shown = installation.succeed([
        "quarantine",
        "show",
        "live/scan",
        "--format",
        "text",
        "--original",
        &to.to_string_lossy(),
    ])?;
    assert!(shown.stdout.contains("quarantined: no_text, attempt 1"), "{}", shown.stdout);
    assert_eq!(std::fs::read(&to)?, image_only_pdf());
    assert_told(
        &installation.run(["quarantine", "show", "live/absent"])?,
        4,
        &["live/absent", "quarantine list"],
    );
    assert_told(&installation.run(["quarantine", "show", "absent"])?, 2, &["live/a-17"]);

    let sent = installation.succeed(["quarantine", "replay", "live/scan"])?.stdout;
    assert_eq!(sent, "1 sent round again\n");
    let mut attempts = serde_json::Value::Null;
    for _ in 0..300 {
        let shown = installation.json(["quarantine", "show", "live/scan"])?;
        if shown["state"] == "quarantined" {
            attempts = shown["attempt"].clone();
            assert_eq!(shown["timeline"].as_array().map(Vec::len), Some(5), "{shown}");
            break;
        }
    }
    assert_eq!(attempts, 2);
    let run = installation.run(["quarantine", "discard", "live/scan", "live/absent"])?;
    assert_told(&run, 4, &["live/absent: no such submission"]);
    assert_eq!(run.stdout, "1 discarded\n");
    let run = installation.run(["quarantine", "replay", "live/scan"])?;
    assert_told(&run, 4, &["live/scan: it is discarded, not quarantined"]);
    assert_told(&installation.run(["quarantine", "discard"])?, 2, &["--all"]);
    assert_eq!(installation.succeed(["quarantine", "discard", "--all"])?.stdout, "1 discarded\n");
    assert_eq!(installation.succeed(["quarantine", "discard", "--all"])?.stdout, nothing);
    let status = installation.json(["status"])?;
    assert_eq!((&status["law_holds"], &status["ledger"]["live"]["discarded"]), (&true.into(), &2.into()));
    assert_eq!(server.stop()?.code, Some(0));
    Ok(())
}

#[test]
fn servers_and_workers_stop_in_order() -> Result<()> {
    let installation = Installation::new()?;
    let server = serve(&installation)?;
    let worker = Running::start(&mut installation.command(["work"])?)?;
    let told = Running::start(&mut installation.command(["work", "--listen", "127.0.0.1:0"])?)?;
    assert_eq!(request(told.address(), "GET /livez", &[], "")?.status, 200);
    assert_eq!(
        request(told.address(), "POST /v1/submissions", &[], "x")?.status,
        404,
        "a worker has no door"
    );
    let second = installation.run(["serve", "--listen", server.address()])?;
    assert_told(&second, 7, &[server.address(), "another server", "--listen"]);
    for running in [told, worker, server] {
        let ended = running.stop()?;
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(!ended.stderr.contains("ERROR"), "{}", ended.stderr);
    }
    Ok(())
}

#[test]
fn what_keeps_a_server_from_starting_is_told_with_what_to_do() -> Result<()> {
    let host = VirtualHost::new("start")?;
    let right = host.url();
    // Nobody listens there any more.
    let away = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let start = |name: &str, value: &str| {
        let installation = Installation::new()?.with(name, value);
        installation.run(["serve", "--listen", "127.0.0.1:0"])
    };
    let url = right.replace("bole:bole@", "bole:wr0ng@");
    let refused = ["the broker refuses", "user, password and virtual host"];
    let run = start("BOLE_QUEUE_URL", &url)?;
    assert_told(&run, 6, &refused);
    assert!(!run.stderr.contains("wr0ng"), "a password is told: {}", run.stderr);
    assert_told(&start("BOLE_QUEUE_URL", &format!("{right}-absent"))?, 6, &refused);
    let url = format!("amqp://bole:bole@{away}/x");
    assert_told(
        &start("BOLE_QUEUE_URL", &url)?,
        6,
        &["the queue is not available", "the broker and the network"],
    );
    let run = start("BOLE_QUEUE_URL", "amqp://bole:bole@no-such-host.invalid/x")?;
    assert_told(&run, 6, &["the queue is not available", "the broker and the network"]);
    for broken in ["http://bole@host", "amqp://host/x", "amqp://bole@host:port/x", "amqp://b%zz@host"] {
        assert_told(&start("BOLE_QUEUE_URL", broken)?, 3, &["queue.url", "BOLE_QUEUE_URL"]);
    }
    let run = start("BOLE_STORE_URL", &format!("postgres://bole@{away}/bole"))?;
    assert_told(&run, 6, &["the store is away", "its disk or server"]);
    assert_told(
        &start("BOLE_STORE_URL", "mysql://bole@host/x")?,
        3,
        &["store.url", "postgres://user@host/name"],
    );
    assert_told(&start("BOLE_STORE_URL", "postgres://bole@host:port/x")?, 3, &["store.url"]);
    assert_told(&start("BOLE_WORK_LISTEN", "everywhere")?, 3, &["work.listen", "127.0.0.1:8080"]);
    Ok(())
}

#[test]
fn a_queue_that_somebody_declared_in_another_way_is_named() -> Result<()> {
    let host = VirtualHost::new("declared")?;
    // As a classic one, where ours is a quorum queue.
    let script = "import pika, sys\n\
        channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
        channel.queue_declare('bole.submissions.live', durable=True)\n";
    let mut python = std::process::Command::new("/usr/bin/python3");
    let run = bole_tests::Run::of(python.args(["-c", script, &host.url()]))?;
    run.code.filter(|code| *code == 0).with_context(|| run.stderr.clone())?;
    let installation = Installation::new()?.with("BOLE_QUEUE_URL", host.url());
    let run = installation.run(["portal", "add", "live"])?;
    assert_told(&run, 6, &["`bole.submissions.live`", "declared in another way", "delete it"]);
    Ok(())
}
