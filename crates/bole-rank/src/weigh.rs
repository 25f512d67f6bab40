//! What one mention of a concept is worth. Every constant of the scale stands here, with its reason.
//!
//! All factors are in thousandths. A mention is worth section × duration × recency × place, 0 to [`FULL`].

use bole_core::{AsOf, DateRange, Mention, SectionKind};
use serde::Serialize;
use utoipa::ToSchema;

use crate::lexicon::ConceptKind;

/// A concept fully shown: years of recent work under a title that names it.
pub(crate) const FULL: u32 = 1000;

/// How a mention was weighed, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Weighing {
    /// By the kind of section it stands in.
    pub section: u32,
    /// By how long the job, internship or project took.
    pub duration: u32,
    /// By how long ago it ended.
    pub recency: u32,
    /// By whether it stands in a title, or in passing.
    pub place: u32,
    /// What it is worth, 0 to 1000.
    pub strength: u32,
}

/// What a mention in a section of that kind is worth before anything else.
///
/// Doing outweighs listing, listing outweighs claiming, and wishing is worth next to nothing.
const fn section_factor(section: SectionKind) -> u32 {
    match section {
        // The scale leaves a fifth above it for what a title names.
        SectionKind::Work => 800,
        // Research and projects are doing too, but shorter, smaller, or on paper.
        SectionKind::Research => 680,
        SectionKind::Project => 640,
        // Practice while studying counts as work of less weight.
        SectionKind::Internship => 560,
        // Results that others have examined.
        SectionKind::Publications | SectionKind::Patents | SectionKind::Certificates => 480,
        // Taught, not yet done.
        SectionKind::Education => 360,
        SectionKind::Awards => 340,
        // Said without a place where it was done.
        SectionKind::Skills => 320,
        // Said in passing.
        SectionKind::Summary | SectionKind::Personal | SectionKind::Other => 200,
        SectionKind::Languages => 40,
        // What one would like to do, or does on Sundays: 2%, so that it can be shown without moving a ranking.
        SectionKind::Objective | SectionKind::Interests => 20,
    }
}

/// Months of doing that count in full: after three years a fourth adds little to knowing how.
const FULL_MONTHS: u32 = 36;
/// A stay of no length at all still shows the concept in use.
const SHORTEST_STAY: u32 = 600;
/// What is not dated counts like a stay of about a year: neither punished as fleeting nor taken for long.
const UNDATED_STAY: u32 = 730;

/// Months since the end until which nothing is lost: a job that ended within two years is current knowledge.
const FRESH_MONTHS: u32 = 24;
/// What each ten years after that cost a skill: 3% a year. Gentle, for skills fade slowly, and careers have breaks.
const STALE_SKILL: u32 = 300;
/// And a title: 8% a year. A skill stays with a person, a post does not: who last was an auditor fifteen years ago, and
/// something else since, still knows the books, but is no longer an auditor.
const STALE_TITLE: u32 = 800;
/// However long ago, it was done.
const STALEST_SKILL: u32 = 700;
/// However long ago, it was held.
const STALEST_TITLE: u32 = 300;
/// What is not dated may be old or not.
const UNDATED_RECENCY: u32 = 900;

/// What the title of a job or the subject of a degree names, the rest of it is about.
const IN_TITLE: u32 = 1250;
/// A title that was held counts this much of what is full; the rest is for calling oneself so, see [`HEADLINE`].
const HELD_TITLE: u32 = 875;
/// Above the first heading a title is a headline: what somebody is now, by their own account. With the title held in a
/// job it makes the title count in full; alone it is a claim.
const HEADLINE: u32 = 1500;
/// A title in running text is mostly somebody else's: `worked with auditors`.
const TITLE_IN_PASSING: u32 = 150;

/// Named in a job that is not of its field, a thing was touched, not the trade: three fifths, so that such a job never
/// counts more than an internship in the field.
const IN_PASSING: u32 = 600;

/// Weighs `mention` of a concept of kind `kind` as of `as_of`; `in_passing` says that it stands in a job that is
/// not of its field.
///
/// What is denied, stands in a wall of keywords, or is ambiguous without company, is worth nothing.
pub(crate) fn weigh(mention: &Mention, kind: ConceptKind, in_passing: bool, as_of: AsOf) -> Weighing {
    let section = section_factor(mention.section);
    let is_title = kind == ConceptKind::Title;
    let (duration, recency) = if is_doing(mention.section) {
        mention.dates.map_or((UNDATED_STAY, UNDATED_RECENCY), |dates| {
            (duration_factor(months(dates, as_of)), recency_factor(dates, is_title, as_of))
        })
    } else {
        (FULL, FULL)
    };
    let place = match (is_title, mention.in_title) {
        (true, true) if is_headline(mention) => HEADLINE,
        (true, true) if is_doing(mention.section) => HELD_TITLE,
        (true, _) => TITLE_IN_PASSING,
        (false, true) => IN_TITLE,
        (false, false) if in_passing => IN_PASSING,
        (false, false) => FULL,
    };
    let worth = u64::from(section) * u64::from(duration) * u64::from(recency) * u64::from(place);
    let strength = if mention.status.is_counted() {
        u32::try_from(worth / 1_000_000_000).map_or(FULL, |strength| strength.min(FULL))
    } else {
        0
    };
    Weighing { section, duration, recency, place, strength }
}

/// Whether a title stands above the first heading.
pub(crate) fn is_headline(mention: &Mention) -> bool {
    mention.in_title && mention.section == SectionKind::Personal
}

/// Whether entries of the section last from one date to another in which the thing was done.
pub(crate) const fn is_doing(section: SectionKind) -> bool {
    matches!(
        section,
        SectionKind::Work | SectionKind::Research | SectionKind::Project | SectionKind::Internship
    )
}

/// The months of a stay up to `as_of`.
pub(crate) fn months(dates: DateRange, as_of: AsOf) -> u32 {
    let (start, end) = dates.half_open_months(as_of);
    end.saturating_sub(start).max(0).unsigned_abs()
}

fn duration_factor(months: u32) -> u32 {
    SHORTEST_STAY + (FULL - SHORTEST_STAY) * months.min(FULL_MONTHS) / FULL_MONTHS
}

fn recency_factor(dates: DateRange, is_title: bool, as_of: AsOf) -> u32 {
    let (per_120_months, stalest) =
        if is_title { (STALE_TITLE, STALEST_TITLE) } else { (STALE_SKILL, STALEST_SKILL) };
    let now = i32::from(as_of.0.year()) * 12 + i32::from(as_of.0.month());
    let (_, end) = dates.half_open_months(as_of);
    let ago = now.saturating_sub(end).max(0).unsigned_abs();
    let stale = ago.saturating_sub(FRESH_MONTHS).min(1200);
    (FULL - (stale * per_120_months / 120).min(FULL)).max(stalest)
}

#[cfg(test)]
mod tests {
    use bole_core::{ConceptId, Span};

    use super::*;

    fn strength(section: SectionKind, dates: Option<(&str, &str)>, kind: ConceptKind, in_title: bool) -> u32 {
        let mention = Mention {
            concept: ConceptId("x".to_owned()),
            span: Span { page: 1, start: 0, end: 1 },
            section,
            dates: dates.map(|(start, end)| DateRange {
                start: start.parse().unwrap(),
                end: bole_core::RangeEnd::At(end.parse().unwrap()),
            }),
            in_title,
            status: bole_core::MentionStatus::Counted,
        };
        weigh(&mention, kind, false, AsOf(jiff::civil::date(2024, 6, 15))).strength
    }

    #[test]
    fn doing_outweighs_listing_outweighs_claiming() {
        use SectionKind::{
            Education, Interests, Internship, Objective, Project, Publications, Research, Skills, Summary,
            Work,
        };
        let order =
            [Work, Research, Project, Internship, Publications, Education, Skills, Summary, Objective];
        let dated = Some(("2020-01", "2024-01"));
        let strengths = order.map(|section| strength(section, dated, ConceptKind::Topic, false));
        assert!(strengths.is_sorted_by(|one, next| one > next), "{strengths:?}");
        assert_eq!(strength(Interests, None, ConceptKind::Topic, false), 20);
    }

    #[test]
    fn long_recent_and_titled_work_counts_in_full() {
        let work = |start, end, in_title| {
            strength(SectionKind::Work, Some((start, end)), ConceptKind::Topic, in_title)
        };
        assert_eq!(work("2020-01", "2024-01", true), FULL);
        assert_eq!(work("2020-01", "2024-01", false), 800);
        assert!(work("2023-10", "2024-01", false) < 520);
        assert!(work("1990-01", "1994-01", false) >= 560);
        assert!(
            strength(SectionKind::Work, None, ConceptKind::Topic, false) > work("2023-12", "2023-12", false)
        );
        assert!(strength(SectionKind::Work, None, ConceptKind::Title, false) < 100);
    }

    #[test]
    fn reversed_and_future_stays_are_not_long() {
        let work = |start, end| strength(SectionKind::Work, Some((start, end)), ConceptKind::Topic, false);
        let shortest = work("2024-05", "2024-05");
        for (start, end) in [("2024-05", "2014-05"), ("2030-01", "2040-01"), ("2024-07", "2024-09")] {
            assert!(work(start, end) <= shortest, "{start} {end}");
        }
        // What goes on beyond the day counts up to it.
        assert_eq!(work("2023-06", "2040-01"), work("2023-06", "2024-06"));
        assert!(work("2023-06", "2040-01") > shortest);
    }

    #[test]
    fn titles_fade_faster_than_skills() {
        let work = |start, end, kind| strength(SectionKind::Work, Some((start, end)), kind, true);
        assert_eq!(work("2020-01", "2024-01", ConceptKind::Title), 700);
        assert_eq!(work("1990-01", "1994-01", ConceptKind::Title), 210);
        assert_eq!(strength(SectionKind::Personal, None, ConceptKind::Title, true), 300);
        assert!(strength(SectionKind::Education, None, ConceptKind::Title, true) < 100);
    }
}
