//! The lexicon and the profiles that ship, held to what they promise.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::{ConceptKind, Lexicon, Problem, Profile, Source};

pub(crate) const LEXICON: [Source<'_>; 6] = [
    Source { name: "aerospace.toml", text: include_str!("../../../config/lexicon/aerospace.toml") },
    Source { name: "characters.toml", text: include_str!("../../../config/lexicon/characters.toml") },
    Source { name: "energy-storage.toml", text: include_str!("../../../config/lexicon/energy-storage.toml") },
    Source { name: "finance.toml", text: include_str!("../../../config/lexicon/finance.toml") },
    Source { name: "general.toml", text: include_str!("../../../config/lexicon/general.toml") },
    Source { name: "ranks.toml", text: include_str!("../../../config/lexicon/ranks.toml") },
];

pub(crate) const PROFILES: [Source<'_>; 3] = [
    Source { name: "aerospace.toml", text: include_str!("../../../config/profiles/aerospace.toml") },
    Source {
        name: "energy-storage.toml",
        text: include_str!("../../../config/profiles/energy-storage.toml"),
    },
    Source { name: "finance.toml", text: include_str!("../../../config/profiles/finance.toml") },
];

pub(crate) const LEVELS: Source<'_> =
    Source { name: "levels.toml", text: include_str!("../../../config/levels.toml") };

/// The least number of concepts of each field, and of titles among them.
const LEAST: [(&str, usize, usize); 4] =
    [("energy-storage", 250, 30), ("aerospace", 250, 30), ("finance", 250, 30), ("general", 130, 0)];

/// The lexicon that ships, parsed once.
pub(crate) fn lexicon() -> &'static Lexicon {
    static PARSED: LazyLock<Lexicon> =
        LazyLock::new(|| Lexicon::parse(&LEXICON).unwrap_or_else(|problems| panic!("{}", listed(&problems))));
    &PARSED
}

pub(crate) fn profile(field: &str, lexicon: &Lexicon) -> Profile {
    let source = PROFILES.iter().find(|source| source.name == format!("{field}.toml")).unwrap();
    Profile::parse(source, lexicon).unwrap_or_else(|problems| panic!("{}", listed(&problems)))
}

fn listed(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_field_has_its_concepts_in_both_languages() {
    let lexicon = lexicon();
    let mut n_concepts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut n_titles: BTreeMap<&str, usize> = BTreeMap::new();
    for concept in lexicon.concepts() {
        assert!(!concept.name_zh.is_empty() && !concept.name_en.is_empty(), "{}", concept.id);
        *n_concepts.entry(&concept.field.0).or_default() += 1;
        *n_titles.entry(&concept.field.0).or_default() += usize::from(concept.kind == ConceptKind::Title);
    }
    for (field, least_concepts, least_titles) in LEAST {
        assert!(n_concepts[field] >= least_concepts, "{field}: {n_concepts:?}");
        assert!(n_titles[field] >= least_titles, "{field}: {n_titles:?}");
    }
}

#[test]
fn every_profile_fits_the_lexicon() {
    let lexicon = lexicon();
    for source in &PROFILES {
        let profile = profile(source.name.trim_end_matches(".toml"), lexicon);
        assert_eq!(format!("{}.toml", profile.field()), source.name);
        let weights: u32 = profile.groups().iter().map(|group| group.weight).sum();
        assert_eq!(weights, 100_000);
    }
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    let mut reversed = LEXICON;
    reversed.reverse();
    assert_eq!(Lexicon::parse(&reversed).ok().unwrap().hash(), lexicon().hash());
}
