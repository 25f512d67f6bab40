//! Operands before an operator (ISO 32000-1, 7.8.2), kept by kind: what an operator takes is known from its name.

use crate::ReadError;
use crate::lexer::{Lexer, Token};

/// How many numbers an operator takes at most; of more the last ones count.
const MAX_NUMBERS: usize = 8;

/// The operands read since the last operator.
#[derive(Debug)]
pub(crate) struct Operands<'a> {
    numbers: [f32; MAX_NUMBERS],
    n_numbers: usize,
    /// The last two names.
    names: [Option<&'a [u8]>; 2],
    /// The last dictionary as written, without its brackets.
    dictionary: Option<&'a [u8]>,
    /// Strings, and the numbers of arrays, in order.
    pub(crate) pieces: Vec<Piece<'a>>,
    is_in_array: bool,
}

/// A part of what `TJ` shows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece<'a> {
    /// Between its parentheses, escapes as written.
    Literal(&'a [u8]),
    /// Between its angle brackets.
    Hex(&'a [u8]),
    /// A move against the direction of writing, in thousandths of the font's size.
    Move(f32),
}

impl<'a> Operands<'a> {
    pub(crate) fn new() -> Self {
        Self {
            numbers: [0.0; MAX_NUMBERS],
            n_numbers: 0,
            names: [None; 2],
            dictionary: None,
            pieces: Vec::with_capacity(64),
            is_in_array: false,
        }
    }

    /// Reads operands up to the next operator, which is given; none at the end of the content.
    #[inline]
    pub(crate) fn read(
        &mut self,
        lexer: &mut Lexer<'a>,
        content: &'a [u8],
        limit: usize,
    ) -> Result<Option<&'a [u8]>, ReadError> {
        self.clear();
        while let Some(token) = lexer.next_token() {
            let piece = match token {
                Token::Number(number) if !self.is_in_array => {
                    self.push_number(number);
                    continue;
                }
                Token::Keyword(operator) => return Ok(Some(operator)),
                Token::Number(number) => Piece::Move(number),
                Token::Literal(raw) => Piece::Literal(raw),
                Token::Hex(raw) => Piece::Hex(raw),
                Token::Name(name) => {
                    self.names = [self.names[1], Some(name)];
                    continue;
                }
                Token::ArrayStart => {
                    self.is_in_array = true;
                    continue;
                }
                Token::ArrayEnd => {
                    self.is_in_array = false;
                    continue;
                }
                Token::DictStart => {
                    self.dictionary = Some(skip_dictionary(lexer, content));
                    continue;
                }
                Token::DictEnd => continue,
            };
            if self.pieces.len() >= limit {
                return Err(ReadError::OverLimit { what: "operands of one operator", limit });
            }
            self.pieces.push(piece);
        }
        Ok(None)
    }

    fn clear(&mut self) {
        self.n_numbers = 0;
        self.names = [None; 2];
        self.dictionary = None;
        self.pieces.clear();
        self.is_in_array = false;
    }

    #[inline]
    fn push_number(&mut self, number: f32) {
        if let Some(slot) = self.numbers.get_mut(self.n_numbers) {
            *slot = number;
        } else {
            self.numbers.rotate_left(1);
            self.numbers[MAX_NUMBERS - 1] = number;
        }
        self.n_numbers += 1;
    }

    /// The numbers outside of arrays; none if there are more than any operator needs.
    pub(crate) fn all_numbers(&self) -> Option<&[f32]> {
        self.numbers.get(..self.n_numbers)
    }

    /// The last numbers outside of arrays; none if there are fewer.
    #[inline]
    pub(crate) fn numbers<const N: usize>(&self) -> Option<[f32; N]> {
        self.numbers.get(..self.n_numbers.min(MAX_NUMBERS))?.last_chunk().copied()
    }

    /// The last name.
    pub(crate) fn name(&self) -> Option<&'a [u8]> {
        self.names[1]
    }

    /// The tag of marked content, and its properties.
    pub(crate) fn tag_and_properties(&self) -> Option<(&'a [u8], Properties<'a>)> {
        match (self.dictionary, self.names) {
            (Some(written), [_, Some(tag)]) => Some((tag, Properties::Written(written))),
            (None, [Some(tag), Some(name)]) => Some((tag, Properties::Named(name))),
            _ => None,
        }
    }
}

/// The properties of marked content.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Properties<'a> {
    /// By their name in the resources.
    Named(&'a [u8]),
    /// As written in the content, without the brackets.
    Written(&'a [u8]),
}

/// Skips to the end of a dictionary and gives what stands between its brackets.
fn skip_dictionary<'a>(lexer: &mut Lexer<'a>, content: &'a [u8]) -> &'a [u8] {
    let start = lexer.position();
    let mut end = start;
    let mut depth = 1;
    while depth > 0 {
        end = lexer.position();
        match lexer.next_token() {
            Some(Token::DictStart) => depth += 1,
            Some(Token::DictEnd) => depth -= 1,
            Some(_) => {}
            None => {
                end = content.len();
                break;
            }
        }
    }
    content.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dictionaries_are_taken_whole() {
        let content = b"<< /A << /B (>>) >> /C 1 >> BDC";
        let mut lexer = Lexer::new(content);
        assert_eq!(lexer.next_token(), Some(Token::DictStart));
        assert_eq!(skip_dictionary(&mut lexer, content), b" /A << /B (>>) >> /C 1 ");
        assert_eq!(lexer.next_token(), Some(Token::Keyword(b"BDC")));
    }
}
