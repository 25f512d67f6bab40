use std::fmt::Write;

use bole_core::{Reason, State};

const HEAD: &str = "\
# Reason codes

Written by `bole reference reasons`. Every submission is in one state, with a reason code that says why. The codes are the
same in the API, in receipts, on the command line and in metrics. For each portal what was received is the sum of what is
`queued`, `indexed`, `duplicate`, `quarantined`, `discarded` and `erased`.
";

/// Every state and reason code, as tables in Markdown.
pub fn reasons_reference() -> String {
    let mut text = HEAD.to_owned();
    for state in State::ALL {
        let mut reasons = Reason::ALL.into_iter().filter(|reason| reason.state() == state).peekable();
        if reasons.peek().is_none() {
            continue;
        }
        let header = "| code | what happened | what the portal or the candidate can do |\n|---|---|---|";
        // Writing to a text does not fail.
        writeln!(text, "\n## {}\n\n{header}", state.code()).ok();
        for reason in reasons {
            writeln!(text, "| `{}` | {} | {} |", reason.code(), reason.meaning(), reason.advice()).ok();
        }
    }
    text
}
