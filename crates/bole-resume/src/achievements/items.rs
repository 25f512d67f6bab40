//! Where the items of a list begin and end, and what of an item is its title.

use bole_core::AchievementKind::{self, Award, Certificate, Publication};

use super::{CERTIFICATES, Extent, Listed, Text, full_width, is_han, width};
use crate::dates::DateMention;

/// A line at least so full (in tenths of the fullest) goes on in the next.
const FULL: usize = 8;

/// A parenthesis that is not closed within so much never is.
const MAX_OPEN: usize = 160;

/// The items of the lines of one list.
pub(super) fn items_of(text: &Text, lines: &[&Listed], kinds: &[AchievementKind]) -> Vec<Extent> {
    let full = full_width(text);
    // In a marked list every item has its mark; a label in front is none.
    let is_marked =
        lines.iter().skip(1).any(|line| line.begins) && lines.first().is_some_and(|line| line.begins);
    let mut items: Vec<Extent> = Vec::new();
    let mut last_width = 0;
    for line in lines {
        let wraps = if is_marked {
            !line.begins
        } else {
            !line.begins && goes_on(text, items.last(), line.extent, last_width, full)
        };
        match items.last_mut().filter(|_| wraps) {
            Some(item) => item.end = line.extent.end,
            None => items.push(line.extent),
        }
        last_width = width(text, line.extent);
    }
    items.into_iter().flat_map(|item| several(text, item, kinds)).collect()
}

/// Whether the line at `next` goes on with the item before it.
fn goes_on(text: &Text, item: Option<&Extent>, next: Extent, last_width: usize, full: usize) -> bool {
    let Some(item) = item else {
        return false;
    };
    let starts_low = text.raw(next).first().is_some_and(|first| first.is_lowercase());
    let last = text.folded_at(item.end.saturating_sub(1));
    let is_open = matches!(last, Some(',' | '-' | '&' | ':' | '、' | '('));
    // `（超视距，多旋` and `翼）`
    let count = |mark: char| text.folded(*item).iter().filter(|&&scalar| scalar == mark).count();
    let is_amid = item.len() <= MAX_OPEN && (count('(') > count(')') || count('《') > count('》'));
    let is_full = full >= 40 && last_width * 10 >= full * FULL;
    let ended = matches!(last, Some('.' | '。' | ';')) || last.is_some_and(|last| last.is_ascii_digit());
    starts_low || is_open || is_amid || (is_full && !ended)
}

/// The pieces of an item that lists several: `；` between them, and for certificates `、` and `,` too.
fn several(text: &Text, item: Extent, kinds: &[AchievementKind]) -> Vec<Extent> {
    let folded = text.folded(item);
    let is_paper_list = kinds == [Publication];
    let cut = |is_cut: &dyn Fn(char) -> bool| -> Vec<Extent> {
        let mut pieces = Vec::new();
        let (mut start, mut depth) = (0, 0_usize);
        for (index, &scalar) in folded.iter().enumerate() {
            match scalar {
                '(' | '《' | '"' if scalar != '"' => depth += 1,
                ')' | '》' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if is_cut(scalar) && depth == 0 {
                pieces.push(Extent::new(item.start + start, item.start + index));
                start = index + 1;
            }
        }
        pieces.push(Extent::new(item.start + start, item.end));
        let is_edge =
            |scalar: char| scalar.is_whitespace() || matches!(scalar, '.' | '。' | ';' | '、' | ',');
        pieces
            .into_iter()
            .map(|piece| text.trim_matches(piece, is_edge))
            .filter(|piece| piece.len() > 1)
            .collect()
    };
    let pieces = cut(&|scalar| matches!(scalar, ';' | '。'));
    let has_year = |piece: &Extent| {
        let digits = text.folded(*piece);
        digits.windows(4).any(|year| {
            year.iter().all(char::is_ascii_digit) && matches!(year, ['1', '9', ..] | ['2', '0', ..])
        })
    };
    let titled = |piece: &Extent| text.folded(*piece).contains(&'《');
    // Authors are listed with `;` as well.
    let sound = !is_paper_list || pieces.iter().all(|piece| has_year(piece) || titled(piece));
    let pieces = if pieces.len() > 1 && sound { pieces } else { vec![item] };
    if !kinds.iter().any(|kind| matches!(kind, Certificate | Award)) {
        return pieces;
    }
    let is_list_mark = |scalar: char| scalar == '、';
    pieces
        .into_iter()
        .flat_map(|piece| {
            let inside = |extent: &Extent| piece.holds(*extent);
            let by_mark: Vec<Extent> = cut(&|scalar| is_list_mark(scalar) || matches!(scalar, ';' | '。'))
                .into_iter()
                .filter(inside)
                .collect();
            let by_comma: Vec<Extent> =
                cut(&|scalar| is_list_mark(scalar) || matches!(scalar, ',' | ';' | '。'))
                    .into_iter()
                    .filter(inside)
                    .collect();
            let is_certificate = |extent: &Extent| {
                let part = text.folded(*extent);
                extent.len() <= 40
                    && (CERTIFICATES.find(part).is_some()
                        || part.last().is_some_and(|last| matches!(last, '证' | '照' | '师')))
            };
            let is_award = |extent: &Extent| {
                let part = text.folded(*extent);
                extent.len() <= 40 && super::AWARDS.find(part).is_some()
            };
            let whole = |pieces: &[Extent]| {
                pieces.len() > 1
                    && (pieces.iter().all(is_certificate)
                        || pieces.iter().all(is_award)
                        || pieces.iter().all(|piece| is_certificate(piece) || is_award(piece)))
            };
            if whole(&by_comma) {
                by_comma
            } else if whole(&by_mark)
                || (by_mark.len() > 1 && kinds == [Certificate] && by_mark.iter().all(|it| it.len() <= 20))
            {
                by_mark
            } else {
                vec![piece]
            }
        })
        .collect()
}

/// What an item is called: in 《》 or quotation marks, or what stands beside dates and the like.
pub(super) fn title_of(text: &Text, item: Extent, kind: AchievementKind, dates: &[&DateMention]) -> Extent {
    let folded = text.folded(item);
    for (open, close) in [('《', '》'), ('"', '"')] {
        let Some(start) = folded.iter().position(|&scalar| scalar == open) else { continue };
        let rest = folded.get(start + 1..).unwrap_or_default();
        if let Some(length) = rest.iter().position(|&scalar| scalar == close).filter(|length| *length > 2) {
            let title = Extent::new(item.start + start + 1, item.start + start + 1 + length);
            return text.trim_matches(title, |scalar| scalar.is_whitespace() || matches!(scalar, ',' | '.'));
        }
    }
    let is_edge = |scalar: char| {
        scalar.is_whitespace() || matches!(scalar, ',' | '.' | ':' | ';' | '-' | '。' | '|' | '(' | '、')
    };
    let mut title = item;
    // A date at either end is not of the title.
    for date in dates {
        let before = text.trim_matches(Extent::new(item.start, date.extent.start), is_edge);
        if before.is_empty() {
            title.start = date.extent.end;
        }
    }
    for date in dates.iter().rev() {
        let after = text
            .trim_matches(Extent::new(date.extent.end, item.end), |scalar| is_edge(scalar) || scalar == ')');
        if after.is_empty() && date.extent.start > title.start {
            title.end = date.extent.start;
        }
    }
    let mut title = text.trim_matches(title, is_edge);
    if kind == Publication {
        title = without_journal(text, title);
    } else if let Some(gap) =
        text.folded(title).windows(2).position(|pair| pair == [' ', ' ']).filter(|gap| *gap > 3)
    {
        title.end = title.start + gap;
    }
    let closes = |extent: Extent| {
        let part = text.folded(extent);
        part.first() == Some(&')') || (part.last() == Some(&')') && !part.contains(&'('))
    };
    if closes(title) {
        title = text.trim_matches(title, |scalar| matches!(scalar, ')') || is_edge(scalar));
    }
    if title.is_empty() { text.trim(item) } else { title }
}

/// `Title. Journal` without what follows the title; authors before it stay, since they cannot be told from it safely.
fn without_journal(text: &Text, title: Extent) -> Extent {
    let folded = text.folded(title);
    let stop = folded.iter().enumerate().position(|(index, &scalar)| {
        let next = folded.get(index + 1);
        let long_before = index >= 8 || (index >= 4 && folded.first().copied().is_some_and(is_han));
        scalar == '.'
            && long_before
            && next == Some(&' ')
            && folded.get(index.saturating_sub(2)) != Some(&' ')
    });
    match stop {
        Some(stop) if stop >= 12 || folded.iter().take(stop).any(|scalar| is_han(*scalar)) => {
            Extent::new(title.start, title.start + stop)
        }
        _ => title,
    }
}

/// What stands behind the title up to the date: a journal, an office, an awarder.
pub(super) fn issuer_of(text: &Text, item: Extent, title: Extent, dates: &[&DateMention]) -> Option<Extent> {
    let until =
        dates.iter().map(|date| date.extent.start).find(|start| *start >= title.end).unwrap_or(item.end);
    let is_edge = |scalar: char| {
        scalar.is_whitespace()
            || matches!(
                scalar,
                ',' | '.' | ':' | ';' | '-' | '》' | '"' | '(' | ')' | '|' | '。' | '、' | '[' | ']'
            )
    };
    let rest = text.trim_matches(Extent::new(title.end, until), is_edge);
    let folded = text.folded(rest);
    // `[J]` is a mark of Chinese references (GB/T 7714).
    let skip = folded.iter().take(4).position(|&scalar| scalar == ']').map_or(0, |mark| mark + 1);
    let rest = text.trim_matches(Extent::new(rest.start + skip, rest.end), is_edge);
    let folded = text.folded(rest);
    let length =
        folded.iter().position(|&scalar| matches!(scalar, ',' | ';' | '。' | '(')).unwrap_or(folded.len());
    let issuer = text.trim_matches(Extent::new(rest.start, rest.start + length), is_edge);
    let n_letters = text.folded(issuer).iter().filter(|scalar| scalar.is_alphabetic()).count();
    (n_letters >= 3 && issuer.len() <= 80).then_some(issuer)
}
