//! The words the readers look for. All are common knowledge unless a table names its source.

pub(crate) mod degrees;
pub(crate) mod headings;
pub(crate) mod labels;
pub(crate) mod places;
pub(crate) mod schools;
pub(crate) mod surnames;
pub(crate) mod traditional;
pub(crate) mod work;
