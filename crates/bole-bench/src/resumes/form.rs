use super::board::{Board, Column, Mark, Style, light, wrapped};
use super::dice::Dice;
use super::layouts::{MARGIN, PHOTO, full_column, items};
use super::sheet::{Section, Sheet};

const PADDING: f32 = 5.0;

/// A table of ruled cells, as Chinese application forms are.
pub(super) fn form(board: &mut Board, sheet: &Sheet, dice: &mut Dice) {
    let mut column = full_column();
    board.centred(&mut column, &sheet.title, Style { size: 18.0, ..board.bold_style() });
    column.y += 6.0;
    facts(board, &mut column, sheet);
    let heads_beside = dice.chance(55);
    for section in &sheet.sections {
        if heads_beside { beside(board, &mut column, section) } else { below(board, &mut column, section) }
    }
}

/// Labels and facts, two pairs a row as long as they fit, the photo beside them.
fn facts(board: &mut Board, column: &mut Column, sheet: &Sheet) {
    let (text, bold) = (board.text_style(), board.bold_style());
    let mut rows = sheet.facts.clone();
    let name = if sheet.title.is_ascii() { "Name" } else { "姓名" };
    rows.insert(0, (name.to_owned(), sheet.name.clone()));
    let widest = rows.iter().map(|(label, _)| board.width(label, bold)).fold(44.0, f32::max);
    let label_width = widest + 2.0 * PADDING;
    let width = column.width - PHOTO.0 - 2.0 * PADDING;
    let fact_width = width / 2.0 - label_width;
    let height = text.size * 2.0;
    let (top, mut is_open) = (column.y, false);
    for (label, fact) in &rows {
        let fits = board.width(fact, text) + 2.0 * PADDING <= fact_width;
        // What does not fit a half row, or has none left, begins a new one.
        if is_open && !fits {
            cell(board, column.x + width / 2.0, column.y, width / 2.0, height, "", text);
            column.y += height;
            is_open = false;
        }
        let x = column.x + if is_open { width / 2.0 } else { 0.0 };
        let wide = if fits { fact_width } else { width - label_width };
        board.mark(
            0,
            Mark::Area { x, y: column.y, width: label_width, height, colour: light(board.look.accent) },
        );
        cell(board, x, column.y, label_width, height, label, bold);
        cell(board, x + label_width, column.y, wide, height, fact, text);
        if is_open || !fits {
            column.y += height;
        }
        is_open = fits && !is_open;
    }
    if is_open {
        cell(board, column.x + width / 2.0, column.y, width / 2.0, height, "", text);
        column.y += height;
    }
    let photo_height = (column.y - top).max(PHOTO.1 + 2.0 * PADDING);
    let x = column.x + width;
    board.mark(0, Mark::Frame { x, y: top, width: column.width - width, height: photo_height });
    let (photo_x, photo_y) = (x + PADDING, top + (photo_height - PHOTO.1) / 2.0);
    board.mark(0, Mark::Photo { x: photo_x, y: photo_y, width: PHOTO.0, height: PHOTO.1 });
    let rest = top + photo_height - column.y;
    if rest > 0.5 {
        cell(board, column.x, column.y, width, rest, "", text);
    }
    column.y = top + photo_height;
}

fn cell(board: &mut Board, x: f32, y: f32, width: f32, height: f32, text: &str, style: Style) {
    board.mark(0, Mark::Frame { x, y, width, height });
    if !text.is_empty() {
        board.line(0, x + PADDING, y + (height - style.size * 1.2) / 2.0, style, text);
    }
}

/// The heading in a cell on the left, the items in one on the right.
fn beside(board: &mut Board, column: &mut Column, section: &Section) {
    let bold = board.bold_style();
    let head_width = 84.0;
    column.need(board.look.size * 7.0);
    let (page, y) = (column.page, column.y);
    let mut content = column.clone();
    content.x += head_width + PADDING;
    content.width -= head_width + 2.0 * PADDING;
    content.y += PADDING;
    content.top += PADDING;
    content.bottom -= PADDING;
    items(board, &mut content, section);
    let lines = wrapped(board.fonts, &section.heading, bold, head_width - 2.0 * PADDING);
    for (place, line) in lines.iter().enumerate() {
        let y = y + PADDING + place as f32 * bold.size * 1.4;
        board.line(page, MARGIN + PADDING, y, bold, line);
    }
    // A heading of many lines may be taller than what it heads.
    let head_end = y + lines.len() as f32 * bold.size * 1.4 + 2.0 * PADDING;
    let end = content.y + PADDING;
    let end = if content.page == page { end.max(head_end) } else { end };
    frames(board, column, (page, y), (content.page, end), head_width);
    (column.page, column.y) = (content.page, end);
}

/// The heading in a shaded row of its own, the items in the cell below.
fn below(board: &mut Board, column: &mut Column, section: &Section) {
    let bold = board.bold_style();
    let height = bold.size * 1.9;
    column.need(height + board.look.size * 6.0);
    let (page, y) = (column.page, column.y);
    let (x, width) = (column.x, column.width);
    board.mark(page, Mark::Area { x, y, width, height, colour: light(board.look.accent) });
    board.mark(page, Mark::Frame { x, y, width, height });
    board.line(page, x + PADDING, y + bold.size * 0.35, bold, &section.heading);
    let mut content = column.clone();
    content.x += PADDING;
    content.width -= 2.0 * PADDING;
    content.y += height + PADDING;
    content.top += PADDING;
    content.bottom -= PADDING;
    items(board, &mut content, section);
    let end = content.y + PADDING;
    frames(board, column, (page, y + height), (content.page, end), 0.0);
    (column.page, column.y) = (content.page, end);
}

/// Rules the cells of a section, on every page that it goes over.
fn frames(board: &mut Board, column: &Column, from: (usize, f32), to: (usize, f32), head_width: f32) {
    for page in from.0..=to.0 {
        let y = if page == from.0 { from.1 } else { column.top };
        let end = if page == to.0 { to.1 } else { column.bottom };
        let (x, height) = (column.x, end - y);
        board.mark(page, Mark::Frame { x, y, width: column.width, height });
        if head_width > 0.0 {
            board.mark(page, Mark::Frame { x, y, width: head_width, height });
        }
    }
}
