//! What resumes are put together from. Every text stands in Chinese and in English; every character must be in the
//! fonts of the crate, which `fonts/make.py` makes of these files and a test checks.

mod aerospace;
mod energy;
mod finance;
mod headings;
mod other;
mod people;
mod places;

pub(super) use headings::{Heading, heading};
pub(super) use people::{ENGLISH_FIRST, ENGLISH_LAST, GIVEN, SURNAMES};
pub(super) use places::{
    CITIES, ENGLISH_CITIES, ENGLISH_NAMES, ENGLISH_SCHOOLS, HONOURS, LANGUAGES, RESULTS, SCHOOLS,
    TRADE_NAMES, TRAITS,
};

/// The same in Chinese and in English.
pub(super) type Words = (&'static str, &'static str);

/// A concept of the lexicon, empty for none, with the words used.
pub(super) type Topic = (&'static str, &'static str, &'static str);

/// What a person of one profession has learnt, does and writes.
pub(super) struct Profession {
    /// Of the field's lexicon; none for what no field looks for.
    pub(super) field: Option<&'static str>,
    /// A name for the truth.
    pub(super) name: &'static str,
    /// One in so many persons, as a weight.
    pub(super) weight: u32,
    pub(super) titles: &'static [Words],
    pub(super) disciplines: &'static [Words],
    /// What the name of an employer ends in.
    pub(super) employers: &'static [Words],
    pub(super) topics: &'static [Topic],
    /// Beginnings of sentences about work: `{t}` and `{u}` are topics, `{n}` a number.
    pub(super) duties: &'static [Words],
    /// What became better.
    pub(super) measures: &'static [Words],
    /// Titles of papers and theses; none for who writes none.
    pub(super) papers: &'static [Words],
    pub(super) journals: &'static [Words],
    pub(super) certificates: &'static [Words],
    pub(super) tools: &'static [Words],
}

/// All professions.
pub(super) fn professions() -> impl Iterator<Item = &'static Profession> + Clone {
    [&energy::ENERGY, &aerospace::AEROSPACE, &finance::FINANCE].into_iter().chain(other::OTHER)
}
