//! What a total hangs on: what it would lose without a piece of evidence.

use crate::gate::GateOutcome;
use crate::profile::Profile;
use crate::row::Row;
use crate::score::{Part, total};

/// What would be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Loss {
    pub(crate) points: u32,
    /// A gate that is passed or unknown would certainly fail.
    pub(crate) fails_gate: bool,
}

/// What `row` would lose if what shows `part` were not there: everything that is found of its concept, the degree, the
/// stays of a kind in the field. The same part of a resume may count in several components.
pub(crate) fn loss(row: &Row, profile: &Profile, part: Part) -> Loss {
    let field = profile.field_position().unwrap_or(usize::MAX);
    let without = match part {
        Part::Slot(_, best) => row.without_concept(best.concept),
        Part::Degree(_) => row.with_facts(|facts| facts.degree = None),
        Part::NamesField => row.with_facts(|facts| facts.forget_titled(field)),
        Part::Work(_) => row.with_facts(|facts| facts.forget_work(field)),
        Part::Practice(_) => row.with_facts(|facts| facts.forget_practice(field)),
    };
    let fails = |row: &Row| profile.gates().iter().any(|gate| gate.judge(row) == GateOutcome::Fail);
    Loss {
        points: total(row, profile).saturating_sub(total(&without, profile)),
        fails_gate: fails(&without) && !fails(row),
    }
}
