use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::reading::Resume;

/// How alike the points are of the Chinese and the English resume of the same person, `NAME.zh.toml` and `NAME.en.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TwinPoints {
    /// How many pairs.
    pub n_pairs: usize,
    /// All of them, by profile.
    pub all: BTreeMap<String, TwinShares>,
    /// Those of whom one is relevant for the profile.
    pub relevant: BTreeMap<String, TwinShares>,
    /// Each pair for each profile, the greatest difference first.
    pub pairs: Vec<TwinPair>,
}

/// Differences between twins, in points of 100.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TwinShares {
    /// How many pairs.
    pub n_pairs: usize,
    /// The mean.
    pub mean: f64,
    /// The greatest.
    pub greatest: f64,
    /// The share of those that differ by 3 points at most, 0 to 1.
    pub within_3: f64,
}

/// One pair and one profile. A resume that could not be read has no points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TwinPair {
    /// The path without `.zh.toml`.
    pub pair: PathBuf,
    /// The profile.
    pub profile: String,
    /// The total of the Chinese one, in thousandths of a point.
    pub chinese: u32,
    /// The total of the English one, in thousandths of a point.
    pub english: u32,
    /// How far they are apart, in points of 100.
    pub difference: f64,
    /// Whether one of them is relevant.
    pub is_relevant: bool,
}

/// As alike as they should be.
const CLOSE: f64 = 3.0;

/// Compares twins for each profile.
pub(super) fn twins<'a>(resumes: &[Resume], profiles: impl Iterator<Item = &'a str>) -> TwinPoints {
    let mut by_name = BTreeMap::new();
    for resume in resumes {
        let name = resume.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for (number, end) in [".zh.toml", ".en.toml"].into_iter().enumerate() {
            if let Some(name) = name.strip_suffix(end) {
                let both: &mut [Option<&Resume>; 2] =
                    by_name.entry(resume.path.with_file_name(name)).or_default();
                if let Some(one) = both.get_mut(number) {
                    *one = Some(resume);
                }
            }
        }
    }
    let mut twins = TwinPoints::default();
    let pairs = by_name.into_iter().filter_map(|(pair, both)| match both {
        [Some(chinese), Some(english)] => Some((pair, chinese, english)),
        _ => None,
    });
    let pairs: Vec<(PathBuf, &Resume, &Resume)> = pairs.collect();
    twins.n_pairs = pairs.len();
    for profile in profiles {
        let of_profile: Vec<TwinPair> = pairs
            .iter()
            .map(|(pair, chinese, english)| compare(pair.clone(), profile, chinese, english))
            .collect();
        let relevant = of_profile.iter().filter(|pair| pair.is_relevant);
        twins.relevant.extend(shares(relevant).map(|shares| (profile.to_owned(), shares)));
        twins.all.extend(shares(of_profile.iter()).map(|shares| (profile.to_owned(), shares)));
        twins.pairs.extend(of_profile);
    }
    twins.pairs.sort_by(|one, other| other.difference.total_cmp(&one.difference));
    twins
}

fn compare(pair: PathBuf, profile: &str, chinese: &Resume, english: &Resume) -> TwinPair {
    let is_relevant = [chinese, english]
        .into_iter()
        .any(|resume| resume.judgement(profile).is_some_and(|judgement| judgement.is_relevant));
    let total = |resume: &Resume| resume.fit(profile).map_or(0, |fit| fit.total);
    let (chinese, english) = (total(chinese), total(english));
    let difference = f64::from(chinese.abs_diff(english)) / 1000.0;
    TwinPair { pair, profile: profile.to_owned(), chinese, english, difference, is_relevant }
}

fn shares<'a>(pairs: impl Iterator<Item = &'a TwinPair>) -> Option<TwinShares> {
    let differences: Vec<f64> = pairs.map(|pair| pair.difference).collect();
    let n_close = differences.iter().filter(|difference| **difference <= CLOSE).count();
    let n_pairs = differences.len();
    (n_pairs > 0).then(|| TwinShares {
        n_pairs,
        mean: differences.iter().sum::<f64>() / n_pairs as f64,
        greatest: differences.iter().copied().fold(0.0, f64::max),
        within_3: n_close as f64 / n_pairs as f64,
    })
}
