//! What every request has: an id, a line in the log, numbers for the metrics, and answers that browsers treat as data.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bole_engine::http_answered;
use tokio::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

use crate::problem::{Code, Problem};

/// What a request is called in the log, in the audit log and in problems.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestId(pub(crate) Uuid);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What comes from here is never run, framed or guessed at.
const GUARDS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
];

impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or_else(|| Self(Uuid::new_v4())))
    }
}

/// The outermost layer.
pub(crate) async fn watch(mut request: Request, next: Next) -> Response {
    let id = Uuid::new_v4();
    request.extensions_mut().insert(RequestId(id));
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    // A path that is none of ours could be anything.
    let route = route.unwrap_or_else(|| "none".to_owned());
    let method = request.method().clone();
    let is_chunked = request.headers().contains_key(header::TRANSFER_ENCODING);
    let is_ambiguous = is_chunked && request.headers().contains_key(header::CONTENT_LENGTH);
    let began = Instant::now();
    let span = tracing::info_span!("request", id = %id.simple(), %method, route);
    let mut response = async {
        let response = if is_ambiguous {
            Problem::with_detail(Code::BadRequest, "send `Content-Length` or `Transfer-Encoding`, not both")
                .into_response()
        } else {
            next.run(request).await
        };
        tracing::info!(
            status = response.status().as_u16(),
            ms = began.elapsed().as_millis() as u64,
            "answered"
        );
        response
    }
    .instrument(span)
    .await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let (mut parts, _) = response.into_parts();
        let (told, body) = problem.answer(Some(id)).into_parts();
        for (name, value) in told.headers {
            if let Some(name) = name {
                parts.headers.insert(name, value);
            }
        }
        parts.headers.remove(header::CONTENT_LENGTH);
        response = Response::from_parts(parts, body);
    }
    http_answered(&route, method.as_str(), response.status().as_u16(), began.elapsed());
    let headers = response.headers_mut();
    if is_chunked {
        // Of a length that came besides nothing may be left to see, and a proxy may have believed it: what follows on the
        // connection could be a part of this body. RFC 9112, 6.1.
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    for (name, value) in GUARDS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
