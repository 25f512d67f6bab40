//! Styles and scripts. Their address holds their hash, so that browsers keep them until they change.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bole_core::ContentHash;

use crate::problem::{Code, Problem};

/// A file that browsers fetch.
struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
}

const ASSETS: [Asset; 4] = [
    Asset {
        name: "console.css",
        kind: "text/css; charset=utf-8",
        text: concat!(
            include_str!("style/base.css"),
            include_str!("style/frame.css"),
            include_str!("style/matches.css"),
            include_str!("style/candidate.css"),
            include_str!("style/desk.css"),
            include_str!("style/ops.css"),
        ),
    },
    Asset {
        name: "console.js",
        kind: "text/javascript; charset=utf-8",
        text: include_str!("assets/console.js"),
    },
    Asset {
        name: "htmx.js",
        kind: "text/javascript; charset=utf-8",
        text: include_str!("assets/htmx.min.js"),
    },
    Asset { name: "mark.svg", kind: "image/svg+xml", text: include_str!("assets/mark.svg") },
];

/// One hash for all: they belong together.
static HASH: LazyLock<String> = LazyLock::new(|| {
    let parts = ASSETS.iter().flat_map(|asset| [asset.name.as_bytes(), asset.text.as_bytes()]);
    ContentHash::of_parts(parts).to_string().chars().take(12).collect()
});

/// Where a file is.
pub(super) fn address(name: &str) -> String {
    format!("/assets/{}/{name}", *HASH)
}

pub(super) async fn serve(Path((hash, name)): Path<(String, String)>) -> Result<Response, Problem> {
    let asset = ASSETS.iter().find(|asset| asset.name == name).filter(|_| hash == *HASH);
    let Asset { kind, text, .. } = asset.ok_or_else(|| Problem::new(Code::NoSuchPage))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, *text).into_response())
}
