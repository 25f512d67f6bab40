//! Whatever the bytes, `read` returns, and what it returns keeps its promises: files that were made to cost much. Files
//! that were damaged are read in `tests/fuzz`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic fails the test")]

use bole_core::{Pages, Reason, Verdict};
use bole_document::ReadError;
use bole_tests::hostile::{self, Hostile};
use bole_tests::read_checked;

/// The code that the bytes would be decided with.
fn code(result: &Result<Pages, ReadError>) -> &'static str {
    let reason = match result {
        Err(error) => error.reason(),
        Ok(pages) => match pages.quality.verdict {
            Verdict::NoText => Reason::NoText,
            Verdict::Garbled => Reason::GarbledText,
            Verdict::Readable if pages.quality.partial => Reason::ReadInPart,
            Verdict::Readable => Reason::Read,
        },
    };
    reason.code()
}

#[test]
fn hostile_files_end_as_expected() {
    for Hostile { name, make, reason, shows } in hostile::BOUNDED.into_iter().flatten() {
        let bytes = make();
        // Without bytes there is no document, which is told before it gets here.
        if bytes.is_empty() {
            continue;
        }
        let result = read_checked(&bytes);
        assert_eq!(code(&result), *reason, "{name}: {:?}", result.map(|pages| pages.quality));
        if let (Some(text), Ok(pages)) = (shows, result) {
            assert!(pages.pages.iter().any(|page| page.text.contains(text)), "{name}");
        }
    }
}
