use super::*;
use crate::population::tests::{Dice, change, open, take_in};
use crate::replay_match;

fn query(filters: &[&str]) -> MatchQuery {
    MatchQuery {
        profile: ProfileChoice::Named("energy-storage".to_owned()),
        overrides: Overrides::read(&["titles=3".to_owned()], &["field=off".to_owned()]).unwrap(),
        scope: Scope::all(),
        filters: filters.iter().map(|filter| (*filter).to_owned()).collect(),
        top: 30,
        page: Page::WHOLE,
        lists: true,
    }
}

fn bytes(report: &MatchReport) -> String {
    serde_json::to_string(report).unwrap()
}

/// What `whole` says on a page.
fn cut(whole: &MatchReport, page: Page) -> MatchReport {
    let results = page.of(&whole.results).to_vec();
    MatchReport { results, unreadable: None, older_versions: None, ..whole.clone() }
}

async fn check_pages(engine: &Engine, whole: &MatchReport) {
    for offset in [0, 1, 7, 29, 30, 5000] {
        for limit in [0, 4, 1000] {
            let page = Page { offset, limit };
            let told = match_page(engine, &whole.run, page, &Scope::all()).await.unwrap();
            assert_eq!(bytes(&told), bytes(&cut(whole, page)), "{page:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_a_slice_wherever_it_comes_from() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path()).await;
    let (mut dice, mut messages) = (Dice(3), 0);
    for _ in 0..40 {
        change(&mut dice, &engine, &mut messages).await;
    }
    let mut reports = Vec::new();
    for filters in [&[][..], &["储能 OR accountant", "bank OR 固态电池 OR 税务"]] {
        let whole = run_match(&engine, &query(filters)).await.unwrap();
        assert!(whole.results.len() > 10 && whole.results[0].score > 0, "{}", whole.results.len());
        assert!(whole.results.iter().zip(1..).all(|(placed, place)| placed.place == place));
        let reasons = || whole.results.iter().flat_map(|placed| &placed.reasons);
        let meant = |reason: &Reason| {
            let (start, end) = reason.meant?;
            reason.quote.get(start..end).map(str::to_owned)
        };
        assert!(reasons().all(|reason| meant(reason).is_some_and(|meant| !meant.is_empty())));
        let first = MatchQuery { page: Page { offset: 3, limit: 2 }, lists: false, ..query(filters) };
        let told = run_match(&engine, &first).await.unwrap();
        assert_eq!(told, cut(&whole, first.page), "the run does not depend on the page");
        let sought = [whole.results[6].resume, DocumentId::of(b"nobody's"), whole.results[2].resume];
        let places = places_in(&engine, &whole.run, &sought, &Scope::all()).await.unwrap();
        let expected = [2, 6].map(|at| &whole.results[at]);
        let expected = expected.map(|placed| (placed.resume, (placed.place as u64, placed.score)));
        assert_eq!(places, BTreeMap::from(expected));
        reports.push(whole);
    }
    // Whatever comes later.
    for _ in 0..20 {
        change(&mut dice, &engine, &mut messages).await;
    }
    let other = open(folder.path()).await;
    for whole in &reports {
        check_pages(&engine, whole).await;
        engine.rankings().forget();
        let page = Page { offset: 2, limit: 5 };
        assert_eq!(match_page(&engine, &whole.run, page, &Scope::all()).await.unwrap(), cut(whole, page));
        check_pages(&engine, whole).await;
        check_pages(&other, whole).await;
        other.rankings().forget();
        assert_eq!(bytes(&replay_match(&other, &whole.run).await.unwrap()), bytes(whole));
        assert_eq!(bytes(&replay_match(&engine, &whole.run).await.unwrap()), bytes(whole));
    }
}

#[tokio::test]
async fn lists_are_told_page_by_page() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path()).await;
    take_in(&engine, 0..5, false).await;
    take_in(&engine, 5..11, true).await;
    let whole = run_match(&engine, &query(&[])).await.unwrap();
    let (unreadable, older) = (whole.unreadable.unwrap(), whole.older_versions.unwrap());
    assert_eq!((unreadable.len(), older.len()), (5, 5));
    assert_eq!(whole.census.unreadable.values().sum::<u64>(), unreadable.len() as u64);
    for offset in [0, 2, 4, 1000] {
        let page = Page { offset, limit: 2 };
        assert_eq!(
            unreadable_of(&engine, &whole.run, page, &Scope::all()).await.unwrap(),
            page.of(&unreadable)
        );
        assert_eq!(
            older_versions_of(&engine, &whole.run, page, &Scope::all()).await.unwrap(),
            page.of(&older)
        );
    }
    let prefix = |n_digits| whole.run.chars().take(n_digits).collect::<String>();
    let refused = match_page(&engine, &prefix(7), Page::WHOLE, &Scope::all()).await;
    assert!(matches!(refused, Err(EngineError::UnknownRun(_))));
    assert!(match_page(&engine, &prefix(8), Page::WHOLE, &Scope::all()).await.is_ok());
}
