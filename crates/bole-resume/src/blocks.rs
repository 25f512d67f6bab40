//! Where entries begin: at the lines of their headers, shown by dates.

use crate::dates::{DateMention, REVERSED, SINCE};
use crate::headers::read_header;
use crate::pieces::is_head_of_table;
use crate::text::{Extent, Line, Text, is_bullet, is_han};

/// An entry before its header is read, in lines of its part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    /// The first line of the header.
    pub(crate) first: usize,
    /// The line that its dates, or else its header, end on.
    pub(crate) header_end: usize,
    pub(crate) dates: Option<DateMention>,
}

/// At most so many lines of a header stand before the dates.
const MAX_LEAD: usize = 3;

/// A header is at most so long: Latin letters, Chinese characters.
const MAX_HEADER_LATIN: usize = 110;
const MAX_HEADER_HAN: usize = 45;

/// What ends the name of an employer with a point.
const ABBREVIATIONS: &[&str] =
    &["inc.", "ltd.", "co.", "corp.", "kft.", " s.a.", "l.l.c.", " b.v.", " n.v.", "s.p.a.", "s.r.l."];

/// A line of a header that is wrapped is at least so long, and its rest at most.
const MIN_WRAPPED: usize = 50;
const MAX_REST: usize = 40;

/// A date of a header begins within the first so many scalars of a long line.
const MAX_BEFORE_DATES: usize = 150;

/// Entries that begin at dates. `mixed`: the part holds other things too.
pub(crate) fn dated_blocks(text: &Text, lines: &[Line], dates: &[DateMention], mixed: bool) -> Vec<Block> {
    // An end before the start still shows where an entry begins.
    let is_range = |date: &&DateMention| date.is_range || date.confidence == REVERSED;
    let ranges: Vec<&DateMention> = dates.iter().filter(is_range).collect();
    let mut anchors = anchors_of(text, lines, &ranges, false);
    if anchors.is_empty() {
        anchors = anchors_of(text, lines, &ranges, true);
        // `■ Job` and the `•` items below it.
        let mark_of = |line: usize| lines.get(line).and_then(|line| text.folded_at(line.extent.start));
        let first = anchors.first().and_then(|&(line, ..)| mark_of(line));
        anchors.retain(|&(line, ..)| mark_of(line) == first);
    }
    if !anchors.is_empty() && !mixed {
        let complete = complete_singles(text, lines, dates, &anchors);
        anchors.extend(complete);
        anchors.sort_by_key(|&(line, ..)| line);
    }
    if anchors.is_empty() {
        let singles: Vec<&DateMention> =
            dates.iter().filter(|date| stands_at_edge(text, lines, date)).collect();
        anchors = anchors_of(text, lines, &singles, false);
    }
    let Some(&(first_line, ..)) = anchors.first() else {
        return Vec::new();
    };
    let lead = lead_of_first(text, lines, first_line, mixed);
    let mut blocks: Vec<Block> = Vec::with_capacity(anchors.len());
    let mut free_from = 0;
    for (line, last, date) in anchors {
        // Dates on a line of their own have their header before them, whatever the first entry does.
        let is_alone = lines.get(line).is_some_and(|line| stands_alone(text, line.extent, date));
        let is_complete = lines.get(last + 1).is_some_and(|next| is_header_like(text, next.extent));
        let lead = if is_alone && !is_complete { lead.max(1) } else { lead };
        let mut first = line;
        let mut n_left = lead;
        while n_left > 0 && first > free_from {
            let Some(candidate) = lines.get(first - 1) else { break };
            let is_cut = first == line && is_alone && is_cut_at_dates(text, candidate.extent);
            if is_header_like(text, candidate.extent) || is_cut {
                n_left -= 1;
            } else if first < free_from + 2 || !is_rest_of_header(text, lines, first - 1) {
                break;
            }
            first -= 1;
        }
        blocks.push(Block { first, header_end: last, dates: Some(*date) });
        free_from = last + 1;
    }
    blocks
}

/// The first and last line of a date that opens an entry.
type Anchor<'a> = (usize, usize, &'a DateMention);

/// Entries with one date among others with ranges: a line after a gap that names employer and title.
fn complete_singles<'a>(
    text: &Text,
    lines: &[Line],
    dates: &'a [DateMention],
    anchors: &[Anchor],
) -> Vec<Anchor<'a>> {
    let mut found: Vec<Anchor> = Vec::new();
    for date in dates.iter().filter(|date| !date.is_range && date.confidence != REVERSED) {
        let place = lines.partition_point(|line| line.extent.start <= date.extent.start).checked_sub(1);
        let Some((place, line)) = place.and_then(|place| Some((place, lines.get(place)?))) else {
            continue;
        };
        let near = |&(first, last, _): &Anchor| first <= place + 1 && place <= last;
        let is_free = !anchors.iter().any(near) && found.last().is_none_or(|&(known, ..)| known < place);
        if (line.blank_before || place == 0) && is_free && stands_at_edge(text, lines, date) {
            let header = read_header(text, &[line.extent], dates, false);
            let is_titled = header.title.is_some_and(|(_, sure)| sure >= 60);
            if is_titled && header.employer.is_some_and(|(_, sure)| sure >= 50) {
                found.push((place, place, date));
            }
        }
    }
    found
}

/// `from 2016` behind `Manager; Head of the Department of the sub-branch`: the end of a wrapped line of a header.
fn is_rest_of_header(text: &Text, lines: &[Line], index: usize) -> bool {
    let Some(rest) = lines.get(index) else { return false };
    let starts_low = text.raw(rest.extent).first().is_some_and(|scalar| scalar.is_lowercase());
    let before = |back: usize| index.checked_sub(back).and_then(|before| lines.get(before));
    let after_gap = (1..=2).any(|back| before(back).is_some_and(|line| line.blank_before));
    let is_cut =
        before(1).is_some_and(|line| line.extent.len() >= MIN_WRAPPED && is_header_like(text, line.extent));
    starts_low && rest.extent.len() <= MAX_REST && !rest.blank_before && after_gap && is_cut
}

/// The first and last line of each date that opens an entry; at most one a line.
fn anchors_of<'a>(text: &Text, lines: &[Line], dates: &[&'a DateMention], bulleted: bool) -> Vec<Anchor<'a>> {
    let mut anchors: Vec<Anchor> = Vec::new();
    for date in dates {
        let line_of =
            |position: usize| lines.partition_point(|line| line.extent.start <= position).checked_sub(1);
        let (Some(first), Some(last)) =
            (line_of(date.extent.start), line_of(date.extent.end.saturating_sub(1)))
        else {
            continue;
        };
        let Some(line) = lines.get(first) else {
            continue;
        };
        let seen = anchors.last().is_some_and(|(_, seen, _)| *seen >= first);
        if !seen && opens_entry(text, line.extent, date, bulleted) {
            anchors.push((first, last, *date));
        } else if let Some(known) = anchors.last_mut().filter(|(known, ..)| *known == first)
            && is_aside(text, known.2)
            && !is_aside(text, date)
        {
            // `Partner (since 2023), before that Attorney, June 2018 to present`
            *known = (first, last, *date);
        }
    }
    anchors
}

/// Whether the points in a line may all be those of abbreviations: `Lagoon Co., Ltd. Sep 2018 …`.
fn ends_abbreviation(before: &[char], pair: &[char]) -> bool {
    let is_point = matches!(pair, ['.', ' ']);
    let points = before.windows(2).enumerate().filter(|(_, pair)| matches!(pair, ['.', ' ']));
    let mut words = points.map(|(index, _)| {
        let word = before.get(..index).unwrap_or_default();
        word.iter().rev().take_while(|scalar| scalar.is_alphanumeric()).count()
    });
    is_point && words.all(|length| length <= 4)
}

/// Whether a date stands behind a parenthesis.
fn is_aside(text: &Text, date: &DateMention) -> bool {
    let before = date.extent.start.checked_sub(1).and_then(|before| text.folded_at(before));
    before == Some('(')
}

fn opens_entry(text: &Text, line: Extent, date: &DateMention, bulleted: bool) -> bool {
    let raw = text.raw(line);
    let has_bullet = raw.first().is_some_and(|&scalar| is_bullet(scalar));
    let offset = date.extent.start.saturating_sub(line.start);
    let starts_low = raw.first().is_some_and(|scalar| scalar.is_lowercase());
    let at_start = offset <= 3;
    let at_end = date.extent.end + 3 >= line.end;
    let is_since = date.confidence == SINCE;
    // A date amid sentences tells of something else.
    let before = text.folded(Extent::new(line.start, date.extent.start.max(line.start)));
    let has_han = before.iter().any(|&scalar| is_han(scalar));
    let is_prose = before.windows(2).any(|pair| {
        matches!(pair, ['.' | ';', ' ']) && !ends_abbreviation(before, pair)
            || matches!(pair, ['。' | ';', _])
            || (has_han && matches!(pair, [',', _]))
    });
    if !at_start && !at_end && (is_since || is_prose) {
        return false;
    }
    has_bullet == bulleted && offset <= MAX_BEFORE_DATES && (!starts_low || at_start)
}

/// Whether there is nothing on the line but the date.
fn stands_alone(text: &Text, line: Extent, date: &DateMention) -> bool {
    let around = [Extent::new(line.start, date.extent.start), Extent::new(date.extent.end, line.end)];
    let n_letters =
        |extent: Extent| text.folded(extent).iter().filter(|scalar| scalar.is_alphabetic()).count();
    around.into_iter().map(n_letters).sum::<usize>() <= 2
}

/// `Analyst, Lagoon Fund Co., Ltd.,` whose dates stand on the next line.
fn is_cut_at_dates(text: &Text, line: Extent) -> bool {
    let ends_in_comma = matches!(text.folded(line).last(), Some(',' | ':'));
    let without = text.trim_matches(line, |scalar| matches!(scalar, ',' | ':' | ' '));
    ends_in_comma && is_header_like(text, without)
}

/// Whether a single date begins or ends its line.
fn stands_at_edge(text: &Text, lines: &[Line], date: &DateMention) -> bool {
    let index = lines.partition_point(|line| line.extent.start <= date.extent.start);
    let line = index.checked_sub(1).and_then(|index| lines.get(index));
    line.is_some_and(|line| {
        let at_edge = date.extent.start <= line.extent.start + 1 || date.extent.end + 1 >= line.extent.end;
        at_edge && is_header_like(text, line.extent)
    })
}

/// How many header lines stand before the dates, seen at the first entry of a part.
fn lead_of_first(text: &Text, lines: &[Line], first: usize, mixed: bool) -> usize {
    let before = lines.get(..first).unwrap_or_default();
    let n_like = before.iter().rev().take_while(|line| is_header_like(text, line.extent)).count();
    if !mixed && n_like == before.len() && n_like <= MAX_LEAD {
        return n_like;
    }
    // What stands before it is not only its header: as far as the block goes.
    let mut lead = 0;
    for line in before.iter().rev().take(n_like.min(MAX_LEAD - 1)) {
        lead += 1;
        if line.blank_before {
            break;
        }
    }
    lead
}

/// A short line that is not an item of a list and not the end of a sentence.
pub(crate) fn is_header_like(text: &Text, line: Extent) -> bool {
    let folded = text.folded(line);
    let raw = text.raw(line);
    let first = raw.first().copied().unwrap_or(' ');
    let last = folded.last().copied().unwrap_or(' ');
    let has_han = folded.iter().any(|&scalar| is_han(scalar));
    let longest = if has_han { MAX_HEADER_HAN } else { MAX_HEADER_LATIN };
    let ends_sentence = matches!(last, '.' | ';' | '。' | '；' | '，' | ',' | ':' | '、');
    let abbreviation = folded.len() <= MAX_HEADER_LATIN
        && ABBREVIATIONS.iter().any(|end| end.chars().rev().eq(folded.iter().rev().copied().take(end.len())));
    let sound = line.len() <= longest && !is_bullet(first) && !first.is_lowercase();
    sound && (!ends_sentence || abbreviation) && !is_head_of_table(text, line)
}
