//! Whatever the bytes, `read` returns, and what it returns keeps its promises: damaged fixtures, and files that were
//! made to cost much.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic fails the test")]

#[path = "robustness/damage.rs"]
mod damage;
#[path = "robustness/hostile_content.rs"]
mod hostile_content;
#[path = "robustness/hostile_files.rs"]
mod hostile_files;
#[path = "robustness/hostile_fonts.rs"]
mod hostile_fonts;
#[path = "robustness/pdf.rs"]
mod pdf;

use bole_core::Pages;
use bole_document::{Limits, ReadError, read};

/// How a case has to end under the standard limits.
#[derive(Clone, Copy)]
enum End {
    /// In a reading that has this text.
    Shows(&'static str),
    /// In a reading, whatever its text.
    Reading,
    /// Over the limit.
    OverLimit,
    /// In a reading or in any error: what the bytes mean is open.
    Any,
}

/// A name, what makes the bytes, and how reading them has to end.
type Case = (&'static str, fn() -> Vec<u8>, End);

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

fn check(cases: &[Case]) {
    for (name, make, end) in cases {
        let result = read_checked(&make());
        match end {
            End::Shows(text) => {
                let pages = result.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert!(pages.pages.iter().any(|page| page.text.contains(text)), "{name}");
            }
            End::Reading => assert!(result.is_ok(), "{name}: {:?}", result.err()),
            End::OverLimit => assert!(
                matches!(result, Err(ReadError::OverLimit { .. })),
                "{name}: {:?}",
                result.map(|pages| pages.quality)
            ),
            End::Any => {}
        }
    }
}

#[test]
fn hostile_files() {
    check(hostile_files::CASES);
}

#[test]
fn hostile_content() {
    check(hostile_content::CASES);
}

#[test]
fn hostile_fonts() {
    check(hostile_fonts::CASES);
}
