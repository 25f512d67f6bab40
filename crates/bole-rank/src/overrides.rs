//! What a query changes of a profile: weights of its groups, and gates.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use bole_core::{ConceptId, ContentHash, Degree};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::gate::{Condition, DEGREES, Gate, MAX_GATES, MAX_MONTHS};
use crate::lexicon::Lexicon;
use crate::problem::{Problem, suggest};
use crate::profile::{MAX_WEIGHT, Profile};

/// What a query changes of a profile. The order in which changes are written does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    /// Weights by group, on the scale of the profile's file; 0 takes a group out of the score.
    #[serde(default)]
    pub weights: BTreeMap<String, u32>,
    /// Gates that are left out or asked for.
    #[serde(default)]
    pub gates: Vec<GateChange>,
}

/// One weight: `GROUP=N`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weight {
    /// The group's id.
    pub group: String,
    /// On the scale of the profile's file.
    pub weight: u32,
}

/// One change of the gates: `ID=off`, `min_degree=master`, `min_full_time_months=36`, `max_full_time_months=60` or
/// `any_of=battery,hydrogen-energy`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum GateChange {
    /// Leaves a gate of the profile out.
    Off(String),
    /// Asks for this. A degree, and either end of the months, takes the place of the gate that asks for another; any of
    /// some concepts is asked for besides. The gate's id is the key of its condition.
    Ask(Condition),
}

impl PartialSchema for GateChange {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.description(Some("one change of the gates"))
            .examples([
                "doctorate=off",
                "min_degree=master",
                "min_full_time_months=36",
                "any_of=battery,hydrogen-energy",
            ])
            .into()
    }
}

impl ToSchema for GateChange {}

const MIN_DEGREE: &str = "min_degree";
const LEAST_MONTHS: &str = "min_full_time_months";
const MOST_MONTHS: &str = "max_full_time_months";
const ANY_OF: &str = "any_of";

/// What mistakes name in the place of a file.
const WEIGHT: &str = "weight";
const GATE: &str = "gate";

impl Overrides {
    /// Puts single changes together, as a command line gives them.
    ///
    /// # Errors
    /// Every one that is not understood, and groups that are given two weights.
    pub fn read(weights: &[String], gates: &[String]) -> Result<Self, Vec<Problem>> {
        let mut overrides = Self::default();
        let mut problems = Vec::new();
        for written in weights {
            match written.parse() {
                Ok(Weight { group, weight }) => {
                    let other = overrides.weights.insert(group.clone(), weight);
                    if other.is_some_and(|other| other != weight) {
                        problems.push(problem(WEIGHT, &group, "is given twice", "give it once"));
                    }
                }
                Err(problem) => problems.push(problem),
            }
        }
        for written in gates {
            match written.parse() {
                Ok(change) => overrides.gates.push(change),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(overrides) } else { Err(problems) }
    }

    /// The profile with these changes. Its hash is made from that of `profile` and from what is in force after them;
    /// where that is what was in force before, it is `profile` itself. `lexicon` is the one of the profile.
    ///
    /// # Errors
    /// Every group, gate and concept that is not known, numbers out of range, and conditions that contradict each
    /// other.
    pub fn apply(&self, profile: &Profile, lexicon: &Lexicon) -> Result<Profile, Vec<Problem>> {
        let mut problems = Vec::new();
        let shares = self.shares(profile, &mut problems);
        let gates = self.gates(profile, lexicon, &mut problems);
        if !problems.is_empty() {
            problems.sort();
            return Err(problems);
        }
        let changed = profile.changed(&shares, gates, lexicon, |changed| {
            ContentHash::of_parts([profile.hash().as_bytes().as_slice(), in_force(changed).as_bytes()])
        });
        Ok(if in_force(&changed) == in_force(profile) { profile.clone() } else { changed })
    }

    /// The share of each group after the changes.
    fn shares(&self, profile: &Profile, problems: &mut Vec<Problem>) -> Vec<u32> {
        let ids = || profile.groups().iter().map(|group| group.id.as_str());
        for (id, weight) in &self.weights {
            if !ids().any(|known| known == id) {
                problems.push(unknown(WEIGHT, "group", id, &ids().collect::<Vec<_>>()));
            }
            if *weight > MAX_WEIGHT {
                let hint = format!("use a whole number up to {MAX_WEIGHT}");
                problems.push(problem(WEIGHT, id, "is out of range", &hint));
            }
        }
        let groups = profile.groups().iter();
        let shares: Vec<u32> =
            groups.map(|group| self.weights.get(&group.id).copied().unwrap_or(group.share)).collect();
        if shares.iter().all(|share| *share == 0) {
            problems.push(problem(WEIGHT, "", "every weight is 0", "give one group a weight"));
        }
        shares
    }

    /// The gates after the changes: those of the profile in their order, then those that are asked for besides.
    fn gates(&self, profile: &Profile, lexicon: &Lexicon, problems: &mut Vec<Problem>) -> Vec<Gate> {
        let ids: Vec<&str> = profile.gates().iter().map(|gate| gate.id.as_str()).collect();
        let mut off = BTreeSet::new();
        let mut asked: Vec<Condition> = Vec::new();
        for change in &self.gates {
            match change {
                GateChange::Off(id) if ids.contains(&id.as_str()) => {
                    off.insert(id.as_str());
                }
                GateChange::Off(id) => problems.push(unknown(GATE, "gate", id, &ids)),
                GateChange::Ask(condition) => asked.push(normal(condition)),
            }
        }
        asked.sort_by_key(|condition| (order(condition), told(condition)));
        asked.dedup();
        for condition in &asked {
            check(condition, lexicon, problems);
        }
        let mut gates: Vec<Gate> = Vec::new();
        for gate in profile.gates() {
            let condition = normal(&gate.condition);
            let is_once = !matches!(condition, Condition::AnyOf(_));
            if let Some(same) = asked.iter().position(|other| *other == condition) {
                asked.remove(same);
                gates.push(gate.clone());
            } else if let Some(other) =
                asked.iter().position(|other| is_once && key(other) == key(&condition))
            {
                gates.push(gate_of(asked.remove(other), lexicon));
            } else if !off.contains(gate.id.as_str()) {
                gates.push(gate.clone());
            }
        }
        gates.extend(asked.into_iter().map(|condition| gate_of(condition, lexicon)));
        if gates.len() > MAX_GATES {
            let message = format!("more than {MAX_GATES} with those of the profile");
            problems.push(problem(GATE, "", &message, "leave some out"));
        }
        for (index, gate) in gates.iter().enumerate() {
            for other in gates.iter().take(index) {
                if other.id == gate.id && key(&gate.condition) == ANY_OF {
                    let hint = "ask for any of one list of concepts, and leave out what has the same id";
                    problems.push(problem(GATE, ANY_OF, "there is a gate `any_of` already", hint));
                } else if gate.contradicts(other) {
                    // One that is idle beside another is no mistake: a query narrows what a profile asks for.
                    let hint = "no resume can be sure to pass both: leave one out";
                    let message = format!("contradicts `{}`", told(&other.condition));
                    problems.push(problem(GATE, &told(&gate.condition), &message, hint));
                } else if other.id == gate.id {
                    let message = format!("there is a gate `{}` already", gate.id);
                    problems.push(problem(GATE, &gate.id, &message, "leave that one out"));
                }
            }
        }
        gates
    }
}

impl FromStr for Weight {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let hint = format!("use GROUP=N, with a whole number up to {MAX_WEIGHT}");
        let wrong = || problem(WEIGHT, text, "is no weight of a group", &hint);
        let (group, weight) = text.split_once('=').ok_or_else(wrong)?;
        let weight = weight.trim().parse().ok().filter(|weight| *weight <= MAX_WEIGHT).ok_or_else(wrong)?;
        Ok(Self { group: group.trim().to_owned(), weight })
    }
}

impl FromStr for GateChange {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let keys = format!(
            "use ID=off, {MIN_DEGREE}=DEGREE, {LEAST_MONTHS}=N, {MOST_MONTHS}=N or {ANY_OF}=CONCEPT,CONCEPT"
        );
        let wrong = |hint: &str| problem(GATE, text, "is no change of a gate", hint);
        let (name, value) = text.split_once('=').ok_or_else(|| wrong(&keys))?;
        let (name, value) = (name.trim(), value.trim());
        if value == "off" && !name.is_empty() {
            return Ok(Self::Off(name.to_owned()));
        }
        let months =
            || value.parse().map_err(|_| wrong(&format!("use a whole number of months up to {MAX_MONTHS}")));
        let condition = match name {
            MIN_DEGREE => {
                let known = DEGREES.iter().find(|(name, _)| *name == value);
                let names = DEGREES.map(|(name, _)| name);
                let hint = || suggest(value, names, &format!("use one of {}", names.join(", ")));
                Condition::MinDegree(known.ok_or_else(|| wrong(&hint()))?.1)
            }
            LEAST_MONTHS => Condition::MinFullTimeMonths(months()?),
            MOST_MONTHS => Condition::MaxFullTimeMonths(months()?),
            ANY_OF => {
                let concepts = value.split(',').map(str::trim).filter(|concept| !concept.is_empty());
                let concepts: Vec<_> = concepts.map(|concept| ConceptId(concept.to_owned())).collect();
                if concepts.is_empty() {
                    return Err(wrong("name at least one concept of the lexicon"));
                }
                Condition::AnyOf(concepts)
            }
            _ => {
                let known = [MIN_DEGREE, LEAST_MONTHS, MOST_MONTHS, ANY_OF];
                return Err(wrong(&suggest(name, known, &keys)));
            }
        };
        Ok(Self::Ask(normal(&condition)))
    }
}

impl fmt::Display for GateChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off(id) => write!(formatter, "{id}=off"),
            Self::Ask(condition) => formatter.write_str(&told(&normal(condition))),
        }
    }
}

impl TryFrom<String> for GateChange {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        text.parse()
    }
}

impl From<GateChange> for String {
    fn from(change: GateChange) -> Self {
        change.to_string()
    }
}

/// The weights and gates of a profile, as one text.
fn in_force(profile: &Profile) -> String {
    let weights = profile.groups().iter().map(|group| format!("{}={}\n", group.id, group.weight));
    let gates =
        profile.gates().iter().map(|gate| format!("{}: {}\n", gate.id, told(&normal(&gate.condition))));
    weights.chain(gates).collect()
}

/// Concepts sorted, each once.
fn normal(condition: &Condition) -> Condition {
    let mut condition = condition.clone();
    if let Condition::AnyOf(concepts) = &mut condition {
        concepts.sort();
        concepts.dedup();
    }
    condition
}

fn key(condition: &Condition) -> &'static str {
    match condition {
        Condition::MinDegree(_) => MIN_DEGREE,
        Condition::MinFullTimeMonths(_) => LEAST_MONTHS,
        Condition::MaxFullTimeMonths(_) => MOST_MONTHS,
        Condition::AnyOf(_) => ANY_OF,
    }
}

fn order(condition: &Condition) -> u8 {
    match condition {
        Condition::MinDegree(_) => 0,
        Condition::MinFullTimeMonths(_) => 1,
        Condition::MaxFullTimeMonths(_) => 2,
        Condition::AnyOf(_) => 3,
    }
}

/// As it is written in a change.
fn told(condition: &Condition) -> String {
    let key = key(condition);
    match condition {
        Condition::MinDegree(degree) => format!("{key}={}", degree_name(*degree)),
        Condition::MinFullTimeMonths(months) | Condition::MaxFullTimeMonths(months) => {
            format!("{key}={months}")
        }
        Condition::AnyOf(concepts) => {
            let ids: Vec<_> = concepts.iter().map(|concept| concept.0.as_str()).collect();
            format!("{key}={}", ids.join(","))
        }
    }
}

fn degree_name(degree: Degree) -> &'static str {
    DEGREES.iter().find(|(_, known)| *known == degree).map_or("", |(name, _)| name)
}

fn check(condition: &Condition, lexicon: &Lexicon, problems: &mut Vec<Problem>) {
    let least = match condition {
        Condition::MinFullTimeMonths(months) => Some((1, *months)),
        Condition::MaxFullTimeMonths(months) => Some((0, *months)),
        Condition::MinDegree(_) | Condition::AnyOf(_) => None,
    };
    if let Some((least, _)) = least.filter(|(least, months)| !(*least..=MAX_MONTHS).contains(months)) {
        let hint = format!("use a whole number from {least} to {MAX_MONTHS}");
        problems.push(problem(GATE, key(condition), "is out of range", &hint));
    }
    let Condition::AnyOf(concepts) = condition else { return };
    for concept in concepts.iter().filter(|concept| lexicon.position(concept).is_none()) {
        let known = lexicon.concepts().iter().map(|concept| concept.id.0.as_str());
        let hint = suggest(&concept.0, known, "name one of the lexicon");
        let message = format!("`{}` is not a concept of the lexicon", concept.0);
        problems.push(problem(GATE, ANY_OF, &message, &hint));
    }
}

/// A gate with the key of its condition for an id.
fn gate_of(condition: Condition, lexicon: &Lexicon) -> Gate {
    let [name_zh, name_en] = match &condition {
        Condition::MinDegree(degree) => {
            let name_zh = match degree {
                Degree::Secondary => "高中或中专",
                Degree::Associate => "大专",
                Degree::Bachelor => "本科",
                Degree::Master => "硕士",
                Degree::Doctor => "博士",
            };
            [
                format!("学历至少{name_zh}"),
                format!("At least a degree of this kind: {}", degree_name(*degree)),
            ]
        }
        Condition::MinFullTimeMonths(months) => {
            [format!("至少 {months} 个月全职工作"), format!("At least {months} months of full-time work")]
        }
        Condition::MaxFullTimeMonths(months) => {
            [format!("至多 {months} 个月全职工作"), format!("At most {months} months of full-time work")]
        }
        Condition::AnyOf(concepts) => {
            let found = || concepts.iter().filter_map(|concept| lexicon.concept(concept));
            let names_zh: Vec<_> = found().map(|concept| concept.name_zh.as_str()).collect();
            let names_en: Vec<_> = found().map(|concept| concept.name_en.as_str()).collect();
            [format!("具备其一：{}", names_zh.join("、")), format!("Any of: {}", names_en.join(", "))]
        }
    };
    Gate::new(key(&condition), [&name_zh, &name_en], condition, lexicon)
}

fn unknown(file: &str, what: &str, id: &str, known: &[&str]) -> Problem {
    let otherwise = match known {
        [] => format!("the profile has no {what}s"),
        known => format!("the {what}s are `{}`", known.join("`, `")),
    };
    let hint = suggest(id, known.iter().copied(), &otherwise);
    problem(file, id, &format!("is not a {what} of the profile"), &hint)
}

fn problem(file: &str, key: &str, message: &str, hint: &str) -> Problem {
    Problem {
        file: file.to_owned(),
        line: None,
        key: key.to_owned(),
        message: message.to_owned(),
        hint: hint.to_owned(),
    }
}

#[cfg(test)]
mod tests;
