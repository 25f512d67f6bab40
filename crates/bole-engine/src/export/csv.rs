use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

use super::cell::Cell;
use super::row::{DESK_HEADS, ExportRow, components};

/// Writes rows as a spreadsheet reads them: RFC 4180 in UTF-8 with a byte order mark, and no cell that becomes a formula.
///
/// # Errors
/// Those of `to`.
pub fn write_csv(rows: &[ExportRow], mut to: impl Write) -> io::Result<()> {
    to.write_all("\u{feff}".as_bytes())?;
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(to);
    let components = components(rows);
    let has_desk = rows.iter().any(|row| row.desk.is_some());
    let mut heads: Vec<Cell> =
        ["place", "score", "name", "source", "resume", "as_of"].map(Cell::text).to_vec();
    heads.extend(components.iter().map(Cell::text));
    heads.extend(["not_known", "reasons"].map(Cell::text));
    if has_desk {
        heads.extend(DESK_HEADS.map(|(head, _, _)| Cell::text(head)));
    }
    let mut write = |cells: &[Cell]| writer.write_record(cells.iter().map(|cell| cell.in_csv().into_owned()));
    write(&heads)?;
    for row in rows {
        let mut cells = vec![
            Cell::count(row.place),
            Cell::points(row.score),
            Cell::text(row.name.as_deref().unwrap_or_default()),
            Cell::text(&row.source),
            Cell::text(row.resume.to_string()),
            row.dated(),
        ];
        cells.extend(components.iter().map(|id| row.component(id)));
        cells.push(Cell::text(row.gates_unknown.join("; ")));
        let reasons = row.reasons.iter().map(|reason| format!("{} ({})", reason.name_en, reason.quote));
        cells.push(Cell::text(reasons.collect::<Vec<_>>().join("; ")));
        if has_desk {
            cells.extend(row.desk_cells());
        }
        write(&cells)?;
    }
    writer.flush()
}
