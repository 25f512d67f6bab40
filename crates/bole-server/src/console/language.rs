use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::cookie;

/// What the console speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Chinese,
}

const COOKIE: &str = "bole_language";
const YEAR_S: u32 = 365 * 24 * 3600;

impl Language {
    /// What was chosen, or else what the browser asks for first.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let chosen = cookie::value(headers, COOKIE).and_then(Self::of_code);
        chosen.unwrap_or_else(|| {
            let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|wanted| wanted.to_str().ok());
            let first = wanted.and_then(|wanted| wanted.split(',').next()).unwrap_or_default();
            if first.trim().to_ascii_lowercase().starts_with("zh") { Self::Chinese } else { Self::English }
        })
    }

    fn of_code(code: &str) -> Option<Self> {
        [Self::English, Self::Chinese].into_iter().find(|language| language.code() == code)
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// As HTML names it.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-Hans",
        }
    }

    pub(crate) fn other(self) -> Self {
        match self {
            Self::English => Self::Chinese,
            Self::Chinese => Self::English,
        }
    }

    /// Of two ways to say the same, the one in this language. Both stand where they are used, so that none is missing.
    pub(crate) fn say<T>(self, english: T, chinese: T) -> T {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    to: String,
    back: Option<String>,
}

/// Keeps what was chosen, and goes back to where it was.
pub(super) async fn choose(Query(Wanted { to, back }): Query<Wanted>) -> Response {
    let mut response = Redirect::to(&own_address(back.as_deref())).into_response();
    if let Some(language) = Language::of_code(&to) {
        let kept = format!("{COOKIE}={}; Path=/; Max-Age={YEAR_S}; SameSite=Lax", language.code());
        if let Ok(kept) = HeaderValue::try_from(kept) {
            response.headers_mut().insert(header::SET_COOKIE, kept);
        }
    }
    response
}

/// An address of this server; the start where `wanted` is none. Nobody is sent elsewhere by a link to here.
pub(super) fn own_address(wanted: Option<&str>) -> String {
    let is_own = |address: &&str| {
        let is_path = address.starts_with('/') && !address.starts_with("//");
        is_path && !address.contains(['\\', '\r', '\n']) && address.is_ascii()
    };
    wanted.filter(is_own).unwrap_or("/").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_counts_before_what_the_browser_asks_for() {
        let language = |headers: &[(header::HeaderName, &'static str)]| {
            let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
            Language::of(&headers.collect())
        };
        assert_eq!(language(&[]), Language::English);
        assert_eq!(language(&[(header::ACCEPT_LANGUAGE, "zh-CN,zh;q=0.9,en;q=0.8")]), Language::Chinese);
        assert_eq!(language(&[(header::ACCEPT_LANGUAGE, "en,zh;q=0.9")]), Language::English);
        let both =
            [(header::ACCEPT_LANGUAGE, "en"), (header::COOKIE, "a=b; bole_language=zh; bole_session=x")];
        assert_eq!(language(&both), Language::Chinese);
        assert_eq!(language(&[(header::COOKIE, "bole_language=xx")]), Language::English);
    }

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(own_address(Some("/matches?profile=finance&w.x=3")), "/matches?profile=finance&w.x=3");
        for address in
            ["//evil.example/", "https://evil.example", "/\\evil.example", "matches", "/\r\nX: y", ""]
        {
            assert_eq!(own_address(Some(address)), "/", "{address:?}");
        }
        assert_eq!(own_address(None), "/");
    }
}
