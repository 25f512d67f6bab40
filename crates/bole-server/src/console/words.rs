//! What codes are called, in both languages, and how numbers, dates and people are written.

use bole_core::{AuditAction, Choice, Degree, DocumentId, HiddenReason, Reason, SectionKind, State};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::session::View;

/// Thousandths of a point as points: `81.4`.
pub(crate) fn points(thousandths: u32) -> String {
    let tenths = (thousandths + 50) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A number with its thousands parted.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut parted = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            parted.push(',');
        }
        parted.push(digit);
    }
    parted
}

/// A moment, to the second, as the machine's clock shows it.
pub(crate) fn moment(at: Timestamp) -> Markup {
    let shown = at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string();
    html! { time datetime=(at) { (shown) } }
}

/// A length of time in its two largest units.
pub(crate) fn span(view: &View, seconds: f64) -> String {
    let all = seconds.max(0.0).round() as u64;
    let (hours, minutes, rest) = (all / 3600, all / 60 % 60, all % 60);
    let units = view.say(["h", "min", "s"], ["小时", "分", "秒"]);
    let [hour, minute, second] = units;
    match (hours, minutes) {
        (0, 0) if seconds < 10.0 => format!("{seconds:.1} {second}"),
        (0, 0) => format!("{rest} {second}"),
        (0, _) => format!("{minutes} {minute} {rest} {second}"),
        _ => format!("{hours} {hour} {minutes} {minute}"),
    }
}

/// Months as years and months.
pub(crate) fn months(view: &View, months: u32) -> String {
    let (years, rest) = (months / 12, months % 12);
    match (years, rest) {
        (0, _) => format!("{rest} {}", view.say(if rest == 1 { "month" } else { "months" }, "个月")),
        (_, 0) => format!("{years} {}", view.say(if years == 1 { "year" } else { "years" }, "年")),
        _ => view.say(format!("{years} y {rest} m"), format!("{years} 年 {rest} 个月")),
    }
}

/// How somebody is called: by name, or else by the first digits of the resume.
pub(crate) fn person(view: &View, name: Option<&str>, resume: DocumentId) -> Markup {
    html! {
        @if let Some(name) = name.filter(|name| !name.trim().is_empty()) {
            bdi.name { (name) }
        } @else if view.is_blind() {
            span.name.code { (view.say("Candidate", "候选人")) " " (short(resume)) }
        } @else {
            span.name.code { (view.say("No name read", "未读到姓名")) " " (short(resume)) }
        }
    }
}

/// The first digits of a resume's id: enough to name it.
pub(crate) fn short(resume: DocumentId) -> String {
    resume.to_string().chars().take(8).collect()
}

pub(crate) fn degree(view: &View, degree: Degree) -> &'static str {
    match degree {
        Degree::Secondary => view.say("secondary school", "高中/中专"),
        Degree::Associate => view.say("associate", "大专"),
        Degree::Bachelor => view.say("bachelor", "本科"),
        Degree::Master => view.say("master", "硕士"),
        Degree::Doctor => view.say("doctorate", "博士"),
    }
}

pub(crate) fn section(view: &View, section: SectionKind) -> &'static str {
    match section {
        SectionKind::Personal => view.say("personal", "个人信息"),
        SectionKind::Summary => view.say("summary", "自我评价"),
        SectionKind::Objective => view.say("objective", "求职意向"),
        SectionKind::Education => view.say("education", "教育"),
        SectionKind::Work => view.say("work", "工作"),
        SectionKind::Internship => view.say("internship", "实习"),
        SectionKind::Project => view.say("project", "项目"),
        SectionKind::Research => view.say("research", "科研"),
        SectionKind::Skills => view.say("skills", "技能"),
        SectionKind::Publications => view.say("publications", "论文"),
        SectionKind::Patents => view.say("patents", "专利"),
        SectionKind::Certificates => view.say("certificates", "证书"),
        SectionKind::Awards => view.say("awards", "奖项"),
        SectionKind::Languages => view.say("languages", "语言"),
        SectionKind::Interests => view.say("interests", "兴趣"),
        SectionKind::Other => view.say("other", "其他"),
    }
}

pub(crate) fn hidden(view: &View, reason: HiddenReason) -> &'static str {
    match reason {
        HiddenReason::Invisible => view.say("not painted", "未绘制"),
        HiddenReason::NoContrast => view.say("colour of its background", "与背景同色"),
        HiddenReason::Tiny => view.say("too small to read", "字号过小"),
        HiddenReason::OffPage => view.say("outside the page", "页面之外"),
        HiddenReason::Clipped => view.say("clipped away", "被裁剪"),
        HiddenReason::Covered => view.say("covered", "被遮盖"),
        HiddenReason::LayerOff => view.say("in a layer that is off", "图层已关闭"),
        HiddenReason::Transparent => view.say("transparent", "透明"),
    }
}

pub(crate) fn state(view: &View, state: State) -> &'static str {
    match state {
        State::Accepting => view.say("accepting", "接收中"),
        State::Queued => view.say("in flight", "处理中"),
        State::Indexed => view.say("indexed", "已入库"),
        State::Duplicate => view.say("duplicate", "重复"),
        State::Quarantined => view.say("in quarantine", "已隔离"),
        State::Discarded => view.say("discarded", "已放弃"),
        State::Erased => view.say("erased", "已清除"),
    }
}

pub(crate) fn reason(view: &View, reason: Reason) -> &'static str {
    match reason {
        Reason::Received => view.say("received", "已收到"),
        Reason::Replayed => view.say("sent round again", "已重新处理"),
        Reason::Read => view.say("read", "已读取"),
        Reason::ReadInPart => view.say("read in part", "部分读取"),
        Reason::SameContent => view.say("same content as another", "内容相同"),
        Reason::NotADocument => view.say("no document", "不是文档"),
        Reason::UnsupportedType => view.say("type is not read yet", "暂不支持的类型"),
        Reason::Encrypted => view.say("needs a password", "有密码保护"),
        Reason::NoText => view.say("no text, as in a scan", "无文字（扫描件）"),
        Reason::GarbledText => view.say("text is not what is shown", "文字层与显示不符"),
        Reason::OverLimit => view.say("over a limit", "超出限制"),
        Reason::CrashedExtractor => view.say("readers die of it", "读取程序崩溃"),
        Reason::SandboxViolation => view.say("did what is forbidden", "触犯沙箱"),
        Reason::PoisonSuspect => view.say("given back too often", "多次退回"),
        Reason::BadMessage => view.say("message breaks the contract", "消息不合规范"),
        Reason::MessageIdReused => view.say("id used before for another file", "消息编号重复使用"),
        Reason::StoreRefused => view.say("the database refused it", "数据库拒绝"),
        Reason::ByOperator => view.say("by an operator", "由运维处理"),
        Reason::ByRequest => view.say("at the person's request", "应本人要求"),
    }
}

/// What the portal or the candidate can do about it.
pub(crate) fn advice(view: &View, reason: Reason) -> &'static str {
    let chinese = match reason {
        Reason::Received | Reason::Replayed => "无需处理：正在等待读取。",
        Reason::Read | Reason::SameContent => "无需处理。",
        Reason::ReadInPart => "请核对内容；如有缺失，请提供另一份 PDF。",
        Reason::NotADocument => "请确认文件能打开，再重新发送。",
        Reason::UnsupportedType => "请另存为 PDF 后重新发送。",
        Reason::Encrypted => "请去除密码后重新发送。",
        Reason::NoText => "请从原文档导出 PDF，不要扫描或拍照。",
        Reason::GarbledText => "请从原文档重新导出 PDF，并嵌入字体。",
        Reason::OverLimit => "请导出更小、更简单的 PDF 后重新发送。",
        Reason::CrashedExtractor | Reason::SandboxViolation => "请用其他程序重新导出 PDF；运维可查看后重放。",
        Reason::PoisonSuspect => "运维：查看后重放或放弃。",
        Reason::BadMessage => "门户：按接口规范修改消息后重新发送。",
        Reason::MessageIdReused => "门户：使用新的消息编号重新发送。",
        Reason::StoreRefused => "运维：查看数据库日志后重放。",
        Reason::ByOperator | Reason::ByRequest => "如需恢复，请重新发送。",
    };
    view.say(reason.advice(), chinese)
}

pub(crate) fn choice(view: &View, choice: Choice) -> &'static str {
    match choice {
        Choice::Advance => view.say("Advance", "进入下一轮"),
        Choice::Hold => view.say("Hold", "待定"),
        Choice::Decline => view.say("Decline", "不录用"),
        Choice::Open => view.say("Open again", "重新开放"),
    }
}

pub(crate) fn action(view: &View, action: AuditAction) -> &'static str {
    match action {
        AuditAction::Match => view.say("match", "匹配"),
        AuditAction::Search => view.say("search", "搜索"),
        AuditAction::Candidate => view.say("candidate looked at", "查看候选人"),
        AuditAction::Evidence => view.say("evidence looked at", "查看依据"),
        AuditAction::Page => view.say("page looked at", "查看原页"),
        AuditAction::Original => view.say("file fetched", "下载原件"),
        AuditAction::Compare => view.say("compared", "对比"),
        AuditAction::Export => view.say("exported", "导出"),
        AuditAction::Decision => view.say("decision", "决定"),
        AuditAction::Note => view.say("note", "备注"),
        AuditAction::Shortlist => view.say("shortlist", "候选名单"),
        AuditAction::Quarantine => view.say("quarantine looked at", "查看隔离区"),
        AuditAction::Replay => view.say("replayed", "重放"),
        AuditAction::Discard => view.say("discarded", "放弃"),
        AuditAction::Portal => view.say("portal", "门户"),
        AuditAction::Key => view.say("key", "密钥"),
        AuditAction::Audit => view.say("audit log read", "查看审计"),
        AuditAction::Backup => view.say("backup", "备份"),
        AuditAction::SignIn => view.say("signed in", "登录"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(
            (points(100_000), points(81_449), points(50)),
            ("100.0".into(), "81.4".into(), "0.1".into())
        );
        assert_eq!(
            [0, 999, 1000, 30_000, 1_234_567].map(count),
            ["0", "999", "1,000", "30,000", "1,234,567"]
        );
    }
}
