//! Files that were made to cost a reader much, or to pass for something else. They are made on the spot, the same each
//! time, and each says how it has to end.

mod content;
mod costly;
mod disguises;
mod files;
mod fonts;
mod texts;

/// A hostile file.
#[derive(Clone, Copy, Debug)]
pub struct Hostile {
    /// What is hostile about it.
    pub name: &'static str,
    /// Makes its bytes.
    pub make: fn() -> Vec<u8>,
    /// The code of the reason that it ends with.
    pub reason: &'static str,
    /// A text that its reading has, so that what is hostile does not take along what is not.
    pub shows: Option<&'static str>,
}

/// Files that the reader bounds by itself, in any process.
pub const BOUNDED: [&[Hostile]; 5] =
    [files::CASES, content::CASES, fonts::CASES, texts::CASES, disguises::CASES];

/// Files that only the limits on a child bound, so small that a program that was built for tests is quick to meet them.
pub const COSTLY: &[Hostile] = costly::CASES;

/// Files as large and as costly as they get, to be measured.
pub const COSTLIEST: [&[Hostile]; 2] = [costly::CASES_AT_FULL_SIZE, texts::CASES_AT_FULL_SIZE];

/// Names that resumes are handed in under, as the bytes that a file system takes.
pub const ODD_NAMES: &[&[u8]] = disguises::NAMES;

/// What shows `seen` and as much text as a resume has to have; a reading must not lose it to the rest of its page.
const SEEN: &str = "BT /F 12 Tf 50 700 Td (seen as it stands on the page) Tj ET ";

impl Hostile {
    const fn new(name: &'static str, make: fn() -> Vec<u8>, reason: &'static str) -> Self {
        Self { name, make, reason, shows: None }
    }

    const fn showing(self, text: &'static str) -> Self {
        Self { shows: Some(text), ..self }
    }
}
