use bole_core::AchievementKind;

use super::*;
use crate::dates::dates_in;
use crate::listing::listed_in;
use crate::sections::parts_of;
use crate::text::pages_of;

fn read(page: &str) -> Vec<Achievement> {
    let text = Text::of(&pages_of(&[page]));
    let parts = parts_of(&text);
    achievements_of(&text, &parts, &listed_in(&text, &parts), &dates_in(&text))
}

fn titles(page: &str) -> Vec<(AchievementKind, String)> {
    read(page).into_iter().map(|achievement| (achievement.kind, achievement.title.value)).collect()
}

#[test]
fn items_are_told_apart() {
    let cases: [(&str, &[(AchievementKind, &str)]); 17] = [
        (
            "Ann\n\nPapers  1. Pulsed assembly of cells. Cell Engineering, 2024\n2. Power budgets of cells. Journal of Cells, 2022\nAward  Best paper (2020)",
            &[
                (Publication, "Pulsed assembly of cells"),
                (Publication, "Power budgets of cells"),
                (Award, "Best paper"),
            ],
        ),
        (
            "林一\n\n执照与证书\n无人机驾驶员执照（超视距，多旋\n翼）\n测绘作业证",
            &[(Certificate, "无人机驾驶员执照（超视距，多旋翼）"), (Certificate, "测绘作业证")],
        ),
        (
            "林一\n\n代表论文\n• 卤素掺杂的影响. 储能科学与技术, 2021\n• 界面稳定性研究. 电源技术, 2023",
            &[(Publication, "卤素掺杂的影响"), (Publication, "界面稳定性研究")],
        ),
        (
            "Ann\n\nPublications\n[1] Lee A. Cells under load. Journal, 2019\nwith a second line\n[2] Lee A. Ions at rest. Journal, 2020",
            &[(Publication, "Lee A. Cells under load"), (Publication, "Lee A. Ions at rest")],
        ),
        (
            "林一\n\n专利\n一种装置（发明，已授权）\n一种方法（实用新型）",
            &[(Patent, "一种装置（发明，已授权）"), (Patent, "一种方法（实用新型）")],
        ),
        (
            "林一\n\n论文与专利\n《固态电池界面》，某某学报，2020\n一种装置（发明专利，2021）",
            &[(Publication, "固态电池界面"), (Patent, "一种装置（发明专利")],
        ),
        (
            "林一\n\n证书\n中级会计师（2013年）；初级会计师（2008年）",
            &[(Certificate, "中级会计师"), (Certificate, "初级会计师")],
        ),
        ("Ann\n\nCertificates\nCFA Level II, FRM", &[(Certificate, "CFA Level II"), (Certificate, "FRM")]),
        (
            "林一\n\n荣誉\n2021年国家奖学金\n2020年校级一等奖学金",
            &[(Award, "国家奖学金"), (Award, "校级一等奖学金")],
        ),
        (
            "林一\n\n技能与证书\n软件  用友U8\n证书  会计师证\n奖项  先进个人；优秀员工",
            &[(Certificate, "会计师证"), (Award, "先进个人"), (Award, "优秀员工")],
        ),
        (
            "林一\n\n教育背景\n某某大学 材料学 硕士\n发表SCI论文3篇，授权发明专利5项，获国家奖学金",
            &[(Publication, "发表SCI论文3篇"), (Patent, "授权发明专利5项"), (Award, "获国家奖学金")],
        ),
        ("Ann Lee, CFA, PhD\nLeeds", &[(Certificate, "CFA")]),
        ("Ann Lee\n\nSkills\nExcel, CPA, SQL", &[(Certificate, "CPA")]),
        (
            "Ann Lee\n\nSummary\nAuthor of 12 papers on cells.",
            &[(Publication, "Author of 12 papers on cells")],
        ),
        ("Ann Lee\n\nSummary\nRead 300 papers. No patents.", &[]),
        ("林一\n\n工作经历\n2019-2021 某某公司 工程师\n负责专利检索与论文润色", &[]),
        (
            "Ann\n\nAwards\nEmployee of the Year, Leeds Bank, 2019\n\nReferee: Bob Sample, 2020",
            &[(Award, "Employee of the Year, Leeds Bank")],
        ),
    ];
    let owned = |expected: &[(AchievementKind, &str)]| -> Vec<_> {
        expected.iter().map(|(kind, title)| (*kind, (*title).to_owned())).collect()
    };
    let wrong = cases.iter().filter(|(page, expected)| titles(page) != owned(expected));
    let wrong: Vec<_> = wrong.map(|(page, expected)| (page, expected, titles(page))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_item_has_its_title_its_journal_and_its_year() {
    let found = read("林一\n\n论文\n• 《固态电池界面》，某某学报，2020年5月");
    assert_eq!(found[0].title.value, "固态电池界面");
    assert_eq!(found[0].issuer.as_ref().unwrap().value, "某某学报");
    assert_eq!(found[0].date.as_ref().unwrap().value.to_string(), "2020-05");
    let found = read("Ann\n\nPublications\n- Moisture stability of cells. Journal of Power, 2023");
    assert_eq!(found[0].title.value, "Moisture stability of cells");
    assert_eq!(found[0].issuer.as_ref().unwrap().value, "Journal of Power");
    assert_eq!(found[0].date.as_ref().unwrap().value.to_string(), "2023");
}
