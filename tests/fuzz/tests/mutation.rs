//! A short run of every target over changed seeds: always the same changes, so that a failure is found again.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a panic fails the test")]

use std::panic::catch_unwind;

use bole_fuzz::{Mutator, Random, TARGETS, fixtures, seeds};

/// The seed of all changes; another finds other ways to break.
const SEED: u64 = 0x0b01_e000;
/// Larger seeds take too long for how often each is read.
const MAX_BYTES: usize = 24 << 10;

/// Gives the target its seeds as they are, then each of them changed so often in each way.
fn survives(target: &str, n_times: usize) {
    let (_, run) = TARGETS.into_iter().find(|(name, _)| *name == target).unwrap();
    let mut seeds = seeds(target, &fixtures().unwrap());
    seeds.retain(|(_, bytes)| !bytes.is_empty() && bytes.len() <= MAX_BYTES);
    assert!(seeds.len() >= 14, "{}", seeds.len());
    let mut random = Random::new(SEED);
    for (name, bytes) in &seeds {
        assert!(catch_unwind(|| run(bytes)).is_ok(), "{target}: {name}");
        for mutator in Mutator::ALL {
            for time in 0..n_times {
                let (other_name, other) = random.one_of(&seeds);
                let changed = mutator.apply(bytes, other, &mut random);
                let survived = catch_unwind(|| run(&changed)).is_ok();
                assert!(survived, "{target}: {mutator:?} {time} of {name}, {other_name}");
            }
        }
    }
}

#[test]
fn changed_content_is_read() {
    survives("content", 2);
}

#[test]
fn changed_character_maps_are_read() {
    survives("cmap", 1);
}

#[test]
fn changed_font_programs_are_read() {
    survives("font", 2);
}

#[test]
fn changed_layouts_are_read() {
    survives("layout", 4);
}

#[test]
fn changed_files_are_read() {
    survives("file", 5);
}

#[test]
fn changed_resumes_are_understood() {
    survives("resume", 2);
}
