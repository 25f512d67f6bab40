use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::gate::Condition;
use crate::outline::{GroupOutline, Outline};
use crate::problem::Source;
use crate::shipped::{PROFILES, lexicon};

/// 100,000 thousandths are all points.
const ALL: u32 = 100_000;

fn drafted(text: &str, id: Option<&str>, field: Option<&str>) -> Result<Draft, DraftError> {
    static KNOWN: LazyLock<Vec<Profile>> = LazyLock::new(|| {
        PROFILES.iter().map(|source| Profile::parse(source, lexicon()).ok().unwrap()).collect()
    });
    let known: Vec<_> = KNOWN.iter().collect();
    draft(text, lexicon(), &DraftOptions { id, field, known: &known })
}

/// The draft and the profile that its text is.
fn read(text: &str) -> (Draft, Outline) {
    let draft = drafted(text, None, None).unwrap();
    let parsed = Profile::parse(&Source { name: "draft.toml", text: &draft.text }, lexicon());
    let profile = parsed.unwrap_or_else(|problems| panic!("{problems:?}\n{}", draft.text));
    (draft, Outline::new(&profile, lexicon()))
}

fn group<'o>(outline: &'o Outline, id: &str) -> &'o GroupOutline {
    let ids: Vec<_> = outline.groups.iter().map(|group| &group.id).collect();
    outline.groups.iter().find(|group| group.id == id).unwrap_or_else(|| panic!("{id}: {ids:?}"))
}

/// The concepts of a group that are listed so.
fn listed<'o>(outline: &'o Outline, id: &str, listed: Listed) -> Vec<&'o str> {
    let concepts = group(outline, id).concepts.iter().filter(|concept| concept.listed == listed);
    concepts.map(|concept| concept.id.0.as_str()).collect()
}

fn all(outline: &Outline) -> Vec<&str> {
    outline.groups.iter().flat_map(|group| &group.concepts).map(|concept| concept.id.0.as_str()).collect()
}

fn conditions(outline: &Outline) -> Vec<Condition> {
    outline.gates.iter().map(|gate| gate.condition.clone()).collect()
}

const BATTERY: &str = "招聘岗位：固态电池研发工程师
公司简介：我们是一家做卫星互联网起家的企业，成立20年。

岗位职责：
1、负责硫化物固态电解质的开发；
2、负责钠离子电池电芯设计与电池测试。

任职要求：
1、硕士及以上学历，电化学、材料科学等相关专业；
2、3年以上固态电池研发经验；
3、精通电化学阻抗谱，熟悉第一性原理计算，了解Python；
4、有固态锂电池量产经验者优先；
5、不要求储氢经验；
6、35岁以下，限男性；
7、能适应加班和出差。

福利待遇：五险一金，氢燃料电池班车。
";

#[test]
fn a_battery_researcher() {
    let (draft, outline) = read(BATTERY);
    assert_eq!((outline.id.as_str(), outline.name_zh.as_str()), ("energy-storage", "固态电池研发工程师"));
    assert_eq!(outline.groups.iter().map(|group| group.weight).sum::<u32>(), ALL);
    let batteries = listed(&outline, "batteries", Listed::Full);
    for concept in ["solid-state-battery", "sodium-ion-battery", "impedance-spectroscopy"] {
        assert!(batteries.contains(&concept), "{concept}: {batteries:?}");
    }
    assert!(listed(&outline, "cells-and-systems", Listed::Full).contains(&"cell-design"));
    let subjects = listed(&outline, "education", Listed::Discipline);
    assert!(subjects.contains(&"materials-science"), "{subjects:?}");
    assert_eq!(
        conditions(&outline),
        [Condition::MinDegree(Degree::Master), Condition::MinFullTimeMonths(36)]
    );
    assert_eq!(group(&outline, "experience").enough, crate::Enough::Months(72));
    // What is not needed, and what the company is and offers, is not asked for.
    for concept in ["hydrogen-storage", "satellite-internet", "fuel-cell"] {
        assert!(!all(&outline).contains(&concept), "{concept}");
    }
    assert!(
        draft
            .understood
            .iter()
            .any(|understood| understood.what == Meaning::NotNeeded && understood.line == 13)
    );
    let told: Vec<_> =
        draft.warnings.iter().map(|warning| (warning.line, warning.message.as_str())).collect();
    let of_protected: Vec<_> = told.iter().filter(|(line, _)| *line == Some(14)).collect();
    assert_eq!(of_protected.len(), 2, "{told:?}");
    assert!(of_protected.iter().all(|(_, message)| message.contains("does not rank by who somebody is")));
    let left: Vec<_> = draft.not_understood.iter().map(|line| line.line).collect();
    assert_eq!(left, [15], "{:?}", draft.not_understood);
    assert!(draft.text.contains("#   line 15: 7、能适应加班和出差。"), "{}", draft.text);
    assert!(
        draft.text.contains("# line 9: 1、硕士及以上学历，电化学、材料科学等相关专业；"),
        "{}",
        draft.text
    );
}

#[test]
fn how_it_is_asked_for_says_how_much_it_counts() {
    let (_, outline) = read(BATTERY);
    let minor: Vec<_> = outline
        .groups
        .iter()
        .flat_map(|group| &group.concepts)
        .filter(|concept| concept.listed == Listed::Minor)
        .map(|concept| concept.id.0.as_str())
        .collect();
    assert!(minor.contains(&"python"), "{minor:?}");
    assert!(!minor.contains(&"first-principles") && all(&outline).contains(&"first-principles"), "{minor:?}");
    // What is asked for and would also be nice is asked for.
    assert!(!minor.contains(&"solid-state-battery"));
}

#[test]
fn a_bms_engineer() {
    let text = "Job title: BMS Engineer

About us
We make electric aircraft and love hydrogen.

Responsibilities:
- Develop battery management system software and SOC estimation algorithms
- Work with cell and pack teams

Requirements:
- Bachelor's degree in electrical engineering, automation or a related field; PhD preferred
- At least three years of experience with battery management systems
- Must know CAN bus and functional safety (ISO 26262)
- Familiar with MATLAB/Simulink
- Experience with hardware-in-the-loop testing is a plus
- No experience with fuel cells required
- Male only, under 35
- Good sense of humour
";
    let (draft, outline) = read(text);
    assert_eq!((outline.id.as_str(), outline.name_en.as_str()), ("energy-storage", "BMS Engineer"));
    assert_eq!(listed(&outline, "titles", Listed::Full), ["bms-engineer"]);
    let systems = listed(&outline, "cells-and-systems", Listed::Full);
    for concept in ["battery-management-system", "state-of-charge", "can-bus", "functional-safety", "matlab"]
    {
        assert!(systems.contains(&concept), "{concept}: {systems:?}");
    }
    assert_eq!(listed(&outline, "cells-and-systems", Listed::Minor), ["hardware-in-the-loop"]);
    let subjects = listed(&outline, "education", Listed::Discipline);
    assert!(subjects.contains(&"electrical-engineering") && subjects.contains(&"automation"), "{subjects:?}");
    assert_eq!(
        conditions(&outline),
        [Condition::MinDegree(Degree::Bachelor), Condition::MinFullTimeMonths(36)]
    );
    assert!(
        draft.understood.iter().any(|understood| understood.what == Meaning::WishedDegree(Degree::Doctor))
    );
    assert!(!all(&outline).contains(&"fuel-cell") && !all(&outline).contains(&"hydrogen-energy"));
    let left: Vec<_> = draft.not_understood.iter().map(|line| line.quote.as_str()).collect();
    assert_eq!(left, ["- Good sense of humour"]);
    assert_eq!(
        draft.warnings.iter().filter(|warning| warning.line == Some(17)).count(),
        2,
        "{:?}",
        draft.warnings
    );
}

#[test]
fn a_flight_control_engineer_of_evtol() {
    let text = "岗位名称：eVTOL飞控工程师
岗位职责
负责电动垂直起降飞行器飞行控制律设计与飞行仿真
负责适航取证支持
岗位要求
本科及以上学历，自动化、飞行器设计专业优先
3-5年飞控开发经验
必须掌握制导导航与控制，熟悉MATLAB
持有无人机执照者优先
";
    let (draft, outline) = read(text);
    assert_eq!(outline.field.0, "aerospace");
    assert_eq!(listed(&outline, "titles", Listed::Full), ["evtol-engineer"]);
    let all = all(&outline);
    for concept in [
        "evtol",
        "flight-control",
        "guidance-navigation-control",
        "flight-simulation",
        "drone-licence",
        "matlab",
    ] {
        assert!(all.contains(&concept), "{concept}: {all:?}");
    }
    assert_eq!(
        conditions(&outline),
        [Condition::MinDegree(Degree::Bachelor), Condition::MinFullTimeMonths(36)]
    );
    assert_eq!(group(&outline, "experience").enough, crate::Enough::Months(60));
    assert!(draft.not_understood.is_empty(), "{:?}", draft.not_understood);
}

#[test]
fn a_satellite_engineer() {
    let text = "Satellite Communications Engineer

What you will do
Design satellite payloads and ground stations for our LEO constellation.

What we look for
Master's degree required. PhD in aerospace engineering preferred.
5+ years of experience in satellite communication.
Orbital mechanics and attitude control are essential.

Nice to have
Remote sensing, software-defined radio.
";
    let (draft, outline) = read(text);
    assert_eq!(
        (outline.field.0.as_str(), outline.name_en.as_str()),
        ("aerospace", "Satellite Communications Engineer")
    );
    let space = listed(&outline, "space", Listed::Full);
    for concept in ["satellite-communication", "ground-station", "orbit-dynamics", "attitude-control"] {
        assert!(space.contains(&concept), "{concept}: {space:?}");
    }
    assert!(listed(&outline, "space", Listed::Minor).contains(&"software-defined-radio"));
    assert_eq!(listed(&outline, "remote-sensing", Listed::Minor), ["remote-sensing"]);
    assert!(group(&outline, "space").weight > 5 * group(&outline, "remote-sensing").weight);
    assert_eq!(
        conditions(&outline),
        [Condition::MinDegree(Degree::Master), Condition::MinFullTimeMonths(60)]
    );
    assert!(
        draft.understood.iter().any(|understood| understood.what == Meaning::WishedDegree(Degree::Doctor))
    );
}

#[test]
fn a_risk_manager_of_a_bank() {
    let text = "招聘職位：銀行風險經理
任職要求：
1. 本科以上學歷，金融學、統計學專業
2. 具備五年以上信用風險管理經驗
3. 持有FRM或CFA證書
4. 熟悉巴塞爾協議和壓力測試
5. 女士優先，已婚已育
";
    let (draft, outline) = read(text);
    assert_eq!((outline.field.0.as_str(), outline.name_zh.as_str()), ("finance", "銀行風險經理"));
    let risk = listed(&outline, "risk", Listed::Full);
    assert!(risk.contains(&"credit-risk") && risk.contains(&"stress-testing"), "{risk:?}");
    let certificates = listed(&outline, "achievements", Listed::Certificate);
    assert!(certificates.contains(&"frm") && certificates.contains(&"cfa"), "{certificates:?}");
    assert_eq!(
        conditions(&outline),
        [Condition::MinDegree(Degree::Bachelor), Condition::MinFullTimeMonths(60)]
    );
    assert_eq!(
        draft.warnings.iter().filter(|warning| warning.line == Some(7)).count(),
        2,
        "{:?}",
        draft.warnings
    );
}

#[test]
fn an_accountant_who_has_just_graduated() {
    let text = "Position: Accountant
Qualifications: Bachelor's degree in accounting or finance
Fresh graduates only
Required: general ledger, accounts payable and month-end close
CPA preferred
";
    let (_, outline) = read(text);
    assert_eq!((outline.field.0.as_str(), outline.name_en.as_str()), ("finance", "Accountant"));
    assert_eq!(listed(&outline, "titles", Listed::Full), ["accountant"]);
    let accounting = listed(&outline, "accounting", Listed::Full);
    for concept in ["general-ledger", "accounts-payable", "month-end-close"] {
        assert!(accounting.contains(&concept), "{concept}: {accounting:?}");
    }
    assert!(listed(&outline, "education", Listed::Discipline).contains(&"accounting"));
    assert_eq!(listed(&outline, "achievements", Listed::Certificate), ["cpa"]);
    assert_eq!(
        conditions(&outline),
        [Condition::MinDegree(Degree::Bachelor), Condition::MaxFullTimeMonths(24)]
    );
}

#[test]
fn what_cannot_be_drafted_says_why() {
    let error = |text: &str| drafted(text, None, None).unwrap_err();
    assert_eq!(error(""), DraftError::Empty);
    assert_eq!(error(" \n\t\n"), DraftError::Empty);
    assert_eq!(error("hello"), DraftError::NoConcept { n_lines: 1 });
    assert_eq!(error("We want nice people.\nNo smoking."), DraftError::NoConcept { n_lines: 2 });
    assert_eq!(error("PK\u{3}\u{4}\u{0}\u{0}\u{8}\u{0}电池"), DraftError::NoText);
    assert!(matches!(error("Requirements: Python, MATLAB"), DraftError::NoField { .. }));
    let named = drafted("Requirements: Python, MATLAB", None, Some("finance")).unwrap();
    assert!(named.text.contains("field = \"finance\""));
    assert!(drafted("电池", Some("Bad Id"), None).is_err());
    let unknown = drafted("电池", None, Some("finanse")).unwrap_err();
    assert!(unknown.to_string().contains("did you mean `finance`?"), "{unknown}");
}

#[test]
fn what_is_odd_is_told() {
    let told = |text: &str| {
        let (draft, _) = read(text);
        draft.warnings.iter().map(|warning| warning.message.clone()).collect::<Vec<_>>().join("\n")
    };
    assert!(told("电池").contains("hardly anything is known"));
    assert!(told("电池\n储能\n氢能\n").contains("no heading tells duties from requirements"));
    let resume =
        "个人简历\n教育背景\n2015-2019 本科 电化学\n工作经历\n负责固态电池与钠离子电池研发，电芯设计\n";
    assert!(told(resume).contains("this looks like a resume"));
    let both = "任职要求：\n应届毕业生\n3年以上储能经验\n";
    assert!(told(both).contains("contradict each other"));
    let long = format!("任职要求：固态电池、钠离子电池、储能\n{}", "熟悉办公软件。\n".repeat(4000));
    assert!(told(&long).contains("bytes were read"));
}

#[test]
fn a_text_without_an_end_is_read_piece_by_piece() {
    for (text, concept) in [
        (format!("任职要求：{}", "电池".repeat(3000)), "battery"),
        (format!("任职要求：{}", "固态电池，".repeat(2000)), "solid-state-battery"),
        (format!("Requirements: {}", "batteries ".repeat(2000)), "battery"),
        (format!("Requirements: {}", "degree in battery, ".repeat(1000)), "battery"),
    ] {
        let (_, outline) = read(&text);
        assert!(all(&outline).iter().all(|listed| *listed == concept), "{concept}");
    }
}

#[test]
fn the_text_of_a_draft_holds_nothing_that_steers() {
    let text = "Job title: Battery \"Engineer\" \\ \u{202e}x\u{1b}[31m\nRequirements: battery\u{b}testing \u{2028}id = 3\r\n";
    let (draft, outline) = read(text);
    assert!(outline.name_en.starts_with("Battery \"Engineer\" \\ x"), "{}", outline.name_en);
    assert!(draft.text.chars().all(|scalar| scalar == '\n' || !scalar.is_control()));
    assert!(!draft.text.contains(['\u{202e}', '\u{2028}']));
}

fn any_line() -> impl Strategy<Value = String> {
    let words = "任职要求： 岗位职责： 加分项 职位： 固态电池 BMS 储能 会计 accountant 银行 卫星 CFA 电化学专业 本科 硕士及以上 3年以上经验 \
                 5+_years_of_experience 优先 preferred 必须 required 不要求 限男性 under_35 应届 , ， 。 ; \" \\ # [[groups]] = \
                 Job_title: battery_engineer Python 公司简介：";
    let words: Vec<String> = words.split_whitespace().map(|word| word.replace('_', " ")).collect();
    prop::collection::vec(
        prop_oneof![6 => prop::sample::select(words), 1 => "\\PC{0,6}", 1 => "[\\x00-\\x20]{0,2}"],
        0..9,
    )
    .prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]

    #[test]
    fn any_text_gives_a_profile_or_an_error(lines in prop::collection::vec(any_line(), 0..12)) {
        let text = lines.join("\n");
        if let Ok(draft) = drafted(&text, None, None) {
            let parsed = Profile::parse(&Source { name: "draft.toml", text: &draft.text }, lexicon());
            prop_assert!(parsed.is_ok(), "{:?}\n{}", parsed.err(), draft.text);
            let n_lines = text.lines().count();
            prop_assert!(draft.understood.iter().all(|understood| (1..=n_lines).contains(&understood.line)));
            prop_assert!(draft.not_understood.iter().all(|line| (1..=n_lines).contains(&line.line)));
            prop_assert!(!draft.understood.is_empty());
        }
    }
}
