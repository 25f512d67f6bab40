//! What may be shown of the text that a person does not see.

use bole_core::{DocumentId, Hidden, Page, Pages, ReaderVersion, Reading};

use crate::understand;

/// So much hidden text of a page is shown, in pieces and in characters of each; a resume with more is no honest one.
const N_PIECES: usize = 100;
const N_SCALARS: usize = 500;
/// And so much of a document.
const N_IN_ALL: usize = 20_000;

/// The hidden text of each page with what is protected in it blanked out by spaces. Long pieces are cut, which a `…` shows, and
/// of very many the first are given.
///
/// Nothing is known of hidden text beforehand: it is read here as the text of a page would be.
pub fn masked_hidden(content: &Pages) -> Vec<Vec<Hidden>> {
    let mut n_left = N_IN_ALL;
    let shown: Vec<Vec<Hidden>> = content
        .pages
        .iter()
        .map(|page| {
            let pieces = page.hidden.iter().take(N_PIECES).map_while(|hidden| cut(hidden, &mut n_left));
            pieces.collect()
        })
        .collect();
    let texts = shown.iter().map(|pieces| {
        let lines: Vec<_> = pieces.iter().map(|hidden| hidden.text.as_str()).collect();
        Page { text: lines.join("\n"), ..Page::default() }
    });
    let as_read = Pages { pages: texts.collect(), ..Pages::default() };
    let resume = understand(&as_read);
    let document = DocumentId::of(b"");
    let reader = ReaderVersion(0);
    let masked = Reading { document, reader, content: as_read, resume }.masked_content();
    let fill = |(mut pieces, page): (Vec<Hidden>, Page)| {
        for (piece, line) in pieces.iter_mut().zip(page.text.split('\n')) {
            line.clone_into(&mut piece.text);
        }
        pieces
    };
    shown.into_iter().zip(masked.pages).map(fill).collect()
}

/// On one line, and no longer than is shown; none if nothing more is.
fn cut(hidden: &Hidden, n_left: &mut usize) -> Option<Hidden> {
    let most = N_SCALARS.min(*n_left);
    let is_break = |scalar: char| scalar.is_control() || matches!(scalar, '\u{2028}' | '\u{2029}');
    let in_line = |scalar: char| if is_break(scalar) { ' ' } else { scalar };
    let mut scalars = hidden.text.chars();
    let mut text: String = scalars.by_ref().take(most).map(in_line).collect();
    *n_left -= text.chars().count();
    if scalars.next().is_some() {
        text.push('…');
    }
    (most > 0).then_some(Hidden { text, ..*hidden })
}

#[cfg(test)]
mod tests {
    use bole_core::{Bounds, HiddenReason};

    use super::*;

    fn hidden(text: &str) -> Hidden {
        Hidden { text: text.to_owned(), reason: HiddenReason::NoContrast, bounds: Bounds::default() }
    }

    fn masked(pages: &[&[&str]]) -> Vec<Vec<String>> {
        let page = |texts: &&[&str]| Page {
            hidden: texts.iter().map(|text| hidden(text)).collect(),
            ..Page::default()
        };
        let content = Pages { pages: pages.iter().map(page).collect(), ..Pages::default() };
        let texts = |pieces: Vec<Hidden>| pieces.into_iter().map(|piece| piece.text).collect();
        masked_hidden(&content).into_iter().map(texts).collect()
    }

    #[test]
    fn what_is_protected_is_blanked_in_hidden_text_too() {
        let found = masked(&[
            &["固态电池 储能", "性别：男\n婚姻状况：已婚"],
            &[],
            &["Marital status: married", "BMS"],
        ]);
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [2, 0, 2]);
        assert_eq!((found[0][0].as_str(), found[2][1].as_str()), ("固态电池 储能", "BMS"));
        for word in ["男", "已婚", "married"] {
            assert!(!found.concat().concat().contains(word), "{word}");
        }
    }

    #[test]
    fn very_much_of_it_is_cut() {
        let long = "电".repeat(N_SCALARS + 1);
        let found = masked(&[&[long.as_str(); 200], &["BMS"]]);
        assert_eq!(found[0][0].chars().count(), N_SCALARS + 1);
        assert!(found[0][0].ends_with('…'));
        assert_eq!((found[0].len(), found[1].len()), (N_IN_ALL / N_SCALARS, 0));
        assert_eq!(masked(&[&["BMS"; 200]])[0].len(), N_PIECES);
    }
}
