//! What a profile says, by name, to be read by a person.

use bole_core::{ConceptId, ContentHash, FieldId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::explain::degree_names;
use crate::gate::Condition;
use crate::lexicon::Lexicon;
use crate::profile::{GroupKind, Profile, SlotReading};
use crate::weigh::FULL;

/// A profile with the names of what it asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Outline {
    /// What it is called by.
    pub id: String,
    /// Its field.
    pub field: FieldId,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// The hash of its file.
    pub hash: ContentHash,
    /// The components of its score, in their order.
    pub groups: Vec<GroupOutline>,
    /// Its gates, in their order.
    pub gates: Vec<GateOutline>,
}

/// A component of the score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GroupOutline {
    /// Its id within the profile.
    pub id: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// What it counts.
    pub kind: GroupKind,
    /// The most points it gives, in thousandths; all groups together give 100,000.
    pub weight: u32,
    /// What gives all of them.
    pub enough: Enough,
    /// What it looks for, in the order of the file.
    pub concepts: Vec<ConceptOutline>,
}

/// What gives all points of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Enough {
    /// So many concepts, fully shown.
    Concepts(u32),
    /// So many months of work in the field.
    Months(u32),
    /// A doctorate, taken in one of the disciplines.
    Doctorate,
}

/// A concept that a group looks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConceptOutline {
    /// Its id.
    pub id: ConceptId,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// How it is listed.
    pub listed: Listed,
}

/// How a group lists a concept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Listed {
    /// It counts fully.
    Full,
    /// It counts two fifths.
    Minor,
    /// As a subject of study.
    Discipline,
    /// As a certificate that is held.
    Certificate,
    /// As a topic of publications and patents.
    Topic,
}

/// A gate in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GateOutline {
    /// Its id within the profile.
    pub id: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// What it asks for.
    pub condition: Condition,
    /// That in words.
    pub told: String,
}

impl Outline {
    /// Tells what `profile` says. `lexicon` must be the one that it was checked against.
    pub fn new(profile: &Profile, lexicon: &Lexicon) -> Self {
        let groups = profile.groups().iter().map(|group| GroupOutline {
            id: group.id.clone(),
            name_zh: group.name_zh.clone(),
            name_en: group.name_en.clone(),
            kind: group.kind,
            weight: group.weight,
            enough: match group.kind {
                GroupKind::Education => Enough::Doctorate,
                GroupKind::Experience => Enough::Months(group.full),
                GroupKind::Concepts | GroupKind::Titles | GroupKind::Achievements => {
                    Enough::Concepts(group.full / FULL)
                }
            },
            concepts: profile
                .slots_of(group)
                .iter()
                .filter_map(|slot| {
                    let concept = lexicon.concept_at(slot.concept)?;
                    Some(ConceptOutline {
                        id: concept.id.clone(),
                        name_zh: concept.name_zh.clone(),
                        name_en: concept.name_en.clone(),
                        listed: match slot.reading {
                            SlotReading::Strength if slot.factor < FULL => Listed::Minor,
                            SlotReading::Strength => Listed::Full,
                            SlotReading::Study => Listed::Discipline,
                            SlotReading::Certificate => Listed::Certificate,
                            SlotReading::Publication => Listed::Topic,
                        },
                    })
                })
                .collect(),
        });
        let gates = profile.gates().iter().map(|gate| GateOutline {
            id: gate.id.clone(),
            name_zh: gate.name_zh.clone(),
            name_en: gate.name_en.clone(),
            condition: gate.condition.clone(),
            told: gate.condition.told(lexicon),
        });
        Self {
            id: profile.id().to_owned(),
            field: profile.field().clone(),
            name_zh: profile.name_zh().to_owned(),
            name_en: profile.name_en().to_owned(),
            hash: profile.hash(),
            groups: groups.collect(),
            gates: gates.collect(),
        }
    }
}

impl Condition {
    /// It in words.
    pub fn told(&self, lexicon: &Lexicon) -> String {
        match self {
            Self::MinDegree(degree) => {
                let (name_zh, name_en) = degree_names(*degree);
                format!("{name_en} or above {name_zh}及以上")
            }
            Self::MinFullTimeMonths(months) => {
                format!("at least {months} months of full-time work 全职工作至少{months}个月")
            }
            Self::MaxFullTimeMonths(months) => {
                format!("at most {months} months of full-time work 全职工作至多{months}个月")
            }
            Self::AnyOf(concepts) => {
                let names: Vec<_> = concepts.iter().map(|concept| named(concept, lexicon)).collect();
                format!("any of {}", names.join(", "))
            }
        }
    }
}

impl Enough {
    /// It in words.
    pub fn told(self) -> String {
        match self {
            Self::Concepts(1) => "1 concept".to_owned(),
            Self::Concepts(number) => format!("{number} concepts"),
            Self::Months(months) => format!("{months} months"),
            Self::Doctorate => "a doctorate in one of the disciplines".to_owned(),
        }
    }
}

impl Listed {
    /// It in words.
    pub fn told(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Minor => "minor",
            Self::Discipline => "discipline",
            Self::Certificate => "certificate",
            Self::Topic => "topic",
        }
    }
}

/// Both names of a concept, or its id if `lexicon` does not know it.
pub(crate) fn named(concept: &ConceptId, lexicon: &Lexicon) -> String {
    lexicon
        .concept(concept)
        .map_or_else(|| concept.to_string(), |concept| format!("{} {}", concept.name_en, concept.name_zh))
}
