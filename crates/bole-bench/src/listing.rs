use std::fs;
use std::path::{Path, PathBuf};

use bole_core::{DocumentId, StoredError};
use bole_sandbox::PoolError;
use thiserror::Error;

/// Why a bench cannot run.
#[derive(Debug, Error)]
pub enum BenchError {
    /// A file or folder cannot be read or written.
    #[error("`{}`", path.display())]
    Path {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The system gives no runtime.
    #[error("the system gives no event loop")]
    Runtime(#[source] std::io::Error),
    /// No child to be had.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// What was read cannot be encoded.
    #[error(transparent)]
    Stored(#[from] StoredError),
    /// A child read a document otherwise than this process did.
    #[error("document {0} is read otherwise in a child than in process: report this")]
    Differs(DocumentId),
    /// The system gives no threads.
    #[error("the system gives no threads")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// A file is no JSON of its kind, or cannot be.
    #[error("`{}`", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A folder is taken by resumes made otherwise.
    #[error("`{}` has resumes of another seed or version, or more of them: name another folder", path.display())]
    OtherResumes {
        /// The folder.
        path: PathBuf,
    },
    /// Truth or graded files have mistakes: all of them.
    #[error("{}", told(.0))]
    Truth(Vec<Mistake>),
    /// A folder has no truth files.
    #[error("`{}` has no truth files: they end with `.toml`", path.display())]
    NoTruth {
        /// The folder.
        path: PathBuf,
    },
    /// There is nothing to measure.
    #[error("`{}` names no files: write one path a line", path.display())]
    Empty {
        /// The list.
        path: PathBuf,
    },
}

/// A mistake in a truth file, or in a graded one.
#[derive(Debug)]
pub struct Mistake {
    /// The file.
    pub path: PathBuf,
    /// The key, and what is wrong with it.
    pub mistake: String,
}

fn told(mistakes: &[Mistake]) -> String {
    let lines = mistakes.iter().map(|it| format!("`{}`: {}", it.path.display(), it.mistake));
    lines.collect::<Vec<_>>().join("\n")
}

impl BenchError {
    pub(crate) fn path(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        |source| Self::Path { path: path.to_owned(), source }
    }

    pub(crate) fn json(path: &Path) -> impl FnOnce(serde_json::Error) -> Self + '_ {
        |source| Self::Json { path: path.to_owned(), source }
    }
}

/// The files that a bench runs over.
#[derive(Clone, Debug)]
pub struct Listing {
    /// In the order of the list.
    pub paths: Vec<PathBuf>,
}

impl Listing {
    /// Reads a list: one path a line, empty lines and lines that begin with `#` passed over.
    ///
    /// # Errors
    /// If the list cannot be read, or names no files.
    pub fn read(path: &Path) -> Result<Self, BenchError> {
        let text = fs::read_to_string(path).map_err(BenchError::path(path))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let paths: Vec<PathBuf> = lines.map(PathBuf::from).collect();
        if paths.is_empty() {
            return Err(BenchError::Empty { path: path.to_owned() });
        }
        Ok(Self { paths })
    }
}

/// `a/b.pdf` becomes `a_b.pdf`: what begins the name of everything that is made of a file.
pub fn flat_name(path: &Path) -> String {
    path.to_string_lossy().replace('/', "_")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn lists_are_lines() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all("# two\na/b.pdf\n\n 简历.pdf \n".as_bytes()).unwrap();
        let listing = Listing::read(file.path()).unwrap();
        assert_eq!(listing.paths, [Path::new("a/b.pdf"), Path::new("简历.pdf")]);
        let empty = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(Listing::read(empty.path()), Err(BenchError::Empty { .. })));
    }
}
