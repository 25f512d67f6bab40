use bole_core::EntryKind;

use super::*;
use crate::shipped::{LEVELS, lexicon};
use crate::sketch::{Sketch, as_of};

fn levels() -> Levels {
    Levels::parse(&LEVELS, lexicon()).unwrap()
}

fn talent(sketch: Sketch) -> Talent {
    levels().judge(&sketch.evidence(lexicon()), as_of(), lexicon())
}

fn number(level: Option<LevelName>) -> Option<u8> {
    level.map(|level| level.number)
}

fn doctor(end: &str) -> Sketch {
    Sketch::default().studied(Degree::Doctor, "材料学", ("2015-09", end))
}

fn job(sketch: Sketch, title: &str, start: &str) -> Sketch {
    sketch.entry(EntryKind::Work, title, Some((start, "now")), "做了许多事")
}

#[test]
fn each_level_has_its_people() {
    let bachelor = || Sketch::default().studied(Degree::Bachelor, "会计学", ("2010-09", "2014-06"));
    let honour = |text: &str| doctor("2010-06").section(SectionKind::Awards, text);
    let cases = [
        ("an academician", honour("2019年当选中国工程院院士"), Some(4)),
        ("a national award", honour("State Natural Science Award, second class"), Some(4)),
        ("a full professor of ten years", job(doctor("2010-06"), "教授", "2013-01"), Some(4)),
        ("a young full professor", job(doctor("2020-06"), "教授", "2021-01"), Some(3)),
        (
            "somebody else's professor",
            job(doctor("2022-06"), "助教", "2022-09").section(SectionKind::Research, "导师：张教授"),
            Some(2),
        ),
        ("a chief engineer of sixteen years", job(bachelor(), "总工程师", "2008-06"), Some(4)),
        ("a general manager of ten years", job(bachelor(), "General Manager", "2014-06"), Some(3)),
        ("a doctor of six years", job(doctor("2018-06"), "研发工程师", "2018-06"), Some(3)),
        ("a fresh doctor", doctor("2024-05"), Some(2)),
        ("a bachelor of six years", job(bachelor(), "会计", "2018-06"), Some(2)),
        ("a bachelor of one year", job(bachelor(), "会计", "2023-06"), Some(1)),
        ("a student", Sketch::default().studied(Degree::Bachelor, "会计学", ("2021-09", "2025-06")), Some(1)),
        ("a wish", bachelor().section(SectionKind::Objective, "成为院士"), Some(1)),
        ("nothing", Sketch::default().section(SectionKind::Skills, "Rust"), None),
    ];
    for (who, sketch, level) in cases {
        assert_eq!(number(talent(sketch).level), level, "{who}");
    }
}

#[test]
fn a_level_says_what_it_rests_on() {
    let sketch = job(doctor("2018-06"), "研发工程师", "2018-06");
    let reading = sketch.clone().reading();
    let talent = talent(sketch);
    let quoted: Vec<_> = talent
        .basis
        .iter()
        .map(|basis| (&basis.condition, reading.content.text_at(basis.spans[0]).unwrap()))
        .collect();
    let expected = [
        (&LevelCondition::MinDegree(Degree::Doctor), "材料学".to_owned()),
        (&LevelCondition::MinYears(5), "研发工程师".to_owned()),
    ];
    assert_eq!(quoted, expected);
    assert_eq!(talent.open, None);
}

#[test]
fn what_is_unknown_leaves_the_level_open() {
    // A doctor who tells of no dated job may have worked for ever.
    let undated = doctor("2010-06").entry(EntryKind::Work, "研发工程师", None, "做了许多事");
    let talent_of = talent(undated);
    assert_eq!(number(talent_of.level), Some(2));
    let open = talent_of.open.unwrap();
    assert_eq!((open.level.number, &open.unknown[0].condition), (3, &LevelCondition::MinYears(5)));
    // No degree is told of: everything that asks for one is open.
    let talent_of = talent(job(Sketch::default(), "会计", "2008-06"));
    assert_eq!(talent_of.level, None);
    assert_eq!(talent_of.open.unwrap().level.number, 3);
}

#[test]
fn papers_and_patents_count_by_number() {
    let with = |n_papers: usize| {
        let worked = job(doctor("2008-06"), "研究人员", "2008-06");
        number(talent(worked.achievements(AchievementKind::Publication, n_papers)).level)
    };
    assert_eq!((with(19), with(20)), (Some(3), Some(4)));
}

#[test]
fn a_station_wants_a_recent_doctorate() {
    use GateOutcome::{Fail, Pass, Unknown};
    use PostdocWhy::{
        DoctorateUnderWay, NoDegree, NoDoctorate, OldDoctorate, RecentDoctorate, UndatedDoctorate,
    };
    let master = Sketch::default().studied(Degree::Master, "材料学", ("2018-09", "2021-06"));
    let cases = [
        (doctor("2021-06"), Pass, RecentDoctorate),
        (doctor("2021-05"), Fail, OldDoctorate),
        (doctor("2021"), Unknown, UndatedDoctorate),
        (doctor("2022"), Pass, RecentDoctorate),
        (doctor("2020"), Fail, OldDoctorate),
        (Sketch::default().education(Degree::Doctor, "材料学"), Unknown, UndatedDoctorate),
        (master.clone().studied(Degree::Doctor, "材料学", ("2021-09", "now")), Unknown, DoctorateUnderWay),
        (master, Fail, NoDoctorate),
        (Sketch::default().section(SectionKind::Skills, "Rust"), Unknown, NoDegree),
    ];
    for (sketch, outcome, why) in cases {
        let postdoc = talent(sketch).postdoc;
        assert_eq!((postdoc.outcome, postdoc.why), (outcome, why));
    }
}

const MISTAKES: [&str; 8] = [
    "levels.toml:2: `postdoc.max_years_since_doctorate`: is missing; add `max_years_since_doctorate = ...`",
    "levels.toml:4: `levels[0].level`: is out of range; use a whole number from 1 to 4",
    "levels.toml:8: `levels[0].rules[0].min_degree`: `docter` is not a degree; did you mean `doctor`?",
    "levels.toml:14: `levels[1].rules[0].titles`: `profesor` is not a concept of the lexicon; did you mean `professor`?",
    "levels.toml:15: `levels[1].rules[1]`: a rule without a condition holds for everybody; give it at least one of min_degree, studying, min_years, titles, honours, min_publications, min_patents",
    "levels.toml:16: `levels`: there is a level 2 already; write all rules of a level under it",
    "levels.toml:16: `levels[2].rules`: there is no rule; add `[[levels.rules]]` with a condition",
    "levels.toml:20: `levels[2].colour`: is not a known key; known here are `level`, `name_en`, `name_zh`, `rules`",
];

#[test]
fn every_mistake_is_told() {
    let text = r#"
        [postdoc]
        [[levels]]
        level = 5
        name_zh = "甲"
        name_en = "A"
        [[levels.rules]]
        min_degree = "docter"
        [[levels]]
        level = 2
        name_zh = "乙"
        name_en = "B"
        [[levels.rules]]
        titles = ["profesor"]
        [[levels.rules]]
        [[levels]]
        level = 2
        name_zh = "丙"
        name_en = "C"
        colour = "red"
    "#;
    let problems = Levels::parse(&Source { name: "levels.toml", text }, lexicon()).unwrap_err();
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told, MISTAKES);
}
