//! Reasons, gaps, losses and changes.

use super::*;

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
fn a_loss_is_what_the_total_falls_by() {
    let lexicon = lexicon();
    let profile = profile("energy-storage", lexicon);
    let job = |text: &str| {
        let sketch = Sketch::default().studied(Degree::Master, "电化学", ("2015-09", "2018-06"));
        sketch.entry(EntryKind::Work, "工程师", Some(("2018-07", "2024-01")), text)
    };
    let whole = job("固态电池、钠离子电池、电解液、超级电容器").explanation(&profile, lexicon);
    let without = job("钠离子电池、电解液、超级电容器").explanation(&profile, lexicon);
    let reasons = || whole.components.iter().flat_map(|component| &component.reasons);
    let of_concept = reasons().find(|reason| reason.name_en == "solid-state battery");
    assert_eq!(of_concept.unwrap().loss, whole.total - without.total);
    let (_, mainstay) = whole.mainstay().unwrap();
    assert!(reasons().all(|reason| reason.loss <= mainstay.loss && reason.loss <= whole.total));
    assert!(Sketch::default().explanation(&profile, lexicon).mainstay().is_none());
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
fn a_title_held_takes_the_place_of_one_that_names_the_field() {
    let lexicon = lexicon();
    let text = r#"
        field = "energy-storage"
        name_zh = "储能"
        name_en = "Storage"
        [titles]
        weight = 1
        enough = 2
        concepts = ["battery-engineer", "bms-engineer"]
    "#;
    let profile = parse(text, lexicon).unwrap();
    let dates = Some(("2018-01", "2024-05"));
    let job = Sketch::default().entry(EntryKind::Work, "固态电解质布道师", dates, "带团队");
    let change = job.clone().explanation(&profile, lexicon).best_change.unwrap();
    // A title held now and above the first heading counts in full, and nothing is left for the other.
    let after = job.section(SectionKind::Personal, "电池工程师").entry(
        EntryKind::Work,
        "电池工程师",
        dates,
        "带团队",
    );
    assert_eq!(after.score(&profile, lexicon).total, change.total);
}

#[test]
fn nobody_is_told_to_work_longer_than_a_gate_for_the_young_lets_through() {
    let lexicon = lexicon();
    let change = |gate: &str| {
        let text = format!(
            r#"
            field = "energy-storage"
            name_zh = "储能"
            name_en = "Storage"
            [experience]
            weight = 1
            full_months = 96
            [[gates]]
            id = "young"
            name_zh = "年限"
            name_en = "Years"
            {gate}
        "#
        );
        let profile = parse(&text, lexicon).unwrap();
        let dates = Some(("2020-07", "2024-05"));
        let job = Sketch::default().entry(EntryKind::Work, "电池工程师", dates, "负责固态电池研发");
        job.explanation(&profile, lexicon).best_change
    };
    assert!(change("max_full_time_months = 120").is_some());
    assert_eq!(change("max_full_time_months = 60"), None);
}

#[test]
fn evidence_without_which_a_gate_fails_is_told() {
    let lexicon = lexicon();
    let text = r#"
        field = "energy-storage"
        name_zh = "储能"
        name_en = "Storage"
        [[groups]]
        id = "batteries"
        name_zh = "电池"
        name_en = "Batteries"
        weight = 1
        enough = 1
        concepts = ["sodium-ion-battery", "solid-state-battery"]
        [[gates]]
        id = "any"
        name_zh = "任一"
        name_en = "Any"
        any_of = ["sodium-ion-battery", "solid-state-battery"]
    "#;
    let profile = parse(text, lexicon).unwrap();
    let told = |text: &str| {
        let explanation = Sketch::default().section(SectionKind::Work, text).explanation(&profile, lexicon);
        let (_, reason) = explanation.mainstay().unwrap();
        (reason.fails_gate, explanation.gates[0].outcome)
    };
    assert_eq!(told("负责固态电池研发。不熟悉钠离子电池。"), (true, GateOutcome::Pass));
    assert_eq!(told("负责固态电池研发。"), (false, GateOutcome::Pass));
}
