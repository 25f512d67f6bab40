//! How well a resume fits a field, in points that can be added up and looked up.
//!
//! A [`Lexicon`] says what the concepts of a field are called in Chinese and English. [`collect`](fn@collect) finds
//! them in a reading and gives [`Evidence`](bole_core::Evidence): which concept, where, in which kind of section, over
//! which dates. A [`Profile`] weighs groups of concepts, titles, education, experience and achievements, and holds gates
//! apart from the points. [`score`](fn@score) weighs a [`Row`], the compact form of evidence, [`rank`](fn@rank) many of
//! them, and [`explain`](fn@explain) tells where every point comes from, by the same code.
//!
//! A score is a function of the reading, the lexicon, the profile and the resume's own date: there are no floating-point
//! numbers, no statistics over other resumes, no clock, no randomness, no files and no network in this crate.
//!
//! ```
//! use bole_core::{AsOf, DocumentId, Page, Pages, ReaderVersion, Reading, Resume};
//! use bole_rank::{Lexicon, Profile, Row, Source, collect, explain, score};
//!
//! let lexicon = r#"
//!     field = "storage"
//!     [concept.solid-state-battery]
//!     zh = ["固态电池"]
//!     en = ["solid-state battery"]
//! "#;
//! let profile = r#"
//!     field = "storage"
//!     name_zh = "储能"
//!     name_en = "Storage"
//!     [[groups]]
//!     id = "batteries"
//!     name_zh = "电池"
//!     name_en = "Batteries"
//!     weight = 1
//!     concepts = ["solid-state-battery"]
//! "#;
//! let lexicon = Lexicon::parse(&[Source { name: "storage.toml", text: lexicon }]).unwrap();
//! let profile = Profile::parse(&Source { name: "storage.toml", text: profile }, &lexicon).unwrap();
//!
//! let document = DocumentId::of(b"%PDF-1.7 ...");
//! let page = Page { text: "从事固态电池研发".to_owned(), ..Page::default() };
//! let reading = Reading {
//!     document,
//!     reader: ReaderVersion(1),
//!     content: Pages { pages: vec![page], ..Pages::default() },
//!     resume: Resume::default(),
//! };
//! let evidence = collect(&reading, &lexicon);
//!
//! let as_of = AsOf("2026-11-21".parse().unwrap());
//! let row = Row::new(document, as_of, &evidence, &lexicon);
//! let explanation = explain(&evidence, as_of, document, &profile, &lexicon);
//! assert!(explanation.total > 0);
//! assert_eq!(explanation.total, score(&row, &profile).total);
//! ```

mod problem;
mod table;

mod characters;
mod lexicon;
mod matcher;

mod collect;
mod negation;
mod wall;

mod diff;
mod draft;
mod gate;
mod level;
mod outline;
mod overrides;
mod profile;
mod targets;

mod change;
mod explain;
mod explanation;
mod loss;
mod rank;
mod row;
mod rows;
mod score;
mod scorer;
mod stay;
mod weigh;

pub use change::{Change, ChangeKind};
pub use collect::collect;
pub use diff::{Compared, ProfileChange, ProfileDiff};
pub use draft::{
    Draft, DraftError, DraftLine, DraftOptions, DraftWarning, MAX_DRAFT_BYTES, Meaning, Understood, draft,
};
pub use explain::{explain, explain_briefly};
pub use explanation::{
    ComponentExplanation, Explanation, GateExplanation, Missing, NotCounted, Reason, ReasonKind, WhyNot,
};
pub use gate::{Condition, Gate, GateOutcome};
pub use level::{Basis, Level, LevelCondition, LevelName, Levels, OpenLevel, Postdoc, PostdocWhy, Talent};
pub use lexicon::{Concept, ConceptKind, Lexicon};
pub use outline::{ConceptOutline, Enough, GateOutline, GroupOutline, Listed, Outline};
pub use overrides::{GateChange, Overrides, Weight};
pub use problem::{Problem, Source, suggest};
pub use profile::{Group, GroupKind, Profile};
pub use rank::{Filter, Ordered, Ranked, Ranking, Totals, order, rank};
pub use row::Row;
pub use rows::Rows;
pub use score::{SCORING_VERSION, Score, score, total};
pub use weigh::Weighing;

#[cfg(test)]
mod shipped;
#[cfg(test)]
mod sketch;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod twins_aerospace;
#[cfg(test)]
mod twins_energy;
#[cfg(test)]
mod twins_finance;
