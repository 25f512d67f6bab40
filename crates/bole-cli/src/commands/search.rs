use bole_engine::{Hit, Scope, SearchOptions, SearchReport};

use crate::arguments::Search;
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, printable};
use crate::session::Session;

pub(crate) async fn run(session: Session, command: Search) -> anyhow::Result<Exit> {
    let engine = session.open().await?;
    let options =
        SearchOptions { offset: 0, limit: command.top as usize, facets: false, scope: Scope::all() };
    let report = bole_engine::search(&engine, &command.query, &options).await?;
    if is_json(&command.output) {
        print_json(&report)?;
    } else {
        print_text(&report)?;
    }
    Ok(Exit::Done)
}

fn print_text(report: &SearchReport) -> anyhow::Result<()> {
    for (number, hit) in (1..).zip(&report.hits) {
        print_hit(number, hit)?;
    }
    let shown = report.hits.len();
    let rest = if shown < report.n_found { format!(", the first {shown} shown") } else { String::new() };
    print_line(format_args!("{} found{rest}", report.n_found))
}

fn print_hit(number: u32, hit: &Hit) -> anyhow::Result<()> {
    let name = hit.name.as_deref().map(printable).unwrap_or_default();
    print_line(format_args!("{number:>3}  {}  {name}  {}", hit.resume.short(), printable(&hit.source)))?;
    for snippet in &hit.snippets {
        print_line(format_args!("       p{}  {}", snippet.page, marked(&snippet.text, &snippet.highlights)))?;
    }
    Ok(())
}

/// The text with what was found in brackets: readable in a pipe and without colours too.
fn marked(text: &str, highlights: &[(u32, u32)]) -> String {
    let mut marked = String::new();
    for (index, scalar) in (0..).zip(text.chars()) {
        if highlights.iter().any(|(start, _)| *start == index) {
            marked.push('[');
        }
        marked.push_str(&printable(scalar.encode_utf8(&mut [0; 4])));
        if highlights.iter().any(|(_, end)| *end == index + 1) {
            marked.push(']');
        }
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_bracketed() {
        assert_eq!(marked("从事固态电池研发", &[(2, 6)]), "从事[固态电池]研发");
        assert_eq!(marked("BMS", &[(0, 3)]), "[BMS]");
    }
}
