use super::*;
use crate::dates::dates_in;
use crate::fields::fields_in;
use crate::sections::parts_of;
use crate::text::pages_of;

fn found(page: &str) -> Vec<String> {
    let text = Text::of(&pages_of(&[page]));
    let found = education_of(&text, &parts_of(&text), &fields_in(&text), &dates_in(&text));
    let describe = |education: &Education| {
        let degree = education.degree.as_ref().map_or("-".to_owned(), |degree| format!("{:?}", degree.value));
        let school = education.school.as_ref().map_or("-", |school| school.value.as_str());
        let discipline = education.discipline.as_ref().map_or("-", |discipline| discipline.value.as_str());
        let dates = education.dates.as_ref().map_or("-".to_owned(), |dates| dates.value.start.to_string());
        format!("{degree}|{school}|{discipline}|{dates}")
    };
    found.iter().map(describe).collect()
}

#[test]
fn disciplines_that_are_wrapped() {
    for (page, expected) in [
        (
            "Education\n2010/09 – 2014/06 Lagoon University of Science, Bachelor, Electronic and Information\nEngineering",
            "Electronic and Information Engineering",
        ),
        (
            "Education\nLagoon University of Science and Technology, Bachelor,\nSoftware Engineering\nSep 2015 – Jun 2019",
            "Software Engineering",
        ),
    ] {
        let resume = crate::understand(&pages_of(&[page]));
        let disciplines: Vec<_> =
            resume.education.iter().filter_map(|education| education.discipline.as_ref()).collect();
        assert_eq!(disciplines.len(), 1, "{page}");
        assert_eq!(disciplines[0].value, expected, "{page}");
    }
}

#[test]
fn education_in_the_orders_people_write() {
    let cases: [(&str, &[&str]); 16] = [
        (
            "教育背景\n2015年9月—2020年6月 某某科技大学 材料物理与化学 博士\n- 论文：《界面研究》\n2011年9月—2015年6月 中部大学 冶金工程（新能源材料方向） 学士",
            &["Doctor|某某科技大学|材料物理与化学|2015-09", "Bachelor|中部大学|冶金工程|2011-09"],
        ),
        (
            "教育经历\n某某交通大学, 上海 2013 – 至今\n在读硕士研究生 信息与通信工程\n西部电子大学, 西安 2009 – 2013\n学士 通信工程",
            &["Master|某某交通大学|信息与通信工程|2013", "Bachelor|西部电子大学|通信工程|2009"],
        ),
        (
            "教育背景\n2013.09-2016.06 奈森师范大学 市场营销（大专）",
            &["Associate|奈森师范大学|市场营销|2013-09"],
        ),
        ("教育背景\n2014.09-2018.07 华东理学大学-市场营销 本科", &["Bachelor|华东理学大学|市场营销|2014-09"]),
        ("林一\n学历：硕士 毕业院校：某某大学 专业：材料学", &["Master|某某大学|材料学|-"]),
        (
            "林一\n学  历：博士\n毕业院校：某某大学\n专  业：航空宇航科学与技术",
            &["Doctor|某某大学|航空宇航科学与技术|-"],
        ),
        ("学历\n硕士学位，主修软件工程，某某大学", &["Master|某某大学|软件工程|-"]),
        (
            "教育背景\n博士 | 金融学专业 | 某某财经大学 | 2018.09-2023.06",
            &["Doctor|某某财经大学|金融学|2018-09"],
        ),
        (
            "Education\nPrinceton University, PhD in Computer Science – Princeton, NJ Sept 2018 – May 2023\nBoreal University, BS in Computer Engineering",
            &[
                "Doctor|Princeton University|Computer Science|2018-09",
                "Bachelor|Boreal University|Computer Engineering|-",
            ],
        ),
        (
            "Education\nSep 2011 – Jul 2012 Lagoon School of Economics MSc Finance and Risk\nOct 2007 – Jul 2011 University of Lagoon BSc Actuarial Science, first class",
            &[
                "Master|Lagoon School of Economics|Finance and Risk|2011-09",
                "Bachelor|University of Lagoon|Actuarial Science|2007-10",
            ],
        ),
        (
            "Education\nMBA : Business Administration, Accounting , 2001 University of North Lagoon - City , State",
            &["Master|University of North Lagoon|Business Administration|2001"],
        ),
        (
            "Education\nBachelor of Science (B.Sc.) : Civil Engineering 2010 Foothill University City , State",
            &["Bachelor|Foothill University|Civil Engineering|2010"],
        ),
        (
            "Education\nMaster of Public Health, 2012, Emory University",
            &["Master|Emory University|Public Health|2012"],
        ),
        (
            "Education\n2013\nCollege Amerigo City , State associate medical : Medical",
            &["Associate|College Amerigo|-|2013"],
        ),
        (
            "Education\nHigh School Diploma : General , 1985 North Marion High School",
            &["Secondary|North Marion High School|General|1985"],
        ),
        ("Summary\nHolds a PhD in Physics from Boreal University.", &["Doctor|Boreal University|Physics|-"]),
    ];
    for (page, expected) in cases {
        assert_eq!(found(page), expected, "{page}");
    }
}
