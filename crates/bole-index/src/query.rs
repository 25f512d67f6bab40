//! The query language. A hand-written parser whose cost is bounded before it starts.

mod compile;
mod error;
mod lexer;
mod parser;

use std::fmt;
use std::ops::Range;

pub use error::QueryError;

use crate::lexeme::lexemes;

/// What to search for.
///
/// Words are sought all together; `OR`, `NOT` and `-` say otherwise, `AND` says so aloud; `"…"` and `「…」` seek a
/// phrase, parentheses group, and `title:` and its like look in one field only. `degree:`, `language:`, `field:` (what it
/// was sent for; `field:any` for what was sent without) and `year:` (of its date) hold one of a few values. `&&`, `||` and `!` are the same
/// operators, full-width signs the same signs. Chinese characters that touch are sought as they touch.
#[derive(Clone, PartialEq)]
pub struct Query {
    root: Node,
    /// What must hold besides, and says nothing about how well something fits.
    within: Vec<Node>,
}

/// Where a word is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Text,
    Name,
    Title,
    Employer,
    School,
    Skill,
    Source,
    Degree,
    Language,
    Field,
    Year,
}

#[derive(Clone, PartialEq)]
enum Node {
    Leaf(Leaf),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

/// Words that follow each other.
#[derive(Clone, PartialEq)]
struct Leaf {
    scope: Scope,
    /// Each with its distance from the first; at least one.
    terms: Vec<(usize, String)>,
}

impl Query {
    /// The longest query.
    pub const MAX_BYTES: usize = 512;
    /// How deep parentheses may nest.
    pub const MAX_DEPTH: usize = 16;
    /// How many words and phrases a query may have.
    pub const MAX_TERMS: usize = 32;

    /// Reads a query.
    ///
    /// # Errors
    /// Each says where it is wrong and how to mend it; show it to who wrote the query.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let root = parser::parse(lexer::lex(text)?, text.chars().count() + 1)?;
        if root.is_positive() { Ok(Self { root, within: Vec::new() }) } else { Err(QueryError::OnlyNegative) }
    }

    /// The same query, which finds only what `other` finds too. Scores and [highlights](Self::highlight) stay as they are.
    #[must_use]
    pub fn within(mut self, other: &Self) -> Self {
        self.within.push(other.root.clone());
        self.within.extend_from_slice(&other.within);
        self
    }

    /// Whether it looks at where documents came from.
    pub fn uses_source(&self) -> bool {
        self.any(|leaf| leaf.scope == Scope::Source)
    }

    /// Whether it looks at names.
    pub fn uses_name(&self) -> bool {
        self.any(|leaf| leaf.scope == Scope::Name)
    }

    /// Whether it looks at the fields that documents were sent for.
    pub fn uses_field(&self) -> bool {
        self.any(|leaf| leaf.scope == Scope::Field)
    }

    fn any(&self, is_it: impl Copy + Fn(&Leaf) -> bool) -> bool {
        self.root.any(is_it) || self.within.iter().any(|node| node.any(is_it))
    }

    /// The places in a stored text that the sought words match, in scalars, in order and apart from each other.
    ///
    /// Words sought in a field count too, wherever they stand. Costs as much as cutting the text into words.
    pub fn highlight(&self, text: &str) -> Vec<Range<u32>> {
        let mut leaves = Vec::new();
        self.root.collect_sought(true, &mut leaves);
        let lexemes = lexemes(text);
        let n_positions = lexemes.last().map_or(0, |last| last.position + 1);
        // A position has a word, or a pair and a character.
        let mut by_position = vec![[None; 2]; n_positions];
        for lexeme in &lexemes {
            if let Some(slots) = by_position.get_mut(lexeme.position)
                && let Some(slot) = slots.iter_mut().find(|slot| slot.is_none())
            {
                *slot = Some(lexeme);
            }
        }
        let at = |position: usize, term: &str| {
            by_position
                .get(position)
                .and_then(|slots| slots.iter().flatten().find(|lexeme| lexeme.text == term))
        };
        let mut found = Vec::new();
        for leaf in leaves {
            for position in 0..n_positions {
                let mut place = None;
                let is_match = leaf.terms.iter().all(|(offset, term)| {
                    let Some(lexeme) = at(position + offset, term) else {
                        return false;
                    };
                    let start = place.map_or(lexeme.start, |(start, _)| start);
                    place = Some((start, lexeme.end));
                    true
                });
                if is_match {
                    found.extend(place.map(|(start, end)| start..end));
                }
            }
        }
        merged(found)
    }
}

impl Node {
    /// Whether it says what is sought, and not only what is not.
    fn is_positive(&self) -> bool {
        match self {
            Self::Leaf(_) => true,
            Self::Not(_) => false,
            Self::And(nodes) => nodes.iter().any(Self::is_positive),
            Self::Or(nodes) => nodes.iter().all(Self::is_positive),
        }
    }

    fn any(&self, is_it: impl Copy + Fn(&Leaf) -> bool) -> bool {
        match self {
            Self::Leaf(leaf) => is_it(leaf),
            Self::Not(node) => node.any(is_it),
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().any(|node| node.any(is_it)),
        }
    }

    fn collect_sought<'a>(&'a self, is_sought: bool, leaves: &mut Vec<&'a Leaf>) {
        match self {
            Self::Leaf(leaf) if is_sought && !leaf.scope.is_code() => leaves.push(leaf),
            Self::Leaf(_) => {}
            Self::Not(node) => node.collect_sought(!is_sought, leaves),
            Self::And(nodes) | Self::Or(nodes) => {
                for node in nodes {
                    node.collect_sought(is_sought, leaves);
                }
            }
        }
    }
}

impl Scope {
    const NAMES: [(Self, &[&str]); 10] = [
        (Self::Name, &["name", "姓名"]),
        (Self::Title, &["title", "职位", "职称"]),
        (Self::Employer, &["employer", "company", "公司"]),
        (Self::School, &["school", "学校"]),
        (Self::Skill, &["skill", "技能"]),
        (Self::Source, &["source", "来源"]),
        (Self::Degree, &["degree", "学历"]),
        (Self::Language, &["language", "语言"]),
        (Self::Field, &["field", "领域"]),
        (Self::Year, &["year", "年份"]),
    ];

    fn named(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let (scope, _) = Self::NAMES.iter().find(|(_, names)| names.contains(&name.as_str()))?;
        Some(*scope)
    }

    /// Whether it holds values and not words.
    fn is_code(self) -> bool {
        matches!(self, Self::Degree | Self::Language | Self::Field | Self::Year)
    }
}

impl fmt::Debug for Query {
    /// Says nothing of what is sought: it may be a name.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut leaves = Vec::new();
        self.root.collect_sought(true, &mut leaves);
        write!(formatter, "Query({} sought)", leaves.len())
    }
}

/// The ranges in order, those that touch or overlap made one.
fn merged(mut ranges: Vec<Range<u32>>) -> Vec<Range<u32>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged = Vec::<Range<u32>>::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests;
