use std::time::Duration;

use bole_store::Overdue;
use tokio_util::sync::CancellationToken;

use super::{Pace, RereadOptions, run};
use crate::{Engine, EngineError};

/// How long after all is done it is looked again: a process of another release may have read something meanwhile.
const NEXT: Duration = Duration::from_hours(1);
/// How long after another was found at it.
const BUSY: Duration = Duration::from_mins(1);

/// Reads anew and derives evidence slowly, whenever no submission waits, until stopped. Does nothing but wait if the
/// settings say so.
///
/// # Errors
/// Outages: call again.
pub(crate) async fn reread_in_background(
    engine: &Engine,
    stop: &CancellationToken,
) -> Result<(), EngineError> {
    if !engine.settings().reread.background {
        stop.cancelled().await;
    }
    // What it could not better is not tried again until there is more.
    let mut kept = Overdue::default();
    while !stop.is_cancelled() {
        let found = crate::status::overdue(engine).await?;
        let nothing = found.n_older_readings + found.n_without_evidence == 0;
        let pause = if found == kept || nothing {
            NEXT
        } else {
            match run(engine, RereadOptions::default(), Pace::Background, stop, |_| {}).await {
                Ok(reread) => {
                    let (n_reread, n_derived) = (reread.n_reread, reread.n_derived);
                    tracing::info!(n_reread, n_derived, "read anew in the background");
                    kept = crate::status::overdue(engine).await?;
                    NEXT
                }
                Err(EngineError::RereadElsewhere) => BUSY,
                Err(error) => return Err(error),
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    Ok(())
}
