//! What holds of any resume.

use proptest::prelude::*;

use super::*;
use crate::Ranked;

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
    fn ranks_do_not_depend_on_threads(
        sketches in prop::collection::vec(any_sketch(), 0..24),
        top in 0..30_usize,
    ) {
        let lexicon = lexicon();
        let profile = profile("finance", lexicon);
        let rows: Vec<Row> = sketches.into_iter().map(|sketch| sketch.row(lexicon)).collect();
        let reversed: Vec<Row> = rows.iter().rev().cloned().collect();
        let pool = |n_threads| rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        let one = pool(1).install(|| rank(&rows, &profile, &[], top));
        let four = pool(4).install(|| rank(&reversed, &profile, &[], top));
        prop_assert_eq!(&one, &four);
        let order = |ranked: &Ranked| (std::cmp::Reverse(ranked.score.total), ranked.document);
        prop_assert!(one.best.is_sorted_by_key(order));
        let out: u64 = one.gate_failed.iter().sum();
        prop_assert_eq!(one.n_ranked + out, rows.len() as u64);
        prop_assert_eq!(one.best.len() as u64, one.n_ranked.min(top as u64));
        for (better, ranked) in one.best.iter().enumerate() {
            prop_assert!(one.totals.n_above(ranked.score.total) <= better as u64);
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
