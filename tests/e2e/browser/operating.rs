//! An operator during a burst.

use std::time::Duration;

use anyhow::{Context, Result};
use bole_tests::{Browser, Installation, Language, Running, image_only_pdf, resume_pdf};
use serde_json::json;

use super::Desk;

#[test]
fn a_burst_is_watched_without_loading_the_page_and_through_a_restart() -> Result<()> {
    let installation = Installation::new()?;
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    let address = server.address().to_owned();
    let desk = Desk::enter(&installation, &server, "ops", Language::English)?;
    let browser = &desk.browser;
    assert!(browser.url()?.ends_with("/burst"), "{}", browser.url()?);
    browser.run("window.same = true;", [])?;
    for number in 0..40 {
        installation.write(&format!("{number}.pdf"), &resume_pdf(number))?;
    }
    let folder = installation.files()?;
    installation.succeed(["ingest".as_ref(), folder.as_os_str()])?;
    let told = |browser: &Browser| browser.text("#burst");
    browser.wait_until("forty resumes on the page", |browser| {
        Ok(told(browser)?.contains("40") && told(browser)?.contains("local"))
    })?;
    // The numbers are those of the command line.
    let ledger = installation.ledger()?;
    assert_eq!(ledger["indexed"], json!(40), "{ledger}");
    assert_eq!(browser.run("return window.same === true;", [])?, json!(true));
    desk.look_at("/burst")?;

    // The server goes away: the page says so, keeps what it has, and goes on by itself.
    browser.run("window.same = true;", [])?;
    server.stop()?;
    browser.wait_for("#away")?;
    assert!(told(browser)?.contains("40"));
    let server = Running::start(&mut installation.command(["serve", "--listen", &address])?)?;
    let hidden = "return document.querySelector('#away').hidden;";
    browser.wait_until("the page to go on", |browser| Ok(browser.run(hidden, [])? == json!(true)))?;
    assert_eq!(browser.run("return window.same === true;", [])?, json!(true));
    assert_eq!(browser.dialogs_opened()?, [""; 0]);
    drop(server);
    Ok(())
}

#[test]
fn what_was_set_aside_is_looked_at_and_replayed() -> Result<()> {
    let installation = Installation::new()?;
    installation.write("scan.pdf", &image_only_pdf())?;
    installation.write("note.pdf", b"no document at all")?;
    installation.write("fine.pdf", &resume_pdf(1))?;
    let folder = installation.files()?;
    installation.run(["ingest".as_ref(), folder.as_os_str()])?;
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    let desk = Desk::enter(&installation, &server, "admin", Language::English)?;
    let browser = &desk.browser;
    desk.look_at("/quarantine")?;
    desk.open("/quarantine")?;
    assert_eq!(browser.texts("tr[data-row]")?.len(), 2);
    assert!(browser.text("form.set-aside")?.contains("no text, as in a scan"));
    let link = browser.attribute("tr[data-row] th a", "href")?.context("a link")?;
    desk.look_at(&link)?;

    // Somebody who is asked and says no discards nothing.
    desk.open("/quarantine")?;
    browser.click("tr[data-row] input[type=checkbox]")?;
    browser.click("button[value=discard]")?;
    browser.wait_until("the question", |browser| {
        Ok(browser.dialogs_opened()?.iter().any(|dialog| dialog.starts_with("confirm: Discard")))
    })?;
    assert_eq!(installation.ledger()?["discarded"], json!(0));
    browser.click("button[value=replay]")?;
    browser.wait_until("what came of it", |browser| Ok(browser.text("main")?.contains('1')))?;
    let attempts = || -> Result<bool> {
        let listed = installation.json(["quarantine", "list", "--format", "json"])?;
        let records =
            listed.as_array().or_else(|| listed["submissions"].as_array()).context("a list")?.clone();
        Ok(records.len() == 2 && records.iter().any(|record| record["attempt"] == json!(2)))
    };
    browser.wait_until("a second attempt", |_| {
        std::thread::sleep(Duration::from_millis(100));
        attempts()
    })?;

    desk.look_at("/audit")?;
    desk.open("/audit")?;
    assert!(browser.text("main")?.contains("replayed"));
    browser.click("details summary")?;
    browser.click("form[action='/audit/verify'] button")?;
    browser.wait_until("the verdict", |browser| Ok(browser.text("main")?.contains("The chain holds")))?;
    assert_eq!(browser.script_errors()?, [""; 0]);
    Ok(())
}
