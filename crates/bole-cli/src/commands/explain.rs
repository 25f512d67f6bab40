use bole_engine::{Explained, PlaceNow, ProfileChoice, Scope};

use crate::arguments::Explain;
use crate::commands::changes::overrides;
use crate::exit::Exit;
use crate::output::{both, is_json, points, print_json, print_line, printable};
use crate::session::Session;

/// Concepts that are named as missing, a component.
const N_MISSING: usize = 8;

pub(crate) async fn run(session: Session, command: Explain) -> anyhow::Result<Exit> {
    let (profile, overrides) = (ProfileChoice::read(&command.profile)?, overrides(&command.changes)?);
    let engine = session.open().await?;
    let explained =
        bole_engine::explain(&engine, &command.resume, &profile, &overrides, &Scope::all()).await?;
    if is_json(&command.output) {
        print_json(&explained)?;
    } else {
        print_text(&explained)?;
    }
    Ok(Exit::Done)
}

fn print_text(explained: &Explained) -> anyhow::Result<()> {
    let explanation = &explained.explanation;
    let name = explained.name.as_deref().map_or_else(|| "(name unknown)".to_owned(), printable);
    print_line(format_args!("{name}  {}  {}", explained.resume.short(), printable(&explained.source)))?;
    print_line(format_args!(
        "{} of 100 points for {}, as of {}",
        points(explanation.total),
        explained.profile,
        explanation.as_of
    ))?;
    if let Some(PlaceNow { place, n_ranked, .. }) = explained.place {
        print_line(format_args!("place {place} of {n_ranked} as things are now"))?;
    }
    for component in &explanation.components {
        let (name, earned) = (both(&component.name_en, &component.name_zh), points(component.points));
        print_line(format_args!("\n{name}: {earned} of {}", points(component.weight)))?;
        for reason in &component.reasons {
            let name = both(&reason.name_en, &reason.name_zh);
            print_line(format_args!("  +{:<7} {name}", points(reason.points)))?;
            if let Some(span) = reason.spans.first() {
                let quote = printable(explained.quote(*span).unwrap_or_default());
                print_line(format_args!("           p{}  {quote}", span.page))?;
            }
        }
        let missing =
            component.missing.iter().take(N_MISSING).map(|missing| both(&missing.name_en, &missing.name_zh));
        let missing: Vec<_> = missing.collect();
        if !missing.is_empty() {
            let more = component.missing.len() - missing.len();
            let more = if more > 0 { format!(", and {more} more") } else { String::new() };
            print_line(format_args!("  not shown: {}{more}", missing.join(", ")))?;
        }
    }
    print_rest(explained)
}

fn print_rest(explained: &Explained) -> anyhow::Result<()> {
    let explanation = &explained.explanation;
    print_line("\nbeside the points")?;
    for (label, line) in explained.talent.lines() {
        print_line(format_args!("  {label:<8} {line}"))?;
    }
    if !explanation.gates.is_empty() {
        print_line("\ngates")?;
    }
    for gate in &explanation.gates {
        let outcome = format!("{:?}", gate.outcome).to_lowercase();
        print_line(format_args!("  {outcome:<8} {}", both(&gate.name_en, &gate.name_zh)))?;
    }
    if !explanation.not_counted.is_empty() {
        print_line("\nseen and not counted")?;
    }
    for not_counted in &explanation.not_counted {
        let why = serde_json::to_value(not_counted.why)?;
        let quote = printable(explained.quote(not_counted.span).unwrap_or_default());
        let why = why.as_str().unwrap_or_default().replace('_', " ");
        print_line(format_args!("  {} ({why})  p{}  {quote}", not_counted.concept, not_counted.span.page))?;
    }
    if let Some((_, reason)) = explanation.mainstay() {
        let (name, loss) = (both(&reason.name_en, &reason.name_zh), points(reason.loss));
        let left = points(explanation.total.saturating_sub(reason.loss));
        let place = explained.place.and_then(|place| place.without_mainstay);
        let place = place.map_or_else(String::new, |place| format!(", place {place}"));
        print_line(format_args!("\nwhat it hangs on most: {name}: without it -{loss}, to {left}{place}"))?;
    }
    if let Some(change) = &explanation.best_change {
        let name = both(&change.name_en, &change.name_zh);
        let (gain, total) = (points(change.gain), points(change.total));
        let place = explained.place.and_then(|place| place.with_best_change);
        let place = place.map_or_else(String::new, |place| format!(", place {place}"));
        print_line(format_args!("what would raise it most: {name}: +{gain}, to {total}{place}"))?;
    }
    if explanation.partial {
        print_line(
            "\na part of this resume could not be read: something may be missing here that is on the page",
        )?;
    }
    Ok(())
}
