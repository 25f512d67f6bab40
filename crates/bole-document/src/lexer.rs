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
    /// What is left. Taking it apart by patterns costs no checks of bounds.
    rest: &'a [u8],
    n_bytes: usize,
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
        Self { rest: bytes, n_bytes: bytes.len() }
    }

    pub(crate) fn position(&self) -> usize {
        self.n_bytes - self.rest.len()
    }

    pub(crate) fn skip_to(&mut self, position: usize) {
        let n_skipped = position.saturating_sub(self.position());
        self.rest = self.rest.get(n_skipped..).unwrap_or_default();
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next token; none at the end.
    #[expect(
        clippy::inline_always,
        reason = "a third of the time of a page goes by here, half of it in calls"
    )]
    #[inline(always)]
    pub(crate) fn next_token(&mut self) -> Option<Token<'a>> {
        while let [byte, after @ ..] = self.rest {
            match *byte {
                b'\0' | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ' | b')' | b'{' | b'}' => self.rest = after,
                b'0'..=b'9' => return Some(Token::Number(self.number())),
                b'+' | b'-' | b'.' => return Some(Token::Number(self.signed_number())),
                b'%' => {
                    let length = memchr::memchr2(b'\n', b'\r', after).unwrap_or(after.len());
                    self.rest = after.get(length..).unwrap_or_default();
                }
                b'/' => {
                    self.rest = after;
                    return Some(Token::Name(self.take_regular()));
                }
                b'(' => {
                    self.rest = after;
                    return Some(self.literal());
                }
                b'[' => {
                    self.rest = after;
                    return Some(Token::ArrayStart);
                }
                b']' => {
                    self.rest = after;
                    return Some(Token::ArrayEnd);
                }
                b'<' => {
                    if let [b'<', after @ ..] = after {
                        self.rest = after;
                        return Some(Token::DictStart);
                    }
                    self.rest = after;
                    return Some(self.hex());
                }
                b'>' => {
                    self.rest = after;
                    if let [b'>', after @ ..] = after {
                        self.rest = after;
                        return Some(Token::DictEnd);
                    }
                }
                _ => return Some(Token::Keyword(self.keyword())),
            }
        }
        None
    }

    /// What begins with a regular character; most operators have two.
    #[inline]
    fn keyword(&mut self) -> &'a [u8] {
        if let [first, second, b' ' | b'\n', after @ ..] = self.rest
            && class(*second) == REGULAR
        {
            let keyword = self.rest.get(..2).unwrap_or(std::slice::from_ref(first));
            self.rest = after;
            return keyword;
        }
        self.take_regular()
    }

    #[inline]
    fn take_regular(&mut self) -> &'a [u8] {
        let mut after = self.rest;
        while let [byte, rest @ ..] = after
            && class(*byte) == REGULAR
        {
            after = rest;
        }
        let taken = self.rest.get(..self.rest.len() - after.len()).unwrap_or_default();
        self.rest = match after {
            [b' ' | b'\n', after @ ..] => after,
            _ => after,
        };
        taken
    }

    /// A number that begins with a digit.
    #[inline]
    fn number(&mut self) -> f32 {
        let start = self.rest;
        let (whole, rest) = digits(start, 0);
        // Mostly a space follows; taken here it costs no round of its own.
        if let [b' ' | b'\n', after @ ..] = rest
            && start.len() - rest.len() <= MAX_DIGITS
        {
            self.rest = after;
            return whole as i64 as f32;
        }
        self.number_from(start, whole, rest)
    }

    /// A number that begins with signs, of which one minus makes it negative, or with a point.
    fn signed_number(&mut self) -> f32 {
        let mut rest = self.rest;
        let mut negative = false;
        while let [sign @ (b'+' | b'-'), after @ ..] = rest {
            negative |= *sign == b'-';
            rest = after;
        }
        let (whole, after) = digits(rest, 0);
        let magnitude = self.number_from(rest, whole, after);
        if negative { -magnitude } else { magnitude }
    }

    /// The number that begins at `start` with the digits of `whole`, from `rest` on. What begins like a number and is
    /// none is read as far as it goes, as others do (`1.2.3`, `--5`, `12-34`).
    fn number_from(&mut self, start: &'a [u8], whole: u64, rest: &'a [u8]) -> f32 {
        let mut rest = rest;
        let mut mantissa = whole;
        let mut n_digits = start.len() - rest.len();
        let mut scale = None;
        if let [b'.', after @ ..] = rest {
            (mantissa, rest) = digits(after, whole);
            let n_decimals = after.len() - rest.len();
            n_digits += n_decimals;
            scale = TENTHS.get(n_decimals);
        }
        let number = match scale {
            _ if n_digits > MAX_DIGITS => {
                long_number(start.get(..start.len() - rest.len()).unwrap_or_default())
            }
            Some(scale) => (mantissa as i64 as f64 * scale) as f32,
            None => mantissa as i64 as f32,
        };
        match rest {
            [b' ' | b'\n', after @ ..] => rest = after,
            // Whatever clings to the number belongs to it, unless it is an operator written without a space.
            [byte, ..] if class(*byte) == REGULAR && !(n_digits > 0 && byte.is_ascii_alphabetic()) => {
                while let [byte, after @ ..] = rest
                    && class(*byte) == REGULAR
                {
                    rest = after;
                }
            }
            _ => {}
        }
        self.rest = rest;
        number
    }

    /// From behind the opening bracket to the closing one, mostly four digits on.
    #[inline]
    fn hex(&mut self) -> Token<'a> {
        let start = self.rest;
        if let [digits @ .., b'>'] = start.get(..5).unwrap_or_default()
            && !digits.contains(&b'>')
        {
            self.rest = start.get(5..).unwrap_or_default();
            return Token::Hex(digits);
        }
        let mut rest = start;
        while let [byte, after @ ..] = rest {
            if *byte == b'>' {
                self.rest = after;
                return Token::Hex(start.get(..start.len() - rest.len()).unwrap_or_default());
            }
            rest = after;
        }
        self.rest = rest;
        Token::Hex(start)
    }

    /// From behind the opening parenthesis to the one that closes it.
    fn literal(&mut self) -> Token<'a> {
        let start = self.rest;
        let mut rest = start;
        let mut depth = 1;
        while let [byte, after @ ..] = rest {
            match byte {
                b'\\' => {
                    rest = after.get(1..).unwrap_or_default();
                    continue;
                }
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.rest = after;
                return Token::Literal(start.get(..start.len() - rest.len()).unwrap_or_default());
            }
            rest = after;
        }
        self.rest = rest;
        Token::Literal(start)
    }
}

/// Reads digits behind those of `value`; that there are too many is for the caller to see.
#[inline]
fn digits(bytes: &[u8], value: u64) -> (u64, &[u8]) {
    let (mut value, mut rest) = (value, bytes);
    while let [digit @ b'0'..=b'9', after @ ..] = rest {
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        rest = after;
    }
    (value, rest)
}

/// A number of more digits than a mantissa holds.
#[cold]
fn long_number(written: &[u8]) -> f32 {
    std::str::from_utf8(written).ok().and_then(|written| written.parse().ok()).unwrap_or(0.0)
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

/// The value of each hexadecimal digit; more than 15 for all other bytes.
static DIGITS: [u8; 256] = digit_values();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, over indices below the length")]
const fn digit_values() -> [u8; 256] {
    let mut digits = [0xff; 256];
    let mut value = 0;
    while value < 16 {
        let digit = b"0123456789abcdef"[value as usize];
        digits[digit as usize] = value;
        digits[digit.to_ascii_uppercase() as usize] = value;
        value += 1;
    }
    digits
}

#[inline]
fn digit(byte: u8) -> u8 {
    DIGITS.get(usize::from(byte)).copied().unwrap_or(0xff)
}

/// The two bytes that a hexadecimal string of four digits stands for.
#[inline]
pub(crate) fn unescape_two(raw: &[u8]) -> Option<[u8; 2]> {
    let digits = <[u8; 4]>::try_from(raw).ok()?.map(digit);
    let [first, second, third, fourth] = digits;
    (first | second | third | fourth <= 15).then_some([first << 4 | second, third << 4 | fourth])
}

/// Appends the bytes that a hexadecimal string stands for; a missing last digit is 0.
#[inline]
pub(crate) fn unescape_hex(raw: &[u8], into: &mut Vec<u8>) {
    let mut rest = raw;
    while let [high, low, after @ ..] = rest {
        let (high, low) = (digit(*high), digit(*low));
        if (high | low) > 15 {
            break;
        }
        into.push(high << 4 | low);
        rest = after;
    }
    // White space between digits is rare.
    let mut high = None;
    for digit in rest.iter().map(|byte| digit(*byte)).filter(|digit| *digit <= 15) {
        high = match high {
            None => Some(digit << 4),
            Some(high) => {
                into.push(high | digit);
                None
            }
        };
    }
    into.extend(high);
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
            ("0.000000000000000000001", 1e-21),
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
        assert_eq!(unescape_two(b"4e2D"), Some([0x4e, 0x2d]));
        assert_eq!((unescape_two(b"4e2"), unescape_two(b"4e2 "), unescape_two(b"")), (None, None, None));
        unescape_hex(b"4 1x4\n25", &mut bytes);
        assert_eq!(bytes, b"AB\x50");
    }
}
