//! What is understood of the resumes of `tests/truth`, against floors.

use std::path::Path;

use anyhow::Result;
use bole_bench::{Field, LanguageCount, Understanding, bench_understanding};
use bole_core::Language;
use bole_engine::Knowledge;

/// The least accuracy in percent of Chinese, English and mixed resumes. What the truth never tells of in a language is
/// not asked for there.
const FLOORS: &[(Field, [u32; 3])] = &[
    (Field::Name, [100, 95, 83]),
    (Field::Emails, [100, 100, 100]),
    (Field::Phones, [100, 100, 100]),
    (Field::Links, [87, 88, 0]),
    (Field::Location, [89, 89, 66]),
    (Field::HighestDegree, [98, 97, 100]),
    (Field::DegreeUnderWay, [100, 100, 0]),
    (Field::School, [98, 95, 100]),
    (Field::Discipline, [94, 85, 70]),
    (Field::Degree, [100, 96, 81]),
    (Field::StudyDates, [100, 97, 83]),
    (Field::Employer, [94, 91, 93]),
    (Field::Title, [86, 84, 94]),
    (Field::EntryDates, [98, 97, 100]),
    (Field::EntryKind, [93, 95, 100]),
    (Field::CurrentEmployer, [98, 96, 100]),
    (Field::YearsWithinOne, [98, 95, 100]),
    (Field::YearsExact, [95, 92, 100]),
    (Field::Publications, [74, 89, 50]),
    (Field::Patents, [83, 91, 100]),
    (Field::Certificates, [90, 88, 50]),
    (Field::Awards, [93, 88, 100]),
    (Field::Skills, [93, 95, 100]),
    (Field::Languages, [96, 96, 84]),
    (Field::Protected, [100, 98, 100]),
];

/// The most protected texts that may be missed: all of them are to be kept out.
const MOST_UNPROTECTED: usize = 1;
/// The most concepts that may be counted though they must not be.
const MOST_TRAPPED: usize = 7;

/// The least share of concepts, in percent, that count in both languages of a pair of twins.
const LEAST_IN_BOTH: usize = 98;

#[test]
fn resumes_are_understood_as_well_as_before() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("truth");
    let knowledge = Knowledge::load(None)?;
    let report = bench_understanding(&[folder], knowledge.lexicon(), 1, None)?;
    assert!(report.n_resumes >= 120, "{} resumes", report.n_resumes);
    assert!(report.layouts.len() >= 4, "{:?}", report.layouts);
    for language in [Language::Chinese, Language::English] {
        assert!(report.languages.iter().any(|count| count.language == language), "no {language:?} resume");
    }
    let mut below = Vec::new();
    for count in &report.languages {
        below.extend(below_floors(count));
    }
    assert!(below.is_empty(), "below the floor: {below:#?}\n{}", table(&report));
    let n_unprotected = report.differences.iter().filter(|it| it.field == Field::Protected).count();
    assert!(n_unprotected <= MOST_UNPROTECTED, "{n_unprotected} protected texts missed\n{}", table(&report));
    let concepts = &report.concepts;
    assert!(concepts.trapped <= MOST_TRAPPED, "{:#?}", concepts.mistakes);
    let twins = report.twins.fields.values();
    let (in_both, all) = twins.fold((0, 0), |(in_both, all), field| {
        (in_both + field.in_both, all + field.in_both + field.only_chinese + field.only_english)
    });
    assert!(in_both * 100 >= all * LEAST_IN_BOTH, "{in_both} of {all} concepts: {:#?}", report.twins);
    Ok(())
}

fn below_floors(count: &LanguageCount) -> Vec<String> {
    let mut below = Vec::new();
    for (field, floors) in FLOORS {
        let floor = match count.language {
            Language::Chinese => floors[0],
            Language::English => floors[1],
            Language::Mixed | Language::Unknown => floors[2],
        };
        let Some(accuracy) = count.fields.get(field).and_then(|count| count.accuracy) else { continue };
        if accuracy * 100.0 < f64::from(floor) {
            below.push(format!("{:?} {field:?}: {:.1} %, floor {floor} %", count.language, accuracy * 100.0));
        }
    }
    // A field that nobody gave a floor could fall unseen.
    let without = count.fields.keys().filter(|field| FLOORS.iter().all(|(known, _)| known != *field));
    below.extend(without.map(|field| format!("{field:?} has no floor")));
    below
}

fn table(report: &Understanding) -> String {
    let mut lines = Vec::new();
    for count in &report.languages {
        let title = format!("{:?}, {} resumes", count.language, count.n_resumes);
        lines.push(format!("{title:<24} told right wrong missing extra sure accuracy"));
        for (field, it) in &count.fields {
            let accuracy = it.accuracy.map_or_else(String::new, |share| format!("{:.1} %", share * 100.0));
            let field = format!("{field:?}");
            lines.push(format!(
                "{field:<24} {:>4} {:>5} {:>5} {:>7} {:>5} {:>4} {accuracy:>8}",
                it.told, it.right, it.wrong, it.missing, it.extra, it.wrong_though_sure
            ));
        }
    }
    lines.join("\n")
}
