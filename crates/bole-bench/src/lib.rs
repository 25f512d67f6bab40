//! Measures how well and how fast Bole does its work: the benches behind `bole bench`.
//!
//! A bench runs the code that serves, on files that the caller names, and gives a typed report; it prints nothing and
//! knows no arguments. Times are facts of one machine at one moment: compare side by side, in the same minute.

mod boxes;
mod burst;
mod extraction;
mod http;
mod listing;
mod matching;
mod memory;
mod relevance;
mod resumes;
mod sandbox;
mod times;
mod understanding;
mod written;

pub use boxes::draw_boxes;
pub use burst::{
    Burst, BurstError, BurstOptions, Moment, Percentiles, ProcessCost, StageTimes, bench_burst, burst_folder,
};
pub use extraction::{Extraction, StageTime, Unread, bench_extraction};
pub use http::{
    AnswerTimes, LoadError, QueryLoad, QueryTimes, SubmissionLoad, SubmissionRates, Target, bench_queries,
    bench_submissions,
};
pub use listing::{BenchError, Listing, Mistake, flat_name};
pub use matching::{
    MatchBench, MatchBenchError, MatchOptions, MatchPartTimes, MatchTimes, Matches, RankTimes, Ranks,
    bench_match, bench_rank,
};
pub use relevance::{
    Estimate, ExplanationMistake, MissingResume, ProfileRelevance, Quality, QualityDifference, RankedResume,
    Ranker, Relevance, RelevanceError, RelevanceOptions, ResumeSet, SetRelevance, SpanMistake, Trap,
    TrapPlace, TwinPair, TwinPoints, TwinShares, bench_relevance,
};
pub use resumes::{
    Degree, DrawnLayout, Job, Language, Layout, MAKER_VERSION, MadeResume, MadeResumes, Month, Producer,
    ResumeMaker, Sizes, Skill, Study, Truth, draw, keep_resumes, made_path,
};
pub use sandbox::{SandboxCost, bench_sandbox};
pub use times::Times;
pub use understanding::{
    ConceptCount, ConceptMistake, Difference, Field, FieldCount, LanguageCount, LexiconCount, PartTimes,
    TwinCount, TwinDifference, Twins, Understanding, Unreadable, Verdict, bench_understanding,
};
