//! Chunks into reading order: a page is cut at gutters that were written side by side, the rest is read line by line.
//! Of a table only the cells that are centred beside several lines are read apart.

use crate::words::Chunk;

/// Lines in reading order, each a list of chunks from left to right, by position in the chunks.
pub(crate) type Block = Vec<Vec<usize>>;

/// How often a region is cut again. Pages have columns within columns at most.
const MAX_DEPTH: usize = 12;
/// Into how many strips a region's width is divided to look for gutters.
const N_STRIPS: usize = 256;
/// A gutter is at least this wide, in parts of the usual size of text.
const MIN_GUTTER: f32 = 0.8;
/// How many candidates for a gutter are looked at.
const MAX_CANDIDATES: usize = 24;
/// Baselines within this part of the smaller size are one line.
const SAME_LINE: f32 = 0.5;
/// A raised or lowered letter overlaps its line by at least this part of its height.
const RAISED_OVERLAP: f32 = 0.65;
/// What stands in a margin aligns with a line beside it by this part of the size.
const SAME_ROW: f32 = 0.35;
/// Lines further apart than this part of the size do not follow each other.
const NEXT_LINE: f32 = 2.0;
/// White between two lines beyond this part of the size begins a new block.
const BLOCK_GAP: f32 = 0.75;

/// Brings `chunks` into reading order.
pub(crate) fn arrange(chunks: &[Chunk]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let all: Vec<usize> = (0..chunks.len()).collect();
    cut_region(chunks, all, 0, &mut blocks);
    blocks
}

/// Chunks that overlap from top to bottom, with the strips they leave empty.
struct Band {
    members: Vec<usize>,
    bottom: f32,
}

/// A vertical stretch of white, over the bands `from..to`.
#[derive(Clone, Copy, PartialEq)]
struct Gutter {
    from: usize,
    to: usize,
    middle: f32,
    width: f32,
}

fn cut_region(chunks: &[Chunk], members: Vec<usize>, depth: usize, blocks: &mut Vec<Block>) {
    if depth < MAX_DEPTH && members.len() >= 4 {
        let bands = bands(chunks, members);
        if let Some(gutter) = best_gutter(chunks, &bands) {
            let members_of = |bands: Option<&[Band]>| -> Vec<usize> {
                bands.unwrap_or_default().iter().flat_map(|band| band.members.iter().copied()).collect()
            };
            let beside = members_of(bands.get(gutter.from..gutter.to));
            let mut parts = vec![members_of(bands.get(..gutter.from))];
            if let Some(rows) = rows_of(chunks, &beside, &gutter) {
                parts.extend(rows);
            } else {
                let (left, right) = beside.into_iter().partition(|member| is_left(chunks, *member, &gutter));
                parts.extend([left, right]);
            }
            parts.push(members_of(bands.get(gutter.to..)));
            for part in parts {
                if !part.is_empty() {
                    cut_region(chunks, part, depth + 1, blocks);
                }
            }
            return;
        }
        let members = bands.into_iter().flat_map(|band| band.members).collect();
        read_lines(chunks, members, blocks);
        return;
    }
    read_lines(chunks, members, blocks);
}

fn is_left(chunks: &[Chunk], member: usize, gutter: &Gutter) -> bool {
    chunks.get(member).is_some_and(|chunk| chunk.start.midpoint(chunk.end) < gutter.middle)
}

/// Groups by overlap from top to bottom; a little is taken off each chunk, so that tight lines stay apart.
fn bands(chunks: &[Chunk], mut members: Vec<usize>) -> Vec<Band> {
    let extent = |member: &usize| {
        chunks.get(*member).map_or((0.0, 0.0), |chunk| (chunk.baseline - 0.6 * chunk.size, chunk.baseline))
    };
    members.sort_by(|one, other| extent(one).0.total_cmp(&extent(other).0).then(one.cmp(other)));
    let mut bands: Vec<Band> = Vec::new();
    for member in members {
        let (top, bottom) = extent(&member);
        match bands.last_mut() {
            Some(band) if top < band.bottom => {
                band.members.push(member);
                band.bottom = band.bottom.max(bottom);
            }
            _ => bands.push(Band { members: vec![member], bottom }),
        }
    }
    bands
}

fn best_gutter(chunks: &[Chunk], bands: &[Band]) -> Option<Gutter> {
    let members = || bands.iter().flat_map(|band| &band.members).filter_map(|member| chunks.get(*member));
    let start = members().map(|chunk| chunk.start).fold(f32::INFINITY, f32::min);
    let end = members().map(|chunk| chunk.end).fold(f32::NEG_INFINITY, f32::max);
    let mut sizes: Vec<f32> = members().map(|chunk| chunk.size).collect();
    let middle = sizes.len() / 2;
    let usual_size = *sizes.select_nth_unstable_by(middle, f32::total_cmp).1;
    let strip = (end - start) / N_STRIPS as f32;
    if strip <= 0.0 || !strip.is_finite() {
        return None;
    }
    let mut candidates = candidates(chunks, bands, start, strip, (MIN_GUTTER * usual_size).max(4.0));
    candidates.sort_by(|one, other| {
        (other.to - other.from)
            .cmp(&(one.to - one.from))
            .then(other.width.total_cmp(&one.width))
            .then(one.middle.total_cmp(&other.middle))
    });
    let mut best: Option<(usize, Gutter)> = None;
    for gutter in candidates.into_iter().take(MAX_CANDIDATES) {
        let weight = weigh(chunks, bands, &gutter);
        if weight > best.map_or(0, |(weight, _)| weight) {
            best = Some((weight, gutter));
        }
    }
    best.map(|(_, gutter)| gutter)
}

/// All maximal stretches of empty strips over at least two bands.
fn candidates(chunks: &[Chunk], bands: &[Band], start: f32, strip: f32, min_width: f32) -> Vec<Gutter> {
    let mut occupied = vec![[false; N_STRIPS]; bands.len()];
    for (band, occupied) in bands.iter().zip(&mut occupied) {
        for chunk in band.members.iter().filter_map(|member| chunks.get(*member)) {
            let first = ((chunk.start - start) / strip).floor().max(0.0) as usize;
            let last = ((chunk.end - start) / strip).ceil().max(0.0) as usize;
            let last = last.min(N_STRIPS);
            if let Some(strips) = occupied.get_mut(first.min(last)..last) {
                strips.fill(true);
            }
        }
    }
    let mut gutters: Vec<Gutter> = Vec::new();
    // The stretches of the strip before, to be widened by those of this one.
    let mut open: Vec<(usize, usize, usize)> = Vec::new();
    for index in 0..=N_STRIPS {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        let mut from = 0;
        for (band, occupied) in occupied.iter().enumerate() {
            if occupied.get(index).copied().unwrap_or(true) {
                if band >= from + 2 {
                    runs.push((from, band));
                }
                from = band + 1;
            }
        }
        if index < N_STRIPS && bands.len() >= from + 2 {
            runs.push((from, bands.len()));
        }
        let mut still_open = Vec::new();
        for (from, to, first_strip) in open {
            if let Some(position) = runs.iter().position(|run| *run == (from, to)) {
                runs.swap_remove(position);
                still_open.push((from, to, first_strip));
                continue;
            }
            let width = (index - first_strip) as f32 * strip;
            if width >= min_width {
                gutters.push(Gutter {
                    from,
                    to,
                    middle: start + (first_strip + index) as f32 * 0.5 * strip,
                    width,
                });
            }
        }
        still_open.extend(runs.into_iter().map(|(from, to)| (from, to, index)));
        open = still_open;
    }
    gutters
}

/// How good a gutter is: the lines on its shorter side, 0 if what lies on both sides belongs together line by line.
///
/// Columns are written one after the other, so the order of painting changes sides rarely; the cells of a row and the
/// dates at the right margin alternate. Where painting says nothing, lines that do not align tell columns.
fn weigh(chunks: &[Chunk], bands: &[Band], gutter: &Gutter) -> usize {
    let Some(bands) = bands.get(gutter.from..gutter.to) else {
        return 0;
    };
    let mut members: Vec<usize> = bands.iter().flat_map(|band| band.members.iter().copied()).collect();
    members.sort_unstable();
    let mut n_switches = 0_usize;
    let mut side = None;
    let mut left: Vec<(f32, f32)> = Vec::new();
    let mut right: Vec<(f32, f32)> = Vec::new();
    for member in members {
        let Some(chunk) = chunks.get(member) else { continue };
        let here = is_left(chunks, member, gutter);
        n_switches += usize::from(side.is_some_and(|side| side != here));
        side = Some(here);
        let lines = if here { &mut left } else { &mut right };
        lines.push((chunk.baseline, chunk.size));
    }
    merge_lines(&mut left);
    merge_lines(&mut right);
    let (fewer, more) = if left.len() <= right.len() { (&left, &right) } else { (&right, &left) };
    if fewer.len() < 2 || more.len() < 3 {
        return 0;
    }
    let is_written_apart = n_switches <= (fewer.len() / 3).max(1);
    if is_written_apart {
        return if is_margin(fewer, more) { 0 } else { fewer.len() * 2 };
    }
    let members: Vec<usize> = bands.iter().flat_map(|band| band.members.iter().copied()).collect();
    if rows_of(chunks, &members, gutter).is_some() {
        return fewer.len() * 2;
    }
    let n_aligned = fewer
        .iter()
        .filter(|(baseline, size)| {
            let next = more.partition_point(|(other, _)| other < baseline);
            [next.checked_sub(1), Some(next)]
                .into_iter()
                .flatten()
                .filter_map(|index| more.get(index))
                .any(|(other, _)| (other - baseline).abs() < 0.2 * size)
        })
        .count();
    if fewer.len() >= 4 && n_aligned * 3 < fewer.len() { fewer.len() } else { 0 }
}

/// Whether the lines of one side are dates and the like beside the text: each aligns with a line of the other side,
/// and they do not follow each other as the lines of a column do. Some producers paint them after everything else.
fn is_margin(fewer: &[(f32, f32)], more: &[(f32, f32)]) -> bool {
    let aligns = |(baseline, size): &(f32, f32)| {
        let next = more.partition_point(|(other, _)| other < baseline);
        [next.checked_sub(1), Some(next)]
            .into_iter()
            .flatten()
            .filter_map(|index| more.get(index))
            .any(|(other, other_size)| (other - baseline).abs() < SAME_ROW * size.min(*other_size))
    };
    let follows = |pair: &[(f32, f32)]| match pair {
        [one, other] => other.0 - one.0 < NEXT_LINE * one.1.max(other.1),
        _ => false,
    };
    let n_following = fewer.windows(2).filter(|pair| follows(pair)).count();
    n_following * 4 <= fewer.len() && fewer.iter().all(aligns)
}

/// The rows of a table that was painted row by row, if the cells on the left of some are centred beside several
/// lines: such a cell, then what stands beside it. Rows that can be read line by line stay together.
fn rows_of(chunks: &[Chunk], members: &[usize], gutter: &Gutter) -> Option<Vec<Vec<usize>>> {
    let mut members = members.to_vec();
    members.sort_unstable();
    let mut rows: Vec<Row> = Vec::new();
    for member in members {
        let chunk = chunks.get(member)?;
        let here = is_left(chunks, member, gutter);
        let opens = rows.last().is_none_or(|row| here && !row.right.is_empty());
        if opens {
            rows.push(Row { top: f32::INFINITY, bottom: f32::NEG_INFINITY, ..Row::default() });
        }
        let row = rows.last_mut()?;
        row.top = row.top.min(chunk.baseline - 0.6 * chunk.size);
        row.bottom = row.bottom.max(chunk.baseline);
        if here { row.left.push(member) } else { row.right.push(member) }
    }
    let in_order = rows.windows(2).all(|pair| match pair {
        [one, other] => one.bottom <= other.top,
        _ => true,
    });
    if rows.len() < 2 || !in_order || !rows.iter().any(|row| row.is_centred(chunks)) {
        return None;
    }
    let mut parts: Vec<Vec<usize>> = vec![Vec::new()];
    for row in rows {
        if row.is_centred(chunks) {
            parts.extend([row.left, row.right, Vec::new()]);
        } else if let Some(part) = parts.last_mut() {
            part.extend(row.left);
            part.extend(row.right);
        }
    }
    Some(parts)
}

/// A row of a table with a gutter.
#[derive(Default)]
struct Row {
    left: Vec<usize>,
    right: Vec<usize>,
    top: f32,
    bottom: f32,
}

impl Row {
    /// Whether the left cell stands in the middle of several lines, and not at the first of them.
    fn is_centred(&self, chunks: &[Chunk]) -> bool {
        let extent = |members: &[usize]| {
            let chunks = members.iter().filter_map(|member| chunks.get(*member));
            chunks.fold((f32::INFINITY, f32::NEG_INFINITY, 0.0_f32), |(first, last, size), chunk| {
                (first.min(chunk.baseline), last.max(chunk.baseline), size.max(chunk.size))
            })
        };
        let (left_first, left_last, size) = extent(&self.left);
        let (right_first, right_last, _) = extent(&self.right);
        let off_middle = left_first.midpoint(left_last) - right_first.midpoint(right_last);
        !self.left.is_empty()
            && !self.right.is_empty()
            && right_last - right_first > SAME_LINE * size
            && left_first - right_first > SAME_ROW * size
            && off_middle.abs() < size
    }
}

/// Sorts baselines and keeps one of each line.
fn merge_lines(lines: &mut Vec<(f32, f32)>) {
    lines.sort_by(|one, other| one.0.total_cmp(&other.0));
    lines.dedup_by(|next, before| next.0 - before.0 < SAME_LINE * next.1.min(before.1));
}

/// Reads a region line by line, and begins a new block where the white between lines is large.
fn read_lines(chunks: &[Chunk], mut members: Vec<usize>, blocks: &mut Vec<Block>) {
    let baseline = |member: &usize| chunks.get(*member).map_or(0.0, |chunk| chunk.baseline);
    members.sort_by(|one, other| baseline(one).total_cmp(&baseline(other)).then(one.cmp(other)));
    let mut lines: Vec<Line> = Vec::new();
    for member in members {
        let Some(chunk) = chunks.get(member) else { continue };
        // The lines are sorted, but a raised small chunk may belong to the line before the last.
        let line = lines.iter_mut().rev().take(2).find(|line| line.takes(chunk));
        match line {
            Some(line) => line.add(member, chunk),
            None => lines.push(Line::new(member, chunk)),
        }
    }
    let mut block: Block = Vec::new();
    let mut before: Option<(f32, f32)> = None;
    for mut line in lines {
        let start = |member: &usize| chunks.get(*member).map_or(0.0, |chunk| chunk.start);
        line.members.sort_by(|one, other| start(one).total_cmp(&start(other)).then(one.cmp(other)));
        if let Some((bottom, size)) = before
            && line.top - bottom > BLOCK_GAP * size.min(line.size)
        {
            blocks.push(std::mem::take(&mut block));
        }
        before = Some((line.bottom, line.size));
        block.push(line.members);
    }
    if !block.is_empty() {
        blocks.push(block);
    }
}

struct Line {
    members: Vec<usize>,
    baseline: f32,
    size: f32,
    top: f32,
    bottom: f32,
}

impl Line {
    fn new(member: usize, chunk: &Chunk) -> Self {
        Self {
            members: vec![member],
            baseline: chunk.baseline,
            size: chunk.size,
            top: chunk.top,
            bottom: chunk.bottom,
        }
    }

    fn takes(&self, chunk: &Chunk) -> bool {
        if (chunk.baseline - self.baseline).abs() < SAME_LINE * self.size.min(chunk.size) {
            return true;
        }
        // Raised and lowered letters overlap the line they belong to by most of their height.
        let overlap = self.bottom.min(chunk.bottom) - self.top.max(chunk.top);
        let height = (self.bottom - self.top).min(chunk.bottom - chunk.top);
        overlap > RAISED_OVERLAP * height
    }

    fn add(&mut self, member: usize, chunk: &Chunk) {
        self.members.push(member);
        if chunk.size > self.size {
            self.size = chunk.size;
            self.baseline = chunk.baseline;
        }
        self.top = self.top.min(chunk.top);
        self.bottom = self.bottom.max(chunk.bottom);
    }
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
            })
            .collect();
        arrange(&chunks)
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
        assert_eq!(order(&page), [(0..5).map(|row| vec![2 * row, 2 * row + 1]).collect::<Block>()]);
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
