use std::collections::BTreeMap;

use bole_core::message::v1::Submitted;
use bole_core::{
    AsOf, DocumentId, EncodedEvidence, EncodedReading, MatchKeys, Page, Pages, ReaderVersion, Reading,
    Resume, SubmissionId,
};
use bole_store::{Decided, Decision, Keep};
use jiff::Timestamp;

use super::*;
use crate::engine::ReaderProgram;
use crate::{
    DataFolder, Engine, Knowledge, MatchQuery, MatchReport, Overrides, ProfileChoice, SearchOptions,
    SearchReport, Settings, dates_of, explain, export, replay_match, run_match, search, search_entry, show,
};

fn fields(names: &[&str]) -> BTreeSet<FieldId> {
    names.iter().map(|name| FieldId((*name).to_owned())).collect()
}

fn scope(names: &[&str]) -> Scope {
    Scope::only(&fields(names)).unwrap()
}

fn reading(content: &str) -> Reading {
    Reading {
        document: DocumentId::of(content.as_bytes()),
        reader: ReaderVersion(1),
        content: Pages {
            pages: vec![Page { text: content.to_owned(), ..Page::default() }],
            ..Pages::default()
        },
        resume: Resume::default(),
    }
}

fn as_of(year: i16) -> AsOf {
    AsOf(jiff::civil::Date::constant(year, 3, 1))
}

#[test]
fn a_scope_is_told_as_a_query() {
    assert_eq!(Scope::all().query(), None);
    let two = scope(&["Finance", "energy storage", "?", "any"]);
    assert_eq!(two.query().as_deref(), Some("field:any OR field:energy-storage OR field:finance"));
    assert_eq!(scope(&[]).query().as_deref(), Some("field:any"));
    let many: BTreeSet<_> = (0..99).map(|number| FieldId(format!("field-{number}"))).collect();
    assert!(matches!(Scope::only(&many), Err(EngineError::ScopeTooLarge { n_fields: 99 })));
}

/// What the index finds by the query of a scope is what the scope sees, whatever portals and keys call a field.
#[test]
fn what_is_seen_is_what_is_found() {
    let (long, too_long) = ("f".repeat(64), "f".repeat(65));
    let names = [
        "finance",
        "Finance",
        "aerospace",
        "energy storage",
        "energy-storage",
        "金融",
        "金 融",
        "any",
        "ANY",
        "",
        "?",
        "and",
        "OR",
        "NOT",
        "x:y",
        "field:finance",
        "\"",
        "「a」",
        "(a",
        "a) OR field:b",
        "C++",
        "½",
        "ß",
        "İ",
        "न्",
        "e\u{301}",
        "①",
        "2026",
        "-a",
        "a_b",
        "\0",
        "ﬁnance",
        "K",
        &long,
        &too_long,
    ];
    let mut state = 7_u64;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    let some = |most: usize, below: &mut dyn FnMut(usize) -> usize| -> Vec<&str> {
        (0..below(most + 1)).map(|_| names[below(names.len())]).collect()
    };
    let mut sent: Vec<DocumentFields> = names
        .iter()
        .map(|name| DocumentFields::of(Some(&FieldId((*name).to_owned()))))
        .chain([DocumentFields::default(), DocumentFields::of(None)])
        .collect();
    sent.extend(
        (0..60).map(|_| fields(&some(20, &mut below)).into_iter().map(Some).collect::<DocumentFields>()),
    );
    let entries: Vec<_> = (0..)
        .zip(&sent)
        .map(|(number, fields)| {
            search_entry(&reading(&format!("{number}")), as_of(2026), fields.clone(), vec![])
        })
        .collect();
    let mut scopes: Vec<Scope> = names.iter().map(|name| scope(&[name])).collect();
    scopes.extend((0..60).filter_map(|_| Scope::only(&fields(&some(12, &mut below))).ok()));
    let queries: Vec<_> = scopes.iter().map(|scope| Query::parse(&scope.query().unwrap()).unwrap()).collect();
    let found = bole_index::matching(&entries, &queries).unwrap();
    let (mut n_seen, mut n_unseen) = (0, 0);
    for (scope, found) in scopes.iter().zip(found) {
        for (entry, fields) in entries.iter().zip(&sent) {
            let sees = scope.sees(fields);
            assert_eq!(sees, found.contains(&entry.document), "{scope:?} and {fields:?}");
            *(if sees { &mut n_seen } else { &mut n_unseen }) += 1;
            assert!(Scope::all().sees(fields));
        }
    }
    assert!(n_seen > 500 && n_unseen > 500, "{n_seen} {n_unseen}");
}

async fn open(data: &std::path::Path) -> Engine {
    let settings = Settings::resolve(None, &BTreeMap::new(), &BTreeMap::new()).unwrap();
    let reader = ReaderProgram { program: "no-reader".into(), arguments: Vec::new() };
    let data = DataFolder::create(data).unwrap();
    Engine::open(settings, Knowledge::load(None).unwrap(), data, reader).await.unwrap()
}

/// Takes in a resume of that text, sent for a field or without one.
async fn send(engine: &Engine, message: &str, content: &str, field: Option<&str>, year: i16) -> DocumentId {
    let reading = reading(content);
    let lexicon = engine.knowledge().lexicon();
    let evidence = bole_rank::collect(&reading, lexicon);
    let decided = Decided {
        submitted: Submitted {
            submission: SubmissionId {
                portal: "live".parse().unwrap(),
                message_id: message.parse().unwrap(),
            },
            document: reading.document,
            document_date: as_of(year),
            candidate_ref: Some("one person".to_owned()).filter(|_| content.contains("twin")),
            field: field.map(|field| FieldId(field.to_owned())),
            consent: None,
            traceparent: None,
            source_name: Some(format!("/in/{message}.pdf")),
        },
        original: Keep::InCommit(content.to_owned().into_bytes().into()),
        decision: Decision::Read {
            reading: (reading.id(), EncodedReading::encode(&reading).unwrap()),
            evidence: (lexicon.hash(), EncodedEvidence::encode(&evidence).unwrap()),
            keys: MatchKeys::default(),
            partial: false,
        },
    };
    let now = Timestamp::from_second(1_790_000_000).unwrap();
    engine.store().commit(&[decided], now).await.unwrap();
    reading.document
}

async fn found(engine: &Engine, text: &str, scope: &Scope, offset: usize, limit: usize) -> SearchReport {
    let options = SearchOptions { offset, limit, facets: true, scope: scope.clone() };
    search(engine, text, &options).await.unwrap()
}

async fn matched(engine: &Engine, scope: &Scope, filters: &[&str]) -> MatchReport {
    let query = MatchQuery {
        profile: ProfileChoice::Named("finance".to_owned()),
        overrides: Overrides::default(),
        scope: scope.clone(),
        filters: filters.iter().map(|filter| (*filter).to_owned()).collect(),
        top: 99,
        page: crate::Page::WHOLE,
        lists: true,
    };
    run_match(engine, &query).await.unwrap()
}

fn ids(report: &MatchReport) -> BTreeSet<DocumentId> {
    report.results.iter().map(|placed| placed.resume).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_sees_its_own_until_a_copy_comes_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path()).await;
    let finance = send(&engine, "1", "audit and tax, accountant", Some("finance"), 2026).await;
    let pilot = send(&engine, "2", "audit of a pilot, twin", Some("aerospace"), 2025).await;
    let nowhere = send(&engine, "3", "audit at a bank", None, 2026).await;
    let older = send(&engine, "4", "audit before, twin", Some("finance"), 2020).await;
    let unit = scope(&["Finance"]);
    let query = "field:any OR field:finance";

    let report = found(&engine, "audit", &unit, 0, 10).await;
    assert_eq!(
        report.hits.iter().map(|hit| hit.resume).collect::<BTreeSet<_>>(),
        [finance, nowhere, older].into()
    );
    assert_eq!(report.n_found, 3);
    // Nothing that is typed gets round it, and it changes no order.
    for text in [
        "audit OR field:aerospace",
        "audit) OR (pilot",
        "pilot OR -finance",
        "field:aerospace",
        "-tax OR pilot",
    ] {
        let options = SearchOptions { offset: 0, limit: 10, facets: false, scope: unit.clone() };
        match search(&engine, text, &options).await {
            Ok(report) => assert!(report.hits.iter().all(|hit| hit.resume != pilot), "{text}"),
            Err(error) => assert!(matches!(error, EngineError::Query(_)), "{text}: {error}"),
        }
    }
    let all = found(&engine, "audit", &Scope::all(), 0, 10).await;
    assert_eq!(all.n_found, 4);
    let seen: Vec<_> = all.hits.iter().filter(|hit| hit.resume != pilot).cloned().collect();
    assert_eq!(seen, report.hits);
    // Page by page, and by value.
    let pages = [found(&engine, "audit", &unit, 0, 2).await, found(&engine, "audit", &unit, 2, 2).await];
    assert_eq!(pages.iter().flat_map(|page| page.hits.clone()).collect::<Vec<_>>(), report.hits);
    assert!(found(&engine, "audit", &unit, 9, 2).await.hits.is_empty());
    let facets = report.facets.unwrap();
    let counts = |counts: &[(&str, u64)]| -> BTreeMap<String, u64> {
        counts.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect()
    };
    assert_eq!(facets.field, counts(&[("any", 1), ("finance", 2)]));
    assert_eq!(facets.year, counts(&[("2020", 1), ("2026", 2)]));
    for (year, count) in &facets.year {
        assert_eq!(found(&engine, &format!("year:{year}"), &unit, 0, 9).await.n_found as u64, *count);
    }
    let options = SearchOptions { offset: 9_999, limit: 2, facets: false, scope: unit.clone() };
    let refused = search(&engine, "audit", &options).await;
    assert!(matches!(refused, Err(EngineError::PageTooDeep { asked: 10_001, .. })));

    // The resume of aerospace is the newer one of that person.
    let before = matched(&engine, &unit, &["audit"]).await;
    assert_eq!(before.filters, [query, "audit"]);
    assert_eq!(before.census.filtered_out, counts(&[(query, 1)]));
    assert_eq!(ids(&before), [finance, nowhere].into());
    assert_eq!(ids(&matched(&engine, &Scope::all(), &[]).await), [finance, nowhere, pilot].into());

    // What is out of scope answers as what does not exist.
    let (choice, none) = (ProfileChoice::Named("finance".to_owned()), Overrides::default());
    let absent = DocumentId::of(b"absent").to_string();
    let prefix: String = pilot.to_string().chars().take(12).collect();
    for name in [absent, pilot.to_string(), prefix, "/in/2.pdf".to_owned()] {
        let told = [
            show(&engine, &name, &unit).await.err().unwrap(),
            explain(&engine, &name, &choice, &none, &unit).await.err().unwrap(),
            export(&engine, &name, &unit).await.err().unwrap(),
        ];
        for error in told {
            assert_eq!(error.to_string(), EngineError::UnknownResume(name.clone()).to_string());
        }
    }
    assert_eq!(show(&engine, &pilot.to_string(), &Scope::all()).await.unwrap().other_versions, [older]);
    assert_eq!(show(&engine, &older.to_string(), &unit).await.unwrap().other_versions, []);
    let three = [older, pilot, DocumentId::of(b"absent")];
    let dates = [Some(as_of(2020)), Some(as_of(2025)), None];
    assert_eq!(dates_of(&engine, &three, &Scope::all()).await.unwrap(), dates);
    assert_eq!(dates_of(&engine, &three, &unit).await.unwrap(), [dates[0], None, None]);
    let explained = explain(&engine, &nowhere.to_string(), &choice, &none, &unit).await.unwrap();
    assert_eq!(explained.place.unwrap().n_ranked, 2);

    // The same bytes for another field.
    send(&engine, "5", "audit of a pilot, twin", Some("FINANCE"), 2026).await;
    assert_eq!(found(&engine, "pilot", &unit, 0, 9).await.n_found, 1);
    assert_eq!(show(&engine, &pilot.to_string(), &unit).await.unwrap().document, pilot);
    assert_eq!(show(&engine, &older.to_string(), &unit).await.unwrap().other_versions, [pilot]);
    let after = matched(&engine, &unit, &["audit"]).await;
    assert_eq!(ids(&after), [finance, nowhere, pilot].into());
    // A run of before is told as it was, and one of now by no index.
    assert_eq!(replay_match(&engine, &before.run).await.unwrap(), before);
    assert_eq!(replay_match(&engine, &after.run).await.unwrap(), after);
}
