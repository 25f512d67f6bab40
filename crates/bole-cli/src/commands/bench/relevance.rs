use std::collections::{BTreeMap, BTreeSet};

use bole_bench::{
    Estimate, ProfileRelevance, RankedResume, Ranker, Relevance, RelevanceOptions, ResumeSet, SetRelevance,
    TwinPoints, bench_relevance,
};
use bole_core::AsOf;
use comfy_table::CellAlignment;

use crate::arguments::BenchRelevance;
use crate::exit::Exit;
use crate::output::{dense_table, is_json, points, print_json, print_line, printable};
use crate::session::Session;

/// How many pairs of twins are shown.
const N_PAIRS: usize = 10;

/// `bole bench relevance`.
pub(crate) fn run(session: &Session, command: &BenchRelevance) -> anyhow::Result<Exit> {
    let knowledge = session.knowledge()?;
    let mut relevant: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (profile, labels) in &command.relevant {
        relevant.entry(profile.clone()).or_default().extend(labels.iter().cloned());
    }
    let options = RelevanceOptions {
        paths: command.paths.clone(),
        relevant,
        queries: command.query.iter().cloned().collect(),
        profiles: command.profile.iter().cloned().collect(),
        document_date: command.document_date.unwrap_or_else(|| AsOf(jiff::Zoned::now().date())),
        n_resamples: command.resamples,
    };
    let report = bench_relevance(&options, &knowledge)?;
    if is_json(&command.output) {
        print_json(&report)?;
    } else {
        print(&report)?;
        if command.errors {
            print_errors(&report)?;
        }
    }
    Ok(Exit::Done)
}

fn print(report: &Relevance) -> anyhow::Result<()> {
    let date = report.document_date.map(|date| format!("; PDF files speak from {}", date.0));
    print_line(format_args!("{} resumes{}", report.n_resumes, date.unwrap_or_default()))?;
    for missing in &report.missing {
        let path = printable(&missing.path.to_string_lossy());
        print_line(format_args!("  not read, ranked last: {path}: {}", missing.reason))?;
    }
    for profile in &report.profiles {
        print_profile(profile)?;
    }
    print_line(format_args!(
        "\nin brackets: 95 % intervals by the bootstrap, {} samples of the resumes",
        report.n_resamples
    ))?;
    print_traps(report)?;
    print_twins(&report.twins)?;
    print_line(format_args!(
        "\nof {} places that {} explanations name, {} do not show what they are named for; {} explanations do not \
         add up",
        report.n_spans,
        report.n_explanations,
        report.spans_not_found.len(),
        report.wrong_sums.len()
    ))
}

fn print_profile(profile: &ProfileRelevance) -> anyhow::Result<()> {
    for set in &profile.sets {
        let title = match set.set {
            ResumeSet::All => profile.profile.clone(),
            ResumeSet::Chinese => format!("{}, in Chinese", profile.profile),
            ResumeSet::English => format!("{}, in English", profile.profile),
        };
        print_line(format_args!("\n{title}: {} of {} relevant", set.n_relevant, set.n_judged))?;
        print_set(set)?;
    }
    Ok(())
}

fn print_set(set: &SetRelevance) -> anyhow::Result<()> {
    let mut rows = dense_table(&["", "P@10", "P@20", "P@50", "nDCG@10", "nDCG@50", "average precision"]);
    for quality in &set.rankers {
        let share = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{share:.2}"));
        rows.add_row([
            match quality.ranker {
                Ranker::Bole => "bole".to_owned(),
                Ranker::Bm25 => "bm25".to_owned(),
            },
            share(quality.precision_at_10),
            share(quality.precision_at_20),
            share(quality.precision_at_50),
            estimate(quality.ndcg_at_10),
            format!("{:.3}", quality.ndcg_at_50),
            estimate(quality.average_precision),
        ]);
    }
    let [of_ten, over_all] =
        [set.difference.ndcg_at_10, set.difference.average_precision].map(|difference| {
            let Estimate { value, low, high } = difference;
            format!("{value:+.3} [{low:+.3}, {high:+.3}]")
        });
    let nothing = String::new;
    rows.add_row(["difference".to_owned(), nothing(), nothing(), nothing(), of_ten, nothing(), over_all]);
    for column in rows.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    print_line(rows)
}

fn estimate(Estimate { value, low, high }: Estimate) -> String {
    format!("{value:6.3} [{low:6.3}, {high:6.3}]")
}

fn print_traps(report: &Relevance) -> anyhow::Result<()> {
    if report.traps.is_empty() {
        return Ok(());
    }
    let n_caught = report.traps.iter().filter(|trap| trap.is_in_top_10).count();
    print_line(format_args!(
        "\n{} traps, {n_caught} of them in a top 10, of all or of their language; places among all by bole / bm25",
        report.traps.len()
    ))?;
    let profiles = report.profiles.iter().map(|profile| profile.profile.as_str());
    let header: Vec<&str> = ["trap", "resume"].into_iter().chain(profiles.clone()).collect();
    let mut rows = dense_table(&header);
    for trap in &report.traps {
        let name = trap.path.file_name().unwrap_or_default().to_string_lossy();
        let places = profiles.clone().map(|profile| {
            let place = trap.places.iter().find(|place| place.profile == profile);
            place.map_or_else(|| "-".to_owned(), |place| format!("{} / {}", place.bole, place.bm25))
        });
        rows.add_row([printable(&trap.trap), printable(&name)].into_iter().chain(places));
    }
    print_line(rows)
}

fn print_twins(twins: &TwinPoints) -> anyhow::Result<()> {
    if twins.n_pairs == 0 {
        return Ok(());
    }
    print_line(format_args!(
        "\n{} pairs of twins, differences in points of 100; of the relevant ones, of all",
        twins.n_pairs
    ))?;
    let mut rows = dense_table(&[
        "profile", "pairs", "mean", "greatest", "within 3", "pairs", "mean", "greatest", "within 3",
    ]);
    for (profile, all) in &twins.all {
        let cells = [twins.relevant.get(profile), Some(all)].into_iter().flat_map(|shares| {
            shares.map_or_else(
                || [(); 4].map(|()| "-".to_owned()),
                |shares| {
                    [
                        shares.n_pairs.to_string(),
                        format!("{:.1}", shares.mean),
                        format!("{:.1}", shares.greatest),
                        format!("{:.0} %", shares.within_3 * 100.0),
                    ]
                },
            )
        });
        rows.add_row(std::iter::once(profile.clone()).chain(cells));
    }
    for column in rows.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    print_line(rows)
}

fn print_errors(report: &Relevance) -> anyhow::Result<()> {
    for profile in &report.profiles {
        let name = &profile.profile;
        print_line(format_args!("\n{name}: relevant and ranked lowest"))?;
        print_ranked(&profile.lowest_relevant)?;
        print_line(format_args!("\n{name}: not relevant and ranked highest"))?;
        print_ranked(&profile.highest_irrelevant)?;
    }
    if report.twins.n_pairs > 0 {
        print_line("\ntwins furthest apart")?;
        let mut rows = dense_table(&["points apart", "Chinese", "English", "profile", "pair"]);
        for pair in report.twins.pairs.iter().take(N_PAIRS) {
            rows.add_row([
                format!("{:.1}", pair.difference),
                points(pair.chinese),
                points(pair.english),
                pair.profile.clone(),
                printable(&pair.pair.to_string_lossy()),
            ]);
        }
        print_line(rows)?;
    }
    for mistake in &report.spans_not_found {
        let path = printable(&mistake.path.to_string_lossy());
        let text = mistake.text.as_deref().map_or_else(|| "off the page".to_owned(), printable);
        let (span, what) = (mistake.span, &mistake.what);
        print_line(format_args!(
            "{path}  {}  {what}: page {}, {} to {}: {text}",
            mistake.profile, span.page, span.start, span.end
        ))?;
    }
    for mistake in &report.wrong_sums {
        let path = printable(&mistake.path.to_string_lossy());
        print_line(format_args!("{path}  {}  does not add up", mistake.profile))?;
    }
    Ok(())
}

fn print_ranked(ranked: &[RankedResume]) -> anyhow::Result<()> {
    let mut rows = dense_table(&["place", "points", "grade", "gate", "resume"]);
    for resume in ranked {
        rows.add_row([
            resume.place.to_string(),
            resume.score.map_or_else(|| "not read".to_owned(), points),
            resume.grade.to_string(),
            if resume.fails_gate { "fails" } else { "" }.to_owned(),
            printable(&resume.path.to_string_lossy()),
        ]);
    }
    print_line(rows)
}
