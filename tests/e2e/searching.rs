use anyhow::Result;
use bole_tests::{Installation, demo_resumes, text_pdf};

#[test]
fn search_finds_what_is_written_and_nothing_else() -> Result<()> {
    let installation = Installation::new()?;
    installation.succeed(["ingest".as_ref(), demo_resumes().as_os_str()])?;
    installation.write("1.pdf", &text_pdf(&["Ann Example", "Led risk management for a leasing desk"]))?;
    installation
        .write("2.pdf", &text_pdf(&["Bob Sample", "Led risk management and audit for a leasing desk"]))?;
    installation.write("3.pdf", &text_pdf(&["Cid Tester", "Management of leasing risk"]))?;
    let folder = installation.files()?;
    installation.succeed(["ingest".as_ref(), folder.as_os_str()])?;
    let sources = |query: &str| -> Result<Vec<String>> {
        let report = installation.json(["search", query, "--top", "100"])?;
        let hits = report["hits"].as_array().cloned().unwrap_or_default();
        let mut names: Vec<_> = hits
            .iter()
            .filter_map(|hit| hit["source"].as_str())
            .map(|source| source.rsplit('/').next().unwrap_or_default().to_owned())
            .collect();
        names.sort();
        Ok(names)
    };
    assert_eq!(sources("\"risk management\" AND leasing AND NOT audit")?, ["1.pdf"]);
    assert_eq!(sources("leasing （audit OR management）")?, ["1.pdf", "2.pdf", "3.pdf"]);
    assert_eq!(sources("name:cid")?, ["3.pdf"]);
    let solid_state = sources("固态电池")?;
    assert!(solid_state.contains(&"energy-solid-state-chen.pdf".to_owned()), "{solid_state:?}");
    let lithium = sources("锂")?;
    assert!(lithium.len() >= solid_state.len(), "{lithium:?}");
    Ok(())
}

#[test]
fn hidden_text_is_not_found_and_does_not_score() -> Result<()> {
    let installation = Installation::new()?;
    installation.succeed(["ingest".as_ref(), demo_resumes().as_os_str()])?;
    let path = demo_resumes().canonicalize()?.join("other-sales-hidden-keywords-stonewick.pdf");
    let shown = installation.json(["show".as_ref(), path.as_os_str()])?;
    let pages = shown["reading"]["content"]["pages"].as_array().cloned().unwrap_or_default();
    let hidden = pages.iter().filter_map(|page| page["hidden"].as_array()).flatten().count();
    assert!(hidden > 0, "the hidden words are reported apart");
    for profile in ["energy-storage", "aerospace"] {
        let explained = installation.json([
            "explain".as_ref(),
            path.as_os_str(),
            "--profile".as_ref(),
            profile.as_ref(),
        ])?;
        let total = explained["explanation"]["total"].as_u64().unwrap_or(u64::MAX);
        assert!(total < 20_000, "{profile}: {total}");
    }
    Ok(())
}
