use bole_core::{DateRange, RangeEnd, Reading, Resume, Sourced};
use bole_engine::{Scope, Shown};
use serde_json::json;

use crate::arguments::{Output, Show, ShowFormat, TextOrJson};
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, printable};
use crate::session::Session;

pub(crate) async fn run(session: Session, command: Show) -> anyhow::Result<Exit> {
    let engine = session.open().await?;
    let format = match command.format {
        Some(ShowFormat::JsonResume) => {
            print_json(&bole_engine::export(&engine, &command.resume, &Scope::all()).await?)?;
            return Ok(Exit::Done);
        }
        Some(ShowFormat::Text) => Some(TextOrJson::Text),
        Some(ShowFormat::Json) => Some(TextOrJson::Json),
        None => None,
    };
    let shown = bole_engine::show(&engine, &command.resume, &Scope::all()).await?;
    if is_json(&Output { format }) {
        print_json(&as_json(&shown))?;
    } else {
        print_text(&shown)?;
    }
    Ok(Exit::Done)
}

fn as_json(shown: &Shown) -> serde_json::Value {
    let submissions = shown.submissions.iter().map(|record| {
        json!({
            "submission": record.submission,
            "state": record.state,
            "reason": record.reason,
            "detail": record.detail,
            "attempt": record.attempt,
            "duplicate_of": record.duplicate_of,
            "document_date": record.document_date,
            "source": record.source_name,
            "received_at": record.received_at,
            "changed_at": record.changed_at,
        })
    });
    let standing = shown.standing.as_ref();
    json!({
        "resume": shown.document,
        "as_of": standing.map(|standing| standing.as_of),
        "person": shown.person,
        "talent": shown.talent,
        "other_versions": shown.other_versions,
        "submissions": submissions.collect::<Vec<_>>(),
        "reading": shown.reading,
    })
}

fn print_text(shown: &Shown) -> anyhow::Result<()> {
    print_line(format_args!("resume      {}", shown.document))?;
    for record in &shown.submissions {
        let source = record.source_name.as_deref().map(printable).unwrap_or_default();
        print_line(format_args!("submission  {}: {}  {source}", record.state, record.reason))?;
        if let Some(detail) = &record.detail {
            print_line(format_args!("            {}; {}", printable(detail), record.reason.advice()))?;
        }
    }
    if let Some(standing) = &shown.standing {
        print_line(format_args!("as of       {}", standing.as_of))?;
    }
    if let Some(talent) = &shown.talent {
        for (label, line) in talent.lines() {
            print_line(format_args!("{label:<11} {line}"))?;
        }
    }
    for document in &shown.other_versions {
        print_line(format_args!("same person {}", document.short()))?;
    }
    match &shown.reading {
        Some(reading) => print_reading(reading),
        None => Ok(()),
    }
}

fn print_reading(reading: &Reading) -> anyhow::Result<()> {
    let resume = &reading.resume;
    print_values("name", resume.name.as_slice())?;
    print_values("e-mail", &resume.emails)?;
    print_values("phone", &resume.phones)?;
    print_values("link", &resume.links)?;
    print_values("location", resume.location.as_slice())?;
    for education in &resume.education {
        let degree = education.degree.as_ref().map(|degree| format!("{:?}", degree.value).to_lowercase());
        let parts = [
            degree,
            value(education.discipline.as_ref()),
            value(education.school.as_ref()),
            dates(education.dates.as_ref()),
        ];
        print_line(format_args!("education   {}", join(&parts)))?;
    }
    for entry in &resume.entries {
        let parts =
            [value(entry.title.as_ref()), value(entry.employer.as_ref()), dates(entry.dates.as_ref())];
        let kind = format!("{:?}", entry.kind).to_lowercase();
        print_line(format_args!("{kind:<11} {}", join(&parts)))?;
    }
    if let Some(claimed) = &resume.claimed_months {
        print_line(format_args!("claims      {} years of work", claimed.value / 12))?;
    }
    if !resume.skills.is_empty() {
        let skills: Vec<_> = resume.skills.iter().map(|skill| value(Some(skill))).collect();
        print_line(format_args!("skills      {}", join(&skills)))?;
    }
    for language in &resume.languages {
        let parts = [value(Some(&language.name)), value(language.fluency.as_ref())];
        print_line(format_args!("language    {}", join(&parts)))?;
    }
    print_achievements(resume)?;
    let quality = &reading.content.quality;
    print_line(format_args!(
        "read        {} pages, {} characters, {} hidden{}",
        quality.n_pages,
        quality.n_characters,
        quality.n_hidden,
        if quality.partial { ", a part could not be read" } else { "" }
    ))?;
    for (page, number) in reading.content.pages.iter().zip(1..) {
        for hidden in &page.hidden {
            let reason = serde_json::to_value(hidden.reason)?;
            let reason = reason.as_str().unwrap_or_default().replace('_', " ");
            print_line(format_args!("hidden p{number}   ({reason}) {}", printable(&hidden.text)))?;
        }
    }
    for (page, number) in reading.content.pages.iter().zip(1..) {
        print_line(format_args!("\n— page {number} —"))?;
        for line in page.text.lines() {
            print_line(printable(line))?;
        }
    }
    Ok(())
}

/// By kind, each kind in the order of the document.
fn print_achievements(resume: &Resume) -> anyhow::Result<()> {
    let mut achievements: Vec<_> = resume.achievements.iter().collect();
    achievements.sort_by_key(|achievement| achievement.kind);
    for achievement in achievements {
        let date = achievement.date.as_ref().map(|date| date.value.to_string());
        let parts = [value(Some(&achievement.title)), value(achievement.issuer.as_ref()), date];
        let kind = format!("{:?}", achievement.kind).to_lowercase();
        print_line(format_args!("{kind:<11} {}", join(&parts)))?;
    }
    Ok(())
}

fn print_values(label: &str, values: &[Sourced<String>]) -> anyhow::Result<()> {
    for value in values {
        let doubt = if value.confidence.0 < 50 { "  (uncertain)" } else { "" };
        print_line(format_args!("{label:<11} {}{doubt}", printable(&value.value)))?;
    }
    Ok(())
}

fn value(sourced: Option<&Sourced<String>>) -> Option<String> {
    sourced.map(|sourced| printable(&sourced.value))
}

fn dates(sourced: Option<&Sourced<DateRange>>) -> Option<String> {
    let range = sourced?.value;
    let end = match range.end {
        RangeEnd::At(end) => end.to_string(),
        RangeEnd::Present => "present".to_owned(),
    };
    Some(format!("{} – {end}", range.start))
}

fn join(parts: &[Option<String>]) -> String {
    parts.iter().flatten().cloned().collect::<Vec<_>>().join(", ")
}
