//! The contract with portals: what a message must look like, and what a receipt looks like.

pub mod v1;
