//! Harness of the end-to-end tests: a fresh installation of the built program, and what it printed.

#![allow(clippy::indexing_slicing, reason = "a test that panics has failed, as it should")]

mod installation;
mod pdf;

pub use installation::{Installation, Run, demo_resumes, program};
pub use pdf::{Pdf, image_only_pdf, text_pdf};
