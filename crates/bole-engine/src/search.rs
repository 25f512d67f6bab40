use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use bole_core::{DocumentId, EncodedReading, ReadingId};
use bole_index::Query;
use bole_resume::blinded;
use serde::Serialize;
use utoipa::ToSchema;

use crate::show::sources_of;
use crate::{Engine, EngineError, Scope, catching_up, follow};

/// What a search found.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SearchReport {
    /// The query as written.
    pub query: String,
    /// How many resumes it finds.
    pub n_found: usize,
    /// The best of them, or those after `offset`.
    pub hits: Vec<Hit>,
    /// All that it finds, by value, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facets: Option<Facets>,
}

/// How many of all that a search finds have each value. Each value finds these again: `degree:master`. Of more than 100
/// values the most frequent are told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Facets {
    /// By highest degree; not everybody has one.
    pub degree: BTreeMap<String, u64>,
    /// By language.
    pub language: BTreeMap<String, u64>,
    /// By field that it was sent for, of which there may be several; `any` for what was sent without.
    pub field: BTreeMap<String, u64>,
    /// By the year that it speaks from.
    pub year: BTreeMap<String, u64>,
}

/// How a search is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchOptions {
    /// How many of the best are passed over.
    pub offset: usize,
    /// How many are shown after these; with them at most [`SearchOptions::MAX_DEPTH`].
    pub limit: usize,
    /// Whether all that is found is counted by value.
    pub facets: bool,
    /// What may be found.
    pub scope: Scope,
}

impl SearchOptions {
    /// Nobody is shown after so many.
    pub const MAX_DEPTH: usize = 10_000;
}

/// A resume that was found.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Hit {
    /// The resume.
    pub resume: DocumentId,
    /// Where it was ingested from, or the submission it came by; empty in blind mode.
    pub source: String,
    /// The name as written; none in blind mode.
    pub name: Option<String>,
    /// How well it fits the query (BM25): an order among hits, not a score of a person.
    pub relevance: f32,
    /// Lines with what was found, protected places blanked.
    pub snippets: Vec<Snippet>,
}

/// A line in which something was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Snippet {
    /// The page, from 1.
    pub page: u32,
    /// The line, cut if it is long.
    pub text: String,
    /// What was found in it: half-open ranges of Unicode scalars.
    pub highlights: Vec<(u32, u32)>,
}

/// Snippets a hit.
const N_SNIPPETS: usize = 3;
/// A long line is cut to this many characters.
const N_SHOWN: u32 = 110;
/// A line is searched in stretches of so many characters, as a page may be a single line of millions.
const N_STRETCH: usize = 4096;
/// By so much they overlap: more than what a query can seek as one phrase.
const N_OVERLAP: usize = 1024;

/// Searches all that is indexed. Takes in first what the store has committed, if no other process does.
///
/// # Errors
/// [`EngineError::Query`] for a query that is not understood or too large; [`EngineError::HiddenInBlindMode`] for one by name or
/// source; [`EngineError::PageTooDeep`]; [`EngineError::IndexBehind`] of a server that has not caught up yet; an outage.
pub async fn search(
    engine: &Engine,
    text: &str,
    options: &SearchOptions,
) -> Result<SearchReport, EngineError> {
    let SearchOptions { offset, limit, facets, scope } = options.clone();
    let depth = offset.saturating_add(limit);
    if depth > SearchOptions::MAX_DEPTH {
        return Err(EngineError::PageTooDeep { asked: depth, most: SearchOptions::MAX_DEPTH });
    }
    let mut query = Query::parse(text)?;
    scope.allows_query(&query)?;
    if let Some(scope) = scope.query() {
        query = query.within(&Query::parse(&scope)?);
    }
    // If another process is the follower, its last commit is what there is to be found.
    follow::refresh(engine).await?;
    catching_up::check(engine).await?;
    let query = Arc::new(query);
    let (index, asked) = (engine.index()?, query.clone());
    let found = engine.cpu().run(move || {
        if facets {
            return index.search_counting(&asked, depth).map(|(found, facets)| (found, Some(facets)));
        }
        index.search(&asked, depth).map(|found| (found, None))
    });
    let (found, facets) = found.await?.map_err(EngineError::Index)?;
    let page: Vec<_> = found.hits.into_iter().skip(offset).collect();
    let documents: Vec<_> = page.iter().map(|hit| hit.document).collect();
    let standings = engine.store().standings_of(&documents).await?;
    // What was erased since the last commit of the index is not shown, nor what has left the scope since.
    let still_there = page.into_iter().zip(&standings).filter_map(|(hit, standing)| {
        let standing = standing.as_ref().filter(|standing| scope.sees(&standing.fields))?;
        Some((hit, standing.indexed()?.0))
    });
    let (hits, readings): (Vec<_>, Vec<_>) = still_there.unzip();
    let encoded = engine.store().readings(&readings).await?;
    let mut sources = sources_of(engine, &readings, &scope).await?;
    let is_blind = scope.is_blind();
    let shown = engine.cpu().run(move || {
        let show = |((hit, id), encoded): ((bole_index::Hit, ReadingId), Option<EncodedReading>)| {
            let reading = encoded?.decode(id);
            let reading = reading.map(|reading| if is_blind { blinded(reading) } else { reading });
            let source = sources.remove(&hit.document).unwrap_or_default();
            Some(reading.map(|reading| Hit {
                resume: hit.document,
                source,
                snippets: snippets(&query, &reading.masked_content()),
                name: reading.resume.name.map(|name| name.value),
                relevance: hit.bm25,
            }))
        };
        hits.into_iter().zip(readings).zip(encoded).filter_map(show).collect::<Result<Vec<_>, _>>()
    });
    let facets = facets.map(|bole_index::Facets { degree, language, field, year }| Facets {
        degree,
        language,
        field,
        year,
    });
    Ok(SearchReport { query: text.to_owned(), n_found: found.n_total, hits: shown.await??, facets })
}

/// The first lines in which the query's terms stand.
fn snippets(query: &Query, content: &bole_core::Pages) -> Vec<Snippet> {
    let mut snippets = Vec::new();
    for (page, number) in content.pages.iter().zip(1..) {
        for line in page.text.lines() {
            let highlights = highlights(query, line);
            let Some(first) = highlights.first() else { continue };
            if snippets.len() == N_SNIPPETS {
                return snippets;
            }
            snippets.push(cut(number, line, &highlights, first.start));
        }
    }
    snippets
}

/// What was found in the first stretch of a line that has anything: no more of it is shown.
fn highlights(query: &Query, line: &str) -> Vec<Range<u32>> {
    let (mut rest, mut before) = (line, 0);
    loop {
        let mut places = rest.char_indices().skip(N_STRETCH - N_OVERLAP);
        let next = places.next().map_or(rest.len(), |(at, _)| at);
        let end = places.nth(N_OVERLAP - 1).map_or(rest.len(), |(at, _)| at);
        let (is_first, is_last) = (before == 0, end == rest.len());
        let mut found = query.highlight(rest.get(..end).unwrap_or(rest));
        // What reaches a cut may be a part of a word; the next stretch has it whole.
        found.retain(|range| (is_first || range.start > 0) && (is_last || range.end < N_STRETCH as u32));
        if is_last || !found.is_empty() {
            return found.into_iter().map(|range| range.start + before..range.end + before).collect();
        }
        rest = rest.get(next..).unwrap_or_default();
        before += (N_STRETCH - N_OVERLAP) as u32;
    }
}

/// A line cut to what can be shown around its first highlight, with `…` where something is left out.
fn cut(page: u32, line: &str, highlights: &[Range<u32>], first: u32) -> Snippet {
    let start = first.saturating_sub(N_SHOWN / 3);
    let end = start + N_SHOWN;
    let mut text: String = line.chars().skip(start as usize).take(N_SHOWN as usize).collect();
    let n_scalars = line.chars().count() as u32;
    let mark = u32::from(start > 0);
    if start > 0 {
        text.insert(0, '…');
    }
    if end < n_scalars {
        text.push('…');
    }
    let shown = highlights.iter().filter(|range| range.end <= end);
    let highlights = shown.map(|range| (range.start - start + mark, range.end - start + mark)).collect();
    Snippet { page, text, highlights }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_end_is_searched_in_stretches() {
        let query = Query::parse("audit").unwrap();
        let n_next = N_STRETCH - N_OVERLAP;
        for place in [0, 7, n_next - 3, n_next, N_STRETCH - 3, N_STRETCH, 50_000] {
            let line = format!("{}audit {}", " ".repeat(place), "- ".repeat(60_000));
            let place = place as u32;
            assert_eq!(highlights(&query, &line), std::slice::from_ref(&(place..place + 5)));
        }
        // Each of the cuts leaves a part of a word that is what is sought.
        for part in [n_next - 2, N_STRETCH - 5] {
            let line = format!("{}auditor {}", " ".repeat(part), "- ".repeat(60_000));
            assert_eq!(highlights(&query, &line), []);
            let line = format!("{}coaudit {}", " ".repeat(part), "- ".repeat(60_000));
            assert_eq!(highlights(&query, &line), []);
        }
    }

    #[test]
    fn a_long_line_is_cut_around_what_was_found() {
        let line = format!("{}固态电池{}", "前".repeat(200), "后".repeat(200));
        let Snippet { text, highlights, .. } = cut(1, &line, &[200..204, 390..392], 200);
        assert_eq!(text.chars().count(), N_SHOWN as usize + 2);
        let [(start, end)] = highlights[..] else { panic!("{highlights:?}") };
        let found: String = text.chars().skip(start as usize).take((end - start) as usize).collect();
        assert_eq!(found, "固态电池");
        let short = cut(1, "固态电池", std::slice::from_ref(&(0..4)), 0);
        assert_eq!((short.text.as_str(), short.highlights), ("固态电池", vec![(0, 4)]));
    }
}
