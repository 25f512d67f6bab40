use anyhow::Result;
use serde_json::{Value, json};

use super::Browser;

/// How a line begins that `WATCH` writes.
const MARK: &str = "browser test: ";

/// Runs before any script of a page. Answers dialogs as someone who refuses, since an open one stops everything else, and
/// writes each down; `window.__xss = 1` is for tests that smuggle in script.
const WATCH: &str =
    "for (const [name, answer] of [['alert', undefined], ['confirm', false], ['prompt', null]])
  window[name] = text => { console.warn('browser test: ' + name + ': ' + text); return answer; };
Object.defineProperty(window, '__xss', { set: value => console.warn('browser test: __xss: ' + value) });";

impl Browser {
    /// Has every page from now on tell of its dialogs.
    pub(super) fn watch(&self) -> Result<()> {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": WATCH }))?;
        Ok(())
    }

    /// What went wrong in pages since the start: scripts that threw, what was not found, what the content security policy
    /// refused.
    pub fn script_errors(&self) -> Result<Vec<String>> {
        let is_error = |entry: &Value| {
            let message = entry["message"].as_str().unwrap_or_default();
            entry["level"] == "SEVERE" || message.contains("Content Security Policy")
        };
        Ok(self.console()?.iter().filter(|entry| is_error(entry)).map(shown).collect())
    }

    /// The dialogs that scripts opened since the start, such as `alert: text`, and `__xss: value` for every time that
    /// `window.__xss` was set.
    pub fn dialogs_opened(&self) -> Result<Vec<String>> {
        let console = self.console()?;
        let opened = console.iter().filter_map(|entry| {
            let (_, said) = entry["message"].as_str()?.split_once(MARK)?;
            Some(said.trim_end_matches('"').to_owned())
        });
        Ok(opened.collect())
    }

    /// All that the console holds since the start. The driver tells every entry once.
    pub(super) fn console(&self) -> Result<Vec<Value>> {
        let new = self.command("se/log", json!({ "type": "browser" }))?;
        let mut console = self.console.borrow_mut();
        console.extend(new.as_array().cloned().unwrap_or_default());
        Ok(console.clone())
    }
}

/// An entry in one line.
pub(super) fn shown(entry: &Value) -> String {
    let text = |key: &str| entry[key].as_str().unwrap_or_default();
    format!("{} {}: {}", text("level"), text("source"), text("message"))
}
