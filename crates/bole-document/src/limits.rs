use std::cell::Cell;
use std::rc::Rc;

use bole_core::ReaderVersion;

use crate::ReadError;

/// The version of this reader. It rises when the same bytes would read otherwise.
pub const READER_VERSION: ReaderVersion = ReaderVersion(2);

/// How much one document may cost. What goes over is [`ReadError::OverLimit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: usize,
    /// Bytes of content streams in all, decoded; a stream counts each time it is walked.
    pub content_bytes: usize,
    /// Bytes of one character map, decoded.
    pub cmap_bytes: usize,
    /// Bytes of one embedded font, decoded.
    pub font_bytes: usize,
    /// Bytes of embedded fonts and character maps in all, decoded, and of what they unfold to.
    pub font_bytes_in_all: usize,
    /// Pages.
    pub n_pages: usize,
    /// Objects.
    pub n_objects: usize,
    /// Forms within forms. What lies deeper is left out, with a diagnostic.
    pub form_depth: usize,
    /// Operands before one operator, those within arrays counted.
    pub n_operands: usize,
    /// Characters, visible and hidden, in all.
    pub n_characters: usize,
    /// Bytes that the object streams of one file may unfold to, in all.
    pub object_stream_bytes: usize,
}

impl Limits {
    /// What the workers use.
    pub const STANDARD: Self = Self {
        file_bytes: 16 << 20,
        content_bytes: 32 << 20,
        cmap_bytes: 4 << 20,
        font_bytes: 32 << 20,
        font_bytes_in_all: 64 << 20,
        n_pages: 200,
        n_objects: 200_000,
        form_depth: 16,
        n_operands: 100_000,
        n_characters: 2_000_000,
        object_stream_bytes: 32 << 20,
    };
}

/// What is left of the limits that count over the whole document.
#[derive(Debug)]
pub(crate) struct Budget<'a> {
    pub(crate) limits: &'a Limits,
    content_bytes_left: usize,
    /// How many bytes the fonts that are still to be read may have; none when more was asked for.
    pub(crate) font_bytes_left: Rc<Cell<Option<usize>>>,
    characters_left: usize,
}

pub(crate) fn font_error(limits: &Limits) -> ReadError {
    ReadError::OverLimit { what: "bytes of fonts and character maps in all", limit: limits.font_bytes_in_all }
}

/// What each walk of a stream costs besides its bytes, so that many walks of an empty form end too.
const STREAM_OVERHEAD_BYTES: usize = 64;

impl<'a> Budget<'a> {
    pub(crate) fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            content_bytes_left: limits.content_bytes,
            font_bytes_left: Rc::new(Cell::new(Some(limits.font_bytes_in_all))),
            characters_left: limits.n_characters,
        }
    }

    /// How many decoded bytes the next content stream may have.
    pub(crate) fn content_bytes_left(&self) -> usize {
        self.content_bytes_left
    }

    pub(crate) fn content_error(&self) -> ReadError {
        ReadError::OverLimit { what: "bytes of content in all", limit: self.limits.content_bytes }
    }

    /// Takes one walk of a content stream of `n_bytes`.
    pub(crate) fn take_content(&mut self, n_bytes: usize) -> Result<(), ReadError> {
        match self.content_bytes_left.checked_sub(n_bytes.saturating_add(STREAM_OVERHEAD_BYTES)) {
            Some(left) => {
                self.content_bytes_left = left;
                Ok(())
            }
            None => Err(self.content_error()),
        }
    }

    /// Tells the excess of a font that was read in the middle of a string.
    pub(crate) fn check_fonts(&self) -> Result<(), ReadError> {
        self.font_bytes_left.get().map(|_| ()).ok_or_else(|| font_error(self.limits))
    }

    pub(crate) fn take_characters(&mut self, n_characters: usize) -> Result<(), ReadError> {
        match self.characters_left.checked_sub(n_characters) {
            Some(left) => {
                self.characters_left = left;
                Ok(())
            }
            None => Err(ReadError::OverLimit { what: "characters in all", limit: self.limits.n_characters }),
        }
    }
}
