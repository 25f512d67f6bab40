//! A resume that would like to run something.

use anyhow::{Context, Result};
use bole_tests::{Installation, Language, Running};

use super::Desk;
use crate::console::hostile::{PAYLOADS, hostile_resume};

#[test]
fn nothing_that_a_resume_says_is_run() -> Result<()> {
    let installation = Installation::new()?;
    installation.write("<img src=x onerror=window.__xss=13>.pdf", &hostile_resume())?;
    let folder = installation.files()?;
    installation.succeed(["ingest".as_ref(), folder.as_os_str()])?;
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    let report = installation.json(["match", "energy-storage", "--format", "json"])?;
    let resume = report["results"][0]["resume"].as_str().context("somebody is ranked")?;
    let desk = Desk::enter(&installation, &server, "recruiter", Language::English)?;
    let browser = &desk.browser;
    let candidate = format!("/candidates/{resume}?profile=energy-storage");
    desk.open(&candidate)?;
    browser.type_in("#note", PAYLOADS[1])?;
    browser.click("#noted form.stack button")?;
    browser.wait_until("the note", |browser| Ok(browser.text("#noted")?.contains("<script>")))?;
    desk.open("/shortlists")?;
    browser.type_in("#name", PAYLOADS[2])?;
    browser.click("form.card button.main")?;
    browser.wait_until("the list", |browser| Ok(browser.url()?.contains("/shortlists/")))?;
    let list = browser.url()?;
    for payload in PAYLOADS {
        let asked = crate::api::escaped(payload);
        desk.open(&format!("/search?q={asked}"))?;
        desk.open(&format!("/matches?profile={asked}&filter={asked}&w.{asked}=3&gate={asked}"))?;
        desk.open(&format!("/sign-in?next={asked}"))?;
    }
    for path in [candidate.as_str(), "/matches?profile=energy-storage", "/search?q=battery", "/shortlists"] {
        desk.open(path)?;
        browser.wait_for("main")?;
    }
    browser.open(&list)?;
    assert_eq!(browser.dialogs_opened()?, [""; 0], "no script of a resume is run");
    let refused: Vec<_> =
        browser.script_errors()?.into_iter().filter(|error| error.contains("Policy")).collect();
    assert_eq!(refused, [""; 0], "and none would be, without the page's policy");
    Ok(())
}
