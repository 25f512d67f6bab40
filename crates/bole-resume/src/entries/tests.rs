use super::*;
use crate::dates::dates_in;
use crate::sections::parts_of;
use crate::text::pages_of;
use crate::wrapped::join_wrapped;

fn found(page: &str) -> Vec<String> {
    let pages = pages_of(&[page]);
    let mut text = Text::of(&pages);
    let parts = parts_of(&text);
    join_wrapped(&mut text, &parts);
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
fn part_time_jobs_are_told() {
    let cases = [
        ("工作经历\n2019.09-2020.06 某某职业学校 兼职教师（每周 8 课时）\n- 授课", true),
        ("校内兼职\n2025年10月—至今 某某大学学生会 收银员", true),
        ("Experience\nSurveyor (freelance)\nSeptember 2023 to present\n• Maps", true),
        ("Experience\nDeveloper (in spare time)  Jan 2021 – Dec 2021\n• Tables", true),
        ("工作经历\n自由译员 2021年4月至今\n全职自由职业，年均同传90天。", false),
        ("Experience\nNurse, Lagoon Hospital (full-time) Jan 2021 – Dec 2021\n• Led part-time staff", false),
    ];
    for (page, expected) in cases {
        let text = Text::of(&pages_of(&[page]));
        let (entries, _) = entries_of(&text, &parts_of(&text), &dates_in(&text));
        let told: Vec<bool> = entries.iter().map(|entry| entry.is_part_time).collect();
        assert_eq!(told, [expected], "{page}");
    }
}

#[test]
fn what_only_looks_like_an_employer_is_not_sure() {
    let cases = [
        ("实习经历\n2024.07-2024.08 银行沙盘模拟比赛 风险总监", 55),
        ("实习经历\n2024.07-2024.08 某某银行 风险专员", 85),
        ("工作经历\n2024.07-2024.08 某某集团（上海） 风险专员", 85),
        ("Experience\nFellow, jointly with Lagoon University, 2014 - 2015", 55),
        ("Experience\nFellow, Lagoon University, 2014 - 2015", 85),
    ];
    for (page, expected) in cases {
        let text = Text::of(&pages_of(&[page]));
        let (entries, _) = entries_of(&text, &parts_of(&text), &dates_in(&text));
        let sure: Vec<_> = entries
            .iter()
            .map(|entry| entry.employer.as_ref().map(|employer| employer.confidence.0))
            .collect();
        assert_eq!(sure, [Some(expected)], "{page}");
    }
}

#[test]
fn entries_in_the_orders_people_write() {
    let cases: [(&str, &[&str]); 27] = [
        (
            "Experience\n1) Safety Engineer, Lagoon Storage Ltd., September 2021 to\npresent\n• Data\n\n2) Thermal Engineer, later Team Leader, Foothill Hongtai Automotive Battery\nSystems Co., Ltd., July 2012 to March 2019\n• Packs",
            &[
                "Work|Lagoon Storage Ltd.|Safety Engineer|2021-09|3",
                "Work|Foothill Hongtai Automotive Battery Systems Co., Ltd.|Thermal Engineer, later Team Leader|2012-07|3",
            ],
        ),
        (
            "工作经历\n■ 某某电池有限公司　总经理　2022 年 5 月 — 至今\n• 负责量产\n■ 某某电子有限公司　副总裁　2018 年 10 月 — 2022 年 4 月\n• 2020 年 3 月至 9 月兼任供应链负责人，锁定长单",
            &["Work|某某电池有限公司|总经理|2022-05|2", "Work|某某电子有限公司|副总裁|2018-10|2"],
        ),
        (
            "Experience\nAccountant, Lagoon Packaging Ltd., 03/2021 – 09/2017\n• Books\nClerk, Lagoon Stationers Ltd., 08/2017 – 01/2018\n• Filing",
            &[
                "Work|Lagoon Packaging Ltd.|Accountant|2021-03|2",
                "Work|Lagoon Stationers Ltd.|Clerk|2017-08|2",
            ],
        ),
        (
            "Internships\nTax Intern, Lagoon Accountants, Summer 2022\n• Sorted\nVolunteer Accountant, Lagoon Cooperative, December 2021 – January 2022\n• Books",
            &["Internship|Lagoon Accountants|Tax Intern|2022-06|2"],
        ),
        (
            "Experience\nAML Lead, Lagoon Finance Ltd. September 2021 – present\n• Rules\n\nTeller, Operations Department, later Legal and Compliance Officer, Lagoon Bank, Foothill\nJuly 2012 – October\n2016\n• Counter",
            &[
                "Work|Lagoon Finance Ltd.|AML Lead|2021-09|2",
                "Work|Lagoon Bank|Teller, Operations Department, later Legal and Compliance Officer|2012-07|4",
            ],
        ),
        (
            "Experience\nLagoon Bank\nDeputy Manager\nApril 2019 – Present\n• Runs\n\nFoothill Bank\nRelationship Manager; Head of the Corporate Department of the sub-branch\nfrom 2016\nJuly 2013 – March 2019\n• Loans",
            &[
                "Work|Lagoon Bank|Deputy Manager|2019-04|4",
                "Work|Foothill Bank|Relationship Manager|2013-07|5",
            ],
        ),
        (
            "项目经历\n光伏企业银团贷款 牵头人 2021.10-2024.09\n- 负责",
            &["Project|-|光伏企业银团贷款|2021-10|2"],
        ),
        ("校园经历\n2021.10-2024.09 某某银行俱乐部 主席\n- 负责", &[]),
        (
            "Research Projects\nStress tests of loans 2014 - 2015\n• Built",
            &["Project|-|Stress tests of loans|2014|2"],
        ),
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
