use anyhow::Result;
use bole_tests::Installation;

#[test]
fn the_demo_shows_three_fields_and_what_to_try_next() -> Result<()> {
    let installation = Installation::new()?;
    let temporary = installation.files()?;
    let mut command = installation.command(["demo"])?;
    let run = bole_tests::Run::of(command.env("TMPDIR", &temporary))?;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for expected in ["census:", "the law     holds", "Try next", "BOLE_SERVER_OPEN_LOOPBACK=true"] {
        assert!(run.stdout.contains(expected), "`{expected}` is missing in:\n{}", run.stdout);
    }
    // The best of each field is of that field: files are named by it.
    for (field, prefix) in [("空天信息", "aero-"), ("新型储能", "energy-"), ("金融", "finance-")] {
        let ranking = run.stdout.split_once(field).map_or("", |(_, rest)| rest);
        let best = ranking.split_whitespace().find(|word| word.contains(".pdf"));
        assert!(best.is_some_and(|file| file.starts_with(prefix)), "{field}: {best:?}");
    }
    assert!(!installation.data().exists(), "the demo has a folder of its own");
    assert!(!run.stdout.contains("[Y/n]"), "who cannot answer is not asked");
    Ok(())
}
