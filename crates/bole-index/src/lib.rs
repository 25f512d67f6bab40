//! The search index: a tokenizer for Chinese and English, a query language, and a writer that does not lie, over
//! tantivy.
//!
//! The index is derived: it holds no text and no truth, and can be thrown away and made again. What it was made from
//! is told by its [position](SearchIndex::position) in the change log, which is part of each commit.
//!
//! ```
//! use bole_index::Query;
//!
//! let query = Query::parse("（风险 OR 审计） AND 银行 -title:实习").unwrap();
//! assert_eq!(query.highlight("银行风险部"), [0..4]);
//! ```

mod collect;
mod entry;
mod error;
mod lexeme;
mod memory;
mod query;
mod schema;
mod search;
mod tokenizer;
mod writer;

pub use entry::Entry;
pub use error::IndexError;
pub use memory::matching;
pub use query::{Query, QueryError};
pub use search::{Facets, Found, Hit, Matching, SearchIndex};
pub use writer::IndexWriter;
