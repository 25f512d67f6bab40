//! What one test logs, and no other: it must run on one thread.

use std::sync::Mutex;

use anyhow::Result;
use serde_json::Value;
use tempfile::NamedTempFile;
use tracing::subscriber::DefaultGuard;

/// A log that is written from here on until it is dropped.
pub(crate) struct Log {
    file: NamedTempFile,
    _guard: DefaultGuard,
}

impl Log {
    pub(crate) fn start() -> Result<Self> {
        let file = NamedTempFile::new()?;
        let subscriber = tracing_subscriber::fmt().json().with_writer(Mutex::new(file.reopen()?)).finish();
        Ok(Self { file, _guard: tracing::subscriber::set_default(subscriber) })
    }

    /// The lines whose message begins so.
    pub(crate) fn lines(&self, message: &str) -> Result<Vec<Value>> {
        let mut lines = Vec::new();
        for line in std::fs::read_to_string(self.file.path())?.lines() {
            let line: Value = serde_json::from_str(line)?;
            if line["fields"]["message"].as_str().is_some_and(|it| it.starts_with(message)) {
                lines.push(line);
            }
        }
        Ok(lines)
    }
}
