//! Harness of the end-to-end tests: a fresh installation of the built program, what it printed, and files made on the
//! spot, good and hostile.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that panics has failed, as it should"
)]

mod balancer;
mod brokers;
mod browser;
mod document;
mod fleet;
pub mod hostile;
mod http;
mod installation;
mod keys;
mod load;
mod pdf;
mod pipeline;
mod prometheus;
mod promises;
mod proxy;
mod report;
mod running;
mod servers;
mod virtual_host;
pub mod watching;

pub use balancer::Balancer;
pub use brokers::Brokers;
pub use browser::{Bounds, Browser, Key, Language, Violation};
pub use document::{Block, Document, repository};
pub use fleet::Fleet;
pub use http::{Answer, exchange, head, request};
pub use installation::{Installation, Run, demo_resumes, program};
pub use keys::Keys;
pub use load::{Submission, is_final, load};
pub use pdf::{FONT, Pdf, deflate, image_only_pdf, one_page, resume_pdf, text_pdf};
pub use pipeline::{Pipeline, Program, until};
pub use prometheus::{Prometheus, Watch, promtool};
pub use promises::read_checked;
pub use proxy::Proxy;
pub use report::{Report, texts, wait_for_empty_queues};
pub use running::Running;
pub use servers::{Backends, TestBucket, amqp, postgres, psql, restart, servers, start, stop};
pub use virtual_host::VirtualHost;
