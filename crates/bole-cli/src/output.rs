//! What goes to the terminal. Resume text is hostile there too: everything from a resume passes through `printable`.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use bole_core::Chain;
pub(crate) use bole_engine::{points, printable};
use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle, presets};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use serde::Serialize;

use crate::arguments::{Format, Output, TextOrJson};

/// The format asked for; else text for a terminal, JSON for a pipe.
pub(crate) fn is_json(output: &Output) -> bool {
    match output.format {
        Some(format) => format == TextOrJson::Json,
        None => !io::stdout().is_terminal(),
    }
}

/// The format asked for; else a table for a terminal, JSON for a pipe.
pub(crate) fn format_of(format: Option<Format>) -> Format {
    format.unwrap_or(if io::stdout().is_terminal() { Format::Table } else { Format::Json })
}

/// A table as wide as the terminal.
pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    let width = terminal_size::terminal_size().map_or(120, |(width, _)| width.0);
    table.set_width(width.max(60)).set_header(header);
    table
}

/// The same with a line below the header only, for tables that are read down their columns.
pub(crate) fn dense_table(header: &[&str]) -> Table {
    let mut table = table(header);
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')));
    table
}

/// A bar that counts files, drawn if it is wanted and somebody looks at standard error.
pub(crate) fn progress_bar(n_files: u64, wanted: bool) -> ProgressBar {
    bar(n_files, "{bar:30} {pos}/{len} files  {rate}  {eta} left", wanted)
}

/// The same for rows of tables, of which it is told later how many there are.
pub(crate) fn row_bar(wanted: bool) -> ProgressBar {
    bar(0, "{bar:30} {pos}/{len} rows  {rate}  {eta} left", wanted)
}

fn bar(length: u64, template: &str, wanted: bool) -> ProgressBar {
    let on_terminal = wanted && io::stderr().is_terminal();
    let target = if on_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(length), target);
    if let Ok(style) = ProgressStyle::with_template(template) {
        let rate = |state: &ProgressState, to: &mut dyn fmt::Write| {
            // There is nobody to tell that a bar could not be drawn.
            write!(to, "{:.0}/s", state.per_sec()).ok();
        };
        bar.set_style(style.with_key("rate", rate));
    }
    if on_terminal {
        bar.enable_steady_tick(Duration::from_millis(200));
    }
    bar
}

/// Writes one JSON value and a line end.
pub(crate) fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    serde_json::to_writer_pretty(&mut stdout, value)?;
    writeln!(stdout)?;
    Ok(())
}

/// Writes text and a line end to standard output.
pub(crate) fn print_line(text: impl fmt::Display) -> anyhow::Result<()> {
    writeln!(io::stdout().lock(), "{text}")?;
    Ok(())
}

/// Writes an error with its causes to standard error. It cannot be told if that fails.
pub(crate) fn print_error(error: &anyhow::Error) {
    let mut stderr = io::stderr().lock();
    let text = Chain(error.as_ref()).to_string();
    for (number, line) in text.lines().enumerate() {
        let prefix = if number == 0 { "error: " } else { "       " };
        writeln!(stderr, "{prefix}{}", printable(line)).ok();
    }
}

/// Whether the reader of our output went away, as `head` does: that is success.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let plain = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        plain.or(json) == Some(io::ErrorKind::BrokenPipe)
    })
}

/// A thing by its names in both languages, or by the one that it has in both.
pub(crate) fn both(name_en: &str, name_zh: &str) -> String {
    if name_en == name_zh { name_en.to_owned() } else { format!("{name_en} {name_zh}") }
}
