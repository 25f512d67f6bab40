use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bole_core::Chain;
use bole_engine::{EngineError, ErrorKind};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Every error that the API answers with. Codes and status are part of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    NoSuchPage,
    WrongMethod,
    BadRequest,
    Unprocessable,
    NoKey,
    WrongKey,
    NotAllowed,
    HiddenInBlindMode,
    StaleForm,
    NotFound,
    Conflict,
    UnknownPortal,
    UnknownSubmission,
    NoOriginal,
    BadSubmission,
    TooLarge,
    UnsupportedMediaType,
    BodyTooSlow,
    TooManyRequests,
    TooManyAtOnce,
    Backlog,
    Unavailable,
    TookTooLong,
    Stopping,
    Internal,
}

/// An error as the client sees it: problem details, <https://www.rfc-editor.org/rfc/rfc9457>.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProblemDetails {
    /// Names the kind of problem: `/problems/` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// What it is, for people.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What it is, for programs.
    code: &'static str,
    /// What exactly, this time.
    detail: Option<String>,
    /// What to do.
    hint: &'static str,
    /// The request, as the server's log names it.
    instance: Option<String>,
}

/// Why a request is not answered as it was meant.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    code: Code,
    detail: Option<String>,
    retry_after_s: Option<u64>,
}

impl Code {
    /// All of them, as the documentation lists them.
    pub(crate) const ALL: [Self; 25] = [
        Self::NoSuchPage,
        Self::WrongMethod,
        Self::BadRequest,
        Self::Unprocessable,
        Self::NoKey,
        Self::WrongKey,
        Self::NotAllowed,
        Self::HiddenInBlindMode,
        Self::StaleForm,
        Self::NotFound,
        Self::Conflict,
        Self::UnknownPortal,
        Self::UnknownSubmission,
        Self::NoOriginal,
        Self::BadSubmission,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::BodyTooSlow,
        Self::TooManyRequests,
        Self::TooManyAtOnce,
        Self::Backlog,
        Self::Unavailable,
        Self::TookTooLong,
        Self::Stopping,
        Self::Internal,
    ];

    /// The code, the status, a title for people, and what to do.
    pub(crate) fn row(self) -> (&'static str, StatusCode, &'static str, &'static str) {
        match self {
            Self::NoSuchPage => (
                "no_such_page",
                StatusCode::NOT_FOUND,
                "there is nothing here",
                "see /docs for all addresses",
            ),
            Self::WrongMethod => (
                "wrong_method",
                StatusCode::METHOD_NOT_ALLOWED,
                "this method is not for this address",
                "use the method that the header Allow names",
            ),
            Self::BadRequest => (
                "bad_request",
                StatusCode::BAD_REQUEST,
                "the request is not understood",
                "mend it as the detail says; see /docs for what is expected",
            ),
            Self::Unprocessable => (
                "unprocessable",
                StatusCode::UNPROCESSABLE_ENTITY,
                "the request is understood, and cannot be done as it is",
                "change it as the detail says",
            ),
            Self::NoKey => (
                "no_key",
                StatusCode::UNAUTHORIZED,
                "the request has no API key",
                "send the header `Authorization: Bearer bole_…`; operators make keys with `bole key create`",
            ),
            Self::WrongKey => (
                "wrong_key",
                StatusCode::UNAUTHORIZED,
                "the API key opens nothing",
                "look whether it is whole; it may have expired or been taken back: ask for a new one",
            ),
            Self::NotAllowed => (
                "not_allowed",
                StatusCode::FORBIDDEN,
                "the key's role does not do this",
                "use a key of the role that the detail names",
            ),
            Self::HiddenInBlindMode => (
                "hidden_in_blind_mode",
                StatusCode::FORBIDDEN,
                "blind mode hides who people are",
                "switch blind mode off to see files, or to search by name or source",
            ),
            Self::StaleForm => (
                "stale_form",
                StatusCode::FORBIDDEN,
                "the form is of another session of the console",
                "load the page again; programs use the addresses under /v1",
            ),
            Self::NotFound => (
                "not_found",
                StatusCode::NOT_FOUND,
                "there is no such thing, or not for this key",
                "look at the id; what lies outside the fields of a key is not found by it",
            ),
            Self::Conflict => (
                "conflict",
                StatusCode::CONFLICT,
                "it cannot be done as things stand",
                "do first what the detail says",
            ),
            Self::UnknownPortal => (
                "unknown_portal",
                StatusCode::FORBIDDEN,
                "the portal of this key is not open",
                "ask the operators to add it with `bole portal add`",
            ),
            Self::UnknownSubmission => (
                "unknown_submission",
                StatusCode::NOT_FOUND,
                "the portal has sent no such submission",
                "send it; the same id may be used again",
            ),
            Self::NoOriginal => (
                "no_original",
                StatusCode::GONE,
                "its file is not kept",
                "it was too large to keep, or is erased; its status says which",
            ),
            Self::BadSubmission => (
                "bad_submission",
                StatusCode::UNPROCESSABLE_ENTITY,
                "the submission breaks the contract",
                "mend it as the detail says and send it again",
            ),
            Self::TooLarge => (
                "too_large",
                StatusCode::PAYLOAD_TOO_LARGE,
                "the body is over the limit",
                "send a smaller one",
            ),
            Self::UnsupportedMediaType => (
                "unsupported_media_type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "a body of this type is not taken here",
                "send the Content-Type that the detail names",
            ),
            Self::BodyTooSlow => (
                "too_slow",
                StatusCode::REQUEST_TIMEOUT,
                "the body did not arrive in time",
                "send it again with the same Idempotency-Key",
            ),
            Self::TooManyRequests => (
                "too_many_requests",
                StatusCode::TOO_MANY_REQUESTS,
                "the key asks more often than it may",
                "ask again when the time in Retry-After has passed",
            ),
            Self::TooManyAtOnce => (
                "too_many_at_once",
                StatusCode::TOO_MANY_REQUESTS,
                "too many requests of this key are being answered",
                "wait for the answers to some of them",
            ),
            Self::Backlog => (
                "backlog",
                StatusCode::TOO_MANY_REQUESTS,
                "too many submissions wait already",
                "send it again with the same Idempotency-Key when the time in Retry-After has passed",
            ),
            Self::Unavailable => (
                "unavailable",
                StatusCode::SERVICE_UNAVAILABLE,
                "something that the server needs is away",
                "ask again when the time in Retry-After has passed, a submission with the same Idempotency-Key",
            ),
            Self::TookTooLong => (
                "took_too_long",
                StatusCode::SERVICE_UNAVAILABLE,
                "the answer took too long",
                "ask again when the time in Retry-After has passed, or for less",
            ),
            Self::Stopping => (
                "stopping",
                StatusCode::SERVICE_UNAVAILABLE,
                "the server is stopping",
                "ask again, a submission with the same Idempotency-Key",
            ),
            Self::Internal => (
                "internal",
                StatusCode::INTERNAL_SERVER_ERROR,
                "the server made a mistake",
                "tell the operators the id in `instance`: their log says more",
            ),
        }
    }

    /// Seconds after which it is worth trying again.
    fn retry_after_s(self) -> Option<u64> {
        match self {
            Self::Backlog => Some(10),
            Self::Unavailable | Self::TookTooLong => Some(5),
            Self::Stopping | Self::TooManyAtOnce | Self::TooManyRequests => Some(1),
            _ => None,
        }
    }
}

impl Problem {
    pub(crate) fn new(code: Code) -> Self {
        Self { code, detail: None, retry_after_s: code.retry_after_s() }
    }

    pub(crate) fn with_detail(code: Code, detail: impl std::fmt::Display) -> Self {
        Self { detail: Some(format!("{detail}")), ..Self::new(code) }
    }

    /// Worth trying again after so many seconds.
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after_s: Some(seconds.max(1)), ..self }
    }

    pub(crate) fn code(&self) -> Code {
        self.code
    }

    /// What exactly, this time.
    pub(crate) fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    pub(crate) fn retry_after_s(&self) -> Option<u64> {
        self.retry_after_s
    }

    #[cfg(test)]
    pub(crate) fn status(&self) -> StatusCode {
        self.code.row().1
    }

    /// The answer, for the request `instance`.
    pub(crate) fn answer(&self, instance: Option<Uuid>) -> Response {
        let (code, status, title, hint) = self.code.row();
        let details = ProblemDetails {
            kind: format!("/problems/{code}"),
            title,
            status: status.as_u16(),
            code,
            detail: self.detail.clone(),
            hint,
            instance: instance.map(|id| id.urn().to_string()),
        };
        let kind = HeaderValue::from_static("application/problem+json");
        let body = serde_json::to_vec(&details).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The outermost layer puts the id of the request in.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.answer(None);
        response.extensions_mut().insert(self);
        response
    }
}

pub(crate) const NO_SUCH_KEY: &str = "there is no such key that opens anything";

/// What a use case could not do. What is nobody's business outside is logged here, once.
impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        match &error {
            EngineError::UnknownResume(_) | EngineError::AmbiguousResume { .. } => Self::with_detail(
                Code::NotFound,
                "there is no such resume; an id has 64 hex digits, or at least the first 8",
            ),
            EngineError::UnknownRun(_) | EngineError::AmbiguousRun { .. } => Self::with_detail(
                Code::NotFound,
                "there is no such run; an id has 16 hex digits, or at least the first 8",
            ),
            EngineError::UnknownProfile { .. }
            | EngineError::UnknownVersion(_)
            | EngineError::AmbiguousVersion(_) => {
                Self::with_detail(Code::NotFound, "there is no such profile; GET /v1/profiles lists them")
            }
            EngineError::UnknownKey(_) => Self::with_detail(Code::NotFound, NO_SUCH_KEY),
            EngineError::UnknownShortlist(_) => {
                Self::with_detail(Code::NotFound, "there is no such shortlist")
            }
            EngineError::NoSuchPage { .. } | EngineError::NotDrawn { .. } => {
                Self::with_detail(Code::NotFound, error)
            }
            EngineError::IndexBehind { .. } => Self::with_detail(Code::Unavailable, error),
            EngineError::HiddenInBlindMode => Self::new(Code::HiddenInBlindMode),
            EngineError::UnknownSubmission(_) => Self::new(Code::UnknownSubmission),
            EngineError::UnknownPortal(_) => Self::with_detail(Code::NotFound, "there is no such portal"),
            EngineError::NotRead { state, reason, advice, .. } => {
                Self::with_detail(Code::Conflict, format!("it is {state} as `{reason}`: {advice}"))
            }
            EngineError::PortalInUse { .. }
            | EngineError::OtherScoring { .. }
            | EngineError::RunAhead { .. } => Self::with_detail(Code::Conflict, error),
            // Whatever it is, who asks can do nothing about it: one that a newer release has changed ends this process.
            EngineError::Store(_) if error.kind() == ErrorKind::Configuration => {
                tracing::warn!(error = %Chain(&error), "a request cannot be answered: the store takes nothing");
                Self::new(Code::Unavailable)
            }
            _ => match error.kind() {
                // The bucket of the originals refuses, which nobody outside can mend.
                ErrorKind::Configuration if matches!(error, EngineError::Store(_)) => {
                    tracing::error!(error = %Chain(&error), "a request cannot be answered until the settings are mended");
                    Self::new(Code::Unavailable)
                }
                ErrorKind::Usage | ErrorKind::Input | ErrorKind::Configuration | ErrorKind::NotFound => {
                    Self::with_detail(Code::Unprocessable, error)
                }
                ErrorKind::Busy | ErrorKind::Outage => {
                    tracing::warn!(error = %Chain(&error), "a request cannot be answered during an outage");
                    Self::new(Code::Unavailable)
                }
                ErrorKind::Bug => {
                    tracing::error!(error = %Chain(&error), "a request failed");
                    Self::new(Code::Internal)
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_problem_has_a_code_of_its_own_and_says_what_to_do() {
        let mut codes = BTreeSet::new();
        for code in Code::ALL {
            let (name, status, title, hint) = code.row();
            assert!(codes.insert(name), "{name}");
            assert!(status.is_client_error() || status.is_server_error(), "{name}");
            assert!(!title.is_empty() && !hint.is_empty(), "{name}");
            let waits = matches!(status.as_u16(), 429 | 503);
            assert_eq!(
                Problem::new(code).answer(None).headers().contains_key(header::RETRY_AFTER),
                waits,
                "{name}"
            );
        }
    }
}
