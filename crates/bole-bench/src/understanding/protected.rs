use bole_core::{Pages, Protected, fold_for_matching};

use super::fold::dense;

/// From so many characters on, all places of a text have to be kept out: shorter ones may mean something else elsewhere.
const ALL_PLACES: usize = 6;

/// Whether a planted text lies within protected spans, wherever it stands if it is long, and somewhere if it is short.
pub(super) fn is_protected(text: &str, pages: &Pages, protected: &[Protected]) -> bool {
    let planted: Vec<char> = dense(text).chars().collect();
    let mut places = Vec::new();
    for (number, page) in (1..).zip(&pages.pages) {
        // Each character with the place of the scalar that it came from.
        let (folded, places_of) = fold_for_matching(&page.text);
        let folded = folded.into_iter().zip(places_of).filter(|(scalar, _)| !scalar.is_whitespace());
        let folded: Vec<(char, u32)> = folded.collect();
        for window in folded.windows(planted.len().max(1)) {
            if window.iter().map(|(scalar, _)| scalar).eq(&planted) {
                let covers = |place: &(char, u32)| {
                    let inside = |span: bole_core::Span| {
                        span.page == number && (span.start..span.end).contains(&place.1)
                    };
                    protected.iter().any(|protected| inside(protected.span))
                };
                places.push(window.iter().all(covers));
            }
        }
    }
    let needs_all = planted.len() >= ALL_PLACES;
    let is_kept_out = |places: &[bool]| {
        if needs_all { places.iter().all(|covered| *covered) } else { places.contains(&true) }
    };
    !places.is_empty() && is_kept_out(&places)
}

#[cfg(test)]
mod tests {
    use bole_core::{Page, ProtectedKind, Span};

    use super::*;

    #[test]
    fn a_long_text_is_kept_out_everywhere_and_a_short_one_somewhere() {
        let page = Page { text: "性别：男 男装 1992.\n03 1992.03".to_owned(), ..Page::default() };
        let pages = Pages { pages: vec![page], ..Pages::default() };
        let span = |start, end| Protected { kind: ProtectedKind::Age, span: Span { page: 1, start, end } };
        assert!(is_protected("男", &pages, &[span(0, 4)]));
        assert!(!is_protected("男", &pages, &[span(0, 3)]));
        assert!(!is_protected("1992.03", &pages, &[span(8, 16)]));
        assert!(is_protected("1992.03", &pages, &[span(8, 16), span(17, 24)]));
        assert!(!is_protected("汉族", &pages, &[span(0, 24)]));
    }
}
