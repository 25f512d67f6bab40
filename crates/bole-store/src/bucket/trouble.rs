//! What the errors of a bucket mean to a caller.
//!
//! A server that refuses a request may repeat what was signed, key and all: of its answers only status and code are kept.

use std::error::Error as _;
use std::time::Duration;

use object_store::Error;

use crate::{Cause, StoreError};

/// The longest cause that is told, in characters.
const MAX_CAUSE: usize = 200;

/// What the server answered.
struct Answer {
    status: u16,
    code: String,
}

impl Answer {
    /// None if nobody answered. The library has both in the text of its errors only.
    fn of(error: &Error) -> Option<Self> {
        let text = error.to_string();
        if text.contains("redirect without LOCATION") {
            return Some(Self { status: 301, code: String::new() });
        }
        let (_, rest) = text.split_once("status code: ")?;
        let status = rest.get(..3)?.parse().ok()?;
        let code = rest.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
        let is_code = |code: &&str| code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let code = code.map(|(code, _)| code).filter(is_code).unwrap_or_default();
        Some(Self { status, code: code.to_owned() })
    }

    /// Whether it passes by itself.
    fn is_outage(&self) -> bool {
        matches!(self.status, 408 | 429 | 500..)
    }
}

/// Whether a server answered that it will not.
pub(super) fn is_refusal(error: &Error) -> bool {
    Answer::of(error).is_some_and(|answer| !answer.is_outage())
}

/// Whether it is the bucket that is not there, rather than an object.
pub(super) fn is_of_the_bucket(error: &Error) -> bool {
    Answer::of(error).is_some_and(|answer| answer.code == "NoSuchBucket")
}

/// What an error means, and which setting mends it.
pub(super) fn told(error: &Error, bucket: &str) -> StoreError {
    let Some(answer) = Answer::of(error) else {
        return away(innermost(error));
    };
    let said = format!("it answers {} {}", answer.status, answer.code);
    let said = said.trim_end().to_owned();
    if answer.is_outage() {
        return away(said);
    }
    let hint = match (answer.status, answer.code.as_str()) {
        (_, "NoSuchBucket") => {
            format!("there is no bucket `{bucket}`: have it made, or mend `originals.url`")
        }
        (_, "InvalidAccessKeyId") => {
            "its key is not known there: mend `originals.key-id`, or `originals.endpoint`".to_owned()
        }
        (_, "SignatureDoesNotMatch") => {
            "the secret is not that of `originals.key-id`: mend BOLE_ORIGINALS_SECRET, \
             `originals.secret` or `originals.secret-file`"
                .to_owned()
        }
        (_, "RequestTimeTooSkewed") => "the clock of this machine is wrong: set it".to_owned(),
        (301 | 302 | 307 | 308, _)
        | (_, "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException") => {
            "it is in another region: mend `originals.region` and `originals.endpoint`".to_owned()
        }
        (401 | 403, _) => {
            "access is denied: let the user of `originals.key-id` get, put and list its objects".to_owned()
        }
        _ => "what is asked is not understood there: mend `originals.url`, `originals.endpoint` and \
             `originals.path-style`"
            .to_owned(),
    };
    refused(hint, said.into())
}

/// The bucket refuses what we ask, or a setting is no use.
pub(super) fn refused(hint: String, source: Cause) -> StoreError {
    StoreError::BucketRefused { hint, source }
}

/// It does not answer in time.
pub(super) fn silent(patience: Duration) -> StoreError {
    away(format!("it does not answer within {} s", patience.as_secs()))
}

fn away(said: String) -> StoreError {
    StoreError::BucketAway { source: said.into() }
}

/// What is at the bottom of an error, such as a connection that is refused.
fn innermost(error: &Error) -> String {
    let mut told = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        told = source.to_string();
        next = source.source();
    }
    told.chars().take(MAX_CAUSE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: &str, body: &str) -> Error {
        let source = format!(
            "Error performing PUT http://host/bucket/key in 1ms - Server returned non-2xx status code: {status}: {body}"
        );
        Error::Generic { store: "S3", source: source.into() }
    }

    #[test]
    fn what_a_server_repeats_is_not_told() {
        let body = "<Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>AKIAPLANTED</AWSAccessKeyId>\
            <StringToSign>planted</StringToSign></Error>";
        let error = told(&answer("403 Forbidden", body), "resumes");
        let all = format!("{error} {error:?} {:?}", error.source().map(ToString::to_string));
        assert!(!all.to_lowercase().contains("planted"), "{all}");
        assert!(all.contains("it answers 403 SignatureDoesNotMatch"), "{all}");
    }

    #[test]
    fn answers_are_refusals_or_outages() {
        for (status, code, setting) in [
            ("404 Not Found", "NoSuchBucket", "originals.url"),
            ("403 Forbidden", "InvalidAccessKeyId", "originals.key-id"),
            ("403 Forbidden", "SignatureDoesNotMatch", "originals.secret"),
            ("403 Forbidden", "AccessDenied", "originals.key-id"),
            ("403 Forbidden", "", "originals.key-id"),
            ("403 Forbidden", "RequestTimeTooSkewed", "clock"),
            ("400 Bad Request", "AuthorizationHeaderMalformed", "originals.region"),
            ("301 Moved Permanently", "", "originals.region"),
            ("405 Method Not Allowed", "<b>", "originals.path-style"),
        ] {
            let error = told(&answer(status, &format!("<Code>{code}</Code>")), "resumes");
            assert!(
                matches!(&error, StoreError::BucketRefused { hint, .. } if hint.contains(setting)),
                "{error}"
            );
        }
        for (status, code) in [("503 Service Unavailable", "SlowDown"), ("500 Internal", ""), ("429 Too", "")]
        {
            let error = told(&answer(status, &format!("<Code>{code}</Code>")), "resumes");
            assert!(matches!(error, StoreError::BucketAway { .. }), "{error}");
        }
    }
}
