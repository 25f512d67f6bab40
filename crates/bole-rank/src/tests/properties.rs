//! What holds of any resume.

use proptest::prelude::*;

use super::*;
use crate::shipped::PROFILES;
use crate::{Filter, Ordered, Ranked, Ranking, order};

fn any_section() -> impl Strategy<Value = SectionKind> {
    prop::sample::select(vec![
        SectionKind::Personal,
        SectionKind::Summary,
        SectionKind::Objective,
        SectionKind::Skills,
        SectionKind::Certificates,
        SectionKind::Publications,
        SectionKind::Patents,
        SectionKind::Interests,
    ])
}

fn any_kind() -> impl Strategy<Value = EntryKind> {
    prop::sample::select(vec![
        EntryKind::Work,
        EntryKind::Internship,
        EntryKind::Project,
        EntryKind::Research,
    ])
}

/// Text with words of the lexicon in it.
fn any_text() -> impl Strategy<Value = String> {
    let words = "固态电池 储能 BMS 会计 accountant bank 银行 无人机 pilot 卫星 不熟悉 没有 经验 no_experience_in \
                 , 。 \n - CFA 税务 the risk_management 態 ﬁ &";
    let words: Vec<String> = words.split(' ').map(|word| word.replace('_', " ")).collect();
    let word = prop::sample::select(words);
    prop::collection::vec(prop_oneof![4 => word, 1 => "\\PC{0,3}"], 0..30).prop_map(|words| words.join(" "))
}

fn any_sketch() -> impl Strategy<Value = Sketch> {
    let sections = prop::collection::vec((any_section(), any_text()), 0..4);
    let dates = prop::option::of((1995_u16..2024, 0_u16..8));
    let entries = prop::collection::vec((any_kind(), any_text(), dates, any_text()), 0..4);
    let degree =
        prop::option::of(prop::sample::select(vec![Degree::Associate, Degree::Bachelor, Degree::Doctor]));
    (sections, entries, degree).prop_map(|(sections, entries, degree)| {
        let mut sketch = Sketch::default();
        for (kind, text) in sections {
            sketch = sketch.section(kind, &text);
        }
        for (kind, title, dates, text) in entries {
            let dates = dates.map(|(start, years)| (start.to_string(), (start + years).to_string()));
            let dates = dates.as_ref().map(|(start, end)| (start.as_str(), end.as_str()));
            sketch = sketch.entry(kind, &title, dates, &text);
        }
        match degree {
            Some(degree) => sketch.education(degree, "会计学"),
            None => sketch,
        }
    })
}

/// A profile that ships, with gates of every kind.
fn gated(field: &str, lexicon: &Lexicon) -> Profile {
    let gates = r#"
        [[gates]]
        id = "any"
        name_zh = "甲"
        name_en = "Any"
        any_of = ["battery", "accountant"]
        [[gates]]
        id = "months"
        name_zh = "乙"
        name_en = "Months"
        min_full_time_months = 12
        [[gates]]
        id = "young"
        name_zh = "丙"
        name_en = "Young"
        max_full_time_months = 200
        [[gates]]
        id = "other"
        name_zh = "丁"
        name_en = "Other"
        any_of = ["solid-state-battery", "tax"]
    "#;
    let shipped = PROFILES.iter().find(|source| source.name == format!("{field}.toml")).unwrap();
    let text = format!("{}\n{gates}", shipped.text);
    Profile::parse(&Source { name: "gated.toml", text: &text }, lexicon).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn explanation_and_score_agree(sketches in prop::collection::vec(any_sketch(), 1..6)) {
        let lexicon = lexicon();
        for field in ["finance", "energy-storage", "aerospace"] {
            let profile = profile(field, lexicon);
            for sketch in &sketches {
                let reading = sketch.clone().reading();
                let evidence = collect(&reading, lexicon);
                for mention in &evidence.mentions {
                    prop_assert!(reading.content.text_at(mention.span).is_some_and(|text| !text.is_empty()));
                }
                let row = Row::new(reading.document, as_of(), &evidence, lexicon);
                let scored = score(&row, &profile);
                let explanation = explain(&evidence, as_of(), reading.document, &profile, lexicon);
                check_sums(&explanation, &profile);
                prop_assert_eq!(scored.total, explanation.total);
                prop_assert_eq!(scored.total, total(&row, &profile));
                let components: Vec<u32> = explanation.components.iter().map(|part| part.points).collect();
                prop_assert_eq!(scored.components, components);
                let gates: Vec<GateOutcome> = explanation.gates.iter().map(|gate| gate.outcome).collect();
                prop_assert_eq!(scored.gates, gates);
            }
        }
    }

    #[test]
    fn ranks_are_those_of_scores_and_do_not_depend_on_threads(
        sketches in prop::collection::vec(any_sketch(), 1..10),
        copies in 1..160_u32,
        kept in prop::collection::vec(0..1000_usize, 0..500),
        n_filters in 0..3_usize,
        top in 0..60_usize,
        field in prop::sample::select(vec!["finance", "energy-storage", "aerospace"]),
    ) {
        let lexicon = lexicon();
        let profile = gated(field, lexicon);
        let made: Vec<Row> = sketches.into_iter().map(|sketch| sketch.row(lexicon)).collect();
        let under = |copy: u32, row: &Row| {
            let document = DocumentId::of(&[&copy.to_be_bytes()[..], row.document().as_bytes()].concat());
            row.varied(document, &mut |below| copy.wrapping_mul(2_654_435_769) % below)
        };
        let many = (0..copies).flat_map(|copy| made.iter().map(move |row| under(copy, row)));
        let rows: Rows = many.collect();
        let all: Vec<Row> = rows.iter().collect();
        let filters: Vec<Vec<DocumentId>> = (0..n_filters)
            .map(|filter| {
                let kept = kept.iter().skip(filter * 50).filter_map(|place| all.get(place % (2 * all.len())));
                kept.map(Row::document).collect()
            })
            .collect();
        let used: Vec<_> = filters.iter().cloned().map(Filter::keeping).collect();
        let pool = |n_threads| rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        let ranking = pool(1).install(|| rank(&rows, &profile, &used, top));
        prop_assert_eq!(&ranking, &pool(4).install(|| rank(&rows, &profile, &used, top)));

        let in_order = pool(2).install(|| order(&rows, &profile, &used, top));
        prop_assert_eq!(in_order.best.len(), ranking.best.len());
        for (ordered, ranked) in in_order.best.iter().zip(&ranking.best) {
            let row = rows.get(ranked.document).unwrap();
            let told = Ordered { reading: row.reading(), as_of: row.as_of(), total: ranked.score.total };
            prop_assert_eq!(*ordered, told);
        }
        let Ranking { n_ranked, filtered_out, gate_failed, gate_unknown, totals, .. } = in_order;
        let best = ranking.best.clone();
        let same = Ranking { best, n_ranked, filtered_out, gate_failed, gate_unknown, totals };
        prop_assert_eq!(&same, &ranking);

        let mut best = Vec::new();
        let (mut filtered_out, mut gate_failed) = (vec![0; n_filters], vec![0; profile.gates().len()]);
        let mut gate_unknown = vec![0; profile.gates().len()];
        for row in &all {
            let score = score(row, &profile);
            let failed = score.gates.iter().position(|gate| *gate == GateOutcome::Fail);
            if let Some(filter) = filters.iter().position(|kept| !kept.contains(&row.document())) {
                filtered_out[filter] += 1;
            } else if let Some(gate) = failed {
                gate_failed[gate] += 1;
            } else {
                for (gate, count) in score.gates.iter().zip(&mut gate_unknown) {
                    *count += u64::from(*gate == GateOutcome::Unknown);
                }
                best.push(Ranked { document: row.document(), score });
            }
        }
        best.sort_by_key(|ranked| (std::cmp::Reverse(ranked.score.total), ranked.document));
        for (place, ranked) in best.iter().enumerate() {
            prop_assert!(ranking.totals.n_above(ranked.score.total) <= place as u64);
        }
        prop_assert_eq!(ranking.n_ranked, best.len() as u64);
        best.truncate(top);
        prop_assert_eq!(ranking.best, best);
        prop_assert_eq!(ranking.filtered_out, filtered_out);
        prop_assert_eq!(ranking.gate_failed, gate_failed);
        prop_assert_eq!(ranking.gate_unknown, gate_unknown);
    }

    #[test]
    fn changed_rows_are_those_made_anew(
        batches in prop::collection::vec(prop::collection::vec((0..3000_u32, any::<bool>()), 0..1200), 1..4),
    ) {
        let row = Sketch::default().job("会计", "负责总账。").row(lexicon());
        let mut model = std::collections::BTreeMap::new();
        let mut rows = Rows::default();
        for batch in batches {
            let before = (rows.clone(), rows.iter().collect::<Vec<_>>());
            let changes: std::collections::BTreeMap<_, _> = batch
                .into_iter()
                .map(|(number, stays)| {
                    let document = DocumentId::of(&number.to_be_bytes());
                    (document, stays.then(|| row.varied(document, &mut |_| 0)))
                })
                .collect();
            for (document, changed) in &changes {
                match changed {
                    Some(row) => model.insert(*document, row.clone()),
                    None => model.remove(document),
                };
            }
            rows.update(changes);
            prop_assert_eq!(rows.iter().collect::<Vec<_>>(), model.values().cloned().collect::<Vec<_>>());
            prop_assert_eq!(rows.len(), model.len());
            prop_assert_eq!(&rows, &model.values().cloned().collect::<Rows>());
            prop_assert!(model.keys().all(|document| rows.get(*document).is_some()));
            prop_assert_eq!(before.0.iter().collect::<Vec<_>>(), before.1, "a copy stays as it is");
        }
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,200}", kind in any_section()) {
        let lexicon = lexicon();
        let reading = Sketch::default().section(kind, &text).reading();
        for mention in collect(&reading, lexicon).mentions {
            prop_assert!(reading.content.text_at(mention.span).is_some());
        }
    }
}
