use std::collections::BTreeSet;
use std::fs;

use bole_core::DocumentId;
use bole_document::{Limits, read};

use super::face::Faces;
use super::maker::earlier;
use super::tables::professions;
use super::*;

const SEED: u64 = 1;

/// Lines and columns break anywhere, so white space says nothing.
fn dense(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn a_reader_finds_what_the_truth_says() {
    let maker = ResumeMaker::new();
    let (mut layouts, mut producers) = (BTreeSet::new(), BTreeSet::new());
    for index in 0..60 {
        let MadeResume { pdf, truth } = maker.make(SEED, index);
        layouts.insert(truth.layout);
        producers.insert(truth.producer);
        let pages = read(&pdf, &Limits::STANDARD).unwrap();
        assert_eq!(pages.pages.len() as u32, truth.n_pages, "{index}");
        let text = dense(&pages.text());
        let employers = truth.jobs.iter().flat_map(|job| [&job.employer, &job.title]);
        let schools = truth.studies.iter().flat_map(|study| [&study.school, &study.discipline]);
        let said =
            [&truth.name].into_iter().chain(&truth.emails).chain(&truth.phones).chain(&truth.sentences);
        let words = truth.skills.iter().map(|skill| &skill.word);
        for said in said.chain(employers).chain(schools).chain(&truth.papers).chain(words) {
            // A word of the list of skills may begin a sentence with a capital.
            let found =
                text.contains(&dense(said)) || text.to_lowercase().contains(&dense(said).to_lowercase());
            assert!(found, "{index}: no `{said}` in\n{}", pages.text());
        }
    }
    assert_eq!((layouts.len(), producers.len()), (7, 5));
}

#[test]
fn a_number_gives_the_same_bytes_for_ever() {
    let maker = ResumeMaker::new();
    let ids = [0, 7, 4_321].map(|index| DocumentId::of(&maker.make(SEED, index).pdf).to_string());
    // Who changes what is made raises `MAKER_VERSION`, so that nobody takes old files for new ones.
    let expected = [
        "f96325e747766959d54fdc1830bab3d599f2cf4af543b466aacb4854f0dde85c",
        "8208852d233a1f2a5e381cfeb73c9ec4a938e5ef96d5aa9cd6d19cb0f3703c37",
        "317c306d461d4c72e9e1ba9e578ff8f30e1d8a3882db28076960dd73c52773a9",
    ];
    assert_eq!((MAKER_VERSION, ids), (1, expected.map(str::to_owned)));
}

#[test]
fn another_number_or_seed_is_another_person() {
    let maker = ResumeMaker::new();
    let resumes = [(SEED, 0), (SEED, 1), (SEED + 1, 0)].map(|(seed, index)| maker.make(seed, index));
    let emails: BTreeSet<_> = resumes.iter().flat_map(|resume| &resume.truth.emails).collect();
    let files: BTreeSet<_> = resumes.iter().map(|resume| &resume.pdf).collect();
    assert_eq!((emails.len(), files.len()), (3, 3));
}

#[test]
fn newer_versions_are_of_the_same_person() {
    let maker = ResumeMaker::new();
    let newer: Vec<u32> = (0..10_000).filter(|index| earlier(SEED, *index).is_some()).collect();
    assert!((150..250).contains(&newer.len()), "{}", newer.len());
    for index in newer.into_iter().take(5) {
        let truth = maker.make(SEED, index).truth;
        let origin = maker.make(SEED, truth.newer_version_of.unwrap()).truth;
        assert_eq!(
            (&truth.name, &truth.emails, origin.newer_version_of),
            (&origin.name, &origin.emails, None)
        );
        assert!(truth.written > origin.written);
    }
}

#[test]
fn dates_of_a_life_are_in_order() {
    let maker = ResumeMaker::new();
    for index in 0..80 {
        let truth = maker.make(SEED, index).truth;
        for study in &truth.studies {
            assert!(study.to.is_none_or(|to| to > study.from && to <= truth.written), "{index}");
        }
        for job in &truth.jobs {
            let end = job.to.unwrap_or(truth.written);
            assert!(job.from <= end && end <= truth.written, "{index}: {job:?}");
        }
        let work: Vec<_> = truth.jobs.iter().filter(|job| !job.internship).collect();
        for pair in work.windows(2) {
            assert!(pair[1].to.unwrap() < pair[0].from, "{index}: {pair:?}");
        }
    }
}

#[test]
fn the_fonts_have_every_character() {
    let sources = [
        include_str!("tables/aerospace.rs"),
        include_str!("tables/energy.rs"),
        include_str!("tables/finance.rs"),
        include_str!("tables/headings.rs"),
        include_str!("tables/other.rs"),
        include_str!("tables/people.rs"),
        include_str!("tables/places.rs"),
        include_str!("sheet.rs"),
        include_str!("layouts.rs"),
        include_str!("voice.rs"),
    ];
    let faces = Faces::new();
    for scalar in sources.concat().chars().filter(|scalar| *scalar != '\n') {
        for face in [&faces.hei, &faces.song] {
            assert_ne!(face.glyph(scalar).0, 0, "{scalar:?} is not in {}: run fonts/make.py", face.name);
        }
        for face in [&faces.latin, &faces.latin_bold].iter().filter(|_| scalar.is_ascii()) {
            assert_ne!(face.glyph(scalar).0, 0, "{scalar:?} is not in {}: run fonts/make.py", face.name);
        }
    }
}

#[test]
fn concepts_are_those_of_the_lexicon() {
    let lexicon = [
        include_str!("../../../../config/lexicon/energy-storage.toml"),
        include_str!("../../../../config/lexicon/aerospace.toml"),
        include_str!("../../../../config/lexicon/finance.toml"),
    ]
    .concat();
    for profession in professions().filter(|profession| profession.field.is_some()) {
        for (concept, chinese, _) in profession.topics {
            let table = lexicon.split(&format!("[concept.{concept}]\n")).nth(1);
            let table = table.unwrap_or_else(|| panic!("no concept {concept}"));
            let table = table.split("\n[concept.").next().unwrap();
            assert!(table.contains(&format!("\"{chinese}\"")), "{concept} is not called {chinese}");
        }
    }
}

#[test]
fn a_folder_is_filled_once_and_grows() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("resumes");
    let keep = |seed, n| keep_resumes(&folder, seed, n, &|_| {});
    let first = keep(SEED, 3).unwrap();
    assert_eq!((first.n_made, first.n_resumes), (3, 3));
    let truth: Vec<Truth> = fs::read_to_string(folder.join("truth.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(truth[2], ResumeMaker::new().make(SEED, 2).truth);
    let again = keep(SEED, 3).unwrap();
    assert_eq!((again.n_made, again.sizes), (0, first.sizes));
    assert_eq!(
        first.sizes.sum,
        (0..3).map(|index| fs::metadata(made_path(&folder, index)).unwrap().len()).sum::<u64>()
    );
    // What was broken off has no manifest: a folder whose files are all there is kept, another is made anew.
    fs::remove_file(folder.join("manifest.json")).unwrap();
    assert_eq!(keep(SEED, 3).unwrap().n_made, 0);
    fs::remove_file(folder.join("manifest.json")).unwrap();
    fs::remove_file(made_path(&folder, 1)).unwrap();
    assert_eq!(keep(SEED, 3).unwrap().n_made, 3);
    assert_eq!(keep(SEED, 4).unwrap().n_made, 4);
    assert!(keep(SEED, 3).is_err() && keep(SEED + 1, 4).is_err());
}
