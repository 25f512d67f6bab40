//! What the crate promises as a whole, with the lexicon and profiles that ship.

use bole_core::{Degree, EntryKind, Evidence, MentionStatus, ProtectedKind, SectionKind};

use crate::shipped::{lexicon, profile};
use crate::sketch::{Sketch, as_of};
use crate::{
    Explanation, GateOutcome, Lexicon, Profile, ReasonKind, Row, Source, WhyNot, collect, explain, rank,
    score, total,
};

/// Every concept of `text`, standing in a job, as `id: text as stored`; what does not count after a `-`.
fn found(text: &str, lexicon: &Lexicon) -> Vec<String> {
    let reading = Sketch::default().section(SectionKind::Work, text).reading();
    let evidence = collect(&reading, lexicon);
    let shown = evidence.mentions.iter().map(|mention| {
        let sign = if mention.status.is_counted() { "" } else { "-" };
        format!("{sign}{}: {}", mention.concept, reading.content.text_at(mention.span).unwrap())
    });
    shown.collect()
}

#[test]
fn concepts_are_found_in_both_languages() {
    let lexicon = lexicon();
    let cases: &[(&str, &[&str])] = &[
        ("从事固态电池研发", &["solid-state-battery: 固态电池"]),
        ("從事固態電池研發", &["solid-state-battery: 固態電池"]),
        ("worked on Solid–State\nBatteries", &["solid-state-battery: Solid–State\nBatteries"]),
        (
            "ｓｏｌｉｄ－ｓｔａｔｅ ｂａｔｔｅｒｙ",
            &["solid-state-battery: ｓｏｌｉｄ－ｓｔａｔｅ ｂａｔｔｅｒｙ"],
        ),
        ("负责衛星互聯網与遥感", &["satellite-internet: 衛星互聯網", "remote-sensing: 遥感"]),
        ("镁基储氢、加氢站", &["magnesium-hydrogen-storage: 镁基储氢", "hydrogen-refuelling: 加氢站"]),
        ("month-end close and M&A", &["month-end-close: month-end close", "mergers-acquisitions: M&A"]),
        ("固态\n\n电池", &["battery: 电池"]),
        ("embankment", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(found(text, lexicon), *expected, "{text}");
    }
}

#[test]
fn ambiguous_forms_count_in_company_only() {
    let lexicon = lexicon();
    let cases: &[(&str, &[&str])] = &[
        ("BMS and SOC", &["-battery-management-system: BMS", "-state-of-charge: SOC"]),
        (
            "BMS and SOC for sodium-ion batteries",
            &[
                "battery-management-system: BMS",
                "state-of-charge: SOC",
                "sodium-ion-battery: sodium-ion batteries",
            ],
        ),
        ("LEO and other satellites", &["satellite-internet: LEO", "satellite: satellites"]),
        ("Leo, a satellite operator", &["satellite-engineer: satellite operator"]),
        // Company is kept by the field, not by what is common everywhere.
        ("BMS in Python", &["-battery-management-system: BMS", "python: Python"]),
        // What is spelt out goes before company.
        (
            "BMS (building management systems), battery room",
            &[
                "-battery-management-system: BMS",
                "building-automation: BMS",
                "building-automation: building management systems",
                "battery: battery",
            ],
        ),
        (
            "EMS (emergency medical services), charged batteries",
            &[
                "emergency-medicine: EMS",
                "-energy-management-system: EMS",
                "emergency-medicine: emergency medical services",
                "battery: batteries",
            ],
        ),
        (
            "battery management system (BMS) beside the building management system",
            &[
                "battery-management-system: battery management system",
                "battery-management-system: BMS",
                "building-automation: BMS",
                "building-automation: building management system",
            ],
        ),
        // A longer form that means something else hides the shorter one.
        ("blood bank and pilot project", &["other-banks: blood bank", "trial-run: pilot project"]),
    ];
    for (text, expected) in cases {
        assert_eq!(found(text, lexicon), *expected, "{text}");
    }
}

#[test]
fn denials_are_seen_and_earn_nothing() {
    let lexicon = lexicon();
    let profile = profile("energy-storage", lexicon);
    let denied = |text: &str| {
        let explanation = Sketch::default().section(SectionKind::Work, text).explanation(&profile, lexicon);
        let why: Vec<WhyNot> = explanation.not_counted.iter().map(|not| not.why).collect();
        (explanation.total, why)
    };
    for text in [
        "不熟悉固态电池",
        "没有储能经验",
        "从未从事过电池回收",
        "未涉及燃料电池",
        "No experience with batteries.",
        "not familiar with fuel cells",
        "never worked on a fuel\ncell",
        "hold no battery\ncertification",
    ] {
        assert_eq!(denied(text), (0, vec![WhyNot::Negated]), "{text}");
    }
    for text in ["熟悉固态电池", "五年储能经验", "experience with batteries"] {
        let (total, why) = denied(text);
        assert!(total > 0 && why.is_empty(), "{text}");
    }
}

#[test]
fn a_hobby_keeps_no_company() {
    let lexicon = lexicon();
    let counts = |kind| {
        let sketch =
            Sketch::default().job("Operator", "Looked after a BMS.").section(kind, "solid-state batteries");
        let mentions = sketch.evidence(lexicon).mentions;
        let bms = mentions.iter().find(|mention| mention.concept.0 == "battery-management-system");
        bms.unwrap().status.is_counted()
    };
    assert!(counts(SectionKind::Skills));
    assert!(!counts(SectionKind::Interests) && !counts(SectionKind::Objective));
}

#[test]
fn a_project_without_dates_has_those_of_its_job() {
    let lexicon = lexicon();
    let start_of = |job, project| {
        let sketch = Sketch::default().entry(EntryKind::Work, "工程师", job, "负责研发");
        let mentions = sketch.project_within(project, "固态电池").evidence(lexicon).mentions;
        let battery = mentions.iter().find(|mention| mention.concept.0 == "solid-state-battery").unwrap();
        assert_eq!(battery.section, SectionKind::Project);
        battery.dates.map(|dates| dates.start.to_string())
    };
    let (job, project) = (Some(("2018-07", "now")), Some(("2020-03", "2021-02")));
    assert_eq!(start_of(job, None).as_deref(), Some("2018-07"));
    assert_eq!(start_of(job, project).as_deref(), Some("2020-03"));
    assert_eq!(start_of(None, None), None);
}

#[test]
fn a_hobby_in_a_line_of_another_section_is_one() {
    let lexicon = lexicon();
    let cases = [
        ("Python, CapCut. Interests: mountaineering, satellite stamps.", SectionKind::Interests),
        ("Python、剪映。爱好：登山、收集卫星邮票。", SectionKind::Interests),
        ("Hobbies: chess. Built a satellite.", SectionKind::Skills),
        ("爱好：登山。技能：卫星", SectionKind::Skills),
        ("Research interests: satellites", SectionKind::Skills),
        ("研究兴趣：卫星", SectionKind::Skills),
    ];
    for (text, section) in cases {
        let mentions = Sketch::default().section(SectionKind::Skills, text).evidence(lexicon).mentions;
        let satellite = mentions.iter().find(|mention| mention.concept.0 == "satellite");
        assert_eq!(satellite.unwrap().section, section, "{text}");
    }
}

#[test]
fn what_is_named_in_passing_counts_less_than_the_trade() {
    let lexicon = lexicon();
    let profile = profile("finance", lexicon);
    let banking = |title: &str| {
        let explanation = Sketch::default().job(title, "Site for a bank.").explanation(&profile, lexicon);
        let months =
            explanation.components.iter().find(|component| component.id == "experience").unwrap().points;
        (explanation.components.iter().find(|component| component.id == "banking").unwrap().points, months)
    };
    let (in_passing, no_months) = banking("Web developer");
    let (trade, months) = banking("Loan officer");
    assert!(in_passing < trade, "{in_passing} {trade}");
    assert!(no_months == 0 && months > 0);
    // What is denied, or ambiguous, makes no job one of the field.
    let job = "I have never worked in lending, banking or audit and hold no CFA certificate.";
    let explanation = Sketch::default().job("Machinist", job).explanation(&profile, lexicon);
    assert_eq!(explanation.total, 0);
}

#[test]
fn trades_are_told_by_their_titles() {
    let lexicon = lexicon();
    let cases = [
        ("finance", "授信审批部 高级审批官", "underwriter"),
        ("finance", "风险管理部 信贷审查经理", "loan-officer"),
        ("finance", "Senior Product Manager, Payments", "fintech-professional"),
        ("finance", "金融工程博士后研究人员", "finance-researcher"),
        ("finance", "Senior Manager, Market and Credit Risk", "risk-manager"),
        ("aerospace", "载荷系统主任工程师", "satellite-engineer"),
        ("aerospace", "LEO Satcom Payload Engineer", "satellite-engineer"),
        ("aerospace", "Head of Airworthiness", "airworthiness-engineer"),
        ("energy-storage", "Battery Materials Researcher", "battery-materials-researcher"),
    ];
    for (field, title, concept) in cases {
        let profile = profile(field, lexicon);
        let explanation = Sketch::default().job(title, "").explanation(&profile, lexicon);
        let titles = explanation.components.iter().find(|component| component.id == "titles").unwrap();
        let held = |reason: &crate::Reason| matches!(&reason.what, ReasonKind::Concept { concept: id, .. } if id.0 == concept);
        assert!(titles.reasons.iter().any(held), "{title}");
    }
}

#[test]
fn a_headline_may_be_in_two_languages() {
    let lexicon = lexicon();
    let headline = "卫星互联网载荷与通信系统工程师 | LEO Satcom Payload Engineer";
    let sketch = Sketch::default().section(SectionKind::Personal, headline);
    let is_title =
        |mention: &bole_core::Mention| mention.concept.0 == "satellite-engineer" && mention.in_title;
    assert!(sketch.evidence(lexicon).mentions.iter().any(is_title));
}

#[test]
fn repeating_does_not_pay_and_breadth_does() {
    let lexicon = lexicon();
    let profile = profile("energy-storage", lexicon);
    let job = |text: &str| Sketch::default().job("工程师", text).score(&profile, lexicon).total;
    let once = job("负责固态电池研发。");
    let often = job(&"负责固态电池研发。".repeat(10));
    let broad = job("负责固态电池研发。负责钠离子电池研发。负责燃料电池研发。");
    assert_eq!(once, often);
    assert!(broad > once);
}

#[test]
fn a_wall_of_keywords_earns_nothing() {
    let lexicon = lexicon();
    let profile = profile("finance", lexicon);
    let names = lexicon.concepts().iter().filter(|concept| concept.field.0 == "finance" && !concept.general);
    let wall: Vec<&str> = names.map(|concept| concept.name_en.as_str()).take(80).collect();
    let wall = wall.join(", ");
    for kind in [SectionKind::Summary, SectionKind::Skills, SectionKind::Other] {
        let sketch = Sketch::default().section(kind, &wall);
        let explanation = sketch.explanation(&profile, lexicon);
        assert_eq!(explanation.total, 0, "{kind:?}");
        assert!(explanation.not_counted.iter().all(|not| not.why == WhyNot::KeywordWall));
    }
    let honest = "general ledger, accounts payable, month-end close, bank reconciliation, tax returns";
    let sketch = Sketch::default().section(SectionKind::Skills, honest);
    assert!(sketch.score(&profile, lexicon).total > 0);
}

#[test]
fn doing_outweighs_listing_and_wishing() {
    let lexicon = lexicon();
    let profile = profile("energy-storage", lexicon);
    let text = "固态电池电解质研发";
    let entry = |kind| {
        // A job has a trade, which its title tells.
        let title = if kind == EntryKind::Work { "电池工程师" } else { "" };
        Sketch::default()
            .entry(kind, title, Some(("2021-01", "2024-05")), text)
            .score(&profile, lexicon)
            .total
    };
    let section = |kind| Sketch::default().section(kind, text).score(&profile, lexicon).total;
    let totals = [
        entry(EntryKind::Work),
        entry(EntryKind::Research),
        entry(EntryKind::Project),
        entry(EntryKind::Internship),
        section(SectionKind::Skills),
        section(SectionKind::Summary),
        section(SectionKind::Objective),
    ];
    assert!(totals.is_sorted_by(|one, next| one > next), "{totals:?}");
    assert_eq!(Sketch::default().score(&profile, lexicon).total, 0);
}

#[test]
fn titles_count_where_they_are_held() {
    let lexicon = lexicon();
    let profile = profile("finance", lexicon);
    let titles = |sketch: Sketch| {
        let explanation = sketch.explanation(&profile, lexicon);
        explanation.components.iter().find(|component| component.id == "titles").unwrap().points
    };
    let headline = || Sketch::default().section(SectionKind::Personal, "Senior Accountant");
    let both = titles(headline().job("Accountant", "Books of a small firm"));
    let held = titles(Sketch::default().job("Accountant", "Books of a small firm"));
    let called = titles(headline());
    let passing = titles(Sketch::default().job("Driver", "Drove the accountant to meetings"));
    assert!(both > held && held > called && called > passing, "{both} {held} {called} {passing}");
}

#[test]
fn gates_have_three_outcomes() {
    use GateOutcome::{Fail, Pass, Unknown};

    let lexicon = lexicon();
    let text = r#"
        field = "finance"
        name_zh = "金融"
        name_en = "Finance"
        [experience]
        weight = 1
        [[gates]]
        id = "degree"
        name_zh = "学历"
        name_en = "Degree"
        min_degree = "master"
        [[gates]]
        id = "months"
        name_zh = "年限"
        name_en = "Months"
        min_full_time_months = 24
        [[gates]]
        id = "cpa"
        name_zh = "注会"
        name_en = "CPA"
        any_of = ["cpa"]
    "#;
    let profile = parse(text, lexicon).unwrap();
    let gates = |sketch: Sketch| {
        let explanation = sketch.explanation(&profile, lexicon);
        for gate in &explanation.gates {
            assert_eq!(gate.spans.is_empty(), gate.outcome == Unknown, "{gate:?}");
        }
        explanation.gates.iter().map(|gate| gate.outcome).collect::<Vec<_>>()
    };
    assert_eq!(gates(Sketch::default()), [Unknown, Unknown, Unknown]);
    let good = Sketch::default()
        .education(Degree::Doctor, "金融学")
        .job("会计", "账务")
        .section(SectionKind::Certificates, "CPA");
    assert_eq!(gates(good), [Pass, Pass, Pass]);
    let weak = Sketch::default()
        .education(Degree::Bachelor, "金融学")
        .entry(EntryKind::Work, "会计", Some(("2024-01", "2024-03")), "账务")
        .section(SectionKind::Summary, "没有注册会计师证书");
    assert_eq!(gates(weak), [Fail, Fail, Fail]);
    let undated = Sketch::default().entry(EntryKind::Work, "会计", None, "账务");
    assert_eq!(gates(undated), [Unknown, Unknown, Unknown]);
}

#[test]
fn who_somebody_is_does_not_score() {
    let lexicon = lexicon();
    let profile = profile("finance", lexicon);
    let person = |name: &str, gender: &str, birthplace: &str| {
        Sketch::default()
            .section(SectionKind::Personal, name)
            .protected(ProtectedKind::Gender, gender)
            .protected(ProtectedKind::Birthplace, birthplace)
            .job("会计师", "负责总账与审计")
            .score(&profile, lexicon)
    };
    let one = person("张伟", "男", "重庆");
    assert_eq!(one, person("Li Na", "女", "会计之乡，银行街"));
    let evidence = Sketch::default().protected(ProtectedKind::Birthplace, "银行").evidence(lexicon);
    assert!(evidence.mentions.is_empty());
}

#[test]
fn an_explanation_names_reasons_gaps_and_a_change() {
    let lexicon = lexicon();
    let profile = profile("energy-storage", lexicon);
    let explanation = Sketch::default()
        .job("电池工程师", "负责固态电池研发，BMS算法。")
        .education(Degree::Master, "材料科学与工程")
        .section(SectionKind::Interests, "氢能")
        .explanation(&profile, lexicon);
    check_sums(&explanation, &profile);
    let batteries = &explanation.components[0];
    let reason = &batteries.reasons[0];
    assert!(
        matches!(&reason.what, ReasonKind::Concept { concept, .. } if concept.0 == "solid-state-battery")
    );
    assert_eq!((reason.section, reason.months), (Some(SectionKind::Work), Some(72)));
    assert!(batteries.missing.iter().any(|missing| missing.concept.0 == "sodium-ion-battery"));
    let education = explanation.components.iter().find(|component| component.id == "education").unwrap();
    assert_eq!(education.reasons.len(), 2);
    assert_eq!(explanation.not_counted.len(), 1);
    assert_eq!(explanation.not_counted[0].why, WhyNot::Interest);
    let change = explanation.best_change.unwrap();
    assert!(change.gain > 0);
    assert_eq!(change.total, explanation.total + change.gain);
}

#[test]
fn the_change_that_is_named_brings_what_it_says() {
    let lexicon = lexicon();
    let text = r#"
        field = "finance"
        name_zh = "金融"
        name_en = "Finance"
        [[groups]]
        id = "books"
        name_zh = "账"
        name_en = "Books"
        weight = 1
        enough = 2
        concepts = ["audit", "tax"]
    "#;
    let profile = parse(text, lexicon).unwrap();
    let before = Sketch::default().job("审计员", "负责审计。").explanation(&profile, lexicon);
    let change = before.best_change.unwrap();
    assert_eq!(change.name_en, "tax return");
    let after = Sketch::default().job("审计员", "负责审计。负责税务。").score(&profile, lexicon);
    assert_eq!(after.total, change.total);
}

#[test]
fn weights_can_be_changed() {
    let lexicon = lexicon();
    let profile = profile("finance", lexicon);
    let weights =
        |list: &[(&str, u32)]| list.iter().map(|(id, weight)| ((*id).to_owned(), *weight)).collect();
    let changed = profile.with_weights(&weights(&[("titles", 0), ("banking", 50_000)])).unwrap();
    assert_ne!(changed.hash(), profile.hash());
    assert_eq!(changed.groups().iter().map(|group| group.weight).sum::<u32>(), 100_000);
    assert_eq!(changed.groups().iter().find(|group| group.id == "titles").unwrap().weight, 0);
    let problems = profile.with_weights(&weights(&[("title", 1)])).err().unwrap();
    assert_eq!(problems[0].hint, "did you mean `titles`?");
}

#[test]
fn every_mistake_of_a_profile_is_reported_at_once() {
    let text = r#"field = "finanse"
name_zh = "金融"
naem_en = "Finance"
[[groups]]
id = "a"
name_zh = "甲"
name_en = "A"
weight = 0
concepts = ["acounting", "audit", "audit"]
[[groups]]
id = "a"
name_zh = "乙"
name_en = "B"
weight = -3
concepts = []
[[gates]]
id = "long"
name_zh = "长"
name_en = "Long"
min_full_time_months = 60
[[gates]]
id = "short"
name_zh = "短"
name_en = "Short"
max_full_time_months = 12
[[gates]]
id = "none"
name_zh = "无"
name_en = "None"
"#;
    let problems = parse(text, lexicon()).err().unwrap();
    let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let expected = [
        (1, "`finanse` is not a field of the lexicon; did you mean `finance`?"),
        (3, "is not a known key; did you mean `name_en`?"),
        (8, "is out of range; use a whole number from 1 to 100000"),
        (9, "`acounting` is not a concept of the lexicon; did you mean `accounting`?"),
        (9, "`audit` is listed twice; list it once"),
        (10, "there is a group `a` already"),
        (10, "lists no concept"),
        (14, "is out of range"),
        (21, "contradicts the gate `long`"),
        (26, "has 0 conditions"),
    ];
    for (line, message) in expected {
        let is_there = |problem: &String| {
            problem.starts_with(&format!("test.toml:{line}:")) && problem.contains(message)
        };
        assert!(shown.iter().any(is_there), "{line}: {message}\n{}", shown.join("\n"));
    }
    assert!(shown.iter().any(|problem| problem.contains("`name_en`: is missing")));
}

#[test]
fn every_mistake_of_a_lexicon_is_reported_at_once() {
    let text = r#"field = "f"
[concept.a]
zh = ["甲"]
en = ["alpha"]
parents = ["b"]
[concept.b]
zh = ["乙"]
en = ["Alpha"]
parents = ["a", "cc"]
[concept.c]
zh = ["丙"]
kind = "titel"
"#;
    let problems = Lexicon::parse(&[Source { name: "x.toml", text }]).err().unwrap();
    let shown = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for message in [
        "x.toml:2: `concept.a.parents`: is its own ancestor",
        "x.toml:8: `concept.b: Alpha`: is a form of `a` already",
        "x.toml:9: `concept.b.parents`: `cc` is not a concept; did you mean",
        "x.toml:10: `concept.c.en`: is missing",
        "x.toml:12: `concept.c.kind`: is not a kind of concept; did you mean `title`?",
    ] {
        assert!(shown.contains(message), "{message}\n{shown}");
    }
}

#[test]
fn forms_that_no_text_gives_are_reported() {
    let text = r#"field = "f"
[concept.a]
zh = ["甲"]
en = ["battery", "cell", "cells"]
[concept.b]
zh = ["乙"]
en = ["gas"]
ambiguous = ["Ab"]
[concept.c]
zh = ["丙"]
en = ["batteries"]
"#;
    let problems = Lexicon::parse(&[Source { name: "x.toml", text }]).err().unwrap();
    let shown = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let hint = "write it as it stands in a text, in the singular, and in one place only";
    let expected = [
        format!("x.toml:4: `concept.a: cells`: is found as the plural of `cell` already; {hint}"),
        format!("x.toml:11: `concept.c: batteries`: is found as a form of `a` too; {hint}"),
    ];
    assert_eq!(shown, expected.join("\n"));
}

#[test]
fn rows_are_small() {
    let lexicon = lexicon();
    let all: Vec<String> = lexicon
        .concepts()
        .iter()
        .map(|concept| format!("Responsible for the {} of it.", concept.name_en))
        .collect();
    let row = Sketch::default().section(SectionKind::Work, &all.join("\n")).row(lexicon);
    assert!(row.n_bytes() <= 400, "{}", row.n_bytes());
}

#[test]
fn evidence_is_stored_and_read_back() {
    let lexicon = lexicon();
    let evidence = Sketch::default().job("会计", "负责总账。不熟悉税务。").evidence(lexicon);
    let json = serde_json::to_string(&evidence).unwrap();
    assert_eq!(serde_json::from_str::<Evidence>(&json).unwrap(), evidence);
    assert!(evidence.mentions.iter().any(|mention| mention.status == MentionStatus::Negated));
}

fn parse(text: &str, lexicon: &Lexicon) -> Result<Profile, Vec<crate::Problem>> {
    Profile::parse(&Source { name: "test.toml", text }, lexicon)
}

/// Every sum of an explanation, and that every reason with points has a place.
fn check_sums(explanation: &Explanation, profile: &Profile) {
    let components: u32 = explanation.components.iter().map(|component| component.points).sum();
    assert_eq!(components, explanation.total);
    assert!(explanation.total <= 100_000);
    for (component, group) in explanation.components.iter().zip(profile.groups()) {
        assert_eq!(component.id, group.id);
        assert!(component.points <= component.weight);
        assert_eq!(component.reasons.iter().map(|reason| reason.points).sum::<u32>(), component.points);
        for reason in &component.reasons {
            assert!(!reason.spans.is_empty(), "{reason:?}");
        }
    }
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    fn any_section() -> impl Strategy<Value = SectionKind> {
        prop::sample::select(vec![
            SectionKind::Personal,
            SectionKind::Summary,
            SectionKind::Objective,
            SectionKind::Skills,
            SectionKind::Certificates,
            SectionKind::Publications,
            SectionKind::Patents,
            SectionKind::Interests,
        ])
    }

    fn any_kind() -> impl Strategy<Value = EntryKind> {
        prop::sample::select(vec![
            EntryKind::Work,
            EntryKind::Internship,
            EntryKind::Project,
            EntryKind::Research,
        ])
    }

    /// Text with words of the lexicon in it.
    fn any_text() -> impl Strategy<Value = String> {
        let words = "固态电池 储能 BMS 会计 accountant bank 银行 无人机 pilot 卫星 不熟悉 没有 经验 no_experience_in \
                     , 。 \n - CFA 税务 the risk_management 態 ﬁ &";
        let words: Vec<String> = words.split(' ').map(|word| word.replace('_', " ")).collect();
        let word = prop::sample::select(words);
        prop::collection::vec(prop_oneof![4 => word, 1 => "\\PC{0,3}"], 0..30)
            .prop_map(|words| words.join(" "))
    }

    fn any_sketch() -> impl Strategy<Value = Sketch> {
        let sections = prop::collection::vec((any_section(), any_text()), 0..4);
        let dates = prop::option::of((1995_u16..2024, 0_u16..8));
        let entries = prop::collection::vec((any_kind(), any_text(), dates, any_text()), 0..4);
        let degree =
            prop::option::of(prop::sample::select(vec![Degree::Associate, Degree::Bachelor, Degree::Doctor]));
        (sections, entries, degree).prop_map(|(sections, entries, degree)| {
            let mut sketch = Sketch::default();
            for (kind, text) in sections {
                sketch = sketch.section(kind, &text);
            }
            for (kind, title, dates, text) in entries {
                let dates = dates.map(|(start, years)| (start.to_string(), (start + years).to_string()));
                let dates = dates.as_ref().map(|(start, end)| (start.as_str(), end.as_str()));
                sketch = sketch.entry(kind, &title, dates, &text);
            }
            match degree {
                Some(degree) => sketch.education(degree, "会计学"),
                None => sketch,
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn explanation_and_score_agree(sketches in prop::collection::vec(any_sketch(), 1..6)) {
            let lexicon = lexicon();
            for field in ["finance", "energy-storage", "aerospace"] {
                let profile = profile(field, lexicon);
                for sketch in &sketches {
                    let reading = sketch.clone().reading();
                    let evidence = collect(&reading, lexicon);
                    for mention in &evidence.mentions {
                        prop_assert!(reading.content.text_at(mention.span).is_some_and(|text| !text.is_empty()));
                    }
                    let row = Row::new(reading.document, as_of(), &evidence, lexicon);
                    let scored = score(&row, &profile);
                    let explanation = explain(&evidence, as_of(), reading.document, &profile, lexicon);
                    check_sums(&explanation, &profile);
                    prop_assert_eq!(scored.total, explanation.total);
                    prop_assert_eq!(scored.total, total(&row, &profile));
                    let components: Vec<u32> = explanation.components.iter().map(|part| part.points).collect();
                    prop_assert_eq!(scored.components, components);
                    let gates: Vec<GateOutcome> = explanation.gates.iter().map(|gate| gate.outcome).collect();
                    prop_assert_eq!(scored.gates, gates);
                }
            }
        }

        #[test]
        fn ranks_do_not_depend_on_threads(sketches in prop::collection::vec(any_sketch(), 0..24)) {
            let lexicon = lexicon();
            let profile = profile("finance", lexicon);
            let rows: Vec<Row> = sketches.into_iter().map(|sketch| sketch.row(lexicon)).collect();
            let in_order: Vec<&Row> = rows.iter().collect();
            let reversed: Vec<&Row> = rows.iter().rev().collect();
            let pool = |n_threads| rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            let one = pool(1).install(|| rank(&in_order, &profile));
            let four = pool(4).install(|| rank(&reversed, &profile));
            prop_assert_eq!(&one, &four);
            prop_assert!(one.is_sorted_by_key(|ranked| (std::cmp::Reverse(ranked.score.total), ranked.document)));
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,200}", kind in any_section()) {
            let lexicon = lexicon();
            let reading = Sketch::default().section(kind, &text).reading();
            for mention in collect(&reading, lexicon).mentions {
                prop_assert!(reading.content.text_at(mention.span).is_some());
            }
        }
    }
}
