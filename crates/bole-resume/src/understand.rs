//! Puts together what the readers of this crate find.

use bole_core::{Pages, Resume};

use crate::achievements::achievements_of;
use crate::claims::claimed_months;
use crate::contact::{emails, links, phones};
use crate::dates::dates_in;
use crate::doubts::doubt;
use crate::education::education_of;
use crate::entries::entries_of;
use crate::fields::fields_in;
use crate::language::language_of;
use crate::languages::languages_of;
use crate::listing::listed_in;
use crate::location::location;
use crate::masking::cut_values;
use crate::name::name_of;
use crate::protected::protected_in;
use crate::sections::{parts_of, sections};
use crate::skills::skills_of;
use crate::text::{Extent, Text};
use crate::wrapped::join_wrapped;

/// What the pages say about a person. The same pages give the same resume; whatever is not found is absent.
pub fn understand(pages: &Pages) -> Resume {
    let mut text = Text::of(pages);
    let parts = parts_of(&text);
    // A heading in a column of its own shares its line with the first line of its part.
    let headings = parts.iter().filter_map(|part| part.heading);
    let beside: Vec<Extent> = headings.filter(|heading| text.folded(*heading).last() != Some(&':')).collect();
    text.cut_lines(beside.into_iter().map(|heading| heading.end));
    join_wrapped(&mut text, &parts);
    let fields = fields_in(&text);
    let mut dates = dates_in(&text);
    let protected = protected_in(&text, &parts, &fields, &dates);
    let (language, sections) = (language_of(&text), sections(&text, &parts));
    // From here on nothing is read from protected places: a birthplace is not where somebody lives.
    let extents: Vec<Extent> = protected.iter().map(|place| text.extent_of(place.span)).collect();
    text.blank(&extents);
    dates.retain(|date| !text.is_blank(date.extent));
    let mut education = education_of(&text, &parts, &fields, &dates);
    let (entries, studies) = entries_of(&text, &parts, &dates);
    education.extend(studies);
    education.sort_by_key(|education| education.text.first().copied());
    let listed = listed_in(&text, &parts);
    let (languages, told) = languages_of(&text, &parts, &listed);
    let mut resume = Resume {
        language,
        name: name_of(&text, &parts, &fields),
        emails: emails(&text, &parts),
        phones: phones(&text, &parts, &fields),
        links: links(&text, &parts),
        location: location(&text, &parts, &fields),
        education,
        entries,
        claimed_months: claimed_months(&text, &parts, &fields),
        skills: skills_of(&text, &listed, &told),
        languages,
        achievements: achievements_of(&text, &parts, &listed, &dates),
        sections,
        protected,
    };
    cut_values(&mut resume);
    doubt(&text, &fields, &mut resume);
    resume
}

#[cfg(test)]
mod tests {
    use bole_core::{AsOf, Confidence, EntryKind, Language, ProtectedKind, SectionKind, Sourced, Span};
    use proptest::prelude::*;

    use super::*;
    use crate::text::pages_of;

    const CHINESE: &str = "\
陈屿澄
全固态电池材料研发工程师 | 男 | 1992年生
+86 138 0000 1201 | chen.yucheng@example.cn | 江苏省苏州市

教育背景
2015年9月—2020年6月 某某科技大学 材料物理与化学 博士
2011年9月—2015年6月 中部大学 冶金工程 学士

工作经历
2020年7月—至今 苏州某某固能科技有限公司 高级研发工程师
• 带领 6 人小组开发电解质
2018年3月—2018年9月 某某吉森大学 联合培养博士生

实习经历
2014.07-2014.09 某某电池厂 实习生

专业技能
高能球磨、固相烧结";

    const ENGLISH: &str = "\
Chidi Okafor-Wren
Senior Manager, Market Risk
+1 415 555 0118 | c.okafor-wren@example.com | London, UK

PROFILE
Risk manager with thirteen years in banking.

EXPERIENCE
Sep 2018 – Present Castlemere Bank plc · Senior Manager, Market Risk
• Runs the daily VaR.
Feb 2014 – Aug 2018 Thornhythe Asset Management · Risk Analyst

EDUCATION
Sep 2011 – Jul 2012 Lagoon School of Economics MSc Finance and Risk

SKILLS
Python, R, SQL";

    fn value<T: Clone>(sourced: Option<&Sourced<T>>) -> Option<T> {
        sourced.map(|sourced| sourced.value.clone())
    }

    #[test]
    fn a_chinese_resume() {
        let resume = understand(&pages_of(&[CHINESE]));
        assert_eq!(resume.language, Language::Chinese);
        assert_eq!(value(resume.name.as_ref()).as_deref(), Some("陈屿澄"));
        assert_eq!(resume.phones[0].value, "+8613800001201");
        assert_eq!(value(resume.location.as_ref()).as_deref(), Some("江苏省苏州市"));
        assert_eq!(resume.education.len(), 2);
        let kinds: Vec<_> = resume.entries.iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, [EntryKind::Work, EntryKind::Research, EntryKind::Internship]);
        let kinds: Vec<_> = resume.protected.iter().map(|protected| protected.kind).collect();
        assert_eq!(kinds, [ProtectedKind::Gender, ProtectedKind::Age]);
    }

    #[test]
    fn an_english_resume() {
        let resume = understand(&pages_of(&[ENGLISH]));
        assert_eq!(resume.language, Language::English);
        assert_eq!(value(resume.name.as_ref()).as_deref(), Some("Chidi Okafor-Wren"));
        assert_eq!(resume.emails[0].value, "c.okafor-wren@example.com");
        assert_eq!(resume.entries.len(), 2);
        assert_eq!(
            value(resume.entries[1].employer.as_ref()).as_deref(),
            Some("Thornhythe Asset Management")
        );
        assert_eq!(
            value(resume.highest_degree(AsOf(jiff::civil::date(2026, 11, 21)))),
            Some(bole_core::Degree::Master)
        );
        let kinds: Vec<_> = resume.sections.iter().map(|section| section.kind).collect();
        let expected = [
            SectionKind::Personal,
            SectionKind::Summary,
            SectionKind::Work,
            SectionKind::Education,
            SectionKind::Skills,
        ];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn headings_in_a_column_of_their_own() {
        let resume = understand(&pages_of(&[
            "林小雨\n\n教育背景  2014.09-2018.07 某某大学-市场营销 本科\n主修课程\n\n工作经验  2019.09-至今 某某科技有限公司 运营主管\n1、搭建团队",
        ]));
        assert_eq!(value(resume.education[0].school.as_ref()).as_deref(), Some("某某大学"));
        assert_eq!(value(resume.education[0].discipline.as_ref()).as_deref(), Some("市场营销"));
        assert_eq!(resume.entries.len(), 1);
        assert_eq!(value(resume.entries[0].title.as_ref()).as_deref(), Some("运营主管"));
    }

    /// Every span with what it is of, and the text that it should hold if that is known.
    fn spans_of(resume: &Resume) -> Vec<(Span, Option<String>)> {
        let mut spans = Vec::new();
        let texts = resume.links.iter().chain(&resume.location);
        let entries = resume.entries.iter().flat_map(|entry| entry.employer.iter().chain(&entry.title));
        let schools = resume
            .education
            .iter()
            .flat_map(|education| education.school.iter().chain(&education.discipline));
        for sourced in lists_of(resume) {
            assert!(!sourced.spans.is_empty() && sourced.confidence <= Confidence(100));
            assert!(!sourced.value.contains('\n') && sourced.value.chars().any(char::is_alphanumeric));
            spans.extend(sourced.spans.iter().map(|span| (*span, None)));
        }
        for achievement in &resume.achievements {
            spans.extend(achievement.date.iter().flat_map(|date| &date.spans).map(|span| (*span, None)));
            spans.extend(achievement.text.iter().map(|span| (*span, None)));
        }
        for sourced in texts.chain(entries).chain(schools) {
            assert!(!sourced.spans.is_empty() && sourced.confidence <= Confidence(100));
            spans.push((sourced.spans[0], Some(sourced.value.clone())));
        }
        let contacts = resume.emails.iter().chain(&resume.phones);
        spans.extend(contacts.flat_map(|contact| &contact.spans).map(|span| (*span, None)));
        spans.extend(
            resume.claimed_months.iter().flat_map(|claimed| &claimed.spans).map(|span| (*span, None)),
        );
        for education in &resume.education {
            spans.extend(education.degree.iter().flat_map(|degree| &degree.spans).map(|span| (*span, None)));
            spans.extend(education.text.iter().map(|span| (*span, None)));
        }
        for entry in &resume.entries {
            spans.extend(entry.dates.iter().flat_map(|dates| &dates.spans).map(|span| (*span, None)));
            spans.extend(entry.text.iter().map(|span| (*span, None)));
        }
        spans.extend(resume.protected.iter().map(|protected| (protected.span, None)));
        spans
    }

    /// The values of its lists; one that is wrapped over lines is written in one.
    fn lists_of(resume: &Resume) -> Vec<&Sourced<String>> {
        let achievements =
            resume.achievements.iter().flat_map(|it| std::iter::once(&it.title).chain(&it.issuer));
        let languages = resume.languages.iter().flat_map(|it| std::iter::once(&it.name).chain(&it.fluency));
        resume.skills.iter().chain(achievements).chain(languages).collect()
    }

    fn check(pages: &Pages) {
        let resume = understand(pages);
        assert_eq!(understand(pages), resume);
        for (span, expected) in spans_of(&resume) {
            let text = pages.text_at(span).expect("a span lies within its page");
            assert!(!text.is_empty());
            if let Some(expected) = expected {
                // What is wrapped on the page is told on one line.
                let written = |text: &str| text.split_whitespace().collect::<String>();
                assert_eq!(written(&text), written(&expected));
                assert!(!expected.contains('\n'));
            }
        }
        let solid_text =
            |text: &str| text.chars().filter(|scalar| !scalar.is_whitespace()).collect::<String>();
        for sourced in lists_of(&resume) {
            let pieces: String = sourced.spans.iter().map(|span| pages.text_at(*span).unwrap()).collect();
            assert_eq!(solid_text(&pieces), solid_text(&sourced.value));
        }
        for place in &resume.protected {
            let lists = lists_of(&resume).into_iter().flat_map(|sourced| &sourced.spans);
            let entries = resume.entries.iter().flat_map(|entry| entry.employer.iter().chain(&entry.title));
            let mut spans = lists.chain(entries.flat_map(|sourced| &sourced.spans));
            let overlaps = |span: &&Span| {
                span.page == place.span.page && span.start < place.span.end && place.span.start < span.end
            };
            assert_eq!(spans.find(overlaps), None, "nothing is read from a protected place");
        }
        if let Some(name) = &resume.name {
            let pieces: String = name.spans.iter().map(|span| pages.text_at(*span).unwrap()).collect();
            let written =
                |text: &str| text.chars().filter(|scalar| !scalar.is_whitespace()).collect::<String>();
            assert_eq!(written(&pieces), written(&name.value));
        }
        let in_order: Vec<Span> = resume
            .sections
            .iter()
            .flat_map(|section| section.heading.iter().chain(&section.text))
            .copied()
            .collect();
        for pair in in_order.windows(2) {
            assert!((pair[0].page, pair[0].end) <= (pair[1].page, pair[1].start), "{pair:?}");
        }
        let covered: usize = in_order.iter().map(|span| solid(&pages.text_at(*span).unwrap())).sum();
        let all: usize = pages.pages.iter().map(|page| solid(&page.text)).sum();
        assert_eq!(covered, all, "sections cover the text");
    }

    fn solid(text: &str) -> usize {
        text.chars().filter(|scalar| !scalar.is_whitespace()).count()
    }

    /// Pieces that the readers look for, so that random text reaches deep into them.
    fn piece() -> impl Strategy<Value = String> {
        let known = prop::sample::select(vec![
            "教育背景",
            "工作经历",
            "Experience",
            "Education",
            "Skills: ",
            "项目经历",
            "：",
            ":",
            "\n",
            "\n\n",
            " ",
            "  ",
            "|",
            "• ",
            "2018.09",
            "-",
            "至今",
            "Sep 2018",
            " to ",
            "Present",
            "2020年6月",
            "since ",
            "姓名",
            "性 别",
            "男",
            "学历",
            "专业",
            "博士",
            "硕士研究生",
            "某某大学",
            "University",
            " of ",
            "College",
            "PhD",
            "Bachelor of Science",
            " in ",
            "Physics",
            "有限公司",
            "Company Name",
            "City , State",
            "工程师",
            "Engineer",
            "实习",
            "博士后",
            "a@b.cn",
            "+86",
            "138 0000 1234",
            "(",
            ")",
            "岁",
            "https://",
            "github.com/x",
            "London, UK",
            "江苏省",
            "张 三",
            "Ann Lee",
            "ﬁ",
            "⼤学",
            "ï¼",
            "'",
            "..",
            "/",
            "\u{200b}",
            "㎏",
            "18.09-20.06",
            "2019年起",
            "2021.06-2018.09",
            "Co., Ltd.",
            "·",
            "（在职）",
            "expected",
            "Research Department, ",
            "8年工作经验",
            "twelve years of experience",
            "LEE, Ann",
            "Dr. ",
            "District, ",
            "and ",
            "说明",
            "QQ ",
            "岗位职责",
            "籍贯：",
            "党员",
            "，",
            "from ",
            "Leeds, ",
            "Hui",
            "born in ",
            "Nationality",
            "110105198604192760",
            "身份证",
            "E12345678",
            "28",
            "Awards",
            "论文",
            "证书",
            "专业技能",
            "Languages",
            "English",
            "日语",
            "（",
            "）",
            "《",
            "》",
            "；",
            "、",
            "CFA",
            "三等奖",
            "发表论文3篇",
            "Rust, SQL",
        ]);
        prop_oneof![4 => known.prop_map(str::to_owned), 1 => "\\PC{0,6}"]
    }

    proptest! {
        #[test]
        fn any_text_is_read_within_bounds(texts in prop::collection::vec("\\PC*", 0..4)) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            check(&pages_of(&texts));
        }

        #[test]
        fn likely_text_is_read_within_bounds(pages in prop::collection::vec(prop::collection::vec(piece(), 0..60), 1..3)) {
            let texts: Vec<String> = pages.iter().map(|pieces| pieces.concat()).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            check(&pages_of(&texts));
        }
    }

    #[test]
    fn signs_that_are_letters_only_when_folded() {
        check(&pages_of(&["Skills: 🈐："]));
    }

    #[test]
    fn hostile_text_is_read() {
        let pieces = [
            "2018 - ",
            "2018.09-2019.01 ",
            "University of ",
            "大学",
            "@",
            "a@b.cn ",
            "姓名 ",
            "姓名：",
            "1 ",
            "(",
            "Skills: a\n",
            "博士 ",
            "•\n",
            "\n",
            "Engineer ",
            "Education\n某某大学 博士 2018\n",
            "Experience\n2018-2019 某某公司\n",
            "h",
            "12345678901 ",
            "c",
            "City , ",
            "Company Name ",
            "Sep 2018\n",
            "- ",
            "男 ",
            "28岁",
            "github.com/ab ",
            "Bachelor of Science of ",
            "工作经历  2018-2019 某某公司\n",
            "获奖情况 · 2023 年\n",
            "Engineer, Physics, ",
            "18.09-20.06 某某 ",
            "Lagoon 某某 ",
            "Co., Ltd.\n",
            "and of\n",
            "某·",
            "8年",
            "twelve years ",
            "1) ",
            "a@b.\n",
            "(a",
            "North Lagoon, University of ",
            "姓名  林一\n",
            "QQ 1234567 ",
            "District, ",
            "male, ",
            "籍贯：",
            "born in ",
            "生于",
            "1 1",
            "11010519880614061",
            "身份证 ",
            "Nationality\n",
            "回族",
            "a member of the Hui ethnic group ",
            "中共党员，",
            "from Leeds, ",
            "Skills\nRust, ",
            "Languages: English, ",
            "英语（",
            "Patents\na\n",
            "Awards\n三等奖、",
            "Publications\n《a",
            "发表论文3篇，",
            "证；证、",
        ];
        for piece in pieces {
            // Long enough that what is read again for each line would not end.
            for (heading, length) in [("", 16_000), ("Education\n", 8_000), ("工作经历\n", 8_000)] {
                let text = format!("{heading}{}", piece.repeat(length / piece.len()));
                let pages = pages_of(&[&text]);
                let resume = understand(&pages);
                assert!(resume.emails.len() <= 32 && resume.phones.len() <= 32, "{heading}{piece}");
                let spans =
                    resume.sections.iter().flat_map(|section| section.heading.iter().chain(&section.text));
                let n_covered: u32 = spans.map(|span| span.end - span.start).sum();
                assert!(n_covered as usize <= text.chars().count(), "{heading}{piece}");
                assert_eq!(n_covered == 0, text.trim().is_empty(), "{heading}{piece}");
            }
        }
    }
}
