//! What evidence for each concept counts for, laid out for going through many cells.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::gate::Gate;
use crate::lexicon::Lexicon;
use crate::profile::{Group, GroupKind, Slot, SlotReading};
use crate::row::Cell;

/// By concept: the slots that it fills and the gates that ask for it.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    /// For each concept of the lexicon its place in `uses`. Most concepts are of no use to a profile, and share the first.
    by_concept: Vec<u16>,
    uses: Vec<Use>,
    fills: Vec<Fill>,
}

/// What a concept is good for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Use {
    start: u32,
    /// Where those that count strength end and the others begin.
    middle: u32,
    end: u32,
    /// The facts of a cell without which the others count nothing.
    facts: u16,
    /// A bit for each gate that asks for it.
    pub(crate) gates: u64,
}

/// A slot that is filled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fill {
    pub(crate) number: u16,
    pub(crate) slot: Slot,
}

impl Targets {
    pub(crate) fn new(groups: &[Group], slots: &[Slot], gates: &[Gate], lexicon: &Lexicon) -> Self {
        let mut targets = Self { uses: vec![Use::default()], ..Self::default() };
        let mut known: BTreeMap<(Vec<u16>, u64), u16> = BTreeMap::from([((Vec::new(), 0), 0)]);
        for (concept, filled) in (0_u16..).zip(filled(groups, slots, lexicon)) {
            let asking = gates.iter().enumerate().filter(|(_, gate)| gate.accepts(concept));
            let asking = asking.fold(0, |bits, (gate, _)| bits | 1 << gate);
            let next = targets.uses.len() as u16;
            let place = *known
                .entry((filled, asking))
                .or_insert_with_key(|(filled, asking)| targets.add(filled, slots, *asking, next));
            targets.by_concept.push(place);
        }
        targets
    }

    fn add(&mut self, filled: &[u16], slots: &[Slot], gates: u64, place: u16) -> u16 {
        let fill = |number: &u16| Some(Fill { number: *number, slot: *slots.get(usize::from(*number))? });
        let is_strength = |fill: &Fill| fill.slot.reading == SlotReading::Strength;
        let (strength, others): (Vec<Fill>, Vec<Fill>) =
            filled.iter().filter_map(fill).partition(is_strength);
        let facts = others.iter().fold(0, |facts, fill| facts | fill.slot.reading.facts());
        let start = self.fills.len() as u32;
        let middle = start + strength.len() as u32;
        let end = middle + others.len() as u32;
        self.fills.extend(strength.into_iter().chain(others));
        self.uses.push(Use { start, middle, end, facts, gates });
        place
    }

    /// The place of what `concept` is good for; 0 if for nothing.
    #[inline]
    pub(crate) fn place(&self, concept: u16) -> u16 {
        self.by_concept.get(usize::from(concept)).copied().unwrap_or_default()
    }

    /// What is good for at a place.
    #[inline]
    pub(crate) fn at(&self, place: u16) -> Option<&Use> {
        self.uses.get(usize::from(place))
    }

    /// All slots that evidence for `concept` fills.
    pub(crate) fn of(&self, concept: u16) -> &[Fill] {
        let used = self.at(self.place(concept));
        used.map_or(&[][..], |used| self.fills(used.start..used.end))
    }

    /// The slots that count strength.
    #[inline]
    pub(crate) fn of_strength(&self, used: &Use) -> &[Fill] {
        self.fills(used.start..used.middle)
    }

    /// The slots that count something else, if `cell` has what they could count.
    #[inline]
    pub(crate) fn of_others(&self, used: &Use, cell: Cell) -> &[Fill] {
        if cell.is(used.facts) { self.fills(used.middle..used.end) } else { &[] }
    }

    #[inline]
    fn fills(&self, range: Range<u32>) -> &[Fill] {
        self.fills.get(range.start as usize..range.end as usize).unwrap_or_default()
    }
}

/// Which slots evidence for each concept fills: for every reading of it the slots of the concept itself or, where no
/// group lists it, those of the nearest thing listed that it is a kind of. So a child counts for its parent, but what
/// was shown once never counts as two things.
fn filled<'a>(
    groups: &'a [Group],
    slots: &'a [Slot],
    lexicon: &'a Lexicon,
) -> impl Iterator<Item = Vec<u16>> + 'a {
    // Titles are counted apart from concepts: a concept may be looked for in both ways.
    let aspects: Vec<(GroupKind, SlotReading)> = groups
        .iter()
        .flat_map(|group| {
            slots.get(group.slots.clone()).into_iter().flatten().map(|slot| (group.kind, slot.reading))
        })
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    let filling = move |concept: u16, (kind, reading): (GroupKind, SlotReading)| {
        let of_kind =
            groups.iter().filter(move |group| group.kind == kind).flat_map(|group| group.slots.clone());
        let listing = of_kind.filter(move |slot| {
            slots.get(*slot).is_some_and(|slot| slot.concept == concept && slot.reading == reading)
        });
        listing.map(|slot| slot as u16).collect::<Vec<u16>>()
    };
    let all = 0..lexicon.concepts().len() as u16;
    all.map(move |concept| {
        let lineage = lexicon.with_ancestors(concept);
        let nearest = |aspect| {
            lineage.iter().map(|ancestor| filling(*ancestor, aspect)).find(|slots| !slots.is_empty())
        };
        aspects.iter().filter_map(|aspect| nearest(*aspect)).flatten().collect::<Vec<u16>>()
    })
}
