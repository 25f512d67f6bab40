//! How the resumes of `tests/graded` are ranked, against floors.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use bole_bench::{Quality, Ranker, Relevance, RelevanceOptions, ResumeSet, Trap, bench_relevance};
use bole_core::AsOf;
use bole_engine::Knowledge;

/// For each set of resumes and profile, the least average precision and nDCG@10, in thousandths, of all resumes.
const FLOORS: &[(&str, &str, u32, u32)] = &[
    ("first", "energy-storage", 985, 955),
    ("first", "aerospace", 990, 960),
    ("first", "finance", 980, 990),
    ("second", "energy-storage", 935, 930),
    ("second", "aerospace", 960, 960),
    ("second", "finance", 990, 990),
];

/// A battery of tests, designed, packed and stored: every word of it is of the field too.
const CAUGHT: &[&str] = &["energy-93.en.toml"];

/// Of the relevant twins, the least share that is within 3 points of 100, in percent.
const LEAST_CLOSE_TWINS: usize = 50;

#[test]
fn the_right_people_come_first_and_no_trap_does() -> Result<()> {
    let knowledge = Knowledge::load(None)?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("graded");
    for set in ["first", "second"] {
        let options = RelevanceOptions {
            paths: vec![folder.join(format!("{set}.jsonl"))],
            relevant: BTreeMap::new(),
            queries: BTreeMap::new(),
            profiles: knowledge.profiles().keys().cloned().collect(),
            document_date: AsOf("2026-11-22".parse()?),
            n_resamples: 1,
        };
        let report = bench_relevance(&options, &knowledge)?;
        assert_eq!(report.missing.len(), 0, "{:?}", report.missing);
        assert_eq!(report.spans_not_found.len(), 0, "{:?}", report.spans_not_found);
        assert_eq!(report.wrong_sums.len(), 0, "{:?}", report.wrong_sums);
        assert!(report.n_spans > 3000, "{}", report.n_spans);
        let is_known = |trap: &&Trap| CAUGHT.iter().any(|name| trap.path.ends_with(name));
        let caught: Vec<_> =
            report.traps.iter().filter(|trap| trap.is_in_top_10 && !is_known(trap)).collect();
        assert!(caught.is_empty(), "{caught:#?}");
        for (_, profile, precision, ndcg) in FLOORS.iter().filter(|floor| floor.0 == set) {
            let bole = quality(&report, profile)?;
            let reached = [bole.average_precision.value, bole.ndcg_at_10.value];
            let floors = [*precision, *ndcg].map(|floor| f64::from(floor) / 1000.0);
            assert!(reached[0] >= floors[0] && reached[1] >= floors[1], "{set} {profile}: {reached:?}");
        }
        let twins = report.twins.pairs.iter().filter(|pair| pair.is_relevant);
        let (close, far): (Vec<_>, Vec<_>) = twins.partition(|pair| pair.difference <= 3.0);
        assert!(close.len() * 100 >= (close.len() + far.len()) * LEAST_CLOSE_TWINS, "{set}: {far:#?}");
    }
    Ok(())
}

/// What Bole's ranking of all resumes is worth.
fn quality(report: &Relevance, profile: &str) -> Result<Quality> {
    let found = report.profiles.iter().find(|found| found.profile == profile).context("the profile")?;
    let all = found.sets.iter().find(|set| set.set == ResumeSet::All).context("all resumes")?;
    all.rankers.iter().find(|quality| quality.ranker == Ranker::Bole).copied().context("bole")
}
