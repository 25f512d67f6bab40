//! Walking content streams (ISO 32000-1, chapters 8 and 9): what a page shows, and what of it a person sees.

pub(crate) mod interpreter;

mod memo;
mod operands;

mod annotations;
mod color;
mod form;
mod function;
mod graphics;
mod marked;
mod settings;
mod show;

mod contrast;
mod hiding;
mod painting;
mod path;
mod visibility;
