//! Nothing that a blind scope is told tells who somebody is.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use bole_core::message::v1::Submitted;
use bole_core::{
    AsOf, Choice, DocumentId, EncodedEvidence, EncodedReading, Hidden, HiddenReason, MatchKeys, Page, Pages,
    ReaderVersion, Reading, SubmissionId,
};
use bole_store::{Decided, Decision, Keep};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::population::tests::open;
use crate::*;

/// A fictional person's resume, and what in it tells who that is.
struct Planted {
    name: &'static str,
    text: &'static str,
    message: &'static str,
    reference: &'static str,
    source: &'static str,
    telling: &'static [&'static str],
}

const PLANTED: [Planted; 2] = [
    Planted {
        name: "欧阳若楠",
        text: "欧阳若楠\n性别：女  年龄：34岁  出生年月：1991年7月  民族：土家族  籍贯：湘西凤凰\n\
            婚姻状况：已婚  政治面貌：中共党员\n电话：13900005678  邮箱：ruonan.ouyang@example.com\n\
            主页：https://github.com/ruonan-oy\n\n教育背景\n2009.09-2013.06  中华女子学院  会计学  本科\n\n\
            工作经历\n2013.07-2021.06  某某银行  风险经理\n欧阳若楠主持固态电池和储能项目的审计，她带领团队\n\n\
            论文\n欧阳若楠，固态电池储能融资研究，金融研究，2019\n",
        message: "mail-ruonan-5521",
        reference: "ref-ouyang-7781",
        source: "/in/欧阳若楠-简历.pdf",
        telling: &[
            "欧阳",
            "若楠",
            "女",
            "她",
            "34岁",
            "1991年7月",
            "土家",
            "湘西",
            "已婚",
            "党员",
            "13900005678",
            "ruonan",
            "ouyang",
            "example.com",
        ],
    },
    Planted {
        name: "Brunhilde Achterberg",
        text: "Brunhilde Achterberg\nGender: Female  Age: 37  Date of birth: 3 March 1989\n\
            Place of birth: Ljubljana  Marital status: Divorced  Ethnicity: Hmong\n\
            Political status: Party member\nEmail: hilde@mail.example  Phone: +1 415 555 0134\n\nEducation\n\
            2007 - 2011  Wellesley College  BSc in Materials Science\n\nWork Experience\n\
            2012.07 - Present  Lake Ltd  Battery Engineer\n\
            - Mrs. Achterberg led solid-state battery work, and B. ACHTERBERG audited an energy storage bank\n\n\
            Publications\n- Achterberg, Brunhilde and Lee: Solid-state battery storage, Energy Journal, 2018\n",
        message: "mail-hilde-77",
        reference: "cand-achterberg",
        source: "/in/achterberg_brunhilde.pdf",
        telling: &[
            "brunhilde",
            "achterberg",
            "female",
            "mrs",
            "3 march 1989",
            "ljubljana",
            "divorced",
            "hmong",
            "party member",
            "hilde@",
            "415 555",
            "4155550134",
            "wellesley",
            "mail.example",
        ],
    },
];

const NOTE: &str = "Called 欧阳若楠 and Achterberg.";

fn understood(planted: &Planted) -> Reading {
    let told_twice = ["性别：女", "Gender: Female"].into_iter().filter(|line| planted.text.contains(line));
    let named = format!("{} solid-state battery", planted.name);
    let hidden = told_twice.chain([named.as_str()]).map(|text| Hidden {
        text: text.to_owned(),
        reason: HiddenReason::Tiny,
        bounds: bole_core::Bounds::default(),
    });
    let hidden = hidden.collect();
    let page = Page { text: planted.text.to_owned(), hidden, ..Page::default() };
    let content = Pages { pages: vec![page], ..Pages::default() };
    let resume = bole_resume::understand(&content);
    assert_eq!(resume.name.as_ref().unwrap().value, planted.name);
    let document = DocumentId::of(planted.text.as_bytes());
    Reading { document, reader: ReaderVersion(1), content, resume }
}

async fn take_in(engine: &Engine) {
    let lexicon = engine.knowledge().lexicon();
    let decided = PLANTED.iter().map(|planted| {
        let reading = understood(planted);
        let evidence = bole_rank::collect(&reading, lexicon);
        let submitted = Submitted {
            submission: SubmissionId {
                portal: "live".parse().unwrap(),
                message_id: planted.message.parse().unwrap(),
            },
            document: reading.document,
            document_date: AsOf("2026-10-03".parse().unwrap()),
            candidate_ref: Some(planted.reference.to_owned()),
            field: None,
            consent: Some(format!("{} agrees", planted.name)),
            traceparent: None,
            source_name: Some(planted.source.to_owned()),
        };
        let decision = Decision::Read {
            reading: (reading.id(), EncodedReading::encode(&reading).unwrap()),
            evidence: (lexicon.hash(), EncodedEvidence::encode(&evidence).unwrap()),
            keys: MatchKeys { name: Some(planted.name.to_owned()), ..MatchKeys::default() },
            partial: false,
        };
        Decided { submitted, original: Keep::InCommit(planted.text.as_bytes().into()), decision }
    });
    let decided: Vec<_> = decided.collect();
    engine.store().commit(&decided, Timestamp::from_second(1_790_000_000).unwrap()).await.unwrap();
}

fn query(scope: &Scope, filters: &[&str]) -> MatchQuery {
    MatchQuery {
        profile: ProfileChoice::Named("energy-storage".to_owned()),
        overrides: Overrides::read(&[], &["field=off".to_owned()]).unwrap(),
        scope: scope.clone(),
        filters: filters.iter().map(|filter| (*filter).to_owned()).collect(),
        top: 10,
        page: crate::Page::WHOLE,
        lists: true,
    }
}

fn sought(scope: &Scope) -> SearchOptions {
    SearchOptions { offset: 0, limit: 10, facets: true, scope: scope.clone() }
}

/// All that portals told of submissions.
fn origins(records: &[SubmissionRecord]) -> Vec<Value> {
    let told = |record: &SubmissionRecord| {
        let SubmissionRecord { submission, candidate_ref, source_name, consent, traceparent, .. } = record;
        json!([submission, candidate_ref, source_name, consent, traceparent, record.duplicate_of])
    };
    records.iter().map(told).collect()
}

/// The texts of a file; of a workbook those of all its parts.
fn unpacked(file: &Exported) -> String {
    if file.extension != "xlsx" {
        return String::from_utf8(file.bytes.clone()).unwrap();
    }
    let mut workbook = zip::ZipArchive::new(Cursor::new(&file.bytes)).unwrap();
    let mut all = String::new();
    for index in 0..workbook.len() {
        workbook.by_index(index).unwrap().read_to_string(&mut all).unwrap();
    }
    all
}

/// What everything that takes a scope answers, by what it is.
async fn answers(engine: &Engine, scope: &Scope, list: uuid::Uuid) -> BTreeMap<String, String> {
    let mut told: Vec<(String, Value)> = Vec::new();
    let asked = query(scope, &["battery OR 电池"]);
    let report = run_match(engine, &asked).await.unwrap();
    told.push(("match".to_owned(), json!(report)));
    let page = match_page(engine, &report.run, crate::Page::WHOLE, scope).await.unwrap();
    told.push(("page".to_owned(), json!(page)));
    let ids: Vec<_> = PLANTED.iter().map(|planted| understood(planted).document).collect();
    let names: Vec<_> = ids.iter().map(ToString::to_string).collect();
    let compared = compare(engine, &names, &asked.profile, &asked.overrides, scope).await.unwrap();
    told.push(("compare".to_owned(), json!(compared)));
    for name in &names {
        let explained = explain(engine, name, &asked.profile, &asked.overrides, scope).await.unwrap();
        assert!(!explained.quotes.is_empty());
        told.push((format!("explain {name}"), json!(explained)));
        told.push((format!("export {name}"), json!(export(engine, name, scope).await.unwrap())));
        let shown = candidate(engine, name, scope).await.unwrap();
        let pages: Vec<_> = shown.pages.iter().map(|page| json!([page.lines, page.hidden])).collect();
        let came_by = origins(&shown.submissions);
        let all = json!([shown.json_resume, shown.talent, pages, came_by]);
        told.push((format!("candidate {name}"), all));
        let shown = show(engine, name, scope).await.unwrap();
        let reading = shown.reading.unwrap();
        let all = json!([reading.content, reading.resume, origins(&shown.submissions)]);
        told.push((format!("show {name}"), all));
    }
    let found = search(engine, "battery OR 固态电池", &sought(scope)).await.unwrap();
    assert!(found.hits.iter().all(|hit| !hit.snippets.is_empty()));
    told.push(("search".to_owned(), json!(found)));
    let noted = noted(engine, &ids, scope).await.unwrap();
    assert_eq!((noted.n_notes, noted.decisions.len()), (1, 1));
    told.push(("notes".to_owned(), json!([noted.notes, noted.decisions])));
    for format in [Format::Csv, Format::Xlsx, Format::JsonLines, Format::JsonResume] {
        let file = export_match(engine, report.clone(), format, scope).await.unwrap();
        told.push((format!("match as {format:?}"), json!(unpacked(&file))));
        let (shortlist, rows) = shortlist_rows(engine, scope, list).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.desk.as_ref().unwrap().n_notes).collect::<Vec<_>>(), [1, 0]);
        let file = export_shortlist(engine, shortlist, rows, format, scope).await.unwrap();
        told.push((format!("shortlist as {format:?}"), json!(unpacked(&file))));
    }
    told.into_iter().map(|(what, value)| (what, value.to_string())).collect()
}

/// Notes, a decision and a shortlist of both.
async fn note_all(engine: &Engine) -> uuid::Uuid {
    let all = Scope::all();
    let names: Vec<_> = PLANTED.iter().map(|planted| understood(planted).document.to_string()).collect();
    write_note(engine, &names[0], &all, NOTE, "a test").await.unwrap();
    decide(engine, &names[0], &all, "finance", Choice::Hold, "a test").await.unwrap();
    let list = make_shortlist(engine, &all, "both", "energy-storage", "a test").await.unwrap();
    let addition = |name: &String| Addition { resume: name.clone(), run: None, place: None, score: None };
    let people: Vec<_> = names.iter().map(addition).collect();
    put_on_shortlist(engine, &all, list.id, &people, "a test").await.unwrap();
    list.id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blind_scope_is_not_told_who_anybody_is() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path()).await;
    take_in(&engine).await;
    let list = note_all(&engine).await;
    let (open, blind) = (Scope::all(), Scope::all().blind());
    // In turns, so that what is kept of one is not shown to the other.
    let before = answers(&engine, &open, list).await;
    let told = answers(&engine, &blind, list).await;
    assert_eq!(answers(&engine, &open, list).await, before);
    assert_eq!(before.len(), 5 + 8 + 8);
    for (what, answer) in &told {
        let answer = answer.to_lowercase();
        for planted in &PLANTED {
            let kept = [planted.message, planted.reference, planted.source];
            for word in planted.telling.iter().chain(&kept) {
                assert!(!answer.contains(word), "{what} tells {word}: {answer}");
            }
        }
    }
    for (what, answer) in &before {
        let tells = |planted: &Planted| answer.contains(planted.name);
        assert!(PLANTED.iter().any(tells), "{what}: {answer}");
    }
    let whole: String = before.values().cloned().collect();
    for planted in &PLANTED {
        for word in [planted.message, planted.reference, planted.source] {
            assert!(whole.contains(word), "{word}");
        }
    }
    assert!(whole.contains("Wellesley College") && whole.contains("中华女子学院"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scores_and_places_are_the_same_in_blind_mode() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path()).await;
    take_in(&engine).await;
    let (open, blind) = (Scope::all(), Scope::all().blind());
    let filters = ["battery OR 电池"];
    let seen = run_match(&engine, &query(&open, &filters)).await.unwrap();
    let told = run_match(&engine, &query(&blind, &filters)).await.unwrap();
    assert_eq!((&seen.run, &seen.census, seen.results.len()), (&told.run, &told.census, 2));
    for (seen, told) in seen.results.iter().zip(&told.results) {
        assert!(seen.score > 0 && seen.name.is_some() && told.name.is_none() && told.source.is_empty());
        let reasons = |placed: &Placed| {
            placed.reasons.iter().map(|reason| (reason.span, reason.points)).collect::<Vec<_>>()
        };
        assert_eq!(reasons(seen), reasons(told));
        let same = |placed: &Placed| Placed {
            name: None,
            source: String::new(),
            reasons: Vec::new(),
            mainstay: None,
            ..placed.clone()
        };
        assert_eq!(same(seen), same(told));
        let (name, query) = (seen.resume.to_string(), query(&open, &[]));
        let both =
            [&open, &blind].map(|scope| explain(&engine, &name, &query.profile, &query.overrides, scope));
        let [seen, told] = both.map(|explained| explained);
        let (seen, told) = (seen.await.unwrap(), told.await.unwrap());
        assert_eq!((seen.explanation, seen.place, seen.talent), (told.explanation, told.place, told.talent));
        let places = |quotes: &[Quote]| quotes.iter().map(|quote| quote.span).collect::<Vec<_>>();
        assert_eq!(places(&seen.quotes), places(&told.quotes));
    }
    assert_eq!(replay_match(&engine, &told.run).await.unwrap(), seen, "a replay is as it was");
    let found = search(&engine, "battery OR 电池", &sought(&open)).await.unwrap();
    let blindly = search(&engine, "battery OR 电池", &sought(&blind)).await.unwrap();
    let order = |report: &SearchReport| {
        report.hits.iter().map(|hit| (hit.resume, hit.relevance.to_bits())).collect::<Vec<_>>()
    };
    assert_eq!((order(&found), &found.facets), (order(&blindly), &blindly.facets));
    assert!(blind.is_blind() && !open.is_blind() && blind.query() == open.query());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_sought_by_name_in_blind_mode() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path()).await;
    take_in(&engine).await;
    let (open, blind) = (Scope::all(), Scope::all().blind());
    let is_hidden = |error: EngineError| matches!(error, EngineError::HiddenInBlindMode);
    for text in ["name:欧阳若楠", "battery OR 姓名:achterberg", "source:pdf", "battery NOT name:lee"] {
        assert!(search(&engine, text, &sought(&open)).await.is_ok(), "{text}");
        assert!(is_hidden(search(&engine, text, &sought(&blind)).await.unwrap_err()), "{text}");
    }
    let by_name = run_match(&engine, &query(&open, &["name:achterberg"])).await.unwrap();
    assert_eq!(by_name.census.ranked, 1);
    assert!(is_hidden(run_match(&engine, &query(&blind, &["name:achterberg"])).await.unwrap_err()));
    let page = match_page(&engine, &by_name.run, crate::Page::WHOLE, &blind).await;
    assert!(is_hidden(page.unwrap_err()));
    engine.rankings().forget();
    let page = match_page(&engine, &by_name.run, crate::Page::WHOLE, &blind).await;
    assert!(is_hidden(page.unwrap_err()));
    // A word of the text finds whom it finds; no line shows it.
    let found = search(&engine, "achterberg", &sought(&blind)).await.unwrap();
    assert_eq!((found.n_found, found.hits[0].snippets.len()), (1, 0));

    let reading = understood(&PLANTED[1]);
    let (name, source) = (reading.document.to_string(), PLANTED[1].source);
    assert_eq!(resolve(&engine, source, &open).await.unwrap(), reading.document);
    assert!(matches!(resolve(&engine, source, &blind).await, Err(EngineError::UnknownResume(_))));
    assert_eq!(resolve(&engine, &name, &blind).await.unwrap(), reading.document);
    assert_eq!(resolve_file(&engine, &name, &open).await.unwrap(), reading.document);
    assert!(is_hidden(resolve_file(&engine, &name, &blind).await.unwrap_err()));
}
