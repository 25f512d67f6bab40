use bole_bench::{LanguageCount, Understanding, bench_understanding};
use serde::Serialize;

use crate::arguments::BenchUnderstanding;
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, printable, table};
use crate::session::Session;

/// `bole bench understanding`.
pub(crate) fn run(session: &Session, command: &BenchUnderstanding) -> anyhow::Result<Exit> {
    let knowledge = session.knowledge()?;
    let report =
        bench_understanding(&command.paths, knowledge.lexicon(), command.rounds, command.to.as_deref())?;
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

fn print(report: &Understanding) -> anyhow::Result<()> {
    let layouts = report.layouts.iter().map(|(layout, count)| format!("{count} {}", name_of(layout)));
    let layouts: Vec<_> = layouts.collect();
    print_line(format_args!("{} resumes: {}", report.n_resumes, layouts.join(", ")))?;
    for unreadable in &report.unreadable {
        let path = printable(&unreadable.path.to_string_lossy());
        print_line(format_args!("  not read: {path}: {}", unreadable.reason))?;
    }
    for language in &report.languages {
        print_language(language)?;
    }
    let twins = &report.twins;
    print_line(format_args!("{} of {} twins show the same concepts", twins.n_identical, twins.n_pairs))?;
    let mut rows = table(&["concepts of twins", "in both", "only in Chinese", "only in English"]);
    for (field, count) in &twins.fields {
        let counts = [count.in_both, count.only_chinese, count.only_english];
        rows.add_row([field.to_string()].into_iter().chain(counts.map(|count| count.to_string())));
    }
    print_line(rows)?;
    let concepts = &report.concepts;
    print_line(format_args!(
        "{} of {} concepts found; {} of {} that must not count were counted",
        concepts.found, concepts.told, concepts.trapped, concepts.traps
    ))?;
    let mut rows = table(&["lexicon", "concepts", "forms in Chinese", "forms in English"]);
    for count in &report.lexicon {
        let counts = [count.n_concepts, count.n_forms_zh, count.n_forms_en].map(|count| count.to_string());
        rows.add_row([count.field.to_string()].into_iter().chain(counts));
    }
    print_line(rows)?;
    let title = format!("microseconds a resume, best of {}", report.n_rounds);
    let mut rows = table(&[title.as_str(), "mean", "p50", "p95", "p99"]);
    for times in &report.times {
        let cells = [times.mean_us, times.p50_us, times.p95_us, times.p99_us].map(|us| format!("{us:.0}"));
        rows.add_row([times.part.to_owned()].into_iter().chain(cells));
    }
    print_line(rows)
}

fn print_language(count: &LanguageCount) -> anyhow::Result<()> {
    let language = format!("{}, {} resumes", name_of(&count.language), count.n_resumes);
    let mut rows = table(&[
        language.as_str(),
        "told",
        "right",
        "wrong",
        "missing",
        "extra",
        "wrong though sure",
        "accuracy",
    ]);
    for (field, count) in &count.fields {
        let counts =
            [count.told, count.right, count.wrong, count.missing, count.extra, count.wrong_though_sure];
        let accuracy = count.accuracy.map_or_else(String::new, |share| format!("{:.1} %", share * 100.0));
        let cells = counts.into_iter().map(|count| count.to_string()).chain([accuracy]);
        rows.add_row(std::iter::once(name_of(field)).chain(cells));
    }
    print_line(rows)
}

fn print_errors(report: &Understanding) -> anyhow::Result<()> {
    for difference in &report.differences {
        let text = |value: &Option<String>| value.as_deref().map_or_else(|| "-".to_owned(), printable);
        let path = printable(&difference.path.to_string_lossy());
        let confidence = difference.confidence.map_or_else(String::new, |percent| format!(" ({percent} %)"));
        print_line(format_args!(
            "{path}  {}  {}  truth: {}  said: {}{confidence}",
            name_of(&difference.field),
            name_of(&difference.verdict),
            text(&difference.truth),
            text(&difference.said)
        ))?;
    }
    for difference in &report.twins.differences {
        let language = if difference.is_in_chinese { "Chinese" } else { "English" };
        print_line(format_args!("{}  twins  {} only in {language}", difference.pair, difference.concept))?;
    }
    for mistake in &report.concepts.mistakes {
        let path = printable(&mistake.path.to_string_lossy());
        let what = if mistake.is_counted { "counted, and must not be" } else { "not found" };
        print_line(format_args!("{path}  concept  {} {what}", mistake.concept))?;
    }
    Ok(())
}

/// The name as JSON has it, with spaces.
fn name_of(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().replace('_', " ")
}
