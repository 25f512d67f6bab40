//! Which jobs, internships and research stays belong to a field, and what is only mentioned in passing in another one.

use std::collections::BTreeSet;

use bole_core::{DateRange, Evidence, Mention, SectionKind, Span};

use crate::lexicon::{ConceptKind, Lexicon};
use crate::weigh::is_doing;

/// A job, internship or research stay in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stay {
    pub(crate) field: usize,
    pub(crate) is_practice: bool,
    pub(crate) dates: DateRange,
    /// What makes it one of the field.
    pub(crate) spans: Vec<Span>,
}

/// A job counts as one of a field if its title does, or if it names this many of its concepts: one alone may be chance
/// (a cook who keeps the accounts), and two often are (a web developer whose client was a bank with a credit card).
const CONCEPTS_OF_A_JOB: usize = 3;

/// Something that was done, by field: entries of one kind over the same dates are one.
type Doing = (usize, SectionKind, Option<DateRange>);

/// What somebody did in each field.
pub(crate) struct Jobs {
    of_field: BTreeSet<Doing>,
    stays: Vec<Stay>,
}

impl Jobs {
    /// The jobs, internships, projects and research of `evidence` that belong to a field. What is denied, ambiguous or
    /// common everywhere is no sign of one.
    pub(crate) fn of(evidence: &Evidence, lexicon: &Lexicon) -> Self {
        let mut signs: Vec<(Doing, &Mention)> = Vec::new();
        for mention in evidence.mentions.iter().filter(|mention| mention.status.is_counted()) {
            if let Some(doing) = doing(mention, lexicon) {
                signs.push((doing, mention));
            }
        }
        signs.sort_by_key(|(doing, mention)| (*doing, !mention.in_title, mention.span));
        let mut jobs = Self { of_field: BTreeSet::new(), stays: Vec::new() };
        for signs in signs.chunk_by(|one, next| one.0 == next.0) {
            let Some((doing, first)) = signs.first() else {
                continue;
            };
            let concepts: BTreeSet<_> = signs.iter().map(|(_, mention)| &mention.concept).collect();
            // What a title names comes first.
            if !first.in_title && concepts.len() < CONCEPTS_OF_A_JOB {
                continue;
            }
            jobs.of_field.insert(*doing);
            let (field, section, dates) = *doing;
            // Projects mostly lie within a job or a course of studies, and say little about time spent.
            if let (Some(dates), true) = (dates, section != SectionKind::Project) {
                let is_practice = section != SectionKind::Work;
                let spans = signs.iter().map(|(_, mention)| mention.span).take(CONCEPTS_OF_A_JOB).collect();
                jobs.stays.push(Stay { field, is_practice, dates, spans });
            }
        }
        jobs.stays.sort_by_key(|stay| (stay.field, stay.is_practice, stay.dates));
        jobs
    }

    /// The stays by field, practice after work, and date.
    pub(crate) fn stays(&self) -> &[Stay] {
        &self.stays
    }

    /// Whether `mention` tells of a job that is not of its concept's field: `delivered parts to a maker of aircraft
    /// seats`. Only a job has a trade of its own: projects and internships are short, and are about what they name.
    /// What is common to many fields is at home everywhere.
    pub(crate) fn is_in_passing(&self, mention: &Mention, lexicon: &Lexicon) -> bool {
        mention.section == SectionKind::Work
            && doing(mention, lexicon).is_some_and(|doing| !self.of_field.contains(&doing))
    }
}

fn doing(mention: &Mention, lexicon: &Lexicon) -> Option<Doing> {
    let concept = lexicon.concept(&mention.concept).filter(|concept| !concept.general)?;
    // A title in running text is somebody else's.
    let is_own = mention.in_title || concept.kind != ConceptKind::Title;
    let field = lexicon.field_position(&concept.field)?;
    (is_own && is_doing(mention.section)).then_some((field, mention.section, mention.dates))
}
