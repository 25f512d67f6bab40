use bole_engine::{EngineError, Knowledge, Overrides};

use crate::resumes::Dice;

/// As many profiles as rounds, by turns, each with weights of its own, so that no answer serves a second time.
pub(super) fn drawn(
    knowledge: &Knowledge,
    name: Option<&str>,
    n_rounds: u32,
) -> Result<Vec<(String, Overrides)>, EngineError> {
    let base: Vec<_> = match name {
        Some(name) => vec![knowledge.profile(name)?],
        None => knowledge.profiles().values().collect(),
    };
    let drawn = (0..n_rounds).zip(base.iter().cycle()).map(|(round, profile)| {
        let mut dice = Dice::new(1, round, PURPOSE);
        let weights = profile.groups().iter().map(|group| (group.id.clone(), 1 + dice.below(1000)));
        (profile.id().to_owned(), Overrides { weights: weights.collect(), gates: Vec::new() })
    });
    Ok(drawn.collect())
}

/// Tells these numbers from those of the resumes.
const PURPOSE: u64 = 100;
