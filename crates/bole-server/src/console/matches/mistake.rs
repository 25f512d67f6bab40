//! Why there is no ranking, told above the list that was there.

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bole_engine::{EngineError, ErrorKind};
use maud::{Markup, html};

use crate::console::frame;
use crate::console::session::View;
use crate::problem::Problem;

/// What is wrong with what was asked, and what to do about it.
pub(super) struct Mistake {
    title: &'static str,
    hint: &'static str,
    /// What exactly, in English.
    detail: Option<String>,
}

impl Mistake {
    /// # Errors
    /// The error, if it is none of who asks.
    pub(super) fn of(view: &View, error: EngineError) -> Result<Self, Problem> {
        let (title, hint) = match &error {
            EngineError::UnknownProfile { .. } => (
                view.say("There is no such profile", "没有这个画像"),
                view.say("Choose one of the list on the left.", "请在左侧重新选择画像。"),
            ),
            EngineError::Overrides(_) => (
                view.say("These weights or must-haves give no ranking", "当前权重或必备条件无法排名"),
                view.say(
                    "Give at least one part a weight above 0, or take them from the profile again.",
                    "请至少将一项权重调至 0 以上，或恢复画像默认值。",
                ),
            ),
            EngineError::Filter { .. }
            | EngineError::FilterBySource(_)
            | EngineError::TooManyFilters { .. } => (
                view.say("The filter is not understood", "无法理解筛选条件"),
                view.say(
                    "Finish or change what the line below names. Words, \"phrases\", AND, OR, NOT and fields such as title: are understood.",
                    "请按下方说明修改。可用词语、\"短语\"、AND、OR、NOT，以及 title: 等字段。",
                ),
            ),
            EngineError::UnknownRun(_) | EngineError::AmbiguousRun { .. } => (
                view.say("There is no such run here", "没有这次排名记录"),
                view.say(
                    "It may be of another installation or of fields that your key does not see. Rank anew with the form on the left.",
                    "它可能属于其他系统，或您无权查看的领域。请用左侧表单重新排名。",
                ),
            ),
            EngineError::CompareCount { .. } | EngineError::ComparedTwice { .. } => (
                view.say("Choose two to four people", "请选择二至四人"),
                view.say(
                    "Go back to the ranking, and tick as many as are to be seen side by side.",
                    "请返回排名，勾选要并排对比的人选。",
                ),
            ),
            _ if matches!(error.kind(), ErrorKind::Usage | ErrorKind::Input) => (
                view.say("That cannot be ranked as it is", "无法按此排名"),
                view.say("Change what the line below names.", "请按下方说明修改。"),
            ),
            _ => return Err(error.into()),
        };
        Ok(Self { title, hint, detail: Some(error.to_string()) })
    }

    /// Of an address that cannot be read.
    pub(super) fn of_address(view: &View, problem: &Problem) -> Self {
        Self {
            title: view.say("The address is not understood", "无法理解此地址"),
            hint: view.say("Something in it is misspelt. Go on with the form.", "其中有误，请用表单继续。"),
            detail: problem.detail().map(str::to_owned),
        }
    }

    pub(super) fn shown(&self) -> Markup {
        html! {
            div.notice.bad role="alert" {
                h2 { (self.title) }
                p { (self.hint) }
                @if let Some(detail) = &self.detail { p.detail lang="en" { (detail) } }
            }
        }
    }

    /// Where the ranking would be.
    pub(super) fn in_place_of_ranking(&self) -> Markup {
        html! { section #ranking { div #trouble { (self.shown()) } } }
    }

    /// Above the list that is open, which stays.
    pub(super) fn part(&self) -> Response {
        let part = frame::part(&html! { div #trouble { (self.shown()) } });
        let mut response = (StatusCode::UNPROCESSABLE_ENTITY, part).into_response();
        let headers = [("hx-retarget", "#trouble"), ("hx-reswap", "outerHTML"), ("hx-reselect", "#trouble")];
        for (name, value) in headers {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        response
    }
}
