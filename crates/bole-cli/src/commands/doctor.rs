//! `bole doctor`.

use bole_engine::{DataFolder, Diagnosis, Examination, Subject, Verdict, examine};

use crate::arguments::Output;
use crate::exit::Exit;
use crate::output::{dense_table, is_json, print_json, print_line, printable};
use crate::session::{Configured, reader_program};

pub(crate) async fn run(configured: Configured, output: Output) -> anyhow::Result<Exit> {
    let Configured { settings, problems, config, knowledge } = configured;
    // It looks without changing anything, but SQLite tidies what it opens.
    DataFolder::check_is_no_backup(&settings.data)?;
    let subject = Subject { config, settings, problems, knowledge, reader: reader_program()? };
    let diagnosis = examine(&subject).await?;
    if is_json(&output) {
        print_json(&diagnosis)?;
    } else {
        print_text(&diagnosis)?;
    }
    Ok(if diagnosis.verdict == Verdict::Trouble { Exit::Sick } else { Exit::Done })
}

fn print_text(diagnosis: &Diagnosis) -> anyhow::Result<()> {
    let mut table = dense_table(&["", "check", "what was seen, and what to do"]);
    for examination in &diagnosis.checks {
        table.add_row([
            mark(examination.verdict).to_owned(),
            examination.check.to_string(),
            findings(examination),
        ]);
    }
    print_line(table)?;
    let count = |verdict| {
        let findings = diagnosis.checks.iter().flat_map(|examination| &examination.findings);
        findings.filter(|finding| finding.verdict == verdict).count()
    };
    print_line(match (count(Verdict::Trouble), count(Verdict::Warning)) {
        (0, 0) => "nothing is wrong".to_owned(),
        (0, n_warnings) => format!("nothing has to be mended; warnings: {n_warnings}"),
        (n_troubles, n_warnings) => format!("to be mended: {n_troubles}; warnings: {n_warnings}"),
    })
}

fn findings(examination: &Examination) -> String {
    let line = |finding: &bole_engine::Finding| {
        let advice = finding.advice.as_ref().map(|advice| format!("\n  → {}", printable(advice)));
        format!("{}{}", printable(&finding.seen), advice.unwrap_or_default())
    };
    examination.findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Told by its shape too, for who sees no colours.
fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok",
        Verdict::NotChecked => "–",
        Verdict::Warning => "! warning",
        Verdict::Trouble => "✗ trouble",
    }
}
