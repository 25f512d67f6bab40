//! Jobs, internships, projects and research stays: where each begins and ends, and what its header says.

use std::sync::LazyLock;

use bole_core::{Confidence, Education, Entry, EntryKind, SectionKind, Sourced};

use crate::blocks::{Block, dated_blocks, is_header_like};
use crate::dates::DateMention;
use crate::degrees::degrees_in;
use crate::education::{dates_within, study_in};
use crate::headers::{Header, is_full_time, is_part_time, is_postdoc, read_header};
use crate::schools::schools_in;
use crate::sections::Part;
use crate::tables::titles::BESIDE_WORDS;
use crate::terms::Terms;
use crate::text::{Extent, Line, Text, is_bullet};

/// How sure an employer is at most that only the entry before names.
const INHERITED: u8 = 65;

/// A title that only its place shows is at most so long.
const MAX_TITLE_BELOW: usize = 40;

static BESIDE: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(BESIDE_WORDS.iter().map(|word| (*word, ()))));

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
        for part in parts.iter().filter(|part| is_loose(part.kind) && !is_beside_work(text, part)) {
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

/// 校园经历, `Volunteering`: what people do beside study and work, by the heading.
fn is_beside_work(text: &Text, part: &Part) -> bool {
    part.heading.is_some_and(|heading| BESIDE.find(text.folded(heading)).is_some())
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
    let is_part_time_by_heading = part.heading.is_some_and(|heading| is_part_time(text.folded(heading)));
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
        // Volunteering and offices of students are no entries of a part on work.
        let is_of_work = matches!(kind, EntryKind::Work | EntryKind::Internship);
        if is_of_work && header.kind == Some(EntryKind::Project) {
            continue;
        }
        let kind = match (kind, header.kind) {
            (EntryKind::Project, _) | (_, None) => kind,
            (_, Some(said)) => said,
        };
        let mut entry = finish(text, kind, &header, block.dates, extent, 100);
        let below = lines.get(block.header_end + 1).filter(|_| block.header_end + 1 < next);
        entry.is_part_time = (entry.is_part_time || (is_part_time_by_heading && kind == EntryKind::Work))
            && !below.is_some_and(|line| is_full_time(text.folded(line.extent)));
        let has_one = entry.employer.is_none() && entry.title.is_some() && header.is_sure;
        let is_same = header.is_same || (has_one && !entry.is_part_time);
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
        let is_titled = header.title.is_some_and(|(_, confidence)| confidence >= 60);
        let is_named = !is_far && is_titled && header.employer.is_some();
        let names_both = !(is_far || has_entries) || is_named || is_job_there();
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
        is_part_time: header.is_part_time && kind == EntryKind::Work,
        text: text.spans(extent),
    }
}

#[cfg(test)]
mod tests;
