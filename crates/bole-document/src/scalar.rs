/// Appends what is stored for one scalar of a font's mapping: ligatures expanded, every white space one plain space,
/// control and format characters and soft hyphens dropped, what no character may be as U+FFFD.
pub(crate) fn push_stored(scalar: char, into: &mut Vec<char>) {
    if matches!(scalar, ' '..='~') {
        into.push(scalar);
        return;
    }
    let expanded: &[char] = match scalar {
        '\u{fb00}' => &['f', 'f'],
        '\u{fb01}' => &['f', 'i'],
        '\u{fb02}' => &['f', 'l'],
        '\u{fb03}' => &['f', 'f', 'i'],
        '\u{fb04}' => &['f', 'f', 'l'],
        '\u{fb05}' | '\u{fb06}' => &['s', 't'],
        // The bullets of Symbol and Wingdings, which word processors map to private use.
        '\u{f0b7}' => &['•'],
        '\u{f0a7}' | '\u{f06e}' => &['▪'],
        '\u{f0d8}' => &['➢'],
        '\u{f0fc}' => &['✓'],
        '\u{f0fe}' => &['☑'],
        '\u{f076}' => &['❖'],
        '\u{f06c}' => &['●'],
        '\u{f0a8}' | '\u{f06f}' => &['□'],
        '\u{f020}' => &[' '],
        _ if scalar.is_whitespace() => &[' '],
        _ if is_dropped(scalar) => &[],
        _ if is_no_character(scalar) => &['\u{fffd}'],
        _ => {
            into.push(scalar);
            return;
        }
    };
    into.extend_from_slice(expanded);
}

fn is_dropped(scalar: char) -> bool {
    scalar.is_control()
        || matches!(scalar,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

fn is_no_character(scalar: char) -> bool {
    matches!(scalar, '\u{fdd0}'..='\u{fdef}') || (scalar as u32) & 0xfffe == 0xfffe
}

/// Han, kana, hangul, and the punctuation and full-width forms set among them: no spaces between, and one box for a
/// stretch of them.
pub(crate) fn is_wide(scalar: char) -> bool {
    // Most text is below all of them.
    scalar >= '\u{2e80}'
        && matches!(scalar,
        '\u{2e80}'..='\u{303f}' | '\u{3040}'..='\u{30ff}' | '\u{3100}'..='\u{31ff}' | '\u{3200}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// Han, which is set without white, unlike the kana and the punctuation among it.
pub(crate) fn is_ideograph(scalar: char) -> bool {
    matches!(scalar, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Marks that join the character before.
pub(crate) fn is_mark(scalar: char) -> bool {
    scalar > '\u{2ff}' && unicode_normalization::char::is_combining_mark(scalar)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_forms() {
        for (scalar, expected) in [
            ('a', "a"),
            ('ﬃ', "ffi"),
            ('\u{a0}', " "),
            ('\u{3000}', " "),
            ('\t', " "),
            ('\u{ad}', ""),
            ('\0', ""),
            ('\u{200b}', ""),
            ('\u{ffff}', "\u{fffd}"),
            ('锂', "锂"),
            ('㎏', "㎏"),
            ('\u{f0b7}', "•"),
            ('\u{e123}', "\u{e123}"),
        ] {
            let mut stored = Vec::new();
            push_stored(scalar, &mut stored);
            assert_eq!(stored.iter().collect::<String>(), expected, "{scalar:?}");
        }
    }
}
