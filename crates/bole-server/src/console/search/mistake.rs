use bole_engine::QueryError;
use maud::{Markup, html};

use super::super::session::View;
use super::super::trouble;
use crate::problem::Problem;

/// What is wrong with a query, and how to mend it.
pub(super) fn told(view: &View, mistake: QueryError) -> Markup {
    html! {
        h2 { (view.say("The query is not understood", "无法理解该搜索")) }
        p { (view.say(sentence(&mistake.to_string()), chinese(mistake))) }
    }
}

/// What a query may not ask for.
pub(super) fn refused(view: &View, problem: &Problem) -> Markup {
    let (title, hint) = trouble::words(view.language, problem.code());
    html! {
        h2 { (title) }
        p { (hint) }
        @if let Some(detail) = problem.detail() { p.detail lang="en" { (detail) } }
    }
}

/// Errors begin small and end without a full stop.
fn sentence(error: &str) -> String {
    let mut scalars = error.chars();
    let first = scalars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(scalars).chain(std::iter::once('.')).collect()
}

fn chinese(mistake: QueryError) -> String {
    match mistake {
        QueryError::Empty => "没有可搜索的词：请输入要找的内容。".to_owned(),
        QueryError::TooLong { n_bytes } => format!("查询有 {n_bytes} 字节，超过上限：请减少一些词。"),
        QueryError::TooDeep { at } => format!("第 {at} 个字符处括号嵌套过深：请减少括号。"),
        QueryError::TooManyTerms { at } => format!("从第 {at} 个字符起词太多：请减少一些，或分两次搜索。"),
        QueryError::OpenQuote { at } => format!("第 {at} 个字符处的引号没有闭合：请补上或删去。"),
        QueryError::OpenParenthesis { at } => format!("第 {at} 个字符处的括号没有闭合：请补上或删去。"),
        QueryError::StrayParenthesis { at } => format!("第 {at} 个字符处的右括号没有对应的左括号：请删去。"),
        QueryError::MissingTerm { at } => {
            format!("第 {at} 个字符处缺少一个词：请补上；若要搜索 AND、OR、NOT 本身，请加引号。")
        }
        QueryError::UnknownField { at } => format!(
            "第 {at} 个字符的冒号之前不是字段名：可用姓名、职位、公司、学校、技能、来源、学历、语言、领域、年份；其他带冒号的词请加引号。"
        ),
        QueryError::UnknownDegree { at } => {
            format!("第 {at} 个字符处不是学历：可用 高中、大专、本科、硕士、博士。")
        }
        QueryError::UnknownLanguage { at } => {
            format!("第 {at} 个字符处不是语言：可用 中文、英文、mixed、unknown。")
        }
        QueryError::UnknownWork { at } => {
            format!("第 {at} 个字符处不是领域：请用领域名，如 finance；any 为未指定领域的简历。")
        }
        QueryError::UnknownYear { at } => format!("第 {at} 个字符处不是年份：请用数字，如 2026。"),
        QueryError::OnlyNegative => "只写了要排除的内容：请加上要找的词，OR 的两边都要有。".to_owned(),
    }
}
