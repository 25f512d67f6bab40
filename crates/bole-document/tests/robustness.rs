//! Whatever the bytes, `read` returns, and what it returns keeps its promises: damaged fixtures, and files that were
//! made to cost much.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic fails the test")]

#[path = "robustness/damage.rs"]
mod damage;
use bole_core::{Pages, Reason, Verdict};
use bole_document::{Limits, ReadError, read};
use bole_tests::hostile::{self, Hostile};

/// Reads and checks what everybody builds on.
fn read_checked(bytes: &[u8]) -> Result<Pages, ReadError> {
    let pages = read(bytes, &Limits::STANDARD)?;
    for page in &pages.pages {
        assert!(page.text.chars().all(|scalar| scalar == '\n' || !scalar.is_control()), "{:?}", page.text);
        let n_scalars = page.text.chars().count() as u32;
        let mut end = 0;
        for run in &page.runs {
            assert!(
                end <= run.start && run.start < run.end && run.end <= n_scalars,
                "{run:?} of {n_scalars}"
            );
            end = run.end;
            let bounds = run.bounds;
            assert!(0 <= bounds.left && bounds.left <= bounds.right && bounds.right <= page.width, "{run:?}");
            assert!(
                0 <= bounds.top && bounds.top <= bounds.bottom && bounds.bottom <= page.height,
                "{run:?}"
            );
        }
    }
    assert_eq!(pages.quality.n_pages as usize, pages.pages.len());
    Ok(pages)
}

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
