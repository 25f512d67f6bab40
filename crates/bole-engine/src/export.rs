//! People as a file: for a spreadsheet, or a line each for a program.

mod about;
mod cell;
mod csv;
mod lines;
mod listed;
mod row;
#[cfg(test)]
mod tests;
mod xlsx;

use std::io;

use bole_core::Shortlist;

use crate::{Engine, EngineError, MatchReport, Scope};

pub use self::csv::write_csv;
pub use cell::{points, printable};
pub use listed::shortlist_rows;
pub use row::{Desk, ExportRow};

/// More people than these do not leave in one file.
pub const MAX_EXPORT_ROWS: usize = 10_000;

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// UTF-8 with a byte order mark, RFC 4180.
    Csv,
    /// A workbook of two sheets: the people, and what they were ranked by.
    Xlsx,
    /// A JSON value a line.
    JsonLines,
    /// A JSON Resume 1.0 a line, in the order of the rows, without what is protected.
    JsonResume,
}

/// A file to be handed out.
#[derive(Clone, PartialEq, Eq)]
pub struct Exported {
    /// Its bytes: the same for the same rows.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: &'static str,
    /// What its name ends in, without a dot.
    pub extension: &'static str,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Too many people.
    #[error("{n_rows} people are more than {most}, which leave in one file: ask for fewer")]
    TooMany {
        /// How many.
        n_rows: usize,
        /// How many there may be.
        most: usize,
    },
    /// A row cannot be written: a bug.
    #[error("the file cannot be written")]
    Write(#[from] io::Error),
    /// The workbook cannot be written: a bug.
    #[error("the workbook cannot be written")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// A row cannot be told as JSON: a bug.
    #[error("the lines cannot be written")]
    Json(#[from] serde_json::Error),
}

/// The people of a match as a file; `report` and the file are of the same scope.
///
/// # Errors
/// [`ExportError::TooMany`]; for JSON Resume also [`EngineError::UnknownResume`] if one is not in force any more, and
/// outages.
pub async fn export_match(
    engine: &Engine,
    report: MatchReport,
    format: Format,
    scope: &Scope,
) -> Result<Exported, EngineError> {
    check_number(report.results.len())?;
    if format == Format::JsonResume {
        let people: Vec<_> = report.results.iter().map(|placed| placed.resume).collect();
        return Ok(format.exported(lines::resumes(engine, &people, scope).await?));
    }
    let written = engine.cpu().run(move || {
        let rows: Vec<_> = report.results.iter().map(ExportRow::from).collect();
        match format {
            Format::Csv => written_csv(&rows),
            Format::Xlsx => xlsx::workbook(&rows, &about::of_match(&report)),
            Format::JsonLines | Format::JsonResume => lines::values(&report.results),
        }
    });
    Ok(format.exported(written.await??))
}

/// The people of a shortlist as a file, in the order of `rows`; these and the file are of the same scope.
///
/// # Errors
/// As [`export_match`].
pub async fn export_shortlist(
    engine: &Engine,
    list: Shortlist,
    rows: Vec<ExportRow>,
    format: Format,
    scope: &Scope,
) -> Result<Exported, EngineError> {
    check_number(rows.len())?;
    if format == Format::JsonResume {
        let people: Vec<_> = rows.iter().map(|row| row.resume).collect();
        return Ok(format.exported(lines::resumes(engine, &people, scope).await?));
    }
    let written = engine.cpu().run(move || match format {
        Format::Csv => written_csv(&rows),
        Format::Xlsx => xlsx::workbook(&rows, &about::of_shortlist(&list)),
        Format::JsonLines | Format::JsonResume => lines::values(&rows),
    });
    Ok(format.exported(written.await??))
}

fn check_number(n_rows: usize) -> Result<(), ExportError> {
    if n_rows > MAX_EXPORT_ROWS {
        return Err(ExportError::TooMany { n_rows, most: MAX_EXPORT_ROWS });
    }
    Ok(())
}

fn written_csv(rows: &[ExportRow]) -> Result<Vec<u8>, ExportError> {
    let mut bytes = Vec::new();
    write_csv(rows, &mut bytes)?;
    Ok(bytes)
}

impl Format {
    /// The media type of such a file.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::JsonLines | Self::JsonResume => "application/x-ndjson",
        }
    }

    /// What the name of such a file ends in, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::JsonLines | Self::JsonResume => "jsonl",
        }
    }

    fn exported(self, bytes: Vec<u8>) -> Exported {
        Exported { bytes, media_type: self.media_type(), extension: self.extension() }
    }
}

/// Without the people: logs hold ids only.
impl std::fmt::Debug for Exported {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { bytes, media_type, extension } = self;
        formatter
            .debug_struct("Exported")
            .field("n_bytes", &bytes.len())
            .field("media_type", media_type)
            .field("extension", extension)
            .finish()
    }
}
