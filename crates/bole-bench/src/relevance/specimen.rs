use std::collections::BTreeMap;
use std::path::PathBuf;

use bole_core::{AsOf, Language};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::resumes::DrawnLayout;
use crate::written::Written;

/// A resume that people have judged.
pub(super) struct Specimen {
    /// The PDF or the `*.toml`.
    pub(super) path: PathBuf,
    pub(super) source: Source,
    /// By profile; for what is left out it is not judged.
    pub(super) grades: BTreeMap<String, Judgement>,
    /// What makes it a trap: how it tempts, though it is not relevant.
    pub(super) trap: Option<String>,
}

pub(super) enum Source {
    /// The file itself.
    Pdf,
    /// What a `*.toml` holds.
    Written(Box<WrittenFile>),
}

/// What is read of a `*.toml`; that of a truth file too, whose truth is not needed here.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenFile {
    pub(super) language: Language,
    layout: Option<DrawnLayout>,
    /// The date that it speaks from.
    pub(super) written: AsOf,
    text: Option<String>,
    pub(super) file: Option<PathBuf>,
    #[serde(rename = "truth")]
    _truth: Option<IgnoredAny>,
}

impl WrittenFile {
    pub(super) fn written(&self) -> Written<'_> {
        let (text, file) = (self.text.as_deref(), self.file.as_ref());
        Written { language: self.language, layout: self.layout, text, file }
    }
}

/// How well somebody fits a profile, as a person judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Judgement {
    /// 0 to 3.
    pub(super) grade: u8,
    /// Whether somebody of that grade is looked for.
    pub(super) is_relevant: bool,
}

/// The highest grade.
pub(super) const MAX_GRADE: u8 = 3;
/// From here on a graded resume is relevant: it belongs to the field.
const RELEVANT_GRADE: u8 = 2;

impl Judgement {
    pub(super) fn of_grade(grade: u8) -> Self {
        Self { grade, is_relevant: grade >= RELEVANT_GRADE }
    }

    pub(super) fn of_label(is_relevant: bool) -> Self {
        Self { grade: u8::from(is_relevant), is_relevant }
    }
}
