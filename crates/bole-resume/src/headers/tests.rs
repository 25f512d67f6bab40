use super::*;
use crate::dates::dates_in;
use crate::text::pages_of;

#[test]
fn employers_and_titles() {
    let cases = [
        ("2019.10-至今 微云控股集团 副总监", "微云控股集团", "副总监"),
        (
            "高级研发工程师 | 苏州某某固能科技有限公司 | 2020年7月—至今 | 苏州",
            "苏州某某固能科技有限公司",
            "高级研发工程师",
        ),
        (
            "2020年7月—2020年12月 华岳基金管理有限公司 固定收益研究实习生",
            "华岳基金管理有限公司",
            "固定收益研究实习生",
        ),
        (
            "Sep 2018 – Present Castlemere Bank plc · Senior Manager, Market Risk",
            "Castlemere Bank plc",
            "Senior Manager, Market Risk",
        ),
        (
            "Senior Manager, Market Risk 2018 - 2020\nCastlemere Bank plc",
            "Castlemere Bank plc",
            "Senior Manager, Market Risk",
        ),
        ("Director, Fluxo – San Francisco, CA 2014 - 2015", "Fluxo", "Director"),
        ("2014 – 2015: Clerk at Foothill Motors", "Foothill Motors", "Clerk"),
        (
            "Employer: Foothill Motors\nPosition: Clerk\nPeriod: July 2015 – June 2019",
            "Foothill Motors",
            "Clerk",
        ),
        ("2014-2015  Foothill Motors, Clerk. Kept the ledgers.", "Foothill Motors", "Clerk"),
        ("July 2014 – present: Foothill Motors Inc., Lagoon. Clerk", "Foothill Motors Inc.", "Clerk"),
        (
            "Associate Professor, School of Physics, University of Lagoon, July 2019 – present",
            "University of Lagoon",
            "Associate Professor",
        ),
        (
            "2014 – 2015, Foothill Institute of Marine Engineering, Associate Research Fellow",
            "Foothill Institute of Marine Engineering",
            "Associate Research Fellow",
        ),
        ("Freelance 2014 - 2015\nIllustrator", "", "Illustrator"),
        ("无人机航测师（自由职业） 2014-2015", "", "无人机航测师"),
        ("测试助理（实习） 某某轮胎公司 2014.03-2014.08", "某某轮胎公司", "测试助理"),
        ("2010.03-2018.08 某某电池股份有限公司 模组工厂厂长", "某某电池股份有限公司", "模组工厂厂长"),
        (
            "intern in the process department, Lagoon Aircraft Ltd., 2014 - 2015",
            "Lagoon Aircraft Ltd.",
            "intern in the process department",
        ),
        (
            "Credit Analyst, Lagoon Microloans, Mumbai, India, 2014 - 2015",
            "Lagoon Microloans",
            "Credit Analyst",
        ),
        (
            "2014 - 2015 Product Manager, Merchant Platform (same company)",
            "",
            "Product Manager, Merchant Platform",
        ),
        (
            "AML Lead, Lagoon Finance Co., Ltd. (Foothill)  September 2021 – present",
            "Lagoon Finance Co., Ltd.",
            "AML Lead",
        ),
        (
            "Researcher, Research Institute, Lagoon Bank, Head Office 2018 - 2020",
            "Lagoon Bank, Head Office",
            "Researcher",
        ),
        ("2018-2020 某某消费金融有限公司（成都） 合规主管", "某某消费金融有限公司", "合规主管"),
        ("2018-2020 某某银行总行　研究院 研究员", "某某银行总行", "研究员"),
        ("Account Manager, Fluxo 2018 - 2020", "Fluxo", "Account Manager"),
        ("Veltro Aircraft SpA 2018 - 2020\nManager, Systems", "Veltro Aircraft SpA", "Manager, Systems"),
        ("Lagoon Storage LLC Denver, CO 2018 - 2020\nLead Engineer", "Lagoon Storage LLC", "Lead Engineer"),
        (
            "2018 - 2020 Risk Analyst, later Risk Manager\nLagoon Bank",
            "Lagoon Bank",
            "Risk Analyst, later Risk Manager",
        ),
        (
            "2018-2020 某某大学 氢能研究中心 首席工程师、项目经理",
            "某某大学 氢能研究中心",
            "首席工程师、项目经理",
        ),
        ("2018-2020 某某银行 授信审批部 审批官", "某某银行", "审批官"),
        (
            "Fluxo • San Francisco, CA\nSenior Software Engineer Jan 2023 - Present",
            "Fluxo",
            "Senior Software Engineer",
        ),
        (
            "Senior Accountant\nSeptember 2011 to November 2014 Company Name ï¼\u{200b} City , State",
            "Company Name",
            "Senior Accountant",
        ),
        (
            "Company Name City , State Consultant 01/2010 to Current Publicly traded",
            "Company Name",
            "Consultant",
        ),
        (
            "Tarnbrook Controls Ltd Senior BMS Engineer 2019 - 2021",
            "Tarnbrook Controls Ltd",
            "Senior BMS Engineer",
        ),
        ("2010.03-2018.08 某某电控有限公司 BMS 部门经理", "某某电控有限公司", "BMS 部门经理"),
        ("Director of Trust Services - Lagoon Bank 2010 - 2012", "Lagoon Bank", "Director of Trust Services"),
    ];
    for (page, employer, title) in cases {
        let text = Text::of(&pages_of(&[page]));
        let lines: Vec<_> = text.lines().iter().map(|line| line.extent).collect();
        let header = read_header(&text, &lines, &dates_in(&text), false);
        let string =
            |found: Option<(Extent, u8)>| found.map(|(extent, _)| text.string(extent)).unwrap_or_default();
        assert_eq!(
            (string(header.employer).as_str(), string(header.title).as_str()),
            (employer, title),
            "{page}"
        );
    }
}
