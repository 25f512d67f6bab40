//! Things placed on a page: words, rules, boxes, colours, turned and spaced.

use std::fmt::Write;

use crate::page::content;

/// How many bytes one thing has: what it is, its place, and what else is to be said of it.
pub(crate) const THING_BYTES: usize = 6;

/// What stands on resumes, as strings of the fonts of [`content`].
const WORDS: [(&str, &str); 16] = [
    ("F0", "(Engineer)"),
    ("F0", "(a)"),
    ("F0", "(of)"),
    ("F0", "(develop-)"),
    ("F0", "(ment, 2019 - 2024)"),
    ("F0", "( )"),
    ("F0", "(     wide     )"),
    ("F0", "(\\225)"),
    ("F0", "(A long line of words that goes from one side to the other, as in a summary)"),
    ("F1", "(spaced)"),
    ("F1", "(e\\241)"),
    ("F4", "<b5e7b3d8b9a4b3ccca6d>"),
    ("F4", "<d0d5c3fba3ba>"),
    ("F4", "<a1a1>"),
    ("F5", "<00410042006000610062>"),
    ("F7", "<caf9c5c5cef7>"),
];

/// Six bytes for each thing; what is over is left out.
pub fn layout(data: &[u8]) {
    let mut drawn = String::from("/F0 10 Tf ");
    for thing in data.chunks_exact(THING_BYTES).take(4000) {
        draw(thing, &mut drawn).unwrap();
    }
    content(drawn.as_bytes());
}

fn draw(thing: &[u8], drawn: &mut String) -> std::fmt::Result {
    let number = |index: usize| i32::from(thing[index]);
    // A little over the page on each side.
    let (x, y) = (number(1) * 5 / 2 - 10, 830 - number(2) * 7 / 2);
    let (more, other, last) = (number(3), number(4), number(5));
    match thing[0] % 12 {
        0..=4 => {
            let (font, word) = WORDS[more as usize % WORDS.len()];
            // Most text is as large as on resumes.
            let size = [10, 10, 9, 12, 8, 11, 24, other][other as usize % 8];
            write!(drawn, "BT /{font} {size} Tf 1 0 0 1 {x} {y} Tm {word} Tj ET ", y = y + last % 4)
        }
        5 => {
            let (font, word) = WORDS[more as usize % WORDS.len()];
            let (sine, cosine) = (f64::from(other) / 128.0 * std::f64::consts::PI).sin_cos();
            write!(
                drawn,
                "BT /{font} {last} Tf {cosine:.4} {sine:.4} {:.4} {cosine:.4} {x} {y} Tm {word} Tj ET ",
                -sine
            )
        }
        6 => write!(drawn, "{x} {y} m {} {y} l S ", x + more * 2),
        7 => write!(drawn, "{x} {y} m {x} {} l S ", y + more * 3),
        8 => write!(
            drawn,
            "{x} {y} {} {} re {} ",
            more * 2,
            other,
            ["S", "f", "f*", "B", "W n"][last as usize % 5]
        ),
        9 => write!(
            drawn,
            "{:.2} {:.2} {:.2} rg ",
            more as f32 / 255.0,
            other as f32 / 255.0,
            last as f32 / 255.0
        ),
        10 => write!(drawn, "{} Tc {} Tw {} Tz ", more as f32 / 32.0 - 2.0, other as f32 / 16.0, 50 + last),
        _ => drawn.write_str(
            ["q ", "Q ", "/X0 Do ", "0 1 -1 0 600 0 cm ", "3 Tr ", "0 Tr ", "/G0 gs ", "/G3 gs "]
                [more as usize % 8],
        ),
    }
}
