//! Chunks in reading order to stored text and runs.

use std::collections::BTreeSet;

use bole_core::{Hidden, HiddenReason, Run};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::geometry::Rect;
use crate::glyph::{Glyph, PageGlyphs, Style};
use crate::layout::arrange;
use crate::scalar::{is_mark, is_wide};
use crate::words::{Chunks, Frame, parts};

/// The stored text of a page and its runs.
#[derive(Debug, Default)]
pub(crate) struct Assembled {
    pub(crate) text: String,
    pub(crate) runs: Vec<Run>,
}

/// Lays out the visible glyphs of a page; boxes are kept within `page_rect`.
pub(crate) fn assemble(page: &PageGlyphs, page_rect: &Rect) -> Assembled {
    let mut writer = Writer::new(&page.visible, &page.styles, Some(*page_rect));
    writer.write_all();
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
        writer.write_all();
        writer.finish_hidden(reason, &mut pieces);
    }
    pieces
}

struct Writer<'a> {
    glyphs: &'a [Glyph],
    styles: &'a [Style],
    within: Option<Rect>,
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
/// How many glyphs back one painted again is looked for.
const RECENT: usize = 4;

impl<'a> Writer<'a> {
    fn new(glyphs: &'a [Glyph], styles: &'a [Style], within: Option<Rect>) -> Self {
        Self {
            glyphs,
            styles,
            within,
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

    /// Writes all directions, the one of most glyphs first.
    fn write_all(&mut self) {
        let mut directions: Vec<(usize, u16)> = Vec::new();
        let mut last = None;
        for glyph in self.glyphs {
            let Some(style) = self.styles.get(glyph.style as usize) else {
                continue;
            };
            if last == Some(style.degrees)
                && let Some((count, _)) = directions.iter_mut().find(|(_, degrees)| *degrees == style.degrees)
            {
                *count += 1;
                continue;
            }
            last = Some(style.degrees);
            match directions.iter_mut().find(|(_, degrees)| *degrees == style.degrees) {
                Some((count, _)) => *count += 1,
                None => directions.push((1, style.degrees)),
            }
        }
        directions.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
        for (_, degrees) in directions {
            self.write_direction(&Chunks::cut(self.glyphs, self.styles, Frame::new(degrees)));
        }
    }

    fn write_direction(&mut self, cut: &Chunks) {
        for block in arrange(&cut.chunks) {
            if !self.text.is_empty() {
                self.push_plain('\n');
            }
            for line in block {
                if !self.text.is_empty() {
                    self.push_plain('\n');
                }
                self.write_line(cut, &line);
            }
        }
    }

    fn write_line(&mut self, cut: &Chunks, line: &[usize]) {
        let mut last: Option<(usize, f32)> = None;
        let mut last_chunk = None;
        for (chunk_index, chunk) in line.iter().filter_map(|index| Some((*index, cut.chunks.get(*index)?))) {
            let words = cut.words.get(chunk.first_word..=chunk.last_word).unwrap_or_default();
            for word in words {
                if let Some((last_glyph, end)) = last {
                    let is_parted = last_chunk == Some(chunk_index)
                        || self.parts(last_glyph, word.first, word.start - end, word.after_space);
                    if is_parted {
                        self.finish_run();
                        self.push_plain(' ');
                        // What stands far apart on a line is two things: the cells of a row, an entry and its dates.
                        if last_chunk != Some(chunk_index) && word.start - end > CELL_GAP * chunk.size {
                            self.push_plain(' ');
                        }
                    }
                }
                last_chunk = Some(chunk_index);
                let overlaps = last.is_some_and(|(_, end)| word.start < end);
                self.write_word(word.first, word.last, overlaps);
                let end = last.map_or(word.end, |(_, end)| end.max(word.end));
                last = Some((word.last, end));
            }
        }
        self.finish_run();
        self.lines.push((self.line_rect, self.text.len()));
        self.line_rect = Rect::EMPTY;
        self.recent = [None; RECENT];
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
        parts(before.scalar, after.scalar, gap, gap, after_space, style)
    }

    fn write_word(&mut self, first: usize, last: usize, overlaps: bool) {
        for (index, glyph) in (first..).zip(self.glyphs.get(first..=last).unwrap_or_default()) {
            if glyph.scalar == ' ' {
                continue;
            }
            let Some(style) = self.styles.get(glyph.style as usize) else {
                continue;
            };
            // A heading painted in overlapping pieces shows each letter once.
            if overlaps && self.is_repeated(glyph, style.size) {
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
