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
