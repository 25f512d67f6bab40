//! What is wrong in a profile or a lexicon is told at once, with its place.

use super::*;

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

/// A profile that is right, with `more` behind it.
fn profile_with(more: &str) -> String {
    format!(
        "field = \"finance\"\nname_zh = \"金融\"\nname_en = \"Finance\"\n[experience]\nweight = 1\n{more}"
    )
}

fn told(text: &str) -> Vec<String> {
    let problems = parse(text, lexicon()).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_file_that_is_no_profile_is_told_once() {
    for (text, message) in [
        ("", "test.toml:1: the file is empty; write `field`"),
        (" \n\n", "test.toml:1: the file is empty; write `field`"),
        ("# nothing yet\n", "test.toml:1: there is nothing of a profile in it; write `field`"),
        ("colour = 3\n", "test.toml:1: there is nothing of a profile in it; write `field`"),
        ("\n岗位职责：负责电池研发\n任职要求：本科\n", "test.toml:2: this is no TOML; write `field`"),
        ("%PDF-1.7\n\u{0}\u{1}", "test.toml:1: this is no TOML; write `field`"),
    ] {
        let told = told(text);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(message), "{told:?}");
    }
}

#[test]
fn what_is_no_list_of_groups_is_told_once() {
    let text = "field = \"finance\"\nname_zh = \"金融\"\nname_en = \"Finance\"\ngroups = 3\n";
    let expected = "test.toml:4: `groups`: is not a list of tables; write `[[groups]]` before each";
    assert_eq!(told(text), [expected]);
    for text in [
        "levels = 3\n",
        "levels = []\n",
        "",
        "[[levels]]\nlevel = 1\nname_zh = \"一\"\nname_en = \"one\"\nrules = 3\n",
    ] {
        let problems = crate::Levels::parse(&Source { name: "levels.toml", text }, lexicon()).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
    }
}

#[test]
fn a_profile_has_an_id_of_its_own_or_its_field() {
    let parsed = parse(&profile_with(""), lexicon()).ok().unwrap();
    assert_eq!(parsed.id(), "finance");
    let with_id = |id: &str| format!("id = {id}\n{}", profile_with(""));
    let parsed = parse(&with_id("\"bank-risk-2\""), lexicon()).ok().unwrap();
    assert_eq!((parsed.id(), parsed.field().0.as_str()), ("bank-risk-2", "finance"));
    let long = format!("\"{}\"", "a".repeat(64));
    for id in ["\"Bank\"", "\"a b\"", "\"../a\"", "\"-a\"", "\"银行\"", &long, "\"\"", "3"] {
        let told = told(&with_id(id));
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("test.toml:1: `id`: "), "{told:?}");
    }
}

#[test]
fn numbers_are_told_with_their_range() {
    let group = |weight: &str, more: &str| {
        let names = "[[groups]]\nid = \"g\"\nname_zh = \"组\"\nname_en = \"Group\"\nconcepts = [\"audit\"]";
        told(&profile_with(&format!("{names}\nweight = {weight}\n{more}")))
    };
    for weight in ["0", "-1", "100001", "99999999999999999999"] {
        let message =
            "test.toml:11: `groups[0].weight`: is out of range; use a whole number from 1 to 100000";
        assert_eq!(group(weight, ""), [message], "{weight}");
    }
    for weight in ["1.5", "\"3\"", "true"] {
        let message =
            "test.toml:11: `groups[0].weight`: is not a whole number; use a whole number from 1 to 100000";
        assert_eq!(group(weight, ""), [message], "{weight}");
    }
    let message = "test.toml:12: `groups[0].enough`: is more than the 1 listed: nobody gets all points; use at most 1, or list more";
    assert_eq!(group("1", "enough = 2"), [message]);
    assert!(group("1", "enough = 1").is_empty());
}

#[test]
fn gates_that_nobody_passes_or_that_do_nothing_are_told() {
    let gates = |conditions: &[&str]| {
        let gates = conditions.iter().enumerate().map(|(index, condition)| {
            format!("[[gates]]\nid = \"g{index}\"\nname_zh = \"门\"\nname_en = \"Gate\"\n{condition}\n")
        });
        told(&profile_with(&gates.collect::<String>()))
    };
    let cases: &[(&[&str], &str)] = &[
        (&["any_of = []"], "`gates[0].any_of`: lists no concept: nobody can pass it; list at least one"),
        (&["any_of = \"audit\""], "`gates[0].any_of`: is not a list; write `[\"...\"]`"),
        (&["any_of = [\"audit\", \"audit\"]"], "`gates[0].any_of`: `audit` is listed twice; list it once"),
        (
            &["any_of = [\"audti\"]"],
            "`gates[0].any_of`: `audti` is not a concept of the lexicon; did you mean `audit`?",
        ),
        (&["min_full_time_months = 601"], "is out of range; use a whole number from 1 to 600"),
        (&["max_full_time_months = 0"], "`gates[0].max_full_time_months`: nobody can pass it"),
        (&["min_degree = \"master\"", "min_degree = \"doctor\""], "asks for the same as the gate `g0`"),
        (&["min_full_time_months = 3", "max_full_time_months = 2"], "contradicts the gate `g0`"),
        (
            &["any_of = [\"audit\"]", "any_of = [\"internal-audit\"]"],
            "who passes it passes, always, the gate `g0`; the wider one is idle: leave it out",
        ),
        (
            &["any_of = [\"audit\"]", "any_of = [\"accounting\", \"audit\"]"],
            "it is passed, always, by who passes the gate `g0`; it is idle: leave it out",
        ),
        (&["min_degree = \"master\"\nmin_full_time_months = 12"], "has 2 conditions"),
        (&["min_degre = \"master\""], "is not a known key; did you mean `min_degree`?"),
    ];
    for (conditions, message) in cases {
        let told = gates(conditions);
        assert!(told.iter().any(|problem| problem.contains(message)), "{message}: {told:?}");
        assert!(told.iter().all(|problem| problem.starts_with("test.toml:")), "{told:?}");
    }
    assert!(gates(&["min_full_time_months = 12", "max_full_time_months = 12"]).is_empty());
    assert!(gates(&["any_of = [\"audit\"]", "any_of = [\"tax\"]", "min_degree = \"master\""]).is_empty());
}

#[test]
fn a_file_of_nothing_but_mistakes_is_told_in_part() {
    assert_eq!(told(&"[[groups]]\n".repeat(5000)).len(), 100);
    let long = format!("{}[[groups]]\nid = \"{}\"\n", profile_with(""), "x".repeat(200_000));
    assert!(!told(&long).is_empty());
}
