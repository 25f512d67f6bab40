use super::*;
use crate::shipped::{lexicon, profile};
use crate::sketch::Sketch;
use crate::{GateOutcome, Source, score};

fn overrides(weights: &[&str], gates: &[&str]) -> Overrides {
    let owned = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    Overrides::read(&owned(weights), &owned(gates)).unwrap()
}

fn finance(weights: &[&str], gates: &[&str]) -> Profile {
    overrides(weights, gates).apply(&profile("finance", lexicon()), lexicon()).unwrap()
}

fn problems(weights: &[&str], gates: &[&str]) -> Vec<String> {
    let applied = overrides(weights, gates).apply(&profile("finance", lexicon()), lexicon());
    applied.err().unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn weights_are_on_the_scale_of_the_file() {
    let before = profile("finance", lexicon());
    let changed = finance(&["titles=0", "banking=36"], &[]);
    assert_ne!(changed.hash(), before.hash());
    let weight = |id: &str| changed.groups().iter().find(|group| group.id == id).unwrap().weight;
    assert_eq!(changed.groups().iter().map(|group| group.weight).sum::<u32>(), 100_000);
    assert_eq!(weight("titles"), 0);
    let shares: u32 = changed.groups().iter().map(|group| group.share).sum();
    assert_eq!(weight("banking"), 36 * 100_000 / shares);
}

#[test]
fn what_changes_nothing_is_the_profile_itself() {
    let before = profile("finance", lexicon());
    let share = |id: &str| before.groups().iter().find(|group| group.id == id).unwrap().share;
    let own = format!("titles={}", share("titles"));
    let doubled: Vec<String> =
        before.groups().iter().map(|group| format!("{}={}", group.id, group.share * 2)).collect();
    let doubled: Vec<&str> = doubled.iter().map(String::as_str).collect();
    let field = told(&before.gates().iter().find(|gate| gate.id == "field").unwrap().condition);
    for (weights, gates) in
        [(vec![], vec![]), (vec![own.as_str()], vec![]), (doubled, vec![]), (vec![], vec![field.as_str()])]
    {
        assert_eq!(finance(&weights, &gates).hash(), before.hash(), "{weights:?} {gates:?}");
    }
}

#[test]
fn the_order_of_writing_does_not_matter() {
    let one = finance(&["titles=1", "banking=2"], &["field=off", "min_degree=master", "any_of=audit,tax"]);
    let other =
        finance(&["banking=2", "titles=1"], &["any_of=tax,audit,tax", "min_degree=master", "field=off"]);
    assert_eq!(one.hash(), other.hash());
    let gates: Vec<_> = one.gates().iter().map(|gate| gate.id.as_str()).collect();
    assert_eq!(gates, ["min_degree", "any_of"]);
    assert_ne!(one.hash(), finance(&["titles=1", "banking=2"], &["field=off", "any_of=audit,tax"]).hash());
}

#[test]
fn a_gate_takes_the_place_of_one_that_asks_otherwise() {
    let text = r#"
        field = "finance"
        name_zh = "金融"
        name_en = "Finance"
        [experience]
        weight = 1
        [[gates]]
        id = "degree"
        name_zh = "硕士"
        name_en = "Master"
        min_degree = "master"
        [[gates]]
        id = "field"
        name_zh = "金融"
        name_en = "Finance"
        any_of = ["audit"]
    "#;
    let profile = Profile::parse(&Source { name: "test.toml", text }, lexicon()).unwrap();
    let gates = |changes: &[&str]| {
        let changed = overrides(&[], changes).apply(&profile, lexicon()).unwrap();
        changed
            .gates()
            .iter()
            .map(|gate| format!("{} {}", gate.id, told(&gate.condition)))
            .collect::<Vec<_>>()
    };
    assert_eq!(gates(&["min_degree=doctor"]), ["min_degree min_degree=doctor", "field any_of=audit"]);
    assert_eq!(gates(&["degree=off", "min_degree=doctor"]), gates(&["min_degree=doctor"]));
    assert_eq!(gates(&["degree=off"]), ["field any_of=audit"]);
    assert_eq!(gates(&["min_degree=master"]), ["degree min_degree=master", "field any_of=audit"]);
    assert_eq!(gates(&["any_of=tax", "degree=off"]), ["field any_of=audit", "any_of any_of=tax"]);
}

#[test]
fn all_mistakes_are_told_at_once() {
    let found = problems(
        &["title=1", "banking=0"],
        &["fields=off", "any_of=audit,no-such-concept", "min_full_time_months=0", "max_full_time_months=601"],
    );
    assert_eq!(
        found,
        [
            "gate: `any_of`: `no-such-concept` is not a concept of the lexicon; name one of the lexicon",
            "gate: `fields`: is not a gate of the profile; did you mean `field`?",
            "gate: `max_full_time_months`: is out of range; use a whole number from 0 to 600",
            "gate: `min_full_time_months`: is out of range; use a whole number from 1 to 600",
            "weight: `title`: is not a group of the profile; did you mean `titles`?",
        ]
    );
    let contradicting = problems(&[], &["min_full_time_months=61", "max_full_time_months=60"]);
    assert_eq!(
        contradicting,
        [
            "gate: `max_full_time_months=60`: contradicts `min_full_time_months=61`; no resume can be sure to pass \
          both: leave one out"
        ]
    );
    assert_eq!(problems(&[], &["min_degree=master", "min_degree=doctor"]).len(), 1);
    assert_eq!(problems(&[], &["any_of=audit", "any_of=tax"]).len(), 1);
    let nothing: Vec<String> =
        profile("finance", lexicon()).groups().iter().map(|group| format!("{}=0", group.id)).collect();
    let nothing: Vec<&str> = nothing.iter().map(String::as_str).collect();
    assert_eq!(problems(&nothing, &[]), ["weight: every weight is 0; give one group a weight"]);
    let owned = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let unread = Overrides::read(
        &owned(&["titles", "titles=-1", "a=1", "a=2", "a=100001"]),
        &owned(&[
            "field",
            "=off",
            "min_degree=masters",
            "any_of=,",
            "min_degre=master",
            "max_full_time_months=x",
        ]),
    );
    assert_eq!(unread.err().unwrap().len(), 10);
}

#[test]
fn what_is_written_is_read_back() {
    let read = overrides(
        &["titles=7"],
        &[
            "field=off",
            "min_degree=master",
            "min_full_time_months=36",
            "max_full_time_months=60",
            "any_of=tax,audit",
        ],
    );
    let json = serde_json::to_string(&read).unwrap();
    assert_eq!(
        json,
        "{\"weights\":{\"titles\":7},\"gates\":[\"field=off\",\"min_degree=master\",\"min_full_time_months=36\",\
         \"max_full_time_months=60\",\"any_of=audit,tax\"]}"
    );
    assert_eq!(serde_json::from_str::<Overrides>(&json).unwrap(), read);
    assert!(serde_json::from_str::<Overrides>("{\"gates\":[\"nonsense\"]}").is_err());
}

#[test]
fn an_added_gate_judges() {
    let changed = finance(&[], &["any_of=audit", "field=off"]);
    let audited = Sketch::default().job("审计员", "负责审计。").score(&changed, lexicon());
    assert_eq!(audited.gates, [GateOutcome::Pass]);
    let row = Sketch::default().job("会计", "不熟悉审计。").row(lexicon());
    assert_eq!(score(&row, &changed).gates, [GateOutcome::Fail]);
}
