//! How good the text of a document is.

use bole_core::{Page, Quality, Verdict};

/// A document with fewer visible characters than this, white space not counted, has no text: a scan with a page number
/// or a stamp on it has no more.
const MIN_CHARACTERS: u32 = 16;
/// The text is garbled when more than this share of it, in percent, is unmapped, private or unlikely.
const MAX_BAD_PERCENT: u32 = 25;
/// Below this many characters a page that is an image is a scan with a few words on it.
const MIN_CHARACTERS_PER_IMAGE_PAGE: u32 = 40;

/// Counts the characters of the pages and decides.
pub(crate) fn judge(pages: &[Page], mut quality: Quality) -> Quality {
    quality.n_pages = pages.len() as u32;
    for page in pages {
        let mut n_visible = 0;
        for scalar in page.text.chars().filter(|scalar| !scalar.is_whitespace()) {
            n_visible += 1;
            match scalar {
                ' '..='~' | '\u{4e00}'..='\u{9fff}' => {}
                '\u{fffd}' => quality.n_unmapped += 1,
                '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => quality.n_private += 1,
                _ if is_unlikely(scalar) => quality.n_unlikely += 1,
                _ => {}
            }
        }
        quality.n_characters += n_visible;
        quality.n_pages_without_text += u32::from(n_visible == 0);
        let n_hidden: usize = page
            .hidden
            .iter()
            .map(|hidden| hidden.text.chars().filter(|scalar| !scalar.is_whitespace()).count())
            .sum();
        quality.n_hidden += n_hidden as u32;
    }
    quality.verdict = verdict(&quality);
    quality
}

fn verdict(quality: &Quality) -> Verdict {
    let all_images = quality.n_pages > 0 && quality.n_pages_of_image == quality.n_pages;
    let min_characters = if all_images {
        MIN_CHARACTERS_PER_IMAGE_PAGE.saturating_mul(quality.n_pages)
    } else {
        MIN_CHARACTERS
    };
    if quality.n_characters < min_characters {
        return Verdict::NoText;
    }
    let n_bad = quality.n_unmapped + quality.n_private + quality.n_unlikely;
    if u64::from(n_bad) * 100 > u64::from(quality.n_characters) * u64::from(MAX_BAD_PERCENT) {
        return Verdict::Garbled;
    }
    Verdict::Readable
}

/// Scripts that resumes in Chinese, English and the languages of their neighbours are not written in, but that wrong
/// maps land in; and what is no character.
fn is_unlikely(scalar: char) -> bool {
    matches!(scalar,
        '\u{80}'..='\u{9f}' | '\u{180}'..='\u{1bf}' | '\u{1c4}'..='\u{217}' | '\u{221}'..='\u{2af}'
        | '\u{530}'..='\u{58f}' | '\u{700}'..='\u{8ff}' | '\u{10a0}'..='\u{10ff}' | '\u{1200}'..='\u{1dff}'
        | '\u{2800}'..='\u{28ff}' | '\u{2c00}'..='\u{2dff}' | '\u{a000}'..='\u{abff}' | '\u{d7b0}'..='\u{d7ff}'
        | '\u{fb50}'..='\u{fdff}' | '\u{10000}'..='\u{1cfff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let verdict_of = |text: &str, n_pages_of_image| {
            let page = Page { text: text.to_owned(), ..Page::default() };
            let quality = Quality { n_pages_of_image, ..Quality::default() };
            judge(&[page], quality).verdict
        };
        assert_eq!(verdict_of("", 0), Verdict::NoText);
        assert_eq!(verdict_of("Page 1 of 2", 0), Verdict::NoText);
        assert_eq!(verdict_of("张三，电池材料工程师，十年固态电池经验", 0), Verdict::Readable);
        assert_eq!(verdict_of("Scanned by some program", 1), Verdict::NoText);
        assert_eq!(verdict_of("\u{fffd}\u{fffd}\u{e001}\u{1401} some text around", 0), Verdict::Readable);
        assert_eq!(
            verdict_of("\u{fffd}\u{fffd}\u{e001}\u{1401}\u{1402}\u{1403} a few plain words", 0),
            Verdict::Garbled
        );
    }
}
