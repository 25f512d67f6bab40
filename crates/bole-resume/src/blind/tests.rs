use bole_core::{Confidence, DocumentId, Hidden, HiddenReason, Page, ReaderVersion};

use super::*;
use crate::understand;

/// A text as it is shown of somebody of this name, white space folded.
fn shown(name: &str, text: &str) -> String {
    let value = Sourced { value: name.to_owned(), spans: Vec::new(), confidence: Confidence(90) };
    let known = Known::of(&Resume { name: Some(value), ..Resume::default() });
    let blanked = known.blanked(text);
    assert_eq!(blanked.chars().count(), text.chars().count());
    assert_eq!(blanked.matches('\n').count(), text.matches('\n').count());
    blanked.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_name_is_blanked_in_every_form() {
    let cases = [
        ("Anna Keller", "ANNA KELLER, engineer", ", engineer"),
        ("Anna Keller", "Keller, Anna and B. Ott", "and B. Ott"),
        ("Anna Keller", "A. Keller, B. Ott; Keller A.", ", B. Ott; ."),
        ("Anna Keller", "by Anna\nKeller", "by"),
        ("Anna Keller", "annakeller1990", "1990"),
        ("Anna Keller", "Dear Mrs. Keller", "Dear"),
        ("Anna Maria Keller", "Anna Keller; A. M. Keller; Keller AM; Keller, A.", "; ; ; ."),
        ("Wei-Ming Zhang", "Weiming Zhang, Zhang W.-M., W.M. Zhang; Wei Ming Zhang", ", ., ;"),
        ("Zhang Wei", "W. Zhang; Zhang W; Wei Zhang; zhangwei", "; ; ;"),
        ("José Müller", "Jose Muller; J. MÜLLER", ";"),
        ("Keller, Anna", "Anna Keller", ""),
        ("Bo Li", "B. Li and Bo Li", "B. Li and"),
        ("王晓梅", "王晓梅 王 晓 梅 王先生 王女士 李先生", "李"),
        ("欧阳若楠", "欧阳女士与欧阳老师，欧洲", "与 ，欧洲"),
        ("王晓梅（Wang Xiaomei）", "王晓梅; X. Wang; Xiaomei Wang; XM Wang", "; ; ; XM Wang"),
        ("Anna Keller", "the annual kiln", "the annual kiln"),
    ];
    for (name, text, expected) in cases {
        assert_eq!(shown(name, text), expected, "{name}: {text}");
    }
}

#[test]
fn what_tells_the_gender_is_blanked() {
    let cases = [
        ("Mr. Ott and Ms Low", ". Ott and Low"),
        (
            "She led it; her team, his; HER catalysts, MS in Physics",
            "led it; team, ; HER catalysts, MS in Physics",
        ),
        ("He led; He-Ne laser; He/N2", "led; He-Ne laser; He/N2"),
        ("here, the, others, sheet", "here, the, others, sheet"),
        ("她负责，他主管；其他，他人", "负责， 主管；其他，他人"),
        ("首先生产电池，张先生，优先生成", "首先生产电池，张 ，优先生成"),
        ("毕业于中华女子学院会计系", "毕业于 会计系"),
        ("圣玛利亚女校 上海市第三女中", ""),
        ("Mount Lee Women's University, BSc", ", BSc"),
        ("at Wellesley College in Physics", "at in Physics"),
        ("Kinnaird College for Women, Lahore", ", Lahore"),
        ("St Anne Girls’ High School 2012", "2012"),
        ("Kappa Kappa Gamma sorority treasurer", "treasurer"),
        ("Stanford University, 清华大学", "Stanford University, 清华大学"),
        ("三八红旗手 产假", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(shown("", text), expected, "{text}");
    }
}

#[test]
fn ways_to_reach_somebody_are_blanked() {
    let cases = [
        ("write to a.k@example.com now", "write to now"),
        ("见 https://example.org/ak 与 github.com/ak", "见 与"),
        ("微信：ak_1990 QQ: 12345", "微信： QQ:"),
        ("Github:// akexample LinkedIn: ak-example", "LinkedIn:"),
        ("C++, 3.5 V, and/or", "C++, 3.5 V, and/or"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown("", text), expected, "{text}");
    }
    let phone =
        |value: &str| Sourced { value: value.to_owned(), spans: Vec::new(), confidence: Confidence(90) };
    let known = Known::of(&Resume { phones: vec![phone("+8613900001234")], ..Resume::default() });
    for text in ["13900001234", "(+86) 139-0000-1234", "139 0000 1234"] {
        assert_eq!(known.blanked(text).trim(), "", "{text}");
    }
    assert_eq!(known.blanked("13900001235"), "13900001235");
}

#[test]
fn a_reading_keeps_its_places_and_loses_who_it_is_of() {
    let text = "王晓梅\n性别：女  出生年月：1990.05  籍贯：湖南\n电话：13900001234  邮箱：wxm@example.com\n\n教育背景\n\
        2008.09-2012.06  中华女子学院  会计学  本科\n\n工作经历\n2012.07-2020.06  某某银行  风险经理\n她负责风险模型，王晓梅主持审计\n";
    let hidden = Hidden {
        text: "王晓梅 储能".to_owned(),
        reason: HiddenReason::Tiny,
        bounds: bole_core::Bounds::default(),
    };
    let page = Page { text: text.to_owned(), hidden: vec![hidden], ..Page::default() };
    let content = Pages { pages: vec![page], ..Pages::default() };
    let resume = understand(&content);
    assert!(resume.name.is_some() && !resume.emails.is_empty() && !resume.phones.is_empty());
    assert_eq!(resume.education[0].school.as_ref().unwrap().value, "中华女子学院");
    let reading = Reading { document: DocumentId::of(b""), reader: ReaderVersion(1), content, resume };
    let told = blinded(reading.clone());
    let all = said(&told);
    for word in ["王晓梅", "女", "1990", "湖南", "13900001234", "example", "她"] {
        assert!(text.contains(word) && !all.contains(word), "{word}");
    }
    for word in ["2008.09-2012.06", "会计学", "某某银行", "风险经理", "主持审计", "储能"] {
        assert!(all.contains(word), "{word}");
    }
    let lengths = |reading: &Reading| {
        let lines = reading.content.pages[0].text.split('\n').map(|line| line.chars().count());
        lines.collect::<Vec<_>>()
    };
    assert_eq!(lengths(&told), lengths(&reading));
    assert_eq!(told.resume.entries.len(), reading.resume.entries.len());
    assert_eq!(blinded(told.clone()), told, "nothing is left to be blanked");
}

/// All that it says.
fn said(reading: &Reading) -> String {
    format!("{:?}", (&reading.content.pages, &reading.resume))
}
