//! A document as one run of Unicode scalars, with its lines and the way back to spans.

use std::sync::LazyLock;

use bole_core::{Confidence, Pages, Sourced, Span};
use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;

use crate::tables::traditional::TRADITIONAL;

static SIMPLIFIED: LazyLock<FxHashMap<char, char>> = LazyLock::new(|| {
    let traditional = TRADITIONAL.chars().step_by(2);
    traditional.zip(TRADITIONAL.chars().skip(1).step_by(2)).collect()
});

/// A half-open range of scalars in a [`Text`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Extent {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A line that is not empty, without the white space at its ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) extent: Extent,
    /// Whether an empty line or the start of a page stands before it.
    pub(crate) blank_before: bool,
}

/// A field that is wrapped takes at most so many lines.
const MAX_JOINED: usize = 3;

/// All pages as one run of scalars, `\n` between pages; folded scalar by scalar, so that positions are the same in
/// both forms.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    raw: Vec<char>,
    folded: Vec<char>,
    lines: Vec<Line>,
    pages: Vec<Extent>,
}

impl Extent {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    pub(crate) fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.end <= self.start
    }

    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    pub(crate) fn holds(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

impl Text {
    pub(crate) fn of(pages: &Pages) -> Self {
        let mut raw = Vec::new();
        let mut extents = Vec::with_capacity(pages.pages.len());
        for page in &pages.pages {
            if !extents.is_empty() {
                raw.push('\n');
            }
            let start = raw.len();
            raw.extend(page.text.chars());
            extents.push(Extent::new(start, raw.len()));
        }
        let folded = raw.iter().map(|&scalar| fold(scalar)).collect();
        let mut text = Self { raw, folded, lines: Vec::new(), pages: extents };
        text.lines = text.find_lines();
        text
    }

    /// All of it.
    pub(crate) fn whole(&self) -> Extent {
        Extent::new(0, self.raw.len())
    }

    /// The lines that are not empty, in order.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The lines that begin within `extent`.
    pub(crate) fn lines_in(&self, extent: Extent) -> &[Line] {
        let from = self.lines.partition_point(|line| line.extent.start < extent.start);
        let to = self.lines.partition_point(|line| line.extent.start < extent.end);
        self.lines.get(from..to).unwrap_or_default()
    }

    /// The part of the text at `extent`, lower case; full-width, compatibility and traditional forms
    /// and dashes made equal.
    pub(crate) fn folded(&self, extent: Extent) -> &[char] {
        self.folded.get(extent.start..extent.end).unwrap_or_default()
    }

    /// The part of the text at `extent` as stored.
    pub(crate) fn raw(&self, extent: Extent) -> &[char] {
        self.raw.get(extent.start..extent.end).unwrap_or_default()
    }

    pub(crate) fn string(&self, extent: Extent) -> String {
        self.raw(extent).iter().collect()
    }

    pub(crate) fn folded_at(&self, index: usize) -> Option<char> {
        self.folded.get(index).copied()
    }

    /// `extent` without white space at its ends.
    pub(crate) fn trim(&self, extent: Extent) -> Extent {
        self.trim_matches(extent, char::is_whitespace)
    }

    /// `extent` without the folded scalars at its ends for which `drop` holds.
    pub(crate) fn trim_matches(&self, extent: Extent, drop: impl Fn(char) -> bool) -> Extent {
        let part = self.folded(extent);
        let Some(first) = part.iter().position(|&scalar| !drop(scalar)) else {
            return Extent::new(extent.start, extent.start);
        };
        let last = part.iter().rposition(|&scalar| !drop(scalar)).unwrap_or(first);
        Extent::new(extent.start + first, extent.start + last + 1)
    }

    /// One span for each page that `extent` touches with more than white space.
    pub(crate) fn spans(&self, extent: Extent) -> Vec<Span> {
        let first = self.pages.partition_point(|page| page.end < extent.start);
        let pages = self.pages.iter().enumerate().skip(first);
        let touched = pages.take_while(|(_, page)| page.start < extent.end);
        let parts = touched.filter_map(|(index, page)| {
            let part = Extent::new(extent.start.max(page.start), extent.end.min(page.end));
            let part = self.trim(part);
            (!part.is_empty()).then(|| Span {
                page: index as u32 + 1,
                start: (part.start - page.start) as u32,
                end: (part.end - page.start) as u32,
            })
        });
        parts.collect()
    }

    /// `value` as read from `extent`; none if there is nothing but white space.
    pub(crate) fn sourced<T>(&self, extent: Extent, value: T, confidence: u8) -> Option<Sourced<T>> {
        let spans = self.spans(extent);
        (!spans.is_empty()).then_some(Sourced { value, spans, confidence: Confidence(confidence) })
    }

    /// What stands at `extent` as read from there, on one line.
    pub(crate) fn quote(&self, extent: Extent, confidence: u8) -> Option<Sourced<String>> {
        let extent = self.trim(extent);
        let value = self.string(extent).replace("-\n", "-").replace('\n', " ");
        self.sourced(extent, value, confidence)
    }

    /// Joins each line for which `goes_on` holds of it and the next with that: the line end between them counts as a
    /// space. At most `MAX_JOINED` lines become one.
    pub(crate) fn join_lines(&mut self, goes_on: impl Fn(&Self, &Line, &Line) -> bool) {
        let mut lines: Vec<Line> = Vec::with_capacity(self.lines.len());
        let mut n_joined = 1;
        for index in 0..self.lines.len() {
            let Some(&line) = self.lines.get(index) else { break };
            let before = index.checked_sub(1).and_then(|before| self.lines.get(before));
            let joins = n_joined < MAX_JOINED && before.is_some_and(|before| goes_on(self, before, &line));
            match lines.last_mut() {
                Some(last) if joins => {
                    let between = Extent::new(last.extent.end, line.extent.start);
                    for scalar in self.folded.get_mut(between.start..between.end).unwrap_or_default() {
                        *scalar = ' ';
                    }
                    last.extent.end = line.extent.end;
                    n_joined += 1;
                }
                _ => {
                    lines.push(line);
                    n_joined = 1;
                }
            }
        }
        self.lines = lines;
    }

    /// Each line with the next for which `goes_on` holds of the two, and the text with a space at the line ends between
    /// them; none if there is no such line.
    pub(crate) fn pairs(&self, goes_on: impl Fn(&Self, &Line, &Line) -> bool) -> Option<(Self, Vec<Extent>)> {
        let pairs = self.lines.windows(2).filter_map(|pair| match pair {
            [line, next] if goes_on(self, line, next) => Some((line.extent, next.extent)),
            _ => None,
        });
        let pairs: Vec<(Extent, Extent)> = pairs.collect();
        let mut joined = (!pairs.is_empty()).then(|| self.clone())?;
        for (line, next) in &pairs {
            for scalar in joined.folded.get_mut(line.end..next.start).unwrap_or_default() {
                *scalar = ' ';
            }
        }
        Some((joined, pairs.into_iter().map(|(line, next)| Extent::new(line.start, next.end)).collect()))
    }

    /// Puts spaces in place of `extents`, so that nothing is read from there; lines and positions stay.
    pub(crate) fn blank(&mut self, extents: &[Extent]) {
        for &extent in extents {
            for scalars in [&mut self.raw, &mut self.folded] {
                for scalar in scalars.get_mut(extent.start..extent.end).unwrap_or_default() {
                    if *scalar != '\n' {
                        *scalar = ' ';
                    }
                }
            }
        }
    }

    /// Whether there is nothing but white space at `extent`.
    pub(crate) fn is_blank(&self, extent: Extent) -> bool {
        self.folded(extent).iter().all(|scalar| scalar.is_whitespace())
    }

    /// The part of the text at `span`.
    pub(crate) fn extent_of(&self, span: Span) -> Extent {
        let page = self.pages.get((span.page as usize).saturating_sub(1)).copied().unwrap_or_default();
        Extent::new(page.start + span.start as usize, page.start + span.end as usize)
    }

    /// Cuts the lines around `positions`, which are in order, in two; the second begins a block.
    pub(crate) fn cut_lines(&mut self, positions: impl Iterator<Item = usize>) {
        let mut positions = positions.peekable();
        if positions.peek().is_none() {
            return;
        }
        let mut lines = Vec::with_capacity(self.lines.len() + 8);
        for line in &self.lines {
            while positions.next_if(|&position| position <= line.extent.start).is_some() {}
            let position = positions.next_if(|&position| position < line.extent.end);
            let cut = position.unwrap_or(line.extent.end);
            let before = self.trim(Extent::new(line.extent.start, cut));
            let after = self.trim(Extent::new(cut, line.extent.end));
            if before.is_empty() || after.is_empty() {
                lines.push(*line);
            } else {
                lines.push(Line { extent: before, ..*line });
                lines.push(Line { extent: after, blank_before: true });
            }
        }
        self.lines = lines;
    }

    fn find_lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut blank_before = true;
        let mut start = 0;
        for line in self.raw.split(|&scalar| scalar == '\n') {
            let extent = self.trim(Extent::new(start, start + line.len()));
            let page_starts = self.pages.binary_search_by_key(&start, |page| page.start).is_ok();
            if extent.is_empty() {
                blank_before = true;
            } else {
                lines.push(Line { extent, blank_before: blank_before || page_starts });
                blank_before = false;
            }
            start += line.len() + 1;
        }
        lines
    }
}

/// Whether `scalar` is of the Han script.
pub(crate) fn is_han(scalar: char) -> bool {
    matches!(scalar, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '〇')
}

/// Whether `scalars` begin with `word`.
pub(crate) fn starts_with(scalars: &[char], word: &str) -> bool {
    let mut scalars = scalars.iter();
    word.chars().all(|wanted| scalars.next() == Some(&wanted))
}

/// Whether `scalars` end with `word`.
pub(crate) fn ends_with(scalars: &[char], word: &str) -> bool {
    let mut scalars = scalars.iter().rev();
    word.chars().rev().all(|wanted| scalars.next() == Some(&wanted))
}

/// Whether `scalar` marks an item of a list at the start of a line.
pub(crate) fn is_bullet(scalar: char) -> bool {
    matches!(
        scalar,
        '•' | '·'
            | '●'
            | '○'
            | '◦'
            | '▪'
            | '■'
            | '□'
            | '◼'
            | '◆'
            | '◇'
            | '➢'
            | '➤'
            | '►'
            | '▸'
            | '★'
            | '☆'
            | '✓'
            | '✔'
            | '*'
            | '-'
            | '‧'
            | '∙'
            | '⚫'
            | '⬤'
            | '\u{f0b7}'
            | '\u{f06c}'
            | '\u{f0a7}'
            | '\u{f0d8}'
            | '»'
            | '›'
    )
}

/// Whether `scalar` stands between fields of a line, whatever the script.
pub(crate) fn is_field_mark(scalar: char) -> bool {
    matches!(scalar, '|' | '¦' | '·' | '•' | '∙' | '‧' | '\t' | ';' | '│' | '♦' | '◆' | '\u{200b}' | '⋄')
}

/// Lower case, dashes to `-`, white space but line ends to a space, and the compatibility form if it is one scalar.
fn fold(scalar: char) -> char {
    if scalar.is_ascii() {
        return match scalar {
            '\t' => '\t',
            '\n' => '\n',
            _ if scalar.is_ascii_whitespace() => ' ',
            _ => scalar.to_ascii_lowercase(),
        };
    }
    if ('\u{4e00}'..='\u{9fff}').contains(&scalar) {
        return SIMPLIFIED.get(&scalar).copied().unwrap_or(scalar);
    }
    let scalar = only(std::iter::once(scalar).nfkc()).unwrap_or(scalar);
    match scalar {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}' | '\u{2501}' => '-',
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '\u{301c}' | '\u{223c}' => '~',
        _ if scalar.is_whitespace() => ' ',
        _ => only(scalar.to_lowercase()).unwrap_or(scalar),
    }
}

fn only(mut scalars: impl Iterator<Item = char>) -> Option<char> {
    let first = scalars.next()?;
    scalars.next().is_none().then_some(first)
}

#[cfg(test)]
pub(crate) fn pages_of(texts: &[&str]) -> Pages {
    let page = |text: &&str| bole_core::Page { text: (*text).to_owned(), ..bole_core::Page::default() };
    Pages { pages: texts.iter().map(page).collect(), ..Pages::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extent_over_a_page_break_is_a_span_a_page() {
        let pages = pages_of(&["ab\n\ncd", "", "ＥＦ gh"]);
        let text = Text::of(&pages);
        assert_eq!(text.folded(Extent::new(8, 10)), ['e', 'f']);
        let spans = text.spans(Extent::new(4, 13));
        let texts: Vec<_> = spans.iter().map(|span| pages.text_at(*span).unwrap()).collect();
        assert_eq!(texts, ["cd", "ＥＦ gh"]);
        assert_eq!(spans[1].page, 3);
    }

    #[test]
    fn lines_know_what_stands_before_them() {
        let text = Text::of(&pages_of(&["  a \nb\n\nc", "d"]));
        let lines: Vec<_> =
            text.lines().iter().map(|line| (text.string(line.extent), line.blank_before)).collect();
        let expected = [("a", true), ("b", false), ("c", true), ("d", true)];
        assert_eq!(lines, expected.map(|(line, blank)| (line.to_owned(), blank)));
        assert_eq!(text.lines_in(Extent::new(5, 9)).len(), 2);
    }
}
