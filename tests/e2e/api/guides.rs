//! The guides, followed word by word.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use bole_tests::{Installation, Run, Running, demo_resumes, program, resume_pdf};
use serde_json::Value;

use super::{Client, serve, unzipped, wait_until_found};

const PORTAL: &str = include_str!("../../../deploy/guides/portal.md");
const RECRUITER: &str = include_str!("../../../deploy/guides/recruiter.md");
const OPERATOR: &str = include_str!("../../../deploy/guides/operator.md");
/// Where the guides say that the server is.
const ADDRESS: &str = "http://127.0.0.1:8080";

/// The commands of a guide, one after the other, against a server that is elsewhere.
fn script(guide: &str, server: &Running) -> Result<String> {
    let blocks = guide.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let script = blocks.fold("set -euo pipefail\n".to_owned(), |all, block| all + block);
    ensure!(script.contains(ADDRESS), "the guide does not say where the server is");
    Ok(script.replace(ADDRESS, &format!("http://{}", server.address())))
}

/// Runs a guide as one script, in the folder of the test's files, with what its reader has.
fn follow(guide: &str, installation: &Installation, server: &Running, has: &[(&str, &str)]) -> Result<Run> {
    let program = program()?;
    let folder = program.parent().context("the folder of the program")?;
    let path = format!("{}:{}", folder.display(), std::env::var("PATH")?);
    let files = installation.files()?;
    let mut bash = Command::new("bash");
    bash.args(["-c", &script(guide, server)?]).current_dir(&files);
    bash.env_clear()
        .env("PATH", path)
        .env("HOME", &files)
        .env("BOLE_DATA", installation.data())
        .envs(has.iter().copied());
    let run = Run::of(&mut bash)?;
    ensure!(run.code == Some(0), "{:?}: {}\n{}", run.code, run.stdout, run.stderr);
    Ok(run)
}

/// The JSON values that commands printed one after the other.
fn values(printed: &str) -> Vec<Value> {
    let values = serde_json::Deserializer::from_str(printed).into_iter::<Value>();
    values.map_while(Result::ok).collect()
}

fn key_of(installation: &Installation, portal: &str) -> String {
    installation.keys().bearer(portal).trim_start_matches("Bearer ").to_owned()
}

#[test]
fn a_portal_can_follow_its_guide() -> Result<()> {
    let installation = Installation::new()?;
    installation.add_portal("live-stream")?;
    installation.write("resume.pdf", &resume_pdf(1))?;
    installation.write("second.pdf", &resume_pdf(2))?;
    let server = serve(&installation)?;
    let key = key_of(&installation, "live-stream");
    let run = follow(PORTAL, &installation, &server, &[("PORTAL_KEY", &key)])?;
    let told = values(&run.stdout);
    assert_eq!(told.len(), 6, "{}", run.stdout);
    assert_eq!((&told[0]["readable"], &told[1]["id"]), (&true.into(), &"application-4711".into()));
    let reconciled = told.last().context("an answer")?;
    assert_eq!(bole_tests::texts(&reconciled["known"], "id"), ["application-4711", "application-4712"]);
    assert_eq!(reconciled["unknown"], serde_json::json!(["application-4713"]));
    let portal = Client::new(server.address(), installation.keys().bearer("live-stream"));
    for id in ["application-4711", "application-4712"] {
        bole_tests::until("decision", || {
            let state = portal.read(&format!("/v1/submissions/{id}"))?["state"].clone();
            ensure!(state == "queued" || state == "indexed", "{id}: {state}");
            Ok((state == "indexed").then_some(()))
        })?;
    }
    assert_eq!(server.stop()?.code, Some(0));
    Ok(())
}

#[test]
fn a_recruiter_can_follow_their_guide() -> Result<()> {
    let installation = Installation::new()?;
    installation.succeed(["ingest".as_ref(), demo_resumes().as_os_str()])?;
    let server = serve(&installation)?;
    let key = installation.key(&["recruiter"])?;
    let recruiter = Client::new(server.address(), format!("Bearer {key}"));
    wait_until_found(&recruiter, "field:any", 30)?;
    follow(RECRUITER, &installation, &server, &[("RECRUITER_KEY", &key)])?;
    let files = installation.files()?;
    let original = std::fs::read(files.join("original.pdf"))?;
    assert!(original.starts_with(b"%PDF"), "{} bytes", original.len());
    let workbook = unzipped(&std::fs::read(files.join("shortlist.xlsx"))?)?;
    assert!(workbook.iter().any(|(name, _)| name == "xl/workbook.xml"), "no workbook");
    let csv = std::fs::read_to_string(files.join("match.csv"))?;
    let matched: Value = serde_json::from_slice(&std::fs::read(files.join("match.json"))?)?;
    assert!(csv.starts_with('\u{feff}'), "{csv}");
    // The file holds the whole ranking, the page ten of it.
    assert!(matched["results"].as_array().context("results")?.len() == 10, "{matched}");
    let best = matched["results"][0]["resume"].as_str().context("an id")?;
    assert!(csv.contains(best), "{csv}");
    let shown = recruiter.read(&format!("/v1/candidates/{best}"))?;
    assert_eq!(
        (&shown["decisions"][0]["choice"], shown["notes"].as_array().map(Vec::len)),
        (&"advance".into(), Some(1))
    );
    let list = &recruiter.read("/v1/shortlists")?["shortlists"][0];
    assert_eq!((&list["name"], &list["n_entries"]), (&"Audit, spring".into(), &1.into()));
    assert_eq!(server.stop()?.code, Some(0));
    Ok(())
}

#[test]
fn an_operator_can_follow_their_guide() -> Result<()> {
    let installation = Installation::new()?;
    installation.add_portal("live-stream")?;
    let server = serve(&installation)?;
    let portal = Client::new(server.address(), installation.keys().bearer("live-stream"));
    portal.submit("application-1", &[], b"a letter, and no PDF")?;
    let run = follow(OPERATOR, &installation, &server, &[])?;
    assert!(run.stdout.contains("\"law_holds\":true"), "{}", run.stdout);
    assert!(run.stdout.contains("event: sample"), "no event came: {}", run.stdout);
    assert!(run.stdout.contains("\"done\":true"), "nothing was replayed: {}", run.stdout);
    // The key that the guide makes and takes back.
    let keys = installation.json(["key", "list"])?;
    let names: Vec<_> = keys
        .as_array()
        .context("keys")?
        .iter()
        .map(|key| (key["name"].as_str().unwrap_or_default().to_owned(), key["revoked_at"].is_string()))
        .collect();
    for expected in [("operations desk", false), ("live stream", false), ("finance unit", true)] {
        assert!(names.contains(&(expected.0.to_owned(), expected.1)), "{expected:?} in {names:?}");
    }
    // Sent round again it is no better.
    bole_tests::until("second decision", || {
        let stands = portal.read("/v1/submissions/application-1")?;
        Ok((stands["attempt"] == 2 && stands["state"] == "quarantined").then_some(()))
    })?;
    assert_eq!(server.stop()?.code, Some(0));
    Ok(())
}
