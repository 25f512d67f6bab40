//! The cells of ruled tables: which there are, what stands in them, and in which order a person reads them.

use crate::layout::rules::{Rule, Ruling};

/// Lines that end within this many points of another one touch it.
const TOUCH: f32 = 3.0;
/// Lines this near, in points, are one: double lines, and the two borders of neighbouring cells.
const SAME: f32 = 3.0;
/// More fields than this make a drawing, not a table.
const MAX_FIELDS: usize = 20_000;
/// More tables on a page make it a drawing.
const MAX_NETS: usize = 256;
/// How often a table is cut into rows and columns by turns.
const MAX_DEPTH: usize = 16;

/// A connected net of ruling lines.
#[derive(Debug)]
pub(crate) struct Net {
    /// The places of its lines, ascending.
    xs: Vec<f32>,
    ys: Vec<f32>,
    /// The cell of each field between neighbouring lines, row by row; none outside of all cells.
    fields: Vec<Option<usize>>,
    spans: Vec<Span>,
}

/// The rows and columns of fields a cell goes over; the ends are exclusive.
#[derive(Clone, Copy, Debug)]
struct Span {
    left: usize,
    right: usize,
    top: usize,
    bottom: usize,
}

/// The nets of a page, the smaller ones first, so that a table within a cell comes before the table around it.
pub(crate) fn nets(ruling: &Ruling) -> Vec<Net> {
    if ruling.level.len() < 2 || ruling.upright.len() < 2 {
        return Vec::new();
    }
    let mut groups = Groups::new(ruling.level.len() + ruling.upright.len());
    for (upright_index, upright) in ruling.upright.iter().enumerate() {
        let first = ruling.level.partition_point(|level| level.across < upright.start - TOUCH);
        let near = ruling.level.iter().enumerate().skip(first);
        for (level_index, level) in near.take_while(|(_, level)| level.across <= upright.end + TOUCH) {
            if level.start - TOUCH <= upright.across && upright.across <= level.end + TOUCH {
                groups.join(level_index, ruling.level.len() + upright_index);
            }
        }
    }
    groups.join_ends(&ruling.level, 0);
    groups.join_ends(&ruling.upright, ruling.level.len());
    let mut members: Vec<(usize, bool, Rule)> = Vec::new();
    for (index, rule) in ruling.level.iter().chain(&ruling.upright).enumerate() {
        members.push((groups.first(index), index >= ruling.level.len(), *rule));
    }
    members.sort_by_key(|(group, is_upright, _)| (*group, *is_upright));
    let mut nets: Vec<Net> = members
        .chunk_by(|one, other| one.0 == other.0)
        .filter_map(|group| {
            let (level, upright) = group.split_at(group.partition_point(|(_, is_upright, _)| !is_upright));
            Net::new(level, upright)
        })
        .collect();
    if nets.len() > MAX_NETS {
        return Vec::new();
    }
    nets.sort_by(|one, other| one.area().total_cmp(&other.area()));
    nets
}

impl Net {
    fn new(level: &[(usize, bool, Rule)], upright: &[(usize, bool, Rule)]) -> Option<Self> {
        let xs = places(upright);
        let ys = places(level);
        let (n_columns, n_rows) = (xs.len().checked_sub(1)?, ys.len().checked_sub(1)?);
        let n_fields = n_columns * n_rows;
        if !(2..=MAX_FIELDS).contains(&n_fields) {
            return None;
        }
        let ruled_above = ruled(level, &ys, &xs);
        let ruled_left = ruled(upright, &xs, &ys);
        let is_above = |row: usize, column: usize| ruled_above.get(row * n_columns + column) == Some(&true);
        let is_left = |row: usize, column: usize| ruled_left.get(column * n_rows + row) == Some(&true);
        // The last group is what lies outside.
        let mut groups = Groups::new(n_fields + 1);
        for row in 0..n_rows {
            for column in 0..n_columns {
                let field = row * n_columns + column;
                if !is_above(row, column) {
                    groups.join(field, if row == 0 { n_fields } else { field - n_columns });
                }
                if !is_left(row, column) {
                    groups.join(field, if column == 0 { n_fields } else { field - 1 });
                }
                if row + 1 == n_rows && !is_above(n_rows, column)
                    || column + 1 == n_columns && !is_left(row, n_columns)
                {
                    groups.join(field, n_fields);
                }
            }
        }
        let outside = groups.first(n_fields);
        let mut spans: Vec<Span> = Vec::new();
        let mut cell_of: Vec<Option<usize>> = vec![None; n_fields + 1];
        let mut fields = Vec::with_capacity(n_fields);
        for row in 0..n_rows {
            for column in 0..n_columns {
                let group = groups.first(row * n_columns + column);
                let Some(cell) = cell_of.get_mut(group).filter(|_| group != outside) else {
                    fields.push(None);
                    continue;
                };
                let index = *cell.get_or_insert_with(|| {
                    spans.push(Span { left: column, right: column, top: row, bottom: row });
                    spans.len() - 1
                });
                if let Some(span) = spans.get_mut(index) {
                    span.left = span.left.min(column);
                    span.right = span.right.max(column + 1);
                    span.bottom = row + 1;
                }
                fields.push(Some(index));
            }
        }
        (spans.len() >= 2).then_some(Self { xs, ys, fields, spans })
    }

    fn area(&self) -> f32 {
        let extent = |places: &[f32]| match places {
            [first, .., last] => last - first,
            _ => 0.0,
        };
        extent(&self.xs) * extent(&self.ys)
    }

    pub(crate) fn n_cells(&self) -> usize {
        self.spans.len()
    }

    /// The cell at a place.
    pub(crate) fn cell_at(&self, x: f32, y: f32) -> Option<usize> {
        let column = self.xs.partition_point(|line| *line <= x).checked_sub(1)?;
        let row = self.ys.partition_point(|line| *line <= y).checked_sub(1)?;
        let n_columns = self.xs.len() - 1;
        if column >= n_columns {
            return None;
        }
        self.fields.get(row * n_columns + column).copied().flatten()
    }

    pub(crate) fn width(&self, cell: usize) -> f32 {
        let span = self.span(cell);
        match (self.xs.get(span.left), self.xs.get(span.right)) {
            (Some(left), Some(right)) => right - left,
            _ => 0.0,
        }
    }

    /// Cells in reading order, by the rows that can be read across: row by row; a cell beside several rows is read
    /// where its first line stands, before or after those rows.
    pub(crate) fn rows(&self, cells: Vec<usize>) -> Vec<Vec<usize>> {
        let mut rows = Vec::new();
        self.cut_rows(cells, 0, &mut rows);
        rows
    }

    fn span(&self, cell: usize) -> Span {
        self.spans.get(cell).copied().unwrap_or(Span { left: 0, right: 0, top: 0, bottom: 0 })
    }

    fn cut_rows(&self, cells: Vec<usize>, depth: usize, rows: &mut Vec<Vec<usize>>) {
        for part in self.cut(cells, |span| (span.top, span.bottom)) {
            self.cut_columns(part, depth, rows);
        }
    }

    /// Cells that no level line parts from side to side.
    fn cut_columns(&self, cells: Vec<usize>, depth: usize, rows: &mut Vec<Vec<usize>>) {
        let n_cells = cells.len();
        let parts = self.cut(cells, |span| (span.left, span.right));
        if parts.len() == n_cells {
            rows.push(parts.into_iter().flatten().collect());
            return;
        }
        // Columns that level lines part at the same height are rows of one table.
        let mut merged: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
        for part in parts {
            let cuts: Vec<usize> = self
                .cut(part.clone(), |span| (span.top, span.bottom))
                .iter()
                .skip(1)
                .map(|row| self.top(row))
                .collect();
            match merged.last_mut() {
                Some((before, shared)) if shared.iter().any(|cut| cuts.contains(cut)) => {
                    before.extend(part);
                    shared.retain(|cut| cuts.contains(cut));
                }
                _ => merged.push((part, cuts)),
            }
        }
        if merged.len() == 1 || depth >= MAX_DEPTH {
            let mut cells: Vec<usize> = merged.into_iter().flat_map(|(part, _)| part).collect();
            let place = |cell: &usize| (self.span(*cell).top, self.span(*cell).left);
            cells.sort_by_key(place);
            rows.extend(cells.chunk_by(|one, other| place(one).0 == place(other).0).map(<[usize]>::to_vec));
            return;
        }
        // Neighbours of one cell each are read across.
        let mut across: Vec<usize> = Vec::new();
        for (part, _) in merged {
            if part.len() == 1 {
                across.extend(part);
                continue;
            }
            if !across.is_empty() {
                rows.push(std::mem::take(&mut across));
            }
            self.cut_rows(part, depth + 1, rows);
        }
        if !across.is_empty() {
            rows.push(across);
        }
    }

    fn top(&self, cells: &[usize]) -> usize {
        cells.iter().map(|cell| self.span(*cell).top).min().unwrap_or(0)
    }

    /// Parts whose extents do not overlap, in order.
    fn cut(&self, mut cells: Vec<usize>, extent: impl Fn(Span) -> (usize, usize)) -> Vec<Vec<usize>> {
        cells.sort_by_key(|cell| (extent(self.span(*cell)), *cell));
        let mut parts: Vec<Vec<usize>> = Vec::new();
        let mut reached = 0;
        for cell in cells {
            let (from, to) = extent(self.span(cell));
            match parts.last_mut() {
                Some(part) if from < reached => part.push(cell),
                _ => parts.push(vec![cell]),
            }
            reached = reached.max(to);
        }
        parts
    }
}

/// The places of lines that run the same way, near ones as one.
fn places(rules: &[(usize, bool, Rule)]) -> Vec<f32> {
    let mut places: Vec<f32> = Vec::new();
    let mut across: Vec<f32> = rules.iter().map(|(_, _, rule)| rule.across).collect();
    across.sort_by(f32::total_cmp);
    for place in across {
        if places.last().is_none_or(|last| place - last > SAME) {
            places.push(place);
        }
    }
    places
}

/// Which stretches between neighbouring `stops` are ruled, for each of `places`.
fn ruled(rules: &[(usize, bool, Rule)], places: &[f32], stops: &[f32]) -> Vec<bool> {
    let n_stretches = stops.len().saturating_sub(1);
    let mut ruled = vec![false; places.len() * n_stretches];
    for (_, _, rule) in rules {
        let Some(place) = places.partition_point(|place| *place <= rule.across).checked_sub(1) else {
            continue;
        };
        let first = stops.partition_point(|stop| *stop < rule.start).saturating_sub(1);
        for (index, pair) in stops.windows(2).enumerate().skip(first) {
            let [from, to] = pair else { continue };
            let middle = from.midpoint(*to);
            if middle > rule.end {
                break;
            }
            if rule.start <= middle
                && let Some(stretch) = ruled.get_mut(place * n_stretches + index)
            {
                *stretch = true;
            }
        }
    }
    ruled
}

/// Disjoint sets of numbers.
struct Groups {
    parents: Vec<usize>,
}

impl Groups {
    fn new(n: usize) -> Self {
        Self { parents: (0..n).collect() }
    }

    fn first(&mut self, mut member: usize) -> usize {
        while let Some(parent) = self.parents.get(member).copied() {
            if parent == member {
                break;
            }
            let grandparent = self.parents.get(parent).copied().unwrap_or(parent);
            if let Some(entry) = self.parents.get_mut(member) {
                *entry = grandparent;
            }
            member = grandparent;
        }
        member
    }

    /// Joins the pieces of one line; the first of `rules` has the number `first`.
    fn join_ends(&mut self, rules: &[Rule], first: usize) {
        for (index, rule) in (first..).zip(rules) {
            let near = (index + 1..).zip(rules.iter().skip(index + 1 - first));
            for (other_index, other) in near.take_while(|(_, other)| other.across - rule.across <= TOUCH) {
                if other.start <= rule.end + TOUCH && rule.start <= other.end + TOUCH {
                    self.join(index, other_index);
                }
            }
        }
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        if let Some(parent) = self.parents.get_mut(one.max(other)) {
            *parent = one.min(other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Rect;
    use crate::layout::rules::Rules;

    /// The net of a drawing: `+`, `-` and `|` are lines, each character 10 points wide and high.
    fn net(drawing: &[&str]) -> Vec<Net> {
        let mut rules = Rules::default();
        let is_line = |row: usize, column: usize, lines: &str| {
            let character = drawing.get(row).and_then(|line| line.chars().nth(column));
            character.is_some_and(|character| lines.contains(character))
        };
        for (row, line) in drawing.iter().enumerate() {
            for column in 0..line.len() {
                let (x, y) = (10.0 * column as f32, 10.0 * row as f32);
                for (other, lines, end) in
                    [((row, column + 1), "+-", (x + 10.0, y)), ((row + 1, column), "+|", (x, y + 10.0))]
                {
                    if is_line(row, column, lines) && is_line(other.0, other.1, lines) {
                        rules.move_to((x, y));
                        rules.line_to(end);
                    }
                }
            }
        }
        rules.stroke(&Rect::EVERYWHERE);
        nets(&rules.finish())
    }

    /// The letters of a drawing row by row, as they are read.
    fn read(drawing: &[&str]) -> String {
        let nets = net(drawing);
        let [net] = nets.as_slice() else { return format!("{} nets", nets.len()) };
        let mut letters = vec![String::new(); net.n_cells()];
        for (row, line) in drawing.iter().enumerate() {
            for (column, letter) in line.chars().enumerate() {
                if letter.is_alphanumeric() {
                    let cell = net.cell_at(10.0 * column as f32, 10.0 * row as f32);
                    letters[cell.unwrap()].push(letter);
                }
            }
        }
        let filled = (0..letters.len()).filter(|cell| !letters[*cell].is_empty()).collect();
        let rows: Vec<String> = net
            .rows(filled)
            .iter()
            .map(|row| row.iter().map(|cell| letters[*cell].clone()).collect::<Vec<_>>().join(" "))
            .collect();
        rows.join("/")
    }

    #[test]
    fn cells_are_read_across() {
        for (drawing, expected) in [
            (&["+-+-+", "|a|b|", "+-+-+", "|c|d|", "+-+-+"][..], "a b/c d"),
            (&["+-+-+", "|a|b|", "+ +-+", "| |c|", "+-+-+"], "a/b/c"),
            (&["+-+-+-+", "|a|b|p|", "+-+-+ +", "|c|d| |", "+-+-+-+"], "a b/c d/p"),
            (
                &["+-+-+-+-+", "|l|a|b|p|", "| +-+-+ |", "| |c|d| |", "+-+-+-+-+", "|e|  f  |", "+-+-----+"],
                "l/a b/c d/p/e f",
            ),
            (&["+---+", "| a |", "+-+-+", "|b|c|", "+-+-+"], "a/b c"),
        ] {
            assert_eq!(read(drawing), expected, "{drawing:?}");
        }
    }
}
