//! Originals in a bucket, from outside: what goes in comes out again, and what is away loses nothing.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bole_engine::Knowledge;
use bole_store::{BucketOptions, BucketOriginals, Originals, SqliteStore, Store};
use bole_tests::{
    Backends, Installation, Pipeline, Program, Proxy, Report, Run, Submission, TestBucket, image_only_pdf,
    load, psql, request, text_pdf, until,
};
use jiff::Timestamp;
use serde_json::Value;

use crate::reread::{by_older_reader, lines, open, pdf_of};

const POSTGRES: Backends = Backends { rabbitmq: false, postgres: true };

#[test]
fn beside_a_file_originals_lie_in_a_bucket() -> Result<()> {
    lies_in_a_bucket(Backends::LOCAL)
}

#[test]
fn beside_postgres_originals_lie_in_a_bucket() -> Result<()> {
    lies_in_a_bucket(POSTGRES)
}

/// Takes in with a bucket, and looks at what came in while it is there, and while it is away.
fn lies_in_a_bucket(backends: Backends) -> Result<()> {
    let bucket = TestBucket::new()?;
    let proxy = Proxy::to(bucket.address)?;
    let bucket = bucket.at(proxy.address());
    // At its most talkative no log has the secret.
    let mut pipeline = Pipeline::new(backends, &[])?.with("BOLE_LOG", "trace");
    pipeline.installation = pipeline.installation.with_bucket(&bucket);
    let installation = &pipeline.installation;
    let shown = installation.succeed(["config", "show"])?.stdout;
    ensure!(shown.contains(&bucket.prefix) && !shown.contains(&bucket.secret), "{shown}");

    let resume = text_pdf(&["Ann Example", "ann@example.org", "Accountant: audit and tax, 2015-2024"]);
    let scan = image_only_pdf();
    installation.write("in/ann.pdf", &resume)?;
    installation.write("in/scan.pdf", &scan)?;
    let folder = installation.files()?.join("in");
    let taken_in = installation.run([Path::new("ingest"), folder.as_path()])?;
    ensure!(installation.ledger()?["received"] == 2, "{taken_in:?}");
    ensure!(n_in_the_database(installation)? == 0, "they lie in the database too");

    let ranking = installation.json(["match", "finance"])?;
    let found = ranking["results"][0]["resume"].as_str().context("a resume")?.to_owned();
    let set_aside = installation.json(["quarantine", "list"])?;
    let id = format!("local/{}", set_aside[0]["id"].as_str().context("a submission")?);
    let file = installation.files()?.join("out.pdf");
    let show = || installation.run(["quarantine", "show", &id, "--original", &file.to_string_lossy()]);
    let shown = show()?;
    ensure!(shown.code == Some(0) && std::fs::read(&file)? == scan, "{shown:?}");

    let recruiter = format!("Bearer {}", installation.key(&["recruiter"])?);
    let mut server = pipeline.serve(&[])?;
    let original = || {
        let line = format!("GET /v1/candidates/{found}/original");
        request(&server.address().to_string(), &line, &[("Authorization", &recruiter)], "")
    };
    ensure!(original()?.bytes == resume, "{:?}", original()?);
    server.wait_until_ready()?;

    proxy.go_away();
    let answer = original()?;
    ensure!((answer.status, &answer.json()["code"]) == (503, &"unavailable".into()), "{answer:?}");
    ensure!(not_ready(&server)? == ["bucket"], "{:?}", server.get("/readyz")?);
    std::fs::remove_file(&file)?;
    let shown = show()?;
    ensure!(
        shown.code == Some(6) && shown.stderr.contains("the bucket of the originals is away"),
        "{shown:?}"
    );
    ensure!(!file.exists() && !format!("{shown:?}{}", server.log()).contains(&bucket.secret), "{shown:?}");
    // Who only looks and ranks needs none.
    ensure!(installation.json(["match", "finance"])?["results"] == ranking["results"], "another ranking");

    proxy.come_back();
    ensure!(original()?.bytes == resume, "{:?}", original()?);
    // A replay is read from there.
    installation.succeed(["quarantine", "replay", &id])?;
    until("second attempt", || {
        let shown = installation.json(["quarantine", "show", &id])?;
        Ok((shown["attempt"] == 2 && shown["state"] == "quarantined").then_some(()))
    })?;
    ensure!(server.stop()?.is_some_and(|code| code == 0), "{}", server.log());
    let mut wrong = installation.command(["quarantine", "show", &id, "--original", "x.pdf"])?;
    let wrong = Run::of(wrong.env("BOLE_ORIGINALS_SECRET", "another"))?;
    ensure!(wrong.code == Some(3) && wrong.stderr.contains("BOLE_ORIGINALS_SECRET"), "{wrong:?}");
    Ok(())
}

/// What a server says to be away.
fn not_ready(server: &Program) -> Result<Vec<String>> {
    let parts = server.get("/readyz")?.json()["parts"].clone();
    let away = parts.as_array().context("parts")?.iter().filter(|part| part["ok"] == false);
    Ok(away.filter_map(|part| part["name"].as_str().map(str::to_owned)).collect())
}

fn n_in_the_database(installation: &Installation) -> Result<usize> {
    const COUNT: &str = "SELECT count(*) FROM";
    if installation.backends().postgres {
        return Ok(psql(&format!("{COUNT} {}.original", installation.prefix()))?.trim().parse()?);
    }
    tokio::runtime::Runtime::new()?.block_on(async {
        let store = open(installation).await?;
        let mut n_found = 0;
        for standing in store.standings(store.head().await?).await? {
            n_found += usize::from(store.original(standing.document).await?.is_some());
        }
        Ok(n_found)
    })
}

#[test]
fn beside_a_file_a_bucket_that_goes_away_loses_nothing() -> Result<()> {
    goes_away(Backends::LOCAL)
}

#[test]
fn with_servers_a_bucket_that_goes_away_loses_nothing() -> Result<()> {
    goes_away(Backends::BOTH)
}

/// The bucket goes away in the middle of a burst, and comes back.
fn goes_away(backends: Backends) -> Result<()> {
    const N_EACH: usize = 30;
    let bucket = TestBucket::new()?;
    let proxy = Proxy::to(bucket.address)?;
    let bucket = bucket.at(proxy.address());
    let mut pipeline = Pipeline::new(backends, &["live"])?.with("BOLE_WORK_BATCH", "8");
    pipeline.installation = pipeline.installation.with_bucket(&bucket);
    let ops = format!("Bearer {}", pipeline.installation.key(&["ops"])?);
    let server = pipeline.serve(&[])?;
    let submissions = load("live", 0..2 * N_EACH);
    let (before, meanwhile) = submissions.split_at(N_EACH);
    let send = |submissions: &[Submission]| {
        submissions.iter().try_for_each(|submission| {
            let answer = submission.post(&server)?;
            ensure!(answer.status == 202, "{answer:?}");
            Ok(())
        })
    };
    send(before)?;
    until("work", || Ok((server.metric("bole_submissions_total")? > 0.0).then_some(())))?;
    proxy.go_away();
    // The door needs no bucket.
    send(meanwhile)?;
    until("outage", || Ok((server.metric("bole_outages_total")? > 0.0).then_some(())))?;
    until("who is away", || Ok((not_ready(&server)? == ["bucket"]).then_some(())))?;
    let status = pipeline.installation.json(["status"])?;
    let total = &status["total"];
    ensure!(status["law_holds"] == true && total["queued"] != 0, "{status}");
    ensure!(total["received"] == submissions.len() && total["quarantined"] != submissions.len(), "{status}");
    proxy.come_back();
    Report::of(&pipeline, &server, submissions.len(), &submissions)?.check()?;
    server.wait_until_ready()?;
    for submission in submissions.iter().step_by(5) {
        let line = format!("GET /v1/ops/submissions/live/{}/original", submission.id);
        let found = request(&server.address().to_string(), &line, &[("Authorization", &ops)], "")?;
        ensure!(found.bytes == submission.body, "{}: {found:?}", submission.id);
    }
    Ok(())
}

/// Documents of an older reader, half of which came before there was a bucket.
#[tokio::test(flavor = "multi_thread")]
async fn what_lies_in_a_bucket_is_read_anew() -> Result<()> {
    const N_DOCUMENTS: u64 = 6;
    let bucket = TestBucket::new()?;
    let installation = Installation::new()?.with_bucket(&bucket);
    installation.write("own.pdf", &text_pdf(&["Bob Sample", "Accountant, audit and tax"]))?;
    installation.succeed(["ingest".as_ref(), installation.files()?.join("own.pdf").as_os_str()])?;
    let store = Arc::new(open(&installation).await?);
    let originals = originals(&bucket, store.clone())?;
    let lexicon = Knowledge::load(None)?.lexicon().hash();
    let mut batch = Vec::new();
    for number in 0..N_DOCUMENTS {
        let lines = lines(number);
        let bytes = pdf_of(&lines);
        let overlooked = pdf_of(lines.get(..lines.len() - 1).context("lines")?);
        let mut decided = by_older_reader(number, lexicon, bytes.clone(), &overlooked)?;
        if number % 2 == 0 {
            decided.original = originals.keep(decided.submitted.document, bytes.into()).await?;
        }
        batch.push(decided);
    }
    store.commit(&batch, Timestamp::now()).await?;
    let reread: Value = installation.json(["reread"])?;
    ensure!(reread["reread"] == N_DOCUMENTS && reread["without_original"] == 0, "{reread}");
    let found = installation.json(["search", "quartz"])?;
    ensure!(found["n_found"] == N_DOCUMENTS, "{found}");
    Ok(())
}

/// The bucket as another process reaches it.
fn originals(bucket: &TestBucket, store: Arc<SqliteStore>) -> Result<BucketOriginals> {
    let TestBucket { address, prefix, key_id, secret } = bucket.clone();
    let options = BucketOptions {
        bucket: "bole-tests".to_owned(),
        prefix,
        endpoint: Some(format!("http://{address}")),
        region: "us-east-1".to_owned(),
        key_id,
        secret,
        is_path_style: true,
        ca_file: None,
        call_time: Duration::from_secs(20),
    };
    Ok(BucketOriginals::new(&options, store)?)
}
