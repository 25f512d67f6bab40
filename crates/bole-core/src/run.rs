use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::stored::{Version, Versioned};
use crate::{ContentHash, LogPosition, RunId, StoredError};

/// All that the result of a match depends on, by hash where it is kept apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// How far the change log was read.
    pub position: LogPosition,
    /// The profile's file.
    pub profile: ContentHash,
    /// The weights that were given in the query, by group.
    pub weights: BTreeMap<String, u32>,
    /// The changes of gates that were given in the query, as they are written on a command line.
    pub gates: Vec<String>,
    /// The profile with these changes.
    pub profile_used: ContentHash,
    /// The lexicon.
    pub lexicon: ContentHash,
    /// The talent levels.
    pub levels: ContentHash,
    /// The version of the formula.
    pub scoring_version: u32,
    /// The queries of the filters, in their order.
    pub filters: Vec<String>,
    /// How many of the best were shown.
    pub top: u64,
}

impl RunRecord {
    const VERSION: u32 = 1;

    /// The hash of it all. Of the profile what was used counts, however it came about.
    pub fn hash(&self) -> ContentHash {
        // Without filters as it was before there were any.
        let filters = ContentHash::of_parts(self.filters.iter().map(String::as_bytes));
        let filters = if self.filters.is_empty() { &[][..] } else { filters.as_bytes() };
        ContentHash::of_parts([
            &self.position.0.to_be_bytes()[..],
            self.profile_used.as_bytes(),
            self.lexicon.as_bytes(),
            self.levels.as_bytes(),
            &self.scoring_version.to_be_bytes(),
            filters,
            &self.top.to_be_bytes(),
        ])
    }

    /// What the run is called.
    pub fn id(&self) -> RunId {
        RunId::of(self.hash())
    }

    /// As it is stored: versioned JSON.
    pub fn encode(&self) -> Result<String, StoredError> {
        let versioned = Versioned { version: Self::VERSION, value: self };
        serde_json::to_string(&versioned).map_err(StoredError::Shape)
    }

    /// Decodes the record of this hash.
    ///
    /// # Errors
    /// [`StoredError::Newer`], [`StoredError::Shape`]; [`StoredError::Mismatch`] if it is of another run.
    pub fn decode(text: &str, hash: ContentHash) -> Result<Self, StoredError> {
        let Version { version } = serde_json::from_str(text).map_err(StoredError::Shape)?;
        if version > Self::VERSION {
            return Err(StoredError::Newer(version));
        }
        let versioned: Versioned<Self> = serde_json::from_str(text).map_err(StoredError::Shape)?;
        if versioned.value.hash() == hash { Ok(versioned.value) } else { Err(StoredError::Mismatch) }
    }
}
