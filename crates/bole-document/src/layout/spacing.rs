//! Words on their lines: letters that are set apart for looks are one word.

use crate::glyph::{Glyph, Style};
use crate::scalar::{is_ideograph, is_wide};

/// A word with the white before it on its line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    /// By position in the glyphs.
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// From the end of what stands before it.
    pub(crate) gap: f32,
    pub(crate) overlaps: bool,
    pub(crate) white: White,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum White {
    None,
    Space,
    Wide,
    /// A cell ends.
    Cells,
}

/// Letters further apart than this part of their size are not one word; ideographs are set wider.
const MAX_LETTER_GAP: f32 = 1.2;
const MAX_IDEOGRAPH_GAP: f32 = 2.2;
/// Labels before a colon are drawn apart to the width of the longest label; words of letters set apart stand further
/// apart than these.
const MAX_GAP: f32 = 3.2;
/// Two ideographs alone are one word if they are not further apart than this.
const MAX_PAIR_GAP: f32 = 1.1;
/// Gaps are even if they differ by at most this part of themselves and of the size: kerning and rounding.
const EVEN_SHARE: f32 = 0.25;
const EVEN_SIZE: f32 = 0.08;
/// So many letters apart are a word, if they are capitals or not.
const MIN_CAPITALS: usize = 4;
const MIN_LETTERS: usize = 6;
const MIN_IDEOGRAPHS: usize = 3;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Ideograph,
}

/// What single glyphs that may be set apart are: `E D U C A T I O N`, `教 育 背 景`.
fn kind(glyph: &Glyph) -> Option<Kind> {
    let scalar = glyph.scalar;
    if !scalar.is_alphanumeric() {
        return (scalar == '&').then_some(Kind::Letter);
    }
    Some(if is_wide(scalar) { Kind::Ideograph } else { Kind::Letter })
}

/// Takes the white out of words whose letters are set evenly apart.
pub(crate) fn join_spaced_words(glyphs: &[Glyph], styles: &[Style], words: &mut [Placed]) {
    let single_kind = |word: &Placed| {
        if word.first == word.last { glyphs.get(word.first).and_then(kind) } else { None }
    };
    join_stretched(glyphs, words);
    let mut from = 0;
    while let Some(first) = words.get(from) {
        let Some(kind_here) = single_kind(first) else {
            from += 1;
            continue;
        };
        let size = glyphs
            .get(first.first)
            .and_then(|glyph| styles.get(glyph.style as usize))
            .map_or(0.0, |style| style.size);
        let max_gap = MAX_GAP * size;
        let mut to = from + 1;
        while let Some(word) = words.get(to)
            && matches!(word.white, White::Space | White::Wide)
            && word.gap <= max_gap
            && single_kind(word) == Some(kind_here)
        {
            to += 1;
        }
        let next = words.get(to).copied();
        match (kind_here, words.get_mut(from..to)) {
            (Kind::Letter, Some(_)) => {
                let ends_with_mark =
                    next.is_some_and(|next| next.gap <= max_gap && is_marked_letter(glyphs, &next));
                to += usize::from(ends_with_mark);
                join_letters(glyphs, words.get_mut(from..to).unwrap_or_default(), size);
            }
            (Kind::Ideograph, Some(run)) => {
                let ends_label = next.is_some_and(|next| {
                    next.white != White::Cells && next.gap <= max_gap && is_label_end(glyphs, &next)
                });
                if join_ideographs(run, next, ends_label, size)
                    && ends_label
                    && let Some(end) = words.get_mut(to)
                {
                    end.white = White::None;
                }
            }
            (_, None) => {}
        }
        from = to;
    }
}

/// A line of ideographs that was stretched to the width of its column has white everywhere, and parts nothing.
fn join_stretched(glyphs: &[Glyph], words: &mut [Placed]) {
    let scalar = |index: usize| glyphs.get(index).map_or(' ', |glyph| glyph.scalar);
    let n_short =
        words.iter().filter(|word| word.last - word.first < 2 && is_ideograph(scalar(word.first))).count();
    if n_short < MIN_STRETCHED || n_short * 4 < words.len() * 3 {
        return;
    }
    let widest = words.iter().skip(1).map(|word| word.gap).fold(0.0, f32::max);
    let narrowest = words.iter().skip(1).map(|word| word.gap).fold(f32::INFINITY, f32::min);
    if widest > MAX_STRETCH * narrowest {
        return;
    }
    for word in words.iter_mut().skip(1).filter(|word| word.white == White::Space) {
        word.white = White::None;
    }
}

/// So many words of one or two ideographs make a stretched line.
const MIN_STRETCHED: usize = 6;
/// Its gaps differ by at most this factor.
const MAX_STRETCH: f32 = 2.0;

/// Whether a word is the last letter of a heading with a mark, as in `S K I L L S :`.
fn is_marked_letter(glyphs: &[Glyph], word: &Placed) -> bool {
    match glyphs.get(word.first..=word.last) {
        Some([last, mark]) => {
            kind(last) == Some(Kind::Letter)
                && matches!(mark.scalar, ':' | '：')
                && word.white != White::Cells
        }
        _ => false,
    }
}

/// Whether a word is the last ideograph of a label, as in `姓 名：`.
fn is_label_end(glyphs: &[Glyph], word: &Placed) -> bool {
    match glyphs.get(word.first..=word.last) {
        Some([last, colon, ..]) => {
            kind(last) == Some(Kind::Ideograph) && matches!(colon.scalar, '：' | ':' | '︰')
        }
        _ => false,
    }
}

fn are_even(gap: f32, unit: f32, size: f32) -> bool {
    (gap - unit).abs() <= EVEN_SHARE * unit + EVEN_SIZE * size
}

/// Letters are joined where they stand as near as most do; a wider gap parts two words.
fn join_letters(glyphs: &[Glyph], run: &mut [Placed], size: f32) {
    if run.len() < MIN_CAPITALS {
        return;
    }
    let letters = || run.iter().filter_map(|word| glyphs.get(word.first));
    let first = run.first().and_then(|word| glyphs.get(word.first)).map(|glyph| glyph.scalar);
    if letters().all(|glyph| Some(glyph.scalar) == first) {
        return;
    }
    let are_capitals = letters().all(|glyph| !glyph.scalar.is_lowercase());
    let has_letters = letters().any(|glyph| glyph.scalar.is_alphabetic());
    if !has_letters || !are_capitals && run.len() < MIN_LETTERS {
        return;
    }
    let mut gaps: Vec<f32> = run.iter().skip(1).map(|word| word.gap).collect();
    let quarter = gaps.len() / 4;
    let unit = *gaps.select_nth_unstable_by(quarter, f32::total_cmp).1;
    let n_even = gaps.iter().filter(|gap| are_even(**gap, unit, size)).count();
    let n_near = gaps.iter().filter(|gap| **gap < unit && !are_even(**gap, unit, size)).count();
    // Each word of at least two letters.
    if n_near > 0 || n_even * 2 < gaps.len() || unit > MAX_LETTER_GAP * size {
        return;
    }
    for word in run.iter_mut().skip(1) {
        if are_even(word.gap, unit, size) {
            word.white = White::None;
        }
    }
}

/// Ideographs are joined if all stand evenly apart, and what follows does not stand as near as they do. Returns whether
/// they were.
fn join_ideographs(run: &mut [Placed], next: Option<Placed>, ends_label: bool, size: f32) -> bool {
    let before = run.first().map_or(White::None, |first| first.white);
    let gap_before = run.first().map_or(0.0, |first| first.gap);
    let gaps =
        || run.iter().skip(1).map(|word| word.gap).chain(next.filter(|_| ends_label).map(|next| next.gap));
    let widest = gaps().fold(0.0, f32::max);
    let narrowest = gaps().fold(f32::INFINITY, f32::min);
    let n_joined = run.len() + usize::from(ends_label);
    if n_joined < 2 || !are_even(widest, narrowest, size) {
        return false;
    }
    let is_apart = |white: White, gap: f32| {
        white == White::Cells || gap > widest * (1.0 + EVEN_SHARE) + EVEN_SIZE * size
    };
    let stands_alone = (before == White::None || is_apart(before, gap_before))
        && (ends_label || next.is_none_or(|next| is_apart(next.white, next.gap)));
    let fits = if ends_label {
        n_joined == 2 || stands_alone || before == White::None
    } else if n_joined >= MIN_IDEOGRAPHS {
        widest <= MAX_IDEOGRAPH_GAP * size && stands_alone
    } else {
        widest <= MAX_PAIR_GAP * size && stands_alone
    };
    if fits {
        for word in run.iter_mut().skip(1) {
            word.white = White::None;
        }
    }
    fits
}
