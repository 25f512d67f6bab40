//! How good the text of a document is: whether it says what the pages show.
//!
//! A scan has next to no text. A wrong map is told by characters that cannot be text (unmapped, private, of scripts
//! that only wrong maps land in) and by text that no language writes (`plausible`). Together they are bad; a quarter of bad
//! characters makes a document garbled. A page that is garbled by itself, among more that are not, loses its
//! text instead.

mod plausible;

use bole_core::{Diagnostic, Page, Quality, Verdict};

use crate::quality::plausible::Plausibility;

/// A document with fewer visible characters than this, white space not counted, has no text: a scan with a page number
/// or a stamp on it has no more.
const MIN_CHARACTERS: u32 = 16;
/// The text is garbled when more than this share of it, in percent, is unmapped, private or unlikely.
const MAX_BAD_PERCENT: u32 = 25;
/// Below this many characters a page that is an image is a scan with a few words on it.
const MIN_CHARACTERS_PER_IMAGE_PAGE: u32 = 40;

/// A page is garbled by itself when more than this share of it is bad, and it has so many characters.
const MAX_BAD_PERCENT_OF_PAGE: u32 = 50;
const MIN_CHARACTERS_OF_PAGE: u32 = 100;
/// What is said of a page whose text is dropped.
const GARBLED_PAGE: &str = "the text of the page is not what it shows, and was not used";

/// Counts the characters of the pages and decides.
///
/// Where some pages are garbled among more that are not, these lose their text and leave a diagnostic, so that the document
/// counts for what can be read of it.
pub(crate) fn judge(pages: &mut [Page], mut quality: Quality, diagnostics: &mut Vec<Diagnostic>) -> Quality {
    quality.n_pages = pages.len() as u32;
    let tallies: Vec<Tally> = pages.iter().map(Tally::of).collect();
    let n_characters = |is_garbled: bool| -> u32 {
        let of_kind = tallies.iter().filter(|tally| tally.is_garbled() == is_garbled);
        of_kind.map(|tally| tally.n_visible).sum()
    };
    let drops_garbled = n_characters(true) < n_characters(false);
    let mut all = Tally::default();
    for (page, (tally, number)) in pages.iter_mut().zip(tallies.iter().zip(1..)) {
        if drops_garbled && tally.is_garbled() {
            page.text.clear();
            page.runs.clear();
            diagnostics.push(Diagnostic { page: Some(number), message: GARBLED_PAGE.to_owned() });
            quality.partial = true;
        } else {
            all.take_in(tally);
            quality.n_pages_without_text += u32::from(tally.n_visible == 0);
        }
        let n_hidden: usize = page
            .hidden
            .iter()
            .map(|hidden| hidden.text.chars().filter(|scalar| !scalar.is_whitespace()).count())
            .sum();
        quality.n_hidden += n_hidden as u32;
    }
    quality.n_characters = all.n_visible;
    quality.n_unmapped = all.n_unmapped;
    quality.n_private = all.n_private;
    quality.n_unlikely = all.n_unlikely + all.plausibility.n_implausible();
    quality.verdict = verdict(&quality);
    quality
}

/// What is counted of the text of a page, or of several.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    n_visible: u32,
    n_unmapped: u32,
    n_private: u32,
    n_unlikely: u32,
    plausibility: Plausibility,
}

impl Tally {
    fn of(page: &Page) -> Self {
        let mut tally = Self::default();
        for scalar in page.text.chars() {
            tally.plausibility.add(scalar);
            // Stored text has no control characters but line feeds.
            if scalar.is_ascii() {
                tally.n_visible += u32::from(scalar > ' ');
                continue;
            }
            if scalar.is_whitespace() {
                continue;
            }
            tally.n_visible += 1;
            match scalar {
                '\u{4e00}'..='\u{9fff}' => {}
                '\u{fffd}' => tally.n_unmapped += 1,
                '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => tally.n_private += 1,
                _ if is_unlikely(scalar) => tally.n_unlikely += 1,
                _ => {}
            }
        }
        tally.plausibility.end();
        tally
    }

    fn take_in(&mut self, other: &Self) {
        self.n_visible += other.n_visible;
        self.n_unmapped += other.n_unmapped;
        self.n_private += other.n_private;
        self.n_unlikely += other.n_unlikely;
        self.plausibility.take_in(&other.plausibility);
    }

    fn is_garbled(&self) -> bool {
        let n_bad = self.n_unmapped + self.n_private + self.n_unlikely + self.plausibility.n_implausible();
        self.n_visible >= MIN_CHARACTERS_OF_PAGE
            && u64::from(n_bad) * 100 > u64::from(self.n_visible) * u64::from(MAX_BAD_PERCENT_OF_PAGE)
    }
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
            judge(&mut [page], quality, &mut Vec::new()).verdict
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

    #[test]
    fn a_garbled_page_among_good_ones_loses_its_text() {
        let page = |text: &str| Page { text: text.repeat(6), ..Page::default() };
        let good = page("Designed battery packs and validated them on two test benches. ");
        let garbled = page("Kjzpnulk ihaalyf whjrz huk chspkhalk aolt vu adv alza ilujolz. ");
        let mut pages = [good.clone(), garbled.clone(), good.clone()];
        let mut diagnostics = Vec::new();
        let quality = judge(&mut pages, Quality::default(), &mut diagnostics);
        assert_eq!((quality.verdict, quality.partial), (Verdict::Readable, true));
        assert_eq!((diagnostics[0].page, pages[1].text.as_str()), (Some(2), ""));
        assert_eq!(pages[2], good);
        let mut pages = [good, garbled.clone(), garbled];
        let quality = judge(&mut pages, Quality::default(), &mut Vec::new());
        assert_eq!(quality.verdict, Verdict::Garbled);
        assert!(pages.iter().all(|page| !page.text.is_empty()));
    }
}
