use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use bole_core::{DocumentId, Language};
use bole_engine::Knowledge;
use bole_rank::{Profile, SCORING_VERSION};

use super::bm25::Bm25;
use super::error::RelevanceError;
use super::folders::{judged, labelled};
use super::graded::GradedFiles;
use super::interval::{Pair, bootstrap};
use super::metrics::{n_relevant, ndcg, precision};
use super::queries::query_for;
use super::reading::{Desk, Resume};
use super::report::{
    MissingResume, ProfileRelevance, Quality, QualityDifference, RankedResume, Ranker, Relevance,
    RelevanceOptions, ResumeSet, SetRelevance, Trap, TrapPlace,
};
use super::specimen::{Judgement, Source, Specimen};
use super::twins::twins;

/// How many of the worst mistakes are kept for each profile.
const N_EXTREMES: usize = 10;
/// The places that everybody looks at.
const N_TOP: usize = 10;

/// Reads resumes that people have judged, ranks them for each profile as a match does and by BM25 as a search does, and
/// compares both rankings with the judgements. Looks up every place that the explanations name, too.
///
/// BM25 searches all resumes at once, as the index of an installation has them, for the words of one query a profile.
///
/// # Errors
/// If files cannot be read or have mistakes, a profile, label or query is not there, or nobody is relevant.
pub fn bench_relevance(
    options: &RelevanceOptions,
    knowledge: &Knowledge,
) -> Result<Relevance, RelevanceError> {
    for name in options.profiles.iter().chain(options.relevant.keys()).chain(options.queries.keys()) {
        knowledge.profile(name)?;
    }
    let specimens = specimens(options, knowledge)?;
    let profiles = profiles(options, knowledge, &specimens)?;
    let queries = profiles.iter().map(|(name, _)| query_for(name, &options.queries));
    let queries = queries.collect::<Result<Vec<_>, _>>()?;
    let has_pdf = specimens.iter().any(|specimen| matches!(specimen.source, Source::Pdf));
    let document_date = options.document_date;
    let desk = Desk { lexicon: knowledge.lexicon(), profiles: &profiles, document_date };
    let (resumes, checks) = desk.read_all(specimens)?;
    let bm25 = Bm25::of(resumes.iter().filter_map(|resume| Some(&resume.read.as_ref().ok()?.entry)))?;
    let missing = |resume: &Resume| {
        let refusal = resume.read.as_ref().err()?;
        Some(MissingResume { path: resume.path.clone(), reason: refusal.reason })
    };
    let mut report = Relevance {
        n_resumes: resumes.len(),
        missing: resumes.iter().filter_map(missing).collect(),
        document_date: has_pdf.then_some(document_date),
        lexicon: knowledge.lexicon().hash(),
        scoring_version: SCORING_VERSION,
        n_resamples: options.n_resamples,
        profiles: Vec::new(),
        traps: Vec::new(),
        twins: twins(&resumes, profiles.iter().map(|(name, _)| name.as_str())),
        n_spans: checks.n_spans,
        spans_not_found: checks.spans_not_found,
        n_explanations: checks.n_explanations,
        wrong_sums: checks.wrong_sums,
    };
    let mut places: BTreeMap<usize, Vec<TrapPlace>> = BTreeMap::new();
    for ((profile, _), (query, parsed)) in profiles.iter().zip(queries) {
        let contest = Contest { profile, found: bm25.places(&parsed)?, resumes: &resumes };
        report.profiles.push(contest.relevance(query, options.n_resamples));
        contest.trap_places(&mut places);
    }
    report.traps = traps(places, &resumes);
    Ok(report)
}

/// All judged resumes, in the order of the paths.
fn specimens(options: &RelevanceOptions, knowledge: &Knowledge) -> Result<Vec<Specimen>, RelevanceError> {
    let (folders, files): (Vec<_>, Vec<_>) = options.paths.iter().partition(|path| path.is_dir());
    let mut in_folders = Vec::new();
    for folder in &folders {
        in_folders.extend(labelled(folder)?);
    }
    match (folders.first(), options.relevant.is_empty()) {
        (Some(folder), true) => {
            return Err(RelevanceError::LabelsNeeded { path: (*folder).clone() });
        }
        (None, false) => return Err(RelevanceError::NoFolder),
        _ => {}
    }
    let mut graded = GradedFiles::new(knowledge.profiles().keys().map(String::as_str));
    for file in files {
        graded.read(file)?;
    }
    let mut specimens = judged(in_folders, &options.relevant)?;
    specimens.extend(graded.finish()?);
    Ok(specimens)
}

/// Those asked for, else those that resumes are judged for; somebody has to be relevant for each.
fn profiles(
    options: &RelevanceOptions,
    knowledge: &Knowledge,
    specimens: &[Specimen],
) -> Result<Vec<(String, Profile)>, RelevanceError> {
    let judged: BTreeSet<&String> = specimens.iter().flat_map(|specimen| specimen.grades.keys()).collect();
    let names =
        if options.profiles.is_empty() { judged } else { options.profiles.iter().collect::<BTreeSet<_>>() };
    let mut profiles = Vec::new();
    for name in names {
        let grades = specimens.iter().filter_map(|specimen| specimen.grades.get(name));
        if !grades.clone().any(|judgement| judgement.is_relevant) {
            return Err(RelevanceError::NothingRelevant(name.clone()));
        }
        profiles.push((name.clone(), knowledge.profile(name)?.clone()));
    }
    Ok(profiles)
}

/// Two rankers and the resumes that are judged for one profile.
struct Contest<'a> {
    profile: &'a str,
    /// Where BM25 has each document that it finds.
    found: BTreeMap<DocumentId, usize>,
    resumes: &'a [Resume],
}

impl Contest<'_> {
    fn relevance(&self, query: String, n_resamples: u32) -> ProfileRelevance {
        let all = self.set(ResumeSet::All, n_resamples);
        let one = [ResumeSet::Chinese, ResumeSet::English].map(|set| self.set(set, n_resamples));
        let by_language =
            if let [Some(chinese), Some(english)] = one { vec![chinese, english] } else { vec![] };
        let judged = self.judged(ResumeSet::All);
        let ranked: Vec<_> = self.by_points(&judged).into_iter().zip(1..).collect();
        let of = |wanted: bool| {
            let ranked =
                ranked.iter().filter_map(|(number, place)| judged.get(*number).map(|it| (*place, it)));
            ranked.filter(move |(_, (_, judgement))| judgement.is_relevant == wanted).map(|it| self.shown(it))
        };
        let mut relevant: Vec<_> = of(true).collect();
        relevant.reverse();
        relevant.truncate(N_EXTREMES);
        ProfileRelevance {
            profile: self.profile.to_owned(),
            query,
            sets: all.into_iter().chain(by_language).collect(),
            lowest_relevant: relevant,
            highest_irrelevant: of(false).take(N_EXTREMES).collect(),
        }
    }

    fn shown(&self, (place, (number, judgement)): (usize, &(usize, Judgement))) -> RankedResume {
        let resume = self.resumes.get(*number);
        let fit = resume.and_then(|resume| resume.fit(self.profile));
        RankedResume {
            place,
            score: fit.map(|fit| fit.total),
            fails_gate: fit.is_some_and(|fit| fit.fails_gate),
            grade: judgement.grade,
            path: resume.map(|resume| resume.path.clone()).unwrap_or_default(),
        }
    }

    /// The resumes of a set that are judged for the profile, by number.
    fn judged(&self, set: ResumeSet) -> Vec<(usize, Judgement)> {
        let is_in = |resume: &Resume| match set {
            ResumeSet::All => true,
            ResumeSet::Chinese => resume.language == Language::Chinese,
            ResumeSet::English => resume.language == Language::English,
        };
        let numbered = self.resumes.iter().enumerate().filter(|(_, resume)| is_in(resume));
        numbered.filter_map(|(number, resume)| Some((number, resume.judgement(self.profile)?))).collect()
    }

    /// The places of `judged` by points: as a match ranks, then who fails a gate, then who could not be read; ties by
    /// document, as in a match.
    fn by_points(&self, judged: &[(usize, Judgement)]) -> Vec<usize> {
        self.sorted(judged, |resume| {
            resume
                .fit(self.profile)
                .map_or((2, Reverse(0)), |fit| (u8::from(fit.fails_gate), Reverse(fit.total)))
        })
    }

    /// The places of `judged` by words; whoever is not found last.
    fn by_words(&self, judged: &[(usize, Judgement)]) -> Vec<usize> {
        self.sorted(judged, |resume| self.found.get(&resume.document).copied().unwrap_or(usize::MAX))
    }

    fn sorted<K: Ord>(&self, judged: &[(usize, Judgement)], key: impl Fn(&Resume) -> K) -> Vec<usize> {
        let key = |place: &usize| {
            let resume = judged.get(*place).and_then(|(number, _)| self.resumes.get(*number));
            // The same file under two names is in the order of the names.
            resume.map(|resume| (key(resume), resume.document, &resume.path))
        };
        let mut places: Vec<usize> = (0..judged.len()).collect();
        places.sort_by(|one, other| key(one).cmp(&key(other)));
        places
    }

    /// None if nobody of the set is relevant.
    fn set(&self, set: ResumeSet, n_resamples: u32) -> Option<SetRelevance> {
        let judged = self.judged(set);
        let judgements: Vec<Judgement> = judged.iter().map(|(_, judgement)| *judgement).collect();
        let rankings = [self.by_points(&judged), self.by_words(&judged)];
        let [points, words] = &rankings;
        let intervals = bootstrap(&Pair { judgements: &judgements, rankings: [points, words] }, n_resamples)?;
        let estimates = intervals.ndcg_at_10.each.into_iter().zip(intervals.average_precision.each);
        let rankers = [Ranker::Bole, Ranker::Bm25].into_iter().zip(&rankings).zip(estimates);
        let rankers = rankers.map(|((ranker, ranking), (ndcg_at_10, average_precision))| {
            let ranking: Vec<Judgement> =
                ranking.iter().filter_map(|place| judgements.get(*place).copied()).collect();
            Quality {
                ranker,
                precision_at_10: precision(&ranking, 10),
                precision_at_20: precision(&ranking, 20),
                precision_at_50: precision(&ranking, 50),
                ndcg_at_10,
                ndcg_at_50: ndcg(&ranking, 50).unwrap_or_default(),
                average_precision,
            }
        });
        Some(SetRelevance {
            set,
            n_judged: judgements.len(),
            n_relevant: n_relevant(&judgements),
            rankers: rankers.collect(),
            difference: QualityDifference {
                ndcg_at_10: intervals.ndcg_at_10.difference,
                average_precision: intervals.average_precision.difference,
            },
        })
    }

    /// Adds where both rankers have each trap that is not relevant, by its number: among all, and in its language.
    fn trap_places(&self, places: &mut BTreeMap<usize, Vec<TrapPlace>>) {
        for set in [ResumeSet::All, ResumeSet::Chinese, ResumeSet::English] {
            let judged = self.judged(set);
            let place_of = |ranking: Vec<usize>| {
                let mut place_of = vec![0; ranking.len()];
                for (number, place) in ranking.into_iter().zip(1..) {
                    if let Some(slot) = place_of.get_mut(number) {
                        *slot = place;
                    }
                }
                place_of
            };
            let (points, words) = (place_of(self.by_points(&judged)), place_of(self.by_words(&judged)));
            for (((number, judgement), bole), bm25) in judged.iter().zip(points).zip(words) {
                let is_trap = self.resumes.get(*number).is_some_and(|resume| resume.trap.is_some());
                if is_trap && !judgement.is_relevant {
                    let profile = self.profile.to_owned();
                    places.entry(*number).or_default().push(TrapPlace { profile, set, bole, bm25 });
                }
            }
        }
    }
}

fn traps(places: BTreeMap<usize, Vec<TrapPlace>>, resumes: &[Resume]) -> Vec<Trap> {
    let trap = |(number, places): (usize, Vec<TrapPlace>)| {
        let resume = resumes.get(number)?;
        let is_in_top_10 = places.iter().any(|place| place.bole <= N_TOP);
        Some(Trap { path: resume.path.clone(), trap: resume.trap.clone()?, places, is_in_top_10 })
    };
    places.into_iter().filter_map(trap).collect()
}
