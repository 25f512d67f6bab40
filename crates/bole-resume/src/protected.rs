//! What says who somebody is, not what they can do.

mod alone;
mod ids;
mod labelled;
mod prose;

use bole_core::{Protected, ProtectedKind, SectionKind};

pub(crate) use self::alone::is_protected_word;
use self::alone::{Meaning, alone_in_line};
use crate::dates::DateMention;
use crate::fields::Field;
use crate::sections::{Part, part_at};
use crate::tables::labels::Label;
use crate::text::{Extent, Line, Text, is_bullet};

/// A line that is wrapped amid a sentence is so long.
const MIN_WRAPPED: usize = 30;
const MAX_WRAPPED: usize = 200;

/// All protected places, in order.
pub(crate) fn protected_in(
    text: &Text,
    parts: &[Part],
    fields: &[Field],
    dates: &[DateMention],
) -> Vec<Protected> {
    let mut found = Vec::new();
    for field in fields {
        if let Label::Protected(kind) = field.label {
            let personal = is_about(section_at(parts, field.extent.start));
            let place = labelled::field_place(text, field, kind, personal);
            found.extend(place.map(|extent| (extent, kind)));
        }
    }
    labelled::below_labels(text, &mut found);
    in_lines(text, parts, dates, &mut found);
    over_lines(text, parts, dates, &mut found);
    found.extend(ids::ids_in(text).into_iter().map(|extent| (extent, ProtectedKind::NationalId)));
    spans_of(text, found)
}

/// What lines tell without labels.
fn in_lines(text: &Text, parts: &[Part], dates: &[DateMention], found: &mut Vec<(Extent, ProtectedKind)>) {
    let mut had_company = false;
    for line in text.lines() {
        let section = section_at(parts, line.extent.start);
        prose::prose_in_line(text, line.extent, is_about(section), found);
        let alone = alone_in_line(text, line.extent, dates);
        let is_sure = |(_, meaning): &(Extent, Meaning)| !meaning.needs_company;
        if !is_about(section) {
            had_company = false;
            // Elsewhere one word may be of a product, but two of different kinds are of a person.
            let mut kinds = alone.iter().filter(|place| is_sure(place)).map(|(_, meaning)| meaning.kind);
            let first = kinds.next();
            if !kinds.any(|kind| Some(kind) != first) {
                continue;
            }
        }
        let is_birth = |(extent, _): &(Extent, ProtectedKind)| line.extent.holds(*extent);
        let told = alone.iter().any(is_sure) || found.iter().rev().take(4).any(is_birth);
        let company = told || (had_company && !line.blank_before);
        let kept = alone.iter().filter(|place| is_sure(place) || company);
        found.extend(kept.map(|(extent, meaning)| (*extent, meaning.kind)));
        had_company = told;
    }
}

/// What sentences about the person tell that are wrapped: `from Foothill,` and `Lagoon Province` below it.
fn over_lines(text: &Text, parts: &[Part], dates: &[DateMention], found: &mut Vec<(Extent, ProtectedKind)>) {
    let wraps = |text: &Text, line: &Line, next: &Line| {
        let is_item = |line: &Line| text.folded_at(line.extent.start).is_some_and(is_bullet);
        let last = text.folded_at(line.extent.end.saturating_sub(1));
        let is_open = last.is_some_and(|last| last.is_ascii_alphanumeric() || last == ',');
        let sections = [line, next].map(|line| section_at(parts, line.extent.start));
        !next.blank_before
            && is_open
            && (MIN_WRAPPED..=MAX_WRAPPED).contains(&line.extent.len())
            && next.extent.len() <= MAX_WRAPPED
            && !is_item(next)
            && sections[0] == sections[1]
            && is_about(sections[0])
    };
    let Some((joined, pairs)) = text.pairs(wraps) else {
        return;
    };
    for pair in pairs {
        prose::prose_in_line(&joined, pair, true, found);
        let alone = alone_in_line(&joined, pair, dates);
        if alone.iter().any(|(_, meaning)| !meaning.needs_company) {
            found.extend(alone.into_iter().map(|(extent, meaning)| (extent, meaning.kind)));
        }
    }
}

/// The section at `position`; a heading belongs to the person as much as what stands before the first one.
fn section_at(parts: &[Part], position: usize) -> SectionKind {
    part_at(parts, position).map_or(SectionKind::Personal, |part| part.kind)
}

/// Whether sentences of such a section speak about the person.
fn is_about(section: SectionKind) -> bool {
    matches!(
        section,
        SectionKind::Personal
            | SectionKind::Objective
            | SectionKind::Summary
            | SectionKind::Languages
            | SectionKind::Interests
            | SectionKind::Other
    )
}

/// As spans, in order; what lies inside another place of its kind says nothing new.
fn spans_of(text: &Text, found: Vec<(Extent, ProtectedKind)>) -> Vec<Protected> {
    let spans = found
        .into_iter()
        .flat_map(|(extent, kind)| text.spans(extent).into_iter().map(move |span| Protected { kind, span }));
    let mut places: Vec<Protected> = spans.collect();
    // The longest of those that begin together stands first.
    places.sort_unstable_by_key(|place| {
        (place.span.page, place.span.start, std::cmp::Reverse(place.span.end), place.kind)
    });
    let mut kept: Vec<Protected> = Vec::with_capacity(places.len());
    for place in places {
        let last = kept.last().copied();
        if last.is_none_or(|last| !last.span.contains(&place.span)) {
            kept.push(place);
        }
    }
    kept
}

#[cfg(test)]
mod tests;
