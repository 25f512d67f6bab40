//! The description of the API, made from the handlers.

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{AdditionalProperties, SchemaType, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContactBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Response,
    ResponseBuilder, Schema,
};
use utoipa::openapi::{ContentBuilder, LicenseBuilder, PathItem};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use crate::portals::SubmissionForm;
use crate::problem::{Code, ProblemDetails};
use crate::{State, ops, portals, recruiters};

/// What the operations are about, in the order in which they are told.
const TAGS: [(&str, &str); 8] = [
    (
        "submissions",
        "What portals send, and what became of it. Keys of the role `portal`; each sees its own.",
    ),
    ("profiles", "What people are ranked by. Keys of the role `recruiter`, as all up to shortlists."),
    ("matches", "Rankings: exact, explained, and the same whenever they are asked for again."),
    ("search", "Search over all resumes."),
    ("candidates", "The people behind the resumes. Every look is in the audit log."),
    ("shortlists", "Lists that recruiters keep, and files that leave."),
    ("operations", "The ledger, the quarantine, the portals. Keys of the roles `ops` and `admin`."),
    ("administration", "Keys and the audit log. Keys of the role `admin`."),
];

const ABOUT: &str = "Bole takes resumes in, loses none, reads them in Chinese and English, and ranks the people behind them, with \
    the evidence shown.\n\nEvery request has a key: `Authorization: Bearer bole_…`. Errors are problem details (RFC 9457) with a \
    `code` for programs and a `hint` that says what to do. Lists come in parts: `next` of one part is the `cursor` of the next. \
    429 and 503 have `Retry-After`.";

/// The operations that need a key.
pub(crate) fn guarded() -> OpenApiRouter<State> {
    let info = InfoBuilder::new()
        .title("Bole")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .contact(None::<ContactBuilder>.map(ContactBuilder::build))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API key, `bole_…`. The names beside it are the roles of which one is needed."));
    let components = ComponentsBuilder::new()
        .security_scheme("key", SecurityScheme::Http(scheme.build()))
        .schema(ProblemDetails::name(), ProblemDetails::schema())
        .build();
    let tags = TAGS.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build());
    let api = OpenApiBuilder::new().info(info).components(Some(components)).tags(Some(tags)).build();
    OpenApiRouter::with_openapi(api).merge(portals::routes()).merge(recruiters::routes()).merge(ops::routes())
}

/// The description of the API as OpenAPI 3.1, <https://spec.openapis.org/oas/v3.1.0>.
pub fn openapi() -> OpenApi {
    let (_, mut api) = guarded().split_for_parts();
    for (path, item) in &mut api.paths.paths {
        for (method, operation) in operations(item) {
            operation.operation_id = Some(operation_id(method, path));
            add_problems(operation);
            tell_what_is_sent(operation);
        }
    }
    close_form(&mut api);
    api
}

/// The operations of an address, by method.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let all = [("get", get), ("put", put), ("post", post), ("delete", delete), ("patch", patch)];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Such as `get_shortlists_shortlist`.
fn operation_id(method: &str, path: &str) -> String {
    let parts = path.split(['/', '-', '{', '}']).filter(|part| !part.is_empty() && *part != "v1");
    parts.fold(method.to_owned(), |id, part| id + "_" + part)
}

/// What each operation can answer besides: it follows from what it takes.
fn add_problems(operation: &mut Operation) {
    let takes_body = operation.request_body.is_some();
    let takes_parameters = operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty());
    let always = [Code::NoKey, Code::NotAllowed, Code::TooManyRequests, Code::Internal, Code::Unavailable];
    let with_body = [
        Code::BadRequest,
        Code::NotFound,
        Code::BodyTooSlow,
        Code::Conflict,
        Code::TooLarge,
        Code::UnsupportedMediaType,
        Code::Unprocessable,
    ];
    let with_parameters =
        [Code::BadRequest, Code::NotFound, Code::Unprocessable, Code::Conflict, Code::NoOriginal];
    let codes = always
        .into_iter()
        .chain(with_body.into_iter().filter(|_| takes_body))
        .chain(with_parameters.into_iter().filter(|_| takes_parameters));
    for code in codes {
        let (_, status, ..) = code.row();
        let key = status.as_u16().to_string();
        operation.responses.responses.entry(key).or_insert_with(|| RefOr::T(problem(status.as_u16())));
    }
}

/// What may be left out is not sent as null: a header has none.
fn tell_what_is_sent(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        let Some(RefOr::T(Schema::Object(object))) = &mut parameter.schema else { continue };
        if let SchemaType::Array(types) = &object.schema_type {
            let sent = types.iter().find(|kind| **kind != Type::Null).cloned();
            object.schema_type = SchemaType::Type(sent.unwrap_or(Type::String));
        }
    }
}

/// A form is read field by field: its type cannot tell that it has no others.
fn close_form(api: &mut OpenApi) {
    let schemas = api.components.as_mut().map(|components| &mut components.schemas);
    let form = schemas.and_then(|schemas| schemas.get_mut(SubmissionForm::name().as_ref()));
    if let Some(RefOr::T(Schema::Object(form))) = form {
        form.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    }
}

/// The answer with this status: every problem that has it.
fn problem(status: u16) -> Response {
    let with_it = Code::ALL.into_iter().map(Code::row).filter(|(_, code, ..)| code.as_u16() == status);
    let list: Vec<_> = with_it.map(|(code, _, title, _)| format!("`{code}`: {title}")).collect();
    let schema = RefOr::Ref(Ref::from_schema_name(ProblemDetails::name()));
    ResponseBuilder::new()
        .description(format!("{}.", list.join("; ")))
        .content("application/problem+json", ContentBuilder::new().schema(Some(schema)).build())
        .build()
}
