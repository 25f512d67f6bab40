use std::fmt::Write as _;

use super::board::{Colour, Mark, PAGE_HEIGHT, Style};
use super::dice::Dice;
use super::fonts::{Fonts, Slot, resource_name};

/// How a writer of PDF cuts text into strings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// All of a line that is in one font.
    Whole,
    /// A word at a time, each put in its place.
    Words,
    /// A few glyphs at a time, with small corrections between them.
    Kerned,
}

/// The content stream of a page.
pub(super) fn content(marks: &[Mark], fonts: &mut Fonts, cut: Cut, dice: &mut Dice) -> String {
    let mut out = String::with_capacity(marks.len() * 120);
    for mark in marks {
        match mark {
            Mark::Text { x, y, style, text } => {
                show(&mut out, (*x, PAGE_HEIGHT - y), *style, text, fonts, cut, dice);
            }
            Mark::Area { x, y, width, height, colour } => {
                let y = PAGE_HEIGHT - y - height;
                out.push_str(&fill(*colour));
                writeln!(out, "{} {} {} {} re f", number(*x), number(y), number(*width), number(*height))
                    .ok();
            }
            Mark::Frame { x, y, width, height } => {
                let y = PAGE_HEIGHT - y - height;
                let (x, y, width, height) = (number(*x), number(y), number(*width), number(*height));
                writeln!(out, "0 G 0.6 w {x} {y} {width} {height} re S").ok();
            }
            Mark::Rule { x, y, width, thickness, colour } => {
                let y = number(PAGE_HEIGHT - y);
                let [red, green, blue] = colour.map(part);
                writeln!(
                    out,
                    "{red} {green} {blue} RG {} w {} {y} m {} {y} l S",
                    number(*thickness),
                    number(*x),
                    number(x + width)
                )
                .ok();
            }
            Mark::Photo { x, y, width, height } => {
                let (x, y) = (number(*x), number(PAGE_HEIGHT - y - height));
                writeln!(out, "q {} 0 0 {} {x} {y} cm /Im0 Do Q", number(*width), number(*height)).ok();
            }
        }
    }
    out
}

fn show(
    out: &mut String,
    (mut x, y): (f32, f32),
    style: Style,
    text: &str,
    fonts: &mut Fonts,
    cut: Cut,
    dice: &mut Dice,
) {
    out.push_str("BT\n");
    out.push_str(&fill(style.colour));
    for (slot, piece) in pieces(text, style.bold, fonts, cut) {
        let thick = slot == Slot::ChineseBold && fonts.thickens;
        if thick {
            let [red, green, blue] = style.colour.map(part);
            writeln!(out, "2 Tr {red} {green} {blue} RG {} w", number(style.size / 30.0)).ok();
        }
        writeln!(
            out,
            "/{} {} Tf 1 0 0 1 {} {} Tm",
            resource_name(slot),
            number(style.size),
            number(x),
            number(y)
        )
        .ok();
        if cut == Cut::Kerned {
            out.push('[');
            let scalars: Vec<char> = piece.chars().collect();
            for some in scalars.chunks(5) {
                let some: String = some.iter().collect();
                write!(out, "{}{}", fonts.encode(&some, slot), dice.below(5) as i32 - 2).ok();
            }
            out.push_str("]TJ\n");
        } else {
            writeln!(out, "{} Tj", fonts.encode(piece, slot)).ok();
        }
        if thick {
            out.push_str("0 Tr\n");
        }
        x += fonts.width(piece, style.size, style.bold);
    }
    out.push_str("ET\n");
}

/// Parts of one font each, and of one word each where that is how text is cut.
fn pieces<'t>(text: &'t str, bold: bool, fonts: &Fonts, cut: Cut) -> Vec<(Slot, &'t str)> {
    let mut pieces = Vec::new();
    let mut begun: Option<(usize, Slot)> = None;
    let mut last = ' ';
    for (place, scalar) in text.char_indices() {
        let slot = fonts.slot(scalar, bold);
        let new_word = cut == Cut::Words && last == ' ' && scalar != ' ';
        match begun {
            Some((start, before)) if before != slot || new_word => {
                pieces.extend(text.get(start..place).map(|piece| (before, piece)));
                begun = Some((place, slot));
            }
            Some(_) => {}
            None => begun = Some((place, slot)),
        }
        last = scalar;
    }
    if let Some((start, slot)) = begun {
        pieces.extend(text.get(start..).map(|piece| (slot, piece)));
    }
    pieces
}

fn fill(colour: Colour) -> String {
    let [red, green, blue] = colour.map(part);
    format!("{red} {green} {blue} rg\n")
}

fn part(part: u8) -> String {
    number(f32::from(part) / 255.0)
}

/// With two decimals at most.
fn number(value: f32) -> String {
    let hundredths = (value * 100.0).round() as i32;
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, rest) = (hundredths.abs() / 100, hundredths.abs() % 100);
    match (rest, rest % 10) {
        (0, _) => format!("{sign}{whole}"),
        (_, 0) => format!("{sign}{whole}.{}", rest / 10),
        _ => format!("{sign}{whole}.{rest:02}"),
    }
}
