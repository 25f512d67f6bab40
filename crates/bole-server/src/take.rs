//! Taking a request apart, with problems instead of rejections.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use crate::State;
use crate::limits::Admitted;
use crate::problem::{Code, Problem};

/// A JSON body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Json<T>(pub(crate) T);

/// The query of an address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Params<T>(pub(crate) T);

/// The parts of a path that vary.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<T>(pub(crate) T);

/// Bodies that are no files are no longer than this.
const MAX_JSON_BYTES: usize = 1 << 20;

/// A body of at most `limit_bytes`, and the room that it takes as long as that is held.
pub(crate) async fn body(
    state: &State,
    request: Request,
    limit_bytes: usize,
) -> Result<(Bytes, Vec<OwnedSemaphorePermit>), Problem> {
    // A body without a length may become as long as the limit.
    let length = length(request.headers()).unwrap_or(limit_bytes);
    if length > limit_bytes {
        return Err(too_large(limit_bytes));
    }
    let n_kib = u32::try_from(length.div_ceil(1024)).unwrap_or(u32::MAX);
    let own = request.extensions().get::<Admitted>().map(|admitted| admitted.room.clone());
    let receiving = async {
        let mut room = Vec::with_capacity(2);
        // Own room first: who sends slowly is in nobody's way but their own.
        for semaphore in own.into_iter().chain([state.room.clone()]) {
            let permit = semaphore.acquire_many_owned(n_kib).await;
            room.push(permit.map_err(|_| Problem::new(Code::Stopping))?);
        }
        let body = Bytes::from_request(request, state).await;
        Ok((body.map_err(|rejection| bytes_refused(&rejection, limit_bytes))?, room))
    };
    let time = state.server.engine.settings().server.body_time;
    timeout(time, receiving).await.map_err(|_| Problem::new(Code::BodyTooSlow))?
}

fn length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn bytes_refused(rejection: &BytesRejection, limit_bytes: usize) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(limit_bytes),
        _ => Problem::with_detail(Code::BadRequest, rejection.body_text()),
    }
}

pub(crate) fn too_large(limit_bytes: usize) -> Problem {
    Problem::with_detail(Code::TooLarge, format!("the limit is {limit_bytes} bytes"))
}

impl<T: DeserializeOwned> FromRequest<State> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &State) -> Result<Self, Problem> {
        let headers = request.headers().clone();
        let (bytes, _room) = body(state, request, MAX_JSON_BYTES).await?;
        let mut again = Request::new(axum::body::Body::from(bytes));
        *again.headers_mut() = headers;
        let json = axum::Json::<T>::from_request(again, state).await;
        json.map(|axum::Json(value)| Self(value)).map_err(|rejection| match rejection {
            JsonRejection::MissingJsonContentType(_) => {
                Problem::with_detail(Code::UnsupportedMediaType, "send `Content-Type: application/json`")
            }
            JsonRejection::JsonDataError(error) => {
                Problem::with_detail(Code::Unprocessable, error.body_text())
            }
            other => Problem::with_detail(Code::BadRequest, other.body_text()),
        })
    }
}

impl<T: DeserializeOwned> FromRequestParts<State> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(value)| Self(value)).map_err(|rejection: QueryRejection| {
            Problem::with_detail(Code::BadRequest, rejection.body_text())
        })
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<State> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        // What is not an id names nothing.
        path.map(|Path(value)| Self(value)).map_err(|_: PathRejection| Problem::new(Code::NotFound))
    }
}
