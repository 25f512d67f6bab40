//! What is understood of the resumes of `tests/truth`, against floors.

use std::path::Path;

use anyhow::Result;
use bole_bench::{Field, LanguageCount, Understanding, bench_understanding};
use bole_core::Language;
use bole_engine::Knowledge;

/// The least accuracy in percent of Chinese, English and mixed resumes. What the truth never tells of in a language is
/// not asked for there.
const FLOORS: &[(Field, [u32; 3])] = &[
    (Field::Name, [89, 82, 83]),
    (Field::Emails, [100, 100, 100]),
    (Field::Phones, [100, 100, 100]),
    (Field::Links, [87, 88, 0]),
    (Field::Location, [68, 4, 50]),
    (Field::HighestDegree, [93, 91, 100]),
    (Field::DegreeUnderWay, [91, 100, 0]),
    (Field::School, [95, 71, 58]),
    (Field::Discipline, [84, 43, 90]),
    (Field::Degree, [96, 95, 90]),
    (Field::StudyDates, [94, 90, 91]),
    (Field::Employer, [82, 28, 68]),
    (Field::Title, [67, 42, 47]),
    (Field::EntryDates, [90, 93, 100]),
    (Field::EntryKind, [82, 84, 100]),
    (Field::CurrentEmployer, [78, 13, 60]),
    (Field::YearsWithinOne, [77, 78, 100]),
    (Field::YearsExact, [73, 75, 100]),
    (Field::Publications, [0, 0, 0]),
    (Field::Patents, [0, 0, 0]),
    (Field::Certificates, [0, 0, 0]),
    (Field::Awards, [0, 0, 0]),
    (Field::Skills, [0, 0, 0]),
    (Field::Languages, [0, 0, 0]),
    (Field::Protected, [97, 38, 100]),
];

/// The most protected texts that may be missed: all of them are to be kept out.
const MOST_UNPROTECTED: usize = 58;
/// The most concepts that may be counted though they must not be.
const MOST_TRAPPED: usize = 34;

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
