//! What evidence for each concept counts for, laid out for going through many cells.

use std::collections::BTreeMap;

use crate::gate::Gate;
use crate::lexicon::Lexicon;
use crate::profile::{Group, GroupKind, Slot, SlotReading};

/// By concept: the slots that it fills and the gates that ask for it.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    /// For each concept of the lexicon its place in `uses`. Most concepts are of no use to a profile, and share the first.
    by_concept: Vec<u16>,
    uses: Vec<Use>,
    slots: Vec<u16>,
}

/// What a concept is good for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Use {
    start: u32,
    end: u32,
    /// A bit for each gate that asks for it.
    pub(crate) gates: u64,
}

impl Targets {
    pub(crate) fn new(groups: &[Group], slots: &[Slot], gates: &[Gate], lexicon: &Lexicon) -> Self {
        let mut targets = Self { uses: vec![Use::default()], ..Self::default() };
        let mut known: BTreeMap<(Vec<u16>, u64), u16> = BTreeMap::from([((Vec::new(), 0), 0)]);
        for (concept, filled) in (0_u16..).zip(filled(groups, slots, lexicon)) {
            let asking = gates.iter().enumerate().filter(|(_, gate)| gate.accepts(concept));
            let asking = asking.fold(0, |bits, (gate, _)| bits | 1 << gate);
            let next = targets.uses.len() as u16;
            let place = *known.entry((filled, asking)).or_insert_with_key(|(filled, asking)| {
                let start = targets.slots.len() as u32;
                targets.slots.extend(filled);
                targets.uses.push(Use { start, end: targets.slots.len() as u32, gates: *asking });
                next
            });
            targets.by_concept.push(place);
        }
        targets
    }

    /// What `concept` is good for; none if for nothing.
    #[inline]
    pub(crate) fn of(&self, concept: u16) -> Option<&Use> {
        match self.by_concept.get(usize::from(concept)) {
            None | Some(0) => None,
            Some(place) => self.uses.get(usize::from(*place)),
        }
    }

    /// The slots that evidence of that use fills.
    #[inline]
    pub(crate) fn slots(&self, of: &Use) -> &[u16] {
        self.slots.get(of.start as usize..of.end as usize).unwrap_or_default()
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
