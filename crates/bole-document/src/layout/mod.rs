//! Chunks into reading order: tables by their ruling lines, then columns by the white between them, then lines.

pub(crate) mod accents;
pub(crate) mod assemble;
pub(crate) mod rules;

mod columns;
mod hyphenation;
mod lines;
mod spacing;
mod tables;
mod upright;
mod words;

#[cfg(test)]
mod order_tests;

use crate::layout::lines::{read_lines, read_stack};
use crate::layout::rules::Ruling;
use crate::layout::tables::{Net, nets};
use crate::layout::words::Chunk;

/// Lines in reading order.
pub(crate) type Block = Vec<Line>;

/// Chunks from left to right.
pub(crate) type Line = Vec<Piece>;

/// A chunk on its line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Piece {
    /// By position in the chunks.
    pub(crate) chunk: usize,
    pub(crate) joint: Joint,
}

/// How a chunk follows the one before it on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joint {
    /// The white between them tells.
    Measured,
    /// They stand in two cells.
    Cells,
    /// It goes on with the next line of a narrow cell.
    Wrapped,
    /// They are one word.
    Word,
}

/// How often a region is cut again. Pages have columns within columns at most.
const MAX_DEPTH: usize = 12;

/// Pages of more pieces are no forms.
const MAX_CHUNKS: usize = 200_000;
/// How deep tables in cells of tables are followed.
const MAX_NESTED: usize = 8;

/// What is moved as one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) start: f32,
    pub(crate) end: f32,
    /// Of a table its lower edge.
    pub(crate) baseline: f32,
    pub(crate) top: f32,
    pub(crate) bottom: f32,
    /// From where it counts as beside others: a little below the top of letters, so that tight lines stay apart.
    pub(crate) upper: f32,
    pub(crate) size: f32,
    /// How many ideographs it is, if it is nothing else.
    pub(crate) n_ideographs: Option<usize>,
    pub(crate) part: Part,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// By position in the chunks.
    Chunk(usize),
    /// By position in the tables.
    Table(usize),
}

/// Items in the order of painting, with the tables among them.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    items: Vec<Item>,
    tables: Vec<Table>,
    pub(crate) ruling: &'a Ruling,
}

/// A net of ruling lines with the items in each of its cells.
#[derive(Debug)]
struct Table {
    net: Net,
    cells: Vec<Vec<usize>>,
    /// How deep tables are nested in it, with itself.
    depth: usize,
}

/// Brings `chunks` into reading order.
pub(crate) fn arrange(chunks: &[Chunk], ruling: &Ruling) -> Vec<Block> {
    let nets = if chunks.len() <= MAX_CHUNKS { nets(ruling) } else { Vec::new() };
    // A table is put before its first item; without tables there is no need of places for them.
    let n_places = usize::from(!nets.is_empty());
    let mut items = Vec::with_capacity(chunks.len() * (n_places + 1));
    for (index, chunk) in chunks.iter().enumerate() {
        let item = Item {
            start: chunk.start,
            end: chunk.end,
            baseline: chunk.baseline,
            top: chunk.top,
            bottom: chunk.bottom,
            upper: chunk.baseline - 0.6 * chunk.size,
            size: chunk.size,
            n_ideographs: chunk.n_ideographs,
            part: Part::Chunk(index),
        };
        items.extend(std::iter::repeat_n(item, n_places + 1));
    }
    let members = (0..items.len()).skip(n_places).step_by(n_places + 1).collect();
    let mut page = Page { items, tables: Vec::new(), ruling };
    let members = page.find_tables(nets, members);
    let mut blocks = Vec::new();
    page.read_region(members, 0, &mut blocks);
    blocks
}

impl Page<'_> {
    pub(crate) fn item(&self, member: usize) -> Option<&Item> {
        self.items.get(member)
    }

    pub(crate) fn items_of<'i>(&'i self, members: &'i [usize]) -> impl Iterator<Item = &'i Item> {
        members.iter().filter_map(|member| self.items.get(*member))
    }

    pub(crate) fn piece(&self, member: usize) -> Option<Piece> {
        match self.items.get(member)?.part {
            Part::Chunk(chunk) => Some(Piece { chunk, joint: Joint::Measured }),
            Part::Table(_) => None,
        }
    }

    /// Puts each table in the place of its first item. Returns what lies outside of all tables.
    fn find_tables(&mut self, nets: Vec<Net>, mut outside: Vec<usize>) -> Vec<usize> {
        for net in nets {
            let mut cells: Vec<Vec<usize>> = vec![Vec::new(); net.n_cells()];
            let mut rest = Vec::with_capacity(outside.len());
            for member in &outside {
                let cell = self.items.get(*member).and_then(|item| {
                    net.cell_at(item.start.midpoint(item.end), item.upper.midpoint(item.baseline))
                });
                match cell.and_then(|cell| cells.get_mut(cell)) {
                    Some(cell) => cell.push(*member),
                    None => rest.push(*member),
                }
            }
            if cells.iter().filter(|cell| !cell.is_empty()).count() < 2 {
                continue;
            }
            let depths = cells.iter().flatten().map(|member| self.depth(*member));
            let depth = 1 + depths.max().unwrap_or(0);
            if depth > MAX_NESTED {
                continue;
            }
            let table = Table { net, cells, depth };
            if let Some(place) = self.put_table(table) {
                rest.push(place);
                rest.sort_unstable();
            }
            outside = rest;
        }
        outside
    }

    fn depth(&self, member: usize) -> usize {
        match self.item(member).map(|item| item.part) {
            Some(Part::Table(table)) => self.tables.get(table).map_or(0, |table| table.depth),
            _ => 0,
        }
    }

    fn put_table(&mut self, mut table: Table) -> Option<usize> {
        let first = table.cells.iter().flatten().min().copied()?;
        let mut whole: Option<Item> = None;
        for item in table.cells.iter().flatten().filter_map(|member| self.items.get(*member)) {
            let whole = whole.get_or_insert(*item);
            whole.start = whole.start.min(item.start);
            whole.end = whole.end.max(item.end);
            whole.baseline = whole.baseline.max(item.baseline);
            whole.top = whole.top.min(item.top);
            whole.bottom = whole.bottom.max(item.bottom);
            whole.upper = whole.upper.min(item.upper);
            whole.size = whole.size.min(item.size);
        }
        let whole = Item { n_ideographs: None, part: Part::Table(self.tables.len()), ..whole? };
        let place = if first % 2 == 1 {
            first - 1
        } else {
            // The first item is a table itself: it moves to the end.
            let moved = self.items.len();
            self.items.push(*self.items.get(first)?);
            for member in table.cells.iter_mut().flatten().filter(|member| **member == first) {
                *member = moved;
            }
            first
        };
        *self.items.get_mut(place)? = whole;
        self.tables.push(table);
        Some(place)
    }

    fn read_region(&self, members: Vec<usize>, depth: usize, blocks: &mut Vec<Block>) {
        let parts = if depth < MAX_DEPTH { columns::cut(self, &members) } else { None };
        match parts {
            Some(parts) => {
                for part in parts {
                    self.read_region(part, depth + 1, blocks);
                }
            }
            None => read_lines(self, members, blocks),
        }
    }

    /// Reads a table row by row: cells of one line each are a line, others stand below each other.
    pub(crate) fn read_table(&self, table: usize, blocks: &mut Vec<Block>) {
        let Some(Table { net, cells, .. }) = self.tables.get(table) else {
            return;
        };
        let filled: Vec<usize> =
            (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()).map(|(index, _)| index).collect();
        let mut block: Block = Vec::new();
        for row in net.rows(filled) {
            let mut line: Line = Vec::new();
            for (cell, members) in row.iter().filter_map(|cell| Some((*cell, cells.get(*cell)?))) {
                let mut read = self.read_cell(members, net.width(cell));
                if row.len() >= MIN_RECORD {
                    unwrap_cell(&mut read);
                }
                if let [single] = read.as_mut_slice()
                    && let [only] = single.as_mut_slice()
                {
                    if let Some(first) = only.first_mut() {
                        first.joint = Joint::Cells;
                    }
                    line.append(only);
                    continue;
                }
                if !line.is_empty() {
                    block.push(std::mem::take(&mut line));
                }
                let mut read = read.into_iter();
                block.extend(read.next().unwrap_or_default());
                for next in read {
                    blocks.push(std::mem::replace(&mut block, next));
                }
            }
            if !line.is_empty() {
                block.push(line);
            }
        }
        if !block.is_empty() {
            blocks.push(block);
        }
    }

    fn read_cell(&self, members: &[usize], width: f32) -> Vec<Block> {
        if let Some(stack) = read_stack(self, members, width) {
            return vec![vec![stack]];
        }
        let mut blocks = Vec::new();
        self.read_region(members.to_vec(), 0, &mut blocks);
        blocks
    }
}

/// Rows of at least so many cells are records: what is wrapped in a cell of theirs is put on one line.
const MIN_RECORD: usize = 3;
/// A cell of more lines is prose.
const MAX_WRAPPED: usize = 3;

fn unwrap_cell(read: &mut Vec<Block>) {
    if read.iter().map(Vec::len).sum::<usize>() > MAX_WRAPPED {
        return;
    }
    let mut whole: Line = Vec::new();
    for mut line in std::mem::take(read).into_iter().flatten() {
        if let Some(first) = line.first_mut().filter(|_| !whole.is_empty()) {
            first.joint = Joint::Wrapped;
        }
        whole.append(&mut line);
    }
    read.push(vec![whole]);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chunks from (start, end, baseline), all of size 10.
    fn order(places: &[(f32, f32, f32)]) -> Vec<Vec<Vec<usize>>> {
        let chunks: Vec<Chunk> = places
            .iter()
            .enumerate()
            .map(|(index, (start, end, baseline))| Chunk {
                first_word: index,
                last_word: index,
                start: *start,
                end: *end,
                baseline: *baseline,
                top: baseline - 8.0,
                bottom: baseline + 2.0,
                size: 10.0,
                n_ideographs: None,
            })
            .collect();
        pieces(arrange(&chunks, &Ruling::NONE))
    }

    fn pieces(blocks: Vec<Block>) -> Vec<Vec<Vec<usize>>> {
        let chunks = |line: Line| line.into_iter().map(|piece| piece.chunk).collect();
        blocks.into_iter().map(|block| block.into_iter().map(chunks).collect()).collect()
    }

    #[test]
    fn columns_are_read_one_after_the_other() {
        let left = (0..4_u8).map(|line| (0.0, 90.0, 50.0 + 12.0 * f32::from(line)));
        let right = (0..4_u8).map(|line| (120.0, 300.0, 50.0 + 12.0 * f32::from(line)));
        let page: Vec<_> = std::iter::once((0.0, 300.0, 20.0)).chain(left).chain(right).collect();
        let read: Vec<usize> = order(&page).into_iter().flatten().flatten().collect();
        assert_eq!(read, (0..9).collect::<Vec<usize>>());
    }

    #[test]
    fn rows_painted_cell_by_cell_stay_rows() {
        let page: Vec<_> = (0..5_u8)
            .flat_map(|line| {
                let baseline = 50.0 + 12.0 * f32::from(line);
                [(0.0, 60.0, baseline), (120.0, 300.0, baseline)]
            })
            .collect();
        assert_eq!(order(&page), [(0..5).map(|row| vec![2 * row, 2 * row + 1]).collect::<Vec<_>>()]);
    }

    #[test]
    fn dates_painted_last_stay_beside_their_lines() {
        let lines = (0..9_u8).map(|line| (0.0, 180.0, 50.0 + 12.0 * f32::from(line)));
        let dates = [0_u8, 4, 7].map(|line| (220.0, 300.0, 50.0 + 12.0 * f32::from(line)));
        let page: Vec<_> = lines.chain(dates).collect();
        let read: Vec<Vec<usize>> = order(&page).into_iter().flatten().collect();
        let expected: [&[usize]; 9] = [&[0, 9], &[1], &[2], &[3], &[4, 10], &[5], &[6], &[7, 11], &[8]];
        assert_eq!(read, expected);
    }

    #[test]
    fn a_cell_in_the_middle_of_its_row_is_read_before_what_stands_beside_it() {
        let page = [
            (0.0, 40.0, 20.0),
            (80.0, 300.0, 20.0),
            (0.0, 40.0, 56.0),
            (80.0, 300.0, 50.0),
            (80.0, 300.0, 62.0),
            (0.0, 40.0, 92.0),
            (80.0, 300.0, 80.0),
            (80.0, 300.0, 92.0),
            (80.0, 300.0, 104.0),
        ];
        let read: Vec<Vec<usize>> = order(&page).into_iter().flatten().collect();
        let expected: [&[usize]; 8] = [&[0, 1], &[2], &[3], &[4], &[5], &[6], &[7], &[8]];
        assert_eq!(read, expected);
    }

    #[test]
    fn white_between_lines_makes_blocks() {
        let blocks = order(&[(0.0, 90.0, 10.0), (0.0, 90.0, 22.0), (0.0, 90.0, 60.0)]);
        assert_eq!(blocks, [vec![vec![0], vec![1]], vec![vec![2]]]);
    }
}
