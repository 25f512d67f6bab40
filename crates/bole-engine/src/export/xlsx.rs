//! A workbook. Cells are written as text or as numbers and as nothing else, so that none can become a formula or a link.
//! It is put together in memory: the other way would have people lie in a file of the system's temporary folder.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as Style, Workbook, Worksheet};

use super::ExportError;
use super::about::Line;
use super::cell::{Cell, printable};
use super::row::{DESK_HEADS, ExportRow, components};
use crate::Reason;

/// What Excel takes in a cell, in units of UTF-16.
const MAX_UNITS: usize = 32_767;
/// A match shows so many reasons of each person.
const N_REASONS: usize = 3;

/// Heads before the components, in English and Chinese, with the width of their columns in characters.
const BEFORE: [(&str, &str, f64); 3] =
    [("Place", "名次", 8.0), ("Name", "姓名", 18.0), ("Score", "得分", 10.0)];
/// Heads after the components.
const AFTER: [(&str, &str, f64); 8] = [
    ("Level", "人才层次", 20.0),
    ("Not known", "未知门槛", 24.0),
    ("Reason 1", "理由1", 48.0),
    ("Reason 2", "理由2", 48.0),
    ("Reason 3", "理由3", 48.0),
    ("Resume", "简历编号", 20.0),
    ("Source", "来源", 32.0),
    ("As of", "简历日期", 12.0),
];
/// The width of a component, and of what recruiters noted.
const WIDTH: f64 = 16.0;

/// The workbook of these rows; the same rows and lines give the same bytes.
pub(super) fn workbook(rows: &[ExportRow], about: &[Line]) -> Result<Vec<u8>, ExportError> {
    let mut workbook = Workbook::new();
    // Not now: that would be a clock.
    let properties = DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    workbook.set_properties(&properties);
    let (bold, in_points) = (Style::new().set_bold(), Style::new().set_num_format("0.000"));
    candidates(workbook.add_worksheet().set_name("Candidates")?, rows, &bold, &in_points)?;
    let sheet = workbook.add_worksheet().set_name("About")?;
    sheet.set_column_width(0, 44.0)?.set_column_width(1, 72.0)?;
    for (row, Line { name, value }) in (0..).zip(about) {
        write(sheet, row, 0, &Cell::text(name), &in_points)?;
        write(sheet, row, 1, value, &in_points)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn candidates(
    sheet: &mut Worksheet,
    rows: &[ExportRow],
    bold: &Style,
    in_points: &Style,
) -> Result<(), ExportError> {
    let components = components(rows);
    let has_desk = rows.iter().any(|row| row.desk.is_some());
    let named = |(name_en, name_zh, width): &(&str, &str, f64)| (format!("{name_en} {name_zh}"), *width);
    let mut heads: Vec<(String, f64)> = BEFORE.iter().map(named).collect();
    heads.extend(components.iter().map(|id| (id.clone(), WIDTH)));
    heads.extend(AFTER.iter().map(named));
    if has_desk {
        heads.extend(DESK_HEADS.map(|(_, name_en, name_zh)| (format!("{name_en} {name_zh}"), WIDTH)));
    }
    for (column, (head, width)) in (0..).zip(&heads) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(0, column, bounded(head), bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (number, row) in (1..).zip(rows) {
        let mut cells = vec![
            Cell::count(row.place),
            Cell::text(row.name.as_deref().unwrap_or_default()),
            Cell::points(row.score),
        ];
        cells.extend(components.iter().map(|id| row.component(id)));
        cells.push(row.level.as_ref().map_or(Cell::Empty, |level| {
            Cell::Text(format!("{} {} {}", level.number, level.name_en, level.name_zh))
        }));
        cells.push(Cell::text(row.gates_unknown.join("; ")));
        cells.extend((0..N_REASONS).map(|index| row.reasons.get(index).map_or(Cell::Empty, told)));
        cells.extend([Cell::text(row.resume.to_string()), Cell::text(&row.source), row.dated()]);
        if has_desk {
            cells.extend(row.desk_cells());
        }
        for (column, cell) in (0..).zip(&cells) {
            write(sheet, number, column, cell, in_points)?;
        }
    }
    Ok(())
}

/// What gave points, and the line that shows it.
fn told(reason: &Reason) -> Cell {
    let Reason { name_en, name_zh, points, span, quote, .. } = reason;
    let points = super::points(*points);
    Cell::Text(format!("{name_en} {name_zh} +{points}, page {}: {quote}", span.page))
}

fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    in_points: &Style,
) -> Result<(), ExportError> {
    match cell {
        Cell::Text(text) => sheet.write_string(row, column, bounded(text))?,
        Cell::Count(number) => sheet.write_number(row, column, *number as f64)?,
        Cell::Points(thousandths) => {
            sheet.write_number_with_format(row, column, f64::from(*thousandths) / 1000.0, in_points)?
        }
        Cell::Empty => sheet,
    };
    Ok(())
}

/// Cut to what Excel takes, with `…` where something was cut.
fn bounded(text: &str) -> String {
    let mut text = printable(text);
    if text.encode_utf16().count() <= MAX_UNITS {
        return text;
    }
    let mut n_units = 0;
    let fits = |scalar: &char| {
        n_units += scalar.len_utf16();
        n_units < MAX_UNITS
    };
    text = text.chars().take_while(fits).collect();
    text.push('…');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_excel_does_not_take_is_cut() {
        let n_units = |text: &str| text.encode_utf16().count();
        assert_eq!(bounded(&"a".repeat(MAX_UNITS)), "a".repeat(MAX_UNITS));
        assert_eq!(n_units(&bounded(&"a".repeat(MAX_UNITS + 1))), MAX_UNITS);
        let wide = bounded(&"𠮷".repeat(MAX_UNITS));
        assert!(wide.ends_with("𠮷…") && n_units(&wide) == MAX_UNITS, "{}", n_units(&wide));
    }
}
