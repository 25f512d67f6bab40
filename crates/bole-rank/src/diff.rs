//! What changed from one profile to another.

use bole_core::{ConceptId, ContentHash};
use serde::Serialize;
use utoipa::ToSchema;

use crate::gate::Condition;
use crate::lexicon::Lexicon;
use crate::outline::{ConceptOutline, Enough, GateOutline, GroupOutline, Listed, Outline, named};
use crate::profile::Profile;

/// What changed from one profile to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProfileDiff {
    /// The earlier one.
    pub before: Compared,
    /// The later one.
    pub after: Compared,
    /// What changed; nothing if both score every resume alike and are called the same, whatever their files look like.
    pub changes: Vec<ProfileChange>,
}

/// A profile that was compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Compared {
    /// What it is called by.
    pub id: String,
    /// The hash of its file.
    pub hash: ContentHash,
}

/// One difference between two profiles. Weights are thousandths of a point, of 100 points in all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ProfileChange {
    /// Its id, its field, or its name in a language.
    Called {
        /// `id`, `field`, `name_zh` or `name_en`.
        key: &'static str,
        /// What stood there.
        before: String,
        /// What stands there.
        after: String,
    },
    /// A group that is new.
    GroupAdded {
        /// Its id.
        group: String,
        /// The most points it gives.
        weight: u32,
    },
    /// A group that is gone.
    GroupRemoved {
        /// Its id.
        group: String,
        /// The most points it gave.
        weight: u32,
    },
    /// The names of a group.
    GroupRenamed {
        /// Its id.
        group: String,
        /// The Chinese and the English name it had.
        before: [String; 2],
        /// Those it has.
        after: [String; 2],
    },
    /// The most points that a group gives.
    Weight {
        /// Its id.
        group: String,
        /// What it gave.
        before: u32,
        /// What it gives.
        after: u32,
    },
    /// What gives all points of a group.
    Enough {
        /// Its id.
        group: String,
        /// What gave them.
        before: Enough,
        /// What gives them.
        after: Enough,
    },
    /// A concept that is looked for anew.
    ConceptAdded {
        /// Which.
        concept: ConceptOutline,
        /// In which group.
        group: String,
    },
    /// A concept that is no longer looked for.
    ConceptRemoved {
        /// Which, as it was listed.
        concept: ConceptOutline,
        /// In which group it was.
        group: String,
    },
    /// A concept in another group, or listed otherwise.
    ConceptMoved {
        /// Which, as it is listed.
        concept: ConceptOutline,
        /// In which group it was.
        from: String,
        /// How it was listed.
        was: Listed,
        /// In which group it is.
        group: String,
    },
    /// A gate that is new.
    GateAdded {
        /// Which.
        gate: GateOutline,
    },
    /// A gate that is gone.
    GateRemoved {
        /// Which.
        gate: GateOutline,
    },
    /// A gate that is called or asks otherwise.
    GateChanged {
        /// As it was.
        before: GateOutline,
        /// As it is.
        after: GateOutline,
        /// What it accepts now, if both are any-of gates.
        now_accepts: Vec<ConceptId>,
        /// What it accepts no more, if both are any-of gates.
        no_longer_accepts: Vec<ConceptId>,
    },
}

impl ProfileDiff {
    /// Compares two profiles that were checked against `lexicon`.
    pub fn new(before: &Profile, after: &Profile, lexicon: &Lexicon) -> Self {
        let (old, new) = (Outline::new(before, lexicon), Outline::new(after, lexicon));
        let mut changes = Vec::new();
        for (key, before, after) in [
            ("id", &old.id, &new.id),
            ("field", &old.field.0, &new.field.0),
            ("name_zh", &old.name_zh, &new.name_zh),
            ("name_en", &old.name_en, &new.name_en),
        ] {
            if before != after {
                changes.push(ProfileChange::Called { key, before: before.clone(), after: after.clone() });
            }
        }
        groups(&old, &new, &mut changes);
        concepts(&old, &new, &mut changes);
        gates(&old, &new, &mut changes);
        let compared = |outline: Outline| Compared { id: outline.id, hash: outline.hash };
        Self { before: compared(old), after: compared(new), changes }
    }
}

fn groups(old: &Outline, new: &Outline, changes: &mut Vec<ProfileChange>) {
    let find = |outline: &Outline, id: &str| outline.groups.iter().find(|group| group.id == id).cloned();
    for was in old.groups.iter().filter(|group| find(new, &group.id).is_none()) {
        changes.push(ProfileChange::GroupRemoved { group: was.id.clone(), weight: was.weight });
    }
    for is in &new.groups {
        let group = is.id.clone();
        let Some(was) = find(old, &group) else {
            changes.push(ProfileChange::GroupAdded { group, weight: is.weight });
            continue;
        };
        let names = |group: &GroupOutline| [group.name_zh.clone(), group.name_en.clone()];
        if names(&was) != names(is) {
            let (before, after) = (names(&was), names(is));
            changes.push(ProfileChange::GroupRenamed { group: group.clone(), before, after });
        }
        if was.weight != is.weight {
            let (before, after) = (was.weight, is.weight);
            changes.push(ProfileChange::Weight { group: group.clone(), before, after });
        }
        if was.enough != is.enough {
            changes.push(ProfileChange::Enough { group, before: was.enough, after: is.enough });
        }
    }
}

/// Concepts by id, then by group: what left one place and came to another was moved.
fn concepts(old: &Outline, new: &Outline, changes: &mut Vec<ProfileChange>) {
    let places = |outline: &Outline| {
        let groups = outline.groups.iter();
        let mut places: Vec<(ConceptOutline, String)> = groups
            .flat_map(|group| group.concepts.iter().map(|concept| (concept.clone(), group.id.clone())))
            .collect();
        places.sort_by(|(one, at), (other, at_other)| {
            (&one.id, at, one.listed).cmp(&(&other.id, at_other, other.listed))
        });
        places
    };
    let (old, new) = (places(old), places(new));
    let mut left: Vec<_> = old.iter().filter(|place| !new.contains(place)).cloned().collect();
    for (concept, group) in new.into_iter().filter(|place| !old.contains(place)) {
        let origin = left.iter().position(|(was, _)| was.id == concept.id);
        changes.push(match origin.map(|origin| left.remove(origin)) {
            Some((was, from)) => ProfileChange::ConceptMoved { concept, from, was: was.listed, group },
            None => ProfileChange::ConceptAdded { concept, group },
        });
    }
    changes.extend(left.into_iter().map(|(concept, group)| ProfileChange::ConceptRemoved { concept, group }));
}

fn gates(old: &Outline, new: &Outline, changes: &mut Vec<ProfileChange>) {
    let find = |outline: &Outline, id: &str| outline.gates.iter().find(|gate| gate.id == id).cloned();
    for gate in old.gates.iter().filter(|gate| find(new, &gate.id).is_none()) {
        changes.push(ProfileChange::GateRemoved { gate: gate.clone() });
    }
    for after in new.gates.iter().cloned() {
        let Some(before) = find(old, &after.id) else {
            changes.push(ProfileChange::GateAdded { gate: after });
            continue;
        };
        if before == after {
            continue;
        }
        let (now_accepts, no_longer_accepts) = match (&before.condition, &after.condition) {
            (Condition::AnyOf(was), Condition::AnyOf(is)) => (without(is, was), without(was, is)),
            _ => (Vec::new(), Vec::new()),
        };
        // The order of what an any-of gate lists says nothing.
        let same_condition = before.condition == after.condition
            || matches!((&before.condition, &after.condition), (Condition::AnyOf(_), Condition::AnyOf(_)))
                && now_accepts.is_empty()
                && no_longer_accepts.is_empty();
        let same_name = (&before.name_zh, &before.name_en) == (&after.name_zh, &after.name_en);
        if !(same_condition && same_name) {
            changes.push(ProfileChange::GateChanged { before, after, now_accepts, no_longer_accepts });
        }
    }
}

fn without(all: &[ConceptId], some: &[ConceptId]) -> Vec<ConceptId> {
    all.iter().filter(|concept| !some.contains(concept)).cloned().collect()
}

impl ProfileChange {
    /// It in words.
    pub fn told(&self, lexicon: &Lexicon) -> String {
        let concept =
            |concept: &ConceptOutline| format!("`{}` ({} {})", concept.id, concept.name_en, concept.name_zh);
        match self {
            Self::Called { key, before, after } => format!("{key}: `{before}` → `{after}`"),
            Self::GroupAdded { group, weight } => format!("group `{group}`: new, {} points", points(*weight)),
            Self::GroupRemoved { group, weight } => {
                format!("group `{group}`: gone, it gave {} points", points(*weight))
            }
            Self::GroupRenamed { group, before: [zh, en], after: [zh_now, en_now] } => {
                format!("group `{group}`: called {zh} {en} → {zh_now} {en_now}")
            }
            Self::Weight { group, before, after } => {
                format!("group `{group}`: {} → {} points of 100", points(*before), points(*after))
            }
            Self::Enough { group, before, after } => {
                format!("group `{group}`: enough {} → {}", before.told(), after.told())
            }
            Self::ConceptAdded { concept: of, group } => {
                format!("group `{group}`: + {}, {}", concept(of), of.listed.told())
            }
            Self::ConceptRemoved { concept: of, group } => {
                format!("group `{group}`: − {}, {}", concept(of), of.listed.told())
            }
            Self::ConceptMoved { concept: of, from, was, group } if from == group => {
                format!("group `{group}`: {} {} → {}", concept(of), was.told(), of.listed.told())
            }
            Self::ConceptMoved { concept: of, from, was, group } => {
                format!("{}: `{from}` {} → `{group}` {}", concept(of), was.told(), of.listed.told())
            }
            Self::GateAdded { gate } => format!("gate `{}`: new, {}", gate.id, gate.told),
            Self::GateRemoved { gate } => format!("gate `{}`: gone, {}", gate.id, gate.told),
            Self::GateChanged { before, after, now_accepts, no_longer_accepts } => {
                let mut parts = Vec::new();
                if (&before.name_zh, &before.name_en) != (&after.name_zh, &after.name_en) {
                    let (zh, en) = (&after.name_zh, &after.name_en);
                    parts.push(format!("called {} {} → {zh} {en}", before.name_zh, before.name_en));
                }
                let list = |concepts: &[ConceptId]| {
                    concepts.iter().map(|concept| named(concept, lexicon)).collect::<Vec<_>>().join(", ")
                };
                if !now_accepts.is_empty() {
                    parts.push(format!("now accepts {}", list(now_accepts)));
                }
                if !no_longer_accepts.is_empty() {
                    parts.push(format!("no longer accepts {}", list(no_longer_accepts)));
                }
                let is_list = now_accepts.len() + no_longer_accepts.len() > 0;
                if before.condition != after.condition && !is_list {
                    parts.push(format!("{} → {}", before.told, after.told));
                }
                format!("gate `{}`: {}", after.id, parts.join("; "))
            }
        }
    }
}

/// Thousandths of a point as points, as short as they are: `22`, `6.25`.
fn points(thousandths: u32) -> String {
    let shown = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    shown.trim_end_matches('0').trim_end_matches('.').to_owned()
}
