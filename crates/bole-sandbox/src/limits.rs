use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What one child may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Address space, in bytes. The largest honest document seen took 192 MB.
    pub address_space_bytes: u64,
    /// Processor time for one document.
    pub cpu: Duration,
    /// Time on the wall for one document, from its first byte sent to its last byte answered.
    pub wall: Duration,
    /// The largest answer, in bytes.
    pub answer_bytes: usize,
    /// Documents after which a child is replaced, so that no leak and no damage lasts. A start costs as much as two
    /// dozen documents.
    pub n_documents: u32,
}

impl Limits {
    /// What production uses unless configured otherwise.
    pub const STANDARD: Self = Self {
        address_space_bytes: 1 << 30,
        cpu: Duration::from_secs(10),
        wall: Duration::from_secs(15),
        answer_bytes: 16 << 20,
        n_documents: 2000,
    };

    /// For drawing pages. The largest honest page seen took 95 MB, the font included.
    pub const DRAWING: Self = Self {
        address_space_bytes: 768 << 20,
        cpu: Duration::from_secs(5),
        wall: Duration::from_secs(10),
        answer_bytes: 16 << 20,
        n_documents: 1000,
    };
}
