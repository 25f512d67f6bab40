use super::fonts::Fonts;
use super::sheet::Item;

/// Red, green and blue, 0 to 255.
pub(super) type Colour = [u8; 3];

pub(super) const BLACK: Colour = [0; 3];
pub(super) const GREY: Colour = [90; 3];
pub(super) const WHITE: Colour = [255; 3];

pub(super) const PAGE_WIDTH: f32 = 595.0;
pub(super) const PAGE_HEIGHT: f32 = 842.0;

/// Something drawn; points from the left and from the top.
pub(super) enum Mark {
    Text { x: f32, y: f32, style: Style, text: String },
    Area { x: f32, y: f32, width: f32, height: f32, colour: Colour },
    Frame { x: f32, y: f32, width: f32, height: f32 },
    Rule { x: f32, y: f32, width: f32, thickness: f32, colour: Colour },
    Photo { x: f32, y: f32, width: f32, height: f32 },
}

#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) colour: Colour,
}

/// How headings stand out.
#[derive(Clone, Copy)]
pub(super) enum HeadingStyle {
    Bold,
    RuleBelow,
    Filled,
    Tick,
}

/// How an employer, a title and dates share lines.
#[derive(Clone, Copy)]
pub(super) enum EntryStyle {
    DatesRight,
    DatesFirst,
    OneLine,
}

/// What is the same all over a resume.
pub(super) struct Look {
    pub(super) size: f32,
    /// Of a line, in sizes.
    pub(super) leading: f32,
    pub(super) accent: Colour,
    pub(super) headings: HeadingStyle,
    pub(super) entries: EntryStyle,
    pub(super) bullet: &'static str,
    pub(super) capitals: bool,
}

/// A strip of the pages that is filled from the top; what does not fit goes to the next page.
#[derive(Clone)]
pub(super) struct Column {
    pub(super) x: f32,
    pub(super) width: f32,
    pub(super) page: usize,
    pub(super) y: f32,
    pub(super) top: f32,
    pub(super) bottom: f32,
}

impl Column {
    /// Goes to the next page if `height` does not fit.
    pub(super) fn need(&mut self, height: f32) {
        if self.y + height > self.bottom {
            self.page += 1;
            self.y = self.top;
        }
    }
}

/// The pages, while they are set.
pub(super) struct Board<'a> {
    pub(super) fonts: &'a Fonts<'a>,
    pub(super) look: Look,
    pub(super) pages: Vec<Vec<Mark>>,
}

impl Board<'_> {
    pub(super) fn text_style(&self) -> Style {
        Style { size: self.look.size, bold: false, colour: BLACK }
    }

    pub(super) fn bold_style(&self) -> Style {
        Style { bold: true, ..self.text_style() }
    }

    pub(super) fn width(&self, text: &str, style: Style) -> f32 {
        self.fonts.width(text, style.size, style.bold)
    }

    pub(super) fn mark(&mut self, page: usize, mark: Mark) {
        while self.pages.len() <= page {
            self.pages.push(Vec::new());
        }
        if let Some(marks) = self.pages.get_mut(page) {
            marks.push(mark);
        }
    }

    /// Puts a mark below all others.
    pub(super) fn mark_below(&mut self, page: usize, mark: Mark) {
        if let Some(marks) = self.pages.get_mut(page) {
            marks.insert(0, mark);
        }
    }

    /// One line, its upper edge at `y`.
    pub(super) fn line(&mut self, page: usize, x: f32, y: f32, style: Style, text: &str) {
        let (y, text) = (y + style.size * 0.95, text.to_owned());
        self.mark(page, Mark::Text { x, y, style, text });
    }

    /// A paragraph that stays on one page, its lines `indent` from the left, `hang` before the first of them.
    pub(super) fn paragraph(
        &mut self,
        column: &mut Column,
        text: &str,
        style: Style,
        indent: f32,
        hang: &str,
    ) {
        let lines = wrapped(self.fonts, text, style, column.width - indent);
        let leading = style.size * self.look.leading;
        column.need(leading * lines.len() as f32);
        if !hang.is_empty() {
            self.line(column.page, column.x, column.y, style, hang);
        }
        for line in lines {
            self.line(column.page, column.x + indent, column.y, style, &line);
            column.y += leading;
        }
    }

    pub(super) fn centred(&mut self, column: &mut Column, text: &str, style: Style) {
        let x = column.x + (column.width - self.width(text, style)) / 2.0;
        self.line(column.page, x, column.y, style, text);
        column.y += style.size * 1.5;
    }

    pub(super) fn heading(&mut self, column: &mut Column, text: &str) {
        let size = self.look.size * 1.2;
        let text = if self.look.capitals { text.to_uppercase() } else { text.to_owned() };
        let (accent, height) = (self.look.accent, size * 1.55);
        column.y += size * 0.7;
        // Not alone at the foot of a page.
        column.need(height + self.look.size * 5.0);
        let (page, x, y, width) = (column.page, column.x, column.y, column.width);
        let mut style = Style { size, bold: true, colour: accent };
        let mut indent = 0.0;
        match self.look.headings {
            HeadingStyle::Bold => style.colour = BLACK,
            HeadingStyle::RuleBelow => {
                let y = y + size * 1.3;
                self.mark(page, Mark::Rule { x, y, width, thickness: 0.8, colour: accent });
            }
            HeadingStyle::Filled => {
                self.mark(
                    page,
                    Mark::Area { x, y: y - 2.0, width, height: size * 1.4, colour: light(accent) },
                );
                indent = 6.0;
            }
            HeadingStyle::Tick => {
                self.mark(page, Mark::Area { x, y, width: 4.0, height: size * 1.15, colour: accent });
                indent = 10.0;
            }
        }
        self.line(page, x + indent, y, style, &text);
        column.y += height;
    }

    /// `number` is the item's place where items are numbered.
    pub(super) fn item(&mut self, column: &mut Column, item: &Item, number: Option<usize>) {
        let style = self.text_style();
        match item {
            Item::Entry { what, role, dates } => self.entry(column, what, role, dates),
            Item::Text(text) => self.paragraph(column, text, style, 0.0, ""),
            Item::Words(words) => {
                let chinese = words.iter().any(|word| !word.is_ascii());
                let text = words.join(if chinese { "、" } else { ", " });
                self.paragraph(column, &text, style, 0.0, "");
            }
            Item::Bullet(text) => {
                let mark = number.map_or_else(|| self.look.bullet.to_owned(), |number| format!("[{number}]"));
                let indent = if mark.is_empty() { 0.0 } else { self.width(&mark, style) + style.size * 0.5 };
                self.paragraph(column, text, style, indent, &mark);
            }
        }
    }

    fn entry(&mut self, column: &mut Column, what: &str, role: &str, dates: &str) {
        let (text, bold) = (self.text_style(), self.bold_style());
        let (wide, dates_wide) = (self.width(what, bold), self.width(dates, text));
        let role_wide = self.width(role, text);
        let leading = text.size * self.look.leading;
        column.y += text.size * 0.3;
        column.need(leading * 3.5);
        let (page, x, y) = (column.page, column.x, column.y);
        let right = x + column.width - dates_wide;
        let dated = Style { colour: GREY, ..text };
        match self.look.entries {
            EntryStyle::DatesFirst if dates_wide + wide + role_wide + 40.0 < column.width => {
                let what_x = x + (dates_wide + 16.0).max(column.width * 0.24);
                let role_x = (what_x + wide + 14.0).max(x + column.width * 0.66);
                let role_x = role_x.min(x + column.width - role_wide);
                self.line(page, x, y, text, dates);
                self.line(page, what_x.min(role_x - wide - 14.0), y, bold, what);
                self.line(page, role_x, y, text, role);
                column.y += leading;
                return;
            }
            EntryStyle::OneLine if wide + role_wide + dates_wide + 40.0 < column.width => {
                self.line(page, x, y, bold, what);
                self.line(page, x + wide + 14.0, y, text, role);
                self.line(page, right, y, dated, dates);
                column.y += leading;
                return;
            }
            _ => {}
        }
        if wide + dates_wide + 14.0 < column.width {
            self.line(page, x, y, bold, what);
            self.line(page, right, y, dated, dates);
            column.y += leading;
        } else {
            self.paragraph(column, what, bold, 0.0, "");
            self.paragraph(column, dates, dated, 0.0, "");
        }
        if !role.is_empty() {
            self.paragraph(column, role, text, 0.0, "");
        }
    }

    /// Short texts side by side, as many as fit a line.
    pub(super) fn packed(
        &mut self,
        column: &mut Column,
        texts: &[String],
        style: Style,
        between: &str,
        centre: bool,
    ) {
        let mut line = String::new();
        let mut lines = Vec::new();
        for text in texts {
            let longer = if line.is_empty() { text.clone() } else { [&line, between, text].concat() };
            if line.is_empty() || self.width(&longer, style) <= column.width {
                line = longer;
            } else {
                lines.push(std::mem::replace(&mut line, text.clone()));
            }
        }
        lines.push(line);
        for line in lines {
            let free = column.width - self.width(&line, style);
            let x = column.x + if centre { free.max(0.0) / 2.0 } else { 0.0 };
            self.line(column.page, x, column.y, style, &line);
            column.y += style.size * self.look.leading;
        }
    }
}

/// Nine parts of white.
pub(super) fn light(colour: Colour) -> Colour {
    colour.map(|part| 255 - (255 - part) / 9)
}

/// Lines no wider than `width`, unless one word is. Chinese breaks anywhere but before what closes.
pub(super) fn wrapped(fonts: &Fonts, text: &str, style: Style, width: f32) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    let room = (width * 1000.0 / style.size) as u32;
    for atom in atoms(text) {
        let advance = |text: &str| -> u32 {
            text.chars().map(|scalar| fonts.advance(scalar, fonts.slot(scalar, style.bold))).sum()
        };
        let bare = advance(atom.trim_end());
        if used + bare > room && used > 0 {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(atom);
            used += advance(atom);
        }
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// What stays together: a Latin word with its space, a Chinese character with what opens before and closes after it.
fn atoms(text: &str) -> Vec<&str> {
    let mut atoms = Vec::new();
    let mut start = 0;
    let mut last: Option<char> = None;
    for (place, scalar) in text.char_indices() {
        let breaks = match last {
            None => false,
            Some(' ') => scalar != ' ',
            Some(last) => {
                let apart = !last.is_ascii() || !scalar.is_ascii();
                apart
                    && !"，。、；：）”%’.,)–]".contains(scalar)
                    && !"（“‘(–[".contains(last)
                    && scalar != ' '
            }
        };
        if breaks {
            atoms.extend(text.get(start..place));
            start = place;
        }
        last = Some(scalar);
    }
    atoms.extend(text.get(start..));
    atoms
}
