use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::openapi::{ArrayBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::{DocumentId, ReaderVersion, ReadingId, Resume, Sourced, Span};

/// What one version of the reader saw in one document. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The document.
    pub document: DocumentId,
    /// The reader's version.
    pub reader: ReaderVersion,
    /// What was on the pages.
    pub content: Pages,
    /// What was understood from them.
    pub resume: Resume,
}

/// The pages of a document as read, before anything is understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pages {
    /// In order; page numbers start at 1.
    pub pages: Vec<Page>,
    /// How good the text is.
    pub quality: Quality,
    /// What went wrong on the way without spoiling the whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Vec<Diagnostic>,
}

impl Pages {
    /// The visible text of all pages, with an empty line between two.
    pub fn text(&self) -> String {
        let texts: Vec<_> = self.pages.iter().map(|page| page.text.as_str()).collect();
        texts.join("\n\n")
    }
}

/// One page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Width as displayed (crop box and rotation applied), in hundredths of a PDF point.
    pub width: i32,
    /// Height as displayed, in hundredths of a PDF point.
    pub height: i32,
    /// What a person sees, in reading order: NFC, ligatures expanded, `\n` between lines, an empty line between
    /// blocks, two spaces for a wide gap within a line, no U+0000.
    pub text: String,
    /// Where the text stands, in the order of the text, without overlap; white space may lie between runs.
    pub runs: Vec<Run>,
    /// What a person does not see.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<Hidden>,
}

/// A piece of one line of a page's text with one box: a word, or a stretch of Chinese.
///
/// Serialized as `[start, end, left, top, right, bottom]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "[i32; 6]", into = "[i32; 6]")]
pub struct Run {
    /// The first Unicode scalar in the page's text.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Its place on the page.
    pub bounds: Bounds,
}

/// A rectangle on a page as displayed: origin top left, hundredths of a PDF point.
///
/// Serialized as `[left, top, right, bottom]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "[i32; 4]", into = "[i32; 4]")]
pub struct Bounds {
    /// Distance from the left edge.
    pub left: i32,
    /// Distance from the top edge.
    pub top: i32,
    /// Not less than `left`.
    pub right: i32,
    /// Not less than `top`.
    pub bottom: i32,
}

impl PartialSchema for Bounds {
    fn schema() -> RefOr<Schema> {
        let numbers = ArrayBuilder::new().items(i32::schema()).min_items(Some(4)).max_items(Some(4));
        let about = "left, top, right, bottom from the top left of the page as displayed, in hundredths of a PDF point";
        numbers.description(Some(about)).into()
    }
}

impl ToSchema for Bounds {}

/// Text on a page that a person does not see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hidden {
    /// The text.
    pub text: String,
    /// How it is hidden.
    pub reason: HiddenReason,
    /// Where it would stand.
    pub bounds: Bounds,
}

/// How text is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HiddenReason {
    /// Text render mode 3 or 7: neither filled nor stroked.
    Invisible,
    /// The colour of its background, or too close to it to be seen.
    NoContrast,
    /// Too small to be read.
    Tiny,
    /// Outside the page as displayed.
    OffPage,
    /// Outside the clipping path.
    Clipped,
    /// Covered by what was painted after it.
    Covered,
    /// In a layer that is switched off.
    LayerOff,
    /// Painted with no opacity.
    Transparent,
}

/// How good the text of a document is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    /// Whether it may be understood and scored.
    pub verdict: Verdict,
    /// Visible characters that are not white space.
    pub n_characters: u32,
    /// Of these: without any mapping, stored as U+FFFD.
    pub n_unmapped: u32,
    /// Of these: private use.
    pub n_private: u32,
    /// Of these: control characters, unassigned, of an unlikely script, or in an order that no language writes.
    pub n_unlikely: u32,
    /// Characters that a person does not see.
    pub n_hidden: u32,
    /// Pages.
    pub n_pages: u32,
    /// Pages that show no text.
    pub n_pages_without_text: u32,
    /// Pages that carry an image over most of their area.
    pub n_pages_of_image: u32,
    /// Some page, font or stream could not be read; the rest stands.
    pub partial: bool,
    /// Text whose visibility could not be decided; it counts as visible.
    pub undecided_visibility: bool,
}

/// What the quality comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Text that says what the pages show.
    #[default]
    Readable,
    /// No text, or next to none: a scan or an empty page.
    NoText,
    /// Text that is not what the pages show.
    Garbled,
}

/// Something that went wrong without spoiling the whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The page, from 1; none if it concerns the whole document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// What, without any text of the resume.
    pub message: String,
}

impl Reading {
    /// Its id.
    pub fn id(&self) -> ReadingId {
        ReadingId { document: self.document, reader: self.reader }
    }

    /// The content with every protected place but line breaks blanked out by spaces, so that spans stay valid: what
    /// may be searched, quoted and exported.
    pub fn masked_content(&self) -> Pages {
        let mut content = self.content.clone();
        for (page, number) in content.pages.iter_mut().zip(1..) {
            let protected = self.resume.protected.iter().map(|protected| protected.span);
            let mut spans = protected.filter(|span| span.page == number).peekable();
            if spans.peek().is_none() {
                continue;
            }
            let mut scalars: Vec<char> = page.text.chars().collect();
            for span in spans {
                let end = (span.end as usize).min(scalars.len());
                let hidden = scalars.get_mut(span.start as usize..end).unwrap_or_default();
                hidden.iter_mut().filter(|scalar| **scalar != '\n').for_each(|scalar| *scalar = ' ');
            }
            page.text = scalars.into_iter().collect();
        }
        content
    }
}

impl Pages {
    /// The stored text at `span`; none if it does not lie within the pages.
    pub fn text_at(&self, span: Span) -> Option<String> {
        let page = self.pages.get((span.page as usize).checked_sub(1)?)?;
        let length = span.end.checked_sub(span.start)? as usize;
        let text: String = page.text.chars().skip(span.start as usize).take(length).collect();
        (text.chars().count() == length).then_some(text)
    }

    /// The text at all places of `sourced` in one line; none if nothing stands there. Of masked content it is what of
    /// a value may be searched.
    pub fn text_of<T>(&self, sourced: &Sourced<T>) -> Option<String> {
        let pieces = sourced.spans.iter().filter_map(|span| self.text_at(*span)).collect::<Vec<_>>();
        let words: Vec<_> = pieces.iter().flat_map(|piece| piece.split_whitespace()).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// The line of stored text around `span`, for showing a person where something stands.
    pub fn line_at(&self, span: Span) -> Option<String> {
        let page = self.pages.get((span.page as usize).checked_sub(1)?)?;
        let mut start = 0;
        for line in page.text.split('\n') {
            let end = start + line.chars().count() as u32;
            if span.start <= end {
                return Some(line.to_owned());
            }
            start = end + 1;
        }
        None
    }
}

impl From<[i32; 6]> for Run {
    fn from([start, end, left, top, right, bottom]: [i32; 6]) -> Self {
        Self {
            start: start.unsigned_abs(),
            end: end.unsigned_abs(),
            bounds: Bounds { left, top, right, bottom },
        }
    }
}

impl From<Run> for [i32; 6] {
    fn from(run: Run) -> Self {
        let Bounds { left, top, right, bottom } = run.bounds;
        [run.start as i32, run.end as i32, left, top, right, bottom]
    }
}

impl From<[i32; 4]> for Bounds {
    fn from([left, top, right, bottom]: [i32; 4]) -> Self {
        Self { left, top, right, bottom }
    }
}

impl From<Bounds> for [i32; 4] {
    fn from(bounds: Bounds) -> Self {
        [bounds.left, bounds.top, bounds.right, bounds.bottom]
    }
}

/// Folds stored text for matching: NFKC (so full-width letters and compatibility forms fold), lower case, dashes to
/// `-`, every white space to one space each.
///
/// Gives the folded scalars, and for each the index of the stored scalar it comes from, so that a match can be
/// mapped back to a [`Span`]. Both have the same length.
pub fn fold_for_matching(text: &str) -> (Vec<char>, Vec<u32>) {
    let mut folded = Vec::with_capacity(text.len());
    let mut origins = Vec::with_capacity(text.len());
    for (index, stored) in text.chars().enumerate() {
        let mut push = |scalar: char| {
            folded.push(scalar);
            origins.push(index as u32);
        };
        if stored.is_ascii() {
            push(fold_scalar(stored.to_ascii_lowercase()));
            continue;
        }
        for compatible in std::iter::once(stored).nfkc() {
            compatible.to_lowercase().map(fold_scalar).for_each(&mut push);
        }
    }
    (folded, origins)
}

fn fold_scalar(scalar: char) -> char {
    match scalar {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{ff0d}' => '-',
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        _ if scalar.is_whitespace() => ' ',
        _ => scalar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Protected, ProtectedKind};

    fn folded(text: &str) -> String {
        fold_for_matching(text).0.into_iter().collect()
    }

    #[test]
    fn folding_makes_forms_equal_and_maps_back() {
        assert_eq!(folded("ＢＭＳ　Solid–State"), "bms solid-state");
        let (scalars, origins) = fold_for_matching("㎏锂");
        assert_eq!(scalars, ['k', 'g', '锂']);
        assert_eq!(origins, [0, 0, 1]);
    }

    #[test]
    fn protected_places_are_blanked_and_spans_stay() {
        let page = Page { text: "性别：男\n电池".to_owned(), ..Page::default() };
        let span = Span { page: 1, start: 0, end: 4 };
        let resume =
            Resume { protected: vec![Protected { kind: ProtectedKind::Gender, span }], ..Resume::default() };
        let content = Pages { pages: vec![page], ..Pages::default() };
        let reading = Reading { document: DocumentId::of(b""), reader: ReaderVersion(1), content, resume };
        let masked = reading.masked_content();
        assert_eq!(masked.pages[0].text, "    \n电池");
        let value = |start, end| Sourced {
            value: (),
            spans: vec![Span { page: 1, start, end }],
            confidence: crate::Confidence(90),
        };
        assert_eq!(masked.text_of(&value(2, 7)).unwrap(), "电池");
        assert_eq!(masked.text_of(&value(0, 4)), None);
    }

    #[test]
    fn spans_name_scalars_not_bytes() {
        let page = Page { text: "从事固态电池研发\nBMS".to_owned(), ..Page::default() };
        let pages = Pages { pages: vec![page], ..Pages::default() };
        let span = Span { page: 1, start: 2, end: 6 };
        assert_eq!(pages.text_at(span).unwrap(), "固态电池");
        assert_eq!(pages.line_at(span).unwrap(), "从事固态电池研发");
        assert_eq!(pages.line_at(Span { page: 1, start: 9, end: 12 }).unwrap(), "BMS");
        assert_eq!(pages.text_at(Span { page: 2, start: 0, end: 1 }), None);
        assert_eq!(pages.text_at(Span { page: 1, start: 9, end: 13 }), None);
    }
}
