//! How rows are scored one after the other: the same as [`score`](fn@crate::score), without keeping what shows it.

use crate::gate::{GateOutcome, any_of, is_shown};
use crate::profile::{GroupKind, Profile, SlotReading};
use crate::row::{Cell, Facts, MAX_CELLS};
use crate::score::{degree_amount, names_field_amount, practice_amount, subject_amount};
use crate::targets::{Fill, Targets};

/// Room for the scoring of one row, used again for the next.
pub(crate) struct Scorer<'a> {
    profile: &'a Profile,
    targets: &'a Targets,
    /// By slot: the best amount.
    best: Vec<u16>,
    /// By group: what its slots add up to, or for education the best of them.
    sums: Vec<u32>,
    gates: Vec<GateOutcome>,
    /// The cells that are of use to the profile, and the places of their uses.
    useful: [(u16, Cell); MAX_CELLS],
    /// A bit for each gate that asks for any of several concepts.
    any_of: u64,
}

impl<'a> Scorer<'a> {
    pub(crate) fn new(profile: &'a Profile) -> Self {
        let any_of = profile.gates().iter().enumerate().filter(|(_, gate)| gate.is_any_of());
        Self {
            profile,
            targets: profile.targets(),
            best: vec![0; profile.slots().len()],
            sums: vec![0; profile.groups().len()],
            gates: vec![GateOutcome::Unknown; profile.gates().len()],
            useful: [(0, Cell::default()); MAX_CELLS],
            any_of: any_of.fold(0, |bits, (gate, _)| bits | 1 << gate),
        }
    }

    /// The total of a row.
    ///
    /// # Errors
    /// The first gate that it certainly fails.
    pub(crate) fn total(&mut self, facts: &Facts, cells: &[Cell]) -> Result<u32, usize> {
        debug_assert!(
            facts.is_of_lexicon(self.profile.lexicon()),
            "row and profile are of different lexicons"
        );
        let failed = self.judge_facts(facts);
        if let Some(gate) = failed {
            // Only a gate before it could be the first.
            if self.any_of & ((1 << gate) - 1) == 0 {
                return Err(gate);
            }
        }
        let (shown, denied) = self.add_up(cells);
        let mut left = self.any_of;
        while left != 0 {
            let gate = left.trailing_zeros() as usize;
            left &= left - 1;
            let outcome = any_of(shown >> gate & 1 != 0, denied >> gate & 1 != 0);
            if outcome == GateOutcome::Fail {
                return Err(failed.map_or(gate, |failed| failed.min(gate)));
            }
            if let Some(place) = self.gates.get_mut(gate) {
                *place = outcome;
            }
        }
        match failed {
            Some(gate) => Err(gate),
            None => Ok(self.points(facts)),
        }
    }

    /// What became of each gate of a row that has a total.
    pub(crate) fn gates(&self) -> &[GateOutcome] {
        &self.gates
    }

    /// The first gate failed of those that no concept decides.
    fn judge_facts(&mut self, facts: &Facts) -> Option<usize> {
        for (number, (gate, outcome)) in self.profile.gates().iter().zip(&mut self.gates).enumerate() {
            if let Some(judged) = gate.judge_facts(facts) {
                if judged == GateOutcome::Fail {
                    return Some(number);
                }
                *outcome = judged;
            }
        }
        None
    }

    /// Sums up by group; gives the gates of which a concept is shown, and those of which one is denied.
    fn add_up(&mut self, cells: &[Cell]) -> (u64, u64) {
        let (mut shown, mut denied) = (0, 0);
        self.best.fill(0);
        self.sums.fill(0);
        let targets = self.targets;
        // Which cells are of use is next to random: noting them all, and going on only past those, spares the processor a
        // wrong guess for each.
        let mut useful = 0;
        for cell in cells {
            let place = targets.place(cell.concept);
            if let Some(noted) = self.useful.get_mut(useful) {
                *noted = (place, *cell);
            }
            useful += usize::from(place != 0);
        }
        for (place, cell) in self.useful.get(..useful).unwrap_or_default() {
            let Some(used) = targets.at(*place) else { continue };
            if used.gates != 0 {
                shown |= if is_shown(*cell) { used.gates } else { 0 };
                denied |= if cell.is_denied() { used.gates } else { 0 };
            }
            for Fill { number, slot } in targets.of_strength(used) {
                let amount = slot.strength(*cell);
                let places =
                    (self.best.get_mut(usize::from(*number)), self.sums.get_mut(usize::from(slot.group)));
                if let (Some(best), Some(sum)) = places {
                    *sum += u32::from(amount.saturating_sub(*best));
                    *best = amount.max(*best);
                }
            }
            for Fill { number, slot } in targets.of_others(used, *cell) {
                let amount = slot.amount(*cell);
                let places =
                    (self.best.get_mut(usize::from(*number)), self.sums.get_mut(usize::from(slot.group)));
                if let (Some(best), Some(sum)) = places {
                    // Subjects do not add up.
                    *sum = match slot.reading {
                        SlotReading::Study => (*sum).max(u32::from(amount)),
                        _ => *sum + u32::from(amount.saturating_sub(*best)),
                    };
                    *best = amount.max(*best);
                }
            }
        }
        (shown, denied)
    }

    fn points(&self, facts: &Facts) -> u32 {
        let mut total = 0;
        for (group, sum) in self.profile.groups().iter().zip(&self.sums) {
            let sum = match group.kind {
                GroupKind::Concepts | GroupKind::Achievements => *sum,
                GroupKind::Titles => {
                    let listed = self.best.get(group.slots.clone()).unwrap_or_default();
                    let best = listed.iter().copied().max().map_or(0, u32::from);
                    let field = self.profile.field_position();
                    *sum + names_field_amount(field.map_or(0, |field| facts.titled(field)), best)
                }
                GroupKind::Education => {
                    let degree = facts.degree.map(degree_amount).unwrap_or_default();
                    degree + subject_amount(*sum as u16)
                }
                GroupKind::Experience => {
                    let months = self.profile.field_position().map(|field| facts.field_months(field));
                    let months = months.unwrap_or_default();
                    u32::from(months.work) + practice_amount(u32::from(months.practice))
                }
            };
            if sum > 0 {
                total += group.points(sum);
            }
        }
        total
    }
}
