//! Resumes of people who do not exist, as PDF files like those that arrive, with the truth about them known.

mod binding;
mod board;
mod cache;
mod content;
mod dice;
mod drawn;
mod face;
mod fonts;
mod form;
mod layouts;
mod maker;
mod markup;
mod objects;
mod person;
mod photo;
mod sheet;
mod standard;
mod tables;
#[cfg(test)]
mod tests;
mod truth;
mod voice;

pub use cache::{MadeResumes, Sizes, keep_resumes, made_path};
pub(crate) use dice::Dice;
pub use drawn::draw;
pub use maker::{MAKER_VERSION, MadeResume, ResumeMaker};
pub use markup::DrawnLayout;
pub use truth::{Degree, Job, Language, Layout, Month, Producer, Skill, Study, Truth};
