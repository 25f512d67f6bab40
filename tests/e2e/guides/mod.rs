//! Every command of the documents, word by word.
//!
//! A block ```` ```sh ```` is run: each document that has one has a test here that follows it, and says what its reader has.
//! A block ```` ```text ```` is not run, since it needs what no test has; the commands of ours in it are held against the
//! program's help.

mod arguments;
mod following;

use anyhow::{Context, Result, ensure};
use bole_tests::{Document, Installation, demo_resumes, resume_pdf};
use serde_json::Value;

use self::arguments::Helper;
use self::following::{clone, follow, follow_at};
use crate::api::{Client, serve, unzipped, wait_until_found};

/// The tests below.
const TESTS: &str = include_str!("mod.rs");

#[test]
fn every_document_with_commands_is_followed() -> Result<()> {
    let tests: String = TESTS.split_whitespace().collect();
    let mut n_followed = 0;
    for document in Document::all()? {
        let calls = ["follow(", "follow_at("].map(|call| format!("{call}\"{}\"", document.path));
        let is_followed =
            tests.split("#[test]").skip(1).any(|test| calls.iter().any(|call| test.contains(call)));
        let has_commands = !document.blocks_of("sh")?.is_empty();
        ensure!(
            has_commands == is_followed,
            "`{}` has commands: {has_commands}; a test follows it: {is_followed}; write one in tests/e2e/guides/mod.rs",
            document.path
        );
        n_followed += usize::from(is_followed);
    }
    assert!(n_followed >= 4, "{n_followed}");
    Ok(())
}

#[test]
fn every_command_that_cannot_run_here_is_one() -> Result<()> {
    let mut helper = Helper::default();
    let mut wrong = Vec::new();
    for document in Document::all()? {
        let blocks = document.blocks_of("text")?;
        let lines = blocks.iter().flat_map(|block| block.text.lines().map(|line| (block.line, line)));
        for (number, line) in lines.chain(document.code()) {
            if let Err(error) = helper.check(line) {
                wrong.push(format!("{}:{number}: {error}", document.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// A folder `resumes` as readers have one: those of the demo, four of them under the names that the documents use.
fn write_resumes(installation: &Installation) -> Result<()> {
    for entry in std::fs::read_dir(demo_resumes())? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).context("a name")?;
        let name = match name {
            "finance-risk-frm-okafor.pdf" => "auditor.pdf",
            "finance-quant-jiang.pdf" => "analyst.pdf",
            "energy-bms-expert-zhou.pdf" => "engineer.pdf",
            "other-chef-dubrovin.pdf" => "chef.pdf",
            name => name,
        };
        installation.write(&format!("resumes/{name}"), &std::fs::read(&path)?)?;
    }
    Ok(())
}

/// In a clone, without building it: what builds is called by its name here, and what runs this test is only looked at.
#[test]
fn the_readme_can_be_followed() -> Result<()> {
    let installation = Installation::new()?;
    clone(&installation)?;
    write_resumes(&installation)?;
    let elsewhere = [("cargo run --release -- ", "bole "), ("./tests/run", "test -x tests/run")];
    let run = follow("README.md", &installation, &[], &elsewhere)?;
    // The demo ranks three fields; the reader's own resumes are all there.
    assert_eq!(run.stdout.matches("census: ").count(), 3, "{}", run.stdout);
    assert_eq!(installation.ledger()?["indexed"], 30);
    assert!(run.stdout.contains("bole_"), "no key was made: {}", run.stdout);
    Ok(())
}

#[test]
fn the_command_line_can_be_followed() -> Result<()> {
    let installation = Installation::new()?;
    write_resumes(&installation)?;
    let run = follow("deploy/guides/command-line.md", &installation, &[], &[])?;
    assert_eq!(installation.ledger()?["indexed"], 30);
    assert!(run.stdout.contains("resume-schema/v1.0.0"), "no JSON Resume: {}", run.stdout);
    Ok(())
}

#[test]
fn the_overview_in_chinese_can_be_followed() -> Result<()> {
    let installation = Installation::new()?;
    write_resumes(&installation)?;
    follow("deploy/guides/overview.zh.md", &installation, &[], &[])?;
    assert_eq!(installation.ledger()?["indexed"], 30);
    let keys = installation.json(["key", "list"])?;
    assert_eq!(keys[0]["name"], "招聘组");
    Ok(())
}

#[test]
fn an_author_can_follow_their_guide() -> Result<()> {
    let installation = Installation::new()?;
    clone(&installation)?;
    write_resumes(&installation)?;
    installation.succeed(["ingest".as_ref(), installation.files()?.join("resumes").as_os_str()])?;
    let run = follow("deploy/guides/authoring.md", &installation, &[], &[])?;
    assert!(run.stderr.contains("asks about age"), "{}", run.stderr);
    let versions = installation.json(["profile", "list", "--versions"])?;
    let names = bole_tests::texts(&versions, "profile");
    assert!(names.contains(&"audit-manager".to_owned()), "{versions}");
    // The folder that it made is in force, and the concept that it added is one of the lexicon.
    let config = installation.files()?.join("my-config").display().to_string();
    let shown = installation.json(["--config", &config, "profile", "show", "audit-manager"])?;
    assert_eq!(shown["id"], "audit-manager");
    Ok(())
}

#[test]
fn what_one_needs_can_be_measured() -> Result<()> {
    let installation = Installation::new()?;
    let run = follow("deploy/guides/capacity.md", &installation, &[], &[])?;
    assert!(run.stdout.contains("law"), "{}", run.stdout);
    Ok(())
}

#[test]
fn one_machine_can_be_set_up() -> Result<()> {
    let installation = Installation::new()?;
    let run = follow("deploy/guides/deployment.md", &installation, &[], &[])?;
    assert!(run.stdout.contains("the configuration is right"), "{}", run.stdout);
    assert_eq!(installation.json(["key", "list"])?[0]["name"], "operations desk");
    Ok(())
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
    let run = follow_at("deploy/guides/portal.md", &installation, &server, &[("PORTAL_KEY", &key)])?;
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
    follow_at("deploy/guides/recruiter.md", &installation, &server, &[("RECRUITER_KEY", &key)])?;
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
fn the_runbook_can_be_followed() -> Result<()> {
    let installation = Installation::new()?;
    installation.add_portal("live-stream")?;
    let run = follow("deploy/guides/runbook.md", &installation, &[], &[])?;
    assert!(run.stdout.contains("law_holds"), "{}", run.stdout);
    Ok(())
}

#[test]
fn an_operator_can_follow_their_guide() -> Result<()> {
    let installation = Installation::new()?;
    let server = serve(&installation)?;
    let run = follow_at("deploy/guides/operator.md", &installation, &server, &[])?;
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
    // Sent round again it is no better. The portal asks with the key that the guide made for it.
    let made: Value = serde_json::from_slice(&std::fs::read(installation.files()?.join("portal-key.json"))?)?;
    let key = made["key"].as_str().context("a key")?;
    let portal = Client::new(server.address(), format!("Bearer {key}"));
    bole_tests::until("second decision", || {
        let stands = portal.read("/v1/submissions/application-1")?;
        Ok((stands["attempt"] == 2 && stands["state"] == "quarantined").then_some(()))
    })?;
    assert_eq!(server.stop()?.code, Some(0));
    Ok(())
}

#[test]
fn whoever_makes_backups_can_follow_the_guide() -> Result<()> {
    let installation = Installation::new()?;
    installation.succeed(["ingest".as_ref(), demo_resumes().as_os_str()])?;
    installation.add_portal("live-stream")?;
    let server = serve(&installation)?;
    let key = key_of(&installation, "live-stream");
    let run = follow_at("deploy/guides/backup.md", &installation, &server, &[("PORTAL_KEY", &key)])?;
    let told = values(&run.stdout);
    assert_eq!(told[0]["rows"]["submission"], 30, "{}", run.stdout);
    assert_eq!(told[1]["is_sound"], true, "{}", run.stdout);
    assert!(run.stdout.contains("application-4712"), "{}", run.stdout);
    assert!(installation.files()?.join("restored/store.sqlite").exists());
    assert_eq!(server.stop()?.code, Some(0));
    Ok(())
}
