//! The counterfactual: what single change would raise a total most.

use bole_core::{ConceptId, Degree};
use serde::Serialize;
use utoipa::ToSchema;

use crate::gate::Condition;
use crate::lexicon::Lexicon;
use crate::profile::{Group, GroupKind, Profile, SlotReading};
use crate::row::Row;
use crate::score::{Part, Tally, degree_amount};
use crate::weigh::FULL;

/// A change to a resume and what it would bring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Change {
    /// The group it would raise.
    pub group: String,
    /// What to change.
    pub what: ChangeKind,
    /// The Chinese name of what it is about.
    pub name_zh: String,
    /// The English name of what it is about.
    pub name_en: String,
    /// The points that the total would rise by.
    pub gain: u32,
    /// The total it would rise to.
    pub total: u32,
}

/// What to change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ChangeKind {
    /// Show this concept in recent work of some years.
    ShowInWork {
        /// Which.
        concept: ConceptId,
    },
    /// Hold this title for some years.
    HoldTitle {
        /// Which.
        concept: ConceptId,
    },
    /// Study this.
    Study {
        /// Which.
        concept: ConceptId,
    },
    /// Earn this certificate.
    EarnCertificate {
        /// Which.
        concept: ConceptId,
    },
    /// Publish about this, or patent it.
    Publish {
        /// Which.
        concept: ConceptId,
    },
    /// State or take the next degree.
    TakeDegree {
        /// Which.
        degree: Degree,
    },
    /// Show this many more months of dated work in the field.
    WorkLonger {
        /// How many.
        months: u32,
    },
}

/// What recent work of three years shows of a concept, no title naming it.
const SHOWN_IN_WORK: u32 = 800;
/// A change should be within reach: two years of work.
const MORE_MONTHS: u32 = 24;
/// A publication, the lesser of publication and patent.
const PUBLISHED: u32 = 600;
/// What a subject adds to an education.
const SUBJECT: u32 = 700;

/// The change of one thing that raises the total most, the first of equals; none if nothing does.
pub(crate) fn best_change(
    row: &Row,
    tally: &Tally<'_>,
    profile: &Profile,
    lexicon: &Lexicon,
    total: u32,
) -> Option<Change> {
    let mut best: Option<Change> = None;
    for group in profile.groups() {
        let mut sum = 0;
        // The most that a slot has: for education its subject, for titles that of the listed ones.
        let mut most = 0;
        let mut names_field = 0;
        tally.parts(group, &mut |part, amount| {
            sum += amount;
            match part {
                Part::Slot(..) => most = most.max(amount),
                Part::NamesField => names_field = amount,
                Part::Degree(_) | Part::Work(_) | Part::Practice(_) => {}
            }
        });
        let before = group.points(sum);
        let mut consider =
            |what: &dyn Fn() -> ChangeKind, names: (&str, &str), amount_before: u32, amount| {
                let gain = group.points(sum - amount_before.min(sum) + amount).saturating_sub(before);
                if gain > best.as_ref().map_or(0, |best| best.gain) {
                    best = Some(Change {
                        group: group.id.clone(),
                        what: what(),
                        name_zh: names.0.to_owned(),
                        name_en: names.1.to_owned(),
                        gain,
                        total: total + gain,
                    });
                }
            };
        for (number, slot) in group.slots.clone().zip(profile.slots_of(group)) {
            let Some(concept) = lexicon.concept_at(slot.concept) else {
                continue;
            };
            let what = || change_of_slot(group, slot.reading, concept.id.clone());
            let reached = reached_by_change(group, slot.reading);
            let names = (concept.name_zh.as_str(), concept.name_en.as_str());
            let reached = reached * slot.factor / FULL;
            let is_subject = slot.reading == SlotReading::Study;
            let amount_before = if is_subject { most } else { u32::from(tally.best(number).amount) };
            if reached > amount_before {
                // What names the field adds only what is more than the best listed title.
                let filled = names_field.min(reached.saturating_sub(most));
                consider(&what, names, amount_before + filled, reached);
            }
        }
        match group.kind {
            GroupKind::Education => {
                if let Some(degree) = next_degree(row.degree()) {
                    let amount_before = row.degree().map_or(0, degree_amount);
                    let what = || ChangeKind::TakeDegree { degree };
                    consider(&what, ("学历", "degree"), amount_before, degree_amount(degree));
                }
            }
            GroupKind::Experience if too_long(row, profile) => {}
            GroupKind::Experience => {
                let what = || ChangeKind::WorkLonger { months: MORE_MONTHS };
                consider(&what, ("本领域工作", "work in the field"), 0, MORE_MONTHS);
            }
            GroupKind::Concepts | GroupKind::Titles | GroupKind::Achievements => {}
        }
    }
    best
}

/// Whether somebody who worked longer would be out by a gate for the young.
fn too_long(row: &Row, profile: &Profile) -> bool {
    let months = row.full_time_months().unwrap_or_default() + MORE_MONTHS;
    let most = profile.gates().iter().filter_map(|gate| match gate.condition {
        Condition::MaxFullTimeMonths(most) => Some(most),
        _ => None,
    });
    most.min().is_some_and(|most| months > most)
}

fn change_of_slot(group: &Group, reading: SlotReading, concept: ConceptId) -> ChangeKind {
    match reading {
        SlotReading::Strength if group.kind == GroupKind::Titles => ChangeKind::HoldTitle { concept },
        SlotReading::Strength => ChangeKind::ShowInWork { concept },
        SlotReading::Study => ChangeKind::Study { concept },
        SlotReading::Certificate => ChangeKind::EarnCertificate { concept },
        SlotReading::Publication => ChangeKind::Publish { concept },
    }
}

fn reached_by_change(group: &Group, reading: SlotReading) -> u32 {
    match reading {
        SlotReading::Strength if group.kind != GroupKind::Titles => SHOWN_IN_WORK,
        SlotReading::Strength | SlotReading::Certificate => FULL,
        SlotReading::Study => SUBJECT,
        SlotReading::Publication => PUBLISHED,
    }
}

/// The degree to take next; for one who states none, a bachelor's.
fn next_degree(degree: Option<Degree>) -> Option<Degree> {
    match degree {
        None | Some(Degree::Secondary | Degree::Associate) => Some(Degree::Bachelor),
        Some(Degree::Bachelor) => Some(Degree::Master),
        Some(Degree::Master) => Some(Degree::Doctor),
        Some(Degree::Doctor) => None,
    }
}
