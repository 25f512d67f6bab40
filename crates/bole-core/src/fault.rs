use std::error::Error;
use std::fmt;

use crate::Reason;

/// What an error means for the submission it struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Ours, and it passes: release the delivery, probe, go on; no attempt is spent.
    Transient,
    /// The document's or the message's own: it is quarantined with this reason.
    Permanent(Reason),
}

/// An error with its causes on one line, for a log. A cause that the text before it tells already is left out.
#[derive(Clone, Copy, Debug)]
pub struct Chain<'a>(pub &'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.0.to_string();
        let mut source = self.0.source();
        while let Some(error) = source {
            let cause = error.to_string();
            if !text.contains(&cause) {
                text = format!("{text}: {cause}");
            }
            source = error.source();
        }
        formatter.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Told {
        text: &'static str,
        source: Option<Box<Told>>,
    }

    #[test]
    fn each_cause_is_told_once() {
        let told = |text, source: Option<Told>| Told { text, source: source.map(Box::new) };
        let error = told("the queue is away", Some(told("away", Some(told("connection refused", None)))));
        assert_eq!(Chain(&error).to_string(), "the queue is away: connection refused");
    }
}
