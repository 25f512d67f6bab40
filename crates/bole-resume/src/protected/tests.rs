use bole_core::ProtectedKind::{self, *};

use super::*;
use crate::dates::dates_in;
use crate::fields::fields_in;
use crate::sections::parts_of;
use crate::text::pages_of;

fn found(page: &str) -> Vec<(ProtectedKind, String)> {
    let pages = pages_of(&[page]);
    let text = Text::of(&pages);
    let found = protected_in(&text, &parts_of(&text), &fields_in(&text), &dates_in(&text));
    found.iter().map(|protected| (protected.kind, pages.text_at(protected.span).unwrap())).collect()
}

/// The page with braces around what is protected.
fn marked(page: &str) -> String {
    let pages = pages_of(&[page]);
    let text = Text::of(&pages);
    let found = protected_in(&text, &parts_of(&text), &fields_in(&text), &dates_in(&text));
    let mut marked = String::new();
    let mut open_until = 0;
    for (index, scalar) in page.chars().enumerate() {
        let index = index as u32;
        if open_until > 0 && open_until <= index {
            marked.push('}');
            open_until = 0;
        }
        for place in found.iter().filter(|place| place.span.start == index) {
            if open_until == 0 {
                marked.push('{');
            }
            open_until = open_until.max(place.span.end);
        }
        marked.push(scalar);
    }
    if open_until > 0 {
        marked.push('}');
    }
    marked
}

fn check(cases: &[&str]) {
    let mut wrong = Vec::new();
    for case in cases {
        let page: String = case.chars().filter(|scalar| !matches!(scalar, '{' | '}')).collect();
        let marked = marked(&page);
        if marked != *case {
            wrong.push(format!("{case:?}\n read {marked:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn what_is_wrapped_is_found() {
    check(&[
        "Ann Lee\nPersonal: {female}, {born April 2001}, {Zhuang nationality}, {from Nanning,\nGuangxi}",
        "Ann Lee\nShe lives in Lagoon with her family and is a member of the {Zhuang\nethnic group}.",
        "Ann Lee\nShe has lived in Lagoon with her family since 2011 but was {born in\nNanning, Guangxi}.",
        "林一\n{身份证号：1101051988061\n42760}\n工程师",
        "Ann Lee\nNational insurance {AB 12 34\n56 C}\nEngineer",
        "Ann Lee\nPassport holder of the first hour, and the order number is 1101051988061\n42760",
    ]);
}

#[test]
fn kinds_are_told_apart() {
    let cases: [(&str, &[(ProtectedKind, &str)]); 12] = [
        ("性别：女  年龄：28", &[(Gender, "性别：女"), (Age, "年龄：28")]),
        (
            "林小雨 | 女 | 28岁 | 汉族 | 已婚",
            &[(Gender, "女"), (Age, "28岁"), (Ethnicity, "汉族"), (MaritalStatus, "已婚")],
        ),
        ("籍贯：江苏苏州", &[(Birthplace, "籍贯：江苏苏州")]),
        ("33 岁 中共党员", &[(Age, "33 岁"), (PoliticalStatus, "中共党员")]),
        ("11010519491231002X", &[(NationalId, "11010519491231002X")]),
        ("Marital status: single", &[(MaritalStatus, "Marital status: single")]),
        ("国籍：中国", &[(Nationality, "国籍：中国")]),
        ("Nationality: German", &[(Nationality, "Nationality: German")]),
        ("宗教信仰：无", &[(Religion, "宗教信仰：无")]),
        ("Religion: none", &[(Religion, "Religion: none")]),
        ("身高：175cm", &[(Body, "身高：175cm")]),
        ("护照号码：E12345678", &[(NationalId, "护照号码：E12345678")]),
    ];
    for (page, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|(kind, text)| (*kind, (*text).to_owned())).collect();
        assert_eq!(found(page), expected, "{page}");
    }
}

#[test]
fn every_ethnic_group_is_known() {
    use crate::tables::peoples::{ETHNIC_GROUPS, ETHNIC_GROUPS_LATIN};
    assert_eq!(ETHNIC_GROUPS.len(), 56);
    for group in ETHNIC_GROUPS {
        check(&[&format!("{{民族：{group}族}}"), &format!("林小雨 {{男}} {{{group}族}}")]);
    }
    for group in ETHNIC_GROUPS_LATIN {
        let mut capital = group.chars();
        let group: String = capital.next().unwrap().to_uppercase().chain(capital).collect();
        check(&[
            &format!("A member {{of the {group} ethnic group}} since birth").replace("{of the ", "of the {")
        ]);
        check(&[&format!("Ann Lee | {{Female}} | {{{group}}} | Leeds")]);
    }
}

#[test]
fn what_is_protected_is_found_in_chinese() {
    check(&[
        "姓名：林小雨  {性 别：女}",
        "姓名  林小雨  {性别  男}  {出生年月  1992.03}",
        "{民族  汉}  {政治面貌  中共党员}  {婚姻  已婚}",
        "{性别：男}，擅长绘图",
        "{男}，{1993年生}，现居杭州",
        "{女}，{1992年2月出生}，{中共党员}，{籍贯江苏盐城}",
        "{女}，{1986年生}，{已婚已育}，{江西赣州人}",
        "{男}，{42岁}，{汉族}。上家单位歇业。",
        "{出生年月：1990年1月}  电话：13800001234",
        "{籍贯：山东济南} 现居北京",
        "{籍贯 宁夏回族自治区固原市}",
        "{户籍所在地：重庆市渝北区}",
        "{户口：四川绵阳}",
        "{生源地：河南}",
        "{出生地：湖南长沙}",
        "{政治面貌：群众}",
        "{政 治 面 貌 ： 预备党员}",
        "{入党时间：2018年6月}",
        "林小雨 | {共青团员} | 本科",
        "林小雨 {群众} 本科",
        "{无党派人士}",
        "{婚姻状况：未婚}",
        "{婚育状况：已婚已育}",
        "{宗教信仰：无}",
        "{健康状况：良好}",
        "{身高：178cm}  {体重：65kg}",
        "{身高178cm}，{体重65公斤}",
        "{血型：O型}",
        "{视力：5.0}",
        "{国籍：中国}",
        "{身份证号：110105198604192760}",
        "{身份证号码：110105198604192761}",
        "{身份证 1101051986}",
        "联系 {110105 19880614 0619} 谢谢",
        "联系 {110105-19880614-0619} 谢谢",
        "老号 {110105880614061} 谢谢",
        "{护照：E12345678}",
        "{护照号 EA1234567}",
        "{港澳通行证：C12345678}",
        "{台胞证号 12345678}",
        "{香港身份证：A123456(3)}",
        "工作经历\n高级工程师 {500112199406170828} 某某公司",
        "工作经历（{籍贯：四川成都}）",
        "自我评价\n本人系{回族}，踏实肯干",
        "自我评价\n本人{1990年5月出生于山东济南}，毕业于某大学",
        "自我评价\n我今年{35岁}，热爱工作",
        "自我评价\n{2018年6月入党}，作风正派",
        "自我评价\n{已婚已育}，家庭稳定",
        "自我评价\n本人为{中共党员}，服从安排",
        "获奖情况\n2019 年校优秀{共青团员}",
        "基本信息\n姓名  {性别}  {民族}  学历\n林小雨  {女}  {苗族}  硕士",
        "{国籍}\n{中国}\n",
        "{性别：}\n{女}\n",
        "{１１０１０５１９８８０６１４０６１９}",
        "{子女：一子}",
        "{民族成分：壮族}",
        "{中国国籍} | 上海",
    ]);
}

#[test]
fn what_is_protected_is_found_in_english() {
    check(&[
        "{Gender: male}",
        "{Sex: F} | Leeds",
        "Name  Tiejun Zhao  {Sex  Male}  {Age  37 years old}",
        "{Native place  Zhoukou, Henan}  {Marital status  Married}  {Political status  No party}",
        "{ID number  110105198806140619}",
        "Personal: {female}, {born April 2001}, {Zhuang nationality}, {member of the Communist Youth League},\n{from Nanning, Guangxi}",
        "Personal: {male}, {born February 1984}, {Han nationality}, {Party member}, {married}",
        "{Female}, {born 1986-04-19}, {Hui}, {from Guyuan in Ningxia}, {divorced}, {no party membership}. {ID number\n110105198604192760}",
        "{Male}, {born in 1993} • Binjiang District, Hangzhou",
        "{Female}, {born February 1992}, {member of the CPC}, {native of Yancheng, Jiangsu}",
        "{Female}, {Tibetan}, {born August 2004}, {native of Shigatse}, {Communist Youth League member}",
        "{Male}, {aged 42}, {Han}. Has left his last job and can start at once.",
        "{Female}, {born 8 November 1994}, {Uyghur}, {member of the Communist Party of China}, {single}",
        "{Female}, {born in 1986}, {married with children}, {from Ganzhou, Jiangxi}",
        "{Female} | {8 November 1994} | Leeds",
        "{Date of Birth: 1 May 1990}",
        "{DOB: 01/05/1990}",
        "{Place of birth: Leeds}",
        "{Hometown: Nanning, Guangxi}",
        "{Nationality: German}",
        "{Nationality : Indian} Languages Known : Tamil & English.",
        "{Citizenship: Canadian}",
        "{British citizen} | London",
        "{Marital status: married with two children}",
        "{Religion: Buddhist}",
        "{Ethnicity: Han Chinese}",
        "{Height: 178 cm}  {Weight: 70 kg}",
        "{Family: married}",
        "{Member of the China Democratic League}",
        "{Health: excellent}",
        "{Blood type: O}",
        "{Disability: none}",
        "{Political status: CPC member}",
        "{Passport No.: E12345678}",
        "My {passport number is E12345678} and valid",
        "{SSN: 123-45-6789}",
        "Reach me, {123-45-6789}, any time",
        "{National Insurance Number: AB 12 34 56 C}",
        "Reach me, {AB123456C}, any time",
        "{HKID: A123456(3)}",
        "Reach me, {A123456(3)}, any time",
        "Reach me, {A123456789}, any time",
        "Summary\nI was {born and raised in Nanning, Guangxi}",
        "Summary\nI am {28 years old} and diligent",
        "Summary\nA woman of the {Hui ethnic group}",
        "Summary\nAn {ethnic Zhuang} engineer",
        "Summary\nI am a {CPC member} and a team player",
        "{NATIONALITY}\n{German}\n",
        "{Date of birth}\n{12 May 1990}\n",
        "Experience\nClerk {500112199406170828} at Example Ltd",
        "Experience\nEngineer\n{Date of birth: 1 May 1990}",
    ]);
}

#[test]
fn what_is_no_such_thing_stays_in_chinese() {
    check(&[
        "项目经历\n汉族文化研究",
        "项目经历\n回族自治县光伏电站",
        "项目经历\n苗族、壮族、侗族民歌采集",
        "工作经历\n负责群众工作与信访",
        "工作经历\n女装事业部主管",
        "工作经历\n男女装设计",
        "工作经历\n发展中共党员12名",
        "工作经历\n组织预备党员培训",
        "工作经历\n服务群众，接待来访",
        "工作经历\n户籍管理系统开发",
        "工作经历\n户口登记业务",
        "工作经历\n面向18岁以上用户",
        "工作经历\n3-6岁儿童教育产品",
        "工作经历\n塔架身高：120米",
        "工作经历\n健康：智能手环产品线",
        "工作经历\n出生缺陷筛查项目",
        "工作经历\n婚恋交友平台运营",
        "工作经历\n2018年生产部主管",
        "工作经历\n身份证识别系统，准确率99.5%",
        "工作经历\n护照阅读器研发",
        "工作经历\n学生证号码 20180001",
        "工作经历\n订单 202401150000012345 已交付",
        "工作经历\n合同编号 123456789012345",
        "工作经历\n党建信息化平台",
        "工作经历\n宗教建筑修缮工程",
        "工作经历\n民族品牌推广",
        "工作经历\n国籍管理条例翻译",
        "自我评价\n为儿童用户设计产品",
        "自我评价\n8年工作经验，踏实肯干",
        "自我评价\n成果产生于一线",
        "自我评价\n新生于挑战",
        "林小雨\n北京分公司负责人",
        "林小雨\n上海合伙人",
        "林小雨\n现居江苏苏州",
        "林小雨\n高级工程师 | 江苏苏州 | 13800001234",
        "林小雨\n求职意向：女装设计师",
        "教育背景\n西南民族大学 2010-2014",
        "教育背景\n北京某学院 2014年生物工程",
        "技能\n视觉：OpenCV",
        "项目经历\n青少年视力筛查",
    ]);
}

#[test]
fn what_is_no_such_thing_stays_in_english() {
    check(&[
        "Summary\nSingle-handedly built a plant",
        "Summary\nMarried to the idea of quality",
        "Summary\n28 years of experience in banking",
        "Summary\nCompany 25 years old company turned around",
        "Summary\nBorn-digital archives",
        "Summary\nProducts born in the cloud",
        "Summary\nLed a party of 20",
        "Summary\nFrom Excel to Python, all tools",
        "Experience\nmale connectors and female sockets",
        "Experience\nMen's and women's wear",
        "Experience\nThird party audits",
        "Experience\nThird-party member portals",
        "Experience\nRace: built a solar car",
        "Experience\nHeight: 120 m tower",
        "Experience\nWeight: 30 t press",
        "Experience\nHealth: hospital app",
        "Experience\nChildren: taught classes of 30",
        "Experience\nChinese national standard GB 38031",
        "Experience\nEthnic food marketing",
        "Experience\nServed patients aged 60 to 80",
        "Experience\nReligion section editor",
        "Experience\nPassport control software",
        "Experience\nID card printers, 30 units",
        "Experience\nOrder ID number 2024011512",
        "Experience\nEmployee ID number 2024011512",
        "Experience\nPart 123-456-7890",
        "Experience\nPatent CN123456A granted",
        "Experience\nInvoice 123456789012345678",
        "Experience\nSingle point of contact",
        "Experience\nSpouse: not applicable here",
        "Ann Lee | Leeds, UK | +44 20 7946 0000",
        "Miao Xiulan\nYanta District, Xi'an | 13600003308",
        "Han Mei | Leeds",
        "Languages\nTibetan, Mandarin, English",
        "Languages\nGerman, Italian, French",
        "Skills\nVision: OpenCV, YOLO",
        "Skills\nSingle, dual and quad cell packs",
        "Education\nUniversity for Nationalities 2010 - 2014",
        "Interests\nCatholic church history tours",
        "Publications\nHui, L., Han, M.: Cells, 2019",
    ]);
}
