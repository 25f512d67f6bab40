//! What Bole offers by HTTP: submissions for portals, metrics and health for operators.
//!
//! It translates between HTTP and the use cases of `bole-engine` and holds no rule of its own. Errors are problem
//! details, <https://www.rfc-editor.org/rfc/rfc9457>.

mod health;
mod problem;
mod submissions;

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use bole_engine::{Door, Engine, Metrics};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use problem::{Code, Problem};

/// What a server works with.
#[derive(Clone, Debug)]
pub struct Server {
    /// The use cases.
    pub engine: Engine,
    /// Where submissions are taken in; none for a worker, which only tells its metrics and health.
    pub door: Option<Door>,
    /// The metrics of this process.
    pub metrics: Metrics,
}

#[derive(Clone, Debug)]
struct State {
    server: Server,
    /// Room for the bodies that are being received, in KiB.
    room: Arc<Semaphore>,
}

/// Bodies that are being received take so much memory at most.
const ROOM_KIB: usize = 256 << 10;

/// Serves until `stop` is cancelled, and then what is under way.
///
/// # Errors
/// If the listener fails.
pub async fn run(server: Server, listener: TcpListener, stop: CancellationToken) -> io::Result<()> {
    let router = router(server);
    axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await }).await
}

fn router(server: Server) -> Router {
    let limit_bytes = server.engine.settings().queue.limit_bytes;
    let takes_in = server.door.is_some();
    let state = State { server, room: Arc::new(Semaphore::new(ROOM_KIB)) };
    let mut router = Router::new()
        .route("/metrics", get(health::metrics))
        .route("/livez", get(health::livez))
        .route("/readyz", get(health::readyz));
    if takes_in {
        router = router
            .route("/v1/submissions", post(submissions::submit))
            .route("/v1/submissions/{message_id}", get(submissions::show));
    }
    router
        .fallback(|| async { Problem::new(Code::NoSuchPage) })
        .method_not_allowed_fallback(|| async { Problem::new(Code::WrongMethod) })
        .layer(DefaultBodyLimit::max(limit_bytes))
        .with_state(state)
}
