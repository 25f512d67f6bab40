//! Regions without columns, read line by line.

use crate::layout::{Block, Item, Joint, Line, Page, Part, Piece};

/// Baselines within this part of the smaller size are one line.
pub(crate) const SAME_LINE: f32 = 0.5;
/// A raised or lowered letter overlaps its line by at least this part of its height.
const RAISED_OVERLAP: f32 = 0.65;
/// White between two lines beyond this part of the size begins a new block.
const BLOCK_GAP: f32 = 0.75;
/// Ideographs that begin one below the other within this part of their size, on baselines at most so far apart, are
/// one word.
const SAME_COLUMN: f32 = 0.2;
const NEXT_DOWN: f32 = 2.5;
/// A label in a narrow cell has at most this many chunks, one to a line.
const MAX_STACK: usize = 12;
/// And of so many ideographs, if they fill the cell but for its padding, in points.
const MAX_ACROSS: usize = 4;
const CELL_PADDING: f32 = 12.0;

/// Reads a region line by line, and begins a new block where the white between lines is large.
pub(crate) fn read_lines(page: &Page<'_>, mut members: Vec<usize>, blocks: &mut Vec<Block>) {
    let baseline = |member: &usize| page.item(*member).map_or(0.0, |item| item.baseline);
    members.sort_by(|one, other| baseline(one).total_cmp(&baseline(other)).then(one.cmp(other)));
    let mut rows: Vec<Row> = Vec::new();
    for member in members {
        let Some(item) = page.item(member) else { continue };
        // The rows are sorted, but a raised small chunk may belong to the row before the last.
        let row = rows.iter_mut().rev().take(2).find(|row| row.takes(item));
        match row {
            Some(row) => row.add(member, item),
            None => rows.push(Row::new(member, item)),
        }
    }
    let mut block: Block = Vec::new();
    let mut before: Option<(f32, f32)> = None;
    for mut row in rows {
        if let [single] = row.members.as_slice()
            && let Some(Part::Table(table)) = page.item(*single).map(|item| &item.part)
        {
            if !block.is_empty() {
                blocks.push(std::mem::take(&mut block));
            }
            page.read_table(*table, blocks);
            before = None;
            continue;
        }
        let start = |member: &usize| page.item(*member).map_or(0.0, |item| item.start);
        row.members.sort_by(|one, other| start(one).total_cmp(&start(other)).then(one.cmp(other)));
        if let Some((bottom, size)) = before
            && row.top - bottom > BLOCK_GAP * size.min(row.size)
            && !block.is_empty()
        {
            blocks.push(std::mem::take(&mut block));
        }
        before = Some((row.bottom, row.size));
        block.push(row.members.iter().filter_map(|member| page.piece(*member)).collect());
    }
    if !block.is_empty() {
        blocks.push(block);
    }
}

struct Row {
    members: Vec<usize>,
    baseline: f32,
    size: f32,
    top: f32,
    bottom: f32,
    is_table: bool,
}

impl Row {
    fn new(member: usize, item: &Item) -> Self {
        Self {
            members: vec![member],
            baseline: item.baseline,
            size: item.size,
            top: item.top,
            bottom: item.bottom,
            is_table: matches!(item.part, Part::Table(_)),
        }
    }

    fn takes(&self, item: &Item) -> bool {
        if self.is_table || matches!(item.part, Part::Table(_)) {
            return false;
        }
        if (item.baseline - self.baseline).abs() < SAME_LINE * self.size.min(item.size) {
            return true;
        }
        // Raised and lowered letters overlap the line they belong to by most of their height.
        let overlap = self.bottom.min(item.bottom) - self.top.max(item.top);
        let height = (self.bottom - self.top).min(item.bottom - item.top);
        overlap > RAISED_OVERLAP * height
    }

    fn add(&mut self, member: usize, item: &Item) {
        self.members.push(member);
        if item.size > self.size {
            self.size = item.size;
            self.baseline = item.baseline;
        }
        self.top = self.top.min(item.top);
        self.bottom = self.bottom.max(item.bottom);
    }
}

/// A narrow cell of ideographs one below the other, as the label beside several rows of a form is written: one word.
pub(crate) fn read_stack(page: &Page<'_>, members: &[usize], width: f32) -> Option<Line> {
    if !(2..=MAX_STACK).contains(&members.len()) {
        return None;
    }
    let mut members = members.to_vec();
    let baseline = |member: &usize| page.item(*member).map_or(0.0, |item| item.baseline);
    members.sort_by(|one, other| baseline(one).total_cmp(&baseline(other)).then(one.cmp(other)));
    for pair in members.windows(2) {
        let [one, other] = pair else { return None };
        let (one, other) = (page.item(*one)?, page.item(*other)?);
        let size = one.size.min(other.size);
        let is_below = (1.0 - SAME_COLUMN..=NEXT_DOWN).contains(&((other.baseline - one.baseline) / size));
        let n_next = other.n_ideographs?;
        let breaks = match one.n_ideographs? {
            1 => n_next == 1,
            n => n_next <= n && n <= MAX_ACROSS && width - (one.end - one.start) < size + CELL_PADDING,
        };
        if !breaks || !is_below || one.start - other.start > SAME_COLUMN * size {
            return None;
        }
    }
    let pieces = members.iter().enumerate().filter_map(|(index, member)| {
        let joint = if index == 0 { Joint::Measured } else { Joint::Word };
        Some(Piece { joint, ..page.piece(*member)? })
    });
    Some(pieces.collect())
}
