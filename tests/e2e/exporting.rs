use anyhow::Result;
use bole_tests::{Installation, image_only_pdf, text_pdf};

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
