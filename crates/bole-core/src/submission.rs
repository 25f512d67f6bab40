use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Reason;

/// Where a submission stands. All but [`State::Accepting`] count in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Known, not yet confirmed by the queue; outside the law, swept when stale.
    Accepting,
    /// In flight: durable in the queue.
    Queued,
    /// Read, and to be found.
    Indexed,
    /// The same bytes as an earlier submission.
    Duplicate,
    /// Set aside with a reason; can be replayed.
    Quarantined,
    /// Given up by an operator.
    Discarded,
    /// Gone at the person's request.
    Erased,
}

impl State {
    /// All states in the order of a submission's life.
    pub const ALL: [Self; 7] = [
        Self::Accepting,
        Self::Queued,
        Self::Indexed,
        Self::Duplicate,
        Self::Quarantined,
        Self::Discarded,
        Self::Erased,
    ];

    /// The code as stored, sent and shown.
    pub fn code(self) -> &'static str {
        match self {
            Self::Accepting => "accepting",
            Self::Queued => "queued",
            Self::Indexed => "indexed",
            Self::Duplicate => "duplicate",
            Self::Quarantined => "quarantined",
            Self::Discarded => "discarded",
            Self::Erased => "erased",
        }
    }

    /// Whether a worker has decided: nothing more happens by itself.
    pub fn is_settled(self) -> bool {
        !matches!(self, Self::Accepting | Self::Queued)
    }
}

impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.code())
    }
}

impl FromStr for State {
    type Err = String;

    /// From its [code](State::code); the error is the text that is no code.
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|state| state.code() == text).ok_or_else(|| text.to_owned())
    }
}

/// How many submissions stand where, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ledger {
    /// A line for each portal that ever sent something.
    pub portals: BTreeMap<String, LedgerLine>,
}

/// One portal's part of the [`Ledger`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LedgerLine {
    /// All that were ever received: counted by itself, not summed from the rest, so that the law can fail.
    pub received: u64,
    /// Waiting for a worker or with one.
    pub queued: u64,
    /// Read and searchable.
    pub indexed: u64,
    /// Copies of earlier ones.
    pub duplicate: u64,
    /// Set aside, by reason.
    pub quarantined: BTreeMap<Reason, u64>,
    /// Given up by an operator.
    pub discarded: u64,
    /// Gone at the person's request.
    pub erased: u64,
}

impl LedgerLine {
    /// All in quarantine.
    pub fn n_quarantined(&self) -> u64 {
        self.quarantined.values().sum()
    }

    /// The law: received = indexed + duplicate + quarantined + discarded + erased + in flight.
    pub fn holds(&self) -> bool {
        self.received
            == self.indexed
                + self.duplicate
                + self.n_quarantined()
                + self.discarded
                + self.erased
                + self.queued
    }

    /// Adds `other` to this line.
    pub fn add(&mut self, other: &Self) {
        self.received += other.received;
        self.queued += other.queued;
        self.indexed += other.indexed;
        self.duplicate += other.duplicate;
        for (reason, n_submissions) in &other.quarantined {
            *self.quarantined.entry(*reason).or_default() += n_submissions;
        }
        self.discarded += other.discarded;
        self.erased += other.erased;
    }
}

impl Ledger {
    /// The sum over all portals.
    pub fn total(&self) -> LedgerLine {
        let mut total = LedgerLine::default();
        for line in self.portals.values() {
            total.add(line);
        }
        total
    }

    /// Whether the law holds for every portal.
    pub fn holds(&self) -> bool {
        self.portals.values().all(LedgerLine::holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_json_agree() {
        for state in State::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.code());
            assert_eq!(state.code().parse::<State>().unwrap(), state);
        }
    }

    #[test]
    fn the_law_can_fail() {
        let mut line = LedgerLine { received: 3, indexed: 1, queued: 1, ..LedgerLine::default() };
        assert!(!line.holds());
        line.quarantined.insert(Reason::NoText, 1);
        assert!(line.holds());
    }
}
