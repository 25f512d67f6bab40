//! What the crate promises as a whole, with the lexicon and profiles that ship.

use bole_core::{Degree, DocumentId, EntryKind, Evidence, MentionStatus, ProtectedKind, SectionKind};

use crate::shipped::{lexicon, profile};
use crate::sketch::{Sketch, as_of};
use crate::{
    Explanation, GateOutcome, Lexicon, Profile, ReasonKind, Row, Rows, Source, WhyNot, collect, explain,
    rank, score, total,
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
            "BMS (building management systems), lithium batteries",
            &[
                "-battery-management-system: BMS",
                "building-automation: BMS",
                "building-automation: building management systems",
                "lithium-ion-battery: lithium batteries",
            ],
        ),
        (
            "EMS (emergency medical services), lithium batteries",
            &[
                "emergency-medicine: EMS",
                "emergency-medicine: emergency medical services",
                "lithium-ion-battery: lithium batteries",
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
fn a_title_that_names_the_field_is_one_of_the_field() {
    let lexicon = lexicon();
    let profile = profile("energy-storage", lexicon);
    let titles = |kind, titles: &[&str]| {
        let dates = Some(("2018-01", "2024-01"));
        let mut sketch = Sketch::default();
        for title in titles {
            sketch = sketch.entry(kind, title, dates, "带团队");
        }
        let explanation = sketch.explanation(&profile, lexicon);
        let component = explanation.components.into_iter().find(|component| component.id == "titles");
        let component = component.unwrap();
        (component.points, component.reasons.into_iter().map(|reason| reason.what).collect::<Vec<_>>())
    };
    let (named, reasons) = titles(EntryKind::Work, &["固态电解质布道师"]);
    assert_eq!(reasons, [ReasonKind::NamesField]);
    let (listed, _) = titles(EntryKind::Work, &["电池工程师"]);
    assert_eq!(named, listed);
    // The same post under both names is one post.
    assert_eq!(titles(EntryKind::Work, &["电池工程师", "固态电解质布道师"]).0, listed);
    assert_eq!(titles(EntryKind::Project, &["飞轮储能示范"]).0, 0);
    assert_eq!(titles(EntryKind::Work, &["门店经理"]).0, 0);
}

#[test]
fn what_is_done_for_a_doctorate_is_research() {
    let lexicon = lexicon();
    let section = |degree, text: &str| {
        let reading = Sketch::default().studied_with(degree, "材料学", text).reading();
        let evidence = collect(&reading, lexicon);
        let of_text = evidence.mentions.iter().find(|mention| mention.concept.0 == "solid-electrolyte");
        of_text.unwrap().section
    };
    assert_eq!(section(Degree::Doctor, "合成了三种固态电解质"), SectionKind::Research);
    assert_eq!(section(Degree::Doctor, "课程：固态电解质"), SectionKind::Education);
    assert_eq!(section(Degree::Bachelor, "合成了三种固态电解质"), SectionKind::Education);
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
    for text in ["熟悉固态电池", "五年储能经验", "experience with lithium batteries"] {
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
fn rows_are_small() {
    let lexicon = lexicon();
    let all: Vec<String> = lexicon
        .concepts()
        .iter()
        .map(|concept| format!("Responsible for the {} of it.", concept.name_en))
        .collect();
    let row = Sketch::default().section(SectionKind::Work, &all.join("\n")).row(lexicon);
    let many = (0..600_u32).map(|number| row.varied(DocumentId::of(&number.to_be_bytes()), &mut |_| 0));
    let rows: Rows = many.collect();
    assert_eq!(rows.len(), 600);
    assert!(rows.n_bytes() <= 400 * rows.len(), "{}", rows.n_bytes() / rows.len());
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

mod explanations;
mod mistakes;
mod profiles;
mod properties;
