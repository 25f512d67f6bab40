//! Gutters: where a region is cut into columns, or into the rows of a table without ruling lines.

use crate::layout::lines::SAME_LINE;
use crate::layout::{Item, Page, Part};

/// Into how many strips a region's width is divided to look for gutters.
const N_STRIPS: usize = 256;
/// A gutter is at least this wide, in parts of the usual size of text.
const MIN_GUTTER: f32 = 0.8;
/// How many candidates for a gutter are looked at.
const MAX_CANDIDATES: usize = 24;
/// No page has columns of so many lines, or of so many pieces: what goes beyond is read line by line.
const MAX_BANDS: usize = 4096;
const MAX_MEMBERS: usize = 50_000;
/// What stands in a margin aligns with a line beside it by this part of the size.
const SAME_ROW: f32 = 0.35;
/// Lines further apart than this part of the size do not follow each other.
const NEXT_LINE: f32 = 2.0;
/// Ends of lines set flush right differ by at most this part of the size.
const FLUSH: f32 = 0.6;

/// Items that overlap from top to bottom. A band without members is a ruling line over the width of the region.
struct Band {
    members: Vec<usize>,
    top: f32,
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

/// The parts of a region to be read one after the other; none if it has to be read line by line.
pub(crate) fn cut(page: &Page<'_>, members: &[usize]) -> Option<Vec<Vec<usize>>> {
    if !(4..=MAX_MEMBERS).contains(&members.len()) {
        return None;
    }
    let start = page.items_of(members).map(|item| item.start).fold(f32::INFINITY, f32::min);
    let end = page.items_of(members).map(|item| item.end).fold(f32::NEG_INFINITY, f32::max);
    let bands = bands(page, members, start, end);
    if bands.len() > MAX_BANDS {
        return None;
    }
    let gutter = trim(page, &bands, best_gutter(page, members, &bands, start, end)?);
    let members_of = |bands: Option<&[Band]>| -> Vec<usize> {
        bands.unwrap_or_default().iter().flat_map(|band| band.members.iter().copied()).collect()
    };
    let beside = members_of(bands.get(gutter.from..gutter.to));
    let mut parts = vec![members_of(bands.get(..gutter.from))];
    if let Some(rows) = rows_of(page, &beside, &gutter) {
        parts.extend(rows);
    } else {
        let (left, right) = beside.into_iter().partition(|member| is_left(page, *member, &gutter));
        parts.extend([left, right]);
    }
    parts.push(members_of(bands.get(gutter.to..)));
    parts.retain(|part| !part.is_empty());
    (parts.len() > 1).then_some(parts)
}

fn is_left(page: &Page<'_>, member: usize, gutter: &Gutter) -> bool {
    page.item(member).is_some_and(|item| item.start.midpoint(item.end) < gutter.middle)
}

/// Groups by overlap from top to bottom; a little is taken off each chunk, so that tight lines stay apart.
fn bands(page: &Page<'_>, members: &[usize], start: f32, end: f32) -> Vec<Band> {
    let mut members = members.to_vec();
    let extent = |member: &usize| page.item(*member).map_or((0.0, 0.0), |item| (item.upper, item.baseline));
    members.sort_by(|one, other| extent(one).0.total_cmp(&extent(other).0).then(one.cmp(other)));
    let mut bands: Vec<Band> = Vec::new();
    for member in members {
        let (top, bottom) = extent(&member);
        match bands.last_mut() {
            Some(band) if top < band.bottom => {
                band.members.push(member);
                band.bottom = band.bottom.max(bottom);
            }
            last => {
                if last.is_some_and(|last| page.ruling.has_level_between(last.bottom, top, start, end)) {
                    bands.push(Band { members: Vec::new(), top, bottom: top });
                }
                bands.push(Band { members: vec![member], top, bottom });
            }
        }
    }
    bands
}

fn best_gutter(page: &Page<'_>, members: &[usize], bands: &[Band], start: f32, end: f32) -> Option<Gutter> {
    let mut sizes: Vec<f32> = page.items_of(members).map(|item| item.size).collect();
    let middle = sizes.len() / 2;
    let usual_size = *sizes.select_nth_unstable_by(middle, f32::total_cmp).1;
    let strip = (end - start) / N_STRIPS as f32;
    if strip <= 0.0 || !strip.is_finite() {
        return None;
    }
    let mut candidates = candidates(page, bands, start, strip, (MIN_GUTTER * usual_size).max(4.0));
    candidates.sort_by(|one, other| {
        (other.to - other.from)
            .cmp(&(one.to - one.from))
            .then(other.width.total_cmp(&one.width))
            .then(one.middle.total_cmp(&other.middle))
    });
    let mut best: Option<(usize, Gutter)> = None;
    for gutter in candidates.into_iter().take(MAX_CANDIDATES) {
        let weight = weigh(page, bands, &gutter);
        let parts =
            if weight > 0 { vec![(weight, gutter)] } else { blocks_of(page, bands, &gutter, usual_size) };
        for (weight, gutter) in parts {
            if weight > best.map_or(0, |(weight, _)| weight) {
                best = Some((weight, gutter));
            }
        }
    }
    best.map(|(_, gutter)| gutter)
}

/// The parts of a gutter that lie beside one block each, if that is written in columns while the whole is not.
fn blocks_of(page: &Page<'_>, bands: &[Band], gutter: &Gutter, usual_size: f32) -> Vec<(usize, Gutter)> {
    let mut blocks = Vec::new();
    let mut from = gutter.from;
    for to in gutter.from + 1..=gutter.to {
        let is_end = match (bands.get(to - 1), bands.get(to)) {
            (Some(above), Some(below)) => {
                to == gutter.to || below.top - above.bottom > BLOCK_GAP * usual_size
            }
            _ => true,
        };
        if !is_end {
            continue;
        }
        let block = Gutter { from, to, ..*gutter };
        let weight = if to - from >= MIN_BLOCK { weigh(page, bands, &block) } else { 0 };
        if weight >= 2 * MIN_BLOCK {
            blocks.push((weight, block));
        }
        from = to;
    }
    blocks
}

/// White between bands beyond this part of the usual size parts blocks; less than that lies between lines.
const BLOCK_GAP: f32 = 1.2;
/// Columns within a block have at least so many lines.
const MIN_BLOCK: usize = 3;

/// Takes off a header that was painted before the columns and stands over the right one alone, and what was painted
/// after them and stands below the left one alone.
fn trim(page: &Page<'_>, bands: &[Band], mut gutter: Gutter) -> Gutter {
    let is_right = |band: &Band| {
        !band.members.is_empty() && !band.members.iter().any(|member| is_left(page, *member, &gutter))
    };
    let beside = bands.get(gutter.from..gutter.to).unwrap_or_default();
    // The first and last painted of the bands from, and up to, each one.
    let first = |bands: &[Band]| bands.iter().flat_map(|band| &band.members).min().copied();
    let last = |bands: &[Band]| bands.iter().flat_map(|band| &band.members).max().copied();
    let n_header = beside.iter().take_while(|band| is_right(band)).count();
    let header = (0..=n_header.min(MAX_HEADER)).rev().find(|n| {
        let (header, columns) = beside.split_at(*n);
        *n == 0 || last(header) < first(columns)
    });
    let header = header.unwrap_or(0);
    // What follows both columns, painted left, right, and below the left one.
    let (left, right): (Vec<usize>, Vec<usize>) =
        beside.iter().flat_map(|band| &band.members).partition(|member| is_left(page, **member, &gutter));
    let last_right = right.iter().max().copied();
    let follows = |band: &Band| {
        !band.members.is_empty()
            && band.members.iter().all(|member| Some(*member) > last_right && is_left(page, *member, &gutter))
    };
    let n_following = beside.iter().rev().take(MAX_FOLLOWING).take_while(|band| follows(band)).count();
    let is_in_order = left.iter().filter(|member| Some(**member) < last_right).max() < right.iter().min();
    if header < beside.len() {
        gutter.from += header;
    }
    if is_in_order && n_following > 0 && gutter.to - n_following > gutter.from {
        gutter.to -= n_following;
    }
    gutter
}

/// How many lines of what follows are taken off; more are cut again as a region of their own.
const MAX_FOLLOWING: usize = 1000;
/// How many lines of a header are looked at.
const MAX_HEADER: usize = 6;

/// All maximal stretches of empty strips over at least two bands.
fn candidates(page: &Page<'_>, bands: &[Band], start: f32, strip: f32, min_width: f32) -> Vec<Gutter> {
    let mut occupied = vec![[false; N_STRIPS]; bands.len()];
    // Where a strip differs from the one before it: between edges nothing begins or ends.
    let mut has_edge = [false; N_STRIPS + 1];
    has_edge[0] = true;
    has_edge[N_STRIPS] = true;
    for (band, occupied) in bands.iter().zip(&mut occupied) {
        if band.members.is_empty() {
            occupied.fill(true);
        }
        for item in page.items_of(&band.members) {
            // A strip is occupied if its middle is, so that rounding takes nothing off a narrow gutter.
            let first = ((item.start - start) / strip).round().max(0.0) as usize;
            let last = ((item.end - start) / strip).round().max(0.0) as usize;
            let last = last.max(first + 1).min(N_STRIPS);
            let first = first.min(last);
            for edge in [first, last] {
                if let Some(has_edge) = has_edge.get_mut(edge) {
                    *has_edge = true;
                }
            }
            if let Some(strips) = occupied.get_mut(first..last) {
                strips.fill(true);
            }
        }
    }
    let mut gutters: Vec<Gutter> = Vec::new();
    // The stretches of the strip before, to be widened by those of this one.
    let mut open: Vec<(usize, usize, usize)> = Vec::new();
    for index in has_edge.iter().enumerate().filter_map(|(index, has_edge)| has_edge.then_some(index)) {
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
        // Both are sorted, as runs within one strip do not overlap.
        let mut known = open.into_iter().peekable();
        let mut next_open = Vec::with_capacity(runs.len());
        let mut ended = Vec::new();
        for (from, to) in runs {
            ended.extend(std::iter::from_fn(|| known.next_if(|run| run.0 < from)));
            match known.next_if(|run| (run.0, run.1) == (from, to)) {
                Some(run) => next_open.push(run),
                None => next_open.push((from, to, index)),
            }
        }
        ended.extend(known);
        for (from, to, first_strip) in ended {
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
        open = next_open;
    }
    gutters
}

/// A line of one side of a gutter.
#[derive(Clone, Copy)]
struct SideLine {
    baseline: f32,
    size: f32,
    start: f32,
    end: f32,
}

/// How good a gutter is: the lines on its shorter side, 0 if what lies on both sides belongs together line by line.
///
/// Columns are written one after the other, so the order of painting changes sides rarely; the cells of a row and the
/// dates at the right margin alternate. Where painting says nothing, lines that do not align tell columns.
fn weigh(page: &Page<'_>, bands: &[Band], gutter: &Gutter) -> usize {
    let Some(bands) = bands.get(gutter.from..gutter.to) else {
        return 0;
    };
    let mut members: Vec<usize> = bands.iter().flat_map(|band| band.members.iter().copied()).collect();
    members.sort_unstable();
    let mut n_switches = 0_usize;
    let mut side = None;
    let mut left: Vec<SideLine> = Vec::new();
    let mut right: Vec<SideLine> = Vec::new();
    for member in &members {
        let Some(item) = page.item(*member) else { continue };
        let here = is_left(page, *member, gutter);
        n_switches += usize::from(side.is_some_and(|side| side != here));
        side = Some(here);
        push_lines(item, if here { &mut left } else { &mut right });
    }
    merge_lines(&mut left);
    merge_lines(&mut right);
    let is_right_fewer = left.len() > right.len();
    let (fewer, more) = if is_right_fewer { (&right, &left) } else { (&left, &right) };
    if fewer.len() < 2 || more.len() < 3 || !are_beside(fewer, more) {
        return 0;
    }
    if are_labels(&left, &right) {
        return 0;
    }
    let is_written_apart = n_switches <= (fewer.len() / 3).max(1);
    if is_written_apart {
        let is_margin =
            is_margin(fewer, more) || is_right_fewer && are_flush_right(fewer) && all_align(fewer, more);
        return if is_margin { 0 } else { fewer.len() * 2 };
    }
    if rows_of(page, &members, gutter).is_some() {
        return fewer.len() * 2;
    }
    let n_aligned = fewer.iter().filter(|line| aligns(line, more, ALIGNED)).count();
    if fewer.len() >= 4 && n_aligned * 3 < fewer.len() { fewer.len() } else { 0 }
}

/// Lines of independent columns align by chance within this part of their size.
const ALIGNED: f32 = 0.2;
/// Lines of a table count as if they were so far apart.
const LINE_PITCH: f32 = 1.5;
/// No table counts for more lines.
const MAX_TABLE_LINES: usize = 200;

fn push_lines(item: &Item, lines: &mut Vec<SideLine>) {
    let mut line = SideLine { baseline: item.baseline, size: item.size, start: item.start, end: item.end };
    lines.push(line);
    if matches!(item.part, Part::Table(_)) {
        for _ in 0..MAX_TABLE_LINES {
            line.baseline -= LINE_PITCH * item.size;
            if line.baseline <= item.upper {
                break;
            }
            lines.push(line);
        }
    }
}

/// Sorts lines and keeps one of each baseline.
fn merge_lines(lines: &mut Vec<SideLine>) {
    lines.sort_by(|one, other| one.baseline.total_cmp(&other.baseline));
    lines.dedup_by(|next, before| {
        let is_same = next.baseline - before.baseline < SAME_LINE * next.size.min(before.size);
        if is_same {
            before.start = before.start.min(next.start);
            before.end = before.end.max(next.end);
        }
        is_same
    });
}

/// Whether the two sides overlap from top to bottom; else one simply stands above the other.
fn are_beside(one: &[SideLine], other: &[SideLine]) -> bool {
    match (one, other) {
        ([one_first, .., one_last], [other_first, .., other_last]) => {
            one_first.baseline.max(other_first.baseline) < one_last.baseline.min(other_last.baseline)
        }
        _ => false,
    }
}

/// Whether one of `lines` stands on the baseline of `line`.
fn aligns(line: &SideLine, lines: &[SideLine], share: f32) -> bool {
    let next = lines.partition_point(|other| other.baseline < line.baseline);
    [next.checked_sub(1), Some(next)]
        .into_iter()
        .flatten()
        .filter_map(|index| lines.get(index))
        .any(|other| (other.baseline - line.baseline).abs() < share * line.size.min(other.size))
}

fn all_align(fewer: &[SideLine], more: &[SideLine]) -> bool {
    fewer.iter().all(|line| aligns(line, more, SAME_ROW))
}

/// Whether the lines of one side are dates and the like beside the text: each aligns with a line of the other side,
/// and they do not follow each other as the lines of a column do. Some producers paint them after everything else.
fn is_margin(fewer: &[SideLine], more: &[SideLine]) -> bool {
    let follows = |pair: &[SideLine]| match pair {
        [one, other] => other.baseline - one.baseline < NEXT_LINE * one.size.max(other.size),
        _ => false,
    };
    let n_following = fewer.windows(2).filter(|pair| follows(pair)).count();
    n_following * 4 <= fewer.len() && all_align(fewer, more)
}

/// Whether the left side is a narrow column of labels, each on the line of its value.
fn are_labels(left: &[SideLine], right: &[SideLine]) -> bool {
    let widest = |lines: &[SideLine]| lines.iter().map(|line| line.end - line.start).fold(0.0, f32::max);
    let size = left.iter().map(|line| line.size).fold(0.0, f32::max);
    left.len() == right.len()
        && widest(left) <= (MAX_LABEL * size).min(0.5 * widest(right))
        && all_align(left, right)
}

/// Labels are at most so long, in parts of their size.
const MAX_LABEL: f32 = 6.0;

/// Whether lines end at one edge and begin anywhere: places and dates at the right margin.
fn are_flush_right(lines: &[SideLine]) -> bool {
    let end = lines.iter().map(|line| line.end).fold(f32::NEG_INFINITY, f32::max);
    let starts = lines.iter().map(|line| line.start);
    let (first, last) = starts
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(first, last), start| (first.min(start), last.max(start)));
    let size = lines.iter().map(|line| line.size).fold(f32::INFINITY, f32::min);
    last - first > size && lines.iter().all(|line| end - line.end < FLUSH * line.size)
}

/// The rows of a table that was painted row by row, if the cells on the left of some are centred beside several
/// lines: such a cell, then what stands beside it. Rows that can be read line by line stay together.
fn rows_of(page: &Page<'_>, members: &[usize], gutter: &Gutter) -> Option<Vec<Vec<usize>>> {
    let mut members = members.to_vec();
    members.sort_unstable();
    let mut rows: Vec<Row> = Vec::new();
    for member in members {
        let item = page.item(member)?;
        let here = is_left(page, member, gutter);
        let opens = rows.last().is_none_or(|row| here && !row.right.is_empty());
        if opens {
            rows.push(Row { top: f32::INFINITY, bottom: f32::NEG_INFINITY, ..Row::default() });
        }
        let row = rows.last_mut()?;
        row.top = row.top.min(item.upper);
        row.bottom = row.bottom.max(item.baseline);
        if here { row.left.push(member) } else { row.right.push(member) }
    }
    let in_order = rows.windows(2).all(|pair| match pair {
        [one, other] => one.bottom <= other.top,
        _ => true,
    });
    if rows.len() < 2 || !in_order || !rows.iter().any(|row| row.is_centred(page)) {
        return None;
    }
    let mut parts: Vec<Vec<usize>> = vec![Vec::new()];
    for row in rows {
        if row.is_centred(page) {
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
    fn is_centred(&self, page: &Page<'_>) -> bool {
        let extent = |members: &[usize]| {
            let empty = (f32::INFINITY, f32::NEG_INFINITY, 0.0_f32);
            page.items_of(members).fold(empty, |(first, last, size), item| {
                (first.min(item.baseline), last.max(item.baseline), size.max(item.size))
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
