//! Cuts text into what is indexed and what is searched, by one and the same code.
//!
//! Every word takes one position, and so does every Chinese character. Where two Chinese characters touch, the pair
//! is a lexeme too, at the position of the first. A text is indexed with all its lexemes; a query takes the pairs of
//! a run of characters, and the character itself only where it stands alone.

use std::collections::VecDeque;

use bole_core::fold_for_matching;
use unicode_normalization::UnicodeNormalization;

/// The longest word in scalars; the rest of a longer one is cut off, in texts and in queries alike.
const MAX_WORD: usize = 64;

/// A word, a character or a pair of characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lexeme {
    pub(crate) text: String,
    /// Counted in words and characters.
    pub(crate) position: usize,
    /// The first scalar of the stored text that belongs to it.
    pub(crate) start: u32,
    /// One past the last.
    pub(crate) end: u32,
    /// Whether a query needs it: it is not a character that is part of a pair.
    pub(crate) is_sought: bool,
}

/// All lexemes of a text, in the order of their positions.
pub(crate) fn lexemes(text: &str) -> Vec<Lexeme> {
    let mut cutter = Cutter::new(text);
    while cutter.step() {}
    cutter.lexemes.into()
}

/// The lexemes of a text one by one, for who does not ask which of them a query needs: of a text of millions of
/// characters, all at once take hundreds of megabytes.
pub(crate) struct EachLexeme(Cutter);

impl EachLexeme {
    pub(crate) fn of(text: &str) -> Self {
        Self(Cutter::new(text))
    }
}

impl Iterator for EachLexeme {
    type Item = Lexeme;

    fn next(&mut self) -> Option<Lexeme> {
        while self.0.lexemes.is_empty() && self.0.step() {}
        self.0.lexemes.pop_front()
    }
}

struct Cutter {
    folded: Vec<char>,
    /// For each folded scalar the stored scalar that it comes from.
    origins: Vec<u32>,
    /// Which stored scalars end a line, the first of those that are still to come last.
    line_ends: Vec<u32>,
    next: usize,
    position: usize,
    /// The last lexeme, if it is a character that the next one touches.
    touched: Option<Touched>,
    /// The end of one line was passed since that character.
    is_joined: bool,
    /// What was cut and not yet taken.
    lexemes: VecDeque<Lexeme>,
}

/// A character that touches what follows it.
#[derive(Clone, Copy)]
struct Touched {
    scalar: char,
    position: usize,
    start: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Stands for itself: Han and kana.
    Character,
    /// Part of a word.
    Letter,
    /// As if it were not there: marks, joiners, soft hyphens.
    Invisible,
    /// Between words.
    Other,
}

impl Cutter {
    fn new(text: &str) -> Self {
        let (folded, origins) = fold_for_matching(text);
        let ends = text.chars().enumerate().filter(|(_, scalar)| *scalar == '\n');
        let mut line_ends: Vec<_> = ends.map(|(index, _)| index as u32).collect();
        line_ends.reverse();
        Self {
            folded,
            origins,
            line_ends,
            next: 0,
            position: 0,
            touched: None,
            is_joined: false,
            lexemes: VecDeque::new(),
        }
    }

    /// Goes on by a word or a scalar; false at the end of the text.
    fn step(&mut self) -> bool {
        let Some(scalar) = self.at(0) else { return false };
        let origin = self.origin();
        while self.line_ends.pop_if(|end| *end < origin).is_some() {}
        match kind(scalar) {
            Kind::Invisible => self.next += 1,
            Kind::Character => self.character(scalar),
            Kind::Letter => self.word(),
            Kind::Other if scalar == '.' && self.is_dot_net() => self.word(),
            Kind::Other => {
                // Characters on both sides of the end of a line touch: it was broken where it was full.
                let is_line_end = self.line_ends.last() == Some(&origin);
                if !is_line_end || std::mem::replace(&mut self.is_joined, true) {
                    self.touched = None;
                }
                self.next += 1;
            }
        }
        true
    }

    fn character(&mut self, scalar: char) {
        let (start, end) = (self.origin(), self.origin() + 1);
        let is_sought = self.touched.is_none();
        if let Some(before) = self.touched {
            if let Some(lexeme) = self.lexemes.back_mut() {
                lexeme.is_sought = false;
            }
            self.lexemes.push_back(Lexeme {
                text: [before.scalar, scalar].into_iter().collect(),
                position: before.position,
                start: before.start,
                end,
                is_sought: true,
            });
        }
        let position = self.position;
        self.lexemes.push_back(Lexeme { text: scalar.to_string(), position, start, end, is_sought });
        self.touched = Some(Touched { scalar, position, start });
        self.is_joined = false;
        self.position += 1;
        self.next += 1;
    }

    fn word(&mut self) {
        let start = self.origin();
        let mut end = start;
        let mut text = String::new();
        let mut n_scalars = 0;
        if self.at(0) == Some('.') {
            text.push('.');
            self.next += 1;
        }
        while let Some(scalar) = self.at(0) {
            match kind(scalar) {
                Kind::Letter if n_scalars < MAX_WORD => text.push(plain(scalar)),
                Kind::Letter | Kind::Invisible => {}
                Kind::Character | Kind::Other => break,
            }
            n_scalars += 1;
            end = self.origin() + 1;
            self.next += 1;
        }
        for _ in 0..self.n_suffix(n_scalars) {
            text.extend(self.at(0));
            end = self.origin() + 1;
            self.next += 1;
        }
        self.lexemes.push_back(Lexeme { text, position: self.position, start, end, is_sought: true });
        self.touched = None;
        self.position += 1;
    }

    /// How many of the next signs belong to the word before them: `c++`, `c#`.
    fn n_suffix(&self, n_scalars: usize) -> usize {
        let is_letter = |scalar: char| kind(scalar) == Kind::Letter;
        match (self.at(0), self.at(1), self.at(2)) {
            (Some('+'), Some('+'), Some('+')) => 0,
            // `c++11` has it, `a++b` has not.
            (Some('+'), Some('+'), Some(after)) if is_letter(after) && !after.is_numeric() => 0,
            (Some('+'), Some('+'), _) => 2,
            (Some('#'), after, _) if n_scalars == 1 && !after.is_some_and(is_letter) => 1,
            _ => 0,
        }
    }

    /// Whether the dot belongs to the word after it: `.net`, `asp.net`.
    fn is_dot_net(&self) -> bool {
        (1..).zip("net".chars()).all(|(ahead, scalar)| self.at(ahead) == Some(scalar))
            && self.at(4).is_none_or(|after| kind(after) != Kind::Letter)
    }

    fn at(&self, ahead: usize) -> Option<char> {
        self.folded.get(self.next + ahead).copied()
    }

    fn origin(&self) -> u32 {
        self.origins.get(self.next).copied().unwrap_or_default()
    }
}

fn kind(scalar: char) -> Kind {
    match scalar {
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => {
            Kind::Invisible
        }
        '々' | '〇' | 'ー' | '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' => Kind::Character,
        _ if is_han(scalar) => Kind::Character,
        _ if scalar.is_alphanumeric() => Kind::Letter,
        _ => Kind::Other,
    }
}

fn is_han(scalar: char) -> bool {
    matches!(scalar, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
        || matches!(scalar, '\u{20000}'..='\u{3ffff}')
}

/// A Latin letter without its marks.
fn plain(scalar: char) -> char {
    match scalar {
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
            std::iter::once(scalar).nfd().next().unwrap_or(scalar)
        }
        _ => scalar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each lexeme as `text@position`, those that a query seeks with a star.
    fn cut(text: &str) -> String {
        let show = |lexeme: Lexeme| {
            format!("{}@{}{}", lexeme.text, lexeme.position, if lexeme.is_sought { "*" } else { "" })
        };
        lexemes(text).into_iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_and_characters_take_one_position_each() {
        for (text, expected) in [
            ("", ""),
            ("，。- ", ""),
            ("锂", "锂@0*"),
            ("锂电池", "锂@0 锂电@0* 电@1 电池@1* 池@2"),
            ("LFP电池 BMS", "lfp@0* 电@1 电池@1* 池@2 bms@3*"),
            ("电，池", "电@0* 池@1*"),
            ("电\n池", "电@0 电池@0* 池@1"),
            ("电\n\n池", "电@0* 池@1*"),
            ("电 \n池", "电@0* 池@1*"),
            ("Solid-State", "solid@0* state@1*"),
            ("C++11, C/C++, C#; a+b", "c++@0* 11@1* c@2* c++@3* c#@4* a@5* b@6*"),
            ("ASP.NET node.js .NET. internet.", "asp@0* .net@1* node@2* js@3* .net@4* internet@5*"),
            ("ＢＭＳ Résumé co\u{ad}op", "bms@0* resume@1* coop@2*"),
            ("データ", "デ@0 デー@0* ー@1 ータ@1* タ@2"),
        ] {
            assert_eq!(cut(text), expected, "{text:?}");
            let texts = |lexemes: &mut dyn Iterator<Item = Lexeme>| {
                lexemes.map(|lexeme| (lexeme.text, lexeme.position)).collect::<Vec<_>>()
            };
            assert_eq!(texts(&mut EachLexeme::of(text)), texts(&mut lexemes(text).into_iter()), "{text:?}");
        }
    }

    #[test]
    fn one_by_one_they_do_not_pile_up() {
        let mut each = EachLexeme::of(&"储能电池, BMS ".repeat(1000));
        let mut n_most = 0;
        while each.next().is_some() {
            n_most = n_most.max(each.0.lexemes.len());
        }
        assert_eq!(n_most, 1, "a pair and its second character come together");
    }

    #[test]
    fn lexemes_say_where_they_stand_in_the_stored_text() {
        let found = lexemes("㎏ C++与锂\n电");
        let places = found.iter().map(|it| (it.text.as_str(), it.start, it.end)).collect::<Vec<_>>();
        let expected = [
            ("kg", 0, 1),
            ("c++", 2, 5),
            ("与", 5, 6),
            ("与锂", 5, 7),
            ("锂", 6, 7),
            ("锂电", 6, 9),
            ("电", 8, 9),
        ];
        assert_eq!(places, expected);
    }

    #[test]
    fn a_word_without_end_is_cut() {
        assert_eq!(lexemes(&"x".repeat(1000)).first().map(|it| it.text.len()), Some(MAX_WORD));
    }
}
