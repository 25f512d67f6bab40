//! From the text of a resume to what it says: sections, name and contact, education, work, dates, and what must
//! stay out of a score; in Chinese and English.
//!
//! It reads [`Pages`](bole_core::Pages) and nothing else: no file, no clock, no dictionary from outside. Whatever the
//! text, it ends in time about linear in its length and does not panic. Every value has the places it was read
//! from. It judges nothing: concepts, scores and levels are made from its result elsewhere.
//!
//! ```
//! use bole_core::{AsOf, Degree, Page, Pages};
//!
//! let page = Page {
//!     text: "林小雨\n教育背景\n2015.09-2020.06 某某大学 材料学 博士".to_owned(),
//!     ..Page::default()
//! };
//! let pages = Pages { pages: vec![page], ..Pages::default() };
//! let resume = bole_resume::understand(&pages);
//!
//! let as_of = AsOf("2026-11-21".parse().unwrap());
//! let degree = resume.highest_degree(as_of).unwrap();
//! assert_eq!(degree.value, Degree::Doctor);
//! assert_eq!(pages.text_at(degree.spans[0]).unwrap(), "博士");
//! ```

mod understand;

mod text;

mod headings;
mod sections;
mod wrapped;

mod dates;
mod fields;
mod language;

mod blind;
mod claims;
mod contact;
mod hidden;
mod location;
mod masking;
mod name;
mod protected;

mod achievements;
mod blocks;
mod languages;
mod listing;
mod skills;

mod degrees;
mod disciplines;
mod doubts;
mod education;
mod entries;
mod headers;
mod pieces;
mod schools;
mod study;

mod tables;
mod terms;

pub use blind::blinded;
pub use hidden::masked_hidden;
pub use understand::understand;
