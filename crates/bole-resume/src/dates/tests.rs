use super::*;
use crate::text::pages_of;

/// The ranges as `start..end`, then single dates.
fn found(line: &str) -> Vec<String> {
    let text = Text::of(&pages_of(&[line]));
    let show = |mention: &DateMention| {
        let end = match mention.value.end {
            RangeEnd::Present => "now".to_owned(),
            RangeEnd::At(at) => at.to_string(),
        };
        if mention.is_range {
            format!("{}..{end}", mention.value.start)
        } else if mention.value.start.to_string() == end {
            end
        } else {
            format!("{}+{end}", mention.value.start)
        }
    };
    dates_in(&text).iter().map(show).collect()
}

#[test]
fn ranges_in_the_forms_people_write() {
    let cases = [
        ("2018.09-至今", "2018-09..now"),
        ("2018.09 – 今", "2018-09..now"),
        ("2018.09至今", "2018-09..now"),
        ("2018年9月—2021年6月", "2018-09..2021-06"),
        ("2018 年 9 月 至 2021 年 6 月", "2018-09..2021-06"),
        ("２０１８年９月～２０２１年６月", "2018-09..2021-06"),
        ("2018/09 ~ 2021/06", "2018-09..2021-06"),
        ("2018-09-01 - 2021-06-30", "2018-09..2021-06"),
        ("2018-09-2021-06", "2018-09..2021-06"),
        ("201809-202106", "2018-09..2021-06"),
        ("2018年9月-12月", "2018-09..2018-12"),
        ("18年9月-21年6月", "2018-09..2021-06"),
        ("2024.09 ‑‑ 2027.06（预计）", "2024-09..2027-06"),
        ("Sep 2018 – Present", "2018-09..now"),
        ("Sept. 2018 to date", "2018-09..now"),
        ("September 2018 to June 2021", "2018-09..2021-06"),
        ("Mar – Jun 2019", "2019-03..2019-06"),
        ("September, 2018 through June 2021", "2018-09..2021-06"),
        ("Sep'18 - Jun'21", "2018-09..2021-06"),
        ("1 Sep 2018 - 30 Jun 2021", "2018-09..2021-06"),
        ("September 1, 2018 – June 30th, 2021", "2018-09..2021-06"),
        ("09/2018 - 06/2021", "2018-09..2021-06"),
        ("07/2010 to Current", "2010-07..now"),
        ("06/15 - 07/18", "2015-06..2018-07"),
        ("2016 - 2020", "2016..2020"),
        ("2016-2020", "2016..2020"),
        ("2016 - now", "2016..now"),
        ("since 2020", "2020..now"),
        ("Since 03/2022", "2022-03..now"),
        ("2018年6月起至今", "2018-06..now"),
        ("Engineer Sep 2019 –\nBuilt", "2019-09..now"),
        ("Sep 2019 –\nJune 2021", "2019-09..2021-06"),
        ("18.09-20.06", "2018-09..2020-06"),
        ("20.11 - 至今", "2020-11..now"),
        ("September 2010 to June\n2014", "2010-09..2014-06"),
        ("2020年起", "2020..now"),
        ("自2019年3月起", "2019-03..now"),
        ("May 2015\nto\nCurrent", "2015-05..now"),
        ("Summer 2019", "2019-06+2019-08"),
        ("Fall 2013 – Spring 2014", "2013-09..2014-05"),
        ("Nov. 2011", "2011-11"),
        ("2011", "2011"),
        ("2011年", "2011"),
    ];
    for (line, expected) in cases {
        assert_eq!(found(line), [expected], "{line}");
        assert_eq!(found(&format!("（{line}）某某")), [expected], "{line}");
    }
}

#[test]
fn other_numbers_are_no_dates() {
    let lines = [
        "138-0000-1234",
        "3.97/4.00",
        "450 Wh/kg",
        "2000万元",
        "$2019",
        "2,019",
        "20180",
        "Q2019x",
        "IEEE1588",
        "march on",
        "ISO/TS 16949",
        "510000199001011234",
        "1 0******",
    ];
    for line in lines {
        assert_eq!(found(line), Vec::<String>::new(), "{line}");
    }
    // The wrong way round: no range, and neither end is certain.
    assert_eq!(found("2021.06 - 2018.09"), ["2021-06"]);
    let text = Text::of(&pages_of(&["2021.06 - 2018.09"]));
    assert!(dates_in(&text).iter().all(|date| date.confidence < 50));
}
