use std::fs;
use std::path::{Path, PathBuf};

use bole_core::Language;

use crate::listing::BenchError;
use crate::resumes::{DrawnLayout, draw};

/// The resume that a `*.toml` holds: a text with markup that is drawn, or a PDF file beside it.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a> {
    pub(crate) language: Language,
    /// How `text` is drawn.
    pub(crate) layout: Option<DrawnLayout>,
    pub(crate) text: Option<&'a str>,
    /// Instead of `text`.
    pub(crate) file: Option<&'a PathBuf>,
}

impl Written<'_> {
    /// What the types do not say: a key, and what is wrong with it.
    pub(crate) fn mistakes(self) -> Vec<String> {
        let mut mistakes = Vec::new();
        match (self.text, self.file) {
            (None, None) => mistakes.push("`text`: missing; write the text, or name a `file`".to_owned()),
            (Some(_), Some(_)) => mistakes.push("`file`: there is a `text` too; keep one of them".to_owned()),
            _ => {}
        }
        if self.text.is_some() && self.layout.is_none() {
            mistakes.push("`layout`: missing; a `text` is drawn in one".to_owned());
        }
        if self.language == Language::Unknown {
            mistakes.push("`language`: use chinese, english or mixed".to_owned());
        }
        mistakes
    }

    /// The PDF file; `path` is that of the `*.toml`.
    ///
    /// # Errors
    /// If the file that it names cannot be read.
    pub(crate) fn pdf(self, path: &Path) -> Result<Vec<u8>, BenchError> {
        match (self.text, self.file) {
            (_, Some(file)) => {
                let file = path.parent().unwrap_or(Path::new("")).join(file);
                fs::read(&file).map_err(BenchError::path(&file))
            }
            (text, None) => Ok(draw(text.unwrap_or_default(), self.layout.unwrap_or(DrawnLayout::Plain))),
        }
    }
}
