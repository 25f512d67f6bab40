//! Looking at profiles, in force or in a file.

use std::path::Path;

use bole_rank::{Draft, DraftOptions, DraftWarning, Outline, Profile, ProfileDiff};
use bytes::Bytes;

use crate::{EngineError, Extracted, Extractor, Knowledge, ProfileChoice};

impl Knowledge {
    /// What a profile asks for.
    pub fn outline(&self, profile: &Profile) -> Outline {
        Outline::new(profile, self.lexicon())
    }

    /// What changed between two profiles.
    pub fn compare(&self, before: &Profile, after: &Profile) -> ProfileDiff {
        ProfileDiff::new(before, after, self.lexicon())
    }

    /// A profile made of a job description, to be looked over: with `id`, or else its field's, and of `field`, or else the
    /// one that most of its concepts are of.
    ///
    /// # Errors
    /// [`EngineError::Draft`]: there is nothing to rank by in it, or `id` or `field` is wrong.
    pub fn draft(&self, text: &str, id: Option<&str>, field: Option<&str>) -> Result<Draft, EngineError> {
        let known: Vec<&Profile> = self.profiles().values().collect();
        let options = DraftOptions { id, field, known: &known };
        let mut draft = bole_rank::draft(text, self.lexicon(), &options)?;
        let own = self.parse_profile("draft", &draft.text).map_err(EngineError::Configuration)?;
        if self.profiles().contains_key(own.id()) {
            let message = format!(
                "there is a profile `{}` already: before this one is put beside it, give it another id with `--id`",
                own.id()
            );
            draft.warnings.push(DraftWarning { line: None, message });
        }
        Ok(draft)
    }

    /// A profile in force by its id, or one in a file.
    ///
    /// # Errors
    /// There is no such profile, the file cannot be read, or every mistake in it.
    pub fn find_profile(&self, name: &str) -> Result<Profile, EngineError> {
        match ProfileChoice::read(name)? {
            ProfileChoice::Named(name) => self.profile(&name).cloned(),
            ProfileChoice::Text { name, text } => {
                self.parse_profile(&name, &text).map_err(EngineError::Configuration)
            }
        }
    }
}

/// What a job description is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DescriptionKind {
    /// Text in UTF-8.
    Text,
    /// A PDF.
    Pdf,
}

impl DescriptionKind {
    /// What a file of this name is: a PDF by its extension, else text.
    pub fn of_file(path: &Path) -> Self {
        let is_pdf = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("pdf"));
        if is_pdf { Self::Pdf } else { Self::Text }
    }

    /// What a media type names, whatever its parameters; none if it is another.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/pdf" => Some(Self::Pdf),
            "text/plain" | "text/markdown" => Some(Self::Text),
            _ => None,
        }
    }
}

/// The text of a job description in a file: what a person sees of a PDF, or a text file as it is.
///
/// # Errors
/// The file cannot be read, or is neither.
pub async fn read_description(extractor: &Extractor, path: &Path) -> Result<String, EngineError> {
    match DescriptionKind::of_file(path) {
        DescriptionKind::Text => plain(&extractor.read_bounded(path).await?, path),
        DescriptionKind::Pdf => seen(extractor.extract(path).await?, path),
    }
}

/// The same of bytes; an error calls them `name`.
///
/// # Errors
/// They are not what `kind` says.
pub async fn description_of_bytes(
    extractor: &Extractor,
    bytes: &Bytes,
    kind: DescriptionKind,
    name: &Path,
) -> Result<String, EngineError> {
    match kind {
        DescriptionKind::Text => plain(bytes, name),
        DescriptionKind::Pdf => seen(extractor.extract_bytes(bytes).await?, name),
    }
}

fn plain(bytes: &[u8], name: &Path) -> Result<String, EngineError> {
    text_of(bytes).ok_or_else(|| EngineError::NoText(name.to_owned()))
}

fn seen(extracted: Extracted, name: &Path) -> Result<String, EngineError> {
    match extracted {
        Extracted::Reading(reading) => Ok(reading.content.text()),
        Extracted::Refused { reason, detail } => {
            Err(EngineError::Unreadable { path: name.to_owned(), reason, detail })
        }
    }
}

/// Text in UTF-8, without a byte order mark; none if it is not.
pub fn text_of(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
}
