//! Nothing that the console answers in blind mode tells who somebody is.

use anyhow::{Context, Result};
use bole_tests::{Installation, Running};

use super::Visitor;
use crate::api::unzipped;
use crate::protected::drawn;

/// A fictional person.
struct Planted {
    file: &'static str,
    /// The lines of the resume, each of one or several cells.
    lines: &'static [&'static [&'static str]],
    /// What may not be read anywhere in blind mode.
    secrets: &'static [&'static str],
}

const PEOPLE: [Planted; 2] = [
    Planted {
        file: "庄慕言-简历.pdf",
        lines: &[
            &["庄慕言"],
            &["女，维吾尔族，1992年2月出生，中共党员，已婚，籍贯江苏盐城"],
            &["电话：13800007391  邮箱：muyan.zhuang@example.org"],
            &["教育背景"],
            &["2011.09 - 2015.06 金陵女子学院 材料学 本科"],
            &["2015.09 - 2018.06 华东理工大学 材料学 硕士"],
            &["工作经历"],
            &["2018.07 - 至今 苏州某某固能科技有限公司 高级研发工程师"],
            &["庄慕言负责硫化物固态电解质与固态电池的放大制备"],
            &["专业技能"],
            &["固态电池、电化学阻抗谱、电池管理系统"],
        ],
        secrets: &[
            "庄慕言",
            "维吾尔族",
            "1992年2月",
            "中共党员",
            "已婚",
            "盐城",
            "13800007391",
            "muyan",
            "女子学院",
            "庄慕言-简历",
        ],
    },
    Planted {
        file: "Quillon-Abernathy-CV.pdf",
        lines: &[
            &["Quillon Abernathy"],
            &["Male, born 8 November 1994, native of Shigatse, divorced, member of the CPC"],
            &["quillon.abernathy@example.org, +1 415 555 0137"],
            &["Work Experience"],
            &["Example Battery Works, Battery Engineer, 2018.09 - 2021.06"],
            &["Mr. Abernathy developed solid-state battery cells and the battery management system"],
            &["Education"],
            &["2012 - 2016 Example Women's University, Bachelor of Materials Science"],
            &["Skills"],
            &["Solid-state battery, battery management system, COMSOL"],
        ],
        secrets: &[
            "Quillon",
            "Abernathy",
            "8 November 1994",
            "Shigatse",
            "divorced",
            "member of the CPC",
            "555 0137",
            "Women's University",
        ],
    },
];

#[test]
fn blind_mode_tells_nobody_who_somebody_is() -> Result<()> {
    let installation = Installation::new()?;
    for Planted { file, lines, .. } in PEOPLE {
        installation.write(file, &drawn(lines))?;
    }
    let folder = installation.files()?;
    installation.succeed([
        "ingest".as_ref(),
        folder.as_os_str(),
        "--document-date".as_ref(),
        "2026-11-21".as_ref(),
    ])?;
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    let visitor = Visitor::enter(server.address(), &installation.key(&["recruiter"])?)?;
    let report = installation.json(["match", "energy-storage", "--format", "json"])?;
    let resumes = report["results"].as_array().context("a ranking")?.iter();
    let resumes: Vec<String> =
        resumes.filter_map(|placed| Some(placed["resume"].as_str()?.to_owned())).collect();
    assert_eq!(resumes.len(), PEOPLE.len());

    let made = visitor.post("/shortlists", &[("name", "first"), ("profile", "energy-storage")])?;
    let list = made.header("location").to_owned();
    assert!(list.starts_with("/shortlists/"), "{made:?}");
    let id = list.trim_start_matches("/shortlists/").to_owned();
    let mut fields = vec![("shortlist", id.as_str())];
    fields.extend(resumes.iter().map(|resume| ("resume", resume.as_str())));
    assert_eq!(visitor.post("/shortlists/add", &fields)?.status, 303);
    visitor.post(&format!("/candidates/{}/notes", resumes[0]), &[("text", "I know Quillon 庄慕言 well")])?;

    let mut pages = vec![
        "/matches?profile=energy-storage".to_owned(),
        "/matches?profile=energy-storage&filter=COMSOL".to_owned(),
        format!("/matches?run={}", report["run"].as_str().context("a run")?),
        "/search?q=%E5%9B%BA%E6%80%81%E7%94%B5%E6%B1%A0".to_owned(),
        "/search?q=battery".to_owned(),
        "/search?q=abernathy".to_owned(),
        format!("/compare?profile=energy-storage&resume={}&resume={}", resumes[0], resumes[1]),
        list.clone(),
        "/shortlists".to_owned(),
    ];
    pages.extend(resumes.iter().map(|resume| format!("/candidates/{resume}?profile=energy-storage")));
    let files: Vec<_> = ["csv", "xlsx", "jsonl", "json-resume"]
        .into_iter()
        .flat_map(|format| {
            let run = report["run"].as_str().unwrap_or_default();
            [format!("/matches/export?run={run}&format={format}"), format!("{list}/export?format={format}")]
        })
        .collect();

    let leaks = |is_blind: bool| -> Result<Vec<String>> {
        let mut leaks = Vec::new();
        for path in pages.iter().chain(&files) {
            let answer = visitor.get(path)?;
            assert_eq!(answer.status, 200, "{path}: {answer:?}");
            let mut text = answer.body.clone();
            if path.contains("xlsx") {
                let parts = unzipped(&answer.bytes)?;
                text = parts.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect();
            }
            let text = bare(&text);
            // Whoever searches for a name reads it in their own query.
            let own = |secret: &&&str| path.contains("q=abernathy") && **secret == "Abernathy";
            let planted = PEOPLE.iter().flat_map(|person| person.secrets).filter(|secret| !own(secret));
            leaks.extend(
                planted.filter(|value| text.contains(&bare(value))).map(|value| format!("{path}: {value}")),
            );
        }
        assert!(is_blind || leaks.len() > pages.len(), "who is not blind sees who they are: {leaks:#?}");
        Ok(leaks)
    };
    leaks(false)?;
    assert_eq!(visitor.get(&format!("/candidates/{}/pages/1.png", resumes[0]))?.status, 200);
    assert_eq!(visitor.post("/blind", &[("blind", "on"), ("back", "/matches")])?.status, 303);
    let found = leaks(true)?;
    assert_eq!(found, Vec::<String>::new(), "{found:#?}");
    for resume in &resumes {
        for path in ["pages/1.png", "original"] {
            let answer = visitor.get(&format!("/candidates/{resume}/{path}"))?;
            assert_eq!(answer.status, 403, "{path}: {answer:?}");
        }
    }
    for query in ["name:abernathy", "name:%E5%BA%84%E6%85%95%E8%A8%80", "source:CV"] {
        let answer = visitor.get(&format!("/search?q={query}"))?;
        assert!(answer.status != 200 || !answer.body.contains(&resumes[0]), "{query}: {answer:?}");
    }
    assert_eq!(visitor.post("/blind", &[("blind", "off"), ("back", "/matches")])?.status, 303);
    leaks(false)?;
    Ok(())
}

/// Without marks, white space and case, as a person would still read it.
fn bare(text: &str) -> String {
    text.chars().filter(|scalar| scalar.is_alphanumeric()).collect::<String>().to_lowercase()
}
