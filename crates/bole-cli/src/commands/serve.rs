use std::future::Future;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use bole_engine::{Door, Engine, EngineError, Metrics};
use bole_server::Server;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::arguments::Serve;
use crate::exit::Exit;
use crate::session::Session;
use crate::signals::stop_on_signal;

/// `bole serve`.
pub(crate) async fn serve(session: Session, command: Serve) -> anyhow::Result<Exit> {
    let stop = stop_on_signal()?;
    let metrics = Metrics::install()?;
    let listener = listen(session.settings.server.listen).await?;
    let deadline = session.settings.server.shutdown;
    let engine = session.create().await?;
    let scheme = if engine.settings().server.certificate.is_some() { "https" } else { "http" };
    tell(format_args!("listening on {scheme}://{}", listener.local_addr()?))?;
    // The door stays open until the last request is answered.
    let stop_door = CancellationToken::new();
    let (door, taking_in) = Door::open(&engine, &stop_door);
    let server = Server { engine: engine.clone(), door: Some(door), metrics };
    let answering = async {
        let answered = bole_server::run(server, listener, stop.clone()).await;
        stop.cancel();
        stop_door.cancel();
        answered.context("the HTTP server failed")
    };
    let running = async {
        let serving = bole_engine::serve(&engine, !command.no_workers, &stop);
        let (served, answered, ()) = tokio::join!(serving, answering, taking_in);
        served?;
        answered
    };
    until_deadline(&engine, Box::pin(running), &stop, deadline).await
}

/// `bole work`.
pub(crate) async fn work(session: Session) -> anyhow::Result<Exit> {
    let stop = stop_on_signal()?;
    let metrics = Metrics::install()?;
    let listener = match session.settings.work.listen {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let deadline = session.settings.server.shutdown;
    let engine = session.create().await?;
    match &listener {
        Some(listener) => tell(format_args!("working; metrics on http://{}", listener.local_addr()?))?,
        None => tell("working")?,
    }
    let answering = async {
        let Some(listener) = listener else { return Ok(()) };
        let server = Server { engine: engine.clone(), door: None, metrics };
        let answered = bole_server::run(server, listener, stop.clone()).await;
        stop.cancel();
        answered.context("the HTTP server failed")
    };
    let running = async {
        let (worked, answered) = tokio::join!(bole_engine::workers(&engine, &stop), answering);
        worked?;
        answered
    };
    until_deadline(&engine, Box::pin(running), &stop, deadline).await
}

/// Waits for the end, once it is asked for no longer than the deadline.
async fn until_deadline(
    engine: &Engine,
    running: impl Future<Output = anyhow::Result<()>>,
    stop: &CancellationToken,
    deadline: Duration,
) -> anyhow::Result<Exit> {
    tokio::pin!(running);
    tokio::select! {
        ended = &mut running => {
            ended?;
            engine.traces().clone().shutdown().await;
            return Ok(Exit::Done);
        }
        () = stop.cancelled() => {}
    }
    let ended = tokio::time::timeout(deadline, running).await;
    engine.traces().clone().shutdown().await;
    if let Ok(ended) = ended {
        return ended.map(|()| Exit::Done);
    }
    let seconds = deadline.as_secs();
    tell(format_args!("not done after {seconds} s: what was held is delivered again, nothing is lost"))?;
    Ok(Exit::Outage)
}

async fn listen(address: SocketAddr) -> Result<TcpListener, EngineError> {
    TcpListener::bind(address).await.map_err(|source| EngineError::Listen { address, source })
}

/// For whoever started it; standard output is not theirs to read.
fn tell(text: impl std::fmt::Display) -> io::Result<()> {
    writeln!(io::stderr().lock(), "{text}")
}
