//! Putting concepts into few groups.

use crate::lexicon::Lexicon;
use crate::profile::{GroupKind, Profile, RESERVED};

use super::{Ask, Kind, Wish};

/// A group of the draft.
pub(super) struct Drafted<'w, 'l> {
    pub(super) id: String,
    pub(super) name_zh: String,
    pub(super) name_en: String,
    pub(super) wishes: Vec<&'w Wish<'l>>,
}

/// More groups than this say nothing; what is left goes into one.
const MAX_GROUPS: usize = 6;
const SKILLS: [&str; 3] = ["skills", "专业技能", "Skills"];

/// The groups of `wishes`: those of the field's profile where it lists a concept or what that is a kind of, else those of
/// a parent that two or more have in common, else one for the rest.
pub(super) fn groups<'w, 'l>(
    wishes: &'w [Wish<'l>],
    known: Option<&Profile>,
    lexicon: &Lexicon,
) -> Vec<Drafted<'w, 'l>> {
    let mut groups: Vec<Drafted<'w, 'l>> = Vec::new();
    let mut put = |[id, name_zh, name_en]: [&str; 3], wish: &'w Wish<'l>| {
        if let Some(group) = groups.iter_mut().find(|group| group.id == id) {
            group.wishes.push(wish);
            return;
        }
        let (id, name_zh, name_en) = (id.to_owned(), name_zh.to_owned(), name_en.to_owned());
        groups.push(Drafted { id, name_zh, name_en, wishes: vec![wish] });
    };
    let mut left = Vec::new();
    for wish in wishes.iter().filter(|wish| wish.kind == Kind::Group) {
        let listing = known.and_then(|profile| {
            let lists = |concept: u16| {
                profile.groups().iter().find(|group| {
                    let slots = profile.slots_of(group);
                    group.kind == GroupKind::Concepts && slots.iter().any(|slot| slot.concept == concept)
                })
            };
            lexicon.with_ancestors(wish.position).into_iter().find_map(lists)
        });
        match listing {
            Some(group) => put([&group.id, &group.name_zh, &group.name_en], wish),
            None => left.push(wish),
        }
    }
    // How many of what is left each concept stands above, or is.
    let mut shared = std::collections::BTreeMap::<u16, usize>::new();
    for wish in &left {
        for ancestor in lexicon.with_ancestors(wish.position) {
            *shared.entry(ancestor).or_default() += 1;
        }
    }
    for wish in left {
        let lineage = lexicon.with_ancestors(wish.position);
        let parent =
            lineage.into_iter().find(|ancestor| shared.get(ancestor).is_some_and(|number| *number > 1));
        let parent = parent.and_then(|parent| lexicon.concept_at(parent));
        match parent.filter(|parent| !RESERVED.contains(&parent.id.0.as_str())) {
            Some(parent) => put([&parent.id.0, &parent.name_zh, &parent.name_en], wish),
            None => put(SKILLS, wish),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(demand(&group.wishes)));
    if groups.len() > MAX_GROUPS {
        let rest = groups.split_off(MAX_GROUPS - 1);
        let wishes = rest.into_iter().flat_map(|group| group.wishes).collect::<Vec<_>>();
        if let Some(skills) = groups.iter_mut().find(|group| group.id == SKILLS[0]) {
            skills.wishes.extend(wishes);
        } else {
            let [id, name_zh, name_en] = SKILLS.map(str::to_owned);
            groups.push(Drafted { id, name_zh, name_en, wishes });
        }
    }
    groups
}

/// How much is asked for, as a share: a must counts three times what is nice, twice what is wanted.
pub(super) fn demand(wishes: &[&Wish<'_>]) -> u32 {
    let weight = |ask| match ask {
        Ask::Must => 6,
        Ask::Wanted => 3,
        Ask::Nice => 2,
    };
    wishes.iter().map(|wish| weight(wish.ask)).sum()
}
