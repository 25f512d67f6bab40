use super::board::{
    Board, Colour, Column, EntryStyle, GREY, HeadingStyle, Look, Mark, PAGE_HEIGHT, PAGE_WIDTH, Style, WHITE,
    light,
};
use super::dice::Dice;
use super::fonts::Fonts;
use super::form::form;
use super::sheet::{Section, Sheet};
use super::tables::Heading;
use super::truth::{Language, Layout};

const ACCENTS: [Colour; 7] =
    [[31, 78, 121], [46, 116, 80], [140, 45, 45], [70, 70, 90], [96, 60, 120], [0, 98, 110], [160, 92, 20]];

pub(super) const MARGIN: f32 = 50.0;
pub(super) const PHOTO: (f32, f32) = (70.0, 98.0);

/// Sets the pages of a resume.
pub(super) fn set(
    sheet: &Sheet,
    layout: Layout,
    language: Language,
    fonts: &Fonts,
    dice: &mut Dice,
) -> Vec<Vec<Mark>> {
    let size = dice.between(95, 110) as f32 / 10.0;
    let headings = match layout {
        Layout::Plain => HeadingStyle::Bold,
        Layout::Academic | Layout::Form => HeadingStyle::RuleBelow,
        _ => *dice.pick(&[HeadingStyle::RuleBelow, HeadingStyle::Filled, HeadingStyle::Tick]),
    };
    let look = Look {
        size: if layout == Layout::Academic { size - 1.0 } else { size },
        leading: dice.between(135, 165) as f32 / 100.0,
        accent: *dice.pick(&ACCENTS),
        headings,
        entries: *dice.pick(&[EntryStyle::DatesRight, EntryStyle::DatesFirst, EntryStyle::OneLine]),
        bullet: dice.pick::<&'static str>(&["•", "-", "·", "•", ""]),
        capitals: language == Language::English && dice.chance(30),
    };
    let mut board = Board { fonts, look, pages: vec![Vec::new()] };
    match layout {
        Layout::Plain | Layout::Ruled | Layout::Academic => one_column(&mut board, sheet, layout, dice),
        Layout::SideBar => side_bar(&mut board, sheet, language, dice),
        Layout::Form => form(&mut board, sheet, dice),
        Layout::Timeline => timeline(&mut board, sheet),
        Layout::Banner => banner(&mut board, sheet),
    }
    board.pages
}

pub(super) fn full_column() -> Column {
    let (top, bottom) = (48.0, PAGE_HEIGHT - 48.0);
    Column { x: MARGIN, width: PAGE_WIDTH - 2.0 * MARGIN, page: 0, y: top, top, bottom }
}

pub(super) fn photo_at(x: f32, y: f32) -> Mark {
    Mark::Photo { x, y, width: PHOTO.0, height: PHOTO.1 }
}

/// Facts with their labels, a line each.
fn fact_lines(sheet: &Sheet) -> Vec<String> {
    let line = |(label, fact): &(String, String)| {
        let colon = if label.is_ascii() { ": " } else { "：" };
        if label.is_empty() { fact.clone() } else { [label, colon, fact].concat() }
    };
    sheet.facts.iter().map(line).collect()
}

pub(super) fn section(board: &mut Board, column: &mut Column, section: &Section) {
    board.heading(column, &section.heading);
    items(board, column, section);
}

pub(super) fn items(board: &mut Board, column: &mut Column, section: &Section) {
    let numbered = section.about == Heading::Publications;
    for (place, item) in section.items.iter().enumerate() {
        board.item(column, item, numbered.then_some(place + 1));
    }
}

fn one_column(board: &mut Board, sheet: &Sheet, layout: Layout, dice: &mut Dice) {
    let mut column = full_column();
    let (small, name) =
        (Style { size: 9.5, colour: GREY, ..board.text_style() }, Style { size: 20.0, ..board.bold_style() });
    let centred = layout == Layout::Academic || dice.chance(40);
    let photo_x = PAGE_WIDTH - MARGIN - PHOTO.0;
    board.mark(0, photo_at(photo_x, 40.0));
    // What is centred keeps clear of the photo on both sides.
    let mut head = column.clone();
    head.width -= PHOTO.0 + 16.0;
    if centred {
        head.x += PHOTO.0 + 16.0;
        head.width -= PHOTO.0 + 16.0;
        board.centred(&mut head, &sheet.name, name);
        board.centred(&mut head, &sheet.aim, board.text_style());
    } else {
        board.paragraph(&mut head, &sheet.name, name, 0.0, "");
        board.paragraph(&mut head, &sheet.aim, board.bold_style(), 0.0, "");
    }
    let between = *dice.pick(&["  |  ", "    ", "  ·  "]);
    board.packed(&mut head, &fact_lines(sheet), small, between, centred);
    column.y = head.y.max(40.0 + PHOTO.1 + 4.0);
    for of in &sheet.sections {
        section(board, &mut column, of);
    }
}

fn side_bar(board: &mut Board, sheet: &Sheet, language: Language, dice: &mut Dice) {
    let on_left = dice.chance(65);
    let bar_width = dice.between(165, 190) as f32;
    let bar_x = if on_left { 0.0 } else { PAGE_WIDTH - bar_width };
    let mut side = full_column();
    (side.x, side.width) = (bar_x + 18.0, bar_width - 36.0);
    let mut main = full_column();
    main.x = if on_left { bar_width + 22.0 } else { 36.0 };
    main.width = PAGE_WIDTH - bar_width - 58.0;
    board.mark(0, photo_at(side.x + (side.width - PHOTO.0) / 2.0, 44.0));
    side.y = 44.0 + PHOTO.1 + 14.0;
    board.heading(&mut side, &Sheet::heading(language, Heading::Contact));
    for (label, fact) in &sheet.facts {
        let (plain, small) = (board.text_style(), Style { size: 8.5, colour: GREY, ..board.text_style() });
        if !label.is_empty() {
            board.paragraph(&mut side, label, small, 0.0, "");
        }
        // An address must not be broken, so it gets smaller until it fits.
        let mut style = plain;
        while board.width(fact, style) > side.width && style.size > 6.0 && !fact.contains(' ') {
            style.size -= 0.25;
        }
        board.paragraph(&mut side, fact, style, 0.0, "");
    }
    let name = Style { size: 22.0, colour: board.look.accent, ..board.bold_style() };
    board.paragraph(&mut main, &sheet.name, name, 0.0, "");
    board.paragraph(&mut main, &sheet.aim, board.text_style(), 0.0, "");
    for of in &sheet.sections {
        let aside = matches!(
            of.about,
            Heading::Skills | Heading::Certificates | Heading::Languages | Heading::Honours
        );
        section(board, if aside { &mut side } else { &mut main }, of);
    }
    let colour = light(board.look.accent);
    for page in 0..board.pages.len() {
        board
            .mark_below(page, Mark::Area { x: bar_x, y: 0.0, width: bar_width, height: PAGE_HEIGHT, colour });
    }
}

fn timeline(board: &mut Board, sheet: &Sheet) {
    use super::sheet::Item;
    let mut column = full_column();
    let name = Style { size: 21.0, ..board.bold_style() };
    board.mark(0, photo_at(PAGE_WIDTH - MARGIN - PHOTO.0, 40.0));
    let mut head = column.clone();
    head.width -= PHOTO.0 + 16.0;
    board.paragraph(&mut head, &sheet.name, name, 0.0, "");
    board.packed(&mut head, &fact_lines(sheet), board.text_style(), "   ", false);
    column.y = head.y.max(40.0 + PHOTO.1);
    let accent = board.look.accent;
    let (line_x, gutter) = (MARGIN + 118.0, 134.0);
    for of in &sheet.sections {
        board.heading(&mut column, &of.heading);
        let mut events = column.clone();
        events.x += gutter;
        events.width -= gutter;
        for (place, item) in of.items.iter().enumerate() {
            let Item::Entry { what, role, dates } = item else {
                let numbered = of.about == Heading::Publications;
                board.item(&mut events, item, numbered.then_some(place + 1));
                continue;
            };
            events.y += 4.0;
            events.need(board.look.size * 5.0);
            let (page, y) = (events.page, events.y);
            board.line(page, MARGIN, y, board.text_style(), dates);
            let y = y + board.look.size * 0.35;
            board.mark(page, Mark::Area { x: line_x - 2.5, y, width: 5.0, height: 5.0, colour: accent });
            board.paragraph(&mut events, what, board.bold_style(), 0.0, "");
            if !role.is_empty() {
                board.paragraph(&mut events, role, board.text_style(), 0.0, "");
            }
        }
        (column.page, column.y) = (events.page, events.y);
    }
    let (last, end) = (column.page, column.y);
    for page in 0..=last {
        let top = if page == 0 { 40.0 + PHOTO.1 + 34.0 } else { column.top };
        let bottom = if page == last { end } else { column.bottom };
        let height = (bottom - top).max(0.0);
        board.mark_below(page, Mark::Area { x: line_x - 0.4, y: top, width: 0.8, height, colour: [190; 3] });
    }
}

fn banner(board: &mut Board, sheet: &Sheet) {
    let mut column = full_column();
    let accent = board.look.accent;
    let white = Style { size: 10.0, bold: false, colour: WHITE };
    let mut head = column.clone();
    head.y = 26.0;
    head.width -= PHOTO.0 + 16.0;
    board.paragraph(&mut head, &sheet.name, Style { size: 24.0, bold: true, ..white }, 0.0, "");
    board.paragraph(&mut head, &sheet.aim, Style { size: 12.0, ..white }, 0.0, "");
    board.packed(&mut head, &fact_lines(sheet), white, "   |   ", false);
    let height = head.y.max(24.0 + PHOTO.1) + 14.0;
    board.mark_below(0, Mark::Area { x: 0.0, y: 0.0, width: PAGE_WIDTH, height, colour: accent });
    board.mark(0, photo_at(PAGE_WIDTH - MARGIN - PHOTO.0, 20.0));
    column.y = height + 6.0;
    for of in &sheet.sections {
        section(board, &mut column, of);
    }
}
