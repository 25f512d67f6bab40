use bole_core::FieldId;
use proptest::prelude::*;

use super::*;

/// The query as it was understood, fully parenthesised.
fn understood(text: &str) -> String {
    fn show(node: &Node) -> String {
        let joined =
            |nodes: &[Node], by: &str| format!("({})", nodes.iter().map(show).collect::<Vec<_>>().join(by));
        match node {
            Node::Leaf(leaf) => {
                let scope = match leaf.scope {
                    Scope::Text => String::new(),
                    scope => format!("{scope:?}:"),
                };
                let terms = leaf.terms.iter().map(|(offset, text)| match offset {
                    0 => text.clone(),
                    _ => format!("{text}+{offset}"),
                });
                scope + &terms.collect::<Vec<_>>().join(" ")
            }
            Node::Not(node) => format!("-{}", show(node)),
            Node::And(nodes) => joined(nodes, " & "),
            Node::Or(nodes) => joined(nodes, " | "),
        }
    }
    match Query::parse(text) {
        Ok(query) => show(&query.root),
        Err(error) => format!("{error:?}"),
    }
}

#[test]
fn queries_are_understood() {
    for (text, expected) in [
        ("锂", "锂"),
        ("锂电", "锂电"),
        ("固态电池", "固态 态电+1 电池+2"),
        ("BMS 电池", "(bms & 电池)"),
        ("a b OR c AND d", "((a & b) | (c & d))"),
        ("a && b || !c x", "((a & b) | (-c & x))"),
        (r#""risk management" AND NOT audit"#, "(risk management+1 & -audit)"),
        ("（风险 OR 审计） AND 银行", "((风险 | 审计) & 银行)"),
        ("“固态 电池”「锂」『钠』", "(固态 电池+2 & 锂 & 钠)"),
        ("”锂”", "锂"),
        ("风险，审计；银行、证券", "(风险 & 审计 & 银行 & 证券)"),
        ("机械 / 电子 & 软件", "(机械 & 电子 & 软件)"),
        ("Title：工程师 name: 张伟", "(Title:工程 程师+1 & Name:张伟)"),
        ("公司:(银行 OR 证券) -title:实习", "((Employer:银行 | Employer:证券) & -Title:实习)"),
        (
            "school:北京大学 degree:硕士 language:EN",
            "(School:北京 京大+1 大学+2 & Degree:master & Language:english)",
        ),
        ("source:/a/b_c.pdf", "Source:a b+1 c+2 pdf+3"),
        ("solid-state -bms", "(solid state+1 & -bms)"),
        ("C++ c# .NET node.js", "(c++ & c# & .net & node js+1)"),
        ("-（审计） 银行", "(-审计 & 银行)"),
        ("NOT NOT 银行", "银行"),
        ("NOT (NOT 银行)", "银行"),
        ("and or not", "(and & or & not)"),
        ("10:30", "10 30+1"),
        ("a－b －c", "(a b+1 & -c)"),
        ("LFP电池", "lfp 电池+1"),
        ("field:Energy_Storage 领域:（any OR 金融）", "(Field:energy-storage & (Field:any | Field:金融))"),
        ("field:\"energy storage\" -year：２０２６", "(Field:energy-storage & -Year:2026)"),
        ("年份:02020", "Year:2020"),
    ] {
        assert_eq!(understood(text), expected, "{text}");
    }
}

/// Every name that a field can have is sought as what it is. Of the large scripts, which are all alike, some.
#[test]
fn names_of_fields_are_understood() {
    let scalars =
        ('\0'..=char::MAX).filter(|scalar| *scalar < '\u{3400}' || (*scalar as u32).is_multiple_of(61));
    let names = scalars.filter_map(|scalar| FieldId::normal(&scalar.to_string()));
    let mut n_names = 0;
    for FieldId(name) in names {
        assert_eq!(understood(&format!("field:{name}")), format!("Field:{name}"));
        n_names += 1;
    }
    assert!(n_names > 5_000, "{n_names}");
}

#[test]
fn a_query_within_another_shows_what_it_sought() {
    let scope = Query::parse("field:any OR 审计").unwrap();
    let query = Query::parse("银行").unwrap();
    let within = query.clone().within(&scope);
    assert!(within.uses_field() && !query.uses_field() && !within.uses_source());
    assert!(query.clone().within(&Query::parse("source:a").unwrap()).uses_source());
    assert_eq!(within.highlight("银行审计"), query.highlight("银行审计"));
    assert_ne!(within, query);
}

#[test]
fn what_is_wrong_says_where() {
    let nested = format!("{}a{}", "(".repeat(17), ")".repeat(17));
    let words = "a ".repeat(33);
    for (text, expected) in [
        ("", QueryError::Empty),
        (" - ，& ", QueryError::Empty),
        ("-audit", QueryError::OnlyNegative),
        ("a OR NOT b", QueryError::OnlyNegative),
        (&"a".repeat(513), QueryError::TooLong { n_bytes: 513 }),
        (&"(".repeat(1000), QueryError::TooLong { n_bytes: 1000 }),
        (&nested, QueryError::TooDeep { at: 17 }),
        (&words, QueryError::TooManyTerms { at: 65 }),
        ("银行 “风险", QueryError::OpenQuote { at: 4 }),
        ("a (b", QueryError::OpenParenthesis { at: 3 }),
        ("a) b", QueryError::StrayParenthesis { at: 2 }),
        ("()", QueryError::MissingTerm { at: 2 }),
        ("a AND", QueryError::MissingTerm { at: 6 }),
        ("OR a", QueryError::MissingTerm { at: 1 }),
        ("a AND OR b", QueryError::MissingTerm { at: 7 }),
        ("title:", QueryError::MissingTerm { at: 7 }),
        ("a NOT", QueryError::MissingTerm { at: 6 }),
        ("https://example.org", QueryError::UnknownField { at: 6 }),
        ("项目：储能", QueryError::UnknownField { at: 3 }),
        ("degree:x", QueryError::UnknownDegree { at: 8 }),
        ("语言:德语", QueryError::UnknownLanguage { at: 4 }),
        (&format!("field:{}", "f".repeat(65)), QueryError::UnknownWork { at: 7 }),
        ("year:last", QueryError::UnknownYear { at: 6 }),
        ("year:99999", QueryError::UnknownYear { at: 6 }),
    ] {
        assert_eq!(Query::parse(text), Err(expected), "{text}");
    }
    let shown = Query::parse("a (b").unwrap_err().to_string();
    assert_eq!(shown, "the parenthesis at character 3 is not closed: close it, or leave it out");
}

#[test]
fn what_was_sought_is_shown_where_it_stands() {
    for (query, text, expected) in [
        ("锂", "锂电池与磷酸铁锂", vec!["锂", "锂"]),
        ("固态电池", "固态的电池，固态电池，固\n态电池", vec!["固态电池", "固\n态电池"]),
        ("\"risk management\" OR audit", "Risk  Management; risk; Audit", vec!["Risk  Management", "Audit"]),
        ("银行 NOT 风险", "银行风险", vec!["银行"]),
        ("title:工程师 degree:硕士", "硕士，工程师", vec!["工程师"]),
        ("ＢＭＳ c++", "㎏ BMS／C++", vec!["BMS", "C++"]),
        ("固态 态电", "固态电池", vec!["固态电"]),
        ("锂", "", vec![]),
    ] {
        let scalars = text.chars().collect::<Vec<_>>();
        let shown = Query::parse(query)
            .unwrap()
            .highlight(text)
            .into_iter()
            .map(|range| scalars[range.start as usize..range.end as usize].iter().collect::<String>())
            .collect::<Vec<_>>();
        assert_eq!(shown, expected, "{query} in {text}");
    }
}

#[test]
fn nothing_of_a_query_is_in_its_debug_form() {
    assert_eq!(format!("{:?}", Query::parse("name:张伟 银行 -审计").unwrap()), "Query(2 sought)");
}

/// Texts near the language: its operators and signs between words.
fn near() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "锂",
        "电池",
        "a",
        "C++",
        ".net",
        "AND",
        "OR",
        "NOT",
        "-",
        "!",
        "&&",
        "||",
        "|",
        "(",
        ")",
        "（",
        "）",
        "\"",
        "“",
        "”",
        "「",
        "」",
        "title:",
        "degree：",
        "x:",
        ":",
        " ",
        "，",
        "\n",
        "\0",
        "e\u{301}",
        "+",
        "#",
        ".",
        "ﬁ",
        "硕士",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_query_panics(text in prop_oneof![3 => near(), 1 => any::<String>()], shown in near()) {
        if let Ok(query) = Query::parse(&text) {
            let n_scalars = shown.chars().count() as u32;
            let mut end = 0;
            for (index, range) in query.highlight(&shown).into_iter().enumerate() {
                prop_assert!(range.start < range.end && range.end <= n_scalars);
                prop_assert!(index == 0 || range.start > end);
                end = range.end;
            }
        }
    }
}
