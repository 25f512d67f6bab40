//! What the stores have in common: all that they do with rows, told once. A database brings its connections and the
//! text of its statements.

mod artifacts;
mod audit;
mod backend;
pub(crate) mod codes;
mod columns;
mod commit;
mod decide;
mod desk;
mod error;
mod followers;
mod held;
mod intake;
mod keys;
mod originals;
mod people;
mod portals;
mod probe;
mod quarantine;
mod read;
mod reread;
mod session;
mod sessions;
mod snapshot;
mod standing;
mod store;
mod sweep;
mod write;

/// How many migrations there are, for each database the same number: those of one number make the same tables.
pub(crate) const SCHEMA: u32 = 9;

pub(crate) use backend::{Backend, Write};
pub(crate) use columns::Columns;
pub(crate) use held::Held;
pub(crate) use session::{Column, Session, Statements, Value};
pub(crate) use write::check_schema;
