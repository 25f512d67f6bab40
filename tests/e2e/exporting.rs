use std::collections::BTreeMap;

use anyhow::Result;
use bole_engine::{
    DataFolder, Engine, Format, Knowledge, MatchQuery, Overrides, Page, ProfileChoice, ReaderProgram, Scope,
    Settings, export_match, run_match,
};
use bole_tests::{Installation, image_only_pdf, program, text_pdf};

#[test]
fn a_resume_is_exported_as_json_resume_without_what_is_protected() -> Result<()> {
    let installation = Installation::new()?;
    let lines = [
        "Ruoning An",
        "an.ruoning@example.cn",
        "an.private@example.com",
        "Gender: Female",
        "Education",
        "Xiangtan University, Bachelor, 2012.09 - 2016.06",
        "Work Experience",
        "2019.07 - Present  Xiangjiang Cold Chain Ltd  Engineer",
        "- Refrigeration of cold stores, 14 projects in all",
    ];
    let resume = installation.write("an.pdf", &text_pdf(&lines))?;
    let scan = installation.write("scan.pdf", &image_only_pdf())?;
    let date = ["--document-date", "2026-02-10"].map(AsRef::as_ref);
    let paths = [resume.as_os_str(), scan.as_os_str()];
    installation.succeed(["ingest".as_ref()].into_iter().chain(date).chain(paths))?;
    let show = ["show", "--format", "json-resume"].map(AsRef::as_ref);

    let exported = installation.succeed(show.into_iter().chain([resume.as_os_str()]))?;
    assert!(!exported.stdout.contains("Female"), "{}", exported.stdout);
    let exported: serde_json::Value = serde_json::from_str(&exported.stdout)?;
    assert_eq!(exported["basics"]["email"], "an.ruoning@example.cn");
    assert_eq!(exported["x-bole"]["otherEmails"][0], "an.private@example.com");
    assert_eq!(exported["education"][0]["endDate"], "2016-06");
    assert_eq!(exported["work"][0]["startDate"], "2019-07");
    assert_eq!(exported["x-bole"]["asOf"], "2026-02-10");
    let shown = installation.json(["show".as_ref(), resume.as_os_str()])?;
    assert_eq!(shown["resume"], exported["x-bole"]["document"]);

    let refused = installation.run(show.into_iter().chain([scan.as_os_str()]))?;
    assert!(refused.stdout.is_empty() && refused.stderr.contains("no_text"), "{}", refused.stderr);
    Ok(())
}

/// The engine of an installation's data folder, in this process.
pub(crate) async fn engine_of(installation: &Installation) -> Result<Engine> {
    let settings = Settings::resolve(None, &BTreeMap::new(), &BTreeMap::new())?;
    let data = DataFolder::create(&installation.data())?;
    let reader = ReaderProgram { program: program()?, arguments: vec!["reader".into()] };
    Ok(Engine::open(settings, Knowledge::load(None)?, data, reader).await?)
}

#[tokio::test]
async fn a_match_leaves_as_a_file_of_each_kind() -> Result<()> {
    let installation = Installation::new()?;
    let files = installation.files()?;
    for (file, name) in [("an.pdf", "=Ruoning An"), ("bai.pdf", "Yilin Bai")] {
        let mail = format!("{}@example.cn", file.split('.').next().unwrap());
        let lines = [
            name,
            &mail,
            "Gender: Female",
            "Work Experience",
            "2019.07 - Present  Lake Ltd  Engineer",
            "- Lithium-ion batteries",
        ];
        installation.write(file, &text_pdf(&lines))?;
    }
    let date = ["--document-date", "2026-02-10"].map(AsRef::as_ref);
    installation.succeed(["ingest".as_ref()].into_iter().chain(date).chain([files.as_os_str()]))?;
    let printed = installation.succeed(["match", "energy-storage", "--format", "csv"])?.stdout;

    let engine = engine_of(&installation).await?;
    let query = MatchQuery {
        profile: ProfileChoice::read("energy-storage")?,
        overrides: Overrides::default(),
        scope: Scope::all(),
        filters: Vec::new(),
        top: 20,
        page: Page::WHOLE,
        lists: true,
    };
    let report = run_match(&engine, &query).await?;
    let all = Scope::all();
    let csv = export_match(&engine, report.clone(), Format::Csv, &all).await?;
    assert_eq!(String::from_utf8(csv.bytes)?, printed);
    assert!(printed.lines().count() == 3 && !printed.contains(",=") && !printed.contains("\"="), "{printed}");

    let workbook = export_match(&engine, report.clone(), Format::Xlsx, &all).await?;
    assert!(workbook.bytes.starts_with(b"PK") && workbook.extension == "xlsx");
    assert_eq!(workbook, export_match(&engine, report.clone(), Format::Xlsx, &all).await?);

    for format in [Format::JsonLines, Format::JsonResume] {
        let exported = export_match(&engine, report.clone(), format, &all).await?;
        let text = String::from_utf8(exported.bytes)?;
        assert!(!text.contains("Female"), "{text}");
        for (line, placed) in text.lines().zip(&report.results) {
            let value: serde_json::Value = serde_json::from_str(line)?;
            let resume =
                if format == Format::JsonResume { &value["x-bole"]["document"] } else { &value["resume"] };
            assert_eq!(*resume, placed.resume.to_string());
        }
        assert_eq!(text.lines().count(), report.results.len());
    }
    Ok(())
}
