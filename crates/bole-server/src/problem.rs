use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Every error that the API answers with. Codes and status are part of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    NoSuchPage,
    WrongMethod,
    NoPortal,
    UnknownPortal,
    UnknownSubmission,
    BadSubmission,
    TooLarge,
    TooSlow,
    Backlog,
    Unavailable,
    Stopping,
}

/// An error as the client sees it.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    code: Code,
    detail: Option<String>,
}

impl Code {
    /// The code, the status, a title for people, and what to do.
    fn row(self) -> (&'static str, StatusCode, &'static str, &'static str) {
        match self {
            Self::NoSuchPage => (
                "no_such_page",
                StatusCode::NOT_FOUND,
                "there is nothing here",
                "submissions are sent by POST to /v1/submissions",
            ),
            Self::WrongMethod => (
                "wrong_method",
                StatusCode::METHOD_NOT_ALLOWED,
                "this method is not for this address",
                "use the method that the header Allow names",
            ),
            Self::NoPortal => (
                "no_portal",
                StatusCode::BAD_REQUEST,
                "the request does not say which portal it is from",
                "give the portal's name in the header Bole-Portal",
            ),
            Self::UnknownPortal => (
                "unknown_portal",
                StatusCode::FORBIDDEN,
                "there is no such portal",
                "ask the operators to add it with `bole portal add`",
            ),
            Self::UnknownSubmission => (
                "unknown_submission",
                StatusCode::NOT_FOUND,
                "the portal has sent no such submission",
                "send it; the same id may be used again",
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
                "the file is over the limit",
                "send a smaller file",
            ),
            Self::TooSlow => (
                "too_slow",
                StatusCode::REQUEST_TIMEOUT,
                "the file did not arrive in time",
                "send it again with the same Idempotency-Key",
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
                "store or queue are away",
                "send it again with the same Idempotency-Key when the time in Retry-After has passed",
            ),
            Self::Stopping => (
                "stopping",
                StatusCode::SERVICE_UNAVAILABLE,
                "the server is stopping",
                "send it again with the same Idempotency-Key",
            ),
        }
    }

    /// Seconds after which it is worth trying again.
    fn retry_after(self) -> Option<u32> {
        match self {
            Self::Backlog => Some(10),
            Self::Unavailable => Some(5),
            Self::Stopping => Some(1),
            _ => None,
        }
    }
}

impl Problem {
    pub(crate) fn new(code: Code) -> Self {
        Self { code, detail: None }
    }

    pub(crate) fn with_detail(code: Code, detail: impl std::fmt::Display) -> Self {
        Self { code, detail: Some(format!("{detail}")) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (code, status, title, hint) = self.code.row();
        let body = json!({
            "type": format!("/problems/{code}"),
            "title": title,
            "status": status.as_u16(),
            "code": code,
            "detail": self.detail,
            "hint": hint,
        });
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, kind)], body.to_string()).into_response();
        if let Some(seconds) = self.code.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
