//! A store that a newer release has upgraded while this one was at work.

use std::process::Command;

use anyhow::{Result, ensure};
use bole_tests::{Backends, Pipeline, Submission, psql, until};

/// Has the store say that a newer release has changed it, or that it has not.
fn set_schema(pipeline: &Pipeline, schema: u32) -> Result<()> {
    let installation = &pipeline.installation;
    if installation.backends().postgres {
        psql(&format!("UPDATE {}.bole_schema SET version = {schema}", installation.prefix()))?;
        return Ok(());
    }
    let script = "import sqlite3, sys
sqlite3.connect(sys.argv[1], timeout=30).execute('PRAGMA user_version = ' + sys.argv[2])";
    let mut python = Command::new("/usr/bin/python3");
    python.args(["-c", script]).arg(installation.data().join("store.sqlite")).arg(schema.to_string());
    ensure!(python.status()?.success(), "the schema was not set");
    Ok(())
}

fn schema_of(pipeline: &Pipeline) -> Result<u32> {
    let path = pipeline.installation.files()?.join("schema");
    let made = pipeline.installation.json(["backup".as_ref(), "create".as_ref(), path.as_os_str()])?;
    Ok(serde_json::from_value(made["schema"].clone())?)
}

/// The server refuses what it is sent, ends by itself, and nothing that it had taken in is lost.
fn ends(backends: Backends) -> Result<()> {
    let pipeline = Pipeline::new(backends, &["web"])?;
    let mut server = pipeline.serve(&[])?;
    let first = Submission::resume("web", 1);
    assert_eq!(first.post(&server)?.status, 202);
    assert_eq!(first.outcome(&server)?["state"], "indexed");
    let schema = schema_of(&pipeline)?;
    set_schema(&pipeline, 99)?;
    let second = Submission::resume("web", 2);
    // It answers that it is away, or is away.
    if let Ok(answer) = second.post(&server) {
        assert_eq!(answer.status, 503, "{answer:?}");
    }
    let code = until("its end", || server.ended())?;
    assert_eq!(code, Some(3), "{}", server.log());
    assert!(server.log().contains("(schema 99, this one knows"), "{}", server.log());
    assert!(server.log().contains("upgrade this node"), "{}", server.log());
    let refused = pipeline.installation.run(["status"])?;
    assert!(refused.code == Some(3) && refused.stderr.contains("upgrade this node"), "{refused:?}");

    // As the newer release would find it.
    set_schema(&pipeline, schema)?;
    let mut server = pipeline.serve(&[])?;
    assert_eq!(first.outcome(&server)?["state"], "indexed");
    until("acknowledgement", || Ok(matches!(second.post(&server)?.status, 200 | 202).then_some(())))?;
    assert_eq!(second.outcome(&server)?["state"], "indexed");
    let status = pipeline.installation.json(["status"])?;
    assert_eq!((&status["law_holds"], &status["total"]["received"]), (&true.into(), &2.into()));
    assert_eq!(server.stop()?, Some(0));
    Ok(())
}

#[test]
fn an_older_server_writes_nothing_more() -> Result<()> {
    ends(Backends::LOCAL)
}

#[test]
fn an_older_server_writes_nothing_more_on_servers() -> Result<()> {
    ends(Backends::BOTH)
}
