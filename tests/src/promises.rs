//! What everybody who is given pages builds on.

use bole_core::{Bounds, Page, Pages};
use bole_document::{Limits, ReadError, read};

/// Reads and checks that the reading keeps its promises.
///
/// # Errors
/// Those of [`read`].
///
/// # Panics
/// If a promise is broken.
pub fn read_checked(bytes: &[u8]) -> Result<Pages, ReadError> {
    let pages = read(bytes, &Limits::STANDARD)?;
    for page in &pages.pages {
        check_page(page);
    }
    assert_eq!(pages.quality.n_pages as usize, pages.pages.len());
    Ok(pages)
}

fn check_page(page: &Page) {
    assert!(page.text.chars().all(|scalar| scalar == '\n' || !scalar.is_control()), "{:?}", page.text);
    let n_scalars = page.text.chars().count() as u32;
    let mut end = 0;
    for run in &page.runs {
        assert!(end <= run.start && run.start < run.end && run.end <= n_scalars, "{run:?} of {n_scalars}");
        end = run.end;
        let Bounds { left, top, right, bottom } = run.bounds;
        assert!(0 <= left && left <= right && right <= page.width, "{run:?}");
        assert!(0 <= top && top <= bottom && bottom <= page.height, "{run:?}");
    }
}
