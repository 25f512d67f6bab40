mod counting;

use std::collections::BTreeMap;
use std::process::Command;

use bole_core::{Degree, DocumentFields, FieldId, Language};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::Entry;

/// Names the folder for a test that runs in a process of its own.
const CHILD: &str = "BOLE_INDEX_TEST_CHILD";

fn entry(key: &str, text: &str) -> Entry {
    Entry {
        document: DocumentId::of(key.as_bytes()),
        text: text.to_owned(),
        name: None,
        title: Vec::new(),
        employer: Vec::new(),
        school: Vec::new(),
        skill: Vec::new(),
        source: Vec::new(),
        degree: None,
        language: Language::Unknown,
        fields: DocumentFields::default(),
        year: 2026,
    }
}

fn search(index: &SearchIndex, query: &str) -> Found {
    index.search(&Query::parse(query).unwrap(), 100).unwrap()
}

fn write(index: &SearchIndex, position: u64, entries: &[Entry]) {
    let mut writer = index.writer().unwrap();
    for entry in entries {
        writer.upsert(entry).unwrap();
    }
    writer.commit(HistoryId::default(), LogPosition(position)).unwrap();
}

#[test]
fn queries_find_what_they_say() {
    let folder = TempDir::new().unwrap();
    let index = SearchIndex::open(folder.path()).unwrap();
    let texts = [
        ("cell", "锂电池研发"),
        ("lfp", "磷酸铁锂材料"),
        ("solid", "负责固态电池的研\n发"),
        ("loose", "固态的电池"),
        ("cut", "固态，电池"),
        ("risk", "Risk-management at a bank"),
        ("audit", "risk management, audit"),
        ("bank-risk", "银行 风险部"),
        ("bank-audit", "在银行做审计"),
        ("audit-only", "审计"),
        ("code", "C++ and .NET, not C#"),
        ("plain", "C and internet"),
    ];
    let mut entries = texts.map(|(key, text)| entry(key, text)).to_vec();
    entries.push(Entry {
        name: Some("张伟".to_owned()),
        title: vec!["电池工程师".to_owned(), "总监".to_owned()],
        employer: vec!["Example Energy 有限公司".to_owned()],
        school: vec!["北京大学".to_owned()],
        skill: vec!["BMS".to_owned(), "C++".to_owned()],
        source: vec!["/tmp/简历_7.pdf".to_owned()],
        degree: Some(Degree::Master),
        language: Language::Chinese,
        fields: [None, Some(FieldId("Finance".to_owned()))].into_iter().collect(),
        year: 2024,
        ..entry("person", "person")
    });
    write(&index, 1, &entries);
    let keys = texts.iter().map(|(key, _)| *key).chain(["person"]);
    let keys = keys.map(|key| (DocumentId::of(key.as_bytes()), key)).collect::<BTreeMap<_, _>>();
    for (query, expected) in [
        ("锂", vec!["cell", "lfp"]),
        ("锂电池", vec!["cell"]),
        ("池", vec!["cell", "cut", "loose", "solid"]),
        ("固态电池", vec!["solid"]),
        ("固态 电池", vec!["cut", "loose", "solid"]),
        ("\"固态 电池\"", vec!["cut", "solid"]),
        ("研发", vec!["cell", "solid"]),
        ("\"risk management\" AND NOT audit", vec!["risk"]),
        ("risk-management", vec!["audit", "risk"]),
        ("\"management risk\"", vec![]),
        ("（风险 OR 审计） AND 银行", vec!["bank-audit", "bank-risk"]),
        ("審計", vec![]),
        ("C++", vec!["code"]),
        ("c", vec!["plain"]),
        (".net", vec!["code"]),
        ("银行 -(审计 风险)", vec!["bank-audit", "bank-risk"]),
        ("银行 (审计 OR -风险 锂)", vec!["bank-audit"]),
        ("审计 (-银行)", vec!["audit-only"]),
        ("name:张伟", vec!["person"]),
        ("张伟", vec![]),
        ("title:工程师 title:总监", vec!["person"]),
        ("title:工程师总监", vec![]),
        ("title:\"工程师 总监\"", vec![]),
        ("employer:“example energy”", vec!["person"]),
        ("school：北京大学", vec!["person"]),
        ("skill:c++", vec!["person"]),
        ("source:简历", vec!["person"]),
        ("degree:硕士", vec!["person"]),
        ("degree:doctor", vec![]),
        ("language:zh person", vec!["person"]),
        ("field:finance", vec!["person"]),
        ("field:any", vec!["person"]),
        ("field:aerospace", vec![]),
        ("person -field:finance", vec![]),
        ("year:2024", vec!["person"]),
        ("year:2026 锂", vec!["cell", "lfp"]),
        ("absent", vec![]),
    ] {
        let found = search(&index, query);
        let mut found_keys = found.hits.iter().map(|hit| keys[&hit.document]).collect::<Vec<_>>();
        found_keys.sort_unstable();
        assert_eq!(found_keys, expected, "{query}");
        // Those of a filter are the same, and so are those of an index in memory, in parts too.
        let queries = [Query::parse(query).unwrap()];
        let matching = index.matching(&queries).unwrap();
        assert_eq!(matching.position, LogPosition(1));
        let in_parts = entries.chunks(5).map(|part| crate::matching(part, &queries).unwrap().concat());
        for found in [matching.documents.concat(), in_parts.collect::<Vec<_>>().concat()] {
            let mut found_keys = found.iter().map(|document| keys[document]).collect::<Vec<_>>();
            found_keys.sort_unstable();
            assert_eq!(found_keys, expected, "{query}");
        }
        assert_eq!(found.n_total, expected.len(), "{query}");
    }
}

#[test]
fn hits_are_ordered_by_score_then_document_whatever_the_limit() {
    let folder = TempDir::new().unwrap();
    let index = SearchIndex::open(folder.path()).unwrap();
    let entries = (0..40).map(|n| entry(&n.to_string(), if n % 4 == 0 { "锂 锂 锂" } else { "锂 x y" }));
    let entries = entries.collect::<Vec<_>>();
    for (position, entries) in (1..).zip(entries.chunks(7)) {
        write(&index, position, entries);
    }
    let all = search(&index, "锂");
    assert_eq!(all.n_total, 40);
    assert!(
        all.hits.is_sorted_by(|a, b| b.bm25.total_cmp(&a.bm25).then(a.document.cmp(&b.document)).is_lt())
    );
    assert!(all.hits[0].bm25 > all.hits[39].bm25);
    let query = Query::parse("锂").unwrap();
    for limit in 0..45 {
        let found = index.search(&query, limit).unwrap();
        assert_eq!((found.n_total, &*found.hits), (40, &all.hits[..limit.min(40)]));
    }
}

#[test]
fn a_query_within_another_keeps_its_scores() {
    let folder = TempDir::new().unwrap();
    let index = SearchIndex::open(folder.path()).unwrap();
    let entries: Vec<_> = (0..60_usize)
        .map(|number| Entry {
            fields: DocumentFields::of(
                (number % 3 > 0).then(|| FieldId(format!("f{}", number % 3))).as_ref(),
            ),
            ..entry(&number.to_string(), ["锂", "锂 锂 x", "锂 y z", "钠"][number % 4])
        })
        .collect();
    write(&index, 1, &entries);
    let scope = Query::parse("field:any OR field:f1").unwrap();
    let seen = |hit: &Hit| entries.iter().position(|entry| entry.document == hit.document).unwrap() % 3 < 2;
    for text in ["锂", "锂 OR field:f2", "y -field:any", "锂 OR x", "field:f2"] {
        let query = Query::parse(text).unwrap();
        let all = index.search(&query, 99).unwrap().hits;
        let within = index.search(&query.within(&scope), 99).unwrap();
        assert_eq!(within.hits, all.into_iter().filter(seen).collect::<Vec<_>>(), "{text}");
        assert_eq!(within.n_total, within.hits.len());
    }
}

#[test]
fn there_is_one_writer_and_dropping_it_makes_room() {
    let folder = TempDir::new().unwrap();
    let index = SearchIndex::open(folder.path()).unwrap();
    for position in 1..20 {
        let mut writer = index.writer().unwrap();
        assert!(matches!(index.writer(), Err(IndexError::Busy)));
        assert!(matches!(SearchIndex::recreate(folder.path()), Err(IndexError::Busy)));
        writer.upsert(&entry(&position.to_string(), "锂")).unwrap();
        writer.commit(HistoryId::default(), LogPosition(position)).unwrap();
        writer.upsert(&entry("never committed", "锂")).unwrap();
    }
    index.writer().unwrap().close().unwrap();
    assert_eq!((index.position().unwrap(), index.documents().unwrap()), (LogPosition(19), 19));
}

#[test]
fn another_process_sees_commits_and_the_lock() {
    let folder = TempDir::new().unwrap();
    let index = SearchIndex::open(folder.path()).unwrap();
    assert_eq!((index.position().unwrap(), index.documents().unwrap()), (LogPosition(0), 0));
    write(&index, 7, &[entry("a", "锂")]);
    let writer = index.writer().unwrap();
    let output = child("search::tests::child_that_looks", folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    drop(writer);
}

/// Runs in a process of its own.
#[test]
fn child_that_looks() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let index = SearchIndex::open(Path::new(&path)).unwrap();
    assert_eq!(index.position().unwrap(), LogPosition(7));
    assert_eq!(search(&index, "锂").n_total, 1);
    assert!(matches!(index.writer(), Err(IndexError::Busy)));
}

fn child(test: &str, path: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test]).env(CHILD, path);
    command
}

/// Files that may not grow beyond 128 KiB stand for a disk that is full.
#[test]
fn a_writer_that_failed_stays_failed_and_the_next_goes_on() {
    let folder = TempDir::new().unwrap();
    let command = child("search::tests::child_that_fills_the_disk", folder.path());
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 256; exec \"$0\" \"$@\""])
        .arg(command.get_program())
        .args(command.get_args())
        .env(CHILD, folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let index = SearchIndex::open(folder.path()).unwrap();
    assert_eq!((index.position().unwrap(), index.documents().unwrap()), (LogPosition(1), 1));
    write(&index, 2, &many());
    assert_eq!((index.position().unwrap(), search(&index, "锂").n_total), (LogPosition(2), 2001));
    index.verify().unwrap();
}

fn many() -> Vec<Entry> {
    let word = |n: u32, m: u32| format!("w{}", n.wrapping_mul(7919) ^ (m * 104_729));
    let text = |n: u32| (0..200).map(|m| word(n, m)).collect::<Vec<_>>().join(" ");
    (0..2000).map(|n| entry(&n.to_string(), &format!("锂 {}", text(n)))).collect()
}

/// Runs in a process of its own.
#[test]
fn child_that_fills_the_disk() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let index = SearchIndex::open(Path::new(&path)).unwrap();
    write(&index, 1, &[entry("first", "锂")]);
    let mut writer = index.writer().unwrap();
    let failed = many()
        .iter()
        .try_for_each(|entry| writer.upsert(entry))
        .and_then(|()| writer.commit(HistoryId::default(), LogPosition(2)));
    assert!(!matches!(failed.unwrap_err(), IndexError::Poisoned));
    assert!(matches!(writer.upsert(&entry("later", "锂")), Err(IndexError::Poisoned)));
    writer.remove(DocumentId::of(b"first"));
    writer.clear();
    assert!(matches!(writer.commit(HistoryId::default(), LogPosition(3)), Err(IndexError::Poisoned)));
    // The next writer goes on at once, from where the last commit was.
    write(&index, 1, &[entry("first", "锂")]);
    assert_eq!((index.position().unwrap(), search(&index, "锂").n_total), (LogPosition(1), 1));
}

#[test]
fn an_index_of_another_release_is_not_opened() {
    let folder = TempDir::new().unwrap();
    Index::create_in_dir(folder.path(), tantivy::schema::Schema::builder().build()).unwrap();
    assert!(matches!(SearchIndex::open(folder.path()), Err(IndexError::OtherSchema)));
    let index = SearchIndex::recreate(folder.path()).unwrap();
    assert_eq!(index.position().unwrap(), LogPosition(0));
}

#[test]
fn a_commit_tells_which_history_it_has_read() {
    let folder = TempDir::new().unwrap();
    let index = SearchIndex::open(folder.path()).unwrap();
    assert_eq!(index.history().unwrap(), None);
    let history: HistoryId = "00000000-0000-4000-8000-000000000007".parse().unwrap();
    let mut writer = index.writer().unwrap();
    writer.upsert(&entry("a", "锂")).unwrap();
    writer.commit(history, LogPosition(3)).unwrap();
    let other = SearchIndex::open(folder.path()).unwrap();
    assert_eq!((other.history().unwrap(), other.position().unwrap()), (Some(history), LogPosition(3)));
    // As releases left it that knew of no history.
    let old = Payload { position: LogPosition(7), history: None };
    assert_eq!((Payload::parse("bole 7"), old.to_string().as_str()), (Some(old), "bole 7"));
    for damaged in ["bole", "bole 7 7", "bole x", "7", "bole 7 00000000-0000-4000-8000-000000000007 7"] {
        assert_eq!(Payload::parse(damaged), None, "{damaged}");
    }
}

#[test]
fn damage_is_told_and_mended_by_making_it_again() {
    let folder = TempDir::new().unwrap();
    let fill = |index: &SearchIndex| write(index, 3, &[entry("a", "锂"), entry("b", "锂电")]);
    let files = |extension: &str| {
        let entries = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|it| it == extension)).collect::<Vec<_>>()
    };
    let mut index = SearchIndex::open(folder.path()).unwrap();
    fill(&index);
    index.verify().unwrap();
    for extension in ["idx", "term", "fast"] {
        let path = files(extension).pop().unwrap();
        let mut bytes = fs::read(&path).unwrap();
        bytes[0] ^= 0xff;
        fs::write(&path, &bytes).unwrap();
        assert!(matches!(index.verify(), Err(IndexError::Corrupt(_))), "{extension}");
        index = SearchIndex::recreate(folder.path()).unwrap();
        fill(&index);
    }
    fs::write(folder.path().join(META), "{").unwrap();
    assert!(matches!(SearchIndex::open(folder.path()), Err(IndexError::Corrupt(_))));
    index = SearchIndex::recreate(folder.path()).unwrap();
    fill(&index);
    fs::remove_file(files("term").pop().unwrap()).unwrap();
    assert!(matches!(SearchIndex::open(folder.path()), Err(IndexError::Corrupt(_))));
}

#[test]
fn a_reader_that_was_open_sees_an_index_made_again() {
    let folder = TempDir::new().unwrap();
    let before = SearchIndex::open(folder.path()).unwrap();
    write(&before, 3, &[entry("a", "锂")]);
    assert_eq!(search(&before, "锂").n_total, 1);
    let after = SearchIndex::recreate(folder.path()).unwrap();
    assert_eq!((before.documents().unwrap(), before.position().unwrap()), (0, LogPosition(0)));
    write(&after, 1, &[entry("b", "锂"), entry("c", "锂")]);
    assert_eq!(search(&before, "锂").n_total, 2);
}

#[derive(Clone, Debug)]
enum Op {
    Upsert(u8, u8),
    Remove(u8),
    Clear,
    Commit,
    Reopen,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        8 => (0..12_u8, 0..3_u8).prop_map(|(key, word)| Op::Upsert(key, word)),
        3 => (0..12_u8).prop_map(Op::Remove),
        1 => Just(Op::Clear),
        4 => Just(Op::Commit),
        2 => Just(Op::Reopen),
    ]
}

const WORDS: [&str; 3] = ["锂", "钠", "镁"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_document_is_found_once_and_as_committed(ops in prop::collection::vec(op(), 1..30)) {
        let folder = TempDir::new().unwrap();
        let mut index = SearchIndex::open(folder.path()).unwrap();
        let mut writer = Some(index.writer().unwrap());
        let mut pending = BTreeMap::<u8, u8>::new();
        let mut committed = pending.clone();
        let mut position = 0;
        for op in ops {
            let open = writer.as_mut().unwrap();
            match op {
                Op::Upsert(key, word) => {
                    open.upsert(&entry(&key.to_string(), &format!("{} x", WORDS[usize::from(word)]))).unwrap();
                    pending.insert(key, word);
                }
                Op::Remove(key) => {
                    open.remove(DocumentId::of(key.to_string().as_bytes()));
                    pending.remove(&key);
                }
                Op::Clear => {
                    open.clear();
                    pending.clear();
                }
                Op::Commit => {
                    position += 1;
                    open.commit(HistoryId::default(), LogPosition(position)).unwrap();
                    committed = pending.clone();
                }
                Op::Reopen => {
                    drop(writer.take());
                    index = SearchIndex::open(folder.path()).unwrap();
                    writer = Some(index.writer().unwrap());
                    pending = committed.clone();
                }
            }
            prop_assert_eq!(index.position().unwrap(), LogPosition(position));
            prop_assert_eq!(index.documents().unwrap(), committed.len());
        }
        for (number, word) in (0..).zip(WORDS) {
            let found = search(&index, word).hits.into_iter().map(|hit| hit.document);
            let mut found = found.collect::<Vec<_>>();
            found.sort_unstable();
            let mut expected = committed
                .iter()
                .filter(|(_, word)| **word == number)
                .map(|(key, _)| DocumentId::of(key.to_string().as_bytes()))
                .collect::<Vec<_>>();
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }
}

#[test]
fn what_matches_and_the_position_are_of_one_commit() {
    const N_COMMITS: u64 = 40;
    let folder = TempDir::new().unwrap();
    let index = SearchIndex::open(folder.path()).unwrap();
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            let mut writer = index.writer().unwrap();
            for position in 1..=N_COMMITS {
                writer.upsert(&entry(&position.to_string(), "word")).unwrap();
                writer.commit(HistoryId::default(), LogPosition(position)).unwrap();
            }
        });
        let other = SearchIndex::open(folder.path()).unwrap();
        let queries = [Query::parse("word").unwrap(), Query::parse("absent").unwrap()];
        while !writing.is_finished() {
            let Matching { position, documents } = other.matching(&queries).unwrap();
            assert_eq!(documents[0].len() as u64, position.0);
            assert!(documents[1].is_empty());
        }
        let last = other.matching(&queries).unwrap();
        assert_eq!((last.position, last.documents[0].len() as u64), (LogPosition(N_COMMITS), N_COMMITS));
    });
}

#[test]
fn a_query_that_looks_at_the_source_is_told() {
    for (query, uses_source) in [
        ("source:a", true),
        ("audit (tax OR -来源:a)", true),
        ("audit source", false),
        ("title:source", false),
    ] {
        assert_eq!(Query::parse(query).unwrap().uses_source(), uses_source, "{query}");
    }
}
