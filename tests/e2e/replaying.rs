//! A match is told again, byte for byte, whatever has come or changed since.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use bole_engine::Knowledge;
use bole_tests::{Backends, Installation, demo_resumes, text_pdf};
use serde_json::Value;

use crate::reread::{fill, open};

const FORMATS: [&str; 3] = ["json", "csv", "table"];

/// Three matches, with overrides and filters.
const MATCHES: [&[&str]; 3] = [
    &["match", "energy-storage", "--weight", "titles=3", "--gate", "min_degree=master", "--top", "12"],
    &["match", "aerospace", "--where", "language:chinese", "--where", "degree:master OR degree:doctor"],
    &[
        "match",
        "finance",
        "--gate",
        "field=off",
        "--gate",
        "any_of=audit,banking",
        "--where",
        "(audit OR 审计 OR 银行)",
    ],
];

/// What a match printed, by format.
struct Printed {
    run: String,
    report: Value,
    bytes: BTreeMap<&'static str, String>,
}

fn print(installation: &Installation, arguments: &[&str], formats: &[&'static str]) -> Result<Printed> {
    let mut bytes = BTreeMap::new();
    for format in formats {
        bytes.insert(*format, installation.succeed(arguments.iter().chain(&["--format", *format]))?.stdout);
    }
    let report: Value = serde_json::from_str(bytes.get("json").context("JSON")?)?;
    let run = report["run"].as_str().context("the run")?.to_owned();
    ensure!(bytes.get("table").is_none_or(|table| table.contains(&run)), "{bytes:?}");
    Ok(Printed { run, report, bytes })
}

fn check_replay(installation: &Installation, run: &str, before: &Printed, more: &[&str]) -> Result<()> {
    for (format, before) in &before.bytes {
        let arguments = ["replay", run, "--format", format];
        let again = installation.succeed(arguments.iter().chain(more))?.stdout;
        ensure!(again == *before, "{format}:\n{again}\nbefore:\n{before}");
    }
    Ok(())
}

fn sum(counts: &Value) -> u64 {
    counts.as_object().into_iter().flatten().filter_map(|(_, count)| count.as_u64()).sum()
}

/// Ingests files as of a date.
fn ingest(installation: &Installation, path: &Path, date: &str) -> Result<()> {
    let arguments = ["ingest".as_ref(), path.as_os_str(), "--document-date".as_ref(), date.as_ref()];
    installation.succeed(arguments).map(drop)
}

/// A resume of a person whom the others know by her mail.
fn of_ann(lines: &[&str]) -> Vec<u8> {
    text_pdf(
        &[&["Ann Example", "ann.example@example.com", "Skills: audit, banking, battery"], lines].concat(),
    )
}

/// The configuration that ships, with a concept, a rule of a level's comment and a weight of each profile changed.
fn changed_configuration(installation: &Installation) -> Result<PathBuf> {
    let shipped = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../config"));
    let changed = installation.files()?.join("config");
    for folder in ["lexicon", "profiles"] {
        std::fs::create_dir_all(changed.join(folder))?;
        for entry in std::fs::read_dir(shipped.join(folder))? {
            let entry = entry?;
            let mut text = std::fs::read_to_string(entry.path())?;
            if folder == "profiles" {
                text = text.replacen("weight = ", "weight = 1", 1);
            }
            std::fs::write(changed.join(folder).join(entry.file_name()), text)?;
        }
    }
    let concept = "field = \"general\"\n\n[concept.quartz-polishing]\nzh = [\"石英抛光\"]\nen = [\"quartz polishing\"]\n";
    std::fs::write(changed.join("lexicon/zz-quartz.toml"), concept)?;
    let levels = std::fs::read_to_string(shipped.join("levels.toml"))?;
    std::fs::write(changed.join("levels.toml"), format!("{levels}\n# changed\n"))?;
    Ok(changed)
}

async fn replays(installation: &Installation, formats: &[&'static str]) -> Result<()> {
    if !installation.backends().postgres {
        fill(installation, 6, Knowledge::load(None)?.lexicon().hash()).await?;
    }
    ingest(installation, &demo_resumes(), "2026-10-01")?;
    let ann =
        installation.write("ann/1.pdf", &of_ann(&["Master of Science, Example University, 2010 - 2013"]))?;
    ingest(installation, &ann, "2024-03-01")?;
    let mut printed: Vec<Printed> =
        MATCHES.iter().map(|arguments| print(installation, arguments, formats)).collect::<Result<_>>()?;
    let own =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../config/profiles/finance.toml"))?;
    let own = installation.write("mine.toml", own.replacen("weight = ", "weight = 2", 1).as_bytes())?;
    let own = own.to_str().context("a path in UTF-8")?;
    printed.push(print(installation, &["match", own], &["json"])?);
    for Printed { report, .. } in &printed {
        let census = &report["census"];
        let parts = ["filtered_out", "gate_failed", "unreadable"].map(|part| sum(&census[part]));
        assert_eq!(
            census["people"].as_u64(),
            Some(parts.iter().sum::<u64>() + sum(&serde_json::json!({"": census["ranked"]}))),
            "{census}"
        );
        assert!(report["results"].as_array().is_some_and(|results| !results.is_empty()), "{census}");
    }
    let filtered = printed[1].report["census"]["filtered_out"].as_object().context("filtered out")?;
    assert_eq!(filtered.keys().collect::<Vec<_>>(), ["degree:master OR degree:doctor", "language:chinese"]);
    assert_eq!(
        printed[1].report["filters"],
        serde_json::json!(["language:chinese", "degree:master OR degree:doctor"])
    );

    // Other people, a newer resume of one, an earlier date of others, in another order; another reader, lexicon, levels
    // and profiles; another index.
    let others = installation.files()?.join("others");
    installation.succeed([
        "bench",
        "resumes",
        "--count",
        "8",
        "--seed",
        "7",
        "--to",
        others.to_str().unwrap_or_default(),
    ])?;
    ingest(installation, &others, "2026-11-01")?;
    let newer = installation
        .write("ann/2.pdf", &of_ann(&["Doctor of Philosophy, Example University, 2013 - 2016"]))?;
    ingest(installation, &newer, "2026-11-02")?;
    let copies = installation.files()?.join("copies");
    std::fs::create_dir_all(&copies)?;
    for entry in std::fs::read_dir(demo_resumes())? {
        let entry = entry?;
        std::fs::copy(entry.path(), copies.join(entry.file_name()))?;
    }
    ingest(installation, &copies, "2019-05-05")?;
    let config = changed_configuration(installation)?;
    let config = ["--config", config.to_str().context("a path in UTF-8")?];
    let reread = installation.json(["reread"].iter().chain(&config))?;
    if !installation.backends().postgres {
        assert!(reread["reread"].as_u64().is_some_and(|count| count > 0), "{reread}");
    }
    installation.succeed(["reindex"].iter().chain(&config))?;

    for (before, arguments) in printed.iter().zip(MATCHES) {
        let now = print(installation, &[arguments, &config].concat(), &["json"])?;
        assert_ne!(now.report["results"], before.report["results"], "nothing has changed that could be seen");
        for part in ["lexicon", "levels", "profile_hash", "run", "position"] {
            assert_ne!(now.report[part], before.report[part], "{part}");
        }
    }
    for before in &printed {
        check_replay(installation, &before.run, before, &[])?;
    }
    let prefix: String = printed[0].run.chars().take(8).collect();
    check_replay(installation, &prefix, &printed[0], &config)?;

    let versions = installation.json(["profile", "list", "--versions", "--format", "json"])?;
    let versions: Vec<_> = versions.as_array().into_iter().flatten().collect();
    assert_eq!(versions.len(), 7, "{versions:?}");
    assert_eq!(versions.iter().filter(|version| version["in_force"] == true).count(), 3);
    assert!(versions.iter().all(|version| version["kept_at"].is_string()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_match_is_told_again_whatever_came_since() -> Result<()> {
    replays(&Installation::new()?, &FORMATS).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_match_is_told_again_from_postgresql() -> Result<()> {
    replays(&Installation::on(Backends { rabbitmq: false, postgres: true })?, &["json"]).await
}

/// The index is behind the store then, and another process writes it.
#[test]
fn what_was_filtered_while_an_ingest_ran_is_told_again() -> Result<()> {
    let installation = Installation::new()?;
    let resume = installation.write("1.pdf", &text_pdf(&["Ann Example", "Skills: audit and banking"]))?;
    ingest(&installation, &resume, "2026-10-01")?;
    // Known with a later date first, so that documents move while they are taken in.
    ingest(&installation, &demo_resumes().join("finance-credit-approval-wei.pdf"), "2026-11-01")?;
    let filtered = ["match", "finance", "--where", "audit OR 审计 OR 银行", "--format", "json"];
    let mut printed = vec![installation.succeed(filtered)?.stdout];
    let mut running = installation
        .command([
            "ingest".as_ref(),
            demo_resumes().as_os_str(),
            "--document-date".as_ref(),
            "2026-10-01".as_ref(),
        ])?
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    loop {
        let ended = running.try_wait()?;
        printed.push(installation.succeed(filtered)?.stdout);
        if ended.is_some() {
            break;
        }
    }
    let mut positions = BTreeSet::new();
    for before in &printed {
        let report: Value = serde_json::from_str(before)?;
        positions.insert(report["position"].as_u64());
        let run = report["run"].as_str().context("the run")?;
        assert_eq!(&installation.succeed(["replay", run, "--format", "json"])?.stdout, before);
    }
    assert!(positions.len() > 1, "{positions:?}");
    Ok(())
}

#[test]
fn a_run_that_is_not_there_is_told_and_nothing_else() -> Result<()> {
    let (one, other) = (Installation::new()?, Installation::new()?);
    let resume = one.write("1.pdf", &text_pdf(&["Ann Example", "Skills: audit and banking"]))?;
    let other_resume = other.write("1.pdf", &text_pdf(&["Bob Sample", "Skills: audit and tax"]))?;
    ingest(&one, &resume, "2026-10-01")?;
    ingest(&other, &other_resume, "2026-10-01")?;
    let run = print(&one, &["match", "finance", "--weight", "titles=1"], &["json"])?.run;
    for (installation, wrong) in
        [(&one, "ffffffffffffffff"), (&one, "1234567"), (&one, "ann-example"), (&other, run.as_str())]
    {
        let refused = installation.run(["replay", wrong])?;
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(4), ""), "{wrong}");
        assert!(
            refused.stderr.starts_with(&format!("error: no run `{wrong}` is kept here")),
            "{}",
            refused.stderr
        );
        assert!(!refused.stderr.contains("Ann") && !refused.stderr.contains("Bob"), "{}", refused.stderr);
    }
    Ok(())
}

#[test]
fn mistakes_in_a_match_are_told_at_once() -> Result<()> {
    let installation = Installation::new()?;
    let resume = installation.write("1.pdf", &text_pdf(&["Ann Example", "Skills: audit and banking"]))?;
    ingest(&installation, &resume, "2026-10-01")?;
    let refused = installation.run([
        "match",
        "finance",
        "--weight",
        "title=1",
        "--gate",
        "any_of=audits",
        "--gate",
        "min_full_time_months=0",
    ])?;
    assert_eq!(refused.code, Some(2));
    for part in ["did you mean `titles`?", "did you mean `audit`?", "from 1 to 600"] {
        assert!(refused.stderr.contains(part), "{}", refused.stderr);
    }
    let refused = installation.run(["match", "finance", "--where", "audit OR source:ann"])?;
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("could not be replayed"), "{}", refused.stderr);
    let wrong = installation.write("wrong.toml", b"field = \"finance\"")?;
    let refused = installation.run(["match".as_ref(), wrong.as_os_str()])?;
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);

    // Explained as ranked.
    let changes = ["--weight", "titles=1", "--gate", "any_of=audit", "--gate", "field=off"];
    let report = installation.json(["match", "finance", "--format", "json"].iter().chain(&changes))?;
    let resume = resume.to_str().context("a path in UTF-8")?;
    let explained = installation.json(["explain", resume, "--profile", "finance"].iter().chain(&changes))?;
    assert_eq!(explained["explanation"]["total"], report["results"][0]["score"]);
    let gates = explained["explanation"]["gates"].as_array().context("gates")?;
    assert_eq!(gates.iter().map(|gate| &gate["id"]).collect::<Vec<_>>(), ["any_of"]);
    let plain = installation.json(["match", "finance"])?;
    assert_ne!(plain["run"], report["run"]);
    Ok(())
}

#[tokio::test]
async fn nobody_is_told_as_nobody() -> Result<()> {
    let installation = Installation::new()?;
    std::fs::create_dir_all(installation.data())?;
    open(&installation).await?;
    let table = installation.succeed(["match", "finance", "--format", "table"])?.stdout;
    assert!(table.starts_with("no resumes yet, take some in with `bole ingest`\n"), "{table}");
    let report = installation.json(["match", "finance", "--where", "audit"])?;
    assert_eq!((&report["census"]["people"], &report["results"]), (&0.into(), &serde_json::json!([])));
    let resume = installation.write("1.pdf", &text_pdf(&["Ann Example", "Skills: audit and banking"]))?;
    ingest(&installation, &resume, "2026-10-01")?;
    let table = installation.succeed(["match", "finance", "--format", "table", "--where", "tax"])?.stdout;
    assert!(table.starts_with("nobody is left: the filters and the gates let nobody through\n"), "{table}");
    assert!(table.contains("1 people = 0 ranked + 1 filtered out (1 tax)"), "{table}");
    Ok(())
}
