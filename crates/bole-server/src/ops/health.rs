use std::time::Duration;

use axum::Json;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bole_engine::{Part, readiness};
use serde_json::json;

use crate::access::AsOps;
use crate::{Server, State};

/// How long store and queue may take to tell how they stand.
const PATIENCE: Duration = Duration::from_secs(3);
/// With less time all would seem to be away.
const LEAST: Duration = Duration::from_millis(100);
/// How long Prometheus waits for an answer, in seconds; it says so with each request.
const SCRAPE_TIMEOUT: &str = "x-prometheus-scrape-timeout-seconds";
/// The text format, <https://prometheus.io/docs/instrumenting/exposition_formats/>.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `GET /metrics`. It answers while store or queue are away, and tells that they are.
pub(crate) async fn metrics(Shared(state): Shared<State>, headers: HeaderMap) -> Response {
    let Server { engine, door, metrics, .. } = &state.server;
    let text = metrics.text_of(engine, patience(&headers), door.is_some()).await;
    ([(header::CONTENT_TYPE, TEXT_FORMAT)], text).into_response()
}

/// `GET /metrics` of a server that many can reach.
pub(crate) async fn metrics_for_ops(_caller: AsOps, state: Shared<State>, headers: HeaderMap) -> Response {
    metrics(state, headers).await
}

/// Half the time that the caller waits: the key has been looked at before, and the answer is still to be sent.
fn patience(headers: &HeaderMap) -> Duration {
    let told = headers.get(SCRAPE_TIMEOUT).and_then(|value| value.to_str().ok()?.parse().ok());
    let waits = told.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    waits.map_or(PATIENCE, |waits| PATIENCE.min(waits / 2).max(LEAST))
}

/// `GET /livez`: this process answers.
pub(crate) async fn livez() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: 200 if all that this process needs is there, else 503; the body says what is not, and why.
pub(crate) async fn readyz(Shared(state): Shared<State>) -> Response {
    let mut found = readiness(&state.server.engine, PATIENCE).await;
    let ends = state.server.ending.is_cancelled();
    found.push(Part { name: "server", trouble: ends.then(|| "it is about to end".to_owned()) });
    let parts: Vec<_> = found
        .iter()
        .map(|part| match &part.trouble {
            None => json!({ "name": part.name, "ok": true }),
            Some(trouble) => json!({ "name": part.name, "ok": false, "trouble": trouble }),
        })
        .collect();
    let is_ready = found.iter().all(|part| part.trouble.is_none());
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": is_ready, "parts": parts }))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prometheus_is_answered_before_it_gives_up() {
        let waits = |told: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(SCRAPE_TIMEOUT, told.parse().unwrap());
            patience(&headers)
        };
        assert_eq!(waits("1"), Duration::from_millis(500));
        assert_eq!(waits("0.5"), Duration::from_millis(250));
        assert_eq!(waits("0"), LEAST);
        for told in ["60", "NaN", "-1", "1e300", "soon", ""] {
            assert_eq!(waits(told), PATIENCE, "{told}");
        }
        assert_eq!(patience(&HeaderMap::new()), PATIENCE);
    }
}
