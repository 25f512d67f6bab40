/// One token of a content stream or a character map. Borrows from the stream and allocates nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Token<'a> {
    Number(f32),
    /// Without the slash, escapes as written.
    Name(&'a [u8]),
    /// Between the parentheses, escapes as written.
    Literal(&'a [u8]),
    /// Between the angle brackets.
    Hex(&'a [u8]),
    ArrayStart,
    ArrayEnd,
    DictStart,
    DictEnd,
    /// An operator, or `true`, `false`, `null`.
    Keyword(&'a [u8]),
}

/// Walks bytes in the syntax of ISO 32000-1, 7.2 and 7.3. It never fails: what is no token is skipped.
#[derive(Clone, Debug)]
pub(crate) struct Lexer<'a> {
    bytes: &'a [u8],
    position: usize,
}

const REGULAR: u8 = 0;
const SPACE: u8 = 1;
const DELIMITER: u8 = 2;

static CLASSES: [u8; 256] = classes();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, over indices below the length")]
const fn classes() -> [u8; 256] {
    let mut classes = [REGULAR; 256];
    let spaces = b"\0\t\n\x0c\r ";
    let delimiters = b"()<>[]{}/%";
    let mut index = 0;
    while index < spaces.len() {
        classes[spaces[index] as usize] = SPACE;
        index += 1;
    }
    index = 0;
    while index < delimiters.len() {
        classes[delimiters[index] as usize] = DELIMITER;
        index += 1;
    }
    classes
}

#[inline]
fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(REGULAR)
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn skip_to(&mut self, position: usize) {
        self.position = position.max(self.position);
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    /// The next token; none at the end.
    #[inline]
    pub(crate) fn next_token(&mut self) -> Option<Token<'a>> {
        loop {
            let byte = *self.bytes.get(self.position)?;
            match byte {
                b'\0' | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ' | b')' | b'{' | b'}' => self.position += 1,
                b'0'..=b'9' | b'+' | b'-' | b'.' => return Some(self.number_or_keyword()),
                b'%' => self.skip_comment(),
                b'/' => {
                    self.position += 1;
                    return Some(Token::Name(self.take_regular()));
                }
                b'(' => return Some(self.literal()),
                b'[' => return Some(self.single(Token::ArrayStart)),
                b']' => return Some(self.single(Token::ArrayEnd)),
                b'<' if self.bytes.get(self.position + 1) == Some(&b'<') => {
                    self.position += 2;
                    return Some(Token::DictStart);
                }
                b'<' => return Some(self.hex()),
                b'>' => {
                    self.position += 1;
                    if self.bytes.get(self.position) == Some(&b'>') {
                        self.position += 1;
                        return Some(Token::DictEnd);
                    }
                }
                _ => return Some(Token::Keyword(self.take_regular())),
            }
        }
    }

    fn single(&mut self, token: Token<'a>) -> Token<'a> {
        self.position += 1;
        token
    }

    #[inline]
    fn take_regular(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| class(*byte) != REGULAR).unwrap_or(rest.len());
        self.position += length;
        rest.get(..length).unwrap_or_default()
    }

    fn skip_comment(&mut self) {
        let rest = self.rest();
        self.position += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    }

    /// A number; what begins like one and is none is read as far as it goes, as others do (`1.2.3`, `--5`, `12-34`).
    #[inline]
    fn number_or_keyword(&mut self) -> Token<'a> {
        let rest = self.rest();
        let mut index = 0;
        let mut negative = false;
        while let Some(sign @ (b'+' | b'-')) = rest.get(index) {
            negative |= *sign == b'-';
            index += 1;
        }
        let first_digit = index;
        let mut mantissa: u64 = 0;
        // Fifteen digits are more than the result can hold, and cannot overflow.
        while let Some(digit @ b'0'..=b'9') = rest.get(index)
            && index < first_digit + MAX_DIGITS
        {
            mantissa = mantissa * 10 + u64::from(digit - b'0');
            index += 1;
        }
        let mut n_digits = index - first_digit;
        let mut is_plain = true;
        let mut scale = 1.0_f64;
        while n_digits == MAX_DIGITS
            && let Some(b'0'..=b'9') = rest.get(index)
        {
            is_plain = false;
            scale *= 10.0;
            index += 1;
        }
        if rest.get(index) == Some(&b'.') {
            index += 1;
            let first_decimal = index;
            while let Some(digit @ b'0'..=b'9') = rest.get(index) {
                if n_digits < MAX_DIGITS {
                    mantissa = mantissa * 10 + u64::from(digit - b'0');
                    n_digits += 1;
                    is_plain = false;
                    scale = TENTHS.get(index + 1 - first_decimal).copied().unwrap_or(0.0);
                }
                index += 1;
            }
        }
        // Whatever clings to the number belongs to it, unless it is an operator written without a space.
        if let Some(&byte) = rest.get(index)
            && class(byte) == REGULAR
            && !(n_digits > 0 && byte.is_ascii_alphabetic())
        {
            while rest.get(index).is_some_and(|byte| class(*byte) == REGULAR) {
                index += 1;
            }
        }
        self.position += index.max(1);
        let magnitude = if is_plain { mantissa as f32 } else { (mantissa as f64 * scale) as f32 };
        Token::Number(if negative { -magnitude } else { magnitude })
    }

    fn literal(&mut self) -> Token<'a> {
        let rest = self.rest();
        let mut depth = 1;
        let mut index = 1;
        while let Some(offset) = rest
            .get(index..)
            .and_then(|rest| rest.iter().position(|byte| matches!(byte, b'(' | b')' | b'\\')))
        {
            index += offset;
            match rest.get(index) {
                Some(b'\\') => index += 1,
                Some(b'(') => depth += 1,
                _ => depth -= 1,
            }
            if depth == 0 {
                self.position += index + 1;
                return Token::Literal(rest.get(1..index).unwrap_or_default());
            }
            index += 1;
        }
        self.position = self.bytes.len();
        Token::Literal(rest.get(1..).unwrap_or_default())
    }

    fn hex(&mut self) -> Token<'a> {
        let rest = self.rest().get(1..).unwrap_or_default();
        let length = memchr::memchr(b'>', rest).unwrap_or(rest.len());
        self.position = (self.position + length + 2).min(self.bytes.len());
        Token::Hex(rest.get(..length).unwrap_or_default())
    }
}

/// How many digits of a number count.
const MAX_DIGITS: usize = 15;

const TENTHS: [f64; 16] =
    [1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15];

/// Appends the bytes that a literal string stands for (ISO 32000-1, 7.3.4.2).
pub(crate) fn unescape_literal(raw: &[u8], into: &mut Vec<u8>) {
    let mut rest = raw;
    while let Some(offset) = memchr::memchr2(b'\\', b'\r', rest) {
        let (plain, escaped) = rest.split_at(offset);
        into.extend_from_slice(plain);
        rest = match escaped {
            // A line end of any kind is one line feed; after a backslash it is none.
            [b'\r', b'\n', rest @ ..] | [b'\r', rest @ ..] => {
                into.push(b'\n');
                rest
            }
            [b'\\', b'\r', b'\n', rest @ ..] | [b'\\', b'\r' | b'\n', rest @ ..] => rest,
            [b'\\', first @ b'0'..=b'7', rest @ ..] => {
                let mut code = u32::from(first - b'0');
                let mut rest = rest;
                for _ in 0..2 {
                    if let [digit @ b'0'..=b'7', after @ ..] = rest {
                        code = code * 8 + u32::from(digit - b'0');
                        rest = after;
                    }
                }
                into.push(code as u8);
                rest
            }
            [b'\\', letter, rest @ ..] => {
                into.push(match letter {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 12,
                    other => *other,
                });
                rest
            }
            _ => &[],
        };
    }
    into.extend_from_slice(rest);
}

/// Appends the bytes that a hexadecimal string stands for; a missing last digit is 0.
pub(crate) fn unescape_hex(raw: &[u8], into: &mut Vec<u8>) {
    let mut high = None;
    for byte in raw {
        let Some(digit) = (*byte as char).to_digit(16) else {
            continue;
        };
        high = match high {
            None => Some(digit << 4),
            Some(high) => {
                into.push((high | digit) as u8);
                None
            }
        };
    }
    if let Some(high) = high {
        into.push(high as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::Token::{ArrayEnd, ArrayStart, DictEnd, DictStart, Hex, Keyword, Literal, Name, Number};
    use super::*;

    #[test]
    fn tokens_of_content() {
        let mut lexer =
            Lexer::new(b"q 1 0 0 -1.5 .25 +7 cm/F1 12 Tf[(a\\)b)-120<4 1>]TJ % no\n0g<</A true>>BDC");
        let mut tokens = Vec::new();
        while let Some(token) = lexer.next_token() {
            tokens.push(token);
        }
        assert_eq!(
            tokens,
            [
                Keyword(b"q"),
                Number(1.0),
                Number(0.0),
                Number(0.0),
                Number(-1.5),
                Number(0.25),
                Number(7.0),
                Keyword(b"cm"),
                Name(b"F1"),
                Number(12.0),
                Keyword(b"Tf"),
                ArrayStart,
                Literal(b"a\\)b"),
                Number(-120.0),
                Hex(b"4 1"),
                ArrayEnd,
                Keyword(b"TJ"),
                Number(0.0),
                Keyword(b"g"),
                DictStart,
                Name(b"A"),
                Keyword(b"true"),
                DictEnd,
                Keyword(b"BDC"),
            ]
        );
    }

    #[test]
    fn odd_numbers_are_read_as_far_as_they_go() {
        for (text, expected) in [
            ("--5", -5.0),
            ("1.2.3", 1.2),
            ("12-34", 12.0),
            ("4.", 4.0),
            ("-", 0.0),
            ("0.000000000000000000001", 0.0),
            ("123456789012345678901", 1.234_567_9e20),
        ] {
            let mut lexer = Lexer::new(text.as_bytes());
            assert_eq!(lexer.next_token(), Some(Number(expected)), "{text}");
            assert_eq!(lexer.next_token(), None, "{text}");
        }
    }

    #[test]
    fn strings_are_unescaped() {
        for (raw, expected) in [
            (&b"a\\(b\\)\\\\"[..], &b"a(b)\\"[..]),
            (b"\\101\\7\\0601", b"A\x0701"),
            (b"a\\\r\nb\r\nc", b"ab\nc"),
            (b"\\n\\q\\", b"\nq"),
        ] {
            let mut bytes = Vec::new();
            unescape_literal(raw, &mut bytes);
            assert_eq!(bytes, expected);
        }
        let mut bytes = Vec::new();
        unescape_hex(b"4 1x4\n25", &mut bytes);
        assert_eq!(bytes, b"AB\x50");
    }
}
