//! Chunks in reading order to stored text and runs.

use std::collections::BTreeSet;

use bole_core::{Hidden, HiddenReason, Run};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::geometry::Rect;
use crate::glyph::{Glyph, PageGlyphs, Style};
use crate::layout::hyphenation::{Hyphen, judge_hyphen};
use crate::layout::rules::Ruling;
use crate::layout::spacing::{Placed, White, join_spaced_words};
use crate::layout::upright::{directions, set_down};
use crate::layout::words::{Chunks, Spaces, parts};
use crate::layout::{Block, Joint, Piece, arrange};
use crate::scalar::{is_mark, is_wide};

/// The stored text of a page and its runs.
#[derive(Debug, Default)]
pub(crate) struct Assembled {
    pub(crate) text: String,
    pub(crate) runs: Vec<Run>,
}

/// Lays out the visible glyphs of a page; boxes are kept within `page_rect`.
pub(crate) fn assemble(page: &PageGlyphs, page_rect: &Rect) -> Assembled {
    let downwards = set_down(page);
    let (glyphs, styles) = match &downwards {
        Some((glyphs, styles)) => (glyphs, styles),
        None => (&page.visible, &page.styles),
    };
    let mut writer = Writer::new(glyphs, styles, Some(*page_rect));
    writer.write_all(&page.rules.finish());
    Assembled { text: writer.text, runs: writer.runs }
}

/// The hidden glyphs of a page, a piece for each line.
pub(crate) fn assemble_hidden(page: &PageGlyphs) -> Vec<Hidden> {
    let reasons: BTreeSet<HiddenReason> = page.hidden.iter().map(|(reason, _)| *reason).collect();
    let mut pieces = Vec::new();
    for reason in reasons {
        let glyphs: Vec<Glyph> =
            page.hidden.iter().filter(|(other, _)| *other == reason).map(|(_, glyph)| *glyph).collect();
        let mut writer = Writer::new(&glyphs, &page.styles, None);
        writer.write_all(&Ruling::NONE);
        writer.finish_hidden(reason, &mut pieces);
    }
    pieces
}

struct Writer<'a> {
    glyphs: &'a [Glyph],
    styles: &'a [Style],
    within: Option<Rect>,
    spaces: Spaces,
    text: String,
    /// Scalars written so far.
    position: u32,
    runs: Vec<Run>,
    /// The run being written.
    pending: String,
    pending_is_wide: bool,
    pending_rect: Rect,
    /// A box around each line, and where its text ends, in bytes.
    lines: Vec<(Rect, usize)>,
    line_rect: Rect,
    /// The glyphs written last on this line.
    recent: [Option<usize>; RECENT],
}

/// A wider gap than this part of the size is written as two spaces.
const CELL_GAP: f32 = 2.5;
/// Of text hyphenated by a machine so many lines of a page end with a hyphen, and one line in so many.
const MIN_BROKEN: usize = 3;
const MAX_LINES_PER_BREAK: usize = 16;
/// How many glyphs back one painted again is looked for.
const RECENT: usize = 4;

impl<'a> Writer<'a> {
    fn new(glyphs: &'a [Glyph], styles: &'a [Style], within: Option<Rect>) -> Self {
        Self {
            glyphs,
            styles,
            within,
            spaces: Spaces::of(glyphs, styles),
            text: String::with_capacity(glyphs.len() + glyphs.len() / 8),
            position: 0,
            runs: Vec::with_capacity(glyphs.len() / 5),
            pending: String::new(),
            pending_is_wide: false,
            pending_rect: Rect::EMPTY,
            lines: Vec::new(),
            line_rect: Rect::EMPTY,
            recent: [None; RECENT],
        }
    }

    /// Writes all directions, those of most glyphs first.
    fn write_all(&mut self, ruling: &Ruling) {
        for directions in directions(self.glyphs, self.styles) {
            let degrees = directions.middle;
            // Ruling lines are those of the page as displayed: they mean nothing across the lines of turned text.
            let ruling = if degrees == 0 { ruling } else { &Ruling::NONE };
            let cut = Chunks::cut(self.glyphs, self.styles, directions, ruling, self.spaces);
            self.write_direction(&cut, ruling);
        }
    }

    fn write_direction(&mut self, cut: &Chunks, ruling: &Ruling) {
        let mut placed: Vec<Placed> = Vec::new();
        let blocks = arrange(&cut.chunks, ruling);
        let breaking = self.breaking(cut, &blocks);
        for block in blocks {
            if !self.text.is_empty() {
                self.push_plain('\n');
            }
            let mut lines = block.iter().peekable();
            // The end of a broken word, read with the line before.
            let mut n_read = 0;
            while let Some(line) = lines.next() {
                if n_read == 0 && !self.text.is_empty() {
                    self.push_plain('\n');
                }
                self.place(cut, line, &mut placed);
                join_spaced_words(self.glyphs, self.styles, &mut placed);
                let rest = placed.get_mut(n_read..).unwrap_or_default();
                if n_read > 0
                    && let Some(first) = rest.first_mut()
                {
                    self.push_plain('\n');
                    first.white = White::None;
                }
                self.write_words(rest);
                n_read = 0;
                if let (Some(last), Some(next)) = (rest.last().copied(), lines.peek())
                    && self.judge_break(cut, line, next) >= breaking
                    && self.ends_pending(&last)
                {
                    self.place(cut, next, &mut placed);
                    if let Some(first) = placed.first() {
                        self.pending.pop();
                        self.finish_run();
                        self.write_word(first.first, first.last, false);
                        n_read = 1;
                    }
                }
                self.finish_line();
            }
        }
    }

    /// The words of a line with the white before each.
    fn place(&self, cut: &Chunks, line: &[Piece], placed: &mut Vec<Placed>) {
        placed.clear();
        let mut end = f32::NEG_INFINITY;
        let mut before_space = false;
        for piece in line {
            let Some(chunk) = cut.chunks.get(piece.chunk) else { continue };
            let words = cut.words.get(chunk.first_word..=chunk.last_word).unwrap_or_default();
            for (index, word) in words.iter().enumerate() {
                let gap = word.start - end;
                let white = match (placed.last(), piece.joint) {
                    (None, _) => White::None,
                    _ if index > 0 => White::Space,
                    (Some(before), Joint::Measured) => {
                        // What stands far apart on a line is two things: the cells of a row, an entry and its dates.
                        let is_painted = word.after_space || before_space;
                        match self.parts(before.last, word.first, gap, is_painted) {
                            true if gap > CELL_GAP * chunk.size => White::Wide,
                            true => White::Space,
                            false => White::None,
                        }
                    }
                    (Some(_), Joint::Cells) => White::Cells,
                    (Some(before), Joint::Wrapped) if self.is_wrapped(before.last, word.first) => White::None,
                    (Some(_), Joint::Wrapped) => White::Space,
                    (Some(_), Joint::Word) => White::None,
                };
                placed.push(Placed {
                    first: word.first,
                    last: word.last,
                    gap,
                    overlaps: gap < 0.0 && !placed.is_empty(),
                    white,
                });
                before_space = word.before_space;
                end = if piece.joint == Joint::Measured { end.max(word.end) } else { word.end };
            }
        }
    }

    /// Whether text that goes on in the next line of a narrow cell needs no space: ideographs, broken dates and addresses.
    fn is_wrapped(&self, before: usize, after: usize) -> bool {
        let (Some(before), Some(after)) = (self.glyphs.get(before), self.glyphs.get(after)) else {
            return false;
        };
        let joins = |scalar: char| matches!(scalar, '-' | '–' | '/' | '.' | '~' | '@' | '_');
        is_wide(before.scalar) || is_wide(after.scalar) || joins(before.scalar) || joins(after.scalar)
    }

    fn write_words(&mut self, words: &[Placed]) {
        for word in words {
            match word.white {
                White::None => {}
                White::Space => {
                    self.finish_run();
                    self.push_plain(' ');
                }
                White::Wide | White::Cells => {
                    self.finish_run();
                    self.push_plain(' ');
                    self.push_plain(' ');
                }
            }
            self.write_word(word.first, word.last, word.overlaps);
        }
    }

    fn finish_line(&mut self) {
        self.finish_run();
        self.lines.push((self.line_rect, self.text.len()));
        self.line_rect = Rect::EMPTY;
        self.recent = [None; RECENT];
    }

    /// From where on a hyphen at a line's end is taken to break a word: in text that was hyphenated by a machine many
    /// lines end so, elsewhere it is that of a compound.
    fn breaking(&self, cut: &Chunks, blocks: &[Block]) -> Hyphen {
        let pairs = blocks.iter().flat_map(|block| block.windows(2));
        let n_broken = pairs
            .filter(|pair| match pair {
                [line, next] => self.judge_break(cut, line, next) > Hyphen::Kept,
                _ => false,
            })
            .count();
        let n_lines: usize = blocks.iter().map(Vec::len).sum();
        let is_hyphenated = n_broken >= MIN_BROKEN && n_broken * MAX_LINES_PER_BREAK >= n_lines;
        if is_hyphenated { Hyphen::Doubtful } else { Hyphen::Breaking }
    }

    /// What the hyphen between two lines stands for, if there is one.
    fn judge_break(&self, cut: &Chunks, line: &[Piece], next: &[Piece]) -> Hyphen {
        let words = || {
            let last = cut.words.get(cut.chunks.get(line.last()?.chunk)?.last_word)?;
            if !matches!(self.glyphs.get(last.last)?.scalar, '-' | '\u{2010}') {
                return None;
            }
            let first = cut.words.get(cut.chunks.get(next.first()?.chunk)?.first_word)?;
            let (last, first) =
                (self.glyphs.get(last.first..=last.last)?, self.glyphs.get(first.first..=first.last)?);
            let size = |word: &[Glyph]| Some(self.styles.get(word.first()?.style as usize)?.size);
            let are_alike = (size(last)? - size(first)?).abs() < 0.1 * size(last)?;
            (are_alike && self.within.is_some()).then_some((last, first))
        };
        words().map_or(Hyphen::Kept, |(last, first)| judge_hyphen(last, first))
    }

    /// Whether the run being written ends with the hyphen of this word.
    fn ends_pending(&self, word: &Placed) -> bool {
        self.glyphs.get(word.last).is_some_and(|glyph| self.pending.ends_with(glyph.scalar))
    }

    fn parts(&self, before: usize, after: usize, gap: f32, after_space: bool) -> bool {
        let (Some(before), Some(after)) = (self.glyphs.get(before), self.glyphs.get(after)) else {
            return true;
        };
        let Some(style) = self.styles.get(after.style as usize) else {
            return true;
        };
        // A space painted elsewhere before this chunk says nothing of the neighbour on the line.
        let after_space = after_space && gap > 0.0;
        parts(before.scalar, after.scalar, gap, gap, after_space, style, self.spaces)
    }

    fn write_word(&mut self, first: usize, last: usize, overlaps: bool) {
        for (index, glyph) in (first..).zip(self.glyphs.get(first..=last).unwrap_or_default()) {
            if glyph.scalar == ' ' {
                continue;
            }
            let Some(style) = self.styles.get(glyph.style as usize) else {
                continue;
            };
            // A heading painted in overlapping pieces, or twice letter by letter, shows each letter once.
            let last = self.pending.chars().next_back();
            let is_again =
                last == Some(glyph.scalar) && self.is_repeated(glyph, style.size.min(2.0 * glyph.width));
            if is_again || overlaps && self.is_repeated(glyph, style.size) {
                continue;
            }
            self.recent.rotate_right(1);
            if let Some(newest) = self.recent.first_mut() {
                *newest = Some(index);
            }
            let wide = is_wide(glyph.scalar);
            if wide != self.pending_is_wide && !self.pending.is_empty() && !is_mark(glyph.scalar) {
                self.finish_run();
            }
            if self.pending.is_empty() {
                self.pending_is_wide = wide;
            }
            self.pending.push(glyph.scalar);
            let rect = glyph.rect(style);
            self.pending_rect = self.pending_rect.union(&rect);
        }
    }

    fn is_repeated(&self, glyph: &Glyph, size: f32) -> bool {
        let near = 0.25 * size;
        self.recent.iter().flatten().filter_map(|index| self.glyphs.get(*index)).any(|recent| {
            recent.scalar == glyph.scalar
                && (recent.x - glyph.x).abs() < near
                && (recent.y - glyph.y).abs() < near
        })
    }

    fn finish_run(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let start = self.position;
        if self.pending.is_ascii() {
            self.position += self.pending.len() as u32;
            self.text.push_str(&self.pending);
        } else if is_nfc_quick(self.pending.chars()) == IsNormalized::Yes {
            self.position += self.pending.chars().count() as u32;
            self.text.push_str(&self.pending);
        } else {
            for scalar in self.pending.nfc() {
                self.text.push(scalar);
                self.position += 1;
            }
        }
        let rect = match &self.within {
            Some(within) => self.pending_rect.intersection(within),
            None => self.pending_rect,
        };
        self.line_rect = self.line_rect.union(&self.pending_rect);
        self.runs.push(Run { start, end: self.position, bounds: rect.to_bounds() });
        self.pending.clear();
        self.pending_rect = Rect::EMPTY;
    }

    fn push_plain(&mut self, scalar: char) {
        self.text.push(scalar);
        self.position += 1;
    }

    fn finish_hidden(self, reason: HiddenReason, pieces: &mut Vec<Hidden>) {
        let mut start = 0;
        for (rect, end) in self.lines {
            let text = self.text.get(start..end).unwrap_or_default().trim();
            start = end;
            if !text.is_empty() {
                pieces.push(Hidden { text: text.to_owned(), reason, bounds: rect.to_bounds() });
            }
        }
    }
}
