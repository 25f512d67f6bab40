//! What Bole offers by HTTP: submissions for portals, matches and people for recruiters, the ledger and the quarantine for
//! operators, keys and the audit log for administrators.
//!
//! It translates between HTTP and the use cases of `bole-engine` and holds no rule of its own but who may ask what. Errors are
//! problem details, <https://www.rfc-editor.org/rfc/rfc9457>; all of it is described by [`openapi()`].

#![allow(unused_qualifications, reason = "the descriptions of parameters expand to paths")]

mod access;
mod audited;
mod connections;
mod console;
mod cursor;
mod download;
mod limits;
mod openapi;
mod ops;
mod portals;
mod problem;
mod recruiters;
mod reference;
mod request;
mod stall;
mod take;
mod tls;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use axum::{Router, middleware};
use bole_engine::{CertificateError, Door, Engine, Live, Metrics};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

pub use openapi::openapi;

use limits::Limits;
use ops::health;
use problem::{Code, Problem};
use tls::Certificate;

/// What a server works with.
#[derive(Clone, Debug)]
pub struct Server {
    /// The use cases.
    pub engine: Engine,
    /// Where submissions are taken in; none for a worker, which only tells its metrics and health.
    pub door: Option<Door>,
    /// The metrics of this process.
    pub metrics: Metrics,
    /// Cancelled when it is to end: from then on it says that it is not ready, while it goes on.
    pub ending: CancellationToken,
}

/// What handlers work with.
#[derive(Clone, Debug)]
pub(crate) struct State {
    server: Server,
    limits: Arc<Limits>,
    live: Live,
    /// Room for the bodies that are being received, in KiB.
    room: Arc<Semaphore>,
    /// Those who may watch the events.
    watching: Arc<Semaphore>,
    stop: CancellationToken,
}

/// Bodies that are being received take so much memory at most.
const ROOM_KIB: usize = 256 << 10;
/// More do not watch at once.
const N_WATCHING: usize = 64;

/// A server with all that it needs, its certificate too: nothing keeps it from serving.
#[derive(Debug)]
pub struct Ready {
    server: Server,
    listener: TcpListener,
    certificate: Option<Certificate>,
}

impl Ready {
    /// Reads the certificate.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn new(server: Server, listener: TcpListener) -> Result<Self, CertificateError> {
        // A worker tells its metrics to the machines around it; what it tells of is no secret.
        let files = server.engine.settings().server.certificate.clone().filter(|_| server.door.is_some());
        let certificate = files.map(Certificate::read).transpose()?;
        Ok(Self { server, listener, certificate })
    }
}

/// Serves until `stop` is cancelled, and then what is under way.
pub async fn run(Ready { server, listener, certificate }: Ready, stop: CancellationToken) {
    let settings = &server.engine.settings().server;
    let n_connections = settings.n_connections;
    let state = State {
        limits: Arc::new(Limits::new(settings)),
        live: Live::new(&server.engine),
        room: Arc::new(Semaphore::new(ROOM_KIB)),
        watching: Arc::new(Semaphore::new(N_WATCHING)),
        stop: stop.clone(),
        server,
    };
    let live = state.live.clone();
    let serving = connections::serve(router(state), listener, certificate, n_connections, stop.clone());
    tokio::join!(serving, live.run(&stop));
}

fn router(state: State) -> Router {
    let limit_bytes = state.server.engine.settings().queue.limit_bytes;
    let mut open = Router::new().route("/livez", get(health::livez)).route("/readyz", get(health::readyz));
    let router = if state.server.door.is_some() {
        let mut guarded: Router<State> = openapi::guarded().into();
        if state.server.engine.settings().server.open_metrics {
            open = open.route("/metrics", get(health::metrics));
        } else {
            guarded = guarded.route("/metrics", get(health::metrics_for_ops));
        }
        let admit = middleware::from_fn_with_state(state.clone(), access::admit);
        open.merge(reference::routes()).merge(guarded.route_layer(admit)).merge(console::routes(&state))
    } else {
        open.route("/metrics", get(health::metrics))
    };
    router
        .fallback(console::nothing_here)
        .method_not_allowed_fallback(|| async { Problem::new(Code::WrongMethod) })
        .layer(DefaultBodyLimit::max(limit_bytes + (1 << 20)))
        .layer(middleware::from_fn(request::watch))
        .with_state(state)
}
