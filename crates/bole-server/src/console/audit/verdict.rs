//! What verifying the audit log found.

use bole_engine::{AuditFault, AuditHead, AuditVerdict};
use maud::{Markup, html};

use crate::console::form::Fields;
use crate::console::session::View;
use crate::console::words;
use crate::problem::{Code, Problem};

/// The head that somebody noted before; none if the form has none.
pub(super) fn noted(fields: &Fields) -> Result<Option<AuditHead>, Problem> {
    let both = || Problem::with_detail(Code::BadRequest, "a noted head is a number and 64 hex digits");
    match (fields.number("number")?, fields.get("hash")) {
        (None, None) => Ok(None),
        (Some(number), Some(hash)) => Ok(Some(AuditHead { number, hash: hash.parse().map_err(|_| both())? })),
        _ => Err(both()),
    }
}

pub(super) fn told(view: &View, verdict: &AuditVerdict, known: Option<AuditHead>) -> Markup {
    let n_entries = words::count(verdict.n_entries);
    html! {
        @if let Some(broken) = verdict.broken {
            div.notice.bad role="alert" {
                p {
                    strong { "✕ " (view.say("The log is not what was written", "日志与写入时不符")) }
                }
                p {
                    (view.say(format!("Entry {}: ", broken.number), format!("第 {} 条：", broken.number)))
                    (fault(view, broken.fault)) "."
                }
                p { (view.say(format!("{n_entries} entries before it are right."), format!("此前 {n_entries} 条无误。"))) }
                p { (view.say("Keep the database as it is, and tell who looks after security.", "请保留数据库原状，并告知安全负责人。")) }
            }
        } @else {
            div.notice.good role="status" {
                p {
                    strong { "✓ " (view.say("The chain holds", "链条完整")) }
                }
                p {
                    (view.say(format!("All {n_entries} entries are what was written."), format!("全部 {n_entries} 条与写入时一致。")))
                    @if known.is_some() {
                        " " (view.say("What was noted before is still among them.", "先前记下的末条仍在其中。"))
                    }
                }
            }
        }
        @if let Some(head) = verdict.head {
            section.card aria-labelledby="head" {
                h2 #head { (view.say("Note this elsewhere", "请另处记下")) }
                p {
                    (view.say(
                        "On paper, or on another machine: with it a later look shows whether the log was cut off or written anew.",
                        "写在纸上或存于另一台机器：日后可据此发现日志是否被截断或重写。",
                    ))
                }
                dl.facts {
                    dt { (view.say("number", "编号")) } dd.code { (head.number) }
                    dt { (view.say("hash", "哈希")) } dd.code { (head.hash) }
                }
            }
        }
    }
}

fn fault(view: &View, fault: AuditFault) -> &'static str {
    let chinese = match fault {
        AuditFault::Missing => "缺失",
        AuditFault::Changed => "本条或此前的内容被改动",
        AuditFault::NotUnderstood => "无法解读：已损坏，或由更新的版本写入",
        AuditFault::OtherNumber => "编号不符",
        AuditFault::TextChanged => "其文字与写入时不同",
        AuditFault::NotTheKnown => "与先前记下的不同：日志曾被重写",
    };
    view.say(fault.told(), chinese)
}
