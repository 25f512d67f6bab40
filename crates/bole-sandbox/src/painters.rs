use std::ffi::OsString;
use std::path::PathBuf;

use bole_core::DocumentId;
use bytes::Bytes;

use crate::children::{ChildOptions, Children, PoolError};
use crate::protocol::{Duty, Setup};
use crate::question::ToDraw;
use crate::{Drawn, FontFile, Limits};

/// How the children that draw are started and what they may use.
#[derive(Clone, Debug)]
pub struct PainterOptions {
    /// The program that calls [`run_child`](crate::run_child).
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// What each may use; the font comes on top of the address space.
    pub limits: Limits,
    /// The font for Chinese, Japanese and Korean text whose own font is not in the document.
    pub font: Option<FontFile>,
}

/// Children that draw pages: one, that is started at the first picture and kept, and a second one while the first is at
/// a page that takes long. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Painters {
    children: Children,
}

impl Painters {
    /// Starts nothing yet.
    pub fn new(options: PainterOptions) -> Self {
        let PainterOptions { program, arguments, limits, font } = options;
        let setup = Setup { limits, duty: Duty::Draw { font } };
        Self { children: Children::new(ChildOptions { program, arguments, n_children: 1, setup }) }
    }

    /// Draws a page, counted from 1, `width_px` wide: see [`bole_document::draw`]. Waits for a free child.
    ///
    /// # Errors
    /// Ours only; whatever the document does, the answer is a [`Drawn`].
    pub async fn draw(
        &self,
        document: DocumentId,
        bytes: &Bytes,
        page: u32,
        width_px: u32,
    ) -> Result<Drawn, PoolError> {
        self.children.ask(ToDraw { page, width_px }, document, bytes).await
    }
}
