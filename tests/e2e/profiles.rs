//! The life of a profile: drafted from a job description, checked, shown, compared, put into force.

use std::io::Write;
use std::process::Stdio;

use anyhow::{Context, Result};
use bole_tests::{Installation, Run, text_pdf};

use crate::bad_input::assert_told;

const JOB: &str = "招聘岗位：BMS软件工程师
岗位职责：
1、负责储能系统BMS软件的开发与SOC估算；
任职要求：
1、本科及以上学历，自动化、电气工程相关专业；
2、3年以上BMS开发经验，熟悉CAN总线；
3、35岁以下，性格开朗。
4、能适应出差。
";

#[test]
fn a_profile_is_drafted_checked_shown_compared_and_put_into_force() -> Result<()> {
    let installation = Installation::new()?;
    let job = installation.write("job.txt", JOB.as_bytes())?.display().to_string();
    let profile = installation.files()?.join("config/profiles/bms.toml");
    std::fs::create_dir_all(profile.parent().context("a folder")?)?;
    let profile = profile.display().to_string();
    let drafted =
        installation.succeed(["profile", "draft", &job, "--id", "bms-engineer", "--to", &profile])?;
    assert_eq!(drafted.stdout, "");
    for told in [
        "line   5  bachelor's degree 本科: must-have",
        "line   7  `3、35岁以下，性格开朗。` asks about age: Bole does not rank by who somebody is",
        "line   8  not understood: 4、能适应出差。",
        "1 lines not: look the profile over",
    ] {
        assert!(drafted.stderr.contains(told), "`{told}` is missing in: {}", drafted.stderr);
    }
    assert_eq!(installation.succeed(["profile", "check", &profile])?.stdout, "right: 1 profile\n");

    // What was mended by hand is not written over.
    let again = installation.run(["profile", "draft", &job, "--to", &profile])?;
    assert_told(&again, 7, &["bms.toml", "cannot be used"]);

    let shown = installation.json(["profile", "show", &profile])?;
    assert_eq!((&shown["id"], &shown["name_zh"]), (&"bms-engineer".into(), &"BMS软件工程师".into()));
    let weights = shown["groups"].as_array().context("groups")?.iter().map(|group| group["weight"].as_u64());
    assert_eq!(weights.sum::<Option<u64>>(), Some(100_000));
    assert_eq!(shown["gates"][1]["condition"]["min_full_time_months"], 36);
    let text = installation.succeed(["profile", "show", &profile, "--format", "text"])?.stdout;
    assert!(text.contains("must-haves, apart from the points\n"), "{text}");

    let text = std::fs::read_to_string(&profile)?;
    let changed = text.replace("min_full_time_months = 36", "min_full_time_months = 60");
    let changed = installation.write("changed.toml", changed.as_bytes())?.display().to_string();
    let diff = installation.succeed(["profile", "diff", &profile, &changed, "--format", "text"])?.stdout;
    let expected =
        "gate `min-experience`: at least 36 months of full-time work 全职工作至少36个月 → at least 60 months";
    assert!(diff.contains(": 1 difference\n") && diff.contains(expected), "{diff}");
    let same = installation.succeed(["profile", "diff", &profile, &profile, "--format", "text"])?.stdout;
    assert!(same.ends_with(" say the same\n"), "{same}");
    let fields = installation.json(["profile", "diff", "finance", "aerospace"])?;
    assert_eq!(fields["changes"][0]["kind"], "called");

    let config = installation.files()?.join("config").display().to_string();
    let list = installation.json(["--config", &config, "profile", "list"])?;
    assert_eq!((&list[0]["profile"], &list[0]["field"]), (&"bms-engineer".into(), &"energy-storage".into()));
    let unknown = installation.run(["--config", &config, "profile", "show", "finance"])?;
    assert_told(&unknown, 2, &["there is no profile `finance`", "bms-engineer"]);
    Ok(())
}

#[test]
fn a_job_description_may_be_a_pdf_or_come_from_a_pipe() -> Result<()> {
    let installation = Installation::new()?;
    let lines =
        ["Position: Accountant", "Requirements:", "General ledger and month-end close", "CPA preferred"];
    let pdf = installation.write("job.PDF", &text_pdf(&lines))?.display().to_string();
    let of_pdf = installation.json(["profile", "draft", &pdf, "--format", "json"])?;
    assert!(of_pdf["text"].as_str().is_some_and(|text| text.contains("\"general-ledger\"")), "{of_pdf}");
    assert_eq!(of_pdf["understood"][0]["what"]["title"], "accountant");

    let mut child = installation
        .command(["profile", "draft", "-"])?
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    child.stdin.take().context("standard input")?.write_all(lines.join("\n").as_bytes())?;
    let output = child.wait_with_output()?;
    let stdout = String::from_utf8(output.stdout)?;
    assert!(output.status.success() && stdout.contains("\nfield = \"finance\"\n"), "{stdout}");
    let piped = installation.write("piped.toml", stdout.as_bytes())?.display().to_string();
    installation.succeed(["profile", "check", &piped])?;
    Ok(())
}

#[test]
fn what_no_profile_can_be_made_of_says_why() -> Result<()> {
    let installation = Installation::new()?;
    let draft = |name: &str, bytes: &[u8], more: &[&str]| -> Result<Run> {
        let file = installation.write(name, bytes)?.display().to_string();
        let arguments = [&["profile", "draft", &file], more].concat();
        installation.run(arguments)
    };
    assert_told(&draft("empty.txt", b"", &[])?, 7, &["the job description is empty"]);
    assert_told(&draft("hello.txt", b"hello", &[])?, 7, &["nothing in 1 lines is known to the lexicon"]);
    assert_told(&draft("noise.txt", &[0xff; 99], &[])?, 7, &["noise.txt", "no text in UTF-8"]);
    assert_told(&draft("zeros.txt", &[0; 99], &[])?, 7, &["this is no text"]);
    assert_told(&draft("noise.pdf", &[7; 99], &[])?, 7, &["noise.pdf", "cannot be read"]);
    assert_told(&draft("a.txt", "电池".as_bytes(), &["--id", "A B"])?, 2, &["`A B` is not an id"]);
    let field = draft("a.txt", "电池".as_bytes(), &["--field", "finanse"])?;
    assert_told(&field, 2, &["did you mean `finance`?"]);
    assert_told(&installation.run(["profile", "draft", "/absent.txt"])?, 7, &["/absent.txt"]);
    assert_told(&installation.run(["profile", "show", "/absent.toml"])?, 7, &["/absent.toml"]);
    Ok(())
}
