//! Letters with accents that were composed of two glyphs, one painted over the other, as in TeX's OT1 encoding.

use unicode_normalization::char::compose;

use crate::glyph::{Glyph, Style};

/// The accent overlaps its letter by at least this part of the narrower of the two.
const MIN_OVERLAP: f32 = 0.6;
/// Over a capital an accent is raised by up to this part of the size, and set lower by hardly any.
const MAX_RAISE: f32 = 0.45;
const MAX_DROP: f32 = 0.1;
/// Both are of one size, give or take this part of it.
const SAME_SIZE: f32 = 0.1;

/// The mark that a spacing accent is when it stands over a letter.
fn combining(accent: char) -> Option<char> {
    Some(match accent {
        '`' | '\u{2cb}' => '\u{300}',
        '´' | '\u{2ca}' => '\u{301}',
        '^' | 'ˆ' => '\u{302}',
        '~' | '˜' => '\u{303}',
        '¯' | '\u{2c9}' => '\u{304}',
        '˘' => '\u{306}',
        '˙' => '\u{307}',
        '¨' => '\u{308}',
        '˚' | '°' => '\u{30a}',
        '˝' => '\u{30b}',
        'ˇ' => '\u{30c}',
        '¸' => '\u{327}',
        '˛' => '\u{328}',
        _ => return None,
    })
}

/// The letter with the accent; none if there is no such letter.
fn composed(letter: char, accent: char) -> Option<char> {
    let base = match letter {
        'ı' => 'i',
        'ȷ' => 'j',
        _ => letter,
    };
    compose(base, combining(accent)?)
}

/// Puts each accent together with the letter painted just before or just after it at the same place. Accents that stand
/// alone stay.
pub(crate) fn compose_accents(glyphs: &mut Vec<Glyph>, styles: &[Style]) {
    // Most text has none, which is told at once.
    let may_be = |scalar: char| matches!(scalar, '^' | '`' | '~') || scalar > '\u{a7}';
    let Some(first) =
        glyphs.iter().position(|glyph| may_be(glyph.scalar) && combining(glyph.scalar).is_some())
    else {
        return;
    };
    let rest = glyphs.split_off(first);
    let mut rest = rest.into_iter().peekable();
    while let Some(glyph) = rest.next() {
        if combining(glyph.scalar).is_none() {
            glyphs.push(glyph);
            continue;
        }
        let over = |letter: &Glyph| {
            let scalar = composed(letter.scalar, glyph.scalar)?;
            let overlap = overlap(letter, &glyph, styles).filter(|overlap| *overlap >= MIN_OVERLAP)?;
            Some((overlap, scalar))
        };
        let before = glyphs.last().and_then(over);
        let after = rest.peek().and_then(over);
        // An accent is mostly painted before its letter.
        match (before, after) {
            (before, Some((overlap, scalar))) if before.is_none_or(|(other, _)| other <= overlap) => {
                if let Some(letter) = rest.peek_mut() {
                    letter.scalar = scalar;
                }
            }
            (Some((_, scalar)), _) => {
                if let Some(letter) = glyphs.last_mut() {
                    letter.scalar = scalar;
                }
            }
            _ => glyphs.push(glyph),
        }
    }
}

/// By which part of the narrower of the two the accent and the letter overlap along the line; none if they are not on
/// one line.
fn overlap(letter: &Glyph, accent: &Glyph, styles: &[Style]) -> Option<f32> {
    let style = styles.get(letter.style as usize)?;
    let accent_style = styles.get(accent.style as usize)?;
    if style.degrees != accent_style.degrees
        || (style.size - accent_style.size).abs() > SAME_SIZE * style.size
    {
        return None;
    }
    let (x, y) = (accent.x - letter.x, accent.y - letter.y);
    let along = x * style.cos + y * style.sin;
    let raise = x * style.sin - y * style.cos;
    if !(-MAX_DROP * style.size..=MAX_RAISE * style.size).contains(&raise) {
        return None;
    }
    let shared = (along + accent.width).min(letter.width) - along.max(0.0);
    let narrower = accent.width.min(letter.width);
    (narrower > 0.0).then(|| shared / narrower)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style =
        Style { cos: 1.0, sin: 0.0, degrees: 0, size: 10.0, ascent: 8.0, descent: 2.0, word_gap: 1.5 };

    /// Composes glyphs from (scalar, x, width, raise), all of size 10.
    fn read(style: Style, places: &[(char, f32, f32, f32)]) -> String {
        let mut glyphs: Vec<Glyph> = places
            .iter()
            .map(|(scalar, along, width, raise)| Glyph {
                scalar: *scalar,
                style: 0,
                x: 50.0 + along * style.cos + raise * style.sin,
                y: 50.0 + along * style.sin - raise * style.cos,
                width: *width,
                pen: *width,
            })
            .collect();
        compose_accents(&mut glyphs, &[style]);
        glyphs.iter().map(|glyph| glyph.scalar).collect()
    }

    #[test]
    fn accents_over_letters_are_one_with_them() {
        for (places, expected) in [
            ([('R', 0.0, 7.4, 0.0), ('´', 7.1, 5.0, 0.0), ('e', 7.4, 4.4, 0.0)], "Ré"),
            // Raised over a capital, and slanted.
            ([('´', 0.9, 5.0, 2.5), ('E', 0.0, 6.8, 0.0), ('p', 6.8, 5.5, 0.0)], "Ép"),
            ([('ˆ', -1.1, 5.0, 0.0), ('ı', 0.0, 2.8, 0.0), ('l', 2.8, 2.8, 0.0)], "îl"),
            ([('ˇ', 0.0, 5.0, 0.0), ('ȷ', 0.7, 3.0, 0.0), ('.', 6.0, 2.8, 0.0)], "ǰ."),
            ([('˚', 0.0, 7.5, 1.7), ('A', 0.0, 7.5, 0.0), ('n', 7.5, 5.5, 0.0)], "Ån"),
            // A cedilla is painted after its letter.
            ([('c', 0.0, 4.4, 0.0), ('¸', 0.0, 4.4, 0.0), ('o', 4.4, 5.0, 0.0)], "ço"),
        ] {
            assert_eq!(read(STYLE, &places), expected);
            let turned = Style { cos: 0.0, sin: 1.0, degrees: 90, ..STYLE };
            assert_eq!(read(turned, &places), expected);
        }
    }

    #[test]
    fn accents_that_stand_alone_stay() {
        for places in [
            [('`', 0.0, 3.3, 0.0), ('a', 3.3, 5.0, 0.0), ('`', 8.3, 3.3, 0.0)],
            [('~', 0.0, 5.0, 0.0), ('n', 4.6, 5.0, 0.0), ('a', 9.6, 5.0, 0.0)],
            [('o', 0.0, 5.0, 0.0), ('´', 4.5, 5.0, 0.0), ('o', 9.5, 5.0, 0.0)],
            // Of the line above, or of no such letter.
            [('n', 0.0, 5.0, 0.0), ('~', 0.0, 5.0, 12.0), ('x', 20.0, 5.0, 0.0)],
            [('¨', 0.0, 5.0, 0.0), ('1', 0.0, 5.0, 0.0), ('a', 5.0, 5.0, 0.0)],
            [('´', 0.0, 0.0, 0.0), ('e', 0.0, 4.4, 0.0), ('a', 5.0, 5.0, 0.0)],
        ] {
            let expected: String = places.iter().map(|(scalar, ..)| scalar).collect();
            assert_eq!(read(STYLE, &places), expected);
        }
    }
}
