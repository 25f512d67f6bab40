use bole_core::Degree;
use serde::Serialize;

use crate::collect::COLLECTING_VERSION;
use crate::gate::GateOutcome;
use crate::profile::{Group, GroupKind, MAX_SLOTS, Profile, Slot, SlotReading};
use crate::row::{CERTIFIED, Cell, PATENTED, PUBLISHED, Row, SCHOOLED, STRENGTH, STUDIED};
use crate::targets::Fill;
use crate::weigh::FULL;

/// The version of the formula, of what is found in a reading, and of what a match tells of people (levels, filters, lines
/// quoted): it rises with any of them. A run of another version is refused by name when it is to be told again.
pub const SCORING_VERSION: u32 = FORMULA_VERSION + COLLECTING_VERSION;

/// It rises whenever the same evidence and profile may give another score, or a match may tell otherwise of the same.
const FORMULA_VERSION: u32 = 2;

/// How well one resume fits one profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Score {
    /// 0 to 100,000: thousandths of a point.
    pub total: u32,
    /// The points of each group of the profile, in its order; they add up to the total.
    pub components: Vec<u32>,
    /// What became of each gate, in the profile's order.
    pub gates: Vec<GateOutcome>,
}

/// Scores one row. The row and the profile must be of the same lexicon.
pub fn score(row: &Row, profile: &Profile) -> Score {
    let tally = Tally::of(row, profile);
    let components: Vec<u32> = profile.groups().iter().map(|group| tally.points(group)).collect();
    Score {
        total: components.iter().sum(),
        components,
        gates: profile.gates().iter().map(|gate| gate.judge(row)).collect(),
    }
}

/// The total of [`score`] alone, without allocating.
pub fn total(row: &Row, profile: &Profile) -> u32 {
    let tally = Tally::of(row, profile);
    profile.groups().iter().map(|group| tally.points(group)).sum()
}

/// What of a row a profile looks at: for each of its slots the best that was shown.
pub(crate) struct Tally<'a> {
    row: &'a Row,
    profile: &'a Profile,
    best: [Best; MAX_SLOTS],
}

/// The best evidence for a slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Best {
    /// In thousandths of a concept fully shown.
    pub(crate) amount: u16,
    /// The concept that was shown: the slot's own, or one that is a kind of it.
    pub(crate) concept: u16,
}

/// A part of what a group counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The best evidence for the slot of that number.
    Slot(usize, Best),
    /// The degree.
    Degree(Degree),
    /// A title that names something of the field, none of those listed.
    NamesField,
    /// Months of full-time work in the field.
    Work(u32),
    /// Months of internships and research in the field beside that.
    Practice(u32),
}

/// What a concept studied as the subject of a degree counts for education.
const AS_SUBJECT: u16 = 1000;
/// And what one counts that is only named there: a course, a thesis.
const AS_COURSE: u16 = 500;
/// A certificate named elsewhere than among certificates is still held, but may be one in preparation.
const CERTIFICATE_ELSEWHERE: u16 = 700;
/// Below this a certificate is wished for, not held: the strength of an objective is 20.
const CERTIFICATE_CLAIMED: u32 = 40;
/// A patent was examined, a publication reviewed; a certificate is the stronger proof of what a profile lists by name.
const PATENT: u16 = 700;
/// See [`PATENT`].
const PUBLICATION: u16 = 600;

/// The degree alone is less than a third of an education; the subject is the rest.
const DEGREE_SHARE: u32 = 300;
/// The rest.
const SUBJECT_SHARE: u32 = FULL - DEGREE_SHARE;
/// A month of practice counts half a month of work.
const PRACTICE_DIVISOR: u32 = 2;

impl<'a> Tally<'a> {
    pub(crate) fn of(row: &'a Row, profile: &'a Profile) -> Self {
        debug_assert!(row.is_of_lexicon(profile.lexicon()), "row and profile are of different lexicons");
        let mut best = [Best::default(); MAX_SLOTS];
        for cell in row.cells() {
            for Fill { number, slot } in profile.targets().of(cell.concept) {
                let Some(best) = best.get_mut(usize::from(*number)) else {
                    continue;
                };
                let amount = slot.amount(*cell);
                if amount > best.amount {
                    *best = Best { amount, concept: cell.concept };
                }
            }
        }
        Self { row, profile, best }
    }

    /// The points of `group`.
    pub(crate) fn points(&self, group: &Group) -> u32 {
        let mut sum = 0;
        self.parts(group, &mut |_, amount| sum += amount);
        group.points(sum)
    }

    /// Gives every part of what `group` counts with its amount. Everything that scores or explains goes through here.
    pub(crate) fn parts(&self, group: &Group, give: &mut impl FnMut(Part, u32)) {
        let own = group.slots.clone();
        let filled =
            own.clone().zip(self.best.get(own).unwrap_or_default()).filter(|(_, best)| best.amount > 0);
        match group.kind {
            GroupKind::Concepts | GroupKind::Titles | GroupKind::Achievements => {
                let mut most = 0;
                for (slot, best) in filled {
                    give(Part::Slot(slot, *best), u32::from(best.amount));
                    most = most.max(best.amount);
                }
                if group.kind == GroupKind::Titles {
                    let field = self.profile.field_position();
                    let titled = field.map_or(0, |field| self.row.facts().titled(field));
                    let more = names_field_amount(titled, most.into());
                    if more > 0 {
                        give(Part::NamesField, more);
                    }
                }
            }
            GroupKind::Education => {
                if let Some(degree) = self.row.degree() {
                    give(Part::Degree(degree), degree_amount(degree));
                }
                // Subjects do not add up: two degrees are not two educations. The first of equals stands for all.
                let subject =
                    filled.reduce(|best, next| if next.1.amount > best.1.amount { next } else { best });
                if let Some((slot, best)) = subject {
                    give(Part::Slot(slot, *best), subject_amount(best.amount));
                }
            }
            GroupKind::Experience => {
                let months = self.profile.field_position().map(|field| self.row.field_months(field));
                let months = months.unwrap_or_default();
                if months.work > 0 {
                    give(Part::Work(u32::from(months.work)), u32::from(months.work));
                }
                if months.practice > 0 {
                    let practice = u32::from(months.practice);
                    give(Part::Practice(practice), practice_amount(practice));
                }
            }
        }
    }

    pub(crate) fn row(&self) -> &Row {
        self.row
    }

    pub(crate) fn best(&self, slot: usize) -> Best {
        self.best.get(slot).copied().unwrap_or_default()
    }
}

impl Slot {
    /// What `cell` shows of it.
    pub(crate) fn amount(self, cell: Cell) -> u16 {
        let is_held = cell.strength() >= CERTIFICATE_CLAIMED;
        let amount = match self.reading {
            SlotReading::Strength => return self.strength(cell),
            SlotReading::Study if cell.is(STUDIED) => AS_SUBJECT,
            SlotReading::Study if cell.is(SCHOOLED) => AS_COURSE,
            SlotReading::Certificate if cell.is(CERTIFIED) => FULL as u16,
            SlotReading::Certificate if is_held => CERTIFICATE_ELSEWHERE,
            SlotReading::Publication if cell.is(PATENTED) => PATENT,
            SlotReading::Publication if cell.is(PUBLISHED) => PUBLICATION,
            SlotReading::Study | SlotReading::Certificate | SlotReading::Publication => 0,
        };
        (u32::from(amount) * self.factor / FULL) as u16
    }

    /// What `cell` shows of a slot that counts strength.
    #[inline]
    pub(crate) fn strength(self, cell: Cell) -> u16 {
        (cell.strength() * self.factor / FULL) as u16
    }
}

impl SlotReading {
    /// What a cell must have some of to show anything.
    pub(crate) fn facts(self) -> u16 {
        match self {
            Self::Strength => STRENGTH,
            Self::Study => STUDIED | SCHOOLED,
            Self::Certificate => STRENGTH | CERTIFIED,
            Self::Publication => PATENTED | PUBLISHED,
        }
    }
}

impl Group {
    /// The points for `sum`: none for none, all for what is full, and the more there is, the less the next adds. Half
    /// of what is full gives three quarters of the points.
    ///
    /// Education is linear: its parts are shares already.
    pub(crate) fn points(&self, sum: u32) -> u32 {
        let sum = u64::from(sum.min(self.full));
        let (weight, full) = (u64::from(self.weight), u64::from(self.full.max(1)));
        let points = match self.kind {
            GroupKind::Education => weight * sum / full,
            _ => weight * 3 * sum / (2 * sum + full),
        };
        points as u32
    }
}

/// What the best of the subjects counts within its share.
pub(crate) fn subject_amount(best: u16) -> u32 {
    u32::from(best) * SUBJECT_SHARE / FULL
}

/// What months of practice count, in months of work.
pub(crate) fn practice_amount(months: u32) -> u32 {
    months.div_ceil(PRACTICE_DIVISOR)
}

/// What a title that names something of the field, and is none of those listed, adds to the listed ones: it counts like
/// one of them, but the same job under both names is one job.
pub(crate) fn names_field_amount(titled: u32, best_listed: u32) -> u32 {
    titled.saturating_sub(best_listed)
}

/// What a degree counts within its share: steps that grow smaller, for each level builds on the one below.
pub(crate) fn degree_amount(degree: Degree) -> u32 {
    let level = match degree {
        Degree::Secondary => 100,
        Degree::Associate => 350,
        Degree::Bachelor => 650,
        Degree::Master => 850,
        Degree::Doctor => FULL,
    };
    level * DEGREE_SHARE / FULL
}
