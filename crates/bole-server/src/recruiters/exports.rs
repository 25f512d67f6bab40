use axum::extract::State as Shared;
use axum::response::Response;
use bole_core::AuditAction;
use bole_engine::{Exported, Page, export_match, export_shortlist};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::State;
use crate::access::AsRecruiter;
use crate::audited::{Audited, audit};
use crate::download::{self, FileBytes};
use crate::problem::Problem;
use crate::request::RequestId;
use crate::take::{At, Params};

/// As what.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportWanted {
    /// The kind of file.
    #[param(inline)]
    format: Format,
}

/// A kind of file.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    /// For spreadsheets, as text.
    Csv,
    /// For spreadsheets, as a workbook.
    Xlsx,
    /// A person a line, as JSON.
    Jsonl,
    /// A JSON Resume 1.0 a line.
    JsonResume,
}

/// A ranking as a file: all of its best, as many as it was made for.
///
/// CSV has a byte order mark, and no cell of it is taken for a formula; XLSX has a second sheet that tells where it comes from.
#[utoipa::path(
    get,
    path = "/v1/matches/{run}/export",
    tag = "shortlists",
    params(("run" = String, Path, description = "The run's id."), ExportWanted),
    responses((status = 200, description = "The file.", content(
        (String = "text/csv"),
        (FileBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "application/x-ndjson"),
    ))),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn of_match(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At(run): At<String>,
    Params(ExportWanted { format }): Params<ExportWanted>,
) -> Result<Response, Problem> {
    match_file(&state, &caller, request, &run, format).await
}

/// The best of a ranking as a file; that they left is noted.
pub(crate) async fn match_file(
    state: &State,
    caller: &AsRecruiter,
    request: RequestId,
    run: &str,
    format: Format,
) -> Result<Response, Problem> {
    let engine = &state.server.engine;
    let report = bole_engine::match_page(engine, run, Page::WHOLE, &caller.scope).await?;
    let name = format!("match-{}", report.run);
    let entry = Audited::new(&caller.caller, request, AuditAction::Export).about(&report.run);
    audit(state, entry.of(report.results.iter().map(|placed| placed.resume))).await?;
    Ok(answer(export_match(engine, report, format.into(), &caller.scope).await?, &name))
}

/// A shortlist as a file, with what was decided.
#[utoipa::path(
    get,
    path = "/v1/shortlists/{shortlist}/export",
    tag = "shortlists",
    params(("shortlist" = Uuid, Path, description = "Its id."), ExportWanted),
    responses((status = 200, description = "The file.", content(
        (String = "text/csv"),
        (FileBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "application/x-ndjson"),
    ))),
    security(("key" = ["recruiter"])),
)]
pub(crate) async fn of_shortlist(
    caller: AsRecruiter,
    request: RequestId,
    Shared(state): Shared<State>,
    At(id): At<Uuid>,
    Params(ExportWanted { format }): Params<ExportWanted>,
) -> Result<Response, Problem> {
    let engine = &state.server.engine;
    let (list, rows) = bole_engine::shortlist_rows(engine, &caller.scope, id).await?;
    let entry = Audited::new(&caller.caller, request, AuditAction::Export).about(id);
    audit(&state, entry.of(rows.iter().map(|row| row.resume))).await?;
    let file = export_shortlist(engine, list, rows, format.into(), &caller.scope).await?;
    Ok(answer(file, &format!("shortlist-{id}")))
}

fn answer(file: Exported, name: &str) -> Response {
    download::file(file.bytes, file.media_type, &format!("{name}.{}", file.extension))
}

impl Format {
    pub(crate) const ALL: [Self; 4] = [Self::Csv, Self::Xlsx, Self::Jsonl, Self::JsonResume];

    /// As addresses name it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Jsonl => "jsonl",
            Self::JsonResume => "json-resume",
        }
    }
}

impl From<Format> for bole_engine::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv,
            Format::Xlsx => Self::Xlsx,
            Format::Jsonl => Self::JsonLines,
            Format::JsonResume => Self::JsonResume,
        }
    }
}
