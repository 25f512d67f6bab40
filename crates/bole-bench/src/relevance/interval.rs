//! How far a figure would move with other resumes of the same kind: the bootstrap (Efron 1979), percentile intervals.

use super::metrics::{average_precision, ndcg};
use super::report::Estimate;
use super::specimen::Judgement;
use crate::resumes::Dice;

/// Any number would do; the same one gives the same intervals.
const SEED: u64 = 1;
/// A bootstrap's own stream of numbers.
const PURPOSE: u64 = 0x6f6f_7473;
/// Within the interval, in thousandths.
const COVERAGE: usize = 950;

/// Two rankings of the same resumes: for each place which resume, by its number among `judgements`.
pub(super) struct Pair<'a> {
    pub(super) judgements: &'a [Judgement],
    pub(super) rankings: [&'a [usize]; 2],
}

/// Of a figure: for either ranking, and for the first less the second.
pub(super) struct Intervals {
    pub(super) each: [Estimate; 2],
    pub(super) difference: Estimate,
}

/// nDCG@10 and average precision.
pub(super) struct Bootstrapped {
    pub(super) ndcg_at_10: Intervals,
    pub(super) average_precision: Intervals,
}

type Figure = fn(&[Judgement]) -> Option<f64>;

const FIGURES: [Figure; 2] = [|ranking| ndcg(ranking, 10), average_precision];

/// Draws the resumes `n_resamples` times with replacement, the same for both rankings, so that their difference is that
/// of a pair. None if nobody is relevant. A sample in which nobody is relevant says nothing and is left out.
pub(super) fn bootstrap(pair: &Pair<'_>, n_resamples: u32) -> Option<Bootstrapped> {
    let Pair { judgements, rankings } = pair;
    let once = vec![1; judgements.len()];
    let values = rankings.map(|ranking| figures(&drawn(judgements, ranking, &once)));
    let mut dice = Dice::new(SEED, 0, PURPOSE);
    let mut samples: [Vec<[f64; 2]>; 2] = Default::default();
    for _ in 0..n_resamples {
        let mut counts = vec![0_u32; judgements.len()];
        for _ in 0..judgements.len() {
            if let Some(count) = counts.get_mut(dice.below(judgements.len() as u32) as usize) {
                *count += 1;
            }
        }
        let [one, other] = rankings.map(|ranking| figures(&drawn(judgements, ranking, &counts)));
        for ((samples, one), other) in samples.iter_mut().zip(one).zip(other) {
            samples.extend(one.zip(other).map(|(one, other)| [one, other]));
        }
    }
    let [one, other] = values;
    let mut intervals = samples
        .into_iter()
        .zip(one)
        .zip(other)
        .filter_map(|((samples, one), other)| Some(of(&samples, [one?, other?])));
    let (ndcg_at_10, average_precision) = (intervals.next()?, intervals.next()?);
    Some(Bootstrapped { ndcg_at_10, average_precision })
}

/// A ranking of what was drawn, each as often as it was.
fn drawn(judgements: &[Judgement], ranking: &[usize], counts: &[u32]) -> Vec<Judgement> {
    let mut drawn = Vec::with_capacity(judgements.len());
    for number in ranking {
        let count = counts.get(*number).copied().unwrap_or_default();
        let judgement = judgements.get(*number).copied();
        drawn.extend(judgement.into_iter().flat_map(|it| std::iter::repeat_n(it, count as usize)));
    }
    drawn
}

fn figures(ranking: &[Judgement]) -> [Option<f64>; 2] {
    FIGURES.map(|figure| figure(ranking))
}

fn of(samples: &[[f64; 2]], [one, other]: [f64; 2]) -> Intervals {
    let estimate = |value, of: fn(&[f64; 2]) -> f64| {
        let (low, high) = percentiles(samples.iter().map(of).collect()).unwrap_or((value, value));
        Estimate { value, low, high }
    };
    let each = [estimate(one, |sample| sample[0]), estimate(other, |sample| sample[1])];
    Intervals { each, difference: estimate(one - other, |sample| sample[0] - sample[1]) }
}

/// The ends of the middle 95 %, by nearest rank; none of nothing.
fn percentiles(mut values: Vec<f64>) -> Option<(f64, f64)> {
    values.sort_unstable_by(f64::total_cmp);
    let tail = values.len() * (1000 - COVERAGE) / 2000;
    let last = values.len().checked_sub(1)?;
    Some((*values.get(tail)?, *values.get(last - tail)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judgements(labels: &str) -> Vec<Judgement> {
        labels.chars().map(|label| Judgement::of_label(label == '+')).collect()
    }

    #[test]
    fn the_middle_is_cut_out() {
        let values: Vec<f64> = (0..1000).rev().map(f64::from).collect();
        assert_eq!(percentiles(values), Some((25.0, 974.0)));
        assert_eq!(percentiles(vec![7.0]), Some((7.0, 7.0)));
        assert_eq!(percentiles(Vec::new()), None);
    }

    #[test]
    fn the_same_intervals_every_time() {
        let judgements = judgements("++-+--+---+--");
        let (forth, back): (Vec<_>, Vec<_>) = ((0..13).collect(), (0..13).rev().collect());
        let pair = Pair { judgements: &judgements, rankings: [&forth, &back] };
        let (first, second) = (bootstrap(&pair, 400).unwrap(), bootstrap(&pair, 400).unwrap());
        for (first, second) in
            [(&first.ndcg_at_10, &second.ndcg_at_10), (&first.average_precision, &second.average_precision)]
        {
            assert_eq!((first.each, first.difference), (second.each, second.difference));
            assert!(first.difference.value > 0.0);
            for it in first.each.into_iter().chain([first.difference]) {
                assert!(it.low < it.value && it.value < it.high, "{it:?}");
            }
        }
    }

    #[test]
    fn a_ranking_does_not_differ_from_itself() {
        let judgements = judgements("+-+--");
        let ranking: Vec<_> = (0..5).collect();
        let pair = Pair { judgements: &judgements, rankings: [&ranking, &ranking] };
        let difference = bootstrap(&pair, 100).unwrap().average_precision.difference;
        assert_eq!(difference, Estimate { value: 0.0, low: 0.0, high: 0.0 });
    }

    #[test]
    fn all_relevant_is_certain_and_none_is_no_figure() {
        for (labels, expected) in [("+++", Some(1.0)), ("---", None), ("", None)] {
            let judgements = judgements(labels);
            let ranking: Vec<_> = (0..judgements.len()).collect();
            let pair = Pair { judgements: &judgements, rankings: [&ranking, &ranking] };
            let found = bootstrap(&pair, 50).map(|it| it.average_precision.each[0]);
            assert_eq!(found, expected.map(|value| Estimate { value, low: value, high: value }), "{labels}");
        }
    }
}
