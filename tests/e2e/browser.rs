//! Pages in a real browser.

mod harness;
mod hostile;
mod operating;
mod recruiting;
mod reference;

use anyhow::Result;
use bole_tests::{Browser, Installation, Key, Language, Running};

/// That nothing bars people from the page, in light and in dark colours.
#[track_caller]
fn assert_accessible(browser: &Browser) -> Result<()> {
    for is_dark in [false, true] {
        browser.dark(is_dark)?;
        let violations = browser.axe()?;
        assert!(violations.is_empty(), "{} dark: {is_dark}, {violations:#?}", browser.url()?);
    }
    browser.dark(false)
}

/// Somebody at the console of a server.
struct Desk {
    browser: Browser,
    address: String,
}

impl Desk {
    /// Signs in by the form, as people do.
    fn enter(installation: &Installation, server: &Running, role: &str, language: Language) -> Result<Self> {
        let browser = Browser::start(language)?;
        let address = format!("http://{}", server.address());
        browser.open(&format!("{address}/"))?;
        assert!(browser.url()?.contains("/sign-in"), "{}", browser.url()?);
        assert_accessible(&browser)?;
        browser.type_in("#key", &installation.key(&[role])?)?;
        browser.press(Key::Enter)?;
        browser.wait_for("nav.rooms")?;
        Ok(Self { browser, address })
    }

    fn open(&self, path: &str) -> Result<()> {
        self.browser.open(&format!("{}{path}", self.address))
    }

    /// Opens a page and looks at it on a laptop and on a telephone, in both languages: nothing bars people, nothing is wider
    /// than the window.
    fn look_at(&self, path: &str) -> Result<()> {
        for language in ["zh", "en"] {
            self.open(&format!("/language?to={language}&back={}", crate::api::escaped(path)))?;
            for (width, height) in [(390, 844), (1280, 800)] {
                self.browser.resize(width, height)?;
                assert_accessible(&self.browser)?;
                let wide = self.browser.run("return document.documentElement.scrollWidth;", [])?;
                assert!(wide.as_u64() <= Some(width.into()), "{path} is {wide} wide in {width}");
            }
        }
        Ok(())
    }

    /// Nothing was refused by the page's policy, no script threw, no dialog was opened.
    #[track_caller]
    fn assert_calm(&self) -> Result<()> {
        assert_eq!(self.browser.dialogs_opened()?, [""; 0]);
        assert_eq!(self.browser.script_errors()?, [""; 0]);
        Ok(())
    }
}
