use std::sync::Arc;

use bole_core::{ConceptId, ContentHash, FieldId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::gate::{Gate, read_gates, report_unknown_concept};
use crate::lexicon::Lexicon;
use crate::problem::{Problem, Source, suggest};
use crate::table::{At, Problems, Table};
use crate::targets::Targets;
use crate::weigh::FULL;

/// What a field asks for: weighted groups and gates, checked against a lexicon.
#[derive(Clone)]
pub struct Profile {
    hash: ContentHash,
    lexicon: ContentHash,
    id: String,
    field: FieldId,
    field_position: Option<usize>,
    name_zh: String,
    name_en: String,
    groups: Vec<Group>,
    gates: Vec<Gate>,
    slots: Vec<Slot>,
    /// What evidence for each concept of the lexicon counts for.
    targets: Arc<Targets>,
}

/// One component of the score.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its id within the profile; `titles`, `education`, `experience` and `achievements` for those.
    pub id: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// The most points it gives, in thousandths; all groups together give 100,000.
    pub weight: u32,
    /// The weight as it is written: a share of the sum of all.
    pub share: u32,
    /// What it counts.
    pub kind: GroupKind,
    /// What is enough for all its points: concepts × 1000, thousandths of an education, or months.
    pub(crate) full: u32,
    /// Its part of the profile's slots.
    pub(crate) slots: std::ops::Range<usize>,
}

/// What a group counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// How strongly its concepts are shown.
    Concepts,
    /// The titles that were held.
    Titles,
    /// The highest degree, and whether it was taken in one of the disciplines.
    Education,
    /// Months of work in the field.
    Experience,
    /// Certificates, and publications and patents about its topics.
    Achievements,
}

/// A concept that a group looks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) concept: u16,
    /// The place of its group.
    pub(crate) group: u16,
    /// What it counts, in thousandths: less than 1000 for a minor one.
    pub(crate) factor: u32,
    pub(crate) reading: SlotReading,
}

/// What about a concept a slot looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SlotReading {
    /// How strongly it is shown.
    Strength,
    /// Whether it was studied.
    Study,
    /// Whether the certificate is held.
    Certificate,
    /// Whether it was published about or patented.
    Publication,
}

/// The weights of a profile add up to this.
pub(crate) const TOTAL: u32 = 100_000;
/// The scratch space of a scoring is an array of this many.
pub(crate) const MAX_SLOTS: usize = 256;
/// A minor concept, common in other fields too, counts two fifths.
const MINOR: u32 = 400;
/// The keys of a profile; a file with none of them is something else.
const KEYS: [&str; 10] = [
    "id",
    "field",
    "name_zh",
    "name_en",
    "groups",
    "titles",
    "education",
    "experience",
    "achievements",
    "gates",
];
/// As long as a label of a domain name.
const MAX_ID_BYTES: usize = 63;
/// A weight is a share; more digits than this say nothing.
pub(crate) const MAX_WEIGHT: u32 = 100_000;

impl Profile {
    /// Reads a profile and checks it against `lexicon`.
    ///
    /// # Errors
    /// Every mistake, by line.
    pub fn parse(source: &Source<'_>, lexicon: &Lexicon) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::new(*source);
        let parsed = problems.parse();
        let mut root = Table::root(&parsed);
        if !KEYS.iter().any(|key| root.has(key)) {
            return Err(problems.into_no_profile());
        }
        let field = root.required_text("field", &mut problems);
        let field_position = field.as_ref().and_then(|field| {
            let position = lexicon.field_position(&FieldId(field.value.to_owned()));
            if position.is_none() {
                let known = lexicon.fields().iter().map(|field| field.0.as_str());
                let hint = suggest(field.value, known, "use a field of the lexicon");
                let message = format!("`{}` is not a field of the lexicon", field.value);
                problems.add(Some(field.place.clone()), "field", message, hint);
            }
            position
        });
        let id = read_id(&mut root, &mut problems);
        let name_zh = root.required_text("name_zh", &mut problems).map_or("", |name| name.value);
        let name_en = root.required_text("name_en", &mut problems).map_or("", |name| name.value);
        let mut draft = Draft { lexicon, groups: Vec::new(), slots: Vec::new() };
        draft.read_groups(&mut root, &mut problems);
        let gates = read_gates(&mut root, lexicon, &mut problems);
        let place = root.place();
        if draft.groups.is_empty() && root.may_list("groups") {
            let hint = "add `[[groups]]`, `[titles]`, `[education]`, `[experience]` or `[achievements]`";
            problems.add(Some(place.clone()), "groups", "nothing is weighed", hint);
        }
        root.finish(&mut problems);
        if draft.slots.len() > MAX_SLOTS {
            let message = format!("more than {MAX_SLOTS} concepts are listed");
            problems.add(Some(place), "groups", message, "list parents in place of their children");
        }
        if !problems.is_empty() {
            return Err(problems.into_sorted());
        }
        normalise(&mut draft.groups);
        let targets = Arc::new(Targets::new(&draft.groups, &draft.slots, &gates, lexicon));
        let field = field.map(|field| field.value.to_owned()).unwrap_or_default();
        Ok(Self {
            hash: ContentHash::of(source.text.as_bytes()),
            lexicon: lexicon.hash(),
            id: id.unwrap_or(&field).to_owned(),
            field: FieldId(field),
            field_position,
            name_zh: name_zh.to_owned(),
            name_en: name_en.to_owned(),
            groups: draft.groups,
            gates,
            slots: draft.slots,
            targets,
        })
    }

    /// The same with other shares, by group, and other gates; `hash` has to be of all that is changed.
    pub(crate) fn changed(
        &self,
        shares: &[u32],
        gates: Vec<Gate>,
        lexicon: &Lexicon,
        hash: impl Fn(&Self) -> ContentHash,
    ) -> Self {
        let same = |one: &Gate, other: &Gate| one.condition == other.condition;
        let are_same = gates.len() == self.gates.len()
            && gates.iter().zip(&self.gates).all(|(one, other)| same(one, other));
        let targets = if are_same {
            self.targets.clone()
        } else {
            Arc::new(Targets::new(&self.groups, &self.slots, &gates, lexicon))
        };
        let mut changed = Self { gates, targets, ..self.clone() };
        for (group, share) in changed.groups.iter_mut().zip(shares) {
            group.share = *share;
        }
        normalise(&mut changed.groups);
        changed.hash = hash(&changed);
        changed
    }

    /// The hash of the file, and of overrides if they change anything.
    pub fn hash(&self) -> ContentHash {
        self.hash
    }

    /// The lexicon it was checked against: the only one whose rows it can score.
    pub fn lexicon(&self) -> ContentHash {
        self.lexicon
    }

    /// What it is called by: its own id, or else its field.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The field.
    pub fn field(&self) -> &FieldId {
        &self.field
    }

    /// Its Chinese name.
    pub fn name_zh(&self) -> &str {
        &self.name_zh
    }

    /// Its English name.
    pub fn name_en(&self) -> &str {
        &self.name_en
    }

    /// The components of its score, in their order.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Its gates, in their order.
    pub fn gates(&self) -> &[Gate] {
        &self.gates
    }

    pub(crate) fn field_position(&self) -> Option<usize> {
        self.field_position
    }

    pub(crate) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    pub(crate) fn slots_of(&self, group: &Group) -> &[Slot] {
        self.slots.get(group.slots.clone()).unwrap_or_default()
    }

    pub(crate) fn targets(&self) -> &Targets {
        &self.targets
    }
}

/// Whether `id` may be the id of a profile: a name of a file and part of a command without quotes.
pub(crate) fn is_id(id: &str) -> bool {
    let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=MAX_ID_BYTES).contains(&id.len()) && id.bytes().all(valid) && !id.starts_with('-')
}

fn read_id<'t>(root: &mut Table<'t, '_>, problems: &mut Problems<'_>) -> Option<&'t str> {
    let id = root.text("id", problems)?;
    if !is_id(id.value) {
        let hint = format!("use a-z, 0-9 and `-`, not first, at most {MAX_ID_BYTES}");
        problems.add(Some(id.place), "id", format!("`{}` is not an id", id.value), hint);
    }
    Some(id.value)
}

/// Groups as read.
struct Draft<'l> {
    lexicon: &'l Lexicon,
    groups: Vec<Group>,
    slots: Vec<Slot>,
}

impl Draft<'_> {
    fn read_groups(&mut self, root: &mut Table<'_, '_>, problems: &mut Problems<'_>) {
        for mut table in root.tables("groups", problems) {
            let id = table.required_text("id", problems).map_or("", |id| id.value).to_owned();
            let name_zh = table.required_text("name_zh", problems).map_or("", |name| name.value);
            let name_en = table.required_text("name_en", problems).map_or("", |name| name.value);
            let reserved = RESERVED.contains(&id.as_str());
            if reserved || self.groups.iter().any(|group| group.id == id) {
                let message = format!("there is a group `{id}` already");
                problems.add(Some(table.place()), table.key("id"), message, "give it another id");
            }
            let names = [name_zh, name_en];
            self.read_group(&id, names, GroupKind::Concepts, table, problems);
        }
        for fixed in &FIXED {
            if let Some(table) = root.table(fixed.id, problems) {
                self.read_group(fixed.id, fixed.names, fixed.kind, table, problems);
            }
        }
    }

    fn read_group(
        &mut self,
        id: &str,
        [name_zh, name_en]: [&str; 2],
        kind: GroupKind,
        mut table: Table<'_, '_>,
        problems: &mut Problems<'_>,
    ) {
        let weight = table.number("weight", 1..=MAX_WEIGHT, problems);
        if weight.is_none() && !table.has("weight") {
            table.report_missing("weight", problems);
        }
        let start = self.slots.len();
        let mut list = |key, factor, reading, problems: &mut Problems<'_>| {
            let path = table.key(key);
            let listed = table.texts(key, problems);
            self.add_slots(start, &listed, factor, reading, &path, problems);
            listed.len()
        };
        let mut n_listed = 0;
        match kind {
            GroupKind::Concepts | GroupKind::Titles => {
                n_listed += list("concepts", FULL, SlotReading::Strength, problems);
                n_listed += list("minor", MINOR, SlotReading::Strength, problems);
            }
            GroupKind::Education => n_listed += list("disciplines", FULL, SlotReading::Study, problems),
            GroupKind::Achievements => {
                n_listed += list("certificates", FULL, SlotReading::Certificate, problems);
                n_listed += list("topics", FULL, SlotReading::Publication, problems);
            }
            GroupKind::Experience => n_listed = 1,
        }
        if n_listed == 0 {
            problems.add(Some(table.place()), id, "lists no concept", "list at least one");
        }
        let full = match kind {
            GroupKind::Education => FULL,
            GroupKind::Experience => {
                table.number("full_months", 1..=600, problems).map_or(120, |full| full.value)
            }
            GroupKind::Concepts | GroupKind::Titles | GroupKind::Achievements => {
                let enough = table.number("enough", 1..=50, problems);
                if let Some(enough) = enough.as_ref().filter(|enough| enough.value as usize > n_listed.max(1))
                {
                    let message = format!("is more than the {n_listed} listed: nobody gets all points");
                    let hint = format!("use at most {n_listed}, or list more");
                    problems.add(Some(enough.place.clone()), table.key("enough"), message, hint);
                }
                enough.map_or(3, |enough| enough.value) * FULL
            }
        };
        table.finish(problems);
        self.groups.push(Group {
            id: id.to_owned(),
            name_zh: name_zh.to_owned(),
            name_en: name_en.to_owned(),
            weight: 0,
            share: weight.map_or(1, |weight| weight.value),
            kind,
            full,
            slots: start..self.slots.len(),
        });
    }

    fn add_slots(
        &mut self,
        start: usize,
        listed: &[At<&str>],
        factor: u32,
        reading: SlotReading,
        path: &str,
        problems: &mut Problems<'_>,
    ) {
        for concept in listed {
            let Some(position) = self.lexicon.position(&ConceptId(concept.value.to_owned())) else {
                let place = concept.place.clone();
                report_unknown_concept(concept.value, place, path.to_owned(), self.lexicon, problems);
                continue;
            };
            let own = self.slots.get(start..).unwrap_or_default();
            if own.iter().any(|slot| slot.concept == position && slot.reading == reading) {
                let message = format!("`{}` is listed twice", concept.value);
                problems.add(Some(concept.place.clone()), path, message, "list it once");
            }
            // The group itself is added after its slots.
            let group = self.groups.len() as u16;
            self.slots.push(Slot { concept: position, group, factor, reading });
        }
    }
}

/// What no other group may be called.
pub(crate) const RESERVED: [&str; 4] = ["titles", "education", "experience", "achievements"];

struct Fixed {
    id: &'static str,
    names: [&'static str; 2],
    kind: GroupKind,
}

/// The groups that have a table of their own, in the order of the components.
const FIXED: [Fixed; 4] = [
    Fixed { id: "titles", names: ["职位", "Titles"], kind: GroupKind::Titles },
    Fixed { id: "education", names: ["教育背景", "Education"], kind: GroupKind::Education },
    Fixed {
        id: "experience",
        names: ["本领域工作年限", "Experience in the field"],
        kind: GroupKind::Experience,
    },
    Fixed {
        id: "achievements",
        names: ["证书与成果", "Certificates and results"],
        kind: GroupKind::Achievements,
    },
];

/// Makes weights of shares that add up to [`TOTAL`], rounding down and giving what is left to the first ones.
fn normalise(groups: &mut [Group]) {
    let sum: u64 = groups.iter().map(|group| u64::from(group.share)).sum();
    for group in groups.iter_mut() {
        group.weight = (u64::from(group.share) * u64::from(TOTAL) / sum.max(1)) as u32;
    }
    let mut left = TOTAL - groups.iter().map(|group| group.weight).sum::<u32>().min(TOTAL);
    for group in groups.iter_mut().filter(|group| group.share > 0) {
        group.weight += u32::from(left > 0);
        left = left.saturating_sub(1);
    }
}
