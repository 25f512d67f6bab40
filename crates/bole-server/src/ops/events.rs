use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State as Shared;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use bole_engine::{Sample, sample_now};
use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::watch::Receiver;
use utoipa::ToSchema;

use crate::State;
use crate::access::AsOps;
use crate::problem::{Code, Problem};

/// A silent stream says that it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// An event.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes an event, which is written line by line")]
pub(crate) struct SampleEvent {
    /// `sample`.
    event: String,
    /// JSON, as `/v1/ops/ledger` answers it.
    data: String,
}

/// How the installation stands: the ledger, the law, what waits, how far the followers are.
#[utoipa::path(
    get,
    path = "/v1/ops/ledger",
    tag = "operations",
    responses((status = 200, description = "As of now, without rates.", body = Sample)),
    security(("key" = ["ops", "admin"])),
)]
pub(crate) async fn status(_caller: AsOps, Shared(state): Shared<State>) -> Result<Json<Sample>, Problem> {
    Ok(Json(sample_now(&state.server.engine).await?))
}

/// The same, every second, with rates.
///
/// Server-sent events, <https://html.spec.whatwg.org/multipage/server-sent-events.html>: each is named `sample`, its data is JSON
/// as `/v1/ops/ledger` answers it. During an outage none come.
#[utoipa::path(
    get,
    path = "/v1/ops/events",
    tag = "operations",
    responses((status = 200, description = "Events until the connection ends.", body = SampleEvent, content_type = "text/event-stream")),
    security(("key" = ["ops", "admin"])),
)]
pub(crate) async fn events(
    _caller: AsOps,
    Shared(state): Shared<State>,
) -> Result<impl IntoResponse, Problem> {
    let permit = state.watching.clone().try_acquire_owned();
    let permit =
        permit.map_err(|_| Problem::with_detail(Code::TooManyAtOnce, "too many watch the events"))?;
    let samples = state.live.watch();
    Ok(Sse::new(stream(samples, permit, state)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

fn stream(
    samples: Receiver<Option<Arc<Sample>>>,
    permit: OwnedSemaphorePermit,
    state: State,
) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold((samples, permit, state), |(mut samples, permit, state)| async move {
        loop {
            let changed = state.stop.run_until_cancelled(samples.changed()).await;
            // Ends with the server.
            changed?.ok()?;
            let sample = samples.borrow_and_update().clone();
            let Some(sample) = sample else { continue };
            let event = Event::default().event("sample").json_data(&*sample);
            match event {
                Ok(event) => return Some((Ok(event), (samples, permit, state))),
                Err(error) => tracing::error!(%error, "a sample cannot be told"),
            }
        }
    })
}
