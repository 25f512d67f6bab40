//! The words the readers look for. All are common knowledge unless a table names its source.

pub(crate) mod cities;
pub(crate) mod degrees;
pub(crate) mod gendered;
pub(crate) mod headings;
pub(crate) mod headings_han;
pub(crate) mod items;
pub(crate) mod labels;
pub(crate) mod languages;
pub(crate) mod listing;
pub(crate) mod peoples;
pub(crate) mod places;
pub(crate) mod places_latin;
pub(crate) mod protected;
pub(crate) mod protected_labels;
pub(crate) mod schools;
pub(crate) mod subjects;
pub(crate) mod surnames;
pub(crate) mod titles;
pub(crate) mod traditional;
pub(crate) mod work;
