//! `/docs`, the description of the API for people.

use anyhow::{Context, Result};
use bole_tests::{Browser, Installation, Language, Running};

use super::assert_accessible;

#[test]
fn the_description_of_the_api_is_read_by_everyone() -> Result<()> {
    let installation = Installation::new()?;
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    let browser = Browser::start(Language::English)?;
    browser.open(&format!("http://{}/docs", server.address()))?;
    assert!(browser.text("h1")?.starts_with("Bole "), "{}", browser.text("h1")?);
    assert_eq!(browser.title()?, "Bole: HTTP API");
    assert_accessible(&browser)?;

    let first = browser.attribute("nav li a", "href")?.context("a link")?;
    browser.click("nav li a")?;
    assert!(browser.url()?.ends_with(&first), "{first}: {}", browser.url()?);
    // On a telephone nothing is wider than the window.
    browser.resize(390, 844)?;
    assert_accessible(&browser)?;
    assert!(browser.run("return document.documentElement.scrollWidth;", [])?.as_u64() <= Some(390));

    assert_eq!(browser.script_errors()?, [""; 0]);
    assert_eq!(browser.dialogs_opened()?, [""; 0]);
    assert_eq!(server.stop()?.code, Some(0));
    Ok(())
}
