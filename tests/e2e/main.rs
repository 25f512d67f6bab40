//! The built program, from outside.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that panics has failed, as it should"
)]

mod access;
mod api;
mod backup;
mod bad_input;
mod benches;
mod besieged;
mod browser;
mod bucket;
mod checking;
mod cluster;
mod console;
mod crash;
mod demo;
mod deploy;
mod doctor;
mod dying_readers;
mod exporting;
mod fairness;
mod faults;
mod graded;
mod guides;
mod hostile;
mod http;
mod ingest;
mod log;
mod metrics;
mod newer;
mod operators;
mod pictures;
mod portal_side;
mod profiles;
mod protected;
mod ranking;
mod readers;
mod relevance;
mod replaying;
mod reread;
mod searching;
mod sessions;
mod top;
mod understanding;
mod watching;
