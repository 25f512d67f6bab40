use anyhow::Result;
use bole_tests::Installation;

#[test]
fn the_demo_shows_three_fields_and_what_to_try_next() -> Result<()> {
    let installation = Installation::new()?;
    let temporary = installation.files()?;
    let mut command = installation.command(["demo"])?;
    let run = bole_tests::Run::of(command.env("TMPDIR", &temporary))?;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for expected in ["储能", "航空航天", "金融", "census:", "the law     holds", "Try next"] {
        assert!(run.stdout.contains(expected), "`{expected}` is missing in:\n{}", run.stdout);
    }
    // The strongest of each field leads it.
    for strong in ["energy-", "aero-", "finance-"] {
        assert!(run.stdout.contains(strong), "{}", run.stdout);
    }
    assert!(!installation.data().exists(), "the demo has a folder of its own");
    Ok(())
}
