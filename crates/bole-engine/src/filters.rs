//! Who is looked at in a match, by queries in the language of the search.

use std::sync::Arc;
use std::time::Duration;

use bole_core::{AsOf, DocumentFields, DocumentId, EncodedReading, LogPosition, ReadingId};
use bole_index::{Entry, Query};
use bole_rank::{Filter, Rows};
use rayon::prelude::*;
use tokio::time::Instant;

use crate::{Engine, EngineError, Scope, catching_up, follow};

/// Queries that somebody has to be found by, one after the other: who is not found by one is counted there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filters {
    texts: Vec<String>,
    queries: Arc<[Query]>,
}

/// More than anybody writes by hand.
const N_FILTERS: usize = 16;
/// How many entries are in memory at once.
const CHUNK: usize = 500;
/// How long another process that keeps the index is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(25);

/// What is known of a row, but its fields.
type Known = ((AsOf, ReadingId), Option<EncodedReading>);

impl Filters {
    /// Reads queries: white space around them goes, and one that is given twice counts once, where it was given first.
    ///
    /// # Errors
    /// [`EngineError::Filter`], [`EngineError::FilterBySource`], [`EngineError::TooManyFilters`].
    pub(crate) fn parse(written: &[String]) -> Result<Self, EngineError> {
        let (mut texts, mut queries) = (Vec::new(), Vec::new());
        for text in written {
            let text = text.trim().to_owned();
            if texts.contains(&text) {
                continue;
            }
            match Query::parse(&text) {
                // Where a document came from changes with each copy of it, and no position of the log tells when.
                Ok(query) if query.uses_source() => return Err(EngineError::FilterBySource(text)),
                Ok(query) => queries.push(query),
                Err(source) => return Err(EngineError::Filter { filter: text, source }),
            }
            texts.push(text);
        }
        if texts.len() > N_FILTERS {
            return Err(EngineError::TooManyFilters { n_filters: texts.len(), most: N_FILTERS });
        }
        Ok(Self { texts, queries: queries.into() })
    }

    /// Whether the scope allows all of them.
    ///
    /// # Errors
    /// [`EngineError::HiddenInBlindMode`].
    pub(crate) fn check(&self, scope: &Scope) -> Result<(), EngineError> {
        self.queries.iter().try_for_each(|query| scope.allows_query(query))
    }

    /// The queries as given, in their order.
    pub(crate) fn texts(&self) -> &[String] {
        &self.texts
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Who is found in the search index, and the position of the commit in which they are. Takes in first what the store
    /// has committed, at least up to `least`; if another follower does that, waits some seconds for it, and then goes by
    /// what it has.
    pub(crate) async fn found_now(
        &self,
        engine: &Engine,
        least: LogPosition,
    ) -> Result<(LogPosition, Vec<Filter>), EngineError> {
        let head = engine.store().head().await?.max(least);
        if !follow::refresh(engine).await? {
            catching_up::check(engine).await?;
            let deadline = Instant::now() + PATIENCE;
            while engine.index()?.position().map_err(EngineError::Index)? < head && Instant::now() < deadline
            {
                tokio::time::sleep(POLL).await;
            }
        }
        let (index, queries) = (engine.index()?, self.queries.clone());
        let found = engine.cpu().run(move || index.matching(&queries)).await?.map_err(EngineError::Index)?;
        Ok((found.position, found.documents.into_iter().map(Filter::keeping).collect()))
    }

    /// Who is found in the readings of these rows as of `position`, whatever the search index has.
    pub(crate) async fn found_in(
        &self,
        engine: &Engine,
        rows: &Rows,
        position: LogPosition,
    ) -> Result<Vec<Filter>, EngineError> {
        let mut found = vec![Vec::new(); self.queries.len()];
        let readings: Vec<_> = rows.iter().map(|row| (row.as_of(), row.reading())).collect();
        for chunk in readings.chunks(CHUNK).filter(|_| !self.is_empty()) {
            let ids: Vec<_> = chunk.iter().map(|(_, id)| *id).collect();
            let stored = engine.store().readings(&ids).await?;
            let fields = self.fields_of(engine, &ids, position).await?;
            let (chunk, queries) = (chunk.to_vec(), self.queries.clone());
            let job = move || {
                let entry = |(((as_of, id), stored), fields): (Known, DocumentFields)| {
                    // What is damaged is not searchable either.
                    let reading = stored?.decode(id).ok()?;
                    Some(follow::search_entry(&reading, as_of, fields, Vec::new()))
                };
                let known = chunk.into_par_iter().zip(stored).zip(fields);
                let entries: Vec<Entry> = known.filter_map(entry).collect();
                bole_index::matching(&entries, &queries)
            };
            let matching = engine.cpu().run(job).await?.map_err(EngineError::Index)?;
            for (found, more) in found.iter_mut().zip(matching) {
                found.extend(more);
            }
        }
        Ok(found.into_iter().map(Filter::keeping).collect())
    }

    /// What the documents of these readings had been sent for by `position`, if any of the queries asks.
    async fn fields_of(
        &self,
        engine: &Engine,
        readings: &[ReadingId],
        position: LogPosition,
    ) -> Result<Vec<DocumentFields>, EngineError> {
        if !self.queries.iter().any(Query::uses_field) {
            return Ok(vec![DocumentFields::default(); readings.len()]);
        }
        let documents: Vec<DocumentId> = readings.iter().map(|reading| reading.document).collect();
        let standings = engine.store().standings_of_at(&documents, position).await?;
        let fields = standings.into_iter().map(|standing| standing.map(|standing| standing.fields));
        Ok(fields.map(Option::unwrap_or_default).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(filters: &[&str]) -> Result<Filters, EngineError> {
        Filters::parse(&filters.iter().map(|filter| (*filter).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn filters_keep_their_order_and_count_once() {
        let filters = parse(&[" title:tax ", "audit", "title:tax"]).unwrap();
        assert_eq!(filters.texts(), ["title:tax", "audit"]);
        assert!(parse(&[]).unwrap().is_empty());
    }

    #[test]
    fn a_wrong_filter_is_named() {
        assert!(
            matches!(parse(&["audit", "(tax"]), Err(EngineError::Filter { filter, .. }) if filter == "(tax")
        );
        assert!(matches!(parse(&["tax OR source:a"]), Err(EngineError::FilterBySource(_))));
        let many: Vec<_> = (0..=N_FILTERS).map(|number| format!("word{number}")).collect();
        assert!(matches!(Filters::parse(&many), Err(EngineError::TooManyFilters { .. })));
    }
}
