//! Connections: how many, how long they may be silent, TLS, and an orderly end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::stall::Stalling;
use crate::tls::Certificate;

/// The address of whoever is at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// How long a handshake may take, and how long the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long the other side may take nothing of what it is sent.
const WRITE_STALL: Duration = Duration::from_secs(30);
/// The head of a request, and of a part of a body that is read at once.
const BUFFER_BYTES: usize = 64 << 10;
/// How long to wait after an error of accepting, such as too many open files: it passes when others end.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` is cancelled, and then what is under way.
pub(crate) async fn serve(
    router: Router,
    listener: TcpListener,
    certificate: Option<Certificate>,
    n_connections: usize,
    stop: CancellationToken,
) {
    let room = Arc::new(Semaphore::new(n_connections));
    let shutdown = GracefulShutdown::new();
    loop {
        // Those who come when there is no room wait in the queue of the operating system.
        let permit = tokio::select! {
            permit = room.clone().acquire_owned() => permit,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    accepting_failed(&error).await;
                    continue;
                }
            },
            () = stop.cancelled() => break,
        };
        let acceptor = certificate.as_ref().map(Certificate::acceptor);
        let (router, watcher) = (router.clone(), shutdown.watcher());
        tokio::spawn(async move {
            let _permit = permit;
            connection(router, stream, peer, acceptor, watcher).await;
        });
    }
    drop(listener);
    shutdown.shutdown().await;
}

async fn accepting_failed(error: &io::Error) {
    let is_of_one = matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    );
    if !is_of_one {
        tracing::warn!(%error, "no connection can be taken; look at the limit of open files");
        tokio::time::sleep(ACCEPT_PAUSE).await;
    }
}

async fn connection(
    router: Router,
    stream: TcpStream,
    peer: SocketAddr,
    acceptor: Option<TlsAcceptor>,
    watcher: Watcher,
) {
    // Answers are small and written whole.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection ended before it began");
        return;
    }
    let Some(acceptor) = acceptor else {
        return exchange(router, stream, peer, watcher).await;
    };
    match timeout(HEAD_TIME, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => exchange(router, stream, peer, watcher).await,
        Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
        Err(_) => tracing::debug!("a handshake took too long"),
    }
}

async fn exchange<S>(router: Router, stream: S, peer: SocketAddr, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = router.map_request(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut request: Request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(Peer(peer));
        request
    });
    let stream = TokioIo::new(Stalling::new(stream, WRITE_STALL));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(BUFFER_BYTES)
        .serve_connection(stream, TowerToHyperService::new(service));
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}
