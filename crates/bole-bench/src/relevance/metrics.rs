//! What a ranking is worth to whoever reads it from the top.

use super::specimen::Judgement;

/// The share of relevant ones among the first `k`; none if there are fewer.
pub(super) fn precision(ranking: &[Judgement], k: usize) -> Option<f64> {
    let first = ranking.get(..k).filter(|first| !first.is_empty())?;
    Some(n_relevant(first) as f64 / k as f64)
}

/// Normalised discounted cumulative gain of the first `k`, or of all if there are fewer: 0 to 1. None if nobody has a
/// grade above 0, when every order is as good.
///
/// The discount by the logarithm of the place is that of Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR
/// techniques", ACM Transactions on Information Systems 20(4), 2002; the gain 2^grade - 1, with which one of the highest
/// grade outweighs two of the next, that of Burges and others, "Learning to rank using gradient descent", ICML 2005.
pub(super) fn ndcg(ranking: &[Judgement], k: usize) -> Option<f64> {
    let mut ideal: Vec<Judgement> = ranking.to_vec();
    ideal.sort_unstable_by_key(|judgement| std::cmp::Reverse(judgement.grade));
    let best = dcg(&ideal, k);
    (best > 0.0).then(|| dcg(ranking, k) / best)
}

fn dcg(ranking: &[Judgement], k: usize) -> f64 {
    let gain = |judgement: &Judgement| f64::from((1_u32 << judgement.grade) - 1);
    let places = (1..=k).map(|place| ((place + 1) as f64).log2());
    ranking.iter().zip(places).map(|(judgement, discount)| gain(judgement) / discount).sum()
}

/// The mean, over the relevant ones, of the precision at the place of each (Buckley and Voorhees, "Evaluating evaluation
/// measure stability", SIGIR 2000); none if nobody is relevant.
pub(super) fn average_precision(ranking: &[Judgement]) -> Option<f64> {
    let (mut n_found, mut sum) = (0_usize, 0.0);
    for (judgement, place) in ranking.iter().zip(1_usize..) {
        if judgement.is_relevant {
            n_found += 1;
            sum += n_found as f64 / place as f64;
        }
    }
    (n_found > 0).then(|| sum / n_found as f64)
}

pub(super) fn n_relevant(ranking: &[Judgement]) -> usize {
    ranking.iter().filter(|judgement| judgement.is_relevant).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graded(grades: &[u8]) -> Vec<Judgement> {
        grades.iter().map(|grade| Judgement::of_grade(*grade)).collect()
    }

    fn labelled(labels: &str) -> Vec<Judgement> {
        labels.chars().map(|label| Judgement::of_label(label == '+')).collect()
    }

    fn is_near(value: Option<f64>, expected: f64) -> bool {
        value.is_some_and(|value| (value - expected).abs() < 1e-12)
    }

    #[test]
    fn precision_counts_the_relevant_among_the_first() {
        let ranking = labelled("++-+-");
        assert!(is_near(precision(&ranking, 2), 1.0));
        assert!(is_near(precision(&ranking, 3), 2.0 / 3.0));
        assert!(is_near(precision(&ranking, 5), 0.6));
        assert_eq!(precision(&ranking, 6), None);
        assert_eq!(precision(&[], 0), None);
        // Only those who belong to the field.
        assert!(is_near(precision(&graded(&[3, 1, 2, 0]), 4), 0.5));
    }

    #[test]
    fn average_precision_is_the_mean_over_the_relevant() {
        assert!(is_near(average_precision(&labelled("+-+--+")), (1.0 + 2.0 / 3.0 + 3.0 / 6.0) / 3.0));
        assert!(is_near(average_precision(&labelled("---+")), 0.25));
        assert!(is_near(average_precision(&labelled("+++")), 1.0));
        assert_eq!(average_precision(&labelled("---")), None);
        assert_eq!(average_precision(&[]), None);
        assert!(is_near(average_precision(&graded(&[1, 2])), 0.5));
    }

    #[test]
    fn ndcg_weighs_grades_by_place() {
        // log2 of 2, 3, 4: 1, 1.584962500721156, 2.
        let dcg = 1.0 + 7.0 / 1.584_962_500_721_156;
        let best = 7.0 + 1.0 / 1.584_962_500_721_156;
        assert!(is_near(ndcg(&graded(&[1, 3, 0]), 3), dcg / best));
        assert!(is_near(ndcg(&graded(&[1, 3, 0]), 50), dcg / best));
        // The first place alone: 1 of the 7 that the best order has there.
        assert!(is_near(ndcg(&graded(&[1, 3, 0]), 1), 1.0 / 7.0));
        assert!(is_near(ndcg(&graded(&[0, 0, 2]), 3), (3.0 / 2.0) / 3.0));
        assert!(is_near(ndcg(&graded(&[2, 2, 2]), 2), 1.0));
        assert!(is_near(ndcg(&graded(&[0, 2]), 1), 0.0));
        assert_eq!(ndcg(&graded(&[0, 0]), 10), None);
        assert_eq!(ndcg(&[], 10), None);
    }
}
