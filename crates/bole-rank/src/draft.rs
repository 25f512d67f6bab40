//! A profile from a job description, to be looked over by a person.
//!
//! Everything in the draft stands in the text, and says so in a comment; what is not understood is listed, never guessed.

mod demands;
mod groups;
mod lines;
#[cfg(test)]
mod tests;
mod whole;
mod write;

use bole_core::{
    ConceptId, Degree, DocumentId, FieldId, MentionStatus, Page, Pages, ReaderVersion, Reading, Resume,
    Section, SectionKind, Span,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::collect::collect;
use crate::lexicon::{Concept, ConceptKind, Lexicon};
use crate::outline::Listed;
use crate::problem::suggest;
use crate::profile::{Profile, is_id};
use lines::{Ask, Line, Part};

/// How a draft is made.
#[derive(Clone, Copy, Default)]
pub struct DraftOptions<'a> {
    /// The id of the profile; its field if none is given.
    pub id: Option<&'a str>,
    /// The field; the one that most of the concepts found belong to if none is given.
    pub field: Option<&'a str>,
    /// Profiles whose groups the concepts are put into, by their fields. A field without one is not chosen by itself.
    pub known: &'a [&'a Profile],
}

/// A profile as drafted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Draft {
    /// The profile as TOML, with comments that say where each part comes from.
    pub text: String,
    /// What was understood, in the order of the text.
    pub understood: Vec<Understood>,
    /// Lines that ask for something that was not understood.
    pub not_understood: Vec<DraftLine>,
    /// What a person should know before using it.
    pub warnings: Vec<DraftWarning>,
}

/// Something that was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Understood {
    /// What became of it.
    pub what: Meaning,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// The line it stands in, on one line, cut off if it is long.
    pub quote: String,
    /// The number of that line, from 1.
    pub line: usize,
}

/// What became of something that was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// A group lists the concept.
    Concept {
        /// Which.
        concept: ConceptId,
        /// How.
        listed: Listed,
    },
    /// The job's title is listed.
    Title(ConceptId),
    /// A gate asks for the degree.
    Degree(Degree),
    /// The degree is a wish: no gate.
    WishedDegree(Degree),
    /// A gate asks for at least so many months of full-time work.
    MinFullTimeMonths(u32),
    /// A gate asks for at most so many months of full-time work.
    MaxFullTimeMonths(u32),
    /// So many months of work are a wish: no gate.
    WishedMonths(u32),
    /// The text says that it is not needed: it is left out.
    NotNeeded,
}

/// A line of the job description.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DraftLine {
    /// Its number, from 1.
    pub line: usize,
    /// Its text, on one line, cut off if it is long.
    pub quote: String,
}

/// What a person should know of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DraftWarning {
    /// The line meant, from 1; none if it is the whole.
    pub line: Option<usize>,
    /// What about it.
    pub message: String,
}

/// Why there is no draft.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// There is nothing to read.
    #[error("the job description is empty: give one as text")]
    Empty,
    /// Bytes that are no text.
    #[error("this is no text: give the job description as a .txt, .md or .pdf file")]
    NoText,
    /// Nothing of the lexicon is named.
    #[error(
        "nothing in {n_lines} lines is known to the lexicon, so that there is nothing to rank by: give the whole job \
         description, or define its concepts in the lexicon"
    )]
    NoConcept {
        /// How many lines were read.
        n_lines: usize,
    },
    /// What is named is of no field in particular.
    #[error("nothing in it tells the field: name one of {} with `--field`", known.join(", "))]
    NoField {
        /// The fields.
        known: Vec<String>,
    },
    /// The field asked for is none.
    #[error("`{field}` is not a field of the lexicon: {hint}")]
    UnknownField {
        /// As asked for.
        field: String,
        /// What may be meant.
        hint: String,
    },
    /// The id asked for is none.
    #[error("`{0}` is not an id: use a-z, 0-9 and `-`, not first, at most 63")]
    WrongId(String),
}

/// So much of a text is read. A job description has one or two pages.
pub const MAX_DRAFT_BYTES: usize = 64 * 1024;
/// A text with a larger share of control characters than one in so many is none.
const CONTROL_SHARE: usize = 20;
/// The longest quotation, in scalars.
const MAX_QUOTE: usize = 80;
/// The most concepts listed, of each kind: a profile has room for 256.
const MAX_LISTED: [(Kind, usize); 4] =
    [(Kind::Group, 120), (Kind::Title, 20), (Kind::Discipline, 40), (Kind::Certificate, 20)];

/// Which part of a profile a concept goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Group,
    Title,
    Discipline,
    Certificate,
}

/// A concept that is asked for.
#[derive(Clone, Debug)]
struct Wish<'l> {
    concept: &'l Concept,
    position: u16,
    kind: Kind,
    ask: Ask,
    /// The line that asks most for it.
    line: usize,
}

/// A demand with the line that makes it.
#[derive(Clone, Copy, Debug)]
struct Demand<T> {
    value: T,
    line: usize,
}

/// All that was found, before it is put into groups.
#[derive(Default)]
struct Found<'l> {
    wishes: Vec<Wish<'l>>,
    degree: Option<Demand<Degree>>,
    least: Option<Demand<u32>>,
    most: Option<Demand<u32>>,
    /// Months that are enough for all points of experience, if the text tells.
    full_months: Option<u32>,
    understood: Vec<Understood>,
    warnings: Vec<DraftWarning>,
    /// The lines, by index, of which something was understood.
    lines: Vec<bool>,
}

/// Drafts a profile from the text of a job description, in Chinese or English. Time grows with the text, of which
/// [`MAX_DRAFT_BYTES`] are read.
///
/// # Errors
/// The text asks for nothing that the lexicon knows, or the options are wrong: see [`DraftError`].
pub fn draft(text: &str, lexicon: &Lexicon, options: &DraftOptions<'_>) -> Result<Draft, DraftError> {
    if let Some(id) = options.id.filter(|id| !is_id(id)) {
        return Err(DraftError::WrongId(id.to_owned()));
    }
    if let Some(field) = options.field.filter(|field| !lexicon.fields().iter().any(|known| known.0 == *field))
    {
        let known = lexicon.fields().iter().map(|field| field.0.as_str());
        let hint =
            suggest(field, known.clone(), &format!("use one of {}", known.collect::<Vec<_>>().join(", ")));
        return Err(DraftError::UnknownField { field: field.to_owned(), hint });
    }
    let end = text
        .char_indices()
        .map(|(at, scalar)| at + scalar.len_utf8())
        .take_while(|end| *end <= MAX_DRAFT_BYTES);
    let read = text.get(..end.last().unwrap_or_default()).unwrap_or_default();
    if read.trim().is_empty() {
        return Err(DraftError::Empty);
    }
    let is_control =
        |scalar: &char| (scalar.is_control() && !scalar.is_whitespace()) || *scalar == '\u{fffd}';
    if read.chars().filter(is_control).count() * CONTROL_SHARE > read.chars().count() {
        return Err(DraftError::NoText);
    }
    let (lines, joined) = lines::cut(read, lexicon.characters());
    let mut found = Found { lines: vec![false; lines.len()], ..Found::default() };
    if read.len() < text.len() {
        let left = text.len() - read.len();
        let message = format!("only the first {} bytes were read, {left} were not", read.len());
        found.warnings.push(DraftWarning { line: None, message });
    }
    find_concepts(&lines, &joined, lexicon, &mut found);
    if found.wishes.is_empty() {
        return Err(DraftError::NoConcept { n_lines: lines.len() });
    }
    let field = field(&found.wishes, lexicon, options)?;
    whole::find_demands(&lines, &mut found);
    whole::about_the_whole(&lines, &mut found);
    let not_understood = lines
        .iter()
        .zip(&found.lines)
        .filter(|(line, is_understood)| {
            let asks = matches!(line.part, Part::Open | Part::Requirements | Part::NiceToHave);
            asks && !**is_understood && !line.is_heading && !line.is_title
        })
        .map(|(line, _)| DraftLine { line: line.number, quote: quote(&line.text) });
    let not_understood: Vec<_> = not_understood.collect();
    found.understood.sort_by_key(|understood| understood.line);
    found.warnings.sort_by_key(|warning| warning.line);
    let text = write::profile(&lines, &field, &found, &not_understood, lexicon, options);
    let Found { understood, warnings, .. } = found;
    Ok(Draft { text, understood, not_understood, warnings })
}

/// Finds the concepts as in a resume: the same matcher, the same denials, the same company for what is ambiguous.
fn find_concepts<'l>(lines: &[Line], joined: &str, lexicon: &'l Lexicon, found: &mut Found<'l>) {
    let page = Page { text: joined.to_owned(), ..Page::default() };
    let whole = Span { page: 1, start: 0, end: joined.chars().count() as u32 };
    let section = Section { kind: SectionKind::Skills, heading: None, text: vec![whole] };
    let reading = Reading {
        document: DocumentId::of(joined.as_bytes()),
        reader: ReaderVersion(0),
        content: Pages { pages: vec![page], ..Pages::default() },
        resume: Resume { sections: vec![section], ..Resume::default() },
    };
    let mut wishes: Vec<Wish<'l>> = Vec::new();
    for mention in collect(&reading, lexicon).mentions {
        let start = mention.span.start as usize;
        let index = lines.partition_point(|line| line.start <= start).saturating_sub(1);
        let (Some(line), Some(position)) = (lines.get(index), lexicon.position(&mention.concept)) else {
            continue;
        };
        let (Some(clause), Some(concept)) =
            (line.clause_at(start - line.start), lexicon.concept_at(position))
        else {
            continue;
        };
        if line.part == Part::Aside || mention.status == MentionStatus::Ambiguous {
            continue;
        }
        if let Some(is_understood) = found.lines.get_mut(index) {
            *is_understood = true;
        }
        if mention.status == MentionStatus::Negated || clause.is_waived {
            found.understood.push(understood(Meaning::NotNeeded, concept, line));
            continue;
        }
        // What kind of employer advertises is not what is asked for.
        if concept.kind == ConceptKind::Employer && line.part == Part::Open {
            continue;
        }
        let kind = match concept.kind {
            ConceptKind::Title => Kind::Title,
            ConceptKind::Certificate => Kind::Certificate,
            ConceptKind::Discipline => Kind::Discipline,
            ConceptKind::Topic if is_subject(line, clause, start - line.start) => Kind::Discipline,
            ConceptKind::Topic | ConceptKind::Tool | ConceptKind::Employer => Kind::Group,
        };
        // A title elsewhere than in the title is a colleague, or what somebody was before.
        let ask = match kind {
            Kind::Title if line.is_title => Ask::Must,
            Kind::Title => Ask::Nice,
            _ if concept.kind == ConceptKind::Employer => Ask::Nice,
            _ => clause.ask,
        };
        wishes.push(Wish { concept, position, kind, ask, line: index });
    }
    // The strongest of each, by the first line that asks so for it.
    wishes.sort_by_key(|wish| (wish.kind as u8, wish.position, std::cmp::Reverse(wish.ask), wish.line));
    wishes.dedup_by_key(|wish| (wish.kind as u8, wish.position));
    for (kind, most) in MAX_LISTED {
        let mut of_kind: Vec<_> = wishes.iter().filter(|wish| wish.kind == kind).cloned().collect();
        of_kind.sort_by_key(|wish| (std::cmp::Reverse(wish.ask), wish.line));
        if of_kind.len() > most {
            let message = format!(
                "{} concepts of a kind are named: the {most} asked for most are listed",
                of_kind.len()
            );
            found.warnings.push(DraftWarning { line: None, message });
            of_kind.truncate(most);
        }
        for wish in of_kind {
            let concept = wish.concept.id.clone();
            let what = match wish.kind {
                Kind::Title => Meaning::Title(concept),
                _ => Meaning::Concept { concept, listed: wish.listed() },
            };
            found.understood.extend(lines.get(wish.line).map(|line| understood(what, wish.concept, line)));
            found.wishes.push(wish);
        }
    }
}

impl Wish<'_> {
    fn listed(&self) -> Listed {
        match (self.kind, self.ask) {
            (Kind::Discipline, _) => Listed::Discipline,
            (Kind::Certificate, _) => Listed::Certificate,
            (Kind::Group | Kind::Title, Ask::Nice) => Listed::Minor,
            (Kind::Group | Kind::Title, Ask::Must | Ask::Wanted) => Listed::Full,
        }
    }
}

fn understood(what: Meaning, concept: &Concept, line: &Line) -> Understood {
    let (name_zh, name_en) = (concept.name_zh.clone(), concept.name_en.clone());
    Understood { what, name_zh, name_en, quote: quote(&line.text), line: line.number }
}

/// Whether the place stands among subjects of study: `电化学、材料等相关专业`, `degree in electrochemistry`.
fn is_subject(line: &Line, clause: &lines::Clause, place: usize) -> bool {
    let is_chinese = line.text.chars().any(crate::characters::is_cjk);
    let byte_of =
        |text: &str, scalar: usize| text.char_indices().nth(scalar).map_or(text.len(), |(at, _)| at);
    if is_chinese {
        let at = byte_of(&clause.text, place.saturating_sub(clause.start));
        return demands::subjects(&clause.text, true).is_some_and(|range| range.contains(&at));
    }
    // An English list of subjects goes on behind its commas.
    let sentence: Vec<_> = line.clauses.iter().filter(|part| part.sentence == clause.sentence).collect();
    let Some(first) = sentence.first() else { return false };
    let text: Vec<_> = sentence.iter().map(|part| part.text.as_str()).collect();
    let text = text.join(",");
    let at = byte_of(&text, place.saturating_sub(first.start));
    demands::subjects(&text, false).is_some_and(|range| range.contains(&at))
}

/// The field that most of the concepts are of, each counted once.
fn field(wishes: &[Wish<'_>], lexicon: &Lexicon, options: &DraftOptions<'_>) -> Result<FieldId, DraftError> {
    if let Some(field) = options.field {
        return Ok(FieldId(field.to_owned()));
    }
    let has_profile = |field: &FieldId| options.known.iter().any(|profile| profile.field() == field);
    let candidates =
        || lexicon.fields().iter().filter(|field| options.known.is_empty() || has_profile(field));
    let strength = |field: &FieldId| -> u32 {
        let of_field = wishes.iter().filter(|wish| wish.concept.field == *field && !wish.concept.general);
        of_field.map(|wish| 1 + u32::from(wish.kind == Kind::Title && wish.ask == Ask::Must)).sum()
    };
    // Of equals the first by name.
    let best = candidates().rev().max_by_key(|field| strength(field)).filter(|field| strength(field) > 0);
    best.cloned()
        .ok_or_else(|| DraftError::NoField { known: candidates().map(|field| field.0.clone()).collect() })
}

/// `text` on one line, without what could steer a terminal or end a comment, cut off if it is long.
fn quote(text: &str) -> String {
    let steers = |scalar: char| {
        scalar.is_control()
            || matches!(scalar, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let mut scalars = text
        .chars()
        .map(|scalar| if scalar == '\t' { ' ' } else { scalar })
        .filter(|scalar| !steers(*scalar));
    let mut quote: String = scalars.by_ref().take(MAX_QUOTE).collect();
    if scalars.next().is_some() {
        quote.push('…');
    }
    quote
}
