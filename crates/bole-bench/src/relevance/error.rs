use std::path::PathBuf;

use bole_engine::EngineError;
use bole_index::{IndexError, QueryError};
use thiserror::Error;

use crate::listing::BenchError;

/// Why it cannot be measured how well rankings put the right people first.
#[derive(Debug, Error)]
pub enum RelevanceError {
    /// What cannot be read, or every mistake in all graded files.
    #[error(transparent)]
    Files(#[from] BenchError),
    /// A profile that is not there.
    #[error(transparent)]
    Profile(#[from] EngineError),
    /// The search index fails.
    #[error("the search index of BM25")]
    Index(#[from] IndexError),
    /// A query that cannot be read.
    #[error("the query for `{profile}`")]
    Query {
        /// For which profile.
        profile: String,
        /// What is wrong with it.
        source: QueryError,
    },
    /// A profile that nobody has written a query for.
    #[error("there is no query for `{0}`: write one with --query {0}=TEXT")]
    NoQuery(String),
    /// A folder without labelled resumes.
    #[error("`{}` has no PDF files: name a folder with a folder of them for each label", path.display())]
    NoPdf {
        /// The folder.
        path: PathBuf,
    },
    /// A graded file that grades nothing.
    #[error("`{}` grades no resume: write one a line, as JSON", path.display())]
    NothingGraded {
        /// The file.
        path: PathBuf,
    },
    /// Labelled folders, and not said which labels are relevant.
    #[error("say which labels of `{}` are relevant for what: --relevant PROFILE=LABEL,LABEL", path.display())]
    LabelsNeeded {
        /// The folder.
        path: PathBuf,
    },
    /// Labels, and no labelled folders.
    #[error("--relevant is for folders of labelled folders, and none is named")]
    NoFolder,
    /// Labels that no folder has.
    #[error("no folder is called {}; there are {}", names(.labels), names(.known))]
    NoSuchLabel {
        /// They.
        labels: Vec<String>,
        /// The labels that there are.
        known: Vec<String>,
    },
    /// A profile for which no resume is judged relevant.
    #[error(
        "no resume is relevant for `{0}`, so no ranking is better than another: leave it out with --profile"
    )]
    NothingRelevant(String),
}

fn names(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
