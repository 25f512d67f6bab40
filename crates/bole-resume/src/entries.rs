//! Jobs, internships, projects and research stays: where each begins and ends, and what its header says.

use bole_core::{Confidence, Education, Entry, EntryKind, SectionKind, Sourced};

use crate::dates::{DateMention, SINCE};
use crate::degrees::degrees_in;
use crate::education::{dates_within, study_in};
use crate::headers::{Header, is_postdoc, read_header};
use crate::pieces::is_head_of_table;
use crate::schools::schools_in;
use crate::sections::Part;
use crate::text::{Extent, Line, Text, is_bullet, is_han};

/// An entry before its header is read, in lines of its part.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// The first line of the header.
    first: usize,
    /// The line that its dates, or else its header, end on.
    header_end: usize,
    dates: Option<DateMention>,
}

/// At most so many lines of a header stand before the dates.
const MAX_LEAD: usize = 3;

/// A header is at most so long: Latin letters, Chinese characters.
const MAX_HEADER_LATIN: usize = 110;
const MAX_HEADER_HAN: usize = 45;

/// How sure an employer is at most that only the entry before names.
const INHERITED: u8 = 65;

/// What ends the name of an employer with a point.
const ABBREVIATIONS: &[&str] =
    &["inc.", "ltd.", "co.", "corp.", "kft.", " s.a.", "l.l.c.", " b.v.", " n.v.", "s.p.a.", "s.r.l."];

/// A title that only its place shows is at most so long.
const MAX_TITLE_BELOW: usize = 40;

/// A date of a header begins within the first so many scalars of a long line.
const MAX_BEFORE_DATES: usize = 110;

/// The entries in order, and the studies told of among them.
pub(crate) fn entries_of(text: &Text, parts: &[Part], dates: &[DateMention]) -> (Vec<Entry>, Vec<Education>) {
    let mut entries = Vec::new();
    let mut studies = Vec::new();
    for part in parts {
        if let Some(kind) = kind_of(part.kind) {
            read_part(text, part, kind, dates, &mut entries, &mut studies);
        } else if part.kind == SectionKind::Education {
            postdoc_stays(text, part, dates, &mut entries);
        }
    }
    let has_jobs = entries.iter().any(|entry| entry.kind == EntryKind::Work && entry.dates.is_some());
    let has_entries = entries.iter().any(|entry| entry.kind != EntryKind::Project && entry.dates.is_some());
    if !has_jobs {
        for part in parts.iter().filter(|part| is_loose(part.kind)) {
            jobs_elsewhere(text, part, dates, has_entries, &mut entries);
        }
        entries.sort_by_key(|entry| entry.text.first().copied());
    }
    (entries, studies)
}

fn kind_of(kind: SectionKind) -> Option<EntryKind> {
    match kind {
        SectionKind::Work => Some(EntryKind::Work),
        SectionKind::Internship => Some(EntryKind::Internship),
        SectionKind::Project => Some(EntryKind::Project),
        SectionKind::Research => Some(EntryKind::Research),
        _ => None,
    }
}

/// Parts in which jobs may stand when their own heading was not seen.
fn is_loose(kind: SectionKind) -> bool {
    matches!(
        kind,
        SectionKind::Personal
            | SectionKind::Summary
            | SectionKind::Other
            | SectionKind::Skills
            | SectionKind::Objective
            | SectionKind::Education
            | SectionKind::Certificates
            | SectionKind::Languages
            | SectionKind::Interests
    )
}

fn read_part(
    text: &Text,
    part: &Part,
    kind: EntryKind,
    dates: &[DateMention],
    entries: &mut Vec<Entry>,
    studies: &mut Vec<Education>,
) {
    let lines = text.lines_in(part.body);
    let dates = dates_within(dates, part.body);
    let mut blocks = dated_blocks(text, lines, dates, false);
    if blocks.is_empty() {
        blocks = undated_blocks(text, lines, kind, dates);
    }
    for (index, block) in blocks.iter().enumerate() {
        let next = blocks.get(index + 1).map_or(lines.len(), |next| next.first);
        let names_first = kind == EntryKind::Project;
        let header = header_of(text, lines, block, next, dates, names_first);
        let extent = extent_of(lines, block.first, next);
        if header.is_study && matches!(kind, EntryKind::Work | EntryKind::Internship) && header.kind.is_none()
        {
            let header_lines = extent_of(lines, block.first, (block.header_end + 2).min(next));
            if let Some(study) = study_in(text, header_lines, dates) {
                studies.push(study);
                continue;
            }
        }
        let kind = match (kind, header.kind) {
            (EntryKind::Project, _) | (_, None) => kind,
            (_, Some(said)) => said,
        };
        let mut entry = finish(text, kind, &header, block.dates, extent, 100);
        let is_same = header.is_same || (entry.employer.is_none() && entry.title.is_some() && header.is_sure);
        if is_same && kind == EntryKind::Work {
            // Two jobs at one employer under one heading.
            let before = entries.last().filter(|before| index > 0 && before.kind == kind);
            let known = before.and_then(|before| before.employer.clone());
            entry.employer = known
                .map(|known| Sourced { confidence: known.confidence.min(Confidence(INHERITED)), ..known });
        }
        entries.push(entry);
    }
}

/// Entries that begin at dates. `mixed`: the part holds other things too.
fn dated_blocks(text: &Text, lines: &[Line], dates: &[DateMention], mixed: bool) -> Vec<Block> {
    let ranges: Vec<&DateMention> = dates.iter().filter(|date| date.is_range).collect();
    let mut anchors = anchors_of(text, lines, &ranges, false);
    if anchors.is_empty() {
        anchors = anchors_of(text, lines, &ranges, true);
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
        let is_complete = lines.get(line + 1).is_some_and(|next| is_header_like(text, next.extent));
        let lead = if is_alone && !is_complete { lead.max(1) } else { lead };
        let reach = (0..lead).take_while(|back| {
            let candidate = line.checked_sub(back + 1).filter(|&candidate| candidate >= free_from);
            let candidate = candidate.and_then(|candidate| lines.get(candidate));
            candidate.is_some_and(|line| {
                is_header_like(text, line.extent)
                    || (*back == 0 && is_alone && is_cut_at_dates(text, line.extent))
            })
        });
        blocks.push(Block { first: line - reach.count(), header_end: last, dates: Some(*date) });
        free_from = last + 1;
    }
    blocks
}

/// The first and last line of each date that opens an entry; at most one a line.
fn anchors_of<'a>(
    text: &Text,
    lines: &[Line],
    dates: &[&'a DateMention],
    bulleted: bool,
) -> Vec<(usize, usize, &'a DateMention)> {
    let mut anchors: Vec<(usize, usize, &DateMention)> = Vec::new();
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
fn is_header_like(text: &Text, line: Extent) -> bool {
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

/// Entries of a part without dates: headers that stand before items of a list, or that name a title or an employer
/// after an empty line.
fn undated_blocks(text: &Text, lines: &[Line], kind: EntryKind, dates: &[DateMention]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let is_item = |line: &Line| text.folded_at(line.extent.start).is_some_and(is_bullet);
    for (index, line) in lines.iter().enumerate() {
        if !is_header_like(text, line.extent) {
            continue;
        }
        let before_item = lines.get(index + 1).is_some_and(is_item);
        let after_item = index
            .checked_sub(1)
            .and_then(|before| lines.get(before))
            .is_none_or(|before| is_item(before) || line.blank_before);
        let sure = || read_header(text, &[line.extent], dates, false).is_sure;
        let opens = match kind {
            EntryKind::Project => before_item && after_item,
            _ => after_item && line.blank_before && sure() || before_item && sure(),
        };
        if opens {
            blocks.push(Block { first: index, header_end: index, dates: None });
        }
    }
    blocks
}

fn header_of(
    text: &Text,
    lines: &[Line],
    block: &Block,
    next: usize,
    dates: &[DateMention],
    names_first: bool,
) -> Header {
    let extents: Vec<Extent> = lines
        .get(block.first..=block.header_end)
        .unwrap_or_default()
        .iter()
        .map(|line| line.extent)
        .collect();
    let mut header = read_header(text, &extents, dates, names_first);
    // What the line of the dates does not say, the next one or two may.
    let mut longer = extents;
    let following = lines.get(block.header_end + 1..next).unwrap_or_default().iter();
    for line in following.filter(|line| line.extent.len() > 1).take(2) {
        let complete = header.is_sure && sure_of(&header) == 2;
        if complete || !is_header_like(text, line.extent) {
            break;
        }
        longer.push(line.extent);
        let more = read_header(text, &longer, dates, names_first);
        // `Senior Engineer 2019 - 2021` and `Fluxo` before a list: the employer that only its place shows.
        let position = lines.partition_point(|other| other.extent.start <= line.extent.start);
        let is_before_item =
            lines.get(position).is_none_or(|after| text.folded_at(after.extent.start).is_some_and(is_bullet));
        let names_employer =
            is_before_item && header.title.is_some() && header.employer.is_none() && more.employer.is_some();
        let gains = (more.is_sure && !header.is_sure) || sure_of(&more) > sure_of(&header) || names_employer;
        if !gains {
            break;
        }
        header = more;
    }
    if header.title.is_none() && header.employer.is_some() && !names_first {
        header.title = title_below(text, lines, block, next);
    }
    header
}

/// The title that nothing but its place shows: a short line between the line of the dates and a list.
fn title_below(text: &Text, lines: &[Line], block: &Block, next: usize) -> Option<(Extent, u8)> {
    let line = lines.get(block.header_end + 1..next)?.first()?.extent;
    let item = lines.get(block.header_end + 2..next)?.first()?.extent;
    let is_before_item = text.folded_at(item.start).is_some_and(is_bullet);
    let is_short = line.len() <= MAX_TITLE_BELOW && is_header_like(text, line);
    (is_before_item && is_short).then_some((line, 45))
}

/// How many of employer and title are known by their words.
fn sure_of(header: &Header) -> usize {
    [header.employer, header.title].into_iter().flatten().filter(|(_, confidence)| *confidence >= 60).count()
}

fn extent_of(lines: &[Line], first: usize, next: usize) -> Extent {
    let lines = lines.get(first..next).unwrap_or_default();
    match (lines.first(), lines.last()) {
        (Some(first), Some(last)) => Extent::new(first.extent.start, last.extent.end),
        _ => Extent::default(),
    }
}

/// Postdoctoral stays told of in a part on education.
fn postdoc_stays(text: &Text, part: &Part, dates: &[DateMention], entries: &mut Vec<Entry>) {
    let lines = text.lines_in(part.body);
    let dates = dates_within(dates, part.body);
    let blocks = dated_blocks(text, lines, dates, false);
    for (index, block) in blocks.iter().enumerate() {
        let next = blocks.get(index + 1).map_or(lines.len(), |next| next.first);
        let header_lines = extent_of(lines, block.first, (block.header_end + 2).min(next));
        if is_postdoc(text.folded(header_lines)) {
            let header = header_of(text, lines, block, next, dates, false);
            let extent = extent_of(lines, block.first, next);
            entries.push(finish(text, EntryKind::Research, &header, block.dates, extent, 100));
        }
    }
}

/// Jobs in parts under another heading or none: a range of dates beside words of an employer or a title; beside both if
/// the document `has_entries` under headings of their own.
fn jobs_elsewhere(
    text: &Text,
    part: &Part,
    dates: &[DateMention],
    has_entries: bool,
    entries: &mut Vec<Entry>,
) {
    let lines = text.lines_in(part.body);
    let dates = dates_within(dates, part.body);
    let blocks: Vec<Block> = dated_blocks(text, lines, dates, true)
        .into_iter()
        .filter(|block| block.dates.is_some_and(|dates| dates.is_range))
        .collect();
    for (index, block) in blocks.iter().enumerate() {
        let next = blocks.get(index + 1).map_or(lines.len(), |next| next.first);
        let header = header_of(text, lines, block, next, dates, false);
        let names_degree = !degrees_in(text, extent_of(lines, block.first, block.header_end + 1)).is_empty();
        // Under a heading of something else only what names both is a job, and not at a school.
        let is_far = !matches!(part.kind, SectionKind::Personal | SectionKind::Summary | SectionKind::Other);
        let is_job_there = || {
            let employer = header.employer.filter(|(_, confidence)| *confidence >= 60);
            employer.is_some_and(|(employer, _)| schools_in(text, employer, &[]).is_empty())
        };
        let names_both = !(is_far || has_entries) || is_job_there();
        if header.is_sure && header.title.is_some() && names_both && !header.is_study && !names_degree {
            let kind = header.kind.unwrap_or(EntryKind::Work);
            let extent = extent_of(lines, block.first, next);
            entries.push(finish(text, kind, &header, block.dates, extent, 65));
        }
    }
}

fn finish(
    text: &Text,
    kind: EntryKind,
    header: &Header,
    dates: Option<DateMention>,
    extent: Extent,
    most_sure: u8,
) -> Entry {
    let quote = |found: Option<(Extent, u8)>| {
        found.and_then(|(extent, sure)| text.quote(extent, sure.min(most_sure)))
    };
    Entry {
        kind,
        employer: quote(header.employer),
        title: quote(header.title),
        dates: dates
            .and_then(|dates| text.sourced(dates.extent, dates.value, dates.confidence.min(most_sure))),
        text: text.spans(extent),
    }
}

#[cfg(test)]
mod tests;
