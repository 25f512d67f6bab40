use std::future::Future;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context;
use bole_engine::{Door, Engine, EngineError, Metrics};
use bole_server::{Ready, Server};
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
    let engine = session.create().await?;
    serve_at(&engine, listener, metrics, !command.no_workers, stop).await
}

/// Serves until `ending` is cancelled, and then for as long as the settings say.
pub(super) async fn serve_at(
    engine: &Engine,
    listener: TcpListener,
    metrics: Metrics,
    with_workers: bool,
    ending: CancellationToken,
) -> anyhow::Result<Exit> {
    let stop = CancellationToken::new();
    let deadline = engine.settings().server.shutdown;
    let address = listener.local_addr()?;
    engine.answer_when_caught_up();
    // The door stays open until the last request is answered.
    let stop_door = CancellationToken::new();
    let (door, taking_in) = Door::open(engine, &stop_door);
    let server = Server { engine: engine.clone(), door: Some(door), metrics, ending: ending.clone() };
    let ready = Ready::new(server, listener).context("the HTTP server failed")?;
    let scheme = if engine.settings().server.certificate.is_some() { "https" } else { "http" };
    tell(format_args!("listening on {scheme}://{address}"))?;
    let who = if engine.settings().server.open_loopback {
        "from this machine without a key"
    } else {
        "sign in with a key: bole key create --role recruiter --name NAME"
    };
    tell(format_args!("console on {scheme}://{}/  ({who})", to_browse(address)))?;
    let answering = async {
        bole_server::run(ready, stop.clone()).await;
        stop.cancel();
        stop_door.cancel();
    };
    let running = async {
        let serving = bole_engine::serve(engine, with_workers, &stop);
        let draining = drain(engine.settings().server.drain, &ending, &stop);
        let (served, (), (), ()) = tokio::join!(serving, answering, taking_in, draining);
        Ok(served?)
    };
    until_deadline(engine, Box::pin(running), &stop, deadline).await
}

/// Cancels `stop` so long after `ending`: a proxy has time to notice that no more is to be sent here.
async fn drain(time: Duration, ending: &CancellationToken, stop: &CancellationToken) {
    tokio::select! {
        () = ending.cancelled() => {}
        () = stop.cancelled() => return,
    }
    tokio::select! {
        () = tokio::time::sleep(time) => stop.cancel(),
        () = stop.cancelled() => {}
    }
}

/// What a browser of this machine is given: a server that listens everywhere is found at the machine itself.
fn to_browse(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
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
        let server = Server { engine: engine.clone(), door: None, metrics, ending: stop.clone() };
        let ready = Ready::new(server, listener).context("the HTTP server failed")?;
        bole_server::run(ready, stop.clone()).await;
        stop.cancel();
        Ok(())
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

pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, EngineError> {
    TcpListener::bind(address).await.map_err(|source| EngineError::Listen { address, source })
}

/// For whoever started it; standard output is not theirs to read.
pub(super) fn tell(text: impl std::fmt::Display) -> io::Result<()> {
    writeln!(io::stderr().lock(), "{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_sent_to_where_it_gets() {
        for (listening, expected) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8080", "[::1]:8080"),
            ("127.0.0.1:1", "127.0.0.1:1"),
            ("192.0.2.7:443", "192.0.2.7:443"),
        ] {
            assert_eq!(to_browse(listening.parse().unwrap()).to_string(), expected);
        }
    }
}
