use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use bole_core::{AsOf, ContentHash, Reason};
use serde::Serialize;

use super::checks::{ExplanationMistake, SpanMistake};
use super::twins::TwinPoints;

/// What to measure on, and how.
#[derive(Clone, Debug)]
pub struct RelevanceOptions {
    /// Folders of labelled folders, and graded files.
    pub paths: Vec<PathBuf>,
    /// By profile, the labels whose resumes are relevant.
    pub relevant: BTreeMap<String, BTreeSet<String>>,
    /// By profile, what BM25 searches for in place of our query.
    pub queries: BTreeMap<String, String>,
    /// Which profiles; all that resumes are judged for if empty.
    pub profiles: BTreeSet<String>,
    /// The date that PDF files speak from: they do not tell it themselves.
    pub document_date: AsOf,
    /// How often resumes are drawn for the intervals.
    pub n_resamples: u32,
}

/// How well rankings put the right people first.
///
/// A resume that could not be read is ranked last by both rankers: it is a person who dropped out.
#[derive(Clone, Debug, Serialize)]
pub struct Relevance {
    /// How many resumes.
    pub n_resumes: usize,
    /// Those that could not be read.
    pub missing: Vec<MissingResume>,
    /// The date that PDF files were taken to speak from; none if there are none.
    pub document_date: Option<AsOf>,
    /// The lexicon.
    pub lexicon: ContentHash,
    /// The version of the formula.
    pub scoring_version: u32,
    /// How often resumes were drawn for the intervals.
    pub n_resamples: u32,
    /// One for each profile.
    pub profiles: Vec<ProfileRelevance>,
    /// Resumes that are made to be ranked too high.
    pub traps: Vec<Trap>,
    /// The same person in both languages.
    pub twins: TwinPoints,
    /// How many places the explanations name, over all resumes and profiles.
    pub n_spans: usize,
    /// Those that do not show what they are named for.
    pub spans_not_found: Vec<SpanMistake>,
    /// How many explanations: one for each resume that was read and each profile.
    pub n_explanations: usize,
    /// Those that do not add up, or give other points than the score.
    pub wrong_sums: Vec<ExplanationMistake>,
}

/// A resume that could not be read.
#[derive(Clone, Debug, Serialize)]
pub struct MissingResume {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub reason: Reason,
}

/// How well both rankers rank for one profile.
#[derive(Clone, Debug, Serialize)]
pub struct ProfileRelevance {
    /// The profile.
    pub profile: String,
    /// What BM25 searched for.
    pub query: String,
    /// All resumes that are judged for it; then those in Chinese and those in English, if there are relevant ones in
    /// both.
    pub sets: Vec<SetRelevance>,
    /// The relevant ones that Bole ranks lowest, ten at most, the lowest first.
    pub lowest_relevant: Vec<RankedResume>,
    /// Those that are not relevant and that Bole ranks highest, ten at most, the highest first.
    pub highest_irrelevant: Vec<RankedResume>,
}

/// Which resumes are ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ResumeSet {
    /// All that are judged.
    All,
    /// Those in Chinese.
    Chinese,
    /// Those in English.
    English,
}

/// How well both rankers rank some resumes.
#[derive(Clone, Debug, Serialize)]
pub struct SetRelevance {
    /// Which.
    pub set: ResumeSet,
    /// How many are judged.
    pub n_judged: usize,
    /// How many of them are relevant: under a relevant label, or graded 2 or 3.
    pub n_relevant: usize,
    /// Bole's ranking, then BM25's.
    pub rankers: Vec<Quality>,
    /// Bole's less BM25's.
    pub difference: QualityDifference,
}

/// Who ranks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ranker {
    /// By points. Whoever certainly fails a gate comes after all others: a match leaves them out.
    Bole,
    /// By words. Whoever is not found comes last.
    Bm25,
}

/// What a ranking is worth. All figures are 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quality {
    /// Whose.
    pub ranker: Ranker,
    /// The share of relevant ones among the first 10; none if there are fewer resumes.
    pub precision_at_10: Option<f64>,
    /// Among the first 20.
    pub precision_at_20: Option<f64>,
    /// Among the first 50.
    pub precision_at_50: Option<f64>,
    /// Normalised discounted cumulative gain of the first 10.
    pub ndcg_at_10: Estimate,
    /// Of the first 50, or of all if there are fewer.
    pub ndcg_at_50: f64,
    /// Over all.
    pub average_precision: Estimate,
}

/// A figure with its 95 % interval by the bootstrap: how far it moves with other resumes of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Where the interval begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
}

/// By how much one ranking is better, with both ranking the same drawn resumes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct QualityDifference {
    /// In nDCG@10.
    pub ndcg_at_10: Estimate,
    /// In average precision.
    pub average_precision: Estimate,
}

/// Where Bole ranks somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RankedResume {
    /// From 1.
    pub place: usize,
    /// Thousandths of a point; none if the resume could not be read.
    pub score: Option<u32>,
    /// Whether a gate keeps it out of a match.
    pub fails_gate: bool,
    /// The grade: 0 to 3, or 0 and 1 by label.
    pub grade: u8,
    /// The file.
    pub path: PathBuf,
}

/// A resume that a search for words would rank high, and that is not relevant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trap {
    /// The file.
    pub path: PathBuf,
    /// How it tempts.
    pub trap: String,
    /// For each profile for which it is judged and not relevant: among all, then in its language.
    pub places: Vec<TrapPlace>,
    /// Whether Bole ranks it among the first ten in one of them.
    pub is_in_top_10: bool,
}

/// Where a trap is ranked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrapPlace {
    /// The profile.
    pub profile: String,
    /// Among whom.
    pub set: ResumeSet,
    /// By Bole, from 1.
    pub bole: usize,
    /// By BM25, from 1.
    pub bm25: usize,
}
