//! Keeps what is protected out of the values.

use bole_core::{Achievement, Protected, Resume, Sourced, Span};

/// Cuts every value that goes over a protected place: what stands before it is kept, or else what stands behind.
pub(crate) fn cut_values(resume: &mut Resume) {
    let protected = std::mem::take(&mut resume.protected);
    if !protected.is_empty() {
        let keep = |value: &mut Option<Sourced<String>>| {
            *value = value.take().and_then(|value| cut(value, &protected));
        };
        keep(&mut resume.name);
        keep(&mut resume.location);
        for education in &mut resume.education {
            keep(&mut education.school);
            keep(&mut education.discipline);
        }
        for entry in &mut resume.entries {
            keep(&mut entry.employer);
            keep(&mut entry.title);
        }
        let whole = |value: Sourced<String>| cut(value, &protected);
        resume.skills = std::mem::take(&mut resume.skills).into_iter().filter_map(whole).collect();
        for language in &mut resume.languages {
            keep(&mut language.fluency);
        }
        resume.achievements = std::mem::take(&mut resume.achievements)
            .into_iter()
            .filter_map(|mut achievement| {
                keep(&mut achievement.issuer);
                Some(Achievement { title: cut(achievement.title, &protected)?, ..achievement })
            })
            .collect();
    }
    resume.protected = protected;
}

/// The first place that overlaps `span`; `protected` is in order, and none lies within another.
fn first_in(span: Span, protected: &[Protected]) -> Option<Span> {
    let from =
        protected.partition_point(|place| (place.span.page, place.span.end) <= (span.page, span.start));
    let place = protected.get(from)?.span;
    (place.page == span.page && place.start < span.end).then_some(place)
}

fn cut(value: Sourced<String>, protected: &[Protected]) -> Option<Sourced<String>> {
    let touches = |span: &Span| first_in(*span, protected).is_some();
    if !value.spans.iter().any(touches) {
        return Some(value);
    }
    // A value in several places has no one order to be cut in.
    let [span] = value.spans.as_slice() else {
        return None;
    };
    let scalars: Vec<char> = value.value.chars().collect();
    if scalars.len() as u32 != span.end - span.start {
        return None;
    }
    let mut rest = *span;
    while let Some(place) = first_in(rest, protected) {
        let before = Span { end: place.start.max(rest.start), ..rest };
        if let Some(kept) = part(&scalars, *span, before) {
            return Some(Sourced { value: kept.0, spans: vec![kept.1], ..value });
        }
        rest.start = place.end.min(rest.end);
    }
    let kept = part(&scalars, *span, rest)?;
    Some(Sourced { value: kept.0, spans: vec![kept.1], ..value })
}

/// What stands at `part` of a value at `whole`, without marks at its ends; none if nothing does.
fn part(scalars: &[char], whole: Span, part: Span) -> Option<(String, Span)> {
    let from = (part.start - whole.start) as usize;
    let part_of = scalars.get(from..(part.end - whole.start) as usize)?;
    let is_edge = |scalar: &char| {
        scalar.is_whitespace()
            || matches!(scalar, ',' | '，' | '(' | '（' | '[' | '-' | '–' | ':' | '：' | '|' | '、')
    };
    let first = part_of.iter().position(|scalar| !is_edge(scalar))?;
    let last = part_of.iter().rposition(|scalar| !is_edge(scalar))?;
    let text: String = part_of.get(first..=last)?.iter().collect();
    let start = part.start + first as u32;
    // A single closing mark is no value.
    text.chars()
        .any(char::is_alphanumeric)
        .then(|| (text, Span { start, end: part.start + last as u32 + 1, ..part }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bole_core::{Confidence, ProtectedKind};

    #[test]
    fn values_are_cut_around_what_is_protected() {
        let place =
            |start, end| Protected { kind: ProtectedKind::NationalId, span: Span { page: 1, start, end } };
        let cases: [(&str, &[Protected], Option<&str>); 6] = [
            ("Engineer", &[], Some("Engineer")),
            ("Engineer 1101", &[place(19, 23)], Some("Engineer")),
            ("1101 Engineer", &[place(8, 14)], Some("Engineer")),
            ("Chief (1101) Engineer", &[place(17, 21)], Some("Chief")),
            ("1101 2202", &[place(10, 14), place(15, 19)], None),
            ("Engineer", &[place(0, 4), place(30, 34)], Some("Engineer")),
        ];
        for (text, protected, expected) in cases {
            let span = Span { page: 1, start: 10, end: 10 + text.chars().count() as u32 };
            let value = Sourced { value: text.to_owned(), spans: vec![span], confidence: Confidence(90) };
            let cut = cut(value, protected);
            assert_eq!(cut.as_ref().map(|cut| cut.value.as_str()), expected, "{text}");
            let length = |cut: &Sourced<String>| cut.spans[0].end - cut.spans[0].start;
            assert!(cut.is_none_or(|cut| length(&cut) as usize == cut.value.chars().count()));
        }
    }
}
