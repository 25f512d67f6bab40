use maud::{Markup, html};

use super::super::session::{View, encoded};

/// What a query may say, with examples to click. Open as long as nothing is sought.
pub(super) fn folded(view: &View, is_open: bool) -> Markup {
    let examples = view.say(ENGLISH, CHINESE);
    html! {
        details.card.help open[is_open] {
            summary { (view.say("How to search", "搜索语法")) }
            dl {
                @for (query, means) in examples {
                    dt { a.code href={ "/search?q=" (encoded(query)) } { (query) } }
                    dd { (means) }
                }
            }
            p.soft.small { (view.say(
                "Resumes are sought as they are written, in Chinese or English. Fields: name, title, employer, school, skill, source; degree, language, field, year. At most 32 words.",
                "按简历原文搜索，中英文均可。字段：姓名、职位、公司、学校、技能、来源；学历、语言、领域、年份。最多 32 个词。",
            )) }
        }
    }
}

const ENGLISH: [(&str, &str); 9] = [
    ("solid-state battery", "all of these words, anywhere in the resume"),
    ("\"solid-state battery\"", "these words next to each other"),
    ("固态电池 OR \"solid-state\"", "one or the other"),
    ("固态电池 AND \"solid-state\"", "both, said aloud"),
    ("valuation -intern", "the first, not the second; NOT says the same"),
    (
        "(audit OR 审计) degree:master",
        "parentheses group; the highest degree: secondary, associate, bachelor, master, doctor",
    ),
    ("title:engineer employer:bank", "in a field only: also school: and skill:"),
    ("language:english year:2024", "the language and year of the resume"),
    ("field:finance degree:doctor", "what the resume was sent for; field:any for those sent without"),
];

const CHINESE: [(&str, &str); 9] = [
    ("固态电池 研发", "同时含有这些词，位置不限"),
    ("\"solid-state battery\"", "引号内的词紧挨着出现"),
    ("固态电池 OR \"solid-state\"", "含其一即可"),
    ("固态电池 AND \"solid-state\"", "两者都有"),
    ("估值 -实习", "有前者、无后者；也可写 NOT"),
    ("(audit OR 审计) 学历:硕士", "括号分组；最高学历：大专、本科、硕士、博士"),
    ("职位:工程师 公司:银行", "只在该字段中查找，另有 学校:、技能:"),
    ("语言:英文 年份:2024", "简历的语言与年份"),
    ("field:finance 学历:博士", "投递的领域；field:any 为未指定领域的简历"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_short_enough_to_be_asked() {
        for (query, means) in ENGLISH.into_iter().chain(CHINESE) {
            assert!(query.len() <= 512 && !means.is_empty(), "{query}");
        }
    }
}
