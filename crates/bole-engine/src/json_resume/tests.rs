use bole_core::{
    Degree, DocumentId, Education, Language, Page, ProtectedKind, ReaderVersion, Resume, Section,
    SpokenLanguage,
};

use super::*;

const TEXT: &str = "\
沈知远  男  shen@example.cn  zhiyuan@example.com  13800001234  +86 755 0000 1234
github.com/shen-zhiyuan  shen.example.cn  个人主页.example.cn  苏州
自我评价
六年固态电池研发经历，
已婚，能出差。
2015.09 - 2020.06  华东理工大学  材料学  博士
2020.07 - 至今  苏州明固能源科技有限公司  高级研发工程师
负责电解质。
- 锂磷硫氯的合成放大，批次由 200 g 提高
到 10 kg
• Pilot line of 50 kg
a month
2019.07 - 2019.09  某研究所  实习生
2018 固态电解质数据库  开发者
一种制备装置，国家知识产权局，2021
CET-6 2013  一等奖学金，华东理工大学，2014
界面改性. 储能科学与技术, 2021
COMSOL、Python  英语：流利";

/// The place of some words of the text.
fn span(words: &str) -> Span {
    let place = TEXT.find(words).unwrap_or_else(|| panic!("`{words}` stands in the text"));
    let start = TEXT.get(..place).unwrap().chars().count() as u32;
    Span { page: 1, start, end: start + words.chars().count() as u32 }
}

fn said<T>(value: T, words: &str, percent: u8) -> Sourced<T> {
    Sourced { value, spans: vec![span(words)], confidence: Confidence(percent) }
}

fn written(words: &str, percent: u8) -> Sourced<String> {
    said(words.to_owned(), words, percent)
}

fn month(text: &str) -> YearMonth {
    text.parse().unwrap()
}

fn dates(words: &str, start: &str, end: Option<&str>) -> Sourced<DateRange> {
    let end = end.map_or(RangeEnd::Present, |end| RangeEnd::At(month(end)));
    said(DateRange { start: month(start), end }, words, 95)
}

fn achievement(kind: AchievementKind, title: &str, issuer: Option<&str>, date: &str) -> Achievement {
    let date = said(month(date), title, 80);
    let issuer = issuer.map(|issuer| said(issuer.to_owned(), title, 70));
    Achievement { kind, title: written(title, 85), issuer, date: Some(date), text: vec![span(title)] }
}

fn entry(kind: EntryKind, employer: Option<&str>, title: &str, first: &str, last: &str) -> Entry {
    let (from, to) = (span(first), span(last));
    Entry {
        kind,
        employer: employer.map(|employer| written(employer, 90)),
        title: Some(written(title, 88)),
        dates: None,
        is_part_time: false,
        text: vec![Span { end: to.end, ..from }],
    }
}

fn reading() -> Reading {
    let job = Entry {
        dates: Some(dates("2020.07 - 至今", "2020-07", None)),
        ..entry(EntryKind::Work, Some("苏州明固能源科技有限公司"), "高级研发工程师", "2020.07", "a month")
    };
    let internship = Entry {
        dates: Some(dates("2019.07 - 2019.09", "2019-07", Some("2019-09"))),
        ..entry(EntryKind::Internship, Some("某研究所"), "实习生", "2019.07", "实习生")
    };
    let project = entry(EntryKind::Project, None, "固态电解质数据库", "2018", "开发者");
    let summary = span("六年固态电池研发经历，\n已婚，能出差。");
    let resume = Resume {
        language: Language::Chinese,
        name: Some(written("沈知远", 97)),
        emails: vec![written("shen@example.cn", 99), written("zhiyuan@example.com", 98)],
        phones: vec![written("13800001234", 99), said("+8675500001234".to_owned(), "+86 755 0000 1234", 80)],
        links: ["github.com/shen-zhiyuan", "shen.example.cn", "个人主页.example.cn"]
            .map(|link| written(link, 90))
            .to_vec(),
        location: Some(written("苏州", 85)),
        education: vec![Education {
            degree: Some(said(Degree::Doctor, "博士", 96)),
            school: Some(written("华东理工大学", 95)),
            discipline: Some(written("材料学", 90)),
            dates: Some(dates("2015.09 - 2020.06", "2015-09", Some("2020-06"))),
            ..Education::default()
        }],
        entries: vec![job, internship, project],
        skills: vec![written("COMSOL", 90), written("男", 90), written("Python", 90)],
        languages: vec![SpokenLanguage { name: written("英语", 90), fluency: Some(written("流利", 80)) }],
        achievements: vec![
            achievement(AchievementKind::Patent, "一种制备装置", Some("国家知识产权局"), "2021"),
            achievement(AchievementKind::Certificate, "CET-6", None, "2013"),
            achievement(AchievementKind::Award, "一等奖学金", Some("华东理工大学"), "2014"),
            achievement(AchievementKind::Publication, "界面改性", Some("储能科学与技术"), "2021"),
        ],
        sections: vec![Section {
            kind: SectionKind::Summary,
            heading: Some(span("自我评价")),
            text: vec![summary],
        }],
        protected: vec![
            Protected { kind: ProtectedKind::Gender, span: span("男") },
            Protected { kind: ProtectedKind::MaritalStatus, span: span("已婚") },
        ],
        ..Resume::default()
    };
    let page = Page { text: TEXT.to_owned(), ..Page::default() };
    let content = Pages { pages: vec![page], ..Pages::default() };
    Reading { document: DocumentId::of(b"resume"), reader: ReaderVersion(1), content, resume }
}

#[test]
fn a_resume_is_exported_with_all_that_may_be() {
    let exported = json_resume(&reading(), AsOf("2026-03-12".parse().unwrap()));
    let json = serde_json::to_string_pretty(&exported).unwrap();
    assert!(!json.contains('男') && !json.contains("已婚"), "{json}");
    insta::assert_snapshot!(json);
}

#[test]
fn links_become_uris_or_stay_as_written() {
    assert_eq!(text::uri(" a.example.cn/x ").as_deref(), Some("https://a.example.cn/x"));
    assert_eq!(text::uri("http://a.example").as_deref(), Some("http://a.example"));
    assert_eq!((text::uri("主页.cn"), text::uri("a b.cn"), text::uri("")), (None, None, None));
    let profile = |uri| text::profile(uri).map(|it| (it.network, it.username));
    let of = |network: &str, user: Option<&str>| Some((network.to_owned(), user.map(str::to_owned)));
    assert_eq!(profile("https://www.LinkedIn.com/in/ann-lee/"), of("LinkedIn", Some("ann-lee")));
    assert_eq!(profile("https://github.com"), of("GitHub", None));
    assert_eq!(profile("https://scholar.google.com/citations?user=x"), of("Google Scholar", None));
    assert_eq!(profile("https://notgithub.com/a"), None);
}
