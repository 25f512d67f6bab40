//! What became of submissions that something was to be done with. It goes through an address: numbers only.

use std::str::FromStr;

use bole_engine::NotDone;
use maud::{Markup, html};

use crate::console::form::Fields;
use crate::console::session::View;
use crate::console::words;
use crate::ops::quarantine::MAX_SELECTED;
use crate::problem::{Code, Problem};

/// What was done with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Did {
    Replayed,
    Discarded,
}

/// How many it was done with, and how many not, by why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    did: Did,
    n_done: u64,
    n_unknown: u64,
    n_elsewhere: u64,
    n_without_original: u64,
    /// Whether there are more than are done at once.
    more: bool,
}

impl Did {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Replayed => "replay",
            Self::Discarded => "discard",
        }
    }
}

impl FromStr for Did {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let found = [Self::Replayed, Self::Discarded].into_iter().find(|did| did.code() == text);
        found.ok_or_else(|| Problem::with_detail(Code::BadRequest, "`do` is `replay` or `discard`"))
    }
}

impl Outcome {
    pub(super) fn of(did: Did, answers: &[Result<(), NotDone>], more: bool) -> Self {
        let mut outcome = Self { did, n_done: 0, n_unknown: 0, n_elsewhere: 0, n_without_original: 0, more };
        for answer in answers {
            let n = match answer {
                Ok(()) => &mut outcome.n_done,
                Err(NotDone::Unknown) => &mut outcome.n_unknown,
                Err(NotDone::NotQuarantined(_)) => &mut outcome.n_elsewhere,
                Err(NotDone::NoOriginal) => &mut outcome.n_without_original,
            };
            *n += 1;
        }
        outcome
    }

    /// In an address.
    pub(super) fn query(self) -> String {
        let Self { did, n_done, n_unknown, n_elsewhere, n_without_original, more } = self;
        format!(
            "did={}&done={n_done}&unknown={n_unknown}&elsewhere={n_elsewhere}&without-original={n_without_original}{}",
            did.code(),
            if more { "&more=yes" } else { "" }
        )
    }

    /// That of an address; none if it tells of none.
    pub(super) fn read(fields: &Fields) -> Result<Option<Self>, Problem> {
        let Some(did) = fields.get("did") else { return Ok(None) };
        let number = |name| Ok::<_, Problem>(fields.number(name)?.unwrap_or_default());
        Ok(Some(Self {
            did: did.parse()?,
            n_done: number("done")?,
            n_unknown: number("unknown")?,
            n_elsewhere: number("elsewhere")?,
            n_without_original: number("without-original")?,
            more: fields.get("more").is_some(),
        }))
    }

    pub(super) fn told(self, view: &View) -> Markup {
        let n_not = [
            (self.n_unknown, view.say("no such submission", "没有这份投递")),
            (self.n_elsewhere, view.say("not in quarantine any more", "已不在隔离区")),
            (
                self.n_without_original,
                view.say(
                    "the bytes were not kept: only the portal can send it again",
                    "未保存原件：只能由门户重新发送",
                ),
            ),
        ];
        let n_done = words::count(self.n_done);
        let done = match self.did {
            Did::Replayed => {
                view.say(format!("{n_done} sent round again."), format!("{n_done} 份已重新处理。"))
            }
            Did::Discarded => view.say(format!("{n_done} discarded."), format!("{n_done} 份已放弃。")),
        };
        let is_nothing = self.n_done == 0 && n_not.iter().all(|(n, _)| *n == 0);
        let kind = if self.n_done > 0 && n_not.iter().all(|(n, _)| *n == 0) { "good" } else { "warn" };
        html! {
            div.notice.(kind) role="status" {
                @if is_nothing {
                    p {
                        (view.say(
                            "Nothing was chosen, so nothing was done. Tick submissions, or all that the filter shows.",
                            "没有选择任何投递，未作更改。请勾选投递，或勾选筛选出的全部。",
                        ))
                    }
                } @else {
                    p { strong { (done) } }
                    @for (n, why) in n_not.iter().filter(|(n, _)| *n > 0) {
                        p { (view.say("Not done: ", "未执行：")) strong { (words::count(*n)) } " · " (why) (view.say(".", "。")) }
                    }
                    @if self.more {
                        p {
                            (view.say(
                                format!("There are more: {MAX_SELECTED} are done at once. Do it again for the rest."),
                                format!("还有更多：每次最多处理 {MAX_SELECTED} 份，请再次执行。"),
                            ))
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_counted() {
        use bole_core::State;

        let answers = [
            Ok(()),
            Err(NotDone::Unknown),
            Ok(()),
            Err(NotDone::NotQuarantined(State::Queued)),
            Err(NotDone::NotQuarantined(State::Discarded)),
            Err(NotDone::NoOriginal),
        ];
        let outcome = Outcome::of(Did::Discarded, &answers, true);
        assert_eq!(outcome.query(), "did=discard&done=2&unknown=1&elsewhere=2&without-original=1&more=yes");
    }
}
