use crate::Reason;

/// What an error means for the submission it struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Ours, and it passes: release the delivery, probe, go on; no attempt is spent.
    Transient,
    /// The document's or the message's own: it is quarantined with this reason.
    Permanent(Reason),
}
