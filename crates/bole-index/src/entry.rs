use std::fmt;

use bole_core::{Degree, DocumentFields, DocumentId, Language};

/// What is searchable of one document.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which document; the only thing that comes out again.
    pub document: DocumentId,
    /// The text that words without a field look in.
    pub text: String,
    /// Looked in by `name:`.
    pub name: Option<String>,
    /// Looked in by `title:`.
    pub title: Vec<String>,
    /// Looked in by `employer:`.
    pub employer: Vec<String>,
    /// Looked in by `school:`.
    pub school: Vec<String>,
    /// Looked in by `skill:`.
    pub skill: Vec<String>,
    /// Where the document came from, for instance its path; looked in by `source:`.
    pub source: Vec<String>,
    /// Found by `degree:`.
    pub degree: Option<Degree>,
    /// Found by `language:`.
    pub language: Language,
    /// Found by `field:`, or by `field:any` where a submission names none.
    pub fields: DocumentFields,
    /// The year that it speaks from; found by `year:`.
    pub year: i16,
}

impl fmt::Debug for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Entry({}, {} bytes)", self.document, self.text.len())
    }
}
