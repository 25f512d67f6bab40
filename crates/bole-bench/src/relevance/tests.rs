use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use bole_core::AsOf;
use bole_engine::Knowledge;
use tempfile::TempDir;

use super::*;
use crate::resumes::{DrawnLayout, draw};

/// Read once: that takes longer than all the rest.
static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| Knowledge::load(None).unwrap());

const ENGINEER: &str = "# 工作经历\n某新能源公司 电池工程师 >> 2019.01 - 至今\n- 负责磷酸铁锂电芯与固态电池研发，\
    储能系统集成与电池管理系统\n# 教育背景\n2012.09 - 2016.06 东湖大学 电化学 本科";
const SELLER: &str = "# 工作经历\n某商场 店员 >> 2019.01 - 至今\n- 售卖手机电池与衣物\n# 教育背景\n\
    2012.09 - 2016.06 东湖大学 市场营销 本科";
const BATTERIES: &str = "# Work Experience\nBright Cells Ltd, Battery Engineer >> 2019.01 - Present\n- Designed solid-state \
    battery cells and a battery management system for energy storage systems\n# Education\n2012.09 - 2016.06 Lakeside \
    University, Electrochemistry, Bachelor";

fn toml(language: &str, text: &str) -> String {
    format!(
        "language = \"{language}\"\nlayout = \"plain\"\nwritten = \"2026-03-01\"\ntext = '''\n{text}\n'''\n"
    )
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn options(path: &Path) -> RelevanceOptions {
    RelevanceOptions {
        paths: vec![path.to_owned()],
        relevant: BTreeMap::new(),
        queries: BTreeMap::new(),
        profiles: BTreeSet::new(),
        document_date: AsOf("2026-11-21".parse().unwrap()),
        n_resamples: 50,
    }
}

fn bench(options: &RelevanceOptions) -> Result<Relevance, RelevanceError> {
    bench_relevance(options, &KNOWLEDGE)
}

/// Folders `BATTERIES` and `SHOPS`.
fn labelled_folders() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (label, name, text) in
        [("BATTERIES", "a.pdf", ENGINEER), ("BATTERIES", "b.PDF", BATTERIES), ("SHOPS", "c.pdf", SELLER)]
    {
        fs::create_dir_all(folder.path().join(label)).unwrap();
        fs::write(folder.path().join(label).join(name), draw(text, DrawnLayout::Plain)).unwrap();
    }
    fs::write(folder.path().join("SHOPS/d.pdf"), "no PDF at all").unwrap();
    fs::write(folder.path().join("SHOPS/e.txt"), "no resume").unwrap();
    folder
}

fn labels(profile: &str, labels: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    BTreeMap::from([(profile.to_owned(), labels.iter().map(|label| (*label).to_owned()).collect())])
}

#[test]
fn labelled_folders_are_judged_by_label() {
    let folder = labelled_folders();
    let options =
        RelevanceOptions { relevant: labels("energy-storage", &["BATTERIES"]), ..options(folder.path()) };
    let report = bench(&options).unwrap();
    assert_eq!((report.n_resumes, report.missing.len()), (4, 1));
    assert!(report.missing[0].path.ends_with("SHOPS/d.pdf"));
    assert_eq!(report.document_date, Some(options.document_date));
    let [profile] = &report.profiles[..] else { panic!("{:?}", report.profiles) };
    let all = &profile.sets[0];
    assert_eq!((all.set, all.n_judged, all.n_relevant), (ResumeSet::All, 4, 2));
    assert_eq!(profile.sets.iter().map(|set| set.n_judged).collect::<Vec<_>>(), [4, 2, 1]);
    let bole = all.rankers[0];
    assert_eq!((bole.ranker, bole.precision_at_10), (Ranker::Bole, None));
    assert_eq!(bole.average_precision, Estimate { value: 1.0, low: 1.0, high: 1.0 });
    // Whoever cannot be read is last, and in the report.
    let last = profile.highest_irrelevant.last().unwrap();
    assert_eq!((last.place, last.score, last.path.file_name().unwrap()), (4, None, "d.pdf".as_ref()));
    assert!(
        report.n_explanations == 3 && report.n_spans > 10,
        "{} {}",
        report.n_explanations,
        report.n_spans
    );
    assert!(report.spans_not_found.is_empty() && report.wrong_sums.is_empty(), "{report:#?}");
}

#[test]
fn graded_files_have_traps_and_twins() {
    let grades = r#"
        {"file": "a.zh.toml", "grades": {"energy-storage": 3, "finance": 0}}
        {"file": "a.en.toml", "grades": {"energy-storage": 2}}

        {"file": "c.zh.toml", "grades": {"energy-storage": 0, "finance": 2}, "trap": "battery seller"}
    "#;
    // A truth file is as good, whatever its truth says.
    let truth =
        toml("chinese", SELLER) + "[truth]\nname = \"李明\"\n[[truth.education]]\nschool = \"东湖大学\"\n";
    let files = [
        ("grades.jsonl", grades),
        ("a.zh.toml", &toml("chinese", ENGINEER)),
        ("a.en.toml", &toml("english", BATTERIES)),
        ("c.zh.toml", &truth),
    ];
    let folder = folder(&files);
    let report = bench(&options(&folder.path().join("grades.jsonl"))).unwrap();
    assert_eq!((report.n_resumes, report.document_date), (3, None));
    let judged =
        report.profiles.iter().map(|it| (it.profile.as_str(), it.sets[0].n_judged, it.sets[0].n_relevant));
    assert_eq!(judged.collect::<Vec<_>>(), [("energy-storage", 3, 2), ("finance", 2, 1)]);
    let [trap] = &report.traps[..] else { panic!("{:?}", report.traps) };
    // It is relevant for finance, so it is a trap for energy storage only.
    assert_eq!((trap.trap.as_str(), trap.is_in_top_10, trap.places.len()), ("battery seller", true, 2));
    assert_eq!((trap.places[0].bole, trap.places[0].profile.as_str()), (3, "energy-storage"));
    assert_eq!((report.twins.n_pairs, report.twins.pairs.len()), (1, 2));
    assert_eq!(report.twins.relevant.keys().collect::<Vec<_>>(), ["energy-storage"]);
    assert!(report.twins.pairs.iter().all(|pair| pair.pair.ends_with("a")));

    let only = RelevanceOptions {
        profiles: ["finance".to_owned()].into(),
        ..options(&folder.path().join("grades.jsonl"))
    };
    assert_eq!(bench(&only).unwrap().profiles.len(), 1);
}

#[test]
fn who_fails_a_gate_comes_after_all_others() {
    // The profile asks for a bachelor's degree.
    let associate = toml("chinese", &ENGINEER.replace("本科", "大专"));
    let grades = r#"{"file": "a.toml", "grades": {"energy-storage": 3}}
        {"file": "b.toml", "grades": {"energy-storage": 0}}
        {"file": "c.toml", "grades": {"energy-storage": 0}}"#;
    let (seller, broken) = (toml("chinese", SELLER), toml("chinese", ""));
    let files = [("g.jsonl", grades), ("a.toml", &*associate), ("b.toml", &*seller), ("c.toml", &*broken)];
    let folder = folder(&files);
    let report = bench(&options(&folder.path().join("g.jsonl"))).unwrap();
    let profile = &report.profiles[0];
    let [engineer] = &profile.lowest_relevant[..] else { panic!("{profile:?}") };
    assert_eq!((engineer.place, engineer.fails_gate), (2, true));
    let [seller, broken] = &profile.highest_irrelevant[..] else { panic!("{profile:?}") };
    assert!(seller.place == 1 && !seller.fails_gate && seller.score < engineer.score, "{profile:?}");
    assert_eq!((broken.place, broken.score), (3, None));
}

#[test]
fn equals_are_ranked_by_document() {
    // Nobody has points, and nobody is found.
    let texts: Vec<String> =
        (0..6).map(|number| toml("chinese", &format!("# 爱好\n散步与钓鱼，第{number}人"))).collect();
    let names: Vec<String> = (0..6).map(|number| format!("{number}.toml")).collect();
    let lines: Vec<String> = names
        .iter()
        .zip(0..)
        .map(|(name, number)| {
            format!("{{\"file\": \"{name}\", \"grades\": {{\"finance\": {}}}}}", number % 4)
        })
        .collect();
    let lines = lines.join("\n");
    let mut files: Vec<(&str, &str)> =
        names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
    files.push(("grades.jsonl", &lines));
    let folder = folder(&files);
    let report = bench(&options(&folder.path().join("grades.jsonl"))).unwrap();
    let all = &report.profiles[0].sets[0];
    let [bole, bm25] = all.rankers[..] else { panic!("{:?}", all.rankers) };
    assert_eq!((bole.average_precision, bole.ndcg_at_10), (bm25.average_precision, bm25.ndcg_at_10));
    assert_eq!((all.difference.average_precision.low, all.difference.average_precision.high), (0.0, 0.0));
}

#[test]
fn every_mistake_is_told_by_line() {
    let good = toml("chinese", ENGINEER);
    let lines = [
        r#"{"file": "a.toml", "grades": {"finance": 4, "law": 1}}"#,
        r#"{"file": "none.pdf", "grades": {"finance": 1}}"#,
        r#"{"file": "a.toml", "grades": {"finance": 1}}"#,
        "",
        r#"{"file": "a.toml", "grade": 1}"#,
        r#"{"file": "#,
        r#"{"file": "b.toml", "grades": {"finance": -1}}"#,
        r#"{"file": "c.txt", "grades": {}}"#,
        r#"{"file": "d.toml", "grades": {"finance": 1}}"#,
    ];
    let bad = "language = \"chinese\"\nlayout = \"round\"\n";
    let missing = "language = \"unknown\"\nwritten = \"2026-03-01\"\nfile = \"none.pdf\"\n";
    let folder = folder(&[
        ("grades.jsonl", &lines.join("\n")),
        ("a.toml", &good),
        ("b.toml", bad),
        ("c.txt", ""),
        ("d.toml", missing),
    ]);
    let error = bench(&options(&folder.path().join("grades.jsonl"))).unwrap_err().to_string();
    let told = |place: &str, words: &str| {
        let line = error.lines().find(|line| line.contains(place) && line.contains(words));
        assert!(line.is_some(), "{place} {words} in {error}");
    };
    told("grades.jsonl`: line 1", "4 is no grade");
    told("grades.jsonl`: line 1", "no profile `law`");
    told("grades.jsonl`: line 2", "there is no `none.pdf`");
    told("grades.jsonl`: line 3", "graded already");
    told("grades.jsonl`: line 5", "unknown field `grade`");
    told("grades.jsonl`: line 6", "column");
    told("grades.jsonl`: line 7", "-1 is no grade");
    told("grades.jsonl`: line 8", "names no profile");
    told("grades.jsonl`: line 8", "neither");
    told("b.toml", "line 2");
    told("d.toml", "`language`");
    told("d.toml", "none.pdf");
    assert!(!error.contains("line 9"), "{error}");
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let folders = labelled_folders();
    let of = |relevant| RelevanceOptions { relevant, ..options(folders.path()) };
    assert!(matches!(bench(&of(BTreeMap::new())), Err(RelevanceError::LabelsNeeded { .. })));
    assert!(matches!(bench(&of(labels("law", &["SHOPS"]))), Err(RelevanceError::Profile(_))));
    let error = bench(&of(labels("finance", &["BANKS", "SHOPS"]))).unwrap_err();
    assert_eq!(error.to_string(), "no folder is called `BANKS`; there are `BATTERIES`, `SHOPS`");
    let other =
        RelevanceOptions { profiles: ["finance".to_owned()].into(), ..of(labels("aerospace", &["SHOPS"])) };
    assert!(matches!(bench(&other), Err(RelevanceError::NothingRelevant(profile)) if profile == "finance"));

    let empty = tempfile::tempdir().unwrap();
    let nothing = RelevanceOptions { relevant: labels("finance", &["SHOPS"]), ..options(empty.path()) };
    assert!(matches!(bench(&nothing), Err(RelevanceError::NoPdf { .. })));
    let none = folder(&[("grades.jsonl", "\n")]);
    let none = options(&none.path().join("grades.jsonl"));
    assert!(matches!(bench(&none), Err(RelevanceError::NothingGraded { .. })));
    assert!(matches!(
        bench(&RelevanceOptions { relevant: labels("finance", &["SHOPS"]), ..none }),
        Err(RelevanceError::NoFolder)
    ));
    assert!(matches!(bench(&options(Path::new("nowhere.jsonl"))), Err(RelevanceError::Files(_))));
}
