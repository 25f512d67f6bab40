use super::*;
use crate::dates::dates_in;
use crate::sections::parts_of;
use crate::text::pages_of;

fn found(page: &str) -> Vec<String> {
    let pages = pages_of(&[page]);
    let text = Text::of(&pages);
    let (entries, studies) = entries_of(&text, &parts_of(&text), &dates_in(&text));
    let describe = |entry: &Entry| {
        let employer = entry.employer.as_ref().map_or("-", |employer| employer.value.as_str());
        let title = entry.title.as_ref().map_or("-", |title| title.value.as_str());
        let dates = entry.dates.as_ref().map_or("-".to_owned(), |dates| dates.value.start.to_string());
        let whole = pages.text_at(entry.text[0]).unwrap();
        format!("{:?}|{employer}|{title}|{dates}|{}", entry.kind, whole.lines().count())
    };
    let studies = studies.iter().map(|_| "study".to_owned());
    entries.iter().map(describe).chain(studies).collect()
}

#[test]
fn entries_in_the_orders_people_write() {
    let cases: [(&str, &[&str]); 18] = [
        (
            "工作经历\n2020年7月—至今 | 苏州某某固能科技有限公司 | 高级研发工程师\n- 带领 6 人小组\n2018年3月—2020年6月 某某研究院 助理研究员\n- 分析",
            &[
                "Work|苏州某某固能科技有限公司|高级研发工程师|2020-07|2",
                "Work|某某研究院|助理研究员|2018-03|2",
            ],
        ),
        ("工作经历\n2019.10-至今\n微云控股集团\n副总监\n• 负责品牌", &["Work|微云控股集团|副总监|2019-10|4"]),
        (
            "工作经历\n2020.7-2020.12 某某基金公司 研究实习生",
            &["Internship|某某基金公司|研究实习生|2020-07|1"],
        ),
        ("工作经历\n2023年7月—至今 某某大学 博士后", &["Research|某某大学|博士后|2023-07|1"]),
        (
            "工作经历\n2010.09-2014.06 某某大学 机械工程 本科\n2014.07-至今 某某公司 工程师",
            &["Work|某某公司|工程师|2014-07|1", "study"],
        ),
        (
            "教育与博士后经历\n2023年7月—至今 某某大学 × 某某证券博士后科研工作站 博士后\n2018.09-2023.06 某某大学 金融学 博士",
            &["Research|某某大学 × 某某证券博士后科研工作站|博士后|2023-07|1"],
        ),
        (
            "Experience\nHarbord Street Café Sep 2024 – Apr 2025\nShift runner\n• Cash\n• Tills",
            &["Work|Harbord Street Café|Shift runner|2024-09|4"],
        ),
        (
            "实习经历\n某某公司 2015 年 3 月 – 2015 年 5 月\n后端开发\n• 实现",
            &["Internship|某某公司|后端开发|2015-03|3"],
        ),
        (
            "项目经历\n2021.10-2024.09 车用固态电池计划 课题骨干\n- 负责正极\n2020.01-2021.09 储能电站\n- 负责",
            &["Project|-|车用固态电池计划|2021-10|2", "Project|-|储能电站|2020-01|2"],
        ),
        (
            "项目经历\n品牌升级发布会\n• 推广\n• 互动\n招商大会\n• 主持",
            &["Project|-|品牌升级发布会|-|3", "Project|-|招商大会|-|2"],
        ),
        (
            "Experience\nSenior Accountant\nSeptember 2011 to November 2014 Company Name - City , State\nCleared variances from 2006 and 2007.\nAccountant\nMay 2008 to August 2011 Company Name - City , State\nClosed the books.",
            &["Work|Company Name|Senior Accountant|2011-09|3", "Work|Company Name|Accountant|2008-05|3"],
        ),
        (
            "Experience\nNexo AI, Co-Founder & CTO – Lagoon City, LG\nJune 2023 – Present\n• Built it\n\nDeep Works, Research Intern\nMay 2022 – Aug 2022\n• Did it",
            &["Work|Nexo AI|Co-Founder & CTO|2023-06|3", "Internship|Deep Works|Research Intern|2022-05|3"],
        ),
        (
            "Experience\nMay 2015\nto\nCurrent\nCompany Name City , State Teacher\nTaught.",
            &["Work|Company Name|Teacher|2015-05|5"],
        ),
        (
            "Experience\nSenior Engineer  Jan 2023 - Present\nFluxo  San Francisco, CA\n• Built\nEngineer  Jun 2021 - Dec 2022\nNexo  San Francisco, CA\n• Did",
            &["Work|Fluxo|Senior Engineer|2023-01|3", "Work|Nexo|Engineer|2021-06|3"],
        ),
        (
            "工作经历\n云桥支付有限公司\n产品经理  2019.06 – 2022.02\n• 负责\n高级产品经理（同一公司）  2022.03 – 至今\n• 负责",
            &["Work|云桥支付有限公司|产品经理|2019-06|3", "Work|云桥支付有限公司|高级产品经理|2022-03|2"],
        ),
        (
            "Employment\nAnalyst, Research Department, Lagoon Fund Management Co., Ltd.,\nJuly 2020 to now\nCovers food.",
            &["Work|Lagoon Fund Management Co., Ltd.|Analyst|2020-07|3"],
        ),
        (
            "工作经历\n时间  单位  职务\n2018年12月—今  某某航空有限责任公司  机长\n说明\n执行航线。\n2013年6月—2018年11月  某某航空公司  副驾驶\n说明  飞行",
            &["Work|某某航空有限责任公司|机长|2018-12|3", "Work|某某航空公司|副驾驶|2013-06|2"],
        ),
        (
            "Ann Lee\n\nSenior Engineer\nFluxo Inc. Jan 2023 - Present\n• Built",
            &["Work|Fluxo Inc.|Senior Engineer|2023-01|3"],
        ),
    ];
    for (page, expected) in cases {
        assert_eq!(found(page), expected, "{page}");
    }
}
