//! What a match shows of a resume, kept for the next one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bole_core::{ContentHash, EncodedReading, Evidence, Mention, Pages, ReadingId, StoredError};
use bole_resume::blinded;
use rayon::prelude::*;

use crate::population::evidence_of;
use crate::{Engine, EngineError, Knowledge, Scope};

/// What is shown of a resume that is among the best; of a reading and a lexicon it is always the same, in blind mode and
/// without.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) evidence: Evidence,
    /// The name as written; none in blind mode.
    pub(crate) name: Option<String>,
    /// The text, protected places blanked, without boxes.
    pub(crate) content: Pages,
}

/// The parts shown last. Decoding them took half of a match's time, and the best of one match are mostly among the best of
/// the next.
#[derive(Debug, Default)]
pub(crate) struct ShownCache {
    generations: Mutex<Generations>,
}

/// What is not asked for while the young fill up is forgotten with the old.
#[derive(Debug, Default)]
struct Generations {
    young: BTreeMap<Key, Arc<Parts>>,
    n_young_bytes: usize,
    old: BTreeMap<Key, Arc<Parts>>,
}

/// The lexicon, the reading, and whether it is shown in blind mode.
type Key = (ContentHash, ReadingId, bool);

/// How much a generation holds, in resumes; both are the bound.
const MAX_RESUMES: usize = 1000;
/// And in bytes.
const MAX_BYTES: usize = 8 << 20;

impl ShownCache {
    fn get(&self, key: Key) -> Option<Arc<Parts>> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(parts) = generations.young.get(&key) {
            return Some(parts.clone());
        }
        let parts = generations.old.get(&key)?.clone();
        generations.keep(key, parts.clone());
        Some(parts)
    }

    fn keep(&self, key: Key, parts: Arc<Parts>) {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner).keep(key, parts);
    }
}

impl Generations {
    fn keep(&mut self, key: Key, parts: Arc<Parts>) {
        let n_bytes = parts.n_bytes();
        if n_bytes > MAX_BYTES / 8 {
            return;
        }
        if self.young.len() >= MAX_RESUMES || self.n_young_bytes + n_bytes > MAX_BYTES {
            self.old = std::mem::take(&mut self.young);
            self.n_young_bytes = 0;
        }
        if self.young.insert(key, parts).is_none() {
            self.n_young_bytes += n_bytes;
        }
    }
}

impl Parts {
    fn new(
        id: ReadingId,
        encoded: &EncodedReading,
        evidence: Evidence,
        is_blind: bool,
    ) -> Result<Self, StoredError> {
        let mut reading = encoded.decode(id)?;
        if is_blind {
            reading = blinded(reading);
        }
        let mut content = reading.masked_content();
        for page in &mut content.pages {
            page.runs = Vec::new();
            page.hidden = Vec::new();
        }
        Ok(Self { evidence, name: reading.resume.name.map(|name| name.value), content })
    }

    /// About the memory that it takes.
    fn n_bytes(&self) -> usize {
        let text: usize = self.content.pages.iter().map(|page| page.text.len() + size_of_val(page)).sum();
        // A mention points to the id of its concept besides.
        size_of::<Self>() + text + self.evidence.mentions.len() * (size_of::<Mention>() + 32)
    }
}

/// What the scope shows of `readings`, in their order; none for one that is not stored.
///
/// # Errors
/// [`EngineError::DamagedReading`], stored bytes that cannot be read; an outage.
pub(crate) async fn parts_of(
    engine: &Engine,
    knowledge: &Arc<Knowledge>,
    readings: &[ReadingId],
    scope: &Scope,
) -> Result<Vec<Option<Arc<Parts>>>, EngineError> {
    let (lexicon, is_blind) = (knowledge.lexicon().hash(), scope.is_blind());
    let mut parts: Vec<_> = readings.iter().map(|id| engine.shown().get((lexicon, *id, is_blind))).collect();
    let missing: Vec<_> = readings.iter().zip(&parts).filter(|(_, parts)| parts.is_none()).collect();
    let missing: Vec<_> = missing.into_iter().map(|(id, _)| *id).collect();
    if missing.is_empty() {
        return Ok(parts);
    }
    let stored = async { Ok(engine.store().readings(&missing).await?) };
    let (evidence, stored) = tokio::try_join!(evidence_of(engine, knowledge, &missing), stored)?;
    let decoded = engine.cpu().run(move || {
        let all = missing.into_par_iter().zip(stored).zip(evidence);
        let found = all.filter_map(|((id, encoded), evidence)| {
            Some(Parts::new(id, &encoded?, evidence, is_blind).map(|parts| (id, Arc::new(parts))))
        });
        found.collect::<Result<BTreeMap<_, _>, StoredError>>()
    });
    let decoded = decoded.await??;
    for (id, place) in readings.iter().zip(&mut parts) {
        if let Some(found) = decoded.get(id) {
            engine.shown().keep((lexicon, *id, is_blind), found.clone());
            *place = Some(found.clone());
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use bole_core::{DocumentId, Page, ReaderVersion};

    use super::*;

    fn key(number: usize) -> Key {
        let document = DocumentId::of(&number.to_be_bytes());
        (ContentHash::of(b"lexicon"), ReadingId { document, reader: ReaderVersion(1) }, false)
    }

    fn parts((lexicon, reading, _): Key, n_bytes: usize) -> Arc<Parts> {
        let evidence = Evidence {
            reading,
            lexicon,
            mentions: Vec::new(),
            degrees: Vec::new(),
            jobs: Vec::new(),
            claimed_months: None,
            achievements: Vec::new(),
            partial: false,
        };
        let page = Page { text: "x".repeat(n_bytes), ..Page::default() };
        Arc::new(Parts { evidence, name: None, content: Pages { pages: vec![page], ..Pages::default() } })
    }

    #[test]
    fn what_is_asked_for_stays_and_all_of_it_is_bounded() {
        for n_bytes in [10, 100_000] {
            let cache = ShownCache::default();
            let first = parts(key(0), n_bytes);
            cache.keep(key(0), first.clone());
            for number in 1..5000 {
                cache.keep(key(number), parts(key(number), n_bytes));
                assert!(Arc::ptr_eq(&cache.get(key(0)).unwrap(), &first));
            }
            assert!(cache.get(key(1)).is_none());
            let generations = cache.generations.lock().unwrap();
            for generation in [&generations.young, &generations.old] {
                assert!(generation.len() <= MAX_RESUMES);
                assert!(generation.values().map(|parts| parts.n_bytes()).sum::<usize>() <= MAX_BYTES);
            }
        }
    }
}
