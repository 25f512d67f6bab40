//! Bytes of a PDF to pages of text: characters with boxes, what is hidden apart, and how good the text is.
//!
//! lopdf gives the file's objects, their decryption and filters; the text comes from an interpreter of our own that
//! walks the content streams as bytes. The crate does no I/O, knows no clock and no resume, and reading decodes no image.
//! Whatever the bytes, [`read()`] returns: bad input is data (a [`Diagnostic`](bole_core::Diagnostic) and a partial
//! reading), only bytes that are no document, or are over a [limit](Limits), are an error. What lopdf takes while it opens
//! a file has no limit that holds against every file: read hostile ones in a process that may use so much memory.
//! [`draw()`] gives a page as a picture, by hayro, which may also panic.
//!
//! ```
//! use bole_document::{Limits, ReadError, read};
//!
//! let error = read(b"PK\x03\x04 [Content_Types].xml word/document.xml", &Limits::STANDARD).unwrap_err();
//! assert!(matches!(error, ReadError::UnsupportedType { kind: "docx" }));
//! ```

mod error;
mod limits;
mod sniff;

mod file;
mod geometry;
mod lexer;

mod font;
mod glyph;
mod scalar;

mod content;
mod layout;

mod quality;
mod read;
mod stage;
mod warm;

mod picture;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use error::ReadError;
pub use limits::{Limits, READER_VERSION};
pub use picture::{DrawError, Fonts, PICTURE_WIDTHS, Picture, draw};
pub use read::{read, read_observed};
pub use stage::Stage;
pub use warm::warm;
