use bole_core::{ContentHash, DocumentId, EncodedEvidence, EncodedReading, MatchKeys, ReadingId};

/// What a better reader saw in a document that was read before.
#[derive(Clone, Debug)]
pub struct NewReading {
    /// The reading, its id first.
    pub reading: (ReadingId, EncodedReading),
    /// The evidence found in it, the lexicon first.
    pub evidence: (ContentHash, EncodedEvidence),
    /// What tells who it is about.
    pub keys: MatchKeys,
}

/// What became of a new reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reread {
    /// It serves from here on.
    Serves,
    /// The document does not stand as read: it was erased or set aside, or never was here. Nothing was kept.
    NotIndexed,
    /// A reading of the same reader, or of a newer one, serves already. Nothing was kept.
    NotOlder,
    /// The database refuses it: the reading that served still does.
    Refused,
}

/// How many of the readings that serve could be better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overdue {
    /// Those of an older reader, without those that are kept.
    pub n_older_readings: u64,
    /// Those of an older reader of which the newer one can make no better.
    pub n_kept: u64,
    /// Those without evidence by the lexicon that was asked for.
    pub n_without_evidence: u64,
}

impl NewReading {
    /// The document.
    pub fn document(&self) -> DocumentId {
        self.reading.0.document
    }
}
