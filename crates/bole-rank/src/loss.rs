//! What a total hangs on: what it would lose without a piece of evidence.

use crate::profile::Profile;
use crate::row::Row;
use crate::score::{Part, total};

/// The points that `row` would lose if what shows `part` were not there: everything that is found of its concept, the
/// degree, the stays of a kind in the field. The same part of a resume may count in several components.
pub(crate) fn loss(row: &Row, profile: &Profile, part: Part) -> u32 {
    let field = profile.field_position().unwrap_or(usize::MAX);
    let without = match part {
        Part::Slot(_, best) => row.without_concept(best.concept),
        Part::Degree(_) => row.with_facts(|facts| facts.degree = None),
        Part::NamesField => row.with_facts(|facts| facts.forget_titled(field)),
        Part::Work(_) => row.with_facts(|facts| facts.forget_work(field)),
        Part::Practice(_) => row.with_facts(|facts| facts.forget_practice(field)),
    };
    total(row, profile).saturating_sub(total(&without, profile))
}
