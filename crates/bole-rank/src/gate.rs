use bole_core::{ConceptId, Degree};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::lexicon::Lexicon;
use crate::problem::suggest;
use crate::row::{Cell, Facts, Row};
use crate::table::{Problems, Table};

/// A must-have, apart from the points.
#[derive(Clone, Debug)]
pub struct Gate {
    /// Its id within the profile.
    pub id: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// What it asks for.
    pub condition: Condition,
    /// For [`Condition::AnyOf`]: for each concept of the lexicon whether it is one of them or a kind of one.
    accepted: Vec<bool>,
}

/// What a gate asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// At least this degree, finished; one under way leaves it unknown.
    MinDegree(Degree),
    /// At least so many months of full-time work.
    MinFullTimeMonths(u32),
    /// At most so many months of full-time work: for places kept for the young.
    MaxFullTimeMonths(u32),
    /// Any of these concepts, or of what is a kind of them.
    AnyOf(Vec<ConceptId>),
}

/// What became of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateOutcome {
    /// The resume shows that the condition is met.
    Pass,
    /// The resume shows that it is not met.
    Fail,
    /// The resume does not say.
    Unknown,
}

/// More than an objective or a hobby: what a gate takes for shown.
const SHOWN: u32 = 100;

impl Gate {
    /// A gate with names in Chinese and English.
    pub(crate) fn new(
        id: &str,
        [name_zh, name_en]: [&str; 2],
        condition: Condition,
        lexicon: &Lexicon,
    ) -> Self {
        let accepted = accepted(&condition, lexicon);
        let [name_zh, name_en] = [name_zh, name_en].map(str::to_owned);
        Self { id: id.to_owned(), name_zh, name_en, condition, accepted }
    }

    /// Judges `row`. What is not stated is unknown: a concept that is not named fails only if the resume denies it.
    pub(crate) fn judge(&self, row: &Row) -> GateOutcome {
        self.judge_facts(row.facts()).unwrap_or_else(|| {
            let cells = row.cells().iter().filter(|cell| self.accepts(cell.concept));
            let (shown, denied) = cells.fold((false, false), |(shown, denied), cell| {
                (shown || is_shown(*cell), denied || cell.is_denied())
            });
            any_of(shown, denied)
        })
    }

    pub(crate) fn is_any_of(&self) -> bool {
        matches!(self.condition, Condition::AnyOf(_))
    }

    /// Judges by what is known of a row apart from its concepts; none for [`Condition::AnyOf`].
    pub(crate) fn judge_facts(&self, facts: &Facts) -> Option<GateOutcome> {
        let months = facts.full_time_months.map(u32::from);
        let met = match &self.condition {
            Condition::MinDegree(least) => match facts.degree {
                Some(degree) if degree >= *least => Some(true),
                // It may be finished by the time somebody is hired: for a person to decide.
                _ if facts.degree_under_way.is_some_and(|degree| degree >= *least) => None,
                known => known.map(|_| false),
            },
            Condition::MinFullTimeMonths(least) => months.map(|months| months >= *least),
            Condition::MaxFullTimeMonths(most) => months.map(|months| months <= *most),
            Condition::AnyOf(_) => return None,
        };
        Some(match met {
            Some(true) => GateOutcome::Pass,
            Some(false) => GateOutcome::Fail,
            None => GateOutcome::Unknown,
        })
    }

    /// Whether an any-of gate asks for the concept at that position of the lexicon, or for what it is a kind of.
    pub(crate) fn accepts(&self, concept: u16) -> bool {
        self.accepted.get(usize::from(concept)).copied().unwrap_or_default()
    }

    /// Whether no resume can be sure to pass both.
    pub(crate) fn contradicts(&self, other: &Self) -> bool {
        match (&self.condition, &other.condition) {
            (Condition::MinFullTimeMonths(least), Condition::MaxFullTimeMonths(most))
            | (Condition::MaxFullTimeMonths(most), Condition::MinFullTimeMonths(least)) => least > most,
            _ => false,
        }
    }

    /// How it and another gate exclude each other, or one makes the other idle, and what to do.
    pub(crate) fn clash(&self, other: &Self) -> Option<(&'static str, &'static str)> {
        let within =
            |inner: &[bool], outer: &[bool]| inner.iter().zip(outer).all(|(inner, outer)| !inner | outer);
        if self.contradicts(other) {
            return Some(("contradicts", "no resume can be sure to pass both: keep one"));
        }
        match (&self.condition, &other.condition) {
            (Condition::MinDegree(_), Condition::MinDegree(_))
            | (Condition::MinFullTimeMonths(_), Condition::MinFullTimeMonths(_))
            | (Condition::MaxFullTimeMonths(_), Condition::MaxFullTimeMonths(_)) => {
                Some(("asks for the same as", "the stricter one makes the other idle: keep that"))
            }
            // A gate of unknown concepts accepts nothing; they have been reported.
            (Condition::AnyOf(_), Condition::AnyOf(_))
                if !self.accepted.contains(&true) || !other.accepted.contains(&true) =>
            {
                None
            }
            (Condition::AnyOf(_), Condition::AnyOf(_)) if within(&self.accepted, &other.accepted) => {
                Some(("who passes it passes, always,", "the wider one is idle: leave it out"))
            }
            (Condition::AnyOf(_), Condition::AnyOf(_)) if within(&other.accepted, &self.accepted) => {
                Some(("it is passed, always, by who passes", "it is idle: leave it out"))
            }
            _ => None,
        }
    }
}

/// Whether a cell passes a gate that asks for its concept.
pub(crate) fn is_shown(cell: Cell) -> bool {
    cell.strength() >= SHOWN
}

/// What becomes of a gate that asks for any of several concepts.
pub(crate) fn any_of(is_shown: bool, is_denied: bool) -> GateOutcome {
    match (is_shown, is_denied) {
        (true, _) => GateOutcome::Pass,
        (false, true) => GateOutcome::Fail,
        (false, false) => GateOutcome::Unknown,
    }
}

pub(crate) const DEGREES: [(&str, Degree); 5] = [
    ("secondary", Degree::Secondary),
    ("associate", Degree::Associate),
    ("bachelor", Degree::Bachelor),
    ("master", Degree::Master),
    ("doctor", Degree::Doctor),
];

/// A degree by its name, if the key is there.
pub(crate) fn read_degree(
    table: &mut Table<'_, '_>,
    key: &'static str,
    problems: &mut Problems<'_>,
) -> Option<Degree> {
    let written = table.text(key, problems)?;
    let known = DEGREES.iter().find(|(name, _)| *name == written.value);
    if known.is_none() {
        let names = DEGREES.map(|(name, _)| name);
        let hint = suggest(written.value, names, "use secondary, associate, bachelor, master or doctor");
        let message = format!("`{}` is not a degree", written.value);
        problems.add(Some(written.place), table.key(key), message, hint);
    }
    known.map(|(_, degree)| *degree)
}

/// A ranking keeps a bit for each.
pub(crate) const MAX_GATES: usize = 64;
/// Fifty years; more is a mistake.
pub(crate) const MAX_MONTHS: u32 = 600;

/// Reads `[[gates]]` of a profile.
pub(crate) fn read_gates(
    root: &mut Table<'_, '_>,
    lexicon: &Lexicon,
    problems: &mut Problems<'_>,
) -> Vec<Gate> {
    let mut gates: Vec<Gate> = Vec::new();
    for mut table in root.tables("gates", problems) {
        let place = table.place();
        let id = table.required_text("id", problems).map_or("", |id| id.value);
        let name_zh = table.required_text("name_zh", problems).map_or("", |name| name.value);
        let name_en = table.required_text("name_en", problems).map_or("", |name| name.value);
        let mut conditions = Vec::new();
        conditions.extend(read_degree(&mut table, "min_degree", problems).map(Condition::MinDegree));
        if let Some(months) = table.number("min_full_time_months", 1..=MAX_MONTHS, problems) {
            conditions.push(Condition::MinFullTimeMonths(months.value));
        }
        if let Some(months) = table.number("max_full_time_months", 0..=MAX_MONTHS, problems) {
            conditions.push(Condition::MaxFullTimeMonths(months.value));
        }
        if table.is("max_full_time_months", 0) {
            let message =
                "nobody can pass it: who tells of no work is unknown, and who tells of some has a month";
            let hint = "use 24 or so for places kept for the young";
            problems.add(Some(place.clone()), table.key("max_full_time_months"), message, hint);
        }
        let any_of = table.texts("any_of", problems);
        let path = table.key("any_of");
        let lists_nothing = any_of.is_empty() && table.has("any_of") && table.may_list("any_of");
        if lists_nothing {
            problems.add(
                Some(place.clone()),
                &path,
                "lists no concept: nobody can pass it",
                "list at least one",
            );
        }
        let mut concepts: Vec<ConceptId> = Vec::new();
        for concept in any_of {
            let concept_id = ConceptId(concept.value.to_owned());
            if lexicon.position(&concept_id).is_none() {
                report_unknown_concept(concept.value, concept.place, path.clone(), lexicon, problems);
            } else if concepts.contains(&concept_id) {
                let message = format!("`{}` is listed twice", concept.value);
                problems.add(Some(concept.place), &path, message, "list it once");
            }
            concepts.push(concept_id);
        }
        if !concepts.is_empty() {
            conditions.push(Condition::AnyOf(concepts));
        }
        let key = table.key("");
        let key = key.trim_end_matches('.').to_owned();
        // A condition that is written wrongly has been reported already.
        let was_tried = ["min_degree", "min_full_time_months", "max_full_time_months", "any_of"]
            .iter()
            .any(|key| table.has(key));
        table.finish(problems);
        if gates.iter().any(|gate| gate.id == id) {
            problems.add(
                Some(place.clone()),
                &key,
                format!("there is a gate `{id}` already"),
                "give it another id",
            );
        }
        let n_conditions = conditions.len();
        if n_conditions > 1 || (n_conditions == 0 && !was_tried) {
            let message = format!("has {n_conditions} conditions");
            let hint = "give each gate one of min_degree, min_full_time_months, max_full_time_months, any_of";
            problems.add(Some(place.clone()), &key, message, hint);
        }
        for condition in conditions {
            let gate = Gate::new(id, [name_zh, name_en], condition, lexicon);
            for other in &gates {
                if let Some((message, hint)) = gate.clash(other) {
                    let message = format!("{message} the gate `{}`", other.id);
                    problems.add(Some(place.clone()), &key, message, hint);
                }
            }
            gates.push(gate);
        }
    }
    if gates.len() > MAX_GATES {
        let message = format!("more than {MAX_GATES} gates");
        problems.add(Some(root.place()), "gates", message, "ask for the rest by weight");
    }
    gates
}

fn accepted(condition: &Condition, lexicon: &Lexicon) -> Vec<bool> {
    let Condition::AnyOf(concepts) = condition else {
        return Vec::new();
    };
    lexicon.kinds_of(concepts)
}

pub(crate) fn report_unknown_concept(
    written: &str,
    place: std::ops::Range<usize>,
    key: String,
    lexicon: &Lexicon,
    problems: &mut Problems<'_>,
) {
    let known = lexicon.concepts().iter().map(|concept| concept.id.0.as_str());
    let hint = suggest(written, known, "define it in the lexicon, or leave it out");
    problems.add(Some(place), key, format!("`{written}` is not a concept of the lexicon"), hint);
}
