use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::exit::Exit;

/// Cancelled by the first interrupt or termination; a second one ends the process as usual. Both are caught from
/// the moment that this returns.
pub(crate) fn stop_on_signal() -> io::Result<CancellationToken> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let stop = CancellationToken::new();
    let token = stop.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupted.recv() => {}
                _ = terminated.recv() => {}
            }
            if token.is_cancelled() {
                #[expect(clippy::exit, reason = "the second signal: what is held is safe in the queue")]
                std::process::exit(i32::from(Exit::Interrupted as u8));
            }
            token.cancel();
        }
    });
    Ok(stop)
}
