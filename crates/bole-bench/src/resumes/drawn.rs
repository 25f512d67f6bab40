use super::binding::Binding;
use super::board::{
    Board, Column, EntryStyle, GREY, HeadingStyle, Look, Mark, PAGE_WIDTH, Style, WHITE, light, wrapped,
};
use super::content::Cut;
use super::dice::Dice;
use super::fonts::{Fonts, Slot, Source, win_ansi};
use super::layouts::full_column;
use super::markup::{Block, DrawnLayout, Place, blocks};
use super::objects::Directory;
use super::standard::{HELVETICA, HELVETICA_BOLD};

/// Between a cell's rules and its text.
const PADDING: f32 = 4.0;
/// Between two columns.
const GUTTER: f32 = 22.0;

/// Draws a text with markup as a PDF file, always the same: Latin in a font that every viewer has, all else in a Chinese
/// one that is not embedded either.
pub fn draw(text: &str, layout: DrawnLayout) -> Vec<u8> {
    let latin =
        [(Slot::Latin, ("Helvetica", &HELVETICA)), (Slot::LatinBold, ("Helvetica-Bold", &HELVETICA_BOLD))];
    let latin = latin.map(|(slot, (name, advances))| (slot, Source::Standard(name, advances)));
    let has_chinese = text.chars().any(|scalar| scalar != '\n' && win_ansi(scalar).is_none());
    let chinese = [(Slot::Chinese, Source::Predefined), (Slot::ChineseBold, Source::Predefined)];
    let chinese = chinese.into_iter().filter(|_| has_chinese);
    let mut fonts = Fonts::new(latin.into_iter().chain(chinese), true);
    let pages = set(&blocks(text), layout, &fonts);
    let mut dice = Dice::new(0, 0, 0);
    let mut binding = Binding::new(&pages, &mut fonts, Cut::Whole, &mut dice);
    binding.share("");
    let trailer = format!("/Root {} 0 R", binding.catalog);
    binding.objects.finish(Directory::Table, &trailer)
}

fn set(blocks: &[Block], layout: DrawnLayout, fonts: &Fonts) -> Vec<Vec<Mark>> {
    let (size, margin) = match layout {
        DrawnLayout::Plain => (10.5, 50.0),
        DrawnLayout::Columns => (9.5, 40.0),
        DrawnLayout::Form => (10.0, 45.0),
        DrawnLayout::Wide => (8.5, 85.0),
    };
    let look = Look {
        size,
        leading: 1.5,
        accent: [31, 78, 121],
        headings: if layout == DrawnLayout::Columns { HeadingStyle::RuleBelow } else { HeadingStyle::Bold },
        entries: EntryStyle::OneLine,
        bullet: "•",
        capitals: false,
    };
    let board = Board { fonts, look, pages: vec![Vec::new()] };
    let column = Column { x: margin, width: PAGE_WIDTH - 2.0 * margin, ..full_column() };
    let mut setter = Setter { board, is_form: layout == DrawnLayout::Form };
    setter.places(column, blocks);
    setter.board.pages
}

struct Setter<'a> {
    board: Board<'a>,
    is_form: bool,
}

impl Setter<'_> {
    /// Sets blocks where they say that they go: columns begin side by side, and full width goes on below both.
    fn places(&mut self, mut full: Column, blocks: &[Block]) {
        let share = share_of_left(blocks);
        let mut sides: Option<(Column, Column)> = None;
        let mut place = Place::Full;
        for block in blocks {
            match (block, &mut sides) {
                (Block::Place(Place::Full), _) => {
                    place = Place::Full;
                    if let Some((left, right)) = sides.take() {
                        let lower = |one: &Column, other: &Column| (one.page, one.y) > (other.page, other.y);
                        let lowest = if lower(&left, &right) { left } else { right };
                        (full.page, full.y) = (lowest.page, lowest.y);
                    }
                }
                (Block::Place(side), sides) => {
                    place = *side;
                    if sides.is_none() {
                        let width = full.width - GUTTER;
                        let left = Column { width: width * share, ..full.clone() };
                        let x = full.x + left.width + GUTTER;
                        *sides = Some((left, Column { x, width: width * (1.0 - share), ..full.clone() }));
                    }
                }
                (block, Some((left, _))) if place == Place::Left => self.block(left, block),
                (block, Some((_, right))) if place == Place::Right => self.block(right, block),
                (block, _) => self.block(&mut full, block),
            }
        }
    }

    fn block(&mut self, column: &mut Column, block: &Block) {
        let text = self.board.text_style();
        match block {
            Block::Title(title) => {
                let mut style = Style { size: text.size * 1.8, ..self.board.bold_style() };
                if self.is_form {
                    // A title too wide to be centred would leave the page.
                    while self.board.width(title, style) > column.width && style.size > 6.0 {
                        style.size -= 0.25;
                    }
                    self.board.centred(column, title, style);
                } else {
                    self.flow(column, title, style, 0.0);
                }
                column.y += text.size * 0.4;
            }
            Block::Heading(heading) if self.is_form => {
                let (bold, leading) = (self.board.bold_style(), text.size * self.board.look.leading);
                let height = leading + 2.0 * PADDING;
                column.need(height * 2.5);
                let (page, x, y, width) = (column.page, column.x, column.y, column.width);
                let colour = light(self.board.look.accent);
                self.board.mark(page, Mark::Area { x, y, width, height, colour });
                self.board.mark(page, Mark::Frame { x, y, width, height });
                self.board.line(page, x + PADDING, y + PADDING, bold, heading);
                column.y += height;
            }
            Block::Heading(heading) => self.board.heading(column, heading),
            Block::Item(item) => {
                let bullet = self.board.look.bullet;
                let indent = self.board.width(bullet, text) + text.size * 0.5;
                column.need(text.size * self.board.look.leading);
                self.board.line(column.page, column.x, column.y, text, bullet);
                self.flow(column, item, text, indent);
            }
            Block::Hidden(hidden) => self.flow(column, hidden, Style { colour: WHITE, ..text }, 0.0),
            Block::Spread(left, right) => self.spread(column, left, right),
            Block::Table(rows) => self.table(column, rows),
            Block::Gap => column.y += text.size * 0.6,
            Block::Paragraph(paragraph) => self.flow(column, paragraph, text, 0.0),
            Block::Place(_) => {}
        }
    }

    /// A paragraph that goes over pages line by line.
    fn flow(&mut self, column: &mut Column, text: &str, style: Style, indent: f32) {
        let style = self.fitted(text, style, column.width - indent);
        let leading = style.size * self.board.look.leading;
        for line in wrapped(self.board.fonts, text, style, column.width - indent) {
            column.need(leading);
            self.board.line(column.page, column.x + indent, column.y, style, &line);
            column.y += leading;
        }
    }

    /// Smaller, if a word would not fit the width otherwise: an address is not broken.
    fn fitted(&self, text: &str, style: Style, width: f32) -> Style {
        let widest = |style| {
            let lines = wrapped(self.board.fonts, text, style, width);
            lines.iter().map(|line| self.board.width(line, style)).fold(0.0, f32::max)
        };
        let mut style = style;
        while widest(style) > width + 0.5 && style.size > 6.0 {
            style.size -= 0.25;
        }
        style
    }

    /// Both on one line if they fit; else the second on a line of its own.
    fn spread(&mut self, column: &mut Column, left: &str, right: &str) {
        let style = self.board.text_style();
        let leading = style.size * self.board.look.leading;
        let right_width = self.board.width(right, style);
        let x = column.x + (column.width - right_width).max(0.0);
        if self.board.width(left, style) + right_width + 14.0 < column.width {
            column.need(leading);
            self.board.line(column.page, column.x, column.y, style, left);
            self.board.line(column.page, x, column.y, Style { colour: GREY, ..style }, right);
            column.y += leading;
            return;
        }
        self.flow(column, left, style, 0.0);
        self.flow(column, right, Style { colour: GREY, ..style }, x - column.x);
    }

    fn table(&mut self, column: &mut Column, rows: &[Vec<String>]) {
        for row in rows {
            let same = rows.iter().filter(|other| other.len() == row.len());
            let mut natural = vec![0.0_f32; row.len()];
            for other in same {
                for (width, cell) in natural.iter_mut().zip(other) {
                    let needed = self.board.width(cell, self.board.text_style()) + 2.0 * PADDING + 2.0;
                    *width = width.max(needed.max(28.0));
                }
            }
            self.row(column, row, &widths(&natural, column.width));
        }
    }

    /// One row; a tall one that does not fit is cut at the page's foot, as word processors do.
    fn row(&mut self, column: &mut Column, row: &[String], widths: &[f32]) {
        let text = self.board.text_style();
        let leading = text.size * self.board.look.leading;
        let cells = row.iter().zip(widths).map(|(cell, width)| {
            let room = width - 2.0 * PADDING;
            let style = self.fitted(cell, text, room);
            (style, wrapped(self.board.fonts, cell, style, room))
        });
        let mut cells: Vec<_> = cells.collect();
        let mut n_lines = cells.iter().map(|(_, lines)| lines.len()).max().unwrap_or(1).max(1);
        while n_lines > 0 {
            let room = |column: &Column| ((column.bottom - column.y - 2.0 * PADDING) / leading) as usize;
            if n_lines > room(column) && (n_lines <= 12 || room(column) < 3) {
                column.need(f32::MAX);
            }
            let n_here = n_lines.min(room(column).max(1));
            let height = n_here as f32 * leading + 2.0 * PADDING;
            let mut x = column.x;
            for ((style, lines), width) in cells.iter_mut().zip(widths) {
                let (page, y) = (column.page, column.y);
                self.board.mark(page, Mark::Frame { x, y, width: *width, height });
                for (number, line) in lines.drain(..n_here.min(lines.len())).enumerate() {
                    let y = y + PADDING + number as f32 * leading;
                    self.board.line(page, x + PADDING, y, *style, &line);
                }
                x += width;
            }
            column.y += height;
            n_lines -= n_here;
        }
    }
}

/// The wider column is for the longer text.
fn share_of_left(blocks: &[Block]) -> f32 {
    let (mut place, mut left, mut right) = (Place::Full, 0, 0);
    for block in blocks {
        let n_bytes = match block {
            Block::Place(new) => {
                place = *new;
                0
            }
            Block::Title(text)
            | Block::Heading(text)
            | Block::Item(text)
            | Block::Hidden(text)
            | Block::Paragraph(text) => text.len(),
            Block::Spread(one, other) => one.len() + other.len(),
            Block::Table(rows) => rows.iter().flatten().map(String::len).sum(),
            Block::Gap => 0,
        };
        match place {
            Place::Left => left += n_bytes,
            Place::Right => right += n_bytes,
            Place::Full => {}
        }
    }
    if left > right { 0.64 } else { 0.36 }
}

/// Cells as wide as a row: those that need less than an even share get what they need, the others share the rest.
fn widths(natural: &[f32], width: f32) -> Vec<f32> {
    let needed: f32 = natural.iter().sum();
    if needed <= width {
        let more = (width - needed) / natural.len() as f32;
        return natural.iter().map(|width| width + more).collect();
    }
    let (mut rest, mut n_rest) = (width, natural.len());
    let mut is_set = vec![false; natural.len()];
    loop {
        let even = rest / n_rest.max(1) as f32;
        let mut changed = false;
        for (needed, is_set) in natural.iter().zip(&mut is_set) {
            if !*is_set && *needed <= even {
                *is_set = true;
                rest -= needed;
                n_rest -= 1;
                changed = true;
            }
        }
        if !changed {
            let width = |(needed, is_set): (&f32, &bool)| if *is_set { *needed } else { even };
            return natural.iter().zip(&is_set).map(width).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use bole_document::{Limits, read};

    use super::*;

    fn dense(text: &str) -> String {
        text.chars().filter(|scalar| !scalar.is_whitespace()).collect()
    }

    #[test]
    fn every_layout_shows_every_character() {
        let long = "负责电芯—模组·热管理“设计”与验证，C1–C3 阶段、José Müller’s • a@example.cn；".repeat(60);
        let text = format!(
            "= 李明\n| 姓名 | 李明 | 电话 |\n| 经历 | {long} |\n# 经历\n左 >> 右\n- {long}\n{long}\n"
        );
        for layout in [DrawnLayout::Plain, DrawnLayout::Form, DrawnLayout::Wide] {
            let pages = read(&draw(&text, layout), &Limits::STANDARD).unwrap();
            let seen = dense(&pages.text());
            assert!(pages.pages.len() > 1 && pages.pages.iter().all(|page| page.hidden.is_empty()));
            for said in ["李明", "左", "右", "José Müller’s", "a@example.cn"] {
                assert!(seen.contains(&dense(said)), "{layout:?}: {said} in {seen}");
            }
            let n = seen.matches("热管理").count();
            assert_eq!(n, 180, "{layout:?}");
        }
    }

    #[test]
    fn a_hidden_line_is_read_as_hidden() {
        let text = "= 李明\n~ 固态电池 hidden words\nvisible words";
        for layout in [DrawnLayout::Plain, DrawnLayout::Columns, DrawnLayout::Form, DrawnLayout::Wide] {
            let pages = read(&draw(text, layout), &Limits::STANDARD).unwrap();
            let seen = pages.text();
            assert!(seen.contains("visible words") && !seen.contains("hidden"), "{layout:?}: {seen}");
            let hidden: String =
                pages.pages.iter().flat_map(|page| &page.hidden).map(|it| &*it.text).collect();
            assert!(dense(&hidden).contains("固态电池hiddenwords"), "{layout:?}: {hidden}");
        }
    }

    #[test]
    fn a_wide_title_stays_on_the_page() {
        let title = "Profile Form: Certification and Standards Engineer for Storage Products";
        let pages = read(&draw(&format!("= {title}\ntext below it"), DrawnLayout::Form), &Limits::STANDARD);
        assert!(dense(&pages.unwrap().text()).contains(&dense(title)));
    }

    #[test]
    fn columns_stand_side_by_side_and_full_width_below_them() {
        let text = "= Ann Lee\n[left]\nleft one\nann.lee.the.third.of.her.name@mail.example.com\n[right]\nright one\nright two, which is longer\nright three of them\nright four, the last one of all\n[full]\nbelow all";
        let pages = read(&draw(text, DrawnLayout::Columns), &Limits::STANDARD).unwrap();
        let text = pages.text();
        let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words} in {text}"));
        let order = ["Ann Lee", "left one", "right one", "right four", "below all"];
        assert!(order.windows(2).all(|pair| place(pair[0]) < place(pair[1])), "{text}");
        assert!(text.contains("ann.lee.the.third.of.her.name@mail.example.com"), "{text}");
    }
}
