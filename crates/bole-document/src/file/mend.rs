//! Numbers that no parser takes, as damaged or careless producers write them: lopdf drops the whole object for one.

use memchr::{memchr, memchr2, memmem};

/// An integer of more digits does not fit into 64 bits.
const MAX_DIGITS: usize = 18;
/// What stands in for such a number: a value of another type, as short as any of them.
const NO_NUMBER: &[u8] = b"()";

/// The same file, byte by byte in its place, with an empty string for each number that is none; nothing if there is
/// none of these. Strings and streams stay as they are, and what follows one that does not end.
pub(crate) fn mend_numbers(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut mended: Option<Vec<u8>> = None;
    let mut at = 0;
    while let Some(first) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        at += match first {
            b'(' => string_length(rest),
            b'<' if rest.get(1) == Some(&b'<') => 2,
            b'<' => memchr(b'>', rest).map_or(rest.len(), |end| end + 1),
            b'%' => memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()),
            byte if is_regular(*byte) => {
                let word = rest.get(..regular_length(rest)).unwrap_or(rest);
                if word == b"stream" {
                    memmem::find(rest, b"endstream").map_or(rest.len(), |end| end + b"endstream".len())
                } else {
                    if is_broken_number(word)
                        && let Some(place) =
                            mended.get_or_insert_with(|| bytes.to_vec()).get_mut(at..at + word.len())
                    {
                        place.fill(b' ');
                        place.iter_mut().zip(NO_NUMBER).for_each(|(place, byte)| *place = *byte);
                    }
                    word.len()
                }
            }
            b'/' => 1 + regular_length(rest.get(1..).unwrap_or_default()),
            _ => 1,
        };
    }
    mended
}

fn is_regular(byte: u8) -> bool {
    !matches!(byte, b'\0' | b'\t' | b'\n' | 0x0c | b'\r' | b' ' | b'(' | b')' | b'<' | b'>' | b'[' | b']')
        && !matches!(byte, b'{' | b'}' | b'/' | b'%')
}

fn regular_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !is_regular(*byte)).unwrap_or(bytes.len())
}

/// How long the literal string is that begins here; one that is not closed is all the rest.
fn string_length(bytes: &[u8]) -> usize {
    let (mut depth, mut is_escaped) = (0_usize, false);
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'(' => depth += 1,
            b')' if depth <= 1 => return index + 1,
            b')' => depth -= 1,
            _ => {}
        }
    }
    bytes.len()
}

/// Whether a word is a number of too many digits, has an exponent, or is what languages print for no number.
fn is_broken_number(word: &[u8]) -> bool {
    let unsigned = match word {
        [b'+' | b'-', rest @ ..] => rest,
        _ => word,
    };
    if unsigned.len() < 3 {
        return false;
    }
    if unsigned.iter().all(u8::is_ascii_digit) {
        return unsigned.len() > MAX_DIGITS;
    }
    if !unsigned.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-' | b'#'))
    {
        return false;
    }
    let named = [&b"nan"[..], b"inf", b"infinity", b"1.#ind", b"1.#inf", b"1.#qnan"];
    if named.iter().any(|name| unsigned.eq_ignore_ascii_case(name)) {
        return true;
    }
    let n_digits = unsigned.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    match unsigned.get(n_digits..) {
        Some([b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..]) => {
            n_digits > 0 && !exponent.is_empty() && exponent.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_none_are_replaced_in_place() {
        for (from, to) in [
            ("[0 0 420 99999999999999999999]", Some("[0 0 420 ()                  ]")),
            ("[-NaN 1e999 -1.5E+3]", Some("[()   ()    ()     ]")),
            ("/Rotate inf/A 1.#IND>>", Some("/Rotate () /A ()    >>")),
            ("[0000000015 00000 n 0.123456789012345678901234]", None),
            ("/1e5 (1e5 \\) (1e5) 1e5) <1e5> % 1e5\r/Nan 1E", None),
            ("stream\n1e5 endstream 1e5", Some("stream\n1e5 endstream () ")),
            ("e5 infos 5e5e5 endobj", None),
        ] {
            let mended = mend_numbers(from.as_bytes());
            assert_eq!(mended.as_deref(), to.map(str::as_bytes), "{from}");
        }
    }

    #[test]
    fn strings_that_do_not_end_cost_no_more_than_their_length() {
        assert_eq!(mend_numbers(&b"(".repeat(1 << 20)), None);
        assert_eq!(mend_numbers(&b"<1e5 ".repeat(1 << 18)), None);
    }
}
