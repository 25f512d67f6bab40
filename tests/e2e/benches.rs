use std::path::PathBuf;

use anyhow::Result;
use bole_tests::{Installation, demo_resumes, text_pdf};

/// A file that names one resume.
fn list(installation: &Installation, lines: &[&str]) -> Result<(PathBuf, PathBuf)> {
    let resume = installation.write("resume.pdf", &text_pdf(lines))?;
    let list = installation.write("list.txt", format!("{}\n", resume.display()).as_bytes())?;
    Ok((resume, list))
}

#[test]
fn the_texts_of_a_bench_are_those_of_extract() -> Result<()> {
    let installation = Installation::new()?;
    let (resume, list) = list(&installation, &["Battery engineer", "Solid-state cells"])?;
    let to = installation.files()?.join("texts");
    let (bench, to) = (["bench", "extract", "--format", "json", "--to"], to.as_path());
    let arguments = bench.map(AsRef::as_ref).into_iter().chain([to.as_os_str(), list.as_os_str()]);
    let report = installation.json(arguments)?;
    assert_eq!(report["n_documents"], 1);
    let stages = report["stages"].as_array().unwrap();
    assert_eq!(stages.iter().filter(|stage| stage["mean_ms"].as_f64() > Some(0.0)).count(), 6);
    let name = format!("{}.txt", resume.to_string_lossy().replace('/', "_"));
    let measured = std::fs::read_to_string(to.join(&name))?;
    assert!(measured.contains("Solid-state cells"));
    installation.succeed(["extract".as_ref(), resume.as_os_str(), "--to".as_ref(), to.as_os_str()])?;
    assert_eq!(std::fs::read_to_string(to.join(&name))?, measured);
    Ok(())
}

#[test]
fn a_child_reads_what_its_parent_reads() -> Result<()> {
    let installation = Installation::new()?;
    let (_, list) = list(&installation, &["Battery engineer", "Solid-state cells"])?;
    let arguments = ["bench", "sandbox", "--rounds", "1", "--format", "json"].map(AsRef::as_ref);
    let report = installation.json(arguments.into_iter().chain([list.as_os_str()]))?;
    assert_eq!((&report["n_documents"], &report["n_refused"]), (&1.into(), &0.into()));
    assert!(report["start_ms"].as_f64() > Some(0.0), "{report}");
    Ok(())
}

#[test]
fn what_is_understood_is_told_by_language_and_field() -> Result<()> {
    let installation = Installation::new()?;
    let truth = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("truth");
    let (chinese, english) = (truth.join("bench-01.zh.toml"), truth.join("bench-01.en.toml"));
    let to = installation.files()?.join("drawn");
    let start = ["bench", "understanding", "--rounds", "1", "--to"].map(AsRef::as_ref);
    let arguments = start
        .into_iter()
        .chain([to.as_os_str(), chinese.as_os_str(), english.as_os_str()])
        .collect::<Vec<_>>();
    let report = installation.json(arguments.iter().copied())?;
    assert_eq!((&report["n_resumes"], &report["twins"]["n_pairs"]), (&2.into(), &1.into()));
    for count in report["languages"].as_array().unwrap() {
        assert_eq!(count["fields"]["emails"]["accuracy"], 1.0, "{count}");
        assert_eq!(count["fields"]["school"]["told"], 2, "{count}");
    }
    assert!(to.join("bench-01.zh.pdf").is_file());
    let text = ["--format", "text", "--errors"].map(AsRef::as_ref);
    let text = installation.succeed(arguments.iter().copied().chain(text))?;
    for told in ["2 resumes: 1 plain, 1 form", "highest degree", "of 1 twins", "lexicon"] {
        assert!(text.stdout.contains(told), "{told} in {}", text.stdout);
    }
    Ok(())
}

#[test]
fn matches_are_measured_and_the_same_on_any_number_of_threads() -> Result<()> {
    let installation = Installation::new()?;
    installation.succeed(["ingest".as_ref(), demo_resumes().as_os_str()])?;
    let start = ["bench", "match", "--rounds", "6", "--threads", "1,3", "--rows", "3000"];
    let arguments = start.into_iter().chain(["--top", "5"]);
    let report = installation.json(arguments.clone())?;
    let (resumes, rows) = (&report["resumes"], &report["rows"]);
    for measured in [resumes, rows] {
        assert_eq!((&measured["same"], &measured["n_rounds"]), (&true.into(), &6.into()), "{measured}");
        let threads: Vec<_> = measured["threads"].as_array().unwrap().iter().collect();
        assert_eq!(threads.iter().map(|at| at["n_threads"].as_u64()).collect::<Vec<_>>(), [Some(1), Some(3)]);
        for at in threads {
            assert!(
                at["p50_ms"].as_f64() > Some(0.0) && at["p50_ms"].as_f64() <= at["p99_ms"].as_f64(),
                "{at}"
            );
        }
    }
    let parts = resumes["threads"][0]["parts"].as_array().unwrap();
    let parts: Vec<_> = parts.iter().map(|part| part["part"].as_str().unwrap()).collect();
    assert_eq!(parts, ["refresh", "rank", "fetch", "explain"]);
    assert_eq!(rows["n_rows"], 3000);
    assert_eq!(rows["n_resumes"], resumes["n_people"]);
    assert!(rows["bytes_a_row"].as_f64() < Some(400.0), "{rows}");
    let text = installation.succeed(arguments.chain(["--format", "text", "--profile", "finance"]))?;
    for told in ["6 matches, top 5", "3000 rows made from", "1 thread", "explain", "the same best"] {
        assert!(text.stdout.contains(told), "{told} in {}", text.stdout);
    }
    Ok(())
}

#[test]
fn a_page_is_drawn_with_what_was_found_on_it() -> Result<()> {
    let installation = Installation::new()?;
    let (_, list) = list(&installation, &["Battery engineer"])?;
    let to = installation.files()?.join("drawings");
    let arguments = ["bench", "boxes", "--to"].map(AsRef::as_ref);
    installation.succeed(arguments.into_iter().chain([to.as_os_str(), list.as_os_str()]))?;
    let drawing = std::fs::read_dir(&to)?.next().unwrap()?.path();
    let drawing = std::fs::read_to_string(drawing)?;
    // Two words, the line and the block.
    assert_eq!(drawing.matches("fill=\"none\"").count(), 4);
    Ok(())
}

#[test]
fn resumes_are_made_once() -> Result<()> {
    let installation = Installation::new()?;
    let to = installation.files()?.join("resumes");
    let arguments = ["bench", "resumes", "--count", "40", "--format", "json", "--to"].map(AsRef::as_ref);
    let make = || installation.json(arguments.into_iter().chain([to.as_os_str()]));
    let (first, second) = (make()?, make()?);
    assert_eq!((&first["n_made"], &second["n_made"]), (&40.into(), &0.into()));
    assert_eq!(first["sizes"], second["sizes"]);
    let truth = std::fs::read_to_string(to.join("truth.jsonl"))?;
    let truth: serde_json::Value = serde_json::from_str(truth.lines().last().unwrap())?;
    let read = installation.succeed(["extract".as_ref(), to.join("000/000039.pdf").as_os_str()])?;
    assert!(read.stdout.contains(truth["emails"][0].as_str().unwrap()), "{}", read.stdout);
    Ok(())
}

#[test]
fn an_empty_list_says_what_to_write() -> Result<()> {
    let installation = Installation::new()?;
    let list = installation.write("list.txt", b"\n")?;
    let run = installation.run(["bench".as_ref(), "extract".as_ref(), list.as_os_str()])?;
    assert_eq!(run.code, Some(7));
    assert!(run.stderr.contains("one path a line"), "{}", run.stderr);
    Ok(())
}

#[test]
fn a_server_is_measured_without_tls_only() -> Result<()> {
    let run = Installation::new()?.run(["bench", "queries", "--url", "https://127.0.0.1:8443"])?;
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("begins with http://"), "{run:?}");
    Ok(())
}
