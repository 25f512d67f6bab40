//! What may come from outside, given to the crates that read it: one function for each way in. Each takes any bytes and
//! panics when a promise is broken.
//!
//! The fuzzers in `targets`, the bounded run in `tests/mutation.rs` and the seeds share them. A long run is
//! `./tests/long`; one target alone, on any toolchain, is
//! `cargo fuzz run --sanitizer none --fuzz-dir tests/fuzz content`.

#![allow(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a panic is what the fuzzer looks for"
)]

mod fonts;
mod layout;
mod mutate;
mod page;
mod resume;
mod seeds;

pub use fonts::{cmap, font};
pub use layout::layout;
pub use mutate::{Mutator, Random, unpacked};
pub use page::{content, file};
pub use resume::{LEXICON, resume};
pub use seeds::{Seed, fixtures, seeds};

/// A way in.
pub type Target = fn(&[u8]);

/// All ways in, by name.
pub const TARGETS: [(&str, Target); 6] = [
    ("content", content),
    ("cmap", cmap),
    ("font", font),
    ("layout", layout),
    ("file", file),
    ("resume", resume),
];
