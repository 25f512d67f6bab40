//! Who somebody is, is not searched and not quoted.

use std::fmt::Write as _;

use anyhow::Result;
use bole_tests::{Installation, Pdf};

/// A fictional person: the lines of the resume, each of one or several cells, and what is planted in it.
struct Planted {
    file: &'static str,
    lines: &'static [&'static [&'static str]],
    /// Queries of which none may find it.
    protected: &'static [&'static str],
    /// Queries that find it.
    open: &'static [&'static str],
    profile: &'static str,
}

const PEOPLE: &[Planted] = &[
    Planted {
        file: "plain-zh.pdf",
        lines: &[
            &["沈知远"],
            &["男，维吾尔族，1992年2月出生，中共党员，已婚已育，籍贯江苏盐城"],
            &["身份证号：110105198604192760 电话：13800001234"],
            &["工作经历（生源地：甘肃敦煌）"],
            &["2020.07 - 至今 苏州某某固能科技有限公司 高级研发工程师 500112199406170828"],
            &["负责硫化物固态电解质与固态电池的放大制备"],
            &["教育背景"],
            &["2015.09 - 2020.06 华东理工大学 材料学 博士"],
            &["专业技能"],
            &["固态电池、电化学阻抗谱、COMSOL"],
        ],
        protected: &[
            "维吾尔族",
            "1992年2月",
            "中共党员",
            "已婚",
            "江苏盐城",
            "盐城",
            "110105198604192760",
            "敦煌",
            "500112199406170828",
        ],
        open: &["name:沈知远", "skill:COMSOL", "固态电池"],
        profile: "energy-storage",
    },
    Planted {
        file: "form-zh.pdf",
        lines: &[
            &["应聘人员登记表"],
            &["姓名", "苗秀兰", "性别", "女"],
            &["出生日期", "1986-04-19", "民族", "回族"],
            &["籍贯", "宁夏固原", "政治面貌", "共青团员"],
            &["身份证号", "110105880614061", "婚姻状况", "离异"],
            &["工作经历"],
            &["2018.06-至今", "西安某某乳业有限公司", "总账会计", "财务报表与风险管理"],
            &["专业技能"],
            &["财务报表、风险管理、Excel"],
        ],
        protected: &["1986-04-19", "回族", "宁夏固原", "固原", "共青团员", "110105880614061", "离异"],
        open: &["name:苗秀兰", "skill:Excel", "总账会计"],
        profile: "finance",
    },
    Planted {
        file: "plain-en.pdf",
        lines: &[
            &["Ann Example"],
            &["Female, born 8 November 1994, Uyghur, native of Shigatse, divorced, member of the CPC"],
            &["Passport No.: E12345678, SSN 123-45-6789"],
            &["Work Experience - Place of birth: Zhoukou"],
            &["Example Battery Works, Battery Engineer 500112199406170828, 2018.09 - 2021.06"],
            &["Developed solid-state battery cells and the battery management system"],
            &["Skills"],
            &["Solid-state battery, COMSOL"],
        ],
        protected: &[
            "\"8 November 1994\"",
            "Uyghur",
            "Shigatse",
            "divorced",
            "CPC",
            "E12345678",
            "\"123-45-6789\"",
            "Zhoukou",
            "500112199406170828",
        ],
        open: &["name:ann", "skill:COMSOL", "\"battery engineer\""],
        profile: "energy-storage",
    },
    Planted {
        file: "form-en.pdf",
        lines: &[
            &["Application for Employment"],
            &["Name", "Bob Sample", "Sex", "Male"],
            &["Native place", "Nanning, Guangxi", "Marital status", "Widowed"],
            &["Political status", "Nonpartisan", "Ethnicity", "Zhuang"],
            &["ID number", "110105198806140619", "Date of birth", "14 June 1988"],
            &["Work Experience"],
            &["2015 - 2020", "Sample Bank", "Risk Analyst", "Led risk management and audit"],
            &["Skills"],
            &["Risk management, audit, SQL"],
        ],
        protected: &[
            "Nanning",
            "Guangxi",
            "Widowed",
            "Nonpartisan",
            "Zhuang",
            "110105198806140619",
            "\"14 June 1988\"",
        ],
        open: &["name:bob", "skill:SQL", "\"risk analyst\""],
        profile: "finance",
    },
];

const FIELDS: [&str; 6] = ["name", "title", "employer", "school", "skill", "source"];

/// A font for Chinese that no file brings: its characters are known by Adobe's tables. ISO 32000-1, 9.7.5.2.
const CHINESE_FONT: &str = "/Font<</F<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H\
    /DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo\
    <</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000/FontDescriptor<</Type/FontDescriptor\
    /FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120\
    /CapHeight 880/StemV 93>>>>]>>>>";

/// Lines of one cell as they are, rows of several as a table with its ruling.
pub(crate) fn drawn(lines: &[&[&str]]) -> Vec<u8> {
    let mut content = String::new();
    for (line, top) in lines.iter().zip((0..).map(|index| 770 - index * 24)) {
        for (cell, left) in line.iter().zip((0..).map(|index| 40 + index * 140)) {
            let units: String = cell.encode_utf16().fold(String::new(), |mut hex, unit| {
                write!(hex, "{unit:04X}").unwrap();
                hex
            });
            if line.len() > 1 {
                writeln!(content, "{} {} 140 24 re S", left - 4, top - 7).unwrap();
            }
            let size = if line.len() > 1 { 7 } else { 9 };
            writeln!(content, "BT /F {size} Tf {left} {top} Td <{units}> Tj ET").unwrap();
        }
    }
    let mut pdf = Pdf::default();
    pdf.page_with(content, CHINESE_FONT, "/MediaBox[0 0 640 800]");
    pdf.finish()
}

fn bare(text: &str) -> String {
    text.chars().filter(|scalar| !scalar.is_whitespace() && *scalar != '"').collect::<String>().to_lowercase()
}

#[test]
fn who_somebody_is_is_neither_found_nor_quoted() -> Result<()> {
    let installation = Installation::new()?;
    for person in PEOPLE {
        installation.write(person.file, &drawn(person.lines))?;
    }
    let folder = installation.files()?;
    installation.succeed([
        "ingest".as_ref(),
        folder.as_os_str(),
        "--document-date".as_ref(),
        "2026-11-21".as_ref(),
    ])?;
    let found = |query: &str| -> Result<Vec<String>> {
        let report = installation.json(["search", query, "--top", "100"])?;
        let hits = report["hits"].as_array().cloned().unwrap_or_default();
        let sources = hits.iter().filter_map(|hit| hit["source"].as_str());
        Ok(sources.map(|source| source.rsplit('/').next().unwrap_or_default().to_owned()).collect())
    };
    for person in PEOPLE {
        for query in person.open {
            assert!(found(query)?.contains(&person.file.to_owned()), "{query} finds {}", person.file);
        }
        for value in person.protected {
            let fields = FIELDS.map(|field| format!("{field}:{value}")).join(" OR ");
            for query in [value, fields.as_str()] {
                assert_eq!(found(query)?, Vec::<String>::new(), "{query}");
            }
        }
        let path = folder.join(person.file);
        let explained = installation.succeed([
            "explain".as_ref(),
            path.as_os_str(),
            "--profile".as_ref(),
            person.profile.as_ref(),
            "--format".as_ref(),
            "json".as_ref(),
        ])?;
        let matched = installation.succeed(["match", person.profile, "--format", "json"])?;
        for value in person.protected {
            let value = bare(value);
            assert!(!bare(&explained.stdout).contains(&value), "the explanation quotes {value}");
            assert!(!bare(&matched.stdout).contains(&value), "the ranking quotes {value}");
        }
    }
    Ok(())
}
