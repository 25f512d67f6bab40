use std::collections::BTreeMap;

use bole_core::{ConceptId, ContentHash, FieldId};
use rustc_hash::FxHashMap;

use crate::characters::Characters;
use crate::collect::COLLECTING_VERSION;
use crate::matcher::{Form, Matcher, singulars};
use crate::problem::{Problem, Source, suggest};
use crate::table::{At, Problems, Table};

/// What the concepts of all fields are called in either language, ready to be found in text.
pub struct Lexicon {
    hash: ContentHash,
    concepts: Vec<Concept>,
    index: FxHashMap<String, u16>,
    fields: Vec<FieldId>,
    characters: Characters,
    matcher: Matcher,
}

/// Something a resume can show.
#[derive(Clone, Debug)]
pub struct Concept {
    /// Its id, such as `solid-state-battery`.
    pub id: ConceptId,
    /// The field it belongs to.
    pub field: FieldId,
    /// The first Chinese form.
    pub name_zh: String,
    /// The first English form.
    pub name_en: String,
    /// What it is a kind of: evidence for it is evidence for these too.
    pub parents: Vec<ConceptId>,
    /// What kind of thing it is.
    pub kind: ConceptKind,
    /// Common outside its field too (budgeting, customer service): it neither keeps an ambiguous form company nor makes
    /// a job one of the field.
    pub general: bool,
    /// Every Chinese form as written in the file.
    pub forms_zh: Vec<String>,
    /// Every English form as written in the file, abbreviations included.
    pub forms_en: Vec<String>,
    /// The forms that count only in company.
    pub forms_ambiguous: Vec<String>,
}

/// What kind of thing a concept is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ConceptKind {
    /// A skill, technology, product or activity.
    #[default]
    Topic,
    /// A job title; it counts fully only where a title stands.
    Title,
    /// A subject of study.
    Discipline,
    /// A certificate or licence.
    Certificate,
    /// A kind of employer.
    Employer,
    /// A program, language or instrument.
    Tool,
}

/// Rows keep the months of each field in a fixed array.
pub(crate) const MAX_FIELDS: usize = 6;
/// Rows number concepts in 16 bits and leave room to spare.
const MAX_CONCEPTS: usize = 10_000;

impl Lexicon {
    /// Reads the lexicon from all its files; their order does not matter.
    ///
    /// # Errors
    /// Every mistake in every file, by file and line.
    pub fn parse(sources: &[Source<'_>]) -> Result<Self, Vec<Problem>> {
        let mut sources = sources.to_vec();
        sources.sort_by_key(|source| source.name);
        let hash = Self::hash_of(&sources);

        let mut draft = Draft::default();
        let mut files: Vec<_> = sources.iter().map(|source| Problems::new(*source)).collect();
        for (file, problems) in files.iter_mut().enumerate() {
            draft.read(file, problems);
        }
        let forms = draft.forms();
        draft.check(&forms, &mut files);
        let matcher = Matcher::new(&forms);
        if files.iter().all(Problems::is_empty) {
            draft.check_reach(&forms, &matcher, &mut files);
        }
        let problems: Vec<Problem> = files.into_iter().flat_map(Problems::into_sorted).collect();
        if problems.is_empty() { Ok(draft.into_lexicon(hash, matcher)) } else { Err(problems) }
    }

    /// The hash that the lexicon of these files has, whether it can be read or not.
    pub fn hash_of(sources: &[Source<'_>]) -> ContentHash {
        let mut sources = sources.to_vec();
        sources.sort_by_key(|source| source.name);
        let version = COLLECTING_VERSION.to_be_bytes();
        let files = sources.iter().flat_map(|source| [source.name.as_bytes(), source.text.as_bytes()]);
        ContentHash::of_parts(std::iter::once(&version[..]).chain(files))
    }

    /// The hash of the files, sorted by name, and of the version of [`collect`](fn@crate::collect): evidence that is
    /// kept under it was found by both.
    pub fn hash(&self) -> ContentHash {
        self.hash
    }

    /// The concept of that id.
    pub fn concept(&self, id: &ConceptId) -> Option<&Concept> {
        self.concept_at(self.position(id)?)
    }

    /// All concepts by id.
    pub fn concepts(&self) -> &[Concept] {
        &self.concepts
    }

    /// The fields by name.
    pub fn fields(&self) -> &[FieldId] {
        &self.fields
    }

    /// The concepts that `text`, all of it, is a form of. Whether an ambiguous form has company is not asked.
    pub fn named_by(&self, text: &str) -> Vec<&ConceptId> {
        let canonical = self.characters.canonical(text);
        let found = self.matcher.find(&canonical, &text.chars().collect::<Vec<_>>());
        let whole = found.iter().filter(|found| (found.start, found.end) == (0, canonical.text.len()));
        whole.filter_map(|found| Some(&self.concept_at(found.concept)?.id)).collect()
    }

    pub(crate) fn position(&self, id: &ConceptId) -> Option<u16> {
        self.index.get(&id.0).copied()
    }

    pub(crate) fn concept_at(&self, position: u16) -> Option<&Concept> {
        self.concepts.get(usize::from(position))
    }

    pub(crate) fn field_position(&self, field: &FieldId) -> Option<usize> {
        self.fields.iter().position(|known| known == field)
    }

    pub(crate) fn characters(&self) -> &Characters {
        &self.characters
    }

    pub(crate) fn matcher(&self) -> &Matcher {
        &self.matcher
    }

    /// For each concept whether it is one of `concepts` or a kind of one.
    pub(crate) fn kinds_of(&self, concepts: &[ConceptId]) -> Vec<bool> {
        let wanted: Vec<u16> = concepts.iter().filter_map(|concept| self.position(concept)).collect();
        let all = 0..self.concepts.len() as u16;
        all.map(|concept| self.with_ancestors(concept).iter().any(|ancestor| wanted.contains(ancestor)))
            .collect()
    }

    /// `concept` and all that it is a kind of, nearest first.
    pub(crate) fn with_ancestors(&self, concept: u16) -> Vec<u16> {
        let mut found = vec![concept];
        let mut next = 0;
        while let Some(position) = found.get(next).copied() {
            let parents = self.concept_at(position).into_iter().flat_map(|concept| &concept.parents);
            for parent in parents.filter_map(|parent| self.position(parent)) {
                if !found.contains(&parent) {
                    found.push(parent);
                }
            }
            next += 1;
        }
        found
    }
}

/// Concepts as read, before they are known to fit together.
#[derive(Default)]
struct Draft {
    concepts: BTreeMap<String, Entry>,
    characters: Characters,
}

struct Entry {
    concept: Concept,
    file: usize,
    place: std::ops::Range<usize>,
    forms: Vec<(String, bool, std::ops::Range<usize>)>,
    parents: Vec<(String, std::ops::Range<usize>)>,
}

impl Draft {
    fn read(&mut self, file: usize, problems: &mut Problems<'_>) {
        let parsed = problems.parse();
        let mut root = Table::root(&parsed);
        if let Some(pairs) = root.text("traditional", problems) {
            for pair in self.characters.add(pairs.value) {
                problems.add(
                    Some(pairs.place.clone()),
                    "traditional",
                    format!("`{pair}` is not a pair"),
                    "write a traditional character and its simplified form, pairs apart by white space",
                );
            }
        }
        let concepts = root.table("concept", problems);
        if let Some(table) = concepts {
            let field = root.required_text("field", problems).map(|field| field.value.to_owned());
            let field = FieldId(field.unwrap_or_default());
            for (id, concept) in table.named_tables(problems) {
                self.read_concept(file, &field, &id, concept, problems);
            }
        }
        root.finish(problems);
    }

    fn read_concept(
        &mut self,
        file: usize,
        field: &FieldId,
        id: &At<&str>,
        mut table: Table<'_, '_>,
        problems: &mut Problems<'_>,
    ) {
        let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !id.value.bytes().all(valid) {
            let hint = "use a-z, 0-9 and `-`";
            problems.add(Some(id.place.clone()), table.path(), "is not a concept id", hint);
        }
        let zh = table.texts("zh", problems);
        let en = table.texts("en", problems);
        for (key, forms) in [("zh", &zh), ("en", &en)] {
            if forms.is_empty() {
                table.report_missing(key, problems);
            }
        }
        let abbreviations = table.texts("abbr", problems);
        let ambiguous = table.texts("ambiguous", problems);
        let parents = table.texts("parents", problems);
        let kind = table.text("kind", problems).and_then(|kind| {
            let read = read_kind(kind.value);
            if read.is_none() {
                let names = KINDS.map(|(name, _)| name);
                let hint =
                    suggest(kind.value, names, "use topic, title, discipline, certificate, employer or tool");
                problems.add(Some(kind.place), table.key("kind"), "is not a kind of concept", hint);
            }
            read
        });
        let general = table.flag("general", problems);
        let place = id.place.clone();
        table.finish(problems);

        let owned = |forms: &[At<&str>]| forms.iter().map(|form| form.value.to_owned()).collect::<Vec<_>>();
        let first = |forms: &[At<&str>]| forms.first().map(|form| form.value.to_owned()).unwrap_or_default();
        let concept = Concept {
            id: ConceptId(id.value.to_owned()),
            field: field.clone(),
            name_zh: first(&zh),
            name_en: first(&en),
            parents: parents.iter().map(|parent| ConceptId(parent.value.to_owned())).collect(),
            kind: kind.unwrap_or_default(),
            general,
            forms_zh: owned(&zh),
            forms_en: owned(&en).into_iter().chain(owned(&abbreviations)).collect(),
            forms_ambiguous: owned(&ambiguous),
        };
        let plain = zh.iter().chain(&en).chain(&abbreviations).map(|form| (form, false));
        let forms = plain.chain(ambiguous.iter().map(|form| (form, true)));
        let entry = Entry {
            concept,
            file,
            place: place.clone(),
            forms: forms.map(|(form, is)| (form.value.to_owned(), is, form.place.clone())).collect(),
            parents: parents.iter().map(|parent| (parent.value.to_owned(), parent.place.clone())).collect(),
        };
        if self.concepts.insert(id.value.to_owned(), entry).is_some() {
            let hint = "give one of them another id, or merge them";
            problems.add(Some(place), id.value, "is defined twice", hint);
        }
    }

    /// Finds what only all files together show: unknown parents, cycles, one form for two concepts.
    fn check(&self, forms: &[Form], files: &mut [Problems<'_>]) {
        let mut forms = forms.iter();
        let names: Vec<&str> = self.concepts.keys().map(String::as_str).collect();
        let mut owners: FxHashMap<&str, (&Concept, bool)> = FxHashMap::default();
        let mut fields: Vec<&FieldId> = Vec::new();
        for (id, entry) in &self.concepts {
            let Some(problems) = files.get_mut(entry.file) else {
                continue;
            };
            if !fields.contains(&&entry.concept.field) {
                fields.push(&entry.concept.field);
                if fields.len() > MAX_FIELDS {
                    let message = format!("more than {MAX_FIELDS} fields");
                    problems.add(Some(entry.place.clone()), "field", message, "merge fields");
                }
            }
            for (parent, place) in &entry.parents {
                if !self.concepts.contains_key(parent) {
                    let message = format!("`{parent}` is not a concept");
                    let hint = suggest(parent, names.iter().copied(), "define it, or leave it out");
                    problems.add(Some(place.clone()), format!("concept.{id}.parents"), message, hint);
                }
            }
            if self.reaches(id, id) {
                let message = "is its own ancestor";
                let hint = "take one of the parents out of the circle";
                problems.add(Some(entry.place.clone()), format!("concept.{id}.parents"), message, hint);
            }
            for ((form, ambiguous, place), read) in entry.forms.iter().zip(forms.by_ref()) {
                let canonical = read.canonical.text.as_str();
                let message = if canonical.is_empty() {
                    "holds nothing that could be found in a text".to_owned()
                } else {
                    match owners.insert(canonical, (&entry.concept, *ambiguous)) {
                        None => continue,
                        // Company decides which of two fields an ambiguous form belongs to, and what is spelt out
                        // which of the meanings that are common.
                        Some((owner, true)) if *ambiguous && may_share(owner, &entry.concept) => continue,
                        Some((owner, _)) => format!("is a form of `{}` already", owner.id),
                    }
                };
                let key = format!("concept.{id}: {form}");
                problems.add(Some(place.clone()), key, message, "keep it in one place only");
            }
        }
        if self.concepts.len() > MAX_CONCEPTS
            && let Some(problems) = files.first_mut()
        {
            problems.add(None, "concept", format!("more than {MAX_CONCEPTS} concepts"), "merge some");
        }
        if self.concepts.is_empty()
            && let Some(problems) = files.first_mut()
            && problems.is_empty()
        {
            problems.add(None, "concept", "no file defines a concept", "add `[concept.some-id]`");
        }
    }

    /// Whether `goal` is among the ancestors of `from`.
    fn reaches(&self, from: &str, goal: &str) -> bool {
        let mut seen: Vec<&str> = Vec::new();
        let mut open = vec![from];
        while let Some(id) = open.pop() {
            for (parent, _) in self.concepts.get(id).into_iter().flat_map(|entry| &entry.parents) {
                if parent == goal {
                    return true;
                }
                if !seen.contains(&parent.as_str()) {
                    seen.push(parent);
                    open.push(parent);
                }
            }
        }
        false
    }

    /// Every form, by the position that its concept will have.
    fn forms(&self) -> Vec<Form> {
        let concepts = self.concepts.values().enumerate();
        let forms = concepts.flat_map(|(position, entry)| {
            entry.forms.iter().map(move |(text, ambiguous, _)| {
                Form::new(position as u16, text, *ambiguous, &self.characters)
            })
        });
        forms.collect()
    }

    /// Finds forms that no text gives, and those that are found already as the plural of another.
    fn check_reach(&self, forms: &[Form], matcher: &Matcher, files: &mut [Problems<'_>]) {
        let places = self
            .concepts
            .iter()
            .flat_map(|(id, entry)| entry.forms.iter().map(move |(_, _, place)| (id, entry.file, place)));
        let by_text: FxHashMap<&str, u16> =
            forms.iter().map(|form| (form.canonical.text.as_str(), form.concept)).collect();
        for (form, (id, file, place)) in forms.iter().zip(places) {
            let canonical = &form.canonical;
            let stored: Vec<char> = form.text.chars().collect();
            let found = matcher.find(canonical, &stored);
            let whole: Vec<_> =
                found.iter().filter(|found| found.start == 0 && found.end == canonical.text.len()).collect();
            let other = whole.iter().find(|found| found.concept != form.concept && !found.ambiguous);
            let singulars = singulars(&canonical.text);
            // A name may be a plural (`avionics`) beside its singular.
            let is_name = self.concepts.get(id).is_some_and(|entry| entry.concept.name_en == form.text);
            let singular = singulars.iter().find(|text| by_text.get(text.as_str()) == Some(&form.concept));
            let message = if !whole.iter().any(|found| found.concept == form.concept) {
                "is never found, not even in a text that holds nothing else".to_owned()
            } else if let (Some(other), false) = (other, form.ambiguous) {
                let owner = self.concepts.keys().nth(usize::from(other.concept));
                format!("is found as a form of `{}` too", owner.map_or("", String::as_str))
            } else if let (Some(singular), false) = (singular, is_name) {
                format!("is found as the plural of `{singular}` already")
            } else {
                continue;
            };
            if let Some(problems) = files.get_mut(file) {
                let key = format!("concept.{id}: {}", form.text);
                let hint = "write it as it stands in a text, in the singular, and in one place only";
                problems.add(Some(place.clone()), key, message, hint);
            }
        }
    }

    fn into_lexicon(self, hash: ContentHash, matcher: Matcher) -> Lexicon {
        let mut index = FxHashMap::default();
        let mut concepts = Vec::with_capacity(self.concepts.len());
        for (position, (id, entry)) in self.concepts.into_iter().enumerate() {
            let position = position as u16;
            index.insert(id, position);
            concepts.push(entry.concept);
        }
        let mut fields: Vec<FieldId> = concepts.iter().map(|concept| concept.field.clone()).collect();
        fields.sort();
        fields.dedup();
        Lexicon { hash, concepts, index, fields, characters: self.characters, matcher }
    }
}

fn may_share(one: &Concept, other: &Concept) -> bool {
    one.field != other.field || (one.general && other.general)
}

const KINDS: [(&str, ConceptKind); 6] = [
    ("topic", ConceptKind::Topic),
    ("title", ConceptKind::Title),
    ("discipline", ConceptKind::Discipline),
    ("certificate", ConceptKind::Certificate),
    ("employer", ConceptKind::Employer),
    ("tool", ConceptKind::Tool),
];

fn read_kind(text: &str) -> Option<ConceptKind> {
    KINDS.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind)
}
