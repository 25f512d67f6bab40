//! Bytes of a PDF to pages of text: characters with boxes, what is hidden apart, and how good the text is.
//!
//! lopdf gives the file's objects, their decryption and filters; the text comes from an interpreter of our own that
//! walks the content streams as bytes. The crate does no I/O, knows no clock and no resume, and decodes no image.
//! Whatever the bytes, [`read()`] returns: bad input is data (a [`Diagnostic`](bole_core::Diagnostic) and a partial
//! reading), only bytes that are no document, or are over a [limit](Limits), are an error.
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
mod filters;
mod geometry;
mod lexer;
mod mend;
mod open;

mod font;

mod annotations;
mod color;
mod contrast;
mod form;
mod function;
mod glyph;
mod graphics;
mod hiding;
mod interpreter;
mod marked;
mod memo;
mod operands;
mod painting;
mod path;
mod settings;
mod show;
mod visibility;

mod accents;
mod assemble;
mod columns;
mod hyphenation;
mod layout;
mod lines;
mod rules;
mod scalar;
mod spacing;
mod tables;
mod upright;
mod words;

mod plausible;
mod quality;
mod read;
mod stage;
mod warm;

#[cfg(test)]
mod order_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use error::ReadError;
pub use limits::{Limits, READER_VERSION};
pub use read::{read, read_observed};
pub use stage::Stage;
pub use warm::warm;
