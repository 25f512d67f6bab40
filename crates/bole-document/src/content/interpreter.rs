//! Walks content streams (ISO 32000-1, annex A) and collects what text they show, and where.

use std::collections::BTreeSet;

use lopdf::Dictionary;
use rustc_hash::FxHashMap;

use crate::ReadError;
use crate::content::color::{Paint, Space, Spaces};
use crate::content::graphics::{Saved, State};
use crate::content::marked::{Layers, Marks};
use crate::content::memo::Memo;
use crate::content::operands::Operands;
use crate::content::painting::ImageKind;
use crate::content::path::Path;
use crate::content::settings::Settings;
use crate::content::show::LastStyle;
use crate::content::visibility::Backdrop;
use crate::file::File;
use crate::font::Font;
use crate::geometry::{Matrix, Rect};
use crate::glyph::{Glyph, PageGlyphs};
use crate::lexer::{Lexer, Token};
use crate::limits::Budget;
use crate::stage::{Observer, Stage};

/// What lasts from page to page.
#[derive(Debug)]
pub(crate) struct Session<'f> {
    pub(crate) file: &'f File,
    pub(crate) observer: Observer<'f>,
    pub(crate) budget: Budget<'f>,
    pub(crate) fonts: Vec<Font<'f>>,
    /// By the place of the font's dictionary, which does not move while the file is open.
    font_places: FxHashMap<usize, usize>,
    pub(crate) layers: Layers,
    /// By the place of the resources and the name in them.
    named_fonts: Memo<Option<usize>>,
    named_spaces: Memo<Space>,
    spaces: Spaces,
    pub(crate) named_settings: Memo<Option<Settings<'f>>>,
}

/// Walks the content of one page.
#[derive(Debug)]
pub(crate) struct Interpreter<'f, 's> {
    pub(crate) session: &'s mut Session<'f>,
    pub(crate) page: PageGlyphs,
    pub(crate) page_rect: Rect,
    pub(crate) state: State,
    pub(crate) saved: Saved,
    pub(crate) text_matrix: Matrix,
    pub(crate) line_matrix: Matrix,
    pub(crate) path: Path,
    /// The path becomes part of the clip when it ends; whether by the even-odd rule.
    pub(crate) clips_next: Option<bool>,
    pub(crate) backdrop: Backdrop,
    /// Whether text of this text object clips, with that of it which is not painted besides.
    pub(crate) clipping: Option<Vec<Glyph>>,
    /// Such text of all text objects, and whether anything painted through it showed it.
    pub(crate) clip_texts: Vec<(Vec<Glyph>, bool)>,
    pub(crate) marks: Marks,
    /// The displayed area of images, in square points; overlaps count twice.
    pub(crate) image_area: f32,
    pub(crate) is_undecided: bool,
    /// The first of the visible glyphs of which it is not decided yet whether they are.
    pub(crate) first_unsorted: Option<usize>,
    /// What went wrong, each once.
    pub(crate) troubles: BTreeSet<&'static str>,
    /// Strings with escapes are unfolded here.
    pub(crate) unescaped: Vec<u8>,
    pub(crate) last_style: Option<LastStyle>,
    /// The forms being walked, by the places of their streams, the innermost last.
    pub(crate) open_forms: Vec<usize>,
}

impl<'f> Session<'f> {
    pub(crate) fn new(file: &'f File, budget: Budget<'f>, observer: Observer<'f>) -> Self {
        Self {
            file,
            observer,
            budget,
            fonts: Vec::new(),
            font_places: FxHashMap::default(),
            layers: Layers::read(file),
            named_fonts: Memo::new(),
            named_spaces: Memo::new(),
            spaces: Spaces::default(),
            named_settings: Memo::new(),
        }
    }

    /// The font of a dictionary, read at its first use.
    pub(crate) fn font(&mut self, dictionary: &'f Dictionary) -> Result<usize, ReadError> {
        let place = std::ptr::from_ref(dictionary) as usize;
        if let Some(index) = self.font_places.get(&place) {
            return Ok(*index);
        }
        self.observer.begin(Stage::Fonts);
        let font = Font::read(self.file, dictionary, &self.budget)?;
        self.observer.begin(Stage::Interpret);
        self.fonts.push(font);
        self.font_places.insert(place, self.fonts.len() - 1);
        Ok(self.fonts.len() - 1)
    }
}

impl<'f, 's> Interpreter<'f, 's> {
    /// Starts a page; `matrix` maps default user space to the page as displayed.
    pub(crate) fn new(session: &'s mut Session<'f>, matrix: Matrix, page_rect: Rect) -> Self {
        Self {
            session,
            page: PageGlyphs::default(),
            page_rect,
            state: State::new(matrix),
            saved: Saved::default(),
            text_matrix: Matrix::IDENTITY,
            line_matrix: Matrix::IDENTITY,
            path: Path::EMPTY,
            clips_next: None,
            backdrop: Backdrop::default(),
            clipping: None,
            clip_texts: Vec::new(),
            marks: Marks::default(),
            image_area: 0.0,
            is_undecided: false,
            first_unsorted: None,
            troubles: BTreeSet::new(),
            unescaped: Vec::new(),
            last_style: None,
            open_forms: Vec::new(),
        }
    }

    /// Goes back to the initial state, so that annotations do not inherit what the content left open.
    pub(crate) fn leave_content(&mut self, matrix: Matrix) {
        self.end_text();
        self.clips_next = None;
        self.end_path();
        self.state = State::new(matrix);
        self.saved.truncate(0);
    }

    /// Walks one content stream. Only the limits are an error.
    pub(crate) fn run(
        &mut self,
        content: &[u8],
        resources: Option<&'f Dictionary>,
        depth: usize,
    ) -> Result<(), ReadError> {
        let floor = self.saved.depth();
        let n_marks = self.marks.depth();
        let limit = self.session.budget.limits.n_operands;
        let mut operands = Operands::new();
        let mut lexer = Lexer::new(content);
        // Content takes some fifteen bytes a glyph where each is placed by itself; less is grown into.
        self.page.visible.reserve(content.len() / 16);
        while let Some(operator) = operands.read(&mut lexer, content, limit)? {
            if self.place_text(operator, &operands)? {
                continue;
            }
            self.sort_out_hidden();
            if operator == b"BI" {
                let is_mask = skip_inline_image(&mut lexer);
                self.paint_image(if is_mask { ImageKind::Stencil } else { ImageKind::Whole });
            } else {
                self.operate(operator, &operands, resources, floor, depth)?;
            }
        }
        self.sort_out_hidden();
        while self.marks.depth() > n_marks {
            self.end_marked();
        }
        Ok(())
    }

    /// Does the work of the operators that only show text, or say where it goes, which are most: what decides whether
    /// text is seen stays as it is. Tells whether `operator` is one of them.
    #[inline]
    fn place_text(&mut self, operator: &[u8], operands: &Operands<'_>) -> Result<bool, ReadError> {
        let [b'T', second] = operator else {
            return Ok(false);
        };
        match second {
            b'j' | b'J' => self.show_operands(operands)?,
            b'd' => {
                if let Some([x, y]) = operands.numbers() {
                    self.next_line(x, y);
                }
            }
            b'D' => {
                if let Some([x, y]) = operands.numbers() {
                    self.state.text.leading = -y;
                    self.next_line(x, y);
                }
            }
            b'm' => {
                if let Some(matrix) = operands.numbers() {
                    self.line_matrix = Matrix::new(matrix);
                    self.text_matrix = self.line_matrix;
                }
            }
            b'*' => self.new_line(),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn operate(
        &mut self,
        operator: &[u8],
        operands: &Operands<'_>,
        resources: Option<&'f Dictionary>,
        floor: usize,
        depth: usize,
    ) -> Result<(), ReadError> {
        // Padded to three bytes, which no operator exceeds, so that telling them apart is a walk down three bytes.
        let key = match *operator {
            [first] => [first, 0, 0],
            [first, second] => [first, second, 0],
            [first, second, third] => [first, second, third],
            _ => return Ok(()),
        };
        let text = &mut self.state.text;
        match &key {
            b"'\0\0" => {
                self.new_line();
                return self.show_operands(operands);
            }
            b"\"\0\0" => {
                if let Some([word, character]) = operands.numbers() {
                    text.word_spacing = word;
                    text.character_spacing = character;
                }
                self.new_line();
                return self.show_operands(operands);
            }
            b"Tf\0" => return self.set_font(operands, resources),
            b"Tc\0" => set(&mut text.character_spacing, operands),
            b"Tw\0" => set(&mut text.word_spacing, operands),
            b"TL\0" => set(&mut text.leading, operands),
            b"Ts\0" => set(&mut text.rise, operands),
            b"Tz\0" => {
                if let Some([percent]) = operands.numbers() {
                    text.scaling = percent / 100.0;
                }
            }
            b"Tr\0" => {
                if let Some([mode]) = operands.numbers() {
                    text.render_mode = mode as u8;
                }
            }
            b"BT\0" => {
                self.text_matrix = Matrix::IDENTITY;
                self.line_matrix = Matrix::IDENTITY;
            }
            b"ET\0" => self.end_text(),
            b"q\0\0" => self.saved.push(&self.state),
            b"Q\0\0" => {
                if let Some(state) = self.saved.pop(floor) {
                    self.state = state;
                }
            }
            b"cm\0" => {
                if let Some(matrix) = operands.numbers() {
                    self.state.matrix = Matrix::new(matrix).then(&self.state.matrix);
                }
            }
            b"w\0\0" => set(&mut self.state.line_width, operands),
            b"re\0" => {
                if let Some(rectangle) = operands.numbers() {
                    self.rectangle(rectangle);
                }
            }
            b"m\0\0" => {
                if let Some([x, y]) = operands.numbers() {
                    self.move_to(x, y);
                }
            }
            b"l\0\0" => {
                if let Some([x, y]) = operands.numbers() {
                    self.line_to(x, y);
                }
            }
            b"h\0\0" => self.close_path(),
            b"c\0\0" => {
                if let Some([x1, y1, x2, y2, x3, y3]) = operands.numbers() {
                    self.curve_to(Some((x1, y1)), (x2, y2), (x3, y3));
                }
            }
            b"v\0\0" => {
                if let Some([x2, y2, x3, y3]) = operands.numbers() {
                    self.curve_to(None, (x2, y2), (x3, y3));
                }
            }
            b"y\0\0" => {
                if let Some([x1, y1, x3, y3]) = operands.numbers() {
                    self.curve_to(Some((x1, y1)), (x3, y3), (x3, y3));
                }
            }
            b"W\0\0" => self.clips_next = Some(false),
            b"W*\0" => self.clips_next = Some(true),
            b"n\0\0" => self.end_path(),
            b"f\0\0" | b"F\0\0" | b"f*\0" => {
                self.fill_path(key.get(1) == Some(&b'*'));
                self.end_path();
            }
            // The line lies on what is filled (ISO 32000-1, 8.5.3.1).
            b"B\0\0" | b"b\0\0" | b"B*\0" | b"b*\0" => {
                if key.first() == Some(&b'b') {
                    self.close_path();
                }
                self.fill_path(key.get(1) == Some(&b'*'));
                self.stroke_path();
                self.end_path();
            }
            b"d\0\0" => self.set_dash(operands),
            b"S\0\0" => {
                self.stroke_path();
                self.end_path();
            }
            b"s\0\0" => {
                self.close_path();
                self.stroke_path();
                self.end_path();
            }
            b"g\0\0" => self.set_fill(Space::Gray, operands),
            b"rg\0" => self.set_fill(Space::Rgb, operands),
            b"k\0\0" => self.set_fill(Space::Cmyk, operands),
            b"G\0\0" => self.set_stroke(Space::Gray, operands),
            b"RG\0" => self.set_stroke(Space::Rgb, operands),
            b"K\0\0" => self.set_stroke(Space::Cmyk, operands),
            b"sc\0" | b"scn" if self.state.fill.space == Space::Pattern => {
                self.state.fill.paint = self.pattern(operands, resources);
            }
            b"sc\0" | b"scn" => self.set_fill(self.state.fill.space, operands),
            b"SC\0" | b"SCN" => self.set_stroke(self.state.stroke.space, operands),
            b"cs\0" | b"CS\0" => {
                if let Some(name) = operands.name() {
                    let place = place(resources);
                    let known = self.session.named_spaces.get(place, name);
                    let file = self.session.file;
                    let space = known.unwrap_or_else(|| self.session.spaces.read(file, resources, name));
                    if known.is_none() {
                        self.session.named_spaces.keep(place, name, space);
                    }
                    let ink = if &key == b"cs\0" { &mut self.state.fill } else { &mut self.state.stroke };
                    ink.space = space;
                    ink.paint = self.session.spaces.initial(space);
                }
            }
            b"gs\0" => return self.set_extended_state(operands, resources),
            b"sh\0" => self.paint_shading(operands, resources),
            b"Do\0" => return self.paint_object(operands, resources, depth),
            b"BMC" => self.begin_marked(None, resources),
            b"BDC" => self.begin_marked(operands.tag_and_properties(), resources),
            b"EMC" => self.end_marked(),
            _ => {}
        }
        Ok(())
    }

    fn next_line(&mut self, x: f32, y: f32) {
        self.line_matrix = self.line_matrix.moved(x, y);
        self.text_matrix = self.line_matrix;
    }

    fn new_line(&mut self) {
        self.next_line(0.0, -self.state.text.leading);
    }

    fn set_font(
        &mut self,
        operands: &Operands<'_>,
        resources: Option<&'f Dictionary>,
    ) -> Result<(), ReadError> {
        let (Some(name), Some([size])) = (operands.name(), operands.numbers()) else {
            return Ok(());
        };
        self.state.text.size = size;
        let place = place(resources);
        if let Some(font) = self.session.named_fonts.get(place, name) {
            self.state.text.font = font;
            return Ok(());
        }
        let file = self.session.file;
        let dictionary = resources
            .and_then(|resources| file.dictionary(resources, b"Font"))
            .and_then(|fonts| file.dictionary(fonts, name));
        self.use_font(dictionary)?;
        let font = self.state.text.font;
        self.session.named_fonts.keep(place, name, font);
        Ok(())
    }

    /// Makes `dictionary` the current font.
    pub(crate) fn use_font(&mut self, dictionary: Option<&'f Dictionary>) -> Result<(), ReadError> {
        let dictionary = dictionary.unwrap_or_else(|| {
            self.troubles.insert("a font is missing");
            self.session.file.stand_in_font()
        });
        let font = self.session.font(dictionary)?;
        if self.session.fonts.get(font).is_some_and(|font| font.damaged) {
            self.troubles.insert("a font could not be read in full");
        }
        self.state.text.font = Some(font);
        Ok(())
    }

    fn set_fill(&mut self, space: Space, operands: &Operands<'_>) {
        self.state.fill.space = space;
        self.state.fill.paint = paint(&self.session.spaces, space, operands);
    }

    fn set_stroke(&mut self, space: Space, operands: &Operands<'_>) {
        self.state.stroke.space = space;
        self.state.stroke.paint = paint(&self.session.spaces, space, operands);
    }
}

/// Where a dictionary of the file lies: what tells it from all others while the file is open.
pub(crate) fn place(resources: Option<&Dictionary>) -> usize {
    resources.map_or(0, |resources| std::ptr::from_ref(resources) as usize)
}

fn set(slot: &mut f32, operands: &Operands<'_>) {
    if let Some([number]) = operands.numbers() {
        *slot = number;
    }
}

/// A pattern is named; all other paints are numbers.
fn paint(spaces: &Spaces, space: Space, operands: &Operands<'_>) -> Paint {
    match operands.all_numbers() {
        Some(components) if operands.name().is_none() => spaces.paint(space, components),
        _ if space == Space::Pattern => Paint::Pattern,
        _ => Paint::Unknown,
    }
}

/// Skips the data of an inline image, whose end is only known by an `EI` that stands alone and is followed by what
/// looks like content again (ISO 32000-1, 8.9.7). Tells whether the image is a mask.
fn skip_inline_image(lexer: &mut Lexer<'_>) -> bool {
    const LOOK_AHEAD_BYTES: usize = 16;
    let mut is_mask = false;
    let mut is_mask_next = false;
    while let Some(token) = lexer.next_token() {
        match token {
            Token::Keyword(b"ID") => break,
            Token::Keyword(b"EI") => return is_mask,
            _ => {}
        }
        is_mask |= is_mask_next && token == Token::Keyword(b"true");
        is_mask_next = matches!(token, Token::Name(b"IM" | b"ImageMask"));
    }
    let start = lexer.position();
    let rest = lexer.rest();
    for at in memchr::memmem::find_iter(rest, b"EI") {
        let is_space = |byte: Option<&u8>| byte.is_none_or(|byte| byte.is_ascii_whitespace() || *byte == 0);
        let before = at.checked_sub(1).and_then(|before| rest.get(before));
        let after = rest.get(at + 2..).unwrap_or_default();
        let after = after.get(..LOOK_AHEAD_BYTES).unwrap_or(after);
        let is_content = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t');
        if is_space(before) && is_space(after.first()) && after.iter().all(is_content) {
            lexer.skip_to(start + at + 2);
            return is_mask;
        }
    }
    lexer.skip_to(start + rest.len());
    is_mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_images_end_where_content_begins_again() {
        let content = b" /W 2 /H 2 ID \x01EI\x02 EI\x80\x81 EI \xff\xfe\nEI Q BT";
        let mut lexer = Lexer::new(content);
        assert!(!skip_inline_image(&mut lexer));
        assert_eq!(lexer.next_token(), Some(Token::Keyword(b"Q")));
    }
}
