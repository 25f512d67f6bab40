use super::*;
use crate::degrees::degrees_in;
use crate::text::pages_of;

#[test]
fn schools_without_what_stands_around_them() {
    let cases: [(&str, &[&str]); 33] = [
        ("2015年9月—2020年6月 中国科学技术大学 材料物理与化学 博士", &["中国科学技术大学"]),
        ("毕业于北京某某大学光华管理学院", &["北京某某大学"]),
        ("某某大学·计算机学院", &["某某大学"]),
        ("大学英语四级", &[]),
        ("全国大学生竞赛", &[]),
        ("2013-2016奈森师范大学 市场营销", &["奈森师范大学"]),
        ("Princeton University, PhD in Computer Science", &["Princeton University"]),
        ("MSc Finance, London School of Economics", &["London School of Economics"]),
        (
            "MBA : Business Administration , 2001 University of North Florida - City , State",
            &["University of North Florida"],
        ),
        ("Bachelor of Science : Business Administration University of Phoenix", &["University of Phoenix"]),
        ("Business Administration 1980 Richard Bland College City , State", &["Richard Bland College"]),
        ("College America City , State", &["College America"]),
        (
            "Bachelor of Arts : Communications 2004 The College Of New Rochelle",
            &["The College Of New Rochelle"],
        ),
        ("High School Diploma : General , 1985 North Marion High School", &["North Marion High School"]),
        ("High School Diploma", &[]),
        ("Harvard Business School", &["Harvard Business School"]),
        ("California State University Northridge", &["California State University"]),
        (
            "Hong Kong University of Science and Technology",
            &["Hong Kong University of Science and Technology"],
        ),
        ("University", &[]),
        ("Master of Public Health: Emory University", &["Emory University"]),
        ("ETH Zurich", &["ETH Zurich"]),
        ("Seattle Central Community College", &["Seattle Central Community College"]),
        ("Lagoon University of Finance and Law, Bachelor", &["Lagoon University of Finance and Law"]),
        ("2010 – 2014  Foothill Institute of Technology  Materials", &["Foothill Institute of Technology"]),
        ("University of California, Berkeley, LL.M.", &["University of California, Berkeley"]),
        ("某某大学 Lagoon University 硕士", &["某某大学"]),
        ("Foothill No. 31 Middle School, senior high school", &["Foothill No. 31 Middle School"]),
        ("Lagoon School of Aviation (ENAC), France", &["Lagoon School of Aviation"]),
        ("UC Berkeley | 2019", &["UC Berkeley"]),
        ("清华 计算机 硕士", &["清华"]),
        ("某某石油大学（北京） 本科", &["某某石油大学（北京）"]),
        ("某某大学威海分校 本科", &["某某大学威海分校"]),
        ("某某医药高等专科学校 护理", &["某某医药高等专科学校"]),
    ];
    for (line, expected) in cases {
        let text = Text::of(&pages_of(&[line]));
        let taken: Vec<_> = degrees_in(&text, text.whole()).iter().map(|degree| degree.extent).collect();
        let found = schools_in(&text, text.whole(), &taken);
        let found: Vec<_> = found.iter().map(|extent| text.string(*extent)).collect();
        assert_eq!(found, expected, "{line}");
    }
}
