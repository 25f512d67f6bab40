//! Child processes that run document → resume → evidence on hostile bytes.
//!
//! [`Pool`] keeps a few children of the same binary, gives each one document at a time over a length-prefixed pipe,
//! and replaces a child after many documents, after any failure, and when it exceeds its [`Limits`]. Whatever a
//! document does, the parent lives and learns the reason. [`Painters`] does the same with children that draw pages.
//! [`run_child`] is the other end of both.
//!
//! Nothing here knows the store, the queue or HTTP.

mod child;
mod children;
mod document;
mod guard;
mod limits;
mod painter;
mod painters;
mod pool;
mod process;
mod protocol;
mod question;
mod system_calls;
mod times;

pub use bole_document::Picture;
pub use child::{outcome_of, run_child};
pub use children::PoolError;
pub use document::{read_document, refuse_poor};
pub use guard::Guard;
pub use limits::Limits;
pub use painters::{PainterOptions, Painters};
pub use pool::{Pool, PoolOptions};
pub use protocol::{Drawn, FontFile, LexiconFile, Outcome, Refusal};
pub use times::StageTimes;
