//! Pages in a real browser.

mod harness;
mod reference;

use anyhow::Result;
use bole_tests::Browser;

/// That nothing bars people from the page, in light and in dark colours.
#[track_caller]
fn assert_accessible(browser: &Browser) -> Result<()> {
    for is_dark in [false, true] {
        browser.dark(is_dark)?;
        let violations = browser.axe()?;
        assert!(violations.is_empty(), "dark: {is_dark}, {violations:#?}");
    }
    browser.dark(false)
}
