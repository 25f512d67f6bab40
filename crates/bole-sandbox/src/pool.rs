use std::ffi::OsString;
use std::path::PathBuf;

use bole_core::DocumentId;
use bytes::Bytes;

use crate::children::{ChildOptions, Children, PoolError};
use crate::protocol::{Duty, Setup};
use crate::question::ToRead;
use crate::{Guard, LexiconFile, Limits, Outcome};

/// How the children are started and what they may use.
#[derive(Clone, Debug)]
pub struct PoolOptions {
    /// The program that calls [`run_child`](crate::run_child).
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// How many at once, at least 1.
    pub n_children: usize,
    /// What each may use.
    pub limits: Limits,
    /// The lexicon that evidence is collected with.
    pub lexicon: Vec<LexiconFile>,
}

/// A few children that read documents, one document each at a time. Cheap to clone.
///
/// Children start when they are first needed.
#[derive(Clone, Debug)]
pub struct Pool {
    children: Children,
}

impl Pool {
    /// Makes a pool; starts nothing yet.
    pub fn new(options: PoolOptions) -> Self {
        let PoolOptions { program, arguments, n_children, limits, lexicon } = options;
        let setup = Setup { limits, duty: Duty::Read { lexicon } };
        Self { children: Children::new(ChildOptions { program, arguments, n_children, setup }) }
    }

    /// How many documents are read at once.
    pub fn n_children(&self) -> usize {
        self.children.n_children()
    }

    /// How many documents to hand over at once, so that no child waits for one: two for each, and those set aside.
    pub fn n_in_hand(&self) -> usize {
        2 * self.children.n_children() + self.children.n_aside()
    }

    /// Reads a document into what is stored. Waits for a free child.
    ///
    /// # Errors
    /// Ours only; whatever the document does, the answer is an [`Outcome`].
    pub async fn read(&self, document: DocumentId, bytes: &Bytes) -> Result<Outcome, PoolError> {
        self.children.ask(ToRead { however_poor: false }, document, bytes).await
    }

    /// Reads a document to be shown, not stored: also one whose text is too poor to be scored.
    ///
    /// # Errors
    /// Ours only; what the document cannot be read for is an [`Outcome`].
    pub async fn inspect(&self, document: DocumentId, bytes: &Bytes) -> Result<Outcome, PoolError> {
        self.children.ask(ToRead { however_poor: true }, document, bytes).await
    }

    /// What the system lacks to fence the children in; starts one to learn it if none has been started.
    ///
    /// # Errors
    /// [`PoolError::Start`].
    pub async fn missing_guards(&self) -> Result<&[Guard], PoolError> {
        self.children.missing_guards().await
    }
}
