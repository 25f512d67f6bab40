use std::fs;
use std::path::Path;

use bole_rank::Source;
use tempfile::TempDir;

use super::*;
use crate::listing::BenchError;
use crate::resumes::{DrawnLayout, draw};

const CHINESE: &str = r#"
language = "chinese"
layout = "plain"
written = "2026-03-12"
text = '''
= 沈知远
性别：男 | 13800001234 | shen.zhiyuan@example.cn

# 教育背景
2015.09 - 2020.06  华东理工大学  材料学  博士

# 工作经历
苏州明固能源科技有限公司  高级研发工程师 >> 2020.07 - 至今
- 负责固态电池的放大制备，不熟悉钠离子电池
'''
[truth]
name = "沈知远"
emails = ["shen.zhiyuan@example.cn"]
phones = ["13800001234", "13800009999"]
highest_degree = "master"
full_time_months = 69
patents = 2
protected = ["男"]
concepts = ["battery", "sodium"]
not_concepts = ["solid"]
unknown = ["location"]
[[truth.education]]
school = "华东理工大学"
degree = "doctor"
discipline = "材料学"
start = "2015-09"
end = "2020-06"
"#;

const LEXICON: &str = r#"
field = "storage"
[concept.battery]
zh = ["电池"]
en = ["battery"]
[concept.solid]
zh = ["固态电池"]
en = ["solid-state battery"]
parents = ["battery"]
[concept.sodium]
zh = ["钠离子电池"]
en = ["sodium-ion battery"]
"#;

fn lexicon() -> bole_rank::Lexicon {
    bole_rank::Lexicon::parse(&[Source { name: "storage.toml", text: LEXICON }]).unwrap()
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn bench(folder: &Path) -> Result<Understanding, BenchError> {
    bench_understanding(&[folder.to_owned()], &lexicon(), 1, None)
}

#[test]
fn every_field_is_compared_with_the_truth() {
    let folder = folder(&[("a.zh.toml", CHINESE)]);
    let report = bench(folder.path()).unwrap();
    assert!(report.unreadable.is_empty());
    let count = |field: Field| {
        let it = report.languages[0].fields[&field];
        (it.told, it.right, it.wrong, it.missing, it.extra)
    };
    for (field, expected) in [
        (Field::Name, (1, 1, 0, 0, 0)),
        (Field::Emails, (1, 1, 0, 0, 0)),
        (Field::Phones, (2, 1, 0, 1, 0)),
        (Field::HighestDegree, (1, 0, 1, 0, 0)),
        (Field::School, (1, 1, 0, 0, 0)),
        (Field::StudyDates, (1, 1, 0, 0, 0)),
        (Field::YearsExact, (1, 1, 0, 0, 0)),
        (Field::Patents, (1, 0, 0, 1, 0)),
        // The truth tells of no job.
        (Field::EntryDates, (0, 0, 0, 0, 1)),
        (Field::Protected, (1, 1, 0, 0, 0)),
    ] {
        assert_eq!(count(field), expected, "{field:?}");
    }
    let degree = report.differences.iter().find(|it| it.field == Field::HighestDegree).unwrap();
    assert_eq!((degree.truth.as_deref(), degree.said.as_deref()), (Some("master"), Some("doctor")));
    // `battery` by what is a kind of it, `sodium` denied, `solid` counted though it must not be.
    let concepts = &report.concepts;
    assert_eq!((concepts.told, concepts.found, concepts.traps, concepts.trapped), (2, 1, 1, 1));
}

#[test]
fn an_objective_or_a_hobby_does_not_count() {
    let said = |heading: &str| {
        let text = CHINESE.replace("，不熟悉钠离子电池", &format!("\n\n# {heading}\n- 钠离子电池"));
        let told = "concepts = [\"battery\", \"sodium\"]\nnot_concepts = [\"solid\"]";
        let truth = |key: &str| text.replace(told, &format!("{key} = [\"sodium\"]"));
        let folder = folder(&[("a.zh.toml", &truth("concepts")), ("a.en.toml", &truth("not_concepts"))]);
        let report = bench(folder.path()).unwrap();
        let n_in_both: usize = report.twins.fields.values().map(|count| count.in_both).sum();
        (report.concepts.found, report.concepts.trapped, n_in_both)
    };
    assert_eq!(said("专业技能"), (1, 1, 2));
    assert_eq!(said("求职意向"), (0, 0, 1));
    assert_eq!(said("兴趣爱好"), (0, 0, 1));
}

#[test]
fn twins_are_compared_by_what_counts() {
    let english = CHINESE.replace("固态电池", "钠离子电池").replace("chinese", "english");
    let folder = folder(&[("a.zh.toml", CHINESE), ("a.en.toml", &english), ("b.zh.toml", CHINESE)]);
    let twins = bench(folder.path()).unwrap().twins;
    assert_eq!((twins.n_pairs, twins.n_identical), (1, 0));
    let [(_, count)] = &twins.fields.into_iter().collect::<Vec<_>>()[..] else { panic!("one field") };
    let only =
        |is_in_chinese| twins.differences.iter().filter(|it| it.is_in_chinese == is_in_chinese).count();
    assert_eq!((count.only_chinese, count.only_english), (only(true), only(false)));
    assert!(twins.differences.iter().any(|it| it.concept.0 == "solid" && it.is_in_chinese));
}

#[test]
fn a_file_may_stand_beside_its_truth() {
    let start = CHINESE.split("text = ").next().unwrap().replace("layout = \"plain\"\n", "");
    let truth = format!("{start}file = \"a.pdf\"\n[truth]\nname = \"沈知远\"\n");
    let folder = folder(&[("a.toml", &truth)]);
    assert!(matches!(bench(folder.path()), Err(BenchError::Path { .. })));
    fs::write(folder.path().join("a.pdf"), draw("= 沈知远\n电话：13800001234", DrawnLayout::Plain)).unwrap();
    let report = bench(folder.path()).unwrap();
    assert_eq!(report.languages[0].fields[&Field::Name].told, 1);
    // A document that cannot be read has everything missing.
    fs::write(folder.path().join("a.pdf"), "%PDF-").unwrap();
    let report = bench(folder.path()).unwrap();
    assert_eq!((report.unreadable.len(), report.languages[0].fields[&Field::Name].missing), (1, 1));
}

#[test]
fn every_mistake_is_told_with_file_and_key() {
    let bad = CHINESE
        .replace("layout = \"plain\"\n", "")
        .replace("\"sodium\"", "\"sodum\"")
        .replace("name = \"沈知远\"", "name = \"沈远\"");
    let none = tempfile::tempdir().unwrap();
    assert!(matches!(bench(none.path()), Err(BenchError::NoTruth { .. })));
    let folder = folder(&[("a.toml", &bad), ("b.toml", &CHINESE.replace("phones", "phone"))]);
    let error = bench(folder.path()).unwrap_err().to_string();
    for told in ["a.toml", "`layout`", "`truth.concepts`", "`sodum`", "`truth.name`", "b.toml", "`phone`"] {
        assert!(error.contains(told), "{told} in {error}");
    }
}
