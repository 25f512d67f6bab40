//! Measures how well and how fast Bole does its work: the benches behind `bole bench`.
//!
//! A bench runs the code that serves, on files that the caller names, and gives a typed report; it prints nothing and
//! knows no arguments. Times are facts of one machine at one moment: compare side by side, in the same minute.

mod boxes;
mod extraction;
mod listing;
mod memory;
mod sandbox;
mod times;

pub use boxes::draw_boxes;
pub use extraction::{Extraction, StageTime, Unread, bench_extraction};
pub use listing::{BenchError, Listing, flat_name};
pub use sandbox::{SandboxCost, bench_sandbox};
pub use times::Times;
