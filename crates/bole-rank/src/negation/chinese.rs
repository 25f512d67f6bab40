use std::ops::Range;

use super::{Denial, clause};

pub(super) const DENIERS: [&str; 9] = ["不", "未", "没", "无", "缺乏", "缺少", "而非", "并非", "零经验"];

/// Words that begin like a denial and are none.
const NOT_DENYING: [&str; 41] = [
    "不良",
    "不仅",
    "不但",
    "不断",
    "不同",
    "不限",
    "不少",
    "不超",
    "不低于",
    "不高于",
    "未来",
    "无人",
    "无线",
    "无损",
    "无机",
    "无源",
    "无刷",
    "无锡",
    "无形",
    "无论",
    "无缝",
    "无铅",
    "无菌",
    "无限",
    "无数",
    "无轨",
    "无障碍",
    "无故障",
    "无差错",
    "无事故",
    "无违规",
    "无违约",
    "无投诉",
    "无不良",
    "无逾期",
    "无延误",
    "无工伤",
    "无氧",
    "无尘",
    "无纸",
    "无极",
];

/// What can be lacked: what stands between the word that denies and one of these is denied.
const LACKED: [&str; 21] = [
    "经验", "经历", "背景", "基础", "证书", "资格", "资质", "执照", "认证", "知识", "技能", "执业", "牌照",
    "兴趣", "认识", "学历", "能力", "训练", "涉猎", "业绩", "职责",
];

/// Doing, knowing and holding: who does not do one of these lacks what follows, or what was just named.
const DOING: [&str; 64] = [
    "熟悉",
    "熟知",
    "熟练",
    "通晓",
    "了解",
    "懂",
    "擅长",
    "具备",
    "精通",
    "持有",
    "拥有",
    "涉及",
    "涉足",
    "取得",
    "获得",
    "考取",
    "接触",
    "从事",
    "从业",
    "参与",
    "参加",
    "学习",
    "学过",
    "用过",
    "使用过",
    "做",
    "干过",
    "碰过",
    "写过",
    "考过",
    "练过",
    "开过",
    "飞过",
    "带过",
    "上过",
    "掌握",
    "负责",
    "承担",
    "承接",
    "接手",
    "主持",
    "开展",
    "设计过",
    "开发过",
    "研究过",
    "操作过",
    "管理过",
    "经手",
    "设计",
    "开发",
    "研究",
    "研发",
    "办理",
    "受理",
    "代理",
    "撰写",
    "编写",
    "写",
    "使用",
    "编程",
    "建模",
    "操作",
    "驾驶",
    "考",
];
/// No skill of a person unless ability (不会写) or experience (未设计过) is denied: 未使用 may be said of a cathode.
const ONLY_WITH_ABILITY: [&str; 12] =
    ["设计", "开发", "研究", "研发", "撰写", "编写", "写", "使用", "编程", "建模", "操作", "驾驶"];

const BETWEEN: [&str; 29] = [
    "曾经", "曾", "有过", "有", "太", "大", "很", "怎么", "直接", "实际", "亲自", "具体", "系统", "深入",
    "单独", "独立", "真正", "专门", "再", "能", "够", "会", "正式", "专职", "完整", "过多", "机会", "是",
    "得到",
];

/// What between the word that denies and what is lacked names nothing.
const FILLERS: [&str; 26] = [
    "任何",
    "相关",
    "实际",
    "直接",
    "研究",
    "工作",
    "开发",
    "实践",
    "从业",
    "项目",
    "具体",
    "系统",
    "专门",
    "的",
    "该",
    "方面",
    "此类",
    "这方面",
    "多少",
    "什么",
    "过",
    "专业",
    "学习",
    "实操",
    "行业",
    "业务",
];

/// About a clause.
const WINDOW: usize = 24;

/// `has_match` tells whether one begins in a range.
pub(super) fn denied(denial: Denial<'_>, has_match: impl Fn(Range<usize>) -> bool) -> Option<Range<usize>> {
    let here = denial.text.get(denial.at..).unwrap_or_default();
    if NOT_DENYING.iter().any(|word| here.starts_with(word)) {
        return None;
    }
    let rest = denial.rest();
    if denial.word == "零经验" {
        return ends(rest).then(|| backward(denial));
    }
    if matches!(denial.word, "而非" | "并非") {
        return Some(at_once(denial, rest));
    }
    if let (Some(rest), "不") = (rest.strip_prefix('是').or_else(|| rest.strip_prefix("属于")), denial.word)
    {
        return Some(at_once(denial, rest));
    }
    if let (Some(_), "无" | "不") =
        (rest.strip_prefix('关').or_else(|| rest.strip_prefix("相关")), denial.word)
    {
        return unrelated(denial);
    }
    if denial.word == "无" && ends(rest) && denial.before().ends_with([':', '：', '|']) {
        return Some(backward(denial));
    }
    lacked(denial, has_match).or_else(|| done(denial))
}

/// 不熟悉…, 从未参与…, 不会写…; …没有接触过.
fn done(denial: Denial<'_>) -> Option<Range<usize>> {
    if denial.word == "无" {
        return None;
    }
    let mut rest = denial.rest();
    let mut is_able = false;
    while let Some((word, next)) = BETWEEN.iter().find_map(|word| Some((*word, rest.strip_prefix(word)?))) {
        is_able |= matches!(word, "会" | "能");
        rest = next;
    }
    let (word, mut behind) = DOING
        .iter()
        .filter_map(|word| Some((*word, rest.strip_prefix(word)?)))
        .max_by_key(|(word, _)| word.len())?;
    if ONLY_WITH_ABILITY.contains(&word) && !is_able && !behind.starts_with('过') {
        return None;
    }
    behind = behind.trim_start_matches(['过', '了']);
    // 未接触过的领域: what follows was met after all.
    if behind.starts_with('的') {
        return None;
    }
    if ends(behind) {
        return Some(backward(denial));
    }
    let start = denial.place_of(rest);
    Some(start..denial.place_of(behind) + clause(behind, WINDOW).len())
}

/// 没有…经验, 无…资质; 对…没有研究经历.
fn lacked(denial: Denial<'_>, has_match: impl Fn(Range<usize>) -> bool) -> Option<Range<usize>> {
    let rest = match denial.word {
        "没" => denial.rest().strip_prefix('有')?,
        "无" | "缺乏" | "缺少" => denial.rest(),
        _ => return None,
    };
    let start = denial.place_of(rest);
    let clause = clause(rest, WINDOW);
    let end = start + LACKED.iter().filter_map(|lacked| clause.find(lacked)).min()?;
    if has_match(start..end) {
        return Some(start..end);
    }
    let mut between = denial.text.get(start..end).unwrap_or_default();
    while let Some(next) = FILLERS.iter().find_map(|filler| between.strip_prefix(filler)) {
        between = next;
    }
    if between.is_empty() { Some(backward(denial)) } else { Some(start..end) }
}

/// 与…无关.
fn unrelated(denial: Denial<'_>) -> Option<Range<usize>> {
    let start = clause_start(denial.before());
    let clause = denial.text.get(start..denial.at).unwrap_or_default();
    let with = ["与", "跟", "和", "同"].iter().filter_map(|word| clause.find(word)).min()?;
    Some(start + with..denial.at)
}

/// What is named just before: 信用卡业务没有接触过; over a comma where 对 or 均 says so: 对电池只听过课，没有经验.
fn backward(denial: Denial<'_>) -> Range<usize> {
    let before = denial.before();
    let mut start = clause_start(before);
    let own = before.get(start..).unwrap_or_default().trim_matches([' ', ',', '，', ':', '：', '(', '|']);
    let is_of_all = own.ends_with('均') || own.ends_with('都') || own.ends_with('皆');
    let says_nothing = own.chars().all(|scalar| "也均都皆但本人我尚还暂目前完全并从且".contains(scalar));
    if says_nothing {
        let earlier =
            before.get(..start).unwrap_or_default().trim_end_matches([' ', ',', '，', ':', '：', '(', '|']);
        let earlier_start = clause_start(earlier);
        let topic = topic(earlier.get(earlier_start..).unwrap_or_default());
        let is_answer = before.get(..start).is_some_and(|before| before.ends_with([':', '：', '(', '|']));
        if let Some(topic) = topic {
            start = earlier_start + topic;
        } else if is_of_all || is_answer {
            start = earlier_start;
        }
    }
    start..denial.at
}

/// Where a clause names what it is about: 对…, 关于….
fn topic(clause: &str) -> Option<usize> {
    let is_own = |at: usize| {
        let before = clause.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|before| "面应针相绝核校比".contains(before))
    };
    clause.match_indices("对").map(|(at, _)| at).find(|at| is_own(*at)).or_else(|| clause.find("关于"))
}

fn clause_start(before: &str) -> usize {
    let stop = |scalar| {
        matches!(
            scalar,
            ',' | '，' | '。' | ';' | '；' | '\n' | '!' | '！' | ':' | '：' | '(' | '|' | '但' | '而'
        )
    };
    before
        .rfind(stop)
        .map_or(0, |at| at + before.get(at..).and_then(|it| it.chars().next()).map_or(1, char::len_utf8))
}

/// What follows at once.
fn at_once(denial: Denial<'_>, rest: &str) -> Range<usize> {
    let rest = ["一名", "一个", "指"].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
    let start = denial.place_of(rest);
    start..start + 1
}

/// Whether a clause ends here.
fn ends(rest: &str) -> bool {
    let rest = rest.trim_start_matches(' ');
    rest.chars().next().is_none_or(|next| {
        matches!(next, ',' | '，' | '。' | ';' | '；' | '\n' | ')' | '(' | '|' | '!' | '、' | '.')
    })
}
