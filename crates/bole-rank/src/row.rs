use bole_core::{
    AsOf, ContentHash, DateRange, Degree, DocumentId, Evidence, Mention, MentionStatus, ReaderVersion,
    ReadingId, SectionKind,
};

use crate::lexicon::{ConceptKind, Lexicon, MAX_FIELDS};
use crate::stay::{Jobs, Stay};
use crate::weigh::{FULL, is_headline, weigh};

/// What a ranking needs to know of one resume: how strongly it shows each concept, the degree, the months. No spans.
///
/// At most 400 bytes among other [`Rows`](crate::Rows).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    document: DocumentId,
    facts: Facts,
    /// By concept.
    cells: Box<[Cell]>,
}

/// A row without what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    stays: [FieldMonths; MAX_FIELDS],
    /// The strongest title held that names something of each field, without being one of its titles.
    titled: [u16; MAX_FIELDS],
    as_of: AsOf,
    reader: ReaderVersion,
    /// The head of the lexicon's hash: scoring a row against a profile of another lexicon is a mistake.
    lexicon: u32,
    pub(crate) full_time_months: Option<u16>,
    pub(crate) degree: Option<Degree>,
    pub(crate) degree_under_way: Option<Degree>,
}

/// How one resume shows one concept: the strength in 10 bits, facts about it in 6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) concept: u16,
    packed: u16,
}

/// Months in a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldMonths {
    /// Of full-time work.
    pub(crate) work: u16,
    /// Of internships and research beside that.
    pub(crate) practice: u16,
}

/// The concepts a row has room for; of more, the strongest are kept. No resume of honest length comes near.
pub(crate) const MAX_CELLS: usize = 72;
/// The bits of the strength.
pub(crate) const STRENGTH: u16 = 0x3ff;

/// The subject of a degree.
pub(crate) const STUDIED: u16 = 1 << 10;
/// Named in the education section.
pub(crate) const SCHOOLED: u16 = 1 << 11;
/// Named among publications.
pub(crate) const PUBLISHED: u16 = 1 << 12;
/// Named among patents.
pub(crate) const PATENTED: u16 = 1 << 13;
/// Named among certificates.
pub(crate) const CERTIFIED: u16 = 1 << 14;
/// The resume says that it is not so.
const DENIED: u16 = 1 << 15;

impl Row {
    /// Boils `evidence` down as of a date. `lexicon` must be the one that the evidence was found with; what it does not
    /// know is left out.
    pub fn new(document: DocumentId, as_of: AsOf, evidence: &Evidence, lexicon: &Lexicon) -> Self {
        let mut cells = Vec::with_capacity(evidence.mentions.len());
        let mut headlines = Vec::new();
        let mut titled = [0_u16; MAX_FIELDS];
        let jobs = Jobs::of(evidence, lexicon);
        for mention in &evidence.mentions {
            let Some(position) = lexicon.position(&mention.concept) else {
                continue;
            };
            let kind = lexicon.concept_at(position).map_or(ConceptKind::Topic, |concept| concept.kind);
            let strength =
                weigh(mention, kind, jobs.is_in_passing(mention, lexicon), as_of).strength as u16 & STRENGTH;
            if let Some(field) = names_field(mention, lexicon)
                && let Some(titled) = titled.get_mut(field)
            {
                let held = weigh(mention, ConceptKind::Title, false, as_of).strength as u16;
                *titled = (*titled).max(held);
            }
            let facts = if strength > 0 {
                facts(mention.section, mention.in_title)
            } else if mention.status == MentionStatus::Negated {
                DENIED
            } else {
                continue;
            };
            let cell = Cell { concept: position, packed: strength | facts };
            if kind == ConceptKind::Title && is_headline(mention) && strength > 0 {
                headlines.push(cell);
            } else {
                cells.push(cell);
            }
        }
        Self {
            document,
            facts: Facts {
                stays: field_months(jobs.stays(), as_of),
                titled,
                as_of,
                reader: evidence.reading.reader,
                lexicon: lexicon_tag(lexicon.hash()),
                full_time_months: evidence
                    .full_time_months(as_of)
                    .map(|months| months.min(u32::from(u16::MAX)) as u16),
                degree: evidence.degree(as_of).map(|studied| studied.value.degree),
                degree_under_way: evidence.degree_under_way(as_of).map(|studied| studied.value.degree),
            },
            cells: merge(cells, headlines).into_boxed_slice(),
        }
    }

    /// A row much like this one, of another document: for measuring with more rows than there are resumes. `dice` gives a
    /// number from 0 to below the one that it is given; with zeros the row is the same but for its document.
    #[must_use]
    pub fn varied(&self, document: DocumentId, dice: &mut impl FnMut(u32) -> u32) -> Self {
        let mut cells = self.cells.clone();
        let mut before = None;
        for cell in &mut cells {
            // Half of its strength stays, and some concepts give way to their neighbours.
            let lost = cell.strength() * dice(512) / 1024;
            cell.packed -= lost as u16;
            let neighbour = cell.concept.checked_sub(1).filter(|concept| before < Some(*concept));
            if let Some(neighbour) = neighbour.filter(|_| dice(4) == 3) {
                cell.concept = neighbour;
            }
            before = Some(cell.concept);
        }
        Self { document, facts: self.facts, cells }
    }

    pub(crate) fn of_parts(document: DocumentId, facts: Facts, cells: &[Cell]) -> Self {
        Self { document, facts, cells: cells.into() }
    }

    /// The document.
    pub fn document(&self) -> DocumentId {
        self.document
    }

    /// The reading that it was made from.
    pub fn reading(&self) -> ReadingId {
        ReadingId { document: self.document, reader: self.facts.reader }
    }

    /// The date it speaks from.
    pub fn as_of(&self) -> AsOf {
        self.facts.as_of
    }

    /// The highest degree that is finished; none if unknown.
    pub fn degree(&self) -> Option<Degree> {
        self.facts.degree
    }

    /// The highest degree that is being taken.
    pub fn degree_under_way(&self) -> Option<Degree> {
        self.facts.degree_under_way
    }

    /// Months of full-time work, overlaps counted once, or what the resume claims; none if unknown.
    pub fn full_time_months(&self) -> Option<u32> {
        self.facts.full_time_months.map(u32::from)
    }

    pub(crate) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The same without what it shows of a concept.
    pub(crate) fn without_concept(&self, concept: u16) -> Self {
        let kept = self.cells.iter().copied().filter(|cell| cell.concept != concept);
        Self { document: self.document, facts: self.facts, cells: kept.collect() }
    }

    /// The same with other facts.
    pub(crate) fn with_facts(&self, change: impl FnOnce(&mut Facts)) -> Self {
        let mut changed = self.clone();
        change(&mut changed.facts);
        changed
    }

    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub(crate) fn field_months(&self, field: usize) -> FieldMonths {
        self.facts.field_months(field)
    }

    pub(crate) fn is_of_lexicon(&self, hash: ContentHash) -> bool {
        self.facts.is_of_lexicon(hash)
    }
}

impl Facts {
    pub(crate) fn forget_titled(&mut self, field: usize) {
        if let Some(titled) = self.titled.get_mut(field) {
            *titled = 0;
        }
    }

    pub(crate) fn forget_work(&mut self, field: usize) {
        if let Some(months) = self.stays.get_mut(field) {
            months.work = 0;
        }
    }

    pub(crate) fn forget_practice(&mut self, field: usize) {
        if let Some(months) = self.stays.get_mut(field) {
            months.practice = 0;
        }
    }

    #[inline]
    pub(crate) fn field_months(&self, field: usize) -> FieldMonths {
        self.stays.get(field).copied().unwrap_or_default()
    }

    #[inline]
    pub(crate) fn titled(&self, field: usize) -> u32 {
        self.titled.get(field).copied().map_or(0, u32::from)
    }

    pub(crate) fn is_of_lexicon(&self, hash: ContentHash) -> bool {
        self.lexicon == lexicon_tag(hash)
    }
}

impl Cell {
    pub(crate) fn strength(self) -> u32 {
        u32::from(self.packed & STRENGTH)
    }

    pub(crate) fn is(self, fact: u16) -> bool {
        self.packed & fact != 0
    }

    pub(crate) fn is_denied(self) -> bool {
        self.is(DENIED)
    }
}

/// The field that the title of a job names by a concept that is no title itself: `储能产品总监`. Projects and research have a
/// name, no title.
pub(crate) fn names_field(mention: &Mention, lexicon: &Lexicon) -> Option<usize> {
    let concept = lexicon.concept(&mention.concept)?;
    let names = mention.in_title
        && mention.status.is_counted()
        && matches!(mention.section, SectionKind::Work | SectionKind::Internship)
        && !concept.general
        && concept.kind == ConceptKind::Topic;
    lexicon.field_position(&concept.field).filter(|_| names)
}

fn field_months(stays: &[Stay], as_of: AsOf) -> [FieldMonths; MAX_FIELDS] {
    std::array::from_fn(|field| {
        let of_field = || stays.iter().filter(|stay| stay.field == field);
        let work = of_field().filter(|stay| !stay.is_practice).map(|stay| stay.dates);
        let work = DateRange::months_covered(work, as_of).unwrap_or_default();
        let all = DateRange::months_covered(of_field().map(|stay| stay.dates), as_of).unwrap_or_default();
        FieldMonths {
            work: work.min(u32::from(u16::MAX)) as u16,
            practice: (all - work.min(all)).min(u32::from(u16::MAX)) as u16,
        }
    })
}

fn facts(section: SectionKind, in_title: bool) -> u16 {
    match section {
        SectionKind::Education if in_title => STUDIED | SCHOOLED,
        SectionKind::Education => SCHOOLED,
        SectionKind::Publications => PUBLISHED,
        SectionKind::Patents => PATENTED,
        SectionKind::Certificates => CERTIFIED,
        _ => 0,
    }
}

/// One cell a concept: its best mention counts, all others add nothing but their facts. Only a headline adds to the job
/// in which its title was held: they are two different things to show.
fn merge(cells: Vec<Cell>, headlines: Vec<Cell>) -> Vec<Cell> {
    let mut cells = best_of_each(cells, u16::max);
    cells.extend(best_of_each(headlines, u16::max));
    let mut cells = best_of_each(cells, |held, headline| (held + headline).min(FULL as u16));
    if cells.len() > MAX_CELLS {
        cells.sort_unstable_by_key(|cell| (std::cmp::Reverse(cell.strength()), cell.concept));
        cells.truncate(MAX_CELLS);
        cells.sort_unstable_by_key(|cell| cell.concept);
    }
    cells
}

/// One cell a concept, by concept, their strengths joined by `join`.
fn best_of_each(mut cells: Vec<Cell>, join: impl Fn(u16, u16) -> u16) -> Vec<Cell> {
    cells.sort_unstable_by_key(|cell| cell.concept);
    cells.dedup_by(|next, kept| {
        let same = next.concept == kept.concept;
        if same {
            let strength = join(next.packed & STRENGTH, kept.packed & STRENGTH);
            kept.packed = strength | (next.packed & !STRENGTH) | (kept.packed & !STRENGTH);
        }
        same
    });
    cells
}

fn lexicon_tag(hash: ContentHash) -> u32 {
    hash.as_bytes().iter().take(4).fold(0, |tag, byte| tag << 8 | u32::from(*byte))
}
