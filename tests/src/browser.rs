//! Chromium, used as a person uses it.

mod axe;
mod console;
mod driver;
mod hands;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

pub use axe::Violation;
pub use fantoccini::key::Key;

use crate::pipeline::within;
use driver::Driver;

/// How long a page may take to become what a test waits for.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the browser may take to end by itself.
const FAREWELL: Duration = Duration::from_secs(5);

/// What the browser asks servers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `en-GB`.
    English,
    /// `zh-CN`.
    Chinese,
}

/// Where an element is in the window, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// From the left edge of the window to that of the element.
    pub left: f64,
    /// From the top of the window to that of the element; negative above the window.
    pub top: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

/// A headless Chromium with a profile of its own, gone with the value. Whatever is asked of an element waits until the
/// page shows it. What fails tells title, address and console of the page, and leaves a screenshot in the target folder;
/// so does a test that panics. It waits by itself: not for tests that are `async`.
#[derive(Debug)]
pub struct Browser {
    runtime: Runtime,
    client: Client,
    console: RefCell<Vec<Value>>,
    // Before the folder: it ends before its files go.
    _driver: Driver,
    folder: TempDir,
}

impl Browser {
    /// Starts it with an empty page, as large as a laptop's.
    pub fn start(language: Language) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut driver = Driver::start(folder.path())?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities(folder.path(), language));
        let client = runtime.block_on(builder.connect(&driver.url()))?;
        let process = client.capabilities().and_then(|told| told.get("goog:processID")?.as_i64());
        driver.started(process.context("the browser's process id")?.try_into()?);
        let browser = Self { runtime, client, console: RefCell::default(), _driver: driver, folder };
        browser.watch()?;
        browser.resize(1280, 800)?;
        Ok(browser)
    }

    /// Goes to an address and waits until the page is loaded.
    pub fn open(&self, url: &str) -> Result<()> {
        self.told(self.wait_on(self.client.goto(url)).with_context(|| format!("opening `{url}`")))
    }

    /// The address of the page.
    pub fn url(&self) -> Result<String> {
        Ok(self.wait_on(self.client.current_url())?.into())
    }

    /// The title of the page.
    pub fn title(&self) -> Result<String> {
        self.wait_on(self.client.title())
    }

    /// Waits until the page shows an element.
    pub fn wait_for(&self, css: &str) -> Result<()> {
        self.on(css, async |_| Ok(()))
    }

    /// Waits until something holds.
    pub fn wait_until(&self, what: &str, mut holds: impl FnMut(&Self) -> Result<bool>) -> Result<()> {
        self.told(within(PATIENCE, what, || Ok(holds(self)?.then_some(()))))
    }

    /// The text that an element shows.
    pub fn text(&self, css: &str) -> Result<String> {
        self.on(css, async |element| element.text().await)
    }

    /// The texts of all such elements, shown or not, at once; those that are not shown have none.
    pub fn texts(&self, css: &str) -> Result<Vec<String>> {
        let texts = self.wait_on(async {
            let mut texts = Vec::new();
            for element in self.client.find_all(Locator::Css(css)).await? {
                texts.push(element.text().await?);
            }
            Ok(texts)
        });
        self.told(texts.with_context(|| format!("`{css}`")))
    }

    /// An attribute as the source has it; none if it is not there. The element need not be shown, only be there.
    pub fn attribute(&self, css: &str, name: &str) -> Result<Option<String>> {
        let attribute = self.wait_on(async { self.client.find(Locator::Css(css)).await?.attr(name).await });
        self.told(attribute.with_context(|| format!("`{css}`")))
    }

    /// What a field holds now.
    pub fn value(&self, css: &str) -> Result<String> {
        self.on(css, async |element| Ok(element.prop("value").await?.unwrap_or_default()))
    }

    /// Where an element is.
    pub fn bounds_of(&self, css: &str) -> Result<Bounds> {
        self.wait_for(css)?;
        let script = "const { left, top, width, height } = document.querySelector(arguments[0])
            .getBoundingClientRect(); return [left, top, width, height];";
        let [left, top, width, height] = serde_json::from_value(self.run(script, [json!(css)])?)?;
        Ok(Bounds { left, top, width, height })
    }

    /// Runs a script in the page, whatever the page's policy says of scripts, and gives what it returns.
    pub fn run(&self, script: &str, arguments: impl IntoIterator<Item = Value>) -> Result<Value> {
        self.wait_on(self.client.execute(script, arguments.into_iter().collect()))
    }

    /// The same for a script that calls its last argument when it is done.
    fn run_async(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.wait_on(self.client.execute_async(script, arguments))
    }

    /// Makes the window this large, in CSS pixels; also smaller than a desktop's window can be.
    pub fn resize(&self, width: u32, height: u32) -> Result<()> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics)?;
        Ok(())
    }

    /// Has the system prefer dark colours, or light ones.
    pub fn dark(&self, is_dark: bool) -> Result<()> {
        let scheme =
            json!({ "name": "prefers-color-scheme", "value": if is_dark { "dark" } else { "light" } });
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": [scheme] }))?;
        Ok(())
    }

    /// Writes what the window shows as PNG.
    pub fn screenshot(&self, path: &Path) -> Result<()> {
        Ok(std::fs::write(path, self.wait_on(self.client.screenshot())?)?)
    }

    /// Its home folder, gone with the value.
    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    /// Does something with the first such element that is shown; waits for it, and again if the page changed meanwhile.
    fn on<T>(&self, css: &str, act: impl AsyncFn(Element) -> Result<T, CmdError>) -> Result<T> {
        let acted = within(PATIENCE, &format!("shown `{css}`"), || {
            self.wait_on(async {
                for element in self.client.find_all(Locator::Css(css)).await? {
                    if element.is_displayed().await? {
                        return act(element).await.map(Some);
                    }
                }
                Ok(None)
            })
        });
        self.told(acted)
    }

    fn wait_on<T>(&self, answer: impl Future<Output = Result<T, CmdError>>) -> Result<T> {
        Ok(self.runtime.block_on(answer)?)
    }

    /// A command of the DevTools protocol.
    fn devtools(&self, name: &str, parameters: &Value) -> Result<Value> {
        self.command("goog/cdp/execute", json!({ "cmd": name, "params": parameters }))
    }

    /// A command of chromedriver that is none of WebDriver.
    fn command(&self, path: &'static str, body: Value) -> Result<Value> {
        self.wait_on(self.client.issue_cmd(Command { path, body })).with_context(|| path)
    }

    /// An error together with what the page looks like.
    fn told<T>(&self, outcome: Result<T>) -> Result<T> {
        outcome.map_err(|error| error.context(self.page()))
    }

    /// What there is to know of the page after something failed.
    fn page(&self) -> String {
        let unknown = |error: anyhow::Error| format!("unknown: {error:#}");
        let title = self.title().unwrap_or_else(unknown);
        let url = self.url().unwrap_or_else(unknown);
        let console = self.console().unwrap_or_default();
        let console = console.iter().fold(String::new(), |all, entry| all + "\n  " + &console::shown(entry));
        let screenshot = self.keep_screenshot().map_or_else(unknown, |path| path.display().to_string());
        format!("the page is `{title}` at {url}; screenshot: {screenshot}; console:{console}\n")
    }

    /// A screenshot that stays, by the name of the test.
    fn keep_screenshot(&self) -> Result<PathBuf> {
        let test = std::env::current_exe()?;
        let folder = test.parent().and_then(Path::parent).context("the folder of the test")?.join("browser");
        std::fs::create_dir_all(&folder)?;
        let name = std::thread::current().name().unwrap_or("main").replace("::", "-");
        let path = folder.join(name + ".png");
        self.screenshot(&path)?;
        Ok(path)
    }
}

impl Drop for Browser {
    #[allow(clippy::print_stderr, reason = "of a test that failed")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("-- {}", self.page());
        }
        // Asked to end, it leaves nothing behind; then the driver is killed in any case.
        let farewell = self.client.clone().close();
        self.runtime.block_on(async { tokio::time::timeout(FAREWELL, farewell).await.ok() });
    }
}

/// What the driver starts.
fn capabilities(folder: &Path, language: Language) -> Capabilities {
    let accepted = match language {
        Language::English => "en-GB,en",
        Language::Chinese => "zh-CN,zh",
    };
    let arguments = [
        "--headless=new".to_owned(),
        // Everything is root's in many containers, where the browser's own sandbox does not start.
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        format!("--user-data-dir={}", folder.join("profile").display()),
        format!("--accept-lang={accepted}"),
        // Nothing leaves this machine, neither for a page nor for the browser itself.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1".to_owned(),
    ];
    let mut capabilities = Capabilities::new();
    capabilities.insert("browserName".to_owned(), json!("chrome"));
    capabilities.insert("goog:chromeOptions".to_owned(), json!({ "args": arguments }));
    capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
    capabilities
}

#[derive(Debug)]
struct Command {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
