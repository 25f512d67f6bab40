//! What holds of the workspace itself: licences, bans, fences between the crates, and the documents.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that panics has failed, as it should"
)]

mod architecture;
mod asyncapi;
mod deploy;
mod documents;
mod fences;
mod openapi;
mod watching;

use cargo_metadata::{Metadata, MetadataCommand};

/// All packages, with what is resolved for this machine.
fn metadata() -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).other_options(["--locked".to_owned()]).exec().unwrap()
}
