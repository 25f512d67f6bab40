//! How well rankings put the right people first, on a small graded file.

use std::ffi::OsStr;
use std::fmt::Write;

use anyhow::Result;
use bole_tests::Installation;
use serde_json::Value;

/// Name, language, text, grade for energy storage; the last has nothing of the field but a line that nobody sees.
const RESUMES: [(&str, &str, &str, u8); 5] = [
    (
        "one.zh",
        "chinese",
        "# 工作经历\n某储能科技公司 电池工程师 >> 2018.05 - 至今\n- 负责磷酸铁锂电芯设计、电池管理系统与储能电站集成\n\
         # 教育背景\n2011.09 - 2015.06 东湖大学 电化学 本科",
        3,
    ),
    (
        "one.en",
        "english",
        "# Work Experience\nBright Cells Ltd, Battery Engineer >> 2018.05 - Present\n- Designed lithium iron phosphate \
         cells, battery management systems and grid-scale energy storage systems\n# Education\n2011.09 - 2015.06 \
         Lakeside University, Electrochemistry, Bachelor",
        3,
    ),
    (
        "two.en",
        "english",
        "# Work Experience\nTall Grass Hotel, Cook >> 2018.05 - Present\n- Cooked for two hundred guests a day\n\
         # Education\n2011.09 - 2015.06 Lakeside University, History, Bachelor",
        0,
    ),
    (
        "three.zh",
        "chinese",
        "# 工作经历\n某商场 店员 >> 2018.05 - 至今\n- 售卖手机、充电电池与衣物\n# 教育背景\n2011.09 - 2015.06 东湖大学 历史学 本科",
        0,
    ),
    (
        "hidden.en",
        "english",
        "# Work Experience\nTall Grass Hotel, Porter >> 2018.05 - Present\n- Carried luggage for guests of the hotel\n\
         ~ battery engineer, battery management system, energy storage, lithium, solid-state battery\n# Education\n\
         2011.09 - 2015.06 Lakeside University, Music, Bachelor",
        0,
    ),
];

#[test]
fn rankings_are_compared_with_grades_and_with_bm25() -> Result<()> {
    let installation = Installation::new()?;
    let mut lines = String::new();
    for (name, language, text, grade) in RESUMES {
        let trap = if grade == 0 { r#", "trap": "words""# } else { "" };
        writeln!(lines, "{{\"file\": \"{name}.toml\", \"grades\": {{\"energy-storage\": {grade}}}{trap}}}")?;
        let resume = format!(
            "language = \"{language}\"\nlayout = \"plain\"\nwritten = \"2026-03-01\"\ntext = '''\n{text}\n'''\n"
        );
        installation.write(&format!("{name}.toml"), resume.as_bytes())?;
    }
    let graded = installation.write("grades.jsonl", lines.as_bytes())?;
    let start = ["bench", "relevance", "--resamples", "100"].map(OsStr::new);
    let arguments = || start.into_iter().chain([graded.as_os_str()]);

    let report = installation.json(arguments().chain(["--format".as_ref(), "json".as_ref()]))?;
    assert_eq!((&report["n_resumes"], &report["missing"]), (&5.into(), &Value::Array(Vec::new())));
    let profile = &report["profiles"][0];
    assert_eq!(profile["profile"], "energy-storage");
    let sets = profile["sets"].as_array().unwrap();
    let judged = |set: &Value| (set["set"].clone(), set["n_judged"].clone(), set["n_relevant"].clone());
    assert_eq!(judged(&sets[0]), ("all".into(), 5.into(), 2.into()));
    assert_eq!(judged(&sets[2]), ("english".into(), 3.into(), 1.into()));
    let bole = &sets[0]["rankers"][0];
    assert_eq!((&bole["ranker"], &bole["precision_at_10"]), (&"bole".into(), &Value::Null));
    assert_eq!(bole["average_precision"]["value"], 1.0, "{report:#}");
    assert!(sets[0]["difference"]["average_precision"]["low"].is_number());
    // What nobody sees gives no points: the porter has as many as the cook.
    let ranked = profile["highest_irrelevant"].as_array().unwrap();
    let score = |name: &str| {
        let resume = ranked.iter().find(|it| it["path"].as_str().unwrap().ends_with(name));
        resume.unwrap()["score"].as_u64().unwrap()
    };
    assert_eq!(score("hidden.en.toml"), score("two.en.toml"));
    assert_eq!(report["traps"].as_array().map(Vec::len), Some(3));
    assert_eq!(report["twins"]["n_pairs"], 1);
    assert!(report["n_spans"].as_u64() > Some(10), "{report:#}");
    assert_eq!(report["spans_not_found"], Value::Array(Vec::new()));
    assert_eq!(report["wrong_sums"], Value::Array(Vec::new()));
    let again = installation.json(arguments().chain(["--format".as_ref(), "json".as_ref()]))?;
    assert_eq!(again, report, "the same figures and intervals every time");

    let text = installation.succeed(arguments().chain(["--format", "text", "--errors"].map(OsStr::new)))?;
    for told in [
        "5 resumes",
        "energy-storage: 2 of 5 relevant",
        "energy-storage, in Chinese: 1 of 2 relevant",
        "average precision",
        "bm25",
        "3 traps",
        "1 pairs of twins",
        "0 do not show what they are named for; 0 explanations do not add up",
        "not relevant and ranked highest",
    ] {
        assert!(text.stdout.contains(told), "{told} in {}", text.stdout);
    }
    Ok(())
}

#[test]
fn wrong_arguments_and_mistakes_end_with_their_codes() -> Result<()> {
    let installation = Installation::new()?;
    let graded =
        installation.write("grades.jsonl", b"{\"file\": \"none.pdf\", \"grades\": {\"finance\": 9}}\n")?;
    let bench = |more: &[&str]| {
        let start = ["bench", "relevance"].map(OsStr::new).into_iter().chain([graded.as_os_str()]);
        installation.run(start.chain(more.iter().map(OsStr::new)))
    };
    let run = bench(&[])?;
    assert_eq!(run.code, Some(7), "{}", run.stderr);
    for told in ["line 1", "9 is no grade", "there is no `none.pdf`"] {
        assert!(run.stderr.contains(told), "{told} in {}", run.stderr);
    }
    for wrong in [
        ["--profile", "law"],
        ["--relevant", "finance"],
        ["--relevant", "finance=BANKING"],
        ["--document-date", "today"],
    ] {
        let run = bench(&wrong)?;
        assert_eq!(run.code, Some(2), "{wrong:?}: {}", run.stderr);
    }
    Ok(())
}
