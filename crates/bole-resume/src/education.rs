//! Education: degree, school, discipline, dates.

use bole_core::{Education, RangeEnd, SectionKind};

use crate::dates::DateMention;
use crate::degrees::{DegreeMention, degrees_in};
use crate::disciplines::{after_degree, han_piece, is_faculty, latin_piece};
use crate::fields::{Field, field_in};
use crate::headers::is_postdoc;
use crate::schools::schools_in;
use crate::sections::{Part, part_at};
use crate::study::manner_of;
use crate::tables::labels::Label;
use crate::text::{Extent, Line, Text, is_bullet};

/// Of a longer line only so much is read: whoever writes it so has no layout to go by, and the work stays linear.
const MAX_LINE: usize = 600;

/// How a stay is told of, beside its list, takes at most so many lines.
const MAX_HEAD_LINES: usize = 4;

/// How sure a degree is at most that stands without a school or a date.
const ALONE: u8 = 78;

/// What is known of one stay at a school.
#[derive(Clone, Debug, Default)]
struct Draft {
    extent: Extent,
    degree: Option<DegreeMention>,
    school: Option<Extent>,
    dates: Option<DateMention>,
    discipline: Option<(Extent, u8)>,
    /// Its first line is an item of a list.
    bulleted: bool,
}

/// Something found in a line.
#[derive(Clone, Copy, Debug)]
enum Feature {
    Degree(DegreeMention),
    School(Extent),
    Dates(DateMention),
}

/// Education as told by the document: its sections on education, else lines elsewhere that name a degree and a
/// school; then the fields of forms.
pub(crate) fn education_of(
    text: &Text,
    parts: &[Part],
    fields: &[Field],
    dates: &[DateMention],
) -> Vec<Education> {
    let mut drafts = Vec::new();
    for part in parts.iter().filter(|part| part.kind == SectionKind::Education) {
        drafts_in(text, part.body, fields, dates, &mut drafts);
    }
    if drafts.is_empty() {
        for part in parts {
            drafts_elsewhere(text, part, fields, dates, &mut drafts);
        }
    }
    form(text, parts, fields, dates, &mut drafts);
    drafts.iter().map(|draft| finish(text, draft, dates)).collect()
}

/// The stay at a school that `extent` tells of, if it names both a degree and a school.
pub(crate) fn study_in(text: &Text, extent: Extent, dates: &[DateMention]) -> Option<Education> {
    let mut drafts = Vec::new();
    drafts_in(text, extent, &[], dates, &mut drafts);
    let draft = drafts.first().filter(|draft| draft.degree.is_some() && draft.school.is_some())?;
    Some(finish(text, draft, dates))
}

impl Draft {
    fn is_sound(&self) -> bool {
        self.degree.is_some() || self.school.is_some()
    }

    fn is_empty(&self) -> bool {
        !self.is_sound() && self.dates.is_none()
    }

    /// Whether `feature` says something else than what is known.
    fn contradicts(&self, text: &Text, feature: &Feature) -> bool {
        match (feature, self) {
            (Feature::Degree(new), Self { degree: Some(known), .. }) => new.degree != known.degree,
            (Feature::School(new), Self { school: Some(known), .. }) => {
                text.folded(*new) != text.folded(*known)
            }
            (Feature::Dates(new), Self { dates: Some(known), .. }) => {
                new.is_range == known.is_range && new.value != known.value
            }
            _ => false,
        }
    }

    fn take(&mut self, feature: Feature) {
        match feature {
            Feature::Degree(degree) if self.degree.is_none() => self.degree = Some(degree),
            Feature::School(school) if self.school.is_none() => self.school = Some(school),
            Feature::Dates(dates) if self.dates.is_none_or(|known| dates.is_range && !known.is_range) => {
                self.dates = Some(dates);
            }
            _ => {}
        }
    }
}

impl Feature {
    fn start(&self) -> usize {
        match self {
            Self::Degree(degree) => degree.extent.start,
            Self::School(school) => school.start,
            Self::Dates(dates) => dates.extent.start,
        }
    }

    fn extent(&self) -> Extent {
        match self {
            Self::Degree(degree) => degree.extent,
            Self::School(school) => *school,
            Self::Dates(dates) => dates.extent,
        }
    }
}

fn features_of(text: &Text, line: Extent, dates: &[DateMention]) -> Vec<Feature> {
    let line = Extent::new(line.start, line.end.min(line.start + MAX_LINE));
    let dates = dates_within(dates, line);
    let mut degrees = degrees_in(text, line);
    let first = degrees.first().map_or(line.end, |degree| degree.extent.end);
    // `Ph.D. (combined master and doctoral programme)`, 学士 Bachelor: the same again.
    degrees.retain(|degree| degree.extent.end <= first || !is_repeated(text, first, degree.extent));
    let mut taken: Vec<Extent> = degrees.iter().map(|degree| degree.extent).collect();
    taken.extend(dates.iter().map(|date| date.extent));
    let schools = schools_in(text, line, &taken);
    let mut features: Vec<Feature> = schools.into_iter().map(Feature::School).collect();
    // `High School` inside the name of a school is no degree of its own if one is named before.
    features.extend(degrees.into_iter().map(Feature::Degree));
    features.extend(dates.iter().copied().map(Feature::Dates));
    features.sort_by_key(Feature::start);
    features
}

/// Whether a degree behind the first one, which ends at `first`, says the same in other words.
fn is_repeated(text: &Text, first: usize, degree: Extent) -> bool {
    let between = text.folded(Extent::new(first, degree.start));
    let n_open = between.iter().filter(|&&scalar| scalar == '(').count();
    let n_closed = between.iter().filter(|&&scalar| scalar == ')').count();
    n_open > n_closed
        || (between.len() <= 3 && between.iter().all(|scalar| matches!(scalar, ' ' | '/' | '|')))
}

/// The dates that begin within `extent`.
pub(crate) fn dates_within(dates: &[DateMention], extent: Extent) -> &[DateMention] {
    let from = dates.partition_point(|date| date.extent.start < extent.start);
    let to = dates.partition_point(|date| date.extent.start < extent.end);
    dates.get(from..to).unwrap_or_default()
}

fn drafts_in(text: &Text, body: Extent, fields: &[Field], dates: &[DateMention], drafts: &mut Vec<Draft>) {
    let mut open = Draft::default();
    let close = |open: &mut Draft, drafts: &mut Vec<Draft>| {
        if open.is_sound() {
            drafts.push(std::mem::take(open));
        } else {
            *open = Draft::default();
        }
    };
    for line in text.lines_in(body) {
        if is_postdoc(text.folded(line.extent)) {
            close(&mut open, drafts);
            continue;
        }
        let features = features_of(text, line.extent, dates);
        let bulleted = text.folded_at(line.extent.start).is_some_and(is_bullet);
        let may_open = !open.is_sound() || open.bulleted;
        if bulleted && is_detail(&features, may_open) {
            if open.is_sound() {
                open.extent.end = line.extent.end;
            }
            continue;
        }
        // The same school again, at the start of a line: another stay there.
        let begins_anew = features.first().is_some_and(|first| match (first, open.school) {
            (Feature::School(school), Some(known)) => {
                school.start == line.extent.start && text.folded(*school) == text.folded(known)
            }
            _ => false,
        }) && open.dates.is_some();
        if begins_anew || features.iter().any(|feature| open.contradicts(text, feature)) {
            close(&mut open, drafts);
        }
        let taken: Vec<Extent> = features.iter().map(Feature::extent).collect();
        let mut from = line.extent.start;
        for (index, feature) in features.iter().enumerate() {
            if open.contradicts(text, feature) && !is_aside(&open, feature) {
                find_discipline(text, Extent::new(from, feature.start()), &taken, fields, &mut open);
                close(&mut open, drafts);
                from = feature.start();
            }
            if open.is_empty() {
                open.bulleted = bulleted;
                open.extent = Extent::new(if index == 0 { line.extent.start } else { from }, line.extent.end);
            }
            open.take(*feature);
        }
        if !open.is_empty() {
            open.extent.end = line.extent.end;
            let rest = Extent::new(from, line.extent.end.min(line.extent.start + MAX_LINE));
            find_discipline(text, rest, &taken, fields, &mut open);
        }
    }
    close(&mut open, drafts);
}

/// A single date beside a range, or a second word for the degree: nothing new.
fn is_aside(open: &Draft, feature: &Feature) -> bool {
    match feature {
        Feature::Dates(dates) => !dates.is_range && open.dates.is_some(),
        Feature::Degree(degree) => degree.confidence < 70,
        Feature::School(_) => false,
    }
}

/// Whether a bulleted line is about a stay rather than the start of one.
fn is_detail(features: &[Feature], may_open: bool) -> bool {
    let has_degree = features.iter().any(|feature| matches!(feature, Feature::Degree(_)));
    let has_school = features.iter().any(|feature| matches!(feature, Feature::School(_)));
    let has_dates = features.iter().any(|feature| matches!(feature, Feature::Dates(_)));
    !(has_degree && (has_school || has_dates) || may_open && has_school && has_dates)
}

fn find_discipline(text: &Text, line: Extent, taken: &[Extent], fields: &[Field], open: &mut Draft) {
    if open.discipline.is_some() {
        return;
    }
    if let Some(field) = field_in(fields, line, |label| label == Label::Discipline) {
        open.discipline = Some((field.value, 92));
        return;
    }
    let on_line = open.degree.filter(|degree| line.holds(degree.extent));
    open.discipline = on_line.and_then(|degree| after_degree(text, line, &degree, taken));
    if let Some((of, _)) = open.discipline.filter(|(of, _)| is_faculty(text, *of)) {
        // `Materials Science, Master of Engineering`: what was studied stands before.
        let mut taken = taken.to_vec();
        taken.push(of);
        open.discipline = latin_piece(text, line, &taken).or(open.discipline);
    }
    if open.discipline.is_none() && taken.iter().any(|taken| line.overlaps(*taken)) {
        open.discipline = han_piece(text, line, taken).or_else(|| latin_piece(text, line, taken));
    }
}

/// Lines outside of any section on education that name both a degree and a school.
fn drafts_elsewhere(
    text: &Text,
    part: &Part,
    fields: &[Field],
    dates: &[DateMention],
    drafts: &mut Vec<Draft>,
) {
    let may_hold = matches!(
        part.kind,
        SectionKind::Personal
            | SectionKind::Summary
            | SectionKind::Other
            | SectionKind::Skills
            | SectionKind::Work
            | SectionKind::Certificates
    );
    if !may_hold {
        return;
    }
    for line in text.lines_in(part.body) {
        let features = features_of(text, line.extent, dates);
        let degree = features.iter().find_map(|feature| match feature {
            Feature::Degree(degree) => Some(*degree),
            _ => None,
        });
        let school = features.iter().find_map(|feature| match feature {
            Feature::School(school) => Some(*school),
            _ => None,
        });
        let (Some(mut degree), Some(school)) = (degree, school) else {
            continue;
        };
        degree.confidence = degree.confidence.min(65);
        let mut draft =
            Draft { extent: line.extent, degree: Some(degree), school: Some(school), ..Draft::default() };
        for feature in &features {
            draft.take(*feature);
        }
        let taken: Vec<Extent> = features.iter().map(Feature::extent).collect();
        find_discipline(text, line.extent, &taken, fields, &mut draft);
        drafts.push(draft);
    }
}

/// 学历：硕士 毕业院校：… 专业：… among the personal data.
fn form(text: &Text, parts: &[Part], fields: &[Field], dates: &[DateMention], drafts: &mut Vec<Draft>) {
    let mut form = Draft::default();
    let in_personal = |field: &&Field| {
        part_at(parts, field.extent.start)
            .is_some_and(|part| matches!(part.kind, SectionKind::Personal | SectionKind::Objective))
    };
    for field in fields.iter().filter(in_personal) {
        match field.label {
            Label::Degree if form.degree.is_none() => {
                form.degree = degrees_in(text, field.value).first().copied();
            }
            Label::School if form.school.is_none() => form.school = Some(field.value),
            Label::Discipline if form.discipline.is_none() => form.discipline = Some((field.value, 90)),
            Label::SchoolDates if form.dates.is_none() => {
                form.dates = dates_within(dates, field.value).first().copied();
            }
            _ => continue,
        }
        let start = if form.extent.is_empty() { field.extent.start } else { form.extent.start };
        form.extent = Extent::new(start, field.extent.end);
    }
    if !form.is_sound() {
        return;
    }
    let same_degree = |draft: &Draft| match (draft.degree, form.degree) {
        (Some(known), Some(new)) => known.degree == new.degree,
        _ => false,
    };
    let same_school = |draft: &Draft| match (draft.school, form.school) {
        (Some(known), Some(new)) => text.folded(known) == text.folded(new),
        _ => false,
    };
    if drafts.iter().any(same_degree) {
        return;
    }
    if let Some(draft) = drafts.iter_mut().find(|draft| draft.degree.is_none() && same_school(draft)) {
        draft.degree = form.degree;
        draft.discipline = draft.discipline.or(form.discipline);
    } else if form.degree.is_some() || drafts.is_empty() {
        drafts.insert(0, form);
    }
}

fn finish(text: &Text, draft: &Draft, all_dates: &[DateMention]) -> Education {
    let head = head_of(text, draft.extent);
    let manner = manner_of(text.folded(head));
    let school = draft.school.and_then(|school| text.quote(school, 90));
    let discipline = draft.discipline.and_then(|(extent, confidence)| text.quote(extent, confidence));
    let is_present = draft.dates.is_some_and(|dates| dates.value.end == RangeEnd::Present);
    let dates = draft.dates.map(|mut dates| {
        let expected =
            || dates_within(all_dates, head).iter().filter(|date| !date.is_range).map(|date| date.value);
        if let Some(expected) = expected()
            .next_back()
            .filter(|expected| is_present && manner.is_under_way && expected.start > dates.value.start)
        {
            // `2023 to present (graduation expected June 2026)`
            dates.value.end = expected.end;
        }
        dates
    });
    // A student's word for the degree beside the years of a stay that ended says that it was taken then.
    let is_student =
        draft.degree.is_some_and(|degree| degree.is_student) && !dates.is_some_and(|dates| dates.is_range);
    let is_under_way = !manner.is_abandoned && (manner.is_under_way || is_present || is_student);
    let degree =
        draft.degree.filter(|degree| !manner.is_abandoned && (!manner.is_guest || !degree.is_student));
    Education {
        degree: degree.and_then(|degree| {
            let confidence = degree.confidence.min(if draft.school.is_some() || draft.dates.is_some() {
                95
            } else {
                ALONE
            });
            text.sourced(degree.extent, degree.degree, confidence)
        }),
        school,
        discipline,
        dates: dates.and_then(|dates| text.sourced(dates.extent, dates.value, dates.confidence)),
        is_under_way,
        is_part_time: manner.is_part_time,
        text: text.spans(draft.extent),
    }
}

/// The lines of a stay before the list of what was done there.
fn head_of(text: &Text, extent: Extent) -> Extent {
    let lines = text.lines_in(extent);
    let is_item = |line: &Line| text.folded_at(line.extent.start).is_some_and(is_bullet);
    let n_items = lines.iter().skip(1).take_while(|line| !is_item(line)).take(MAX_HEAD_LINES - 1).count();
    let end = lines.get(n_items).map_or(extent.end, |line| line.extent.end);
    Extent::new(extent.start, end.min(extent.end).min(extent.start + MAX_LINE))
}

#[cfg(test)]
mod tests;
