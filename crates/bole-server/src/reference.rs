//! The description of the API, for programs and for people.

#![expect(clippy::indexing_slicing, reason = "a JSON value is null where there is nothing")]

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

use crate::State;
use crate::openapi::openapi;
use crate::problem::Code;

const STYLE: &str = include_str!("reference.css");
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Both need no key: what they tell is no secret.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/v1/openapi.json", get(async || Json(openapi())))
        .route("/docs", get(page))
        .route("/docs/reference.css", get(style))
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"))], STYLE).into_response()
}

/// The page holds no script, and takes its style from here.
async fn page() -> Response {
    let policy = HeaderValue::from_static(
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    let api = serde_json::to_value(openapi()).unwrap_or_default();
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, policy)];
    (headers, reference(&api).into_string()).into_response()
}

fn reference(api: &Value) -> Markup {
    let tags = api["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Bole: HTTP API" }
                link rel="stylesheet" href="/docs/reference.css";
            }
            body {
                nav aria-label="Operations" {
                    strong { "Bole" }
                    @for tag in tags {
                        h2 { (text(&tag["name"])) }
                        ul { @for operation in of_tag(api, text(&tag["name"])) {
                            li { a href={ "#" (operation.id()) } { (operation.summary()) } }
                        } }
                    }
                    h2 { "Reference" }
                    ul {
                        li { a href="#problems" { "Problems" } }
                        li { a href="#schemas" { "Schemas" } }
                        li { a href="/v1/openapi.json" { "OpenAPI 3.1" } }
                    }
                }
                main {
                    h1 { "Bole " small { (text(&api["info"]["version"])) } }
                    (prose(text(&api["info"]["description"])))
                    @for tag in tags {
                        h2 { (text(&tag["name"])) }
                        (prose(text(&tag["description"])))
                        @for operation in of_tag(api, text(&tag["name"])) { (operation.shown()) }
                    }
                    h2 id="problems" { "Problems" }
                    table {
                        thead { tr { th { "status" } th { "code" } th { "what it is" } th { "what to do" } } }
                        tbody { @for (code, status, title, hint) in Code::ALL.map(Code::row) {
                            tr { td { (status.as_u16()) } td { code { (code) } } td { (title) } td { (prose(hint)) } }
                        } }
                    }
                    h2 id="schemas" { "Schemas" }
                    @for (name, schema) in api["components"]["schemas"].as_object().into_iter().flatten() {
                        (schema_shown(name, schema))
                    }
                }
            }
        }
    }
}

/// A type that is sent or answered: its properties, or what it is.
fn schema_shown(name: &str, schema: &Value) -> Markup {
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    html! {
        section id={ "schema-" (name) } {
            h3 { (name) }
            (prose(text(&schema["description"])))
            @if let Some(properties) = schema["properties"].as_object() {
                table {
                    thead { tr { th { "property" } th { "type" } th { "what it is" } } }
                    tbody { @for (property, value) in properties {
                        tr {
                            td { code { (property) } @if required.iter().any(|name| name == property) { " *" } }
                            td { (kind(value)) }
                            td { (prose(text(&value["description"]))) }
                        }
                    } }
                }
            } @else {
                p { (kind(schema)) }
            }
        }
    }
}

/// A type in a few words, with links to the types in it.
fn kind(schema: &Value) -> Markup {
    let several =
        ["oneOf", "anyOf", "allOf"].into_iter().find_map(|key| Some((key, schema[key].as_array()?)));
    html! {
        @if let Some(name) = named(schema) {
            a href={ "#schema-" (name) } { (name) }
        } @else if let Some((key, parts)) = several {
            @let between = if key == "allOf" { " and " } else { " or " };
            @for (place, part) in parts.iter().enumerate() {
                @if place > 0 { (between) }
                (kind(part))
            }
        } @else if let Some(values) = schema["enum"].as_array() {
            @for (place, value) in values.iter().enumerate() {
                @if place > 0 { " or " }
                code { (text(value)) }
            }
        } @else if schema.get("items").is_some() {
            "list of " (kind(&schema["items"]))
        } @else if schema["additionalProperties"].is_object() {
            "map of " (kind(&schema["additionalProperties"]))
        } @else if let Some(kinds) = schema["type"].as_array() {
            (kinds.iter().map(text).collect::<Vec<_>>().join(" or "))
        } @else {
            (text(&schema["type"])) @if let Some(format) = schema["format"].as_str() { " (" (format) ")" }
        }
    }
}

/// The name of the type that a schema refers to.
fn named(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// One operation.
struct Shown<'a> {
    path: &'a str,
    method: &'a str,
    operation: &'a Value,
}

fn of_tag<'a>(api: &'a Value, tag: &'a str) -> impl Iterator<Item = Shown<'a>> {
    let paths = api["paths"].as_object().into_iter().flatten();
    paths.flat_map(move |(path, item)| {
        METHODS.into_iter().filter_map(move |method| {
            let operation = item.get(method)?;
            (operation["tags"][0] == tag).then_some(Shown { path, method, operation })
        })
    })
}

impl Shown<'_> {
    fn id(&self) -> String {
        format!("{}{}", self.method, self.path.replace(['/', '{', '}'], "-"))
    }

    fn summary(&self) -> &str {
        text(&self.operation["summary"])
    }

    fn shown(&self) -> Markup {
        let parameters = self.operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let responses = self.operation["responses"].as_object().into_iter().flatten();
        let (problems, answers): (Vec<_>, Vec<_>) = responses
            .partition(|(_, response)| response["content"].get("application/problem+json").is_some());
        let roles = self.operation["security"][0]["key"].as_array().map(Vec::as_slice).unwrap_or_default();
        html! {
            section id=(self.id()) {
                h3 { span class={ "method " (self.method) } { (self.method.to_uppercase()) } " " code { (self.path) } }
                p class="summary" { (self.summary())
                    @for role in roles { " " span class="role" { (text(role)) } } }
                (prose(text(&self.operation["description"])))
                @if !parameters.is_empty() {
                    table {
                        thead { tr { th { "parameter" } th { "in" } th { "what it is" } } }
                        tbody { @for parameter in parameters {
                            tr {
                                td { code { (text(&parameter["name"])) } @if parameter["required"] == true { " *" } }
                                td { (text(&parameter["in"])) }
                                td { (prose(text(&parameter["description"]))) }
                            }
                        } }
                    }
                }
                @if let Some(body) = self.operation.get("requestBody") {
                    p { "Body: " (contents(&body["content"])) " " (prose(text(&body["description"]))) }
                }
                table {
                    thead { tr { th { "answer" } th { "what it is" } th { "body" } } }
                    tbody { @for (status, response) in answers {
                        tr {
                            td { (status) }
                            td { (prose(text(&response["description"]))) }
                            td { (contents(&response["content"])) }
                        }
                    } }
                }
                p { a href="#problems" { "Problems" } ":" @for (status, _) in problems { " " (status) } }
            }
        }
    }
}

/// Media types, each with the name of its schema.
fn contents(content: &Value) -> Markup {
    html! {
        @for (kind, media) in content.as_object().into_iter().flatten() {
            code { (kind) } " "
            @if let Some(name) = named(&media["schema"]) { a href={ "#schema-" (name) } { (name) } " " }
        }
    }
}

/// Text with `code` in it, a paragraph for each blank line.
fn prose(text: &str) -> Markup {
    html! {
        @for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
            span class="prose" {
                @for (place, part) in paragraph.split('`').enumerate() {
                    @if place % 2 == 1 { code { (part) } } @else { (part) }
                }
            }
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
