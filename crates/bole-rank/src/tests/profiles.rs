//! What profiles say, and how two of them differ.

use super::*;
use crate::shipped::PROFILES;
use crate::{Enough, Listed, Outline, ProfileDiff};

/// A part of a text and what to put in its place.
type Edit<'t> = (&'t str, &'t str);

/// The finance profile with parts of its text replaced; each part must be there.
fn edited(edits: &[Edit<'_>]) -> Profile {
    let shipped = PROFILES.iter().find(|source| source.name == "finance.toml").unwrap();
    let mut text = shipped.text.to_owned();
    for (part, by) in edits {
        assert!(text.contains(part), "{part}");
        text = text.replacen(part, by, 1);
    }
    let source = Source { name: "edited.toml", text: &text };
    Profile::parse(&source, lexicon()).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn changes(edits: &[Edit<'_>]) -> Vec<String> {
    let diff = ProfileDiff::new(&edited(&[]), &edited(edits), lexicon());
    diff.changes.iter().map(|change| change.told(lexicon())).collect()
}

#[test]
fn an_outline_names_all_that_a_profile_asks_for() {
    let lexicon = lexicon();
    let outline = Outline::new(&profile("energy-storage", lexicon), lexicon);
    assert_eq!(outline.groups.iter().map(|group| group.weight).sum::<u32>(), 100_000);
    let group = |id: &str| outline.groups.iter().find(|group| group.id == id).unwrap();
    let batteries = group("batteries");
    assert_eq!((batteries.enough, group("experience").enough), (Enough::Concepts(5), Enough::Months(96)));
    let solid = &batteries.concepts[0];
    assert_eq!((solid.name_zh.as_str(), solid.listed), ("固态电池", Listed::Full));
    let minor = batteries.concepts.iter().find(|concept| concept.id.0 == "supercapacitor").unwrap();
    assert_eq!(minor.listed, Listed::Minor);
    assert!(group("education").concepts.iter().all(|concept| concept.listed == Listed::Discipline));
    let listed: Vec<_> = group("achievements").concepts.iter().map(|concept| concept.listed).collect();
    assert!(listed.contains(&Listed::Certificate) && listed.contains(&Listed::Topic));
    assert_eq!(outline.gates[0].told, "bachelor's degree or above 本科及以上");
    assert!(outline.gates[1].told.starts_with("any of energy storage "), "{}", outline.gates[1].told);
    let json = serde_json::to_value(&outline).unwrap();
    assert_eq!(json["groups"][0]["enough"]["concepts"], 5);
    assert_eq!(json["gates"][0]["condition"]["min_degree"], "bachelor");
}

#[test]
fn profiles_that_say_the_same_do_not_differ() {
    assert_eq!(changes(&[]), [""; 0]);
    // Comments, the order of lists and the scale of the weights say nothing.
    assert_eq!(changes(&[("field = \"finance\"", "# a comment\nfield = \"finance\"")]), [""; 0]);
    assert_eq!(changes(&[("\"banking\", \"retail-banking\"", "\"retail-banking\", \"banking\"")]), [""; 0]);
    assert_eq!(
        changes(&[("\"finance\", \"banking\", \"accounting\"", "\"banking\", \"accounting\", \"finance\"")]),
        [""; 0]
    );
}

#[test]
fn a_difference_is_told_in_words() {
    let cases: &[(&[Edit<'_>], &[&str])] = &[
        (&[("name_en = \"Finance\"", "name_en = \"Bank\"")], &["name_en: `Finance` → `Bank`"]),
        (&[("field = \"finance\"", "id = \"bank\"\nfield = \"finance\"")], &["id: `finance` → `bank`"]),
        (&[("enough = 4", "enough = 5")], &["group `accounting`: enough 4 concepts → 5 concepts"]),
        (&[("full_months = 96", "full_months = 36")], &["group `experience`: enough 96 months → 36 months"]),
        (
            &[("concepts = [\n    \"banking\", \"retail-banking\"", "concepts = [\n    \"retail-banking\"")],
            &["group `banking`: − `banking` (banking 银行), full"],
        ),
        (
            &[("minor = [\"esg\"]", "minor = [\"esg\", \"audit\"]")],
            &["group `risk`: + `audit` (audit work 审计), minor"],
        ),
        (
            &[("\"risk-management\",\n]\nminor = [\"esg\"]", "\"risk-management\", \"esg\",\n]")],
            &["group `risk`: `esg` (esg investment ESG投资) minor → full"],
        ),
        (
            &[
                ("minor = [\"cash-handling\"]", ""),
                ("minor = [\"esg\"]", "minor = [\"esg\", \"cash-handling\"]"),
            ],
            &["`cash-handling` (cash handling 现金收付): `banking` minor → `risk` minor"],
        ),
        (
            &[(
                "\"finance\", \"banking\", \"accounting\", \"fund\"",
                "\"finance\", \"banking\", \"accounting\", \"python\"",
            )],
            &["gate `field`: now accepts python Python编程; no longer accepts mutual fund 公募基金"],
        ),
        (
            &[(
                "[[gates]]\nid = \"field\"",
                "[[gates]]\nid = \"degree\"\nname_zh = \"硕士\"\nname_en = \"Master\"\nmin_degree = \"master\"\n[[gates]]\nid = \"field\"",
            )],
            &["gate `degree`: new, master's degree or above 硕士及以上"],
        ),
    ];
    for (edits, expected) in cases {
        assert_eq!(changes(edits), *expected);
    }
    let regrouped = changes(&[("id = \"funds\"", "id = \"markets\"")]);
    assert_eq!(
        &regrouped[..2],
        ["group `funds`: gone, it gave 7.548 points", "group `markets`: new, 7.548 points"]
    );
    assert!(regrouped[2..].iter().all(|told| told.contains(": `funds` ") && told.contains(" → `markets` ")));
}

#[test]
fn weights_are_compared_as_points_of_a_hundred() {
    // 14 of 106 becomes 28 of 120; all others get less.
    let told = changes(&[("weight = 14", "weight = 28")]);
    assert_eq!(told[0], "group `banking`: 13.208 → 23.334 points of 100");
    assert_eq!(told.len(), edited(&[]).groups().len());
}

#[test]
fn profiles_of_two_fields_differ_in_all() {
    let lexicon = lexicon();
    let (energy, finance) = (profile("energy-storage", lexicon), profile("finance", lexicon));
    let forth = ProfileDiff::new(&energy, &finance, lexicon);
    let back = ProfileDiff::new(&finance, &energy, lexicon);
    assert_eq!(forth.changes.len(), back.changes.len());
    assert_eq!((&forth.before, &forth.after), (&back.after, &back.before));
    assert!(forth.changes.iter().all(|change| !change.told(lexicon).is_empty()));
}
