use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::Browser;

/// The success criteria of WCAG 2.2 at A and AA, and what is good practice beside them.
const TAGS: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const RUN: &str = "const [tags, done] = arguments;
axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }).then(
  ({ violations, passes }) => done({ violations, n_passes: passes.length }),
  error => done({ error: String(error) }));";

/// A rule of axe that the page breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule, such as `image-alt`.
    pub id: String,
    /// `minor`, `moderate`, `serious` or `critical`.
    pub impact: String,
    /// What the rule asks for.
    pub help: String,
    /// The elements that break it: selector, source, and what is wrong.
    pub nodes: Vec<String>,
}

impl Browser {
    /// What bars people from the page as it is now, by axe.
    ///
    /// # Errors
    /// If axe cannot run, or finds no rule that applies: then it has seen no page.
    pub fn axe(&self) -> Result<Vec<Violation>> {
        self.told(self.violations())
    }

    fn violations(&self) -> Result<Vec<Violation>> {
        if self.run("return typeof axe === 'undefined';", [])? == true {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/axe/axe.min.js");
            self.run(&std::fs::read_to_string(path)?, [])?;
        }
        let found = self.run_async(RUN, vec![json!(TAGS)])?;
        if found["n_passes"].as_u64().is_none_or(|n_passes| n_passes == 0) {
            bail!("axe saw nothing: {found}");
        }
        found["violations"].as_array().context("violations")?.iter().map(violation).collect()
    }
}

fn violation(found: &Value) -> Result<Violation> {
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    let nodes = found["nodes"].as_array().context("nodes")?;
    Ok(Violation {
        id: text("id"),
        impact: text("impact"),
        help: text("help"),
        nodes: nodes.iter().map(node).collect(),
    })
}

fn node(node: &Value) -> String {
    let text = |key: &str| node[key].as_str().unwrap_or_default();
    format!("{} {} {}", node["target"], text("html"), text("failureSummary").replace('\n', " "))
}
